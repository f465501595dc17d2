"""A private PostgreSQL on a loopback port, in a temporary folder; works as root (as another account) and as an ordinary user."""

from __future__ import annotations

import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from servers.places import place
from servers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

USER, PASSWORD = "infogov", "secret"
_START_SECONDS = 30.0
_NEWEST_FIRST = sorted(
    Path("/usr/lib/postgresql").glob("*/bin"),
    key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0),
    reverse=True,
)
_INITDB = shutil.which("initdb", path=os.pathsep.join([*map(str, _NEWEST_FIRST), os.environ.get("PATH", "")]))
BINARIES = None if _INITDB is None else Path(_INITDB).parent


class Postgres:
    """One running server, thrown away when it stops; *durable* makes it wait for the disk, as a real one does.

    *settings* are parameters of its own besides ours.

    Its collation is a language's, not the bytes' order, and its databases' owner is no superuser: as at a council.
    """

    def __init__(self, *, durable: bool = False, **settings: str) -> None:
        assert BINARIES is not None, "PostgreSQL is not installed"
        self.dir = Path(tempfile.mkdtemp(prefix="pg-", dir=place()))
        self.port = free_port()
        self._account = _account()
        self._durable = durable
        self._settings = settings
        self._turn = threading.RLock()
        self._numbers = itertools.count(1)
        if self._account:
            shutil.chown(self.dir, self._account)
        version = self._run("initdb", "--version").stdout
        language = ["--locale=C.UTF-8"]
        if int(re.findall(r"\d+", version)[0]) >= 15:
            language = ["--locale-provider=icu", "--icu-locale=en-GB", "--locale=C.UTF-8"]
        self._run(
            "initdb", "--pgdata", str(self.dir / "data"), "--auth=trust", "--username=root", "--encoding=UTF8",
            "--no-sync", *language,
        )  # fmt: skip
        self.start()
        self.execute(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'")

    # ---- databases -------------------------------------------------------------------------------------------------

    def create(self, template: str = "template0") -> str:
        """Make a database, empty or a copy of *template* (a name); returns its name."""
        name = f"d{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {USER}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """The address of a database as the product is given it."""
        return f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    def connect(self, name: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        """Connect as the superuser, past the product; statements commit by themselves."""
        return psycopg.connect(f"host=127.0.0.1 port={self.port} dbname={name} user=root", autocommit=True)

    def execute(self, statement: str, *values: object, name: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement as the superuser in database *name*; returns its rows."""
        with closing(self.connect(name)) as connection:
            cursor = connection.execute(sql.SQL(statement), values or None)  # type: ignore[arg-type] - tests write their own statements
            return cursor.fetchall() if cursor.description else []

    # ---- life and death --------------------------------------------------------------------------------------------

    def restart(self, pause: float = 0.0) -> None:
        """Stop at once, cutting every connection, stay away for *pause* seconds, and start again on the same port with the same data."""
        self.end(signal.SIGINT)
        time.sleep(pause)
        self.start()

    def stop(self) -> None:
        """Stop and remove every trace."""
        self.end(signal.SIGQUIT)
        shutil.rmtree(self.dir, ignore_errors=True)

    def log(self) -> str:
        """All that the server has logged."""
        return (self.dir / "log").read_text(errors="replace")

    def start(self) -> None:
        """Start on the same port with the same data."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.dir,
            "max_connections": 200,
            "log_lock_waits": "on",
            "shared_buffers": "64MB",
            **self._settings,
            **({} if self._durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}),
        }
        words = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self._turn:
            self._await(words)

    def _await(self, words: list[str]) -> None:
        self._launch(words)
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            if self._process.poll() is not None:
                # Processes of a killed server may outlive it by a moment, and a new one waits for them.
                if "is still in use" not in self.log()[-500:]:
                    break
                self._launch(words)
            try:
                self.connect().close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        self.end(signal.SIGQUIT)
        raise RuntimeError(f"PostgreSQL did not start: {self.log()}")

    @property
    def ended(self) -> bool:
        """Whether it runs no more."""
        return self._process.poll() is not None

    def write_no_log(self) -> None:
        """Let no process of the server, of those to come, write far into a file, and so none into the WAL, until it is started anew."""
        where = "SELECT (pg_current_wal_insert_lsn() - '0/0') % (SELECT setting::int FROM pg_settings WHERE name = 'wal_segment_size')"
        # The next place to write is to be well within a segment.
        while not 2**18 < self.execute(where)[0][0] < 2**23:
            self.execute("SELECT pg_logical_emit_message(false, 'fill', repeat('x', 300000))")
        subprocess.run(
            ["prlimit", "--pid", str(self._process.pid), f"--fsize={2**16}"],
            check=True,
            cwd=self.dir,
            **self._as_account(),
        )

    @contextmanager
    def asking_for_passwords(self) -> Iterator[None]:
        """Let nobody but the superuser in without a password, for a while."""
        rules = self.dir / "data" / "pg_hba.conf"
        usual = rules.read_text()
        rules.write_text("host all root 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
        self.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            rules.write_text(usual)
            self.execute("SELECT pg_reload_conf()")

    def _launch(self, words: list[str]) -> None:
        assert BINARIES is not None
        with (self.dir / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [BINARIES / "postgres", "-D", self.dir / "data", *words],
                stdout=log, stderr=log, cwd=self.dir, start_new_session=True, **self._as_account(),
            )  # fmt: skip

    def end(self, how: signal.Signals) -> None:
        """Stop the server and keep its data: SIGINT lets it finish writing, SIGQUIT doesn't, SIGKILL asks nobody."""
        # Whoever starts it meanwhile, from another thread, waits for its end.
        with self._turn:
            self._process.send_signal(how)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)

    def _run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        assert BINARIES is not None
        done = subprocess.run(
            [BINARIES / program, *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.dir,
            **self._as_account(),
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}")
        return done

    def _as_account(self) -> dict[str, Any]:
        if not self._account:
            return {}
        return {"user": self._account, "group": pwd.getpwnam(self._account).pw_gid, "extra_groups": []}


def started(*, durable: bool = False) -> Iterator[Postgres]:
    """One server, stopped when the generator is closed: the body of a fixture."""
    server = Postgres(durable=durable)
    try:
        yield server
    finally:
        server.stop()


def _account() -> str:
    """Whom the server runs as: ourselves, or another when that is root, which it refuses."""
    if os.getuid():
        return ""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
