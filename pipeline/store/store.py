"""The one way to the database: units of work that commit whole or not at all."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.store import audit, engine, locks
from pipeline.store.cases import Cases
from pipeline.store.clock_events import ClockEvents
from pipeline.store.events import Events
from pipeline.store.faults import plainly
from pipeline.store.letters import Letters
from pipeline.store.messages import Messages
from pipeline.store.newmail import NewMailRows
from pipeline.store.outbox import OutboxRows
from pipeline.store.people import Heartbeats, Officers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Connection, Engine


class Work:
    """One transaction: what is read and written through its parts stands or falls together.

    No network call belongs inside (invariant 12).
    """

    def __init__(self, connection: Connection) -> None:
        self.events = Events(connection)
        self.messages = Messages(connection, self.events)
        self.new_mail = NewMailRows(connection, self.events)
        self.cases = Cases(connection, self.events)
        self.clock_events = ClockEvents(connection)
        self.letters = Letters(connection, self.events)
        self.outbox = OutboxRows(connection, self.events)
        self.officers = Officers(connection, self.events)
        self.heartbeats = Heartbeats(connection)


class Store:
    """A database at the schema of this program. ``open`` makes or migrates it."""

    def __init__(self, opened: Engine) -> None:
        self._engine = opened
        self._writing = opened.execution_options(**engine.WRITE)

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

    @contextmanager
    def write(self) -> Iterator[Work]:
        """A transaction that changes things; rolled back when the block raises. Raises StoreError."""
        with plainly(), self._writing.begin() as connection:
            yield Work(connection)

    @contextmanager
    def read(self) -> Iterator[Work]:
        """A transaction that only looks: one consistent picture. Raises StoreError, also for an attempt to write on SQLite."""
        with plainly(), self._engine.connect() as connection:
            yield Work(connection)

    def exclusive(self, job: str) -> AbstractContextManager[bool]:
        """Hold *job* for this process; yields False when another process, or another thread of this one, has it."""
        return locks.exclusive(self._engine, job)

    def verify(self) -> audit.AuditReport:
        """Check the whole trail against what is stored. Raises StoreError only when the database can't be read at all."""
        with plainly(), self._engine.connect() as connection:
            return audit.verify(connection)

    def versions(self) -> tuple[str | None, str]:
        """The database's schema version and this program's."""
        return engine.schema_versions(self._engine)

    def backup(self, target: Path) -> None:
        """Write a consistent copy to *target* while in use."""
        engine.backup(self._engine, target)

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()
