"""Puts a copy of a SQLite database in the database's place, made ready beforehand; what was there is kept beside it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipeline.domain.errors import InfogovError, StoreError
from pipeline.store import engine, locks, ownership
from pipeline.store.faults import in_words
from pipeline.store.place import COMPANIONS, PUT_ASIDE, READY_NEXT_TO_IT, left_by_a_restore, parsed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_Done = TypeVar("_Done")


def restore(url: str, copy: Path, at: datetime, prepare: Callable[[str], _Done]) -> tuple[Path | None, _Done]:
    """Put *copy* in the place of the SQLite database at *url*; returns where the old one lies now (None where there was none), and what *prepare* gave.

    The copy stays as it is: a copy of it is proven whole (PRAGMA integrity_check), then *prepare* works on the address of that, and only
    then is it put in place, so that no database is ever there that was not prepared. Raises StoreError: also while a worker or the officers' pages run.
    """
    address = parsed(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        raise StoreError("PostgreSQL has its own tool for this: run pg_restore, and then infogov db restored")
    target = Path(address.database)
    jobs = locks.Jobs(engine.open_engine(url))
    try:
        with jobs.exclusive("worker") as alone, jobs.exclusive("deliver") as unsent, jobs.exclusive("pages") as unseen:
            if not (alone and unsent):
                raise StoreError("a worker is running on this database; stop it first")
            if not unseen:
                # What an officer did then would go into the file that was put aside.
                raise StoreError("the officers' pages run on this database; stop them first (infogov web)")
            part = target.with_name(target.name + READY_NEXT_TO_IT)
            try:
                _write_checked(copy, part, target)
                done = prepare(f"sqlite:///{part}")
                _no_companions(part)
                aside = _swap(part, target, f"{at:%Y%m%dT%H%M%SZ}")
            except (OSError, sqlite3.Error, InfogovError) as error:
                raise StoreError(f"{copy} could not be restored: {_said(error)}; nothing was changed") from error
            finally:
                _remove(part)
    finally:
        jobs.close()
    return aside, done


def _write_checked(copy: Path, part: Path, target: Path) -> None:
    """Copy by SQLite's own means into a fresh file, readable by its owner alone, and prove that whole."""
    if not copy.is_file():
        raise FileNotFoundError(2, "there is no such file")
    if target.exists() and copy.samefile(target):
        raise StoreError("it is the database which is in use; name a copy of it")
    _remove(part)
    descriptor = ownership.make(part, like=target if target.exists() else target.parent)
    if descriptor is None:
        raise FileExistsError(17, f"{part} is there again; another restore is running")
    os.close(descriptor)
    # A copy by itself may lie where nothing can be written, and SQLite would want a companion for it.
    alone = "" if copy.with_name(copy.name + "-wal").exists() else "&immutable=1"
    place = f"{copy.absolute().as_uri()}?mode=ro{alone}"
    with closing(sqlite3.connect(place, uri=True)) as source, closing(sqlite3.connect(part)) as fresh:
        source.backup(fresh)
        [(verdict,)] = fresh.execute("PRAGMA integrity_check(1)").fetchall()
        if verdict != "ok":
            raise sqlite3.DatabaseError("the copy is damaged")
        if not fresh.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()[0]:
            raise sqlite3.DatabaseError("the copy is no infogov database")


def _no_companions(part: Path) -> None:
    """Raise unless everything that was prepared is in the one file."""
    with closing(sqlite3.connect(part)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    if any(_companion(part, tail).exists() for tail in COMPANIONS):
        raise StoreError(f"another program has {part} open; end it and try again")


def _swap(part: Path, target: Path, stamp: str) -> Path | None:
    """Move the database and what belongs to it out of the way, and *part* in; where that fails, all is as it was."""
    if not target.exists():
        # Where a restore was cut off the log may lie here still of the file that was put aside: SQLite would take it for the copy's.
        earlier = [path for path in left_by_a_restore(target) if PUT_ASIDE in path.name]
        _move(target, earlier[-1] if earlier else target.with_name(f"{target.name}{PUT_ASIDE}{stamp}"))
        part.replace(target)
        return None
    aside = target.with_name(f"{target.name}{PUT_ASIDE}{stamp}")
    try:
        _move(target, aside)
        part.replace(target)
    except OSError:
        _move(aside, target)
        raise
    return aside


def _move(one: Path, other: Path) -> None:
    for tail in ("", *COMPANIONS):
        if _companion(one, tail).exists():
            _companion(one, tail).replace(_companion(other, tail))


def _remove(part: Path) -> None:
    for tail in ("", *COMPANIONS):
        with suppress(OSError):
            _companion(part, tail).unlink(missing_ok=True)


def _companion(database: Path, tail: str) -> Path:
    return database.with_name(database.name + tail)


def _said(error: OSError | sqlite3.Error | InfogovError) -> str:
    if isinstance(error, InfogovError):
        return str(error).removesuffix("; nothing was changed").rstrip(".")
    return (error.strerror or "it can't be read") if isinstance(error, OSError) else in_words(error)
