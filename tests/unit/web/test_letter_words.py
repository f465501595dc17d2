"""What checks and refusals say of a letter reaches officers in the words of the form, and each thing it asks for has a field."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.domain.response import AnswerOutcome
from pipeline.letters.model import LetterKind
from pipeline.web.letterform import LABELS
from pipeline.web.letterwords import mistake, plain
from pipeline.web.words import on_screen

if TYPE_CHECKING:
    from pages import Office

LETTERS = Path(__file__).parents[3] / "pipeline" / "letters"
OF_THE_FILE = re.compile(r"[a-z]_[a-z]|\b[a-z]+ = |\[\"|\[\[")


def words(node: ast.expr) -> str:
    """A string of the source with something in the place of what is put into it; "" for what is none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else put(one) for one in node.values)
    return ""


def put(node: ast.expr) -> str:
    """What stands in a place of a sentence that is filled in."""
    text = ast.unparse(node)
    return ", ".join(AnswerOutcome) if "choices" in text else "already_available" if "outcome" in text else "7"


def said() -> list[tuple[str, str]]:
    """Every word and remedy of a finding, and every mistake of a letter's particulars, with where they are written."""
    found = []
    for path in [*sorted((LETTERS / "checking").glob("*.py")), LETTERS / "particulars.py"]:
        for node in ast.walk(ast.parse(path.read_bytes())):
            name = node.func if isinstance(node, ast.Call) else None
            called = getattr(name, "attr", getattr(name, "id", ""))
            if isinstance(node, ast.Call) and called in {"finding", "_finding", "Finding", "wrong", "Keys"}:
                given = [*node.args, *(one.value for one in node.keywords)]
                found += [(f"{path.name}:{node.lineno}", text) for one in given if " " in (text := words(one))]
    return found


def test_no_check_speaks_of_the_draft_file_on_the_screen() -> None:
    """No key, value or bracket of the file is left in what an officer reads of a check, wherever the checks write it."""
    found = said()
    assert len(found) > 60
    assert any(OF_THE_FILE.search(text) for _, text in found)
    assert {place: plain(text) for place, text in found if OF_THE_FILE.search(plain(text))} == {}


@pytest.mark.parametrize(
    ("problem", "name", "shown"),
    [
        ("the letter: decision_by: this is missing; add decision_by = 2024-05-02", "decision_by", f"Fill in “{LABELS['decision_by']}”."),
        ('the letter: provisions: this is missing; add provisions = ["s.43(2)"]', "letter-p1-cite", f"Fill in “{LABELS['provisions']}”."),
        ('the letter: amount: "x" cannot stand here; write pounds', "amount", 'Fee in pounds, such as 45.00: "x" cannot stand here; write pounds.'),
        ('the letter: question 2 (1b): link: "x y" is not a link', "q7-link", 'Web address where it is published (question 2): "x y" is not a link.'),
        (
            'the letter: kind: extension does not go with foi: the Act has none; use kind = "public_interest_extension"', "",
            "This letter does not go with FOI: the Act has none; write another letter: “More time to weigh the public interest”.",
        ),
    ],
)  # fmt: skip
def test_a_refused_letter_is_told_at_its_fields(problem: str, name: str, shown: str) -> None:
    """A mistake that names a key of the file leads to the field, and calls it what the page calls it."""
    found = mistake(problem, ["q3", "q7"])
    assert (found.name, on_screen(found.words)) == (name, shown)


def test_what_is_quoted_stays_as_it_was_written() -> None:
    """Words that a check quotes of the letter, addresses and names of files are not put into others."""
    text = 'still holds the placeholder "{{ decided_on }} = 2024-05-02" of a_b@x.org in table_decided_by.csv'
    assert plain(text) == text
    assert plain("it was due on 2024-05-02") == "it was due on Thursday 2 May 2024"
    assert plain("it was due on 2024-05-99") == "it was due on 2024-05-99"


def test_an_empty_letter_is_told_field_by_field(office: Office) -> None:
    """Whatever a kind of letter needs is told beside its field, in the words of the page."""
    reference = office.receive()
    for kind in (LetterKind.PUBLIC_INTEREST_EXTENSION, LetterKind.REVIEW_OUTCOME, LetterKind.FEES_NOTICE):
        page = office.visitor().get("draft.edit", reference=reference, kind=kind, instead=1)
        told = page.submit("Keep and go on", expect=400)
        assert not OF_THE_FILE.search(told.select(".govuk-error-summary")[0].text_content())
        for one in told.select(".govuk-error-summary a"):
            assert told.select(one.get("href")), one.get("href")
            assert told.select(one.get("href") + "-error"), one.get("href")


def test_who_decided_the_public_interest_can_be_said_on_the_page(office: Office) -> None:
    """The check that asks who decided it and when is met by two fields of the form; an opinion's name is kept as well."""
    reference = office.receive()
    button = "Keep, and see the letter and its checks"
    page = office.visitor().get("draft.edit", reference=reference, kind="response")
    page = page.submit("Show what this choice needs (question 1)", **{"q1-outcome": "withheld"})
    page = page.submit("Add what this provision needs, and a row for another (question 1)", **{"q1-p1-cite": "s.43(2)"})
    weighed = {"q1-p1-disclosure": "Openness.", "q1-p1-withholding": "Harm.", "q1-p1-balance": "Harm weighs more."}
    checked = page.submit(button, **weighed, **{"q1-p1-name": "Kim Officer"})
    assert "does not say who decided it and when" in checked.words
    back = checked.link("Back to the draft")
    assert back.select("#q1-p1-name")[0].get("value") == "Kim Officer"
    done = back.submit(button, **{"q1-p1-decided_by": "the head of legal", "q1-p1-decided_on": "2025-01-06"})
    assert "does not say who decided it" not in done.words
