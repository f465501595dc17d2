"""XML of word processors, walked without following anything it names, and the numbers their lists show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from lxml import etree  # type: ignore[import-untyped]  # lxml publishes no types

from pipeline.domain.errors import UnreadableError
from pipeline.mail.charsets import safe_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.mail.zipped import Archive

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for its class of elements
MAX_XML = 8 * 1024 * 1024
MAX_LEVELS = 10
_MAX_TEXT = 2_000_000
_ROMANS = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_LETTERS = 26
_NUMBER_CELL = 8  # characters
_BLANKS = re.compile(r"\n{3,}")


def part(archive: Archive, name: str) -> Iterator[tuple[str, Element]]:
    """Start and end of each element in entry *name*; nothing where there is no such entry. Raises UnreadableError.

    No entity, document type or address is followed; libxml2's own limits hold (256 levels, 10 MB a text).
    """
    if name not in archive.names:
        return iter(())
    data = archive.read(name)
    if len(data) > MAX_XML:
        raise UnreadableError(f"its text is longer than {MAX_XML // 2**20} MB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError("it is damaged") from error
    return (
        (event, element)
        for event, element in etree.iterwalk(root, events=("start", "end"))
        if isinstance(element.tag, str)
    )


def number(text: str | None, default: int = 0) -> int:
    """A whole number as written, at most six digits; *default* for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 6 else default  # noqa: PLR2004 - no list goes beyond


def _roman(number: int) -> str:
    if not 0 < number < 400:  # noqa: PLR2004 - no list of that many items is numbered in Roman
        return str(number)
    out = ""
    for value, digits in _ROMANS:
        out += digits * (number // value)
        number %= value
    return out


def _letters(number: int) -> str:
    """a, b … z, aa, bb, as word processors count."""
    return chr(ord("a") + (number - 1) % _LETTERS) * min((number - 1) // _LETTERS + 1, 5) if number > 0 else "0"


def figure(number: int, style: str) -> str:
    """A number as a list shows it; *style* in the words of either format."""
    match style:
        case "lowerLetter" | "a":
            return _letters(number)
        case "upperLetter" | "A":
            return _letters(number).upper()
        case "lowerRoman" | "i":
            return _roman(number)
        case "upperRoman" | "I":
            return _roman(number).upper()
        case _:
            return str(number)


class Lines:
    """Collects paragraphs; text boxes put one inside another."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._open: list[list[str]] = []
        self._rows: list[list[int]] = []
        self._size = 0

    def begin(self, label: str = "") -> None:
        """A paragraph begins."""
        self._open.append([label + " "] if label else [])

    def label(self, label: str) -> None:
        """Put a number before what the innermost paragraph holds."""
        if self._open and label:
            self._open[-1].insert(0, label + " ")

    def add(self, text: str | None) -> None:
        """Text of the innermost paragraph."""
        if self._open and text and self._size < _MAX_TEXT:
            self._size += len(text)
            self._open[-1].append(text)

    def end(self) -> None:
        """A paragraph ends."""
        if self._open:
            self.done.append("".join(self._open.pop()).strip())

    def row(self) -> None:
        """A row of a table begins."""
        self._rows.append([])

    def cell(self) -> None:
        """A cell of it begins."""
        if self._rows:
            self._rows[-1].append(len(self.done))

    def end_row(self) -> None:
        """A row ends: cells of one paragraph stand side by side, and so does a number with what it counts."""
        starts = self._rows.pop() if self._rows else []
        if not starts:
            return
        ends = [*starts[1:], len(self.done)]
        cells = [[line for line in self.done[start:end] if line] for start, end in zip(starts, ends, strict=True)]
        cells = [cell for cell in cells if cell]
        if all(len(cell) == 1 for cell in cells):
            lines = ["  ".join(cell[0] for cell in cells)] if cells else []
        else:
            numbered = len(cells) > 1 and len(cells[0]) == 1 and len(cells[0][0]) <= _NUMBER_CELL
            lines = [f"{cells[0][0]}  {cells[1][0]}", *cells[1][1:]] if numbered else []
            lines += [line for cell in (cells[2:] if numbered else cells) for line in cell]
        self.done[starts[0] :] = lines

    def text(self) -> str:
        """Every paragraph on lines of its own, empty ones kept once."""
        return _BLANKS.sub("\n\n", safe_text("\n".join(self.done))).strip("\n")
