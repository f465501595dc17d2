"""Opens the database with the settings that keep its promises, and brings its schema up to date."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from pipeline.domain.errors import ConfigurationError, SchemaError, StoreError
from pipeline.store.faults import in_words, plainly

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_BUSY_SECONDS = 30
WRITE = {"infogov_write": True}


def open_engine(url: str) -> Engine:
    """Open the database at *url* (sqlite:///FILE or postgresql+psycopg://…). Raises ConfigurationError, StoreError."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            text = f"[database] url: {backend} is not supported; write sqlite:///infogov.db or postgresql+psycopg://…"
            raise ConfigurationError((text,))
        if backend == "postgresql":
            return create_engine(parsed, pool_pre_ping=True)
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"check_same_thread": False, "timeout": _BUSY_SECONDS})
    except ArgumentError as error:
        # The address itself may hold a password and is not repeated.
        text = "[database] url: this is not a database address; write for instance sqlite:///infogov.db"
        raise ConfigurationError((text,)) from error
    except ModuleNotFoundError as error:
        text = "[database] url: the PostgreSQL driver is not installed; run: pip install 'infogov[postgresql]'"
        raise ConfigurationError((text,)) from error
    except OSError as error:
        raise StoreError(
            f"the folder of the database {url!r} can't be made: {error.strerror}; make it, or name another one"
        ) from error
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Leave transactions to us, and ask SQLite for durability: the server's copy may be moved once we have committed."""
    connection.isolation_level = None
    for pragma in (f"busy_timeout={_BUSY_SECONDS * 1000}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    """Take the write lock at once for writers; keep readers from writing, for what they wrote would be rolled back in silence.

    A reader that turns writer half-way fails at once whatever the timeout (SQLITE_BUSY_SNAPSHOT).
    """
    writes = connection.get_execution_options().get("infogov_write", False)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}").close()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _alembic(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["engine"] = engine
    return config


def schema_versions(engine: Engine) -> tuple[str | None, str]:
    """The database's version (None when it is empty) and the one this program is made for."""
    try:
        with plainly(f"the database {engine.url.render_as_string()} can't be opened"), engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except CommandError as error:
        raise SchemaError("the database names more than one version of itself; restore a backup") from error
    head = ScriptDirectory.from_config(_alembic(engine)).get_current_head()
    if head is None:  # pragma: no cover - a wheel without its migrations
        raise SchemaError("this installation holds no migrations; install infogov again")
    return current, head


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Bring the schema to this program's version; returns the versions before and after. Raises SchemaError on a newer database."""
    current, head = schema_versions(engine)
    if current == head:
        return current, head
    known = {script.revision for script in ScriptDirectory.from_config(_alembic(engine)).walk_revisions()}
    if current is not None and current not in known:
        raise SchemaError(
            f"the database has version {current}, which this infogov ({head}) doesn't know: it was made by a newer "
            "release. Install that release, or restore the backup taken before its upgrade."
        )
    with plainly("the database could not be upgraded"):
        command.upgrade(_alembic(engine), "head")
    return current, head


def backup(engine: Engine, target: Path) -> None:
    """Write a consistent copy of a SQLite database to *target* while it is in use; refuses to overwrite. Raises StoreError.

    The copy can be read by its owner alone: it holds everything that people wrote.
    """
    if engine.dialect.name != "sqlite":
        raise StoreError("PostgreSQL has its own tool for this: run pg_dump, as deploy/RUNBOOK.md says")
    if target.exists():
        raise StoreError(f"{target} exists; name a new file")
    partial = target.with_name(target.name + ".part")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with engine.connect() as source, closing(sqlite3.connect(partial)) as copy:
            driver: Any = source.connection.driver_connection
            driver.backup(copy)
        partial.replace(target)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        said = (
            f"{error.strerror}; name a file in a folder you may write to"
            if isinstance(error, OSError)
            else in_words(error)
        )
        raise StoreError(f"the backup to {target} failed: {said}") from error
