"""What a letter does to the clock of its request on the day it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.clock_events import Event, EventKind, Ground
from pipeline.domain.request import Regime
from pipeline.letters.model import LetterKind
from pipeline.letters.particulars import ANSWERS

if TYPE_CHECKING:
    from datetime import date

    from pipeline.letters.model import LetterRecord


def clock_event(record: LetterRecord, sent_on: date) -> Event | None:
    """Give the clock event that *record* is, sent on the London day *sent_on*; None for a letter that moves no date.

    An answer stops it, and a correction of one is the answer again: the time to ask for a review runs from it.
    A clarification asked for while the clear part is being answered leaves the clock of the request running; which questions
    wait is for whoever knows the request. An extension's grounds are those its wording names: complex and voluminous (EIR
    regulation 7), complex (UK GDPR article 12).
    """
    said = record.particulars
    match record.kind:
        case LetterKind.CLARIFICATION:
            part = EventKind.PART_CLARIFICATION_ASKED
            kind = part if said.clear_part.strip() else EventKind.CLARIFICATION_ASKED
            return Event(kind=kind, on=sent_on, to=said.reply_by)
        case LetterKind.FEES_NOTICE:
            return Event(kind=EventKind.FEES_NOTICE, on=sent_on)
        case LetterKind.PUBLIC_INTEREST_EXTENSION:
            grounds = frozenset({Ground.QUALIFIED})
            return Event(
                kind=EventKind.PIT_EXTENSION, on=sent_on, to=said.decision_by, grounds=grounds, reason=said.reason
            )
        case LetterKind.EXTENSION if record.regime is Regime.EIR:
            grounds = frozenset({Ground.COMPLEX, Ground.VOLUMINOUS})
            return Event(
                kind=EventKind.EIR_EXTENSION, on=sent_on, to=said.answer_by, grounds=grounds, reason=said.reason
            )
        case LetterKind.EXTENSION:
            grounds = frozenset({Ground.COMPLEX})
            return Event(
                kind=EventKind.SAR_EXTENSION, on=sent_on, to=said.answer_by, grounds=grounds, reason=said.reason
            )
        case _:
            return Event(kind=EventKind.SENT, on=sent_on) if record.kind in {*ANSWERS, LetterKind.CORRECTION} else None
