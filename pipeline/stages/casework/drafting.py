"""What a draft is begun with, which kinds may be drafted when, and what the law says to the clock event that a letter is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain import clock
from pipeline.domain.clock_events import EventKind, in_force, law_now
from pipeline.domain.clock_questions import standing
from pipeline.domain.errors import NotAllowedError, RecordError
from pipeline.domain.request import OPEN, Question, Regime, Workflow
from pipeline.letters import record
from pipeline.letters.effects import clock_event
from pipeline.letters.model import NO_PARTICULARS, DraftFacts, LetterKind, Particulars
from pipeline.letters.particulars import AFTERWARDS
from pipeline.stages.casework.lookups import words_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.clock_events import Event
    from pipeline.letters.model import LetterRecord
    from pipeline.settings import Settings
    from pipeline.store import Work
    from pipeline.store.records import Case


def draft_facts(case: Case, settings: Settings, kind: LetterKind, known: Particulars = NO_PARTICULARS) -> DraftFacts:
    """What is known of *case* when a letter of *kind* is begun; *known* is what its clock tells (``known_of``)."""
    return DraftFacts(
        reference=case.reference,
        regime=Regime(case.regime),
        topic=case.topic,
        questions=tuple(
            Question(label=q.label, text=q.text, regime=Regime(q.regime) if q.regime else None) for q in case.questions
        ),
        requester_name=case.requester_name,
        received_on=case.received_on,
        template=settings.letters.template if kind is LetterKind.RESPONSE else "default",
        kind=kind,
        due_on=case.due_on,
        known=known,
    )


def known_of(work: Work, case: Case, kind: LetterKind, calendar: Calendar) -> Particulars:
    """What the clock of *case* tells of a letter of *kind*: the days that an officer need not look up."""
    if kind not in {LetterKind.REVIEW_ACKNOWLEDGEMENT, LetterKind.REVIEW_OUTCOME, LetterKind.EXTENSION}:
        return NO_PARTICULARS
    law, events = Regime(case.regime), work.clock_events.of_case(case.id)
    if kind is LetterKind.EXTENSION:
        # Under the Regulations a clarification starts the time anew (regulation 9(4)); subject access only resumes it.
        answered = [one.on for one in events if one.kind is EventKind.CLARIFICATION_RECEIVED and one.question is None]
        return Particulars(clarified_on=max(answered)) if answered and law is Regime.EIR else NO_PARTICULARS
    review = asked_review(law, events, calendar)
    of_both = len({law, *(q.regime for q in case.questions if q.regime)} & {Regime.FOI, Regime.EIR}) > 1
    return Particulars(
        review_received_on=review.requested_on if review else None,
        decision_by=review.due_on if review and kind is LetterKind.REVIEW_ACKNOWLEDGEMENT else None,
        both_laws=of_both,
    )


def asked_review(law: Regime, events: Sequence[Event], calendar: Calendar) -> clock.Review | None:
    """The clock of the last review that was asked for; None where none was, and for subject access, which knows none."""
    return None if law_now(law, events) is Regime.SAR else clock.review(law, events, calendar)


def new_draft(case: Case, settings: Settings, kind: LetterKind, known: Particulars) -> str:
    """The file that a letter of *kind* in *case* is begun with."""
    return record.draft_record(draft_facts(case, settings, kind, known))


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
    if event is not None and event.kind is not EventKind.SENT:
        recorded = in_force(work.clock_events.of_case(case.id), is_open=case.workflow in OPEN)
        standing(Regime(case.regime), case.received_on, recorded, (), calendar, newest=(event,))
