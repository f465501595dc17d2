"""A council's servers on loopback, and the product as a configuration and a process: what every benchmark runs on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from servers.dovecot import PASSWORD, Dovecot
from servers.postgres import Postgres
from sink import Sink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

ROOT = Path(__file__).parents[2]
COUNCIL = "foi@council.example"
_LINKS = 20_000
SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(slots=True)
class Town:
    """A mail server, a sink for what we send, and a database, for as long as the block of ``town`` lasts."""

    folder: Path
    dovecot: Dovecot
    sink: Sink
    database: str

    def configure(self, users: Sequence[str] = ("infogov",), **changes: dict[str, Any]) -> Path:
        """Write a configuration with a mailbox for each of *users*; *changes* are sections laid over it. Returns its file."""
        sections: dict[str, dict[str, Any]] = {
            "authority": {"name": "Northfield Council", "team": "Information Governance Team"},
            **{f"mailbox.{user}": self._mailbox(user) for user in users},
            "smtp": {"host": "127.0.0.1", "port": self.sink.port, "security": "none", "from_address": COUNCIL},
            "database": {"url": self.database},
            "acknowledgement": {"per_sender_per_day": 10_000, "global_per_hour": 1_000_000},
            "delivery": {"undo_minutes": 0},
        }
        for name, values in changes.items():
            sections[name] = {**sections.get(name, {}), **values}
        lines: list[str] = []
        for name, values in sections.items():
            lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
        file = self.folder / f"infogov-{'-'.join(users)}.toml"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return file

    def _mailbox(self, user: str) -> dict[str, Any]:
        place = {"host": "127.0.0.1", "port": self.dovecot.port, "security": "none"}
        return {**place, "user": user, "password": PASSWORD, "start": "all"}

    def put(self, mails: Iterable[bytes], user: str = "infogov") -> int:
        """Put *mails* into the mailbox of *user*; returns how many."""
        count = 0
        with self.dovecot.client(user) as person:
            for count, raw in enumerate(mails, 1):  # noqa: B007 - the last number is the count
                person.append("INBOX", raw)
        return count

    def fill(self, user: str, count: int, raw: bytes) -> None:
        """Put *count* links to one mail into the mailbox's folder behind the server's back, as a restored maildir has them."""
        with self.dovecot.client(user) as person:
            person.append("INBOX", raw)
        place = self.dovecot.dir / "mail" / user / "cur"
        kept = next(path for name in ("new", "cur") for path in (place.parent / name).iterdir())
        for number in range(1, count):
            there = place / f"{1_600_000_000 + number}.M{number}.bench:2,S"
            if number % _LINKS:
                os.link(kept, there)
            else:
                # A file can have only so many names.
                shutil.copy2(kept, there)
                kept = there


@contextmanager
def town(database: str = SQLITE) -> Iterator[Town]:
    """Start the servers; PostgreSQL waits for its disk, as SQLite with synchronous=FULL does."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        dovecot, sink = Dovecot(), Sink()
        stack.callback(dovecot.stop)
        stack.callback(sink.stop)
        url = f"sqlite:///{folder / 'infogov.db'}"
        if database == POSTGRESQL:
            server = Postgres(durable=True)
            stack.callback(server.stop)
            url = server.url(server.create())
        yield Town(folder=folder, dovecot=dovecot, sink=sink, database=url)


def environment() -> dict[str, str]:
    """This process's environment without anything that could configure the product, and with what deploy/infogov.service sets."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INFOGOV_")}
    return {**kept, "PYTHONPATH": str(ROOT), "MALLOC_ARENA_MAX": "1"}


@contextmanager
def process(*words: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Run Python with *words*; it is killed with its pipes closed when the block ends."""
    started = subprocess.Popen(
        [sys.executable, *map(str, words)],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with started:
        try:
            yield started
        finally:
            started.kill()


def until(true: Callable[[], object], what: str, seconds: float = 120.0) -> float:
    """Wait until *true* is; returns the moment (``time.perf_counter``). Raises TimeoutError naming *what*."""
    end = time.perf_counter() + seconds
    while not true():
        if time.perf_counter() > end:
            raise TimeoutError(f"in {seconds:.0f} seconds it did not happen: {what}")
        time.sleep(0.001)
    return time.perf_counter()
