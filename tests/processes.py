"""The product as an operator has it: a configuration in a folder, its command called or started as a process, its database read from outside."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from engines import ask
from servers.ports import free_port

from pipeline.cli.main import main
from pipeline.journal import log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
DRAFTER, APPROVER = "drafter@council.example", "approver@council.example"
_WAIT_SECONDS = 45.0


@dataclass(frozen=True, slots=True)
class Done:
    """What a call of the command ended with."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output."""
        return self.out.decode("utf-8")

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output as one JSON object a line."""
        return [json.loads(line) for line in self.text.splitlines()]


def call(*words: str | Path) -> Done:
    """Call the command within this process, which spares the second that its start takes; streams, log and arguments are its own."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
    before = sys.argv, sys.stdout, sys.stderr
    handlers, logging.root.handlers = logging.root.handlers, []
    sys.argv = ["infogov", *map(str, words)]
    sys.stdout, sys.stderr = streams
    status: Any = 0
    try:
        main()
    except SystemExit as end:
        status = end.code
    finally:
        sys.argv, sys.stdout, sys.stderr = before
        logging.root.handlers = handlers
        log.reset()
    out, err = (stream.buffer.getvalue() for stream in streams)  # type: ignore[attr-defined]
    return Done(status=int(status or 0), out=out, err=err.decode("utf-8"))


def clean_environment(**more: str) -> dict[str, str]:
    """Take this process's environment without anything that could configure the product."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith("INFOGOV_") and n != "CREDENTIALS_DIRECTORY"}
    return {**kept, **more}


def wait_for(true: Callable[[], object], what: str, seconds: float = _WAIT_SECONDS) -> None:
    """Wait until *true* is; fails after *seconds*, saying *what* did not happen."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"in {seconds:.0f} seconds it did not happen: {what}"
        time.sleep(0.02)


@dataclass(slots=True)
class Service:
    """The product configured in *folder* for one mailbox and one SMTP server on loopback; *changes* are sections to add to or override."""

    folder: Path
    imap: int
    smtp: int
    user: str
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    web: int = field(default_factory=free_port)
    first: str = "infogov"

    def __post_init__(self) -> None:
        """Write the configuration."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.write()

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "infogov.toml"

    @property
    def database(self) -> Path:
        """The SQLite file, which need not be there yet."""
        return self.folder / "infogov.db"

    @property
    def url(self) -> str:
        """The address of the database."""
        return str(self.changes.get("database", {}).get("url", f"sqlite:///{self.database}"))

    def write(self) -> None:
        """Write the configuration as ``changes`` now are."""
        sections: dict[str, dict[str, Any]] = {
            "authority": {"name": "Northfield Council", "team": "Information Governance Team"},
            f"mailbox.{self.first}": self.mailbox(self.imap, self.user),
            "smtp": {
                "host": "127.0.0.1",
                "port": self.smtp,
                "security": "none",
                "from_address": "foi@northfield.example",
            },
            "database": {"url": "sqlite:///infogov.db"},
            "acknowledgement": {"per_sender_per_day": 10_000, "global_per_hour": 100_000},
            "delivery": {"undo_minutes": 0},
            "worker": {"deliver_seconds": 1},
            "web": {"port": self.web},
        }
        for name, values in self.changes.items():
            sections[name] = {**sections.get(name, {}), **values}
        lines: list[str] = []
        for name, values in sections.items():
            lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")

    @staticmethod
    def mailbox(port: int, user: str) -> dict[str, Any]:
        """Settings of a mailbox on the test server."""
        return {
            "host": "127.0.0.1",
            "port": port,
            "security": "none",
            "user": user,
            "password": "secret",
            "start": "all",
        }

    def call(self, *words: str | Path) -> Done:
        """Call a verb within this process, with this configuration."""
        return call(*words, "--config", self.config)

    def good(self, *words: str | Path) -> Done:
        """Call a verb that has to succeed."""
        done = self.call(*words)
        assert done.status == 0, (words, done.text, done.err)
        return done

    def start(self, *words: str | Path, **environment: str) -> subprocess.Popen[bytes]:
        """Start a verb as a process and leader of its own group; its output goes to ``log``."""
        command = [sys.executable, "-m", "pipeline", *map(str, words), "--config", str(self.config)]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=clean_environment(PYTHONPATH=str(ROOT), **environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    @property
    def log(self) -> Path:
        """Where processes write."""
        return self.folder / "process.log"

    def logged(self, words: str) -> bool:
        """Whether a process has written *words*."""
        return self.log.exists() and words in self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """Kill what still runs."""
        for process in self.started:
            kill(process)

    @contextlib.contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection of our own to the database."""
        with closing(sqlite3.connect(self.database, timeout=20, isolation_level=None)) as connection:
            yield connection

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database from outside; nothing while there is no such table."""
        if self.url.startswith("sqlite") and not self.database.exists():
            return []
        try:
            return ask(self.url, query, *values)
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise
        except psycopg.errors.UndefinedTable:
            return []

    def number(self, query: str, *values: object) -> int:
        """Ask for one number; 0 while there is no such table."""
        rows = self.rows(query, *values)
        return int(rows[0][0]) if rows else 0

    def waits_are_over(self) -> None:
        """Let the time pass that letters wait for their next try."""
        ask(self.url, "UPDATE outbox SET not_before = queued_at WHERE status = 'retry'")

    def status_of_letters(self) -> list[tuple[str, str]]:
        """Kind and status of every letter, oldest first."""
        return [(row["kind"], row["status"]) for row in self.good("outbox", "--json").lines]

    def approved_response(self) -> str:
        """Have the only request answered and approved by two officers; returns its reference. Needs an empty list of officers."""
        (request,) = self.good("requests", "--json").lines
        reference = str(request["reference"])
        for officer in (DRAFTER, APPROVER):
            self.good("officer", "add", officer)
        draft = self.folder / "draft.toml"
        self.good("draft", reference, "--new", "--output", draft)
        fill(draft)
        self.good("draft", reference, draft, "--officer", DRAFTER)
        self.good("submit", reference, "--officer", DRAFTER)
        self.good("approve", reference, "--officer", APPROVER)
        return reference


def assert_refused(done: Done, status: int, *words: str) -> None:
    """Assert that a call failed with *status* and these *words* on standard error, and without a traceback."""
    assert done.status == status, done
    for word in words:
        assert word in done.err
    assert "Traceback" not in done.err
    assert "unexpected fault" not in done.err


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL the whole group of *process* and collect it; nothing when it has ended."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def fill(draft: Path) -> None:
    """Answer every question of a draft file."""
    text = draft.read_text(encoding="utf-8")
    empty = 'outcome = ""\nanswer = """\n"""\n'
    assert empty in text
    draft.write_text(text.replace(empty, 'outcome = "supplied"\nanswer = "Forty-two."\n'), encoding="utf-8")


def request_mail(number: int, *, size: int = 0, extra: str = "") -> bytes:
    """A person's request, its sender and question like no other's; *size* adds that many bytes as an attachment, *extra* header lines."""
    head = (
        f"From: Requester {number} <person{number}@example.org>\r\nTo: foi@northfield.example\r\n"
        f"Subject: Freedom of Information request: depot {number}\r\nDate: {formatdate()}\r\n"
        f"Message-ID: <mail-{number}@example.org>\r\nMIME-Version: 1.0\r\n{extra}"
    )
    body = (
        "Dear Sir or Madam,\r\n\r\nUnder the Freedom of Information Act, please tell me:\r\n\r\n"
        f"1. How many vehicles are kept at depot {number}?\r\n2. What did the council spend on them in 2025?\r\n\r\n"
        f"Yours faithfully,\r\nRequester {number}\r\n"
    )
    if not size:
        return (head + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + body).encode()
    lines = "\r\n".join(["QUJD" * 19] * (size // 78))
    return (
        head + 'Content-Type: multipart/mixed; boundary="edge"\r\n\r\n--edge\r\n'
        "Content-Type: text/plain; charset=utf-8\r\n\r\n" + body + "\r\n--edge\r\n"
        'Content-Type: application/octet-stream; name="plan.bin"\r\nContent-Transfer-Encoding: base64\r\n'
        'Content-Disposition: attachment; filename="plan.bin"\r\n\r\n' + lines + "\r\n--edge--\r\n"
    ).encode()


def absence_mail(number: int) -> bytes:
    """An out-of-office answer, which makes no request and gets no answer."""
    return (
        f"From: Away {number} <away{number}@example.org>\r\nTo: foi@northfield.example\r\n"
        f"Subject: Automatic reply: your letter\r\nDate: {formatdate()}\r\n"
        f"Message-ID: <away-{number}@example.org>\r\nAuto-Submitted: auto-replied\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nI am away until Monday.\r\n"
    ).encode()
