"""Verbs on the facts of a case: dates and law with their drafts, whose work it is, who sees it, and legal holds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from files_of_cases import ADA, BO, KIM, QUESTIONS, REX, SAM, day

from pipeline.domain.clock import parse_event
from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.domain.request import Regime, Workflow
from pipeline.letters.record import load_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from files_of_cases import Bureau

    from pipeline.stages.casework import Casefile

ONE = QUESTIONS[0].text


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda files, ref: files.correct_receipt(ref, day(16), KIM, "x"), "has not come yet"),
        (lambda files, ref: files.correct_receipt(ref, day(6), KIM, "x"), "already"),
        (lambda files, ref: files.correct_receipt(ref, day(3), KIM, " "), "needs a reason"),
        (lambda files, ref: files.set_law(ref, Regime.EIR, KIM, ""), "needs a reason"),
        (lambda files, ref: files.set_law(ref, Regime.FOI, KIM, "x"), "already"),
        (lambda files, ref: files.set_topic(ref, " ", KIM), "needs a few words"),
        (lambda files, ref: files.set_topic(ref, "Clinics", KIM), "nothing was changed"),
        (lambda files, ref: files.assign(ref, SAM, KIM), "can't work"),
        (lambda files, ref: files.assign(ref, "nobody@example.org", KIM), "no officer"),
        (lambda files, ref: files.hand_back(ref, KIM), "nobody has"),
        (lambda files, _: files.hand_over(BO, KIM, KIM), "administrator"),
        (lambda files, _: files.hand_over(KIM, KIM, KIM), "another officer"),
        (lambda files, ref: files.restrict(ref, "elders", ADA, "x"), "nobody is in a team"),
        (lambda files, ref: files.restrict(ref, "children", KIM, "x"), "lose sight"),
        (lambda files, ref: files.unrestrict(ref, KIM, "x"), "everybody sees"),
        (lambda files, ref: files.hold(ref, KIM, ""), "needs a reason"),
        (lambda files, ref: files.lift(ref, KIM, "x"), "not on legal hold"),
        (lambda files, ref: files.take(ref, SAM), "may look but not act"),
        (lambda files, _: files.set_topic("FOI000000000", "x", KIM), "no request"),
    ],
)
def test_what_is_refused_changes_nothing(bureau: Bureau, act: Callable[[Casefile, str], object], words: str) -> None:
    """Each refusal says why, without a switch of the command line, and leaves the case as it was."""
    case = bureau.open()
    with pytest.raises((NotAllowedError, NotFoundError), match=words) as refused:
        act(bureau.files, case.reference)
    assert "--" not in str(refused.value)
    assert bureau.case(case.reference) == case


def test_a_corrected_receipt_moves_dates_and_draft(bureau: Bureau) -> None:
    """Earlier or later: the due date, the source of the date and the draft's own date follow."""
    case = bureau.open()
    bureau.draft(case, {ONE: "Four."})
    bureau.files.correct_receipt(case.reference, day(3), KIM, "it lay in the   councillor's mailbox")
    now = bureau.case(case.reference)
    assert (now.received_on, now.due_on) == (day(3), day(31))
    assert now.received_source.endswith("it lay in the councillor's mailbox")
    assert load_record(bureau.letter(case).record, "d").received_on == day(3)
    bureau.files.correct_receipt(case.reference, day(8), KIM, "the wrong one of two")
    assert bureau.case(case.reference).due_on == date(2025, 2, 5)


def test_another_law_keeps_day_and_words(bureau: Bureau) -> None:
    """The date follows the new law from the same receipt; the draft keeps its answers under it, explanations and all."""
    case = bureau.open(acknowledge="officer")
    bureau.draft(case, {ONE: "Four."})
    [told, *_] = bureau.files.set_law(case.reference, Regime.SAR, KIM, "it is about the requester")
    now = bureau.case(case.reference)
    assert "6 February 2025" in told
    assert (now.regime, now.due_on, now.received_on, now.acknowledge_kind) == (
        "sar", date(2025, 2, 6), day(6), "sar_acknowledgement",
    )  # fmt: skip
    written = load_record(bureau.letter(case).record, "d")
    assert (written.regime, written.questions[0].answer) == (Regime.SAR, "Four.")
    assert bureau.letter(case).record.startswith("# Draft")


def test_the_topic_is_the_drafts_too(bureau: Bureau) -> None:
    """A draft that kept the old topic would put it back with its next version."""
    case = bureau.open()
    bureau.draft(case, {ONE: "Four."})
    bureau.files.set_topic(case.reference, 'Clinics "north"  of the \\ river', KIM)
    assert bureau.case(case.reference).topic == 'Clinics "north" of the \\ river'
    assert load_record(bureau.letter(case).record, "d").topic == 'Clinics "north" of the \\ river'


def test_an_approved_letter_is_taken_back_when_its_facts_change(bureau: Bureau) -> None:
    """A letter that waits to go states what is no longer so: it is cancelled and drafted again."""
    case = bureau.open(questions=QUESTIONS[:1])
    bureau.draft(case, {ONE: "Four."})
    bureau.letters.submit(case.reference, BO, despite="a test")
    bureau.letters.approve(case.reference, ADA, override_reason="a test")
    remarks = bureau.files.correct_receipt(case.reference, day(3), KIM, "forwarded late")
    assert any("submit it once more" in one for one in remarks)
    with bureau.store.read() as work:
        assert [row.status for row in work.outbox.summaries()] == ["cancelled"]
    assert bureau.case(case.reference).workflow == Workflow.DRAFTING


def test_work_goes_from_hand_to_hand(bureau: Bureau) -> None:
    """Taken, given, given back; a request that somebody has is not taken away from them."""
    case = bureau.open()
    ref, files = case.reference, bureau.files
    files.take(ref, KIM)
    for officer, words in ((KIM, "yours already"), (BO, "let it be given")):
        with pytest.raises(NotAllowedError, match=words):
            files.take(ref, officer)
    files.assign(ref, REX, KIM, reason="on leave")
    assert bureau.case(ref).owner == REX
    with pytest.raises(NotAllowedError, match="an approver"):
        files.hand_back(ref, KIM)
    files.hand_back(ref, BO)
    assert bureau.case(ref).owner is None


def test_all_open_work_is_handed_over(bureau: Bureau) -> None:
    """An administrator hands over what another has, open requests only, and none that the heir may not see."""
    bureau.open(owner=REX)
    bureau.open("FOI000000023", owner=REX)
    bureau.open("FOI000000031", owner=REX, team="children")
    bureau.letters.close("FOI000000023", KIM, "a test")
    with pytest.raises(NotAllowedError, match="FOI000000031"):
        bureau.files.hand_over(REX, KIM, ADA)
    assert bureau.files.hand_over(REX, ADA, REX) == ("FOI000000015", "FOI000000031")
    assert [bureau.case(f"FOI0000000{n}").owner for n in (15, 23, 31)] == [ADA, REX, ADA]


def test_a_restricted_case_is_its_teams(bureau: Bureau) -> None:
    """Restricting takes it from an owner outside the team and hides it; the team or an administrator opens it again."""
    case = bureau.open(owner=KIM)
    assert bureau.files.restrict(case.reference, "children", ADA, "it names a child")[0].startswith(KIM)
    now = bureau.case(case.reference)
    assert (now.team, now.owner) == ("children", None)
    with pytest.raises(NotAllowedError, match="only the team"):
        bureau.files.take(case.reference, KIM)
    with pytest.raises(NotAllowedError, match="not in it"):
        bureau.files.assign(case.reference, KIM, REX)
    bureau.files.unrestrict(case.reference, REX, "no names left")
    bureau.files.take(case.reference, KIM)


def test_a_legal_hold_has_its_reason(bureau: Bureau) -> None:
    """A hold is set once and lifted once, also on a closed case, each with a reason on the trail."""
    case = bureau.open()
    bureau.letters.close(case.reference, KIM, "a test")
    bureau.files.hold(case.reference, KIM, "an appeal is pending")
    assert bureau.case(case.reference).legal_hold == "an appeal is pending"
    with pytest.raises(NotAllowedError, match="an appeal is pending"):
        bureau.files.hold(case.reference, KIM, "again")
    bureau.files.lift(case.reference, KIM, "decided")
    assert bureau.case(case.reference).legal_hold is None
    assert bureau.events(case.reference)["legal_hold_lifted"].data["reason"] == "decided"


def test_a_change_of_law_is_an_event_of_the_clock(bureau: Bureau) -> None:
    """An extension that only the EIR know counts once the law is theirs, and falls away with it."""
    case = bureau.open()
    bureau.files.set_law(case.reference, Regime.EIR, KIM, "trees")
    bureau.clocks.record(case.reference, parse_event("eir_extension=2025-01-15,complex,voluminous"), KIM)
    assert bureau.case(case.reference).due_on == date(2025, 3, 3)
    bureau.files.set_law(case.reference, Regime.FOI, KIM, "not trees after all")
    assert bureau.case(case.reference).due_on == date(2025, 2, 3)
