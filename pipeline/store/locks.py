"""Who may do a job that only one worker should do at a time.

A lock only saves work and says who is alive: unique keys and claims keep things right.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from pipeline.domain.errors import BusyError, StoreError
from pipeline.store import ownership
from pipeline.store.faults import plainly

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, Engine

if os.name == "nt":  # pragma: no cover - Windows is for trials
    import msvcrt

    def _try_lock(descriptor: int, *, shared: bool) -> bool:
        del shared  # There is no such lock here: one process alone may be present.
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(descriptor: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


_KEY = "hashtextextended(:job, 0)"


class Jobs:
    """The jobs that this process holds on one database. The system frees them when the process ends, however it ends.

    Beside a SQLite database they are file locks, on PostgreSQL advisory locks of one session that all jobs share.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session = None if engine.dialect.name == "sqlite" else _Session(engine)

    def exclusive(self, job: str) -> AbstractContextManager[bool]:
        """Hold *job* while the block runs; yields False when another process, or another thread of this one, has it.

        Raises StoreError when there can be no lock at all.
        """
        if self._session is not None:
            return self._session.exclusive(job)
        return self._file(job, shared=False)

    def _file(self, job: str, *, shared: bool) -> AbstractContextManager[bool]:
        return _file_lock(Path(f"{self._engine.url.database}.{quote(job, safe='')}.lock"), shared=shared)

    def joined(self, job: str) -> AbstractContextManager[bool]:
        """Hold *job* while the block runs, along with whoever else joins it: on PostgreSQL only who wants it exclusively is kept out.

        On SQLite one process has it, as with ``exclusive``.
        """
        return self.exclusive(job) if self._session is None else self._session.joined(job)

    def present(self, job: str) -> AbstractContextManager[bool]:
        """Hold *job* while the block runs, along with whoever else is present, on SQLite, too; who wants it exclusively is kept out."""
        return self._file(job, shared=True) if self._session is None else self._session.joined(job)

    def holds(self, job: str) -> bool:
        """Whether a job taken by this process is still its own: a lock on PostgreSQL is lost with the connection."""
        return self._session is None or self._session.holds(job)

    def close(self) -> None:
        """Give everything up."""
        if self._session is not None:
            self._session.close()


class _Session:
    """One connection to PostgreSQL that does nothing but hold advisory locks; made when first needed, and again after it was lost."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._mutex = threading.Lock()
        self._connection: Connection | None = None
        # The server lets a session take its own lock once more, so that threads of one process are told apart here.
        self._held: dict[str, object] = {}
        self._joined: set[str] = set()

    @contextmanager
    def joined(self, job: str) -> Iterator[bool]:
        """Take the shared lock, on a new connection where the old one is lost; yields whether it was free of exclusive holders."""
        with self._mutex:
            joined = self._ask_anew(f"SELECT pg_try_advisory_lock_shared({_KEY})", job)
            if joined:
                self._joined.add(job)
        try:
            yield joined
        finally:
            with self._mutex:
                if joined:
                    self._joined.discard(job)
                    with suppress(StoreError):
                        self._ask(f"SELECT pg_advisory_unlock_shared({_KEY})", job)

    @contextmanager
    def exclusive(self, job: str) -> Iterator[bool]:
        """Take the lock alone; yields False where another session, or another thread of this one, has it."""
        token = self._take(job)
        try:
            yield token is not None
        finally:
            self._release(job, token)

    def holds(self, job: str) -> bool:
        """Ask the server whether the session is there still: without it the lock is gone."""
        with self._mutex:
            if job in self._held:
                with suppress(StoreError):
                    self._ask("SELECT true", job)
            return job in self._held

    def close(self) -> None:
        """Leave, which frees every lock."""
        with self._mutex:
            self._lost()

    def _take(self, job: str) -> object | None:
        with self._mutex:
            if job in self._held or not self._ask_anew(f"SELECT pg_try_advisory_lock({_KEY})", job):
                return None
            token = object()
            self._held[job] = token
            return token

    def _release(self, job: str, token: object | None) -> None:
        with self._mutex:
            # What was lost with its connection may be in another thread's hand by now.
            if token is None or self._held.get(job) is not token:
                return
            del self._held[job]
            with suppress(StoreError):
                self._ask(f"SELECT pg_advisory_unlock({_KEY})", job)

    def _ask_anew(self, statement: str, job: str) -> bool:
        """Ask; once more, on a new connection, where the old one turns out to be lost."""
        try:
            return self._ask(statement, job)
        except BusyError:
            return self._ask(statement, job)

    def _ask(self, statement: str, job: str) -> bool:
        """Ask the server; after any fault the connection, and with it every lock, counts as lost."""
        try:
            with plainly():
                if self._connection is None:
                    self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                    for again in self._joined:
                        query = text(f"SELECT pg_try_advisory_lock_shared({_KEY})")
                        self._connection.scalar(query, {"job": f"infogov {again}"})
                return bool(self._connection.scalar(text(statement), {"job": f"infogov {job}"}))
        except StoreError:
            self._lost()
            raise

    def _lost(self) -> None:
        self._held.clear()
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                # Not given back to the pool, where it would go on holding locks.
                connection.invalidate()
                connection.close()


@contextmanager
def _file_lock(path: Path, *, shared: bool) -> Iterator[bool]:
    try:
        made = ownership.make(path, like=path.parent)
        descriptor = made if made is not None else os.open(path, os.O_RDWR)
    except OSError as error:
        raise StoreError(
            f"the lock file {path} can't be made or opened: {error.strerror}; the database's folder must be writable,"
            " and the file that of the user who runs infogov"
        ) from error
    try:
        yield _held(descriptor, path, shared=shared)
    finally:
        # Closing frees the lock; the file stays, for removing it could take it from under a new holder.
        os.close(descriptor)


def _held(descriptor: int, path: Path, *, shared: bool) -> bool:
    try:
        return _try_lock(descriptor, shared=shared)
    except OSError as error:
        raise StoreError(
            f"{path} can't be locked: {error.strerror}; keep the database on a local disk, not on a network share"
        ) from error
