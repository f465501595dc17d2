"""Whose words a mail brings, over raw mail and the whole of ``explain``: the labelled set, and what stands around it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from corpus_whose_words import (
    FORWARDS,
    HOST,
    INTERNAL,
    MAILS,
    TREES,
    Raw,
    attached,
    mail,
    settings,
    stranger,
)
from fakes import FixedClock

from pipeline.bootstrap import uk_calendar
from pipeline.stages.explain import Explainer

ARRIVED = datetime(2025, 1, 10, 11, 0, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    """One that explains for that council."""
    return Explainer(settings(), uk_calendar(), FixedClock(ARRIVED))


def test_the_set_is_large_enough() -> None:
    """The labelled set holds at least thirty mails, each with a name of its own."""
    assert len({one.name for one in MAILS}) == len(MAILS) >= 30


@pytest.mark.parametrize("one", MAILS, ids=lambda one: one.name)
def test_labelled_mail(one: Raw, explainer: Explainer) -> None:
    """Verdict, requester, law, questions and acknowledgement are those a good officer would give."""
    found = explainer.explain(one.raw, ARRIVED)
    told = {
        "verdict": found["verdict"],
        "intent": found["intent"],
        "email": found["requester_email"],
        "person": found["requester_name"],
        "questions": len(found["questions"]),
        "acknowledge": found["acknowledge_kind"],
        "proposal": found["proposal"] is not None,
    }
    assert told == {name: getattr(one, name) for name in told}, found["reasons"]
    if one.regime is not None:
        assert found["regime"] == one.regime


@pytest.mark.parametrize("one", FORWARDS, ids=lambda one: one.name)
def test_a_forward_names_its_original_sender(one: Raw, explainer: Explainer) -> None:
    """A reason names the original sender, an officer is asked, and nothing is acknowledged."""
    found = explainer.explain(one.raw, ARRIVED)
    assert any(one.email in reason and "officer" in reason for reason in found["reasons"])
    assert found["acknowledge"] is False
    assert found["proposal"]["email"] == one.email


def proposal(raw: bytes, explainer: Explainer) -> dict[str, Any]:
    """What is proposed about *raw*."""
    found: dict[str, Any] = explainer.explain(raw, ARRIVED)["proposal"]
    return found


def test_an_inline_forward_claims_its_day(explainer: Explainer) -> None:
    """Copied header lines prove nothing: the claimed day is proposed, the day of the forward is what can be shown."""
    found = proposal(FORWARDS[0].raw, explainer)
    assert (found["received_on"], found["sent_on"], found["first_arrival"]) == (
        "2025-01-10",
        "2025-01-06",
        "2025-01-06",
    )
    assert found["trusted"] is False
    assert found["note"].startswith("Hi team, this came to Parks.")
    assert found["subject"] == "Freedom of Information request"


def test_an_attached_mail_proves_its_first_arrival(explainer: Explainer) -> None:
    """The attached mail's own stamps by our server give the first arrival, whatever its Date says."""
    found = proposal(attached(stranger(received="Tue, 7 Jan 2025 23:30:00 +0000")), explainer)
    assert (found["received_on"], found["first_arrival"], found["trusted"]) == ("2025-01-07", "2025-01-07", True)
    assert found["message_id"] == "<first@example.org>"
    assert found["note"] == "Please log the attached."


def test_a_claim_about_the_future_is_none(explainer: Explainer) -> None:
    """A copied date after the forward's own arrival is not proposed."""
    text = f"From: Orla Finch <orla@example.org>\nSent: 06 March 2031 09:58\nTo: Parks\nSubject: Trees\n\n{TREES}"
    found = proposal(mail("FW: Trees", text), explainer)
    assert (found["sent_on"], found["first_arrival"]) == (None, "2025-01-10")


def test_a_councillor_is_asked_about(explainer: Explainer) -> None:
    """A councillor on our own domain, forwarded or writing themselves, is asked about in words."""
    forwarded = next(one for one in FORWARDS if "councillor" in one.name)
    direct = next(one for one in INTERNAL if "councillor" in one.name)
    assert any("in what role" in reason for reason in explainer.explain(forwarded.raw, ARRIVED)["reasons"])
    assert any("council work" in reason for reason in explainer.explain(direct.raw, ARRIVED)["reasons"])


def authenticated(results: str, *, sender: str = "Orla Finch <orla@example.org>") -> bytes:
    """A plain request with a line of authentication results on top."""
    return f"Authentication-Results: {results}\r\n".encode() + mail(
        "Freedom of Information request", TREES, sender=sender
    )


def test_a_domain_that_disowns_the_mail(explainer: Explainer) -> None:
    """A DMARC failure under a rejecting policy stops the answer, never the recording, and is told."""
    found = explainer.explain(authenticated(f"{HOST}; dmarc=fail (p=reject dis=none) header.from=example.org"), ARRIVED)
    assert (found["verdict"], found["acknowledge"]) == ("request", False)
    assert any("example.org" in reason and "DMARC" in reason for reason in found["reasons"])
    assert found["authentication"] == {"spf": "", "dkim": "", "dmarc": "fail", "policy": "reject"}


@pytest.mark.parametrize(
    "results",
    [
        f"{HOST}; dmarc=pass header.from=example.org",
        f"{HOST}; dmarc=fail (p=none) header.from=example.org",
        "mx.elsewhere.example; dmarc=fail (p=reject) header.from=example.org",
    ],
)
def test_what_does_not_stop_the_answer(results: str, explainer: Explainer) -> None:
    """A pass, a policy that asks for nothing, and the word of another server leave the acknowledgement as it is."""
    assert explainer.explain(authenticated(results), ARRIVED)["acknowledge"] is True


def test_a_forged_colleague_is_told(explainer: Explainer) -> None:
    """Mail that claims our own domain and fails its check stays internal, and the reasons say so."""
    raw = authenticated(
        f"{HOST}; dmarc=fail (p=none) header.from=exampleshire.gov.uk", sender="Sam <sam.hill@exampleshire.gov.uk>"
    )
    found = explainer.explain(raw, ARRIVED)
    assert found["verdict"] == "internal"
    assert any("exampleshire.gov.uk (DMARC" in reason for reason in found["reasons"])


def test_the_proposed_day_is_londons(explainer: Explainer) -> None:
    """An arrival late in a summer evening in London is proposed for that day there."""
    found = proposal(attached(stranger(received="Sun, 30 Jun 2024 23:30:00 +0000")), explainer)
    assert date.fromisoformat(found["received_on"]) == date(2024, 7, 1)
