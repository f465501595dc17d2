"""Holds a letter against its request before anybody approves it, and says what stands in its way."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from pipeline.domain.clock_events import Event, EventKind
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.request import Question, Regime
from pipeline.letters import posting
from pipeline.letters.checking import CheckFacts, Level, check
from pipeline.letters.law import exemptions
from pipeline.letters.model import LetterKind
from pipeline.letters.render import render_text
from pipeline.stages.casework.drafting import asked_review

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.clock import Review
    from pipeline.letters.authority import AuthorityFacts
    from pipeline.letters.checking import Finding
    from pipeline.letters.model import LetterRecord, Particulars
    from pipeline.letters.render import Letter
    from pipeline.store import Work
    from pipeline.store.records import Case

_FOR_EVERYBODY = frozenset({"how_to_pay", "holder", "contact", "charges"})


def examine(
    written: LetterRecord,
    finished: Letter,
    case: Case,
    authority: AuthorityFacts,
    today: date,
    *,
    review: Review | None,
    known: Particulars,
) -> tuple[Finding, ...]:
    """Check *written*, and *finished* that was made of it, as a letter in *case*, dated *today* unless it has a date.

    *review* is the clock of the review that the letter is about (``review_of``), *known* what it would be begun with (``known_of``).
    """
    return check(
        written,
        letter_text=render_text(finished),
        authority=authority,
        facts=CheckFacts(
            reference=case.reference,
            # A question to colleagues greets a service area: whom it may name is looked at in internal.py.
            requester_name="" if written.kind is LetterKind.SERVICE_AREA else case.requester_name,
            requester_email=case.requester_email,
            regime=Regime(case.regime),
            received_on=case.received_on,
            due_on=case.due_on,
            questions=tuple(Question(label=q.label, text=q.text) for q in case.questions),
            addressed_to=() if written.kind is LetterKind.SERVICE_AREA else (case.requester_email,),
            review=review,
            known=known,
        ),
        exemptions=exemptions(),
        today=today,
    )


def review_of(work: Work, case: Case, written: LetterRecord, calendar: Calendar) -> Review | None:
    """The clock of the review that *written* is about: as recorded, else as it would run from the day the letter names."""
    if written.kind not in {LetterKind.REVIEW_ACKNOWLEDGEMENT, LetterKind.REVIEW_OUTCOME}:
        return None
    law, named = Regime(case.regime), written.particulars.review_received_on
    recorded = asked_review(law, work.clock_events.of_case(case.id), calendar)
    if recorded is not None or named is None:
        return recorded
    return asked_review(law, [Event(kind=EventKind.REVIEW_REQUESTED, on=named)], calendar)


def not_their_words(case: Case, written: LetterRecord) -> list[str]:
    """Sentences about questions that the draft leaves out or has changed: the requester's words are never edited."""
    dates = (
        [f"the draft says received on {written.received_on}, the request says {case.received_on}"]
        if written.received_on not in (None, case.received_on)
        else []
    )
    asked = {q.text for q in case.questions}
    answered = {q.text for q in written.questions}
    missing = [q.label or q.position for q in case.questions if q.text not in answered]
    changed = [q.label for q in written.questions if q.text not in asked]
    return [*dates, *(f"question {label} of the request is not in the draft" for label in missing)] + [
        f"question {label} of the draft is not in the requester's own words" for label in changed
    ]


def own_words(written: LetterRecord) -> str:
    """What an officer wrote for the letter; but for where to pay and whom to ask instead, which is meant to be known."""
    said = [text for q in written.questions for text in (q.answer, q.reason, q.public_interest)]
    for field in fields(written.particulars):
        value = getattr(written.particulars, field.name)
        if isinstance(value, str) and field.name not in _FOR_EVERYBODY:
            said.append(value)
    return "\n\n".join(said)


def refuse_wrong_facts(case: Case, written: LetterRecord) -> None:
    """Raise NotAllowedError for a letter that would state another date of receipt, or that can't be addressed at all."""
    if written.received_on not in (None, case.received_on):
        raise NotAllowedError(
            f"the draft says received_on = {written.received_on}, but {case.reference} was received on {case.received_on}: "
            "mend the draft, or correct the case with: infogov clock --event receipt_corrected=DAY,reason=…"
        )
    if written.kind is not LetterKind.SERVICE_AREA and not posting.can_write_to(case.requester_email):
        shown = case.requester_email or "no address"
        raise NotAllowedError(
            f"{case.reference} has {shown}, to which no mail can be sent: give one with: infogov address"
        )


def refuse_stops(found: Iterable[Finding], because: str, *, reason: str, option: str) -> list[str]:
    """Raise NotAllowedError listing what stops the letter, unless *reason* overrides it; returns the rules it overrides.

    *because* opens the message and *option* is how a command gives a reason.
    """
    stops = [finding for finding in found if finding.level is Level.STOP]
    firm = [finding for finding in stops if not finding.overridable]
    if firm or (stops and not reason.strip()):
        hint = [] if firm else [f"Mend the draft, or say with {option} why it should go all the same."]
        raise NotAllowedError("\n".join((because, *map(str, stops), *hint)))
    return sorted({finding.rule.value for finding in stops})


def as_data(found: Iterable[Finding]) -> list[dict[str, str]]:
    """The findings as an event keeps them: rule and level, and nothing of the letter's text."""
    return [{"rule": finding.rule.value, "level": finding.level.value} for finding in found]
