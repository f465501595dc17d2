"""Casework: an officer drafts, another approves, and what was approved is frozen to the byte; who may do what is decided here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.domain import clock
from pipeline.domain.calendar import long_date
from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.request import ClockState, Outcome, Workflow
from pipeline.letters import posting, record
from pipeline.letters.model import LetterKind
from pipeline.letters.release import Level
from pipeline.letters.render import build, render_text
from pipeline.mail.reading import due_on
from pipeline.stages.casework.drafting import OPEN, new_draft, refuse_misplaced, refuse_unlawful_time
from pipeline.stages.casework.enclosures import checked, in_the_text, own_contacts, refuse_leaks
from pipeline.stages.casework.examining import (
    as_data,
    examine,
    not_their_words,
    own_words,
    refuse_stops,
    refuse_wrong_facts,
)
from pipeline.stages.casework.freezing import freeze, sizes
from pipeline.stages.casework.lookups import (
    RESPONSE,
    acting_officer,
    filed_as,
    latest_letter,
    the_case,
    the_letter,
    words_for,
)
from pipeline.stages.casework.recalling import lay_aside, take_back
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.ports import Clock, Ids
    from pipeline.letters.checking import Finding
    from pipeline.letters.model import LetterRecord
    from pipeline.settings import Settings
    from pipeline.store import Store, Work
    from pipeline.store.records import Case, LetterRecordRow, OfficerRecord

APPROVERS = ("approver", "admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """What an approval froze: the letter's row in the outbox, its digest, to whom, and when it goes unless stopped."""

    outbox_id: int
    sha256: str
    recipients: tuple[str, ...]
    not_before: datetime


class Casework:
    """An officer's verbs on one request. Each is one transaction, raises NotFoundError or NotAllowedError, and leaves an event."""

    def __init__(
        self, store: Store, clock_port: Clock, ids: Ids, settings: Settings, calendar: Calendar, *, via: str = "cli"
    ) -> None:
        self._store = store
        self._clock = clock_port
        self._ids = ids
        self._settings = settings
        self._calendar = calendar
        self._via = via

    # ---- drafting --------------------------------------------------------------------------------------------------

    def draft_text(self, reference: str, kind: LetterKind = LetterKind.RESPONSE) -> str:
        """The draft file of a letter: the one being worked on, or a new one with the questions filled in verbatim."""
        with self._store.read() as work:
            case = the_case(work, reference)
            letter = work.letters.open_letter(case.id, filed_as(kind))
        if letter is not None and record.load_record(letter.record, "the draft").kind is kind:
            return letter.record
        return new_draft(case, self._settings, kind)

    def save_draft(
        self,
        reference: str,
        text: str,
        name: str,
        officer: str | None = None,
        given: Mapping[str, bytes] | None = None,
    ) -> tuple[str, ...]:
        """Keep *text* (the content of file *name*) as the request's draft; returns sentences the officer should read.

        *given* are files by name, for the attachments that the draft names; one that is not given anew stays as it was kept.
        An approval given before is void, and its letter is taken back while it has not gone. Without *officer* the draft is
        its submitter's. Raises RecordError.
        """
        written = record.load_record(text, name)
        filed = filed_as(written.kind)
        remarks: list[str] = []
        with self._store.read() as work:
            case = the_case(work, reference)
            before = work.letters.open_letter(case.id, filed)
            kept = work.letters.files(before.id) if before is not None and written.attachments else []
        contacts = own_contacts(self._settings, case.requester_email)
        files = checked(written.attachments, given or {}, kept, name, contacts)
        remarks += [f"{one['file']}: {one['words']}" for file in files for one in file.findings]
        now = self._clock.now()
        with self._store.write() as work:
            by = None if officer is None else acting_officer(work, officer).email
            case = the_case(work, reference, lock=True)
            refuse_misplaced(written, case, name, answers=filed == RESPONSE)
            mark = self._happening("", now, by or "cli")
            taken = take_back(work, case, mark, why="edited", filed_as=filed)
            remarks += [
                f"the approval is void and letter {row.id} was taken back: the text was edited" for row in taken
            ]
            if filed == RESPONSE:
                remarks += self._apply_draft(work, case, written, by or "cli", now)
            work.letters.write(case.id, filed, text, officer=by, via=self._via, at=now, files=files)
            if filed == RESPONSE:
                self._move(work, case, "drafting", Workflow.DRAFTING, by or "cli", now, outcome=None)
        return tuple(remarks)

    def _apply_draft(self, work: Work, case: Case, written: LetterRecord, actor: str, now: datetime) -> list[str]:
        """Let the draft's law and topic stand for the case, and say where its questions are not the requester's words."""
        remarks: list[str] = []
        if written.regime != case.regime:
            due = due_on(written.regime, case.received_on, self._calendar)
            happening = self._happening(
                "law_changed", now, actor, {"from": case.regime, "to": written.regime, "due_on": due}
            )
            reasons = [f"an officer decided it ({actor})"]
            work.cases.change(case, happening, regime=written.regime, due_on=due, regime_reasons=reasons)
            remarks.append(f"the law of {case.reference} is now {written.regime.upper()}, due on {long_date(due)}")
        if written.topic and written.topic != case.topic:
            work.cases.change(case, self._happening("topic_set", now, actor), topic=written.topic)
        return [*remarks, *not_their_words(case, written)] if written.kind is LetterKind.RESPONSE else remarks

    def findings(self, reference: str, kind: LetterKind | None = None) -> tuple[Finding, ...]:
        """What the check says of the request's current letter as it would go today; stops stand first."""
        with self._store.read() as work:
            case = the_case(work, reference)
            letter = self._current(work, case, kind)
            return self._examined(work, case, letter, _read(letter, case))

    def submit(self, reference: str, officer: str, *, despite: str = "", kind: LetterKind | None = None) -> None:
        """Put the draft into the queue for approval.

        Raises NotAllowedError that lists every finding which stops it; *despite* says why an approver should let it go
        all the same, and puts it before one, but for the findings that nobody can override. *kind* says which letter,
        where there are several; so it does in the other verbs.
        """
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = the_case(work, reference, lock=True)
            letter = the_letter(work, case, "drafting", "there is no draft to submit", kind)
            written = _read(letter, case)
            refuse_unlawful_time(work, case, written, self._calendar, clock.received_day(now))
            found = self._examined(work, case, letter, written)
            refuse_stops(found, "the draft is not ready:", reason=despite, option="--despite")
            refuse_wrong_facts(case, written)
            refuse_leaks(self._leaks(work, case, letter, written), approving=False, reason="")
            data: dict[str, object] = {"findings": as_data(found)} | ({"despite": despite} if despite.strip() else {})
            happening = self._happening("submitted", now, who.email, data)
            work.letters.move(letter, "for_approval", happening, submitted_by=who.email, submitted_at=now)
            if letter.kind == RESPONSE:
                self._move(work, case, "submitted_for_approval", Workflow.FOR_APPROVAL, who.email, now)

    def _examined(self, work: Work, case: Case, letter: LetterRecordRow, written: LetterRecord) -> tuple[Finding, ...]:
        """Check *written*; a template or provision that isn't known is the drafter's to mend, and raises RecordError."""
        today = clock.received_day(self._clock.now())
        finished = build(written, posting.authority_facts(self._settings), today, sizes(work, letter))
        return examine(written, finished, case, posting.authority_facts(self._settings), today)

    def _leaks(self, work: Work, case: Case, letter: LetterRecordRow, written: LetterRecord) -> list[dict[str, Any]]:
        """What the letter's files and words may give away; the files were read through when the draft was kept."""
        contacts = own_contacts(self._settings, case.requester_email)
        in_files = [finding for file in work.letters.files(letter.id) for finding in file.findings]
        return [*in_files, *in_the_text(own_words(written), contacts)]

    def release_findings(self, reference: str, kind: LetterKind | None = None) -> list[dict[str, Any]]:
        """What the files and words of the request's current letter may give away, stops first."""
        with self._store.read() as work:
            case = the_case(work, reference)
            letter = latest_letter(work, case, kind)
            found = [] if letter is None else self._leaks(work, case, letter, _read(letter, case))
        return sorted(found, key=lambda one: one["level"] != Level.STOP)

    def _current(self, work: Work, case: Case, kind: LetterKind | None) -> LetterRecordRow:
        letter = latest_letter(work, case, kind)
        if letter is None:
            raise NotFoundError(f"{case.reference} has no letter yet; begin with: infogov draft {case.reference} --new")
        return letter

    def preview(self, reference: str, kind: LetterKind | None = None) -> str:
        """The text of the request's current letter, as it would be sent today."""
        with self._store.read() as work:
            case = the_case(work, reference)
            letter = self._current(work, case, kind)
            known = sizes(work, letter)
        today = clock.received_day(self._clock.now())
        return render_text(build(_read(letter, case), posting.authority_facts(self._settings), today, known))

    # ---- approval --------------------------------------------------------------------------------------------------

    def approve(
        self,
        reference: str,
        officer: str,
        *,
        seen_sha256: str | None = None,
        override_reason: str | None = None,
        kind: LetterKind | None = None,
    ) -> Approved:
        """Freeze the letter and start the time in which it can be stopped. Whoever wrote or submitted any of it is refused (invariant 6).

        *seen_sha256* is the digest of the draft the approver looked at, where a page showed one: another draft is refused.
        *override_reason* lets a letter go in spite of findings that stop it, and is kept with their names; some nobody
        can override.
        """
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = the_case(work, reference, lock=True)
            letter = the_letter(work, case, "for_approval", "nothing is waiting for approval", kind)
            self._may_approve(who, letter, seen_sha256)
            written = _read(letter, case)
            if written.issued_on is None:
                written = replace(written, issued_on=clock.received_day(now))
            refuse_unlawful_time(work, case, written, self._calendar, clock.received_day(now))
            found = self._examined(work, case, letter, written)
            overridden = refuse_stops(
                found, "the letter can't be approved:", reason=override_reason or "", option="--override-reason"
            )
            leaks = self._leaks(work, case, letter, written)
            overridden += refuse_leaks(leaks, approving=True, reason=override_reason or "")
            frozen = freeze(work, self._settings, self._ids, case, letter, written, now)
            outbox_id = work.outbox.freeze(case.id, frozen, at=now, actor=who.email, via=self._via)
            if outbox_id is None:
                raise NotAllowedError(f"this letter of {case.reference} has been approved already")
            sha256 = posting.digest(frozen.content)
            data: dict[str, object] = {
                "outbox": outbox_id,
                "sha256": sha256,
                "findings": as_data(found),
                "release": leaks,
            }
            if overridden:
                data |= {"overridden": overridden, "reason": override_reason}
            happening = self._happening("approved", now, who.email, data)
            work.letters.move(letter, "approved", happening, approved_by=who.email, approved_at=now)
            if letter.kind == RESPONSE:
                outcome = record.outcome(written)
                self._move(work, case, "approved_for_sending", Workflow.APPROVED, who.email, now, outcome=outcome)
        return Approved(outbox_id=outbox_id, sha256=sha256, recipients=frozen.recipients, not_before=frozen.not_before)

    def _may_approve(self, who: OfficerRecord, letter: LetterRecordRow, seen_sha256: str | None) -> None:
        if who.email in letter.writers or who.email == letter.submitted_by:
            raise NotAllowedError(f"{who.email} wrote or submitted this letter; another officer has to approve it")
        if who.role not in APPROVERS:
            raise NotAllowedError(f"{who.email} is not an approver; ask one, or an administrator to change the role")
        if seen_sha256 is not None and posting.digest(letter.record.encode()) != seen_sha256:
            raise NotAllowedError("the draft was changed after you looked at it; read it again before you approve")

    def give_back(self, reference: str, officer: str, reason: str, kind: LetterKind | None = None) -> None:
        """Return a letter to its drafter, saying why."""
        if not reason.strip():
            raise NotAllowedError("say with --reason what has to change, so that the drafter knows")
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = the_case(work, reference, lock=True)
            letter = the_letter(work, case, "for_approval", "nothing is waiting for approval", kind)
            happening = self._happening("returned", now, who.email, {"reason": reason})
            work.letters.move(letter, "drafting", happening, submitted_by=None, submitted_at=None)
            if letter.kind == RESPONSE:
                self._move(work, case, "returned_for_change", Workflow.DRAFTING, who.email, now, outcome=None)

    def stop(self, reference: str, officer: str, reason: str = "", kind: LetterKind | None = None) -> None:
        """Take every approved letter of a request back before it goes, or that of *kind*; it waits for approval again."""
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = the_case(work, reference, lock=True)
            mark, only = self._happening("", now, who.email), None if kind is None else filed_as(kind)
            taken = take_back(work, case, mark, why="stopped", reason=reason, filed_as=only)
            if not taken:
                raise NotAllowedError(f"no letter of {case.reference} is waiting to be sent")
            if any(row.kind == RESPONSE for row in taken):
                self._move(work, case, "stopped_before_sending", Workflow.FOR_APPROVAL, who.email, now, outcome=None)

    def send_now(self, reference: str, officer: str) -> None:
        """Let an approved letter go at once instead of waiting for the rest of its time."""
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = the_case(work, reference, lock=True)
            waiting = [row for row in work.outbox.summaries(request_id=case.id) if row.status == OutboxStatus.WAITING]
            if not waiting:
                raise NotAllowedError(f"no letter of {case.reference} is waiting; see: infogov outbox")
            for row in waiting:
                work.outbox.move(row, OutboxStatus.QUEUED, self._happening("sent_now", now, who.email), not_before=now)

    # ---- the request -----------------------------------------------------------------------------------------------

    def correct_requester(self, reference: str, officer: str, email: str, reason: str, name: str = "") -> None:
        """Give a request another address (and name) to answer to; a letter approved for the old one is void, for approval is bound to recipients."""
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = the_case(work, reference, lock=True)
            if not reason.strip() or not posting.can_write_to(email):
                raise NotAllowedError("give an address that mail can be sent to, like name@example.org, and a --reason")
            taken = take_back(work, case, self._happening("", now, who.email), why="the address was corrected")
            values: dict[str, object] = {"requester_email": email, "requester_name": name or case.requester_name}
            if taken and case.workflow == Workflow.APPROVED:
                values |= {"workflow": Workflow.FOR_APPROVAL, "outcome": None}
            work.cases.change(
                case, self._happening("requester_corrected", now, who.email, {"reason": reason}), **values
            )

    def withdraw(self, reference: str, officer: str, reason: str = "") -> None:
        """Note that the requester has withdrawn; what was waiting to be sent is taken back."""
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = the_case(work, reference, lock=True)
            if case.workflow not in OPEN:
                raise NotAllowedError(f"{case.reference} is {words_for(case.workflow)} and can't be withdrawn now")
            take_back(work, case, self._happening("", now, who.email), why="withdrawn")
            lay_aside(work, case, self._happening("", now, who.email))
            self._move(
                work, case, "withdrawn", Workflow.WITHDRAWN, who.email, now,
                reason=reason, clock=ClockState.STOPPED, outcome=Outcome.WITHDRAWN,
            )  # fmt: skip

    def close(self, reference: str, officer: str, reason: str = "") -> None:
        """Close a request; one that was not answered needs a reason, and a letter on its way must be stopped first."""
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = the_case(work, reference, lock=True)
            if case.workflow == Workflow.CLOSED:
                raise NotAllowedError(f"{case.reference} is closed already")
            if any(letter.status == "approved" for letter in work.letters.of_case(case.id)):
                raise NotAllowedError(f"a letter of {case.reference} is approved and not yet sent; stop it first")
            if case.workflow not in (Workflow.SENT, Workflow.WITHDRAWN) and not reason.strip():
                raise NotAllowedError(f"{case.reference} has not been answered; say with --reason why it is closed")
            lay_aside(work, case, self._happening("", now, who.email))
            self._move(
                work, case, "closed", Workflow.CLOSED, who.email, now,
                reason=reason, clock=ClockState.STOPPED, closed_at=now, flagged=False, flag_reasons=[],
            )  # fmt: skip

    def reopen(self, reference: str, officer: str, reason: str = "") -> None:
        """Open an answered, closed or withdrawn request again; the next draft begins a new letter."""
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = the_case(work, reference, lock=True)
            if case.workflow in OPEN:
                raise NotAllowedError(f"{case.reference} is open: it is {words_for(case.workflow)}")
            self._move(
                work, case, "reopened", Workflow.DRAFTING, who.email, now,
                reason=reason, clock=ClockState.RUNNING, outcome=None, closed_at=None,
            )  # fmt: skip

    # ---- parts -----------------------------------------------------------------------------------------------------

    def _move(
        self,
        work: Work,
        case: Case,
        kind: str,
        workflow: Workflow,
        actor: str,
        now: datetime,
        *,
        reason: str = "",
        **values: object,
    ) -> None:
        data: dict[str, object] = {"from": case.workflow, "to": workflow}
        if reason:
            data["reason"] = reason
        work.cases.change(case, self._happening(kind, now, actor, data), workflow=workflow, **values)

    def _happening(self, kind: str, at: datetime, actor: str, data: dict[str, object] | None = None) -> Happening:
        return Happening(kind=kind, at=at, actor=actor, via=self._via, data=data or {})


def _read(letter: LetterRecordRow, case: Case) -> LetterRecord:
    return record.load_record(letter.record, f"the draft of {case.reference}")
