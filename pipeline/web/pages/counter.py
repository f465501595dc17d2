"""Requests that did not come by mail: one keyed in, or many from a file of the council's old system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    MultipleFileField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from pipeline.domain.errors import InfogovError
from pipeline.domain.request import Regime
from pipeline.stages.counter import Channel, Entry, Stage
from pipeline.stages.counter.importing import COLUMNS, NEEDED
from pipeline.web.context import VIA, product, viewer
from pipeline.web.presenting import REGIMES
from pipeline.web.uploads import uploaded
from pipeline.web.words import on_screen, told

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("counter", __name__)

CHANNELS = {
    Channel.POST: "By post",
    Channel.TELEPHONE: "By telephone (environmental information may be asked for orally; FOI has to be written)",
    Channel.COUNTER: "At the counter",
    Channel.WEB_FORM: "By a web form",
    Channel.SOCIAL_MEDIA: "On social media",
    Channel.BEFORE_US: "It is an open case from before this system",
}
STAGES = {
    Stage.NEW: "New",
    Stage.DRAFTING: "Being drafted",
    Stage.FOR_APPROVAL: "For approval (it is drafted again here)",
    Stage.WAITING: "Waiting for the requester",
}


class LogForm(FlaskForm):
    """One request as an officer keys it in."""

    channel = SelectField("How it reached us", choices={str(one): words for one, words in CHANNELS.items()})
    received_on = DateField("Day of receipt", [InputRequired("Give the day of receipt")])
    text = TextAreaField(
        "What was asked for, in the requester's words", [InputRequired("Write down what was asked for")]
    )
    requester_name = StringField("Requester's name", [Length(max=200)])
    requester_email = EmailField("Requester's e-mail address", [Optional(), Length(max=254)])
    postal_address = TextAreaField("Postal address", [Length(max=1000)])
    topic = StringField("Topic", [Length(max=300)])
    regime = SelectField("Law", choices={"": "Let the words decide", **REGIMES})
    acknowledge = BooleanField("Acknowledge it by e-mail, if there is an address", default=True)
    note = TextAreaField("Note for colleagues", [Length(max=5000)])
    files = MultipleFileField("Files that came with it")
    own_reference = StringField("Its number in the old system", [Length(max=100)])
    stage = SelectField("Where the work stood", choices={str(one): words for one, words in STAGES.items()})
    owner = EmailField("Officer who has it (e-mail address)", [Optional(), Length(max=254)])
    acknowledged_on = DateField("Day it was acknowledged", [Optional()])
    letters_sent = TextAreaField("Letters sent so far", [Length(max=5000)])


class ImportForm(FlaskForm):
    """A file of open cases."""

    file = FileField("CSV file")
    dry_run = BooleanField("Only try it: nothing is taken over", default=True)


@pages.get("/log")
def log() -> str:
    """The form for one request."""
    form = LogForm(formdata=None, data={"received_on": product().reports.today(), "acknowledge": True})
    return render_template("counter/log.html", form=form)


@pages.post("/log")
def log_submit() -> Response:
    """Record it."""
    form = LogForm()
    if not form.validate():
        return make_response(render_template("counter/log.html", form=form), 400)
    try:
        entry = Entry(
            text=form.text.data,
            received_on=form.received_on.data,
            channel=Channel(form.channel.data),
            requester_name=form.requester_name.data or "",
            requester_email=form.requester_email.data or "",
            postal_address=form.postal_address.data or "",
            topic=form.topic.data or "",
            regime=Regime(form.regime.data) if form.regime.data else None,
            acknowledge=bool(form.acknowledge.data),
            note=form.note.data or "",
            files=uploaded(form.files.data),
            own_reference=form.own_reference.data or "",
            stage=Stage(form.stage.data),
            owner=form.owner.data or "",
            acknowledged_on=form.acknowledged_on.data,
            letters_sent=form.letters_sent.data or "",
        )
        done = product().counter(VIA).log(entry, viewer().email)
    except InfogovError as error:
        form.form_errors.extend(on_screen(one.replace("_", " ")) for one in str(error).splitlines())
        return make_response(render_template("counter/log.html", form=form), 409)
    flash(f"It is request {done.reference} now.")
    for remark in done.remarks:
        flash(on_screen(remark))
    return redirect(url_for("request.show", reference=done.reference), code=303)


@pages.get("/import")
def load() -> str:
    """The form for a file, and what the file has to look like."""
    return _import_page(ImportForm(formdata=None, data={"dry_run": True}), 200)[0]


@pages.post("/import")
def load_submit() -> tuple[str, int]:
    """Try the file, or take it over: all of it or nothing."""
    form = ImportForm()
    file = request.files.get("file")
    if file is None or not file.filename:
        form.file.errors = ["Choose a file"]
        return _import_page(form, 400)
    try:
        done = product().counter(VIA).import_cases(file.read(), viewer().email, dry_run=bool(form.dry_run.data))
    except InfogovError as error:
        form.form_errors.append(told(error))
        return _import_page(form, 400)
    return _import_page(form, 400 if done.problems else 200, done)


def _import_page(form: ImportForm, status: int, done: object = None) -> tuple[str, int]:
    return render_template("counter/import.html", form=form, done=done, columns=COLUMNS, needed=NEEDED), status
