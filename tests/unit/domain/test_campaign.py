"""When two requests are in the same words."""

from __future__ import annotations

from pipeline.domain.campaign import wording_digest
from pipeline.domain.request import Question

LONG = "Please tell me how many street trees were felled in each ward in each of the last five years, and why."


def asked(*texts: str) -> tuple[Question, ...]:
    """Questions with these texts."""
    return tuple(Question(label=str(n), text=text) for n, text in enumerate(texts, 1))


def test_spacing_case_and_punctuation_make_no_other_wording() -> None:
    """A template pasted into another mail program is the same wording still."""
    pasted = LONG.upper().replace(",", "").replace(" ", "\n ")
    assert wording_digest(asked(LONG)) == wording_digest(asked(pasted)) is not None


def test_another_word_is_another_wording() -> None:
    """One year changed is another request."""
    assert wording_digest(asked(LONG)) != wording_digest(asked(LONG.replace("five", "ten")))


def test_a_short_question_is_no_campaign() -> None:
    """Two people may well ask the same few words by themselves."""
    assert wording_digest(asked("How many trees are there?")) is None
    assert wording_digest(()) is None


def test_a_short_question_is_the_same_persons_own() -> None:
    """One person who asks the same few words again is told by them; another person's are another wording."""
    short = asked("How many trees are there?")
    assert wording_digest(short, "a@example.org") == wording_digest(short, "A@example.org") is not None
    assert wording_digest(short, "a@example.org") != wording_digest(short, "b@example.org")
    assert wording_digest(asked("Why?"), "a@example.org") is None
