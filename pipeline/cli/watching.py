"""Verbs for whoever watches over the service: alarms, and a database put back from a copy."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations while the program runs
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.bootstrap import SystemClock, watch
from pipeline.cli.opening import load_settings, opened, set_up_logging
from pipeline.cli.output import ConfigOption, JsonOption, complain, say, say_json
from pipeline.domain.errors import MailboxError, StoreError
from pipeline.stages.recovery import Recovery
from pipeline.store import Store
from pipeline.store.restoring import restore

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.bootstrap import App
    from pipeline.stages.alarms import Alarms
    from pipeline.stages.recovery import Compared, Marked

_UNHEARD = 3  # so that a timer's unit fails: 1, something is wrong, is none of its own failures


def alarms(
    config: ConfigOption = None,
    *,
    as_lines: JsonOption = False,
    test: Annotated[bool, typer.Option("--test", help="Ring every configured way once, to see that it works.")] = False,
) -> None:
    """Look once whether anything is wrong and tell whom [alarms] names; for a timer that does not need the worker.

    A database that can't be opened, or is not there, is wrong, too; none is made. Ends with 1 when something is wrong, and with 3 when none
    of the ways in [alarms] could be used to tell it.
    """
    settings = load_settings(config)
    set_up_logging("error", settings.logging.format)
    with watch(settings) as looking:
        if test:
            _ring_all(looking, any_way=settings.alarms.any)
            return
        grave = looking.turn()
    if as_lines:
        for problem in grave:
            say_json({"problem": problem.key, "words": problem.words, "remedy": problem.remedy})
    else:
        say(*(f"{problem.words}\n      -> {problem.remedy}" for problem in grave))
        if not grave:
            say("Nothing is wrong.")
    if looking.unheard:
        complain(f"nobody could be told: {', '.join(looking.unheard)} failed; try each with: infogov alarms --test")
        raise typer.Exit(_UNHEARD)
    if grave:
        raise typer.Exit(1)


def _ring_all(looking: Alarms, *, any_way: bool) -> None:
    if not any_way:
        complain("no alarm reaches anybody: set webhook_url, command or mail_to in [alarms]")
        raise typer.Exit(1)
    failed = looking.test()
    complain(*failed)
    if failed:
        raise typer.Exit(1)
    say("Every way took the test.")


def restore_copy(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that infogov db backup made.")],
    config: ConfigOption = None,
) -> None:
    """Put a copy in the database's place, with the service stopped; the present one is kept beside it. Then do as after db restored."""
    settings, clock = load_settings(config), SystemClock()

    def mark(url: str) -> Marked:
        store = Store.open(url)
        try:
            return Recovery(store, clock, settings).mark()
        finally:
            store.close()

    aside, marked = restore(settings.database.url, file, clock.now(), mark)
    if aside is not None:
        say(f"What was there lies in {aside}.")
    _after_marking(config, lambda _: marked)


def restored(config: ConfigOption = None) -> None:
    """Say that this database was put back from a copy, before the service starts: what may have gone since does not go again.

    Letters on their way become "may not have been delivered"; mail read again is recorded, and acknowledged by an officer only, unless the
    sent folder shows what its sender was told.
    """
    _after_marking(config, Recovery.mark)


def _after_marking(config: Path | None, mark: Callable[[Recovery], Marked]) -> None:
    """Mark the database, let the sent folder speak, and say what comes of both."""
    with opened(config) as app:
        with app.store.exclusive("worker") as alone:
            if not alone:
                raise StoreError("a worker is running on this database; stop it first")
            recovery = Recovery(app.store, app.clock, app.settings)
            marked = mark(recovery)
            compared = _compare_sent_folder(app, recovery)
        gone = 0 if compared is None else len(compared.gone)
        say(
            f"The database counts as restored: {gone} letters have gone, for their copies are in the sent folder;",
            f"{marked.letters - gone} wait for a word whether they arrived (infogov outbox), and {marked.folders} folders are read",
            "again without a letter going by itself (infogov acknowledgements).",
        )
        if compared is not None and (compared.lost or compared.unknown):
            say(
                f"The sent folder names {compared.lost} requests that came after the copy: they get their references back as their mail is",
                f"read again. {compared.unknown} letters went since to requests that are here: those are marked for an officer.",
            )


def _compare_sent_folder(app: App, recovery: Recovery) -> Compared | None:
    """Let the sent folder speak for what went since; None where there is none, or it can't be read."""
    box = next((box for box in app.settings.mailbox.values() if box.sent_folder), None)
    if box is None:
        complain(
            "no sent_folder is configured, so nothing shows which letters went since the copy: mail read again gets new references"
        )
        return None
    try:
        compared = recovery.compare(app.mailbox(box), box.sent_folder)
    except MailboxError as error:
        complain(
            f"the sent folder could not be read: {error}",
            "Before the service starts, say infogov db restored again: else mail read again gets new references, and an officer decides on"
            " every letter in doubt",
        )
        return None
    mailroom = app.mailroom()
    for outbox_id in compared.gone:
        mailroom.resolve(outbox_id, delivered=True)
    return compared


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.command()(alarms)


def add_to_database(database: typer.Typer) -> None:
    """Add what belongs under ``infogov db``."""
    database.command("restore")(restore_copy)
    database.command("restored")(restored)
