"""The verb ``letter``: a letter file rendered as it would be sent; needs no database and no server."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.bootstrap import SystemClock
from pipeline.cli.opening import load_settings
from pipeline.cli.output import ConfigOption  # noqa: TC001 - typer reads annotations at run time
from pipeline.domain import clock
from pipeline.domain.errors import UsageError
from pipeline.letters import posting
from pipeline.letters.authority import AuthorityFacts
from pipeline.letters.html import render_html
from pipeline.letters.pdf import render_pdf
from pipeline.letters.record import load_record
from pipeline.letters.render import build, render_text
from pipeline.letters.word import render_word
from pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pipeline.letters.render import Letter


class LetterFormat(StrEnum):
    """The forms a letter can take."""

    TEXT = "text"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"


_RENDER: dict[LetterFormat, Callable[[Letter], bytes]] = {
    LetterFormat.TEXT: lambda letter: render_text(letter).encode(),
    LetterFormat.HTML: lambda letter: render_html(letter).encode(),
    LetterFormat.PDF: render_pdf,
    LetterFormat.DOCX: render_word,
}
_BINARY = frozenset({LetterFormat.PDF, LetterFormat.DOCX})


def letter(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="The letter, as a draft file.")],
    config: ConfigOption = None,
    form: Annotated[LetterFormat, typer.Option("--format", help="The form to render.")] = LetterFormat.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of to standard output.")
    ] = None,
) -> None:
    """Render a letter file exactly as it would be sent."""
    to_screen = output is None or str(output) == "-"
    if to_screen and form in _BINARY and sys.stdout.isatty():
        raise UsageError(f"a {form} is nothing for a terminal; name a file with --output, or send it on through a pipe")
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} can't be read ({error}); name a letter file") from error
    record = load_record(text, str(file))
    today = clock.received_day(SystemClock().now())
    rendered = _RENDER[form](build(record, _authority(config), today, _sizes(file.parent, record.attachments)))
    if output is None or to_screen:
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


def _sizes(folder: Path, names: Iterable[str]) -> dict[str, int]:
    """The bytes of the files that lie beside the letter; a name that leads out of *folder* is not followed."""
    beside = [name for name in names if Path(name).name == name]
    return {name: (folder / name).stat().st_size for name in beside if (folder / name).is_file()}


def _authority(config: Path | None) -> AuthorityFacts:
    """The authority of the configuration, where there is one; a letter file may name its own instead."""
    if config is not None or Settings.locate(None, os.environ) is not None:
        return posting.authority_facts(load_settings(config))
    return AuthorityFacts(name="The Council", team="Information Governance Team")


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.command()(letter)
