"""Reads a provision as people write it ("s.40(2)", "regulation 12 (5)(e)", "sch 2 para 16") into one spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.request import Regime


class ProvisionSource(StrEnum):
    """Where a provision stands: a section of the FOIA, a regulation of the EIR, a schedule to the DPA 2018."""

    SECTION = "section"
    REGULATION = "regulation"
    SCHEDULE = "schedule"


LAW_OF = {
    ProvisionSource.SECTION: Regime.FOI,
    ProvisionSource.REGULATION: Regime.EIR,
    ProvisionSource.SCHEDULE: Regime.SAR,
}
SOURCE_OF = {law: source for source, law in LAW_OF.items()}
_SHORT = {ProvisionSource.SECTION: "s.", ProvisionSource.REGULATION: "reg ", ProvisionSource.SCHEDULE: "sch "}

_LONGEST = 120
# All of these read text without white space and in small letters.
_LAW_BEHIND = re.compile(
    r"(?:of|under)?(?:the)?(?:freedomofinformationact(?:2000)?|foia?(?:act)?(?:2000)?"
    r"|environmentalinformationregulations(?:2004)?|eirs?(?:2004)?|dataprotectionact(?:2018)?|dpa(?:2018)?)$"
)
_PARTS = r"((?:(?:(?:and|with|byvirtueof|[,+&])(?:section|s\.?|regulation|reg\.?)?[0-9]{0,2})?\([0-9a-z]{1,4}\)){0,8})"
_SHAPES = {
    ProvisionSource.SECTION: re.compile(rf"(sections?|sect?\.?|s\.?)?([0-9]{{1,2}}a?){_PARTS}"),
    ProvisionSource.REGULATION: re.compile(rf"(regulations?|regs?\.?|r\.?)?([0-9]{{1,2}}){_PARTS}"),
    ProvisionSource.SCHEDULE: re.compile(
        rf"(schedule|sch(?:ed)?\.?)?([0-9]{{1,2}}(?:,?para(?:graph)?\.?[0-9]{{1,2}})?){_PARTS}"
    ),
}
_PARAGRAPH_FIRST = re.compile(r"para(?:graph)?\.?([0-9]{1,2})((?:\([0-9a-z]{1,4}\)){0,6})(?:of)?(sch.{1,6}[0-9]{1,2})")
_ONE_PART = re.compile(r"\(([0-9a-z]{1,4})\)")
_PARAGRAPH = re.compile(r",?para(?:graph)?\.?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A provision cited: *number* is "40(2)", "12(5)(e)" or, for a schedule, "2 para 16"."""

    source: ProvisionSource
    number: str

    @property
    def regime(self) -> Regime:
        """The law it belongs to."""
        return LAW_OF[self.source]

    @property
    def short(self) -> str:
        """As officers write it: "s.40(2)", "reg 12(5)(e)", "sch 2 para 16"."""
        return _SHORT[self.source] + self.number

    @property
    def key(self) -> str:
        """The same for every spelling of one provision."""
        return f"{self.source} {number_key(self.number)}"


def number_key(number: str) -> str:
    """Fold the spellings of one number together: case, spaces, and the words between "40(2)" and "(3A)(a)"."""
    squeezed = "".join(number.split()).casefold()
    head = squeezed.partition("(")[0]
    return head + "".join(f"({part})" for part in _ONE_PART.findall(squeezed))


def parse_citation(text: str, source: ProvisionSource | None = None) -> Citation | None:
    """Read *text* as a citation; with *source* the word before the number may be missing. None for what is none.

    Takes any case and spacing, "s", "section", "reg.", "regulation", "sch", "and (3A)(a)", and the law's name behind.
    """
    if len(text) > _LONGEST:
        return None
    squeezed = _LAW_BEHIND.sub("", "".join(text.split()).casefold())
    if turned := _PARAGRAPH_FIRST.fullmatch(squeezed):
        squeezed = f"{turned[3]}para{turned[1]}{turned[2]}"
    for candidate, shape in _SHAPES.items():
        found = shape.fullmatch(squeezed)
        if found and (found[1] or candidate is source):
            return Citation(source=candidate, number=_number(found[2], found[3]))
    return None


def _number(head: str, parts: str) -> str:
    """Write the number the way the law does: "22A", "(5B)", "2 para 16", and " and " where parts were joined by a word."""
    written = _PARAGRAPH.sub(" para ", head) if "para" in head else head.upper()
    for found in re.finditer(r"([^()]{0,40})\(([0-9a-z]{1,4})\)", parts):
        part = found[2].upper() if found[2][0].isdigit() else found[2]
        written += f"{' and ' if found[1] else ''}({part})"
    return written
