"""A spreadsheet as the check sees it, whatever program wrote it: sheets, cells, and what of them is hidden."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from pipeline.letters.release.findings import Passage, Table, column_letters

Value = str | int | float | bool | date | datetime | time | timedelta | None

MAX_CELLS = 1_000_000
MAX_ROW = 1_048_576
MAX_COLUMN = 16_384
MAX_EMPTY = 1_000_000  # empty places among the cells of a sheet that a copy of it may run over
_TABLE_CELLS = 400_000  # beyond this a table is sparse or huge, and only its text is looked at


class Visibility(StrEnum):
    """What a sheet's tab does."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    VERY_HIDDEN = "veryHidden"


@dataclass(slots=True)
class Cell:
    """One filled cell: its typed *value*, the number *format*, the *formula* behind it, and whether its look lets anyone read it."""

    value: Value
    format: str = "General"
    formula: str = ""
    unseen: bool = False  # its look hides it: same colour as its ground, or a format that shows nothing
    blacked: bool = False  # the same, on a dark ground: it was meant as a redaction

    @property
    def text(self) -> str:
        """The value in words: ISO dates, whole numbers without a point."""
        return shown(self.value)


@dataclass(slots=True, kw_only=True)
class Sheet:
    """One sheet: *cells* by (row, column), both from 0; *hidden_columns* as pairs of first and last."""

    name: str
    visibility: Visibility = Visibility.VISIBLE
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)

    def column_hidden(self, column: int) -> bool:
        """Whether *column* is hidden."""
        return any(first <= column <= last for first, last in self.hidden_columns)

    def place(self, row: int, column: int) -> str:
        """A cell as an officer finds it: Data!B2."""
        return f"{self.name}!{column_letters(column)}{row + 1}"

    def filled_hidden_rows(self) -> list[int]:
        """The hidden rows with something in them."""
        return sorted({row for row, _ in self.cells if row in self.hidden_rows})

    def filled_hidden_columns(self) -> list[int]:
        """The hidden columns with something in them."""
        return sorted({column for column in {column for _, column in self.cells} if self.column_hidden(column)})

    def empty_places(self) -> int:
        """How many empty places a copy of the sheet runs over, a blank row counting as one: a few cells can lie very far apart."""
        if not self.cells:
            return 0
        rows = {row for row, _ in self.cells}
        return len(rows) * (max(column for _, column in self.cells) + 1) - len(self.cells) + max(rows) + 1 - len(rows)

    def visible_rows(self) -> list[list[Cell | None]]:
        """What a reader of the sheet sees, hidden rows and columns closed up, blank ones kept; unseen cells are left out."""
        if self.visibility is not Visibility.VISIBLE or not self.cells:
            return []
        columns = [number for number in range(max(c for _, c in self.cells) + 1) if not self.column_hidden(number)]
        filled: dict[int, dict[int, Cell]] = defaultdict(dict)
        for (row, column), cell in self.cells.items():
            if not cell.unseen:
                filled[row][column] = cell
        last = max(filled, default=-1)
        shown_rows = (row for row in range(last + 1) if row not in self.hidden_rows)
        return [[filled[row].get(column) for column in columns] if row in filled else [] for row in shown_rows]

    def passages(self) -> list[Passage]:
        """Every cell's text with its place, hidden ones as well."""
        return [Passage(place=self.place(*at), text=cell.text) for at, cell in sorted(self.cells.items()) if cell.text]

    def table(self) -> Table | None:
        """The sheet as rows of text; None when it is empty or too sparse to be one."""
        if not self.cells:
            return None
        height, width = (max(at[axis] for at in self.cells) + 1 for axis in (0, 1))
        if height * width > _TABLE_CELLS:
            return None
        rows = [[""] * width for _ in range(height)]
        for (row, column), cell in self.cells.items():
            rows[row][column] = cell.text
        return Table(place=self.name, rows=rows, lettered=True)


def shown(value: Value) -> str:
    """A value in words: empty for None, ISO 8601 for dates, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)  # noqa: PLR2004 - beyond it floats skip integers
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)
