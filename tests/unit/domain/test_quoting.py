"""What the sender wrote now is told from what was there before."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.quoting import fold

ASK = "Dear FOI team,\n\nPlease send me the figures for 2025.\n\nJane"
OUTLOOK = "From: FOI <foi@council.example>\nSent: 03 March 2026 10:12\nTo: Jane\nSubject: RE: Potholes\n\nWe have your request.\nRegards"
OVER_TWO_LINES = (
    "CAUTION: This email originated from outside of the council. Do not click links\n"
    "or open attachments unless you recognise the sender and know the content is safe."
)
WDTK = (
    "-" * 67 + "\n\nPlease use this email address for all replies to this request:\n"
    "request-1234567-abcdef12@whatdotheyknow.com\n\nDisclaimer: replies may be published.\nhttps://www.whatdotheyknow.com/help/officers"
)


@pytest.mark.parametrize(
    "rest",
    [
        "On Tue, 3 Mar 2026 at 10:12, FOI <foi@council.example> wrote:\n\n> We have\n> your request.",
        "On Tue, 3 Mar 2026 at 10:12, FOI\n<foi@council.example> wrote:\n> We have",
        "On 3 March the council wrote:\n> We have",
        "FOI wrote:\n\n>We have",
        "On Tue, 3 Mar 2026 at 10:12, FOI <foi@council.example> wrote:\n\nWe have your request.\nRegards",
        "Ar Maw, 3 Maw 2026 am 10:12 ysgrifennodd FOI <foi@council.example>:\n> Mae gennym",
        "Ar 3 Mawrth 2026 am 10:12, FOI ysgrifennodd:\nMae gennym",
        "-----Original Message-----\nFrom: FOI\nWe have",
        "---------- Forwarded message ---------\nFrom: FOI\nWe have",
        "Begin forwarded message:\n\nWe have",
        OUTLOOK,
        "________________________________\n" + OUTLOOK,
        OUTLOOK.replace("From:", "*From:*").replace("Sent:", "*Sent:*"),
        "Oddi wrth: FOI\nAnfonwyd: 3 Mawrth 2026 10:12\nAt: Jane\nPwnc: Tyllau\n\nMae gennym",
        "Sent from my iPhone",
        "Sent from Outlook for Android <https://aka.ms/x>",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "-- \nJane Smith\n01234 567890",
        "________________________________\nThis message may contain confidential information and is\nintended solely for the addressee.",
        "*" * 60 + "\nIf you have received this email in error, delete it.\n" + "*" * 60,
        WDTK,
    ],
)
def test_history_and_footers_below_the_words_are_folded(rest: str) -> None:
    """Only the sender's own words are new; the rest is kept as quoted."""
    folded = fold(f"{ASK}\n\n{rest}")
    assert folded.new_text == ASK
    assert folded.quoted == rest.strip("\n")
    assert not folded.forward_block


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside the organisation. Do not click links or open attachments.",
        OVER_TWO_LINES,
        "[EXTERNAL]",
        "*** EXTERNAL EMAIL ***",
        "You don't often get email from jane@example.org. Learn why this is important<https://aka.ms/x>",
        "This email originated from outside the organisation, so check the sender before you click a link.",
    ],
)
def test_gateway_banners_are_folded(banner: str) -> None:
    """The council's own warning above a mail is not the sender's text, with or without a blank line below it."""
    for gap in ("\n\n", "\n"):
        folded = fold(banner + gap + ASK)
        assert (folded.new_text, folded.quoted) == (ASK, banner)


@pytest.mark.parametrize(
    "text",
    [
        ASK,
        "[EXTERNAL] Please send me the figures.",
        "On 5 May the council wrote:\nwe will fix it. Please tell me what it cost.",
        "From: 1 April 2025\nTo: 31 March 2026\nSubject: potholes\n\nPlease send the figures.",
        "Please send:\n--\n1. How many?\n2. What cost?",
        "I write about:\n" + "-" * 67 + "\n1. How many?",
        "Questions\n________________\n1. Which confidential waste contract do you hold?",
        "Warning signs: please list every one you put up outside schools.",
        "Is the sum > 5,000?",
        "",
        "\n\n",
    ],
)
def test_what_only_looks_like_history_stays(text: str) -> None:
    """A request is never folded away because it resembles a quote, a banner or a footer."""
    folded = fold(text)
    assert folded.new_text.strip() == text.strip()
    assert not folded.quoted


def test_answers_between_quotes_stay() -> None:
    """Words below quoted lines are as new as those above."""
    text = "Thanks.\n\nOn 3 Mar 2026 at 10:12, FOI wrote:\n> Which year?\n2025\n\n> Which roads?\nAll of them."
    folded = fold(text)
    assert folded.new_text == "Thanks.\n\n2025\n\nAll of them."
    assert folded.quoted == "On 3 Mar 2026 at 10:12, FOI wrote:\n> Which year?\n> Which roads?"


def test_words_below_a_telephone_line_stay() -> None:
    """Only the line the telephone added goes."""
    assert fold("One.\nSent from my iPad\nTwo.").new_text == "One.\nTwo."


@pytest.mark.parametrize(
    "opening",
    [
        "",
        "---------- Forwarded message ---------\n",
        "Begin forwarded message:\n\n",
        "[EXTERNAL]\n\n",
        "-----Original Message-----\n",
    ],
)
def test_a_forwarded_mail_keeps_its_block(opening: str) -> None:
    """A text that opens with another mail's headers is a forwarded mail: it stays, and is marked as one."""
    folded = fold(opening + OUTLOOK)
    assert folded.forward_block
    assert "We have your request." in folded.new_text
    assert "From: FOI" in folded.new_text


def test_history_below_a_forwarded_mail_is_folded() -> None:
    """What stood below the forwarded mail's own words is history."""
    folded = fold(f"{OUTLOOK}\n\n{OUTLOOK.replace('We have', 'You had')}")
    assert folded.forward_block
    assert "We have" in folded.new_text
    assert "You had" not in folded.new_text


@pytest.mark.parametrize(
    "text",
    [
        "> only\n> quotes",
        "On 3 Mar 2026 at 10:12, FOI <a@b.c> wrote:\n> old",
        "[EXTERNAL]",
        "-- \nJane",
        "Sent from my iPhone",
    ],
)
def test_when_nothing_would_be_left_all_of_it_is_new(text: str) -> None:
    """Folding never leaves an empty mail."""
    folded = fold(text)
    assert (folded.new_text, folded.quoted) == (text, "")


_LINES = st.sampled_from(
    [
        "", "words", "> old", "On 3 Mar 2026 at 10:12, A <a@b.c> wrote:", "FOI wrote:", "-- ", "-" * 67, "_" * 20, "Sent from my iPhone",
        "From: A", "Sent: 3 March 2026", "To: B", "Subject: C", "-----Original Message-----", "[EXTERNAL]", "intended recipient", "Why?",
        "whatdotheyknow", "CAUTION: external sender, do not click links",
    ]
)  # fmt: skip


@given(st.lists(_LINES, max_size=60))
def test_every_line_is_new_or_quoted(lines: list[str]) -> None:
    """Nothing that was written is dropped or doubled."""
    folded = fold("\n".join(lines))
    kept = Counter(line for text in (folded.new_text, folded.quoted) for line in text.split("\n") if line.strip())
    assert kept == Counter(line for line in lines if line.strip())


@given(st.text())
def test_any_text_folds(text: str) -> None:
    """No text is refused, and something is new whenever something was written."""
    assert bool(fold(text).new_text.strip()) == bool(text.strip())
