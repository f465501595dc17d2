"""Casework: an officer drafts, another approves, and what was approved is frozen to the byte; who may do what is decided here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.domain import clock
from pipeline.domain.errors import NotAllowedError, NotFoundError, RecordError
from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.request import ClockState, Outcome, Question, Regime, Workflow
from pipeline.letters import posting, record
from pipeline.letters.model import DraftFacts
from pipeline.letters.release import Level
from pipeline.letters.render import build, render_text
from pipeline.stages.casework.enclosures import checked, in_the_text, own_contacts, refuse_leaks
from pipeline.stages.casework.examining import as_data, examine, not_their_words, refuse_stops
from pipeline.stages.casework.freezing import freeze
from pipeline.stages.casework.lookups import RESPONSE, acting_officer, the_case, the_letter, words_for
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
    from pipeline.store.records import Case, LetterRecordRow, OfficerRecord, OutboxSummary

_OPEN = (Workflow.NEW, Workflow.DRAFTING, Workflow.FOR_APPROVAL, Workflow.APPROVED)
# A refused letter could be sent by a retry, and one that a trial redirected has not gone to its requester: both are void with their approval.
_STILL_HERE = (
    OutboxStatus.WAITING, OutboxStatus.QUEUED, OutboxStatus.RETRY, OutboxStatus.FAILED, OutboxStatus.REDIRECTED,
)  # fmt: skip
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

    def draft_text(self, reference: str) -> str:
        """The draft file of a request: the one being worked on, or a new one with the questions filled in verbatim."""
        with self._store.read() as work:
            case = the_case(work, reference)
            letter = work.letters.open_letter(case.id, RESPONSE)
        if letter is not None:
            return letter.record
        return record.draft_record(
            DraftFacts(
                reference=case.reference,
                regime=Regime(case.regime),
                topic=case.topic,
                questions=tuple(Question(label=q.label, text=q.text) for q in case.questions),
                requester_name=case.requester_name,
                received_on=case.received_on,
                template=self._settings.letters.template,
            )
        )

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
        remarks: list[str] = []
        with self._store.read() as work:
            case = the_case(work, reference)
            before = work.letters.open_letter(case.id, RESPONSE)
            kept = work.letters.files(before.id) if before is not None and written.attachments else []
        contacts = own_contacts(self._settings, case.requester_email)
        files = checked(written.attachments, given or {}, kept, name, contacts)
        remarks += [f"{one['file']}: {one['words']}" for file in files for one in file.findings]
        now = self._clock.now()
        with self._store.write() as work:
            by = None if officer is None else acting_officer(work, officer).email
            case = the_case(work, reference, lock=True)
            if written.reference != case.reference:
                raise RecordError(
                    (
                        f"{name}: reference: this is a letter for {written.reference}, not for {case.reference}; use its own file",
                    )
                )
            if case.workflow not in _OPEN:
                raise NotAllowedError(f"{case.reference} is {words_for(case.workflow)}; reopen it before you draft")
            taken = self._take_back(work, case, by or "cli", now, why="edited")
            remarks += [
                f"the approval is void and letter {row.id} was taken back: the text was edited" for row in taken
            ]
            remarks += self._apply_draft(work, case, written, by or "cli", now)
            work.letters.write(case.id, RESPONSE, text, officer=by, via=self._via, at=now, files=files)
            self._move(work, case, "drafting", Workflow.DRAFTING, by or "cli", now, outcome=None)
        return tuple(remarks)

    def _apply_draft(self, work: Work, case: Case, written: LetterRecord, actor: str, now: datetime) -> list[str]:
        """Let the draft's law and topic stand for the case, and say where its questions are not the requester's words."""
        remarks: list[str] = []
        if written.regime != case.regime:
            due_on = self._due(written.regime, case)
            happening = self._happening(
                "law_changed", now, actor, {"from": case.regime, "to": written.regime, "due_on": due_on}
            )
            reasons = [f"an officer decided it ({actor})"]
            work.cases.change(case, happening, regime=written.regime, due_on=due_on, regime_reasons=reasons)
            remarks.append(f"the law of {case.reference} is now {written.regime.upper()}, due on {due_on:%-d %B %Y}")
        if written.topic and written.topic != case.topic:
            work.cases.change(case, self._happening("topic_set", now, actor), topic=written.topic)
        return [*remarks, *not_their_words(case, written)]

    def findings(self, reference: str) -> tuple[Finding, ...]:
        """What the check says of the request's current letter as it would go today; stops stand first."""
        with self._store.read() as work:
            case = the_case(work, reference)
            return self._examined(case, self._current(work, case))

    def submit(self, reference: str, officer: str, *, despite: str = "") -> None:
        """Put the draft into the queue for approval.

        Raises NotAllowedError that lists every finding which stops it; *despite* says why an approver should let it go
        all the same, and puts it before one, but for the findings that nobody can override.
        """
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = the_case(work, reference, lock=True)
            letter = the_letter(work, case, "drafting", "there is no draft to submit")
            written = record.load_record(letter.record, f"the draft of {case.reference}")
            found = self._examined(case, written)
            refuse_stops(found, "the draft is not ready:", reason=despite, option="--despite")
            refuse_leaks(self._leaks(work, case, letter, written), approving=False, reason="")
            data: dict[str, object] = {"findings": as_data(found)} | ({"despite": despite} if despite.strip() else {})
            happening = self._happening("submitted", now, who.email, data)
            work.letters.move(letter, "for_approval", happening, submitted_by=who.email, submitted_at=now)
            self._move(work, case, "submitted_for_approval", Workflow.FOR_APPROVAL, who.email, now)

    def _examined(self, case: Case, written: LetterRecord) -> tuple[Finding, ...]:
        """Check *written*; a template or provision that isn't known is the drafter's to mend, and raises RecordError."""
        today = clock.received_day(self._clock.now())
        return examine(written, case, posting.authority_facts(self._settings), today)

    def _leaks(self, work: Work, case: Case, letter: LetterRecordRow, written: LetterRecord) -> list[dict[str, Any]]:
        """What the letter's files and words may give away; the files were read through when the draft was kept."""
        contacts = own_contacts(self._settings, case.requester_email)
        answers = "\n\n".join(f"{q.answer}\n{q.reason}\n{q.public_interest}" for q in written.questions)
        in_files = [finding for file in work.letters.files(letter.id) for finding in file.findings]
        return [*in_files, *in_the_text(answers, contacts)]

    def release_findings(self, reference: str) -> list[dict[str, Any]]:
        """What the files and words of the request's current letter may give away, stops first."""
        with self._store.read() as work:
            case = the_case(work, reference)
            letters = [row for row in work.letters.of_case(case.id) if row.status != "void"]
            found = self._leaks(work, case, letters[-1], self._current(work, case)) if letters else []
        return sorted(found, key=lambda one: one["level"] != Level.STOP)

    def _current(self, work: Work, case: Case) -> LetterRecord:
        letters = [row for row in work.letters.of_case(case.id) if row.status != "void"]
        if not letters:
            raise NotFoundError(f"{case.reference} has no letter yet; begin with: infogov draft {case.reference} --new")
        return record.load_record(letters[-1].record, f"the draft of {case.reference}")

    def preview(self, reference: str) -> str:
        """The text of the request's current letter, as it would be sent today."""
        with self._store.read() as work:
            written = self._current(work, the_case(work, reference))
        return render_text(
            build(written, posting.authority_facts(self._settings), clock.received_day(self._clock.now()))
        )

    # ---- approval --------------------------------------------------------------------------------------------------

    def approve(
        self, reference: str, officer: str, *, seen_sha256: str | None = None, override_reason: str | None = None
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
            letter = the_letter(work, case, "for_approval", "nothing is waiting for approval")
            self._may_approve(who, letter, seen_sha256)
            written = record.load_record(letter.record, f"the draft of {case.reference}")
            if written.issued_on is None:
                written = replace(written, issued_on=clock.received_day(now))
            found = self._examined(case, written)
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
            self._move(
                work, case, "approved_for_sending", Workflow.APPROVED, who.email, now, outcome=record.outcome(written)
            )
        return Approved(outbox_id=outbox_id, sha256=sha256, recipients=frozen.recipients, not_before=frozen.not_before)

    def _may_approve(self, who: OfficerRecord, letter: LetterRecordRow, seen_sha256: str | None) -> None:
        if who.email in letter.writers or who.email == letter.submitted_by:
            raise NotAllowedError(f"{who.email} wrote or submitted this letter; another officer has to approve it")
        if who.role not in APPROVERS:
            raise NotAllowedError(f"{who.email} is not an approver; ask one, or an administrator to change the role")
        if seen_sha256 is not None and posting.digest(letter.record.encode()) != seen_sha256:
            raise NotAllowedError("the draft was changed after you looked at it; read it again before you approve")

    def give_back(self, reference: str, officer: str, reason: str) -> None:
        """Return a letter to its drafter, saying why."""
        if not reason.strip():
            raise NotAllowedError("say with --reason what has to change, so that the drafter knows")
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = the_case(work, reference, lock=True)
            letter = the_letter(work, case, "for_approval", "nothing is waiting for approval")
            happening = self._happening("returned", now, who.email, {"reason": reason})
            work.letters.move(letter, "drafting", happening, submitted_by=None, submitted_at=None)
            self._move(work, case, "returned_for_change", Workflow.DRAFTING, who.email, now, outcome=None)

    def stop(self, reference: str, officer: str, reason: str = "") -> None:
        """Take an approved letter back before it goes; it waits for approval again."""
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = the_case(work, reference, lock=True)
            if not self._take_back(work, case, who.email, now, why="stopped", reason=reason):
                raise NotAllowedError(f"no letter of {case.reference} is waiting to be sent")
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

    def withdraw(self, reference: str, officer: str, reason: str = "") -> None:
        """Note that the requester has withdrawn; what was waiting to be sent is taken back."""
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = the_case(work, reference, lock=True)
            if case.workflow not in _OPEN:
                raise NotAllowedError(f"{case.reference} is {words_for(case.workflow)} and can't be withdrawn now")
            self._take_back(work, case, who.email, now, why="withdrawn")
            self._void(work, case, who.email, now)
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
            if case.workflow == Workflow.APPROVED:
                raise NotAllowedError(f"a letter of {case.reference} is approved and not yet sent; stop it first")
            if case.workflow not in (Workflow.SENT, Workflow.WITHDRAWN) and not reason.strip():
                raise NotAllowedError(f"{case.reference} has not been answered; say with --reason why it is closed")
            self._void(work, case, who.email, now)
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
            if case.workflow in _OPEN:
                raise NotAllowedError(f"{case.reference} is open: it is {words_for(case.workflow)}")
            self._move(
                work, case, "reopened", Workflow.DRAFTING, who.email, now,
                reason=reason, clock=ClockState.RUNNING, outcome=None, closed_at=None,
            )  # fmt: skip

    # ---- parts -----------------------------------------------------------------------------------------------------

    def _take_back(
        self, work: Work, case: Case, actor: str, now: datetime, *, why: str, reason: str = ""
    ) -> list[OutboxSummary]:
        """Cancel every written letter of the case that has not gone. Raises NotAllowedError for one that is going right now."""
        taken: list[OutboxSummary] = []
        for row in work.outbox.summaries(request_id=case.id):
            if row.letter_id is None:
                continue
            if row.status in (OutboxStatus.SENDING, OutboxStatus.UNCERTAIN):
                state = "is being sent right now" if row.status == OutboxStatus.SENDING else "may have been delivered"
                raise NotAllowedError(f"letter {row.id} of {case.reference} {state}; see: infogov outbox")
            if row.status not in _STILL_HERE:
                continue
            happening = self._happening("letter_taken_back", now, actor, {"why": why, "reason": reason})
            if not work.outbox.move(row, OutboxStatus.CANCELLED, happening):
                raise NotAllowedError(f"letter {row.id} of {case.reference} has just been taken up for sending")
            letter = work.letters.by_id(row.letter_id)
            if letter is not None and letter.status == "approved":
                void = self._happening("approval_void", now, actor, {"why": why})
                work.letters.move(letter, "for_approval", void, approved_by=None, approved_at=None)
            taken.append(row)
        return taken

    def _void(self, work: Work, case: Case, actor: str, now: datetime) -> None:
        letter = work.letters.open_letter(case.id, RESPONSE)
        if letter is not None:
            work.letters.move(letter, "void", self._happening("draft_laid_aside", now, actor))

    def _due(self, regime: Regime, case: Case) -> object:
        received = clock.Event(kind=clock.EventKind.RECEIVED, on=case.received_on)
        return clock.deadline(regime, [received], self._calendar).due_on

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
