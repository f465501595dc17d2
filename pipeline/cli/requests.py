"""Verbs on requests: list, show, draft, submit, approve and the rest of an officer's work."""

from __future__ import annotations

from datetime import datetime
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
    complain,
    say,
    say_json,
    table,
)
from pipeline.domain.clock import received_day
from pipeline.domain.clock_events import LONDON
from pipeline.domain.errors import UsageError
from pipeline.domain.request import ClockState, Regime, Workflow
from pipeline.letters.model import LetterKind
from pipeline.resources import later, when_called

if TYPE_CHECKING:
    from datetime import date

    from pipeline.bootstrap import App
    from pipeline.letters import checking
    from pipeline.letters.record import load_record
    from pipeline.stages.casework import Approved
    from pipeline.store.records import Case
else:
    checking = later("pipeline.letters.checking")
    load_record = when_called("pipeline.letters.record", "load_record")

KindOption = Annotated[
    LetterKind | None,
    typer.Option("--kind", help="Which letter, where the request has several; with draft --new, which kind to begin."),
]
_DONE = (Workflow.SENT, Workflow.CLOSED, Workflow.WITHDRAWN, Workflow.NOT_A_REQUEST)

AloneOption = Annotated[
    str,
    typer.Option("--alone", metavar="REASON", help="Why you approve without a second person; every approver is told."),
]
OverrideOption = Annotated[
    str, typer.Option("--override-reason", metavar="REASON", help="Why it goes in spite of what stops it; kept.")
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


def requests(
    config: ConfigOption = None,
    *,
    as_lines: JsonOption = False,
    everything: Annotated[bool, typer.Option("--all", help="Also what is answered, closed or withdrawn.")] = False,
) -> None:
    """List the open requests, the next one due first; --json gives all of them, oldest first."""
    with opened(config) as app, app.store.read() as work:
        if as_lines:
            for case in work.cases.every():
                say_json(as_json(case))
            return
        cases = [case for case in work.cases.every() if everything or case.workflow not in _DONE]
        today = received_day(app.clock.now())
    rows = [
        (
            c.reference,
            c.workflow.replace("_", " "),
            c.regime.upper(),
            c.due_on,
            _days_left(app, c, today),
            c.requester_name or c.requester_email,
            c.topic,
            "!" if c.flagged else "",
        )
        for c in sorted(cases, key=lambda c: (c.workflow in _DONE, c.due_on, c.id))
    ]
    columns = ("reference", "status", "law", "due", "working days left", "requester", "topic", "look")
    table(columns, rows, empty="Nothing is open. infogov run-once reads the mailbox; --all lists what is done, too.")


def _days_left(app: App, case: Case, today: date) -> str:
    """How many working days are left for an open case, in words where there are none."""
    if case.workflow in _DONE:
        return ""
    if case.clock == ClockState.WAITING:
        return "waiting for the requester"
    if case.due_on < today:
        return "OVERDUE"
    return str(app.calendar.working_days_between(today, case.due_on, Regime(case.regime)))


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
        text = _content(file)
        if officer is None:
            say("No --officer was named: whoever submits this stands for it as its writer, and can't approve it.")
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
    if any(finding.level is checking.Level.STOP for finding in found) or any(one["level"] == "stop" for one in leaks):
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


def approve(  # noqa: PLR0913, PLR0917 - one for each thing that the command takes
    reference: ReferenceArgument,
    officer: OfficerOption,
    config: ConfigOption = None,
    override_reason: OverrideOption = "",
    kind: KindOption = None,
    send_at: Annotated[
        str, typer.Option("--send-at", metavar="TIME", help='When it is to go, London time, like "2026-03-05 09:00".')
    ] = "",
    alone: AloneOption = "",
    corrected: Annotated[
        Path | None, typer.Option("--corrected", metavar="FILE.toml", help="The draft with a few words corrected.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why it was corrected; the drafter is told.")] = "",
) -> None:
    """Approve the letter, exactly as it stands; it goes when its time to stop it is over."""
    at = _instant(send_at)
    if corrected is not None and alone:
        raise UsageError("a letter that you correct can't be approved alone; leave --corrected or --alone out")
    with opened(config) as app:
        casework = app.casework()
        if corrected is None:
            done = casework.approve(
                reference,
                officer,
                override_reason=override_reason,
                kind=kind,
                send_at=at,
                break_glass_reason=alone,
            )
        else:
            written = load_record(_content(corrected), str(corrected))
            done = casework.approve_with_correction(
                reference, officer, written, reason, override_reason=override_reason, kind=kind, send_at=at
            )
    say_approved(done, reference)


def say_approved(done: Approved, reference: str) -> None:
    """Say what an approval froze, when it goes, and how it is stopped."""
    say(
        f"Approved: letter {done.outbox_id} to {', '.join(done.recipients)}, sha256 {done.sha256}.",
        f"It goes after {done.not_before:%Y-%m-%d %H:%M:%S} UTC unless stopped: infogov stop {reference} --officer …",
    )


def _instant(text: str) -> datetime | None:
    """The moment that *text* names, in London time where it names no zone."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f'--send-at: {text[:40]} is not a time; write it like "2026-03-05 09:00"') from None
    return found if found.tzinfo else found.replace(tzinfo=LONDON)


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} can't be read ({error}); name a draft file made with --new") from error


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


def address(
    reference: ReferenceArgument,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Where the requester is to be answered.")],
    officer: OfficerOption,
    config: ConfigOption = None,
    reason: ReasonOption = "",
    name: Annotated[str, typer.Option("--name", help="The requester's name, if that is to change, too.")] = "",
) -> None:
    """Correct a requester's address, with a reason; a letter approved for the old one has to be approved again."""
    with opened(config) as app:
        remarks = app.casework().correct_requester(reference, officer, email, reason, name)
    complain(*remarks)
    say(f"{reference} is answered to {email} from now on.")


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
    for verb in (requests, draft, check, submit, approve, withdraw, close, reopen, stop):
        app.command()(verb)
    app.command()(address)
    app.command("return")(give_back)
    app.command("send-now")(send_now)
