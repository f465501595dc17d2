"""A web form's mail gives the person behind it and their question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.webform import FormLabels, from_form

_FORM = FormLabels(name="Name", email="Email address", question="Your request")


def test_labelled_lines_are_read() -> None:
    """Name, address and a question of many lines come out; other labels end the question."""
    text = (
        "A new form was submitted.\n\nName: Orla Finch\nEmail address: orla@example.org\nTelephone: 024 7600 0000\n"
        "Your request:\nUnder FOI please tell me:\n\n1. How many benches are there?\n2. Note: in parks only.\n\nDate submitted: 3 May 2024\n"
    )
    found = from_form(text, _FORM)
    assert found is not None
    assert (found.name, found.email) == ("Orla Finch", "orla@example.org")
    assert found.question == "Under FOI please tell me:\n\n1. How many benches are there?\n2. Note: in parks only."


@pytest.mark.parametrize(
    "text",
    [
        "Name\nOrla Finch\n\nEmail address\norla@example.org\n\nYour request\nHow many benches?\n",
        "*Name:* Orla Finch\r\n*Email address:* orla@example.org\r\n*Your request:* How many benches?\r\n",
        "NAME : Orla Finch\nEMAIL ADDRESS : <mailto:orla@example.org>\nYOUR REQUEST : How many benches?\n",
        "| Name | Orla Finch |\n| Email address | orla@example.org |\n| Your request | How many benches? |\n",
        "Name\tOrla Finch\nEmail address\torla@example.org\nYour request\tHow many benches?\n",
    ],
)
def test_shapes_of_forms(text: str) -> None:
    """Labels on lines of their own, bold, in capitals or in a table give the same fields."""
    found = from_form(text, _FORM)
    assert found is not None
    assert (found.name, found.email, found.question) == ("Orla Finch", "orla@example.org", "How many benches?")


def test_question_label_that_is_a_question() -> None:
    """A label that ends in a question mark is a label all the same."""
    form = FormLabels(name="Full name", email="", question="What information would you like?")
    found = from_form("Full name: Orla Finch\nWhat information would you like? The bench list.\n", form)
    assert found is not None
    assert (found.name, found.email, found.question) == ("Orla Finch", "", "The bench list.")


def test_mail_that_is_no_form() -> None:
    """Without a question under its label there is no form."""
    assert from_form("Dear council,\n\nHow many benches?\n\nOrla", _FORM) is None
    assert from_form("Name: Orla\nYour request:\n\n", _FORM) is None
    assert from_form("", FormLabels(name="", email="", question="")) is None


def test_value_that_repeats_a_label_stays_in_the_question() -> None:
    """A line of the question that looks like the label of a field already read is kept as text."""
    found = from_form("Name: Orla\nYour request: Please list\nName: of each bench\n", _FORM)
    assert found is not None
    assert found.name == "Orla"
    assert found.question == "Please list\nName: of each bench"


@given(st.text(max_size=300), st.sampled_from(["Name: ", "Email address: ", "Your request: ", "\n"]))
def test_any_text_is_a_form_or_none(text: str, label: str) -> None:
    """Whatever the text, the answer is fields with a question, or None."""
    found = from_form(label + text + "\n" + label + text, _FORM)
    assert found is None or found.question
