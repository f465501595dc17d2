"""Workbooks that leak, and one that does not."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName

from leaking.packed import packed

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl.worksheet.worksheet import Worksheet

SECRET = "Maureen Sample"


def saved(workbook: Workbook) -> bytes:
    """The bytes of *workbook*."""
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def book() -> Workbook:
    """A workbook with one visible table of harmless sums."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Spending"
    for row in (
        ["Service", "Spent", "On"],
        ["Parks", 1200, date(2024, 4, 5)],
        ["Roads", 8400.5, date(2024, 5, 6)],
    ):
        sheet.append(row)
    return workbook


def leaking(change: Callable[[Workbook, Worksheet], None]) -> bytes:
    """The harmless workbook after *change*."""
    workbook = book()
    change(workbook, workbook.active)
    return saved(workbook)


def hidden_sheet(workbook: Workbook, _: Worksheet) -> None:
    """A second sheet, hidden."""
    sheet = workbook.create_sheet("People")
    sheet.append(["Parks", SECRET])
    sheet.sheet_state = "hidden"


def very_hidden_sheet(workbook: Workbook, _: Worksheet) -> None:
    """A second sheet that only a macro or a text editor can show."""
    sheet = workbook.create_sheet("People")
    sheet.append(["Parks", SECRET])
    sheet.sheet_state = "veryHidden"


def hidden_row(_: Workbook, sheet: Worksheet) -> None:
    """A filled row, hidden."""
    sheet.append([SECRET, 9000])
    sheet.row_dimensions[4].hidden = True


def hidden_column(_: Workbook, sheet: Worksheet) -> None:
    """A filled column, hidden."""
    sheet["D2"] = SECRET
    sheet.column_dimensions["D"].hidden = True


def note(_: Workbook, sheet: Worksheet) -> None:
    """A note on a cell."""
    sheet["A2"].comment = Comment(SECRET, "Officer")


def white_on_white(_: Workbook, sheet: Worksheet) -> None:
    """White words on no fill."""
    sheet["D2"] = SECRET
    sheet["D2"].font = Font(color="FFFFFFFF")


def black_on_black(_: Workbook, sheet: Worksheet) -> None:
    """A cell blacked out with its fill."""
    sheet["D2"] = SECRET
    sheet["D2"].fill = PatternFill("solid", fgColor="FF000000")


def shows_nothing(_: Workbook, sheet: Worksheet) -> None:
    """A number format that leaves the cell blank."""
    sheet["D2"] = SECRET
    sheet["D2"].number_format = ";;;"


def named_elsewhere(workbook: Workbook, sheet: Worksheet) -> None:
    """A name for cells of a hidden sheet."""
    hidden_sheet(workbook, sheet)
    workbook.defined_names["people"] = DefinedName("people", attr_text="People!$A$1:$B$9")


def hidden_name(workbook: Workbook, _: Worksheet) -> None:
    """A name that the name manager does not list."""
    workbook.defined_names["old"] = DefinedName("old", attr_text="Spending!$A$1", hidden=True)


def formula_elsewhere(_: Workbook, sheet: Worksheet) -> None:
    """A formula into another file."""
    sheet["D2"] = "=[1]Staff!$A$1"


def author(workbook: Workbook, _: Worksheet) -> None:
    """Who wrote it."""
    workbook.properties.creator = SECRET


OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def ods(*, hidden: bool = False, hidden_row: bool = False, note: bool = False, author: str = "") -> bytes:
    """An OpenDocument spreadsheet with one visible table, and what is asked for beside it."""
    spaces = " ".join(f'xmlns:{name}="{OFFICE}:{name}:1.0"' for name in ("office", "table", "text", "style", "meta"))
    second = (
        '<table:table table:name="People" table:style-name="off"><table:table-row><table:table-cell office:value-type="string">'
        f"<text:p>{SECRET}</text:p></table:table-cell></table:table-row></table:table>"
    )
    rows = ""
    for label, value, show in (
        ("Parks", 1200, ""),
        ("Roads", 8400, 'table:visibility="collapse"' if hidden_row else ""),
    ):
        remark = "<office:annotation><text:p>ask Legal</text:p></office:annotation>" if note else ""
        rows += (
            f'<table:table-row {show}><table:table-cell office:value-type="string"><text:p>{label}</text:p>{remark}</table:table-cell>'
            f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell></table:table-row>'
        )
    content = (
        f'<office:document-content {spaces}><office:automatic-styles><style:style style:name="off" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>'
        f'<table:table table:name="Spending">{rows}</table:table>{second if hidden else ""}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    meta = f"<office:document-meta {spaces}><office:meta><meta:initial-creator>{author}</meta:initial-creator></office:meta></office:document-meta>"
    return packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "meta.xml": meta.encode(),
        }
    )
