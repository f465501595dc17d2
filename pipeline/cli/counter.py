"""Verbs on requests that no mailbox had: log one that came another way, import the open cases of the system before Infogov."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - typer reads annotations at run time
from typing import Annotated

import typer

from pipeline.cli.opening import opened
from pipeline.cli.output import ConfigOption, JsonOption, OfficerOption, complain, say, say_json, table
from pipeline.domain.clock import parse_event, parse_when
from pipeline.domain.errors import UsageError
from pipeline.domain.request import Regime  # noqa: TC001 - typer reads annotations at run time
from pipeline.stages.counter import Channel, Entry, Stage

IMPORT_HELP = """Open the cases of a CSV file, all of them or, where anything is wrong, none.

The first row names the columns, in any order (UTF-8, commas or semicolons). Needed: own_reference (the number so far; mail that
quotes it still finds the case), received_on (2025-01-31 or 31/01/2025), text (the requester's words), and one of
requester_name, requester_email, postal_address.

May be there: law (foi, eir, sar), channel (post, telephone, counter, web_form, social_media, before_us), subject, topic,
stage (new, drafting, for_approval, waiting), events (clarification_asked=2025-01-10; clarification_received=2025-01-20),
acknowledged_on, owner (an officer's address), team, letters_sent and note (words, kept as notes).

Nobody is written to. Ends with 1 when a row is wrong; each is named with its column and what to do.
"""


def log(  # noqa: PLR0913, PLR0917 - one for each thing that an officer keys in
    words: Annotated[Path, typer.Argument(metavar="FILE.txt", help="The requester's words; - for standard input.")],
    officer: OfficerOption,
    received: Annotated[str, typer.Option("--received", metavar="DAY", help="The day it reached the council.")],
    channel: Annotated[Channel, typer.Option("--channel", help="How it came.")],
    config: ConfigOption = None,
    name: Annotated[str, typer.Option("--name", help="Who asks.")] = "",
    email: Annotated[
        str, typer.Option("--email", help="Their e-mail address; it is acknowledged as a mail would be.")
    ] = "",
    postal: Annotated[str, typer.Option("--postal", help="Their postal address.")] = "",
    subject: Annotated[str, typer.Option("--subject", help="A line on what it is about.")] = "",
    law: Annotated[Regime | None, typer.Option("--law", help="Else the words decide.")] = None,
    file: Annotated[list[Path] | None, typer.Option("--file", help="A file to keep with it; repeatable.")] = None,
    owner: Annotated[str, typer.Option("--owner", help="The officer who has it.")] = "",
    team: Annotated[str, typer.Option("--team", help="The team that alone sees it.")] = "",
    note: Annotated[str, typer.Option("--note", help="A note for colleagues.")] = "",
    own_reference: Annotated[str, typer.Option("--own-reference", help="The number of a case from before us.")] = "",
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="KIND=DAY", help="What has happened to its clock; repeatable."),
    ] = None,
    stage: Annotated[
        Stage, typer.Option("--stage", help="Where the work on a case from before us stands.")
    ] = Stage.NEW,
    *,
    acknowledge: Annotated[bool, typer.Option(help="Acknowledge it by the rules that hold for mail.")] = True,
    as_lines: JsonOption = False,
) -> None:
    """Open a request that came by post, telephone, at the counter, or is a case from the system before Infogov."""
    entry = Entry(
        text=_text(words), received_on=parse_when(received), channel=channel, requester_name=name,
        requester_email=email.strip(), postal_address=postal, subject=subject, regime=law, acknowledge=acknowledge,
        team=team, owner=owner, note=note, files={path.name: _bytes(path) for path in file or []},
        own_reference=own_reference, events=tuple(parse_event(one) for one in event or []), stage=stage,
    )  # fmt: skip
    with opened(config) as app:
        done = app.counter().log(entry, officer)
    if as_lines:
        say_json({"reference": done.reference, "acknowledged": done.acknowledged, "remarks": list(done.remarks)})
        return
    say(f"Logged as {done.reference}.", *done.remarks)
    if done.acknowledged:
        say("Its acknowledgement goes with the next delivery.")


def import_cases(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The cases.")],
    officer: OfficerOption,
    config: ConfigOption = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try it, and leave nothing behind.")] = False,
    as_lines: JsonOption = False,
) -> None:
    """Open the cases of a CSV file (the help of the command says its columns)."""
    content = _bytes(file)
    with opened(config) as app:
        done = app.counter().import_cases(content, officer, dry_run=dry_run)
    if as_lines:
        for number, reference in done.opened:
            say_json({"own_reference": number, "reference": reference or None})
        for one in done.problems:
            say_json(one._asdict())
    else:
        if done.problems:
            columns = ("row", "column", "what is wrong", "what to do")
            table(columns, done.problems, empty="")
        elif not dry_run:
            table(("number so far", "reference"), done.opened, empty="")
        count = len(done.opened)
        say(f"{done.rows} rows: {count} {'could be opened' if dry_run or done.problems else 'cases opened'}.")
    if done.problems:
        complain(f"{len(done.problems)} things are to be mended; nothing was imported")
        raise typer.Exit(1)


def _text(path: Path) -> str:
    if str(path) == "-":
        return sys.stdin.read()
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text; save it as such") from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} can't be read ({error.strerror})") from error


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.command()(log)
    app.command("import", help=IMPORT_HELP)(import_cases)
