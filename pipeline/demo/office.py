"""The demo's office: officers with passwords, requests at every status to click through, and the pages that show them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipeline.domain.clock import received_day
from pipeline.domain.errors import UsageError
from pipeline.domain.response import AnswerOutcome
from pipeline.letters.model import LetterKind, Particulars
from pipeline.stages.counter import Channel, Entry
from pipeline.web.app import accounts_of, create_app
from pipeline.web.serving import WebServer

if TYPE_CHECKING:
    from pipeline.bootstrap import App

DRAFTER, APPROVER, ADMINISTRATOR = (
    "alex.drafter@council.example.org",
    "sam.approver@council.example.org",
    "robin.admin@council.example.org",
)
OFFICERS = (
    (DRAFTER, "Alex Drafter", "officer"),
    (APPROVER, "Sam Approver", "approver"),
    (ADMINISTRATOR, "Robin Admin", "admin"),
)
VIA = "demo"
_PORTS = (8000, 0)
# Every text stands for one status; days are working days before today on which it was received.
_REQUESTS: tuple[tuple[str, str, int, str, str], ...] = (
    ("new", "How many library books were lost in 2023 and 2024?", 2, "Chris Reader", "lost library books"),
    (
        "overdue",
        "Please send me the register of empty business properties.",
        27,
        "Jamie Keys",
        "empty business properties",
    ),
    (
        "drafting",
        "What did the council spend on temporary traffic lights in each of the last three years?",
        12,
        "Morgan Lane",
        "temporary traffic lights",
    ),
    ("for_approval", "How many parking fines were cancelled on appeal in 2024?", 17, "Casey Park", "parking fines"),
    ("approved", "How many allotments are vacant, and how long is the waiting list?", 18, "Ash Gardener", "allotments"),
    ("waiting", "Please send me the report.", 6, "Lee Brief", "a report"),
    ("withdrawn", "What is the salary of the post of swimming pool manager?", 9, "Drew Diver", "swimming pool manager"),
    ("closed", "When was the last fire drill in the town hall?", 15, "Sky Warden", "fire drills"),
)


def open_office(app: App) -> dict[str, str]:
    """Add the officers; returns each one's password by address. They need not be changed here: nothing is real."""
    accounts = accounts_of(app, via="cli")
    passwords = {}
    for email, name, role in OFFICERS:
        made = accounts.add("cli", email, name, role)
        passwords[email] = accounts.give_password(email, password=made)
    return passwords


def fill(app: App) -> None:
    """Make a request at every status, by the verbs that officers use."""
    today = received_day(app.clock.now())
    for status, text, ago, name, topic in _REQUESTS:
        day = _working_days_before(app, today, ago)
        entry = Entry(
            text=text,
            received_on=day,
            channel=Channel.WEB_FORM,
            requester_name=name,
            topic=topic,
            requester_email=f"{name.split()[0].lower()}@resident.example.org",
            acknowledge=status not in {"overdue", "closed"},
        )
        reference = app.counter(VIA).log(entry, DRAFTER).reference
        _bring(app, reference, status)


def serve(app: App, port: int = 0) -> WebServer:
    """Serve the pages on *port*, or on the usual one, or any that is free."""
    flask = create_app(app, demo=True)
    for choice in (port,) if port else _PORTS:
        try:
            server = WebServer(flask, app.settings.web.model_copy(update={"port": choice}))
        except UsageError:
            if choice == 0 or port:
                raise
            continue
        server.start()
        return server
    raise UsageError("no port was free for the pages")  # pragma: no cover - port 0 always is


def _bring(app: App, reference: str, status: str) -> None:
    """Take a new request to *status*."""
    casework, casefile = app.casework(VIA), app.casefile(VIA)
    if status not in {"new", "overdue"}:
        casefile.take(reference, DRAFTER)
    if status in {"drafting", "for_approval", "approved", "closed"}:
        _draft(app, reference)
    if status in {"for_approval", "approved", "closed"}:
        casework.submit(reference, DRAFTER)
    if status == "approved":
        casework.approve(reference, APPROVER)
    if status == "closed":
        casework.give_back(reference, APPROVER, "the requester rang and has found it on the website")
        casework.close(reference, DRAFTER, "the requester has found it on the website")
    if status == "waiting":
        asked = Particulars(needed="Which report do you mean? Its title or its month would be enough.")
        casework.new_letter(reference, LetterKind.CLARIFICATION, DRAFTER, asked)
        casework.submit(reference, DRAFTER, kind=LetterKind.CLARIFICATION)
        casework.approve(reference, APPROVER, kind=LetterKind.CLARIFICATION)
        casework.send_now(reference, APPROVER)
    if status == "withdrawn":
        casework.withdraw(reference, DRAFTER, "by telephone, confirmed by e-mail")


def _draft(app: App, reference: str) -> None:
    casework = app.casework(VIA)
    draft = casework.draft(reference)
    answered = tuple(
        replace(one, outcome=AnswerOutcome.SUPPLIED, answer="We hold this information. The figure is 42.")
        for one in draft.record.questions
    )
    casework.save_record(reference, replace(draft.record, questions=answered), DRAFTER, base_version=draft.version)


def _working_days_before(app: App, today: date, days: int) -> date:
    day = today
    while days:
        day -= timedelta(days=1)
        days -= app.calendar.is_working_day(day)
    return day
