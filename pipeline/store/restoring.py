"""Puts a copy of a SQLite database in the database's place; what was there is kept beside it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from pipeline.domain.errors import StoreError
from pipeline.store import engine, locks
from pipeline.store.faults import in_words

if TYPE_CHECKING:
    from datetime import datetime

_COMPANIONS = ("-wal", "-shm")


def restore(url: str, copy: Path, at: datetime) -> Path | None:
    """Put *copy* in the place of the SQLite database at *url*; returns where the old one lies now, None where there was none.

    The copy is proven whole first (PRAGMA integrity_check) and stays as it is. Raises StoreError: also while a worker runs.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise StoreError("PostgreSQL has its own tool for this: run pg_restore, and then infogov db restored")
    target = Path(parsed.database)
    jobs = locks.Jobs(engine.open_engine(url))
    try:
        with jobs.exclusive("worker") as alone, jobs.exclusive("deliver") as unsent:
            if not (alone and unsent):
                raise StoreError("a worker is running on this database; stop it first")
            part = target.with_name(target.name + ".restoring")
            try:
                _write_checked(copy, part)
                aside = _aside(target, f"{at:%Y%m%dT%H%M%SZ}")
                part.replace(target)
            except (OSError, sqlite3.Error) as error:
                with suppress(OSError):
                    part.unlink(missing_ok=True)
                raise StoreError(f"{copy} could not be restored: {_said(error)}; nothing was changed") from error
    finally:
        jobs.close()
    return aside


def _write_checked(copy: Path, part: Path) -> None:
    """Copy by SQLite's own means into a fresh file, readable by its owner alone, and prove that whole."""
    if not copy.is_file():
        raise FileNotFoundError(2, "there is no such file")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    place = f"{copy.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(place, uri=True)) as source, closing(sqlite3.connect(part)) as fresh:
        source.backup(fresh)
        [(verdict,)] = fresh.execute("PRAGMA integrity_check(1)").fetchall()
        if verdict != "ok":
            raise sqlite3.DatabaseError("the copy is damaged")
        if not fresh.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()[0]:
            raise sqlite3.DatabaseError("the copy is no infogov database")


def _aside(target: Path, stamp: str) -> Path | None:
    """Move the database and what belongs to it out of the way."""
    if not target.exists():
        return None
    aside = target.with_name(f"{target.name}.before-restore-{stamp}")
    for tail in ("", *_COMPANIONS):
        place = target.with_name(target.name + tail)
        if place.exists():
            place.replace(aside.with_name(aside.name + tail))
    return aside


def _said(error: OSError | sqlite3.Error) -> str:
    return (error.strerror or "it can't be read") if isinstance(error, OSError) else in_words(error)
