"""What a letter is begun with from the clock and the questions of its request, and a review that is promised too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from drafting_desk import DRAFTER, DraftingDesk

from pipeline.domain.clock_events import Event, EventKind
from pipeline.domain.request import Regime
from pipeline.letters.model import LetterKind, Particulars, ReviewDecision
from pipeline.stages.clockwork import Clockwork
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> DraftingDesk:
    """One request, nothing drafted."""
    return DraftingDesk(tmp_path)


def record(desk: DraftingDesk, kind: str, on: date, **more: Any) -> None:
    """Put an event on the request's clock."""
    clockwork = Clockwork(desk.store, desk.clock, desk.calendar)
    clockwork.record(desk.reference, Event(kind=EventKind(kind), on=on, **more), DRAFTER)


def set_law(desk: DraftingDesk, law: Regime) -> None:
    """Let the request be under *law*."""
    with desk.store.write() as work:
        work.cases.change(desk.case, Happening(kind="law_changed", at=desk.clock.now()), regime=law)


def test_a_review_is_begun_with_the_days_that_its_clock_knows(desk: DraftingDesk) -> None:
    """The officer need not look up when the wish arrived or by when it is to be decided, on the page or in the file."""
    record(desk, "review_requested", date(2026, 3, 2))
    began = desk.casework.draft(desk.reference, LetterKind.REVIEW_ACKNOWLEDGEMENT).record.particulars
    assert (began.review_received_on, began.decision_by) == (date(2026, 3, 2), date(2026, 3, 31))
    text = desk.casework.draft_text(desk.reference, LetterKind.REVIEW_ACKNOWLEDGEMENT)
    assert "\nreview_received_on = 2026-03-02\n" in text
    assert "\ndecision_by = 2026-03-31\n" in text
    outcome = desk.casework.draft(desk.reference, LetterKind.REVIEW_OUTCOME).record.particulars
    assert (outcome.review_received_on, outcome.decision_by) == (date(2026, 3, 2), None)


@pytest.mark.parametrize("recorded", [True, False])
@pytest.mark.parametrize(
    ("law", "by", "expected"),
    [
        (Regime.EIR, date(2027, 6, 30), ["review_too_late"]),
        (Regime.EIR, date(2026, 5, 1), ["review_too_late"]),
        (Regime.EIR, date(2026, 4, 30), []),
        (Regime.FOI, date(2027, 6, 30), ["review_long"]),
        (Regime.FOI, date(2026, 4, 1), ["review_long"]),
        (Regime.FOI, date(2026, 3, 31), []),
    ],
)
def test_a_review_is_promised_within_the_time_that_the_law_gives(
    desk: DraftingDesk, law: Regime, by: date, expected: list[str], *, recorded: bool
) -> None:
    """Regulation 11(4) stops a later date, the Code of Practice warns of it, whether or not the wish is on the clock yet."""
    set_law(desk, law)
    if recorded:
        record(desk, "review_requested", date(2026, 3, 2))
    said = Particulars(review_received_on=date(2026, 3, 2), decision_by=by)
    desk.casework.new_letter(desk.reference, LetterKind.REVIEW_ACKNOWLEDGEMENT, DRAFTER, said)
    found = desk.casework.findings(desk.reference, LetterKind.REVIEW_ACKNOWLEDGEMENT)
    assert [one.rule.value for one in found] == expected
    assert [one.level.value for one in found] == ["stop" if law is Regime.EIR else "warn"] * len(expected)


def test_a_review_letter_with_another_day_of_arrival_than_the_clocks_is_warned_of(desk: DraftingDesk) -> None:
    """What the letter says of the day of arrival is what is on record."""
    record(desk, "review_requested", date(2026, 3, 2))
    said = Particulars(review_received_on=date(2026, 2, 27), decision_by=date(2026, 3, 27))
    desk.casework.new_letter(desk.reference, LetterKind.REVIEW_ACKNOWLEDGEMENT, DRAFTER, said)
    found = desk.casework.findings(desk.reference, LetterKind.REVIEW_ACKNOWLEDGEMENT)
    assert [one.rule.value for one in found] == ["receipt_date"]


def test_more_time_is_begun_with_the_day_of_the_answer_to_our_question(desk: DraftingDesk) -> None:
    """Under the Regulations the letter has to count from there; under subject access the clock only goes on."""
    set_law(desk, Regime.EIR)
    record(desk, "clarification_asked", date(2026, 2, 25))
    record(desk, "clarification_received", date(2026, 2, 27))
    assert desk.casework.draft(desk.reference, LetterKind.EXTENSION).record.particulars.clarified_on == date(
        2026, 2, 27
    )
    set_law(desk, Regime.SAR)
    assert desk.casework.draft(desk.reference, LetterKind.EXTENSION).record.particulars.clarified_on is None


def test_letters_begin_with_the_law_of_each_question(desk: DraftingDesk) -> None:
    """A question under the Regulations is answered and reviewed under them, whatever the law of the rest."""
    record(desk, "regime_changed", date(2026, 3, 2), regime=Regime.EIR, question=2)
    laws = [one.regime for one in desk.casework.draft(desk.reference).record.questions]
    assert laws[:2] == [None, Regime.EIR]
    assert '\nregime = "eir"\n' in desk.casework.draft_text(desk.reference)
    for kind in (LetterKind.REVIEW_ACKNOWLEDGEMENT, LetterKind.REVIEW_OUTCOME):
        assert desk.casework.draft(desk.reference, kind).record.particulars.both_laws


@pytest.mark.parametrize(
    ("day", "apology", "expected"),
    [(31, "", []), (32, "", ["late_without_apology"]), (32, "We are sorry that this took so long.", [])],
)
def test_a_review_decided_late_without_an_apology_is_warned_of(
    desk: DraftingDesk, day: int, apology: str, expected: list[str]
) -> None:
    """The Code of Practice expects an apology where the review took longer than it should."""
    record(desk, "review_requested", date(2026, 3, 2))
    desk.clock.set(datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=day - 1))
    said = Particulars(
        review_received_on=date(2026, 3, 2),
        decision=ReviewDecision.UPHELD,
        findings="It was right.",
        reviewer="the Monitoring Officer",
        apology=apology,
    )
    desk.casework.new_letter(desk.reference, LetterKind.REVIEW_OUTCOME, DRAFTER, said)
    assert [one.rule.value for one in desk.casework.findings(desk.reference, LetterKind.REVIEW_OUTCOME)] == expected


def test_a_letter_that_leaves_out_what_it_was_begun_with_is_stopped(desk: DraftingDesk) -> None:
    """Without the day of the answer, or the other law, the letter would contradict the clock or leave rights out."""
    record(desk, "regime_changed", date(2026, 3, 2), regime=Regime.EIR, question=2)
    record(desk, "review_requested", date(2026, 3, 2))
    review = Particulars(review_received_on=date(2026, 3, 2), decision_by=date(2026, 3, 27))
    for said, expected in ((review, ["law_not_named"]), (replace(review, both_laws=True), [])):
        desk.casework.new_letter(desk.reference, LetterKind.REVIEW_ACKNOWLEDGEMENT, DRAFTER, said, base_version=None)
        found = desk.casework.findings(desk.reference, LetterKind.REVIEW_ACKNOWLEDGEMENT)
        assert [one.rule.value for one in found] == expected


def test_more_time_that_is_counted_from_the_request_after_a_clarification_is_stopped(desk: DraftingDesk) -> None:
    """The letter would give another day for the end of 40 working days than the clock does (regulation 9(4))."""
    set_law(desk, Regime.EIR)
    record(desk, "clarification_asked", date(2026, 2, 25))
    record(desk, "clarification_received", date(2026, 2, 27))
    more = Particulars(reason="There are nine thousand files of four teams.", answer_by=date(2026, 4, 20))
    for said, expected in ((more, ["dates"]), (replace(more, clarified_on=date(2026, 2, 27)), [])):
        desk.casework.new_letter(desk.reference, LetterKind.EXTENSION, DRAFTER, said, base_version=None)
        assert [one.rule.value for one in desk.casework.findings(desk.reference, LetterKind.EXTENSION)] == expected
