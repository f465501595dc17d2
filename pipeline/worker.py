"""The worker: starts the parts, has APScheduler nudge them, and ends the process when one hangs. No decision is taken here."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from apscheduler.schedulers.background import BackgroundScheduler

from pipeline.domain.errors import StoreError
from pipeline.journal import log
from pipeline.store.wakes import Wake
from pipeline.watch.ear import Ear
from pipeline.watch.listener import answering
from pipeline.watch.notifying import Watchdog, tell
from pipeline.worker_parts import CopiesPart, DeliverPart, IntakePart, MailboxPart

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from pipeline.bootstrap import App
    from pipeline.worker_parts import Part

HUNG = 70  # EX_SOFTWARE of sysexits.h: a supervisor restarts us
_GRACE = 4.0
_QUIET_HOUR = 3  # UTC
_NOT_TWO = "another worker is running on this database; stop it first, or use PostgreSQL for several"
_NOT_NOW = "an operator's command has this database to itself (infogov db ...); start the worker when it has ended"
_ROUND_AFTER = 2_000  # new objects, for a mail makes thousands that go by themselves
_UPKEEP_EVERY = timedelta(hours=1)


def settle_in() -> None:
    """Take what is loaded for good out of the garbage collector's rounds, which else go over all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ROUND_AFTER)


class Worker:
    """Runs the parts until SIGTERM or SIGINT, and ends the process when one of them hangs."""

    def __init__(self, app: App, ticks: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._ticks = ticks
        self._stop = threading.Event()
        sent = app.sent_copies()
        copies = [] if sent is None else [CopiesPart(app, sent, self._stop, ticks)]
        deliver = DeliverPart(app, self._stop, ticks, copies[0].nudge if copies else lambda: None)
        intake = IntakePart(app, self._stop, ticks, deliver.nudge)
        boxes = [MailboxPart(box, app, self._stop, ticks, intake.nudge) for box in app.settings.mailbox.values()]
        self._boxes, self._intake, self._deliver = boxes, intake, deliver
        self._parts: list[Part] = [*boxes, intake, deliver, *copies]
        nudges: dict[Wake, list[Part]] = {Wake.MAILBOX: [*boxes], Wake.INTAKE: [intake], Wake.DELIVER: [deliver]}
        self._ear = Ear(app.store, self._stop, {wake: [part.nudge for part in nudges[wake]] for wake in nudges})

    def run(self) -> int:
        """Work until told to stop; returns the exit status. Raises StoreError when another worker has this database (SQLite)."""
        with self._app.store.joined("worker") as allowed, answering(self._app):
            if not allowed:
                raise StoreError(_NOT_NOW if self._app.store.shared else _NOT_TWO)
            previous = {s: signal.signal(s, self._on_signal) for s in (signal.SIGTERM, signal.SIGINT)}
            scheduler, watchdog = self._schedule(), Watchdog(self._ticks)
            for part in self._parts:
                part.start()
            if self._app.store.shared:
                self._ear.start()
            settle_in()
            log.info("worker_started", mailboxes=[box.name for box in self._boxes])
            try:
                tell("READY=1", "STATUS=watching " + ", ".join(box.name for box in self._boxes))
                while not self._stop.wait(1):
                    self._watch()
                    if self._app.store.changed() and not self._deliver.failing:
                        self._deliver.nudge()  # It may be an approval: the letter need not wait for the interval.
                    watchdog.feed((part.pulse.last, part.longest_silence) for part in self._parts)
            finally:
                tell("STOPPING=1")
                scheduler.shutdown(wait=False)
                self._finish()
                for number, handler in previous.items():
                    signal.signal(number, handler)
        log.info("worker_stopped")
        return 0

    def stop(self) -> None:
        """Ask the worker to end, from any thread."""
        self._stop.set()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        del number
        self._stop.set()

    def _schedule(self) -> BackgroundScheduler:
        """Nudges at intervals, in UTC; a nudge missed while the machine slept is made up for once."""
        settings = self._app.settings
        scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        for part, box in zip(self._boxes, settings.mailbox.values(), strict=True):
            scheduler.add_job(part.nudge, "interval", seconds=box.poll_seconds, id=part.name)
            scheduler.add_job(part.reconciling.set, "cron", hour=_QUIET_HOUR, id=f"reconcile {part.name}")
        scheduler.add_job(self._intake.nudge, "interval", seconds=settings.worker.deliver_seconds, id="intake")
        scheduler.add_job(self._deliver.nudge, "interval", seconds=settings.worker.deliver_seconds, id="deliver")
        scheduler.add_job(self._upkeep, "interval", minutes=5, id="upkeep")
        if settings.alarms.any:
            scheduler.add_job(self._app.alarms().turn, "interval", minutes=1, id="alarms")
        if settings.scan.clamd:
            scheduler.add_job(self._app.scanning().run, "interval", minutes=1, id="scanning")
        scheduler.start()
        return scheduler

    def _upkeep(self) -> None:
        """Once an hour, whoever of several workers comes first: work out the open due dates with the calendar as it is now, then report."""
        store, now = self._app.store, self._app.clock.now()
        with store.exclusive("upkeep") as alone:
            if not alone:
                return
            with store.write() as work:
                done = next((beat.at for beat in work.heartbeats.all() if beat.part == "upkeep"), None)
                if done is not None and now - done < _UPKEEP_EVERY:
                    return
                work.heartbeats.beat("upkeep", now, "ok", ok=True)
            self._look_after()

    def _look_after(self) -> None:
        for moved in self._app.clockwork(via="worker").reckon_again():
            log.warning("due_date_moved", reference=moved.reference, before=str(moved.before), after=str(moved.after))
        self._app.upkeep.run()
        self._app.retention(via="worker").by_itself()

    def _watch(self) -> None:
        """End the process when a part has got no further for too long: a thread can't be killed, a process is restarted."""
        now = self._ticks()
        for part in self._parts:
            since = part.pulse.since
            # A part that ended because we were told to stop just now is not dead, so it is asked in this order.
            dead = not part.is_alive() and not self._stop.is_set()
            if dead or (since is not None and now - since > part.patience):
                log.critical("worker_part_hangs", part=part.name, seconds=None if since is None else round(now - since))
                os._exit(HUNG)

    def _finish(self) -> None:
        """Let the parts end by themselves for some seconds, then cut their connections; nothing they had committed is lost."""
        for part in self._parts:
            part.nudge()
        self._join()
        for part in self._parts:
            if part.is_alive():
                part.abort()
        self._join()

    def _join(self) -> None:
        """Wait for all parts together, however many there are, so that the service ends in time."""
        end = time.monotonic() + _GRACE
        for part in self._parts:
            part.join(max(0.0, end - time.monotonic()))
