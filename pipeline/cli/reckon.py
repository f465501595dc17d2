"""Verbs that need no database and no server: a deadline explained, a letter rendered."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads annotations at run time
from typing import Annotated

import typer

from pipeline.bootstrap import SystemClock, uk_calendar
from pipeline.cli.opening import load_settings
from pipeline.cli.output import ConfigOption, JsonOption, say, say_json
from pipeline.domain import clock
from pipeline.domain.calendar import long_date
from pipeline.domain.errors import UsageError
from pipeline.domain.request import Regime  # noqa: TC001 - typer reads annotations at run time
from pipeline.letters import posting
from pipeline.letters.authority import AuthorityFacts
from pipeline.letters.record import load_record
from pipeline.letters.render import build, render_text
from pipeline.settings import Settings


class LetterFormat(StrEnum):
    """The forms a letter can take."""

    TEXT = "text"


def deadline(
    regime: Annotated[Regime, typer.Option("--regime", help="foi, eir or sar.")],
    received: Annotated[
        list[str],
        typer.Option("--received", metavar="WHEN", help="2024-05-02, 2024-05-02T23:30 (London) or 2024-05-02T22:30Z."),
    ],
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="KIND=DATE", help="For example clarification_asked=2024-12-03; repeatable."),
    ] = None,
    config: ConfigOption = None,
    *,
    as_lines: JsonOption = False,
) -> None:
    """Say when an answer is due and count the days one by one; one line for each --received."""
    if config is not None:
        load_settings(config)  # Nothing in it changes a deadline; a file that was named is checked all the same.
    calendar = uk_calendar()
    events = [clock.parse_event(text) for text in event or []]
    for text in received:
        day = clock.parse_when(text)
        result = clock.deadline(regime, [clock.Event(kind=clock.EventKind.RECEIVED, on=day), *events], calendar)
        if as_lines:
            say_json(
                {
                    "received": text,
                    "regime": result.regime,
                    "received_on": result.received_on,
                    "due_on": result.due_on,
                    "days": [{"date": d.date, "counts": d.counts, "why": d.why} for d in result.days],
                    "state": result.state,
                    "notes": list(result.notes),
                }
            )
            continue
        due = "no date while the clock does not run" if result.due_on is None else f"due on {long_date(result.due_on)}"
        say(f"Received {long_date(result.received_on)} under {result.regime.upper()}: {due}.", *result.notes)
        say(*(f"  {d.date:%a %d %b %Y}  {'counts' if d.counts else '-     '}  {d.why}" for d in result.days))


def letter(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="The letter, as a draft file.")],
    config: ConfigOption = None,
    form: Annotated[LetterFormat, typer.Option("--format", help="The form to render.")] = LetterFormat.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of to standard output.")
    ] = None,
) -> None:
    """Render a letter file exactly as it would be sent."""
    del form  # There is one form so far; typer has refused any other.
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} can't be read ({error}); name a letter file") from error
    rendered = render_text(
        build(load_record(text, str(file)), _authority(config), clock.received_day(SystemClock().now()))
    ).encode()
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(rendered)
        sys.stdout.buffer.flush()
        return
    partial = output.with_name(output.name + ".part")
    try:
        partial.write_bytes(rendered)
        partial.replace(output)
    except OSError as error:
        raise UsageError(f"{output} can't be written: {error.strerror}; name another file with --output") from error


def _authority(config: Path | None) -> AuthorityFacts:
    """The authority of the configuration, where there is one; a letter file may name its own instead."""
    if config is not None or Settings.locate(None, os.environ) is not None:
        return posting.authority_facts(load_settings(config))
    return AuthorityFacts(name="The Council", team="Information Governance Team")


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.command()(deadline)
    app.command()(letter)
