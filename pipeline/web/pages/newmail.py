"""New mail to check, mail that could not be read, and acknowledgements that wait for an officer's word."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, RadioField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from pipeline.domain.clock import Event, EventKind
from pipeline.domain.errors import InfogovError, NotFoundError, UsageError
from pipeline.domain.reference import as_stored
from pipeline.domain.roles import Capability
from pipeline.stages.newmail import EFFECTS
from pipeline.web.context import VIA, looking, product, viewer
from pipeline.web.numbers import typed_number
from pipeline.web.presenting import day
from pipeline.web.showing import seen
from pipeline.web.undecided import undecided
from pipeline.web.words import told

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from werkzeug.wrappers import Response

    from pipeline.store.records import FiledMail, MessageSummary

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


_WHAT = {
    "request": "A request: give it a reference",
    "attach": "It belongs to a request that we have, and does nothing to its clock",
    "clarification": "It is the clarification that we asked for",
    "review": "It asks for an internal review of an answer that we gave",
    "withdrawal": "It withdraws a request that we have",
    "internal": "Internal mail about a request that we have",
    "business": "Business as usual: another team answers it, not under information law",
    "not_ours": "Not for us: nothing more is to be done",
}
# For a mail that has opened a request already: what remains is whether it is one.
_OF_OPENED = {
    "settled": "A request like any other: take the mark off",
    "not_a_request": "Not a request: stop its clock, and send no acknowledgement",
}


class DecideForm(FlaskForm):
    """What an officer decides a mail is, with what that needs."""

    what = RadioField("What is it?", choices=_WHAT | _OF_OPENED)
    email = EmailField(
        "Whose request it is, if it is not the sender's own (e-mail address)", [Optional(), Length(max=254)]
    )
    name = StringField("Requester's name, if it is not the sender's", [Optional(), Length(max=200)])
    received_on = DateField("Day the council first had it, if earlier", [Optional()])
    reference = StringField("Reference of the request that it belongs to", [Optional(), Length(max=40)])
    question = StringField(
        "Number of the question that was asked about, where it was not the whole request", [Optional(), Length(max=4)]
    )
    reason = TextAreaField("Reason or remark", [Length(max=2000)])


@pages.get("/new-mail")
def waiting() -> str:
    """What waits for an officer's look, with what each looks like and why; a page of each of the three lists."""
    reports, who = product().reports, looking()
    return render_template(
        "newmail/waiting.html",
        mails=reports.new_mail(who, _after("mail")),
        unread=reports.unreadable(_after("unread")),
        acknowledgements=reports.to_acknowledge(who, _after("acknowledge")),
        intents=INTENTS,
    )


def _after(name: str) -> int:
    """The number behind which a list goes on, as its link says; 0 for its beginning."""
    return typed_number(request.args.get(name, "")) or 0


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
    opened = product().reading_room(VIA).mail(number, viewer().email)
    mail = _mail(number)
    suggested = next((one for one in mail.suggested if one in opened.references), "")
    form.what.choices = _OF_OPENED if mail.opened else _WHAT
    since = _since(mail.opened) if mail.opened else []
    if form.what.data is None:
        looks_like = mail.intent if suggested and mail.intent in EFFECTS else "attach" if suggested else "request"
        # Where the requester has written since, to take the mark off is not what comes first.
        form.what.data = looks_like if not mail.opened else None if since else "settled"
        form.reference.data = suggested
        proposed = mail.proposal or {}
        form.email.data, form.name.data = proposed.get("email", ""), proposed.get("name", "")
    return render_template(
        "newmail/decide.html",
        form=form,
        mail=mail,
        opened=opened,
        words=seen(opened.message.text),
        intents=INTENTS,
        since=since,
        hints=_effects_on(suggested, mail.received_on) if suggested and viewer().may(Capability.WORK) else {},
    )


def _since(reference: str) -> list[MessageSummary]:
    """What the requester has written on *reference* since, and nobody has said yet what it does."""
    clockwork, file = product().clockwork(VIA), product().reading_room(VIA).case(reference, viewer().email)
    return undecided(file.case, file.messages, clockwork.standing(reference), clockwork.review(reference))


def _effects_on(reference: str, on: date) -> dict[str, str]:
    """What each choice would do to the clock of the request that a mail may belong to, in words."""
    found = {
        "review": f"The review has a clock of its own, from {day(on)}; {reference} is marked for a look.",
        "withdrawal": f"{reference} ends, and what was waiting to be sent is taken back.",
    }
    try:
        event = Event(kind=EventKind.CLARIFICATION_RECEIVED, on=on)
        then = product().clockwork(VIA).foresee(reference, event, viewer().email)
        due = f"the answer is due on {day(then.due_on)}" if then.due_on else "it goes on waiting"
        found["clarification"] = f"For {reference}, from {day(on)}: {due}."
    except InfogovError as error:
        found["clarification"] = f"Not for {reference} as things stand: {told(error)}"
    return found


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


def _attach(number: int, form: DecideForm, side: str = "requester", means: EventKind | None = None) -> tuple[str, str]:
    reference, place = as_stored(form.reference.data or ""), (form.question.data or "").strip()
    if not reference:
        raise UsageError("Give the reference of the request that it belongs to")
    key = _key_of(reference, place) if place and means is EventKind.CLARIFICATION_RECEIVED else None
    product().new_mail(VIA).attach(number, reference, viewer().email, side, means=means, question=key)
    said = f"The mail stands with {reference} now."
    if means is not None:
        said += " What it does to the clock is recorded."
    return said, url_for("request.show", reference=reference)


def _key_of(reference: str, typed: str) -> int:
    place = typed_number(typed)
    if place is None:
        raise UsageError(
            "Give the number of the question in digits, such as 2, or leave it empty for the whole request"
        )
    return product().clockwork(VIA).key_of(reference, place)


def _settled(number: int, form: DecideForm) -> tuple[str, str]:
    reference = _mail(number).opened or ""
    why = (form.reason.data or "").strip() or "It is a request like any other"
    product().new_mail(VIA).dismiss(number, viewer().email, why)
    return f"The mark on {reference} is off.", url_for("request.show", reference=reference)


def _not_a_request(number: int, form: DecideForm) -> tuple[str, str]:
    reference = _mail(number).opened or ""
    product().casefile(VIA).not_a_request(reference, viewer().email, form.reason.data or "")
    return f"{reference} is not a request; its clock has stopped.", url_for("request.show", reference=reference)


def _off_the_list(number: int, form: DecideForm, words: str) -> tuple[str, str]:
    why = f"{words}. {form.reason.data or ''}".strip()
    product().new_mail(VIA).dismiss(number, viewer().email, why)
    return "The mail is off the list. It is kept.", url_for("newmail.waiting")


_DEEDS: dict[str, Callable[[int, DecideForm], tuple[str, str]]] = {
    "request": _make_request,
    "attach": _attach,
    **{name: partial(_attach, means=kind) for name, kind in EFFECTS.items()},
    "settled": _settled,
    "not_a_request": _not_a_request,
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
