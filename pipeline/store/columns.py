"""The types of our columns, so that both databases keep, compare and order the same values in the same way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime, String, Text, TypeDecorator

from pipeline.store.faults import storable

if TYPE_CHECKING:
    from sqlalchemy import Dialect
    from sqlalchemy.types import TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in, an aware instant in UTC out, whatever the driver does; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC; SQLite keeps it without its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: every instant in infogov is aware")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the instant back, aware, in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _Words(TypeDecorator[str]):
    """Text of any length, ordered by its characters' numbers; NUL and lone surrogates, which not every database holds, become U+FFFD.

    SQLite knows no other order and no limit, so PostgreSQL gets its "C" collation and the type text.
    """

    impl: type[String] = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type as *dialect* has it."""
        return Text(collation="C") if dialect.name == "postgresql" else self.impl_instance

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what can't be stored."""
        del dialect
        return storable(value) if isinstance(value, str) else value


class Words(_Words):
    """Text that people or servers wrote."""

    cache_ok = True


class Code(_Words):
    """A short text of ours, such as a state or a digest; *length* says how long the longest is meant to be."""

    impl = String
    cache_ok = True
