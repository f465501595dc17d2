"""Requests that lie in attachments and wrappings, over raw mail and the whole of ``explain``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from corpus_contents import ASKED, MAILS, READABLE, SEE, Attached, mail
from fakes import FixedClock

from pipeline.bootstrap import uk_calendar
from pipeline.settings import Settings
from pipeline.stages.explain import Explainer

ARRIVED = datetime(2025, 1, 10, 11, 0, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    """One for a council with a single mailbox."""
    own = "foi@exampleshire.gov.uk"
    settings = Settings.model_validate(
        {
            "path": Path("infogov.toml"),
            "authority": {"name": "Exampleshire Council", "team": "Information Team"},
            "mailbox": {"foi": {"name": "foi", "host": "imap.example.org", "user": own}},
            "smtp": {"host": "localhost", "from_address": own},
        }
    )
    return Explainer(settings, uk_calendar(), FixedClock(ARRIVED))


def test_the_set_is_large_enough() -> None:
    """The labelled set holds at least forty mails, each with a name of its own."""
    assert len({one.name for one in MAILS}) == len(MAILS) >= 40


@pytest.mark.parametrize("one", MAILS, ids=lambda one: one.name)
def test_labelled_mail(one: Attached, explainer: Explainer) -> None:
    """Verdict, law, questions and acknowledgement are right, and an officer is told what could not be read and why."""
    found = explainer.explain(one.raw, ARRIVED)
    told = {
        "verdict": found["verdict"],
        "intent": found["intent"],
        "acknowledge": found["acknowledge_kind"],
        "regime": found["regime"],
    }
    assert told == {name: getattr(one, name) for name in told}, found["reasons"]
    if one.questions is not None:
        assert len(found["questions"]) == one.questions, found["questions"]
    assert any(one.reason in reason for reason in found["reasons"]), found["reasons"]


@pytest.mark.parametrize("one", [one for one in READABLE if one.questions == 3], ids=lambda one: one.name)
def test_the_questions_are_the_requesters_own(one: Attached, explainer: Explainer) -> None:
    """Whatever the letter came in, its three questions come out with their numbers and words."""
    assert explainer.explain(one.raw, ARRIVED)["questions"] == [
        {"label": str(number), "text": line[3:]} for number, line in enumerate(ASKED.split("\n")[2:5], start=1)
    ]


def test_what_could_be_read_counts_and_what_could_not_is_flagged(explainer: Explainer) -> None:
    """A readable letter beside an unreadable one makes a request, and the other is named."""
    raw = mail(SEE, ("a.txt", "text/plain", ASKED.encode()), ("b.docx", "application/zip", b"PK\x03\x04 broken"))
    found = explainer.explain(raw, ARRIVED)
    assert found["intent"] == "request"
    assert len(found["questions"]) == 3
    assert '"b.docx" could not be read: it is damaged' in found["reasons"]
