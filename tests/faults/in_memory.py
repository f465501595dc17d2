"""The product over a mailbox and an SMTP server in memory and a real database: quick, and killed at any effect without ending the test."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

from fakes import FakeMailbox, FakeTransport, FixedClock, Sent, SequenceIds
from faults.effects import NEVER, Fuse, FusedMailbox, FusedTransport, fused_store
from sqlalchemy import event

from pipeline.bootstrap import App, uk_calendar
from pipeline.domain.errors import TransportError, UncertainError
from pipeline.domain.ports import Accepted
from pipeline.settings import MailboxSettings, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

_CONFIG = """
[authority]
name = "Northfield Council"
team = "Information Governance Team"
[mailbox.foi]
host = "127.0.0.1"
security = "none"
user = "foi@council.example"
password = "secret"
start = "all"
processed_folder = "Done"
[smtp]
host = "127.0.0.1"
security = "none"
from_address = "foi@council.example"
[database]
url = "sqlite:///infogov.db"
"""


class KilledError(BaseException):
    """The process is gone: nothing of ours may stop it."""


class Server(FakeTransport):
    """An SMTP server that answers by turns as *answers* say: ok, busy, never, away, lost, kept (taken, and nobody was told).

    ``offered`` has every letter whose final dot it saw. *looking* is called with each Message-ID when DATA comes.
    """

    def __init__(self, looking: Callable[[str], None]) -> None:
        super().__init__()
        self.answers: list[str] = []
        self.offered: list[Sent] = []
        self._looking = looking

    def send(self, sender: str, recipients: Sequence[str], raw: bytes, *, before_data: Callable[[], None]) -> Accepted:
        """Take the letter or not, as the next answer says."""
        answer = self.answers.pop(0) if self.answers else "ok"
        if answer == "away":
            raise TransportError("Connection refused")
        before_data()
        self._looking(message_id(raw))
        if answer == "lost":
            raise UncertainError("contact was lost after DATA")
        if answer == "busy":
            raise TransportError("451 Not now", code=451)
        if answer == "never":
            raise TransportError("554 Never", code=554, permanent=True)
        self.offered.append(Sent(sender=sender, recipients=tuple(recipients), raw=raw))
        if answer == "kept":
            raise UncertainError("contact was lost after DATA")
        return Accepted(answer="250 2.0.0 Queued")


@dataclass(frozen=True)
class MemoryApp(App):
    """The product as ``bootstrap`` composes it, but for its connections."""

    box: Any = None
    server: Any = None

    def mailbox(self, settings: MailboxSettings) -> Any:
        """The one mailbox."""
        del settings
        return self.box

    def transport(self) -> Any:
        """The one server."""
        return self.server


class World:
    """Servers that outlive the product, and the product, which can be killed and started again."""

    def __init__(self, folder: Path, empty_database: Path) -> None:
        self.folder = folder
        self.database = folder / "infogov.db"
        shutil.copy(empty_database, self.database)
        (folder / "infogov.toml").write_text(_CONFIG, encoding="utf-8")
        self.settings = Settings.load(folder / "infogov.toml", {})
        self.clock, self.ids = FixedClock(), SequenceIds()
        self.mailbox = FakeMailbox()
        self.server = Server(self._look)
        self.calendar = uk_calendar()
        self.fuse = Fuse(self._die)
        self.app = self._start()

    def _start(self) -> MemoryApp:
        self.fuse = Fuse(self._die)
        return MemoryApp(
            settings=self.settings,
            store=fused_store(self.settings, self.fuse),
            clock=self.clock,
            ids=self.ids,
            calendar=self.calendar,
            box=FusedMailbox(self.mailbox, self.fuse),
            server=FusedTransport(self.server, self.fuse),
        )

    def run(self, job: Callable[[MemoryApp], object], kill_at: int = NEVER) -> bool:
        """Do *job*, or be killed right after its effect number *kill_at* and start again; True when it was killed."""
        self.fuse.at = kill_at
        self.fuse.seen.clear()
        try:
            job(self.app)
        except KilledError:
            self.app.close()
            self.mailbox.close()
            self.server.close()
            self.app = self._start()
            return True
        finally:
            self.fuse.at = NEVER
        return False

    def poll(self, app: MemoryApp) -> None:
        """Read the mailbox."""
        errors = app.receive.poll(app.box, self.settings.mailbox["foi"]).errors
        assert errors == []

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database from outside."""
        with closing(sqlite3.connect(self.database, timeout=20)) as connection:
            return connection.execute(query, values).fetchall()

    def close(self) -> None:
        """End for good."""
        self.app.close()

    def _look(self, of: str) -> None:
        # Whatever else happens: a letter whose DATA begins is on record as being sent, marked, and not taken back (invariants 5 and 7).
        assert self.rows("SELECT status, phase FROM outbox WHERE message_id = ?", of) == [("sending", "data")]

    @staticmethod
    def _die() -> None:
        raise KilledError


@contextmanager
def connections_with(world: World, *pragmas: str) -> Iterator[None]:
    """Give every connection to the database these settings besides its own, for a while."""
    engine = world.app.store._engine

    def set_them(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    event.listen(engine, "connect", set_them)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", set_them)
        engine.dispose()


def message_id(raw: bytes) -> str:
    """The Message-ID of a letter."""
    return str(message_from_bytes(raw)["Message-ID"])
