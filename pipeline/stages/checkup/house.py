"""Checks of our own house: the configuration file, the disk, the calendar, how letters leave, officers, the worker, what is stuck."""

from __future__ import annotations

import os
import re
from shutil import which
from typing import TYPE_CHECKING

from pipeline.domain.clock import received_day
from pipeline.domain.errors import UsageError
from pipeline.domain.health import LITTLE_ROOM, ProblemKind
from pipeline.domain.request import Regime
from pipeline.letters.paragraphs import own_file, standard_paragraphs
from pipeline.stages.checkup.checks import Check, State, fail, ok, warn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.health import Problem
    from pipeline.domain.ports import Clock
    from pipeline.settings import Settings
    from pipeline.store import Store

_SECRET = re.compile(
    r"""(?m)^\s*(?:(?:password|client_secret|mail_password|webhook_url)\s*=\s*["'][^"']|url\s*=\s*["'][^"'/]+://[^"'/:@]*:[^"'/@])"""
)
_ENOUGH_OFFICERS = 2  # one drafts, another approves
_OTHERS_MAY_READ = 0o004
# What a service that has never run can't have done yet.
_OF_THE_WORKER = (ProblemKind.WORKER_SILENT, ProblemKind.PART_SILENT, ProblemKind.MAILBOX_UNREAD)
# Upkeep names each letter and message of these kinds.
_TOLD_ABOVE = ("calendar", "unsent")
_TOLD_BY_UPKEEP = (ProblemKind.UNCERTAIN, ProblemKind.FAILED, ProblemKind.QUARANTINED)


def configuration(settings: Settings) -> Iterator[Check]:
    """Whether the file, which was read, is safe with the secrets in it."""
    yield ok("configuration", str(settings.path))
    try:
        others = settings.path.stat().st_mode & _OTHERS_MAY_READ
        open_secret = others and _SECRET.search(settings.path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return
    if open_secret and os.name != "nt":
        yield warn(
            "secrets",
            f"everybody on this machine can read {settings.path}, and it holds a secret",
            f"chmod 640 {settings.path}, or keep secrets in a secrets directory",
        )


def paragraphs(settings: Settings) -> Iterator[Check]:
    """The council's own standard paragraphs, where it has any: nothing starts with a mistake in them."""
    own = own_file(settings)
    if own is None:
        return
    try:
        standard_paragraphs(Regime.FOI, own=own)
    except UsageError as error:
        yield fail("paragraphs", str(error), "mend the file that [letters] paragraphs names; nothing starts without it")
    else:
        yield ok("paragraphs", str(own))


def room(free: int | None) -> Iterator[Check]:
    """The database's disk; *free* in bytes."""
    if free is not None and free >= LITTLE_ROOM:
        yield ok("disk", f"{free / 1_000_000_000:.1f} GB are free for the database")


def calendar(known: Calendar, clock: Clock) -> Check:
    """Bank holidays for the next twelve months."""
    gaps = known.gaps(received_day(clock.now()))
    if gaps:
        return warn("calendar", "; ".join(gaps), "update bank-holidays.json from GOV.UK's feed")
    return ok("calendar", "bank holidays are known for the next twelve months")


def delivery(settings: Settings) -> Check:
    """Whether letters leave."""
    match settings.delivery.mode:
        case "send":
            return ok("delivery", "letters are sent")
        case "hold":
            found = "letters are held"
        case "redirect":
            found = f"letters go to {settings.delivery.redirect_to}"
        case _:
            found = "in the shadow of the old way: mail is recorded, nothing is sent or moved"
    return warn("delivery", found, 'set delivery.mode = "send" when you go live')


def alarms(settings: Settings) -> Check:
    """Whether anybody is told when something is wrong."""
    named = {
        "a webhook": settings.alarms.webhook_url.get_secret_value(),
        "a command": settings.alarms.command,
        "mail": settings.alarms.mail_to,
    }
    ways = [way for way, value in named.items() if value]
    if not ways:
        return warn(
            "alarms", "nobody is told when something is wrong", "set [alarms]; try it with: infogov alarms --test"
        )
    if settings.alarms.command and which(settings.alarms.command[0]) is None:
        found = f"the program {settings.alarms.command[0]} of [alarms] command is not there, or may not be run"
        return fail("alarms", found, "mend the path in [alarms] command; try it with: infogov alarms --test")
    if ways == ["mail"] and settings.alarms.mail_host.casefold() == settings.smtp.host.casefold():
        found = "they go by mail through the server that takes the letters, and fail with it"
        return warn("alarms", found, "set alarms.mail_host to another server, or add a webhook or a command")
    return ok("alarms", "go by " + " and ".join(ways))


def people(store: Store) -> Check:
    """Officers enough that nobody has to approve what they wrote."""
    with store.read() as work:
        active = [officer for officer in work.officers.all() if not officer.disabled]
    if len(active) < _ENOUGH_OFFICERS:
        return warn("officers", f"{len(active)} active", "add at least two: infogov officer add EMAIL")
    return ok("officers", f"{len(active)} active")


def work(store: Store, problems: Sequence[Problem], findings: Sequence[tuple[str, str]]) -> Iterator[Check]:
    """The worker's parts and everything that is stuck; *findings* are upkeep's (kind, words)."""
    with store.read() as unit:
        beats = unit.heartbeats.all()
    if not beats:
        yield warn("worker", "has not run on this database yet", "start it: infogov serve, or its systemd unit")
    for beat in beats:
        state = State.OK if beat.ok else State.WARN
        yield Check(name=f"worker {beat.part}", state=state, found=f"{beat.detail}, {beat.at:%Y-%m-%d %H:%M} UTC")
    for problem in problems:
        if problem.kind in _TOLD_BY_UPKEEP or (not beats and problem.kind in _OF_THE_WORKER):
            continue
        if problem.kind is ProblemKind.CLIENT_SECRET:
            continue  # It stands with its server.
        name = problem.kind.replace("_", " ") + (f" {problem.about}" if problem.about else "")
        yield (fail if problem.grave else warn)(name, problem.words, problem.remedy)
    for kind, words in findings:
        if kind in _TOLD_ABOVE:
            continue
        yield warn(kind.replace("_", " "), words, "an officer looks at it")
