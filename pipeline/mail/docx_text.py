"""The text of a Word document (docx: ECMA-376) with the numbers that a reader sees before its paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.mail.office_xml import MAX_LEVELS, Lines, figure, number, part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.mail.office_xml import Element
    from pipeline.mail.zipped import Archive

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_CHARACTERS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-"}
_TABLE = {("start", "tr"): Lines.row, ("start", "tc"): Lines.cell, ("end", "tr"): Lines.end_row}
_MAIN = re.compile(r"word/document\d{0,3}\.xml")


def main_part(archive: Archive) -> str | None:
    """The name of the part that holds the letter; None when the archive is no Word document."""
    return next((name for name in sorted(archive.names) if _MAIN.fullmatch(name)), None)


@dataclass(slots=True)
class _Level:
    """One level of a Word list: the kind of number, its pattern ("%1.") and where it begins."""

    style: str = "decimal"
    pattern: str = ""
    start: int = 1

    def see(self, tag: str, value: str) -> None:
        """Take notice of one property."""
        if tag == _W + "numFmt":
            self.style = value
        elif tag == _W + "lvlText":
            self.pattern = value
        elif tag == _W + "start":
            self.start = number(value, 1)


@dataclass(slots=True)
class _Numbering:
    """The lists of a Word document: which levels each has, and how far each has been counted."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    _counts: dict[str, list[int]] = field(default_factory=dict)

    def label(self, list_id: str, depth: int) -> str:
        """The next number of list *list_id* at level *depth*, as the reader sees it; empty for a list the document doesn't describe."""
        abstract = self.lists.get(list_id, "")
        levels = self.levels.get(abstract, {})
        level = levels.get(depth)
        if level is None:
            return ""
        if level.style in {"bullet", "none"}:
            return "-" if level.style == "bullet" else ""
        counts = self._counts.setdefault(abstract, [])
        del counts[depth + 1 :]
        while len(counts) <= depth:
            above = levels.get(len(counts), level)
            counts.append(above.start - 1 if len(counts) == depth else above.start)
        counts[depth] += 1
        label = level.pattern[:40]
        for place in range(depth + 1):
            label = label.replace(f"%{place + 1}", figure(counts[place], levels.get(place, level).style))
        return label.strip()


def _numbering(archive: Archive) -> _Numbering:
    """Read numbering.xml, and styles.xml for lists that hang on a style; a document without lists has neither."""
    found = _Numbering()
    abstract = list_id = ""
    level = _Level()
    for event, tag, element in _tags(archive, "word/numbering.xml"):
        if event == "end":
            abstract = "" if tag == _W + "abstractNum" else abstract
        elif tag == _W + "abstractNum":
            abstract = _attribute(element, "abstractNumId")
        elif tag == _W + "num":
            list_id = _attribute(element, "numId")
        elif tag == _W + "abstractNumId" and list_id:
            found.lists[list_id] = _val(element)
        elif tag == _W + "lvl" and abstract:
            level = _Level()
            found.levels.setdefault(abstract, {})[_depth(_attribute(element, "ilvl"))] = level
        elif abstract:
            level.see(tag, _val(element))
    _styled_lists(archive, found)
    return found


def _styled_lists(archive: Archive, found: _Numbering) -> None:
    style = ""
    held = _Held()
    for event, tag, element in _tags(archive, "word/styles.xml"):
        if event == "start" and tag == _W + "style":
            style, held = _attribute(element, "styleId"), _Held()
        elif event == "start":
            held.see(tag, element)
        elif tag == _W + "style" and held.list_id:
            found.styles[style] = (held.list_id, held.depth)


@dataclass(slots=True)
class _Held:
    """What a paragraph's properties say of its list."""

    list_id: str = ""
    depth: int = 0
    style: str = ""

    def see(self, tag: str, element: Element) -> None:
        """Take notice of one property."""
        if tag == _W + "numId":
            self.list_id = _val(element)
        elif tag == _W + "ilvl":
            self.depth = _depth(_val(element))
        elif tag == _W + "pStyle":
            self.style = _val(element)


def _depth(text: str) -> int:
    return min(number(text), MAX_LEVELS)


def _attribute(element: Element, name: str) -> str:
    return str(element.get(_W + name) or element.get(_STRICT + name) or "")


def _val(element: Element) -> str:
    return _attribute(element, "val")


def _tags(archive: Archive, name: str) -> Iterator[tuple[str, str, Element]]:
    """The events of a part with the tags of the transitional namespace, whichever of the two the writer used."""
    return ((event, str(element.tag).replace(_STRICT, _W), element) for event, element in part(archive, name))


def _body(archive: Archive, main: str) -> Iterator[tuple[str, str, Element]]:
    """The events of the letter by the bare names of Word's own elements; what a drawing holds a second time for old programs is left out."""
    spare = 0
    for event, tag, element in _tags(archive, main):
        if tag.endswith("}Fallback"):
            spare += 1 if event == "start" else -1
        if not spare and tag.startswith(_W):
            yield event, tag[len(_W) :], element


def docx_text(archive: Archive, main: str) -> str:
    """The text of a Word document whose main part is *main*: paragraphs, tables, text boxes and content controls in their order.

    Deleted text of tracked changes is left out. Raises UnreadableError.
    """
    numbering = _numbering(archive)
    lines = Lines()
    held: list[_Held] = []
    for event, name, element in _body(archive, main):
        if step := _TABLE.get((event, name)):
            step(lines)
        if event == "start":
            if name == "p":
                lines.begin()
                held.append(_Held())
            elif held:
                held[-1].see(_W + name, element)
        elif name == "p" and held:
            lines.label(_label(numbering, held.pop()))
            lines.end()
        elif name == "t":
            lines.add(element.text)
        elif name in _CHARACTERS and _in_run(element):
            lines.add(_CHARACTERS[name])
    return lines.text()


def _in_run(element: Element) -> bool:
    """Whether *element* stands in running text; a tab in a paragraph's properties is only a place on the ruler."""
    parent = element.getparent()
    return parent is not None and str(parent.tag).endswith("}r")


def _label(numbering: _Numbering, held: _Held) -> str:
    list_id, depth = held.list_id, held.depth
    if not list_id and held.style in numbering.styles:
        list_id, depth = numbering.styles[held.style]
    return numbering.label(list_id, depth) if list_id and list_id != "0" else ""
