"""Verbs on mail: one run of the stages, or a single stage; and what the product would make of a file."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.bootstrap import SystemClock, uk_calendar
from pipeline.cli.opening import load_settings, opened, opened_to_look
from pipeline.cli.output import BarProgress, ConfigOption, JsonOption, complain, say, say_json
from pipeline.domain.errors import MailboxError
from pipeline.domain.triage import Verdict
from pipeline.settings import Settings
from pipeline.stages.explain import Explainer
from pipeline.stages.receive import Received

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.bootstrap import App
    from pipeline.stages.deliver import Delivered

# What run-once calls each verdict; the keys are an interface.
_COUNTED = {
    Verdict.REQUEST: "requests",
    Verdict.REPLY: "replies",
    Verdict.BOUNCE: "bounces",
    Verdict.AUTOMATIC: "automatic",
    Verdict.INTERNAL: "internal",
    Verdict.OTHER: "other",
    Verdict.QUARANTINED: "quarantined",
}
_KEYS = ("received", *_COUNTED.values(), "acknowledged", "sent", "retried", "failed", "uncertain")


def run_once(
    config: ConfigOption = None,
    *,
    as_lines: JsonOption = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look only: write nothing, send nothing.")] = False,
) -> None:
    """Read every mailbox, file what came, send what is due; then end."""
    if dry_run:
        with opened_to_look(config) as app:
            counts, errors = _look(app)
    else:
        with opened(config) as app:
            counts, errors = _receive(app)
            counts += _file(app)
            with BarProgress() as bar:
                delivered = app.deliver().run(progress=bar)
            counts += _sent(delivered)
            errors += _delivery_words(app, delivered)
    _report({key: counts[key] for key in _KEYS}, errors, as_lines=as_lines)


def receive(config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """Take new mail into the database; nothing else."""
    with opened(config) as app:
        counts, errors = _receive(app)
    _report(
        {"received": counts["received"], "moved": counts["moved"], "left_behind": counts["left_behind"]},
        errors,
        as_lines=as_lines,
    )


def intake(config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """File what was taken: requests, replies, bounces and the rest."""
    with opened(config) as app:
        counts = _file(app)
    _report({key: counts[key] for key in _COUNTED.values()}, [], as_lines=as_lines)


def deliver(config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """Send the letters that are due."""
    with opened(config) as app, BarProgress() as bar:
        delivered = app.deliver().run(progress=bar)
    counts = _sent(delivered)
    _report(
        {key: counts[key] for key in _KEYS[8:]} | {"redirected": delivered.redirected},
        _delivery_words(app, delivered),
        as_lines=as_lines,
    )


def explain(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Mail files (.eml).")],
    config: ConfigOption = None,
    *,
    as_lines: JsonOption = False,
) -> None:
    """Say what would be made of mail files, as if each had just arrived in an empty database; reads no database, asks no server."""
    explainer = Explainer(_settings_or_plain(config), uk_calendar(), SystemClock())
    unread = 0
    for file in files:
        try:
            raw = file.read_bytes()
        except OSError as error:
            unread += 1
            complain(f"{file} can't be read: {error.strerror}")
            if as_lines:
                say_json({"file": str(file), "error": f"can't be read: {error.strerror}"})
            continue
        result = {"file": str(file), "sha256": hashlib.sha256(raw).hexdigest(), **explainer.explain(raw)}
        if as_lines:
            say_json(result)
        else:
            _tell(result)
    if unread:
        raise typer.Exit(1)


def _tell(result: Mapping[str, Any]) -> None:
    say(f"{result['file']}: {result['verdict']} ({result['intent']})")
    say(*(f"  because {reason}" for reason in result["reasons"]))
    say(f"  from {result['requester_name']} <{result['requester_email']}>: {result['subject']}")
    if result["verdict"] == Verdict.REQUEST:
        say(f"  {str(result['regime']).upper()}, topic: {result['topic']}")
        say(*(f"  {q['label'] or '-'}. {q['text']}" for q in result["questions"]))
    if result["proposal"] is not None:
        say(*(f"  it may ask: {q['label'] or '-'}. {q['text']}" for q in result["questions"]))
    kind = f"yes, {result['acknowledge_kind']}" if result["acknowledge"] else "no"
    say(f"  acknowledge: {kind}", *(f"    {reason}" for reason in result["acknowledge_reasons"]))


def _settings_or_plain(config: Path | None) -> Settings:
    """The configuration where there is one; else a plain one, for a mail can be explained before anything is set up."""
    if config is not None or Settings.locate(None, os.environ) is not None:
        return load_settings(config)
    return Settings.model_validate(
        {
            "path": Path("infogov.toml"),
            "authority": {"name": "The Council", "team": "Information Governance Team"},
            "mailbox": {},
            "smtp": {"host": "localhost", "from_address": "infogov@localhost.invalid"},
        }
    )


def _receive(app: App) -> tuple[Counter[str], list[str]]:
    counts: Counter[str] = Counter()
    errors: list[str] = []
    with BarProgress() as bar:
        for box in app.settings.mailbox.values():
            mailbox = app.mailbox(box)
            try:
                result = app.receive.poll(mailbox, box, progress=bar)
            finally:
                mailbox.close()
            counts.update(received=result.taken, moved=result.moved, left_behind=result.left_behind)
            errors += result.errors
            if result.left_behind:
                complain(
                    f'{result.left_behind} older messages in mailbox {box.name} were left as they are (start = "new"); '
                    'start = "all" takes them in'
                )
    return counts, errors


def _file(app: App) -> Counter[str]:
    with BarProgress() as bar:
        verdicts = app.intake.run(progress=bar)
    return Counter({_COUNTED[Verdict(verdict)]: number for verdict, number in verdicts.items()})


def _sent(delivered: Delivered) -> Counter[str]:
    return Counter({key: getattr(delivered, key) for key in ("acknowledged", "sent", "retried", "failed", "uncertain")})


def _delivery_words(app: App, delivered: Delivered) -> list[str]:
    if delivered.held:
        what = "letters are held" if app.settings.delivery.mode == "hold" else "mail is recorded and nothing is sent"
        complain(f'{what}: delivery.mode is "{app.settings.delivery.mode}" in the configuration')
    if delivered.elsewhere:
        complain("another process is sending letters; nothing was sent by this one")
    if delivered.redirected:
        complain(f'{delivered.redirected} letters went to redirect_to instead: delivery.mode is "redirect"')
    return [f"letters could not be sent: {delivered.unreachable}"] if delivered.unreachable else []


def _look(app: App) -> tuple[Counter[str], list[str]]:
    """What a run would take in and make of it; the cases it belongs to are not looked up, so replies count as what they say."""
    counts: Counter[str] = Counter()
    errors: list[str] = []
    explainer = Explainer(app.settings, app.calendar, app.clock)
    for box in app.settings.mailbox.values():
        mailbox = app.mailbox(box)
        try:
            found = Received()
            for envelope, raw in app.receive.preview(mailbox, box, found):
                counts["received"] += 1
                verdict = (
                    Verdict.QUARANTINED if raw is None else explainer.explain(raw, envelope.internal_date)["verdict"]
                )
                counts[_COUNTED[Verdict(verdict)]] += 1
            if found.left_behind:
                complain(
                    f'{found.left_behind} older messages in mailbox {box.name} would be left as they are (start = "new"); '
                    'start = "all" takes them in'
                )
        except MailboxError as error:
            errors.append(f"mailbox {box.name}: {error}")
        finally:
            mailbox.close()
    return counts, errors


def _report(counts: Mapping[str, int], errors: list[str], *, as_lines: bool) -> None:
    if as_lines:
        say_json(dict(counts))
    else:
        say(
            ", ".join(f"{number} {key.replace('_', ' ')}" for key, number in counts.items() if number) or "Nothing new."
        )
    complain(*errors)
    if errors:
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.command("run-once")(run_once)
    for verb in (receive, intake, deliver, explain):
        app.command()(verb)
