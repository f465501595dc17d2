"""Many rows in one journey: what is kept is what would be kept row by row, on both databases."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from storing import new_case

from pipeline.store import schema
from pipeline.store.faults import storable
from pipeline.store.many import as_text, insert_many, update_many

if TYPE_CHECKING:
    from pipeline.store import Store

NUMBERS = itertools.count(1)
TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)


def question(case_id: int, position: int, text: str, **more: object) -> dict[str, object]:
    """A row of ``question``."""
    row = {
        "request_id": case_id,
        "position": position,
        "key": position,
        "label": str(position),
        "text": text,
        "regime": None,
    }
    return {**row, "due_on": date(2026, 3, 30), **more}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXTS, min_size=2, max_size=6))
def test_any_text_comes_back(store: Store, texts: list[str]) -> None:
    """Quotes, backslashes, braces, NUL, lone surrogates and other planes' characters: kept as a single row would be, and in order."""
    table = schema.Question
    with store.write() as work:
        case = new_case(work, f"FOI{next(NUMBERS):09}", questions=())
        connection = work.events._connection
        insert_many(connection, table, [question(case.id, n, text) for n, text in enumerate(texts, 1)])
        rows = connection.execute(select(table).where(table.request_id == case.id).order_by(table.position)).all()
    assert [row.text for row in rows] == [storable(text) for text in texts]
    assert {(row.regime, row.due_on) for row in rows} == {(None, date(2026, 3, 30))}


@pytest.mark.parametrize("written", ["\x00", "\\u0000", "\\\\u0000", "\\\x00", '"\\u0000"'])
def test_what_only_looks_like_nul_stays(store: Store, written: str) -> None:
    """A backslash, a u and four noughts are six characters that somebody may write; NUL itself is none that a database holds."""
    with store.write() as work:
        case = new_case(work, questions=())
        connection = work.events._connection
        insert_many(connection, schema.Question, [question(case.id, n, written) for n in (1, 2)])
        kept = connection.scalars(select(schema.Question.text).where(schema.Question.request_id == case.id)).all()
    assert list(kept) == [storable(written)] * 2


def test_a_row_with_the_same_key_stands(store: Store) -> None:
    """With a key named, rows that meet one with the same key are left out, and the others are made."""
    with store.write() as work:
        case = new_case(work)
        connection = work.events._connection
        links = [{"chain": f"case:{case.id}", "seq": 9, "hash": "b"}, {"chain": "new", "seq": 0, "hash": "a"}]
        work.events.write_down()
        insert_many(connection, schema.ChainHead, links, "chain")
        heads = {row.chain: row.seq for row in connection.execute(select(schema.ChainHead))}
    assert heads["new"] == 0
    assert heads[f"case:{case.id}"] != 9


@pytest.mark.parametrize("count", [1, 3])
def test_rows_are_changed_by_their_key(store: Store, count: int) -> None:
    """Each row named is given its own values; others stay as they are."""
    table = schema.ChainHead
    with store.write() as work:
        connection = work.events._connection
        insert_many(connection, table, [{"chain": str(n), "seq": n, "hash": "x"} for n in range(5)])
        update_many(connection, table, "chain", [{"chain": str(n), "seq": n + 10, "hash": "y"} for n in range(count)])
        rows = connection.execute(select(table).order_by(table.chain)).all()
    assert [(row.chain, row.seq, row.hash) for row in rows] == [
        (str(n), n + 10, "y") if n < count else (str(n), n, "x") for n in range(5)
    ]


def test_nothing_is_nothing(store: Store) -> None:
    """No rows, no statement."""
    with store.write() as work:
        connection = work.events._connection
        insert_many(connection, schema.Question, [])
        update_many(connection, schema.ChainHead, "chain", [])
        assert connection.execute(select(schema.Question)).all() == []


def test_instants_keep_their_microseconds(store: Store) -> None:
    """An instant of any zone comes back as the same instant, to the microsecond."""
    at = datetime(2026, 10, 25, 1, 30, 0, 123456, timezone(timedelta(hours=5, minutes=30)))
    with store.write() as work:
        case = new_case(work)
        connection = work.events._connection
        row = {"request_id": case.id, "kind": "x", "actor": "a", "via": "b", "data": "{}", "previous": "p", "hash": "h"}
        rows = [{**row, "chain": "c", "seq": n, "message_id": None, "at": at} for n in (1, 2)]
        insert_many(connection, schema.Event, rows)
        kept = connection.scalars(select(schema.Event.at).where(schema.Event.chain == "c")).all()
    assert list(kept) == [at, at]
    assert {one.tzinfo for one in kept} == {UTC}


def test_what_has_no_place_in_the_text_is_refused() -> None:
    """An instant without its zone, and bytes."""
    with pytest.raises(ValueError, match="naive datetime"):
        as_text([{"at": datetime(2026, 3, 2)}])  # noqa: DTZ001 - the naive one is what is tested
    with pytest.raises(TypeError, match="bytes"):
        as_text([{"content": b"x"}])
