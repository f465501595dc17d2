"""Runs migrations on a connection of their own; on SQLite with foreign keys off before BEGIN and checked before commit (invariant 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import context

from pipeline.domain.errors import SchemaError
from pipeline.store.schema import Table

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

# PostgreSQL's text columns get the order and the freedom of length that SQLite's have, whatever the database was created with.
_OTHER_TEXT = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying')
    AND (collation_name IS DISTINCT FROM 'C' OR data_type <> 'text') ORDER BY table_name, ordinal_position
"""


def one_kind_of_text(connection: Connection) -> None:
    """Make every text column of ours one of the type text, in the order of its characters' numbers."""
    changes: dict[str, list[str]] = {}
    for table, column in connection.exec_driver_sql(_OTHER_TEXT):
        if table in Table.metadata.tables:
            changes.setdefault(table, []).append(f'ALTER COLUMN "{column}" TYPE text COLLATE "C"')
    for table, columns in changes.items():
        connection.exec_driver_sql(f'ALTER TABLE "{table}" {", ".join(columns)}')


engine: Engine = context.config.attributes["engine"]

with engine.connect().execution_options(infogov_write=True) as connection:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # Inside a transaction this pragma is ignored without a word; batch_alter_table would then delete child rows.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
    context.configure(
        connection=connection, target_metadata=Table.metadata, render_as_batch=sqlite, transactional_ddl=True
    )
    try:
        with connection.begin():
            if not sqlite:
                # Workers that start together wait here for the first one, and then find nothing left to do; large tables take their time.
                connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended('infogov migration', 0))")
            context.run_migrations()
            if not sqlite:
                one_kind_of_text(connection)
            if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise SchemaError(
                    f"the migration would leave {len(broken)} rows without their parent; nothing was changed"
                )
    finally:
        if sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
