"""Verbs on files that are to leave the house: what they would give away, and a copy without it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.opening import load_settings
from pipeline.cli.output import ConfigOption, JsonOption, say, say_json, table
from pipeline.domain.errors import UsageError
from pipeline.letters.release import CleanForm, Level, ReleaseFile, clean_copy, examine

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The file.")]


def release(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files that are to go with a letter.")],
    config: ConfigOption = None,
    *,
    as_lines: JsonOption = False,
) -> None:
    """Say what files would give away that nobody sees: hidden sheets, tracked changes, text under boxes, personal data; 1 when something must not go."""
    report = examine([_read(file) for file in files], "", own_contacts=_own_contacts(config))
    if as_lines:
        for one in report.findings:
            say_json(
                {
                    "file": one.file,
                    "rule": one.rule,
                    "level": one.level,
                    "place": one.place,
                    "count": one.count,
                    "words": one.words,
                    "remedy": one.remedy,
                }
            )
    else:
        rows = [(f.level, f.file, f.words, f.place, f.count, f.remedy) for f in report.findings]
        table(("level", "file", "what", "where", "times", "what to do"), rows, empty="Nothing was found.")
    if any(one.level is Level.STOP for one in report.findings):
        raise typer.Exit(1)


def clean(
    file: FileArgument,
    form: Annotated[CleanForm, typer.Option("--form", help="What the copy is made as.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where the copy goes; never over the file itself.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Make a copy without what nobody should see: values only, no changes, no properties; and say what was taken out."""
    made = clean_copy(_read(file), form, own_contacts=_own_contacts(config))
    target = output or file.with_name(f"clean-{made.name}")
    try:
        with target.open("xb") as copy:
            copy.write(made.content)
    except FileExistsError as error:
        raise UsageError(f"{target} exists; name another file with --output") from error
    except OSError as error:
        raise UsageError(f"{target} can't be written: {error.strerror}; name another file with --output") from error
    say(f"{target} is the clean copy.", *(f"  taken out: {words}" for words in made.what_was_removed))
    say(*(f"  still to be read by somebody: {one.words} ({one.place})" for one in made.after.findings))


def _own_contacts(config: Path | None) -> frozenset[str]:
    """The council's own addresses, which are no finding, where a configuration is named."""
    return frozenset() if config is None else load_settings(config).own_addresses


def _read(file: Path) -> ReleaseFile:
    try:
        return ReleaseFile(name=file.name, content=file.read_bytes())
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}") from error


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.command()(release)
    app.command()(clean)
