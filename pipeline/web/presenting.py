"""How values look on a page: dates as 2 May 2024, states in the words officers use, sizes and working days."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.domain.figures import working_days_left
from pipeline.letters.model import LetterKind
from pipeline.web.context import product

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.request import Regime
    from pipeline.store.records import EventRecord

LONDON = ZoneInfo("Europe/London")
_STALE = timedelta(minutes=15)

REGIMES = {"foi": "FOI", "eir": "EIR", "sar": "Subject access"}
WORKFLOWS = {
    "new": "New",
    "drafting": "Being drafted",
    "for_approval": "For approval",
    "approved": "Approved",
    "sent": "Sent",
    "closed": "Closed",
    "withdrawn": "Withdrawn",
    "not_a_request": "Not a request",
}
WORKFLOW_COLOURS = {
    "new": "blue",
    "drafting": "light-blue",
    "for_approval": "purple",
    "approved": "turquoise",
    "sent": "green",
    "closed": "grey",
    "withdrawn": "grey",
    "not_a_request": "grey",
}
CLOCKS = {
    "running": "Clock running",
    "waiting_for_requester": "Waiting for the requester",
    "paused": "Clock paused",
    "stopped": "Clock stopped",
}
OUTCOMES = {
    "granted": "Disclosed in full",
    "part_granted": "Disclosed in part",
    "refused": "Withheld",
    "not_held": "Not held",
    "neither_confirm_nor_deny": "Neither confirmed nor denied",
    "withdrawn": "Withdrawn",
    "lapsed": "Lapsed",
    "transferred": "Transferred",
}
OUTBOX = {
    "waiting": "Waiting, can be stopped",
    "queued": "Queued",
    "sending": "Being sent",
    "sent": "Sent",
    "retry": "Trying again",
    "failed": "Failed",
    "uncertain": "May not have been delivered",
    "cancelled": "Cancelled",
    "bounced": "Not delivered",
    "redirected": "Redirected (trial)",
}
LETTERS: dict[str, str] = {
    LetterKind.RESPONSE: "Answer to the request",
    LetterKind.CLARIFICATION: "Ask the requester to clarify",
    LetterKind.FEES_NOTICE: "Fees notice",
    LetterKind.PUBLIC_INTEREST_EXTENSION: "More time to weigh the public interest",
    LetterKind.EXTENSION: "More time for a complex request",
    LetterKind.COST_REFUSAL: "Refuse: it would take too long",
    LetterKind.VEXATIOUS_REFUSAL: "Refuse: vexatious or repeated",
    LetterKind.TRANSFER: "Somebody else holds it",
    LetterKind.REVIEW_ACKNOWLEDGEMENT: "Acknowledge the wish for a review",
    LetterKind.REVIEW_OUTCOME: "Outcome of the internal review",
    LetterKind.APOLOGY: "Apologise for being late",
    LetterKind.WITHDRAWAL: "Confirm that it is withdrawn",
    LetterKind.CORRECTION: "Correct an earlier letter",
    LetterKind.SERVICE_AREA: "Ask a service area (internal)",
    LetterKind.FREE: "Any other letter",
    "resend": "The same letter to a corrected address",
    "acknowledgement": "Acknowledgement",
    "sar_acknowledgement": "Acknowledgement of a subject access request",
    "receipt": "Receipt",
}
ROLES = {"officer": "Officer", "approver": "Approver", "admin": "Administrator", "read_only": "Read only"}


EVENTS = {
    "request_opened": "Recorded",
    "acknowledged": "Acknowledged",
    "drafting": "Draft kept",
    "submitted": "Put up for approval",
    "submitted_for_approval": "For approval",
    "returned": "Returned to be changed",
    "returned_for_change": "Back in drafting",
    "approved": "Approved",
    "approved_for_sending": "To be sent",
    "response_sent": "Answer sent",
    "letter_issued": "Letter sent",
    "law_changed": "Law changed",
    "regime_changed": "Law changed",
    "receipt_corrected": "Date of receipt corrected",
    "requester_corrected": "Requester's address corrected",
    "clock_event_recorded": "Clock",
    "stopped_before_sending": "Stopped before sending",
    "sent_now": "Sent without waiting",
    "note_added": "Note written",
    "message_attached": "Mail put with the request",
    "message_linked": "Mail arrived",
    "flag_taken_off": "Mark for a look taken off",
    "made_from_new_mail": "Made a request from new mail",
    "assigned": "Given to an officer",
    "handed_back": "Given back, so that nobody has it",
    "resend_asked": "To be sent to a corrected address",
    "letter_taken_back": "Letter taken back",
    "approval_void": "Approval taken back",
    "exception_checked": "The approval was looked at",
    "letter_retried": "Letter tried again",
    "letter_cancelled": "Letter cancelled",
    "resolved_as_delivered": "Noted as delivered",
    "resolved_as_not_delivered": "Noted as not delivered, to be sent again",
    "acknowledgement_released": "Acknowledgement let go",
}
# Of an event's data what is made of our own words: states, dates, officers and their reasons.
_TOLD = frozenset(
    {
        "from",
        "to",
        "reason",
        "due_on",
        "received_on",
        "event",
        "on",
        "why",
        "version",
        "side",
        "team",
        "despite",
        "regime",
    }
)


def day(value: date | datetime | None) -> str:
    """A London day as 2 May 2024; a dash where there is none."""
    if value is None:
        return "\N{EN DASH}"
    if isinstance(value, datetime):
        value = value.astimezone(LONDON).date()
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime | None) -> str:
    """An instant as 2 May 2024, 2:05pm in London; a dash where there is none."""
    if value is None:
        return "\N{EN DASH}"
    local = value.astimezone(LONDON)
    hour = local.hour % 12 or 12
    return f"{day(local.date())}, {hour}:{local:%M}{'am' if local.hour < 12 else 'pm'}"  # noqa: PLR2004 - noon


def iso(value: date | datetime) -> str:
    """A day or an instant for a machine (the datetime attribute of <time>)."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()


def isoday(value: datetime) -> str:
    """The London day of an instant as 2024-05-02, for addresses and date fields."""
    return value.astimezone(LONDON).date().isoformat()


def size(octets: int) -> str:
    """A number of bytes as people read it."""
    kilobyte = 1024
    if octets < kilobyte:
        return f"{octets} bytes"
    if octets < kilobyte**2:
        return f"{octets / kilobyte:.0f} kB"
    return f"{octets / kilobyte**2:.1f} MB"


def plural(number: int, one: str, many: str = "") -> str:
    """*number* with its noun: 1 request, 2 requests."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def days_left(due_on: date, today: date, law: Regime, calendar: Calendar) -> tuple[str, str]:
    """How far off a due date is by the working days of *law*, in words, and a tag's colour: never the colour alone."""
    distance = working_days_left(due_on, today, law, calendar)
    if due_on < today:
        late = max(1, -distance)
        return f"Overdue by {plural(late, 'working day')}", "red"
    if due_on == today:
        return "Due today", "orange"
    return f"{plural(distance, 'working day')} left", "yellow" if distance <= 5 else "green"  # noqa: PLR2004 - a working week


def event_words(event: EventRecord) -> str:
    """What happened, for the timeline: the kind in words, and what the trail says besides that an officer can read."""
    told = EVENTS.get(event.kind, event.kind.replace("_", " ").capitalize())
    parts = [
        f"{name.replace('_', ' ')}: {value}"
        for name, value in event.data.items()
        if name in _TOLD and value not in (None, "", [], {})
    ]
    return told + (f" ({'; '.join(parts)})" if parts else "")


# What mail servers mean by their codes (RFC 3463), for the ones that an officer can do something about.
_CODES = (
    (re.compile(r"\b5\.1\.[01](?!\d)|no such (?:user|mailbox)|user unknown|mailbox unavailable", re.IGNORECASE), "There is no such address there."),
    (re.compile(r"\b5\.1\.2(?!\d)|domain not found|unrouteable", re.IGNORECASE), "There is no such domain: what stands behind the @ is wrong."),
    (re.compile(r"\b[45]\.2\.2(?!\d)|mailbox (?:is )?full|over quota", re.IGNORECASE), "Their mailbox is full."),
    (re.compile(r"\b5\.2\.1(?!\d)|account (?:is )?disabled", re.IGNORECASE), "Their mailbox is switched off."),
    (re.compile(r"\b5\.[23]\.[34](?!\d)|too large|size limit", re.IGNORECASE), "The letter is too large for their mail server."),
    (re.compile(r"\b5\.7\.\d|\bspam\b|\bpolicy\b", re.IGNORECASE), "Their mail server refused it by its rules, perhaps as spam."),
    (re.compile(r"\b4\.\d\.\d|\b4\d\d\b|timed? ?out|connection", re.IGNORECASE), "The mail server could not take it just then."),
    (re.compile(r"\b2\.\d\.\d|\b250\b"), "The mail server took it."),
    (re.compile(r"\b5\.\d\.\d|\b5\d\d\b"), "The mail server refused it for good."),
)  # fmt: skip
_ANSWER = 2_000  # characters of an answer that are looked at


def server_words(answer: str | None) -> str:
    """What a mail server's answer means, as a sentence; "" where it is not one that we know."""
    return next((words for code, words in _CODES if code.search((answer or "")[:_ANSWER])), "")


def letter_name(kind: str) -> str:
    """What a kind of letter is called on the pages."""
    return LETTERS.get(kind) or kind.replace("_", " ").capitalize()


def mailbox_read() -> tuple[str, bool]:
    """When a mailbox was last read to its end, in words, and whether that is too long ago; one query."""
    app = product()
    with app.store.read() as work:
        at = work.messages.last_polled()
    if at is None:
        return "No mailbox has been read yet", True
    return f"Mailbox last read {moment(at)}", app.clock.now() - at > _STALE


def because(reasons: Sequence[str]) -> str:
    """Reasons as they stand behind "because": what the page says before them is not said again, and no sentence begins among them."""
    said = [one.partition(", because ")[2] or one for one in reasons[:1]] + list(reasons[1:])
    lower = [one[:1].lower() + one[1:] if one.startswith(("It ", "Besides")) else one for one in said]
    return "; ".join(one.rstrip(".") for one in lower)


def add_to(environment: Environment) -> None:
    """Give the templates these words as filters and names."""
    environment.filters |= {
        "day": day,
        "moment": moment,
        "iso": iso,
        "isoday": isoday,
        "size": size,
        "plural": plural,
        "server_words": server_words,
        "because": because,
    }
    environment.globals |= {
        "REGIMES": REGIMES,
        "WORKFLOWS": WORKFLOWS,
        "WORKFLOW_COLOURS": WORKFLOW_COLOURS,
        "CLOCKS": CLOCKS,
        "OUTCOMES": OUTCOMES,
        "OUTBOX": OUTBOX,
        "letter_name": letter_name,
        "ROLES": ROLES,
    }
