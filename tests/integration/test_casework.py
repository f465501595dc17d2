"""Officers' work over real sockets: who may approve, what an approval is bound to, and that nothing else ever leaves (issue 2, section 5.6)."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from product import APPROVER, DRAFTER, bounce_of, making

from pipeline.domain.errors import NotAllowedError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from product import Product
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

    from pipeline.store.records import Case

pytestmark = pytest.mark.dovecot


@pytest.fixture
def product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Product]:
    """The product with one mailbox and the plainest configuration."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make()


def letters_of(product: Product, case: Case) -> list[tuple[str, str]]:
    """(kind, status) of a case's letters in the outbox."""
    return [(row.kind, row.status) for row in product.outbox(request_id=case.id)]


def responses(product: Product) -> list[bytes]:
    """The letters that the sink got after the acknowledgement."""
    return [letter.raw for letter in product.sink.letters[1:]]


def test_a_letter_goes_byte_for_byte_as_approved(product: Product) -> None:
    """Drafted and approved by the command: what the sink gets has the SHA-256 that approve printed, and the case is answered."""
    case = product.one_case()
    casework = product.casework()
    assert product.cli("draft", case.reference, "--new", "--output", "draft.toml").status == 0
    draft = product.folder / "draft.toml"
    text = draft.read_text().replace('outcome = ""', 'outcome = "supplied"')
    draft.write_text(text.replace('answer = """\n', 'answer = """\nForty, at £1,000 each: “good value”.\n'))
    assert product.cli("draft", case.reference, "draft.toml", "--officer", DRAFTER).status == 0
    casework.submit(case.reference, DRAFTER)
    refused = product.cli("approve", case.reference, "--officer", DRAFTER.upper())
    assert refused.status == 1
    assert "another officer has to approve it" in refused.errors
    approved = product.cli("approve", case.reference, "--officer", APPROVER)
    promised = re.search(r"sha256 ([0-9a-f]{64})", approved.out)
    assert promised is not None
    assert product.cli("send-now", case.reference, "--officer", APPROVER).status == 0
    assert product.deliver().sent == 1
    [raw] = responses(product)
    assert hashlib.sha256(raw).hexdigest() == promised[1]
    assert product.sink.letters[1].recipients == ("jane@example.org",)
    [shown] = product.cli("show", case.reference, "--json").lines
    assert (shown["status"], shown["clock"], shown["outcome"]) == ("sent", "stopped", "granted")
    assert product.cli("audit", "verify").status == 0


def test_an_approved_letter_waits_out_its_time(product: Product) -> None:
    """Before undo_minutes are over nothing goes, and then it goes once."""
    case = product.one_case()
    approved = product.approved(case)
    product.clock.advance(timedelta(minutes=14))
    product.deliver()
    assert responses(product) == []
    product.clock.advance(timedelta(minutes=1))
    assert product.deliver().sent == 1
    assert product.deliver().sent == 0
    [raw] = responses(product)
    assert hashlib.sha256(raw).hexdigest() == approved.sha256


@pytest.mark.parametrize("spelt", [DRAFTER, DRAFTER.upper(), f" {DRAFTER.title()} "])
def test_the_drafter_cannot_approve(product: Product, spelt: str) -> None:
    """However the address is spelt, whoever wrote the letter is refused."""
    case = product.one_case()
    product.draft(case)
    casework = product.casework()
    casework.submit(case.reference, APPROVER)
    with pytest.raises(NotAllowedError, match="another officer"):
        casework.approve(case.reference, spelt)
    assert letters_of(product, case) == [("acknowledgement", "sent")]


def test_who_only_submitted_cannot_approve_either(product: Product) -> None:
    """A submits what B wrote: neither of them approves it."""
    case = product.one_case()
    product.draft(case, officer=DRAFTER)
    casework = product.casework()
    casework.submit(case.reference, APPROVER)
    with pytest.raises(NotAllowedError, match="another officer"):
        casework.approve(case.reference, APPROVER)


def test_who_wrote_an_earlier_version_cannot_approve(product: Product) -> None:
    """Every writer of the letter counts, not only the last."""
    case = product.one_case()
    product.draft(case, officer=APPROVER)
    product.draft(case, "Forty-one.", officer=DRAFTER)
    casework = product.casework()
    casework.submit(case.reference, DRAFTER)
    with pytest.raises(NotAllowedError, match="another officer"):
        casework.approve(case.reference, APPROVER)


def test_a_draft_read_before_it_changed_is_not_approved(product: Product) -> None:
    """The digest of what an approver looked at must be that of the draft as it is."""
    case = product.one_case()
    product.draft(case)
    casework = product.casework()
    casework.submit(case.reference, DRAFTER)
    with pytest.raises(NotAllowedError, match="changed after you looked"):
        casework.approve(case.reference, APPROVER, seen_sha256=hashlib.sha256(b"another").hexdigest())


def test_an_edit_voids_the_approval(product: Product) -> None:
    """The approved letter is cancelled and never leaves; the new text needs a new approval, and goes once."""
    case = product.one_case()
    product.approved(case, "Forty.")
    product.draft(case, "Fifty.")
    assert product.case(case.reference).workflow == "drafting"
    product.after_undo()
    product.deliver()
    assert responses(product) == []
    assert letters_of(product, case)[1:] == [("response", "cancelled")]
    with pytest.raises(NotAllowedError):
        product.casework().send_now(case.reference, APPROVER)
    casework = product.casework()
    casework.submit(case.reference, DRAFTER)
    approved = casework.approve(case.reference, APPROVER)
    product.after_undo()
    assert product.deliver().sent == 1
    [raw] = responses(product)
    assert b"Fifty." in raw
    assert hashlib.sha256(raw).hexdigest() == approved.sha256


@pytest.mark.parametrize("word", ["edit", "withdraw", "stop"])
def test_a_refused_letter_is_void_too(product: Product, word: str) -> None:
    """A letter that the server turned down for good can't be sent again by a retry once its approval is void."""
    case = product.one_case()
    product.sink.script.recipients = {"jane@example.org": "550 5.1.1 No such user"}
    approved = product.approved(case, "Forty.")
    product.after_undo()
    assert product.deliver().failed == 1
    assert product.case(case.reference).flagged
    product.sink.script.recipients = {}
    if word == "edit":
        product.draft(case, "Fifty.")
    else:
        getattr(product.casework(), word)(case.reference, DRAFTER)
    with pytest.raises(NotAllowedError):
        product.app.mailroom().retry(approved.outbox_id)
    product.deliver()
    assert responses(product) == []


def test_a_refused_letter_can_be_tried_again(product: Product) -> None:
    """While its approval stands, an officer's retry sends the same bytes."""
    case = product.one_case()
    product.sink.script.recipients = {"jane@example.org": "550 5.1.1 No such user"}
    approved = product.approved(case)
    product.after_undo()
    assert product.deliver().failed == 1
    product.sink.script.recipients = {}
    product.app.mailroom().retry(approved.outbox_id, APPROVER)
    assert product.deliver().sent == 1
    assert [hashlib.sha256(raw).hexdigest() for raw in responses(product)] == [approved.sha256]
    assert product.case(case.reference).workflow == "sent"


def test_stop_takes_a_letter_back(product: Product) -> None:
    """A stopped letter never leaves, waits for approval again, and approved again it goes once."""
    case = product.one_case()
    product.approved(case)
    casework = product.casework()
    casework.stop(case.reference, DRAFTER, "a figure is wrong")
    assert product.case(case.reference).workflow == "for_approval"
    product.after_undo()
    product.deliver()
    assert responses(product) == []
    again = casework.approve(case.reference, APPROVER)
    casework.send_now(case.reference, APPROVER)
    assert product.deliver().sent == 1
    assert [hashlib.sha256(raw).hexdigest() for raw in responses(product)] == [again.sha256]
    with pytest.raises(NotAllowedError):
        casework.stop(case.reference, DRAFTER)


def test_a_letter_between_two_tries_can_be_stopped(product: Product) -> None:
    """Turned away for now, a letter waits for its next try; stopped, it is not tried again."""
    case = product.one_case()
    product.approved(case)
    product.sink.script.recipients = {"jane@example.org": "450 4.2.0 Later"}
    product.after_undo()
    assert product.deliver().retried == 1
    product.casework().stop(case.reference, DRAFTER)
    product.sink.script.recipients = {}
    product.clock.advance(timedelta(days=1))
    assert product.run_once() == {}
    assert responses(product) == []
    assert letters_of(product, case)[1:] == [("response", "cancelled")]


def test_a_letter_being_sent_cannot_be_stopped_or_edited(product: Product) -> None:
    """Claimed by a sender, a letter may be on the wire: stop, edit and withdraw are refused, and it goes as approved."""
    case = product.one_case()
    approved = product.approved(case)
    product.after_undo()
    with product.app.store.write() as work:
        assert len(work.outbox.claim("a sender", product.clock.now(), 20)) == 1
    casework = product.casework()
    for word in (casework.stop, casework.withdraw):
        with pytest.raises(NotAllowedError, match="being sent right now"):
            word(case.reference, DRAFTER)
    with pytest.raises(NotAllowedError, match="being sent right now"):
        product.draft(case, "Fifty.")
    product.deliver()
    assert [hashlib.sha256(raw).hexdigest() for raw in responses(product)] == [approved.sha256]


def test_return_needs_a_reason_and_goes_back_to_drafting(product: Product) -> None:
    """A letter is returned with a reason, which its timeline keeps, and can't be approved until it is submitted again."""
    case = product.one_case()
    product.draft(case)
    casework = product.casework()
    casework.submit(case.reference, DRAFTER)
    with pytest.raises(NotAllowedError, match="--reason"):
        casework.give_back(case.reference, APPROVER, " ")
    casework.give_back(case.reference, APPROVER, "say where the figure comes from")
    assert product.case(case.reference).workflow == "drafting"
    with product.app.store.read() as work:
        events = work.events.of_case(case.id)
    [returned] = [event for event in events if event.kind == "returned_for_change"]
    assert returned.actor == APPROVER
    assert any(event.data.get("reason") == "say where the figure comes from" for event in events)
    with pytest.raises(NotAllowedError):
        casework.approve(case.reference, APPROVER)
    casework.submit(case.reference, DRAFTER)
    casework.approve(case.reference, APPROVER)
    assert product.case(case.reference).workflow == "approved"


def test_withdraw_takes_the_letter_back(product: Product) -> None:
    """A withdrawn request's letter never leaves; reopened, it begins with a new letter."""
    case = product.one_case()
    product.approved(case)
    casework = product.casework()
    casework.withdraw(case.reference, DRAFTER, "the requester wrote")
    product.after_undo()
    product.deliver()
    assert responses(product) == []
    withdrawn = product.case(case.reference)
    assert (withdrawn.workflow, withdrawn.clock, withdrawn.outcome) == ("withdrawn", "stopped", "withdrawn")
    with pytest.raises(NotAllowedError, match="reopen"):
        product.draft(case)
    casework.reopen(case.reference, DRAFTER, "withdrawn by mistake")
    reopened = product.case(case.reference)
    assert (reopened.workflow, reopened.clock, reopened.outcome) == ("drafting", "running", None)
    product.approved(case, "Fifty.")
    product.after_undo()
    assert product.deliver().sent == 1
    [raw] = responses(product)
    assert b"Fifty." in raw


def test_close_and_reopen(product: Product) -> None:
    """Closing an unanswered request needs a reason, one with a letter on its way is refused, and a closed one opens again."""
    case = product.one_case()
    casework = product.casework()
    with pytest.raises(NotAllowedError, match="--reason"):
        casework.close(case.reference, DRAFTER)
    product.approved(case)
    with pytest.raises(NotAllowedError, match="stop it first"):
        casework.close(case.reference, DRAFTER, "a duplicate")
    product.after_undo()
    product.deliver()
    casework.close(case.reference, DRAFTER)
    assert product.case(case.reference).workflow == "closed"
    with pytest.raises(NotAllowedError, match="closed already"):
        casework.close(case.reference, DRAFTER)
    casework.reopen(case.reference, DRAFTER, "more was found")
    assert product.case(case.reference).workflow == "drafting"
    product.approved(case, "Fifty.")
    product.after_undo()
    assert product.deliver().sent == 1
    assert [b"Fifty." in raw for raw in responses(product)] == [False, True]


def test_officers_must_exist_and_be_allowed(product: Product) -> None:
    """Strangers, disabled officers and read-only ones can't act; a plain officer can't approve."""
    case = product.one_case()
    product.draft(case)
    casework = product.casework()
    with product.app.store.write() as work:
        for email, role in (("plain@council.example", "officer"), ("looker@council.example", "read_only")):
            work.officers.add(email, email, role, via="test", at=product.clock.now())
    for email in ("nobody@council.example", "looker@council.example"):
        with pytest.raises((NotFoundError, NotAllowedError), match=r"no officer|look but not act"):
            casework.submit(case.reference, email)
    casework.submit(case.reference, DRAFTER)
    with pytest.raises(NotAllowedError, match="not an approver"):
        casework.approve(case.reference, "plain@council.example")
    with product.app.store.write() as work:
        now = product.clock.now()
        work.officers.set_disabled(APPROVER, now, role=None, via="test", at=now)
    with pytest.raises(NotAllowedError, match="disabled"):
        casework.approve(case.reference, APPROVER)
    assert letters_of(product, case) == [("acknowledgement", "sent")]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE outbox SET content = replace(content, 'forty', 'fifty') WHERE kind = 'response'",
        "UPDATE outbox SET content = CAST(content || x'0d0a' AS BLOB) WHERE kind = 'response'",
        "UPDATE outbox SET recipients = '[\"eve@attacker.example\"]' WHERE kind = 'response'",
        "UPDATE outbox SET recipients = '[\"jane@example.org\", \"eve@attacker.example\"]' WHERE kind = 'response'",
        "UPDATE outbox SET recipients = '[7]' WHERE kind = 'response'",
    ],
    ids=["text", "bytes", "another recipient", "one more recipient", "no recipient"],
)
def test_a_tampered_letter_never_leaves(product: Product, tampering: str) -> None:
    """Bytes or recipients changed behind the product's back end as failed, at every retry, and call an officer."""
    case = product.one_case()
    approved = product.approved(case)
    before = product.sql("SELECT content, recipients FROM outbox WHERE id = ?", approved.outbox_id)
    product.sql(tampering)
    assert product.sql("SELECT content, recipients FROM outbox WHERE id = ?", approved.outbox_id) != before
    product.after_undo()
    assert product.deliver().failed == 1
    [row] = product.outbox(outbox_id=approved.outbox_id)
    assert row.status == "failed"
    assert "not the one" in (row.last_error or "")
    assert product.case(case.reference).flagged
    product.app.mailroom().retry(approved.outbox_id)
    assert product.deliver().failed == 1
    assert responses(product) == []


def test_a_bounced_response_is_marked_and_calls_an_officer(product: Product) -> None:
    """A delivery report about a response makes the letter bounced, lies in the case's file, makes no request and gets no answer."""
    case = product.one_case()
    product.approved(case)
    product.after_undo()
    product.deliver()
    [raw] = responses(product)
    product.put(bounce_of(raw, "jane@example.org"))
    counts = product.run_once()
    assert counts == {"received": 1, "bounces": 1}
    assert letters_of(product, case) == [("acknowledgement", "sent"), ("response", "bounced")]
    flagged = product.case(case.reference)
    assert flagged.flagged
    assert any("response" in reason and "came back" in reason for reason in flagged.flag_reasons)
    assert ("delivery", "bounce") in product.sides(case)
    assert len(product.cases()) == 1
