"""The clock when facts change afterwards: another law, another day of receipt, and any history at all."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.clock import Calendar, Deadline, Event, EventKind, Ground, deadline, parse_event
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.request import ClockState, Regime

CALENDAR = Calendar.from_feed(
    json.loads((Path(__file__).parents[3] / "config" / "bank-holidays.json").read_text(encoding="utf-8"))
)


def clock(regime: Regime, *events: str, strict: bool = True) -> Deadline:
    """Work out a deadline from events as officers type them."""
    return deadline(regime, [parse_event(event) for event in events], CALENDAR, strict=strict)


def day(text: str) -> date:
    """Read a day."""
    return date.fromisoformat(text)


def test_change_of_law_keeps_the_day_of_receipt() -> None:
    """A case found to be another law's is reckoned from its first receipt, and says so."""
    found = clock(Regime.FOI, "received=2024-08-31", "regime_changed=2024-09-20,to=sar")
    assert (found.regime, found.received_on, found.due_on) == (Regime.SAR, day("2024-08-31"), day("2024-09-30"))
    assert found.notes[0] == "The law was changed from FOI to SAR; the day of receipt stays."
    back = clock(
        Regime.SAR, "received=2024-08-31", "regime_changed=2024-09-20,to=eir", "regime_changed=2024-09-21,to=foi"
    )
    assert (back.regime, back.due_on) == (Regime.FOI, day("2024-09-27"))


def test_extension_falls_away_with_its_law() -> None:
    """An extension that the new law lacks falls away with a note; one taken after the change is refused."""
    extended, changed = "pit_extension=2025-04-10,to=2025-06-02,qualified", "regime_changed=2025-04-15,to=eir"
    found = clock(Regime.FOI, "received=2025-04-01", extended, changed)
    assert found.due_on == day("2025-05-01")
    assert any("has no effect" in note for note in found.notes)
    with pytest.raises(NotAllowedError, match="EIR have no extension"):
        clock(Regime.FOI, "received=2025-04-01", changed, extended)


def test_receipt_corrected() -> None:
    """The corrected day of receipt counts, and a notice that was in time by the old one does not become an error."""
    events = ("received=2025-04-08", "pit_extension=2025-05-08,to=2025-06-02,qualified")
    assert clock(Regime.FOI, *events).due_on == day("2025-06-02")
    found = clock(Regime.FOI, *events, "receipt_corrected=2025-04-01,reason=lay in quarantine")
    assert (found.received_on, found.due_on) == (day("2025-04-01"), day("2025-05-01"))
    assert any("has no effect" in note for note in found.notes)


DATES = st.dates(date(2024, 1, 1), date(2025, 12, 31))
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(EventKind),
    on=DATES,
    to=st.none() | DATES,
    regime=st.none() | st.sampled_from(Regime),
    grounds=st.frozensets(st.sampled_from(Ground)),
    reason=st.sampled_from(["", "many papers"]),
)


@given(st.sampled_from(Regime), DATES, st.lists(EVENTS.filter(lambda e: e.kind is not EventKind.RECEIVED), max_size=8))
def test_lists_never_fail(regime: Regime, received: date, events: list[Event]) -> None:
    """Without strictness any history gives a clock: due exactly while an answer is owed, and never before day 20's turn."""
    found = deadline(regime, [Event(kind=EventKind.RECEIVED, on=received), *events], CALENDAR, strict=False)
    assert (found.due_on is not None) or found.state is not ClockState.RUNNING
    assert found.state is ClockState.STOPPED or found.stopped_on is None
    assert found.due_on is None or found.notice_by <= found.due_on <= found.longest_on
    assert [d.date for d in found.days] == [found.received_on + timedelta(days=n) for n in range(len(found.days))]
    if found.due_on is not None:
        last = found.days[-1]
        assert last.date == found.due_on
        assert last.counts or any("is not a working day" in note for note in found.notes)
