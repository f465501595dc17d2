"""Several changes in one statement, where the database is a journey away: on PostgreSQL each journey costs more than most changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import BindParameter, Insert, bindparam, exists, func, literal_column, select
from sqlalchemy.sql.visitors import iterate, replacement_traverse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Connection, Select, Update


@dataclass(frozen=True, slots=True)
class Change:
    """A statement on a plain table that is made once, and its *values*: the parameters it names, and the columns it sets."""

    statement: Update | Insert
    values: Mapping[str, Any]


def together(connection: Connection, first: Change, *others: Change) -> list[int]:
    """Make *first*, and *others* only where it changed a row; returns how many rows each changed.

    No two may change the same row: within one statement of PostgreSQL none sees what another did (its manual, section 7.8.4).
    """
    changes = (first, *others)
    if connection.dialect.name != "postgresql" or not others:
        done = [connection.execute(first.statement, first.values).rowcount]
        for each in others:
            done.append(connection.execute(each.statement, each.values).rowcount if done[0] else 0)
        return done
    joined = _joined(tuple((each.statement, tuple(each.values)) for each in changes))
    values = {_named(at, name): value for at, each in enumerate(changes) for name, value in each.values.items()}
    return list(connection.execute(joined, values).one())


def _named(at: int, name: str) -> str:
    return f"of_{at}_{name}"


@cache
def _joined(shape: tuple[tuple[Update | Insert, tuple[str, ...]], ...]) -> Select[*tuple[int, ...]]:
    """One statement for changes of this shape, giving the number of rows of each."""
    made: list[Any] = []
    for at, (statement, names) in enumerate(shape):
        condition = exists(select(made[0])) if made else None
        if isinstance(statement, Insert):
            change: Insert | Update = _insert(statement, names, at, condition)
        else:
            change = _update(statement, names, at, condition)
        made.append(change.returning(literal_column("1").label("one")).cte(f"change_{at}"))
    return select(*[select(func.count()).select_from(each).scalar_subquery() for each in made])


def _insert(statement: Insert, names: tuple[str, ...], at: int, condition: ColumnElement[bool] | None) -> Insert:
    """The row, with parameters named after its place among the changes: as a selection of one row, or of none."""
    columns = statement.table.c
    row = select(*[bindparam(_named(at, name), type_=columns[name].type) for name in names])
    return statement.from_select(names, row if condition is None else row.where(condition))


def _update(statement: Update, names: tuple[str, ...], at: int, condition: ColumnElement[bool] | None) -> Update:
    """*statement*, with parameters named after its place among the changes."""
    asked = {each.key for each in iterate(statement) if isinstance(each, BindParameter)}.intersection(names)

    def renamed(element: Any, **_: Any) -> Any:  # noqa: ANN401 - whatever a statement is made of
        if isinstance(element, BindParameter) and element.key in asked:
            return bindparam(_named(at, element.key), type_=element.type)
        return None

    columns: dict[str, Any] = {name: bindparam(_named(at, name)) for name in names if name not in asked}
    copy = cast("Update", replacement_traverse(statement, {}, renamed))
    copy = copy.values(columns) if columns else copy
    return copy if condition is None else copy.where(condition)
