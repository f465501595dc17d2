"""A few dozen cases of every sort for the lists, and a count of the statements that a list needs."""

from __future__ import annotations

import random
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import event, update
from storing import case_values, frozen

from pipeline.domain.clock_events import Event, EventKind
from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.request import Question
from pipeline.store import schema
from pipeline.store.events import Happening
from pipeline.store.listing_records import Viewer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store import Store, Work

TODAY = date(2025, 6, 2)
KIM, SAM, ALEX = "kim@council.example", "sam@council.example", "alex@council.example"
ADMIN = Viewer(email=ALEX, role="admin")
OFFICER = Viewer(email=KIM, role="officer", team="Children")
WORKFLOWS = ("new", "drafting", "for_approval", "approved", "sent", "closed", "withdrawn", "not_a_request")
TOPICS = ("Parking fines", "Café licences", "School meals", "Flood defences")
AREAS = ("Highways", "Education", None)


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Collect every SELECT that *store* runs inside the block."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append(statement)

    event.listen(store._engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(store._engine, "before_cursor_execute", note)


def noon(day: date) -> datetime:
    """Midday of *day*, in UTC."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def add_case(work: Work, number: int, **columns: object) -> int:
    """Case *number*, opened as intake does and then changed to *columns*; returns its id."""
    chance = random.Random(number)
    received = TODAY - timedelta(days=chance.randrange(60))
    topic = TOPICS[number % 4]
    questions = [Question(label=str(n), text=f"How many {topic.lower()} were there in year {n}?") for n in (1, 2)]
    new = case_values(
        f"FOI{100_000_000 + number * 7_654_321 % 899_999_999}",
        received_on=received,
        received_at=noon(received),
        due_on=received + timedelta(days=28),
        requester_name=f"Person {number % 7}",
        requester_email=f"person{number % 7}@example.org",
        topic=topic,
        regime=("foi", "eir", "sar")[number % 3],
        flagged=number % 5 == 0,
        created_at=noon(received),
    )
    request_id = work.cases.open(new, questions)
    assert request_id is not None
    area = AREAS[number % 3]
    work.cases._connection.execute(
        update(schema.Question).where(schema.Question.request_id == request_id).values(service_area=area)
    )
    if columns:
        case = work.cases.by_ids([request_id])[0]
        work.cases.change(case, Happening(kind="changed", at=noon(received + timedelta(days=20))), **columns)
    return request_id


def fill(store: Store, count: int = 48) -> None:
    """Cases of every workflow, law, owner, team and clock."""
    with store.write() as work:
        for number in range(count):
            add_case(
                work,
                number,
                workflow=WORKFLOWS[number % 8],
                clock="running" if number % 4 else "waiting_for_requester",
                owner=(KIM, SAM, None)[number // 8 % 3],
                team=(None, None, "Children", "Adults")[number // 3 % 4],
            )


def add_letters(store: Store, at: datetime) -> None:
    """Letters for approval by two writers on the first four cases, and outbox rows in several states from the ninth on."""
    states = (
        OutboxStatus.WAITING, OutboxStatus.FAILED, OutboxStatus.BOUNCED, OutboxStatus.UNCERTAIN, OutboxStatus.CANCELLED,
        OutboxStatus.RETRY,
    )  # fmt: skip
    with store.write() as work:
        cases = list(work.cases.every())
        for case, writer in zip(cases, (KIM, SAM, KIM, SAM), strict=False):
            work.letters.write(case.id, "response", "x = 'y'", officer=writer, via="web", at=at)
            letter = work.letters.open_letter(case.id, "response")
            assert letter is not None
            happening = Happening(kind="submitted", at=at, actor=writer)
            work.letters.move(letter, "for_approval", happening, submitted_by=writer, submitted_at=at)
        for number, (case, status) in enumerate(zip(cases[8:], states, strict=False), 1):
            letter_out = frozen(number, once_key=f"response:{number}", kind="response", status=status)
            work.outbox.freeze(case.id, letter_out, at=at)


def add_history(store: Store) -> None:
    """An extension on the second case, a review of the third that was answered after 14 days, one of the fourth that was not."""
    with store.write() as work:
        cases = list(work.cases.every())[:4]
        extended = Event(kind=EventKind.EIR_EXTENSION, on=TODAY, to=TODAY + timedelta(days=20))
        work.clock_events.add(cases[1].id, extended, officer=KIM, at=noon(TODAY))
        for case in cases[2:]:
            asked = Event(kind=EventKind.REVIEW_REQUESTED, on=TODAY - timedelta(days=30))
            work.clock_events.add(case.id, asked, officer=KIM, at=noon(TODAY))
        outcome = frozen(90, once_key="review:1", kind="review_outcome")
        work.outbox.freeze(cases[2].id, outcome, at=noon(TODAY - timedelta(days=16)))
        for letter in work.outbox.claim("token", noon(TODAY), 5):
            if letter.kind == "review_outcome":
                work.outbox.mark_data(letter, "token")
                sent = noon(TODAY - timedelta(days=16))
                work.outbox.settle(letter, OutboxStatus.SENT, at=sent, answer="250 taken")
        work.figures.keep_provisions(1, cases[0].id, ["s.12"])
        work.figures.keep_provisions(1, cases[0].id, ["s.40(2)", "s.21", "s.40(2)"])
        work.figures.keep_provisions(2, cases[1].id, ["s.21"])
