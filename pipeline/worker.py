"""The worker: one thread a mailbox, one for intake, one for sending; APScheduler only nudges them. No decision is taken here."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

from apscheduler.schedulers.background import BackgroundScheduler

from pipeline.domain.errors import InfogovError, StoreError
from pipeline.journal import log
from pipeline.store.wakes import Wake
from pipeline.watch.ear import Ear
from pipeline.watch.listener import answering
from pipeline.watch.notifying import Watchdog, tell
from pipeline.watch.pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import FrameType

    from pipeline.bootstrap import App
    from pipeline.settings import MailboxSettings

HUNG = 70  # EX_SOFTWARE of sysexits.h: a supervisor restarts us
_LONGEST_BACKOFF = 300.0
_FIRST_BACKOFF = 5.0
_GRACE = 4.0
# Under the ten minutes after which servers and firewalls forget a silent connection (RFC 2177 allows 29).
_IDLE_BOUND = 540.0
_QUIET_HOUR = 3  # UTC
_DOT = timedelta(minutes=10)  # RFC 5321 section 4.5.3.2.6
# How often a worker that shares its database looks whether another one has died and left work behind.
_LOOK_SECONDS = 1.0
_BEAT_EVERY = timedelta(seconds=10)
_NOT_TWO = "another worker is running on this database; stop it first, or use PostgreSQL for several"
_NOT_NOW = "an operator's command has this database to itself (infogov db ...); start the worker when it has ended"
_ROUND_AFTER = 2_000  # new objects, for a mail makes thousands that go by themselves
_UPKEEP_EVERY = timedelta(hours=1)


class _Part(threading.Thread):
    """One loop of the worker: do a turn, rest until nudged or the time is up, longer after each failure in a row."""

    def __init__(self, name: str, app: App, stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self._app = app
        self.stopping = stop
        self.nudged = threading.Event()
        self.pulse = Pulse(app.clock)
        self._failures = 0
        self._told: tuple[datetime, str] | None = None

    def run(self) -> None:
        """Turn until told to stop."""
        while not self.stopping.is_set():
            self.nudged.clear()
            self.pulse.start(self.name, 0)
            problem = self._guarded_turn()
            self.pulse.since = None
            self._failures = self._failures + 1 if problem else 0
            if not self.stopping.is_set():
                self.rest(self._backoff() if problem else None)
        self.let_go()

    def _guarded_turn(self) -> str:
        try:
            problem = self.turn()
            if problem is None:
                return ""
            self._beat(problem)
        except InfogovError as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001 - the one boundary of a worker thread
            # A fault of ours must not end the thread and leave a mailbox unread in silence.
            log.exception("worker_part_failed", part=self.name)
            problem = f"unexpected {type(error).__name__}"
        if problem:
            log.warning("worker_part_in_trouble", part=self.name, problem=problem)
        return problem

    def _beat(self, problem: str) -> None:
        now = self._app.clock.now()
        if self._told is not None and self._told[1] == problem and now - self._told[0] < _BEAT_EVERY:
            return
        self._told = now, problem
        with self._app.store.write() as work:
            work.heartbeats.beat(self.name, now, problem or "ok", ok=not problem)

    def _backoff(self) -> float:
        # Half fixed, half chance: many workers don't come back at once, and none hammers a server that is down.
        longest: float = min(_LONGEST_BACKOFF, _FIRST_BACKOFF * 2.0 ** min(self._failures - 1, 10))
        return longest * (0.5 + self._app.ids.fraction() / 2)

    @property
    def failing(self) -> bool:
        """Whether the last turn went wrong, so that the next one waits."""
        return self._failures > 0

    def nudge(self) -> None:
        """Ask for a turn now."""
        self.nudged.set()

    def turn(self) -> str | None:
        """Do the work once; returns what was wrong, or nothing. None where another worker does it."""
        raise NotImplementedError  # pragma: no cover - every part has its own

    @property
    def patience(self) -> timedelta:
        """For how long it may get no further before it hangs."""
        return timedelta(seconds=self._app.settings.worker.hung_after_seconds)

    @property
    def longest_silence(self) -> timedelta:
        """For how long no sign of life from this part is no sign of trouble."""
        return max(self.patience, timedelta(seconds=2 * _LONGEST_BACKOFF))

    def rest(self, seconds: float | None) -> None:
        """Wait for a nudge; *seconds* bounds the wait after a failure. What another worker leaves behind nobody nudges for."""
        longest = _LOOK_SECONDS if self._app.store.shared else _LONGEST_BACKOFF
        self.nudged.wait(seconds if seconds is not None else longest)

    def let_go(self) -> None:
        """Give up what only one worker may hold."""

    def abort(self) -> None:
        """Cut short whatever the part is waiting for on the network."""


class _MailboxPart(_Part):
    """Owns one mailbox's connection: polls, then listens by IDLE for a hint or for the next nudge."""

    def __init__(self, settings: MailboxSettings, app: App, stop: threading.Event, then: Callable[[], None]) -> None:
        super().__init__(f"mailbox:{settings.name}", app, stop)
        self._settings = settings
        self._mailbox = app.mailbox(settings)
        self.pulse.then = then
        self.reconciling = threading.Event()
        self._hold: ExitStack | None = None

    def _ours(self) -> bool:
        """Whether this worker reads the mailbox: by a lock kept from turn to turn, which the system frees when we end, however that is."""
        store = self._app.store
        if not store.shared or (self._hold is not None and store.holds(self.name)):
            return True
        self.let_go()
        with ExitStack() as stack:
            if stack.enter_context(store.exclusive(self.name)):
                self._hold = stack.pop_all()
        return self._hold is not None

    def let_go(self) -> None:
        """Leave the mailbox to another worker."""
        if self._hold is not None:
            self._mailbox.close()
            self._hold.close()
            self._hold = None

    def turn(self) -> str | None:
        """Poll once, unless another worker reads this mailbox."""
        if not self._ours():
            return None
        result = self._app.receive.poll(
            self._mailbox, self._settings, stopping=self.stopping.is_set, progress=self.pulse
        )
        if self.reconciling.is_set() and not result.errors:
            self.reconciling.clear()
            found = self._app.receive.reconcile(self._mailbox, self._settings)
            result.taken += found.taken
            self.pulse.advance()
            result.errors += found.errors
        if result.taken:
            log.info("mail_taken", mailbox=self._settings.name, taken=result.taken)
        return "; ".join(result.errors)

    @property
    def longest_silence(self) -> timedelta:
        """Also the time from one poll to the next, twice."""
        return max(super().longest_silence, timedelta(seconds=2 * self._settings.poll_seconds + _IDLE_BOUND))

    def rest(self, seconds: float | None) -> None:
        """Listen for news until the next poll is due; a failure waits without a connection."""
        if self._app.store.shared and self._hold is None:
            self.nudged.wait(seconds if seconds is not None else _LOOK_SECONDS)
            return
        if seconds is not None or not self._settings.idle:
            self.nudged.wait(seconds if seconds is not None else self._settings.poll_seconds)
            return
        try:
            # A lone folder is still selected from the poll, and IDLE then tells of what came since; selecting afresh would swallow that.
            if len(self._settings.folders) > 1:
                self._mailbox.select(self._settings.folders[0])
            self._mailbox.wait(min(self._settings.poll_seconds, _IDLE_BOUND))
        except InfogovError as error:
            # A connection lost while listening is no failure: the next turn makes a new one and says so if it can't.
            log.info("listening_ended", mailbox=self._settings.name, reason=str(error))
            self._mailbox.close()
            self.nudged.wait(1)

    def nudge(self) -> None:
        """Ask for a poll now, also while listening."""
        super().nudge()
        self._mailbox.wake()

    def abort(self) -> None:
        """Cut the connection."""
        self._mailbox.abort()


class _IntakePart(_Part):
    """Files what was taken."""

    def __init__(self, app: App, stop: threading.Event, then: Callable[[], None]) -> None:
        super().__init__("intake", app, stop)
        self.pulse.then = then
        self._reader = app.reader()
        self._intake = app.intake_with(self._reader)
        self._reader.start()

    def turn(self) -> str:
        """File everything that waits."""
        counts = self._intake.run(stopping=self.stopping.is_set, progress=self.pulse)
        if counts:
            log.info("mail_filed", **counts)
        return ""

    def let_go(self) -> None:
        """End the process that reads."""
        self._reader.close()


class _DeliverPart(_Part):
    """Sends what is due."""

    def __init__(self, app: App, stop: threading.Event) -> None:
        super().__init__("deliver", app, stop)
        self._deliver = app.deliver()
        self._notices = app.notices()

    def turn(self) -> str:
        """Send everything that is due."""
        problem = self._deliver.run(stopping=self.stopping.is_set, progress=self.pulse).unreachable
        if problem or self.nudged.is_set():
            return problem  # More letters are coming: mails to our own people follow the last of them.
        return self._notices.run(stopping=self.stopping.is_set).unreachable

    @property
    def patience(self) -> timedelta:
        """Longer by what a server may take over one letter's final dot."""
        return super().patience + _DOT

    def abort(self) -> None:
        """Cut the connection: a letter past its final dot ends as uncertain."""
        self._deliver.abort()
        self._notices.abort()


def settle_in() -> None:
    """Take what is loaded for good out of the garbage collector's rounds, which else go over all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ROUND_AFTER)


class Worker:
    """Runs the parts until SIGTERM or SIGINT, and ends the process when one of them hangs."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._stop = threading.Event()
        deliver = _DeliverPart(app, self._stop)
        intake = _IntakePart(app, self._stop, deliver.nudge)
        boxes = [_MailboxPart(box, app, self._stop, intake.nudge) for box in app.settings.mailbox.values()]
        self._boxes, self._intake, self._deliver = boxes, intake, deliver
        self._parts: list[_Part] = [*boxes, intake, deliver]
        nudges: dict[Wake, list[_Part]] = {Wake.MAILBOX: [*boxes], Wake.INTAKE: [intake], Wake.DELIVER: [deliver]}
        self._ear = Ear(app.store, self._stop, {wake: [part.nudge for part in nudges[wake]] for wake in nudges})

    def run(self) -> int:
        """Work until told to stop; returns the exit status. Raises StoreError when another worker has this database (SQLite)."""
        with self._app.store.joined("worker") as allowed, answering(self._app):
            if not allowed:
                raise StoreError(_NOT_NOW if self._app.store.shared else _NOT_TWO)
            previous = {s: signal.signal(s, self._on_signal) for s in (signal.SIGTERM, signal.SIGINT)}
            scheduler, watchdog = self._schedule(), Watchdog(self._app.clock)
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
        now = self._app.clock.now()
        for part in self._parts:
            since = part.pulse.since
            # A part that ended because we were told to stop just now is not dead, so it is asked in this order.
            dead = not part.is_alive() and not self._stop.is_set()
            if dead or (since is not None and now - since > part.patience):
                log.critical("worker_part_hangs", part=part.name, since=str(since))
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
