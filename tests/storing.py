"""Small builders for a store with something in it: a file database, arrivals, cases, frozen letters, and one of everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from engines import CURRENT
from sqlalchemy import insert

from pipeline.domain.clock_events import Event, EventKind
from pipeline.domain.message import Attachment, content_digest, raw_digest
from pipeline.domain.outbox import Frozen, OutboxStatus
from pipeline.domain.request import Question
from pipeline.store import Store, schema
from pipeline.store.cases import NewCase
from pipeline.store.erasing import By
from pipeline.store.events import Happening
from pipeline.store.folders import FolderPosition
from pipeline.store.index_tables import LetterProvision
from pipeline.store.records import Arrival, LetterFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.store import Work
    from pipeline.store.records import Case

AT = datetime(2025, 1, 6, 10, 0, tzinfo=UTC)
MAILBOX = "foi"
FOLDER = "INBOX"
UIDVALIDITY = 7
QUESTIONS = (
    Question(label="1", text="How many clinics are there?"),
    Question(label="2", text="What do they cost?"),
)


def database(tmp_path: Path) -> Path:
    """The file that ``make_store`` keeps its database in, on SQLite."""
    return tmp_path / "infogov.db"


def address(tmp_path: Path) -> str:
    """The address of *tmp_path*'s database on the engine that tests run on now."""
    return CURRENT.databases.address(tmp_path)


def make_store(tmp_path: Path) -> Store:
    """A store of *tmp_path*'s own, on SQLite a file below it; the same one again when it is there already."""
    return Store.open(address(tmp_path))


def by_hand(tmp_path: Path, statement: str, *values: object) -> list[Any]:
    """Run *statement* on *tmp_path*'s database as somebody with a shell would: past the store, foreign keys off. Raises RefusedError."""
    return CURRENT.databases.by_hand(tmp_path, statement, *values)


def letter_bytes(number: int = 1, text: str = "How many clinics are there?") -> bytes:
    """A small mail, another one for each *number*."""
    return (
        f"From: Alex Example <alex@example.org>\r\nTo: foi@example.gov.uk\r\nSubject: Request {number}\r\n"
        f"Message-ID: <{number}@example.org>\r\nDate: Mon, 6 Jan 2025 09:59:00 +0000\r\n\r\n{text}\r\n"
    ).encode()


def arrival(
    uid: int,
    raw: bytes | None = None,
    *,
    internal_date: datetime = AT,
    size: int | None = None,
    body: str = "whole",
    backfill: bool = False,
) -> Arrival:
    """A message as receive hands it over; *raw* is ``letter_bytes(uid)`` unless given."""
    raw = letter_bytes(uid) if raw is None else raw
    return Arrival(
        uid=uid,
        size=len(raw) if size is None else size,
        raw=raw,
        sha256=raw_digest(raw),
        content_sha256=content_digest(raw),
        internal_date=internal_date,
        body=body,
        backfill=backfill,
    )


def take(work: Work, *arrivals: Arrival, mailbox: str = MAILBOX, folder: str = FOLDER, at: datetime = AT) -> int:
    """Keep *arrivals*; returns how many were new."""
    return work.messages.take(mailbox, folder, UIDVALIDITY, arrivals, at)


def position(cursor: int = 0, backfill_until: int = 0) -> FolderPosition:
    """Where reading of a folder starts."""
    return FolderPosition(
        uidvalidity=UIDVALIDITY, cursor=cursor, backfill_until=backfill_until, first_seen_at=AT, left_behind=0
    )


def case_values(reference: str = "FOI000000015", **changes: Any) -> NewCase:
    """What intake knows of a request; *changes* are fields of NewCase."""
    values = NewCase(
        reference=reference,
        regime="foi",
        regime_reasons=("it asks for recorded information",),
        flagged=False,
        flag_reasons=(),
        received_at=AT,
        received_on=date(2025, 1, 6),
        received_source="INTERNALDATE",
        due_on=date(2025, 2, 3),
        requester_name="Alex Example",
        requester_email="Alex@example.org",
        topic="Clinics",
        subject="Freedom of information request",
        message_id=None,
        acknowledge="automatic",
        acknowledge_kind="acknowledgement",
        acknowledge_reasons=(),
        created_at=AT,
    )
    return replace(values, **changes)


def new_case(
    work: Work, reference: str = "FOI000000015", *, questions: Sequence[Question] = QUESTIONS, **changes: Any
) -> Case:
    """A request with its questions, as intake opens it; *changes* are fields of NewCase."""
    request_id = work.cases.open(case_values(reference, **changes), questions)
    assert request_id is not None, f"{reference} is taken"
    return work.cases.by_ids([request_id])[0]


def frozen(number: int = 1, **changes: Any) -> Frozen:
    """A letter complete to the byte, another one for each *number*; *changes* are fields of Frozen."""
    values = Frozen(
        kind="acknowledgement",
        once_key=f"acknowledgement:{number}",
        message_id=f"<{number:032x}@example.gov.uk>",
        envelope_from="foi@example.gov.uk",
        recipients=("Alex@example.org",),
        content=f"Subject: Your request\r\n\r\nThank you ({number}).\r\n".encode(),
        not_before=AT,
        status=OutboxStatus.QUEUED,
    )
    return replace(values, **changes)


def one_of_everything(store: Store, *, of_the_first_version: bool = False) -> None:
    """Put at least one row into every table: two mails (one quarantined), two linked cases, a written letter, two letters out, people.

    *of_the_first_version* leaves out what came with a later migration.
    """
    with store.write() as work:
        work.messages.first_contact(MAILBOX, FOLDER, position())
        take(work, arrival(1), arrival(2))
        work.messages.advance(MAILBOX, FOLDER, 2, AT)
        work.messages.settle(1, state="filed", values={"verdict": "request", "intent": "request", "received_at": AT})
        work.messages.settle(2, state="quarantined", values={"verdict": "quarantined", "last_error": "no parts"})
        attached = Attachment(name="a.pdf", content_type="application/pdf", size=3, sha256=raw_digest(b"pdf"))
        work.messages.add_attachments(1, [attached])
        case = new_case(work, message_id=1)
        other = new_case(work, "FOI000000023")
        work.messages.link(case.id, 1, side="requester", rung="opened it", at=AT)
        work.cases.link_cases(case.id, other.id, "the same person asked the same")
        letter_id = work.letters.write(
            case.id, "response", "reference = 'FOI000000015'\n", officer="kim@example.gov.uk", via="cli", at=AT
        )
        work.outbox.freeze(case.id, frozen(1), at=AT)
        work.outbox.freeze(case.id, frozen(2, kind="response", letter_id=letter_id, once_key="letter:1:1"), at=AT)
        work.officers.add("Kim@example.gov.uk", "Kim", "approver", via="cli", at=AT)
        work.heartbeats.beat("deliver", AT, "sent 1", ok=True)
    with store.write() as work:
        for letter in work.outbox.claim("token-1", AT, 1):
            work.outbox.mark_data(letter, "token-1")
            work.outbox.settle(letter, OutboxStatus.SENT, at=AT + timedelta(seconds=2), answer="250 2.0.0 taken")
        work.cases.note(case.id, Happening(kind="noted", at=AT))
        if not of_the_first_version:
            asked = Event(kind=EventKind.CLARIFICATION_ASKED, on=AT.date())
            table = LetterFile(name="a.csv", content=b"a,b", sha256=raw_digest(b"a,b"), findings=())
            work.letters.write(case.id, "response", "x", officer=None, via="cli", at=AT, files=[table])
            digest = work.clock_events.add(case.id, asked, officer="kim@example.gov.uk", at=AT)
            digests = {"clock": digest} | _of_the_sixth_version(work, case.id)
            work.cases.note(case.id, Happening(kind="noted", at=AT, data={"digests": digests}))


def _of_the_sixth_version(work: Work, case_id: int) -> dict[str, str]:
    """Put a row into each table that came with the officers' pages; returns the digests that the trail has to have."""
    who, day = "kim@example.gov.uk", AT.date()
    rows: dict[Any, dict[str, Any]] = {
        schema.Alarm: {"key": "worker_silent", "since": AT, "told_at": AT, "words": "the worker is silent"},
        schema.SignIn: {"token_sha256": "a" * 64, "officer": who, "via": "password"}
        | dict.fromkeys(("created_at", "seen_at", "ends_at"), AT),
        schema.SigningKey: {"name": "forms", "value": "k", "made_at": AT},
        LetterProvision: {"letter_id": 1, "provision": "s.40(2)", "request_id": case_id},
        schema.Throttle: {"key": who, "failures": 1, "last_at": AT},
        schema.Deputy: {"officer": who, "for_officer": who, "first_day": day, "last_day": day}
        | {"set_by": who, "set_at": AT},
        schema.Note: {"request_id": case_id, "officer": who, "at": AT, "text": "rang the clinic"},
        schema.Opening: {"request_id": case_id, "officer": who, "at": AT, "what": "the request"},
        schema.Autosave: {"request_id": case_id, "kind": "response", "officer": who, "at": AT, "base_version": 1}
        | {"form": {"answer": "none"}},
        schema.Notice: {"once_key": "summary:1", "kind": "summary", "recipient": who, "content": b"x"}
        | {"status": "queued", "attempts": 0, "not_before": AT, "created_at": AT},
    }
    for table, values in rows.items():
        work.cases._connection.execute(insert(table).values(**values))
    by = By(officer=who, via="test", at=AT)
    proof = work.erasures._prove({}, request_id=case_id, rule="kept six years", by=by)
    return work.erasures._vouch(proof)
