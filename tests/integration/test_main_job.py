"""The main job on three hundred mixed mails: a row each, the right requests, one acknowledgement where it is due (issue 2, section 5.1)."""

from __future__ import annotations

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

import pytest
from mixed_post import COLLEAGUES, MARK, Post, first_wave, second_wave
from product import COUNCIL, making, request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from product import Product
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = pytest.mark.dovecot

VERDICTS = ("requests", "replies", "bounces", "automatic", "internal", "other", "quarantined")
KEYS = {"request": "requests", "reply": "replies", "bounce": "bounces"}
CAPS = {"per_sender_per_day": 1_000, "global_per_hour": 100_000}


@pytest.fixture
def make_product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Callable[..., Product]]:
    """Set the product up; keywords are sections of the configuration."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make


def expected_counts(posts: Sequence[Post]) -> dict[str, int]:
    """How many of each verdict a run has to report."""
    return dict(Counter(KEYS.get(post.verdict, post.verdict) for post in posts))


def run(product: Product) -> dict[str, int]:
    """One ``infogov run-once``; its counts, those that are not nought. They add up to what was received."""
    ended = product.cli("run-once", "--json")
    assert (ended.status, ended.errors) == (0, "")
    [counts] = ended.lines
    assert sum(counts[key] for key in VERDICTS) == counts["received"]
    return {key: number for key, number in counts.items() if number}


def deliver_into(product: Product, posts: Sequence[Post]) -> None:
    """Put mail into the mailboxes it is for, in order."""
    for box in product.users:
        product.put(*(post.raw for post in posts if post.box == box), box=box)


def verdicts(product: Product) -> Counter[tuple[str, Any]]:
    """(From as written, verdict) of every message kept, counted."""
    rows = product.sql("SELECT raw.content, message.verdict FROM message JOIN raw ON raw.message_id = message.id")
    return Counter((str(message_from_bytes(raw)["Message-ID"]), verdict) for raw, verdict in rows)


def test_three_hundred_mixed_mails(make_product: Callable[..., Product], user: str) -> None:
    """Two waves, the second quoting the first's references: 300 rows, the right requests, one acknowledgement where due; one more run changes nothing."""
    users = {"infogov": user, "planning": f"u{secrets.token_hex(6)}@northfield.example"}
    product = make_product(users, acknowledgement=CAPS, authority=INTERNAL)
    sink = product.sink

    first = first_wave()
    deliver_into(product, first)
    due = Counter(post.sender for post in first if post.kind)
    assert run(product) == {"received": 243, "acknowledged": due.total(), **expected_counts(first)}
    assert Counter(letter.recipients for letter in sink.letters) == {(to,): number for to, number in due.items()}
    cases = product.cases()
    assert Counter(case.requester_email for case in cases) == Counter(p.sender for p in first if p.verdict == "request")
    kinds = {case.requester_email: case.acknowledge_kind for case in cases if case.acknowledged_at}
    assert kinds == {post.sender: post.kind for post in first if post.kind}

    second = second_wave(sink.letters, {case.requester_email: case.reference for case in cases})
    deliver_into(product, second)
    assert run(product) == {"received": 57, **expected_counts(second)}
    assert len(first) + len(second) == product.count("message") == product.count("raw") == 300
    wanted = Counter((str(message_from_bytes(p.raw)["Message-ID"]), p.verdict) for p in [*first, *second])
    assert verdicts(product) == wanted
    asked = Counter(post.sender for post in [*first, *second] if post.verdict == "request")
    assert Counter(case.requester_email for case in product.cases()) == asked
    assert len(sink.letters) == due.total()

    before = product.picture()
    connections = sink.connections
    assert run(product) == {}
    assert product.picture() == before
    assert sink.connections == connections
    check_acknowledgements(product)
    check_second_wave(product, second)
    assert product.cli("audit", "verify").status == 0


INTERNAL = {"name": "Northfield Council", "team": "Information Governance Team", "internal_domains": [COLLEAGUES]}


def check_acknowledgements(product: Product) -> None:
    """Each acknowledgement answers its own mail, quotes its own reference and nothing that came from outside."""
    cases = {case.requester_email: case for case in product.cases()}
    headers = dict(
        product.sql("SELECT r.requester_email, m.message_id FROM request r JOIN message m ON m.id = r.message_id")
    )
    for letter in product.sink.letters:
        parsed = message_from_bytes(letter.raw)
        case = cases[letter.recipients[0]]
        assert case.reference in str(parsed["Subject"])
        assert case.reference.encode() in letter.raw.partition(b"\r\n\r\n")[2]
        assert parsed["To"] == case.requester_email
        # Bounces must come back to us, and answers to an address that is read.
        assert letter.sender == COUNCIL
        assert COUNCIL in str(parsed["From"])
        assert parsed["Auto-Submitted"] == "auto-replied"
        assert parsed["In-Reply-To"] == headers[case.requester_email]
        # The thread's headers hold the sender's Message-ID, by which mail programs join the two; nothing else is theirs.
        ours = letter.raw.replace(headers[case.requester_email].encode(), b"")
        assert MARK.encode() not in ours.lower()
    assert len({message_from_bytes(letter.raw)["Message-ID"] for letter in product.sink.letters}) == len(
        product.sink.letters
    )
    assert len(cases) == len({case.reference for case in cases.values()})


def check_second_wave(product: Product, second: Sequence[Post]) -> None:
    """Replies stand on their cases, colleagues on the internal side, strangers are only suggested, bounces mark their letters."""
    sides = Counter(row[0] for row in product.sql("SELECT side FROM case_message WHERE message_id > 243"))
    replies = sum(post.verdict == "reply" for post in second)
    strangers = sum(post.sender.startswith("stranger.") for post in second)
    assert sides == {
        # Replies, holiday notices, the copies of chasers, and the strangers' own requests.
        "requester": replies + 8 + 3 + strangers,
        "internal": 5,
        "suggested": strangers,
        "delivery": 5,
    }
    assert product.count("outbox", "status = 'bounced'") == 5
    bounced = (
        "SELECT count(*) FROM request WHERE flagged AND id IN (SELECT request_id FROM outbox WHERE status = 'bounced')"
    )
    assert product.sql(bounced) == [(5,)]


def test_a_colleague_lands_on_the_internal_side(make_product: Callable[..., Product]) -> None:
    """Internal mail that quotes a reference, also from below an internal domain, never stands on the requester's side and is not answered."""
    product = make_product(authority=INTERNAL)
    case = product.one_case()
    for number, domain in enumerate((COLLEAGUES, COLLEAGUES.upper(), f"parks.{COLLEAGUES}")):
        product.put(
            request(
                f"note{number}",
                sender=f"dev@{domain}",
                subject=f"RE: {case.reference}",
                body="See the shared drive.\r\n",
            )
        )
    assert product.run_once() == {"received": 3, "internal": 3}
    assert product.sides(case) == [("requester", "request"), *[("internal", "internal")] * 3]
    assert len(product.sink.letters) == 1
    assert product.case(case.reference).flagged
    product.approved(case)
    product.after_undo()
    product.deliver()
    assert product.sink.letters[-1].recipients == ("jane@example.org",)


def test_a_strangers_reference_is_only_a_suggestion(make_product: Callable[..., Product]) -> None:
    """A stranger who quotes a case's reference and thread gets a request of their own; the case only gets a suggestion."""
    product = make_product()
    case = product.one_case()
    thread = product.outbox(request_id=case.id)[0].message_id
    stranger = request(
        "stranger",
        sender="sam@example.net",
        subject=f"Re: {case.reference}",
        headers=(f"In-Reply-To: {thread}", f"References: {thread}"),
        body=f"Dear council,\r\n\r\nAbout {case.reference}: please send me a copy of the tree survey.\r\n\r\nSam\r\n",
    )
    product.put(stranger)
    product.run_once()
    [_, other] = product.cases()
    assert other.requester_email == "sam@example.net"
    assert other.flagged
    assert product.sides(case) == [("requester", "request"), ("suggested", "request")]
    assert {recipient for letter in product.sink.letters for recipient in letter.recipients} <= {
        "jane@example.org",
        "sam@example.net",
    }
    product.approved(case)
    product.after_undo()
    product.deliver()
    assert product.sink.letters[-1].recipients == ("jane@example.org",)


def test_the_requesters_reply_lands_on_the_case(make_product: Callable[..., Product]) -> None:
    """A reply to our acknowledgement, without a word of the reference, is linked, flags the case and is not acknowledged."""
    product = make_product()
    case = product.one_case()
    thread = product.outbox(request_id=case.id)[0].message_id
    reply = request(
        "reply",
        sender="Jane <JANE@Example.org>",
        subject="Re: your message",
        headers=(f"In-Reply-To: {thread}",),
        body="To clarify, I mean the financial year.\r\n\r\nJane\r\n",
    )
    product.put(reply)
    assert product.run_once() == {"received": 1, "replies": 1}
    assert product.sides(case) == [("requester", "request"), ("requester", "reply")]
    assert product.case(case.reference).flagged
    assert len(product.cases()) == 1
    assert len(product.sink.letters) == 1


def test_a_dry_run_leaves_no_trace(make_product: Callable[..., Product]) -> None:
    """``run-once --dry-run`` counts what it would take and writes nothing, neither here nor there."""
    product = make_product()
    product.put(request("one"), request("two", sender=f"FOI team <{COUNCIL}>"))
    before = product.picture()
    ended = product.cli("run-once", "--dry-run", "--json")
    assert ended.status == 0
    [counts] = ended.lines
    assert (counts["received"], counts["requests"], counts["automatic"], counts["acknowledged"]) == (2, 1, 1, 0)
    assert product.picture() == before
    assert product.sink.connections == 0
    assert product.run_once() == {"received": 2, "requests": 1, "automatic": 1, "acknowledged": 1}


def test_stage_by_stage(make_product: Callable[..., Product]) -> None:
    """``receive``, ``intake`` and ``deliver`` do what ``run-once`` does, each its own part, and each counts its own."""
    product = make_product()
    product.put(request("one"), request("two", sender=f"FOI team <{COUNCIL}>"))
    assert product.cli("receive", "--json").lines == [{"received": 2, "moved": 0, "left_behind": 0}]
    assert product.cases() == []
    [filed] = product.cli("intake", "--json").lines
    assert {key: number for key, number in filed.items() if number} == {"requests": 1, "automatic": 1}
    assert product.sink.connections == 0
    [sent] = product.cli("deliver", "--json").lines
    assert {key: number for key, number in sent.items() if number} == {"acknowledged": 1}


def test_three_processes_at_once(make_product: Callable[..., Product]) -> None:
    """Started together over one database, they take each mail once, file it once and answer it once."""
    product = make_product()
    product.put(*(request(f"r{n}", sender=f"person{n}@example.org") for n in range(40)))
    with ThreadPoolExecutor(3) as pool:
        ended = list(pool.map(lambda _: product.process("run-once", "--json"), range(3)))
    assert [one.status for one in ended] == [0, 0, 0]
    product.run_once()
    counts = [one.lines[0] for one in ended]
    assert sum(one["received"] for one in counts) == 40
    assert sum(one["requests"] for one in counts) == 40
    assert product.count("message") == len(product.cases()) == 40
    assert sorted(letter.recipients[0] for letter in product.sink.letters) == sorted(
        f"person{n}@example.org" for n in range(40)
    )
