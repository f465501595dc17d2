"""What a letter does to the clock: only those do anything that the law counts from, and on the day they go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from agreed_letters import FOLDER, NAMES

from pipeline.domain.clock_events import Event, EventKind, Ground
from pipeline.letters.effects import clock_event
from pipeline.letters.record import load_record

if TYPE_CHECKING:
    from pipeline.letters.model import LetterRecord

SENT = date(2024, 4, 25)
MOVES = {
    "kinds/clarification-eir-generic": Event(kind=EventKind.CLARIFICATION_ASKED, on=SENT, to=date(2024, 6, 18)),
    "kinds/fees-notice-foi-generic": Event(kind=EventKind.FEES_NOTICE, on=SENT),
    "kinds/public-interest-extension-foi-generic": Event(
        kind=EventKind.PIT_EXTENSION, on=SENT, to=date(2024, 5, 31), grounds=frozenset({Ground.QUALIFIED})
    ),
    "kinds/extension-eir-generic": Event(
        kind=EventKind.EIR_EXTENSION,
        on=SENT,
        to=date(2024, 6, 3),
        grounds=frozenset({Ground.COMPLEX, Ground.VOLUMINOUS}),
        reason="Your request covers 31 reports of 12 years, and four teams have to read them for the working of the drains.",
    ),
    "kinds/extension-sar-generic": Event(
        kind=EventKind.SAR_EXTENSION,
        on=SENT,
        to=date(2024, 7, 4),
        grounds=frozenset({Ground.COMPLEX}),
        reason="You have made three requests that overlap, and the records stand in four systems.",
    ),
}


def record(name: str) -> LetterRecord:
    """One of the agreed letters, read."""
    return load_record((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), name)


@pytest.mark.parametrize(("name", "event"), MOVES.items(), ids=list(MOVES))
def test_these_letters_move_the_clock(name: str, event: Event) -> None:
    """The event is of the day the letter went, whatever date stands in it, and aims at the date it gives."""
    assert clock_event(record(name), SENT) == event


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in NAMES
        if any(kind in name for kind in ("default-foi", "default-sar", "refusal", "transfer", "correction"))
    ],
)
def test_an_answer_stops_it(name: str) -> None:
    """A response, a refusal, the answer that somebody else holds it, and what corrects one are the answer of the day they went."""
    assert clock_event(record(name), SENT) == Event(kind=EventKind.SENT, on=SENT)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in NAMES
        if any(kind in name for kind in ("apology", "review", "withdrawal", "service-area", "free"))
    ],
)
def test_no_other_letter_does(name: str) -> None:
    """An apology, a review or a question to colleagues leaves the clock to those who keep it."""
    assert clock_event(record(name), SENT) is None


def test_a_clarification_of_one_part_leaves_the_rest_running() -> None:
    """What is clear is answered in its own time, so the request does not wait; the reply can be recorded all the same."""
    whole = record("kinds/clarification-eir-generic")
    part = replace(whole, particulars=replace(whole.particulars, clear_part="Question 1 is clear."))
    assert clock_event(part, SENT) == Event(kind=EventKind.PART_CLARIFICATION_ASKED, on=SENT, to=date(2024, 6, 18))
