"""New mail to check, mail that could not be read, and acknowledgements that wait for an officer's word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, RadioField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from pipeline.domain.errors import InfogovError, NotFoundError
from pipeline.web.context import VIA, product, viewer
from pipeline.web.showing import seen
from pipeline.web.words import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from pipeline.store.records import FiledMail

pages = Blueprint("newmail", __name__)

INTENTS = {
    "request": "a request",
    "unclear": "something unclear",
    "clarification": "an answer to our question",
    "chaser": "a chaser",
    "review": "a request for a review",
    "withdrawal": "a withdrawal",
    "thanks": "thanks",
    "complaint": "a complaint",
    "not_a_request": "no request",
    "internal": "internal mail",
    "ico": "the Commissioner's mail",
    "automatic": "an automatic mail",
    "bounce": "a delivery failure",
    "duplicate": "a second copy",
    "unreadable": "mail that could not be read",
}


class DecideForm(FlaskForm):
    """What an officer decides a mail is, with what that needs."""

    what = RadioField(
        "What is it?",
        choices={
            "request": "A request: give it a reference",
            "attach": "It belongs to a request that we have",
            "internal": "Internal mail about a request that we have",
            "business": "Business as usual: another team answers it, not under information law",
            "not_ours": "Not for us: nothing more is to be done",
        },
    )
    email = EmailField(
        "Whose request it is, if it is not the sender's own (e-mail address)", [Optional(), Length(max=254)]
    )
    name = StringField("Requester's name, if it is not the sender's", [Optional(), Length(max=200)])
    received_on = DateField("Day the council first had it, if earlier", [Optional()])
    reference = StringField("Reference of the request that it belongs to", [Optional(), Length(max=40)])
    reason = TextAreaField("Reason or remark", [Length(max=2000)])


@pages.get("/new-mail")
def waiting() -> str:
    """What waits for an officer's look, with what each looks like and why."""
    app = product()
    return render_template(
        "newmail/waiting.html",
        mails=app.new_mail(VIA).list(),
        unread=app.mailroom(VIA).quarantined(),
        acknowledgements=app.mailroom(VIA).waiting_acknowledgements(),
        intents=INTENTS,
    )


@pages.get("/new-mail/<int:number>")
def decide(number: int) -> str:
    """One mail, and the decision what it is."""
    form = DecideForm(formdata=None)
    return _page(number, form)


@pages.post("/new-mail/<int:number>")
def decide_submit(number: int) -> str | tuple[str, int] | Response:
    """Do what the officer decided."""
    form = DecideForm()
    if not form.validate():
        return _page(number, form), 400
    try:
        said, leads_to = _DEEDS[form.what.data](number, form)
    except InfogovError as error:
        form.form_errors.append(told(error))
        return _page(number, form), 409
    flash(said)
    return redirect(leads_to, code=303)


def _page(number: int, form: DecideForm) -> str:
    mail = _mail(number)
    opened = product().reading_room(VIA).mail(number, viewer().email)
    if form.what.data is None:
        form.what.data = "attach" if mail.suggested else "request"
        form.reference.data = mail.suggested[0] if mail.suggested else ""
        proposed = mail.proposal or {}
        form.email.data, form.name.data = proposed.get("email", ""), proposed.get("name", "")
    return render_template(
        "newmail/decide.html", form=form, mail=mail, opened=opened, words=seen(opened.message.text), intents=INTENTS
    )


def _mail(number: int) -> FiledMail:
    with product().store.read() as work:
        found = work.new_mail.find(number)
    if found is None:
        raise NotFoundError(f"There is no new mail {number}")
    return found


def _make_request(number: int, form: DecideForm) -> tuple[str, str]:
    reference = (
        product()
        .new_mail(VIA)
        .make_request(
            number,
            viewer().email,
            requester_name=form.name.data or None,
            requester_email=form.email.data or None,
            received_on=form.received_on.data,
            reason=form.reason.data or "",
        )
    )
    return f"It is request {reference} now.", url_for("request.show", reference=reference)


def _attach(number: int, form: DecideForm, side: str) -> tuple[str, str]:
    reference = (form.reference.data or "").strip().upper()
    product().new_mail(VIA).attach(number, reference, viewer().email, side)
    return f"The mail stands with {reference} now.", url_for("request.show", reference=reference)


def _off_the_list(number: int, form: DecideForm, words: str) -> tuple[str, str]:
    why = f"{words}. {form.reason.data or ''}".strip()
    product().new_mail(VIA).dismiss(number, viewer().email, why)
    return "The mail is off the list. It is kept.", url_for("newmail.waiting")


_DEEDS: dict[str, Callable[[int, DecideForm], tuple[str, str]]] = {
    "request": _make_request,
    "attach": lambda number, form: _attach(number, form, "requester"),
    "internal": lambda number, form: _attach(number, form, "internal"),
    "business": lambda number, form: _off_the_list(number, form, "Business as usual"),
    "not_ours": lambda number, form: _off_the_list(number, form, "Not for us"),
}


@pages.post("/could-not-be-read/<int:number>/try-again")
def try_again(number: int) -> Response:
    """Let a mail that could not be read be read once more."""
    product().mailroom(VIA).retry_quarantined(number, viewer().email)
    flash("It will be read again within a minute.")
    return redirect(url_for("newmail.waiting"), code=303)


@pages.post("/could-not-be-read/<int:number>/dismiss")
def dismiss_unread(number: int) -> Response:
    """Take a mail that could not be read off the list."""
    product().mailroom(VIA).dismiss_quarantined(number, viewer().email)
    flash("It is off the list. The mail itself is kept.")
    return redirect(url_for("newmail.waiting"), code=303)


@pages.post("/requests/<reference>/acknowledge")
def acknowledge(reference: str) -> Response:
    """Let an acknowledgement go that waited for an officer's word."""
    product().mailroom(VIA).release_acknowledgement(reference, viewer().email)
    flash(f"The acknowledgement of {reference} is on its way.")
    back = (
        url_for("newmail.waiting")
        if request.form.get("back") == "list"
        else url_for("request.show", reference=reference)
    )
    return redirect(back, code=303)
