"""The product with a fuse: every effect it has on the world is counted, and it ends with one of them, as a kill between two effects would.

An effect is what outlives the process: a transaction committed, a letter handed to the SMTP server, messages moved or filed on the
IMAP server. Composition is the product's own (``bootstrap``); only its ports are wrapped. Called as a program it reads scenarios from
standard input and plays each in a child process of its own, which is forked, so that its start costs no imports.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faults.officers import OFFICERS, answer_everything

from pipeline.bootstrap import App, SystemClock, SystemIds, uk_calendar
from pipeline.cli.opening import set_up_logging
from pipeline.settings import MailboxSettings, Settings
from pipeline.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from pipeline.domain.ports import Accepted
    from pipeline.store import Work

NEVER = 0


@dataclass(slots=True)
class Fuse:
    """Counts effects; *die* is called right after the one with number *at*, and from then on for whatever is still tried.

    *told* hears of each effect.
    """

    die: Callable[[], None]
    at: int = NEVER
    seen: list[str] = field(default_factory=list)
    told: Callable[[str], None] = lambda _name: None

    def effect(self, name: str) -> None:
        """Count an effect that has just happened."""
        self.seen.append(name)
        self.told(name)
        if len(self.seen) == self.at:
            self.die()

    def alive(self) -> None:
        """Let no effect begin after the end."""
        if self.at and len(self.seen) >= self.at:
            self.die()


class FusedStore(Store):
    """The Store; each committed transaction is an effect."""

    fuse: Fuse

    @contextmanager
    def write(self) -> Iterator[Work]:
        """Commit, and count it."""
        self.fuse.alive()
        with super().write() as work:
            yield work
        self.fuse.effect("commit")


class FusedMailbox:
    """A Mailbox; what it moves or files on the server is an effect."""

    def __init__(self, mailbox: Any, fuse: Fuse) -> None:
        self._mailbox = mailbox
        self._fuse = fuse

    def move(self, uids: Sequence[int], folder: str) -> bool:
        """Move, and count it."""
        self._fuse.alive()
        done: bool = self._mailbox.move(uids, folder)
        self._fuse.effect("move")
        return done

    def append_once(self, folder: str, raw: bytes, message_id: str, at: datetime) -> None:
        """File a copy, and count it."""
        self._fuse.alive()
        self._mailbox.append_once(folder, raw, message_id, at)
        self._fuse.effect("copy")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mailbox, name)


class FusedTransport:
    """A Transport; a letter that the server has is an effect."""

    def __init__(self, transport: Any, fuse: Fuse) -> None:
        self._transport = transport
        self._fuse = fuse

    def send(self, sender: str, recipients: Sequence[str], raw: bytes, *, before_data: Callable[[], None]) -> Accepted:
        """Hand over, and count it."""
        self._fuse.alive()
        accepted: Accepted = self._transport.send(sender, recipients, raw, before_data=before_data)
        self._fuse.effect("letter")
        return accepted

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class FusedApp(App):
    """The product as ``bootstrap`` composes it, over wrapped ports."""

    @classmethod
    def compose(cls, settings: Settings, fuse: Fuse) -> FusedApp:
        """Wire the product for *settings* with the machine's own time and chance."""
        return cls(
            settings=settings,
            store=fused_store(settings, fuse),
            clock=SystemClock(),
            ids=SystemIds(),
            calendar=uk_calendar(),
        )

    @property
    def fuse(self) -> Fuse:
        """The fuse of all its ports."""
        assert isinstance(self.store, FusedStore)
        return self.store.fuse

    def mailbox(self, settings: MailboxSettings) -> Any:
        """A connection to one mailbox, with the fuse."""
        return FusedMailbox(super().mailbox(settings), self.fuse)

    def transport(self) -> Any:
        """A connection to the SMTP server, with the fuse."""
        return FusedTransport(super().transport(), self.fuse)


def fused_store(settings: Settings, fuse: Fuse) -> FusedStore:
    """The store of *settings*, with *fuse*."""
    store = FusedStore.open(settings.database.url)
    assert isinstance(store, FusedStore)
    store.fuse = fuse
    return store


def run_once(app: App) -> None:
    """Receive, file and send, as ``infogov run-once`` does."""
    for box in app.settings.mailbox.values():
        mailbox = app.mailbox(box)
        problems = app.receive.poll(mailbox, box).errors
        mailbox.close()
        if problems:
            raise SystemExit("; ".join(problems))
    app.intake.run()
    app.deliver().run()


def answered(app: App) -> None:
    """Two officers answer every request, stop the letter once and let it go again; then the product sends."""
    for email in OFFICERS:
        with app.store.read() as work:
            known = work.officers.find(email)
        if known is None:
            with app.store.write() as work:
                work.officers.add(email, email.partition("@")[0], "approver", via="test", at=app.clock.now())
    answer_everything(app)
    app.deliver().run()


PLAYS = {"run-once": run_once, "answered": answered}


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def play(scenario: str, config: Path, at: int) -> list[str]:
    """Play *scenario* in this process, which is killed right after effect number *at*; returns the effects there were."""
    fuse = Fuse(_kill, at)
    app = FusedApp.compose(Settings.load(config, {}), fuse)
    try:
        PLAYS[scenario](app)
    finally:
        app.close()
    return fuse.seen


def _child(order: dict[str, Any], report: int) -> None:
    try:
        seen = play(order["scenario"], Path(order["config"]), order["at"])
        os.write(report, json.dumps(seen).encode())
    except BaseException as error:  # noqa: BLE001 - whatever it was is told to the test
        os.write(report, json.dumps({"error": repr(error)}).encode())
    os._exit(0)


def serve() -> None:
    """Play each order on standard input, one a line, and say on standard output what became of it; null for a kill."""
    set_up_logging("error", "json")
    for line in sys.stdin:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            _child(json.loads(line), writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read()
        _, status = os.waitpid(pid, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print(told.decode() if told and not killed else "null", flush=True)


if __name__ == "__main__":
    serve()
