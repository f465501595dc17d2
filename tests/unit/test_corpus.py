"""The corpus of labelled mails (tests/corpus) through the whole of ``explain``: the share right for each label, and every miss in the output."""

from __future__ import annotations

from collections import Counter

import pytest
from corpus_mail import FOLDER, LABELS, Labelled, Score, explainer, mails, score

MAILS = mails()
LEAST = 0.95


@pytest.fixture(scope="module")
def scored() -> Score:
    """The whole corpus, explained once."""
    by = explainer()
    found = score((mail, by.explain(mail.raw)) for mail in MAILS)
    print(f"\n{len(MAILS)} mails\n{found.table()}")
    return found


def test_every_file_is_labelled() -> None:
    """The folder holds one label entry for each mail and one mail for each entry, at least 250 of them."""
    assert sorted(mail.name for mail in MAILS) == sorted(path.name for path in FOLDER.glob("*.eml"))
    assert len(MAILS) >= 250


def test_the_corpus_covers_what_comes_in() -> None:
    """Requests under each law, unclear mail, follow-ups of each kind, machines of each kind and colleagues all stand in it several times."""
    intents = Counter(mail.labels["intent"] for mail in MAILS)
    regimes = Counter(mail.labels.get("regime") for mail in MAILS)
    least = {"request": 120, "unclear": 25, "chaser": 20, "review": 20, "withdrawal": 10, "thanks": 10, "internal": 14}
    least |= {"automatic": 30, "bounce": 15, "ico": 5}
    assert all(intents[intent] >= wanted for intent, wanted in least.items()), intents
    assert intents["complaint"] + intents["not_a_request"] >= 15
    assert min(regimes["foi"], regimes["eir"], regimes["sar"]) >= 15


@pytest.mark.parametrize("label", LABELS)
def test_share_right(label: str, scored: Score) -> None:
    """At least 95 % of the mails are read as a good officer would read them."""
    assert scored.share(label) >= LEAST, scored.table()


def _wanting(verdicts: set[str]) -> list[Labelled]:
    return [mail for mail in MAILS if mail.labels["verdict"] in verdicts]


def test_no_request_is_passed_over() -> None:
    """Whatever else is misread: mail that makes a request is never taken for anything that makes none."""
    by = explainer()
    passed_over = [mail.name for mail in _wanting({"request"}) if by.explain(mail.raw)["verdict"] != "request"]
    assert passed_over == []


def test_no_program_is_acknowledged() -> None:
    """Absence notes, bounces, lists, newsletters and monitoring mail get no answer."""
    by = explainer()
    answered = [mail.name for mail in _wanting({"automatic", "bounce"}) if by.explain(mail.raw)["acknowledge"]]
    assert answered == []


def test_the_same_wording_from_several_people_is_several_requests() -> None:
    """Each person of a campaign has a request and an acknowledgement of their own."""
    by = explainer()
    campaign = [by.explain(mail.raw) for mail in MAILS if "campaign" in mail.name]
    assert len({found["requester_email"] for found in campaign}) == len(campaign) >= 3
    assert all(found["intent"] == "request" and found["acknowledge"] for found in campaign)
