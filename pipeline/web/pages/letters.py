"""Letters to send: what waits, what is under way, what failed, what may not have been delivered, and what to do about each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from pipeline.domain.errors import NotFoundError
from pipeline.domain.outbox import OutboxStatus
from pipeline.mail.parsing import parse
from pipeline.web.context import VIA, looking, product, viewer
from pipeline.web.downloads import download
from pipeline.web.showing import seen

if TYPE_CHECKING:
    from flask import Response as FlaskResponse
    from werkzeug.wrappers import Response

    from pipeline.store.listing_records import LetterPage

pages = Blueprint("letters", __name__)

_FEW, _PAGE = 20, 50
NOT_DELIVERED = "not-delivered"


@dataclass(frozen=True, slots=True)
class Group:
    """Letters that want the same: the group's name in an address, its heading, what it means, and the states in it."""

    name: str
    title: str
    words: str
    statuses: tuple[OutboxStatus, ...]

    def page(self, before: str | None, size: int) -> LetterPage:
        """A page of it, the newest first; one query."""
        if self.name == NOT_DELIVERED:
            return product().reports.not_delivered(looking(), before, size)
        return product().reports.letters(looking(), self.statuses, before, size)


# In the order in which they want somebody.
GROUPS: tuple[Group, ...] = (
    Group(
        "uncertain",
        "May not have been delivered",
        "Contact with the mail server was lost at the last moment. The requester may have the letter, or may not. Ask "
        "them, or whoever runs the mail server, before you decide. If you say that it was delivered, nothing more is sent and the "
        "letter counts as sent. If you say that it was not, it is sent again under the same message number: a requester who has it "
        "already then gets it twice.",
        (OutboxStatus.UNCERTAIN,),
    ),
    Group(
        NOT_DELIVERED,
        "Not delivered",
        "The mail server refused the letter for good, or took it and it came back. Send it to a corrected address from the "
        "request's page, or try the same address again.",
        (OutboxStatus.BOUNCED, OutboxStatus.FAILED),
    ),
    Group(
        "waiting",
        "Waiting, can be stopped",
        "Approved. It goes when its time is over, unless somebody stops it.",
        (OutboxStatus.WAITING,),
    ),
    Group(
        "retrying",
        "Trying again",
        "The mail server could not take it yet. It is tried again by itself.",
        (OutboxStatus.RETRY,),
    ),
    Group("queued", "Queued and being sent", "", (OutboxStatus.QUEUED, OutboxStatus.SENDING)),
)
# Nobody has to do anything about these: a page of their own.
OVER: tuple[Group, ...] = (
    Group(
        "cancelled", "Cancelled", "These letters were stopped or taken back, and never went.", (OutboxStatus.CANCELLED,)
    ),
    Group(
        "redirected",
        "Redirected in a trial",
        "These letters went to the trial's address and not to the requester.",
        (OutboxStatus.REDIRECTED,),
    ),
    Group("sent", "Sent", "", (OutboxStatus.SENT,)),
)


@pages.get("/letters-to-send")
def to_send() -> str:
    """The newest letters of each group, or with ?show=… one group page by page; a query for each group shown."""
    wanted, before = request.args.get("show", ""), request.args.get("before")
    if wanted:
        found = next((group for group in (*GROUPS, *OVER) if group.name == wanted), None)
        if found is None:
            raise NotFoundError("There is no such list of letters")
        shown = [(found, found.page(before, _PAGE))]
    else:
        shown = [(group, group.page(None, _FEW)) for group in GROUPS]
    return render_template("letters/to_send.html", groups=shown, alone=bool(wanted), before=before, over=OVER)


@pages.get("/letters-to-send/<int:number>")
def show(number: int) -> str:
    """One letter, to the byte as it goes or went, and what became of it."""
    row, content = product().reading_room(VIA).sent_letter(number, viewer().email)
    message = parse(content)
    words = next((group.words for group in GROUPS if row.status in group.statuses), "")
    return render_template("letters/show.html", row=row, message=message, words=seen(message.text), meaning=words)


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
    return _back("The letter is cancelled. If it was one that an officer approved, it waits for approval again.")


@pages.post("/letters-to-send/<int:number>/decide")
def decide(number: int) -> Response:
    """Say whether a letter that may have been delivered was: sent, or to be sent again."""
    delivered = request.form.get("delivered") == "yes"
    product().mailroom(VIA).resolve(number, delivered=delivered, officer=viewer().email)
    return _back("It is noted as sent." if delivered else "It will be sent again, under the same message number.")


def _back(said: str) -> Response:
    flash(said)
    return redirect(url_for("letters.to_send"), code=303)
