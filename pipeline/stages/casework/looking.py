"""Looking at a letter without changing it: as a form shows it, as it would be sent, what its check says, and what changed in it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pipeline.letters import posting
from pipeline.letters.html import render_html
from pipeline.letters.model import LetterKind
from pipeline.letters.pdf import render_pdf
from pipeline.letters.record import load_record
from pipeline.letters.release import Level
from pipeline.letters.render import build, render_text
from pipeline.letters.word import render_word
from pipeline.letters.writing import begun
from pipeline.stages.casework.desk import LetterVerbs, read_letter
from pipeline.stages.casework.drafting import draft_facts, known_of
from pipeline.stages.casework.lookups import filed_as, latest_letter, the_case
from pipeline.stages.casework.matching import digest, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pipeline.letters.checking import Finding
    from pipeline.letters.model import LetterRecord
    from pipeline.letters.render import Letter
    from pipeline.store import Work
    from pipeline.store.records import Case, LetterFile, LetterRecordRow

NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A letter being written, for a form: *record* says everything an officer decides, the rest where it stands.

    *version* is 0 and *status* "new" where nothing is kept yet. *seen_sha256* is what ``approve`` wants back from a page
    that showed it. *returned* is why it came back from approval, while it is being written again. *there* is the kind of the
    letter that stands in this place: where it is another one, *record* is what a new letter of the kind asked for begins with.
    *keys* are the lasting keys of the record's questions, None where one is in words that the request does not have; *asked*
    is what ``save_record`` wants back from a form that showed the questions.
    """

    reference: str
    record: LetterRecord
    letter_id: int | None
    version: int
    seen_sha256: str
    status: str
    writers: tuple[str, ...] = ()
    submitted_by: str | None = None
    submitted_at: datetime | None = None
    despite: str = ""
    returned: str = ""
    returned_by: str | None = None
    approved_by: str | None = None
    send_at: datetime | None = None
    files: tuple[LetterFile, ...] = ()
    there: LetterKind | None = None
    keys: tuple[int | None, ...] = ()
    asked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a letter: by whom (None for an operator), when, and what it says."""

    version: int
    officer: str | None
    at: datetime
    record: LetterRecord


class How(StrEnum):
    """What became of a line."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the letter's text and what became of it."""

    how: How
    line: str


class Looking(LetterVerbs):
    """What an officer reads of a letter."""

    def draft(self, reference: str, kind: LetterKind = LetterKind.RESPONSE) -> Draft:
        """The letter of *kind* that is being written, or what a new one begins with. Raises NotFoundError, RecordError."""
        with self._store.read() as work:
            case = the_case(work, reference)
            fresh = begun(draft_facts(case, self._settings, kind, known_of(work, case, kind, self._calendar)))
            letter = work.letters.open_letter(case.id, filed_as(kind))
            if letter is None:
                return Draft(
                    reference=case.reference,
                    record=fresh,
                    letter_id=None,
                    version=0,
                    seen_sha256="",
                    status=NEW,
                    keys=keys_of(fresh, case.questions),
                    asked=digest(case.questions),
                )
            written = read_letter(letter, case)
            files = tuple(work.letters.files(letter.id))
            told = _told(work, case, letter)
        # An answer of another kind stands in the same place: what is kept next becomes its next version.
        record = written if written.kind is kind else fresh
        return Draft(
            reference=case.reference,
            record=record,
            letter_id=letter.id,
            version=letter.version,
            seen_sha256=posting.digest(letter.record.encode()),
            status=letter.status,
            writers=letter.writers,
            submitted_by=letter.submitted_by,
            submitted_at=letter.submitted_at,
            approved_by=letter.approved_by,
            send_at=letter.send_at,
            files=files,
            there=written.kind,
            keys=keys_of(record, case.questions),
            asked=digest(case.questions),
            **told,
        )

    def versions(self, reference: str, kind: LetterKind | None = None) -> tuple[Version, ...]:
        """Every version of the request's current letter, the first one first."""
        with self._store.read() as work:
            case = the_case(work, reference)
            kept = work.letters.versions(self._current(work, case, kind).id)
        return tuple(
            Version(
                version=one.version,
                officer=one.officer,
                at=one.at,
                record=load_record(one.record, f"version {one.version} of {case.reference}"),
            )
            for one in kept
        )

    def changes_since(self, reference: str, kind: LetterKind | None = None) -> tuple[Change, ...]:
        """What changed in the letter's text since it was last submitted or returned, line by line; nothing where it never was before."""
        with self._store.read() as work:
            case = the_case(work, reference)
            letter = self._current(work, case, kind)
            before = _last_seen(work, case, letter)
            kept = {one.version: one.record for one in work.letters.versions(letter.id)}
        if before not in kept:
            return ()
        now, then = (
            self._text(load_record(text, f"the draft of {case.reference}")).split("\n")
            for text in (letter.record, kept[before])
        )
        return tuple(_changes(then, now))

    def _text(self, written: LetterRecord) -> str:
        return render_text(build(written, posting.authority_facts(self._settings), self._leaves_on()))

    def findings(self, reference: str, kind: LetterKind | None = None) -> tuple[Finding, ...]:
        """What the check says of the request's current letter as it would go if it were approved now; stops stand first."""
        with self._store.read() as work:
            case = the_case(work, reference)
            letter = self._current(work, case, kind)
            return self._examined(work, case, letter, read_letter(letter, case), self._leaves_on())

    def release_findings(self, reference: str, kind: LetterKind | None = None) -> list[dict[str, Any]]:
        """What the files and words of the request's current letter may give away, stops first."""
        with self._store.read() as work:
            case = the_case(work, reference)
            letter = latest_letter(work, case, kind)
            found = [] if letter is None else self._leaks(work, case, letter, read_letter(letter, case))
        return sorted(found, key=lambda one: one["level"] != Level.STOP)

    def preview(self, reference: str, kind: LetterKind | None = None) -> str:
        """The text of the request's current letter, as it would be sent if it were approved now."""
        return render_text(self._as_approved_now(reference, kind))

    def preview_html(self, reference: str, kind: LetterKind | None = None) -> str:
        """The same as a whole page of HTML: no script, nothing fetched from anywhere."""
        return render_html(self._as_approved_now(reference, kind))

    def preview_pdf(self, reference: str, kind: LetterKind | None = None) -> bytes:
        """The same as a tagged PDF. Raises UsageError where no accessible one can be made."""
        return render_pdf(self._as_approved_now(reference, kind))

    def preview_word(self, reference: str, kind: LetterKind | None = None) -> bytes:
        """The same as a Word document."""
        return render_word(self._as_approved_now(reference, kind))

    def _as_approved_now(self, reference: str, kind: LetterKind | None) -> Letter:
        with self._store.read() as work:
            case = the_case(work, reference)
            letter = self._current(work, case, kind)
            return self._finished(work, letter, read_letter(letter, case), self._leaves_on())


def _told(work: Work, case: Case, letter: LetterRecordRow) -> dict[str, Any]:
    """What was said about the letter when it was last submitted or returned."""
    told: dict[str, Any] = {}
    for event in work.events.of_case(case.id):
        if event.data.get("letter") != letter.id:
            continue
        if event.kind == "submitted":
            told = {"despite": event.data.get("despite", "")}
        elif event.kind == "returned":
            told = {"returned": event.data.get("reason", ""), "returned_by": event.actor}
    return told


def _last_seen(work: Work, case: Case, letter: LetterRecordRow) -> int:
    """The newest version before the present one that was submitted or returned; 0 for none."""
    seen = [
        int(event.data["version"])
        for event in work.events.of_case(case.id)
        if event.kind in ("submitted", "returned") and event.data.get("letter") == letter.id
    ]
    return max((version for version in seen if version < letter.version), default=0)


def _changes(then: list[str], now: list[str]) -> Iterator[Change]:
    """The lines of both texts in one order: where they differ, what went stands before what came."""
    for what, i, j, k, m in SequenceMatcher(None, then, now, autojunk=False).get_opcodes():
        if what == "equal":
            yield from (Change(How.KEPT, line) for line in now[k:m])
        else:
            yield from (Change(How.REMOVED, line) for line in then[i:j])
            yield from (Change(How.ADDED, line) for line in now[k:m])
