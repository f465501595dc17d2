"""The verb ``notices``: the mails to our own people, sent now or only shown."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.opening import opened
from pipeline.cli.output import ConfigOption, JsonOption, say, say_json


def notices(
    config: ConfigOption = None,
    *,
    as_lines: JsonOption = False,
    preview: Annotated[bool, typer.Option("--preview", help="Show today's mails as they stand; send nothing.")] = False,
) -> None:
    """Send the mails to our own people that are due now (the worker does it by itself), each once; or show them."""
    with opened(config) as app:
        work = app.notices()
        shown = work.preview() if preview else []
        told = None if preview else work.run()
    if told is None:
        for one in shown:
            if as_lines:
                say_json({name: getattr(one, name) for name in one.__slots__})
            else:
                say(f"To: {one.recipient}" + (" (has it already)" if one.had else ""), f"Subject: {one.subject}", "")
                say(one.text, "-" * 72)
        if not shown and not as_lines:
            say("There is nothing to tell today: no officer, or no working day of England, or reminders are off.")
        return
    counts = {name: getattr(told, name) for name in told.__slots__}
    if as_lines:
        say_json(counts)
        return
    say(
        ", ".join(f"{number} {name}" for name, number in counts.items() if type(number) is int and number)
        or "Nothing to send."
    )
    if told.held:
        say("Mails are held, for delivery.mode is hold.")
    if told.unreachable:
        say(f"The mail server could not be reached: {told.unreachable}; they are sent with the next try.")
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command()(notices)
