"""Reads the CSV file with which open cases from another system are taken over; every row that can't be read is named.

The first row has the names of the columns, in any order; a column that is not needed may be left out. UTF-8, with commas or semicolons.

  own_reference    needed   the number the case has had so far; mail that quotes it in its subject still finds the case
  received_on      needed   the day of receipt, 2025-01-31 or 31/01/2025
  text             needed   what was asked for, in the requester's words, numbered as they numbered it
  requester_name            who asks; at least one of these three is needed
  requester_email
  postal_address
  law                       foi, eir or sar; else the words decide
  channel                   post, telephone, counter, web_form, social_media, or before_us (so where it is empty)
  subject, topic            a line each
  stage                     new, drafting, for_approval (drafted again here) or waiting (for a clarification); new where it is empty
  events                    what happened to its clock, with semicolons between: clarification_asked=2025-01-10; clarification_received=…
  acknowledged_on           the day it was acknowledged
  owner, team               the officer who has it, by e-mail address; the team that alone sees it
  letters_sent, note        words, kept as notes on the case
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pipeline.domain.clock_events import parse_event, parse_when
from pipeline.domain.errors import UsageError
from pipeline.domain.request import Regime
from pipeline.stages.counter.entry import Channel, Entry, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.domain.clock_events import Event

T = TypeVar("T", bound=StrEnum)
NEEDED = ("own_reference", "received_on", "text")
COLUMNS = (
    *NEEDED, "requester_name", "requester_email", "postal_address", "law", "channel", "subject", "topic", "stage",
    "events", "acknowledged_on", "owner", "team", "letters_sent", "note",
)  # fmt: skip
_MOST_ROWS = 20_000
_LONGEST_CELL = 1_000_000  # characters
_BRITISH = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


class Problem(NamedTuple):
    """What is wrong in one row (the first row of data is 2, as a spreadsheet numbers them): its column, what, and the remedy."""

    row: int
    column: str
    words: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file: how many *rows* it has, the (own reference, new reference) of what was opened, and what stood in the way.

    After a *dry_run*, or where there are problems, nothing was opened and the new references are empty.
    """

    rows: int
    opened: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]
    dry_run: bool


@dataclass(slots=True, kw_only=True)
class Rows:
    """A file as read: entries by row, and what could not be read of the others."""

    count: int = 0
    entries: list[tuple[int, Entry]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_rows(content: bytes) -> Rows:
    """Read the CSV file *content*. Raises UsageError for what is no such file; what is wrong in one row is a problem of that row."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("the file is not UTF-8; save it from the spreadsheet as CSV UTF-8") from error
    first = text.partition("\n")[0]
    mark = ";" if first.count(";") > first.count(",") else ","
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    rows, numbers = Rows(), dict[str, int]()
    try:
        names = [name.strip() for name in next(reader, [])]
        _columns(names)
        for number, row in enumerate(reader, 2):
            if number > _MOST_ROWS + 1:
                raise UsageError(f"the file has more than {_MOST_ROWS} rows; cut it into several")
            cells = dict(zip(names, row, strict=False))
            if not any(value.strip() for value in cells.values()):
                continue
            rows.count += 1
            if any(value.strip() for value in row[len(names) :]):
                rows.problems.append(
                    Problem(
                        number, "", "it has more cells than there are columns", "put words with a comma into quotes"
                    )
                )
            own = cells.get("own_reference", "").strip()
            if own and own in numbers:
                words = f"{own} stands in row {numbers[own]}, too"
                rows.problems.append(Problem(number, "own_reference", words, "leave one of the two out"))
            numbers.setdefault(own, number)
            told = _Row(number, cells)
            entry = _entry(told)
            rows.problems += told.problems
            if entry is not None:
                rows.entries.append((number, entry))
    except csv.Error as error:
        raise UsageError(f"the file is no CSV: {error}; save it from the spreadsheet as CSV UTF-8") from error
    return rows


def _columns(names: list[str]) -> None:
    """Refuse a file whose first row is not that of this list."""
    missing = [name for name in NEEDED if name not in names]
    strange = [name for name in names if name and name not in COLUMNS]
    twice = sorted({name for name in names if names.count(name) > 1})
    wrong = [
        *([f"missing: {', '.join(missing)}"] if missing else []),
        *([f"not known: {', '.join(strange)[:200]}"] if strange else []),
        *([f"twice: {', '.join(twice)}"] if twice else []),
    ]
    if wrong:
        raise UsageError(
            f"the columns of the first row are not right ({'; '.join(wrong)}); they are: {', '.join(COLUMNS)}"
        )


class _Row:
    """The cells of one row, read one by one; what can't be read becomes a problem."""

    def __init__(self, number: int, cells: Mapping[str, str]) -> None:
        self._number = number
        self._cells = cells
        self.problems: list[Problem] = []

    def wrong(self, column: str, words: str, remedy: str) -> None:
        """Note what is wrong with a column."""
        self.problems.append(Problem(self._number, column, words, remedy))

    def text(self, column: str) -> str:
        """The words of a cell; "" where there is no such column."""
        return self._cells.get(column, "").strip()

    def day(self, column: str) -> date | None:
        """The day in a cell."""
        text = self.text(column)
        try:
            return _day(text) if text else None
        except (UsageError, ValueError):
            self.wrong(column, f"{text[:60]} is not a day", "write it as 2025-01-31 or 31/01/2025")
            return None

    def choice(self, column: str, kinds: type[T]) -> T | None:
        """One of *kinds*."""
        value = self.text(column).casefold().replace(" ", "_")
        if value in set(kinds):
            return kinds(value)
        if value:
            self.wrong(column, f"{value[:60]} is not known", f"write one of {', '.join(kinds)}")
        return None

    def events(self) -> tuple[Event, ...]:
        """What happened to the clock."""
        found: list[Event] = []
        for told in filter(None, (one.strip() for one in self.text("events").split(";"))):
            try:
                found.append(parse_event(told))
            except UsageError as error:
                self.wrong(
                    "events", str(error), "write them like clarification_asked=2025-01-10; fees_notice=2025-01-20"
                )
        return tuple(found)


def _entry(row: _Row) -> Entry | None:
    """The entry of a row; None where something is wrong, which then stands among its problems."""
    received = row.day("received_on")
    for column in NEEDED:
        if not row.text(column):
            row.wrong(column, "it is empty", "fill it in")
    made = Entry(
        text=row.text("text"),
        received_on=received or date.min,
        channel=row.choice("channel", Channel) or Channel.BEFORE_US,
        requester_name=row.text("requester_name"),
        requester_email=row.text("requester_email"),
        postal_address=row.text("postal_address"),
        subject=row.text("subject"),
        topic=row.text("topic"),
        regime=row.choice("law", Regime),
        acknowledge=False,
        team=row.text("team"),
        owner=row.text("owner"),
        note=row.text("note"),
        own_reference=row.text("own_reference"),
        events=row.events(),
        stage=row.choice("stage", Stage) or Stage.NEW,
        acknowledged_on=row.day("acknowledged_on"),
        letters_sent=row.text("letters_sent"),
    )
    return None if row.problems or received is None else made


def _day(text: str) -> date:
    """A day as the file may have it. Raises UsageError, ValueError."""
    british = _BRITISH.fullmatch(text)
    return parse_when(text) if british is None else date(int(british[3]), int(british[2]), int(british[1]))
