"""Finding cases by words, by reference and by the requester's address, on both databases alike."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Integer, any_, cast, column, func, literal_column, select, table, true
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from pipeline.domain.search_words import DONE_MARK, OPEN_MARK, months_between
from pipeline.domain.search_words import wanted as as_wanted
from pipeline.store import schema
from pipeline.store.index_tables import FULL_TEXT, RequestSearch
from pipeline.store.listing_records import QueuePage
from pipeline.store.reading.narrowing import OPEN, states
from pipeline.store.reading.queue import Queue, page_of
from pipeline.store.searching import index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from pipeline.domain.search_words import Wanted
    from pipeline.store.listing_records import QueueFilter, QueueRow, Viewer

R, S = schema.Request, RequestSearch
FULL_TEXT_TABLE = table(FULL_TEXT, column("rowid"))
# So many hits are put in order at most; where words stand in more cases, the newest of these are.
MOST_HITS = 2_000


class Search:
    """The index of words, and what is found by it. *up_to_date* puts into it what the transaction has made so far."""

    def __init__(self, connection: Connection, up_to_date: Callable[[], None]) -> None:
        self._connection = connection
        self._up_to_date = up_to_date

    # ---- keeping ---------------------------------------------------------------------------------------------------

    def refresh(self, request_id: int) -> None:
        """Bring the index up to date with a case, its questions and its letters, in the transaction that changed them."""
        index.put(self._connection, (request_id,))

    def remove(self, request_id: int) -> None:
        """Take a case's words out of the index."""
        self._up_to_date()
        index.remove(self._connection, (request_id,))

    def tidy(self) -> None:
        """Drop what was removed from the index's pages as well: after cases were erased. Seconds, with a million cases."""
        index.tidy(self._connection)

    # ---- finding ---------------------------------------------------------------------------------------------------

    def find(
        self, typed: str, wanted: QueueFilter, viewer: Viewer, after: str | None = None, size: int = 50
    ) -> QueuePage:
        """A page of the cases in which all that was *typed* is found, among those of the filter and in its order.

        A reference or an address is taken as such; the last word may be a beginning. Where words stand in more than
        2,000 of the cases in the filter's scope and months, the newest 2,000 are looked through and ``more_than`` says
        so. An empty question finds nothing. Two queries, three with a service area (and a setting on PostgreSQL).
        """
        asked = as_wanted(typed)
        if asked.nothing:
            return QueuePage(rows=())
        query = Queue(self._connection).select(wanted, viewer)
        if asked.references:
            ours = select(R.id).where(R.reference.in_(asked.references))
            query = query.where(R.id.in_(ours.union(select(R.id).where(R.own_reference.in_(asked.references)))))
        if asked.addresses:
            query = query.where(R.requester_key.in_(asked.addresses))
        if not asked.words and not asked.beginning:
            return page_of(self._connection, query, wanted, after, size, few=True)
        if asked.references or asked.addresses:
            # These are few, so the words are looked for in them alone, however many other cases have them.
            return page_of(self._connection, query.where(self._has(asked)), wanted, after, size, few=True)
        self._plan_for_these_words()
        hits = self._connection.scalars(self._hits(asked, wanted).limit(MOST_HITS + 1)).all()
        if not hits:
            return QueuePage(rows=())
        query = query.where(self._one_of(hits[:MOST_HITS]))
        found = page_of(self._connection, query, wanted, after, size, few=True)
        return replace(found, more_than=MOST_HITS if len(hits) > MOST_HITS else None)

    def every(self, typed: str, wanted: QueueFilter, viewer: Viewer, batch: int = 1_000) -> Iterator[QueueRow]:
        """All that ``find`` finds, in order; three queries for each *batch*."""
        at: str | None = None
        while True:
            found = self.find(typed, wanted, viewer, at, batch)
            yield from found.rows
            if found.next is None:
                return
            at = found.next

    @property
    def _sqlite(self) -> bool:
        return self._connection.dialect.name == "sqlite"

    def _plan_for_these_words(self) -> None:
        """Have PostgreSQL plan each search for its own words, rare or common, and look its few thousand hits up one by one."""
        if not self._sqlite:
            self._connection.exec_driver_sql(
                "SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL random_page_cost = 1.1"
            )

    def _hits(self, asked: Wanted, wanted: QueueFilter) -> Select[Any]:
        """The ids of the cases that have the words, the newest first; narrowed by the marks of the filter's scope and months."""
        groups: list[tuple[str, ...]] = [(word,) for word in asked.words]
        left = states(wanted)
        if left <= OPEN:
            groups.append((OPEN_MARK,))
        elif not left & OPEN:
            groups.append((DONE_MARK,))
        if months := months_between(wanted.received_from, wanted.received_to):
            groups.append(months)
        if self._sqlite:
            key = FULL_TEXT_TABLE.c.rowid.label("id")
            return select(key).where(_match(groups, asked.beginning)).order_by(FULL_TEXT_TABLE.c.rowid.desc())
        query = select(S.request_id).order_by(S.request_id.desc())
        if (OPEN_MARK,) in groups and asked.beginning:
            # PostgreSQL gathers every case with any word of the beginning first, which may be all; the open ones are few to look at.
            return query.where(_holds(groups, ""), _holds((), asked.beginning).is_(true()))
        return query.where(_holds(groups, asked.beginning))

    def _one_of(self, ids: Sequence[int]) -> ColumnElement[bool]:
        """Whether a case is one of these, given as one value, for a statement takes only so many."""
        if self._sqlite:
            listed = func.json_each(json.dumps(list(ids))).table_valued("value")
            return R.id.in_(select(listed.c.value))
        return R.id == any_(cast(list(ids), ARRAY(Integer)))

    def _has(self, asked: Wanted) -> ColumnElement[bool]:
        """Whether a case has the words."""
        groups = [(word,) for word in asked.words]
        if self._sqlite:
            inner = select(FULL_TEXT_TABLE.c.rowid).where(_match(groups, asked.beginning))
            return inner.where(FULL_TEXT_TABLE.c.rowid == R.id).correlate(R).exists()
        inner = select(S.request_id).where(_holds(groups, asked.beginning))
        return inner.where(S.request_id == R.id).correlate(R).exists()


def _match(groups: Sequence[Sequence[str]], beginning: str) -> ColumnElement[bool]:
    """FTS5's question: every group must have one of its words. The words hold letters, digits and our underscore only, and are quoted."""
    parts = ["(" + " OR ".join(f'"{word}"' for word in group) + ")" for group in groups]
    if beginning:
        parts.append(f'"{beginning}"*')
    return literal_column(FULL_TEXT).op("MATCH")(" AND ".join(parts))


def _holds(groups: Sequence[Sequence[str]], beginning: str) -> ColumnElement[bool]:
    """PostgreSQL's question, likewise; cast and not parsed, so that no dictionary touches the words."""
    parts = ["(" + " | ".join(f"'{word}'" for word in group) + ")" for group in groups]
    if beginning:
        parts.append(f"'{beginning}':*")
    return S.words.op("@@", return_type=Boolean())(cast(" & ".join(parts), TSQUERY))
