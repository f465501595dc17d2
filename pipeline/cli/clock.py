"""Verbs on time: a case's clock with every day explained, and the calendar it counts by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.bootstrap import SystemClock, uk_calendar
from pipeline.cli.opening import load_settings, opened
from pipeline.cli.output import ConfigOption, JsonOption, MaybeOfficerOption, say, say_json
from pipeline.domain import clock as clocks
from pipeline.domain.calendar import long_date
from pipeline.domain.errors import UsageError
from pipeline.domain.request import Regime  # noqa: TC001 - typer reads annotations at run time

if TYPE_CHECKING:
    from pipeline.domain.clock import Deadline

calendar = typer.Typer(help="The calendar of bank holidays.", no_args_is_help=True)


def clock(
    reference: Annotated[str, typer.Argument(metavar="REF", help="The request's reference.")],
    config: ConfigOption = None,
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="KIND=DATE", help="Record it, for example clarification_asked=2024-12-03."),
    ] = None,
    officer: MaybeOfficerOption = None,
    *,
    as_lines: JsonOption = False,
) -> None:
    """Explain a request's due date day by day; --event records what moves it, where its law allows that."""
    if event and officer is None:
        raise UsageError("say with --officer who records this")
    with opened(config) as app:
        work = app.clockwork()
        for text in event or []:
            work.record(reference, clocks.parse_event(text), officer or "")
        result = work.explain(reference)
    if as_lines:
        say_json(deadline_json(result))
        return
    say(*deadline_lines(result))


def deadline(
    regime: Annotated[Regime, typer.Option("--regime", help="foi, eir or sar.")],
    received: Annotated[
        list[str],
        typer.Option("--received", metavar="WHEN", help="2024-05-02, 2024-05-02T23:30 (London) or 2024-05-02T22:30Z."),
    ],
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="KIND=DATE", help="For example clarification_asked=2024-12-03; repeatable."),
    ] = None,
    config: ConfigOption = None,
    *,
    as_lines: JsonOption = False,
) -> None:
    """Say when an answer is due and count the days one by one; one line for each --received."""
    if config is not None:
        load_settings(config)  # Nothing in it changes a deadline; a file that was named is checked all the same.
    calendar = uk_calendar()
    events = [clocks.parse_event(text) for text in event or []]
    for text in received:
        day = clocks.parse_when(text)
        result = clocks.deadline(regime, [clocks.Event(kind=clocks.EventKind.RECEIVED, on=day), *events], calendar)
        if as_lines:
            say_json({"received": text, **deadline_json(result)})
        else:
            say(*deadline_lines(result))


def deadline_json(result: Deadline) -> dict[str, object]:
    """A deadline for programs; the keys are an interface."""
    return {
        "regime": result.regime,
        "received_on": result.received_on,
        "due_on": result.due_on,
        "days": [{"date": d.date, "counts": d.counts, "why": d.why} for d in result.days],
        "state": result.state,
        "notice_by": result.notice_by,
        "requester_by": result.requester_by,
        "notes": list(result.notes),
    }


def deadline_lines(result: Deadline) -> list[str]:
    """A deadline for people: the date, what is to be noted, and the days one by one."""
    due = "no date while the clock does not run" if result.due_on is None else f"due on {long_date(result.due_on)}"
    days = [f"  {d.date:%a %d %b %Y}  {'counts' if d.counts else '-     '}  {d.why}" for d in result.days]
    return [f"Received {long_date(result.received_on)} under {result.regime.upper()}: {due}.", *result.notes, *days]


@calendar.command("check")
def check(config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """Warn when the next twelve months are not covered, and move the due dates of open requests that a changed calendar moves."""
    gaps = uk_calendar().gaps(clocks.received_day(SystemClock().now()))
    with opened(config) as app:
        moved = app.clockwork().reckon_again()
    if as_lines:
        changes = [{"reference": m.reference, "from": m.before, "to": m.after} for m in moved]
        say_json({"gaps": list(gaps), "moved": changes})
    else:
        say(*gaps or ("Bank holidays are known for the next twelve months in all parts of the United Kingdom.",))
        say(*(f"{m.reference}: due {long_date(m.after)} instead of {long_date(m.before)}" for m in moved))
    if gaps:
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.command()(deadline)
    app.command()(clock)
    app.add_typer(calendar, name="calendar")
