"""Writing letters: what is being written, kept version by version, with no officer's words written over by another's."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pipeline.domain import clock
from pipeline.domain.calendar import long_date
from pipeline.domain.clock_events import LONDON, Event, EventKind, received_day
from pipeline.domain.errors import ConflictError, NotAllowedError, NotFoundError
from pipeline.domain.request import Workflow
from pipeline.letters import record
from pipeline.letters.model import LetterKind
from pipeline.letters.particulars import QUESTIONS
from pipeline.letters.release import CleanForm, ReleaseFile, clean_copy
from pipeline.letters.writing import begun, record_text
from pipeline.stages.casework.access import acting_officer, visible_case
from pipeline.stages.casework.desk import LetterVerbs, read_letter
from pipeline.stages.casework.drafting import draft_facts, known_of, new_draft, refuse_misplaced, refuse_unlawful_time
from pipeline.stages.casework.enclosures import as_data as leak_as_data
from pipeline.stages.casework.enclosures import checked, form_of, own_contacts, refuse_leaks
from pipeline.stages.casework.examining import as_data, not_their_words, refuse_stops, refuse_wrong_facts
from pipeline.stages.casework.lookups import RESPONSE, filed_as, the_case, the_letter
from pipeline.stages.casework.matching import digest
from pipeline.stages.casework.recalling import take_back
from pipeline.stages.casework.scanned import doubts, findings_with, still_in_doubt

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from pipeline.letters.model import LetterRecord, Particulars
    from pipeline.store import Work
    from pipeline.store.records import Autosaved, Case, LetterFile, LetterRecordRow

LARGEST_FORM = 2**20  # characters of JSON: more than any letter, and little enough to be kept at every pause in typing


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedFile:
    """A draft's file replaced by its clean copy *name*: what was found before and is still, and in words what it leaves out."""

    name: str
    before: tuple[dict[str, Any], ...]
    after: tuple[dict[str, Any], ...]
    what_was_removed: tuple[str, ...]


class Drafting(LetterVerbs):
    """The drafters' verbs."""

    def draft_text(self, reference: str, kind: LetterKind = LetterKind.RESPONSE) -> str:
        """The draft file of a letter: the one being worked on, or a new one with the questions filled in verbatim."""
        with self._store.read() as work:
            case = the_case(work, reference)
            letter = work.letters.open_letter(case.id, filed_as(kind))
            known = known_of(work, case, kind, self._calendar)
        if letter is not None and read_letter(letter, case).kind is kind:
            return letter.record
        return new_draft(case, self._settings, kind, known)

    def save_draft(
        self,
        reference: str,
        text: str,
        name: str,
        officer: str | None = None,
        given: Mapping[str, bytes] | None = None,
        base_version: int | None = None,
        asked: str = "",
    ) -> tuple[str, ...]:
        """Keep *text* (the content of file *name*) as the request's draft; returns sentences the officer should read.

        *given* are files by name, for the attachments that the draft names; one that is not given anew stays as it was kept.
        An approval given before is void, and its letter is taken back while it has not gone. Without *officer* the draft is
        its submitter's. *base_version* is the version that was worked from (0 for none); None overwrites whatever there is.
        *asked* is what ``draft`` said of the questions that were answered; "" where they are not to be compared.
        Raises RecordError, and ConflictError where somebody has kept a newer version or changed the questions meanwhile: then
        nothing is changed.
        """
        written = record.load_record(text, name)
        filed = filed_as(written.kind)
        files = self._files(reference, written, name, given or {})
        remarks = [f"{one['file']}: {one['words']}" for file in files for one in file.findings]
        now = self._clock.now()
        with self._store.write() as work:
            who = None if officer is None else acting_officer(work, officer)
            case = (
                the_case(work, reference, lock=True) if who is None else visible_case(work, reference, who, lock=True)
            )
            by = None if who is None else who.email
            refuse_misplaced(written, case, name, answers=filed == RESPONSE)
            _refuse_other_questions(case, asked)
            if base_version is not None and _refuse_newer(work, case, filed, text, base_version, by):
                return ()
            mark = self._happening("", now, by or "cli")
            # A question to colleagues does not take the place of the one before: there are as many as there are areas.
            alone = written.kind is LetterKind.SERVICE_AREA
            taken = [] if alone else take_back(work, case, mark, why="edited", filed_as=filed)
            remarks += [
                f"the approval is void and letter {row.id} was taken back: the text was edited" for row in taken
            ]
            if filed == RESPONSE:
                remarks += self._apply_draft(work, case, written, by or "cli", now)
            work.letters.write(case.id, filed, text, officer=by, via=self._via, at=now, files=files)
            if by is not None:
                work.autosaves.clear(case.id, filed, by)
            if filed == RESPONSE:
                self._move(work, case, "drafting", Workflow.DRAFTING, by or "cli", now, outcome=None)
        return tuple(remarks)

    def _files(self, reference: str, written: LetterRecord, name: str, given: Mapping[str, bytes]) -> list[LetterFile]:
        """The files that go with the draft, read through; that takes its time, and so stands before the transaction."""
        with self._store.read() as work:
            case = the_case(work, reference)
            before = work.letters.open_letter(case.id, filed_as(written.kind))
            kept = work.letters.files(before.id) if before is not None and written.attachments else []
        wanted = still_in_doubt(kept) | {one: given[one] for one in written.attachments if one in given}
        said = doubts(self._scanner, wanted, name)
        files = checked(written.attachments, given, kept, name, own_contacts(self._settings, case.requester_email))
        return [replace(one, findings=findings_with(one, said[one.name])) if one.name in said else one for one in files]

    def _apply_draft(self, work: Work, case: Case, written: LetterRecord, actor: str, now: datetime) -> list[str]:
        """Let the draft's law and topic stand for the case, and say where its questions are not the requester's words."""
        remarks: list[str] = []
        if written.regime != case.regime:
            day = max(received_day(now), case.received_on)
            event = Event(kind=EventKind.REGIME_CHANGED, on=day, regime=written.regime)
            happening = self._happening("law_changed", now, actor, {"from": case.regime, "to": written.regime})
            reasons = [f"an officer decided it ({actor})"]
            found = self._clocks.put(work, case, [event], happening, regime_reasons=reasons)
            due = found.due_on or case.due_on
            remarks.append(f"the law of {case.reference} is now {written.regime.upper()}, due on {long_date(due)}")
        if written.topic and written.topic != case.topic:
            work.cases.change(case, self._happening("topic_set", now, actor), topic=written.topic)
        return [*remarks, *not_their_words(case, written)] if written.kind is LetterKind.RESPONSE else remarks

    # ---- from a form -----------------------------------------------------------------------------------------------

    def save_record(
        self,
        reference: str,
        written: LetterRecord,
        officer: str,
        *,
        given: Mapping[str, bytes] | None = None,
        base_version: int | None = None,
        asked: str = "",
    ) -> tuple[str, ...]:
        """Keep *written* as ``save_draft`` keeps a file; mistakes are named by question and field. Raises the same errors."""
        return self.save_draft(reference, record_text(written), "the letter", officer, given, base_version, asked)

    def new_letter(
        self,
        reference: str,
        kind: LetterKind,
        officer: str,
        particulars: Particulars,
        *,
        questions: Collection[int] | None = None,
        base_version: int | None = 0,
    ) -> tuple[str, ...]:
        """Begin a letter of *kind* from the few fields of its form, ready to be submitted; returns sentences to read.

        *questions* are the positions of those that it is about, None for all of the kinds that have any. Raises RecordError
        for what is missing, ConflictError where such a letter is being written already.
        """
        if kind is LetterKind.RESPONSE:
            raise NotAllowedError("an answer is not a short form; begin it with its questions")
        with self._store.read() as work:
            case = the_case(work, reference)
        letter = begun(draft_facts(case, self._settings, kind))
        if particulars.due_on is None and letter.particulars.due_on is not None:
            particulars = replace(particulars, due_on=letter.particulars.due_on)
        asked = letter.questions
        if kind in QUESTIONS and questions is not None:
            pairs = zip(case.questions, letter.questions, strict=True)
            asked = tuple(answered for question, answered in pairs if question.position in questions)
        made = replace(letter, particulars=particulars, questions=asked)
        return self.save_record(reference, made, officer, base_version=base_version)

    def clean_copy(
        self,
        reference: str,
        kind: LetterKind,
        file: str,
        *,
        officer: str,
        form: CleanForm | None = None,
        base_version: int | None = None,
    ) -> CleanedFile:
        """Put a clean copy in the place of a draft's file, as a new version of the draft; says what was found before and after.

        *form* is chosen by the file where it is not given. Raises NotFoundError, NotAllowedError where no clean copy can be made.
        """
        with self._store.read() as work:
            case = the_case(work, reference)
            letter = work.letters.open_letter(case.id, filed_as(kind))
            kept = [] if letter is None else [one for one in work.letters.files(letter.id) if one.name == file]
        if letter is None or not kept:
            raise NotFoundError(f"no file {file} goes with this letter of {case.reference}")
        asked = ReleaseFile(name=file, content=kept[0].content)
        copy = clean_copy(
            asked, form or form_of(asked), own_contacts=own_contacts(self._settings, case.requester_email)
        )
        written = read_letter(letter, case)
        if copy.name in written.attachments:
            raise NotAllowedError(f"{copy.name} goes with this letter already; take {file} out of it instead")
        names = tuple(copy.name if name == file else name for name in written.attachments)
        made = replace(written, attachments=names)
        base = letter.version if base_version is None else base_version
        self.save_record(reference, made, officer, given={copy.name: copy.content}, base_version=base)
        return CleanedFile(
            name=copy.name,
            before=tuple(leak_as_data(one) for one in copy.before.findings),
            after=tuple(leak_as_data(one) for one in copy.after.findings),
            what_was_removed=copy.what_was_removed,
        )

    # ---- what is typed and not yet kept ----------------------------------------------------------------------------

    def autosave(
        self, reference: str, kind: LetterKind, officer: str, form: Mapping[str, Any], base_version: int
    ) -> None:
        """Keep what *officer* has typed so far, as plain values; it is theirs alone, and gone once they keep the draft."""
        if len(json.dumps(form, default=str)) > LARGEST_FORM:
            raise NotAllowedError("this is too much to be kept while you type; save the draft")
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who)
            filed = filed_as(kind)
            work.autosaves.keep(case.id, filed, who.email, form=form, base_version=base_version, at=now)

    def autosaved(self, reference: str, kind: LetterKind, officer: str) -> Autosaved | None:
        """What *officer* had typed and not kept, if anything."""
        with self._store.read() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who)
            return work.autosaves.find(case.id, filed_as(kind), who.email)

    def drop_autosave(self, reference: str, kind: LetterKind, officer: str) -> None:
        """Forget what *officer* had typed and does not want."""
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who)
            work.autosaves.clear(case.id, filed_as(kind), who.email)

    def others_editing(
        self, reference: str, kind: LetterKind, officer: str, within_minutes: int = 15
    ) -> tuple[Autosaved, ...]:
        """Who else has typed into the same letter in the last minutes, the latest first."""
        since = self._clock.now() - timedelta(minutes=within_minutes)
        with self._store.read() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who)
            return tuple(work.autosaves.others(case.id, filed_as(kind), who.email, since))

    # ---- for approval ----------------------------------------------------------------------------------------------

    def submit(self, reference: str, officer: str, *, despite: str = "", kind: LetterKind | None = None) -> None:
        """Put the draft into the queue for approval.

        Raises NotAllowedError that lists every finding which stops it; *despite* says why an approver should let it go
        all the same, and puts it before one, but for the findings that nobody can override. *kind* says which letter,
        where there are several; so it does in the other verbs.
        """
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who, lock=True)
            letter = the_letter(work, case, "drafting", "there is no draft to submit", kind)
            written = read_letter(letter, case)
            today = clock.received_day(now)
            refuse_unlawful_time(work, case, written, self._calendar, today)
            found = self._examined(work, case, letter, written, today)
            refuse_stops(found, "the draft is not ready:", reason=despite, option="--despite")
            refuse_wrong_facts(case, written)
            refuse_leaks(self._leaks(work, case, letter, written), approving=False, reason="")
            data: dict[str, object] = {"findings": as_data(found)} | ({"despite": despite} if despite.strip() else {})
            happening = self._happening("submitted", now, who.email, data)
            work.letters.move(letter, "for_approval", happening, submitted_by=who.email, submitted_at=now)
            if letter.kind == RESPONSE:
                self._move(work, case, "submitted_for_approval", Workflow.FOR_APPROVAL, who.email, now)


def _refuse_other_questions(case: Case, asked: str) -> None:
    """Raise ConflictError where the questions are not those that were answered: a letter not kept yet has no version that would tell."""
    if asked and asked != digest(case.questions):
        raise ConflictError(
            f"the questions of {case.reference} were changed while you wrote; what you wrote was not kept: look at them, and save again"
        )


def _refuse_newer(work: Work, case: Case, filed: str, text: str, base_version: int, by: str | None) -> bool:
    """Raise ConflictError where the draft is not at *base_version*; True where the very same text is kept by *by* already (a second click)."""
    current = work.letters.open_letter(case.id, filed)
    if (0 if current is None else current.version) == base_version:
        return False
    if current is None:
        gone: list[LetterRecordRow] = [row for row in work.letters.of_case(case.id) if row.kind == filed]
        last = work.letters.versions(gone[-1].id)[-1] if gone else None
        raise ConflictError(
            f"this letter of {case.reference} has been sent or laid aside since you began; what you wrote was not kept",
            by=last.officer if last else None,
            at=last.at if last else None,
        )
    newest = work.letters.versions(current.id)[-1]
    if newest.officer == by and newest.record == text:
        return True
    whose = "you" if newest.officer == by else newest.officer or "an operator"
    raise ConflictError(
        f"{whose} kept version {newest.version} of this letter at {newest.at.astimezone(LONDON):%H:%M on %d %B %Y}, "
        "after you began; what you wrote was not kept over it: compare the two, and save again",
        by=newest.officer,
        at=newest.at,
        version=newest.version,
    )
