"""The whole product against real servers: a configuration file, a database, and every stage through the real composition root."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from unittest import mock

from engines import ask, finished
from fakes import FixedClock
from processes import call, clean_environment
from servers.dovecot import PASSWORD

from pipeline.bootstrap import SystemIds, build
from pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from servers.dovecot import Dovecot
    from servers.smtp import Received as Letter
    from servers.smtp import SmtpSink

    from pipeline.bootstrap import App
    from pipeline.mail.mailbox import ImapMailbox
    from pipeline.stages.casework import Approved, Casework
    from pipeline.stages.deliver import Deliver, Delivered
    from pipeline.stages.receive import Received
    from pipeline.store.records import Case, OutboxSummary

COUNCIL = "foi@council.example"
DRAFTER, APPROVER = "drafter@council.example", "approver@council.example"
_VERDICTS = {
    "request": "requests",
    "reply": "replies",
    "bounce": "bounces",
    "automatic": "automatic",
    "internal": "internal",
    "other": "other",
    "quarantined": "quarantined",
}


class SteadyIds(SystemIds):
    """Real chance, but for the jitter: every retry waits half of its step."""

    def fraction(self) -> float:
        """One half."""
        return 0.5


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended: exit status, standard output and standard error."""

    status: int
    out: str
    errors: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON objects it printed."""
        return [json.loads(line) for line in self.out.splitlines()]


class Product:
    """The product over mailboxes of *users* (name in the configuration -> user of the server), sending to *sink*.

    *changes* are sections of the configuration, laid over a plain one. The clock stands still until a test moves it;
    a command run by ``cli`` has the real clock, and afterwards ours is not behind it. Connections are kept between polls.
    """

    def __init__(
        self, folder: Path, dovecot: Dovecot, sink: SmtpSink, users: Mapping[str, str], **changes: dict[str, Any]
    ) -> None:
        self.folder = folder
        self.dovecot = dovecot
        self.sink = sink
        self.users = dict(users)
        self.clock = FixedClock(datetime.now(UTC).replace(microsecond=0))
        self.config = folder / "infogov.toml"
        self._apps: list[App] = []
        self._mailboxes: dict[str, ImapMailbox] = {}
        if "database" not in changes:
            finished(folder / "infogov.db")
        self.configure(**changes)

    def configure(self, **changes: dict[str, Any]) -> None:
        """Write the configuration afresh and wire the product for it, as a restart does."""
        self._close()
        boxes = {
            name: {
                "host": "127.0.0.1",
                "port": self.dovecot.port,
                "security": "none",
                "user": user,
                "password": PASSWORD,
                "start": "all",
                "timeout_seconds": 10,
            }
            for name, user in self.users.items()
        }
        for name, values in changes.pop("mailbox", {}).items():
            boxes[name] |= values
        sections: dict[str, dict[str, Any]] = {
            "authority": {"name": "Northfield Council", "team": "Information Governance Team"},
            **{f"mailbox.{name}": box for name, box in boxes.items()},
            "smtp": {
                "host": "127.0.0.1",
                "port": self.sink.port,
                "security": "none",
                "from_address": COUNCIL,
                "timeout_seconds": 10,
            },
            "database": {"url": "sqlite:///infogov.db"},
        }
        for section, values in changes.items():
            sections[section] = sections.get(section, {}) | values
        self.config.write_text(
            "\n".join(
                f"[{section}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
                for section, values in sections.items()
            )
        )
        settings = Settings.load(self.config, {})
        self._apps.append(dataclasses.replace(build(settings), clock=self.clock, ids=SteadyIds()))

    @property
    def app(self) -> App:
        """The product as configured last."""
        return self._apps[-1]

    def close(self) -> None:
        """Give connections and database back."""
        self._close()

    # ---- mail in ---------------------------------------------------------------------------------------------------

    def put(self, *raws: bytes, box: str = "infogov", folder: str = "INBOX", at: datetime | None = None) -> None:
        """Deliver mail into a mailbox, as of now unless *at* says otherwise."""
        with self.dovecot.client(self.users[box]) as person:
            if folder != "INBOX" and not person.folder_exists(folder):
                person.create_folder(folder)
            for raw in raws:
                person.append(folder, raw, msg_time=at or self.clock.now())

    def mailbox(self, box: str = "infogov") -> ImapMailbox:
        """The connection kept to a mailbox."""
        if box not in self._mailboxes:
            self._mailboxes[box] = self.app.mailbox(self.app.settings.mailbox[box])
        return self._mailboxes[box]

    def receive(self, box: str = "infogov") -> Received:
        """Poll one mailbox."""
        return self.app.receive.poll(self.mailbox(box), self.app.settings.mailbox[box])

    def intake(self) -> Counter[str]:
        """File what was taken."""
        return self.app.intake.run()

    def sender(self) -> Deliver:
        """The stage that delivers, with a connection of its own."""
        return self.app.deliver()

    def deliver(self) -> Delivered:
        """Send what is due."""
        return self.sender().run()

    def run_once(self) -> Counter[str]:
        """Do what ``infogov run-once`` does, with our clock; the keys are the same, and ``errors`` counts what was reported."""
        counts: Counter[str] = Counter()
        for box in self.users:
            polled = self.receive(box)
            counts.update(received=polled.taken, errors=len(polled.errors))
        counts.update({_VERDICTS[verdict]: number for verdict, number in self.intake().items()})
        delivered = self.deliver()
        for key in ("acknowledged", "sent", "redirected", "retried", "failed", "uncertain"):
            counts[key] += getattr(delivered, key)
        counts.update(errors=1 if delivered.unreachable else 0)
        return +counts

    def cli(self, *arguments: str) -> Ran:
        """Run the command, with connections of its own and the real clock; in this process, as the start of another takes a second."""
        with contextlib.chdir(self.folder), mock.patch.dict(os.environ, clean_environment(), clear=True):
            done = call(*arguments, "--config", self.config)
        return self._ran(Ran(done.status, done.text, done.err))

    def process(self, *arguments: str) -> Ran:
        """Run the command in a process of its own, for what two processes do to each other."""
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *arguments, "--config", str(self.config)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=self.folder,
            env=clean_environment(),
            timeout=120,
            check=False,
        )
        return self._ran(Ran(done.returncode, done.stdout, done.stderr))

    def _ran(self, ran: Ran) -> Ran:
        assert "Traceback" not in ran.errors, ran.errors
        self.clock.set(max(self.clock.now(), datetime.now(UTC)))
        return ran

    # ---- what there is ---------------------------------------------------------------------------------------------

    def cases(self) -> list[Case]:
        """All requests, oldest first."""
        with self.app.store.read() as work:
            return list(work.cases.every())

    def case(self, reference: str) -> Case:
        """One request."""
        with self.app.store.read() as work:
            found = work.cases.by_reference(reference)
        assert found is not None
        return found

    def outbox(self, **which: int) -> list[OutboxSummary]:
        """Letters on their way or gone."""
        with self.app.store.read() as work:
            return work.outbox.summaries(**which)

    def sides(self, case: Case) -> list[tuple[str, str | None]]:
        """(side, verdict) of a case's messages, oldest first."""
        with self.app.store.read() as work:
            return [(message.side, message.verdict) for message in work.messages.of_case(case.id)]

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Reach past the product into its database."""
        return ask(self.app.settings.database.url, statement, *values)

    def count(self, table: str, where: str = "1 = 1") -> int:
        """How many rows."""
        return int(self.sql(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])  # noqa: S608 - the tests' own words

    def picture(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table but for the time of the last poll: to see that nothing changed."""
        listed = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        if self.app.store.shared:
            listed = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        names = [row[0] for row in self.sql(listed)]
        tables = {name: self.sql(f'SELECT * FROM "{name}"') for name in names if name != "folder"}  # noqa: S608 - names from the database itself
        return tables | {"folder": self.sql("SELECT mailbox, folder, uidvalidity, cursor, rescans FROM folder")}

    # ---- officers --------------------------------------------------------------------------------------------------

    def casework(self) -> Casework:
        """The officers' verbs; DRAFTER and APPROVER work here."""
        with self.app.store.write() as work:
            for email in (DRAFTER, APPROVER):
                work.officers.add(email, email.partition("@")[0], "approver", via="test", at=self.clock.now())
        return self.app.casework()

    def one_case(self, raw: bytes | None = None) -> Case:
        """Take in one request, acknowledge it, and return its case."""
        before = {case.id for case in self.cases()}
        self.put(raw or request("one"))
        self.run_once()
        [case] = [case for case in self.cases() if case.id not in before]
        return case

    def draft(self, case: Case, answer: str = "There were forty.", officer: str | None = DRAFTER) -> None:
        """Save a draft with every question answered."""
        casework = self.casework()
        text = casework.draft_text(case.reference)
        text = text.replace('outcome = ""', 'outcome = "supplied"')
        text = re.sub(
            r'^answer = """.*?"""', lambda _: f'answer = """\n{answer}\n"""', text, flags=re.MULTILINE | re.DOTALL
        )
        casework.save_draft(case.reference, text, "draft.toml", officer)

    def approved(self, case: Case, answer: str = "There were forty.") -> Approved:
        """Draft, submit and approve a response."""
        self.draft(case, answer)
        casework = self.casework()
        casework.submit(case.reference, DRAFTER)
        return casework.approve(case.reference, APPROVER)

    def after_undo(self) -> None:
        """Let the time in which an approved letter can be stopped go by."""
        self.clock.advance(timedelta(minutes=self.app.settings.delivery.undo_minutes, seconds=1))

    def _close(self) -> None:
        for mailbox in self._mailboxes.values():
            mailbox.close()
        self._mailboxes.clear()
        for app in self._apps:
            app.close()
        self._apps.clear()


def request(
    name: str,
    *,
    sender: str = "jane@example.org",
    subject: str = "Freedom of Information request",
    body: str = "Dear Sir or Madam,\r\n\r\nUnder the Freedom of Information Act, how many potholes were mended in 2025?\r\n\r\nJane Doe\r\n",
    headers: tuple[str, ...] = (),
) -> bytes:
    """A person's plain mail, dated now; *name* makes its Message-ID."""
    lines = (
        f"From: {sender}",
        f"To: {COUNCIL}",
        f"Subject: {subject}",
        f"Date: {format_datetime(datetime.now(UTC))}",
        f"Message-ID: <{name}@mail.example.org>",
        *headers,
    )
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def message_id(letter: Letter) -> str:
    """The Message-ID of a letter that the sink got."""
    return str(message_from_bytes(letter.raw)["Message-ID"])


def bounce_of(raw: bytes, to: str, *, name: str = "bounce") -> bytes:
    """A delivery report (RFC 3464) that says *raw*, sent to *to*, was refused for good."""
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    return (
        f"Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.org>\r\nTo: {COUNCIL}\r\n"
        f"Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <{name}@mx.example.org>\r\n"
        f"Date: {format_datetime(datetime.now(UTC))}\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="edge"\r\n\r\n'
        "--edge\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n\r\n"
        "--edge\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such mailbox here\r\n\r\n"
        f"--edge\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n\r\n--edge--\r\n"
    ).encode("ascii")


@contextmanager
def making(folder: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Callable[..., Product]]:
    """Lend a function that sets the product up, with one mailbox of *user* unless told otherwise; keywords are sections of the configuration."""
    made: list[Product] = []

    def make(users: Mapping[str, str] | None = None, **changes: dict[str, Any]) -> Product:
        made.append(Product(folder, dovecot, sink, users or {"infogov": user}, **changes))
        return made[-1]

    try:
        yield make
    finally:
        for one in made:
            one.close()
