"""Upkeep: looks for what fell between two stools and says it in sentences; it repairs nothing behind an officer's back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.domain import clock as clocks
from pipeline.domain.outbox import OutboxStatus
from pipeline.journal import log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.ports import Clock
    from pipeline.store import Store, Work

_STUCK = timedelta(hours=1)
_COPIES_TOLD = timedelta(days=7)
_UNCERTAIN_TOO_LONG = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something an operator or officer should look at, and what to do."""

    kind: str
    words: str


class Upkeep:
    """Reads the whole house and reports."""

    def __init__(self, store: Store, clock: Clock, calendar: Calendar, *, copies: bool = False) -> None:
        """*copies*: letters that went are to have a copy in the sent folder."""
        self._copies = copies
        self._store = store
        self._clock = clock
        self._calendar = calendar

    def run(self) -> list[Finding]:
        """Everything that needs a person's eye now, worst first."""
        now = self._clock.now()
        with self._store.read() as work:
            found = [*_lost(work), *_letters(work, now), *_waiting(work)]
            found += _uncopied(work, now) if self._copies else ()
        found += [Finding(kind="calendar", words=gap) for gap in self._calendar.gaps(clocks.received_day(now))]
        for finding in found:
            log.warning("upkeep", kind=finding.kind, words=finding.words)
        return found


def _lost(work: Work) -> Iterator[Finding]:
    """Tell of what must not exist: requests without a case, cases that got neither an acknowledgement nor a reason."""
    if lost := work.messages.unaccounted():
        yield Finding(
            kind="request_without_case",
            words=f"{len(lost)} messages were read as requests and have no case; the first ones: {lost[:10]}",
        )
    if silent := work.cases.unacknowledged():
        yield Finding(
            kind="not_acknowledged",
            words=f"{len(silent)} requests have neither an acknowledgement nor a reason for none: {', '.join(silent[:10])}",
        )


def _letters(work: Work, now: datetime) -> Iterator[Finding]:
    for row in work.outbox.summaries(statuses=(OutboxStatus.UNCERTAIN, OutboxStatus.FAILED, OutboxStatus.BOUNCED)):
        if row.status != OutboxStatus.UNCERTAIN:
            words = f"letter {row.id} of {row.reference} was not delivered: {row.last_error}"
            if row.status == OutboxStatus.FAILED:
                words += f"; when that is mended: infogov outbox retry {row.id}"
            yield Finding(kind="not_delivered", words=words)
        elif now - row.queued_at > _UNCERTAIN_TOO_LONG:
            words = f"letter {row.id} of {row.reference} may not have been delivered; decide with: infogov outbox resolve {row.id}"
            yield Finding(kind="uncertain", words=words)
    oldest = work.outbox.oldest_unsent()
    if oldest is not None and now - oldest > _STUCK:
        words = f"a letter has been waiting to be sent since {oldest:%d %B %H:%M} UTC; see: infogov outbox"
        yield Finding(kind="unsent", words=words)


def _uncopied(work: Work, now: datetime) -> Iterator[Finding]:
    """Tell of letters whose copies the sent folder does not take: days later nobody tries any more."""
    late = [one for one in work.copies.missing(now - _COPIES_TOLD) if now - one.sent_at > _STUCK]
    if late:
        named = ", ".join(f"letter {one.id} of {one.reference}" for one in late[:10])
        words = f"no copy of these letters could be put into the sent folder: {named}; infogov's log has what the mail server says"
        yield Finding(kind="not_copied", words=words)


def _waiting(work: Work) -> Iterator[Finding]:
    if quarantined := work.quarantine.rows():
        words = f"{len(quarantined)} messages could not be read; see: infogov quarantine"
        yield Finding(kind="quarantined", words=words)
