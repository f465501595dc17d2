"""Columns that give people away: names, dates of birth and telephone numbers by their heading, and counts from 1 to 4."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.letters.release.packages import whole_number
from pipeline.letters.release.personal import BIRTH, DATE, OwnContacts, is_personal_phone
from pipeline.letters.release.wording import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.letters.release.findings import Notes, Table

_MOST_HEADING = 60  # characters
_HEADING_WITHIN = 15  # rows: titles and notes stand above a table's headings
_BIRTH_HEADING = re.compile(rf"\W*(?:{BIRTH})\b.*", re.IGNORECASE)
_PHONE_HEADING = re.compile(r".*\b(?:phone|telephone|mobile|tel|ffôn)\b.*", re.IGNORECASE)
_WHO = (
    r"(?:full|first|last|middle|given|family|known as|child'?s?|children'?s|staff|employee|officer|customer|tenant|resident|applicant|client|"
    r"patient|pupil|student|contact|claimant|complainant|requester|owner|driver|licensee|next of kin|person'?s?)"
)
_NAME_HEADING = re.compile(
    rf"\W*(?:(?:{_WHO} )?names?|{_WHO} names?\b.*|(?:fore|sur)names?|names? of (?:the )?{_WHO}s?|enw(?:au)?)\W*",
    re.IGNORECASE,
)
_NO_COUNT = re.compile(
    r"\W*(?:(?:question|item|row|line|page|case|serial|order|ward|lot|site|route|house|plot|unit|q) ?)?"
    r"(?:no\.?|number|num|id|#|ref\.?|reference|q|rank|order|year(?: group)?|month|quarter|qtr|week|day|period|stage|band|level|score|rating|"
    r"grade|floor|page|row|line|version|item|question|bedrooms?|beds|age|tier|class|category|type|priority|zone|phase|%|per ?cent(?:age)?)?\W*",
    re.IGNORECASE,
)
_DATE = re.compile(rf"{DATE}(?:[ T][0-9:.]{{1,15}})?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2}")
_SMALL = frozenset({"1", "2", "3", "4"})
_LOST_ZERO = re.compile(r"[127][0-9]{8,9}")
_RUN = 3


def search_tables(tables: Iterable[Table], own: OwnContacts, notes: Notes) -> None:
    """Note names, dates of birth and telephone numbers under their headings, and small counts, in each of *tables*."""
    for table in tables:
        columns: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for number, row in enumerate(table.rows):
            for column, value in enumerate(row):
                if value.strip():
                    columns[column].append((number, value.strip()))
        for column, filled in sorted(columns.items()):
            _search_column(table, column, filled, own, notes)
            if len(columns) > 1:
                _small_counts(table, column, filled, notes)


def _search_column(table: Table, column: int, filled: list[tuple[int, str]], own: OwnContacts, notes: Notes) -> None:
    for at, (row, heading) in enumerate(filled):
        if len(heading) > _MOST_HEADING:
            continue
        below = filled[at + 1 :]
        if _BIRTH_HEADING.fullmatch(heading):
            beside = table.rows[row][column + 1].strip() if column + 1 < len(table.rows[row]) else ""
            count = sum(1 for _, value in below if _DATE.fullmatch(value)) + bool(_DATE.fullmatch(beside))
            notes.add(Rule.BIRTH_DATE, table.cell(row, column), count)
            return
        if row >= _HEADING_WITHIN:
            return
        if _NAME_HEADING.fullmatch(heading) and any(_WORD.search(value) for _, value in below):
            notes.add(Rule.NAMES_COLUMN, table.cell(row, column))
            return
        if _PHONE_HEADING.fullmatch(heading):
            # A spreadsheet drops the leading 0 of a number it takes for an amount; whole ones are found by their shape.
            lost = [value for _, value in below if _LOST_ZERO.fullmatch(value)]
            notes.add(
                Rule.PHONE,
                table.cell(row, column),
                sum(1 for value in lost if is_personal_phone(f"0{value}") and not own.phone(f"0{value}")),
            )
            return


def _small_counts(table: Table, column: int, filled: list[tuple[int, str]], notes: Notes) -> None:
    small = [row for row, value in filled if value in _SMALL]
    if not small:
        return
    headings = [value for row, value in filled if row < small[0] and _WORD.search(value)]
    if headings and _NO_COUNT.fullmatch(headings[-1][:_MOST_HEADING]):
        return
    whole = [number for _, value in filled if (number := whole_number(value)) is not None]
    if len(whole) >= _RUN and all(later - earlier == 1 for earlier, later in pairwise(whole)):
        return  # a running number, not a count
    notes.add_all(Rule.SMALL_COUNTS, (table.cell(row, column) for row in small))
