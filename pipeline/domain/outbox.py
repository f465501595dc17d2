"""The life of a letter on its way out: its states, and the pure decision what follows a failed attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class OutboxStatus(StrEnum):
    """Where a letter stands (architecture section 5); ``redirected`` is a trial that never counts as sent."""

    WAITING = "waiting"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"
    BOUNCED = "bounced"
    REDIRECTED = "redirected"


class Phase(StrEnum):
    """How far an attempt had come: before DATA a crash is safe to retry, after it the outcome is unknown."""

    CLAIMED = "claimed"
    DATA = "data"
    DONE = "done"


ACKNOWLEDGEMENT_KINDS = frozenset({"acknowledgement", "receipt", "sar_acknowledgement"})

# A quick second try for a passing fault or an impatient greylist, then 1, 5, 15, 60 minutes and on up to a day.
_BACKOFF = (timedelta(seconds=15), *(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440)))
GIVE_UP_AFTER = timedelta(days=5)  # RFC 5321 section 4.5.4.1: at least 4-5 days
OFFERED_AT_MOST = 5  # attempts, whatever became of the earlier ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A letter complete to the byte, as it is put into the outbox."""

    kind: str
    once_key: str
    message_id: str
    envelope_from: str
    recipients: tuple[str, ...]
    content: bytes
    not_before: datetime
    status: OutboxStatus
    letter_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What happens to a letter now; *delay* is set for a retry."""

    status: OutboxStatus
    delay: timedelta | None = None


def after_failure(*, attempts: int, age: timedelta, permanent: bool, chance: float) -> NextStep:
    """Decide what follows a failure that is known to have delivered nothing.

    *attempts* counts the one that failed, *age* is since queueing, *chance* in [0, 1) draws full jitter over the step.
    A permanent (5xx) answer, or five days of temporary ones, ends as failed.
    """
    if permanent or age >= GIVE_UP_AFTER:
        return NextStep(status=OutboxStatus.FAILED)
    step = _BACKOFF[min(max(attempts, 1), len(_BACKOFF)) - 1]
    return NextStep(status=OutboxStatus.RETRY, delay=step * chance)


def after_lost_contact(*, kind: str, attempts: int, age: timedelta, chance: float) -> NextStep:
    """Decide what follows contact lost after DATA: an acknowledgement is retried under its Message-ID, a response waits for an officer (invariant 7).

    Each retry may be another copy for the requester, so that after a few, or days, an officer decides of an acknowledgement, too.
    """
    if kind in ACKNOWLEDGEMENT_KINDS and attempts < OFFERED_AT_MOST and age < GIVE_UP_AFTER:
        step = _BACKOFF[min(max(attempts, 1), len(_BACKOFF)) - 1]
        return NextStep(status=OutboxStatus.RETRY, delay=step * chance)
    return NextStep(status=OutboxStatus.UNCERTAIN)
