"""Many rows of one table in one journey: PostgreSQL else makes each row by itself, and they cost more than what is in them.

The rows go as one JSON text, which the server takes apart. For tables without columns of bytes or JSON.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, bindparam, cast, column, func, insert, select, update
from sqlalchemy.dialects import postgresql

from pipeline.store.faults import storable
from pipeline.store.upsert import insert_or_leave, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, TableValuedAlias

    from pipeline.store.schema import Table

_NUL = "\\u0000"


def insert_many(connection: Connection, table: type[Table], rows: Sequence[Mapping[str, Any]], *key: str) -> None:
    """Insert *rows*, all with the same columns, in their order; with *key* a row that meets one with the same key lets it stand."""
    if connection.dialect.name == "postgresql" and len(rows) > 1:
        connection.execute(_insert(table, tuple(rows[0]), key), {"rows": as_text(rows)})
    elif rows:
        connection.execute(insert_or_leave(connection, table, *key) if key else _single(table), list(rows))


def update_many(connection: Connection, table: type[Table], key: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Set the other columns of *rows* in the row that each names by its *key*."""
    if connection.dialect.name == "postgresql" and len(rows) > 1:
        connection.execute(_update(table, key, tuple(rows[0])), {"rows": as_text(rows)})
    elif rows:
        statement = _update_single(table, key)
        connection.execute(statement, [{("of" if name == key else name): row[name] for name in row} for row in rows])


def as_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """*rows* as JSON. Raises ValueError for an instant without its zone, TypeError for bytes."""
    text = _encoded(rows)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = storable(text)
    if _NUL in text:
        # It may also be what somebody wrote, backslash and all: each value knows.
        text = _encoded([{name: _fit(value) for name, value in row.items()} for row in json.loads(text)])
    return text


def _fit(value: object) -> object:
    if isinstance(value, list):
        return [_fit(one) for one in value]
    return storable(value) if isinstance(value, str) else value


def _told(value: object) -> str:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"naive datetime {value!r}: every instant in infogov is aware")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a table's text")


_encoded = json.JSONEncoder(default=_told, ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def told_rows(table: type[Table], names: Sequence[str], **kinds: Any) -> TableValuedAlias:  # noqa: ANN401 - column types
    """The parameter ``rows`` (``as_text``) as a table with the columns *names*, typed as *table* has them unless *kinds* says otherwise."""
    columns = [column(name, kinds.get(name, plain(table).c[name].type)) for name in names]
    given = func.json_to_recordset(cast(bindparam("rows", type_=Text()), postgresql.JSON))
    return given.table_valued(*columns).render_derived(name="told", with_types=True)


@cache
def _insert(table: type[Table], names: tuple[str, ...], key: tuple[str, ...]) -> Any:  # noqa: ANN401 - as in upsert
    told = told_rows(table, names)
    made = postgresql.insert(plain(table)).from_select(names, select(*[told.c[name] for name in names]))
    return made.on_conflict_do_nothing(index_elements=key) if key else made


@cache
def _single(table: type[Table]) -> Any:  # noqa: ANN401 - as above
    return insert(plain(table))


@cache
def _update(table: type[Table], key: str, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - as above
    told = told_rows(table, names)
    rows = plain(table)
    return update(rows).where(rows.c[key] == told.c[key]).values({name: told.c[name] for name in names if name != key})


@cache
def _update_single(table: type[Table], key: str) -> Any:  # noqa: ANN401 - as above
    rows = plain(table)
    return update(rows).where(rows.c[key] == bindparam("of"))
