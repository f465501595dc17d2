"""A record written as a file is the same record when it is read: pages and files can be mixed at will."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.citation import Citation, ProvisionSource
from pipeline.domain.request import Question, Regime
from pipeline.domain.response import AnswerOutcome
from pipeline.letters.authority import AuthorityOverride, Publication
from pipeline.letters.model import (
    AnsweredQuestion,
    DraftFacts,
    LetterKind,
    LetterRecord,
    Likelihood,
    PublicInterest,
    QualifiedPerson,
    Reliance,
    Salutation,
)
from pipeline.letters.record import draft_record, load_record
from pipeline.letters.writing import begun, record_text

LETTERS = Path(__file__).parents[2] / "letters"
FILES = sorted(path for path in LETTERS.rglob("*.toml"))

# What a file can hold: any text but lone surrogates.
TEXT = st.text(st.characters(codec="utf-8"), max_size=60)
DAY = st.dates()
LINK = st.sampled_from(["", "https://www.example.gov.uk/a?b=1&c=%22"])
CITED = st.sampled_from(
    [
        Citation(source=ProvisionSource.SECTION, number="40(2)"),
        Citation(source=ProvisionSource.SECTION, number="22A"),
        Citation(source=ProvisionSource.REGULATION, number="12(5)(e)"),
        Citation(source=ProvisionSource.SCHEDULE, number="2 para 16"),
    ]
)
WEIGHED = st.builds(
    PublicInterest,
    disclosure=TEXT,
    withholding=TEXT,
    balance=TEXT,
    decided_by=TEXT,
    decided_on=st.none() | DAY,
)
OPINION = st.builds(QualifiedPerson, role=TEXT, opinion=TEXT, name=TEXT, given_on=st.none() | DAY)
RELIED = st.builds(
    Reliance,
    citation=CITED,
    reason=TEXT,
    prejudice=st.none() | st.sampled_from(Likelihood),
    public_interest=st.none() | WEIGHED,
    qualified_person=st.none() | OPINION,
)
ASKED = st.builds(
    AnsweredQuestion,
    label=TEXT,
    text=TEXT.filter(str.strip),
    outcome=st.none() | st.sampled_from(AnswerOutcome),
    regime=st.none() | st.sampled_from(Regime),
    answer=TEXT,
    provisions=st.lists(RELIED, max_size=3).map(tuple),
    reason=TEXT,
    public_interest=TEXT,
    link=LINK,
    link_intro=TEXT,
    emissions=st.booleans(),
)
SAID = st.builds(
    AuthorityOverride,
    name=st.none() | TEXT,
    address=st.none() | st.lists(TEXT, max_size=3).map(tuple),
    publications=st.none()
    | st.lists(st.builds(Publication, title=TEXT.filter(str.strip), url=LINK), max_size=2).map(tuple),
)
RECORD = st.builds(
    LetterRecord,
    kind=st.just(LetterKind.RESPONSE),
    template=st.just("default"),
    reference=st.just("FOI598335296"),
    regime=st.sampled_from(Regime),
    topic=TEXT,
    salutation=st.sampled_from(Salutation),
    requester_name=TEXT,
    received_on=st.none() | DAY,
    issued_on=st.none() | DAY,
    authority=SAID,
    attachments=st.lists(TEXT, max_size=3).map(tuple),
    questions=st.lists(ASKED, min_size=1, max_size=3).map(tuple),
)


@given(RECORD)
def test_any_answer_reads_back_as_it_was_written(record: LetterRecord) -> None:
    """Whatever text an officer types: quotes, backslashes, line ends of every kind, tabs, controls and pictures."""
    assert load_record(record_text(record), "a.toml") == record


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_sample_letter_reads_back(path: Path) -> None:
    """Every kind under every law, with the particulars it has."""
    record = load_record(path.read_text(encoding="utf-8"), path.name)
    assert load_record(record_text(record), path.name) == record


def test_there_is_a_sample_of_every_kind() -> None:
    """So that the round trip is shown for each."""
    kinds = {load_record(path.read_text(encoding="utf-8"), path.name).kind for path in FILES}
    assert kinds == set(LetterKind)


def test_a_form_begins_as_the_file_does() -> None:
    """The record a page begins with is the one that the commented file holds, for the answer, where nothing is needed yet."""
    facts = DraftFacts(
        reference="FOI598335296",
        regime=Regime.FOI,
        topic="lamps",
        questions=(Question(label="1", text='How many?\n"All"'),),
        requester_name="Jane Doe",
        received_on=date(2026, 2, 23),
        due_on=date(2026, 3, 23),
    )
    assert begun(facts) == load_record(draft_record(facts), "a.toml")
    apology = begun(replace(facts, kind=LetterKind.APOLOGY))
    assert (apology.particulars.due_on, apology.questions) == (date(2026, 3, 23), ())
    assert begun(replace(facts, kind=LetterKind.SERVICE_AREA)).requester_name == ""
