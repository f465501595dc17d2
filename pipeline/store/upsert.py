"""INSERT that lets an existing row stand: the unique key decides, never a look beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from pipeline.store.schema import Table


def insert_or_leave(connection: Connection, table: type[Table], *key: str) -> Any:  # noqa: ANN401 - the two dialects' Insert classes share no public base with on_conflict
    """An INSERT … ON CONFLICT (*key*) DO NOTHING for *table* in the connection's dialect; without *key*, for any unique key.

    A conflict on another key is an error, as it should be: the caller would take it for the one it expects.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).on_conflict_do_nothing(index_elements=key or None)
    # Whether a row was made is told by the count, which SQLAlchemy else keeps for UPDATE and DELETE alone.
    return statement.execution_options(preserve_rowcount=True)
