"""The text of an OpenDocument text (odt: OASIS OpenDocument 1.3) with the numbers of its lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.mail.office_xml import Lines, figure, number, part
from pipeline.mail.zipped import ProtectedError

if TYPE_CHECKING:
    from pipeline.mail.office_xml import Element
    from pipeline.mail.zipped import Archive

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_MEDIA_TYPE = b"application/vnd.oasis.opendocument.text"
_MANIFEST = "META-INF/manifest.xml"
_TABLES = {
    ("start", _TABLE + "table-row"): Lines.row,
    ("start", _TABLE + "table-cell"): Lines.cell,
    ("end", _TABLE + "table-row"): Lines.end_row,
}
_PARAGRAPHS = frozenset({_TEXT + "p", _TEXT + "h"})
_SILENT = frozenset({_TEXT + "tracked-changes", _OFFICE + "annotation"})
_MAX_SPACES = 20


def is_odt(archive: Archive) -> bool:
    """Whether the archive is an OpenDocument text or a template of one."""
    return {"mimetype", "content.xml"} <= archive.names and archive.read("mimetype")[:100].startswith(_MEDIA_TYPE)


def odt_text(archive: Archive) -> str:
    """Paragraphs, headings, lists and tables in their order. Raises UnreadableError, and ProtectedError where a password is needed."""
    if _MANIFEST in archive.names and b"encryption-data" in archive.read(_MANIFEST):
        raise ProtectedError("it is protected by a password")
    reader = _Reader()
    for _event, element in part(archive, "styles.xml"):
        reader.style(str(element.tag), element)
    for event, element in part(archive, "content.xml"):
        tag = str(element.tag)
        if step := _TABLES.get((event, tag)):
            step(reader.lines)
        if event == "start":
            reader.style(tag, element)
            reader.start(tag, element)
        else:
            reader.end(tag, element)
    return reader.lines.text()


class _Reader:
    """Learns the list styles, then writes the paragraphs."""

    def __init__(self) -> None:
        self.lines = Lines()
        self._styles: dict[str, dict[int, tuple[str, str]]] = {}
        self._style = ""
        self._lists: list[tuple[str, int]] = []
        self._fresh = False
        self._silent = 0

    def style(self, tag: str, element: Element) -> None:
        """Remember how the levels of a list are numbered."""
        if tag == _TEXT + "list-style":
            self._style = element.get(_STYLE + "name") or ""
        elif tag in {_TEXT + "list-level-style-number", _TEXT + "list-level-style-bullet"}:
            numbered = tag.endswith("number")
            kind = (element.get(_STYLE + "num-format") or "") if numbered else "bullet"
            shape = (element.get(_STYLE + "num-prefix") or "") + "%" + (element.get(_STYLE + "num-suffix") or "")
            level = number(element.get(_TEXT + "level"), 1)
            self._styles.setdefault(self._style, {})[level] = (kind, shape[:20])

    def start(self, tag: str, element: Element) -> None:
        """An element opens, and its first text is known."""
        if tag in _SILENT:
            self._silent += 1
        if self._silent:
            return
        if tag == _TEXT + "list":
            inherited = self._lists[-1][0] if self._lists else ""
            self._lists.append((element.get(_TEXT + "style-name") or inherited, 0))
        elif tag == _TEXT + "list-item" and self._lists:
            name, count = self._lists[-1]
            self._lists[-1] = (name, count + 1)
            self._fresh = True
        elif tag in _PARAGRAPHS:
            self.lines.begin(self._label())
        elif tag == _TEXT + "s":
            self.lines.add(" " * min(number(element.get(_TEXT + "c"), 1), _MAX_SPACES))
        elif tag == _TEXT + "tab":
            self.lines.add("\t")
        elif tag == _TEXT + "line-break":
            self.lines.add("\n")
        if tag.startswith(_TEXT):
            self.lines.add(_words(element.text))

    def end(self, tag: str, element: Element) -> None:
        """An element closes, and what follows it is known."""
        if tag in _SILENT:
            self._silent -= 1
        elif not self._silent and tag == _TEXT + "list" and self._lists:
            self._lists.pop()
        elif not self._silent and tag in _PARAGRAPHS:
            self.lines.end()
        if not self._silent:
            self.lines.add(_words(element.tail))

    def _label(self) -> str:
        if not self._fresh or not self._lists:
            return ""
        self._fresh = False
        name, count = self._lists[-1]
        kind, shape = self._styles.get(name, {}).get(len(self._lists), ("bullet", ""))
        if kind == "bullet":
            return "-"
        return shape.replace("%", figure(count, kind)) if kind else ""


def _words(text: str | None) -> str:
    """Text of a paragraph, whose line breaks mean no more than blanks (OpenDocument 1.3 part 3, 6.1.2)."""
    if not text:
        return ""
    words = " ".join(text.split())
    return (" " if text[0].isspace() else "") + words + (" " if text[-1].isspace() and words else "")
