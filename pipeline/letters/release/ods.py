"""Looks into OpenDocument spreadsheets (ISO/IEC 26300, chapter 9): the same questions as for Excel's."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline.letters.release.cell_looks import look_of
from pipeline.letters.release.findings import Look, Notes, ReleaseFile, UncheckedError
from pipeline.letters.release.office_parts import inner_files
from pipeline.letters.release.opendocument import Styles, note_package, open_document
from pipeline.letters.release.packages import attribute, local, named, text_of, whole_number
from pipeline.letters.release.sheets import MAX_CELLS, MAX_COLUMN, MAX_ROW, Cell, Sheet, Value, Visibility
from pipeline.letters.release.spreadsheets import note_formulas, note_sheets
from pipeline.letters.release.wording import Rule

if TYPE_CHECKING:
    from pipeline.letters.release.packages import Budget, Element

_OTHER_FILE = re.compile(r"'file:[^']{1,500}'#")
_NUMBER = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,30})?")


def look_at_ods(file: ReleaseFile, budget: Budget) -> Look:
    """Everything found in an OpenDocument spreadsheet; raises UncheckedError when it can't be read."""
    package, content, styles = open_document(file, budget)
    notes = Notes(file.name)
    sheets = read_sheets(content, styles)
    note_sheets(sheets, notes)
    note_formulas(sheets, _OTHER_FILE, notes)
    note_package(package, content, notes)
    notes.add(Rule.PIVOT_CACHE, "in the document", sum(1 for _ in named(content, "data-pilot-table")))
    sources = list(
        named(content, "table-source", "cell-range-source", "dde-link", "database-source-sql", "database-source-table")
    )
    notes.add(Rule.EXTERNAL_LINKS, "in the document", len(sources))
    hidden = [sheet.name.casefold() for sheet in sheets if sheet.visibility is not Visibility.VISIBLE]
    for name in named(content, "named-range"):
        target = attribute(name, "cell-range-address").casefold()
        if "file:" in target or any(target.lstrip("$").startswith((f"{sheet}.", f"'{sheet}'.")) for sheet in hidden):
            notes.add(Rule.NAMED_RANGES, f"name '{attribute(name, 'name')}'")
    return Look(
        findings=notes.findings(),
        passages=tuple(passage for sheet in sheets for passage in sheet.passages()),
        tables=tuple(table for sheet in sheets if (table := sheet.table()) is not None),
        inner=inner_files(package, file.name),
    )


def read_sheets(content: Element, styles: Styles) -> tuple[Sheet, ...]:
    """Every sheet in *content* with typed values; raises UncheckedError for more cells than can be checked."""
    spreadsheet = next(named(content, "spreadsheet"), None)
    if spreadsheet is None:
        raise UncheckedError(Rule.UNREADABLE, "it holds no spreadsheet")
    reading = _Reading(styles)
    return tuple(reading.sheet(element) for element in spreadsheet if local(element) == "table")


class _Reading:
    """Fills sheets with cells; counts them over the whole document."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._cells = 0

    def sheet(self, element: Element) -> Sheet:
        """Read one <table:table>: its cells, and which columns and rows are hidden."""
        shown = self._styles.value("table", attribute(element, "style-name"), "table-properties", "display")
        sheet = Sheet(
            name=attribute(element, "name", "sheet"),
            visibility=Visibility.HIDDEN if shown == "false" else Visibility.VISIBLE,
        )
        column = 0
        for entry in named(element, "table-column"):
            repeated = _count(entry, "number-columns-repeated")
            if _collapsed(entry):
                sheet.hidden_columns.append((column, column + repeated - 1))
            column += repeated
        row = 0
        for entry in named(element, "table-row"):
            repeated = _count(entry, "number-rows-repeated")
            row = self._row(sheet, entry, row, repeated)
        return sheet

    def _row(self, sheet: Sheet, element: Element, row: int, repeated: int) -> int:
        cells: dict[int, Cell] = {}
        column = 0
        for entry in element:
            if local(entry) not in {"table-cell", "covered-table-cell"}:
                continue
            width = _count(entry, "number-columns-repeated")
            cell = self._cell(entry)
            if cell is not None:
                self._spend(width * repeated)
                cells |= dict.fromkeys(range(column, column + width), cell)
            column += width
        if column > MAX_COLUMN * 2 or row + repeated > MAX_ROW * 2:
            raise UncheckedError(Rule.UNREADABLE, "a cell lies outside any sheet")
        for number in range(row, row + repeated) if cells else ():
            sheet.cells.update({(number, column): cell for column, cell in cells.items()})
        if _collapsed(element) and cells:
            sheet.hidden_rows.update(range(row, row + repeated))
        return row + repeated

    def _spend(self, cells: int) -> None:
        self._cells += cells
        if self._cells > MAX_CELLS:
            raise UncheckedError(Rule.UNREADABLE, f"it has more than {MAX_CELLS:,} cells; split it or save it as CSV")

    def _cell(self, element: Element) -> Cell | None:
        formula = attribute(element, "formula")
        value = _value(element)
        if value is None and not formula:
            return None
        style = attribute(element, "style-name")
        font = self._styles.value("table-cell", style, "text-properties", "color").lstrip("#").upper()
        ground = (
            self._styles.value("table-cell", style, "table-cell-properties", "background-color").lstrip("#").upper()
        )
        look = look_of("General", _hex(font, "000000"), _hex(ground, "FFFFFF"))
        number_format = "yyyy-mm-dd" if isinstance(value, date) else "General"
        return Cell(value=value, format=number_format, formula=formula, unseen=look.unseen, blacked=look.blacked)


def _value(element: Element) -> Value:
    kind = attribute(element, "value-type")
    number = attribute(element, "value")
    if kind in {"float", "percentage", "currency"} and _NUMBER.fullmatch(number):
        found = float(number)
        return int(found) if found.is_integer() and abs(found) < 1e15 else found  # noqa: PLR2004 - floats hold no more digits
    if kind == "boolean":
        return attribute(element, "boolean-value") == "true"
    if kind == "date":
        try:
            moment = datetime.fromisoformat(attribute(element, "date-value"))
        except ValueError:
            return attribute(element, "date-value") or None
        return moment.replace(tzinfo=None)
    paragraphs = (text_of(entry) for entry in element if local(entry) in {"p", "h"})
    return "\n".join(paragraphs) or attribute(element, "string-value") or None


def _collapsed(element: Element) -> bool:
    if attribute(element, "visibility") in {"collapse", "filter"}:
        return True
    return any(
        attribute(group, "display") == "false"
        for group in element.iterancestors()
        if local(group) in {"table-row-group", "table-column-group"}
    )


def _count(element: Element, name: str) -> int:
    return whole_number(attribute(element, name)) or 1


def _hex(colour: str, default: str) -> str:
    return colour if len(colour) == len(default) and set(colour) <= set("0123456789ABCDEF") else default
