"""The verb ``letter``: a letter file rendered as it would be sent; needs no database and no server."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads annotations at run time
from typing import Annotated

import typer

from pipeline.bootstrap import SystemClock
from pipeline.cli.opening import load_settings
from pipeline.cli.output import ConfigOption  # noqa: TC001 - typer reads annotations at run time
from pipeline.domain import clock
from pipeline.domain.errors import UsageError
from pipeline.letters import posting
from pipeline.letters.authority import AuthorityFacts
from pipeline.letters.record import load_record
from pipeline.letters.render import build, render_text
from pipeline.settings import Settings


class LetterFormat(StrEnum):
    """The forms a letter can take."""

    TEXT = "text"


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
    app.command()(letter)
