"""From when on the schedule lets go: whole London days, years by the calendar, nothing where nothing is set."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pipeline.domain.filenames import safe_name
from pipeline.domain.retention import WORDS, Rule, Schedule, years_before


def test_what_ended_on_a_day_is_kept_for_all_of_its_last_day() -> None:
    """Three years after 22 November 2023 that day's cases are still kept on 22 November 2026, and gone the day after."""
    schedule = Schedule(years={Rule.REQUEST: 3}, days={})
    closed = datetime(2023, 11, 22, 23, 30, tzinfo=UTC)
    on_the_day = schedule.until(Rule.REQUEST, datetime(2026, 11, 22, 23, 59, tzinfo=UTC))
    day_after = schedule.until(Rule.REQUEST, datetime(2026, 11, 23, 0, 1, tzinfo=UTC))
    assert on_the_day is not None
    assert day_after is not None
    assert on_the_day <= closed < day_after


def test_days_are_those_of_london() -> None:
    """Half past eleven in the evening UTC is tomorrow in a London summer."""
    schedule = Schedule(years={}, days={Rule.OTHER_MAIL: 1})
    until = schedule.until(Rule.OTHER_MAIL, datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    assert until == datetime(2026, 6, 30, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize("rule", list(Rule))
def test_what_has_no_time_is_kept(rule: Rule) -> None:
    """Nothing, or 0, keeps for good; and every rule has its words."""
    now = datetime(2026, 7, 1, tzinfo=UTC)
    assert Schedule(years={}, days={}).until(rule, now) is None
    assert Schedule(years={rule: 0}, days={rule: 0}).until(rule, now) is None
    assert WORDS[rule]


def test_the_twenty_ninth_of_february_has_a_day_in_every_year() -> None:
    """It falls back by one where the earlier year has none."""
    assert years_before(date(2028, 2, 29), 3) == date(2025, 2, 28)
    assert years_before(date(2028, 2, 29), 4) == date(2024, 2, 28)
    assert years_before(date(2026, 11, 22), 3) == date(2023, 11, 22)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("budget 2025.xlsx", "budget_2025.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\calc.exe", "calc.exe"),
        ("/etc/shadow", "shadow"),
        ("C:\\a:b.txt", "a_b.txt"),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("", "file"),
        ("a\x00b\r\nc.pdf", "a_b_c.pdf"),
        ("résumé.doc", "resume.doc"),
        ("請求.pdf", "file.pdf"),
        ("x" * 300 + ".pdf", "x" * 49 + ".pdf"),
        ("photo.jpg\u202egpj.exe", "photo.jpggpj.exe"),
    ],
)
def test_names_of_strangers_become_safe(name: str, safe: str) -> None:
    """No folder, no control character, no leading dot, no endless name; the ending stays."""
    assert safe_name(name) == safe
