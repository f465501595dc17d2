"""What a draft is begun with, which kinds may be drafted when, and what the law says to the clock event that a letter is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain import clock
from pipeline.domain.errors import NotAllowedError, RecordError
from pipeline.domain.request import OPEN, Question, Regime, Workflow
from pipeline.letters import record
from pipeline.letters.effects import clock_event
from pipeline.letters.model import DraftFacts, LetterKind
from pipeline.letters.particulars import AFTERWARDS
from pipeline.stages.casework.lookups import words_for

if TYPE_CHECKING:
    from datetime import date

    from pipeline.domain.calendar import Calendar
    from pipeline.letters.model import LetterRecord
    from pipeline.settings import Settings
    from pipeline.store import Work
    from pipeline.store.records import Case


def draft_facts(case: Case, settings: Settings, kind: LetterKind) -> DraftFacts:
    """What is known of *case* when a letter of *kind* is begun."""
    return DraftFacts(
        reference=case.reference,
        regime=Regime(case.regime),
        topic=case.topic,
        questions=tuple(Question(label=q.label, text=q.text) for q in case.questions),
        requester_name=case.requester_name,
        received_on=case.received_on,
        template=settings.letters.template if kind is LetterKind.RESPONSE else "default",
        kind=kind,
        due_on=case.due_on,
    )


def new_draft(case: Case, settings: Settings, kind: LetterKind) -> str:
    """The file that a letter of *kind* in *case* is begun with."""
    return record.draft_record(draft_facts(case, settings, kind))


def refuse_misplaced(written: LetterRecord, case: Case, name: str, *, answers: bool) -> None:
    """Raise when *written*, the content of file *name*, can't be a draft of *case* as it stands; *answers* marks the answer to it."""
    if written.reference != case.reference:
        raise RecordError(
            (
                f"{name}: reference: this is a letter for {written.reference}, not for {case.reference}; use its own file",
            )
        )
    if not answers and written.regime != case.regime:
        raise RecordError(
            (
                f'{name}: regime: {case.reference} is under {case.regime}; write regime = "{case.regime}", or change its law',
            )
        )
    afterwards = written.kind in AFTERWARDS or written.kind is LetterKind.SERVICE_AREA
    if case.workflow in OPEN or (afterwards and case.workflow != Workflow.NOT_A_REQUEST):
        return
    raise NotAllowedError(f"{case.reference} is {words_for(case.workflow)}; reopen it before you draft")


def refuse_unlawful_time(work: Work, case: Case, written: LetterRecord, calendar: Calendar, today: date) -> None:
    """Raise NotAllowedError with the law's reason when the letter asks for time that the law does not give."""
    event = clock_event(written, today)
    if event is not None:
        received = clock.Event(kind=clock.EventKind.RECEIVED, on=case.received_on)
        events = [received, *work.clock_events.of_case(case.id), event]
        clock.deadline(Regime(case.regime), events, calendar)
