"""Health: reads how the service is, for the probes, the metrics, the alarms and the page of those who run it; it changes nothing."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.domain.clock import received_day
from pipeline.domain.health import Health, Limits, MailboxHealth, PartHealth, problems

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pipeline.domain.health import Problem
    from pipeline.domain.ports import Clock
    from pipeline.settings import Settings
    from pipeline.store import Store

_PARTS = ("intake", "deliver")


class HealthReader:
    """Reads the health of one service. It may be asked from any thread."""

    def __init__(self, store: Store, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings

    def read(self) -> Health:
        """The service's health now. Raises StoreError when the database can't be asked."""
        now = self._clock.now()
        today = received_day(now)
        settings = self._settings
        with self._store.read() as work:
            beats = {beat.part: beat for beat in work.heartbeats.all()}
            overdue = work.vitals.due_by(today - timedelta(days=1))
            wanted = [f"mailbox:{name}" for name in settings.mailbox] + list(_PARTS)
            return Health(
                at=now,
                sends=settings.delivery.mode in ("send", "redirect"),
                parts=tuple(
                    PartHealth(name=name, at=beats[name].at, ok=beats[name].ok)
                    if name in beats
                    else PartHealth(name=name, at=None)
                    for name in wanted
                ),
                mailboxes=_mailboxes(work.vitals.polls(), settings),
                oldest_unsent=work.vitals.oldest_due(now),
                oldest_unfiled=work.vitals.oldest_unfiled(),
                oldest_sending=work.vitals.oldest_sending(),
                oldest_retried=work.vitals.oldest_retried(),
                quarantined=work.vitals.quarantined(),
                overdue=overdue,
                due_soon=work.vitals.due_by(today + timedelta(days=7)) - overdue,
                messages=work.messages.counts(),
                letters=work.outbox.counts(),
                requests=work.cases.counts(),
                free_bytes=free_bytes(settings.database.url),
                read_only=work.vitals.read_only(),
                secret_ends=_secret_ends(settings),
            )

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong now, the grave first. Raises StoreError."""
        return problems(self.read(), self.limits)

    @property
    def limits(self) -> Limits:
        """For how long things may wait, as configured."""
        alarms = self._settings.alarms
        # A mailbox that is looked at seldom may go unread for longer than two of its polls before anything is wrong.
        slowest = max((box.poll_seconds for box in self._settings.mailbox.values()), default=0)
        waits = max(timedelta(minutes=alarms.mailbox_minutes), timedelta(seconds=2 * slowest))
        return Limits(mailbox=waits, unsent=timedelta(minutes=alarms.unsent_minutes))


def free_bytes(url: str) -> int | None:
    """The room on the disk of a SQLite database, in bytes; None for a server, which looks after its own."""
    scheme, _, place = url.partition(":///")
    if not scheme.startswith("sqlite"):
        return None
    folder = Path(place.partition("?")[0]).parent
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _mailboxes(polls: Mapping[tuple[str, str], datetime | None], settings: Settings) -> tuple[MailboxHealth, ...]:
    found = []
    for name, box in settings.mailbox.items():
        times = [polls.get((name, folder)) for folder in box.folders]
        known = [at for at in times if at is not None]
        found.append(MailboxHealth(name=name, polled_at=min(known) if len(known) == len(times) else None))
    return tuple(found)


def _secret_ends(settings: Settings) -> dict[str, date]:
    servers = {f"mailbox {name}": box.client_secret_expires for name, box in settings.mailbox.items()}
    servers["smtp"] = settings.smtp.client_secret_expires
    return {name: date.fromisoformat(day) for name, day in servers.items() if day}
