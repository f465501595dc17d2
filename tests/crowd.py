"""An office with so many of everything: to see that pages say it all, hide what is a team's, and ask no more of a database for more rows."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pages import ADMIN, APPROVER, NOW, OFFICER, Office
from sqlalchemy import event
from storing import arrival, frozen, new_case

from pipeline.domain.message import Attachment, raw_digest
from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.request import Question
from pipeline.letters.model import LetterKind
from pipeline.letters.writing import begun, record_text
from pipeline.stages.casework.drafting import draft_facts
from pipeline.store.events import Happening
from pipeline.store.records import LetterFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.store import Store, Work

TEAM = "Children"
REFERENCE, HIDDEN = "FOI000000015", "SAR000000015"
_STATES = (
    OutboxStatus.WAITING, OutboxStatus.QUEUED, OutboxStatus.RETRY, OutboxStatus.FAILED, OutboxStatus.BOUNCED,
    OutboxStatus.UNCERTAIN, OutboxStatus.CANCELLED, OutboxStatus.REDIRECTED,
)  # fmt: skip


def values_of(crowd: Crowd, endpoint: str, arguments: set[str]) -> dict[str, Any]:
    """What stands in the address of a page of *crowd*."""
    values: dict[str, Any] = {
        "reference": REFERENCE, "kind": "response", "number": 1, "digest": crowd.digest, "name": "app.css"
    }  # fmt: skip
    family = endpoint.partition(".")[0]
    of_family = {
        "mail": {"number": crowd.mail + (endpoint == "mail.file")},
        "newmail": {"number": crowd.unread if "unread" in endpoint or "again" in endpoint else crowd.loose},
        "letters": {"number": crowd.letter},
        "deeds": {"name": "assign"},
        "office": {"name": OFFICER},
    }
    values |= of_family.get(family, {})
    if endpoint in {"approval.check_exception", "approval.checked"}:
        values |= {"reference": crowd.exception_case, "kind": "free", "number": crowd.exception}
    return {name: value for name, value in values.items() if name in arguments}


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Collect every statement that *store* runs inside the block, but for those that begin and end transactions."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(store._engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(store._engine, "before_cursor_execute", note)


class Crowd:
    """*count* of everything: in the request REFERENCE, and in the lists. HIDDEN is a request that one team only sees.

    *words* stand wherever somebody may write some; each attribute is the number of a mail, a letter or a file's digest.
    """

    def __init__(self, folder: Path, count: int, words: str = "") -> None:
        self.office = Office(folder)
        self.app = self.office.app
        self.count, self.words = count, words
        self.file = b"name,number\nx,1\n"
        self.digest = raw_digest(self.file)
        with self.app.store.write() as work:
            self._main(work)
            self._lists(work)
            self._hidden(work)
            self._people(work)
            work.heartbeats.beat("deliver", NOW, "well", ok=True)
        self._answer()

    def _text(self, text: str) -> str:
        return f"{text} {self.words}".strip()

    def _mail(self, work: Work, uid: int, subject: str = "Mail") -> int:
        raw = (
            f"From: {self._name('Jo Bloggs')} <jo{uid}@example.com>\r\nTo: foi@council.example\r\nSubject: {self._text(subject)} {uid}\r\n"
            f"Message-ID: <{uid}@example.com>\r\nDate: Mon, 6 Jan 2025 09:59:00 +0000\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/mixed; boundary="edge"\r\n\r\n--edge\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
            f"{self._text('How many?')}\r\n--edge\r\nContent-Type: text/csv\r\n"
            f'Content-Disposition: attachment; filename="table.csv"\r\n\r\n{self.file.decode()}\r\n--edge--\r\n'
        ).encode()
        work.messages.take("infogov", "INBOX", 1, [arrival(uid, raw=raw, internal_date=NOW)], NOW)
        return max(work.messages.next_to_read())

    def _name(self, name: str) -> str:
        return '"' + f"{name} {self.words}".replace("\\", "").replace('"', '\\"').strip() + '"'

    def _settled(self, work: Work, number: int, state: str = "filed", **values: Any) -> None:
        told = {
            "received_at": NOW, "received_on": NOW.date(), "due_on": date(2025, 2, 3), "author_name": self._text("Jo Bloggs"),
            "author_email": "jo@example.com", "subject": self._text("Mail"), "reasons": [self._text("it says so")],
        }  # fmt: skip
        work.messages.settle(number, state=state, values=told | values)

    def _case(self, work: Work, reference: str, **values: Any) -> Any:
        asked = [
            Question(label=str(n), text=self._text(f"How many were there in year {n}?")) for n in range(self.count)
        ]
        told = {
            "received_on": NOW.date(), "received_at": NOW, "topic": self._text("Potholes"), "subject": self._text("FOI"),
            "requester_name": self._text("Jo Bloggs"), "requester_email": "jo@example.com",
            "received_source": self._text("our server's stamp"),
        }  # fmt: skip
        return new_case(work, reference, questions=asked, **(told | values))

    def _main(self, work: Work) -> None:
        """One request with so many questions, mails, files, letters, notes, links, looks and clock events."""
        self.mail = self._mail(work, 1)
        self._settled(work, self.mail, verdict="request", intent="request", placed=True)
        case = self._case(
            work, REFERENCE, message_id=self.mail, flagged=True, flag_reasons=(self._text("look at it"),), acknowledge="release",
            acknowledge_reasons=(self._text("it was forwarded"),),
        )  # fmt: skip
        work.messages.link(case.id, self.mail, side="requester", rung="opened it", at=NOW)
        for n in range(self.count):
            sides = (("requester", "clarification"), ("internal", "internal"), ("suggested", "unclear"))
            for place, (side, intent) in enumerate(sides):
                number = self._mail(work, 1000 + 10 * n + place)
                self._settled(work, number, verdict="followup", intent=intent, placed=side != "suggested")
                work.messages.link(case.id, number, side=side, rung="it answers", at=NOW)
                file = Attachment(name=self._text("table.csv"), content_type="text/csv", size=9, sha256=self.digest)
                work.messages.add_attachments(number, [file])
            work.notes.add(case.id, self._text(f"Note {n}"), officer=OFFICER, via="test", at=NOW)
            work.openings.note(case.id, OFFICER, f"the request {n}", NOW)
            other = self._case(work, f"EIR{n:09d}", regime="eir")
            work.cases.link_cases(case.id, other.id, self._text("the same person"))
            kept = LetterFile(name=self._text("table.csv"), content=self.file, sha256=self.digest, findings=())
            letter = work.letters.write(
                case.id, f"free{n}", self._letter(case), officer=OFFICER, via="test", at=NOW, files=[kept]
            )
            work.outbox.freeze(
                case.id,
                frozen(10_000 + n, kind="free", letter_id=letter, once_key=f"m:{n}", status=OutboxStatus.BOUNCED),
                at=NOW,
            )
        self.letter = min(row.id for row in work.outbox.summaries(request_id=case.id))
        work.cases.change(
            case, Happening(kind="assigned", at=NOW, actor=OFFICER), owner=OFFICER, own_reference=self._text("IG/1")
        )

    def _letter(self, case: Any) -> str:
        return record_text(begun(draft_facts(case, self.app.settings, LetterKind.FREE)))

    def _answer(self) -> None:
        """An answer with a file, written by one officer and waiting for another's approval."""
        self.office.answered(REFERENCE, self._text("There were forty."))
        casework = self.app.casework("test")
        draft, name = casework.draft(REFERENCE), self._text("table") + ".csv"
        record = replace(draft.record, attachments=(name,))
        casework.save_record(REFERENCE, record, OFFICER, given={name: self.file}, base_version=draft.version)
        casework.submit(REFERENCE, OFFICER, kind=LetterKind.RESPONSE, despite=self._text("It is right"))

    def _lists(self, work: Work) -> None:
        """So many of everything that a list shows: requests, letters in every state, mail to check, mail that could not be read."""
        number = 0
        for n in range(self.count):
            for status in _STATES:
                number += 1
                case = self._case(work, f"FOI1{number:08d}", acknowledge="release", acknowledge_reasons=("asked for",))
                letter = work.letters.write(
                    case.id, "response", self._letter(case), officer=OFFICER, via="test", at=NOW
                )
                row = work.letters.by_id(letter)
                assert row is not None
                put_up = Happening(kind="submitted", at=NOW, actor=OFFICER)
                work.letters.move(row, "for_approval", put_up, submitted_by=OFFICER, submitted_at=NOW)
                out = frozen(number, kind="response", letter_id=letter, once_key=f"l:{number}", status=status)
                work.outbox.freeze(case.id, out, at=NOW)
            approved = work.letters.write(case.id, "free", self._letter(case), officer=OFFICER, via="test", at=NOW)
            row = work.letters.by_id(approved)
            assert row is not None
            work.letters.move(
                row,
                "approved",
                Happening(kind="approved", at=NOW, actor=APPROVER),
                approved_by=APPROVER,
                approved_at=NOW,
            )
            work.letters.except_from_rule(approved, {"policy": "break_glass", "reason": self._text("nobody was there")})
            self.exception, self.exception_case = approved, case.reference
            self.loose = self._mail(work, 5_000 + n, "New")
            self._settled(work, self.loose, verdict="other", intent="unclear")
            self.unread = self._mail(work, 6_000 + n, "Odd")
            self._settled(work, self.unread, "quarantined", verdict="quarantined", last_error="no parts")
            flagged = self._mail(work, 7_000 + n, "Flagged")
            self._settled(work, flagged, verdict="request", intent="request", placed=True)
            marked = self._case(
                work, f"FOI2{n:08d}", message_id=flagged, flagged=True, flag_reasons=(self._text("the sender"),)
            )
            work.messages.link(marked.id, flagged, side="requester", rung="opened it", at=NOW)

    def _hidden(self, work: Work) -> None:
        """A request of one team, with its mail, a letter in each state, and mail that may belong to it."""
        mail, maybe = self._mail(work, 8_001, "Secret"), self._mail(work, 8_002, "Secret")
        self._settled(work, mail, verdict="request", intent="request", placed=True, subject="Secret 8001")
        self._settled(work, maybe, verdict="other", intent="unclear", subject="Secret 8002")
        case = self._case(
            work, HIDDEN, regime="sar", topic="Secret matter", requester_name="Hidden Person", message_id=mail, flagged=True,
            flag_reasons=("look",), acknowledge="release", acknowledge_reasons=("asked for",),
        )  # fmt: skip
        work.messages.link(case.id, mail, side="requester", rung="opened it", at=NOW)
        work.messages.link(case.id, maybe, side="suggested", rung="it may", at=NOW)
        letter = work.letters.write(case.id, "response", self._letter(case), officer=OFFICER, via="test", at=NOW)
        for n, status in enumerate(_STATES):
            out = frozen(
                20_000 + n,
                kind="response",
                letter_id=letter,
                once_key=f"h:{n}",
                status=status,
                recipients=("hidden@example.com",),
            )
            work.outbox.freeze(case.id, out, at=NOW)
        self.hidden_mail, self.hidden_maybe = mail, maybe
        self.hidden_letters = [row.id for row in work.outbox.summaries(request_id=case.id)]
        work.cases.change(case, Happening(kind="restricted", at=NOW, actor=ADMIN), team=TEAM)

    def _people(self, work: Work) -> None:
        for n in range(self.count):
            email = f"officer{n}@council.example"
            work.officers.add(email, self._text(f"Officer {n}"), "officer", via="test", at=NOW)
            work.officers.place(email, role="officer", team=self._text("Team"))
            today = NOW.date()
            work.deputies.add(email, APPROVER, today, today + timedelta(days=9), by=APPROVER, via="test", at=NOW)
