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
import time
from contextlib import closing
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

    Its collation is a language's, not the bytes' order, and its databases' owner is no superuser: as at a council.
    """

    def __init__(self, *, durable: bool = False) -> None:
        assert BINARIES is not None, "PostgreSQL is not installed"
        self.dir = Path(tempfile.mkdtemp(prefix="pg-", dir=place()))
        self.port = free_port()
        self._account = _account()
        self._durable = durable
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
        self._start()
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
        self._end(signal.SIGINT)
        time.sleep(pause)
        self._start()

    def stop(self) -> None:
        """Stop and remove every trace."""
        self._end(signal.SIGQUIT)
        shutil.rmtree(self.dir, ignore_errors=True)

    def log(self) -> str:
        """All that the server has logged."""
        return (self.dir / "log").read_text(errors="replace")

    def _start(self) -> None:
        assert BINARIES is not None
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.dir,
            "max_connections": 200,
            "log_lock_waits": "on",
            "shared_buffers": "64MB",
            **({} if self._durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}),
        }
        words = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.dir / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [BINARIES / "postgres", "-D", self.dir / "data", *words],
                stdout=log, stderr=log, cwd=self.dir, start_new_session=True, **self._as_account(),
            )  # fmt: skip
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        self._end(signal.SIGQUIT)
        raise RuntimeError(f"PostgreSQL did not start: {self.log()}")

    def _end(self, how: signal.Signals) -> None:
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
