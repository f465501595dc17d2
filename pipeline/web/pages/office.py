"""The office: who works here, who stands in for whom, the trail, and the settings as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from pipeline.domain.errors import InfogovError, NotFoundError
from pipeline.domain.roles import Capability, Role
from pipeline.letters.posting import can_write_to
from pipeline.web.context import VIA, desk, product, viewer
from pipeline.web.presenting import ROLES
from pipeline.web.words import told

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from pipeline.store.people import Account

pages = Blueprint("office", __name__)


class OfficerForm(FlaskForm):
    """Somebody who is to work here."""

    email = EmailField("E-mail address", [InputRequired("Give the e-mail address"), Length(max=254)])
    name = StringField("Name", [Length(max=200)])
    role = SelectField("Role", choices=dict(ROLES))
    team = StringField("Team, for restricted requests", [Length(max=100)])


class DeputyForm(FlaskForm):
    """Who approves for whom, between which days."""

    officer = SelectField("Deputy", choices={}, validate_choice=False)
    for_officer = SelectField("Approves for", choices={}, validate_choice=False)
    first_day = DateField("First day", [InputRequired("Give the first day")])
    last_day = DateField("Last day", [InputRequired("Give the last day")])


@pages.get("/officers")
def officers() -> str:
    """Everybody who works here, or did."""
    return _officers_page(OfficerForm(formdata=None))


@pages.post("/officers")
def add() -> Response:
    """Add somebody; the page shows the password for their first sign-in once."""
    form = OfficerForm()
    if form.validate() and not can_write_to(form.email.data):
        form.email.errors = ["Write the address like name@council.gov.uk"]
    if form.errors:
        return make_response(_officers_page(form), 400)
    try:
        password = desk().accounts.add(
            viewer().email, form.email.data, form.name.data or "", form.role.data, form.team.data or None
        )
    except InfogovError as error:
        form.form_errors.append(told(error))
        return make_response(_officers_page(form), 409)
    return make_response(render_template("office/password.html", email=form.email.data, password=password))


@pages.get("/officers/<name>")
def officer(name: str) -> str:
    """One officer: role, team, password, leaving."""
    return _officer_page(_account(name))


@pages.post("/officers/<name>")
def change(name: str) -> Response:
    """Change role or team, reset the password, or keep them out."""
    account, accounts, by = _account(name), desk().accounts, viewer().email
    what = request.form.get("what", "")
    try:
        if what == "place":
            role = request.form.get("role", "")
            accounts.place(
                by, account.email, Role(role) if role in set(Role) else account.role, request.form.get("team")
            )
            flash(f"{account.email} is changed.")
        elif what == "reset":
            password = accounts.give_password(account.email, by)
            return make_response(render_template("office/password.html", email=account.email, password=password))
        elif what == "disable":
            moved = accounts.disable(by, account.email, request.form.get("heir") or None)
            flash(f"{account.email} can't sign in any more. {moved} open requests were handed over.")
        elif what == "enable":
            password = accounts.add(by, account.email, account.name, account.role, account.team)
            return make_response(render_template("office/password.html", email=account.email, password=password))
    except InfogovError as error:
        return make_response(_officer_page(account, told(error)), 409)
    return redirect(url_for("office.officers"), code=303)


@pages.get("/deputies")
def deputies() -> str:
    """Who stands in for whom."""
    return _deputies_page(DeputyForm(formdata=None))


@pages.post("/deputies")
def name_deputy() -> Response:
    """Name a deputy."""
    form = DeputyForm()
    if not form.validate():
        return make_response(_deputies_page(form), 400)
    try:
        product().casework(VIA).set_deputy(
            viewer().email, form.officer.data, form.for_officer.data, form.first_day.data, form.last_day.data
        )
    except InfogovError as error:
        form.form_errors.append(told(error))
        return make_response(_deputies_page(form), 409)
    flash("The deputy is named.")
    return redirect(url_for("office.deputies"), code=303)


@pages.post("/deputies/<int:number>/end")
def end_deputy(number: int) -> Response:
    """End a deputy's time at once."""
    product().casework(VIA).end_deputy(viewer().email, number)
    flash("The deputy's time is over.")
    return redirect(url_for("office.deputies"), code=303)


@pages.get("/audit")
def audit() -> str:
    """Prove the whole trail; this takes a while on a large database."""
    return render_template("office/audit.html", report=product().store.verify())


@pages.get("/settings")
def settings() -> str:
    """The configuration as it is in force, every secret masked; it is changed in its file."""
    described = product().settings.describe()
    return render_template("office/settings.html", settings=described)


@pages.get("/condition")
def condition() -> str:
    """How the service is: what is wrong, and what to do about it."""
    health = product().health
    return render_template("office/condition.html", problems=health.problems(), health=health.read())


def _account(name: str) -> Account:
    with product().store.read() as work:
        found = work.officers.account(name)
    if found is None:
        raise NotFoundError("There is no such officer")
    return found


def _officers_page(form: OfficerForm) -> str:
    with product().store.read() as work:
        everybody = work.officers.all()
    return render_template("office/officers.html", form=form, officers=everybody)


def _officer_page(account: Account, said: str = "") -> str:
    with product().store.read() as work:
        everybody = [one for one in work.officers.all() if not one.disabled and one.email != account.email]
        open_cases = work.cases.open_of(account.email)
    return render_template(
        "office/officer.html",
        account=account,
        said=said,
        heirs=[o for o in everybody if o.role != Role.READ_ONLY],
        open_cases=open_cases,
    )


def _deputies_page(form: DeputyForm) -> str:
    with product().store.read() as work:
        here = [one for one in work.officers.all() if not one.disabled and one.role != Role.READ_ONLY]
    form.officer.choices = {one.email: one.name for one in here}
    approvers = {one.email: one.name for one in here if one.role in {Role.APPROVER, Role.ADMIN}}
    only_own = not viewer().may(Capability.ADMINISTER)
    form.for_officer.choices = {viewer().email: viewer().name} if only_own else approvers
    return render_template("office/deputies.html", form=form, deputies=product().casework(VIA).deputies())
