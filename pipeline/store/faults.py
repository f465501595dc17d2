"""What the database can't take: its errors in one sentence that says what mends them, and text that no column can hold."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from pipeline.domain.errors import BusyError, StoreError, UnfitError

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOO_LARGE = "a number is too large for anything there is; look it up again"
_LOST = "the connection is made again by itself; if it stays away, look at the PostgreSQL server and its log"
_ROOM = "make room on the database server's disk"
READ_ONLY = (
    "this is a read-only copy of the database, or it was set read-only; name the primary server in [database] url"
)
_NOTHING_CHANGED = "; nothing was changed"
_POOL_EMPTY = "every connection of this process is in use, and none came free in time"
# What the databases say, and what a person can do about it.
_REMEDIES = (
    ("unable to open database file", "check that the path is right and that this user may write to its folder"),
    ("readonly database", "this user may not write to the file or its folder; mend their permissions"),
    ("file is not a database", "the file is something else; name another one, or restore a backup"),
    ("malformed", "the file is damaged; stop infogov and restore the last backup, as deploy/RUNBOOK.md says"),
    ("disk is full", "make room on the disk"),
    ("no space left", _ROOM),
    ("file too large", _ROOM),
    ("temp_file_limit", _ROOM),
    ("could not write to file", _ROOM),
    ("disk i/o error", "look at the disk and at the system's log"),
    ("database is locked", "another program keeps the database busy; find and stop it"),
    ("password authentication failed", "mend the user or password in [database] url, or the server's pg_hba.conf"),
    ("no password supplied", "put the password into [database] url, or into ~/.pgpass"),
    ("no pg_hba.conf entry", "the server doesn't let this machine in; add it to pg_hba.conf"),
    ("not yet accepting connections", _LOST),
    ("in recovery mode", _LOST),
    ("too many connections", "let the user of [database] url have more connections, or run fewer workers"),
    (
        "not currently accepting connections",
        "let connections to this database in again: ALTER DATABASE ... ALLOW_CONNECTIONS",
    ),
    ("is not permitted to log in", "let the user of [database] url log in again: ALTER ROLE ... LOGIN"),
    ("fatal:  database", "make it on the PostgreSQL server, as deploy/RUNBOOK.md says, or mend [database] url"),
    ("fatal:  role", "make it on the PostgreSQL server, as deploy/RUNBOOK.md says, or mend [database] url"),
    ("permission denied", "the user of [database] url must own the database and its tables"),
    ("read-only transaction", READ_ONLY),
    *(
        (sign, "the tables are not as infogov made them; run infogov doctor, and restore a backup if it can't help")
        for sign in ("does not exist", "no such table", "no such column", "has no column named")
    ),
    ("conflict with recovery", READ_ONLY),
    ("did not answer in", "look at the PostgreSQL server: it takes connections and does not get on with them"),
    ("connection refused", "check that the PostgreSQL server runs and that [database] url names its host and port"),
    ("could not translate host name", "mend the host in [database] url"),
    ("failed to resolve host", "mend the host in [database] url"),
    ("connection timeout", "check that the PostgreSQL server can be reached from here"),
    ("too many clients", "raise max_connections on the PostgreSQL server, or run fewer workers"),
    ("remaining connection slots", "raise max_connections on the PostgreSQL server, or run fewer workers"),
    ("out of range", _TOO_LARGE),
    ("index row size", "a value is too long to be looked up; shorten it"),
    ("deadlock detected", "two changes met and this one was undone; do it again"),
    ("could not serialize", "two changes met and this one was undone; do it again"),
    ("lock timeout", "another change takes too long; do it again, and look for a program that hangs"),
    ("statement timeout", "the database is too busy; do it again later"),
    ("idle-in-transaction", "this program stood still for too long in the middle of its work; do it again"),
    ("terminating connection", _LOST),
    ("server closed the connection", _LOST),
    ("connection reset", _LOST),
    ("could not receive data", _LOST),
    ("connection is lost", _LOST),
    ("is starting up", _LOST),
    ("is shutting down", _LOST),
)
# SQLSTATEs (PostgreSQL's manual, appendix A) after which the same again may well work: 40 rolled back (deadlock, serialization),
# 55P03 lock timeout, 57P01 to 57P05 shut down or starting, 53300 too many connections, 08 connection, 25P03 stood still too long.
_PASSING = re.compile(r"40...|55P03|57P0[1-5]|57014|53300|08...|25P03")

# NUL, which PostgreSQL refuses, and lone surrogates, which no UTF-8 column can hold.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """*text* fit for a text column, for words of servers and of errors: they must never cost the row that tells how an attempt went."""
    return _UNSTORABLE.sub("\ufffd", text)


@contextmanager
def plainly(doing: str = "the database could not do this") -> Iterator[None]:
    """Raise StoreError, beginning with *doing*, for whatever SQLAlchemy raises inside; the original is kept as the cause.

    BusyError where the same again is likely to work, UnfitError where the fault is in what was to be written.
    """
    try:
        yield
    except SQLAlchemyError as error:
        unfit = isinstance(error, DataError | IntegrityError) or "index row size" in str(error.args).lower()
        kind = BusyError if _passes(error) else UnfitError if unfit else StoreError
        said = _said(error)
        raise kind(f"{doing}: {in_words(error)}{_NOTHING_CHANGED}", remedy=_remedy(said)) from error
    except OverflowError as error:
        # SQLite's driver refuses a number that no column can hold; PostgreSQL says "out of range".
        raise UnfitError(f"{doing}: {_TOO_LARGE}{_NOTHING_CHANGED}") from error


def perhaps_done(error: BusyError) -> BusyError:
    """The same *error* of a commit in words that don't promise too much: where the server's answer to it was lost, it may have been done."""
    cause = error.__cause__
    if not (isinstance(cause, DBAPIError) and cause.connection_invalidated):
        return error
    told = str(error).removesuffix(_NOTHING_CHANGED)
    return BusyError(f"{told}; it may have been done all the same: look before you do it again", remedy=error.remedy)


def _passes(error: SQLAlchemyError) -> bool:
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    said = str(error.orig).lower()
    state = getattr(error.orig, "sqlstate", None)
    # A connection that can't be made has no SQLSTATE.
    away = state is None and ("connection" in said or "connect" in said) and hasattr(error.orig, "sqlstate")
    return error.connection_invalidated or away or bool(_PASSING.fullmatch(state or "")) or "database is locked" in said


def in_words(error: Exception) -> str:
    """The driver's own first line, without statement or parameters (they hold people's words), and a remedy where one is known."""
    said = _said(error)
    remedy = _remedy(said)
    return f"{said} ({remedy})" if remedy else said


def _said(error: Exception) -> str:
    original = getattr(error, "orig", None)
    if original is None and isinstance(error, SQLAlchemyError):
        return _POOL_EMPTY if isinstance(error, PoolTimeoutError) else type(error).__name__
    return (str(original or error).splitlines() or ["no reason given"])[0]


def _remedy(said: str) -> str:
    return next((remedy for sign, remedy in _REMEDIES if sign in said.lower()), "")
