"""What the database can't take: its errors in one sentence that says what mends them, and text that no column can hold."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from pipeline.domain.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

# What SQLite says, and what a person can do about it.
_REMEDIES = (
    ("unable to open database file", "check that the path is right and that this user may write to its folder"),
    ("readonly database", "this user may not write to the file or its folder; mend their permissions"),
    ("file is not a database", "the file is something else; name another one, or restore a backup"),
    ("malformed", "the file is damaged; stop infogov and restore the last backup, as deploy/RUNBOOK.md says"),
    ("disk is full", "make room on the disk"),
    ("disk i/o error", "look at the disk and at the system's log"),
    ("database is locked", "another program keeps the database busy; find and stop it"),
)


# NUL, which PostgreSQL refuses, and lone surrogates, which no UTF-8 column can hold.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """*text* fit for a text column, for words of servers and of errors: they must never cost the row that tells how an attempt went."""
    return _UNSTORABLE.sub("\ufffd", text)


@contextmanager
def plainly(doing: str = "the database could not do this") -> Iterator[None]:
    """Raise StoreError, beginning with *doing*, for whatever SQLAlchemy raises inside; the original is kept as the cause."""
    try:
        yield
    except SQLAlchemyError as error:
        raise StoreError(f"{doing}: {in_words(error)}; nothing was changed") from error


def in_words(error: Exception) -> str:
    """The driver's own first line, without statement or parameters (they hold people's words), and a remedy where one is known."""
    original = getattr(error, "orig", None)
    if original is None and isinstance(error, SQLAlchemyError):
        return type(error).__name__
    said = (str(original or error).splitlines() or ["no reason given"])[0]
    remedy = next((remedy for sign, remedy in _REMEDIES if sign in said.lower()), "")
    return f"{said} ({remedy})" if remedy else said
