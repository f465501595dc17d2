"""A mail under several laws: each question has the law it falls under by itself, and its clock."""
# ruff: noqa: E501 -- one mail stands on one line

from __future__ import annotations

from datetime import date

import pytest

from pipeline.bootstrap import uk_calendar
from pipeline.domain.clock_questions import at_receipt
from pipeline.domain.questions import questions
from pipeline.domain.regime import guess
from pipeline.domain.regime_mixed import by_law, days_by_law, is_mixed
from pipeline.domain.request import Question, Regime

FOI, EIR, OWN = Regime.FOI, Regime.EIR, None


def _told(text: str) -> list[Regime | None]:
    law = guess("Request", text).regime
    assert law is Regime.SAR
    return [one.regime for one in by_law(questions(text), law, text)]


@pytest.mark.parametrize(
    ("text", "laws"),
    [
        ("How many people work in planning enforcement? Also, this is a subject access request.", [FOI, OWN]),
        ("Please send me:\n1. The number of bus lane fines in 2025.\n2. All the personal data you hold about me.", [FOI, OWN]),
        ("1. Copies of all records you hold about me.\n2. Which trees were felled on Ash Road in 2025?\n3. What is the budget of the parks team?", [OWN, EIR, FOI]),
        ("1. All personal data you hold about me.\n2. Under FOI: how many fines were issued?\n3. How many were withdrawn?", [OWN, FOI, FOI]),
        ("This is a subject access request for all emails about me.\n\nI would also like to know:\n1. How many staff work in housing?\n2. What did the council spend on agency staff?", [OWN, FOI, FOI]),
    ],
)  # fmt: skip
def test_other_information_beside_own_data_keeps_its_law(text: str, laws: list[Regime | None]) -> None:
    """What a mail asks of the council's business stays under FOI or the EIR, whatever own data it asks for besides."""
    assert _told(text) == laws


@pytest.mark.parametrize(
    "text",
    [
        "Please send all emails about me. Which departments hold data on me?",
        "This is a subject access request.\n1. All emails that mention me.\n2. How long do you keep it?\n3. Who have you shared it with?\n4. Where did you get it?",
        "I make a subject access request for my housing file. How many times was my file opened, and by how many officers?",
        "Under article 15 I ask for all data about me.\n1. What are the purposes of the processing?\n2. Who are the recipients?\n3. What is your retention policy for it?\n4. How many records are held?",
        "1. All personal data you hold about me.\n2. How many were deleted?\n3. The number of times you wrote to me.",
        "Please send me my council tax file and the number of payments I have made.",
    ],
)
def test_what_belongs_to_own_data_stays_with_it(text: str) -> None:
    """Questions that article 15 answers, and numbers of the requester's own, are subject access."""
    assert set(_told(text)) == {OWN}


def test_the_words_stay_the_requesters_own() -> None:
    """A paragraph that does both is parted between sentences, and no word is lost."""
    text = (
        "FOI request: how many staff work in housing? Also, this is a subject access request for all emails about me."
    )
    parts = by_law(questions(text), Regime.SAR, text)
    assert " ".join(one.text for one in parts) == text
    assert is_mixed(parts, Regime.SAR)


def test_environmental_questions_in_an_foi_request_keep_their_law() -> None:
    """Of a request under FOI the environmental question is noted, and a lone question is the request."""
    asked = (
        Question(label="1", text="How many staff work in HR?"),
        Question(label="2", text="How many trees were felled?"),
    )
    assert [one.regime for one in by_law(asked, FOI, "")] == [None, EIR]
    assert by_law(asked[1:], FOI, "") == asked[1:]
    assert not is_mixed(by_law(asked, FOI, ""), FOI)


@pytest.mark.parametrize(
    ("received", "others", "own"),
    [
        (date(2025, 1, 6), date(2025, 2, 3), date(2025, 2, 6)),
        (date(2024, 12, 20), date(2025, 1, 23), date(2025, 1, 20)),
    ],
)
def test_the_first_clock_leads_and_each_law_is_told_its_day(received: date, others: date, own: date) -> None:
    """Whichever of 20 working days and a month ends first is the request's day, and the requester is told both."""
    asked = (Question(label="1", text="a", regime=FOI), Question(label="2", text="b"))
    clocks = at_receipt(Regime.SAR, asked, received, uk_calendar())
    assert clocks.due_on == min(others, own)
    dates = clocks.own_dates()
    days = days_by_law("sar", min(others, own), [(one.regime, dates.get(key)) for key, one in enumerate(asked, 1)])
    assert (days.own_data, days.others) == (own, others)
    assert days_by_law("foi", others, [("eir", None), (None, None)]).others is None
