"""What a database has against what this program expects of it: the version in it only says which steps were taken, not what they made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect

from pipeline.store.index_tables import RequestSearch
from pipeline.store.schema import Request

if TYPE_CHECKING:
    from sqlalchemy import Connection


def missing(connection: Connection) -> tuple[str, ...]:
    """The tables ("folder") and columns ("folder.seen_at") that are not there."""
    found = {
        table: {column["name"] for column in columns}
        for (_, table), columns in inspect(connection).get_multi_columns().items()
    }
    lacking: list[str] = []
    # Those of the index stand in modules of their own, under the same metadata as all others.
    for table in {**Request.metadata.tables, **RequestSearch.metadata.tables}.values():
        if table.name not in found:
            lacking.append(table.name)
        else:
            lacking += [
                f"{table.name}.{column.name}" for column in table.columns if column.name not in found[table.name]
            ]
    return tuple(lacking)
