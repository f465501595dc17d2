"""Notices: mails to our own people, prepared once each when they are due, and sent to officers' own addresses only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.domain import reminding
from pipeline.domain.errors import TransportError, UncertainError, UnreachableError
from pipeline.domain.reminding import NoticeKind, NoticeStatus, Person, Rules
from pipeline.journal import log
from pipeline.letters import posting, reminders
from pipeline.mail.handing_over import hand_over
from pipeline.settings_fields import DeliveryMode
from pipeline.store.notices import NewNotice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.ports import Clock, Ids, Transport
    from pipeline.domain.reminding import Call
    from pipeline.letters.acknowledgement import Written
    from pipeline.settings import Settings
    from pipeline.store import Store, Work
    from pipeline.store.notices import NoticeRow

TRIES = 4
_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
_A_DAY = timedelta(days=1)
_LOOKED_ANEW = timedelta(seconds=1)
_STILL_COMING = 200  # requests older than the newest, which other workers may have been making at the last look


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A mail as it would be queued now, and whether its reader has had it already."""

    kind: str
    recipient: str
    subject: str
    text: str
    had: bool


@dataclass(slots=True)
class Told:
    """What one run did; *unreachable* is the server's or network's fault in words."""

    queued: int = 0
    sent: int = 0
    redirected: int = 0
    retried: int = 0
    failed: int = 0
    uncertain: int = 0
    lapsed: int = 0
    held: bool = False
    unreachable: str = ""


class Notices:
    """Prepares and sends. ``run`` belongs to one thread; ``abort`` may come from another."""

    def __init__(
        self, store: Store, transport: Transport, clock: Clock, ids: Ids, settings: Settings, calendar: Calendar
    ) -> None:
        self._store = store
        self._transport = transport
        self._clock = clock
        self._ids = ids
        self._settings = settings
        self._calendar = calendar
        self._rules = _rules(settings)
        self._looked_until = 0
        self._looked_at: datetime | None = None

    def run(self, *, stopping: Callable[[], bool] = lambda: False) -> Told:
        """Prepare what is due now, then send what waits. A mail server's faults come back in the result, never as errors."""
        queued = self.prepare()
        told = self.send(stopping=stopping)
        told.queued = queued
        return told

    def abort(self) -> None:
        """Cut the connection."""
        self._transport.abort()

    # ---- preparing -------------------------------------------------------------------------------------------------

    def prepare(self, now: datetime | None = None) -> int:
        """Queue every mail that is due by *now* and not queued yet; returns how many. The once_key keeps each from being made twice."""
        at = now or self._clock.now()
        # In the shadow of the old way nothing is sent, neither now nor later.
        if not self._settings.reminders.enabled or self._settings.delivery.mode is DeliveryMode.SHADOW:
            return 0
        with self._store.read() as work:
            made = [*self._daily(work, at), *self._floods(work, at)]
        if not made:
            return 0
        queued = 0
        with self._store.write() as work:
            for call, written in made:
                queued += work.notices.queue(self._sealed(call, written, at), at=at) is not None
        return queued

    def preview(self, now: datetime | None = None) -> list[Preview]:
        """The mails of *now*'s day as they stand, whatever the hour; nothing is queued."""
        at = now or self._clock.now()
        late = reminding.in_london(at).replace(hour=23)
        with self._store.read() as work:
            calls = reminding.calls(late, self._calendar, _people(work), self._rules)
            had = work.notices.known(call.once_key for call in calls)
            made = self._worded(work, calls)
        return [
            Preview(
                kind=call.kind,
                recipient=call.person.email,
                subject=written.subject,
                text=written.text,
                had=call.once_key in had,
            )
            for call, written in made
        ]

    def _daily(self, work: Work, at: datetime) -> list[tuple[Call, Written]]:
        # The hour is looked at first, so that a look in the night costs nothing.
        if reminding.in_london(at).hour < min(self._rules.hour, self._rules.escalate_hour):
            return []
        calls = reminding.calls(at, self._calendar, _people(work), self._rules)
        had = work.notices.known(call.once_key for call in calls)
        return self._worded(work, [call for call in calls if call.once_key not in had])

    def _worded(self, work: Work, calls: Sequence[Call]) -> list[tuple[Call, Written]]:
        """Word each mail; a warning of nothing is none."""
        made: list[tuple[Call, Written]] = []
        daily = [call for call in calls if call.kind is not NoticeKind.ESCALATION]
        warned = [call for call in calls if call.kind is NoticeKind.ESCALATION]
        if daily:
            cases, mailboxes = work.notices.open_cases(), work.notices.mailboxes()
            summary = any(call.kind is NoticeKind.SUMMARY for call in daily)
            heads = work.notices.heads() if summary else None
            for call in daily:
                lists = reminding.lists(call, cases, self._calendar, self._rules)
                ends = heads if call.kind is NoticeKind.SUMMARY else None
                made.append((call, reminders.morning(lists, call.day, mailboxes, ends)))
        if warned:
            due = work.notices.open_cases(due_on=warned[0].day)
            late = [(call, reminding.unapproved_today(due, call, self._calendar)) for call in warned]
            made += [(call, reminders.escalation(lines, call.day)) for call, lines in late if lines]
        return made

    def _floods(self, work: Work, at: datetime) -> list[tuple[Call, Written]]:
        """Look for floods among the senders of what came since the last look."""
        # In a backlog not every batch of it is looked at by itself.
        if self._looked_at is not None and timedelta(0) <= at - self._looked_at < _LOOKED_ANEW:
            return []
        newest = work.notices.newest_request()
        if newest == self._looked_until:
            return []
        after = max(0, self._looked_until - _STILL_COMING)
        floods = work.notices.floods(after, at - _A_DAY, self._settings.reminders.flood_after)
        self._looked_until, self._looked_at = newest, at
        made: list[tuple[Call, Written]] = []
        for flood in floods:
            calls = reminding.flood_calls(at, _people(work), flood.mark)
            had = work.notices.known(call.once_key for call in calls)
            made += [(call, reminders.flood(flood)) for call in calls if call.once_key not in had]
        return made

    def _sealed(self, call: Call, written: Written, at: datetime) -> NewNotice:
        message_id = self._ids.message_id(posting.own_domain(self._settings))
        content = posting.seal(
            self._settings,
            to=call.person.email,
            written=written,
            message_id=message_id,
            at=at,
            answers=None,
            generated=True,
        )
        return NewNotice(
            once_key=call.once_key, kind=call.kind, recipient=call.person.email, content=content, message_id=message_id,
            not_before=at, stale_at=call.stale_at,
        )  # fmt: skip

    # ---- sending ---------------------------------------------------------------------------------------------------

    def send(self, *, stopping: Callable[[], bool] = lambda: False) -> Told:
        """Send every mail that waits, whoever queued it, unless another process is at it or letters are held."""
        told = Told()
        if self._settings.delivery.holds:
            told.held = True
            return told
        with self._store.read() as work:
            if not work.notices.due(self._clock.now()):
                return told
        with self._store.exclusive("notices") as alone:
            if not alone:
                return told
            self._take_over(told)
            try:
                self._send_all(told, stopping)
            finally:
                self._transport.close()
        return told

    def _take_over(self, told: Told) -> None:
        """Settle what a process that is gone had in hand: before DATA it is tried again, after it never."""
        with self._store.write() as work:
            for notice in work.notices.orphans():
                if notice.status == NoticeStatus.CLAIMED:
                    work.notices.put_back(notice, "the service stopped before the mail was handed over")
                    continue
                words = "the service stopped while the mail was being handed over"
                work.notices.settle(notice, NoticeStatus.UNCERTAIN, at=self._clock.now(), words=words)
                told.uncertain += 1

    def _send_all(self, told: Told, stopping: Callable[[], bool]) -> None:
        while not stopping():
            now = self._clock.now()
            with self._store.write() as work:
                notice = work.notices.claim(now)
                if notice is None:
                    return
                why = _not_to_send(work, notice, now)
                if why is not None:
                    status, words = why
                    work.notices.settle(notice, status, at=now, words=words)
                    _count(told, status)
                    continue
            if not self._try(notice, told):
                return

    def _try(self, notice: NoticeRow, told: Told) -> bool:
        """Send one mail and write down how it went; False when the server can't be reached, so that trying others makes no sense now."""
        redirect = posting.redirected_to(self._settings)
        try:
            accepted = hand_over(
                self._transport,
                posting.envelope_sender(self._settings),
                [redirect or notice.recipient],
                notice.content,
                before_data=lambda: self._mark(notice),
            )
        except UncertainError as error:
            self._settle(notice, NoticeStatus.UNCERTAIN, str(error), told)
        except UnreachableError as error:
            told.unreachable = str(error)
            with self._store.write() as work:
                work.notices.put_back(notice, str(error))
            return False
        except TransportError as error:
            self._refused(notice, error, told)
        else:
            status = NoticeStatus.REDIRECTED if redirect else NoticeStatus.SENT
            self._settle(notice, status, accepted.answer, told)
        return True

    def _mark(self, notice: NoticeRow) -> None:
        with self._store.write() as work:
            if not work.notices.mark_data(notice):
                raise TransportError("the mail is in another hand", permanent=True)

    def _refused(self, notice: NoticeRow, error: TransportError, told: Told) -> None:
        """Try a mail again that was refused for now, a few times; one that was refused for good is given up."""
        if error.permanent or notice.attempts >= TRIES:
            self._settle(notice, NoticeStatus.FAILED, str(error), told)
            return
        wait = _WAITS[min(notice.attempts, len(_WAITS)) - 1]
        self._settle(notice, NoticeStatus.QUEUED, str(error), told, not_before=self._clock.now() + wait)

    def _settle(
        self, notice: NoticeRow, status: NoticeStatus, words: str, told: Told, *, not_before: datetime | None = None
    ) -> None:
        with self._store.write() as work:
            work.notices.settle(notice, status, at=self._clock.now(), words=words, not_before=not_before)
        _count(told, status)
        log.info("notice", notice=notice.id, kind=notice.kind, status=status)


def _people(work: Work) -> list[Person]:
    """Everybody who works here now and can be written to."""
    return [
        Person(email=one.email, name=one.name, role=one.role, team=one.team)
        for one in work.officers.all()
        if not one.disabled and posting.can_write_to(one.email)
    ]


def _rules(settings: Settings) -> Rules:
    said = settings.reminders
    return Rules(
        enabled=said.enabled,
        hour=said.hour,
        escalate_hour=said.escalate_hour,
        due_soon_days=said.due_soon_days,
        managers=said.managers,
    )


def _not_to_send(work: Work, notice: NoticeRow, now: datetime) -> tuple[NoticeStatus, str] | None:
    """Why a mail must stay here after all: it is too late for it, or its recipient is none of our officers (any more)."""
    if notice.stale_at is not None and now >= notice.stale_at:
        return NoticeStatus.LAPSED, "its day was over before it could be sent"
    officer = work.officers.find(notice.recipient)
    if officer is None or officer.disabled:
        return NoticeStatus.FAILED, "its recipient is no active officer; no such mail goes to anybody else"
    return None


def _count(told: Told, status: NoticeStatus) -> None:
    match status:
        case NoticeStatus.SENT:
            told.sent += 1
        case NoticeStatus.REDIRECTED:
            told.redirected += 1
        case NoticeStatus.QUEUED:
            told.retried += 1
        case NoticeStatus.FAILED:
            told.failed += 1
        case NoticeStatus.UNCERTAIN:
            told.uncertain += 1
        case NoticeStatus.LAPSED:
            told.lapsed += 1
        case _:
            raise AssertionError(f"no attempt ends as {status}")
