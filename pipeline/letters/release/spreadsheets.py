"""Looks into Excel workbooks for what a reader of the visible sheets would not see, yet would receive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.letters.release.findings import Look, Notes, Passage, ReleaseFile
from pipeline.letters.release.office_parts import inner_files, link_passages, note_cropped, note_parts
from pipeline.letters.release.packages import Package, local, named, text_of
from pipeline.letters.release.sheets import Sheet, Visibility
from pipeline.letters.release.wording import Rule
from pipeline.letters.release.workbook import Workbook, read_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.letters.release.packages import Budget

_OTHER_BOOK = re.compile(r"\[[0-9]{1,4}\][^!\[\]]{0,64}!")
_BUILT_IN = "_xlnm."


def look_at_workbook(file: ReleaseFile, budget: Budget) -> Look:
    """Everything found in an xlsx or xlsm file; raises UncheckedError when it can't be read."""
    package = Package(file.content, budget)
    workbook = read_workbook(package)
    notes = Notes(file.name)
    note_sheets(workbook.sheets, notes)
    _note_names(workbook, notes)
    note_formulas(workbook.sheets, _OTHER_BOOK, notes)
    note_parts(package, notes)
    passages = [passage for sheet in workbook.sheets for passage in sheet.passages()]
    passages += [*_note_comments_and_drawings(package, notes), *link_passages(package)]
    tables = [table for sheet in workbook.sheets if (table := sheet.table()) is not None]
    return Look(
        findings=notes.findings(),
        passages=tuple(passages),
        tables=tuple(tables),
        inner=inner_files(package, file.name),
    )


def note_sheets(sheets: Iterable[Sheet], notes: Notes) -> None:
    """Note hidden sheets, and on visible ones the hidden rows, columns and unreadable cells."""
    for sheet in sheets:
        if sheet.visibility is Visibility.VERY_HIDDEN:
            notes.add(Rule.VERY_HIDDEN_SHEET, f"sheet '{sheet.name}'")
        elif sheet.visibility is Visibility.HIDDEN:
            notes.add(Rule.HIDDEN_SHEET, f"sheet '{sheet.name}'")
        else:
            notes.add_all(Rule.HIDDEN_ROWS, (f"{sheet.name}, row {row + 1}" for row in sheet.filled_hidden_rows()))
            notes.add_all(
                Rule.HIDDEN_COLUMNS,
                (
                    f"{sheet.name}, column {sheet.place(0, column).rpartition('!')[2][:-1]}"
                    for column in sheet.filled_hidden_columns()
                ),
            )
        for (row, column), cell in sheet.cells.items():
            if cell.unseen and cell.text:
                notes.add(Rule.TEXT_UNDER_BOX if cell.blacked else Rule.INVISIBLE_TEXT, sheet.place(row, column))


def note_formulas(sheets: Iterable[Sheet], other_file: re.Pattern[str], notes: Notes) -> None:
    """Note formulas whose saved value comes from another file (*other_file*) or from a hidden sheet."""
    sheets = tuple(sheets)
    hidden = _references([sheet.name for sheet in sheets if sheet.visibility is not Visibility.VISIBLE])
    for sheet in sheets:
        for (row, column), cell in sheet.cells.items():
            if cell.formula and (other_file.search(cell.formula) or _mentions(cell.formula, hidden)):
                notes.add(Rule.CACHED_ELSEWHERE, sheet.place(row, column))


def _note_names(workbook: Workbook, notes: Notes) -> None:
    hidden = _references([sheet.name for sheet in workbook.sheets if sheet.visibility is not Visibility.VISIBLE])
    for name in workbook.names:
        elsewhere = bool(_OTHER_BOOK.search(name.target)) or _mentions(name.target, hidden)
        if elsewhere or (name.hidden and not name.name.startswith(_BUILT_IN)):
            notes.add(Rule.NAMED_RANGES, f"name '{name.name}'")


def _references(names: Iterable[str]) -> tuple[str, ...]:
    """How formulas write the sheets called *names*, bare and in quotes (a quote within a name is doubled)."""
    forms: list[str] = []
    for name in names:
        doubled = name.replace("'", "''")
        forms += [f"{name}!".casefold(), f"'{doubled}'!".casefold()]
    return tuple(forms)


def _mentions(formula: str, references: tuple[str, ...]) -> bool:
    text = formula.casefold() if references else ""
    return any(reference in text for reference in references)


def _note_comments_and_drawings(package: Package, notes: Notes) -> list[Passage]:
    passages = []
    for name in package.names:
        leaf = name.rpartition("/")[2]
        if not name.casefold().startswith("xl/") or not leaf.casefold().endswith(".xml"):
            continue
        folder = name.casefold().split("/")[1]
        if leaf.casefold().startswith(("comments", "threadedcomment")) or folder in {"threadedcomments", "comments"}:
            for comment in named(package.xml(name), "comment", "threadedComment"):
                notes.add(Rule.COMMENTS, f"comment at {comment.get('ref', 'a cell')}")
                passages.append(Passage(place=f"comment at {comment.get('ref', 'a cell')}", text=text_of(comment)))
        elif folder == "drawings":
            root = package.xml(name)
            note_cropped(root, "a sheet's pictures", notes)
            passages += [
                Passage(place="a text box", text=text_of(body)) for body in root.iter() if local(body) == "txBody"
            ]
    return passages
