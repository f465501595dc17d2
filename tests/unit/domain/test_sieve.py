"""The sieve: what it says may stand in a text is never less than what the pattern finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain import regime_words
from pipeline.domain.questions import asking
from pipeline.domain.sieve import Sieve, Sifted, must_hold, split_alternatives
from pipeline.domain.triage import wording

PATTERNS = (
    r"\b(?:withdraw|cancel(?:led)?) (?:my|the) request\b|\bchas(?:e|ing)\b",
    r"(?:a|b)c|x(?!yz)abc|[|)]def\|ghi",
    r"\bs?top it(?:em)?s?\b|numb{2}er|lon+ger|may(?:be)+ so|un{0,3}do",
    r"it\u2019s|na\xefve words|\x41bcd|\d{3,}th",
    r"(?i:flags) here|(?=ahead)behind|(?<!not )wanted",
)
WORDS = st.lists(
    st.sampled_from(
        [*" abcxyz|)", "withdraw", "cancelled", "my request", "chasing", "abc", "stop it", "items", "numbber", "lonnger", "maybebe so",
         "undo", "it\u2019s", "na\xefve words", "Abcd", "1234th", "flags here", "FLAGS here", "behind", "ahead", "wanted", "\u0130\u017f"]
    ),
    max_size=6,
).map("".join)  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=WORDS)
def test_finds_exactly_what_the_pattern_finds(pattern: str, text: str) -> None:
    """Search, match and sub give what ``re`` gives, with and without regard to case."""
    for ignore_case, flags in ((True, re.IGNORECASE), (False, 0)):
        sifted, plain = Sifted(pattern, ignore_case=ignore_case), re.compile(pattern, flags)
        for mine, theirs in ((sifted.search(text), plain.search(text)), (sifted.match(text), plain.match(text))):
            assert (mine and mine.span()) == (theirs and theirs.span())
        assert sifted.sub("-", text) == plain.sub("-", text)


@given(text=WORDS)
def test_a_sieve_over_many_misses_none(text: str) -> None:
    """Every alternative that stands in the text is among those that may, of each pattern whose alternatives all say what they need."""
    parts = [split_alternatives(each) for each in PATTERNS]
    telling = [each for each in parts if all(must_hold(part, ignore_case=False) for part in each)]
    stand = {(n, at) for n, each in enumerate(telling) for at, part in enumerate(each) if re.search(part, text)}
    found = Sieve(telling).may_stand_in(text)
    assert stand <= {(number, at) for number, places in found.items() for at in places}


@pytest.mark.parametrize(
    ("alternative", "held"),
    [
        (r"\bplanning (?:applications?|appeals?)\b", [{"planning "}, {"application", "appeal"}]),
        (r"(?:noise|odou?rs?)", [{"noise", "odo"}]),
        (r"recycl\w+", [{"recycl"}]),
        (r"(?:pm|air) quality", [{" quality"}]),
        (r"(?:perhaps)?or", []),
        (r"(?!not this)\w+", []),
        (r"'\u20191234", [{"1234"}]),
    ],
)
def test_says_what_must_stand(alternative: str, held: list[set[str]]) -> None:
    """Letters that every match needs are named, the most telling first; what may be left out, or must not be, is not."""
    assert [set(each) for each in must_hold(alternative, ignore_case=True)] == held


def test_letters_with_odd_cases_are_left_to_the_pattern() -> None:
    """A dotted capital I is an i where case is ignored, though it is none in lower case."""
    assert Sifted("planning").search("plann\u0130ng") is not None


@pytest.mark.parametrize("name", ["LOOKALIKES", "ABOUT_STAFF", "OWN_DATA", "OTHERS_DATA"])
def test_the_words_of_the_laws_can_be_sifted(name: str) -> None:
    """The large patterns are not run on a text that has nothing of them, which is what makes a mail quick to read."""
    assert not getattr(regime_words, name).may_stand_in("zzz")


def test_the_wording_of_triage_can_be_sifted() -> None:
    """Nearly all rules name what they need."""
    rules = wording.REQUEST_RULES
    assert sum(bool(rule.pattern.telling) for rule in rules) == len(rules)
    assert not asking.CONTENT.may_stand_in("zzz")
