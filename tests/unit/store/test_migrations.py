"""The schema's history: every step keeps every row, ends at what the program is made for, and a newer database is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from engines import CURRENT, postgresql_only, sqlite_only
from sqlalchemy import MetaData, String, inspect, select
from storing import AT, address, by_hand, make_store, one_of_everything

from pipeline.domain.errors import SchemaError, StoreError
from pipeline.store import engine, schema
from pipeline.store.index_tables import FULL_TEXT, WORDS_INDEX

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from sqlalchemy import Engine

TABLES = schema.Table.metadata.tables
FIRST = "0001"


def at_revision(tmp_path: Path, revision: str) -> Engine:
    """A new database at an old version."""
    opened = engine.open_engine(CURRENT.databases.address(tmp_path, empty=True))
    command.upgrade(engine._alembic(opened), revision)
    return opened


def contents(opened: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table as the database itself describes them."""
    found = MetaData()
    found.reflect(opened)
    with opened.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
            for name, table in found.tables.items()
            if name != "alembic_version"
        }


def of_the_schema(_thing: object, name: str | None, *_others: object) -> bool:
    """Whether a table or index is one of the schema's own, and not what a database keeps beside it for the search by word."""
    return not str(name).startswith(FULL_TEXT) and name != WORDS_INDEX


def copy_rows(source: Engine, target: Engine) -> None:
    """Fill *target*'s tables with the rows of *source*, column by column where both have it."""
    rows = contents(source)
    found = MetaData()
    found.reflect(target)
    with target.connect().execution_options(infogov_write=True) as connection:
        for table in found.sorted_tables:
            if rows.get(table.name):
                kept = [{name: row[name] for name in table.columns.keys()} for row in rows[table.name]]  # noqa: SIM118 - no mapping
                connection.execute(table.insert(), kept)
        connection.commit()


def tables(tmp_path: Path) -> list[str]:
    """The tables that there are."""
    opened = engine.open_engine(address(tmp_path))
    found = inspect(opened).get_table_names()
    opened.dispose()
    return found


def test_the_first_version_keeps_every_row_on_the_way_to_the_last(tmp_path: Path) -> None:
    """A database made by the first release, with rows in every table, comes to the present version with all of them."""
    (tmp_path / "filled").mkdir()
    filled = make_store(tmp_path / "filled")
    one_of_everything(filled, of_the_first_version=True)
    old = at_revision(tmp_path, FIRST)
    copy_rows(filled._engine, old)
    filled.close()
    before = contents(old)
    assert all(before.values()), "a table of the first version has no row, so that this test says nothing of it"
    old.dispose()

    store = make_store(tmp_path)
    after = contents(store._engine)
    for name, rows in before.items():
        kept = [{column: row[column] for column in rows[0] if column in row} for row in after[name]]
        expected = [{column: row[column] for column in kept[0]} for row in rows]
        assert kept == expected, name
    assert store.versions()[0] == store.versions()[1]
    if not store.shared:
        assert by_hand(tmp_path, "PRAGMA foreign_key_check") == []
        assert by_hand(tmp_path, "PRAGMA integrity_check") == [("ok",)]
    assert store.verify().findings == []
    store.close()


def test_migrations_make_what_the_program_expects(tmp_path: Path) -> None:
    """After all steps the tables, columns, types, keys and indexes are those of the schema: nothing was forgotten in a step."""
    store = make_store(tmp_path)
    with store._engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "target_metadata": schema.Table.metadata,
                "include_object": of_the_schema,
            },
        )
        assert compare_metadata(context, schema.Table.metadata) == []
        made = inspect(connection)
        for name, table in TABLES.items():
            columns = {c["name"]: c for c in made.get_columns(name)}
            assert sorted(columns) == sorted(c.name for c in table.columns), name
            assert {n: c["nullable"] for n, c in columns.items()} == {c.name: c.nullable for c in table.columns}, name
            assert made.get_pk_constraint(name)["constrained_columns"] == [c.name for c in table.primary_key], name
    store.close()


def test_every_step_leads_on_from_the_one_before() -> None:
    """There is one line of steps, from the first to the one that the program knows as the last without reading them."""
    opened = engine.open_engine("sqlite://")
    scripts = ScriptDirectory.from_config(engine._alembic(opened))
    assert scripts.get_bases() == [FIRST]
    assert scripts.get_heads() == [engine.HEAD]
    opened.dispose()


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    """A database at the present version is opened as it is."""
    store = make_store(tmp_path)
    one_of_everything(store)
    before = contents(store._engine)
    store.close()
    again = make_store(tmp_path)
    assert contents(again._engine) == before
    again.close()


@pytest.mark.parametrize(("hand", "lacks"), [
    ("ALTER TABLE folder DROP COLUMN polled_at", r"lacks folder\.polled_at:"),
    ("DROP TABLE alarm", r"lacks alarm:"),
])  # fmt: skip
def test_a_database_that_lacks_a_column_of_its_version_is_told(tmp_path: Path, hand: str, lacks: str) -> None:
    """What its version promises and it does not have is named, which the version alone does not show."""
    store = make_store(tmp_path)
    store.check_shape()
    by_hand(tmp_path, hand)
    with pytest.raises(SchemaError, match=lacks):
        store.check_shape()
    store.close()


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    """A version that this program doesn't know is an error that names the remedy, and nothing is changed."""
    make_store(tmp_path).close()
    by_hand(tmp_path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaError, match=r"9999.*newer release.*restore the backup"):
        make_store(tmp_path)
    assert by_hand(tmp_path, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_a_database_of_two_versions(tmp_path: Path) -> None:
    """A database that names two versions of itself is an error in plain words."""
    make_store(tmp_path).close()
    by_hand(tmp_path, "INSERT INTO alembic_version VALUES ('0000')")
    with pytest.raises(SchemaError, match="more than one version"):
        make_store(tmp_path)


def test_a_database_of_another_program(tmp_path: Path) -> None:
    """Where a step can't be taken, it is undone whole: somebody else's tables stay as they were, without any of ours."""
    CURRENT.databases.address(tmp_path, empty=True)
    by_hand(tmp_path, "CREATE TABLE request (colour TEXT)")
    by_hand(tmp_path, "INSERT INTO request VALUES ('green')")
    with pytest.raises(StoreError, match=r'could not be upgraded.*request"? already exists'):
        make_store(tmp_path)
    assert tables(tmp_path) == ["request"]
    assert by_hand(tmp_path, "SELECT * FROM request") == [("green",)]


@sqlite_only
def test_a_step_that_would_orphan_rows_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Foreign keys are off while a step rebuilds tables, checked before its commit, and on again afterwards."""
    CURRENT.databases.address(tmp_path, empty=True)
    monkeypatch.setattr("alembic.runtime.migration.MigrationContext.run_migrations", orphan)
    with pytest.raises(SchemaError, match="1 rows without their parent; nothing was changed"):
        make_store(tmp_path)
    assert tables(tmp_path) == []


def orphan(context: MigrationContext) -> None:
    """A step gone wrong: a child row whose parent isn't there."""
    connection = context.connection
    assert connection is not None
    assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
    connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
    connection.exec_driver_sql("CREATE TABLE child (id INTEGER REFERENCES parent (id))")
    connection.exec_driver_sql("INSERT INTO child VALUES (1)")


@sqlite_only
def test_foreign_keys_are_on_again_after_an_upgrade(tmp_path: Path) -> None:
    """The connection that ran the steps goes back to the pool with foreign keys on."""
    opened = engine.open_engine(address(tmp_path))
    engine.upgrade(opened)
    with opened.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    opened.dispose()


@postgresql_only
def test_text_has_one_order_and_no_limit(tmp_path: Path) -> None:
    """Whatever collation the database was made with, every text column of ours has SQLite's order, and none cuts or refuses a long value."""
    store = make_store(tmp_path)
    [(whole,)] = by_hand(tmp_path, "SELECT datlocprovider FROM pg_database WHERE datname = current_database()")
    with store._engine.connect() as connection:
        found = inspect(connection)
        columns = [(name, c) for name in TABLES for c in found.get_columns(name) if isinstance(c["type"], String)]
    assert {type(column["type"]).__name__ for _, column in columns} == {"TEXT"}
    assert [(n, c["name"]) for n, c in columns if c["type"].collation != "C"] == []
    assert len(columns) > 100
    assert whole == "i", "the database itself has a language's order, else this test proves nothing"
    store.close()


def test_text_is_ordered_by_its_characters(tmp_path: Path) -> None:
    """Capitals stand before small letters and a letter with an accent after all of them, on both engines."""
    store = make_store(tmp_path)
    with store.write() as work:
        for part in ("b", "a", "B", "\u00e9", "Z", "_", "a b", "ab", "a-c"):
            work.heartbeats.beat(part, AT, "ok", ok=True)
    with store.read() as work:
        assert [beat.part for beat in work.heartbeats.all()] == ["B", "Z", "_", "a", "a b", "a-c", "ab", "b", "\u00e9"]
    store.close()
