"""Alarms: tells somebody once that something is wrong, again while it lasts, and once that it is over, by a way that needs no watched mailbox."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.domain.errors import InfogovError, StoreError
from pipeline.domain.health import Problem, ProblemKind
from pipeline.journal import log
from pipeline.letters.composing import OutgoingMail, compose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from pipeline.domain.ports import Clock, Ids, Transport
    from pipeline.mail.alarm_routes import Route
    from pipeline.settings import Settings
    from pipeline.store import Store
    from pipeline.store.vitals import AlarmRecord


class MailRoute:
    """A mail to whoever looks after the service, through a server of its own."""

    name = "mail"

    def __init__(self, transport: Transport, clock: Clock, ids: Ids, settings: Settings) -> None:
        self._transport = transport
        self._clock = clock
        self._ids = ids
        self._alarms = settings.alarms
        self._from_name = f"Infogov, {settings.authority.name}"

    def ring(self, state: str, subject: str, text: str) -> None:
        """Send the mail. Raises TransportError."""
        del state
        sender = self._alarms.mail_from
        mail = OutgoingMail(
            message_id=self._ids.message_id(sender.rpartition("@")[2]),
            date=self._clock.now(),
            from_address=sender,
            from_name=self._from_name,
            to=self._alarms.mail_to,
            subject=subject,
            text=text,
            generated=True,
        )
        try:
            self._transport.connect()
            self._transport.send(sender, [self._alarms.mail_to], compose(mail), before_data=lambda: None)
        finally:
            self._transport.close()


class Alarms:
    """Compares what is wrong now with what somebody has been told. One instance belongs to one thread.

    *problems* says what is wrong now and may raise StoreError, which is a problem, too; so is a *store* of None, a database that can't be
    opened. What was told is kept in the database, so that neither a new start nor a second process tells it again; an alarm that no route
    took is tried again at the next turn.
    """

    def __init__(
        self,
        store: Store | None,
        clock: Clock,
        settings: Settings,
        routes: Sequence[Route],
        problems: Callable[[], Sequence[Problem]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._routes = routes
        self._problems = problems
        self._repeat = timedelta(hours=settings.alarms.repeat_hours)
        self._whose = settings.authority.name
        self._database_told: datetime | None = None
        self.unheard: tuple[
            str, ...
        ] = ()  # the ways that were tried, where none of them took what the last turn had to tell

    def turn(self) -> tuple[Problem, ...]:
        """Look once and tell what has changed; returns all grave problems. Never raises for a fault of database or routes."""
        self.unheard = ()
        if self._store is None:
            return (self._database_is_gone(),)
        try:
            grave = tuple(problem for problem in self._problems() if problem.grave)
            with self._store.exclusive("alarms") as alone:
                if alone:
                    self._database_is_back()
                    self._compare(self._store, grave)
        except StoreError:
            return (self._database_is_gone(),)
        return grave

    def test(self) -> list[str]:
        """Ring every route once, to see that it works; returns a sentence for each that did not."""
        failed = []
        for route in self._routes:
            try:
                route.ring(
                    "test",
                    f"Infogov at {self._whose}: this is a test",
                    "Nothing is wrong. Alarms reach you by this way.",
                )
            except InfogovError as error:
                failed.append(str(error))
        return failed

    def _compare(self, store: Store, grave: Sequence[Problem]) -> None:
        now = self._clock.now()
        with store.read() as work:
            standing = {alarm.key: alarm for alarm in work.vitals.alarms()}
        due = [p for p in grave if p.key not in standing or now - standing[p.key].told_at >= self._repeat]
        over = [alarm for key, alarm in standing.items() if key not in {p.key for p in grave}]
        if due and self._ring("alarm", _headline(self._whose, due), _lines(due)):
            with store.write() as work:
                for problem in due:
                    work.vitals.told(problem.key, problem.words, now)
        if over and self._ring("over", f"Infogov at {self._whose}: over", _past(over, now)):
            with store.write() as work:
                for alarm in over:
                    work.vitals.over(alarm.key)

    def _database_is_gone(self) -> Problem:
        """Tell of the one problem that can't be written down; it is kept in mind as long as this process lives."""
        problem = Problem(
            kind=ProblemKind.DATABASE,
            words="the database can't be asked; mail waits in the mailbox and nothing is sent",
            remedy="run infogov doctor, which says why",
        )
        now = self._clock.now()
        told = self._database_told
        if (told is None or now - told >= self._repeat) and self._ring(
            "alarm", _headline(self._whose, [problem]), _lines([problem])
        ):
            self._database_told = now
        return problem

    def _database_is_back(self) -> None:
        if self._database_told is not None and self._ring(
            "over", f"Infogov at {self._whose}: over", "The database answers again."
        ):
            self._database_told = None

    def _ring(self, state: str, subject: str, text: str) -> bool:
        """Tell by every route; True when one of them took it."""
        taken = False
        for route in self._routes:
            try:
                route.ring(state, subject, text)
                taken = True
            except InfogovError as error:
                # The sentence is ours, but a mail server's answer may quote an address.
                log.error("alarm_not_told", route=route.name, code=getattr(error, "code", None))
        if taken:
            log.info("alarm_told", state=state)
        else:
            self.unheard = tuple(route.name for route in self._routes)
        return taken


def _headline(whose: str, problems: Sequence[Problem]) -> str:
    return f"Infogov at {whose}: " + (problems[0].words if len(problems) == 1 else f"{len(problems)} problems")


def _lines(problems: Sequence[Problem]) -> str:
    return "\n".join(f"- {problem.words}.\n  What to do: {problem.remedy}." for problem in problems)


def _past(alarms: Sequence[AlarmRecord], now: datetime) -> str:
    return "\n".join(
        f"- No more since {now:%d %b %H:%M} UTC: {alarm.words} (told first on {alarm.since:%d %b %H:%M} UTC)."
        for alarm in alarms
    )
