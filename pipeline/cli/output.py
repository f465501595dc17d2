"""How the verbs speak: JSON one object a line for machines, tables and sentences for people, errors without a traceback."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer

from pipeline.resources import later

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich import console, progress, text
    from rich import table as grids
else:
    # A service shows neither tables nor bars.
    console = later("rich.console")
    progress = later("rich.progress")
    grids = later("rich.table")
    text = later("rich.text")


def _config(context: typer.Context, value: Path | None) -> Path | None:
    """The file given here, else the one given to the group of verbs this one belongs to: ``outbox --config FILE retry 1`` means it, too."""
    given: Path | None = value
    above = context.parent
    while given is None and above is not None:
        given, above = above.params.get("config"), above.parent
    return given


ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        help="The configuration file; else $INFOGOV_CONFIG, ./infogov.toml, /etc/infogov/infogov.toml.",
        callback=_config,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
OfficerOption = Annotated[str, typer.Option("--officer", help="The e-mail address of the officer who acts.")]
MaybeOfficerOption = Annotated[
    str | None, typer.Option("--officer", help="The e-mail address of the officer who acts.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept on the case's timeline.")]


def jsonable(value: object) -> object:
    """Dates and instants in ISO form, tuples as lists; for ``json.dumps``."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    return str(value)


def say_json(value: dict[str, Any]) -> None:
    """Print one JSON object on one line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=jsonable) + "\n")


def shown(text: object) -> str:
    """*text* fit for a terminal: control and direction characters from mail are made visible instead of obeyed."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in str(text))


def say(*lines: str) -> None:
    """Print sentences."""
    for line in lines:
        sys.stdout.write(shown(line) + "\n")


def complain(*lines: str) -> None:
    """Print sentences where errors go."""
    for line in lines:
        sys.stderr.write(f"infogov: {shown(line)}\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print a table, or *empty* when there are no rows; cells are text, never markup."""
    listed = [[text.Text(shown("" if cell is None else cell)) for cell in row] for row in rows]
    if not listed:
        say(empty)
        return
    grid = grids.Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in listed:
        grid.add_row(*row)
    # A pipe has no width: rows are then never cut, so that grep finds what it looks for.
    screen = console.Console(width=None if sys.stdout.isatty() else 250, highlight=False)
    screen.print(grid)


class BarProgress:
    """Shows long work as a bar on a terminal, and nothing elsewhere; a ``ports.Progress``."""

    def __init__(self) -> None:
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            console=console.Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task: progress.TaskID | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def start(self, what: str, total: int) -> None:
        """Begin a bar of *total* steps."""
        if total > 1:
            self._task = self._bar.add_task(what, total=total)

    def advance(self, count: int = 1) -> None:
        """Move the bar on."""
        if self._task is not None:
            self._bar.advance(self._task, count)
