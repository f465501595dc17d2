"""What reads badly or misleads in the wording around the answers: the oddities of the oldest letters (domain.md section 7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.domain.request import Regime
from pipeline.letters.checking import words
from pipeline.letters.checking.findings import THE_LETTER, Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.letters.authority import AuthorityFacts
    from pipeline.letters.checking.slices import Slices
    from pipeline.letters.model import LetterRecord

_CALENDAR_DAYS = re.compile(
    r"within [0-9]{1,3} (?:calendar )?days\b|\bdate of receipt of (?:our|this|the) (?:response|letter|decision)"
)
_IN_BRACKETS = re.compile(r"\b(?:exemption|exception|section|regulation|question|document|request)\(s\)")
_OLD_LABEL = "information reasonably accessible to the applicant by other means"
_SLIPS = ("find of useful", "please do not hesitate to contact to", "in regards to your request to")
_DEAD = re.compile(r"\]\(#?\)|<#?>|: #(?:\n|$)")
_PORTAL = re.compile(r"(?<![@\w.])(?:https?://)?(?:www\.)?ico\.org\.uk")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}")


def oddity_findings(record: LetterRecord, slices: Slices, authority: AuthorityFacts) -> Iterator[Finding]:
    """Warn of slips in the wording of the letter; none of them keeps it from going."""
    ours, frame = slices.ours.casefold(), slices.frame.casefold()
    rows = (
        (Rule.REVIEW_WINDOW, _calendar_window(frame, record), "count 40 working days from the date of the letter"),
        (
            Rule.TWO_LABELS,
            "request id" in frame and "reference number" in frame and '"Request ID" and "reference number"',
            "call the reference by one name",
        ),
        (Rule.PLURAL_IN_BRACKETS, _first(_IN_BRACKETS, ours), "say which it is"),
        (Rule.SECTION_21_LABEL, _OLD_LABEL in ours and f'"{_OLD_LABEL}"', "use the section's own heading"),
        (Rule.SLIP, next((f'"{slip}"' for slip in _SLIPS if slip in ours), ""), "mend the wording"),
        (Rule.TWO_SPELLINGS, _two_spellings(frame), "spell it one way"),
        (Rule.DEAD_LINK, _dead_link(slices), "fill in the address in authority.publications"),
        (Rule.OTHER_LAW_NAMED, _other_law(record, slices, authority), "leave the other law out"),
        (
            Rule.COMMISSIONER_LINK,
            "information commission" in frame
            and not _PORTAL.search(frame)
            and "the Commissioner's website is not given",
            "give the address of the complaints page, https://ico.org.uk/make-a-complaint/",
        ),
    )
    for rule, found, remedy in rows:
        if found:
            yield Finding(rule=rule, place=THE_LETTER, words=str(found), remedy=remedy)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return f'"{found[0]}"' if found else ""


def _calendar_window(frame: str, record: LetterRecord) -> str:
    if record.laws == {Regime.SAR} or "review" not in frame:
        return ""
    return _first(_CALENDAR_DAYS, frame)


def _two_spellings(frame: str) -> str:
    bare = _ADDRESS.sub(" ", frame)
    both = re.search(r"\be-mail\b", bare) and re.search(r"\bemail\b", bare)
    return '"E-mail" and "email"' if both else ""


def _dead_link(slices: Slices) -> str:
    return "a link leads nowhere" if _DEAD.search(slices.ours) else ""


def _other_law(record: LetterRecord, slices: Slices, authority: AuthorityFacts) -> str:
    """Look for the other access law in the wording of a letter under one; what is published and who writes are left alone."""
    if len(record.laws) > 1 or Regime.SAR in record.laws:
        return ""
    text = words.without_links(slices.frame)
    who = record.authority.over(authority)
    for own in (who.team, who.name, who.sign_off, who.email, who.website, *who.address):
        text = text.replace(own, " ") if own else text
    found = words.names_other_law(text, environmental=Regime.EIR in record.laws)
    return f'it speaks of "{found}"' if found else ""
