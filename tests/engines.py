"""The two databases a test of the store runs on: SQLite files, and databases of a private PostgreSQL cloned from a finished one."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol

import psycopg
import pytest

from pipeline.store import Store

if TYPE_CHECKING:
    from servers.postgres import Postgres

# For what only one of the two has; every other test runs on both.
sqlite_only = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
postgresql_only = pytest.mark.parametrize("database_engine", ["postgresql"], indirect=True)


class RefusedError(Exception):
    """The database takes no such value, whoever writes it."""


class Databases(Protocol):
    """Where the databases of tests live: one for each folder."""

    def address(self, folder: Path, *, empty: bool = False) -> str:
        """The address of *folder*'s database, made when it is asked for first: finished, or *empty* of everything."""
        ...

    def by_hand(self, folder: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run *statement* (marks: ?) as somebody with a shell would: past the store, foreign keys off. Raises RefusedError."""
        ...

    def copy(self, source: Path, target: Path) -> None:
        """Make *target*'s database a copy of *source*'s, which nobody uses."""
        ...


@cache
def _finished() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "infogov.db"
        Store.open(f"sqlite:///{file}").close()
        return file.read_bytes()


def finished(file: Path) -> Path:
    """Make *file* a database of this program's schema with nothing in it, where there is none; migrated once a run, which has its own tests."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_finished())
    return file


class Files:
    """SQLite."""

    def __init__(self) -> None:
        self._empty: set[Path] = set()

    @staticmethod
    def path(folder: Path) -> Path:
        """The database's file."""
        return folder / "infogov.db"

    def address(self, folder: Path, *, empty: bool = False) -> str:
        """A file below *folder*."""
        if empty:
            self._empty.add(folder)
        return f"sqlite:///{self.path(folder) if folder in self._empty else finished(self.path(folder))}"

    def by_hand(self, folder: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Past the store."""
        with closing(sqlite3.connect(self.path(folder))) as connection:
            rows = connection.execute(statement, values).fetchall()
            connection.commit()
        return rows

    def copy(self, source: Path, target: Path) -> None:
        """Copy the file."""
        shutil.copy(self.path(source), self.path(target))


class Cluster:
    """PostgreSQL."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._names: dict[Path, str] = {}
        self._finished = server.create()
        Store.open(server.url(self._finished)).close()

    def address(self, folder: Path, *, empty: bool = False) -> str:
        """A database of *folder*'s own."""
        if folder not in self._names:
            self._names[folder] = self._server.create("template0" if empty else self._finished)
        return self._server.url(self._names[folder])

    def by_hand(self, folder: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Past the store, as the superuser."""
        # SQLite takes a text in any column when it is told that it is one; PostgreSQL finds the column's type by itself.
        told = re.sub(r"CAST\(\? AS TEXT\)", "?", statement).replace("?", "%s")
        try:
            with closing(self._server.connect(self._names[folder])) as connection:
                connection.execute("SET session_replication_role = replica")
                cursor = connection.execute(told, values or None)  # type: ignore[arg-type] - tests write their own statements
                return cursor.fetchall() if cursor.description else []
        except (psycopg.DataError, psycopg.errors.DatatypeMismatch, psycopg.errors.NotNullViolation) as error:
            raise RefusedError(str(error)) from error

    def copy(self, source: Path, target: Path) -> None:
        """Clone the database."""
        if target in self._names:
            self._server.drop(self._names[target])
        self._names[target] = self._server.create(self._names[source])

    def forget(self) -> None:
        """Remove what tests have made so far."""
        for name in self._names.values():
            self._server.drop(name)
        self._names.clear()


def ask(url: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Run *statement* (marks: ?) on the database at *url*, past the product, and commit."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)) as file:
            return file.execute(statement, values).fetchall()
    with closing(psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)) as connection:
        cursor = connection.execute(statement.replace("?", "%s"), values or None)  # type: ignore[arg-type] - tests write their own statements
        return cursor.fetchall() if cursor.description else []


class _Current:
    """The engine that tests run on now."""

    def __init__(self) -> None:
        self.databases: Databases = Files()


CURRENT = _Current()
