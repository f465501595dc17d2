"""The verb ``show``: one request's whole file, and the words of any letter or message in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.opening import opened
from pipeline.cli.output import ConfigOption, JsonOption, say, say_json, table
from pipeline.cli.requests import ReferenceArgument, as_json
from pipeline.domain.calendar import long_date
from pipeline.domain.errors import NotFoundError
from pipeline.mail.parsing import parse

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.bootstrap import App
    from pipeline.domain.message import Message
    from pipeline.store.records import MessageSummary, OutboxSummary


def show(
    reference: ReferenceArgument,
    config: ConfigOption = None,
    letter: Annotated[
        int | None, typer.Option("--letter", metavar="ID", help="The words of one letter as frozen.")
    ] = None,
    message: Annotated[int | None, typer.Option("--message", metavar="ID", help="The words of one message.")] = None,
    *,
    as_lines: JsonOption = False,
    draft: Annotated[bool, typer.Option("--draft", help="The current letter as it would go today.")] = False,
) -> None:
    """Show everything about one request: its questions, letters, messages and timeline; or the words of one of them."""
    with opened(config) as app:
        whole = _whole(app, reference)
        if draft:
            say(app.casework().preview(reference))
            return
        if letter is not None or message is not None:
            say(_words(app, whole, letter, message))
            return
    if as_lines:
        say_json(whole)
        return
    _tell(whole)
    _tell_file(whole)


def _tell(whole: dict[str, Any]) -> None:
    """Say who asked what, under which law, by when."""
    say(
        f"{whole['reference']}  {whole['status']}, clock {whole['clock']}"
        + (f", {whole['outcome']}" if whole["outcome"] else ""),
        f"{whole['regime'].upper()}, because {'; '.join(whole['regime_reasons'])}",
        f"from {whole['requester_name']} <{whole['requester_email']}>",
        f"received {long_date(whole['received_on'])} ({whole['received_source']}), due {long_date(whole['due_on'])}",
        f"topic: {whole['topic']}",
    )
    for reason in whole["flag_reasons"]:
        say(f"look: {reason}")
    for question in whole["questions"]:
        say(f"{question['label'] or '-'}. {question['text']}")
    say("")


def _tell_file(whole: dict[str, Any]) -> None:
    """List letters, messages and what happened."""
    letter_rows = [
        (
            o["id"],
            o["kind"],
            o["status"],
            ", ".join(o["to"]),
            _when(o["sent_at"]),
            o["answer"] or o["last_error"],
            o["sha256"][:12],
        )
        for o in whole["outbox"]
    ]
    columns = ("letter", "kind", "status", "to", "accepted (UTC)", "the server's answer", "sha256")
    table(columns, letter_rows, empty="No letters yet.")
    for one in whole["letters"]:
        drafted = ", ".join(one["drafted_by"]) or "nobody named"
        say(
            f"{one['kind']}, version {one['version']}, {one['status'].replace('_', ' ')}: drafted by {drafted}, "
            f"submitted by {one['submitted_by'] or '-'}, approved by {one['approved_by'] or '-'}"
        )
    message_rows = [(m["id"], m["side"], m["intent"], m["from"], m["subject"]) for m in whole["messages"]]
    table(("message", "side", "intent", "from", "subject"), message_rows, empty="No messages.")
    event_rows = [
        (_when(e["at"]), e["kind"], e["actor"], e["via"], e["data"].get("reason", "")) for e in whole["events"]
    ]
    table(("at (UTC)", "what", "who", "via", "why"), event_rows, empty="No events.")


def _when(at: datetime | None) -> str:
    return "" if at is None else at.strftime("%Y-%m-%d %H:%M:%S")


def _words(app: App, whole: dict[str, Any], letter: int | None, message: int | None) -> str:
    """The text of one letter or message of a case, and of no other."""
    with app.store.read() as work:
        if letter is not None and letter in {one["id"] for one in whole["outbox"]}:
            return parse(work.outbox.content(letter) or b"").text
        if message is not None and message in {one["id"] for one in whole["messages"]}:
            return _with_headers(parse(work.messages.raw(message) or b""))
    raise NotFoundError(f"{whole['reference']} has no such letter or message; see: infogov show {whole['reference']}")


def _whole(app: App, reference: str) -> dict[str, Any]:
    with app.store.read() as work:
        case = work.cases.by_reference(reference)
        if case is None:
            raise NotFoundError(f"there is no request {reference}; see: infogov requests")
        return {
            **as_json(case),
            "regime_reasons": list(case.regime_reasons),
            "received_source": case.received_source,
            "subject": case.subject,
            "linked": [{"reference": other, "why": why} for other, why in work.cases.linked(case.id)],
            "letters": [
                {
                    "id": row.id,
                    "kind": row.kind,
                    "status": row.status,
                    "version": row.version,
                    "drafted_by": list(row.writers),
                    "submitted_by": row.submitted_by,
                    "approved_by": row.approved_by,
                }
                for row in work.letters.of_case(case.id)
            ],
            "outbox": [_letter_json(row) for row in work.outbox.summaries(request_id=case.id)],
            "messages": [_message_json(m) for m in work.messages.of_case(case.id)],
            "events": [
                {"at": e.at, "kind": e.kind, "actor": e.actor, "via": e.via, "data": e.data}
                for e in work.events.of_case(case.id)
            ],
        }


def _letter_json(row: OutboxSummary) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "status": row.status,
        "to": list(row.recipients),
        "message_id": row.message_id,
        "sha256": row.sha256,
        "attempts": row.attempts,
        "not_before": row.not_before,
        "sent_at": row.sent_at,
        "last_error": row.last_error,
        "answer": row.answer,
    }


def _message_json(m: MessageSummary) -> dict[str, Any]:
    return {
        "id": m.id,
        "side": m.side,
        "rung": m.rung,
        "verdict": m.verdict,
        "intent": m.intent,
        "reasons": list(m.reasons),
        "received_at": m.received_at,
        "from": m.author_email,
        "subject": m.subject,
    }


def _with_headers(mail: Message) -> str:
    """A mail's words below everybody it names, so that an answer that would go elsewhere is seen."""
    people = (
        ("From", mail.from_),
        ("Sender", mail.sender),
        ("Reply-To", mail.reply_to),
        ("To", mail.to),
        ("Cc", mail.cc),
    )
    named = [
        f"{label}: " + ", ".join(f"{one.name} <{one.email}>".strip() for one in who) for label, who in people if who
    ]
    dated = [f"Date (the sender's word): {mail.date:%Y-%m-%d %H:%M} UTC"] if mail.date else []
    files = [f"Attached: {one.name} ({one.content_type}, {one.size} bytes)" for one in mail.attachments]
    oddities = [f"Odd: {defect}" for defect in mail.defects]
    return "\n".join((*named, f"Subject: {mail.subject}", *dated, *files, *oddities, "", mail.text))


def add_to(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command()(show)
