"""Upkeep: looks for what fell between two stools and says it in sentences; it repairs nothing behind an officer's back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from pipeline.domain import clock as clocks
from pipeline.domain.outbox import OutboxStatus

if TYPE_CHECKING:
    from pipeline.domain.calendar import Calendar
    from pipeline.domain.ports import Clock
    from pipeline.store import Store

_STUCK = timedelta(hours=1)
_UNCERTAIN_TOO_LONG = timedelta(minutes=15)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something an operator or officer should look at, and what to do."""

    kind: str
    words: str


class Upkeep:
    """Reads the whole house and reports."""

    def __init__(self, store: Store, clock: Clock, calendar: Calendar) -> None:
        self._store = store
        self._clock = clock
        self._calendar = calendar

    def run(self) -> list[Finding]:
        """Everything that needs a person's eye now, worst first."""
        now = self._clock.now()
        found: list[Finding] = []
        with self._store.read() as work:
            lost = work.messages.unaccounted()
            rows = work.outbox.summaries()
            quarantined = work.messages.quarantined()
            oldest = work.outbox.oldest_unsent()
            silent = [c for c in work.cases.to_acknowledge() if c.acknowledge == "automatic"]
        if lost:
            found.append(
                Finding(
                    kind="request_without_case",
                    words=f"{len(lost)} messages were read as requests and have no case: {lost[:10]}",
                )
            )
        found += [
            Finding(
                kind="uncertain",
                words=f"letter {r.id} of {r.reference} may not have been delivered; decide with: infogov outbox resolve {r.id}",
            )
            for r in rows
            if r.status == OutboxStatus.UNCERTAIN and now - r.queued_at > _UNCERTAIN_TOO_LONG
        ]
        found += [
            Finding(kind="not_delivered", words=f"letter {r.id} of {r.reference} was not delivered: {r.last_error}")
            for r in rows
            if r.status in (OutboxStatus.FAILED, OutboxStatus.BOUNCED)
        ]
        if oldest is not None and now - oldest > _STUCK:
            found.append(
                Finding(
                    kind="unsent",
                    words=f"a letter has been waiting to be sent since {oldest:%d %B %H:%M} UTC; see: infogov outbox",
                )
            )
        if quarantined:
            found.append(
                Finding(
                    kind="quarantined", words=f"{len(quarantined)} messages could not be read; see: infogov quarantine"
                )
            )
        if silent:
            found.append(
                Finding(
                    kind="not_acknowledged",
                    words=f"{len(silent)} requests have neither an acknowledgement nor a reason for none",
                )
            )
        found += [Finding(kind="calendar", words=gap) for gap in self._calendar.gaps(clocks.received_day(now))]
        for finding in found:
            log.warning("upkeep", kind=finding.kind, words=finding.words)
        return found
