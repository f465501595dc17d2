"""Verbs for whoever runs the service: set up, check, keep the database, prove the trail."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.bootstrap import build
from pipeline.cli import watching
from pipeline.cli.checks import run_checks
from pipeline.cli.opening import load_settings, opened
from pipeline.cli.output import ConfigOption, JsonOption, complain, say, say_json
from pipeline.domain.errors import ConfigurationError, StoreError, UsageError
from pipeline.settings import starter_text
from pipeline.settings_checks import database_url
from pipeline.store import Store

if TYPE_CHECKING:
    from pipeline.stages.checkup import Check
    from pipeline.store.audit import AuditReport

database = typer.Typer(help="The database.", no_args_is_help=True)
audit = typer.Typer(help="The trail.", no_args_is_help=True)


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
    """Check everything the service needs, from the configuration to letters that are stuck, and say what to do; changes nothing anywhere.

    Ends with 1 when a check fails, and with 2 when the configuration has mistakes.
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


def _line(result: Check) -> str:
    return f"{result.state:4}  {result.name}: {result.found}" + (f"\n      -> {result.remedy}" if result.remedy else "")


# ---- database and trail ----------------------------------------------------------------------------------------------


@database.command("upgrade")
def upgrade(config: ConfigOption = None) -> None:
    """Create the database, or bring it to this version's schema."""
    app = build(load_settings(config))
    try:
        current, _ = app.store.versions()
        app.store.check_shape()
    finally:
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


@database.command("reindex")
def reindex(config: ConfigOption = None) -> None:
    """Make what the search looks in anew from every request, where its results look wrong; the service may run, and waits meanwhile."""
    with opened(config) as app:
        done = app.store.reindex()
    say(f"The words of {done} requests are in the search again.")


@database.command("copy")
def copy(
    url: Annotated[
        str,
        typer.Argument(metavar="URL", help="The new, empty database; leave the password to PGPASSWORD or ~/.pgpass."),
    ],
    config: ConfigOption = None,
) -> None:
    """Copy everything into another database, as from SQLite to PostgreSQL, with the service stopped, and prove the copy."""
    try:
        address = database_url(url, Path.cwd(), lambda name: find_spec(name) is not None)
    except ValueError as error:
        raise UsageError(f"the new database's address {error}") from error
    with opened(config) as app:
        if app.store.is_at(address):
            raise UsageError("that is the database which is in use; name a new, empty one")
        with app.store.exclusive("worker") as alone, app.store.exclusive("pages") as unseen:
            if not alone:
                raise StoreError("a worker is running on this database; stop it first")
            if not unseen:
                raise StoreError("the officers' pages run on this database; stop them first (infogov web)")
            target = Store.open(address)
            try:
                moved = app.store.copy_to(target)
            finally:
                target.close()
    rows = sum(moved.rows.values())
    say(
        f"{rows} rows of {len(moved.rows)} tables are in the new database, each compared with the original;",
        f"{moved.events} events in {moved.chains} chains were followed link by link, and end where they ended here.",
        "Now set [database] url in the configuration and start the service. This database was left as it is.",
    )


@audit.command("verify")
def verify(config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """Prove the trail: every event, raw mail, frozen letter, draft, and requesters' and questions' fields by digest."""
    with opened(config) as app:
        report = app.store.verify()
    if as_lines:
        say_json({**_counts(report), "findings": report.findings, "erased": report.erased, "heads": report.heads})
    else:
        say(
            "Covered: "
            + ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in _counts(report).items())
            + "."
        )
        say(*(f"ERASED: {erased}" for erased in report.erased))
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
    for verb in (init, doctor):
        app.command()(verb)
    app.add_typer(audit, name="audit")
    watching.add_to(app)
    watching.add_to_database(database)
    app.add_typer(database, name="db")
