"""Accepts tracked changes in WordprocessingML (ECMA-376 part 1, 17.13.5) and takes comments and hidden runs out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.letters.release.documents import CHANGES, hides
from pipeline.letters.release.packages import child, local, named

if TYPE_CHECKING:
    from pipeline.letters.release.packages import Element

_GONE = ("del", "moveFrom")
_KEPT = ("ins", "moveTo")
_PROPERTIES = frozenset({"rPr", "trPr", "pPr", "numPr", "tcPr"})
_RANGES = tuple(
    f"{kind}{end}"
    for kind in (
        "moveFromRange",
        "moveToRange",
        "customXmlInsRange",
        "customXmlDelRange",
        "customXmlMoveFromRange",
        "customXmlMoveToRange",
    )
    for end in ("Start", "End")
)


def accept_changes(root: Element) -> None:
    """Leave the text as if every tracked change in *root* had been accepted, and no trace of who made it."""
    _remove_deleted_rows_and_cells(root)
    _join_deleted_paragraphs(root)
    for element in list(named(root, *_GONE)):
        _drop(element)
    for element in list(named(root, *_KEPT)):
        if local(element.getparent()) in _PROPERTIES:
            _drop(element)
        else:
            _unwrap(element)
    for element in list(named(root, *CHANGES, *_RANGES)):
        _drop(element)
    _fill_cells(root)


def remove_comments(root: Element) -> None:
    """Take out the marks that tie comments to the text; a run that held only such a mark goes too."""
    for element in list(named(root, "commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef")):
        parent = element.getparent()
        _drop(element)
        if local(parent) == "r" and all(local(rest) == "rPr" for rest in parent):
            _drop(parent)


def remove_hidden(root: Element, hidden_styles: frozenset[str]) -> None:
    """Take out every run that its settings or styles hide."""
    for run in list(named(root, "r")):
        if hides(run, hidden_styles):
            _drop(run)


def _remove_deleted_rows_and_cells(root: Element) -> None:
    for row in list(named(root, "tr")):
        properties = child(row, "trPr")
        if any(child(properties, mark) is not None for mark in _GONE):
            _drop(row)
    for cell in list(named(root, "tc")):
        if child(child(cell, "tcPr"), "cellDel") is not None:
            _drop(cell)
    for row in list(named(root, "tr")):
        if child(row, "tc") is None and child(row, "sdt") is None:
            _drop(row)
    for table in list(named(root, "tbl")):
        if next(named(table, "tr"), None) is None:
            _drop(table)


def _join_deleted_paragraphs(root: Element) -> None:
    """A paragraph whose mark was deleted runs on into the next one, which keeps its own settings."""
    for paragraph in list(named(root, "p")):
        marks = child(child(paragraph, "pPr"), "rPr")
        if not any(child(marks, mark) is not None for mark in _GONE):
            continue
        following = paragraph.getnext()
        if following is None or local(following) != "p":
            if not _holds_kept_text(paragraph) and following is not None:
                _drop(paragraph)
            continue
        at = 1 if child(following, "pPr") is not None else 0
        for offset, element in enumerate([element for element in paragraph if local(element) != "pPr"]):
            following.insert(at + offset, element)
        _drop(paragraph)


def _holds_kept_text(paragraph: Element) -> bool:
    return any(
        not any(local(parent) in _GONE for parent in text.iterancestors())
        for text in named(paragraph, "t", "drawing", "pict")
    )


def _fill_cells(root: Element) -> None:
    """Every table cell must end with a paragraph (17.4.65), else Word calls the file damaged."""
    for cell in named(root, "tc"):
        if len(cell) == 0 or local(cell[-1]) != "p":
            namespace = str(cell.tag).partition("}")[0] + "}"
            cell.append(cell.makeelement(f"{namespace}p"))


def _drop(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(element: Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    at = parent.index(element)
    for offset, inner in enumerate(list(element)):
        parent.insert(at + offset, inner)
    parent.remove(element)
