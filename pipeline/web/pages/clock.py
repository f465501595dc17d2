"""Recording what moves a request's clock: a clarification, a payment, more time, a review."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from pipeline.domain.clock import Event, EventKind, Ground
from pipeline.domain.errors import InfogovError
from pipeline.web.context import VIA, case_of, product, viewer
from pipeline.web.numbers import typed_number
from pipeline.web.presenting import day
from pipeline.web.words import told

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from pipeline.store.records import Case

pages = Blueprint("clock", __name__)

KINDS = {
    EventKind.CLARIFICATION_RECEIVED: "The requester has clarified",
    EventKind.FEES_PAID: "The fee was paid",
    EventKind.IDENTITY_RECEIVED: "The requester has shown who they are",
    EventKind.CLARIFICATION_ASKED: "We asked for a clarification (by a letter outside this system)",
    EventKind.FEES_NOTICE: "We sent a fees notice (outside this system)",
    EventKind.IDENTITY_ASKED: "We asked for proof of identity (outside this system)",
    EventKind.PIT_EXTENSION: "We took more time for the public interest test (outside this system)",
    EventKind.EIR_EXTENSION: "We took more time under regulation 7 (outside this system)",
    EventKind.SAR_EXTENSION: "We took more time for a subject access request (outside this system)",
    EventKind.REVIEW_REQUESTED: "The requester asks for an internal review",
}
GROUNDS = {
    Ground.QUALIFIED: "Only qualified exemptions are weighed",
    Ground.COMPLEX: "It is complex",
    Ground.VOLUMINOUS: "It is voluminous",
    Ground.NUMEROUS: "There are many requests of this person",
}


class ClockForm(FlaskForm):
    """Something that happened, on its day."""

    kind = SelectField("What happened", choices={str(kind): words for kind, words in KINDS.items()})
    on = DateField("On which day", [InputRequired("Give the day")])
    to = DateField("New date aimed at, for more time", [Optional()])
    question = SelectField("Which question", choices={"": "The whole request"}, validate_choice=False)
    grounds = SelectMultipleField("Grounds, for more time", choices={str(one): words for one, words in GROUNDS.items()})
    reason = TextAreaField("Reason or remark", [Length(max=2000)])


@pages.get("/requests/<reference>/clock/record")
def record(reference: str) -> str:
    """Ask what happened."""
    case = case_of(reference)
    # A mail's line on the request's page leads here with what the mail is and its day.
    kind, day_ = request.args.get("kind", ""), request.args.get("on", "")
    start: dict[str, object] = {"on": product().reports.today()}
    if kind in set(EventKind):
        start["kind"] = kind
    with suppress(ValueError):
        start["on"] = date.fromisoformat(day_)
    return _page(case, ClockForm(formdata=None, data=start))


@pages.post("/requests/<reference>/clock/record")
def record_submit(reference: str) -> Response:
    """Put it on the clock, if the law allows."""
    case, form = case_of(reference), ClockForm()
    if not form.validate():
        return make_response(_page(case, form), 400)
    event = Event(
        kind=EventKind(form.kind.data),
        on=form.on.data,
        to=form.to.data,
        grounds=frozenset(Ground(one) for one in form.grounds.data or ()),
        reason=form.reason.data or "",
        question=typed_number(form.question.data or ""),
    )
    try:
        found = product().clockwork(VIA).record(case.reference, event, viewer().email)
        if event.kind is EventKind.REVIEW_REQUESTED:
            flash("Recorded. The review has a clock of its own, and the request is marked for a look.")
            return redirect(url_for("request.clock", reference=case.reference), code=303)
    except InfogovError as error:
        form.form_errors.append(told(error))
        return make_response(_page(case, form), 409)
    flash(
        f"Recorded. The answer is due on {day(found.due_on)}."
        if found.due_on
        else "Recorded. The clock does not run now."
    )
    return redirect(url_for("request.clock", reference=case.reference), code=303)


def _page(case: Case, form: ClockForm) -> str:
    own = {str(one.key): f"Question {one.label or one.position}" for one in case.questions}
    form.question.choices = {"": "The whole request", **own}
    return render_template("request/record.html", case=case, form=form, grounds=GROUNDS)
