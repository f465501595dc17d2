"""The same letter to a corrected address, and questions to colleagues: to whom a letter may go at all (invariants 5, 7 and 11)."""

from __future__ import annotations

from datetime import date
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest
from drafting_desk import APPROVER, COLLEAGUE, DRAFTER, REQUESTER, SECOND, DraftingDesk

from pipeline.domain.errors import NotAllowedError, TransportError
from pipeline.domain.outbox import OutboxStatus
from pipeline.letters.model import LetterKind, Particulars
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from pathlib import Path

RIGHT = "alex@right.example.org"
HIGHWAYS, TREES = "highways@council.example", "trees@parks.council.example"


@pytest.fixture
def desk(tmp_path: Path) -> DraftingDesk:
    """One request, nothing drafted."""
    return DraftingDesk(tmp_path)


def sent(desk: DraftingDesk) -> int:
    """An answer that went; its number in the outbox."""
    done = desk.approved()
    assert desk.deliver() == 1
    return done.outbox_id


# ---- to a corrected address ------------------------------------------------------------------------------------------


def test_a_letter_that_came_back_goes_to_the_right_address(desk: DraftingDesk) -> None:
    """One corrects, another approves with one click, and the words are the same to the byte; the first is never tried again."""
    first = sent(desk)
    desk.bounce(first)
    desk.casework.resend_to(desk.reference, DRAFTER, RIGHT, "they rang and spelt it")
    waiting = desk.casework.resend(desk.reference)
    assert waiting is not None
    assert (waiting.outbox_id, waiting.went_to, waiting.to, waiting.asked_by) == (first, (REQUESTER,), RIGHT, DRAFTER)
    with desk.store.read() as work:
        assert [(one.kind, one.resend_to) for one in work.letters.for_approval()] == [("resend", RIGHT)]
    with pytest.raises(NotAllowedError, match="waits to be sent to a corrected address"):
        desk.mailroom.retry(first)
    with pytest.raises(NotAllowedError, match="infogov resend approve"):
        desk.casework.approve(desk.reference, APPROVER)
    with pytest.raises(NotAllowedError, match="another officer"):
        desk.casework.approve_resend(desk.reference, DRAFTER)
    done = desk.casework.approve_resend(desk.reference, APPROVER, seen_sha256=waiting.seen_sha256)
    assert done.recipients == (RIGHT,)
    with pytest.raises(NotAllowedError):
        desk.mailroom.retry(first)
    assert desk.deliver() == 1
    before, after = (message_from_bytes(desk.content(one)) for one in (first, done.outbox_id))
    assert before.get_payload() == after.get_payload()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"To", "Message-ID", "Date"}
    assert list(before) == list(after)
    assert desk.transport.sent[-1].recipients == (RIGHT,)
    assert (desk.case.requester_email, desk.case.workflow) == (RIGHT, "sent")
    assert [row.status for row in desk.outbox()] == ["cancelled", "sent"]
    assert desk.store.verify().findings == []


def test_a_letter_that_was_refused_goes_too_and_answers_the_request(desk: DraftingDesk) -> None:
    """It had never gone: with the corrected one the request is answered, and the clock moves once."""
    done = desk.approved()
    desk.transport.fail_next(TransportError("550 no such user", permanent=True, code=550))
    assert desk.deliver() == 0
    assert [row.status for row in desk.outbox()] == ["failed"]
    desk.casework.resend_to(desk.reference, DRAFTER, RIGHT, "a typing error")
    desk.casework.approve_resend(desk.reference, APPROVER)
    assert desk.case.workflow == "approved"
    assert desk.deliver() == 1
    assert desk.case.workflow == "sent"
    assert next((row.id, row.status) for row in desk.outbox()) == (done.outbox_id, "cancelled")
    assert [row.status for row in desk.letters()] == ["void", "sent"]
    desk.casework.close(desk.reference, DRAFTER)


def test_a_clarification_sent_twice_is_asked_once(desk: DraftingDesk) -> None:
    """The first copy moved the clock, though it came back: the law counts one notice, and no officer is called."""
    desk.casework.new_letter(desk.reference, LetterKind.CLARIFICATION, DRAFTER, Particulars(needed="Which year?"))
    desk.casework.submit(desk.reference, DRAFTER)
    done = desk.casework.approve(desk.reference, APPROVER)
    assert desk.deliver() == 1
    desk.bounce(done.outbox_id)
    desk.casework.resend_to(desk.reference, DRAFTER, RIGHT, "a typing error")
    desk.casework.approve_resend(desk.reference, SECOND)
    assert desk.deliver() == 1
    with desk.store.read() as work:
        assert [event.kind for event in work.clock_events.of_case(desk.case.id)] == ["clarification_asked"]
    assert not desk.case.flagged


def test_a_letter_that_was_accepted_is_sent_once_unless_an_officer_says_so(desk: DraftingDesk) -> None:
    """That the server took it is taken for arrival; who knows better says it, with a reason, and both are kept."""
    first = sent(desk)
    with pytest.raises(NotAllowedError, match="a letter is sent once"):
        desk.casework.resend_to(desk.reference, DRAFTER, RIGHT, "wrong person")
    desk.casework.resend_to(desk.reference, DRAFTER, RIGHT, "went to a namesake", not_arrived=True)
    [asked] = desk.events("resend_asked")
    assert (asked.data["reason"], asked.data["not_arrived"]) == ("went to a namesake", True)
    desk.casework.approve_resend(desk.reference, APPROVER)
    assert desk.deliver() == 1
    assert next((row.id, row.status) for row in desk.outbox()) == (first, "sent")
    with pytest.raises(NotAllowedError, match="has gone to a corrected address already"):
        desk.casework.resend_to(desk.reference, DRAFTER, "c@example.org", "again", outbox_id=first, not_arrived=True)


def test_what_cannot_go_to_another_address(desk: DraftingDesk) -> None:
    """One on its way, one in doubt, one to the same address, none at all, an address that is none: each is refused."""
    ask = desk.casework.resend_to
    with pytest.raises(NotAllowedError, match="no such letter"):
        ask(desk.reference, DRAFTER, RIGHT, "x")
    done = desk.approved()
    with pytest.raises(NotAllowedError, match="is waiting: only one that failed"):
        ask(desk.reference, DRAFTER, RIGHT, "x")
    desk.deliver()
    for address, reason in ((RIGHT, " "), ("alex", "x"), ("a@b\r\nBcc: c@d", "x")):
        with pytest.raises(NotAllowedError, match="give an address"):
            ask(desk.reference, DRAFTER, address, reason)
    desk.settle(done.outbox_id, OutboxStatus.UNCERTAIN)
    with pytest.raises(NotAllowedError, match="is uncertain"):
        ask(desk.reference, DRAFTER, RIGHT, "x")
    desk.bounce(done.outbox_id)
    with pytest.raises(NotAllowedError, match=r"went to ALEX@example\.org"):
        ask(desk.reference, DRAFTER, "ALEX@example.org", "x")
    assert desk.case.requester_email == REQUESTER
    ask(desk.reference, DRAFTER, RIGHT, "x")
    with pytest.raises(NotAllowedError, match="on its way to a corrected address already"):
        ask(desk.reference, COLLEAGUE, RIGHT, "x")


def test_a_resend_is_bound_to_what_was_seen_and_to_the_request(desk: DraftingDesk) -> None:
    """Another letter than the one shown is refused, and so is one to an address that the request no longer has."""
    first = sent(desk)
    desk.bounce(first)
    desk.casework.resend_to(desk.reference, DRAFTER, RIGHT, "x")
    with pytest.raises(NotAllowedError, match="changed after you looked"):
        desk.casework.approve_resend(desk.reference, APPROVER, seen_sha256="0" * 64)
    with desk.store.write() as work:
        work.cases.change(
            desk.case, Happening(kind="requester_corrected", at=desk.clock.now()), requester_email="x@example.org"
        )
    with pytest.raises(NotAllowedError, match="another address by now"):
        desk.casework.approve_resend(desk.reference, APPROVER)
    assert len(desk.outbox()) == 1


def test_a_resend_is_dropped_with_a_reason(desk: DraftingDesk) -> None:
    """The letter that came back stays as it was, is not sent to the old address, and can be sent to a right one yet."""
    first = sent(desk)
    desk.bounce(first)
    desk.casework.resend_to(desk.reference, DRAFTER, RIGHT, "x")
    with pytest.raises(NotAllowedError, match="approve it, or drop it first"):
        desk.casework.close(desk.reference, APPROVER)
    with pytest.raises(NotAllowedError, match="infogov resend drop"):
        desk.casework.give_back(desk.reference, APPROVER, "no")
    with pytest.raises(NotAllowedError, match="--reason"):
        desk.casework.drop_resend(desk.reference, APPROVER, "")
    desk.casework.drop_resend(desk.reference, APPROVER, "that address is wrong, too")
    assert desk.casework.resend(desk.reference) is None
    with pytest.raises(NotAllowedError, match="infogov resend to"):
        desk.mailroom.retry(first)
    desk.casework.resend_to(desk.reference, DRAFTER, "a.x@example.org", "now it is right")
    assert desk.casework.approve_resend(desk.reference, APPROVER).recipients == ("a.x@example.org",)


def test_a_stopped_resend_of_what_never_went_can_become_a_draft_again(desk: DraftingDesk) -> None:
    """Stopped, it waits for approval; dropped, the answer is a draft, for it has never gone."""
    desk.approved()
    desk.transport.fail_next(TransportError("550 no such user", permanent=True, code=550))
    desk.deliver()
    desk.casework.resend_to(desk.reference, DRAFTER, RIGHT, "x")
    desk.casework.approve_resend(desk.reference, APPROVER)
    desk.casework.stop(desk.reference, COLLEAGUE)
    assert desk.case.workflow == "for_approval"
    desk.casework.approve_resend(desk.reference, SECOND)
    assert desk.case.workflow == "approved"
    desk.casework.stop(desk.reference, COLLEAGUE)
    desk.casework.drop_resend(desk.reference, APPROVER, "write it anew")
    assert desk.case.workflow == "drafting"
    desk.casework.submit(desk.reference, DRAFTER)
    assert desk.casework.approve(desk.reference, APPROVER).recipients == (RIGHT,)
    assert desk.deliver() == 1
    assert desk.store.verify().findings == []


def test_a_deputy_and_need_hold_for_a_corrected_address_too(desk: DraftingDesk) -> None:
    """The same policies, with the same list of what somebody has to look at."""
    first = sent(desk)
    desk.bounce(first)
    desk.casework.resend_to(desk.reference, DRAFTER, RIGHT, "x")
    desk.casework.approve_resend(desk.reference, DRAFTER, break_glass_reason="it is due today")
    [listed] = desk.casework.exceptions_to_check(SECOND)
    assert (listed.kind, listed.resend_to) == ("resend", RIGHT)


# ---- questions to colleagues -----------------------------------------------------------------------------------------


def question(*recipients: str, message: str = "How many clinics are there, by year?") -> Particulars:
    """A question to a service area."""
    return Particulars(
        service_area="Highways team", message=message, answer_by=date(2026, 3, 10), recipients=recipients
    )


def ask(desk: DraftingDesk, said: Particulars, *, questions: tuple[int, ...] = (1,)) -> None:
    """Write a question to a service area."""
    desk.casework.new_letter(desk.reference, LetterKind.SERVICE_AREA, DRAFTER, said, questions=questions)


def test_a_question_goes_to_colleagues_without_a_second_person(desk: DraftingDesk) -> None:
    """At once, to each of them alone, with the reference in the subject, in no thread of the requester's, and without their name."""
    ask(desk, question(HIGHWAYS, TREES))
    done = desk.casework.send_question(desk.reference, DRAFTER)
    assert done.recipients == (HIGHWAYS, TREES)
    assert desk.sender.run().sent == 2
    assert [one.recipients for one in desk.transport.sent] == [(HIGHWAYS,), (TREES,)]
    for one in desk.transport.sent:
        message = message_from_bytes(one.raw)
        assert desk.reference in message["Subject"]
        assert message["In-Reply-To"] is None
        assert b"alex" not in one.raw.lower()
    assert (desk.case.workflow, desk.case.clock, desk.case.flagged) == ("new", "running", False)
    assert [row.status for row in desk.letters()] == ["sent"]
    assert desk.casework.exceptions_to_check() == ()
    assert desk.store.verify().findings == []


def test_several_service_areas_are_asked_one_after_the_other(desk: DraftingDesk) -> None:
    """A second question does not take the first one back, though that has not left yet; one that is stopped is a draft again."""
    ask(desk, question(HIGHWAYS))
    desk.casework.send_question(desk.reference, DRAFTER)
    ask(desk, question(TREES))
    desk.casework.send_question(desk.reference, COLLEAGUE)
    assert [row.status for row in desk.outbox()] == ["waiting", "waiting"]
    desk.mailroom.cancel(desk.outbox()[0].id)
    desk.casework.stop(desk.reference, COLLEAGUE)
    assert [row.status for row in desk.letters()] == ["drafting", "drafting"]


@pytest.mark.parametrize(
    ("recipients", "why"),
    [
        ((), "goes to colleagues and never to the requester"),
        (("alex@example.org",), "is not an address of ours"),
        (("highways@council.example.evil.example",), "is not an address of ours"),
        (("highways",), "is not an address of ours"),
        ((HIGHWAYS, "x@elsewhere.example"), "is not an address of ours"),
        (("foi@council.example",), "the mailbox that infogov reads itself"),
    ],
)
def test_a_question_leaves_the_council_never(desk: DraftingDesk, recipients: tuple[str, ...], why: str) -> None:
    """Only addresses of the council's own domains, and not our own mailbox, where the question would come back as mail."""
    ask(desk, question(*recipients))
    with pytest.raises(NotAllowedError, match=why):
        desk.casework.send_question(desk.reference, DRAFTER)
    assert desk.outbox() == []


def test_a_requester_who_works_here_is_not_asked(desk: DraftingDesk) -> None:
    """Their own address is refused like a stranger's; without any domain of ours nobody can be asked."""
    with desk.store.write() as work:
        work.cases.change(
            desk.case, Happening(kind="x", at=desk.clock.now()), requester_email="Highways@council.example"
        )
    ask(desk, question(HIGHWAYS))
    with pytest.raises(NotAllowedError, match="the requester's own address"):
        desk.casework.send_question(desk.reference, DRAFTER)
    desk.configure(authority={"internal_domains": []})
    with pytest.raises(NotAllowedError, match="internal_domains"):
        desk.casework.send_question(desk.reference, DRAFTER)


@pytest.mark.parametrize(
    "message", ["Alex  Example wants to know.", "Write to ALEX@example.org please.", "For alex example."]
)
def test_a_question_does_not_say_who_asks(desk: DraftingDesk, message: str) -> None:
    """Name and address of the requester are looked for in the finished question; for subject access they are needed to find the data."""
    ask(desk, question(HIGHWAYS, message=message))
    with pytest.raises(NotAllowedError, match=r"names the requester|read this again"):
        desk.casework.send_question(desk.reference, DRAFTER)
    with pytest.raises(NotAllowedError, match="names the requester"):
        desk.casework.send_question(desk.reference, DRAFTER, override_reason="needed")
    with desk.store.write() as work:
        work.cases.change(desk.case, Happening(kind="law_changed", at=desk.clock.now()), regime="sar")
    base = desk.casework.draft(desk.reference, LetterKind.SERVICE_AREA).version
    desk.casework.new_letter(
        desk.reference,
        LetterKind.SERVICE_AREA,
        DRAFTER,
        question(HIGHWAYS, message=message),
        questions=(),
        base_version=base,
    )
    desk.casework.send_question(desk.reference, DRAFTER, override_reason="to find their data")


def test_a_question_may_be_approved_like_any_letter(desk: DraftingDesk) -> None:
    """Whoever wants a second pair of eyes submits it; it goes to colleagues all the same."""
    ask(desk, question(HIGHWAYS))
    desk.casework.submit(desk.reference, DRAFTER)
    assert desk.casework.approve(desk.reference, APPROVER).recipients == (HIGHWAYS,)
