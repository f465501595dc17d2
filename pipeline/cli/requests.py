"""Verbs on requests: list, show, draft, submit, approve and the rest of an officer's work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from pipeline.domain.calendar import long_date
from pipeline.domain.errors import NotFoundError, UsageError
from pipeline.letters.checking import Level
from pipeline.letters.model import LetterKind
from pipeline.letters.record import load_record

if TYPE_CHECKING:
    from pipeline.bootstrap import App
    from pipeline.store.records import Case, MessageSummary, OutboxSummary

KindOption = Annotated[
    LetterKind | None,
    typer.Option("--kind", help="Which letter, where the request has several; with draft --new, which kind to begin."),
]
ReferenceArgument = Annotated[str, typer.Argument(metavar="REF", help="The request's reference, like FOI598335296.")]


def as_json(case: Case) -> dict[str, Any]:
    """A request as programs see it; the keys are an interface."""
    return {
        "reference": case.reference,
        "status": case.workflow,
        "clock": case.clock,
        "outcome": case.outcome,
        "regime": case.regime,
        "received_on": case.received_on,
        "due_on": case.due_on,
        "requester_name": case.requester_name,
        "requester_email": case.requester_email,
        "topic": case.topic,
        "questions": [
            {"label": q.label, "text": q.text} | ({"regime": q.regime} if q.regime else {}) for q in case.questions
        ],
        "acknowledged_at": case.acknowledged_at,
        "flagged": case.flagged,
        "flag_reasons": list(case.flag_reasons),
        "acknowledge": case.acknowledge,
        "acknowledge_kind": case.acknowledge_kind,
        "acknowledge_reasons": list(case.acknowledge_reasons),
    }


def requests(config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """List all requests, oldest first."""
    with opened(config) as app, app.store.read() as work:
        if as_lines:
            for case in work.cases.every():
                say_json(as_json(case))
            return
        rows = [
            (
                c.reference,
                c.workflow,
                c.regime.upper(),
                c.due_on,
                c.requester_name or c.requester_email,
                c.topic,
                "!" if c.flagged else "",
            )
            for c in work.cases.every()
        ]
    columns = ("reference", "status", "law", "due", "requester", "topic", "look")
    table(columns, rows, empty="There are no requests yet. infogov run-once reads the mailbox.")


def show(reference: ReferenceArgument, config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """Show everything about one request: its questions, letters, messages and timeline."""
    with opened(config) as app:
        whole = _whole(app, reference)
    if as_lines:
        say_json(whole)
        return
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
    letter_rows = [(o["id"], o["kind"], o["status"], ", ".join(o["to"]), o["last_error"]) for o in whole["outbox"]]
    table(("letter", "kind", "status", "to", "problem"), letter_rows, empty="No letters yet.")
    message_rows = [(m["id"], m["side"], m["intent"], m["from"], m["subject"]) for m in whole["messages"]]
    table(("message", "side", "intent", "from", "subject"), message_rows, empty="No messages.")
    event_rows = [(e["at"].strftime("%Y-%m-%d %H:%M:%S"), e["kind"], e["actor"], e["via"]) for e in whole["events"]]
    table(("at (UTC)", "what", "who", "via"), event_rows, empty="No events.")


def _whole(app: App, reference: str) -> dict[str, Any]:
    with app.store.read() as work:
        case = work.cases.by_reference(reference.strip().upper())
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


def draft(
    reference: ReferenceArgument,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE.toml]", help="The draft to keep.")] = None,
    config: ConfigOption = None,
    officer: MaybeOfficerOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where --new writes; - for standard output.")
    ] = None,
    kind: KindOption = None,
    *,
    new: Annotated[bool, typer.Option("--new", help="Write a draft file with the questions filled in.")] = False,
) -> None:
    """Write a draft file for a request (--new), or keep FILE.toml as its draft."""
    if new == (file is not None):
        raise UsageError("give either --new, to get a draft file, or the name of a draft file to keep")
    with opened(config) as app:
        if new:
            _write_new(
                app.casework().draft_text(reference, kind or LetterKind.RESPONSE),
                output or Path(f"{reference.strip().upper()}.toml"),
            )
            return
        if file is None:  # pragma: no cover - excluded above
            return
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{file} can't be read ({error}); name a draft file made with --new") from error
        remarks = app.casework().save_draft(reference, text, str(file), officer, beside(file, text))
    say(f"Kept as the draft of {reference.strip().upper()}.", *remarks, f"Next: infogov submit {reference} --officer …")


def beside(file: Path, text: str) -> dict[str, bytes]:
    """The files that a draft names under ``attachments``, read from the folder it lies in; a name never leads out of that folder."""
    names = [name for name in load_record(text, str(file)).attachments if Path(name).name == name]
    return {name: path.read_bytes() for name in names if (path := file.parent / name).is_file()}


def _write_new(text: str, output: Path) -> None:
    if str(output) == "-":
        say(text.rstrip("\n"))
        return
    try:
        with output.open("x", encoding="utf-8") as target:
            target.write(text)
    except FileExistsError as error:
        raise UsageError(f"{output} exists; name another file with --output, or remove it") from error
    except OSError as error:
        raise UsageError(f"{output} can't be written: {error.strerror}; name another file with --output") from error
    say(f"{output} is written: fill in the answers, then keep it as the draft.")


def check(
    reference: ReferenceArgument, config: ConfigOption = None, kind: KindOption = None, *, as_lines: JsonOption = False
) -> None:
    """Say what stops the draft or letter of a request, and what to read again; ends with 1 when something stops it."""
    with opened(config) as app:
        found = app.casework().findings(reference, kind)
        leaks = app.casework().release_findings(reference, kind)
    if as_lines:
        for finding in found:
            say_json(
                {
                    "rule": finding.rule,
                    "level": finding.level,
                    "overridable": finding.overridable,
                    "place": finding.place,
                    "words": finding.words,
                    "remedy": finding.remedy,
                }
            )
        for one in leaks:
            say_json(one | {"overridable": one["level"] != "stop"})
    else:
        rows = [(f.level, f.place, f.words, f.remedy, "" if f.overridable else "no") for f in found]
        rows += [(o["level"], o["file"], o["words"], o["remedy"], "no" if o["level"] == "stop" else "") for o in leaks]
        table(("level", "where", "what", "what to do", "override"), rows, empty="Nothing was found.")
    if any(finding.level is Level.STOP for finding in found) or any(one["level"] == "stop" for one in leaks):
        raise typer.Exit(1)


def submit(
    reference: ReferenceArgument,
    officer: OfficerOption,
    config: ConfigOption = None,
    despite: Annotated[
        str, typer.Option("--despite", metavar="REASON", help="Why it should go in spite of what stops it.")
    ] = "",
    kind: KindOption = None,
) -> None:
    """Put the draft into the queue for approval."""
    with opened(config) as app:
        app.casework().submit(reference, officer, despite=despite, kind=kind)
    say(f"{reference} is waiting for another officer's approval.")


def approve(
    reference: ReferenceArgument,
    officer: OfficerOption,
    config: ConfigOption = None,
    override_reason: Annotated[
        str, typer.Option("--override-reason", metavar="REASON", help="Why it goes in spite of what stops it; kept.")
    ] = "",
    kind: KindOption = None,
) -> None:
    """Approve the letter, exactly as it stands; it goes when its time to stop it is over."""
    with opened(config) as app:
        done = app.casework().approve(reference, officer, override_reason=override_reason, kind=kind)
    say(
        f"Approved: letter {done.outbox_id} to {', '.join(done.recipients)}, sha256 {done.sha256}.",
        f"It goes after {done.not_before:%Y-%m-%d %H:%M:%S} UTC unless stopped: infogov stop {reference} --officer …",
    )


def give_back(
    reference: ReferenceArgument,
    officer: OfficerOption,
    config: ConfigOption = None,
    reason: ReasonOption = "",
    kind: KindOption = None,
) -> None:
    """Return the letter to its drafter, with a reason."""
    with opened(config) as app:
        app.casework().give_back(reference, officer, reason, kind)
    say(f"{reference} is back with its drafter.")


def withdraw(
    reference: ReferenceArgument, officer: OfficerOption, config: ConfigOption = None, reason: ReasonOption = ""
) -> None:
    """Note that the requester has withdrawn."""
    with opened(config) as app:
        app.casework().withdraw(reference, officer, reason)
    say(f"{reference} is withdrawn.")


def close(
    reference: ReferenceArgument, officer: OfficerOption, config: ConfigOption = None, reason: ReasonOption = ""
) -> None:
    """Close a request."""
    with opened(config) as app:
        app.casework().close(reference, officer, reason)
    say(f"{reference} is closed.")


def reopen(
    reference: ReferenceArgument, officer: OfficerOption, config: ConfigOption = None, reason: ReasonOption = ""
) -> None:
    """Open an answered, closed or withdrawn request again."""
    with opened(config) as app:
        app.casework().reopen(reference, officer, reason)
    say(f"{reference} is open again.")


def send_now(reference: ReferenceArgument, officer: OfficerOption, config: ConfigOption = None) -> None:
    """Let an approved letter go at once."""
    with opened(config) as app:
        app.casework().send_now(reference, officer)
    say(f"The letter of {reference} goes at the next delivery.")


def stop(
    reference: ReferenceArgument,
    officer: OfficerOption,
    config: ConfigOption = None,
    reason: ReasonOption = "",
    kind: KindOption = None,
) -> None:
    """Take an approved letter back before it goes."""
    with opened(config) as app:
        app.casework().stop(reference, officer, reason, kind)
    say(f"The letter of {reference} is stopped and waits for approval again.")


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    for verb in (requests, show, draft, check, submit, approve, withdraw, close, reopen, stop):
        app.command()(verb)
    app.command("return")(give_back)
    app.command("send-now")(send_now)
