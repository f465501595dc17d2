"""Rows that are made together, because their ids were drawn ahead: for PostgreSQL, where making each by itself is a journey.

They are in the database before anything else is asked of it or told to it in their transaction, so nobody there misses them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, bindparam, cast, func, insert, join, select, true
from sqlalchemy.dialects.postgresql import REGCLASS

from pipeline.store import schema
from pipeline.store.engine import PUT_OFF
from pipeline.store.upsert import plain

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from pipeline.store.schema import Table

# In the order in which they may refer to each other.
_TABLES: tuple[type[Table], ...] = (schema.Request, schema.Outbox)
_INSERTS = {table: insert(plain(table)) for table in _TABLES}
# The sequences are looked up once, not for each row.
_SEQUENCES = select(
    *[
        cast(func.pg_get_serial_sequence(each.__tablename__, "id"), REGCLASS).label(each.__tablename__)
        for each in _TABLES
    ]
).cte("sequences")
_TIMES = func.generate_series(1, bindparam("count", type_=Integer)).table_valued("time")
_DRAWN = select(*[func.nextval(each).label(each.name) for each in _SEQUENCES.c]).select_from(
    join(_SEQUENCES, _TIMES, true())
)


class Ahead:
    """The ids drawn ahead in one transaction, and the rows that have taken one and are not written yet."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ids: defaultdict[type[Table], list[int]] = defaultdict(list)
        self._rows: defaultdict[type[Table], list[dict[str, Any]]] = defaultdict(list)

    def draw(self, count: int) -> bool:
        """Draw ids for *count* requests and as many letters; False on SQLite, which is no journey away. Those not taken are never used."""
        if self._connection.dialect.name != "postgresql":
            return False
        for drawn in self._connection.execute(_DRAWN, {"count": count}).mappings():
            for table in _TABLES:
                self._ids[table].append(drawn[table.__tablename__])
        return True

    def put(self, table: type[Table], row: dict[str, Any]) -> int | None:
        """Give *row* an id and write it with its like; None where no id is left, and then nothing is done.

        A unique key that it meets is an error for the whole transaction: what may be there already is looked for before.
        """
        if not self._ids[table]:
            return None
        taken = self._ids[table].pop(0)
        self._rows[table].append({"id": taken, **row})
        self._connection.info[PUT_OFF] = self.write_down
        return taken

    def write_down(self) -> None:
        """Write what was put off; the engine does it before any other statement, and whoever ends the transaction."""
        self._connection.info.pop(PUT_OFF, None)
        waiting, self._rows = self._rows, defaultdict(list)
        for table in _TABLES:
            if waiting[table]:
                self._connection.execute(_INSERTS[table], waiting[table])
