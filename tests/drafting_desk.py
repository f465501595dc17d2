"""Casework in one process: a store on a file, officers of every role, one request, and a mail server in memory that takes its letters."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fakes import FakeTransport, FixedClock, SequenceIds
from storing import make_store, new_case

from pipeline.bootstrap import uk_calendar
from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.response import AnswerOutcome
from pipeline.mail.scanning import Scanner
from pipeline.settings import Settings
from pipeline.stages.casework import Casework
from pipeline.stages.clockwork import Clockwork
from pipeline.stages.deliver import Deliver
from pipeline.stages.mailroom import Mailroom
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.letters.model import LetterRecord
    from pipeline.stages.casework import Approved
    from pipeline.stages.casework.looking import Draft
    from pipeline.store.records import Case, EventRecord, LetterRecordRow, OutboxSummary

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
RECEIVED, DUE = date(2026, 2, 23), date(2026, 3, 23)
REQUESTER = "Alex@example.org"
DRAFTER, COLLEAGUE = "dana@council.example", "cole@council.example"
APPROVER, SECOND = "ava@council.example", "sam@council.example"
ADMIN, LOOKER = "max@council.example", "lou@council.example"
ROLES = {
    **dict.fromkeys((DRAFTER, COLLEAGUE), "officer"),
    **dict.fromkeys((APPROVER, SECOND), "approver"),
    ADMIN: "admin",
    LOOKER: "read_only",
}


class DraftingDesk:
    """One request at a desk of many officers. *changes* are sections of the configuration."""

    def __init__(self, folder: Path, **changes: dict[str, Any]) -> None:
        self.store = make_store(folder)
        self.clock = FixedClock(AT)
        self.ids = SequenceIds()
        self.transport = FakeTransport()
        self.folder = folder
        self.calendar = uk_calendar()
        self.configure(**changes)
        with self.store.write() as work:
            for email, role in ROLES.items():
                work.officers.add(email, email.partition("@")[0].title(), role, via="test", at=AT)
            received = datetime(2026, 2, 23, 9, 0, tzinfo=UTC)
            opened = new_case(work, received_at=received, received_on=RECEIVED, due_on=DUE, created_at=received)
        self.reference = opened.reference

    def configure(self, **changes: dict[str, Any]) -> None:
        """Wire the verbs for other settings."""
        sections: dict[str, dict[str, Any]] = {
            "authority": {
                "name": "Northfield Council",
                "team": "Information Governance Team",
                "internal_domains": ["council.example"],
                "privacy_notice": "https://council.example/privacy",
            },
            "mailbox.infogov": {
                "host": "127.0.0.1",
                "security": "none",
                "user": "foi@council.example",
                "password": "p",
            },
            "smtp": {"host": "127.0.0.1", "security": "none", "from_address": "foi@council.example"},
        }
        for section, values in changes.items():
            sections[section] = sections.get(section, {}) | values
        file = self.folder / "desk.toml"
        file.write_text(
            "".join(
                f"[{section}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
                for section, values in sections.items()
            )
        )
        self.settings = Settings.load(file, {})
        clockwork = Clockwork(self.store, self.clock, self.calendar)
        scan = self.settings.scan
        self.casework = Casework(
            self.store,
            self.clock,
            self.ids,
            self.settings,
            self.calendar,
            clockwork,
            via="test",
            scanner=Scanner(scan.clamd, scan.timeout_seconds) if scan.clamd else None,
        )
        told: dict[str, Any] = {"letter_sent": clockwork.letter_sent}
        self.mailroom = Mailroom(self.store, self.clock, self.ids, self.settings, **told)
        self.sender = Deliver(self.store, self.transport, self.clock, self.ids, self.settings, **told)

    # ---- doing -----------------------------------------------------------------------------------------------------

    def answered(self, answer: str = "There were forty clinics.") -> LetterRecord:
        """The request's answer with every question supplied with."""
        draft = self.casework.draft(self.reference)
        questions = tuple(replace(q, outcome=AnswerOutcome.SUPPLIED, answer=answer) for q in draft.record.questions)
        return replace(draft.record, questions=questions)

    def save(self, answer: str = "There were forty clinics.", officer: str = DRAFTER, **options: Any) -> None:
        """Keep an answer."""
        self.casework.save_record(self.reference, self.answered(answer), officer, **options)

    def submitted(self, answer: str = "There were forty clinics.") -> Draft:
        """An answer that waits for approval, as a page shows it."""
        self.save(answer)
        self.casework.submit(self.reference, DRAFTER)
        return self.casework.draft(self.reference)

    def approved(self) -> Approved:
        """An answer approved by the plain rule."""
        self.submitted()
        return self.casework.approve(self.reference, APPROVER)

    def deliver(self, after: timedelta = timedelta(minutes=16)) -> int:
        """Let time go by and send what is due; returns how many letters went."""
        self.clock.advance(after)
        return self.sender.run().sent

    def bounce(self, outbox_id: int) -> None:
        """Let a letter that went come back."""
        self.settle(outbox_id, OutboxStatus.BOUNCED)

    def settle(self, outbox_id: int, status: OutboxStatus) -> None:
        """Put a letter of the outbox where only the world outside can bring it."""
        with self.store.write() as work:
            [row] = work.outbox.summaries(outbox_id=outbox_id)
            assert work.outbox.move(row, status, Happening(kind="letter_returned", at=AT))

    def restrict(self, team: str = "Adults") -> None:
        """Let only *team* see the request."""
        with self.store.write() as work:
            work.cases.change(self.case, Happening(kind="restricted", at=AT), team=team)

    # ---- looking ---------------------------------------------------------------------------------------------------

    @property
    def case(self) -> Case:
        """The request as it is."""
        with self.store.read() as work:
            found = work.cases.by_reference(self.reference)
        assert found is not None
        return found

    def letters(self, kind: str | None = None) -> list[LetterRecordRow]:
        """Its letters, oldest first."""
        with self.store.read() as work:
            return [row for row in work.letters.of_case(self.case.id) if kind in (None, row.kind)]

    def outbox(self) -> list[OutboxSummary]:
        """What is on its way or gone."""
        with self.store.read() as work:
            return work.outbox.summaries(request_id=self.case.id)

    def events(self, kind: str) -> list[EventRecord]:
        """What happened, of one kind."""
        with self.store.read() as work:
            return [event for event in work.events.of_case(self.case.id) if event.kind == kind]

    def content(self, outbox_id: int) -> bytes:
        """The bytes of a frozen letter."""
        with self.store.read() as work:
            found = work.outbox.content(outbox_id)
        assert found is not None
        return found
