"""By what right somebody approves: as an approver of another's letter, or by a policy that has a name and leaves a trail (invariant 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pipeline.domain.calendar import long_date
from pipeline.domain.clock_events import LONDON
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.roles import Capability, may

if TYPE_CHECKING:
    from datetime import date, datetime

    from pipeline.settings import Settings
    from pipeline.store import Work
    from pipeline.store.records import LetterRecordRow, OfficerRecord

LONGEST_WAIT = timedelta(days=30)


class Policy(StrEnum):
    """The named exceptions to "an approver, and never of their own letter"; each is listed until another has looked at it."""

    DEPUTY = "deputy"
    BREAK_GLASS = "break_glass"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """How an approver approves: what they saw, what they accept and why, when it is to go, and what they do in need."""

    seen_sha256: str | None = None
    override_reason: str = ""
    send_at: datetime | None = None
    break_glass_reason: str = ""


def exception_for(
    work: Work, settings: Settings, who: OfficerRecord, letter: LetterRecordRow, consent: Consent, today: date
) -> dict[str, Any] | None:
    """None where *who* may approve by the plain rule, else the policy by which they may. Raises NotAllowedError where there is none."""
    own = is_own(who, letter)
    reason = consent.break_glass_reason.strip()
    found = None if own or may(who.role, Capability.APPROVE) else _as_deputy(work, settings, who, letter, today)
    if found is not None or (not own and may(who.role, Capability.APPROVE)):
        if reason:
            raise NotAllowedError(
                f"{who.email} may approve this letter as it is: leave the reason for doing it alone out"
            )
        return found
    if reason:
        if not settings.approval.break_glass:
            raise NotAllowedError(
                "approving without a second person is switched off here ([approval] break_glass): wait for an approver"
            )
        return {"policy": Policy.BREAK_GLASS.value, "reason": reason, "by": who.email}
    if own:
        raise NotAllowedError(f"{who.email} wrote or submitted this letter; another officer has to approve it")
    raise NotAllowedError(f"{who.email} is not an approver; ask one, or an administrator to change the role")


def is_own(who: OfficerRecord, letter: LetterRecordRow) -> bool:
    """Whether *who* wrote any version of *letter*, or submitted it."""
    return who.email in letter.writers or who.email == letter.submitted_by


def _as_deputy(
    work: Work, settings: Settings, who: OfficerRecord, letter: LetterRecordRow, today: date
) -> dict[str, Any] | None:
    """The approver for whom *who* stands in today; not one whose own letter it is, who could not have approved it either."""
    if not settings.approval.deputies:
        return None
    for row in work.deputies.of(who.email, today):
        absent = work.officers.find(row.for_officer)
        if absent is None or absent.disabled or not may(absent.role, Capability.APPROVE) or is_own(absent, letter):
            continue
        return {"policy": Policy.DEPUTY.value, "for": absent.email, "by": who.email, "deputy": row.id}
    return None


def goes_at(now: datetime, consent: Consent, undo: timedelta) -> datetime:
    """The first moment at which the letter may go. Raises NotAllowedError for a time too near or too far."""
    if consent.send_at is None:
        return now + undo
    if consent.send_at.tzinfo is None:
        raise NotAllowedError("say when the letter is to go with its time zone")
    if consent.send_at < now + undo:
        earliest = (now + undo).astimezone(LONDON)
        raise NotAllowedError(
            f"it can't go before {earliest:%H:%M} on {long_date(earliest.date())}: until then it can be stopped"
        )
    if consent.send_at > now + LONGEST_WAIT:
        raise NotAllowedError(f"a letter waits {LONGEST_WAIT.days} days at most: approve it nearer the day")
    return consent.send_at
