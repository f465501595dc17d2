"""INSERT that lets an existing row stand: the unique key decides, never a look beforehand."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam, literal_column, update
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection, Update
    from sqlalchemy import Table as PlainTable

    from pipeline.store.schema import Table


def insert_or_leave(connection: Connection, table: type[Table], *key: str) -> Any:  # noqa: ANN401 - the two dialects' Insert classes share no public base with on_conflict
    """An INSERT … ON CONFLICT (*key*) DO NOTHING for *table* in the connection's dialect; without *key*, for any unique key.

    A conflict on another key is an error, as it should be: the caller would take it for the one it expects.
    """
    return _insert(connection.dialect.name, table, key)


# Making a statement anew takes several times as long as running it: those that run for every mail are made once, and given their values.


def plain(table: type[Table]) -> PlainTable:
    """*table* without its class: statements on it skip what SQLAlchemy does for objects."""
    return table.metadata.tables[table.__tablename__]


@cache
def _insert(dialect_name: str, table: type[Table], key: tuple[str, ...]) -> Any:  # noqa: ANN401 - as above
    dialect = postgresql if dialect_name == "postgresql" else sqlite
    statement = dialect.insert(plain(table)).on_conflict_do_nothing(index_elements=key or None)
    # Whether a row was made is told by the count, which SQLAlchemy else keeps for UPDATE and DELETE alone.
    return statement.execution_options(preserve_rowcount=True)


@cache
def insert_or_leave_and_tell(dialect_name: str, table: type[Table], *key: str) -> Any:  # noqa: ANN401 - as above
    """The same INSERT, giving back the id of the row it made; run it with the row as parameters."""
    return _insert(dialect_name, table, key).returning(plain(table).c.id)


@cache
def change_by_id(table: type[Table]) -> Update:
    """An UPDATE of the row with the id ``of``; run it with ``of`` and the new values as parameters."""
    rows = plain(table)
    return update(rows).where(rows.c.id == bindparam("of"))


def among(column: Any, words: Iterable[str]) -> ColumnElement[bool]:  # noqa: ANN401 - an attribute of the schema's classes
    """*column* IN (*words*), for our own words: written out, for SQLAlchemy makes the text of an IN with parameters anew each time."""
    return cast("ColumnElement[bool]", column.in_([literal_column(f"'{word}'") for word in sorted(words)]))
