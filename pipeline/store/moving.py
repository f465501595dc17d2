"""Moves a whole database into an empty one, on either engine, and proves that nothing was lost or changed on the way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, bindparam, func, insert, select, text, update

from pipeline.domain.errors import StoreError
from pipeline.store import audit
from pipeline.store.index_tables import RequestSearch
from pipeline.store.schema import Table
from pipeline.store.searching import index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Connection
    from sqlalchemy import Table as AnyTable

_BATCH = 500
_BATCH_OF_CONTENT = 4  # each may have tens of megabytes
# Made from the other tables on the spot, in the form that each engine searches best.
_MADE_ANEW = frozenset({RequestSearch.__tablename__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a copy brought over: rows by table, and how many events in how many chains, all of them checked in the new database."""

    rows: dict[str, int]
    events: int
    chains: int


def copy(here: Connection, there: Connection) -> Moved:
    """Copy every row from *here* to *there* within the caller's transactions, and check the result before anything is kept.

    Raises StoreError when *there* holds anything, when the trail *here* doesn't hold, or when the two are not the same afterwards.
    """
    tables = [table for table in Table.metadata.sorted_tables if table.name not in _MADE_ANEW]
    for table in tables:
        if there.execute(select(func.count()).select_from(table)).scalar():
            raise StoreError(f"the new database is not empty (table {table.name}); name an empty one")
    before = audit.verify(here)
    if not before.ok:
        found = f"{len(before.findings)} findings, the first: {before.findings[0]}"
        raise StoreError(f"the trail of this database doesn't hold ({found}); look at it first: infogov audit verify")
    rows = {table.name: _copy_table(here, there, table) for table in tables}
    for _ in index.rebuild(there):
        pass
    after = audit.verify(there)
    if after != before:
        found = after.findings[0] if after.findings else "its chains end elsewhere"
        raise StoreError(f"the copy is not the same as the original: {found}; the copy was given up")
    return Moved(rows=rows, events=after.events, chains=after.chains)


def _copy_table(here: Connection, there: Connection, table: AnyTable) -> int:
    """Copy one table, and read it again where it now is; returns how many rows it has."""
    own = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    number, digest = 0, hashlib.sha256()
    later: list[dict[str, Any]] = []
    # What has no value is to stay without one, and not to become JSON's null.
    absent = {
        c.name: bindparam(c.name, type_=JSON(none_as_null=True)) for c in table.columns if isinstance(c.type, JSON)
    }
    into = insert(table).values({**{c.name: bindparam(c.name) for c in table.columns}, **absent})
    for batch in _batches(here, table):
        for row in batch:
            number += 1
            digest.update(repr(row).encode("utf-8", "backslashreplace"))
        # What points at another row of the same table may point at one that is still to come.
        there.execute(into, [row | dict.fromkeys(column.name for column in own) for row in batch])
        later += [row for row in batch if any(row[column.name] is not None for column in own)]
    key = _key(table)[0]
    for row in later:
        there.execute(update(table).where(key == row[key.name]).values({c.name: row[c.name] for c in own}))
    _go_on_numbering(there, table)
    again, copied = 0, hashlib.sha256()
    for batch in _batches(there, table):
        for row in batch:
            again += 1
            copied.update(repr(row).encode("utf-8", "backslashreplace"))
    if (again, copied.digest()) != (number, digest.digest()):
        raise StoreError(
            f"table {table.name} is not the same after the copy ({number} rows, then {again}); the copy was given up"
        )
    return number


def _key(table: AnyTable) -> list[Column[Any]]:
    return list(table.primary_key.columns)


def _batches(connection: Connection, table: AnyTable) -> Iterator[list[dict[str, Any]]]:
    """All rows in the order of their key, which is the same on both engines, a bounded number at a time."""
    size = _BATCH_OF_CONTENT if "content" in table.columns else _BATCH
    query = select(table).order_by(*_key(table)).execution_options(yield_per=size)
    for batch in connection.execute(query).mappings().partitions():
        yield [dict(row) for row in batch]


def _go_on_numbering(connection: Connection, table: AnyTable) -> None:
    """Let PostgreSQL give the next row the number after the last one copied."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None:
        return
    last = connection.execute(select(func.max(column))).scalar()
    if last is not None:
        sequence = "SELECT setval(pg_get_serial_sequence(:table, :column), :last)"
        connection.execute(text(sequence), {"table": f'"{table.name}"', "column": column.name, "last": last})
