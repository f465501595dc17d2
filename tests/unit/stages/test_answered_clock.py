"""What the sending of an answer does to the clock: it stops, tells a late review, stays in time where nothing ran, and opens again as it stood."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest
from drafting_desk import APPROVER, DRAFTER, DraftingDesk

from pipeline.domain.clock import Event, EventKind, parse_event
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.request import Outcome, Regime
from pipeline.letters.model import LetterKind, Particulars
from pipeline.stages.casework import Casefile
from pipeline.stages.clockwork import Clockwork
from pipeline.stages.reports import Reports

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.domain.figures import PartEight


@pytest.fixture
def desk(tmp_path: Path) -> DraftingDesk:
    """A request of 23 February 2026 with two questions, due on 24 March."""
    made = DraftingDesk(tmp_path)
    clockwork(made).reckon_again()
    return made


def clockwork(desk: DraftingDesk) -> Clockwork:
    """The officers' verbs on its clock."""
    return Clockwork(desk.store, desk.clock, desk.calendar)


def casefile(desk: DraftingDesk) -> Casefile:
    """The officers' verbs on the case."""
    return Casefile(desk.store, desk.clock, desk.ids, desk.settings, clockwork(desk), via="test")


def record(desk: DraftingDesk, text: str, question: int | None = None) -> None:
    """Record an event as an officer types it."""
    clockwork(desk).record(desk.reference, replace(parse_event(text), question=question), DRAFTER)


def at(desk: DraftingDesk, day: str) -> None:
    """Let it be noon of *day*."""
    desk.clock.set(datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC))


def answered(desk: DraftingDesk) -> None:
    """Approve an answer and send it."""
    desk.approved()
    assert desk.deliver() == 1


def correct(desk: DraftingDesk) -> None:
    """Send a correction of the answer."""
    said = Particulars(corrects=date(2026, 3, 2), correction="The number is 7.")
    desk.casework.new_letter(desk.reference, LetterKind.CORRECTION, DRAFTER, said)
    desk.casework.submit(desk.reference, DRAFTER, kind=LetterKind.CORRECTION)
    desk.casework.approve(desk.reference, APPROVER, kind=LetterKind.CORRECTION)
    assert desk.deliver() == 1


def events(desk: DraftingDesk) -> list[Event]:
    """What was recorded of its clock."""
    with desk.store.read() as work:
        return work.clock_events.of_case(desk.case.id)


def figures(desk: DraftingDesk) -> PartEight:
    """The table of the year for its law."""
    found = Reports(desk.store, desk.clock, desk.calendar).figures(date(2026, 1, 1), date(2026, 12, 31))
    return found.by_law[Regime(desk.case.regime)]


def test_sending_an_answer_stops_the_clock(desk: DraftingDesk) -> None:
    """The answer's day stands on the clock in the transaction that records its sending, and a late one is named."""
    at(desk, "2026-03-27")
    answered(desk)
    assert events(desk) == [Event(kind=EventKind.SENT, on=date(2026, 3, 27))]
    found = clockwork(desk).standing(desk.reference)
    assert (found.state, found.due_on) == ("stopped", date(2026, 3, 24))
    assert found.whole.notes == ("Sent on Friday 27 March 2026, after the due date (3 working days).",)
    assert (desk.case.workflow, desk.case.clock, desk.case.due_on) == ("sent", "stopped", date(2026, 3, 24))
    assert desk.store.verify().findings == []


def test_an_answer_known_to_have_gone_by_an_officers_word_stops_it(desk: DraftingDesk) -> None:
    """One that may have been delivered, and was, has the same effect."""
    sent = desk.approved()
    desk.settle(sent.outbox_id, OutboxStatus.UNCERTAIN)
    desk.mailroom.resolve(sent.outbox_id, delivered=True, officer=DRAFTER)
    assert [one.kind for one in events(desk)] == [EventKind.SENT]


def test_a_review_is_late_by_the_answer_that_we_sent(desk: DraftingDesk) -> None:
    """Forty working days from the answer (Code part 5); a correction says that they begin again, and they do."""
    answered(desk)
    at(desk, "2026-05-20")
    record(desk, "review_requested=2026-05-20")
    found = clockwork(desk).review(desk.reference)
    assert found is not None
    assert (found.asked_by, found.late) == (date(2026, 4, 30), True)
    correct(desk)
    record(desk, "review_requested=2026-05-20")
    found = clockwork(desk).review(desk.reference)
    assert found is not None
    assert (found.asked_by, found.late) == (date(2026, 7, 20), False)
    assert clockwork(desk).standing(desk.reference).whole.stopped_on == date(2026, 3, 2)


def test_a_correction_of_another_letter_is_no_answer(desk: DraftingDesk) -> None:
    """While nothing has been answered the clock runs on."""
    correct(desk)
    assert events(desk) == []
    assert (desk.case.workflow, desk.case.clock) == ("new", "running")


def test_a_correction_leaves_an_open_request_open(desk: DraftingDesk) -> None:
    """Opened again and corrected, it keeps its running clock, and the day of the correction."""
    answered(desk)
    desk.casework.reopen(desk.reference, DRAFTER, "to add a file")
    correct(desk)
    assert (desk.case.workflow, desk.case.clock) == ("drafting", "running")
    assert len(events(desk)) == 2


@pytest.mark.parametrize("law", [Regime.FOI, Regime.SAR])
def test_an_answer_while_nothing_runs_is_in_time(desk: DraftingDesk, law: Regime) -> None:
    """A clarification was asked for and never came: answered all the same in April, it is not late in the figures nor on its page."""
    if law is Regime.SAR:
        casefile(desk).set_law(desk.reference, law, DRAFTER, "their own data")
    record(desk, "clarification_asked=2026-03-02")
    at(desk, "2026-04-20")
    answered(desk)
    assert (figures(desk).over, figures(desk).within) == (0, 1)
    assert "no time was running" in clockwork(desk).standing(desk.reference).whole.notes[-1]
    assert desk.case.due_on == date(2026, 4, 20)


def test_a_question_asked_too_late_excuses_nothing(desk: DraftingDesk) -> None:
    """Asked for when the answer was overdue already, a clarification that never came leaves it late."""
    at(desk, "2026-04-01")
    record(desk, "clarification_asked=2026-04-01")
    at(desk, "2026-04-20")
    answered(desk)
    assert (figures(desk).over, figures(desk).within) == (1, 0)


@pytest.mark.parametrize(
    ("event", "state"),
    [("clarification_asked=2026-03-02", "waiting_for_requester"), ("fees_notice=2026-03-02", "paused")],
)
def test_a_request_opens_again_as_its_clock_stands(desk: DraftingDesk, event: str, state: str) -> None:
    """Closed while the requester was waited for, and opened again: it still waits, and nothing is overdue."""
    record(desk, event)
    at(desk, "2026-05-11")
    desk.casework.close(desk.reference, DRAFTER, "no answer came")
    desk.casework.reopen(desk.reference, DRAFTER, "they wrote")
    assert (desk.case.clock, clockwork(desk).standing(desk.reference).state) == (state, state)
    assert (figures(desk).waiting, figures(desk).overdue) == (1, 0)


def test_what_was_answered_in_time_stays_so_when_opened_again(desk: DraftingDesk) -> None:
    """A file is added four months later: the request is processed, within its days, and not overdue."""
    answered(desk)
    at(desk, "2026-07-01")
    desk.casework.reopen(desk.reference, DRAFTER, "to add a file")
    assert (figures(desk).processed, figures(desk).within, figures(desk).overdue) == (1, 1, 0)


def test_an_answer_given_again_is_measured_by_the_first(desk: DraftingDesk) -> None:
    """Late, opened again, clarified and answered once more: still late, for the first answer counts by its own due date."""
    at(desk, "2026-03-27")
    answered(desk)
    desk.casework.reopen(desk.reference, DRAFTER, "they ask on")
    record(desk, "clarification_asked=2026-03-27")
    at(desk, "2026-03-30")
    record(desk, "clarification_received=2026-03-30")
    assert desk.case.due_on == date(2026, 4, 29)
    answered(desk)
    assert (desk.case.due_on, figures(desk).over) == (date(2026, 3, 24), 1)


def test_a_reopened_request_can_be_given_more_time_by_letter(desk: DraftingDesk) -> None:
    """What ended it is undone: a letter that asks the requester something is not refused because an answer had gone."""
    casefile(desk).response_already_sent(desk.reference, date(2026, 2, 25), "by post", Outcome.GRANTED, DRAFTER)
    desk.casework.reopen(desk.reference, DRAFTER, "they ask on")
    desk.casework.new_letter(desk.reference, LetterKind.CLARIFICATION, DRAFTER, Particulars(needed="Which year?"))
    desk.casework.submit(desk.reference, DRAFTER, kind=LetterKind.CLARIFICATION)
    desk.casework.approve(desk.reference, APPROVER, kind=LetterKind.CLARIFICATION)
    assert desk.deliver() == 1
    assert desk.case.clock == "waiting_for_requester"


def test_an_end_that_was_undone_does_not_hide_the_answer(desk: DraftingDesk) -> None:
    """Lapsed, opened again and answered: the clock shows the answer."""
    record(desk, "clarification_asked=2026-02-24")
    casefile(desk).lapse(desk.reference, DRAFTER, "no answer came")
    desk.casework.reopen(desk.reference, DRAFTER, "they wrote")
    record(desk, "clarification_received=2026-03-02")
    at(desk, "2026-03-03")
    answered(desk)
    found = clockwork(desk).standing(desk.reference).whole
    assert (found.stopped_on, found.due_on) == (date(2026, 3, 3), date(2026, 3, 31))


def released(desk: DraftingDesk) -> str:
    """The words of the acknowledgement that an officer lets go now."""
    outbox_id = desk.mailroom.release_acknowledgement(desk.reference, DRAFTER)
    return message_from_bytes(desk.content(outbox_id), policy=default).get_body().get_content()  # type: ignore[union-attr]


def test_an_acknowledgement_that_is_let_go_late_promises_no_past_day(desk: DraftingDesk) -> None:
    """On the last day it still gives it; afterwards it says that the answer is late."""
    at(desk, "2026-03-25")
    text = released(desk)
    assert "We should have answered by 24 March 2026" in text
    assert "We will answer by:" not in text


def test_an_acknowledgement_while_we_wait_promises_no_day(desk: DraftingDesk) -> None:
    """The time runs again when the requester replies; until then there is no day to give."""
    record(desk, "clarification_asked=2026-03-02")
    text = released(desk)
    assert "need your reply before we can go on" in text
    assert "24 March" not in text


def test_what_is_answered_is_not_acknowledged_any_more(desk: DraftingDesk) -> None:
    """An answer to come is not promised after the answer."""
    answered(desk)
    with pytest.raises(NotAllowedError, match="is sent: an acknowledgement would promise"):
        desk.mailroom.release_acknowledgement(desk.reference, DRAFTER)
