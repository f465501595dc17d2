"""Dates as mail programs write them for people become instants; anything else becomes none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.claimed_date import claimed_date


@pytest.mark.parametrize(
    ("text", "month", "day", "hour", "minute"),
    [
        ("06 January 2025 09:58", 1, 6, 9, 58),
        ("Monday, January 6, 2025 9:58 AM", 1, 6, 9, 58),
        ("Monday, January 6, 2025 9:58:12 pm", 1, 6, 21, 58),
        ("Mon, 6 Jan 2025 at 09:58", 1, 6, 9, 58),
        ("6 January 2025 at 09:58:00 GMT", 1, 6, 9, 58),
        ("06/01/2025 09:58 (GMT+00:00)", 1, 6, 9, 58),
        ("06/01/25 9.58", 1, 6, 9, 58),
        ("2025-01-06T09:58Z", 1, 6, 9, 58),
        ("Mon, 6 Jan 2025 09:58:00 +0100", 1, 6, 8, 58),
        ("Mon, 6 Jan 2025 09:58:00 -0530", 1, 6, 15, 28),
        ("Dydd Llun, 6 Ionawr 2025 09:58", 1, 6, 9, 58),
        ("13 Gorffennaf 2025 14:02", 7, 13, 13, 2),
        ("6 July 2025 at 09:58:12 BST", 7, 6, 8, 58),
        ("6 July 2025 09:58", 7, 6, 8, 58),
        ("01/13/2025 9:00 AM", 1, 13, 9, 0),
        ("6 January 2025 12:10 AM", 1, 6, 0, 10),
        ("Tuesday 7th January 2025", 1, 7, 12, 0),
    ],
)
def test_dates_that_can_be_read(text: str, month: int, day: int, hour: int, minute: int) -> None:
    """The instant is right in UTC, London's summer time included."""
    at = claimed_date(text)
    assert at is not None
    assert at.replace(second=0) == datetime(2025, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "99/99/2025", "31 February 2025", "6 January", "0/0/0000", "2025"])
def test_dates_that_can_not(text: str) -> None:
    """What names no day is none."""
    assert claimed_date(text) is None


@given(st.text(alphabet=st.sampled_from("0123456789/-:. +gmtjanuarypm"), max_size=60))
def test_any_text_gives_an_instant_or_none(text: str) -> None:
    """No text makes it fail; what comes out is aware."""
    at = claimed_date(text)
    assert at is None or at.tzinfo is UTC
