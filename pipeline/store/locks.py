"""Who may do a job that only one worker should do at a time.

A lock only saves work and says who is alive: unique keys and claims keep things right.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import text

from pipeline.domain.errors import StoreError
from pipeline.store.faults import plainly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

if os.name == "nt":  # pragma: no cover - Windows is for trials
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def exclusive(engine: Engine, job: str) -> Iterator[bool]:
    """Hold *job* while the block runs; yields False when another process, or another thread of this one, has it.

    The system frees the lock when its holder dies: a file lock beside a SQLite database, a session advisory lock on PostgreSQL.
    Raises StoreError when there can be no lock at all.
    """
    if engine.dialect.name == "sqlite":
        with _file_lock(Path(f"{engine.url.database}.{quote(job, safe='')}.lock")) as held:
            yield held
        return
    with plainly(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        key = {"job": job}
        held = bool(connection.scalar(text("SELECT pg_try_advisory_lock(hashtextextended(:job, 0))"), key))
        try:
            yield held
        finally:
            if held:
                connection.execute(text("SELECT pg_advisory_unlock(hashtextextended(:job, 0))"), key)


@contextmanager
def _file_lock(path: Path) -> Iterator[bool]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(
            f"the lock file {path} can't be made: {error.strerror}; the database's folder must be writable"
        ) from error
    try:
        yield _held(descriptor, path)
    finally:
        # Closing frees the lock; the file stays, for removing it could take it from under a new holder.
        os.close(descriptor)


def _held(descriptor: int, path: Path) -> bool:
    try:
        return _try_lock(descriptor)
    except OSError as error:
        raise StoreError(
            f"{path} can't be locked: {error.strerror}; keep the database on a local disk, not on a network share"
        ) from error
