"""Opens the database with the settings that keep its promises, and brings its schema up to date."""

from __future__ import annotations

import os
import shlex
import sqlite3
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, create_engine, event, inspect, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from pipeline.domain.errors import ConfigurationError, SchemaError, StoreError
from pipeline.resources import later
from pipeline.store import ownership, place, shape
from pipeline.store.faults import in_words, plainly
from pipeline.store.patience import bound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic import command, config, script
    from sqlalchemy import Connection, Engine
else:
    # With Mako and its lexers 9 MB, for a day on which there is something to upgrade.
    command = later("alembic.command")
    config = later("alembic.config")
    script = later("alembic.script")

# The last of migrations/versions, known without reading them.
HEAD = "0009"
BUSY_SECONDS = 30
_TURN_SECONDS = 0.02
WRITE, READ = {"infogov_write": True}, {"infogov_write": False}
# A transaction of one statement: PostgreSQL begins and ends such a one by itself, which spares two journeys.
ONCE = {"infogov_write": True, "infogov_once": True}
# What a connection keeps while rows wait to be written before its next statement: the call that writes them.
PUT_OFF = "infogov_put_off"
# For a statement that fetches the bytes of mails: PostgreSQL else spells them out in hexadecimal digits.
BYTES = {"infogov_bytes": True}
# How a transaction begins on PostgreSQL. A writer that waited for another's change goes on from it, whatever isolation the server's
# administrator prefers for others; a reader has one consistent picture, and does not write by mistake. Whether a writer may write is
# left to the server: one set read-only, as full ones are, must not be overruled.
_BEGIN = {
    True: "BEGIN ISOLATION LEVEL READ COMMITTED",
    False: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    None: "BEGIN",
}
# A server that is gone without a word (a cut cable) is noticed within half a minute; libpq's names.
_POSTGRESQL = {
    "fallback_application_name": "infogov",
    "client_encoding": "utf8",
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "4",
    "tcp_user_timeout": "30000",
}
# The same from the server's side, so that the locks of a machine that is gone are freed; and bounds on waiting and standing still.
_SESSION = {
    "lock_timeout": f"{BUSY_SECONDS}s",
    "statement_timeout": "300s",
    "idle_in_transaction_session_timeout": "300s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
}
# A server that is there and says nothing, where its own bound on a statement didn't help.
_ANSWER_SECONDS = 330.0
_SESSION_SINCE_14 = {"client_connection_check_interval": "1s", "idle_session_timeout": "0"}
_VERSION_14 = 140000
# The mails' bytes go to disk four times as fast as with the method that PostgreSQL takes by itself; one built without it keeps its own.
_QUICK = """SELECT set_config('default_toast_compression', 'lz4', false) FROM pg_settings
    WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)"""
_DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"


def open_engine(url: str) -> Engine:
    """Open the database at *url* (sqlite:///FILE or postgresql+psycopg://…). Raises ConfigurationError, StoreError."""
    parsed = place.parsed(url)
    try:
        backend = parsed.get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            text = f"[database] url: {backend} is not supported; write sqlite:///infogov.db or postgresql+psycopg://…"
            raise ConfigurationError((text,))
        if backend == "postgresql":
            return _open_postgresql(parsed)
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        connecting = {"check_same_thread": False, "timeout": BUSY_SECONDS}
        # Whoever begins a transaction ends it, so there is nothing left to roll back in a connection that comes back.
        engine = create_engine(parsed, connect_args=connecting, pool_reset_on_return=None)
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


def _make_private(engine: Engine) -> None:
    """Make a new SQLite file readable by its owner alone, for it holds what everybody wrote; SQLite gives its companions the same rights."""
    file = engine.url.database
    if engine.dialect.name != "sqlite" or not file:
        return
    # Where it can't be made SQLite says so in its own words.
    with suppress(OSError):
        descriptor = ownership.make(Path(file), like=Path(file).parent)
        if descriptor is not None:
            os.close(descriptor)


def _open_postgresql(url: URL) -> Engine:
    """What the address itself says (?connect_timeout=…) goes before our defaults."""
    defaults = {name: value for name, value in _POSTGRESQL.items() if name not in url.query}
    # One connection a thread, plus the locks' and the listener's. Transactions are begun by us, so that the first word of each shows
    # whether the connection is still there (``begun``).
    engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=5, max_overflow=45, connect_args=defaults)
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "begin", _begin_postgresql)
    event.listen(engine, "do_execute", _in_bytes)
    for each in ("do_execute", "do_executemany"):
        event.listen(engine, each, _only_one)
        event.listen(engine, each, _what_was_put_off)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver is an extra that need not be there
    """Refuse a database that can't hold every letter, and set the bounds of this session."""
    bound(connection, _ANSWER_SECONDS)
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        text = f"[database] url: the database's encoding is {encoding}; make one with UTF8: createdb --encoding UTF8 --template template0"
        raise ConfigurationError((text,))
    settings = _SESSION | (_SESSION_SINCE_14 if connection.info.server_version >= _VERSION_14 else {})
    for name, value in settings.items():
        connection.execute("SELECT set_config(%s, %s, false)", (name, value))
    # What we were told is committed we act upon: mail is moved, a letter goes. So it must outlive the server's crash.
    connection.execute(_DURABLE)
    connection.execute(_QUICK)
    connection.commit()


def _begin_postgresql(connection: Connection) -> None:
    options = connection.get_execution_options()
    connection.info.pop(PUT_OFF, None)
    if options.get("infogov_once"):
        connection.info["infogov_left"] = 1
    # One that listens or holds locks asks for no transactions.
    elif "isolation_level" not in options:
        connection.exec_driver_sql(_BEGIN[options.get("infogov_write")])


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Leave transactions to us, and ask SQLite for durability: the server's copy may be moved once we have committed."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}").close()
    _keep_a_log(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()
    # What is erased by law is overwritten in the file, not only struck off its index.
    connection.execute("PRAGMA secure_delete=ON").close()


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Have the file keep a write-ahead log. Of two that turn a new file to it at once one is refused, whatever it would wait: it tries again."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= end:
                raise
            time.sleep(_TURN_SECONDS)
        else:
            return


def _begin(connection: Connection) -> None:
    """Take the write lock at once for writers; keep readers from writing, for what they wrote would be rolled back in silence.

    A reader that turns writer half-way fails at once whatever the timeout (SQLITE_BUSY_SNAPSHOT).
    """
    writes = connection.get_execution_options().get("infogov_write", False)
    # It lasts as long as the driver's connection, which mostly serves the same kind again.
    if connection.info.get("infogov_writes") is not writes:
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}").close()
        connection.info["infogov_writes"] = writes
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _in_bytes(cursor: Any, _statement: str, _parameters: object, context: Any) -> None:  # noqa: ANN401 - as above, and SQLAlchemy's own
    if context.execution_options.get("infogov_bytes"):
        cursor.format = type(cursor.format).BINARY


def _only_one(_cursor: object, _statement: str, _parameters: object, context: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
    """Refuse a second statement where there is no transaction to hold it and the first one together."""
    if context.execution_options.get("infogov_once") and not context.root_connection.info.pop("infogov_left", 0):
        raise StoreError("a second statement was asked for in a transaction of one; nothing of it was done")


def _what_was_put_off(_cursor: object, _statement: str, _parameters: object, context: Any) -> None:  # noqa: ANN401 - as above
    if context.execution_options.get("infogov_write") and (write := context.root_connection.info.get(PUT_OFF)):
        write()


@contextmanager
def begun(opened: Engine) -> Iterator[Connection]:
    """A transaction of *opened*, committed when the block ends, rolled back when it raises.

    A connection that was lost while nobody used it is replaced: that shows in its first word, before anything was asked of it.
    """
    with _connected(opened) as connection:
        yield connection
        connection.commit()


@contextmanager
def _connected(opened: Engine) -> Iterator[Connection]:
    connection = opened.connect()
    try:
        connection.begin()
    except DBAPIError as error:
        connection.close()
        if not error.connection_invalidated:
            raise
        connection = opened.connect()
    with connection:
        if not connection.in_transaction():
            connection.begin()
        yield connection


class Glance:
    """Sees that somebody has written into the SQLite file, for a few microseconds a look; for one thread."""

    def __init__(self, opened: Engine) -> None:
        self._engine = opened
        self._connection: Any = None
        self._seen: int | None = None

    def changed(self) -> bool:
        """Whether the file has changed since the last look; False also on a fault."""
        if self._engine.dialect.name != "sqlite":
            return False
        try:
            if self._connection is None:
                self._connection = self._engine.raw_connection()
            # It counts the commits of all connections but this one, which makes none.
            ((version,),) = self._connection.driver_connection.execute("PRAGMA data_version").fetchall()
        except (sqlite3.Error, SQLAlchemyError):
            return False  # It is a hint only: whoever has work to do says what is wrong with the database.
        before, self._seen = self._seen, version
        return before is not None and before != version

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _alembic(engine: Engine) -> config.Config:
    made = config.Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    made.attributes["engine"] = engine
    return made


def schema_versions(engine: Engine) -> tuple[str | None, str]:
    """The database's version (None when it is empty) and the one this program is made for."""
    with plainly(f"the database {engine.url.render_as_string()} can't be opened"), engine.connect() as connection:
        marked = inspect(connection).has_table("alembic_version")
        found = connection.scalars(text("SELECT version_num FROM alembic_version")).all() if marked else []
    if len(found) > 1:
        raise SchemaError("the database names more than one version of itself; restore a backup")
    return next(iter(found), None), HEAD


def check_known(engine: Engine) -> None:
    """Raise SchemaError when the database has a version that this program does not know, StoreError when it can't be read."""
    current, head = schema_versions(engine)
    if current is None or current == head:
        return
    known = {step.revision for step in script.ScriptDirectory.from_config(_alembic(engine)).walk_revisions()}
    if current not in known:
        raise SchemaError(
            f"the database has version {current}, which this infogov ({head}) doesn't know: it was made by a newer "
            "release. Install that release, or restore the backup taken before its upgrade."
        )


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Bring the schema to this program's version; returns the versions before and after. Raises SchemaError on a newer database."""
    place.check_beginning(engine.url)
    _make_private(engine)
    current, head = schema_versions(engine)
    if current == head:
        return current, head
    check_known(engine)
    with plainly("the database could not be upgraded"):
        command.upgrade(_alembic(engine), "head")
    check_shape(engine)
    return current, head


def check_shape(engine: Engine) -> None:
    """Raise SchemaError where a database of this program's version lacks a table or column: its version alone does not show that."""
    with plainly("the database's tables can't be listed"), engine.connect() as connection:
        missing = shape.missing(connection)
    if missing:
        raise SchemaError(
            f"the database says it is at version {HEAD} and lacks {', '.join(missing)}: it was made by a version between two releases, or"
            " changed by hand. Restore a backup, or ask whoever made it"
        )


def dump_command(url: URL, target: Path) -> str:
    """The command line that backs a PostgreSQL database up while it is in use; the password is left to PGPASSWORD or ~/.pgpass."""
    server = URL.create("postgresql", username=url.username, host=url.host, port=url.port, database=url.database)
    address = server.set(query=url.query).render_as_string(hide_password=True)
    return f"pg_dump --format=custom --file={shlex.quote(str(target))} {shlex.quote(address)}"


def forget(engine: Engine) -> None:
    """Empty SQLite's write-ahead log into the file, where erased pages are overwritten, so that no old page is left in it."""
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()


def backup(engine: Engine, target: Path) -> None:
    """Write a consistent copy of a SQLite database to *target* while it is in use; refuses to overwrite. Raises StoreError.

    The copy can be read by its owner alone: it holds everything that people wrote.
    """
    if engine.dialect.name != "sqlite":
        raise StoreError(f"PostgreSQL has its own tool for this: {dump_command(engine.url, target)}")
    if target.exists():
        raise StoreError(f"{target} exists; name a new file")
    partial = target.with_name(target.name + ".part")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with engine.connect() as source, closing(sqlite3.connect(partial)) as copy:
            driver: Any = source.connection.driver_connection
            driver.backup(copy)
            # One file by itself, that can be read from a medium on which nothing can be written.
            copy.execute("PRAGMA journal_mode=DELETE")
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
