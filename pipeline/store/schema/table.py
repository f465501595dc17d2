"""What every table shares: typed classes whose attributes are plain columns. Type checkers see SQLAlchemy's declarative classes.

At run time its half for objects (``sqlalchemy.orm``) is left away: no object of a table is ever made, and it costs 7 MB.
"""

from __future__ import annotations

from datetime import date, datetime
from types import NoneType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, get_args, get_type_hints

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Integer, LargeBinary, MetaData
from sqlalchemy import Table as PlainTable
from sqlalchemy.types import TypeEngine

from pipeline.store.columns import UtcDateTime, Words

__all__ = ["NAMING", "Mapped", "Table", "aliased", "mapped_column"]

# Fixed names, so that a migration on either database can speak of a constraint.
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_METADATA = MetaData(naming_convention=NAMING)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause
    from sqlalchemy.orm import DeclarativeBase, Mapped, aliased, mapped_column

    class Table(DeclarativeBase):
        """What every table shares."""

        metadata: ClassVar[MetaData] = _METADATA

else:
    _KINDS = {
        bool: Boolean,
        bytes: LargeBinary,
        date: Date,
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        int: Integer,
        list[str]: JSON,
        str: Words,
    }
    _Kind = TypeVar("_Kind")

    class Mapped(Generic[_Kind]):
        """A column's annotation: the type of its values, with None where it may be empty."""

    class mapped_column:  # noqa: N801 - SQLAlchemy's name for it
        """What a column has besides its annotation: a type of its own, keys, defaults."""

        def __init__(self, *arguments: object, **options: object) -> None:
            self.arguments, self.options = arguments, options

        def column(self, name: str, hint: object) -> Column:
            """The column *name*, whose annotation in ``Mapped`` is *hint*."""
            kinds = get_args(hint) if NoneType in get_args(hint) else (hint,)
            arguments = self.arguments
            # A foreign key has the type of the column that it points to.
            if not isinstance(next(iter(arguments), None), TypeEngine | ForeignKey | type):
                arguments = (_KINDS[kinds[0]], *arguments)
            return Column(name, *arguments, **{"nullable": NoneType in kinds, **self.options})

    class _Tables(type):
        """Lets a class of ours stand in a statement for its table."""

        def __clause_element__(cls) -> PlainTable:
            return cls.__table__

    class Table(metaclass=_Tables):
        """What every table shares."""

        metadata = _METADATA

        def __init_subclass__(cls) -> None:
            columns = [
                getattr(cls, name, mapped_column()).column(name, *get_args(hint))
                for name, hint in get_type_hints(cls).items()
            ]
            more = getattr(cls, "__table_args__", ())
            cls.__table__ = PlainTable(cls.__tablename__, cls.metadata, *columns, *more)
            for column in cls.__table__.columns:
                setattr(cls, column.name, column)

    class aliased:  # noqa: N801 - SQLAlchemy's name for it
        """A table once more in the same statement, under another name."""

        def __init__(self, table: type[Table]) -> None:
            self._alias = table.__table__.alias()

        def __clause_element__(self) -> FromClause:
            return self._alias

        def __getattr__(self, name: str) -> ColumnElement:
            if name not in self._alias.c:
                raise AttributeError(name)
            return self._alias.c[name]
