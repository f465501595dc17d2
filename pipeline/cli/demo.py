"""The verb ``demo``: the main job on embedded servers."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads annotations at run time
from typing import Annotated

import typer

from pipeline.cli.opening import set_up_logging
from pipeline.cli.output import ConfigOption, say
from pipeline.demo.story import run_demo, send_to_demo

demo = typer.Typer(
    help="See the main job on this machine alone: embedded mail servers, SQLite, a dozen sample mails.",
    invoke_without_command=True,
)


@demo.callback()
def run(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", help="The IMAP port; SMTP takes the next one. 0 picks free ones.")] = 0,
    *,
    once: Annotated[bool, typer.Option("--once", help="Tell the story, then end.")] = False,
) -> None:
    """Tell the story; then, unless --once, keep running until Ctrl-C."""
    if context.invoked_subcommand is None:
        set_up_logging("warning", "auto")
        raise typer.Exit(run_demo(once=once, port=port))


@demo.command()
def send(
    file: Annotated[Path, typer.Argument(metavar="FILE.eml", help="A mail of your own.")], config: ConfigOption = None
) -> None:
    """Put a mail of your own into the running demo's mailbox."""
    path = send_to_demo(file, config)
    say(f"Delivered to the demo's mailbox; see in a few seconds: infogov requests --config {path}")


def add_to(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.add_typer(demo, name="demo")
