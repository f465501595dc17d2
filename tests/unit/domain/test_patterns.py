"""Patterns of many alternatives: they find what plain alternatives find."""

from __future__ import annotations

import re

import pytest

from pipeline.domain.patterns import AnyOf, split_alternatives

ALTERNATIVES = (
    r"\b(?:withdraw|cancel(?:led)?) (?:my|the) request\b|\bchas(?:e|ing)\b",
    r"^(?:please )?stop\b",
    r"n't heard|\b(?:a |an )?overdue\b",
    r"\b[qx]\d|\bs?top it\b",
)
TEXTS = (
    "please stop",
    "do not stop",
    "i withdraw my request",
    "cancelled the request",
    "cancel a request",
    "i'm chasing",
    "purchasing",
    "i haven't heard",
    "an overdue answer",
    "longoverdue",
    "see q4",
    "faq4",
    "top it up",
    "stop it",
    "",
)


@pytest.mark.parametrize("text", TEXTS)
def test_finds_what_the_alternatives_find(text: str) -> None:
    """The answer is that of one regular expression with all alternatives in a row."""
    assert AnyOf(*ALTERNATIVES).search(text) is (re.search("|".join(ALTERNATIVES), text) is not None)


def test_splits_outside_groups_and_sets_only() -> None:
    """A bar inside a group or a character set, or behind a backslash, divides nothing."""
    assert split_alternatives(r"a(?:b|c)|[|)]d|e\|f|") == ["a(?:b|c)", "[|)]d", r"e\|f", ""]
