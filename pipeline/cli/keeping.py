"""Verbs on how long things are kept, and on taking a case out whole: ``retention``, ``hold``, ``download``."""

from __future__ import annotations

import os
from pathlib import Path  # noqa: TC003 - typer reads it when it runs
from typing import Annotated

import typer

from pipeline.cli.opening import opened
from pipeline.cli.output import (
    ConfigOption,
    JsonOption,
    MaybeOfficerOption,
    OfficerOption,
    ReasonOption,
    complain,
    say,
    say_json,
    table,
)
from pipeline.cli.requests import ReferenceArgument  # noqa: TC001 - the same
from pipeline.domain.errors import UsageError


def retention(
    config: ConfigOption = None,
    officer: MaybeOfficerOption = None,
    *,
    as_lines: JsonOption = False,
    erase: Annotated[bool, typer.Option("--erase", help="Erase what is due; needs an administrator.")] = False,
) -> None:
    """List what may be erased by the schedule in [retention], and why; --erase erases it, each with a proof."""
    if erase and not officer:
        raise UsageError("say with --officer who erases")
    with opened(config) as app:
        keeper = app.retention()
        if not erase:
            due = keeper.due()
            if as_lines:
                for one in due:
                    say_json({name: getattr(one, name) for name in one.__slots__})
                return
            rows = [
                (
                    one.rule.replace("_", " "),
                    one.reference or (f"message {one.message_id}" if one.message_id else f"{one.count} records"),
                    one.since.date() if one.since else "",
                    one.why,
                )
                for one in due
            ]
            table(("rule", "what", "since", "why"), rows, empty="Nothing may be erased by the schedule in [retention].")
            return
        done = keeper.erase(officer or "")
    if as_lines:
        say_json({"counts": done.counts, "proofs": done.proofs, "problems": done.problems})
    else:
        said = ", ".join(f"{number} {rule.replace('_', ' ')}" for rule, number in sorted(done.counts.items()))
        say(f"Erased: {said}." if said else "Nothing was due.")
        if done.proofs:
            say(f"Proofs {done.proofs[0]} to {done.proofs[-1]}. Backups keep what they hold until they are replaced.")
    if done.problems:
        complain(*done.problems)
        raise typer.Exit(1)


def hold(
    reference: ReferenceArgument,
    officer: OfficerOption,
    reason: ReasonOption,
    config: ConfigOption = None,
    *,
    lift: Annotated[bool, typer.Option("--lift", help="Lift the hold.")] = False,
) -> None:
    """Keep everything of a request from being erased, whatever the schedule says; or --lift that again."""
    with opened(config) as app:
        file = app.casefile()
        if lift:
            file.lift(reference, officer, reason)
        else:
            file.hold(reference, officer, reason)
    name = reference.strip().upper()
    say(f"{name} is on hold no more." if lift else f"{name} is on hold: nothing of it is erased.")


def download(
    reference: ReferenceArgument,
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="The new ZIP file.")],
    officer: OfficerOption,
    config: ConfigOption = None,
) -> None:
    """Write everything of one request into a ZIP file: mail, letters, attachments, timeline, deliveries, notes, clock, digests."""
    if to.exists():
        raise UsageError(f"{to} exists and is left as it is; name a new file")
    with opened(config) as app:
        content = app.casezip().build(reference, officer)
    try:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        raise UsageError(
            f"{to} can't be written: {error.strerror}; name a file in a folder you may write to"
        ) from error
    say(
        f"{to} holds everything of {reference.strip().upper()} ({len(content)} bytes). It is personal data: keep it safe."
    )


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    for verb in (retention, hold, download):
        app.command()(verb)
