"""The page of questions is one form: nothing typed into it is lost, whichever of its buttons is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pages import APPROVER, OFFICER

if TYPE_CHECKING:
    from pages import Office, Page

MAIL = "Please tell me:\n1. How many potholes were filled?\n2. What did it cost?\n3. In which wards?"


def opened(office: Office, reference: str, by: str = OFFICER) -> Page:
    """The page of a request's questions."""
    return office.visitor(by).get("questions.edit", reference=reference)


def texts(office: Office, reference: str) -> list[str]:
    """The questions as they are kept."""
    with office.app.store.read() as work:
        case = work.cases.by_reference(reference)
    assert case is not None
    return [one.text for one in case.questions]


def value(page: Page, name: str) -> str:
    """What a field of the page holds."""
    [found] = page.select(f"[name='{name}']")
    return (found.get("value") or found.text or "").strip()


@pytest.mark.parametrize(
    "button", ["Keep question 1", "Move question 1 down", "Split question 1", "Merge question 1 with the next"]
)
def test_every_change_is_kept_and_what_is_unfinished_is_there_again(office: Office, button: str) -> None:
    """An edit of the other question is kept with any button; a half-typed new question and ticks stand there still."""
    reference = office.receive(MAIL)
    typed = {"text-2": "What did all of it cost?", "new-text": "And how many", "part-reason": "two serv", "part": "3"}
    typed |= (
        {"label-1": "1a"} if button.startswith("Keep") else {"begins-1": "were"} if button.startswith("Split") else {}
    )
    page = opened(office, reference).submit(button, **typed)
    assert any("What did all of it cost?" in one for one in texts(office, reference))
    assert "What you changed is kept" in page.words
    assert (value(page, "new-text"), value(page, "part-reason")) == ("And how many", "two serv")
    assert page.select("#part-3[checked]")
    assert not any("And how many" in one for one in texts(office, reference))


def test_an_error_with_one_question_loses_nothing_of_another(office: Office) -> None:
    """A question left without words is refused, and the page holds everything that was typed."""
    reference = office.receive(MAIL)
    typed = {"text-1": "", "area-2": "Highways", "new-text": "And how many"}
    page = opened(office, reference).submit("Move question 1 down", expect=409, **typed)
    assert "needs words" in page.words
    assert (value(page, "text-1"), value(page, "area-2"), value(page, "new-text")) == ("", "Highways", "And how many")


def test_fields_that_were_not_touched_do_not_undo_a_colleagues_change(office: Office) -> None:
    """Only what was changed on this page is kept: a colleague's words for another question stay; for the same one both are told."""
    reference = office.receive(MAIL)
    page = opened(office, reference)
    opened(office, reference, APPROVER).submit("Keep question 2", **{"text-2": "What was the cost?"})
    page.submit("Keep question 1", **{"area-1": "Highways"})
    assert texts(office, reference)[1] == "What was the cost?"
    told = page.submit("Keep question 1", expect=409, **{"text-2": "What did it all cost?"})
    assert "Somebody else changed question 2 meanwhile; it reads “What was the cost?” now" in told.words
    assert value(told, "text-2") == "What did it all cost?"
    told.submit("Keep question 1")
    assert texts(office, reference)[1] == "What did it all cost?"


def test_what_was_typed_for_a_question_taken_off_meanwhile_is_shown(office: Office) -> None:
    """An edit of a question that is gone is refused and can be copied; a button means the questions it was shown with."""
    reference = office.receive(MAIL)
    page = opened(office, reference)
    opened(office, reference, APPROVER).submit("Take question 2 off", **{"reason-2": "asked twice"})
    told = page.submit("Keep question 1", expect=409, **{"text-2": "What did it all cost?"})
    assert told.select("#text-2")[0].text.strip() == "What did it all cost?"
    assert "look at them, and press the button again" in page.submit("Move question 1 down", expect=409).words


def test_a_key_that_is_none_is_no_fault_of_ours(office: Office) -> None:
    """Digits of other scripts and endless ones in the names of fields and buttons are refused, not run into."""
    reference = office.receive(MAIL)
    page = opened(office, reference)
    token = page.select("input[name=csrf_token]")[0].get("value")
    for key in ("\N{SUPERSCRIPT TWO}", "9" * 5000):
        fields = {"csrf_token": token, "what": f"keep:{key}", f"text-{key}": "x", "part": key}
        assert "no longer there" in page.visitor.post(page.path, fields, expect=409).words
