"""Rows that a transaction holds against other writers until it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Connection, Select

_Query = TypeVar("_Query", bound="Select[*tuple[Any, ...]]")


def held(connection: Connection, query: _Query, *tables: Any) -> _Query:  # noqa: ANN401 - classes of the schema
    """*query*, taking the rows it finds (of *tables*, where it joins several) for this transaction alone.

    On SQLite a writer has the whole database anyway; a transaction that only looks may hold nothing. What only refers
    to these rows by a foreign key doesn't wait for us (FOR NO KEY UPDATE).
    """
    if not connection.get_execution_options().get("infogov_write"):
        return query
    return query.with_for_update(key_share=True, of=tables or None)
