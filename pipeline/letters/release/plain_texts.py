"""Reads plain text and CSV for the personal-data checks, and finds values that a spreadsheet would run as formulas."""

from __future__ import annotations

import csv
import io
import re

from pipeline.letters.release.findings import Look, Notes, Passage, ReleaseFile, Table
from pipeline.letters.release.wording import Rule

_DELIMITERS = ",;\t|"
_LIVE = re.compile(r"[=@\t\r]|[+\-](?![0-9 ().,\-/]*\Z)")
_MAX_TABLE_CELLS = 1_000_000


def look_at_text(file: ReleaseFile) -> Look:
    """A text file as one passage for each line."""
    lines = decoded(file.content).splitlines()
    return Look(
        passages=tuple(
            Passage(place=f"line {number}", text=line) for number, line in enumerate(lines, 1) if line.strip()
        )
    )


def look_at_csv(file: ReleaseFile) -> Look:
    """A CSV file as a table; a file that breaks the rules of CSV is looked at as plain text."""
    text = decoded(file.content)
    notes = Notes(file.name)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)))
    except csv.Error:
        return look_at_text(file)
    table = Table(place="the table", rows=rows)
    passages = []
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if is_live(value):
                notes.add(Rule.LIVE_FORMULA, table.cell(number, column))
            if value.strip():
                passages.append(Passage(place=table.cell(number, column), text=value))
    tables = (table,) if len(passages) <= _MAX_TABLE_CELLS else ()
    return Look(findings=notes.findings(), passages=tuple(passages), tables=tables)


def is_live(value: str) -> bool:
    """Whether a spreadsheet that opens a CSV file would take *value* for a formula; plain numbers and telephone numbers are not."""
    return bool(_LIVE.match(value))


def made_harmless(value: str) -> str:
    """*value* so that no spreadsheet takes it for a formula: an apostrophe goes before it."""
    return f"'{value}" if is_live(value) else value


def decoded(content: bytes) -> str:
    """*content* as text: UTF-16 by its mark, UTF-8, or else Windows' Western letters; never raises."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def delimiter_of(text: str) -> str:
    """The separator that stands most often in the first line."""
    first = text[:10_000].partition("\n")[0]
    return max(_DELIMITERS, key=first.count)
