"""The one way to the database: units of work that commit whole or not at all."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from pipeline.domain.errors import BusyError
from pipeline.store import audit, engine, moving, place
from pipeline.store.ahead import Ahead
from pipeline.store.attachments import Attachments
from pipeline.store.autosaves import Autosaves
from pipeline.store.cases import Cases
from pipeline.store.clock_events import ClockEvents
from pipeline.store.deputies import Deputies
from pipeline.store.erasures import Erasures
from pipeline.store.events import Events
from pipeline.store.faults import perhaps_done, plainly
from pipeline.store.letters import Letters
from pipeline.store.locks import Jobs
from pipeline.store.lost_letters import LostLetters
from pipeline.store.messages import Messages
from pipeline.store.newmail import NewMailRows
from pipeline.store.notes import Notes, Openings
from pipeline.store.notices import Notices
from pipeline.store.outbox import OutboxRows
from pipeline.store.paper import Paper
from pipeline.store.people import Heartbeats, Officers
from pipeline.store.quarantine import Quarantine
from pipeline.store.questions import Questions
from pipeline.store.reading import FigureRows, Queue, Reviews, Worklists
from pipeline.store.searching import Search, index
from pipeline.store.sent_copies import SentCopyRows
from pipeline.store.sign_ins import SignIns
from pipeline.store.vitals import Vitals
from pipeline.store.wakes import Wakes, listen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from pipeline.store.wakes import Wake

_Kept = TypeVar("_Kept")
_PAUSE_SECONDS = 0.5


class Work:
    """One transaction: what is read and written through its parts stands or falls together.

    No network call belongs inside (invariant 12).
    """

    def __init__(self, connection: Connection) -> None:
        self.events = Events(connection)
        self.wakes = Wakes(connection)
        self.messages = Messages(connection, self.events, self.wakes)
        self.copies = SentCopyRows(connection)
        self.quarantine = Quarantine(connection, self.events, self.wakes)
        self.new_mail = NewMailRows(connection, self.events)
        self.ahead = Ahead(connection)
        self.cases = Cases(connection, self.events, self.ahead)
        self.questions = Questions(connection)
        self.clock_events = ClockEvents(connection)
        self.notes = Notes(connection, self.events)
        self.openings = Openings(connection)
        self.paper = Paper(connection, self.messages)
        self.letters = Letters(connection, self.events)
        self.outbox = OutboxRows(connection, self.events, self.wakes, self.ahead)
        self.lost_letters = LostLetters(connection, self.events)
        self.officers = Officers(connection, self.events)
        self.deputies = Deputies(connection, self.events)
        self.autosaves = Autosaves(connection)
        self.heartbeats = Heartbeats(connection)
        self.vitals = Vitals(connection)
        self.notices = Notices(connection, self.events)
        self.erasures = Erasures(connection, self.events)
        self.queue = Queue(connection)
        self.worklists = Worklists(connection)
        self.reviews = Reviews(connection)
        self.figures = FigureRows(connection)
        self.search = Search(connection, self.cases.index_opened)
        self.sign_ins = SignIns(connection)
        self.attachments = Attachments(connection, self.events)


class Store:
    """A database at the schema of this program. ``open`` makes or migrates it."""

    def __init__(self, opened: Engine) -> None:
        self._engine = opened
        self._writing = opened.execution_options(**engine.WRITE)
        self._reading = opened.execution_options(**engine.READ)
        self._once = opened.execution_options(**engine.ONCE)
        self._jobs = Jobs(opened)
        self._turn = threading.Lock()
        self._glance = engine.Glance(opened)

    @property
    def shared(self) -> bool:
        """Whether several workers may share this database: PostgreSQL, yes; SQLite has one."""
        return self._engine.dialect.name == "postgresql"

    @classmethod
    def open(cls, url: str) -> Store:
        """Open the database at *url*, creating or upgrading it first. Raises StoreError, SchemaError, ConfigurationError."""
        opened = engine.open_engine(url)
        try:
            engine.upgrade(opened)
        except BaseException:
            opened.dispose()
            raise
        return cls(opened)

    @classmethod
    def open_as_it_is(cls, url: str) -> Store | None:
        """Open the database at *url* without making or upgrading it; None where there is none. Raises StoreError, ConfigurationError.

        Raises SchemaError for one that a newer release made.
        """
        address = place.parsed(url)
        place.check_beginning(address)
        if not place.is_there(address):
            return None
        opened = engine.open_engine(url)
        try:
            engine.check_known(opened)
        except BaseException:
            opened.dispose()
            raise
        return cls(opened)

    @contextmanager
    def write(self) -> Iterator[Work]:
        """A transaction that changes things; rolled back when the block raises. Raises StoreError."""
        asked = False
        try:
            with self._in_turn(), plainly(), engine.begun(self._writing) as connection:
                work = Work(connection)
                yield work
                work.ahead.write_down()
                work.messages.write_down()
                work.cases.index_opened()
                work.events.write_down()
                work.wakes.send()
                asked = True
        except BusyError as error:
            # Whoever asks for a commit and hears nothing doesn't know whether it was done.
            raise (perhaps_done(error) if asked else error) from error.__cause__

    @contextmanager
    def at_once(self) -> Iterator[Work]:
        """A transaction for what is one statement, all of it: on PostgreSQL without the journeys that begin and end one.

        Raises StoreError; BusyError where it may have been done, UnfitError where it met a row that stands against it.
        """
        if not self.shared:
            with self.write() as work:
                yield work
            return
        with plainly(), engine.begun(self._once) as connection:
            yield Work(connection)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Have this process's writers to a SQLite file wait for each other here: SQLite itself lets them sleep and look again, ever longer."""
        ours = not self.shared and self._turn.acquire(timeout=engine.BUSY_SECONDS)
        try:
            yield
        finally:
            if ours:
                self._turn.release()

    def insist(self, do: Callable[[Work], _Kept], *, seconds: float = 60.0) -> _Kept:
        """Run *do* in a transaction, and again for up to *seconds* while the database is away or busy: for facts that must not be lost.

        *do* may run more than once, each time on a fresh transaction. Raises what ``write`` raises.
        """
        end = time.monotonic() + seconds
        while True:
            try:
                with self.write() as work:
                    return do(work)
            except BusyError:
                if time.monotonic() >= end:
                    raise
                time.sleep(_PAUSE_SECONDS)

    @contextmanager
    def read(self) -> Iterator[Work]:
        """A transaction that only looks: one consistent picture. Raises StoreError, also for an attempt to write."""
        with plainly(), engine.begun(self._reading) as connection:
            yield Work(connection)

    def exclusive(self, job: str) -> AbstractContextManager[bool]:
        """Hold *job* while the block runs; yields False when another process, or another thread of this one, has it."""
        return self._jobs.exclusive(job)

    def joined(self, job: str) -> AbstractContextManager[bool]:
        """Hold *job* along with whoever else joins it, which keeps out who wants it exclusively; on SQLite one process at a time has it."""
        return self._jobs.joined(job)

    def present(self, job: str) -> AbstractContextManager[bool]:
        """Hold *job* along with whoever else is present, on both engines; yields False when somebody has it exclusively."""
        return self._jobs.present(job)

    def holds(self, job: str) -> bool:
        """Whether a *job* that this process took is still its own: on PostgreSQL it is lost with the connection."""
        return self._jobs.holds(job)

    def listen(self, stopping: Callable[[], bool]) -> Iterator[Wake | None]:
        """Hints of other processes that there is work, until *stopping*; None first, once it listens. Raises BusyError."""
        return listen(self._engine, stopping)

    def changed(self) -> bool:
        """Whether anybody has committed something since the last call, this process included: for one thread, on SQLite.

        On PostgreSQL never: there ``listen`` says what there is to do.
        """
        return self._glance.changed()

    def verify(self) -> audit.AuditReport:
        """Check the whole trail against what is stored. Raises StoreError only when the database can't be read at all."""
        with plainly(), engine.begun(self._reading) as connection:
            return audit.verify(connection)

    def reindex(self) -> int:
        """Make the index of words anew from every case, in one transaction; returns how many there are. Raises StoreError."""
        with plainly(), engine.begun(self._writing) as connection:
            return max(index.rebuild(connection), default=0)

    def versions(self) -> tuple[str | None, str]:
        """The database's schema version and this program's."""
        return engine.schema_versions(self._engine)

    def check_shape(self) -> None:
        """Raise SchemaError where the database, at this program's version, lacks what that version has."""
        engine.check_shape(self._engine)

    def is_at(self, url: str) -> bool:
        """Whether *url* leads to this very database. Raises ConfigurationError."""
        return place.same(self._engine.url, place.parsed(url))

    def backup(self, target: Path) -> None:
        """Write a consistent copy to *target* while in use."""
        engine.backup(self._engine, target)

    def copy_to(self, target: Store) -> moving.Moved:
        """Copy everything into an empty database, and prove it before it is kept. Raises StoreError; then *target* is as it was."""
        # One picture of what is here; on SQLite nobody writes meanwhile.
        source = self._reading if self.shared else self._writing
        with plainly("the copy was not made"), engine.begun(source) as here, engine.begun(target._writing) as there:
            return moving.copy(here, there)

    def forget(self) -> None:
        """Have what was erased leave the file, too: out of the index's pages and the write-ahead log. Raises StoreError.

        On PostgreSQL the space is overwritten in its own time (VACUUM); copies and backups are not ours to reach.
        """
        with self.write() as work:
            work.search.tidy()
        with plainly():
            engine.forget(self._engine)

    def close(self) -> None:
        """Give all connections back."""
        self._jobs.close()
        self._glance.close()
        self._engine.dispose()
