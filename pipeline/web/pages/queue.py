"""The queue: every request an officer may see, narrowed down, searched, ordered, page by page, and as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Length, Optional

from pipeline.domain.request import Regime, Workflow
from pipeline.store.listing_records import QueueFilter, Scope, Sort
from pipeline.web.context import looking, product
from pipeline.web.presenting import REGIMES, WORKFLOWS

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as WerkzeugResponse

pages = Blueprint("queue", __name__)

NOBODY = "-"
_WHEN = {
    "": "Any time",
    "overdue": "Overdue",
    "soon": "Due within 5 working days or overdue",
    "later": "Due later",
    "late": "Answered late",
}


class FilterForm(FlaskForm):
    """What the queue is narrowed down to; sent by GET, so that a list can be kept as an address."""

    class Meta:
        """A list changes nothing, so that its form needs no token."""

        csrf = False

    words = StringField("Search", [Length(max=200)])
    scope = SelectField(
        "Show", choices={"open": "Open", "closed": "Answered or closed", "all": "All"}, validate_choice=False
    )
    status = SelectField("Status", choices={"": "Any status", **WORKFLOWS}, validate_choice=False)
    law = SelectField("Law", choices={"": "Any law", **REGIMES}, validate_choice=False)
    owner = SelectField("Officer", choices={"": "Anybody", NOBODY: "Nobody"}, validate_choice=False)
    when = SelectField("Due", choices=_WHEN, validate_choice=False)
    area = StringField("Service area", [Length(max=100)])
    marked = SelectField("Marked", choices={"": "All", "yes": "Marked for a look"}, validate_choice=False)
    received_from = DateField("Received from", [Optional()])
    received_to = DateField("Received to", [Optional()])
    sort = SelectField(
        "Order",
        choices={
            "due": "Due first",
            "-due": "Due last",
            "-received": "Newest",
            "received": "Oldest",
            "reference": "Reference",
        },
        validate_choice=False,
    )


@pages.get("/requests")
def show() -> str | WerkzeugResponse:
    """A page of the queue, with those who work here for the filter."""
    form = _form()
    wanted, widened = _wanted(form), False
    who, words, after = looking(), (form.words.data or "").strip(), request.args.get("after")
    reports = product().reports
    if form.validate():
        found = reports.search(words, wanted, who, after) if words else reports.queue_page(wanted, who, after)
        if words and not found.lines and wanted.scope is Scope.OPEN and not after:
            found = reports.search(words, replace(wanted, scope=Scope.ALL), who)
            widened = bool(found.lines)
            form.scope.data = Scope.ALL.value if widened else form.scope.data
        # One request that was asked for by its number is opened straight away.
        if (
            words
            and len(found.lines) == 1
            and not after
            and found.lines[0].case.reference == words.replace(" ", "").upper()
        ):
            return redirect(url_for("request.show", reference=found.lines[0].case.reference))
    else:
        found = reports.queue_page(QueueFilter(), who)
    kept = {name: value for name, value in request.args.items() if value and name != "after"}
    if widened:
        kept["scope"] = Scope.ALL.value
    more = bool(words) and not widened and wanted.scope is Scope.OPEN
    return render_template("queue/show.html", form=form, view=found, kept=kept, words=words, widened=widened, more=more)


@pages.get("/requests.csv")
def as_csv() -> Response:
    """Everything that the list shows, all its pages, as a file for a spreadsheet."""
    form = _form()
    pieces = product().reports.queue_csv(_wanted(form), looking(), form.words.data or "")
    response = Response(stream_with_context(pieces), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=requests.csv"
    return response


def _form() -> FilterForm:
    form = FilterForm(request.args)
    with product().store.read() as work:
        officers = {one.email: one.name for one in work.officers.all() if not one.disabled}
    form.owner.choices = {"": "Anybody", NOBODY: "Nobody", **officers}
    return form


def _wanted(form: FilterForm) -> QueueFilter:
    """The filter that the form asks for; what it could not read asks for nothing."""
    reports = product().reports
    today = reports.today()
    soon = product().calendar.add_working_days(today, 5)
    when, owner, sort = form.when.data, form.owner.data or "", form.sort.data or "due"
    status = form.status.data if form.status.data in set(Workflow) else ""
    law = form.law.data if form.law.data in set(Regime) else ""
    ended = {Workflow.SENT, Workflow.CLOSED, Workflow.WITHDRAWN, Workflow.NOT_A_REQUEST}
    scope = Scope(form.scope.data) if form.scope.data in set(Scope) else Scope.OPEN
    # Whoever types a number wants that request, answered or not; what was answered late is seldom open.
    if when == "late" or any(character.isdigit() for character in form.words.data or ""):
        scope = Scope.ALL
    return QueueFilter(
        # A status that only ended requests have is not looked for among the open ones.
        scope=Scope.ALL if status in ended and scope is Scope.OPEN else scope,
        statuses=frozenset({Workflow(status)} if status else ()),
        laws=frozenset({Regime(law)} if law else ()),
        owner=owner if owner not in {"", NOBODY} else None,
        nobodys=owner == NOBODY,
        overdue_on=today if when == "overdue" else None,
        due_until=soon if when == "soon" else None,
        due_from=product().calendar.next_working_day(soon) if when == "later" else None,
        answered_late=when == "late",
        service_area=(form.area.data or "").strip() or None,
        flagged=True if form.marked.data == "yes" else None,
        received_from=None if form.received_from.errors else form.received_from.data,
        received_to=None if form.received_to.errors else form.received_to.data,
        sort=Sort(sort.lstrip("-")) if sort.lstrip("-") in set(Sort) else Sort.DUE,
        descending=sort.startswith("-"),
    )
