"""Automatic answers: their agreed words, and that nothing but our own facts can get into them."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.domain.errors import UsageError
from pipeline.domain.request import Regime
from pipeline.letters.acknowledgement import AcknowledgementLetter, acknowledgement
from pipeline.letters.authority import AuthorityFacts

LETTERS = Path(__file__).parents[2] / "letters"
FACTS = AcknowledgementLetter(
    reference="FOI246813579",
    regime=Regime.FOI,
    authority=AuthorityFacts(
        name="Exampleshire Council",
        team="Information Governance Team",
        address=("1 High Street", "Exampleton", "EX1 1EX"),
        website="www.example.gov.uk",
        email="infogov@example.gov.uk",
        phone="01632 960000",
    ),
    reply_address="infogov@example.gov.uk",
    received_on=date(2024, 4, 4),
    due_on=date(2024, 5, 2),
)
GOLDEN = [
    ("acknowledgement", "foi", "acknowledgement-foi"),
    ("acknowledgement", "eir", "acknowledgement-eir"),
    ("receipt", "foi", "receipt"),
    ("sar_acknowledgement", "sar", "sar-acknowledgement"),
]


@pytest.mark.parametrize(("kind", "regime", "name"), GOLDEN)
def test_automatic_answers_are_worded_as_agreed(kind: str, regime: str, name: str) -> None:
    """A change of wording is seen and agreed, never slipped in."""
    written = acknowledgement(kind, replace(FACTS, regime=Regime(regime)))
    expected = (LETTERS / f"{name}.txt").read_text(encoding="utf-8")
    assert f"Subject: {written.subject}\n\n{written.text}" == expected
    assert written.subject.startswith("FOI246813579: ")
    assert "FOI246813579" in written.text
    assert "infogov@example.gov.uk" in written.text


def test_a_request_under_two_laws_is_told_both_days() -> None:
    """Own data and the rest are told apart by their days, in the words agreed."""
    facts = replace(FACTS, regime=Regime.SAR, due_on=date(2024, 5, 7), others_due_on=date(2024, 5, 2))
    written = acknowledgement("sar_acknowledgement", facts)
    expected = (LETTERS / "sar-acknowledgement-mixed.txt").read_text(encoding="utf-8")
    assert f"Subject: {written.subject}\n\n{written.text}" == expected


def test_a_receipt_has_no_date_and_no_law() -> None:
    """What is not yet known to be a request is promised nothing."""
    text = acknowledgement("receipt", replace(FACTS, received_on=None, due_on=None)).text
    for word in ("2024", "May", "working day", "Act", "Regulations", "information request", "month"):
        assert word not in text.replace("Information Governance", "")


def test_the_law_in_the_acknowledgement_is_the_request_s() -> None:
    """Each law is named alone."""
    foi = acknowledgement("acknowledgement", FACTS).text
    eir = acknowledgement("acknowledgement", replace(FACTS, regime=Regime.EIR)).text
    assert "Freedom of Information Act" in foi
    assert "Regulations" not in foi
    assert "Environmental Information Regulations" in eir
    assert "Freedom" not in eir


def test_the_sender_has_no_field_in_an_acknowledgement() -> None:
    """There is no way to hand a topic, a name or a question over."""
    assert {field.name for field in fields(AcknowledgementLetter)} == {
        "reference",
        "regime",
        "authority",
        "reply_address",
        "received_on",
        "due_on",
        "welsh",
        "others_due_on",
    }


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("greeting", {}),
        ("../response", {}),
        ("acknowledgement", {"due_on": None}),
        ("acknowledgement", {"received_on": None}),
        ("acknowledgement", {"regime": Regime.SAR}),
        ("sar_acknowledgement", {}),
    ],
)
def test_what_does_not_go_together_is_refused(kind: str, changes: dict[str, object]) -> None:
    """A wrong law or a missing date never leaves the house."""
    with pytest.raises(UsageError):
        acknowledgement(kind, replace(FACTS, **changes))  # type: ignore[arg-type]  # the table names fields that exist


def test_a_welsh_mail_is_answered_in_welsh_and_english() -> None:
    """Where it is wanted, the receipt and the acknowledgement stand in both languages, Welsh first; a kind without Welsh text stays English."""
    both = acknowledgement("acknowledgement", replace(FACTS, welsh=True)).text
    assert both.startswith("Annwyl Syr/Fadam")
    assert "Diolch am eich cais" in both
    assert "Thank you for your request" in both
    assert both.count(FACTS.reference) >= 4
    receipt = acknowledgement("receipt", replace(FACTS, welsh=True)).text
    assert receipt.startswith("Annwyl Syr/Fadam")
    assert "We have received your email." in receipt
    sar = replace(FACTS, welsh=True, regime=Regime.SAR)
    assert acknowledgement("sar_acknowledgement", sar) == acknowledgement(
        "sar_acknowledgement", replace(sar, welsh=False)
    )
