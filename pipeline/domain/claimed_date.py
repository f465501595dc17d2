"""Reads the date in a forwarded mail's header lines, as mail programs write it for people, in English or Welsh; claimed, never trusted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

_LONDON = ZoneInfo("Europe/London")
_LOOK_AT = 200
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WELSH = ("ion", "chwef", "maw", "ebr", "mai", "meh", "gorff", "awst", "medi", "hyd", "tach", "rhag")
_MONTHS = {name: number for names in (_ENGLISH, _WELSH) for number, name in enumerate(names, start=1)}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))

_DAY_FIRST = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th|af|ail|ydd|ain|eg|fed)?[ .-](?:of )?({_MONTH})[a-z]{{0,8}}[ .,-]{{1,3}}(\d{{4}})\b"
)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})[a-z]{{0,8}}\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b")
_NUMBERS = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})")
_TIME = re.compile(r"(?<!\d)(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s?([ap])?\.?(?:m\b)?")
_OFFSET = re.compile(r"(?:\b(?:gmt|utc)|(?<=\d))\s?([+-])(\d{2}):?(\d{2})\b")
_ZONE = re.compile(r"(?<![a-z])(gmt|utc|bst|z)\b")
_ZONES = {"gmt": 0, "utc": 0, "z": 0, "bst": 1}
_NOON = 12
_CENTURY = 2000


def claimed_date(text: str) -> datetime | None:
    """The instant that *text* names, in UTC; a time without a zone is London's, a day without a time counts from noon. None when unreadable.

    Days stand before months where only numbers are given, as in British usage; only where that makes no date is it read the other way.
    """
    said = " ".join(text[:_LOOK_AT].casefold().replace("\u202f", " ").replace("\u200e", "").split())
    found = _day(said)
    if found is None:
        return None
    (year, month, day), rest = found
    hour, minute, second = _time(rest)
    try:
        naive = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - its zone is put on below
    except ValueError:
        return None
    offset = _offset(rest)
    zone = _LONDON if offset is None else timezone(offset)
    try:
        return naive.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return None


def _day(said: str) -> tuple[tuple[int, int, int], str] | None:
    """Year, month and day, and the text without them."""
    if match := _ISO.search(said):
        return (int(match[1]), int(match[2]), int(match[3])), said[: match.start()] + " " + said[match.end() :]
    if match := _DAY_FIRST.search(said):
        return (int(match[3]), _MONTHS[match[2]], int(match[1])), said[: match.start()] + " " + said[match.end() :]
    if match := _MONTH_FIRST.search(said):
        return (int(match[3]), _MONTHS[match[1]], int(match[2])), said[: match.start()] + " " + said[match.end() :]
    match = _NUMBERS.search(said)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    day, month = (first, second) if second <= len(_ENGLISH) else (second, first)
    return (year if year > 99 else year + _CENTURY, month, day), said[: match.start()] + " " + said[match.end() :]  # noqa: PLR2004 - two digits


def _time(rest: str) -> tuple[int, int, int]:
    match = _TIME.search(rest)
    if match is None:
        return _NOON, 0, 0
    hour = int(match[1])
    if match[4] == "p" and hour < _NOON:
        hour += _NOON
    if match[4] == "a" and hour == _NOON:
        hour = 0
    return hour, int(match[2]), int(match[3] or 0)


def _offset(rest: str) -> timedelta | None:
    """How far the named zone is from UTC; None when none is named."""
    if match := _OFFSET.search(rest):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        if offset < timedelta(hours=24):
            return -offset if match[1] == "-" else offset
    zone = _ZONE.search(rest)
    return timedelta(hours=_ZONES[zone[1]]) if zone else None
