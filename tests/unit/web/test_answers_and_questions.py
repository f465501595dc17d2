"""What is typed as an answer stays with its question, whatever becomes of the questions, the letter and the form meanwhile."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pages import APPROVER, OFFICER

from pipeline.domain.citation import Citation, ProvisionSource
from pipeline.letters.model import Reliance

if TYPE_CHECKING:
    from pages import Office, Page

COUNT, MONEY, AREA = "How many potholes were filled?", "What did it cost?", "In which wards?"
KEPT = "Keep and go on"


def asked(office: Office, *texts: str) -> str:
    """A request with these questions, whose keys are 1, 2, …; returns its reference."""
    reference = office.receive("Please tell me:\n" + "\n".join(f"{n}. {text}" for n, text in enumerate(texts, 1)))
    with office.app.store.read() as work:
        case = work.cases.by_reference(reference)
    assert case is not None
    assert [one.key for one in case.questions] == list(range(1, len(texts) + 1)), case.questions
    return reference


def form(office: Office, reference: str, by: str = OFFICER) -> Page:
    """The answer's form."""
    return office.visitor(by).get("draft.edit", reference=reference, kind="response")


def questions(office: Office, reference: str, button: str, by: str = OFFICER, **fields: str) -> Page:
    """Press a button of the page of questions."""
    return office.visitor(by).get("questions.edit", reference=reference).submit(button, **fields)


def answers(*words: str) -> dict[str, str]:
    """An answer to each of the first questions, in their order."""
    typed = {f"q{n}-answer": one for n, one in enumerate(words, 1)}
    return typed | {f"q{n}-outcome": "supplied" for n in range(1, len(words) + 1)}


def text(page: Page, name: str) -> str:
    """What stands in a field."""
    return (page.select(f"[name='{name}']")[0].text or "").strip()


def letter(office: Office, reference: str) -> dict[str, str]:
    """What the kept letter answers to each question, by a word of the question."""
    kept = office.app.casework("test").draft(reference).record
    return {" ".join(one.text.split()): one.answer.strip() for one in kept.questions}


def autosaved(page: Page, **fields: str) -> None:
    """What the page's script sends while somebody types."""
    element = page.select("form[data-autosave]")[0]
    sent = {name: value for name, value in element.form_values() if name != "what"} | fields
    assert page.visitor.client.post(element.get("data-autosave"), data=sent).status_code == 204


def test_an_answer_follows_its_question_when_that_is_moved(office: Office) -> None:
    """A question moved while a first answer is typed takes its answer along, into the letter as well."""
    reference = asked(office, COUNT, MONEY)
    page = form(office, reference)
    questions(office, reference, "Move question 1 down", by=APPROVER)
    page.submit(KEPT, **answers("COUNT", "MONEY"))
    kept = letter(office, reference)
    assert [(words.split()[1], said) for words, said in kept.items()] == [("did", "MONEY"), ("many", "COUNT")]


def test_an_answer_whose_question_was_taken_off_is_shown_and_the_others_stay_in_place(office: Office) -> None:
    """The form comes back with a word on what changed, each answer under its own question, and the orphan to be copied; then it is kept."""
    reference = asked(office, COUNT, MONEY, AREA)
    page = form(office, reference)
    questions(office, reference, "Take question 1 off", by=APPROVER, **{"reason-1": "asked twice"})
    button = "Keep, and see the letter and its checks"
    told = page.submit(button, expect=409, **answers("COUNT", "MONEY", "AREA"))
    assert "was taken off, or made one with another" in told.words
    assert "How many potholes were filled?" in told.words
    assert (text(told, "q2-answer"), text(told, "q3-answer")) == ("MONEY", "AREA")
    assert "COUNT" in text(told, "gone-q1")
    again = form(office, reference)
    assert "COUNT" in text(again, "gone-q1"), "it is there on the next visit as well"
    told.submit(button)
    assert list(letter(office, reference).values()) == ["MONEY", "AREA"]


def test_what_the_script_kept_comes_back_under_its_question_after_a_split(office: Office) -> None:
    """A question split by the same officer: the second answer is not filled in under the new half, and the page says what changed."""
    reference = asked(office, COUNT, MONEY)
    autosaved(form(office, reference), **answers("COUNT", "MONEY"))
    questions(office, reference, "Split question 1", **{"begins-1": "were filled"})
    page = form(office, reference)
    assert (text(page, "q1-answer"), text(page, "q2-answer"), text(page, "q3-answer")) == ("COUNT", "MONEY", "")
    assert "This question was changed" in page.words
    assert "A question was added" in page.words
    page.submit(KEPT)
    assert list(letter(office, reference).values()) == ["COUNT", "", "MONEY"]


def test_over_a_kept_draft_the_answers_stay_in_place_as_well(office: Office) -> None:
    """A question taken off a kept draft: the newer version and the change are both told, and keeping again swaps nothing."""
    reference = asked(office, COUNT, MONEY, AREA)
    form(office, reference).submit(KEPT, **answers("one", "two", "three"))
    page = form(office, reference)
    questions(office, reference, "Move question 1 down", by=APPROVER)
    questions(office, reference, "Take question 3 off", by=APPROVER, **{"reason-3": "asked twice"})
    told = page.submit(KEPT, expect=409, **answers("COUNT", "MONEY", "AREA"))
    assert f"{APPROVER} kept a newer version" in told.words
    assert "AREA" in text(told, "gone-q3")
    told.submit(KEPT)
    assert [(words.split()[1], said) for words, said in letter(office, reference).items()] == [
        ("did", "MONEY"),
        ("many", "COUNT"),
    ]


def test_theirs_can_be_read_beside_ones_own(office: Office) -> None:
    """After a conflict the kept words stand beside what was typed, also on the next visit, with a way to the kept letter."""
    reference = asked(office, COUNT, MONEY)
    page = form(office, reference)
    form(office, reference, APPROVER).submit(KEPT, **answers("theirs, in fifty words", "two"))
    told = page.submit(KEPT, expect=409, **answers("mine", "two"))
    for shown in (told, form(office, reference)):
        assert text(shown, "q1-answer") == "mine"
        assert [one.text_content() for one in shown.select(".app-letter")] == ["theirs, in fifty words"]
        assert "theirs, in fifty words" in shown.link("Read the kept letter (opens in a new tab)").words


def test_nobody_is_named_as_their_own_colleague(office: Office) -> None:
    """Who keeps an older page over what they kept themselves is told so."""
    reference = asked(office, COUNT, MONEY)
    page = form(office, reference)
    form(office, reference).submit(KEPT, **answers("one", "two"))
    told = page.submit(KEPT, expect=409, **answers("mine", "two"))
    assert "You yourself (on another page) kept a newer version" in told.words
    assert f"{OFFICER} kept" not in told.words


@pytest.mark.parametrize(("button", "status"), [(KEPT, 400), ("Show what this choice needs (question 2)", 200)])
def test_files_and_ticks_of_a_form_that_is_shown_again(office: Office, button: str, status: int) -> None:
    """No file is left out without a word: it is named to be chosen anew; a file that was to be taken out still is."""
    reference = asked(office, COUNT, MONEY)
    old = (io.BytesIO(b"a,b\n1,2\n"), "old.csv")
    form(office, reference).submit(KEPT, files=old, **answers("one", "two"))
    page = form(office, reference)
    page = page.submit("Show what this choice needs (question 1)", **{"q1-outcome": "withheld"})
    told = page.submit(
        button, expect=status, files=(io.BytesIO(b"c,d\n3,4\n"), "table.csv"), drop="old.csv", **{"q1-p1-cite": "?"}
    )
    assert "Files have to be chosen anew: table.csv" in told.words
    assert told.select("#drop-1")[0].get("checked") is not None


def test_a_correction_typed_over_a_letter_that_changed_meanwhile_stays_under_its_question(office: Office) -> None:
    """An approver's correction of a letter whose questions were moved is refused, and shown under the same question as before."""
    reference = asked(office, COUNT, MONEY)
    form(office, reference).submit(KEPT, **answers("COUNT", "MONEY"))
    office.app.casework("test").submit(reference, OFFICER)
    page = office.visitor(APPROVER).get("approval.correct", reference=reference, kind="response")
    questions(office, reference, "Move question 1 down")
    office.app.casework("test").submit(reference, OFFICER)
    button = "Approve with this correction"
    told = page.submit(button, expect=409, reason="spelling", **{"q1-answer": "COUNTED", "q2-answer": "MONEY"})
    assert (text(told, "q1-answer"), text(told, "q2-answer")) == ("COUNTED", "MONEY")
    told.submit(button, reason="spelling")
    with office.app.store.read() as work:
        case = work.cases.by_reference(reference)
        assert case is not None
        [gone] = [row for row in work.letters.of_case(case.id) if row.status == "approved"]
    assert gone.record.index("MONEY") < gone.record.index("COUNTED")


def test_a_provision_that_no_letter_can_name_is_a_mistake_beside_its_field(office: Office) -> None:
    """A section where a paragraph is needed is told in the form, also of a draft that was kept from a file; no page is a dead end."""
    reference = asked(office, COUNT, MONEY)
    button = "Keep, and see the letter and its checks"
    page = form(office, reference).submit("Show what this choice needs (question 1)", **{"q1-outcome": "withheld"})
    told = page.submit(button, expect=400, **{"q1-p1-cite": "s.12"})
    [said] = told.select("#q1-p1-cite-error")
    assert "s.12 is not exact enough; name one of s.12(1), s.12(2)" in " ".join(said.text_content().split())
    casework = office.app.casework("test")
    draft = casework.draft(reference)
    whole = replace(
        draft.record.questions[0],
        provisions=(Reliance(citation=Citation(source=ProvisionSource.SECTION, number="14")),),
    )
    casework.save_record(reference, replace(draft.record, questions=(whole, draft.record.questions[1])), OFFICER)
    kept = office.visitor().get("draft.check", reference=reference, kind="response", expect=400)
    assert "s.14 is not exact enough" in kept.select("#q1-p1-cite-error")[0].text_content()
    assert "There were" in kept.submit(button, **{"q1-p1-cite": "s.14(1)", "q1-answer": "There were"}).words


def test_an_approval_of_a_letter_returned_meanwhile_is_told_as_such(office: Office) -> None:
    """The approver reads that the letter is no longer there to approve, with the time they chose and nothing of the page's own."""
    reference = asked(office, COUNT, MONEY)
    office.put_up(reference)
    page = office.visitor(APPROVER).get("approval.show", reference=reference, kind="response")
    office.app.casework("test").give_back(reference, APPROVER, "say of which year")
    told = page.submit("Approve", expect=409, send_at="2025-01-07T09:00")
    assert "This can't be done now" in told.words
    assert "it may have been returned" in told.words
    assert "2025-01-07T09:00" in told.words
    assert "Seen" not in told.words


def test_a_long_address_of_a_colleague_at_the_same_letter_may_be_broken(office: Office) -> None:
    """The line on who else is at the letter breaks inside an address, for at 320 pixels it would widen the page."""
    reference = asked(office, COUNT, MONEY)
    autosaved(form(office, reference, APPROVER), **answers("COUNT", "MONEY"))
    [said] = [one for one in form(office, reference).select(".govuk-inset-text") if APPROVER in one.text_content()]
    assert "app-wrap" in said.get("class").split()
