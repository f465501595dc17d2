"""Automatic answers: their agreed words, and that nothing but our own facts can get into them."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.domain.errors import UsageError
from pipeline.domain.request import Regime
from pipeline.letters.acknowledgement import AcknowledgementLetter, Promise, acknowledgement
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


@pytest.mark.parametrize(
    ("kind", "regime"), [("acknowledgement", "foi"), ("acknowledgement", "eir"), ("sar_acknowledgement", "sar")]
)
@pytest.mark.parametrize("welsh", [False, True])
def test_no_day_is_promised_that_is_past_or_not_known(kind: str, regime: str, welsh: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """An acknowledgement that goes late says so and is sorry; one that goes while we wait for the requester names no day."""
    facts = replace(FACTS, regime=Regime(regime), welsh=welsh)
    late = acknowledgement(kind, replace(facts, promise=Promise.LATE)).text
    assert "We should have answered by 2 May 2024. We have not done so\nyet, and we are sorry." in late
    waiting = acknowledgement(kind, replace(facts, promise=Promise.WAITING)).text
    assert "need your reply before we can go on" in waiting
    assert "2 May 2024" not in waiting
    for text in (late, waiting):
        assert "We will answer by:" not in text
        assert "Byddwn yn ateb erbyn" not in text
        assert "\n\n\n" not in text
        assert "{" not in text


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


@pytest.mark.parametrize(("kind", "regime", "name"), GOLDEN)
def test_an_acknowledgement_points_to_the_privacy_notice(kind: str, regime: str, name: str) -> None:
    """Where the configuration names one, whoever writes is told at once how their data is used."""
    noticed = replace(FACTS.authority, privacy_notice="https://www.example.gov.uk/privacy")
    written = acknowledgement(kind, replace(FACTS, regime=Regime(regime), authority=noticed))
    assert "\nHow we use personal data: https://www.example.gov.uk/privacy\n" in written.text, name


def test_the_sender_has_no_field_in_an_acknowledgement() -> None:
    """There is no way to hand a topic, a name or a question over."""
    assert {field.name for field in fields(AcknowledgementLetter)} == {
        "reference",
        "regime",
        "authority",
        "reply_address",
        "received_on",
        "due_on",
        "promise",
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
