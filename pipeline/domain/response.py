"""What a question is answered with, and what the request as a whole ends with because of it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.domain.request import Outcome, Regime

if TYPE_CHECKING:
    from collections.abc import Iterable


class AnswerOutcome(StrEnum):
    """What the requester gets for one question (domain.md section 4)."""

    SUPPLIED = "supplied"
    ALREADY_AVAILABLE = "already_available"
    WITHHELD = "withheld"
    PART = "part"
    NOT_HELD = "not_held"
    NCND = "ncnd"
    ADVICE = "advice"


_REFUSED = frozenset(
    {AnswerOutcome.ALREADY_AVAILABLE, AnswerOutcome.WITHHELD, AnswerOutcome.NOT_HELD, AnswerOutcome.NCND},
)


def request_outcome(
    answers: Iterable[tuple[AnswerOutcome, Regime]],
    *,
    s21_counts_as_refusal: bool = True,
    not_held_beside_supplied_is_granted: bool = True,
) -> Outcome:
    """Derive the outcome of a request from its questions, each with its law (domain.md 5.3). Advice counts neither way.

    Section 21 counts as a refusal unless *s21_counts_as_refusal* is false, for central statistics list it apart;
    regulation 6(1)(b) never does, for it is none. A question about what is not held withholds nothing, so beside
    something supplied the request is granted unless *not_held_beside_supplied_is_granted* is false.
    """
    decided = set()
    for answer, law in answers:
        points_elsewhere = answer is AnswerOutcome.ALREADY_AVAILABLE
        refused = s21_counts_as_refusal and law is not Regime.EIR
        decided.add(AnswerOutcome.SUPPLIED if points_elsewhere and not refused else answer)
    decided.discard(AnswerOutcome.ADVICE)
    if decided == {AnswerOutcome.NOT_HELD}:
        return Outcome.NOT_HELD
    if decided == {AnswerOutcome.NCND}:
        return Outcome.NCND
    if decided and decided <= _REFUSED:
        return Outcome.REFUSED
    freely = {AnswerOutcome.SUPPLIED} | ({AnswerOutcome.NOT_HELD} if not_held_beside_supplied_is_granted else set())
    return Outcome.GRANTED if decided <= freely else Outcome.PART_GRANTED
