"""Reads an Excel workbook (ECMA-376 part 1, 18) straight from its parts, so that nothing a library would drop is missed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.letters.release.cell_looks import Looks
from pipeline.letters.release.findings import UncheckedError
from pipeline.letters.release.packages import attribute, child, local, named, text_of, whole_number
from pipeline.letters.release.sheets import MAX_CELLS, MAX_COLUMN, MAX_ROW, Cell, Sheet, Value, Visibility
from pipeline.letters.release.wording import Rule
from pipeline.resources import later

if TYPE_CHECKING:
    from datetime import datetime

    from openpyxl.styles import numbers
    from openpyxl.utils import datetime as dates

    from pipeline.letters.release.packages import Element, Package
else:
    numbers = later("openpyxl.styles.numbers")
    dates = later("openpyxl.utils.datetime")

_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinedName:
    """One named range: *hidden* when Excel's name manager does not list it."""

    name: str
    target: str
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """All sheets in the order of their tabs, and the named ranges."""

    sheets: tuple[Sheet, ...]
    names: tuple[DefinedName, ...]


def read_workbook(package: Package) -> Workbook:
    """Every sheet of the workbook in *package* with typed values; raises UncheckedError when it has no readable form."""
    main = package.main_part()
    root = package.xml(main)
    if local(root) != "workbook":
        raise UncheckedError(Rule.UNREADABLE, "its main part is not a workbook")
    relations = {relation.id: relation for relation in package.relations(main)}
    by_kind = {relation.kind: relation.target for relation in relations.values() if not relation.external}
    strings = _strings(package, by_kind.get("sharedStrings", ""))
    looks = _looks(package, by_kind)
    properties = child(root, "workbookPr")
    mac = properties is not None and attribute(properties, "date1904") in {"1", "true"}
    reading = _Reading(strings, looks, dates.CALENDAR_MAC_1904 if mac else dates.CALENDAR_WINDOWS_1900)
    sheets = []
    for number, element in enumerate(named(root, "sheet"), 1):
        relation = relations.get(attribute(element, "id"))
        state = attribute(element, "state", "visible")
        sheet = Sheet(
            name=attribute(element, "name") or f"sheet {number}",
            visibility=Visibility(state) if state in set(Visibility) else Visibility.HIDDEN,
        )
        if relation is not None and not relation.external and relation.target in package:
            reading.fill(sheet, package.xml(relation.target))
        sheets.append(sheet)
    names = tuple(
        DefinedName(
            name=attribute(element, "name"),
            target=text_of(element),
            hidden=attribute(element, "hidden") in {"1", "true"},
        )
        for element in named(root, "definedName")
    )
    return Workbook(sheets=tuple(sheets), names=names)


def _strings(package: Package, part: str) -> list[str]:
    if part not in package:
        return []
    return [
        "".join(text_of(text) for text in named(item, "t") if not _phonetic(text))
        for item in named(package.xml(part), "si")
    ]


def _phonetic(text: Element) -> bool:
    parent = text.getparent()
    return parent is not None and local(parent) == "rPh"


def _looks(package: Package, by_kind: dict[str, str]) -> Looks:
    styles = package.xml(by_kind["styles"]) if by_kind.get("styles", "") in package else None
    theme = package.xml(by_kind["theme"]) if by_kind.get("theme", "") in package else None
    return Looks(styles, theme, numbers.BUILTIN_FORMATS)


class _Reading:
    """Fills sheets with cells; counts them over the whole workbook."""

    def __init__(self, strings: list[str], looks: Looks, epoch: datetime) -> None:
        self._strings = strings
        self._looks = looks
        self._epoch = epoch
        self._cells = 0
        self._dates: dict[str, bool] = {}

    def fill(self, sheet: Sheet, root: Element) -> None:
        """Read columns, rows and cells of one worksheet part into *sheet*."""
        zero = child(root, "sheetFormatPr")
        all_hidden = zero is not None and attribute(zero, "zeroHeight") in {"1", "true"}
        for column in named(root, "col"):
            self._column(sheet, column)
        row_number = -1
        for row in named(root, "row"):
            row_number = _number(attribute(row, "r"), row_number + 2) - 1
            height = attribute(row, "ht")
            stated_hidden = attribute(row, "hidden") in {"1", "true"}
            if stated_hidden or _is_zero(height) or (all_hidden and not height):
                sheet.hidden_rows.add(row_number)
            self._row(sheet, row, row_number)

    @staticmethod
    def _column(sheet: Sheet, column: Element) -> None:
        first, last = _number(attribute(column, "min"), 1) - 1, _number(attribute(column, "max"), 1) - 1
        width = attribute(column, "width")
        if attribute(column, "hidden") in {"1", "true"} or _is_zero(width):
            sheet.hidden_columns.append((first, last))
        elif _plain_number(width) and last - first < 100:  # noqa: PLR2004 - a run to the last column says nothing about any one
            sheet.widths.update(dict.fromkeys(range(first, last + 1), float(width)))

    def _row(self, sheet: Sheet, row: Element, row_number: int) -> None:
        column = -1
        for element in row:
            if local(element) != "c":
                continue
            self._cells += 1
            if self._cells > MAX_CELLS:
                raise UncheckedError(
                    Rule.UNREADABLE, f"it has more than {MAX_CELLS:,} cells; split it or save it as CSV"
                )
            address = _ADDRESS.fullmatch(attribute(element, "r").upper())
            column = column_number(address[1]) if address else column + 1
            if address:
                row_number = int(address[2]) - 1
            if not (0 <= row_number < MAX_ROW and 0 <= column < MAX_COLUMN):
                raise UncheckedError(Rule.UNREADABLE, "a cell lies outside any sheet")
            cell = self._cell(element)
            if cell is not None:
                sheet.cells[row_number, column] = cell

    def _cell(self, element: Element) -> Cell | None:
        look = self._looks.of(_number(attribute(element, "s"), 0))
        formula = child(element, "f")
        value = self._value(element, look.format)
        if value is None and formula is None:
            return None
        return Cell(
            value=value,
            format=look.format,
            formula=text_of(formula) or "shared" if formula is not None else "",
            unseen=look.unseen,
            blacked=look.blacked,
        )

    def _value(self, element: Element, number_format: str) -> Value:
        kind = attribute(element, "t", "n")
        if kind == "inlineStr":
            return "".join(text_of(text) for text in named(element, "t")) or None
        holder = child(element, "v")
        raw = text_of(holder).strip() if holder is not None else ""
        if not raw:
            return None
        if kind == "s":
            index = _number(raw, -1)
            return (self._strings[index] or None) if 0 <= index < len(self._strings) else raw
        if kind == "b":
            return raw in {"1", "true"}
        return self._amount(raw, number_format) if kind == "n" and _plain_number(raw) else raw

    def _amount(self, raw: str, number_format: str) -> Value:
        number = float(raw)
        if self._is_date(number_format):
            return self._moment(number)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number  # noqa: PLR2004 - floats hold no more digits

    def _is_date(self, number_format: str) -> bool:
        if number_format not in self._dates:
            self._dates[number_format] = bool(numbers.is_date_format(number_format))
        return self._dates[number_format]

    def _moment(self, number: float) -> Value:
        try:
            moment: Value = dates.from_excel(number, self._epoch)
        except (OverflowError, ValueError):
            return number
        return moment


def column_number(letters: str) -> int:
    """The number, from 0, of the column called *letters*."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _number(text: str, default: int) -> int:
    found = whole_number(text)
    return default if found is None else found


def _plain_number(text: str) -> bool:
    return bool(re.fullmatch(r"[-+]?[0-9]{0,20}\.?[0-9]{0,30}(?:[eE][-+]?[0-9]{1,3})?", text)) and any(
        letter.isdigit() for letter in text.partition("e")[0]
    )


def _is_zero(text: str) -> bool:
    return _plain_number(text) and float(text) == 0
