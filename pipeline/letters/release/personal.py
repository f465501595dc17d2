"""Shapes of personal data in text: contact details, numbers with a check digit, dates of birth. Hints for an officer, never a verdict."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from stdnum import luhn
from stdnum.gb import nhs

from pipeline.letters.release.wording import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pipeline.letters.release.findings import Notes, Passage

MAX_TEXT = 6_000_000  # characters of one file
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
DATE = (
    r"(?:[0-9]{1,2}[./ -][0-9]{1,2}[./ -][0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)? (?:{_MONTHS})[a-z]{{0,6}},? [0-9]{{4}})"
)
BIRTH = r"(?:d\.?o\.?b|dates? of birth|birth ?date|birthday|dyddiad geni)"
_EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_PHONE = re.compile(r"(?<![\w+.])(?:(?:\+|00)44[ .-]?(?:\(0\)[ .-]?)?|\(?0)(?:[0-9][ ().-]{0,2}){8,9}[0-9](?![0-9])")
_POSTCODE = re.compile(
    r"\b(?:GIR ?0AA|[A-PR-UWYZ][A-HK-Y]?[0-9][A-Z0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2})\b"
    r"|\b[a-pr-uwyz][a-hk-y]?[0-9][a-z0-9]? [0-9][abd-hjlnp-uw-z]{2}\b"
)
_NI_NUMBER = re.compile(
    r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[A-D]\b",
    re.IGNORECASE,
)
_NHS_NUMBER = re.compile(r"(?<![\w.+-])[1-9][0-9]{2}([ -]?)[0-9]{3}\1[0-9]{4}(?![\w-]|\.[0-9])")
_CARD = re.compile(r"(?<![\w.-])[2-6](?:[ -]?[0-9]){12,18}(?![\w-]|\.[0-9])")
_BIRTH_DATE = re.compile(rf"\b(?:{BIRTH}|born(?: on)?)\b[^\n0-9]{{0,30}}{DATE}", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0]+")


class OwnContacts:
    """The council's own addresses, domains, telephone numbers and postcodes, which are no finding."""

    def __init__(self, entries: Iterable[str]) -> None:
        """*entries* as people write them: an e-mail address, a domain ("example.gov.uk"), a telephone number or a postcode."""
        plain = {entry.strip().casefold() for entry in entries if entry.strip()}
        self._addresses = frozenset(entry for entry in plain if "@" in entry.strip("@"))
        self._domains = tuple(
            entry.strip("@").removeprefix("www.") for entry in plain - self._addresses if "." in entry
        )
        self._phones = frozenset(number for entry in plain if len(number := national(entry)) >= 10)  # noqa: PLR2004 - the shortest number
        self._postcodes = frozenset(_SPACES.sub("", entry).upper() for entry in plain if len(entry) <= 9)  # noqa: PLR2004 - the longest, with room

    def email(self, address: str) -> bool:
        """Whether an e-mail address is the council's: itself, its domain or a domain above it is listed."""
        lowered = address.casefold().rstrip(".")
        domain = lowered.rpartition("@")[2]
        return lowered in self._addresses or any(domain == own or domain.endswith(f".{own}") for own in self._domains)

    def phone(self, number: str) -> bool:
        """Whether a telephone number is the council's, however it is written."""
        return national(number) in self._phones

    def postcode(self, code: str) -> bool:
        """Whether a postcode is the council's, with or without its blank."""
        return _SPACES.sub("", code).upper() in self._postcodes


def search(passages: Sequence[Passage], own: OwnContacts, notes: Notes) -> None:
    """Note every shape of personal data in *passages* with its place; beyond MAX_TEXT characters the rest is noted as not searched."""
    starts: list[int] = []
    pieces: list[str] = []
    length = 0
    for passage in passages:
        if length + len(passage.text) > MAX_TEXT:
            notes.add(Rule.PARTLY_CHECKED, f"from {passage.place}")
            break
        starts.append(length)
        pieces.append(passage.text)
        length += len(passage.text) + 1
    text = "\n".join(pieces).replace("\u00a0", " ").replace("\u2011", "-")
    for rule, pattern, counts in _shapes(own):
        for found in pattern.finditer(text):
            if counts(found.group()):
                notes.add(rule, passages[bisect_right(starts, found.start()) - 1].place)


def _shapes(own: OwnContacts) -> tuple[tuple[Rule, re.Pattern[str], Callable[[str], bool]], ...]:
    return (
        (Rule.CARD, _CARD, is_card),
        (Rule.NHS_NUMBER, _NHS_NUMBER, is_nhs_number),
        (Rule.NI_NUMBER, _NI_NUMBER, lambda _: True),
        (Rule.BIRTH_DATE, _BIRTH_DATE, lambda _: True),
        (Rule.EMAIL, _EMAIL, lambda found: not own.email(found)),
        (Rule.PHONE, _PHONE, lambda found: is_personal_phone(found) and not own.phone(found)),
        (Rule.POSTCODE, _POSTCODE, lambda found: not own.postcode(found)),
    )


def is_card(number: str) -> bool:
    """Whether digits are a payment card's: a length its issuer uses and the Luhn check digit (ISO/IEC 7812-1, annex B)."""
    digits = re.sub(r"[^0-9]", "", number)
    lengths = {"2": {16}, "3": {14, 15}, "4": {13, 16, 19}, "5": {16}, "6": {16, 17, 18, 19}}
    return len(digits) in lengths.get(digits[:1], set()) and len(set(digits)) > 1 and bool(luhn.is_valid(digits))


def is_nhs_number(number: str) -> bool:
    """Whether ten digits are an NHS number: its last is a check digit modulo 11 (NHS Data Dictionary)."""
    digits = re.sub(r"[^0-9]", "", number)
    return len(set(digits)) > 1 and bool(nhs.is_valid(digits))


def is_personal_phone(number: str) -> bool:
    """Whether a UK number may be somebody's: landlines and mobiles (01, 02, 07), not the 03, 05, 08 and 09 numbers of organisations."""
    return national(number)[:2] in {"01", "02", "07"}


def national(number: str) -> str:
    """The digits of a telephone number in its national form: +44 (0)20 7946 0000 is 02079460000; empty when there are none."""
    digits = re.sub(r"[^0-9]", "", number)
    if digits.startswith("0044"):
        digits = digits[2:]
    if digits.startswith("44"):
        digits = "0" + digits[2:].removeprefix("0")
    return digits
