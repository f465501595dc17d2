"""My work: what waits for the officer who is looking, and for anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from pipeline.domain.errors import InfogovError
from pipeline.domain.roles import Capability, may
from pipeline.store.listing_records import QueueFilter
from pipeline.web.context import VIA, looking, product, viewer
from pipeline.web.presenting import plural
from pipeline.web.words import told

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("desk", __name__)

_SHOWN = 20


class HandOverForm(FlaskForm):
    """Who takes an officer's open requests."""

    to = SelectField("Who takes them", choices={}, validate_choice=False)
    reason = TextAreaField("Reason", [InputRequired("Say why, such as: on leave until 2 May"), Length(max=2000)])


@pages.get("/")
def my_work() -> str:
    """The numbers of what is due, overdue, to approve, not delivered, to check and nobody's; the officer's own requests below."""
    reports = product().reports
    who = looking()
    return render_template(
        "work/my_work.html",
        numbers=reports.work_counts(who),
        reviews=reports.reviews(who),
        today=reports.today(),
        mine=reports.queue_page(QueueFilter(owner=who.email), who, size=_SHOWN),
        approves=viewer().may(Capability.APPROVE),
        exceptions=reports.exceptions(who, size=_SHOWN) if viewer().may(Capability.APPROVE) else None,
    )


@pages.get("/hand-over")
def hand_over() -> str:
    """Ask who takes all of the visitor's open requests."""
    return _hand_over_page(HandOverForm(formdata=None))


@pages.post("/hand-over")
def hand_over_submit() -> Response:
    """Give all of the visitor's open requests to a colleague."""
    form, who = HandOverForm(), viewer().email
    if not form.validate():
        return make_response(_hand_over_page(form), 400)
    try:
        moved = product().casefile(VIA).hand_over(who, form.to.data or "", who, reason=form.reason.data or "")
    except InfogovError as error:
        form.form_errors.append(told(error))
        return make_response(_hand_over_page(form), 409)
    flash(f"{plural(len(moved), 'request was', 'requests were')} handed over to {form.to.data}.")
    return redirect(url_for("desk.my_work"), code=303)


def _hand_over_page(form: HandOverForm) -> str:
    with product().store.read() as work:
        here = [one for one in work.officers.all() if not one.disabled and may(one.role, Capability.WORK)]
        mine = len(work.cases.open_of(viewer().email))
    form.to.choices = {"": "Choose"} | {one.email: one.name for one in here if one.email != viewer().email}
    return render_template("work/hand_over.html", form=form, mine=mine)
