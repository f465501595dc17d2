"""What the verbs on letters stand on: those on cases, and a letter read and looked through as it would go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pipeline.domain import clock
from pipeline.domain.errors import NotFoundError
from pipeline.letters import posting, record
from pipeline.letters.render import build
from pipeline.stages.casework.drafting import known_of
from pipeline.stages.casework.enclosures import in_the_text, own_contacts
from pipeline.stages.casework.examining import examine, own_words, review_of
from pipeline.stages.casework.freezing import sizes
from pipeline.stages.casework.lookups import latest_letter
from pipeline.stages.casework.scanned import known_infected
from pipeline.stages.casework.turn import CaseVerbs
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from datetime import date, datetime

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.ports import Clock, Ids
    from pipeline.domain.request import Workflow
    from pipeline.letters.checking import Finding
    from pipeline.letters.model import LetterKind, LetterRecord
    from pipeline.letters.render import Letter
    from pipeline.mail.scanning import Scanner
    from pipeline.settings import Settings
    from pipeline.store import Store, Work
    from pipeline.store.case_clocks import CaseClocks
    from pipeline.store.records import Case, LetterRecordRow


class LetterVerbs(CaseVerbs):
    """What the verbs on letters have besides those on cases: the calendar, a scanner for files to be sent, and the letter as it would go."""

    def __init__(
        self,
        store: Store,
        clock_port: Clock,
        ids: Ids,
        settings: Settings,
        calendar: Calendar,
        clocks: CaseClocks,
        *,
        via: str = "cli",
        scanner: Scanner | None = None,
    ) -> None:
        super().__init__(store, clock_port, ids, settings, clocks, via=via)
        self._calendar = calendar
        self._scanner = scanner

    def _today(self) -> date:
        return clock.received_day(self._clock.now())

    @property
    def _undo(self) -> timedelta:
        """How long an approved letter can still be stopped."""
        return timedelta(minutes=self._settings.delivery.undo_minutes)

    def _leaves_on(self) -> date:
        """The London day on which a letter leaves that is approved now: the day that it bears, and is looked at with."""
        return clock.received_day(self._clock.now() + self._undo)

    def _current(self, work: Work, case: Case, kind: LetterKind | None) -> LetterRecordRow:
        letter = latest_letter(work, case, kind)
        if letter is None:
            raise NotFoundError(f"{case.reference} has no letter yet; begin with: infogov draft {case.reference} --new")
        return letter

    def _finished(self, work: Work, letter: LetterRecordRow, written: LetterRecord, today: date) -> Letter:
        """The letter in its words. A template or provision that isn't known is the drafter's to mend, and raises RecordError."""
        return build(written, posting.authority_facts(self._settings), today, sizes(work, letter))

    def _examined(
        self, work: Work, case: Case, letter: LetterRecordRow, written: LetterRecord, today: date
    ) -> tuple[Finding, ...]:
        """Check *written* as it would go on the London day *today*."""
        finished = self._finished(work, letter, written, today)
        authority = posting.authority_facts(self._settings)
        review = review_of(work, case, written, self._calendar)
        known = known_of(work, case, written.kind, self._calendar)
        return examine(written, finished, case, authority, today, review=review, known=known)

    def _leaks(self, work: Work, case: Case, letter: LetterRecordRow, written: LetterRecord) -> list[dict[str, Any]]:
        """What the letter's files and words may give away; the files were read through when the draft was kept."""
        contacts = own_contacts(self._settings, case.requester_email)
        files = work.letters.files(letter.id)
        in_files = [finding for file in files for finding in file.findings]
        return [*known_infected(work, files), *in_files, *in_the_text(own_words(written), contacts)]

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


def read_letter(letter: LetterRecordRow, case: Case) -> LetterRecord:
    """The record of *letter*. Raises RecordError where this version of the program can't read it any more."""
    return record.load_record(letter.record, f"the draft of {case.reference}")
