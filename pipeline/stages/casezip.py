"""Casezip: everything of one case as one ZIP file with a digest for each part, for the Commissioner, a tribunal or a successor."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pipeline.domain.calendar import long_date
from pipeline.domain.errors import InfogovError
from pipeline.domain.filenames import safe_name
from pipeline.domain.roles import Capability
from pipeline.mail.parsing import attached_files
from pipeline.store.access import acting_officer, visible_case
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.domain.clock import Deadline
    from pipeline.domain.ports import Clock
    from pipeline.store import Store, Work
    from pipeline.store.records import AttachmentRecord, AttemptRecord, Case, EventRecord, MessageSummary, OutboxSummary

DOWNLOADED = "case_downloaded"
# The same case gives the same bytes: no file bears the moment of packing. ZIP knows no earlier day.
_DATE = (1980, 1, 1, 0, 0, 0)
_OWNER_ONLY = 0o600 << 16
_UNIX = 3

_READ_ME = """\
{reference}: everything that is kept about this request.

mail/         each mail as it came, byte for byte; the folder says on which side of the case it stands
attachments/  what was attached to them, by the number of the mail
letters/      each letter to the last byte as it was sent or stands ready, and the files that went with it
case.json     the request, its questions, letters, mails, deliveries, notes and events, for programs
timeline.txt  what happened, in order; times are UTC
delivery.txt  every try at sending, and what the mail server said
clock.txt     the due date, worked out day by day
notes.txt     officers' notes
SHA256SUMS    the digest of each file; check with: sha256sum --check SHA256SUMS

File names of senders are shortened to plain letters; their own names stand in case.json.
Who looked at the case and who downloaded it is not in here; infogov keeps that.
"""


@dataclass(slots=True)
class _Parts:
    """The files of the archive by their paths, and sentences about what is not in it."""

    files: dict[str, bytes] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def text(self, path: str, lines: list[str]) -> None:
        """Add a text file."""
        self.files[path] = ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


class Casezip:
    """Packs a case; *explain* works out its deadline. Raises NotFoundError, and NotAllowedError for what another team only may see."""

    def __init__(self, store: Store, clock: Clock, explain: Callable[[str], Deadline], *, via: str = "cli") -> None:
        self._store = store
        self._clock = clock
        self._explain = explain
        self._via = via

    def build(self, reference: str, officer: str) -> bytes:
        """The ZIP file of one case as it stands; that *officer* took it is on record before the bytes are handed out."""
        with self._store.read() as work:
            who = acting_officer(work, officer, Capability.LOOK)
            case = visible_case(work, reference, who)
            parts = _gather(work, case)
        parts.text("clock.txt", self._deadline(case))
        packed = _pack(case, parts)
        now = self._clock.now()
        with self._store.write() as work:
            work.openings.note(case.id, who.email, "the whole case, downloaded", now)
            data = {"files": len(parts.files), "bytes": len(packed), "sha256": hashlib.sha256(packed).hexdigest()}
            happening = Happening(kind=DOWNLOADED, at=now, actor=who.email, via=self._via, data=data)
            work.cases.note(case.id, happening)
        return packed

    def _deadline(self, case: Case) -> list[str]:
        try:
            found = self._explain(case.reference)
        except InfogovError as error:
            return [f"The due date is {long_date(case.due_on)}; it can't be worked out again: {error}"]
        due = "no date while the clock does not run" if found.due_on is None else f"due on {long_date(found.due_on)}"
        days = [f"  {d.date:%Y-%m-%d %a}  {'counts' if d.counts else '-     '}  {d.why}" for d in found.days]
        return [f"Received {long_date(found.received_on)} under {found.regime.upper()}: {due}.", *found.notes, *days]


def _gather(work: Work, case: Case) -> _Parts:
    parts = _Parts()
    messages = work.messages.of_case(case.id)
    attached = work.attachments.of_messages([message.id for message in messages])
    for message in messages:
        _add_mail(parts, work, message, attached.get(message.id, ()))
    outbox = work.outbox.summaries(request_id=case.id)
    for letter in outbox:
        _add_letter(parts, work, letter)
    for written in work.letters.of_case(case.id):
        for number, enclosed in enumerate(work.letters.files(written.id), 1):
            path = f"letters/files/{written.id:04d}-{number:02d}-{safe_name(enclosed.name)}"
            parts.files[path] = enclosed.content
    events = [event for event in work.events.of_case(case.id) if event.kind != DOWNLOADED]
    attempts = work.outbox.attempts_of(case.id)
    notes = work.notes.of_case(case.id)
    parts.text("timeline.txt", [_event_line(event) for event in events])
    parts.text("delivery.txt", _delivery(outbox, attempts))
    parts.text("notes.txt", [f"{note.at:%Y-%m-%d %H:%M} UTC, {note.officer}:\n{note.text}\n" for note in notes])
    if case.erased_at is not None:
        parts.missing.append(f"The content of this case was erased on {case.erased_at:%Y-%m-%d}.")
    whole = {
        "case": asdict(case),
        "linked": [{"reference": other, "why": why} for other, why in work.cases.linked(case.id)],
        "messages": [asdict(message) | {"attachments": _plain(attached, message.id)} for message in messages],
        "letters": [asdict(written) for written in work.letters.of_case(case.id)],
        "outbox": [asdict(letter) for letter in outbox],
        "attempts": [asdict(attempt) for attempt in attempts],
        "notes": [asdict(note) for note in notes],
        "events": [asdict(event) for event in events],
        "not_in_here": parts.missing,
    }
    parts.files["case.json"] = _json(whole)
    return parts


def _plain(attached: dict[int, tuple[AttachmentRecord, ...]], message_id: int) -> list[dict[str, Any]]:
    return [asdict(one) for one in attached.get(message_id, ())]


def _add_mail(parts: _Parts, work: Work, message: MessageSummary, attached: tuple[AttachmentRecord, ...]) -> None:
    raw = work.messages.raw(message.id)
    if raw is None:
        parts.missing.append(f"The bytes of mail {message.id} are no longer kept.")
        return
    parts.files[f"mail/{safe_name(message.side)}/{message.id:06d}.eml"] = raw
    wanted = {one.position for one in attached if not one.infected}
    parts.missing += [
        f"Attachment {one.position + 1} of mail {message.id} is infected ({one.scan}) and is only in the mail itself."
        for one in attached
        if one.infected
    ]
    if not wanted:
        return
    try:
        for position, file in attached_files(raw, wanted):
            name = safe_name(file.name, "attachment")
            parts.files[f"attachments/{message.id:06d}/{position + 1:02d}-{name}"] = file.data
    except Exception as error:  # noqa: BLE001 - the per-mail boundary: one that can't be told apart is in the archive as it came
        parts.missing.append(f"The attachments of mail {message.id} could not be taken out ({type(error).__name__}).")


def _add_letter(parts: _Parts, work: Work, letter: OutboxSummary) -> None:
    content = work.outbox.content(letter.id)
    if not content:
        parts.missing.append(f"The bytes of letter {letter.id} are no longer kept.")
        return
    parts.files[f"letters/{letter.id:06d}-{safe_name(letter.kind)}-{safe_name(letter.status)}.eml"] = content


def _event_line(event: EventRecord) -> str:
    reason = event.data.get("reason", "")
    line = f"{event.at:%Y-%m-%d %H:%M:%S}  {event.kind.replace('_', ' ')}, by {event.actor} ({event.via})"
    return f"{line}: {_one_line(reason)}" if reason else line


def _delivery(outbox: list[OutboxSummary], attempts: list[AttemptRecord]) -> list[str]:
    lines = []
    for letter in outbox:
        to = ", ".join(letter.recipients)
        lines.append(f"letter {letter.id}, {letter.kind.replace('_', ' ')}, to {to}: {letter.status}")
        lines += [
            f"  try {one.number}, {one.started_at:%Y-%m-%d %H:%M:%S} UTC: {one.outcome or 'not ended'}: {_one_line(one.answer or '')}"
            for one in attempts
            if one.outbox_id == letter.id
        ]
    return lines


def _one_line(text: object) -> str:
    """*text* without a line end or anything else that a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in str(text))


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=True, indent=1, sort_keys=True, default=_jsonable) + "\n").encode("ascii")


def _jsonable(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _pack(case: Case, parts: _Parts) -> bytes:
    """One archive, the files in the order of their names, below a folder that bears the reference."""
    said = [_READ_ME.format(reference=case.reference).rstrip("\n")]
    if parts.missing:
        said += ["", "Not in here:", *(f"- {_one_line(one)}" for one in parts.missing)]
    parts.text("README.txt", said)
    sums = [f"{hashlib.sha256(content).hexdigest()}  {path}" for path, content in sorted(parts.files.items())]
    parts.text("SHA256SUMS", sums)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path, content in sorted(parts.files.items()):
            entry = zipfile.ZipInfo(f"{safe_name(case.reference)}/{path}", _DATE)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, _UNIX, _OWNER_ONLY
            archive.writestr(entry, content)
    return buffer.getvalue()
