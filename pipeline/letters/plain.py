"""Makes any text safe to stand in a letter or on one line: control characters go, everything a person wrote stays."""

from __future__ import annotations

import re
from pathlib import PurePath

# C0 without tab and line feed, DEL, C1, the two Unicode line separators and lone surrogates: none is visible, and
# each can end a line, a header or an encoder.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FORMATS = {
    "csv": "CSV",
    "docx": "Word",
    "eml": "email",
    "jpg": "JPEG picture",
    "odt": "OpenDocument text",
    "ods": "OpenDocument spreadsheet",
    "pdf": "PDF",
    "txt": "plain text",
    "xls": "Excel",
    "xlsx": "Excel",
    "zip": "ZIP archive",
}
_KILO = 1000
_WIDEST_COLUMN = 40  # characters; a longer cell pushes its own row along, not all rows
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Direction controls can make a line read otherwise than it is written; a name or a subject needs none.
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean_text(text: str) -> str:
    r"""Give *text* with ``\n`` line ends, no controls but tabs, U+FFFD for a lone surrogate; idempotent."""
    if _UNSAFE.search(text) is None:
        return text
    return _UNSAFE.sub(lambda found: "\ufffd" if found[0] >= "\ud800" else "", _LINE_ENDS.sub("\n", text))


def one_line(text: str) -> str:
    """Give *text* on one line: as ``clean_text``, runs of white space as one space, direction controls gone; idempotent."""
    return " ".join(_DIRECTION.sub("", clean_text(text)).split())


def paragraphs(text: str) -> tuple[str, ...]:
    """Cut *text* at blank lines, each without white space around it; line ends inside one are kept."""
    found: list[list[str]] = [[]]
    for line in clean_text(text).split("\n"):
        if line.strip():
            found[-1].append(line.rstrip())
        elif found[-1]:
            found.append([])
    return tuple("\n".join(lines).strip(" \n") for lines in found if lines)


def cells(text: str) -> tuple[tuple[str, ...], ...]:
    """Cut lines pasted from a spreadsheet at their tabs into rows of equal length; a row that lacks cells gets empty ones."""
    rows = [tuple(one_line(cell) for cell in line.split("\t")) for line in text.split("\n")]
    width = max(map(len, rows))
    return tuple(row + ("",) * (width - len(row)) for row in rows)


def is_table(text: str) -> bool:
    """Whether *text* is a table pasted from a spreadsheet: two lines or more with a tab in each, and not only before them all."""
    lines = text.split("\n")
    return len(lines) > 1 and all("\t" in line for line in lines) and not all(line.startswith("\t") for line in lines)


def columns(text: str) -> str:
    """Lay a pasted table out in columns for plain text; any other paragraph is given back as it is."""
    if not is_table(text):
        return text
    rows = cells(text)
    widths = [min(max(len(row[column]) for row in rows), _WIDEST_COLUMN) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def described(name: str, size: int | None) -> str:
    """Name a file with its format and, where *size* (bytes) is known, its size: "lamps.csv (CSV, 12 kB)"."""
    shown = one_line(name)
    ending = PurePath(shown).suffix.removeprefix(".").lower()
    facts = [_FORMATS.get(ending, ending.upper())]
    if size is not None:
        facts.append(f"{size} bytes" if size < _KILO else f"{size / _KILO:.0f} kB")
        if size >= _KILO**2:
            facts[-1] = f"{size / _KILO**2:.1f} MB"
    told = ", ".join(filter(None, facts))
    return f"{shown} ({told})" if told else shown
