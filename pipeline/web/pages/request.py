"""One request: what was asked, the clock, who said what, letters, notes, and everything an officer can do with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from pipeline.domain.clock import EventKind
from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.request import OVER, Regime
from pipeline.stages.newmail import EFFECTS
from pipeline.web.context import VIA, product, viewer
from pipeline.web.downloads import download
from pipeline.web.pages.deeds import DEEDS
from pipeline.web.presenting import days_left, event_words, isoday
from pipeline.web.showing import seen
from pipeline.web.undecided import undecided

if TYPE_CHECKING:
    from flask import Response as FlaskResponse
    from werkzeug.wrappers import Response

    from pipeline.stages.reading_room import CaseFile
    from pipeline.store.records import Case, MessageSummary, OutboxSummary

pages = Blueprint("request", __name__)


@pages.get("/requests/<reference>")
def show(reference: str) -> str:
    """The whole request on one page."""
    app, who = product(), viewer()
    file = app.reading_room(VIA).case(reference, who.email)
    case = file.case
    standing = app.clockwork(VIA).standing(case.reference)
    opened = app.reading_room(VIA).mail(file.came_by, who.email) if file.came_by is not None else None
    return render_template(
        "request/show.html",
        case=case,
        file=file,
        standing=standing,
        left=_left(case),
        opened=opened,
        words=seen(opened.message.text) if opened else "",
        events=[(event, event_words(event)) for event in reversed(file.events)],
        deeds=[deed for deed in DEEDS.values() if deed.fits(case)],
        effect=partial(_effect, case),
        undecided=undecided(case, file.messages, standing, app.clockwork(VIA).review(case.reference)),
        missed=_missed(file),
        going=[row for row in file.outbox if row.letter_id and row.status == OutboxStatus.WAITING],
    )


@pages.get("/requests/<reference>/clock")
def clock(reference: str) -> str:
    """Every clock of the request, day by day, and what can be recorded about it."""
    app, who = product(), viewer()
    file = app.reading_room(VIA).case(reference, who.email)
    return render_template(
        "request/clock.html",
        case=file.case,
        standing=app.clockwork(VIA).standing(file.case.reference),
        review=app.clockwork(VIA).review(file.case.reference),
    )


@pages.get("/requests/<reference>/download.zip")
def bundle(reference: str) -> FlaskResponse:
    """The whole case as one file: mail, letters, attachments, timeline, delivery answers, digests."""
    content = product().casezip(VIA).build(reference, viewer().email)
    return download(content, f"{reference.upper()}.zip", "application/zip")


@pages.post("/requests/<reference>/take")
def take(reference: str) -> Response:
    """Take a request that nobody has."""
    product().casefile(VIA).take(reference, viewer().email)
    flash(f"{reference} is yours now.")
    return redirect(url_for("request.show", reference=reference), code=303)


@pages.post("/requests/<reference>/note")
def note(reference: str) -> Response:
    """Write something down for colleagues."""
    product().casefile(VIA).note(reference, request.form.get("text", ""), viewer().email)
    flash("The note is kept. Only colleagues see it.")
    return redirect(url_for("request.show", reference=reference), code=303)


def _effect(case: Case, mail: MessageSummary) -> tuple[str, str] | None:
    """Where an officer records what *mail* does to the request, by what it looks like, and the words for that; None where it does nothing."""
    kind = next((kind for intent, kind in EFFECTS.items() if intent == mail.intent), None)
    if kind is None:
        return None
    if kind is EventKind.WITHDRAWN:  # it ends the request, which is a deed of its own
        there = url_for("deeds.ask", reference=case.reference, name="withdraw")
        return (there, f"Record that mail {mail.id} withdraws it") if DEEDS["withdraw"].fits(case) else None
    on = isoday(mail.received_at) if mail.received_at else None
    there = url_for("clock.record", reference=case.reference, kind=kind.value, on=on)
    return there, f"Record what mail {mail.id} does to the clock"


def _missed(file: CaseFile) -> list[OutboxSummary]:
    """The letters of a request that did not arrive and that no later one of the kind has replaced."""
    lost = (OutboxStatus.BOUNCED, OutboxStatus.FAILED)
    there = [row for row in file.outbox if row.status != OutboxStatus.CANCELLED]
    newest = {row.kind: row.id for row in sorted(there, key=lambda row: row.id)}
    return [row for row in there if row.status in lost and newest[row.kind] == row.id]


def _left(case: Case) -> tuple[str, str] | None:
    """How long there is for the answer, in words and a colour; None when no time runs."""
    if case.workflow in OVER or case.clock != "running":
        return None
    return days_left(case.due_on, product().reports.today(), Regime(case.regime), product().calendar)
