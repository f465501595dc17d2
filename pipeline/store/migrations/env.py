"""Runs migrations on a connection of their own; on SQLite with foreign keys off before BEGIN and checked before commit (invariant 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import context

from pipeline.domain.errors import SchemaError
from pipeline.store.schema import Table

if TYPE_CHECKING:
    from sqlalchemy import Engine

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
            context.run_migrations()
            if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise SchemaError(
                    f"the migration would leave {len(broken)} rows without their parent; nothing was changed"
                )
    finally:
        if sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
