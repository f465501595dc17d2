"""Where a database is: its address taken apart, and whether a file that is missing or empty there may be the beginning of one."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from pipeline.domain.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from sqlalchemy import URL

# What a restore leaves beside the database while it is at it (``restoring``).
READY_NEXT_TO_IT = ".restoring"
PUT_ASIDE = ".before-restore-"
COMPANIONS = ("-wal", "-shm")
# Somebody who makes a new file holds it empty for a moment.
_MAKING_SECONDS = 5.0
_TURN_SECONDS = 0.05


def parsed(address: str) -> URL:
    """Take *address* apart. Raises ConfigurationError; the address itself may hold a password and is not repeated."""
    try:
        return make_url(address)
    except (ArgumentError, ValueError) as error:
        # A port that is no number is a ValueError of SQLAlchemy's.
        text = "[database] url: this is not a database address; write for instance sqlite:///infogov.db"
        raise ConfigurationError((text,)) from error


def is_there(url: URL) -> bool:
    """Whether there is a database at *url*: for SQLite whether the file exists; a server is asked when it is opened."""
    place = Path(url.database or "")
    # Where a folder on the way is a file, or closed to us, opening says so in better words.
    blocked = place.parent.exists() and not place.parent.is_dir()
    return url.get_backend_name() != "sqlite" or place.exists() or blocked


def same(one: URL, other: URL) -> bool:
    """Whether both lead to one database, for SQLite however the path is spelt and whatever links are on the way."""
    if one.get_backend_name() != "sqlite" or other.get_backend_name() != "sqlite":
        return one == other
    first, second = Path(one.database or ""), Path(other.database or "")
    try:
        return first.samefile(second)
    except OSError:
        return first.resolve() == second.resolve()


def check_beginning(url: URL) -> None:
    """Raise StoreError where a SQLite file is missing or empty and has not always been: nobody is to be acknowledged again.

    A restore that was cut off (a power cut, a kill) between moving the old file aside and putting the new one in its place leaves none; a
    disk that was full, or a hand, leaves an empty one. Infogov's own are never empty but for the moment in which they are made.
    """
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    place = Path(url.database)
    try:
        if place.exists():
            if _stays_empty(place):
                raise StoreError(
                    f"the database {place} is an empty file: what was in it is gone. Stop infogov, remove the file and say infogov db restore"
                    " FILE with the last copy; where there never was a database, remove the file and start again"
                )
            return
        left = left_by_a_restore(place)
    except OSError:
        return  # Opening says what is wrong with the folder, or the file.
    if left:
        before = f"; or move {left[-1].name} to {place.name}, its -wal and -shm likewise, to have what was there before"
        raise StoreError(
            f"there is no database {place}, and {left[-1].name} lies beside it: a restore was cut off. Say infogov db restore FILE again, with"
            f" the copy{before if PUT_ASIDE in left[-1].name else ''}. For a new database move these files elsewhere:"
            f" {', '.join(path.name for path in left)}"
        )


def _stays_empty(place: Path) -> bool:
    end = time.monotonic() + _MAKING_SECONDS
    while place.is_file() and place.stat().st_size == 0:
        if time.monotonic() >= end:
            return True
        time.sleep(_TURN_SECONDS)
    return False


def left_by_a_restore(place: Path) -> list[Path]:
    """What a restore left beside *place*: the newest of the files that were put aside last, for that one holds the latest."""
    beside = [path for path in place.parent.iterdir() if path.name.startswith(place.name)]
    whole = [path for path in beside if not path.name.endswith(COMPANIONS)]
    unfinished = [path for path in whole if path.name == place.name + READY_NEXT_TO_IT]
    return unfinished + sorted(path for path in whole if path.name.startswith(place.name + PUT_ASIDE))
