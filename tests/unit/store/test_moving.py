"""A whole database moved into another: every row, every chain, and the numbering goes on; a copy that is not the same is given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import storing
from engines import CURRENT, Cluster, Files
from sqlalchemy import func, select, text
from storing import AT, arrival, by_hand, make_store, new_case, one_of_everything, take

from pipeline.domain.errors import StoreError
from pipeline.store import Store, moving, schema
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection


@pytest.fixture
def target(database_engine: str, tmp_path: Path, cluster: Cluster) -> Iterator[Store]:
    """An empty store on the other engine than the one that tests run on now."""
    other = cluster if database_engine == "sqlite" else Files()
    (tmp_path / "target").mkdir()
    opened = Store.open(other.address(tmp_path / "target"))
    yield opened
    opened.close()


def rows(store: Store) -> dict[str, int]:
    """How many rows each table has."""
    with store._engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in schema.Table.metadata.tables.items()
        }


def absent(connection: Connection) -> list[tuple[int, ...]]:
    """Where a column that may be without a value is without one."""
    query = text(
        "SELECT count(*) FROM message WHERE proposal IS NULL UNION ALL SELECT count(*) FROM letter WHERE exception IS NULL"
    )
    return [tuple(row) for row in connection.execute(query)]


def test_everything_moves(store: Store, target: Store) -> None:
    """Every row of every table is in the new database, which proves itself to the same chain heads, and finds a case by its words."""
    one_of_everything(store)
    with store.write() as work:
        # The first copy of a mail may be noted as a copy of a later one.
        work.messages.settle(1, state="filed", values={"duplicate_of": 2})
    moved = store.copy_to(target)
    assert rows(target) == rows(store)
    assert moved.rows == {name: n for name, n in rows(store).items() if name in moved.rows}
    before, after = store.verify(), target.verify()
    assert (after, after.heads) == (before, before.heads)
    assert (moved.events, moved.chains) == (before.events, before.chains)
    with store._engine.connect() as here, target._engine.connect() as there:
        assert absent(there) == absent(here)


def test_the_numbering_goes_on(store: Store, target: Store) -> None:
    """What is written after the move gets new numbers and goes on the same chains."""
    one_of_everything(store)
    store.copy_to(target)
    with target.write() as work:
        assert take(work, arrival(77)) == 1
        case = new_case(work, "FOI000000031")
        work.cases.note(1, Happening(kind="noted", at=AT))
    assert case.id == 3
    assert target.verify().findings == []


def test_odd_text_moves(store: Store, target: Store) -> None:
    """What looks odd and can be stored arrives as it was."""
    odd = "a\u2028b\U0001f600\u202e\ufffd\\x00 'quoted' \"%s\" \t"
    with store.write() as work:
        new_case(work, subject=odd, topic=odd)
    store.copy_to(target)
    with target.read() as work:
        [case] = work.cases.by_ids([1])
    assert (case.subject, case.topic) == (odd, odd)


def test_a_database_in_use_is_not_written_to(store: Store, target: Store) -> None:
    """Where the new database has a single row, nothing is copied."""
    one_of_everything(store)
    with target.write() as work:
        work.heartbeats.beat("deliver", AT, "ok", ok=True)
    with pytest.raises(StoreError, match=r"not empty \(table heartbeat\)"):
        store.copy_to(target)
    assert rows(target)["message"] == 0


def test_a_broken_trail_is_not_moved(store: Store, target: Store, tmp_path: Path) -> None:
    """A trail that doesn't hold is looked at first; the new database stays empty."""
    one_of_everything(store)
    by_hand(tmp_path, "UPDATE request SET topic = 'forged' WHERE id = 1")
    with pytest.raises(StoreError, match="infogov audit verify"):
        store.copy_to(target)
    assert set(rows(target).values()) == {0}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE request SET subject = 'another' WHERE id = 1", "table request is not the same"),
        ("UPDATE event SET kind = 'another' WHERE id = 1", "table event is not the same"),
        ("DELETE FROM heartbeat", "table heartbeat is not the same after the copy .1 rows, then 0."),
    ],
)
def test_a_copy_that_is_not_the_same_is_given_up(
    store: Store, target: Store, monkeypatch: pytest.MonkeyPatch, change: str, says: str
) -> None:
    """A row lost or changed on the way is noticed, and nothing is kept in the new database."""
    one_of_everything(store)
    number = moving._go_on_numbering

    def spoil(connection: Connection, table: object) -> None:
        number(connection, table)  # type: ignore[arg-type]
        if str(table) in change:
            connection.execute(text(change))

    monkeypatch.setattr(moving, "_go_on_numbering", spoil)
    with pytest.raises(StoreError, match=says):
        store.copy_to(target)
    assert set(rows(target).values()) == {0}


def test_a_chain_cut_on_the_way_is_noticed(
    store: Store, target: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The chains are followed again in the new database, and have to end where they ended."""
    one_of_everything(store)
    verify, times = moving.audit.verify, []

    def once_wrong(connection: Connection) -> object:
        report = verify(connection)
        times.append(1)
        if len(times) == 2:
            report.heads["case:1"] = "0" * 64
        return report

    monkeypatch.setattr(moving.audit, "verify", once_wrong)
    with pytest.raises(StoreError, match="its chains end elsewhere"):
        store.copy_to(target)
    assert set(rows(target).values()) == {0}
    assert CURRENT.databases.address(tmp_path) == storing.address(tmp_path)
    make_store(tmp_path).close()
