"""Letters to send: what waits, what is under way, what failed, what may not have been delivered, and what to do about each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from pipeline.domain.outbox import OutboxStatus
from pipeline.mail.parsing import parse
from pipeline.web.context import VIA, product, viewer
from pipeline.web.downloads import download
from pipeline.web.showing import seen

if TYPE_CHECKING:
    from flask import Response as FlaskResponse
    from werkzeug.wrappers import Response

pages = Blueprint("letters", __name__)

# In the order in which they want somebody.
GROUPS: tuple[tuple[str, tuple[OutboxStatus, ...], str], ...] = (
    (
        "May not have been delivered",
        (OutboxStatus.UNCERTAIN,),
        (
            "Contact with the mail server was lost at the last moment. The requester may have the letter, or may not. Ask "
            "them, or whoever runs the mail server, before you decide: sending again may give them the letter twice."
        ),
    ),
    ("Not delivered", (OutboxStatus.BOUNCED,), "The mail server took the letter, and it came back."),
    (
        "Failed",
        (OutboxStatus.FAILED,),
        "The mail server refused the letter for good. Correct the address, or try again.",
    ),
    (
        "Waiting, can be stopped",
        (OutboxStatus.WAITING,),
        "Approved. It goes when its time is over, unless somebody stops it.",
    ),
    ("Trying again", (OutboxStatus.RETRY,), "The mail server could not take it yet. It is tried again by itself."),
    ("Queued and being sent", (OutboxStatus.QUEUED, OutboxStatus.SENDING), ""),
)


@pages.get("/letters-to-send")
def to_send() -> str:
    """Every letter that has not gone, in groups, with the mail server's answer in plain words."""
    with product().store.read() as work:
        rows = work.outbox.summaries(statuses=[status for _, statuses, _ in GROUPS for status in statuses])
    seen_by = viewer()
    groups = [(title, words, [row for row in rows if row.status in statuses]) for title, statuses, words in GROUPS]
    return render_template("letters/to_send.html", groups=groups, who=seen_by)


@pages.get("/letters-to-send/<int:number>")
def show(number: int) -> str:
    """One letter, to the byte as it goes or went, and what became of it."""
    row, content = product().reading_room(VIA).sent_letter(number, viewer().email)
    message = parse(content)
    return render_template("letters/show.html", row=row, message=message, words=seen(message.text))


@pages.get("/letters-to-send/<int:number>/raw")
def raw(number: int) -> FlaskResponse:
    """The letter's bytes."""
    _, content = product().reading_room(VIA).sent_letter(number, viewer().email)
    return download(content, f"letter-{number}.eml", "message/rfc822")


@pages.post("/letters-to-send/<int:number>/try-again")
def try_again(number: int) -> Response:
    """Send a letter that failed, bounced or waits, at the next occasion."""
    product().mailroom(VIA).retry(number, viewer().email)
    return _back("The letter is queued again.")


@pages.post("/letters-to-send/<int:number>/cancel")
def cancel(number: int) -> Response:
    """Take a letter out of the outbox."""
    product().mailroom(VIA).cancel(number, viewer().email)
    return _back("The letter is cancelled. If it was a response, it waits for approval again.")


@pages.post("/letters-to-send/<int:number>/decide")
def decide(number: int) -> Response:
    """Say whether a letter that may have been delivered was: sent, or to be sent again."""
    delivered = request.form.get("delivered") == "yes"
    product().mailroom(VIA).resolve(number, delivered=delivered, officer=viewer().email)
    return _back("It is noted as sent." if delivered else "It will be sent again, under the same message number.")


def _back(said: str) -> Response:
    flash(said)
    return redirect(url_for("letters.to_send"), code=303)
