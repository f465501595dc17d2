"""Words for the search: folding, what an index keeps, and what an officer typed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.search_words import Wanted, fold, indexed, marks, months_between, wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Café LICENCES", ["cafe", "licences"]),
        ("O'Brien's tŷ bach", ["o", "brien", "s", "ty", "bach"]),
        ("anti-social_behaviour", ["anti", "social", "behaviour"]),
        ("Straße \ufb01ne \uff21\uff11", ["strasse", "fine", "a1"]),
        ("", []),
    ],
)
def test_folding_takes_accents_capitals_and_widths_off(text: str, words: list[str]) -> None:
    """However a word is written, it is kept one way."""
    assert fold(text) == words


@given(st.text())
def test_folded_words_hold_nothing_that_a_database_reads_as_a_sign(text: str) -> None:
    """No quote, star, underscore or blank gets through from anything typed, and no word looks like a mark."""
    found = wanted(text)
    for word in (*found.words, found.beginning, *fold(text)):
        assert all(c.isalnum() for c in word)
        assert len(word) <= 64


@given(st.text())
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    """The index and the question agree, whichever way a word came in."""
    once = fold(text)
    assert fold(" ".join(once)) == once


def test_the_index_keeps_each_word_once_and_a_references_digits() -> None:
    """A case is found by the number alone, too."""
    assert indexed(["FOI598335296", "clinics and clinics"]) == ["598335296", "and", "clinics", "foi598335296"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("parking fin", Wanted(words=("parking",), beginning="fin")),
        ("parking fines ", Wanted(words=("parking", "fines"))),
        ("parking to", Wanted(words=("parking", "to"))),
        ("foi 598 335 296", Wanted(references=("FOI598335296",))),
        ("foi598335296", Wanted(references=("FOI598335296",))),
        ("fines FOI-598335296", Wanted(words=("fines",), references=("FOI598335296",))),
        ("FOI598335296 fines", Wanted(beginning="fines", references=("FOI598335296",))),
        ("Alex@Example.ORG", Wanted(addresses=("alex@example.org",))),
        ("<alex@example.org>, fines ", Wanted(words=("fines",), addresses=("alex@example.org",))),
        ("foi598", Wanted(beginning="foi598")),
        ('"fines" OR (NEAR* -x:', Wanted(words=("fines", "or", "near", "x"))),
        ("!! ", Wanted()),
    ],
)
def test_what_an_officer_typed(typed: str, expected: Wanted) -> None:
    """References and addresses are told from words, the last word may be a beginning, and nothing is an operator."""
    assert wanted(typed) == expected
    assert wanted(typed).nothing is (expected == Wanted())


def test_marks_say_where_a_case_stands_and_when_it_came() -> None:
    """Open or done, the year and the month, in words that nobody can type."""
    assert marks(is_open=True, received_on=date(2026, 3, 2)) == ("_open", "_2026", "_202603")
    assert marks(is_open=False, received_on=date(2026, 12, 31))[0] == "_done"


def test_months_of_a_span() -> None:
    """Both ends are included; a long span is named by years; an open end reaches as far as cases can."""
    assert months_between(date(2025, 11, 30), date(2026, 2, 1)) == ("_202511", "_202512", "_202601", "_202602")
    assert months_between(date(2020, 5, 1), date(2023, 1, 1)) == ("_2020", "_2021", "_2022", "_2023")
    assert "_2026" in months_between(date(2020, 5, 1), None)
    assert "_2001" in months_between(None, date(2003, 5, 1))
    assert months_between(None, None) == ()
    assert months_between(date(2026, 2, 1), date(2026, 1, 1)) == ()
