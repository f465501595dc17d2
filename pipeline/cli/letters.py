"""Verbs on single letters and messages: the outbox, acknowledgements that wait for a word, mail that could not be read."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.opening import load_settings, opened
from pipeline.cli.output import ConfigOption, JsonOption, MaybeOfficerOption, say, say_json, table
from pipeline.domain.errors import UsageError
from pipeline.domain.request import Regime
from pipeline.letters.model import LetterKind
from pipeline.letters.paragraphs import own_file, standard_paragraphs
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.store.records import OutboxSummary, Quarantined

outbox = typer.Typer(help="Letters on their way out.", invoke_without_command=True)
quarantine = typer.Typer(help="Mail that could not be read.", invoke_without_command=True)
acknowledgements = typer.Typer(help="Acknowledgements that wait for a person's word.", invoke_without_command=True)

LawArgument = Annotated[Regime, typer.Argument(metavar="LAW", help="foi, eir or sar.")]
KindOption = Annotated[LetterKind | None, typer.Option("--kind", help="Only those for this kind of letter.")]
LetterArgument = Annotated[int, typer.Argument(metavar="ID", help="The letter's number in the outbox.")]
MessageArgument = Annotated[int, typer.Argument(metavar="ID", help="The message's number.")]


@outbox.callback()
def list_outbox(context: typer.Context, config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """List the letters on their way out, and those that have gone."""
    if context.invoked_subcommand is not None:
        return
    with opened(config) as app, app.store.read() as work:
        rows = work.outbox.summaries()
    if as_lines:
        for row in rows:
            say_json(_outbox_json(row))
        return
    columns = ("id", "reference", "kind", "status", "tries", "to", "not before (UTC)", "problem")
    cells = [
        (
            r.id,
            r.reference,
            r.kind,
            r.status,
            r.attempts,
            ", ".join(r.recipients),
            f"{r.not_before:%Y-%m-%d %H:%M:%S}",
            r.last_error,
        )
        for r in rows
    ]
    table(columns, cells, empty="There are no letters.")


def _outbox_json(row: OutboxSummary) -> dict[str, object]:
    return {
        "id": row.id,
        "reference": row.reference,
        "kind": row.kind,
        "status": row.status,
        "attempts": row.attempts,
        "to": list(row.recipients),
        "message_id": row.message_id,
        "not_before": row.not_before,
        "last_error": row.last_error,
        "sent_at": row.sent_at,
        "sha256": row.sha256,
        "redirected_to": row.redirected_to,
    }


@outbox.command()
def retry(letter: LetterArgument, config: ConfigOption = None, officer: MaybeOfficerOption = None) -> None:
    """Send a letter that failed, came back or waits for its next try at the next delivery."""
    with opened(config) as app:
        app.mailroom().retry(letter, officer)
    say(f"Letter {letter} goes at the next delivery.")


@outbox.command()
def cancel(letter: LetterArgument, config: ConfigOption = None, officer: MaybeOfficerOption = None) -> None:
    """Take a letter out of the outbox; a response waits for approval again."""
    with opened(config) as app:
        app.mailroom().cancel(letter, officer)
    say(f"Letter {letter} is cancelled.")


@outbox.command()
def resolve(
    letter: LetterArgument,
    config: ConfigOption = None,
    officer: MaybeOfficerOption = None,
    *,
    delivered: Annotated[
        bool | None,
        typer.Option(
            "--delivered/--not-delivered", help="It arrived, and counts as sent; or it did not, and is sent again."
        ),
    ] = None,
) -> None:
    """Decide about a letter that may have been delivered. Ask the requester or the mail administrators first."""
    if delivered is None:
        raise UsageError(
            "say --delivered, and it counts as sent, or --not-delivered, and it is sent again under the same Message-ID"
        )
    with opened(config) as app:
        app.mailroom().resolve(letter, delivered=delivered, officer=officer)
    say(f"Letter {letter} counts as sent." if delivered else f"Letter {letter} is sent again at the next delivery.")


@acknowledgements.callback()
def list_acknowledgements(context: typer.Context, config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """List requests whose acknowledgement waits for a person's word, and why."""
    if context.invoked_subcommand is not None:
        return
    with opened(config) as app:
        cases = app.mailroom().waiting_acknowledgements()
    for case in cases:
        if as_lines:
            say_json(
                {
                    "reference": case.reference,
                    "kind": case.acknowledge_kind,
                    "to": case.requester_email,
                    "waits": case.acknowledge,
                    "reasons": list(case.acknowledge_reasons),
                }
            )
    if not as_lines:
        rows = [(c.reference, c.acknowledge_kind, c.requester_email, "; ".join(c.acknowledge_reasons)) for c in cases]
        table(("reference", "kind", "to", "why it waits"), rows, empty="No acknowledgement waits.")


@acknowledgements.command()
def release(
    reference: Annotated[str, typer.Argument(metavar="REF", help="The request's reference.")],
    config: ConfigOption = None,
    officer: MaybeOfficerOption = None,
) -> None:
    """Let the acknowledgement of a request go."""
    with opened(config) as app:
        letter = app.mailroom().release_acknowledgement(reference, officer)
    say(f"The acknowledgement of {reference} (letter {letter}) goes at the next delivery.")


@quarantine.callback()
def list_quarantine(context: typer.Context, config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """List mail that could not be read; each has a date of receipt and a due date, for the clock runs."""
    if context.invoked_subcommand is not None:
        return
    with opened(config) as app:
        messages = app.mailroom().quarantined()
    if as_lines:
        for message in messages:
            say_json(_quarantine_json(message))
        return
    rows = [(m.id, m.received_on, m.due_on, m.sender, m.subject, m.reason, m.attempts) for m in messages]
    columns = ("id", "received", "due", "from", "subject", "reason", "tries")
    table(columns, rows, empty="Everything could be read.")


def _quarantine_json(message: Quarantined) -> dict[str, object]:
    return {
        "id": message.id,
        "received_on": message.received_on,
        "due_on": message.due_on,
        "from": message.sender,
        "subject": message.subject,
        "reason": message.reason,
        "attempts": message.attempts,
        "size": message.size,
        "body": message.body,
    }


@quarantine.command("show")
def show_message(message: MessageArgument, config: ConfigOption = None) -> None:
    """Print the bytes of a message exactly as they were taken."""
    with opened(config) as app:
        sys.stdout.buffer.write(app.mailroom().raw(message))


@quarantine.command("retry")
def retry_message(message: MessageArgument, config: ConfigOption = None, officer: MaybeOfficerOption = None) -> None:
    """Read a message again; one that was too large is fetched whole at the next poll."""
    with opened(config) as app:
        app.mailroom().retry_quarantined(message, officer)
    say(f"Message {message} is read again at the next run.")


@quarantine.command("dismiss")
def dismiss_message(message: MessageArgument, config: ConfigOption = None, officer: MaybeOfficerOption = None) -> None:
    """Take a message off the list; its bytes are kept."""
    with opened(config) as app:
        app.mailroom().dismiss_quarantined(message, officer)
    say(f"Message {message} is off the list.")


def paragraphs(
    law: LawArgument = Regime.FOI,
    kind: KindOption = None,
    config: ConfigOption = None,
    *,
    as_lines: JsonOption = False,
) -> None:
    """List the standard paragraphs that are right under a law. The council's own are among them, where a configuration names them."""
    configured = config is not None or Settings.locate(None, os.environ) is not None
    for one in standard_paragraphs(law, kind, own_file(load_settings(config)) if configured else None):
        if as_lines:
            about = {"key": one.key, "title": one.title, "laws": sorted(one.laws), "kinds": sorted(one.kinds)}
            say_json({**about, "field": one.field, "text": one.text})
        else:
            say(f"{one.title} ({one.key})", f"for {', '.join(sorted(one.kinds))}, into {one.field}:", one.text, "")


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.add_typer(outbox, name="outbox")
    app.command()(paragraphs)
    app.add_typer(acknowledgements, name="acknowledgements")
    app.add_typer(quarantine, name="quarantine")
