"""What the release check reports: rules, findings, and the plain words an officer reads for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.errors import InfogovError
from pipeline.letters.release.wording import WORDS, Level, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PLACES_NAMED = 6
LETTER = "the letter"
_FORMS = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """One file that would leave: *name* as the requester would see it, *content* as it would be sent."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that somebody should look at before the letter goes.

    *file* is the attachment's name, "a.zip > b.xlsx" for one inside another, or "the letter"; *place* names the first few spots within it,
    never what stands there, so that a stored finding repeats no personal data; *count* is how many spots in all. *words* say what was
    found, *remedy* what to do. A "stop" can't be waved through; an "accept" goes out once an approver has given a reason.
    """

    rule: Rule
    file: str
    place: str
    count: int
    words: str
    remedy: str
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseReport:
    """All findings, in the order of the files; empty when nothing was found."""

    findings: tuple[Finding, ...] = ()

    @property
    def stops(self) -> tuple[Finding, ...]:
        """The findings that nobody can wave through."""
        return tuple(finding for finding in self.findings if finding.level is Level.STOP)

    @property
    def rules(self) -> frozenset[Rule]:
        """Which rules found something."""
        return frozenset(finding.rule for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of readable text and where in its file it stands ("page 3", "sheet 'Data', cell B2")."""

    place: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of displayed text for the checks that need columns; *place* names the table, *cells* each cell by row and column, from 0."""

    place: str
    rows: Sequence[Sequence[str]]
    lettered: bool = False

    def cell(self, row: int, column: int) -> str:
        """How an officer finds this cell: "Data!B2" in a spreadsheet, else row and column from 1."""
        if self.lettered:
            return f"{self.place}!{column_letters(column)}{row + 1}"
        return f"{self.place}, row {row + 1}, column {column + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one reading of a file gave: findings about the file itself, its text for the personal-data checks, and files inside it."""

    findings: tuple[Finding, ...] = ()
    passages: tuple[Passage, ...] = ()
    tables: tuple[Table, ...] = ()
    inner: tuple[ReleaseFile, ...] = ()


class UncheckedError(InfogovError):
    """This file could not be checked."""

    def __init__(self, rule: Rule, detail: str) -> None:
        self.rule = rule
        self.detail = detail
        super().__init__(detail)


class Notes:
    """Gathers places by rule while a file is read, then makes one finding for each rule."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._places: dict[Rule, list[str]] = {}
        self._counts: dict[Rule, int] = {}

    def add(self, rule: Rule, place: str = "", count: int = 1) -> None:
        """Note that *rule* found something *count* times at *place*; a count of 0 notes nothing."""
        if count < 1:
            return
        self._counts[rule] = self._counts.get(rule, 0) + count
        places = self._places.setdefault(rule, [])
        if place and len(places) <= PLACES_NAMED and place not in places:
            places.append(place)

    def add_all(self, rule: Rule, places: Iterable[str]) -> None:
        """Note one hit of *rule* for each of *places*."""
        for place in places:
            self.add(rule, place)

    def findings(self) -> tuple[Finding, ...]:
        """One finding for each rule noted, in the order in which the rules are written down, stops first."""
        return tuple(
            found(rule, self._file, self._places[rule], self._counts[rule]) for rule in WORDS if rule in self._counts
        )


def found(rule: Rule, file: str, places: Sequence[str] = (), count: int = 1) -> Finding:
    """A finding of *rule* in *file*, with the first few of *places* written out."""
    text = WORDS[rule]
    place = "; ".join(places[:PLACES_NAMED]) + ("; and more" if len(places) > PLACES_NAMED else "")
    words = _FORMS.sub(lambda forms: forms[1 if count == 1 else 2], text.words).replace("{count}", str(count))
    return Finding(rule=rule, file=file, place=place, count=count, words=words, remedy=text.remedy, level=text.level)


def column_letters(column: int) -> str:
    """The letters of a spreadsheet column counted from 0: A, B, … Z, AA."""
    letters = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
