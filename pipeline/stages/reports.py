"""Reports: what the officers' lists, searches, tables and CSV files show, with the working days left reckoned in."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from pipeline.domain import figures
from pipeline.domain.clock import received_day
from pipeline.domain.request import ClockState, Regime
from pipeline.domain.working_clock import ANSWER_DAYS, LONGEST_DAYS
from pipeline.store.listing_records import Waiting
from pipeline.store.reading.narrowing import OPEN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.outbox import OutboxStatus
    from pipeline.domain.ports import Clock
    from pipeline.domain.request import Outcome
    from pipeline.store import Store
    from pipeline.store.listing_records import (
        AskedReview,
        LetterAtWork,
        LetterPage,
        LettersAtWork,
        QueueFilter,
        QueuePage,
        QueueRow,
        Viewer,
        WorkCounts,
    )
    from pipeline.store.records import Case, FiledMail, Quarantined

    _Value = date | Decimal | str | int | bool | None


class _Numbered(Protocol):
    """A row that has a number of its own."""

    @property
    def id(self) -> int:
        """The row's number."""
        ...


_Row = TypeVar("_Row", bound=_Numbered)
_BATCH = 1_000
_REVIEWS = timedelta(days=731)
_BYTE_ORDER_MARK = "\ufeff"
# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_QUEUE_HEADINGS = (
    "Reference", "Own reference", "Topic", "Requester", "Requester's address", "Law", "Status", "Clock", "Outcome",
    "Officer", "Team", "To look at", "Reached us by", "Received", "Due", "Working days left", "Answered",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """A case on a list; *days_left* is working days, negative when overdue, None where no time runs."""

    case: QueueRow
    days_left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """A page of a list: see QueuePage."""

    lines: tuple[QueueLine, ...]
    next: str | None
    previous: str | None
    more_than: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkNumbers:
    """The numbers of "My work", and the days they were counted for: due soon means up to *soon*, so many working days on as configured."""

    counts: WorkCounts
    today: date
    soon: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of a period, both days included.

    *total* is the Code of Practice's table for FOI and EIR together; *by_law* has it for each law, subject access
    included. *in_time_of_answered* is the Commissioner's measure, of what was answered in the period (FOI and EIR).
    *areas* is (received, answered in time) by service area, "" for none.
    """

    first: date
    last: date
    total: figures.PartEight
    by_law: dict[Regime, figures.PartEight]
    by_month: dict[str, figures.PartEight]
    by_quarter: dict[str, figures.PartEight]
    outcomes: dict[Outcome, int]
    in_time_of_answered: figures.Share
    areas: dict[str, tuple[int, figures.Share]]
    provisions: list[tuple[str, int]]
    reviews: figures.Reviews


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDue:
    """A review that was asked for, and the day by which its outcome is due."""

    asked: AskedReview
    due_on: date


class Reports:
    """Reads for pages and files; changes nothing. Every list shows what *viewer* may open and nothing else."""

    def __init__(self, store: Store, clock: Clock, calendar: Calendar, *, soon_days: int = 5) -> None:
        self._store = store
        self._clock = clock
        self._calendar = calendar
        self._soon_days = soon_days

    def today(self) -> date:
        """The present London day."""
        return received_day(self._clock.now())

    # ---- lists -----------------------------------------------------------------------------------------------------

    def queue_page(self, wanted: QueueFilter, viewer: Viewer, after: str | None = None, size: int = 50) -> QueueView:
        """A page of the queue; one query, two where a service area is asked for. Raises UsageError for a wrong *after*."""
        with self._store.read() as work:
            found = work.queue.page(wanted, viewer, after, size)
        return self._view(found)

    def search(
        self, typed: str, wanted: QueueFilter, viewer: Viewer, after: str | None = None, size: int = 50
    ) -> QueueView:
        """A page of what was found by the words, the reference or the address *typed*, in the queue's order."""
        with self._store.read() as work:
            found = work.search.find(typed, wanted, viewer, after, size)
        return self._view(found)

    def work_counts(self, viewer: Viewer) -> WorkNumbers:
        """The numbers of "My work"; one query."""
        today = self.today()
        soon = self._calendar.add_working_days(today, self._soon_days)
        with self._store.read() as work:
            counts = work.worklists.counts(viewer, today=today, soon=soon)
        return WorkNumbers(counts=counts, today=today, soon=soon)

    def reviews(self, viewer: Viewer) -> list[ReviewDue]:
        """Internal reviews that wait for their outcome, the one due first in front; one query. Asked for in the last two years."""
        with self._store.read() as work:
            found = work.reviews.undecided(viewer, self.today() - _REVIEWS)
        due = [ReviewDue(asked=one, due_on=self._review_due(one)) for one in found if one.regime is not Regime.SAR]
        return sorted(due, key=lambda one: one.due_on)

    def _review_due(self, asked: AskedReview) -> date:
        """The Code's twenty working days (Code of Practice part 5), or the forty that are law under regulation 11(4)."""
        days = LONGEST_DAYS if asked.regime is Regime.EIR else ANSWER_DAYS
        return self._calendar.add_working_days(asked.asked_on, days)

    def for_approval(self, viewer: Viewer, after: str | None = None, size: int = 50) -> LettersAtWork:
        """A page of letters that wait for approval; one query. Raises UsageError for a wrong *after*."""
        with self._store.read() as work:
            return work.worklists.for_approval(viewer, after, size)

    def exceptions(self, viewer: Viewer, after: str | None = None, size: int = 50) -> LettersAtWork:
        """A page of approvals by a policy that somebody has yet to look at; one query. Raises UsageError for a wrong *after*."""
        with self._store.read() as work:
            return work.worklists.exceptions(viewer, after, size)

    def exception(self, viewer: Viewer, letter_id: int) -> LetterAtWork | None:
        """The approval by a policy of one letter, while somebody has yet to look at it; one query."""
        with self._store.read() as work:
            return work.worklists.exception(viewer, letter_id)

    def letters(
        self, viewer: Viewer, statuses: Collection[OutboxStatus], before: str | None = None, size: int = 50
    ) -> LetterPage:
        """A page of letters to send; one query. Raises UsageError for a wrong *before*."""
        with self._store.read() as work:
            return work.worklists.letters(viewer, statuses, before, size)

    def not_delivered(self, viewer: Viewer, before: str | None = None, size: int = 50) -> LetterPage:
        """Letters that failed or came back and still need somebody; one query."""
        with self._store.read() as work:
            return work.worklists.not_delivered(viewer, before, size)

    def letter_counts(self, viewer: Viewer) -> dict[str, int]:
        """Letters to send by state; one query."""
        with self._store.read() as work:
            return work.worklists.letter_counts(viewer)

    # ---- what came in ----------------------------------------------------------------------------------------------

    def new_mail(self, viewer: Viewer, after: int = 0, size: int = 50) -> Waiting[FiledMail]:
        """A page of mail to check, behind the message *after*, the oldest first; three queries."""
        with self._store.read() as work:
            return _page_of(work.new_mail.page(viewer, after, size + 1), size)

    def unreadable(self, after: int = 0, size: int = 50) -> Waiting[Quarantined]:
        """A page of mail that could not be read; one query. It belongs to no case yet, so that everybody sees it."""
        with self._store.read() as work:
            return _page_of(work.quarantine.rows(after=after, limit=size + 1), size)

    def to_acknowledge(self, viewer: Viewer, after: int = 0, size: int = 50) -> Waiting[Case]:
        """A page of requests whose acknowledgement waits for an officer's word; one query."""
        with self._store.read() as work:
            return _page_of(work.cases.to_acknowledge(viewer, after=after, limit=size + 1), size)

    def days_left(self, row: QueueRow) -> int | None:
        """The working days left for a case, negative when overdue; None once it is answered or while the clock waits."""
        if row.workflow not in OPEN or row.clock != ClockState.RUNNING:
            return None
        return figures.working_days_left(row.due_on, self.today(), Regime(row.regime), self._calendar)

    def _view(self, page: QueuePage) -> QueueView:
        return QueueView(
            lines=tuple(QueueLine(case=row, days_left=self.days_left(row)) for row in page.rows),
            next=page.next,
            previous=page.previous,
            more_than=page.more_than,
        )

    # ---- files -----------------------------------------------------------------------------------------------------

    def queue_csv(self, wanted: QueueFilter, viewer: Viewer, typed: str = "") -> Iterator[str]:
        """All cases of a filter, or of a search in it, as pieces of a CSV file; no transaction is open between two pieces."""
        yield _BYTE_ORDER_MARK + as_csv([_QUEUE_HEADINGS])
        ask = partial(self.search, typed) if typed.strip() else self.queue_page
        at: str | None = None
        while True:
            page = ask(wanted, viewer, at, _BATCH)
            if page.lines:
                yield as_csv(map(_queue_cells, page.lines))
            if page.next is None:
                return
            at = page.next

    def figures_csv(self, first: date, last: date) -> Iterator[str]:
        """The Code of Practice's table, by law and month, as pieces of a CSV file."""
        found = self.figures(first, last)
        names = tuple(figures.PartEight.__slots__)
        heading = ("Period", *(name.replace("_", " ").capitalize() for name in names), "In time, per cent of answered")
        yield _BYTE_ORDER_MARK + as_csv([heading])
        parts: list[tuple[str, figures.PartEight]] = [(f"{first.isoformat()} to {last.isoformat()}", found.total)]
        parts += [(law.upper(), part) for law, part in found.by_law.items()]
        parts += list(found.by_quarter.items()) + list(found.by_month.items())
        yield as_csv((name, *(getattr(part, key) for key in names), part.in_time.per_cent) for name, part in parts)

    # ---- figures ---------------------------------------------------------------------------------------------------

    def figures(self, first: date, last: date) -> Figures:
        """All figures for the days from *first* to *last*; five queries."""
        today = self.today()
        with self._store.read() as work:
            received = work.figures.received(first, last, today)
            answered = work.figures.answered(first, last)
            areas = work.figures.by_area(first, last, today)
            provisions = work.figures.provisions(first, last)
            reviews = work.figures.reviews(first, last)
        # Subject access is another law with another clock, and no part of these tables.
        published = [row for row in received if row.regime is not Regime.SAR]
        return Figures(
            first=first,
            last=last,
            total=figures.part_eight(published),
            by_law=figures.by_law(received),
            by_month=figures.by_month(published),
            by_quarter=figures.by_quarter(published),
            outcomes=figures.outcomes(published),
            in_time_of_answered=figures.answered_in_time(row for row in answered if row.regime is not Regime.SAR),
            areas=_areas(areas),
            provisions=provisions,
            reviews=figures.reviews([fact for fact in reviews if fact.regime is not Regime.SAR], self._calendar),
        )


def _page_of(found: Sequence[_Row], size: int) -> Waiting[_Row]:
    """The first *size* of *found*, which holds one more where there is more."""
    more = len(found) > size
    return Waiting(rows=tuple(found[:size]), next=found[size - 1].id if more else None)


def as_csv(rows: Iterable[Iterable[_Value]]) -> str:
    """Rows as CSV text (RFC 4180) that no spreadsheet takes for formulas: days in ISO form, yes and no, nothing for None."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: _Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        # Our own numbers and days: a negative one is a number, and is meant to be.
        return str(value)
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) or value.startswith(_FORMULA) else value


def _queue_cells(line: QueueLine) -> tuple[_Value, ...]:
    row = line.case
    return (
        row.reference, row.own_reference, row.topic, row.requester_name, row.requester_email, row.regime.upper(),
        row.workflow.replace("_", " "), row.clock.replace("_", " "), (row.outcome or "").replace("_", " "), row.owner,
        row.team, row.flagged, row.channel.replace("_", " "), row.received_on, row.due_on, line.days_left,
        row.answered_on,
    )  # fmt: skip


def _areas(found: Mapping[str, Mapping[figures.Standing, int]]) -> dict[str, tuple[int, figures.Share]]:
    return {name: (sum(found[name].values()), figures.area_in_time(found[name])) for name in sorted(found)}
