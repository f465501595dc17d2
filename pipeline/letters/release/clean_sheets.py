"""Writes spreadsheets anew from what a reader of the visible sheets sees: values only, as CSV or as a fresh workbook."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from pipeline.domain.errors import NotAllowedError
from pipeline.letters.release.cleaned import Cleaned
from pipeline.letters.release.kinds import Kind
from pipeline.letters.release.ods import read_sheets
from pipeline.letters.release.opendocument import open_document
from pipeline.letters.release.packages import Budget, Package, repack
from pipeline.letters.release.plain_texts import decoded, delimiter_of, made_harmless
from pipeline.letters.release.sheets import MAX_EMPTY, Cell, Sheet, Visibility
from pipeline.letters.release.workbook import read_workbook
from pipeline.resources import later

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import openpyxl
    from openpyxl import utils
    from openpyxl.cell import cell as cells

    from pipeline.letters.release.findings import ReleaseFile
else:
    openpyxl = later("openpyxl")
    cells = later("openpyxl.cell.cell")
    utils = later("openpyxl.utils")

_NO_CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_NEVER_KEPT = ("Formulas, charts, pictures, notes and layout are not in the copy; values are.",)


def cleaned_csv(file: ReleaseFile, kind: Kind) -> Cleaned:
    """The values of each visible sheet as CSV (UTF-8); several sheets come as one ZIP. A value that begins like a formula gets an apostrophe."""
    if kind is Kind.CSV:
        text = decoded(file.content)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
        return Cleaned(content=_csv(rows), ending="csv")
    sheets, left_out = _visible(file, kind)
    contents = {f"{_file_name(sheet.name, number)}.csv": _csv(_texts(sheet)) for number, sheet in enumerate(sheets, 1)}
    if len(contents) == 1:
        return Cleaned(content=next(iter(contents.values())), ending="csv", left_out=left_out)
    return Cleaned(content=repack(contents), ending="zip", left_out=left_out)


def cleaned_xlsx(file: ReleaseFile, kind: Kind) -> Cleaned:
    """The values of each visible sheet in a fresh workbook, with their number formats and column widths."""
    sheets, left_out = _visible(file, kind)
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for sheet in sheets:
        _write(workbook.create_sheet(title=_title(sheet.name)), sheet)
    buffer = io.BytesIO()
    workbook.save(buffer)
    package = Package(buffer.getvalue(), Budget())
    parts = {name: package.read(name) for name in package.names}
    parts["docProps/core.xml"] = _NO_CORE  # the library writes itself and the hour in here
    return Cleaned(content=repack(parts), ending="xlsx", left_out=left_out)


def _visible(file: ReleaseFile, kind: Kind) -> tuple[list[Sheet], tuple[str, ...]]:
    """The visible sheets, and sentences on what a copy of their values leaves out."""
    if kind is Kind.ODS:
        _, content, styles = open_document(file, Budget())
        sheets: Sequence[Sheet] = read_sheets(content, styles)
    else:
        sheets = read_workbook(Package(file.content, Budget())).sheets
    visible = [sheet for sheet in sheets if sheet.visibility is Visibility.VISIBLE]
    if not visible:
        raise NotAllowedError(
            f"{file.name}: no sheet of it is visible; show the sheets that should go and attach it again."
        )
    far = [sheet.name for sheet in visible if sheet.empty_places() > MAX_EMPTY]
    if far:
        raise NotAllowedError(
            f"{file.name}: the cells of sheet '{far[0]}' lie too far apart for a copy; delete the empty rows and columns between them"
            " and attach it again."
        )
    unsaved = sum(1 for sheet in visible for cell in sheet.cells.values() if cell.formula and cell.value is None)
    left_out: tuple[str, ...] = _NEVER_KEPT
    if unsaved:
        left_out += (
            f"{unsaved} formula(s) had no saved result and are empty in the copy; open the source, save it, and try again.",
        )
    return visible, left_out


def _write(target: object, sheet: Sheet) -> None:
    shown_columns = [
        column for column in sorted({column for _, column in sheet.cells}) if not sheet.column_hidden(column)
    ]
    hidden_before = 0
    for column in range(max(shown_columns, default=-1) + 1):
        if sheet.column_hidden(column):
            hidden_before += 1
        elif column in sheet.widths:
            target.column_dimensions[utils.get_column_letter(column - hidden_before + 1)].width = sheet.widths[column]  # type: ignore[attr-defined]
    for number, row in enumerate(sheet.visible_rows(), 1):
        for column, cell in enumerate(row, 1):
            if cell is not None and cell.value is not None:
                _put(target, number, column, cell)


def _put(target: object, row: int, column: int, cell: Cell) -> None:
    written = target.cell(row=row, column=column)  # type: ignore[attr-defined]
    if isinstance(cell.value, str):
        written.value = cells.ILLEGAL_CHARACTERS_RE.sub("", cell.value)
        written.data_type = "s"  # else the library takes text that begins with "=" for a formula
    else:
        written.value = cell.value
    if not isinstance(cell.value, str):
        written.number_format = cell.format


def _texts(sheet: Sheet) -> list[list[str]]:
    return [[cell.text if cell is not None else "" for cell in row] for row in sheet.visible_rows()]


def _csv(rows: Iterable[Iterable[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([made_harmless(value) for value in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")  # with the mark, without which Excel misreads accents


def _file_name(sheet: str, number: int) -> str:
    plain = re.sub(r"[^\w -]", "_", sheet).strip() or "sheet"
    return f"{number:02d} {plain[:60]}"


def _title(name: str) -> str:
    return cells.ILLEGAL_CHARACTERS_RE.sub("", re.sub(r"[\\*?:/\[\]]", "_", name))[:31] or "Sheet"
