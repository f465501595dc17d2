"""Verbs for whoever runs the service: set up, check, run, keep the database, keep the list of officers."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.bootstrap import build
from pipeline.cli.checks import CheckResult, run_checks
from pipeline.cli.opening import load_settings, opened
from pipeline.cli.output import ConfigOption, JsonOption, complain, say, say_json, table
from pipeline.domain.errors import ConfigurationError, NotFoundError, UsageError
from pipeline.letters.posting import can_write_to
from pipeline.settings import starter_text
from pipeline.worker import Worker

if TYPE_CHECKING:
    from pipeline.store.audit import AuditReport

officer = typer.Typer(help="The people who work here.", no_args_is_help=True)
database = typer.Typer(help="The database.", no_args_is_help=True)
audit = typer.Typer(help="The trail.", no_args_is_help=True)


class Role(StrEnum):
    """What an officer may do."""

    APPROVER = "approver"
    OFFICER = "officer"
    ADMIN = "admin"
    READ_ONLY = "read_only"


def init(
    config: Annotated[Path, typer.Option("--config", "-c", help="The file to write.")] = Path("infogov.toml"),
) -> None:
    """Write a commented configuration to fill in; letters are held until delivery.mode says otherwise."""
    try:
        config.parent.mkdir(parents=True, exist_ok=True)
        with config.open("x", encoding="utf-8") as file:
            file.write(starter_text())
    except FileExistsError as error:
        raise UsageError(f"{config} exists and is left as it is; remove it, or name another with --config") from error
    except OSError as error:
        raise UsageError(f"{config} can't be written: {error.strerror}; name another with --config") from error
    say(
        f"{config} is written. Fill in the lines marked CHANGE-ME, then:",
        f"  infogov doctor --config {config}        checks everything and changes nothing",
        f"  infogov run-once --config {config}      reads the mailbox once; no letter leaves while delivery.mode is hold",
    )


def doctor(config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """Check configuration, database, mailboxes, SMTP server and calendar; only reads on the mail servers, and says what to do.

    The database is made or upgraded, as by every verb.
    """
    results = run_checks(config)
    if as_lines:
        for result in results:
            say_json({"check": result.name, "state": result.state, "found": result.found, "remedy": result.remedy})
    else:
        say(*(_line(result) for result in results))
    failed = [result.name for result in results if result.state == "FAIL"]
    if failed:
        raise typer.Exit(ConfigurationError.exit_code if failed[0] == "configuration" else 1)


def _line(result: CheckResult) -> str:
    return f"{result.state:4}  {result.name}: {result.found}" + (f"\n      -> {result.remedy}" if result.remedy else "")


def serve(config: ConfigOption = None) -> None:
    """Run the service: the worker, until SIGTERM or Ctrl-C."""
    worker(config)


def worker(config: ConfigOption = None) -> None:
    """Run the worker alone: read mail, file it, send what is due, until SIGTERM or Ctrl-C."""
    with opened(config, logging_level=None) as app:
        status = Worker(app).run()
    raise typer.Exit(status)


# ---- officers --------------------------------------------------------------------------------------------------------


@officer.command("add")
def add_officer(
    email: Annotated[str, typer.Argument(help="The officer's e-mail address.")],
    config: ConfigOption = None,
    name: Annotated[str, typer.Option("--name", help="The officer's name.")] = "",
    role: Annotated[Role, typer.Option("--role", help="What they may do.")] = Role.APPROVER,
) -> None:
    """Add an officer, or enable a disabled one again."""
    if not can_write_to(email):
        raise UsageError(f"{email} is not an e-mail address; write it like name@council.gov.uk")
    with opened(config) as app, app.store.write() as work:
        now = app.clock.now()
        known = work.officers.find(email)
        if known is None:
            work.officers.add(email, name or email.partition("@")[0], role, via="cli", at=now)
        elif known.disabled:
            work.officers.set_disabled(email, None, role=role, via="cli", at=now)
        else:
            raise UsageError(f"{known.email} is an officer already (role {known.role})")
    say(f"{email.casefold()} is an officer (role {role}).")


@officer.command("disable")
def disable_officer(
    email: Annotated[str, typer.Argument(help="The officer's e-mail address.")], config: ConfigOption = None
) -> None:
    """Keep an officer from acting; what they did stays under their name."""
    with opened(config) as app, app.store.write() as work:
        known = work.officers.find(email)
        if known is None:
            raise NotFoundError(f"there is no officer {email}; see: infogov officer list")
        now = app.clock.now()
        work.officers.set_disabled(email, now, role=None, via="cli", at=now)
    say(f"{email.casefold()} is disabled.")


@officer.command("list")
def list_officers(config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """List the officers."""
    with opened(config) as app, app.store.read() as work:
        officers = work.officers.all()
    if as_lines:
        for one in officers:
            say_json({"email": one.email, "name": one.name, "role": one.role, "disabled": one.disabled})
        return
    rows = [(o.email, o.name, o.role, "disabled" if o.disabled else "") for o in officers]
    table(("e-mail", "name", "role", ""), rows, empty="No officers yet; add one with: infogov officer add EMAIL")


# ---- database and trail ----------------------------------------------------------------------------------------------


@database.command("upgrade")
def upgrade(config: ConfigOption = None) -> None:
    """Create the database, or bring it to this version's schema."""
    app = build(load_settings(config))
    current, _ = app.store.versions()
    app.close()
    say(f"The database is at version {current}.")


@database.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file.")], config: ConfigOption = None
) -> None:
    """Write a consistent copy of the database while the service runs."""
    with opened(config) as app:
        app.store.backup(file)
    say(f"{file} is a complete copy of the database.")


@audit.command("verify")
def verify(config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """Prove the trail: every event, raw mail, frozen letter, draft, and requesters' and questions' fields by digest."""
    with opened(config) as app:
        report = app.store.verify()
    if as_lines:
        say_json({**_counts(report), "findings": report.findings, "heads": report.heads})
    else:
        say(
            "Covered: "
            + ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in _counts(report).items())
            + "."
        )
        say(*(f"WRONG: {finding}" for finding in report.findings))
        if report.ok:
            say("Everything is as it was recorded.")
    if not report.ok:
        complain(
            f"{len(report.findings)} findings; don't change anything, keep a copy of the database and tell your data protection officer"
        )
        raise typer.Exit(1)


def _counts(report: AuditReport) -> dict[str, int]:
    return {
        "chains": report.chains,
        "events": report.events,
        "raw_messages": report.raw_messages,
        "requests": report.requests,
        "letters": report.letters,
        "frozen_letters": report.outbox,
    }


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    for verb in (init, doctor, serve, worker):
        app.command()(verb)
    app.add_typer(officer, name="officer")
    app.add_typer(audit, name="audit")
    app.add_typer(database, name="db")
