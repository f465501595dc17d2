"""What ``doctor`` looks at: each check says what it found and, when that is not well, what to do; nothing is changed anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pipeline.bootstrap import App, build
from pipeline.cli.opening import load_settings, set_up_logging
from pipeline.domain.clock import received_day
from pipeline.domain.errors import ConfigurationError, InfogovError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pipeline.settings import MailboxSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check: *state* is OK, WARN or FAIL."""

    name: str
    state: str
    found: str
    remedy: str = ""


def run_checks(config: Path | None) -> list[CheckResult]:
    """All checks in order; the ones that need what has failed before are left out."""
    set_up_logging("error", "auto")
    try:
        settings = load_settings(config)
    except ConfigurationError as error:
        return [
            CheckResult(name="configuration", state="FAIL", found=problem, remedy="mend the configuration")
            for problem in error.problems
        ]
    results = [CheckResult(name="configuration", state="OK", found=str(settings.path))]
    try:
        app = build(settings)
    except InfogovError as error:
        return [
            *results,
            CheckResult(name="database", state="FAIL", found=str(error), remedy="mend [database] url or its server"),
        ]
    try:
        results += _checks(app)
    finally:
        app.close()
    return results


def _checks(app: App) -> Iterator[CheckResult]:
    current, _ = app.store.versions()
    yield CheckResult(name="database", state="OK", found=f"at version {current}")
    for box in app.settings.mailbox.values():
        remedy = "check [mailbox] and the server; nothing is lost meanwhile"
        yield _guarded(f"mailbox {box.name}", partial(_mailbox, app, box), remedy)
    yield _guarded("smtp", partial(_smtp, app), "check [smtp] and the server; letters wait in the outbox")
    gaps = app.calendar.gaps(received_day(app.clock.now()))
    if gaps:
        yield CheckResult(
            name="calendar", state="WARN", found="; ".join(gaps), remedy="update bank-holidays.json from GOV.UK's feed"
        )
    else:
        yield CheckResult(name="calendar", state="OK", found="bank holidays are known for the next twelve months")
    yield _delivery(app)
    with app.store.read() as work:
        officers = [o for o in work.officers.all() if not o.disabled]
        beats = work.heartbeats.all()
    if len(officers) < 2:  # noqa: PLR2004 - one drafts, another approves
        yield CheckResult(
            name="officers",
            state="WARN",
            found=f"{len(officers)} active",
            remedy="add at least two: infogov officer add EMAIL",
        )
    else:
        yield CheckResult(name="officers", state="OK", found=f"{len(officers)} active")
    for beat in beats:
        state = "OK" if beat.ok else "WARN"
        yield CheckResult(name=f"worker {beat.part}", state=state, found=f"{beat.detail}, {beat.at:%Y-%m-%d %H:%M} UTC")
    for finding in app.upkeep.run():
        if finding.kind != "calendar":
            yield CheckResult(name=finding.kind, state="WARN", found=finding.words)


def _guarded(name: str, check: Callable[[], CheckResult], remedy: str) -> CheckResult:
    try:
        return check()
    except InfogovError as error:
        return CheckResult(name=name, state="FAIL", found=str(error), remedy=remedy)


def _mailbox(app: App, box: MailboxSettings) -> CheckResult:
    mailbox = app.mailbox(box)
    try:
        mailbox.connect()
        counts = [f"{folder} ({mailbox.select(folder, readonly=True).exists} messages)" for folder in box.folders]
    finally:
        mailbox.close()
    return CheckResult(name=f"mailbox {box.name}", state="OK", found="logged in; " + ", ".join(counts))


def _smtp(app: App) -> CheckResult:
    transport = app.transport()
    try:
        transport.connect()
    finally:
        transport.close()
    return CheckResult(
        name="smtp", state="OK", found=f"{app.settings.smtp.host}:{app.settings.smtp.port} takes our login"
    )


def _delivery(app: App) -> CheckResult:
    mode = app.settings.delivery.mode
    if mode == "send":
        return CheckResult(name="delivery", state="OK", found="letters are sent")
    found = "letters are held" if mode == "hold" else f"letters go to {app.settings.delivery.redirect_to}"
    return CheckResult(name="delivery", state="WARN", found=found, remedy='set delivery.mode = "send" when you go live')
