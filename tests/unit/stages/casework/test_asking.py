"""Verbs on questions: keys that last, wordings by digest, answers that stay with their question, and a law of its own."""

from __future__ import annotations

import hashlib
import json
import tomllib
from datetime import date
from typing import TYPE_CHECKING

import pytest
from files_of_cases import BO, KIM, QUESTIONS, REX, SAM

from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.domain.request import Regime, Workflow
from pipeline.letters.record import load_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from files_of_cases import Bureau

    from pipeline.stages.casework import Casefile
    from pipeline.store.records import Case

ONE, TWO, THREE = (question.text for question in QUESTIONS)


def texts(bureau: Bureau, case: Case) -> list[tuple[int, str, str]]:
    """(key, label, text) of the case's questions."""
    return [(one.key, one.label, one.text) for one in bureau.case(case.reference).questions]


def drafted(bureau: Bureau, case: Case) -> dict[str, str]:
    """The answers of the current draft by question."""
    written = load_record(bureau.letter(case).record, "draft")
    return {one.text: one.answer for one in written.questions}


def test_new_words_are_kept_and_both_wordings_are_told_by_digest(bureau: Bureau) -> None:
    """The case has the new words under the old key; the trail has digests of before and after and neither wording."""
    case = bureau.open()
    done = bureau.files.edit_question(case.reference, 2, "What did the clinics cost in 2024?", KIM, label="2a")
    assert done.keys == (1, 2, 3)
    assert texts(bureau, case)[1] == (2, "2a", "What did the clinics cost in 2024?")
    event = bureau.events(case.reference)["question_edited"]
    assert event.data["before"] == hashlib.sha256(TWO.encode()).hexdigest()
    assert (event.actor, event.via) == (KIM, "web")
    assert "cost" not in json.dumps(event.data)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda files, ref: files.edit_question(ref, 1, "  \n", KIM), "needs words"),
        (lambda files, ref: files.edit_question(ref, 1, ONE, KIM), "nothing was changed"),
        (lambda files, ref: files.remove_question(ref, 1, KIM, "  "), "needs a reason"),
        (lambda files, ref: files.split_question(ref, 1, 0, KIM), "both sides"),
        (lambda files, ref: files.merge_questions(ref, 3, KIM), "no question behind"),
        (lambda files, ref: files.reorder_questions(ref, [1, 2], KIM), "each question once"),
        (lambda files, ref: files.reorder_questions(ref, [1, 2, 3], KIM), "nothing was changed"),
        (lambda files, ref: files.set_question_law(ref, 1, None, KIM), "already"),
        (lambda files, ref: files.set_service_area(ref, 9, "Parks", KIM), "no such question"),
        (lambda files, ref: files.add_question(ref, "Why?", SAM), "may look but not act"),
        (lambda files, ref: files.add_question(ref, "Why?", "nobody@exampleshire.gov.uk"), "no officer"),
    ],
)
def test_what_is_refused_changes_nothing(bureau: Bureau, act: Callable[[Casefile, str], object], words: str) -> None:
    """Each refusal says why in words without a switch of the command line, and leaves the case as it was."""
    case = bureau.open()
    with pytest.raises((NotAllowedError, NotFoundError), match=words) as refused:
        act(bureau.files, case.reference)
    assert "--" not in str(refused.value)
    assert bureau.case(case.reference) == case


def test_an_answered_request_keeps_its_questions(bureau: Bureau) -> None:
    """Questions of a request that is no longer open are changed only after it was opened again."""
    case = bureau.open()
    bureau.letters.close(case.reference, KIM, "a test")
    with pytest.raises(NotAllowedError, match="closed; open it again"):
        bureau.files.add_question(case.reference, "Why?", KIM)


def test_another_teams_case_is_not_touched(bureau: Bureau) -> None:
    """An officer outside the team can't work on a restricted case; one of the team can."""
    case = bureau.open(team="children")
    with pytest.raises(NotAllowedError, match="only the team children"):
        bureau.files.edit_question(case.reference, 1, "How many?", KIM)
    bureau.files.edit_question(case.reference, 1, "How many?", REX)
    assert texts(bureau, case)[0][2] == "How many?"


def test_split_reorder_merge_and_remove_keep_keys(bureau: Bureau) -> None:
    """A question keeps its key wherever it goes, and a key that was taken away is never given again."""
    case = bureau.open()
    files, ref = bureau.files, case.reference
    made = files.split_question(ref, 2, TWO.index("And"), KIM, label="2b")
    assert made.key == 4
    assert texts(bureau, case)[1:3] == [(2, "2", "What do they cost?"), (4, "2b", "And who pays for them?")]
    assert files.reorder_questions(ref, [4, 3, 2, 1], KIM).keys == (4, 3, 2, 1)
    files.merge_questions(ref, 4, KIM)
    assert texts(bureau, case)[0] == (4, "2b", f"And who pays for them?\n\n{THREE}")
    files.remove_question(ref, 4, KIM, "asked twice")
    added = files.add_question(ref, "Since when?", KIM, after=2, regime=Regime.EIR, service_area=" Parks ")
    assert (added.key, added.keys) == (5, (2, 5, 1))
    new = bureau.case(ref).questions[1]
    assert (new.regime, new.service_area) == ("eir", "Parks")


def test_the_last_question_stays(bureau: Bureau) -> None:
    """A request without any question is none."""
    case = bureau.open(questions=QUESTIONS[:1])
    with pytest.raises(NotAllowedError, match="needs a question"):
        bureau.files.remove_question(case.reference, 1, KIM, "superfluous")


def test_the_draft_follows_with_its_answers(bureau: Bureau) -> None:
    """Answers stay with their questions through new words, order and parts; the explanations of the file stay as well."""
    case = bureau.open()
    bureau.draft(case, {ONE: "Four.", THREE: "Two limes."})
    ref = case.reference
    bureau.files.edit_question(ref, 1, "How many clinics are open?", KIM)
    bureau.files.reorder_questions(ref, [3, 1, 2], KIM)
    bureau.files.split_question(ref, 2, TWO.index("And"), KIM)
    assert drafted(bureau, case) == {
        THREE: "Two limes.",
        "How many clinics are open?": "Four.",
        "What do they cost?": "",
        "And who pays for them?": "",
    }
    letter = bureau.letter(case)
    assert set(letter.writers) == {BO, KIM}
    assert letter.record.startswith("# Draft letter for")
    assert not any("question" in one for one in bureau.letters.save_draft(ref, letter.record, "draft.toml", BO))


def test_an_answer_without_its_question_is_told(bureau: Bureau) -> None:
    """A removed question's answer leaves the draft, with a sentence that says which version has it."""
    case = bureau.open()
    bureau.draft(case, {ONE: "Four.", THREE: "Two limes."})
    done = bureau.files.remove_question(case.reference, 3, KIM, "not asked")
    assert any("question 3" in one and "version 1" in one for one in done.remarks)
    assert drafted(bureau, case) == {ONE: "Four.", TWO: ""}


def test_a_merged_question_brings_its_answer_where_there_was_none(bureau: Bureau) -> None:
    """The first question's empty answer gives way to the second's."""
    case = bureau.open()
    bureau.draft(case, {THREE: "Two limes."})
    assert bureau.files.merge_questions(case.reference, 2, KIM).remarks == ()
    assert drafted(bureau, case) == {ONE: "", f"{TWO}\n\n{THREE}": "Two limes."}


def test_a_letter_for_approval_goes_back_to_drafting(bureau: Bureau) -> None:
    """What waits for approval is not what would be answered any more, so it is drafted again."""
    case = bureau.open(questions=QUESTIONS[:1])
    bureau.draft(case, {ONE: "Four."})
    bureau.letters.submit(case.reference, BO, despite="a test")
    assert bureau.case(case.reference).workflow == Workflow.FOR_APPROVAL
    done = bureau.files.edit_question(case.reference, 1, "How many clinics are open?", KIM)
    assert any("submit it once more" in one for one in done.remarks)
    assert (bureau.case(case.reference).workflow, bureau.letter(case).status) == (Workflow.DRAFTING, "drafting")


def test_officers_words_of_every_sort_survive(bureau: Bureau) -> None:
    """Provisions with tables, quotes, backslashes and lines that look like a new question come through a change unharmed."""
    case = bureau.open()
    text = bureau.letters.draft_text(case.reference)
    answer = 'answer = """\nC:\\\\data \\"quoted\\"\n[[question]]\nlabel = 9\n"""'
    tables = (
        '\n[[question.provision]]\ncite = "s.43(2)"\nreason = "trade"\nprejudice = "would"\n'
        '[question.provision.public_interest]\nfor = ["openness"]\nagainst = "harm"\nbalance = "harm"\n'
        "decided_on = 2025-01-10\n"
    )
    at = text.index('link_intro = ""') + len('link_intro = ""')
    text = (
        text[:at].replace('answer = """\n"""', answer, 1).replace('outcome = ""', 'outcome = "part"', 1)
        + tables
        + text[at:]
    )
    bureau.letters.save_draft(case.reference, text, "draft.toml", BO)
    before = tomllib.loads(bureau.letter(case).record)
    bureau.files.reorder_questions(case.reference, [3, 2, 1], KIM)
    after = tomllib.loads(bureau.letter(case).record)
    assert after["question"] == before["question"][::-1]
    assert {k: v for k, v in after.items() if k != "question"} == {k: v for k, v in before.items() if k != "question"}


def test_a_question_under_its_own_law_has_its_own_date(bureau: Bureau) -> None:
    """A subject access question is due a month after receipt, earlier or later than the rest; the case is due with the first."""
    case = bureau.open()
    bureau.files.set_question_law(case.reference, 2, Regime.SAR, KIM, reason="it is about the requester")
    now = bureau.case(case.reference)
    assert now.due_on == date(2025, 2, 3)
    assert [one.due_on for one in now.questions] == [None, date(2025, 2, 6), None]
    assert bureau.clocks.explain(case.reference, 2).regime is Regime.SAR
    bureau.files.set_question_law(case.reference, 2, None, KIM)
    assert [one.due_on for one in bureau.case(case.reference).questions] == [None, None, None]
    assert bureau.events(case.reference)["question_law_changed"].data["to"] == "foi"


def test_the_draft_takes_the_law_of_its_question(bureau: Bureau) -> None:
    """The draft's question says the law that an officer gave it, and loses it again."""
    case = bureau.open()
    bureau.draft(case, {THREE: "Two limes."})
    bureau.files.set_question_law(case.reference, 3, Regime.EIR, KIM)
    assert load_record(bureau.letter(case).record, "d").questions[2].regime is Regime.EIR
    bureau.files.set_question_law(case.reference, 3, None, KIM)
    assert load_record(bureau.letter(case).record, "d").questions[2].regime is None
