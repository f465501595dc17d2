"""The law of a request is told by what it asks, not by the words around it."""

from __future__ import annotations

import pytest
from corpus_questions import letters
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.regime import guess, guess_question
from pipeline.domain.request import Regime

_ENOUGH = 0.95


def test_share_right_on_the_labelled_letters() -> None:
    """At least 95 % of the labelled letters get the right law; the misses are printed."""
    found = letters()
    wrong = [(one.name, one.regime, guess("", one.text)) for one in found if guess("", one.text).regime != one.regime]
    print(f"letters {len(found)}, law right {1 - len(wrong) / len(found):.1%}")
    for name, want, got in wrong:
        print(f"  {name}: wanted {want}, got {got.regime}: {' '.join(got.reasons)}")
    assert len(wrong) <= (1 - _ENOUGH) * len(found)


@pytest.mark.parametrize(
    ("text", "regime"),
    [
        ("How many subject access requests did you receive in 2023?", Regime.FOI),
        ("Could I have my old nursery and school reports, I left Hill Road in 1991?", Regime.SAR),
        ("Kindly let me have my homelessness application file, number HX99881.", Regime.SAR),
        ("Please send the messages between the personnel team and my manager about my dismissal.", Regime.SAR),
        ("A copy of the family worker's assessment of my family, please.", Regime.SAR),
        ("On behalf of my son, aged 11, I ask for his SEND file.", Regime.SAR),
        (
            "I am helping Mr Omar Idris and attach his signed consent. Please send copies of his homelessness application file.",
            Regime.SAR,
        ),
        ("Please send the inspection records of my street.", Regime.FOI),
        ("My local school's Ofsted reports and the reports on my ward's libraries, please.", Regime.FOI),
        ("What information is held on how my council tax band was set for houses of my kind?", Regime.FOI),
        ("Please supply my neighbourhood forum's files on the library.", Regime.FOI),
        ("For my research please send the records of councillors' attendance.", Regime.FOI),
        ("Please provide your subject access request policy.", Regime.FOI),
        ("How many FOI requests were late, and how many internal investigations followed?", Regime.FOI),
        ("What is the salary of an environmental health officer?", Regime.FOI),
        ("How many planning officers are employed by the council?", Regime.FOI),
        ("Please send the workforce planning strategy.", Regime.FOI),
        ("What did the council waste money on?", Regime.FOI),
        ("How many trees were felled on Elm Road?", Regime.EIR),
        ("What tonnage of food waste was collected?", Regime.EIR),
        ("Please send the planning enforcement file for 3 Mill Lane.", Regime.EIR),
        ("How many complaints about noise were made?", Regime.EIR),
        ("Which schools have RAAC?", Regime.EIR),
        ("Please send me my housing file.", Regime.SAR),
        ("I want all information you hold about me.", Regime.SAR),
        ("I wish to make a subject access request.", Regime.SAR),
        ("Our client has signed a form of authority. Please send our client's social care records.", Regime.SAR),
        ("Please send all minutes of meetings held about the mayor's car.", Regime.FOI),
    ],
)
def test_one_question(text: str, regime: Regime) -> None:
    """Words that only look like another route don't change the law; those that decide do."""
    assert guess_question(text).regime is regime
    assert guess("", text).regime is regime


def test_label_in_the_subject_is_only_a_hint() -> None:
    """A subject that says FOI or EIR doesn't outweigh what the questions ask."""
    assert (
        guess("Freedom of Information request - Felled trees", "How many trees were felled in 2023?").regime
        is Regime.EIR
    )
    assert (
        guess(
            "Environmental Information Regulations request - Pay", "What is the salary of the chief executive?"
        ).regime
        is Regime.FOI
    )


def test_topic_in_the_subject_colours_neutral_questions() -> None:
    """Questions that name no topic take that of the subject."""
    assert guess("Tree felling on Elm Road", "1. Who authorised the work?\n2. What did it cost?").regime is Regime.EIR


def test_reasons_are_sentences_that_quote_nothing() -> None:
    """Every reason is a sentence, and the sender's words are not repeated in it."""
    found = guess("", "How many zebra-striped lime trees did Mr Umlaut fell?")
    assert found.reasons
    assert all(reason[0].isupper() and reason.endswith(".") for reason in found.reasons)
    assert not any("zebra" in reason or "Umlaut" in reason for reason in found.reasons)


def test_mixed_questions_are_counted_in_the_reasons() -> None:
    """Where only some questions are environmental, the reasons say how many."""
    found = guess(
        "", "1. How many trees were felled?\n2. How many people work in payroll?\n3. What is the payroll system called?"
    )
    assert found.regime is Regime.FOI
    assert "1 of 3 questions may fall under the Environmental Information Regulations." in found.reasons


@given(st.text(max_size=300), st.text(max_size=600))
def test_any_text_has_a_law_and_a_reason(subject: str, text: str) -> None:
    """Whatever the text, a law comes out, with a reason."""
    assert guess(subject, text).reasons
    assert guess_question(text).reasons


@pytest.mark.parametrize(
    "piece",
    ["my ", "how many subject access ", "all records about my ", "foi , ", "his full ", "tree ", "number of officers "],
)
def test_a_megabyte_is_read(piece: str) -> None:
    """Repeated trigger words over a megabyte still give a law."""
    assert guess("", piece * (1_000_000 // len(piece))).regime in set(Regime)


@pytest.mark.parametrize(
    "text",
    [
        "I would like permission to re-use the bus stop data in an app. Please send it.",
        "We apply for a licence to reuse your photographs of the market hall.",
        "This is a request under the Re-use of Public Sector Information Regulations 2015 for the tree inventory.",
    ],
)
def test_a_wish_to_reuse_is_said_beside_the_law_of_access(text: str) -> None:
    """Re-use has regulations of its own: the officer hears of it, whatever law the access falls under."""
    assert any("Re-use of Public Sector" in reason for reason in guess("Bus stops", text).reasons)


@pytest.mark.parametrize(
    "text",
    [
        "How much waste was re-used or recycled in 2025?",
        "Please send your policy on the reuse of school buildings.",
        "How many requests did you receive last year?",
    ],
)
def test_reuse_of_things_is_another_matter(text: str) -> None:
    """Waste and buildings are re-used, too."""
    assert not any("Re-use of Public Sector" in reason for reason in guess("", text).reasons)
