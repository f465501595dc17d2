"""Who approves and by what right: the plain rule, a correction, a deputy, alone in need; and when the letter goes (invariants 5 and 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest
from drafting_desk import ADMIN, APPROVER, AT, COLLEAGUE, DRAFTER, LOOKER, SECOND, DraftingDesk

from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.domain.response import AnswerOutcome
from pipeline.letters import posting
from pipeline.letters.model import LetterKind, Particulars

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.letters.model import LetterRecord

TODAY = date(2026, 3, 2)
SAID = "There were forty clinics, all of them open to the publick."


@pytest.fixture
def desk(tmp_path: Path) -> DraftingDesk:
    """One request, nothing drafted."""
    return DraftingDesk(tmp_path)


def with_answer(record: LetterRecord, answer: str) -> LetterRecord:
    """*record* with another answer to its first question."""
    return replace(record, questions=(replace(record.questions[0], answer=answer), *record.questions[1:]))


# ---- when it goes ----------------------------------------------------------------------------------------------------


def test_a_letter_goes_at_the_time_that_the_approver_gives(desk: DraftingDesk) -> None:
    """Not before, and it bears the day on which it goes, in its text and in its header."""
    draft = desk.submitted()
    at = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
    done = desk.casework.approve(desk.reference, APPROVER, seen_sha256=draft.seen_sha256, send_at=at)
    assert done.not_before == at
    assert desk.deliver(timedelta(days=2)) == 0
    desk.clock.set(at)
    assert desk.deliver(timedelta(0)) == 1
    message = message_from_bytes(desk.transport.sent[-1].raw)
    assert "5 March 2026" in str(message.get_payload())
    assert message["Date"] == "Thu, 05 Mar 2026 08:00:00 +0000"


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (AT + timedelta(minutes=14), "can't go before 10:15 on Monday 2 March 2026"),
        (AT + timedelta(days=31), "waits 30 days at most"),
        ((AT + timedelta(days=1)).replace(tzinfo=None), "with its time zone"),
    ],
    ids=["before it could be stopped", "too far off", "nobody knows where"],
)
def test_a_time_too_near_or_too_far_is_refused(desk: DraftingDesk, at: datetime, why: str) -> None:
    """The time in which it can be stopped is never cut short, and nothing waits for ever."""
    desk.submitted()
    with pytest.raises(NotAllowedError, match=why):
        desk.casework.approve(desk.reference, APPROVER, send_at=at)
    assert desk.outbox() == []


def test_a_time_in_another_zone_is_the_same_moment(desk: DraftingDesk) -> None:
    """What counts is the instant."""
    desk.submitted()
    at = datetime(2026, 3, 3, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    assert desk.casework.approve(desk.reference, APPROVER, send_at=at).not_before == at


def test_a_letter_dated_ahead_does_not_go_before_its_day(desk: DraftingDesk) -> None:
    """Sending it at once would send tomorrow's letter today; on its day it may go at once, and any officer may stop it."""
    desk.submitted()
    desk.casework.approve(desk.reference, APPROVER, send_at=AT + timedelta(days=2))
    with pytest.raises(NotAllowedError, match="is dated Wednesday 4 March 2026"):
        desk.casework.send_now(desk.reference, APPROVER)
    desk.clock.advance(timedelta(days=1, hours=23))
    desk.casework.send_now(desk.reference, COLLEAGUE)
    desk.casework.stop(desk.reference, COLLEAGUE)
    with pytest.raises(NotAllowedError, match="may look but not act"):
        desk.casework.stop(desk.reference, LOOKER)
    assert desk.casework.draft(desk.reference).status == "for_approval"


# ---- a correction ----------------------------------------------------------------------------------------------------


def test_an_approver_corrects_a_word_and_both_are_named(desk: DraftingDesk) -> None:
    """The corrected text goes; the trail has both digests and both names, and the drafter is told until they have looked."""
    draft = desk.submitted(SAID)
    corrected = with_answer(draft.record, SAID.replace("publick", "public"))
    done = desk.casework.approve_with_correction(
        desk.reference, APPROVER, corrected, "spelling", seen_sha256=draft.seen_sha256
    )
    [event] = desk.events("approved_with_correction")
    [letter] = desk.letters("response")
    assert (event.actor, event.data["from"], event.data["to"]) == (
        APPROVER,
        draft.seen_sha256,
        posting.digest(letter.record.encode()),
    )
    assert (
        event.data["exception"]
        == letter.exception
        == {
            "policy": "correction",
            "by": APPROVER,
            "drafters": [DRAFTER],
            "reason": "spelling",
        }
    )
    assert (letter.status, letter.submitted_by, letter.writers) == ("approved", DRAFTER, (DRAFTER, APPROVER))
    assert b"open to the public." in desk.content(done.outbox_id)
    assert [one.letter_id for one in desk.casework.exceptions_to_check(DRAFTER)] == [letter.id]
    assert desk.casework.exceptions_to_check(COLLEAGUE) == desk.casework.exceptions_to_check(APPROVER) == ()
    desk.casework.check_exception(letter.id, DRAFTER)
    assert desk.casework.exceptions_to_check() == ()
    assert desk.deliver() == 1
    assert desk.store.verify().findings == []


def test_a_corrected_letter_that_is_stopped_needs_a_third_person(desk: DraftingDesk) -> None:
    """Drafter and corrector have both written it by then: neither approves it, and neither corrects it once more."""
    draft = desk.submitted(SAID)
    desk.casework.approve_with_correction(
        desk.reference, APPROVER, with_answer(draft.record, SAID + " Now."), "clearer"
    )
    desk.casework.stop(desk.reference, APPROVER)
    again = desk.casework.draft(desk.reference).record
    with pytest.raises(NotAllowedError, match="another officer"):
        desk.casework.approve(desk.reference, APPROVER)
    with pytest.raises(NotAllowedError, match="another officer"):
        desk.casework.approve_with_correction(desk.reference, APPROVER, with_answer(again, SAID), "no")
    desk.casework.approve(desk.reference, SECOND)
    assert desk.letters("response")[0].exception is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda one: replace(one, outcome=AnswerOutcome.NOT_HELD), "changes wording only"),
        (lambda one: replace(one, link="https://www.example.org"), "changes wording only"),
        (lambda one: replace(one, text="Another question?"), "changes wording only"),
        (lambda one: one, "nothing was corrected"),
        (lambda one: replace(one, reason="Because."), "neither writes a text where none stood"),
        (lambda one: replace(one, answer=""), "neither writes a text where none stood"),
        (lambda one: replace(one, answer=one.answer + " See 7."), "no figure"),
        (lambda one: replace(one, answer=one.answer + " See https://www.example.org"), "no figure"),
        (lambda one: replace(one, answer="word " * 200), "at most 60"),
    ],
    ids=["outcome", "link", "question", "nothing", "new text", "no text", "figure", "address", "too much"],
)
def test_a_correction_changes_words_and_nothing_else(desk: DraftingDesk, change: object, why: str) -> None:
    """What was decided goes back to the drafter, however small it is, and so does what is another text."""
    assert callable(change)
    draft = desk.submitted(SAID)
    first, *others = draft.record.questions
    corrected = replace(draft.record, questions=(change(first), *others))
    with pytest.raises(NotAllowedError, match=why):
        desk.casework.approve_with_correction(desk.reference, APPROVER, corrected, "better")
    assert desk.casework.draft(desk.reference).version == draft.version
    assert desk.outbox() == []


def test_a_correction_needs_a_reason_a_right_and_the_setting(desk: DraftingDesk) -> None:
    """Nobody corrects their own draft into an approval, nor without the role, the reason or the policy, nor what they have not seen."""
    draft = desk.submitted(SAID)
    corrected = with_answer(draft.record, SAID + " Thank you.")
    correct = desk.casework.approve_with_correction
    with pytest.raises(NotAllowedError, match="say why"):
        correct(desk.reference, APPROVER, corrected, " ")
    with pytest.raises(NotAllowedError, match="another officer"):
        correct(desk.reference, DRAFTER, corrected, "x")
    with pytest.raises(NotAllowedError, match="is not an approver"):
        correct(desk.reference, COLLEAGUE, corrected, "x")
    with pytest.raises(NotAllowedError, match="changed after you looked"):
        correct(desk.reference, APPROVER, corrected, "x", seen_sha256="0" * 64)
    desk.configure(approval={"corrections": False})
    with pytest.raises(NotAllowedError, match="switched off"):
        desk.casework.approve_with_correction(desk.reference, APPROVER, corrected, "x")


# ---- deputies --------------------------------------------------------------------------------------------------------


def test_a_deputy_approves_while_the_dates_hold(desk: DraftingDesk) -> None:
    """From the first day to the last; the letter says for whom, and is listed until that one, or an administrator, has looked."""
    desk.casework.set_deputy(APPROVER, COLLEAGUE, APPROVER, TODAY + timedelta(days=1), TODAY + timedelta(days=2))
    desk.submitted()
    with pytest.raises(NotAllowedError, match="is not an approver"):
        desk.casework.approve(desk.reference, COLLEAGUE)
    desk.clock.advance(timedelta(days=1))
    desk.casework.approve(desk.reference, COLLEAGUE)
    [letter] = desk.letters("response")
    assert letter.exception == {"policy": "deputy", "for": APPROVER, "by": COLLEAGUE, "deputy": 1}
    for other in (COLLEAGUE, SECOND, DRAFTER):
        assert desk.casework.exceptions_to_check(other) == ()
        with pytest.raises(NotAllowedError):
            desk.casework.check_exception(letter.id, other)
    assert [one.letter_id for one in desk.casework.exceptions_to_check(ADMIN)] == [letter.id]
    desk.casework.check_exception(letter.id, APPROVER)
    with pytest.raises(NotFoundError):
        desk.casework.check_exception(letter.id, ADMIN)
    desk.casework.stop(desk.reference, APPROVER)
    desk.clock.advance(timedelta(days=2))
    with pytest.raises(NotAllowedError, match="is not an approver"):
        desk.casework.approve(desk.reference, COLLEAGUE)
    assert desk.casework.deputies() == ()


def test_a_deputy_approves_neither_their_own_nor_that_of_the_absent(desk: DraftingDesk) -> None:
    """The absent approver could not approve what they wrote, so nobody can for them."""
    desk.casework.set_deputy(APPROVER, DRAFTER, APPROVER, TODAY, TODAY)
    desk.casework.set_deputy(APPROVER, COLLEAGUE, APPROVER, TODAY, TODAY)
    desk.submitted()
    with pytest.raises(NotAllowedError, match="another officer"):
        desk.casework.approve(desk.reference, DRAFTER)
    desk.save("There were forty-one.", APPROVER)
    desk.casework.submit(desk.reference, DRAFTER)
    with pytest.raises(NotAllowedError, match="is not an approver"):
        desk.casework.approve(desk.reference, COLLEAGUE)


def test_a_deputy_falls_with_whom_they_stand_in_for(desk: DraftingDesk) -> None:
    """An approver who has left, or the policy switched off, leaves no right behind; and it can be ended."""
    number = desk.casework.set_deputy(ADMIN, COLLEAGUE, APPROVER, TODAY, TODAY)
    desk.submitted()
    desk.configure(approval={"deputies": False})
    with pytest.raises(NotAllowedError, match="is not an approver"):
        desk.casework.approve(desk.reference, COLLEAGUE)
    with pytest.raises(NotAllowedError, match="switched off"):
        desk.casework.set_deputy(ADMIN, COLLEAGUE, APPROVER, TODAY, TODAY)
    desk.configure()
    with desk.store.write() as work:
        work.officers.set_disabled(APPROVER, AT, role=None, via="test", at=AT)
    with pytest.raises(NotAllowedError, match="is not an approver"):
        desk.casework.approve(desk.reference, COLLEAGUE)
    with desk.store.write() as work:
        work.officers.set_disabled(APPROVER, None, role="approver", via="test", at=AT)
    with pytest.raises(NotAllowedError, match="can't end this"):
        desk.casework.end_deputy(DRAFTER, number)
    desk.casework.end_deputy(COLLEAGUE, number)
    with pytest.raises(NotAllowedError, match="is not an approver"):
        desk.casework.approve(desk.reference, COLLEAGUE)
    with pytest.raises(NotFoundError):
        desk.casework.end_deputy(ADMIN, 99)


@pytest.mark.parametrize(
    ("by", "deputy", "absent", "days", "why"),
    [
        (SECOND, COLLEAGUE, APPROVER, (0, 1), "for themselves only"),
        (COLLEAGUE, DRAFTER, APPROVER, (0, 1), "is not an approver"),
        (ADMIN, DRAFTER, COLLEAGUE, (0, 1), "is not an approver"),
        (APPROVER, APPROVER, APPROVER, (0, 1), "nobody is their own deputy"),
        (APPROVER, LOOKER, APPROVER, (0, 1), "may look but not act"),
        (APPROVER, COLLEAGUE, APPROVER, (2, 1), "not before the first"),
        (APPROVER, COLLEAGUE, APPROVER, (-3, -1), "today or later"),
        (APPROVER, COLLEAGUE, APPROVER, (0, 92), "92 days at most"),
    ],
)
def test_who_may_name_whom_for_how_long(
    desk: DraftingDesk, by: str, deputy: str, absent: str, days: tuple[int, int], why: str
) -> None:
    """Approvers for themselves, administrators for anybody, somebody who may act, for days that make sense."""
    first, last = (TODAY + timedelta(days=day) for day in days)
    with pytest.raises(NotAllowedError, match=why):
        desk.casework.set_deputy(by, deputy, absent, first, last)


# ---- alone in need ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [DRAFTER, COLLEAGUE])
def test_alone_in_need_everybody_is_told(desk: DraftingDesk, who: str) -> None:
    """With a reason the drafter or another officer approves; each approver gets a mail, and one of them has to look."""
    desk.submitted()
    desk.casework.approve(desk.reference, who, break_glass_reason="Everybody is ill, and it is due today.")
    [letter] = desk.letters("response")
    assert letter.exception == {
        "policy": "break_glass",
        "reason": "Everybody is ill, and it is due today.",
        "by": who,
    }
    with desk.store.read() as work:
        notices = [work.notices.known([f"break_glass:{letter.id}:1:{AT.isoformat()}:{to}"]) for to in (APPROVER, ADMIN)]
        first = work.notices.by_message_ids([f"<{number:032x}@council.example>" for number in range(1, 9)])
    assert all(notices)
    assert [row.recipient for row in first] == [APPROVER, ADMIN, SECOND]
    mail = message_from_bytes(first[0].content)
    assert (mail["To"], mail["Auto-Submitted"]) == (APPROVER, "auto-generated")
    assert desk.reference in mail["Subject"]
    text = mail.get_payload(decode=True)
    assert isinstance(text, bytes)
    assert b"Everybody is ill" in text
    assert b"Alex" not in first[0].content
    for other in {DRAFTER, COLLEAGUE}:
        with pytest.raises(NotAllowedError):
            desk.casework.check_exception(letter.id, other)
    desk.casework.check_exception(letter.id, SECOND)
    [checked] = desk.events("exception_checked")
    assert (checked.actor, checked.data["policy"]) == (SECOND, "break_glass")
    assert desk.store.verify().findings == []


def test_nobody_breaks_glass_without_need(desk: DraftingDesk) -> None:
    """An approver of another's letter has no need; who may only look has no right; and the policy can be switched off."""
    desk.submitted()
    with pytest.raises(NotAllowedError, match="leave the reason"):
        desk.casework.approve(desk.reference, APPROVER, break_glass_reason="in a hurry")
    with pytest.raises(NotAllowedError, match="may look but not act"):
        desk.casework.approve(desk.reference, LOOKER, break_glass_reason="in need")
    with pytest.raises(NotAllowedError, match="another officer"):
        desk.casework.approve(desk.reference, DRAFTER, break_glass_reason="   ")
    desk.configure(approval={"break_glass": False})
    with pytest.raises(NotAllowedError, match="switched off"):
        desk.casework.approve(desk.reference, DRAFTER, break_glass_reason="in need")
    assert desk.outbox() == []


def test_those_who_may_not_see_a_case_are_not_told_of_it(desk: DraftingDesk) -> None:
    """A restricted case is named to its team and the administrators only."""
    desk.submitted()
    desk.restrict()
    desk.casework.approve(desk.reference, ADMIN)
    desk.casework.stop(desk.reference, ADMIN)
    with desk.store.write() as work:
        work.officers.place(COLLEAGUE, role="officer", team="Adults")
    desk.casework.approve(desk.reference, COLLEAGUE, break_glass_reason="in need")
    with desk.store.read() as work:
        told = work.notices.by_message_ids([f"<{number:032x}@council.example>" for number in range(1, 19)])
    assert [row.recipient for row in told] == [ADMIN]
    [listed] = desk.casework.exceptions_to_check()
    with pytest.raises(NotFoundError):
        desk.casework.check_exception(listed.letter_id, APPROVER)


def test_a_plain_approval_wipes_an_earlier_exception(desk: DraftingDesk) -> None:
    """Stopped and approved by two people after all, there is nothing left to check."""
    desk.submitted()
    desk.casework.approve(desk.reference, DRAFTER, break_glass_reason="in need")
    desk.casework.stop(desk.reference, APPROVER)
    assert desk.casework.exceptions_to_check() == ()
    desk.casework.approve(desk.reference, APPROVER)
    assert desk.casework.exceptions_to_check() == ()


# ---- what goes beside the text ---------------------------------------------------------------------------------------


def test_the_letter_itself_goes_as_files_and_as_a_page(desk: DraftingDesk) -> None:
    """As configured; frozen with the rest, so that what was approved is what is sent."""
    desk.configure(letters={"attach": ["pdf", "word"], "html": True})
    done = desk.approved()
    raw = desk.content(done.outbox_id)
    message = message_from_bytes(raw)
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds[:4] == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html"]
    assert kinds[4] == "application/pdf"
    assert [part.get_filename() for part in message.walk() if part.get_filename()] == [
        f"{desk.reference}.pdf",
        f"{desk.reference}.docx",
    ]
    plain, page = (part.get_payload(decode=True) for part in list(message.walk())[2:4])
    assert isinstance(plain, bytes)
    assert isinstance(page, bytes)
    assert b"There were forty clinics." in plain
    assert b"<html" in page
    assert b"There were forty clinics." in page
    assert desk.deliver() == 1
    assert desk.transport.sent[-1].raw == raw
    assert posting.digest(raw) == done.sha256


def test_other_letters_are_stopped_and_returned_alike(desk: DraftingDesk) -> None:
    """A letter beside the answer is stopped without touching the request's own state."""
    desk.casework.new_letter(desk.reference, LetterKind.FREE, DRAFTER, Particulars(subject="Hello", message="Soon."))
    desk.casework.submit(desk.reference, DRAFTER)
    desk.casework.approve(desk.reference, APPROVER)
    desk.casework.stop(desk.reference, DRAFTER)
    desk.casework.give_back(desk.reference, APPROVER, "say when")
    assert desk.casework.draft(desk.reference, LetterKind.FREE).returned == "say when"
    assert desk.case.workflow == "new"


def test_a_letter_bears_the_day_on_which_it_leaves(desk: DraftingDesk) -> None:
    """Approved ten minutes before midnight it leaves after it: its date, its preview and its last day are the next day's, as the clock has them."""
    desk.clock.set(datetime(2026, 3, 2, 23, 50, tzinfo=UTC))
    said = Particulars(amount="45.00", breakdown=("Copies: 45 pounds",), how_to_pay="By card.")
    desk.casework.new_letter(desk.reference, LetterKind.FEES_NOTICE, DRAFTER, said)
    desk.casework.submit(desk.reference, DRAFTER, kind=LetterKind.FEES_NOTICE)
    seen = desk.casework.preview(desk.reference, LetterKind.FEES_NOTICE)
    done = desk.casework.approve(desk.reference, APPROVER, kind=LetterKind.FEES_NOTICE)
    sent = message_from_bytes(desk.content(done.outbox_id), policy=default)
    text = sent.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.split() == seen.split()
    assert "3 March 2026" in text
    assert "by 2 June 2026" in text
    assert sent["Date"].datetime.date() == date(2026, 3, 3)
    with pytest.raises(NotAllowedError, match="dated Tuesday 3 March 2026"):
        desk.casework.send_now(desk.reference, DRAFTER)
    assert desk.deliver() == 1
    with desk.store.read() as work:
        assert [one.on for one in work.clock_events.of_case(desk.case.id)] == [date(2026, 3, 3)]
