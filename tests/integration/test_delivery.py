"""Letters against an SMTP server that is closed, busy, stalls or drops: nothing is lost, and nothing goes twice (issue 2, section 5.3)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from email import message_from_bytes
from threading import Thread, Timer
from typing import TYPE_CHECKING
from unittest.mock import ANY

import pytest
from product import APPROVER, COUNCIL, making, message_id, request
from servers.smtp import Phase, Received

from pipeline.domain.errors import NotAllowedError
from pipeline.mail import transport
from pipeline.stages.deliver import _Hand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from product import Product
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

    from pipeline.stages.deliver import Delivered
    from pipeline.store.records import Case

pytestmark = pytest.mark.dovecot

SOON = timedelta(seconds=8)  # the first retry's 15 seconds, halved by the tests' steady chance
QUICK = {"timeout_seconds": 1}


@pytest.fixture
def make_product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Callable[..., Product]]:
    """Set the product up; keywords are sections of the configuration."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make


@pytest.fixture
def product(make_product: Callable[..., Product]) -> Product:
    """The product with an SMTP time-out of one second."""
    return make_product(smtp=QUICK)


def people(*numbers: int) -> list[bytes]:
    """Requests of different people."""
    return [request(f"r{n}", sender=f"person{n}@example.org") for n in numbers]


def recipients(sink: SmtpSink) -> list[str]:
    """Who got a letter, in order of address."""
    return sorted(to for letter in sink.letters for to in letter.recipients)


def response(product: Product, case: Case) -> tuple[int, str, str]:
    """Id, status and Message-ID of a case's one response."""
    [row] = [row for row in product.outbox(request_id=case.id) if row.kind == "response"]
    return row.id, row.status, row.message_id


# ---- a server that is away -------------------------------------------------------------------------------------------


def test_a_closed_server_delays_and_loses_nothing(product: Product) -> None:
    """SMTP closed for five polls, with mail arriving meanwhile: no request twice, and every acknowledgement once when it opens."""
    product.sink.shut()
    for poll in range(5):
        product.put(*people(2 * poll, 2 * poll + 1))
        counts = product.run_once()
        assert (counts["received"], counts["requests"], counts["acknowledged"], counts["errors"]) == (2, 2, 0, 1)
    failed = product.cli("run-once")
    assert failed.status == 1
    assert "letters could not be sent" in failed.errors
    product.sink.reopen()
    assert product.run_once() == {"acknowledged": 10}
    assert recipients(product.sink) == sorted(f"person{n}@example.org" for n in range(10))
    assert len({message_id(letter) for letter in product.sink.letters}) == 10
    assert len(product.cases()) == 10
    assert all(case.acknowledged_at for case in product.cases())
    assert product.run_once() == {}


def test_a_greylisted_recipient_is_tried_again_later(product: Product) -> None:
    """450 to one RCPT holds up nobody else; the letter is not tried before its time, and then arrives under its Message-ID."""
    product.sink.script.recipients = {"person2@example.org": "450 4.2.0 Greylisted, come back later"}
    product.put(*people(1, 2, 3))
    counts = product.run_once()
    assert (counts["acknowledged"], counts["retried"], counts["failed"]) == (2, 1, 0)
    [waiting] = [row for row in product.outbox() if row.status == "retry"]
    assert "Greylisted" in (waiting.last_error or "")
    product.sink.script.recipients = {}
    assert product.run_once() == {}
    product.clock.advance(SOON)
    assert product.run_once() == {"acknowledged": 1}
    assert recipients(product.sink) == [f"person{n}@example.org" for n in (1, 2, 3)]
    assert message_id(product.sink.letters[-1]) == waiting.message_id


def test_retries_grow_longer_and_end_after_five_days(product: Product) -> None:
    """A recipient who is always turned away for now gets ever rarer tries; after five days the letter has failed and an officer is called."""
    product.sink.script.recipients = {"person1@example.org": "451 4.3.0 Try again"}
    product.put(*people(1))
    product.run_once()
    gaps = []
    while (row := product.outbox()[0]).status == "retry":
        gaps.append(row.not_before - product.clock.now())
        product.clock.set(row.not_before)
        product.deliver()
    assert gaps == sorted(gaps)
    assert timedelta(days=5) <= product.clock.now() - row.queued_at <= timedelta(days=6)
    assert row.status == "failed"
    [case] = product.cases()
    assert case.flagged
    assert case.acknowledged_at is None


@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.DOT])
def test_a_final_refusal_is_not_repeated(product: Product, phase: Phase) -> None:
    """5xx at any step fails the letter at once; an officer is called, and no later run tries again."""
    product.sink.script.answer = {phase: "554 5.7.1 Not wanted"}
    product.put(*people(1))
    assert product.run_once()["failed"] == 1
    product.sink.script.answer = {}
    product.clock.advance(timedelta(days=1))
    assert product.run_once() == {}
    assert product.sink.letters == []
    [case] = product.cases()
    assert case.flagged
    product.app.mailroom().retry(1)
    assert product.run_once() == {"acknowledged": 1}


# ---- contact lost ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.BODY])
def test_contact_lost_before_the_final_dot_costs_nothing(product: Product, phase: Phase) -> None:
    """A connection dropped before the letter was whole: every acknowledgement arrives once, or was never accepted before."""
    product.sink.script.drop = phase
    product.put(*people(1, 2))
    product.run_once()
    assert product.sink.letters == []
    product.sink.script.drop = None
    product.clock.advance(SOON)
    product.run_once()
    assert recipients(product.sink) == ["person1@example.org", "person2@example.org"]
    assert {row.status for row in product.outbox()} == {"sent"}


@pytest.mark.parametrize("how", ["stall", "drop"])
def test_a_lost_acknowledgement_is_repeated_under_its_message_id(
    product: Product, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Contact lost after the final dot: the same bytes go again under the same Message-ID, and no second request appears."""
    monkeypatch.setattr(transport, "DOT_SECONDS", 1.0)
    setattr(product.sink.script, how, Phase.DOT)
    product.put(*people(1))
    assert product.run_once()["retried"] == 1
    assert product.cases()[0].acknowledged_at is None
    setattr(product.sink.script, how, None)
    product.clock.advance(SOON)
    assert product.run_once() == {"acknowledged": 1}
    assert len(product.sink.offered) == 2
    assert len({letter.raw for letter in product.sink.offered}) == 1
    assert len(product.cases()) == 1


def test_an_acknowledgement_that_is_lost_again_and_again_is_left_to_an_officer(product: Product) -> None:
    """Each repeat may be another copy for the requester: after five attempts it goes no more by itself, and its case calls for an officer."""
    product.sink.script.drop = Phase.DOT
    product.put(*people(1))
    product.run_once()
    for _ in range(8):
        product.clock.advance(timedelta(hours=1))
        product.run_once()
    assert len(product.sink.offered) == 5
    assert [row.status for row in product.outbox()] == ["uncertain"]
    assert product.cases()[0].flagged


def test_a_server_that_takes_its_time_over_the_final_dot_gets_each_letter_once(
    make_product: Callable[..., Product],
) -> None:
    """Longer than the configured time-out is no contact lost: RFC 5321 section 4.5.3.2.6 gives the server ten minutes for that answer."""
    product = make_product(smtp=QUICK)
    product.sink.script.stall = Phase.DOT
    Timer(6.5, product.sink.release).start()
    product.put(*people(1))
    assert product.run_once()["acknowledged"] == 1
    assert len(product.sink.offered) == 1


@pytest.mark.parametrize(("how", "delivered"), [("stall", False), ("drop", True)])
def test_a_lost_response_waits_for_an_officers_word(
    product: Product, how: str, monkeypatch: pytest.MonkeyPatch, *, delivered: bool
) -> None:
    """Contact lost after the final dot leaves a response uncertain: never sent again by itself, resolved by an officer either way."""
    monkeypatch.setattr(transport, "DOT_SECONDS", 1.0)
    case = product.one_case()
    approved = product.approved(case)
    product.after_undo()
    setattr(product.sink.script, how, Phase.DOT)
    product.sink.offered.clear()
    assert product.deliver().uncertain == 1
    setattr(product.sink.script, how, None)
    product.clock.advance(timedelta(days=2))
    assert product.run_once() == {}
    letter, status, _ = response(product, case)
    assert (letter, status) == (approved.outbox_id, "uncertain")
    doubtful = product.case(case.reference)
    assert (doubtful.workflow, doubtful.flagged) == ("approved", True)
    with pytest.raises(NotAllowedError, match="may have been delivered"):
        product.app.mailroom().retry(letter)
    with pytest.raises(NotAllowedError, match="may have been delivered"):
        product.casework().stop(case.reference, APPROVER)
    word = "--delivered" if delivered else "--not-delivered"
    assert product.cli("outbox", "resolve", str(letter), word, "--officer", APPROVER).status == 0
    assert product.run_once() == ({} if delivered else {"sent": 1})
    assert response(product, case)[1] == "sent"
    assert product.case(case.reference).workflow == "sent"
    assert product.case(case.reference).clock == "stopped"
    assert {hashlib.sha256(one.raw).hexdigest() for one in product.sink.offered} == {approved.sha256}
    assert len(product.sink.offered) == (1 if delivered else 2)
    with pytest.raises(NotAllowedError, match="nothing to decide"):
        product.app.mailroom().resolve(letter, delivered=delivered)


def test_an_officer_must_say_which(product: Product) -> None:
    """Resolving without a word on delivery is a usage error, exit status 2."""
    refused = product.cli("outbox", "resolve", "1")
    assert refused.status == 2
    assert "--not-delivered" in refused.errors


def test_a_service_told_to_stop_abandons_a_stalled_response(make_product: Callable[..., Product]) -> None:
    """Cut off in the middle of a stalled final dot, the response is uncertain, its case calls for an officer, and nothing more is claimed."""
    product = make_product(smtp={"timeout_seconds": 60})
    case = product.one_case()
    product.approved(case)
    product.after_undo()
    product.sink.script.stall = Phase.DOT
    ended: list[Delivered] = []
    sender = product.sender()
    thread = Thread(target=lambda: ended.append(sender.run()))
    thread.start()
    assert product.sink.stalled.wait(20)
    sender.abort()
    thread.join(20)
    assert [result.uncertain for result in ended] == [1]
    assert response(product, case)[1] == "uncertain"
    assert product.case(case.reference).flagged


def test_told_to_stop_it_sends_what_is_marked_and_puts_the_rest_back(product: Product) -> None:
    """The acknowledgement marked along with the one before it still goes; the others are as if nobody had taken them."""
    product.put(*people(1, 2, 3, 4))
    product.receive()
    product.intake()
    # Asked before each letter and before each mark, and from the second letter on it says yes.
    asked = iter([False, False, False])
    result = product.sender().run(stopping=lambda: next(asked, True))
    assert result.acknowledged == 2
    assert [(row.status, row.attempts) for row in product.outbox()] == [("sent", 1)] * 2 + [("queued", 0)] * 2
    product.deliver()
    assert recipients(product.sink) == [f"person{n}@example.org" for n in (1, 2, 3, 4)]


def test_only_acknowledgements_are_marked_ahead(product: Product) -> None:
    """A response is marked right before its DATA and not sooner, so that one we are killed before is tried again and calls no officer."""
    product.approved(product.one_case())
    product.after_undo()
    product.put(*people(2))
    product.receive()
    product.intake()
    with product.app.store.write() as work:
        [answer, receipt] = work.outbox.claim("one", product.clock.now(), 20)
    assert [answer.kind, receipt.kind] == ["response", "acknowledgement"]
    assert _Hand("one", [answer, receipt], lambda: False).after(answer) is receipt
    assert _Hand("one", [answer, receipt], lambda: True).after(answer) is None
    assert _Hand("one", [receipt, answer], lambda: False).after(receipt) is None
    assert _Hand("one", [answer, receipt], lambda: False).after(receipt) is None


@pytest.mark.parametrize(
    ("phase", "acknowledgement", "answer"), [("claimed", "sent", "sent"), ("data", "sent", "uncertain")]
)
def test_a_killed_service_leaves_letters_to_its_successor(
    product: Product, phase: str, acknowledgement: str, answer: str
) -> None:
    """Killed before DATA a letter is tried again; killed after it an acknowledgement is, and a response is uncertain, with an officer called."""
    case = product.one_case()
    product.approved(case)
    product.put(*people(2))
    product.receive()
    product.intake()
    product.after_undo()
    with product.app.store.write() as work:
        for letter in work.outbox.claim("gone", product.clock.now(), 20):
            if phase == "data":
                assert work.outbox.mark_data(letter, "gone")
    product.deliver()
    product.clock.advance(SOON)
    product.deliver()
    assert [row.status for row in product.outbox()] == ["sent", answer, acknowledgement]
    assert product.case(case.reference).flagged is (answer == "uncertain")
    assert len({message_id(letter) for letter in product.sink.letters}) == len(product.sink.letters)


# ---- copies ----------------------------------------------------------------------------------------------------------


def test_a_copy_is_filed_once(make_product: Callable[..., Product]) -> None:
    """Acknowledgement and response each get one copy in the sent folder, byte for byte and read; a crash before the note adds none."""
    product = make_product(mailbox={"infogov": {"sent_folder": "Sent Items"}})
    case = product.one_case()
    product.approved(case)
    product.after_undo()
    product.deliver()
    product.deliver()
    product.sql("UPDATE outbox SET copied_at = NULL")
    product.deliver()
    assert product.count("outbox", "copied_at IS NULL") == 0
    with product.dovecot.client(product.users["infogov"]) as person:
        person.select_folder("Sent Items")
        copies = person.fetch(person.search(), ["BODY.PEEK[]", "FLAGS"]).values()
    assert sorted(copy[b"BODY[]"] for copy in copies) == sorted(letter.raw for letter in product.sink.letters)
    assert all(b"\\Seen" in copy[b"FLAGS"] for copy in copies)


def test_a_copy_that_fails_does_not_send_again(make_product: Callable[..., Product]) -> None:
    """With the mailbox away the letter still counts as sent, once; its copy is made up for later."""
    product = make_product(mailbox={"infogov": {"sent_folder": "Sent"}})
    product.put(*people(1))
    product.receive()
    product.intake()
    product.configure(mailbox={"infogov": {"sent_folder": "Sent", "port": 1}})
    assert product.deliver().acknowledged == 1
    assert product.deliver().acknowledged == 0
    product.configure(mailbox={"infogov": {"sent_folder": "Sent"}})
    product.deliver()
    with product.dovecot.client(product.users["infogov"]) as person:
        assert person.select_folder("Sent")[b"EXISTS"] == 1
    assert len(product.sink.letters) == 1


# ---- modes and limits ------------------------------------------------------------------------------------------------


def test_redirect_changes_the_envelope_only(make_product: Callable[..., Product]) -> None:
    """On trial every letter goes to one address, bytes as approved; it is redirected, the request neither acknowledged nor answered."""
    product = make_product(delivery={"mode": "redirect", "redirect_to": "trial@example.net"})
    case = product.one_case()
    approved = product.approved(case)
    product.after_undo()
    assert product.deliver().redirected == 1
    assert [letter.recipients for letter in product.sink.letters] == [("trial@example.net",)] * 2
    assert hashlib.sha256(product.sink.letters[1].raw).hexdigest() == approved.sha256
    assert [message_from_bytes(letter.raw)["To"] for letter in product.sink.letters] == ["jane@example.org"] * 2
    assert [(row.status, row.redirected_to) for row in product.outbox()] == [("redirected", "trial@example.net")] * 2
    on_trial = product.case(case.reference)
    assert (on_trial.workflow, on_trial.acknowledged_at, on_trial.clock) == ("approved", None, "running")
    assert product.deliver().redirected == 0
    product.configure()
    assert product.run_once() == {}
    product.app.mailroom().retry(product.outbox()[0].id)
    assert product.run_once() == {"acknowledged": 1}
    assert product.sink.letters.pop() == Received(COUNCIL, ("jane@example.org",), product.sink.letters[0].raw, ANY)
    assert product.case(case.reference).acknowledged_at is not None
    product.casework().stop(case.reference, APPROVER, "the trial is over")
    again = product.casework().approve(case.reference, APPROVER)
    product.after_undo()
    assert product.deliver().sent == 1
    assert product.sink.letters[2].recipients == ("jane@example.org",)
    assert hashlib.sha256(product.sink.letters[2].raw).hexdigest() == again.sha256
    assert product.case(case.reference).workflow == "sent"


def test_hold_dials_nobody(make_product: Callable[..., Product]) -> None:
    """In hold mode requests are made and letters prepared, and not one connection is opened; let go, everything leaves once."""
    product = make_product(delivery={"mode": "hold"})
    product.put(*people(1, 2))
    assert product.run_once() == {"received": 2, "requests": 2}
    held = product.cli("run-once")
    assert held.status == 0
    assert "held" in held.errors
    assert product.sink.connections == 0
    assert [row.status for row in product.outbox()] == ["queued", "queued"]
    product.configure()
    assert product.run_once() == {"acknowledged": 2}
    assert recipients(product.sink) == ["person1@example.org", "person2@example.org"]


def test_release_mode_waits_for_a_word(make_product: Callable[..., Product]) -> None:
    """Nothing is acknowledged before an officer releases it; then it goes once, and a second release is refused."""
    product = make_product(acknowledgement={"mode": "release"})
    product.put(*people(1, 2))
    assert product.run_once() == {"received": 2, "requests": 2}
    listed = product.cli("acknowledgements", "--json").lines
    assert [(one["to"], one["waits"]) for one in listed] == [
        ("person1@example.org", "release"),
        ("person2@example.org", "release"),
    ]
    reference = str(listed[1]["reference"])
    assert product.cli("acknowledgements", "release", reference.lower()).status == 0
    assert product.run_once() == {"acknowledged": 1}
    assert recipients(product.sink) == ["person2@example.org"]
    assert product.case(reference).acknowledged_at is not None
    with pytest.raises(NotAllowedError, match="already"):
        product.app.mailroom().release_acknowledgement(reference)
    assert product.run_once() == {}
    assert [case.reference for case in product.app.mailroom().waiting_acknowledgements()] == [listed[0]["reference"]]


def test_switched_off_nothing_is_acknowledged(make_product: Callable[..., Product]) -> None:
    """With mode off every request waits for an officer, who may still acknowledge it."""
    product = make_product(acknowledgement={"mode": "off"})
    product.put(*people(1))
    assert product.run_once() == {"received": 1, "requests": 1}
    [case] = product.app.mailroom().waiting_acknowledgements()
    product.app.mailroom().release_acknowledgement(case.reference)
    assert product.run_once() == {"acknowledged": 1}


def test_the_sixth_from_one_sender_is_left_to_an_officer(product: Product) -> None:
    """Five acknowledgements a day to one address; the sixth request is made all the same and waits, the next day they flow again."""
    product.put(
        *(request(f"r{n}", sender="Jane <Jane@Example.org>" if n % 2 else "jane@example.org") for n in range(6))
    )
    counts = product.run_once()
    assert (counts["requests"], counts["acknowledged"]) == (6, 5)
    [case] = product.app.mailroom().waiting_acknowledgements()
    assert any("5 acknowledgements in a day" in reason for reason in case.acknowledge_reasons)
    assert case.reference == product.cases()[5].reference
    product.put(*people(7))
    assert product.run_once()["acknowledged"] == 1
    product.app.mailroom().release_acknowledgement(case.reference)
    assert product.run_once() == {"acknowledged": 1}
    product.clock.advance(timedelta(days=1, seconds=1))
    product.put(request("r8", sender="jane@example.org"))
    assert product.run_once()["acknowledged"] == 1


def test_the_global_limit_delays_and_drops_nothing(make_product: Callable[..., Product]) -> None:
    """Two an hour: five acknowledgements take three hours, each once, and the requests are there from the start."""
    product = make_product(acknowledgement={"global_per_hour": 2})
    product.put(*people(1, 2, 3, 4, 5))
    counts = product.run_once()
    assert (counts["requests"], counts["acknowledged"]) == (5, 2)
    sent = []
    for _ in range(3):
        product.clock.advance(timedelta(hours=1))
        sent.append(product.run_once()["acknowledged"])
    assert sent == [2, 1, 0]
    assert recipients(product.sink) == [f"person{n}@example.org" for n in (1, 2, 3, 4, 5)]
