"""Verbs on new mail to check: list it, open a request from it, put it with a case, take it off the list."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.opening import opened
from pipeline.cli.output import ConfigOption, JsonOption, OfficerOption, ReasonOption, say, say_json, table
from pipeline.domain.clock import parse_when
from pipeline.domain.errors import UsageError
from pipeline.domain.triage import Intent
from pipeline.stages.newmail import EFFECTS

if TYPE_CHECKING:
    from pipeline.store.records import FiledMail

newmail = typer.Typer(help="New mail to check.", invoke_without_command=True)

MessageArgument = Annotated[int, typer.Argument(metavar="ID", help="The message's number.")]


class Means(StrEnum):
    """What a message can do to the clock of the case it is put with."""

    CLARIFICATION = Intent.CLARIFICATION.value
    REVIEW = Intent.REVIEW.value
    WITHDRAWAL = Intent.WITHDRAWAL.value


@newmail.callback()
def list_new_mail(context: typer.Context, config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """List mail that belongs to no case, and requests to look at before the usual course, each with its reasons."""
    if context.invoked_subcommand is not None:
        return
    with opened(config) as app:
        found = app.new_mail().list()
    if as_lines:
        for mail in found:
            say_json(_json(mail))
        return
    rows = [
        (
            mail.id,
            mail.received_on,
            mail.due_on,
            mail.opened or mail.intent,
            _whose(mail),
            mail.subject,
            "; ".join(mail.reasons),
        )
        for mail in found
    ]
    columns = ("id", "received", "due", "looks like", "from", "subject", "why")
    table(columns, rows, empty="There is no new mail to check.")


def _whose(mail: FiledMail) -> str:
    proposed = mail.proposal or {}
    passed_on = f" (for {proposed['email'] or proposed['name']})" if proposed else ""
    return (mail.author_email or mail.author_name) + passed_on


def _json(mail: FiledMail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "mailbox": mail.mailbox,
        "folder": mail.folder,
        "received_on": mail.received_on,
        "due_on": mail.due_on,
        "verdict": mail.verdict,
        "intent": mail.intent,
        "reasons": list(mail.reasons),
        "from": mail.author_email,
        "name": mail.author_name,
        "subject": mail.subject,
        "proposal": mail.proposal,
        "reference": mail.opened,
        "suggested": list(mail.suggested),
    }


@newmail.command()
def request(
    message: MessageArgument,
    officer: OfficerOption,
    config: ConfigOption = None,
    email: Annotated[
        str | None, typer.Option("--from", help="Whose request it is, by e-mail address; else as proposed.")
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="The requester's name; else as proposed.")] = None,
    received: Annotated[
        str | None,
        typer.Option("--received", help="The day the council first had it (2025-01-06); needs --reason."),
    ] = None,
    reason: ReasonOption = "",
) -> None:
    """Open a request from a message, with its own words or those of the mail it forwards."""
    day = parse_when(received) if received is not None else None
    with opened(config) as app:
        reference = app.new_mail().make_request(
            message, officer, requester_name=name, requester_email=email, received_on=day, reason=reason
        )
        with app.store.read() as work:
            case = work.cases.by_reference(reference)
    say(f"Message {message} has opened {reference}.")
    if case is not None:
        say(
            f"Received on {case.received_on:%Y-%m-%d}: {case.received_source}",
            *(f"look: {why}" for why in case.flag_reasons),
        )
        if case.acknowledge == "officer":
            say(f"Next: infogov acknowledgements release {reference} --officer …")


@newmail.command()
def attach(
    message: MessageArgument,
    reference: Annotated[str, typer.Argument(metavar="REF", help="The request's reference, like FOI598335296.")],
    officer: OfficerOption,
    config: ConfigOption = None,
    side: Annotated[
        str, typer.Option("--side", help="requester: their correspondence; internal: our own people's.")
    ] = "requester",
    means: Annotated[
        Means | None,
        typer.Option(
            "--means",
            help="What it does to the request's clock: it answers our question, asks for a review, or withdraws the request.",
        ),
    ] = None,
    question: Annotated[
        int | None,
        typer.Option(
            "--question",
            metavar="N",
            help="Which question was asked about, with --means clarification; else all of it.",
        ),
    ] = None,
) -> None:
    """Put a message with a case; with --means, record on its clock what the message does."""
    if question is not None and means is not Means.CLARIFICATION:
        raise UsageError("--question names what was asked about: give it with --means clarification")
    with opened(config) as app:
        key = None if question is None else app.clockwork().key_of(reference, question)
        does = None if means is None else EFFECTS[Intent(means)]
        app.new_mail().attach(message, reference, officer, side, means=does, question=key)
    say(f"Message {message} stands on the {side} side of {reference.strip().upper()}.")
    if means is not None:
        say(f"What it does to the clock is recorded; see: infogov clock {reference.strip().upper()}")


@newmail.command()
def dismiss(
    message: MessageArgument, officer: OfficerOption, config: ConfigOption = None, reason: ReasonOption = ""
) -> None:
    """Take a message off the list, or the mark off the request it opened; its bytes are kept."""
    with opened(config) as app:
        app.new_mail().dismiss(message, officer, reason)
    say(f"Message {message} is off the list.")


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.add_typer(newmail, name="newmail")
