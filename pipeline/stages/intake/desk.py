"""What filing a message works with: the council's side of the desk, and the message on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.domain.clock import due_on

if TYPE_CHECKING:
    from datetime import date

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.ports import Clock, Ids
    from pipeline.domain.request import Regime
    from pipeline.domain.triage import Triage
    from pipeline.mail.bounces import Returned
    from pipeline.mail.council import Council
    from pipeline.mail.readout import Reading
    from pipeline.settings import Settings
    from pipeline.stages.intake.known_cases import Known
    from pipeline.store.records import Quarantined, Waiting

_DUES_KEPT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What filing works with: time, chance, the configuration and the calendar."""

    clock: Clock
    ids: Ids
    settings: Settings
    council: Council
    calendar: Calendar
    _dues: dict[tuple[Regime, date], date] = field(default_factory=dict, init=False, repr=False, compare=False)

    def due_on(self, regime: Regime, received_on: date) -> date:
        """The last day for an answer to a request received on that day: worked out once a day and law, for a day's mail shares it."""
        if (regime, received_on) not in self._dues:
            if len(self._dues) > _DUES_KEPT:
                self._dues.clear()
            self._dues[regime, received_on] = due_on(regime, received_on, self.calendar)
        return self._dues[regime, received_on]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One message on the desk, read and judged; *stands_for* is the first copy of it where that could not be read.

    *reference* was drawn for it ahead and is free, should it open a case.
    """

    waiting: Waiting
    reading: Reading
    returned: Returned | None
    known: Known
    triage: Triage
    stands_for: Quarantined | None = None
    reference: str | None = None
