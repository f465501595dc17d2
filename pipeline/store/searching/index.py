"""The index of words: what of a case goes into it, and how each database keeps it.

SQLite: an external-content FTS5 table without positions, over ``request_search``. PostgreSQL: a tsvector with a GIN index.
Both get words that are folded and cut already, so neither database's own idea of a word matters.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, bindparam, delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from pipeline.domain.clock_events import received_day
from pipeline.domain.request import Workflow
from pipeline.domain.search_words import indexed, marks
from pipeline.store import schema
from pipeline.store.index_tables import FULL_TEXT, WORDS_INDEX, RequestSearch
from pipeline.store.many import as_text, told_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

R, Q, L, S = schema.Request, schema.Question, schema.Letter, RequestSearch

# Columns by name, never the whole row: the migration that fills the index runs before later ones add theirs.
_COLUMNS = (
    R.id, R.reference, R.own_reference, R.requester_name, R.requester_email, R.topic, R.subject, R.workflow,
    R.received_on,
)  # fmt: skip
_OPEN = frozenset({Workflow.NEW, Workflow.DRAFTING, Workflow.FOR_APPROVAL, Workflow.APPROVED})
# What in a letter's file is a choice from a list or an address, not an officer's words.
_NOT_WORDS = frozenset(
    {"kind", "template", "regime", "reference", "salutation", "requester_name", "outcome", "authority", "link"}
)
_KEPT = frozenset(
    {"reference", "own_reference", "requester_name", "requester_email", "topic", "subject", "received_on", "workflow"}
)
_BATCH = 500

_CREATE = {
    # The ASCII tokenizer leaves every other character alone: our words arrive folded, with blanks between them. The underscore
    # begins a mark. Without positions and sizes the index is a fraction, and no ranking is wanted.
    "sqlite": f"CREATE VIRTUAL TABLE {FULL_TEXT} USING fts5(words, content='request_search', content_rowid='request_id', "
    "detail='none', columnsize=0, prefix='3', tokenize=\"ascii tokenchars '_'\")",
    "postgresql": f"CREATE INDEX {WORDS_INDEX} ON request_search USING gin (words)",
}


def create(connection: Connection) -> None:
    """Make what stands over the table of words; once, in the migration that made the table."""
    connection.exec_driver_sql(_CREATE[connection.dialect.name])


def concerns(values: Mapping[str, Any]) -> bool:
    """Whether a change of these columns may change what the index keeps of a case."""
    return not _KEPT.isdisjoint(values)


def answered(at: datetime, values: Mapping[str, Any]) -> dict[str, Any]:
    """The day of the answer, for a change that marks a case as sent: the first such day stands, whatever is sent again later."""
    if values.get("workflow") != Workflow.SENT or "answered_on" in values:
        return {}
    return {"answered_on": func.coalesce(R.answered_on, received_day(at))}


def add(connection: Connection, ids: Sequence[int]) -> None:
    """Put cases into the index that are not in it yet."""
    _insert(connection, list(_words_of(connection, ids)))


def add_opened(connection: Connection, opened: Mapping[int, tuple[Any, Sequence[str]]]) -> None:
    """Put cases that were just made into the index without looking them up: by id, what each was made of, and its questions' texts."""
    rows = [
        {"request_id": request_id, "words": _words(case, texts, is_open=True)}
        for request_id, (case, texts) in sorted(opened.items())
    ]
    _insert(connection, rows)


def put(connection: Connection, ids: Sequence[int]) -> None:
    """Bring the index up to date for cases, of which each exists."""
    remove(connection, ids)
    add(connection, ids)


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Take cases out of the index."""
    if connection.dialect.name == "sqlite":
        # FTS5 has to be told the words that it is to forget.
        old = connection.execute(select(S.request_id, S.words).where(S.request_id.in_(ids))).all()
        if old:
            connection.execute(
                text(f"INSERT INTO {FULL_TEXT}({FULL_TEXT}, rowid, words) VALUES ('delete', :id, :words)"),  # noqa: S608 - the name is our own constant
                [{"id": row.request_id, "words": row.words} for row in old],
            )
            connection.execute(delete(S).where(S.request_id.in_(ids)))
    else:
        connection.execute(delete(S).where(S.request_id.in_(ids)))


def rebuild(connection: Connection) -> Iterator[int]:
    """Make the index anew from every case, and yield how many are done after each batch."""
    connection.execute(delete(S))
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"INSERT INTO {FULL_TEXT}({FULL_TEXT}) VALUES ('delete-all')")  # noqa: S608 - the name is our own constant
    done, last = 0, 0
    while ids := connection.scalars(select(R.id).where(R.id > last).order_by(R.id).limit(_BATCH)).all():
        _insert(connection, list(_words_of(connection, ids)))
        done, last = done + len(ids), ids[-1]
        yield done


def tidy(connection: Connection) -> None:
    """Make SQLite drop what was taken out of the index from its pages too, which otherwise waits for the next merge of them."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"INSERT INTO {FULL_TEXT}({FULL_TEXT}) VALUES ('optimize')")  # noqa: S608 - the name is our own constant


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        joined = [{"id": row["request_id"], "words": " ".join(row["words"])} for row in rows]
        connection.execute(insert(S).values(request_id=bindparam("id"), words=bindparam("words")), joined)
        connection.execute(text(f"INSERT INTO {FULL_TEXT}(rowid, words) VALUES (:id, :words)"), joined)  # noqa: S608 - the name is our own constant
    else:
        told = told_rows(RequestSearch, ("request_id", "words"), words=ARRAY(Text))
        made = select(told.c.request_id, func.array_to_tsvector(told.c.words))
        connection.execute(insert(S).from_select(["request_id", "words"], made), {"rows": as_text(rows)})


def _words_of(connection: Connection, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    more: defaultdict[int, list[str]] = defaultdict(list)
    for row in connection.execute(select(Q.request_id, Q.text).where(Q.request_id.in_(ids))):
        more[row.request_id].append(row.text)
    letters = select(L.request_id, L.record).where(L.request_id.in_(ids), L.status != "void")
    for row in connection.execute(letters):
        more[row.request_id].extend(_said(row.record))
    for case in connection.execute(select(*_COLUMNS).where(R.id.in_(ids)).order_by(R.id)):
        yield {"request_id": case.id, "words": _words(case, more[case.id], is_open=case.workflow in _OPEN)}


def _words(case: Any, more: Sequence[str], *, is_open: bool) -> list[str]:  # noqa: ANN401 - a row of ``request``, or what one was made of
    about = (case.reference, case.own_reference or "", case.requester_name, case.requester_email)
    kept = marks(is_open=is_open, received_on=case.received_on)
    return [*kept, *indexed((*about, case.topic, case.subject, *more))]


def _said(record: str) -> list[str]:
    """An officer's words in a letter's file; a file that can't be read yet is taken as it stands."""
    try:
        return list(_strings(tomllib.loads(record)))
    except (ValueError, RecursionError):
        return [record]


def _strings(value: object, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth < len(_NOT_WORDS):
        if isinstance(value, dict):
            for key, inner in value.items():
                if key not in _NOT_WORDS:
                    yield from _strings(inner, depth + 1)
        elif isinstance(value, list):
            for inner in value:
                yield from _strings(inner, depth + 1)
