"""Verbs around approval: letters to a corrected address, questions to colleagues, deputies, and what was approved by an exception."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from pipeline.cli.opening import opened
from pipeline.cli.output import (
    ConfigOption,
    JsonOption,
    MaybeOfficerOption,
    OfficerOption,
    ReasonOption,
    say,
    say_json,
    table,
)
from pipeline.cli.requests import (
    AloneOption,
    OverrideOption,
    ReferenceArgument,
    say_approved,
)
from pipeline.domain.errors import UsageError

resend = typer.Typer(help="The same letter to a corrected address.", no_args_is_help=True)
deputies = typer.Typer(help="Who approves for whom.", invoke_without_command=True)
exceptions = typer.Typer(
    help="Letters approved by an exception, to be looked at by another.", invoke_without_command=True
)


@resend.command("to")
def resend_to(
    reference: ReferenceArgument,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The requester's right address.")],
    officer: OfficerOption,
    config: ConfigOption = None,
    reason: ReasonOption = "",
    letter: Annotated[
        int | None, typer.Option("--letter", metavar="ID", help="Which letter of the outbox; else the last one.")
    ] = None,
    *,
    not_arrived: Annotated[
        bool, typer.Option("--not-arrived", help="It was sent and did not reach the requester all the same.")
    ] = False,
) -> None:
    """Correct a requester's address and put the letter that did not arrive up for approval to go there."""
    with opened(config) as app:
        app.casework().resend_to(reference, officer, email, reason, outbox_id=letter, not_arrived=not_arrived)
    say(f"The letter of {reference} goes to {email} once another officer approves: infogov resend approve {reference}")


@resend.command("approve")
def approve_resend(
    reference: ReferenceArgument, officer: OfficerOption, config: ConfigOption = None, alone: AloneOption = ""
) -> None:
    """Let the letter go to the corrected address; only the recipient is new."""
    with opened(config) as app:
        done = app.casework().approve_resend(reference, officer, break_glass_reason=alone)
    say_approved(done, reference)


@resend.command("drop")
def drop_resend(
    reference: ReferenceArgument, officer: OfficerOption, config: ConfigOption = None, reason: ReasonOption = ""
) -> None:
    """Give up sending the letter to the corrected address."""
    with opened(config) as app:
        app.casework().drop_resend(reference, officer, reason)
    say(f"The letter of {reference} is not sent to the corrected address.")


def ask(
    reference: ReferenceArgument,
    officer: OfficerOption,
    config: ConfigOption = None,
    override_reason: OverrideOption = "",
) -> None:
    """Send the question to a service area that is being written (draft --kind service_area); nobody has to approve it."""
    with opened(config) as app:
        done = app.casework().send_question(reference, officer, override_reason=override_reason)
    say(f"The question goes to {', '.join(done.recipients)} at the next delivery.")


@deputies.callback()
def list_deputies(context: typer.Context, config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """List who approves for whom today or later."""
    if context.invoked_subcommand is not None:
        return
    with opened(config) as app:
        rows = app.casework().deputies()
    for row in rows if as_lines else ():
        days = {"first_day": row.first_day, "last_day": row.last_day}
        say_json({"id": row.id, "officer": row.officer, "for": row.for_officer, **days})
    if not as_lines:
        cells = [(row.id, row.officer, row.for_officer, row.first_day, row.last_day) for row in rows]
        table(("id", "deputy", "for", "from", "to"), cells, empty="Nobody approves for another.")


@deputies.command("set")
def set_deputy(
    deputy: Annotated[str, typer.Argument(metavar="DEPUTY", help="Who approves.")],
    for_officer: Annotated[str, typer.Option("--for", metavar="APPROVER", help="For whom.")],
    first_day: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day, like 2026-03-02.")],
    last_day: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day.")],
    officer: OfficerOption,
    config: ConfigOption = None,
) -> None:
    """Let DEPUTY approve for an approver from one day to another, both included."""
    days = _day(first_day, "--from"), _day(last_day, "--to")
    with opened(config) as app:
        number = app.casework().set_deputy(officer, deputy, for_officer, *days)
    say(f"{deputy} approves for {for_officer} from {first_day} to {last_day} (number {number}).")


@deputies.command("end")
def end_deputy(
    number: Annotated[int, typer.Argument(metavar="ID", help="The number in the list.")],
    officer: OfficerOption,
    config: ConfigOption = None,
) -> None:
    """End it at once."""
    with opened(config) as app:
        app.casework().end_deputy(officer, number)
    say(f"Number {number} is ended.")


@exceptions.callback()
def list_exceptions(
    context: typer.Context,
    config: ConfigOption = None,
    officer: MaybeOfficerOption = None,
    *,
    as_lines: JsonOption = False,
) -> None:
    """List letters approved by a deputy, alone or with a correction that nobody has looked at since; with --officer, what they may check."""
    if context.invoked_subcommand is not None:
        return
    with opened(config) as app:
        rows = app.casework().exceptions_to_check(officer)
    for row in rows if as_lines else ():
        about = {"letter": row.letter_id, "reference": row.reference, "kind": row.kind, "approved_by": row.approved_by}
        say_json({**about, "exception": row.exception})
    if not as_lines:
        cells = [
            (row.letter_id, row.reference, row.kind, (row.exception or {}).get("policy"), row.approved_by)
            for row in rows
        ]
        table(("letter", "reference", "kind", "policy", "approved by"), cells, empty="Nothing waits to be checked.")


@exceptions.command("checked")
def check_exception(
    letter: Annotated[int, typer.Argument(metavar="ID", help="The letter's number in the list.")],
    officer: OfficerOption,
    config: ConfigOption = None,
) -> None:
    """Say that you have looked at a letter that was approved by an exception."""
    with opened(config) as app:
        app.casework().check_exception(letter, officer)
    say(f"Letter {letter} is checked.")


def _day(text: str, option: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar day has no zone
    except ValueError:
        raise UsageError(f"{option}: {text[:40]} is not a day; write it like 2026-03-02") from None


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.add_typer(resend, name="resend")
    app.add_typer(deputies, name="deputies")
    app.add_typer(exceptions, name="exceptions")
    app.command()(ask)
