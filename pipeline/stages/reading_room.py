"""The reading room: a case's file as an officer reads it, each look on record; mail, its files, and letters as they were sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.errors import NotAllowedError, NotFoundError, RestrictedError
from pipeline.domain.roles import Capability, may_see
from pipeline.domain.unread import safe_to_read
from pipeline.mail.parsing import attachment_bytes, headers_only, html_of, parse
from pipeline.store.access import acting_officer, refuse_hidden, visible_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.domain.message import Message
    from pipeline.domain.ports import Clock
    from pipeline.store import Store, Work
    from pipeline.store.records import (
        AttachmentRecord,
        Case,
        EventRecord,
        LetterRecordRow,
        MessageSummary,
        NoteRecord,
        OpeningRecord,
        OutboxSummary,
    )

_BY_MAIL = "mail"  # the channel of a request that mail brought


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """All of a case but the words of its mail: *links* are (reference, why) pairs, *openings* who looked, the latest first.

    *came_by* is the number of the mail that the request came by, its own or that of the request it was split from.
    """

    case: Case
    came_by: int | None
    messages: Sequence[MessageSummary]
    attachments: dict[int, tuple[AttachmentRecord, ...]]
    letters: Sequence[LetterRecordRow]
    outbox: Sequence[OutboxSummary]
    events: Sequence[EventRecord]
    notes: Sequence[NoteRecord]
    links: Sequence[tuple[str, str]]
    openings: Sequence[OpeningRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedMail:
    """One mail to read: as parsed, its HTML as the sender wrote it (never to be shown unsanitised), and its files.

    *references* are the cases it stands with, of those that the officer may see. *whole*: it was read here; of a mail that may take
    down what reads it only the headers are.
    """

    number: int
    message: Message
    html: str
    attachments: tuple[AttachmentRecord, ...]
    references: tuple[str, ...]
    whole: bool


class ReadingRoom:
    """Looks at what is kept. Raises NotFoundError, and NotAllowedError for what another team only may see."""

    def __init__(self, store: Store, clock: Clock, *, via: str = "cli") -> None:
        self._store = store
        self._clock = clock
        self._via = via

    def case(self, reference: str, officer: str) -> CaseFile:
        """The file of one request; twelve queries, thirteen for one that no mail opened, however much is in it. The look is noted."""
        with self._store.read() as work:
            who = acting_officer(work, officer, Capability.LOOK)
            case = visible_case(work, reference, who)
            messages = work.messages.of_case(case.id)
            found = CaseFile(
                case=case,
                came_by=_came_by(work, case),
                messages=messages,
                attachments=work.attachments.of_messages([one.id for one in messages]),
                letters=work.letters.of_case(case.id),
                outbox=work.outbox.summaries(request_id=case.id),
                events=work.events.of_case(case.id),
                notes=work.notes.of_case(case.id),
                links=work.cases.linked(case.id),
                openings=work.openings.of_case(case.id),
            )
        self._looked(case.id, who.email, "the request")
        return found

    def look_up(self, reference: str, officer: str) -> Case:
        """A request by its reference, if *officer* may see it; nothing of it is shown, so no look is noted."""
        with self._store.read() as work:
            return visible_case(work, reference, acting_officer(work, officer, Capability.LOOK))

    def mail(self, number: int, officer: str) -> OpenedMail:
        """One mail with its words; the look is noted with the cases that it stands with."""
        with self._store.read() as work:
            who = acting_officer(work, officer, Capability.LOOK)
            standing = work.quarantine.standing(number)
        raw, cases, attachments = self._opened(number, officer)
        for case in cases:
            self._looked(case.id, officer, f"mail {number}")
        # Under serve these pages and the worker are one process: what killed the process that reads apart must not be read in it.
        whole = standing is not None and safe_to_read(*standing)
        return OpenedMail(
            number=number,
            message=parse(raw) if whole else headers_only(raw),
            html=html_of(raw) if whole else "",
            attachments=attachments,
            references=tuple(case.reference for case in cases if may_see(who.role, who.team, case.team)),
            whole=whole,
        )

    def raw_mail(self, number: int, officer: str) -> bytes:
        """The bytes of a mail exactly as they were fetched."""
        raw, cases, _ = self._opened(number, officer)
        for case in cases:
            self._looked(case.id, officer, f"mail {number}, as it came")
        return raw

    def attachment(self, number: int, digest: str, officer: str) -> tuple[AttachmentRecord, bytes]:
        """One attached file; refused while a virus scanner says that it is infected."""
        raw, cases, attachments = self._opened(number, officer)
        found = next((one for one in attachments if one.sha256 == digest), None)
        if found is None:
            raise NotFoundError("This mail has no such attachment")
        if found.infected:
            raise NotAllowedError(f"The virus scanner found {found.scan} in this file, so that it can't be downloaded")
        for case in cases:
            self._looked(case.id, officer, f"attachment {found.position} of mail {number}")
        return found, attachment_bytes(raw, digest)

    def sent_letter(self, number: int, officer: str) -> tuple[OutboxSummary, bytes]:
        """A letter of the outbox, to the byte as it was or will be sent."""
        with self._store.read() as work:
            who = acting_officer(work, officer, Capability.LOOK)
            rows = work.outbox.summaries(outbox_id=number)
            if not rows:
                raise NotFoundError(f"there is no letter {number}")
            refuse_hidden(who, work.cases.by_ids([rows[0].request_id])[0], f"there is no letter {number}")
            content = work.outbox.content(number)
        self._looked(rows[0].request_id, who.email, f"letter {number}")
        return rows[0], content or b""

    def _opened(self, number: int, officer: str) -> tuple[bytes, list[Case], tuple[AttachmentRecord, ...]]:
        with self._store.read() as work:
            who = acting_officer(work, officer, Capability.LOOK)
            cases = self._cases(work, number)
            if cases and not any(may_see(who.role, who.team, case.team) for case in cases):
                said = f"Only the team {cases[0].team} sees this mail; ask that team or an administrator"
                raise RestrictedError(said, unknown=f"there is no mail {number}")
            raw = work.messages.raw(number)
            if raw is None:
                raise NotFoundError(f"there is no mail {number}")
            return raw, cases, work.attachments.of_messages([number]).get(number, ())

    def _cases(self, work: Work, number: int) -> list[Case]:
        return work.cases.by_ids(work.attachments.cases_of(number))

    def _looked(self, request_id: int, officer: str, what: str) -> None:
        with self._store.write() as work:
            work.openings.note(request_id, officer, what, self._clock.now())


def _came_by(work: Work, case: Case) -> int | None:
    """The mail to show as the request; what was logged by hand did not come by one, whatever was merged into it since."""
    if case.message_id is not None or case.channel != _BY_MAIL:
        return case.message_id
    return work.cases.source_message_header(case)[1]
