"""The queue of cases: any filter, three orders both ways, page after page by the last row's key, so that page 1,000 costs what page 1 does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, tuple_

from pipeline.domain.errors import UsageError
from pipeline.store import schema
from pipeline.store.listing_records import QueuePage, QueueRow, Sort
from pipeline.store.reading.narrowing import conditions, few_beside_the_order, in_area

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from pipeline.store.listing_records import QueueFilter, Viewer

R, Q = schema.Request, schema.Question

_COLUMNS = tuple(getattr(R, name) for name in QueueRow.__slots__)
_KEYS: dict[Sort, tuple[Any, ...]] = {
    Sort.DUE: (R.due_on, R.id),
    Sort.RECEIVED: (R.received_on, R.id),
    Sort.REFERENCE: (R.reference,),
}
_CURSOR = re.compile(r"([ab])\.([A-Za-z0-9/-]{1,40})(?:\.([0-9]{1,18}))?", re.ASCII)
_LARGEST_PAGE = 1_000
_FEW = 2_000


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in a list: right *after*, or before, the row with this *key*."""

    after: bool
    key: tuple[Any, ...]


class Queue:
    """Cases as lists show them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(self, wanted: QueueFilter, viewer: Viewer, after: str | None = None, size: int = 50) -> QueuePage:
        """A page of at most *size* (up to 1,000) cases; *after* is a page's ``next`` or ``previous``. Raises UsageError for another one.

        One query; two where a service area is asked for.
        """
        few = few_beside_the_order(wanted)
        return page_of(self._connection, self.select(wanted, viewer), wanted, after, size, few=few)

    def every(self, wanted: QueueFilter, viewer: Viewer, batch: int = _LARGEST_PAGE) -> Iterator[QueueRow]:
        """All cases of a filter in its order; a query for each *batch* of them."""
        at: str | None = None
        while True:
            found = self.page(wanted, viewer, at, batch)
            yield from found.rows
            if found.next is None:
                return
            at = found.next

    def count(self, wanted: QueueFilter, viewer: Viewer, at_most: int = 1_000) -> int:
        """How many cases a filter leaves; never more than *at_most*, which then means "so many or more".

        One query; two where a service area is asked for.
        """
        inner = self.select(wanted, viewer).with_only_columns(R.id).limit(at_most).subquery()
        return self._connection.scalar(select(func.count()).select_from(inner)) or 0

    def select(self, wanted: QueueFilter, viewer: Viewer) -> Select[Any]:
        """The statement for a filter, before order and page."""
        query = select(*_COLUMNS).where(*conditions(wanted, viewer))
        if wanted.service_area is not None:
            inner = select(Q.request_id).where(Q.service_area == wanted.service_area).limit(_FEW + 1).subquery()
            few = (self._connection.scalar(select(func.count()).select_from(inner)) or 0) <= _FEW
            query = query.where(in_area(wanted.service_area, few=few))
        return query


def page_of(
    connection: Connection, query: Select[Any], wanted: QueueFilter, after: str | None, size: int, *, few: bool
) -> QueuePage:
    """Cut a page out of *query* (over the columns of QueueRow) in the order of *wanted*; *few* says that it leaves few cases. One query."""
    size = max(1, min(size, _LARGEST_PAGE))
    keys = _KEYS[wanted.sort]
    if few:
        # No index knows this for the column, so none is walked for the order's sake.
        keys = (func.coalesce(keys[0], keys[0]), *keys[1:])
    place = None if after is None else _read_cursor(after, wanted.sort)
    # A page before a place is read backwards from it and turned round.
    backwards = place is not None and not place.after
    descending = wanted.descending != backwards
    if place is not None:
        query = query.where(_beyond(keys, place.key, descending=descending))
    ordered = query.order_by(*(key.desc() if descending else key for key in keys))
    rows = [QueueRow(**row) for row in connection.execute(ordered.limit(size + 1)).mappings()]
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    goes_on, came_from = (True, more) if backwards else (more, place is not None)
    return QueuePage(
        rows=tuple(rows),
        next=_cursor("a", rows[-1], wanted.sort) if rows and goes_on else None,
        previous=_cursor("b", rows[0], wanted.sort) if rows and came_from else None,
    )


def _beyond(keys: Sequence[Any], values: Sequence[Any], *, descending: bool) -> ColumnElement[bool]:
    left: Any = tuple_(*keys) if len(keys) > 1 else keys[0]
    right: Any = tuple_(*values) if len(values) > 1 else values[0]
    found: ColumnElement[bool] = left < right if descending else left > right
    return found


def _cursor(way: str, row: QueueRow, sort: Sort) -> str:
    if sort is Sort.REFERENCE:
        return f"{way}.{row.reference}"
    day = row.due_on if sort is Sort.DUE else row.received_on
    return f"{way}.{day.isoformat()}.{row.id}"


def _read_cursor(written: str, sort: Sort) -> _Place:
    found = _CURSOR.fullmatch(written)
    wrong = UsageError("This page of the list can't be found again. Begin the list anew.")
    if found is None or (found[3] is None) is not (sort is Sort.REFERENCE):
        raise wrong
    if sort is Sort.REFERENCE:
        return _Place(found[1] == "a", (found[2],))
    try:
        return _Place(found[1] == "a", (date.fromisoformat(found[2]), int(found[3])))
    except ValueError:
        raise wrong from None
