"""How the service is: what was found of it at one instant, and the pure decision what of that is a problem and whether it is ready."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

STUCK = timedelta(hours=1)
RETRIED_TOO_LONG = timedelta(days=1)
LITTLE_ROOM = 1_000_000_000  # bytes; below it somebody should look
NO_ROOM = 200_000_000  # bytes; below it mail may soon not be taken any more
SECRET_WARNING = timedelta(days=30)
SECRET_ALARM = timedelta(days=14)


class ProblemKind(StrEnum):
    """What can be wrong with the service; the names are an interface for alarms and metrics."""

    WORKER_SILENT = "worker_silent"
    PART_SILENT = "part_silent"
    MAILBOX_UNREAD = "mailbox_unread"
    LETTERS_WAITING = "letters_waiting"
    MAIL_NOT_FILED = "mail_not_filed"
    SENDING_STUCK = "sending_stuck"
    RETRIED_TOO_LONG = "retried_too_long"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    DISK = "disk"
    DATABASE = "database"
    CLIENT_SECRET = "client_secret"  # noqa: S105 - the name of a problem, not a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: *about* tells two of a kind apart, *words* hold nothing of anybody's mail, *grave* asks for somebody now."""

    kind: ProblemKind
    words: str
    remedy: str
    about: str = ""
    grave: bool = True

    @property
    def key(self) -> str:
        """What makes it the same problem as a minute ago."""
        return f"{self.kind}:{self.about}" if self.about else str(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartHealth:
    """A part of the worker and its last beat, None before the first; *ok* is how that turn went."""

    name: str
    at: datetime | None
    ok: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxHealth:
    """A watched mailbox, and since when each of its folders has been read to its end at least; None where one never was."""

    name: str
    polled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The service at the instant *at*, in numbers and times only: no address, no subject, no words of anybody's.

    *oldest_unsent* is when the longest-waiting due letter became due; *oldest_unfiled* when the longest-waiting message was taken;
    *oldest_sending* when the letter longest in hand was claimed; *oldest_retried* when the longest-tried one was queued. *free_bytes* is
    the room on the database's disk, None for a database server;
    *read_only* whether it takes no changes. *secret_ends* maps "smtp" and mailboxes to the day their client secret ends.
    """

    at: datetime
    sends: bool
    parts: tuple[PartHealth, ...] = ()
    mailboxes: tuple[MailboxHealth, ...] = ()
    oldest_unsent: datetime | None = None
    oldest_unfiled: datetime | None = None
    oldest_sending: datetime | None = None
    oldest_retried: datetime | None = None
    quarantined: int = 0
    overdue: int = 0
    due_soon: int = 0
    messages: Mapping[str, int] = field(default_factory=dict)
    letters: Mapping[str, int] = field(default_factory=dict)
    requests: Mapping[str, int] = field(default_factory=dict)
    free_bytes: int | None = None
    read_only: bool = False
    secret_ends: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """For how long a mailbox may go unread or a part unheard, and a due letter may wait."""

    mailbox: timedelta
    unsent: timedelta


def problems(health: Health, limits: Limits) -> tuple[Problem, ...]:
    """Everything that is wrong, the grave first."""
    found = [
        *_worker(health, limits),
        *_mailboxes(health, limits),
        *_letters(health, limits),
        *_mail(health),
        *_means(health),
    ]
    return tuple(sorted(found, key=lambda problem: not problem.grave))


def _worker(health: Health, limits: Limits) -> Iterator[Problem]:
    beats = [part.at for part in health.parts if part.at is not None]
    if not beats or health.at - max(beats) > limits.mailbox:
        since = f"has not been heard of since {_when(max(beats))}" if beats else "has never run on this database"
        remedy = "start it (systemctl status infogov, or kubectl get pods), and look at its log"
        yield Problem(kind=ProblemKind.WORKER_SILENT, words=f"the worker {since}", remedy=remedy)
        return
    for part in health.parts:
        # A mailbox's own part is told about once, below, as the mailbox that is not read.
        if part.name.startswith("mailbox:") or (part.at is not None and health.at - part.at <= limits.mailbox):
            continue
        since = f"has not been heard of since {_when(part.at)}" if part.at else "has not been heard of at all"
        yield Problem(
            kind=ProblemKind.PART_SILENT,
            about=part.name,
            words=f'the worker\'s part "{part.name}" {since}',
            remedy="look at the worker's log for worker_part_in_trouble",
        )


def _mailboxes(health: Health, limits: Limits) -> Iterator[Problem]:
    for box in health.mailboxes:
        if box.polled_at is not None and health.at - box.polled_at <= limits.mailbox:
            continue
        since = (
            f"has not been read since {_when(box.polled_at)}" if box.polled_at else "has not been read to its end yet"
        )
        yield Problem(
            kind=ProblemKind.MAILBOX_UNREAD,
            about=box.name,
            words=f'the mailbox "{box.name}" {since}; mail waits there and nothing is lost',
            remedy="run infogov doctor, which says what the mail server answers",
        )


def _letters(health: Health, limits: Limits) -> Iterator[Problem]:
    if health.sends and health.oldest_unsent is not None and health.at - health.oldest_unsent > limits.unsent:
        yield Problem(
            kind=ProblemKind.LETTERS_WAITING,
            words=f"a letter that is due has been waiting since {_when(health.oldest_unsent)}",
            remedy="run infogov doctor for the SMTP server's answer, and infogov outbox for the letters",
        )
    if health.oldest_sending is not None and health.at - health.oldest_sending > STUCK:
        yield Problem(
            kind=ProblemKind.SENDING_STUCK,
            words=f"a letter has been in hand since {_when(health.oldest_sending)}",
            remedy="restart the worker: it settles what an earlier one had in hand",
        )
    if health.oldest_retried is not None and health.at - health.oldest_retried > RETRIED_TOO_LONG:
        yield Problem(
            kind=ProblemKind.RETRIED_TOO_LONG,
            words=f"a letter queued on {_when(health.oldest_retried)} is still being tried",
            remedy="see infogov outbox for what the server answers",
            grave=False,
        )
    for status, kind, words in (
        ("uncertain", ProblemKind.UNCERTAIN, "may not have been delivered"),
        ("failed", ProblemKind.FAILED, "could not be delivered"),
    ):
        if number := health.letters.get(status, 0):
            remedy = "an officer decides: infogov outbox"
            yield Problem(kind=kind, words=f"{_letters_in_words(number)} {words}", remedy=remedy, grave=False)


def _mail(health: Health) -> Iterator[Problem]:
    if health.oldest_unfiled is not None and health.at - health.oldest_unfiled > STUCK:
        yield Problem(
            kind=ProblemKind.MAIL_NOT_FILED,
            words=f"mail taken at {_when(health.oldest_unfiled)} has not been filed yet",
            remedy="look at the worker's log for message_not_filed; infogov intake tries again and says why",
        )
    if health.quarantined:
        number = "1 message" if health.quarantined == 1 else f"{health.quarantined} messages"
        words = f"{number} could not be read"
        yield Problem(
            kind=ProblemKind.QUARANTINED, words=words, remedy="an officer looks: infogov quarantine", grave=False
        )


def _means(health: Health) -> Iterator[Problem]:
    if health.read_only:
        yield Problem(
            kind=ProblemKind.DATABASE,
            words="the database takes no changes; mail waits in the mailbox and nothing is sent",
            remedy="name the primary server in [database] url, or take default_transaction_read_only off",
        )
    if health.free_bytes is not None and health.free_bytes < LITTLE_ROOM:
        yield Problem(
            kind=ProblemKind.DISK,
            words=f"the database's disk has {health.free_bytes / 1_000_000:.0f} MB left",
            remedy="make room, or move the database to a larger disk",
            grave=health.free_bytes < NO_ROOM,
        )
    for name, end in sorted(health.secret_ends.items()):
        left = end - health.at.date()
        if left > SECRET_WARNING:
            continue
        past = f"ended on {end.isoformat()}" if left < timedelta(0) else f"ends on {end.isoformat()}"
        yield Problem(
            kind=ProblemKind.CLIENT_SECRET,
            about=name,
            words=f"the Microsoft 365 client secret of {name} {past}",
            remedy="make a new one in the app registration, put it in the old one's place, set client_secret_expires, restart",
            grave=left <= SECRET_ALARM,
        )


def _letters_in_words(number: int) -> str:
    return "1 letter" if number == 1 else f"{number} letters"


def _when(at: datetime) -> str:
    return f"{at:%d %b %Y %H:%M} UTC"
