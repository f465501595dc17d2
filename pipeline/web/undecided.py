"""What a requester has written on a request since, and nobody has said yet what it does to the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.clock import received_day
from pipeline.domain.request import OVER, ClockState
from pipeline.domain.triage import Intent
from pipeline.stages.newmail import REQUESTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.domain.clock import Review
    from pipeline.domain.clock_questions import Standing
    from pipeline.store.records import Case, MessageSummary


def undecided(
    case: Case, messages: Sequence[MessageSummary], standing: Standing, review: Review | None
) -> list[MessageSummary]:
    """Those of a request's *messages* that look like an answer to our question, a wish for a review, a withdrawal or a new question.

    Nothing of what they do is on record yet, or, of a question, the request is still marked for a look.
    """
    waits = ClockState.WAITING in {standing.whole.state, *(part.state for part in standing.parts.values())}
    found = []
    for one in messages:
        if one.side != REQUESTER or one.received_at is None or one.id == case.message_id:
            continue
        on = received_day(one.received_at)
        match one.intent:
            case Intent.CLARIFICATION:
                open_still = waits
            case Intent.REVIEW:
                open_still = case.flagged and (review is None or review.requested_on < on)
            case Intent.WITHDRAWAL:
                open_still = case.flagged and case.workflow not in OVER
            case Intent.UNCLEAR:
                open_still = case.flagged
            case _:
                open_still = False
        if open_still:
            found.append(one)
    return found
