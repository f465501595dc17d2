"""An officer's verbs on a case's time, and the dates that a changed calendar moves."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from fakes import FixedClock
from storing import make_store, new_case

from pipeline.bootstrap import uk_calendar
from pipeline.domain.calendar import Calendar
from pipeline.domain.clock import parse_event
from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.stages.clockwork import Clockwork

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.store import Store
    from pipeline.store.records import Case

OFFICER = "jo@council.gov.example"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with an officer in it."""
    made = make_store(tmp_path)
    with made.write() as work:
        work.officers.add(OFFICER, "Jo", "officer", via="cli", at=FixedClock().now())
    return made


def opened(store: Store, received_on: date, due_on: date) -> Case:
    """A case received and due on these days."""
    with store.write() as work:
        return new_case(work, received_on=received_on, due_on=due_on)


def clockwork(store: Store, calendar: Calendar | None = None) -> Clockwork:
    """The stage over *store*, counting by *calendar*."""
    return Clockwork(store, FixedClock(), calendar or uk_calendar())


def current(store: Store, case: Case) -> Case:
    """The case as it is now."""
    with store.read() as work:
        return work.cases.by_ids([case.id])[0]


def test_a_clarification_stops_and_restarts_the_clock(store: Store) -> None:
    """domain.md 2.6: received 20 November, asked 3 December, answered 6 January, so due on 3 February."""
    case = opened(store, date(2024, 11, 20), date(2024, 12, 19))
    stage = clockwork(store)
    stage.record(case.reference, parse_event("clarification_asked=2024-12-03"), OFFICER)
    assert current(store, case).clock == "waiting_for_requester"
    result = stage.record(case.reference, parse_event("clarification_received=2025-01-06"), OFFICER)
    assert result.due_on == date(2025, 2, 3)
    now = current(store, case)
    assert (now.clock, now.due_on, now.received_on) == ("running", date(2025, 2, 3), date(2024, 11, 20))
    assert stage.explain(case.reference).due_on == date(2025, 2, 3)
    assert store.verify().ok


def test_what_the_law_does_not_allow_changes_nothing(store: Store) -> None:
    """An extension for complexity does not exist under FOI; the refusal leaves case and trail as they were."""
    case = opened(store, date(2024, 11, 20), date(2024, 12, 19))
    with pytest.raises(NotAllowedError):
        clockwork(store).record(case.reference, parse_event("eir_extension=2024-12-03,complex,voluminous"), OFFICER)
    with store.read() as work:
        assert work.clock_events.of_case(case.id) == []
    assert current(store, case) == case


def test_a_corrected_receipt_needs_its_reason(store: Store) -> None:
    """Mail forwarded late was received earlier: with the reason the date and the due date move, without it nothing does."""
    case = opened(store, date(2024, 6, 5), date(2024, 7, 3))
    stage = clockwork(store)
    with pytest.raises(NotAllowedError, match="reason"):
        stage.record(case.reference, parse_event("receipt_corrected=2024-06-03"), OFFICER)
    stage.record(case.reference, parse_event("receipt_corrected=2024-06-03,reason=forwarded late"), OFFICER)
    now = current(store, case)
    assert (now.received_on, now.due_on) == (date(2024, 6, 3), date(2024, 7, 1))
    assert store.verify().ok


def test_only_a_known_officer_records_and_only_on_a_known_case(store: Store) -> None:
    """A stranger and an unknown reference are refused in words."""
    case = opened(store, date(2024, 6, 3), date(2024, 7, 1))
    event = parse_event("clarification_asked=2024-06-05")
    with pytest.raises(NotAllowedError, match="no active officer"):
        clockwork(store).record(case.reference, event, "nobody@council.gov.example")
    with pytest.raises(NotFoundError):
        clockwork(store).record("FOI000000000", event, OFFICER)


def test_a_changed_calendar_moves_open_dates_and_says_so(store: Store) -> None:
    """A bank holiday proclaimed after the receipt moves the due date by a day, once, with an event from when to when."""
    case = opened(store, date(2026, 6, 1), date(2026, 6, 29))
    moved = clockwork(store).reckon_again()
    assert [(m.reference, m.before, m.after) for m in moved] == [(case.reference, date(2026, 6, 29), date(2026, 6, 30))]
    assert current(store, case).due_on == date(2026, 6, 30)
    with store.read() as work:
        [event] = [e for e in work.events.of_case(case.id) if e.kind == "due_date_moved"]
    assert (event.data["from"], event.data["to"]) == ("2026-06-29", "2026-06-30")
    assert clockwork(store).reckon_again() == []
    assert store.verify().ok


def test_a_waiting_clock_is_not_reckoned_again(store: Store) -> None:
    """While the requester is asked, no calendar moves the date."""
    case = opened(store, date(2024, 11, 20), date(2024, 12, 19))
    clockwork(store).record(case.reference, parse_event("clarification_asked=2024-12-03"), OFFICER)
    assert clockwork(store, Calendar()).reckon_again() == []
