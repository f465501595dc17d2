"""The clock of an internal review, which is not the clock of the answer."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pipeline.domain.clock import Calendar, deadline, parse_event, review, review_window_ends
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.request import Regime

CALENDAR = Calendar.from_feed(
    json.loads((Path(__file__).parents[3] / "config" / "bank-holidays.json").read_text(encoding="utf-8"))
)


def day(text: str) -> date:
    """Read a day."""
    return date.fromisoformat(text)


def test_review_of_foi() -> None:
    """A review of FOI has a target of 20 working days and an outer limit of 40, and leaves the answer's clock alone."""
    events = [parse_event(e) for e in ("received=2024-04-04", "sent=2024-05-02", "review_requested=2024-06-11")]
    found = review(Regime.FOI, events, CALENDAR)
    assert found is not None
    assert (found.due_on, found.longest_on) == (day("2024-07-09"), day("2024-08-08"))
    assert (found.asked_by, found.late) == (day("2024-07-01"), False)
    assert deadline(Regime.FOI, events, CALENDAR).due_on == day("2024-05-02")


def test_review_of_eir() -> None:
    """Under the EIR day 40 is the law's."""
    events = [parse_event(e) for e in ("received=2024-04-04", "sent=2024-05-02", "review_requested=2024-06-11")]
    found = review(Regime.EIR, events, CALENDAR)
    assert found is not None
    assert found.due_on == found.longest_on == day("2024-08-08")
    assert "regulation 11" in found.notes[-1]


def test_review_asked_for_late() -> None:
    """After 40 working days a review is the council's choice; where no answer was sent there is no last day."""
    assert review_window_ends(day("2024-05-02"), CALENDAR) == day("2024-07-01")
    events = [parse_event(e) for e in ("received=2024-04-04", "sent=2024-05-02", "review_requested=2024-07-02")]
    found = review(Regime.FOI, events, CALENDAR)
    assert found is not None
    assert found.late
    assert "council's choice" in found.notes[0]
    unanswered = review(Regime.FOI, [events[0], events[2]], CALENDAR)
    assert unanswered is not None
    assert (unanswered.asked_by, unanswered.late) == (None, False)
    assert review(Regime.FOI, events[:2], CALENDAR) is None


def test_review_of_subject_access_is_a_complaint() -> None:
    """Subject access has no review: the error names the day by which a complaint is acknowledged."""
    events = [parse_event(e) for e in ("received=2026-07-01", "review_requested=2026-08-03")]
    with pytest.raises(NotAllowedError, match="Wednesday 2 September 2026"):
        review(Regime.SAR, events, CALENDAR)
