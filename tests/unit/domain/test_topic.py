"""The topic is a noun phrase that fits "Thank you for your request for information relating to ...", or nothing."""

from __future__ import annotations

import unicodedata

import pytest
from corpus_questions import letters
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.questions import questions
from pipeline.domain.request import Question
from pipeline.domain.topic import MOST, topic


@pytest.mark.parametrize(
    ("subject", "wanted"),
    [
        ("Freedom of Information request - Parking fines in Earlsdon", "parking fines in Earlsdon"),
        ("Re: Fwd: [EXTERNAL] FOI: Start for Life services", "Start for Life services"),
        ("RE: [EXTERNAL] RE: FOI 2024-1234 - HMO licensing", "HMO licensing"),
        ("EIR request - Tree felling, Allesley", "tree felling, Allesley"),
        ("Freedom of Information Act 2000 request: agency staff spend", "agency staff spend"),
        ("Request for information about school transport", "school transport"),
        ("Public Health Funerals - FOI Request", "Public Health Funerals"),
        ("PARKING FINES IN 2023", "parking fines in 2023"),
        ("FOI598335296 potholes", "potholes"),
        ("FOI - Coventry City Council - Council tax", "council tax"),
        ("SEND provision.", "SEND provision"),
        ("How many potholes are there?", "potholes"),
        ("my housing repairs", "housing repairs"),
    ],
)
def test_subject_gives_the_topic(subject: str, wanted: str) -> None:
    """Prefixes, tags, law labels and references are stripped from the subject."""
    assert topic(subject, ()) == wanted


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "Re: FOI request",
        "Hello",
        "Urgent: request",
        "Your ref FOI598335296",
        "Coventry City Council",
        "Subject access request",
        "FOI",
    ],
)
def test_subject_that_says_nothing(subject: str) -> None:
    """A subject without a topic gives none, and the first question is asked instead."""
    assert topic(subject, ()) == ""
    assert topic(subject, (Question(label="1", text="How many parking fines were issued in 2023?"),)) == "parking fines"


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How much did the council spend on Christmas lights in 2023?", "spending on Christmas lights in 2023"),
        (
            "Please provide a list of all unclaimed business rates credits over \u00a3500.",
            "unclaimed business rates credits over \u00a3500",
        ),
        ("The number of agency social workers employed as at 31 March 2024", "agency social workers employed"),
        (
            "Does the council have a policy on staff using artificial intelligence?",
            "policy on staff using artificial intelligence",
        ),
        ("Please send me all information you hold about me.", ""),
        ("Why?", ""),
    ],
)
def test_question_gives_the_topic(question: str, wanted: str) -> None:
    """The thing asked for is taken from the question; nothing is better than half a sentence."""
    assert topic("", (Question(label="", text=question),)) == wanted


def _is_fit(found: str) -> bool:
    clean = not any(unicodedata.category(char) == "Cc" for char in found)
    return len(found) <= MOST and clean and found == found.strip() and not found.endswith((".", ",", ":", "?"))


def test_topics_of_the_labelled_letters_are_fit() -> None:
    """Every letter's first question gives a fit phrase or nothing, and most give one."""
    found = [topic("", questions(one.text)) for one in letters()]
    assert all(_is_fit(one) for one in found)
    assert sum(1 for one in found if one) > len(found) / 2


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_subject_gives_a_fit_phrase(subject: str, text: str) -> None:
    """Whatever stands in subject and question, the topic is short and free of control characters."""
    assert _is_fit(topic(subject, (Question(label="", text=text),)))
