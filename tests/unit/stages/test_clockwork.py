"""An officer's verbs on a case's time, and the dates that a changed calendar moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
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
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.store import Store
    from pipeline.store.records import Case

OFFICER = "jo@council.gov.example"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with an officer in it."""
    made = make_store(tmp_path)
    with made.write() as work:
        work.officers.add(OFFICER, "Jo", "officer", via="cli", at=FixedClock().now())
    yield made
    made.close()


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
    with pytest.raises(NotFoundError, match="no officer"):
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


def december(store: Store) -> Case:
    """A case of 2 December 2024 with two questions."""
    return opened(store, date(2024, 12, 2), date(2025, 1, 3))


def test_one_question_waits_while_the_other_runs(store: Store) -> None:
    """domain.md 2.3, partial clarity: the clear question keeps its date, the other starts afresh when it is clarified; the first date counts."""
    case = december(store)
    stage = clockwork(store)
    asked = replace(parse_event("clarification_asked=2024-12-10"), question=2)
    assert stage.record(case.reference, asked, OFFICER).state == "waiting_for_requester"
    now = current(store, case)
    assert (now.clock, now.due_on, [one.due_on for one in now.questions]) == ("running", date(2025, 1, 3), [None, None])
    with pytest.raises(NotAllowedError, match="question 2 only"):
        stage.record(case.reference, parse_event("clarification_received=2025-01-08"), OFFICER)
    stage.record(case.reference, replace(parse_event("clarification_received=2025-01-08"), question=2), OFFICER)
    now = current(store, case)
    assert (now.due_on, [one.due_on for one in now.questions]) == (date(2025, 1, 3), [None, date(2025, 2, 5)])
    assert stage.explain(case.reference, 2).due_on == date(2025, 2, 5)
    assert stage.standing(case.reference).of(1).due_on == date(2025, 1, 3)
    assert store.verify().ok


def test_a_case_is_due_with_the_first_of_its_questions(store: Store) -> None:
    """When every question has a clock of its own, the whole counts no more; when all wait, the case waits."""
    case = december(store)
    stage = clockwork(store)
    for key in (1, 2):
        stage.record(case.reference, replace(parse_event("clarification_asked=2024-12-10"), question=key), OFFICER)
    assert current(store, case).clock == "waiting_for_requester"
    stage.record(case.reference, replace(parse_event("clarification_received=2025-01-08"), question=1), OFFICER)
    assert (current(store, case).clock, current(store, case).due_on) == ("running", date(2025, 2, 5))


def test_a_question_changes_its_law_by_an_event(store: Store) -> None:
    """The question keeps the law and gets its date; an event that its law does not know is refused for it and not for the case."""
    case = december(store)
    stage = clockwork(store)
    stage.record(case.reference, replace(parse_event("regime_changed=2024-12-05,to=sar"), question=2), OFFICER)
    now = current(store, case)
    assert (now.regime, [one.regime for one in now.questions]) == ("foi", [None, "sar"])
    assert (now.due_on, now.questions[0].due_on) == (date(2025, 1, 2), date(2025, 1, 3))
    fee = parse_event("eir_extension=2024-12-10,complex,voluminous")
    with pytest.raises(NotAllowedError, match="Subject access has no extension"):
        stage.record(case.reference, replace(fee, question=2), OFFICER)
    stage.record(case.reference, parse_event("regime_changed=2024-12-06,to=eir"), OFFICER)
    stage.record(case.reference, fee, OFFICER)
    assert stage.explain(case.reference).due_on == date(2025, 1, 31)
    assert stage.explain(case.reference, 2).due_on == date(2025, 1, 2)
    assert store.verify().ok


def test_one_question_is_withdrawn_and_the_rest_goes_on(store: Store) -> None:
    """The clock of a withdrawn question stops; that of the request runs on."""
    case = december(store)
    stage = clockwork(store)
    result = stage.record(case.reference, replace(parse_event("withdrawn=2024-12-10"), question=1), OFFICER)
    assert (result.state, result.due_on) == ("stopped", None)
    assert (current(store, case).clock, current(store, case).due_on) == ("running", date(2025, 1, 3))


@pytest.mark.parametrize(
    ("text", "question", "error", "words"),
    [
        ("withdrawn=2024-12-10", None, NotAllowedError, "not recorded by hand"),
        ("sent=2024-12-10", 1, NotAllowedError, "not recorded by hand"),
        ("clarification_asked=2026-03-03", None, NotAllowedError, "has not come yet"),
        ("clarification_asked=2024-12-10", 7, NotFoundError, "no such question"),
    ],
)
def test_what_is_not_recorded(
    store: Store, text: str, question: int | None, error: type[Exception], words: str
) -> None:
    """Other verbs' events, days to come and questions that are gone are refused in words."""
    case = december(store)
    with pytest.raises(error, match=words):
        clockwork(store).record(case.reference, replace(parse_event(text), question=question), OFFICER)
    assert current(store, case) == case


def test_a_changed_calendar_moves_a_questions_own_date(store: Store) -> None:
    """The holiday of 15 June 2026, proclaimed late, moves a question with a date of its own as well, which is named by its place."""
    case = opened(store, date(2026, 5, 20), date(2026, 6, 17))
    stage = Clockwork(store, FixedClock(datetime(2026, 6, 9, 12, tzinfo=UTC)), uk_calendar())
    for text in ("clarification_asked=2026-06-01", "clarification_received=2026-06-05"):
        stage.record(case.reference, replace(parse_event(text), question=2), OFFICER)
    with store.write() as work:
        work.questions.set_dates(case.id, {2: date(2026, 7, 3)})  # as it was before the proclamation
    [moved] = stage.reckon_again()
    assert (moved.question, moved.before, moved.after) == (2, date(2026, 7, 3), date(2026, 7, 6))
    assert current(store, case).questions[1].due_on == date(2026, 7, 6)
    assert clockwork(store).reckon_again() == []


def test_the_places_of_questions_are_their_keys_at_first(store: Store) -> None:
    """The command line names a question by its place; there is no third of two."""
    case = december(store)
    assert [clockwork(store).key_of(case.reference, place) for place in (1, 2)] == [1, 2]
    with pytest.raises(NotFoundError, match="it has 2"):
        clockwork(store).key_of(case.reference, 3)
