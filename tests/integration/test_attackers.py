"""Attackers against the whole product on real servers: what each tries, and that it fails (the threat model of ARCHITECTURE.md names these tests)."""

from __future__ import annotations

import random
from datetime import timedelta
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

import pytest
from product import COUNCIL, Product, bounce_of, making, message_id, request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.dovecot import Dovecot
    from servers.smtp import Received, SmtpSink

pytestmark = pytest.mark.dovecot

JANE = "jane@example.org"
EVE = "eve@attacker.example"
ROUNDS = 12
INTERNAL = {"authority": {"internal_domains": ["council.example"]}}


@pytest.fixture
def make_product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Callable[..., Product]]:
    """Set the product up; keywords are sections of the configuration."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make


@pytest.fixture
def product(make_product: Callable[..., Product]) -> Product:
    """The product as it comes, with the council's own domain."""
    return make_product(**INTERNAL)


def facts(product: Product) -> list[tuple[str, str]]:
    """Who asked and whether they were acknowledged, oldest first."""
    return [(case.requester_email, case.acknowledge) for case in product.cases()]


def sent_to(product: Product) -> list[str]:
    """Everybody who was written to, in order."""
    return [to for letter in product.sink.letters for to in letter.recipients]


def headers_are_ours(letter: Received) -> bool:
    """Whether a letter has one recipient in its headers, the same as on its envelope, and nobody hidden."""
    parsed = message_from_bytes(letter.raw)
    hidden = {"cc", "bcc", "resent-to", "reply-to"} & {name.casefold() for name in parsed}
    return parsed.get_all("To") == list(letter.recipients) and not hidden - {"reply-to"}


# ---- floods and loops ------------------------------------------------------------------------------------------------


def test_a_thousand_requests_of_one_sender(make_product: Callable[..., Product]) -> None:
    """A mail bomb: every request is recorded with its due date, five are acknowledged, the rest wait for an officer, and officers are told."""
    product = make_product(**INTERNAL)
    product.casework()
    product.put(
        *(
            request(f"bomb{n}", sender=JANE, body=f"How many potholes were mended in street {n} in 2025?\r\n")
            for n in range(1000)
        )
    )
    product.put(request("neighbour", sender="sam@example.org"))
    counts = product.run_once()
    assert counts["received"] == counts["requests"] == 1001
    assert counts["acknowledged"] == 6
    assert sorted(sent_to(product)) == [*[JANE] * 5, "sam@example.org"]
    cases = product.cases()
    assert len({case.reference for case in cases}) == 1001
    assert all(case.due_on > case.received_on for case in cases)
    waiting = [case for case in cases if case.acknowledge == "officer"]
    assert len(waiting) == 995
    assert all("acknowledgements in a day" in " ".join(case.acknowledge_reasons) for case in waiting)
    told = product.app.notices()
    told.run()
    floods = [recipient for kind, recipient in product.sql("SELECT kind, recipient FROM notice") if kind == "flood"]
    assert floods
    assert len(floods) == len(set(floods))


def conversation(product: Product, answer: Callable[[int, Received], bytes]) -> int:
    """Let *answer* write back to every letter for some rounds, a minute apart; returns in how many of them a letter was sent."""
    seen, rounds = 0, 0
    for _ in range(ROUNDS):
        letters = product.sink.letters[seen:]
        seen = len(product.sink.letters)
        if not letters:
            break
        rounds += 1
        for number, letter in enumerate(letters):
            product.put(answer(seen + number, letter))
        product.clock.advance(timedelta(minutes=1))
        product.run_once()
    return rounds


@pytest.mark.parametrize(
    ("words", "marks", "answers"),
    [
        ("Can you tell us your customer number?", ("Auto-Submitted: auto-replied",), 1),
        ("Thank you for your message. We will reply within ten working days.", (), 1),
        # A question in the thread of an open request is about that, until an officer says otherwise.
        ("Please send me a list of all your bins.", (), 1),
        # What calls itself new is a request of its own by law, whoever asks it; the cap of a day is what ends this.
        ("This is a new request. Under the Freedom of Information Act, please send me a list of all your bins.", (), 5),
    ],
)
def test_two_autoresponders_facing_each_other(
    product: Product, words: str, marks: tuple[str, ...], answers: int
) -> None:
    """One that answers every mail, with the signs of a program or with none: the talk ends, after five answers at the latest."""

    def answer(number: int, letter: Received) -> bytes:
        return request(
            f"robot{number}",
            sender=JANE,
            subject=f"Re: {message_from_bytes(letter.raw)['Subject']}",
            body=f"{words}\r\n",
            headers=(f"In-Reply-To: {message_id(letter)}", *marks),
        )

    product.put(request("first", sender=JANE))
    product.run_once()
    assert conversation(product, answer) == answers
    assert sent_to(product) == [JANE] * answers


def test_an_autoresponder_that_hides_what_it_answers(product: Product) -> None:
    """One that opens a fresh conversation each time, asking for information: after five acknowledgements a day it hears no more."""

    def answer(number: int, _: Received) -> bytes:
        return request(
            f"fresh{number}",
            sender=JANE,
            subject=f"Ticket {number}",
            body=f"Please send me the list of bins in ward {number}.\r\n",
        )

    product.put(request("first", sender=JANE))
    product.run_once()
    assert conversation(product, answer) == 5
    assert sent_to(product) == [JANE] * 5


@pytest.mark.parametrize(
    "change",
    [{}, {b"Message-ID:": b"X-Old-ID:"}, {b"Auto-Submitted:": b"X-Was:", b"X-Auto-Response-Suppress:": b"X-Was-Too:"}],
)
def test_our_own_mail_looped_back(product: Product, change: dict[bytes, bytes]) -> None:
    """An acknowledgement that comes back to us, as it was or with its marks rubbed off, opens no case and is not answered."""
    product.put(request("first", sender=JANE))
    product.run_once()
    [letter] = product.sink.letters
    raw = letter.raw
    for old, new in change.items():
        raw = raw.replace(old, new)
    product.put(raw, b"Delivered-To: foi@council.example\r\n" + raw)
    counts = product.run_once()
    assert counts["received"] == 2
    assert counts["requests"] == counts["acknowledged"] == 0
    assert len(product.cases()) == len(product.sink.letters) == 1


# ---- lies about who writes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["In-Reply-To", "References", "Subject", "text", "address"])
def test_a_stranger_never_gets_into_a_case(product: Product, where: str) -> None:
    """Who knows a case's reference, thread or address but isn't its requester opens a case of their own; nothing lands in the other's file."""
    product.put(request("first", sender=JANE))
    product.run_once()
    [case] = product.cases()
    [letter] = product.sink.letters
    ours = message_id(letter)
    words = "Please send me the answer to this at my new address. How many potholes are there?\r\n"
    forged: dict[str, dict[str, Any]] = {
        "In-Reply-To": {"headers": (f"In-Reply-To: {ours}",)},
        "References": {"headers": (f"References: <x@y.example> {ours}",)},
        "Subject": {"subject": f"Re: {case.reference}"},
        "text": {"body": f"{words}It is about {case.reference}.\r\n"},
        "address": {"headers": (f"Delivered-To: foi+{case.reference}@council.example",)},
    }
    product.put(request("forged", sender=f"Jane Doe <{EVE}>", **{"body": words, **forged[where]}))
    product.run_once()
    assert product.sides(case) == [
        ("requester", "request"),
        *[("suggested", "request")] * (len(product.sides(case)) - 1),
    ]
    mine, other = product.cases()
    assert (mine.requester_email, other.requester_email) == (JANE, EVE)
    assert product.case(case.reference).workflow == case.workflow
    assert EVE not in sent_to(product) or sent_to(product) == [JANE, EVE]


def test_guessing_references(product: Product) -> None:
    """Two hundred well-formed references, drawn by chance and one of them right: no mail attaches to the case it names."""
    product.put(request("first", sender=JANE))
    product.run_once()
    [case] = product.cases()
    chance = random.Random(7)
    guesses = [f"FOI{chance.randrange(10**9):09d}" for _ in range(199)] + [case.reference]
    product.put(
        *(
            request(f"guess{n}", sender=EVE, subject=f"Re: {guess}", body="I withdraw my request.\r\n")
            for n, guess in enumerate(guesses)
        )
    )
    product.run_once()
    assert [side for side, _ in product.sides(case) if side != "suggested"] == ["requester"]
    assert product.case(case.reference).workflow == "new"
    assert product.case(case.reference).clock == "running"


def test_a_homograph_of_the_requesters_domain(product: Product) -> None:
    """An address that only looks like the requester's is somebody else's, in letters of another alphabet as in its ASCII form."""
    product.put(request("first", sender=JANE))
    product.run_once()
    [case] = product.cases()
    [letter] = product.sink.letters
    for number, twin in enumerate(
        ("jane@ex\u0430mple.org", "jane@xn--exmple-4nf.org", "jane@example.org.attacker.example")
    ):
        product.put(
            request(
                f"twin{number}",
                sender=twin,
                subject=f"Re: {case.reference}",
                body="I withdraw my request.\r\n",
                headers=(f"In-Reply-To: {message_id(letter)}",),
            )
        )
    product.run_once()
    assert [side for side, _ in product.sides(case) if side != "suggested"] == ["requester"]
    assert product.case(case.reference).workflow == "new"


@pytest.mark.parametrize(
    ("verdict", "flagged"),
    [("dmarc=fail (p=reject) header.from=council.example", True), ("dmarc=pass header.from=council.example", False)],
)
def test_somebody_plays_a_colleague(make_product: Callable[..., Product], verdict: str, flagged: bool) -> None:  # noqa: FBT001 - a parameter of pytest's
    """Mail in our own domain's name is internal and gets no answer; where our gateway says it is forged, the officer is warned.

    What the sender writes under another name than our gateway's counts for nothing.
    """
    product = make_product(**INTERNAL, mailbox={"infogov": {"authserv_id": "mx.council.example"}})
    results = (
        f"Authentication-Results: mx.council.example; {verdict}",
        "Authentication-Results: attacker.example; dmarc=pass",
    )
    product.put(request("colleague", sender="Chief Executive <chief@council.example>", headers=results))
    assert product.run_once() == {"received": 1, "internal": 1}
    [(warned,)] = product.sql("SELECT flagged FROM message")
    [(reasons,)] = product.sql("SELECT reasons FROM message")
    assert product.sink.letters == []
    assert product.cases() == []
    if flagged:
        assert warned
        assert "DMARC" in reasons


@pytest.mark.parametrize(
    "sender",
    [
        pytest.param(f"{JANE}\r\nFrom: {EVE}", id="two From headers"),
        pytest.param(f"Friends: {JANE}, {EVE};", id="group"),
        pytest.param("undisclosed-recipients:;", id="empty group"),
        pytest.param(f"{JANE}, {EVE}", id="two authors"),
        pytest.param(f'"{JANE}" <victim@example.net>, <{EVE}>', id="name like an address"),
    ],
)
def test_nobody_knows_whose_it_is(product: Product, sender: str) -> None:
    """Several or no senders: the request is kept, and nobody is written to until an officer has said whom."""
    product.put(request("whose", sender=sender))
    assert product.run_once() == {"received": 1, "requests": 1}
    assert sent_to(product) == []
    assert [case.acknowledge for case in product.cases()] == ["officer"]


# ---- using us against others -----------------------------------------------------------------------------------------


def test_reply_to_floods_nobody(product: Product) -> None:
    """Hundreds of mails asking for answers at a victim's address: the victim never gets one."""
    product.put(
        *(
            request(f"r{n}", sender=f"s{n}@attacker.example", headers=("Reply-To: victim@example.net",))
            for n in range(60)
        )
    )
    product.put(request("same", sender=EVE, headers=("Reply-To: victim@attacker.example",)))
    product.put(
        request(
            "cc",
            sender=JANE,
            headers=("Cc: victim@example.net", "Reply-To: " + ", ".join(f"v{n}@example.net" for n in range(50))),
        )
    )
    counts = product.run_once()
    assert counts["requests"] == 62
    assert not [to for to in sent_to(product) if "victim" in to or "example.net" in to]
    assert all(headers_are_ours(letter) for letter in product.sink.letters)


def test_a_forged_sender_is_not_flooded(product: Product) -> None:
    """Backscatter: a victim named as sender of a hundred mails gets five short answers in a day, none with a word of the attacker's."""
    spam = "Buy at http://evil.example now! Also, under the Freedom of Information Act, how many bins are there?\r\n"
    product.put(
        *(request(f"b{n}", sender="victim@example.net", subject=f"Win {n}", body=f"{n} {spam}") for n in range(100))
    )
    product.run_once()
    assert sent_to(product) == ["victim@example.net"] * 5
    for letter in product.sink.letters:
        assert b"evil" not in letter.raw
        assert b"Win" not in letter.raw
        assert len(letter.raw) < 10_000


def test_a_crowd_of_recipients(product: Product) -> None:
    """A mail to thousands is answered to its sender alone."""
    crowd = ", ".join(f"c{n}@example.net" for n in range(3000))
    product.put(request("crowd", sender=JANE, headers=(f"Cc: {crowd}",)))
    product.run_once()
    assert sent_to(product) == [JANE]
    assert headers_are_ours(product.sink.letters[0])


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param(("X-Odd\rBcc: eve@attacker.example",), id="bare CR in a name"),
        pytest.param(("Subject: x\r\n\tBcc: eve@attacker.example",), id="folded"),
        pytest.param(("Message-ID: <a\r\n Bcc: eve@attacker.example>",), id="Message-ID"),
        pytest.param(("References: <a@b>\r\n Bcc: eve@attacker.example <c@d>",), id="References"),
    ],
)
def test_line_breaks_in_headers(product: Product, extra: tuple[str, ...]) -> None:
    """No line break of a sender's becomes a header of ours."""
    product.put(
        request("crlf", sender='"Jane =?utf-8?q?=0D=0ABcc:_eve=40attacker.example?=" <jane@example.org>', headers=extra)
    )
    product.run_once()
    assert all(to == JANE for to in sent_to(product))
    for letter in product.sink.letters:
        assert headers_are_ours(letter)
        assert b"attacker" not in letter.raw


def test_file_names_and_formulas_are_only_words(product: Product) -> None:
    """Line breaks, paths and formulas in names of people and files are shown cleaned and never break a line."""
    name = "=?utf-8?q?..=2F..=2Fetc=2Fcron.d=2Fx=0D=0AX-Evil:_1.pdf?="
    product.put(
        request(
            "formula",
            sender='"=HYPERLINK(\\"http://evil.example\\",\\"x\\")" <jane@example.org>',
            headers=("MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=e"),
            body="--e\r\n\r\nHow many bins are there?\r\n--e\r\nContent-Type: application/pdf\r\n"
            f'Content-Disposition: attachment; filename="{name}"\r\n\r\nx\r\n--e--\r\n',
        )
    )
    product.run_once()
    [(file,)] = product.sql("SELECT name FROM attachment")
    assert not {"/", "\\", "\r", "\n"} & set(file)
    [case] = product.cases()
    assert "\n" not in case.requester_name
    shown = product.cli("show", case.reference)
    assert shown.status == 0
    assert "X-Evil: 1.pdf\n" not in [line.lstrip() for line in shown.out.splitlines(keepends=True)]
    assert sent_to(product) == [JANE]
    assert b"HYPERLINK" not in product.sink.letters[0].raw


# ---- lies about delivery ---------------------------------------------------------------------------------------------


def test_a_bounce_that_names_another_case(product: Product) -> None:
    """A forged delivery report touches no letter but the one whose Message-ID it brings, and one without it touches none."""
    product.put(request("first", sender=JANE), request("second", sender="sam@example.org"))
    product.run_once()
    mine, other = product.cases()
    poisoned = bounce_of(b"Message-ID: <made-up@attacker.example>\r\nSubject: x\r\n\r\n", JANE, name="poison")
    poisoned = poisoned.replace(
        b"Subject: Undelivered", f"Subject: {other.reference} {mine.reference} Undelivered".encode()
    )
    product.put(
        poisoned,
        bounce_of(
            f"Message-ID: <{other.reference}@council.example>\r\n\r\n".encode(), "sam@example.org", name="poison2"
        ),
    )
    counts = product.run_once()
    assert counts["bounces"] == 2
    assert [row.status for row in product.outbox()] == ["sent", "sent"]
    assert len(product.cases()) == len(product.sink.letters) == 2


def test_saying_that_it_is_not_automatic(product: Product) -> None:
    """A machine that writes "Auto-Submitted: no" gets no answer: any other sign of a program counts."""
    signs = (
        "Precedence: bulk",
        "List-Id: <x.example.org>",
        "Return-Path: <>",
        "Auto-Submitted: auto-generated",
        "X-Autoreply: yes",
    )
    product.put(
        *(
            request(f"no{n}", sender=f"m{n}@example.org", headers=("Auto-Submitted: no", sign))
            for n, sign in enumerate(signs)
        )
    )
    product.put(request("daemon", sender="MAILER-DAEMON@example.org", headers=("Auto-Submitted: no",)))
    product.put(request("person", sender=JANE, headers=("Auto-Submitted: no",)))
    product.run_once()
    assert sent_to(product) == [JANE]


def test_everything_stands_on_the_record(product: Product) -> None:
    """After an attack of each kind every message has a row and the chains prove themselves."""
    product.put(
        request("a", sender=f"{JANE}, {EVE}"),
        request("b", sender=COUNCIL),
        bounce_of(b"Message-ID: <x@y>\r\n\r\n", JANE),
        b"\xff\xfe",
        request("c"),
    )
    assert product.run_once()["received"] == 5
    assert product.count("message") == product.count("raw") == 5
    assert product.count("message", "state = 'received'") == 0
    assert product.app.store.verify().findings == []
