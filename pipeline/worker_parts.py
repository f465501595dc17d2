"""What the worker runs: one thread for each mailbox, for intake, for sending, for copies of what went. No decision is taken here."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.domain.errors import InfogovError
from pipeline.journal import log

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pipeline.bootstrap import App
    from pipeline.settings import MailboxSettings
    from pipeline.stages.sent_copies import SentCopies

_LONGEST_BACKOFF = 300.0
_FIRST_BACKOFF = 5.0
# Under the ten minutes after which servers and firewalls forget a silent connection (RFC 2177 allows 29).
_IDLE_BOUND = 540.0
# How often a worker that shares its database looks whether another one has died and left work behind.
_LOOK_SECONDS = 1.0
_BEAT_EVERY = timedelta(seconds=10)
_DOT_SECONDS = 600.0  # RFC 5321 section 4.5.3.2.6


class Pulse:
    """Since when a part has got no further; None while it rests. Every step of its work (a ``ports.Progress``) is a sign of life.

    *ticks* gives seconds that only ever go on: a clock that is set, or a machine that slept, makes nobody look dead.
    """

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self.then: Callable[[], None] | None = None
        self.since: float | None = None
        self.last = ticks()

    def start(self, what: str, total: int) -> None:
        """Note a new piece of work."""
        del what, total
        self.since = self.last = self._ticks()

    def advance(self, count: int = 1) -> None:
        """Note a step, and let the next part have what there is so far."""
        del count
        self.since = self.last = self._ticks()
        if self.then is not None:
            self.then()


class Part(threading.Thread):
    """One loop of the worker: do a turn, rest until nudged or the time is up, longer after each failure in a row."""

    def __init__(self, name: str, app: App, stop: threading.Event, ticks: Callable[[], float]) -> None:
        super().__init__(name=name, daemon=True)
        self._app = app
        self.stopping = stop
        self.nudged = threading.Event()
        self.pulse = Pulse(ticks)
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
    def patience(self) -> float:
        """For how many seconds it may get no further before it hangs."""
        return float(self._app.settings.worker.hung_after_seconds)

    @property
    def longest_silence(self) -> timedelta:
        """For how long no sign of life from this part is no sign of trouble."""
        return timedelta(seconds=max(self.patience, 2 * _LONGEST_BACKOFF))

    def rest(self, seconds: float | None) -> None:
        """Wait for a nudge; *seconds* bounds the wait after a failure. What another worker leaves behind nobody nudges for."""
        longest = _LOOK_SECONDS if self._app.store.shared else _LONGEST_BACKOFF
        self.nudged.wait(seconds if seconds is not None else longest)

    def let_go(self) -> None:
        """Give up what only one worker may hold."""

    def abort(self) -> None:
        """Cut short whatever the part is waiting for on the network."""


class MailboxPart(Part):
    """Owns one mailbox's connection: polls, then listens by IDLE for a hint or for the next nudge."""

    def __init__(
        self,
        settings: MailboxSettings,
        app: App,
        stop: threading.Event,
        ticks: Callable[[], float],
        then: Callable[[], None],
    ) -> None:
        super().__init__(f"mailbox:{settings.name}", app, stop, ticks)
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


class IntakePart(Part):
    """Files what was taken."""

    def __init__(self, app: App, stop: threading.Event, ticks: Callable[[], float], then: Callable[[], None]) -> None:
        super().__init__("intake", app, stop, ticks)
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


class DeliverPart(Part):
    """Sends what is due."""

    def __init__(self, app: App, stop: threading.Event, ticks: Callable[[], float], then: Callable[[], None]) -> None:
        super().__init__("deliver", app, stop, ticks)
        self._then = then
        self._deliver = app.deliver(copies=False)
        self._notices = app.notices()

    def turn(self) -> str:
        """Send everything that is due."""
        problem = self._deliver.run(stopping=self.stopping.is_set, progress=self.pulse).unreachable
        self._then()
        if problem or self.nudged.is_set():
            return problem  # More letters are coming: mails to our own people follow the last of them.
        return self._notices.run(stopping=self.stopping.is_set).unreachable

    @property
    def patience(self) -> float:
        """Longer by what a server may take over one letter's final dot."""
        return super().patience + _DOT_SECONDS

    def abort(self) -> None:
        """Cut the connection: a letter past its final dot ends as uncertain."""
        self._deliver.abort()
        self._notices.abort()


class CopiesPart(Part):
    """Puts copies of what went into the sent folder: beside the sending, which a mail server that says nothing must not hold up."""

    def __init__(self, app: App, copies: SentCopies, stop: threading.Event, ticks: Callable[[], float]) -> None:
        super().__init__("sent copies", app, stop, ticks)
        self._copies = copies

    def turn(self) -> str:
        """Copy what has gone since."""
        return self._copies.put(stopping=self.stopping.is_set, progress=self.pulse)

    def abort(self) -> None:
        """Cut the connection; a copy that was not noted is looked for before it is put there again."""
        self._copies.abort()
