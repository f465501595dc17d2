"""Verbs on time: a case's clock with every day explained, and the calendar it counts by."""

from __future__ import annotations

from dataclasses import replace
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
    from pipeline.domain.clock import Deadline, Review
    from pipeline.stages.clockwork import Moved

calendar = typer.Typer(help="The calendar of bank holidays.", no_args_is_help=True)


def clock(
    reference: Annotated[str, typer.Argument(metavar="REF", help="The request's reference.")],
    config: ConfigOption = None,
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="KIND=DATE", help="Record it, for example clarification_asked=2024-12-03."),
    ] = None,
    officer: MaybeOfficerOption = None,
    question: Annotated[
        int | None,
        typer.Option("--question", metavar="N", help="One question only, by its place in the request: its own clock."),
    ] = None,
    *,
    as_lines: JsonOption = False,
) -> None:
    """Explain a request's due date day by day; --event records what moves it, where its law allows that.

    With --question both are about that question, which may wait or fall under another law while the others go on.
    """
    if event and officer is None:
        raise UsageError("say with --officer who records this")
    with opened(config) as app:
        work = app.clockwork()
        key = None if question is None else work.key_of(reference, question)
        for text in event or []:
            work.record(reference, replace(clocks.parse_event(text), question=key), officer or "")
        found = work.standing(reference)
        with app.store.read() as store:
            case = store.cases.by_references([reference.strip().upper()])[0]
            asked = store.cases.by_ids([case.id])[0].questions
    result = found.of(key)
    own = [] if key is not None else [(one.position, found.parts[one.key]) for one in asked if one.key in found.parts]
    if as_lines:
        say_json(deadline_json(result) | {"questions": [{"question": n, **deadline_json(d)} for n, d in own]})
        return
    say(*deadline_lines(result))
    for number, deadline in own:
        say("", f"Question {number} has a clock of its own.", *deadline_lines(deadline))
    if own and found.due_on is not None:
        say("", f"The request is due on {long_date(found.due_on)}, with the first of its questions.")


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
        happened = [clocks.Event(kind=clocks.EventKind.RECEIVED, on=day), *events]
        result = clocks.deadline(regime, happened, calendar)
        review = clocks.review(regime, happened, calendar)
        if as_lines:
            say_json({"received": text, **deadline_json(result), "review": review_json(review) if review else None})
        else:
            say(*deadline_lines(result), *(review_lines(review) if review else ()))


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


def review_json(review: Review) -> dict[str, object]:
    """The clock of an internal review for programs; the keys are an interface."""
    return {
        "requested_on": review.requested_on,
        "due_on": review.due_on,
        "longest_on": review.longest_on,
        "asked_by": review.asked_by,
        "late": review.late,
        "notes": list(review.notes),
    }


def review_lines(review: Review) -> list[str]:
    """The clock of an internal review for people."""
    return [f"Review asked for on {long_date(review.requested_on)}: due on {long_date(review.due_on)}.", *review.notes]


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
        changes = [
            {"reference": m.reference, "from": m.before, "to": m.after}
            | ({} if m.question is None else {"question": m.question})
            for m in moved
        ]
        say_json({"gaps": list(gaps), "moved": changes})
    else:
        say(*gaps or ("Bank holidays are known for the next twelve months in all parts of the United Kingdom.",))
        say(*map(_moved, moved))
    if gaps:
        raise typer.Exit(1)


def _moved(one: Moved) -> str:
    of = one.reference if one.question is None else f"{one.reference}, question {one.question}"
    return f"{of}: due {long_date(one.after)} instead of {long_date(one.before)}"


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.command()(deadline)
    app.command()(clock)
    app.add_typer(calendar, name="calendar")
