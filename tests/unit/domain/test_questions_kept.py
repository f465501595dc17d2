"""No ask is lost: not above a list, not beside the law's name, not behind a wish, and no name stands in its place."""

from __future__ import annotations

import pytest

from pipeline.domain.questions import questions
from pipeline.domain.questions.asking import is_preamble, is_request
from pipeline.domain.questions.wishes import names_thing, wish


def _texts(body: str) -> list[str]:
    return [question.text for question in questions(body)]


def test_what_stands_above_a_list_is_asked_too() -> None:
    """A question above a list is kept as it was asked, without the words that only lead into the list."""
    asked = _texts(
        "Has the council used drones since 2021?\n\nIf it has:\n\na) on how many days;\nb) what did it cost?"
    )
    assert asked == ["Has the council used drones since 2021?", "on how many days;", "what did it cost?"]


@pytest.mark.parametrize(
    "lead",
    [
        "Please could you provide, for the period 1 April 2022 to 31 March 2024:",
        "I would be grateful if you could respond to the following under the Freedom of Information Act.",
        "May I have answers to the questions that follow?",
        "SEND transport",
        "I would like to request information about school meals under the Act.",
    ],
)
def test_words_that_lead_into_a_list_are_no_question(lead: str) -> None:
    """Above a list a period, a pointer, a heading and "information about" stay what they were: no question."""
    assert _texts(f"{lead}\n\n1. How many meals were served?\n2. What did they cost?") == [
        "How many meals were served?",
        "What did they cost?",
    ]


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (
            "Under the EIR please provide the data needed for questions 1.1 and 3.4.\n\nPlan attached.",
            "the data needed",
        ),
        ("Under the Act I'm entitled to know what you paid in agency fees. What was it?", "what you paid"),
        (
            "We require details of payments made to the following landlord for 2023 to 2024. Please provide the information by 4 May.",
            "details of payments",
        ),
        (
            "We act for Ms Dale. Please provide the following documents: the assessment and the minutes. Please reply soon.",
            "the assessment and the minutes",
        ),
        (
            "Hope you're well. I'm the officer at Hillside. What system do you use for redaction?\n\nTim",
            "for redaction?",
        ),
        (
            "I withdraw my consent for you to use my child's photo. Please confirm.\n\nRoy Flint",
            "I withdraw my consent",
        ),
        ("Could you please send the answer by post to 4 Vine Street as well?\n\nEd Gray", "by post"),
        ("please withdraw the FOI I sent on Monday. Jo", "please withdraw the FOI"),
        (
            "Under section 1(1)(b) I ask that the information be communicated to me: spending on mayoral cars.\n\nRay Cole",
            "mayoral cars",
        ),
    ],
)
def test_ask_is_not_taken_for_law_talk(body: str, kept: str) -> None:
    """A sentence that names the law, the format or the form of an answer and a thing besides is never dropped for what is left."""
    assert any(kept in text for text in _texts(body))


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("I also request the fuel card policy.", True),
        ("What I should like to see is every inspection report.", True),
        ("Under the Act, I demand the salaries of all chiefs.", True),
        ("I request information under the Freedom of Information Act 2000.", False),
        ("I would like some information about parking.", False),
        ("I wish to make a subject access request.", False),
    ],
)
def test_wish_names_a_thing_or_leaves_it_to_other_words(sentence: str, *, named: bool) -> None:
    """A wish asks by itself where it names a thing; "information" and "a request" are named by other words."""
    assert names_thing(wish(sentence) or "") is named
    assert is_request(sentence) is named


@pytest.mark.parametrize("sentence", ["I want to complain.", "I'd like to appeal please.", "Thanks for the plan."])
def test_wish_to_do_something_asks_for_no_thing(sentence: str) -> None:
    """Somebody who wants to complain or appeal wishes for no information."""
    assert wish(sentence) is None


def test_sentence_that_only_names_the_law_stays_preamble() -> None:
    """Naming the Act without naming a thing is still an introduction."""
    assert is_preamble("I am writing to request information under the Freedom of Information Act 2000.")
