"""Tells the demo's story: rich panels, tables and a bar in a terminal, plain lines in a file or a pipe.

Mail is somebody else's text: it passes through ``safe`` and is never read as markup.
"""

from __future__ import annotations

import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Column, Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console
    from rich.progress import TaskID

    from pipeline.domain.ports import Progress

# Joiners that some scripts and emoji need, and the soft hyphen: invisible, and harmless to a terminal.
_HARMLESS = frozenset("\u00ad\u200c\u200d")
# C0, C1 and DEL; bidirectional and other format controls; lone surrogates; line and paragraph separators.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_WIDEST = 100  # columns: longer lines are hard to read, whatever the terminal's width
_WIDEST_WHAT = 30  # columns: leaves room for the bar and the count on a terminal of sixty


def safe(text: str, *, lines: bool = False) -> str:
    r"""Write out every character that could steer a terminal or reorder a line, such as ``\x1b`` or ``\u202e``.

    With *lines*, line ends (CRLF made LF) and tabs stay.
    """
    if lines:
        text = text.replace("\r\n", "\n")
    kept = "\n\t" if lines else ""
    return "".join(character if character in kept else _shown(character) for character in text)


def _shown(character: str) -> str:
    if character in _HARMLESS or unicodedata.category(character) not in _UNSAFE:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


class Narrator:
    """Writes to *console*; NO_COLOR, FORCE_COLOR and TERM are honoured by the console itself.

    Without a terminal every method writes plain lines of any length, fit for a log or a transcript.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._plain = not console.is_terminal or console.is_dumb_terminal

    def chapter(self, title: str) -> None:
        """Open a chapter of the story."""
        self._line("")
        if self._plain:
            self._line(f"== {title} ==")
        else:
            self._console.rule(self._text(title, style="bold"), align="left", style="cyan")

    def say(self, text: str) -> None:
        """Tell one paragraph of the story."""
        if self._plain:
            self._line(text)
        else:
            self._console.print(self._text(text), width=self._width())

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show *rows* under *columns*; a row may be shorter than the header."""
        if self._plain:
            self._line("")
            self._line(f"{title}:")
            for line in _aligned([columns, *rows], self._clean):
                self._line(f"  {line}")
            return
        table = Table(title=self._text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for column in columns:
            table.add_column(self._text(column), overflow="fold")
        for row in rows:
            table.add_row(*(self._text(cell) for cell in row))
        self._console.print(table)

    def letter(self, title: str, text: str) -> None:
        """Show a whole letter or mail in a frame."""
        if self._plain:
            self._line("")
            self._line(f"---- {title} ----")
            for line in safe(text, lines=True).rstrip("\n").split("\n"):
                self._line(f"| {line}".rstrip(), lines=True)
            self._line("----")
            return
        body = self._text(text.strip("\r\n"), lines=True)
        self._console.print(Panel(body, title=self._text(title), title_align="left", width=self._width()))

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Give a Progress for long work: bars in a terminal, otherwise one line for each piece of work at its end."""
        if self._plain:
            counted = _Counted(self._line)
            try:
                yield counted
            finally:
                counted.finish()
            return
        bar = Bar(
            TextColumn("{task.description}", markup=False, table_column=Column(max_width=_WIDEST_WHAT, no_wrap=True)),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
        )
        with bar:
            yield _Shown(bar, self._clean)

    def _width(self) -> int:
        return min(self._console.width, _WIDEST)

    def _clean(self, text: str, *, lines: bool = False) -> str:
        """Make *text* safe, and keep within what the terminal's own encoding can write."""
        encoding = self._console.encoding or "utf-8"
        return safe(text, lines=lines).encode(encoding, "backslashreplace").decode(encoding)

    def _text(self, text: str, *, style: str = "", lines: bool = False) -> Text:
        return Text(self._clean(text, lines=lines), style=style)

    def _line(self, text: str, *, lines: bool = False) -> None:
        self._console.print(self._text(text, lines=lines), soft_wrap=True, highlight=False)


class _Counted:
    """Progress without a terminal."""

    def __init__(self, line: Callable[[str], None]) -> None:
        self._line = line
        self._what = ""
        self._total = 0
        self._done = 0

    def start(self, what: str, total: int) -> None:
        """Begin a piece of work; the one before is over, and its line is printed."""
        self.finish()
        self._what, self._total, self._done = what, total, 0

    def advance(self, count: int = 1) -> None:
        """Count on."""
        self._done += count

    def finish(self) -> None:
        """Print how far the piece of work came, if there was one."""
        if self._what:
            self._line(f"{self._what}: {self._done} of {self._total}")
        self._what = ""


class _Shown:
    """Progress as a bar; a new piece of work gets a new bar below the last."""

    def __init__(self, bar: Bar, clean: Callable[[str], str]) -> None:
        self._bar = bar
        self._clean = clean
        self._task: TaskID | None = None

    def start(self, what: str, total: int) -> None:
        """Begin a piece of work, with a bar of its own."""
        self._task = self._bar.add_task(self._clean(what), total=total)

    def advance(self, count: int = 1) -> None:
        """Move the bar on; nothing before the first piece of work."""
        if self._task is not None:
            self._bar.advance(self._task, count)


def _aligned(rows: Sequence[Sequence[str]], clean: Callable[[str], str]) -> list[str]:
    """Lay *rows* out in columns two spaces apart, by the width in cells (a Chinese character takes two)."""
    cleaned = [[clean(cell) for cell in row] for row in rows]
    widths = [
        max(cell_len(row[index]) for row in cleaned if index < len(row)) for index in range(max(map(len, cleaned)))
    ]
    return [
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=False)).rstrip()
        for row in cleaned
    ]
