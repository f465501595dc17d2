"""Asking about part of a request (domain.md 2.3): what is clear keeps its clock, what is not gets its own, and the reply can be recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from drafting_desk import APPROVER, DRAFTER, DraftingDesk

from pipeline.domain.clock import EventKind, parse_event
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.request import Regime
from pipeline.letters.model import LetterKind
from pipeline.stages.casework import Casefile
from pipeline.stages.clockwork import Clockwork

if TYPE_CHECKING:
    from pathlib import Path

CLEAR = {"needed": "Which year?", "clear_part": "The rest is clear."}


@pytest.fixture
def desk(tmp_path: Path) -> DraftingDesk:
    """A request of 23 February 2026 with two questions, due on 24 March."""
    made = DraftingDesk(tmp_path)
    clockwork(made).reckon_again()
    return made


def clockwork(desk: DraftingDesk) -> Clockwork:
    """The officers' verbs on its clock."""
    return Clockwork(desk.store, desk.clock, desk.calendar)


def record(desk: DraftingDesk, text: str, question: int | None = None) -> None:
    """Record an event as an officer types it."""
    clockwork(desk).record(desk.reference, replace(parse_event(text), question=question), DRAFTER)


def at(desk: DraftingDesk, day: str) -> None:
    """Let it be noon of *day*."""
    desk.clock.set(datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC))


def ask(desk: DraftingDesk, *labels: str, reword: str = "", **said: str | date) -> None:
    """Send a letter that asks about the questions with these labels, in other words where *reword* gives some."""
    casework = desk.casework
    written = casework.draft(desk.reference, LetterKind.CLARIFICATION).record
    asked = tuple(replace(one, text=reword or one.text) for one in written.questions if one.label in labels)
    written = replace(written, questions=asked, particulars=replace(written.particulars, **said))
    casework.save_record(desk.reference, written, DRAFTER)
    casework.submit(desk.reference, DRAFTER, kind=LetterKind.CLARIFICATION)
    casework.approve(desk.reference, APPROVER, kind=LetterKind.CLARIFICATION)
    assert desk.deliver() == 1


def recorded(desk: DraftingDesk) -> list[tuple[EventKind, int | None]]:
    """What was recorded, and for which questions."""
    with desk.store.read() as work:
        return [(one.kind, one.question) for one in work.clock_events.of_case(desk.case.id)]


@pytest.mark.parametrize("reword", ["", "What do they cost, all in all?"])
def test_the_question_asked_about_waits_alone(desk: DraftingDesk, reword: str) -> None:
    """It is known by its words, else by its number; the other keeps its date, and the reply starts twenty days for the one."""
    ask(desk, "2", reword=reword, **CLEAR)
    assert recorded(desk) == [(EventKind.CLARIFICATION_ASKED, 2)]
    assert (desk.case.clock, desk.case.due_on, desk.case.flagged) == ("running", date(2026, 3, 24), False)
    at(desk, "2026-03-16")
    record(desk, "clarification_received=2026-03-16", 2)
    assert clockwork(desk).standing(desk.reference).own_dates() == {2: date(2026, 4, 16)}


@pytest.mark.parametrize("labels", [("1", "2"), ()])
def test_where_nobody_can_tell_which_the_reply_can_be_recorded(desk: DraftingDesk, labels: tuple[str, ...]) -> None:
    """The letter names all questions or none: nothing waits, an officer is told, and the reply is recorded for its question."""
    ask(desk, *labels, **CLEAR)
    assert recorded(desk) == [(EventKind.PART_CLARIFICATION_ASKED, None)]
    assert (desk.case.clock, desk.case.flagged) == ("running", True)
    assert "record it for the question" in desk.case.flag_reasons[-1]
    at(desk, "2026-03-16")
    with pytest.raises(NotAllowedError, match="name the question"):
        record(desk, "clarification_received=2026-03-16")
    with pytest.raises(NotAllowedError, match="name the question"):
        clockwork(desk).foresee(desk.reference, parse_event("clarification_received=2026-03-16"), DRAFTER)
    record(desk, "clarification_received=2026-03-16", 2)
    found = clockwork(desk).standing(desk.reference)
    assert (found.due_on, found.own_dates()) == (date(2026, 3, 24), {2: date(2026, 4, 16)})
    assert desk.store.verify().findings == []


def test_a_month_is_paused_for_the_question_that_the_reply_makes_clear(desk: DraftingDesk) -> None:
    """Subject access: from the letter to the reply, 2 to 16 March, fifteen days are given back to the one question."""
    casefile = Casefile(desk.store, desk.clock, desk.ids, desk.settings, clockwork(desk), via="test")
    casefile.set_law(desk.reference, Regime.SAR, DRAFTER, "their own data")
    ask(desk, "1", "2", **CLEAR)
    at(desk, "2026-03-16")
    record(desk, "clarification_received=2026-03-16", 2)
    assert clockwork(desk).standing(desk.reference).own_dates() == {2: date(2026, 4, 7)}


def test_the_letters_last_day_is_the_clocks(desk: DraftingDesk) -> None:
    """The day by which the letter asks for a reply is the day until which it is waited for, and a request is closed without a reason only after it."""
    ask(desk, "1", "2", needed="Which year?", reply_by=date(2026, 3, 31))
    assert clockwork(desk).standing(desk.reference).whole.requester_by == date(2026, 3, 31)
    casefile = Casefile(desk.store, desk.clock, desk.ids, desk.settings, clockwork(desk), via="test")
    at(desk, "2026-03-31")
    with pytest.raises(NotAllowedError, match="Tuesday 31 March 2026"):
        casefile.lapse(desk.reference, DRAFTER)
    at(desk, "2026-04-01")
    casefile.lapse(desk.reference, DRAFTER)
    assert desk.case.outcome == "lapsed"


def test_an_answer_beside_a_question_that_waits(desk: DraftingDesk) -> None:
    """The first question is answered while the second waits: opened again for the clarification, only the second is due."""
    record(desk, "clarification_asked=2026-03-02", 2)
    desk.approved()
    assert desk.deliver() == 1
    assert recorded(desk)[1:] == [(EventKind.SENT, 1)]
    assert (desk.case.workflow, desk.case.clock, desk.case.due_on) == ("sent", "stopped", date(2026, 3, 24))
    at(desk, "2026-04-15")
    with pytest.raises(NotAllowedError, match="open it again first"):
        record(desk, "clarification_received=2026-04-15", 2)
    desk.casework.reopen(desk.reference, DRAFTER, "question 2 is clear now")
    assert desk.case.clock == "waiting_for_requester"
    record(desk, "clarification_received=2026-04-15", 2)
    assert (desk.case.clock, desk.case.due_on) == ("running", date(2026, 5, 14))
    found = clockwork(desk).standing(desk.reference)
    assert (found.of(1).stopped_on, found.own_dates()) == (date(2026, 3, 2), {})
