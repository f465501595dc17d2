"""Exceptions to the rule of two people: deputies with dates, and the list of letters approved by a policy that another has to look at."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.domain.roles import Capability, may, may_see
from pipeline.stages.casework.access import acting_officer
from pipeline.stages.casework.consent import Policy
from pipeline.stages.casework.desk import LetterVerbs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from pipeline.store.records import DeputyRecord, ListedLetter, OfficerRecord

LONGEST = timedelta(
    days=92
)  # A deputy for longer than three months is an approver: an administrator can make them one.


class Excepting(LetterVerbs):
    """Verbs on deputies and on what was approved by a policy."""

    def set_deputy(self, by: str, officer: str, for_officer: str, first_day: date, last_day: date) -> int:
        """Let *officer* approve for *for_officer* from one London day to another, both included; returns the deputy's number.

        Approvers name a deputy for themselves, administrators for anybody. A deputy never approves their own letters, nor
        those of the one they stand in for. Raises NotFoundError, NotAllowedError.
        """
        if not self._settings.approval.deputies:
            raise NotAllowedError("deputies are switched off here ([approval] deputies)")
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, by, Capability.APPROVE)
            absent = acting_officer(work, for_officer, Capability.APPROVE)
            deputy = acting_officer(work, officer)
            if who.email != absent.email and not may(who.role, Capability.ADMINISTER):
                raise NotAllowedError(f"{who.email} may name a deputy for themselves only; ask an administrator")
            if deputy.email == absent.email:
                raise NotAllowedError("nobody is their own deputy")
            if not self._today() <= last_day or not first_day <= last_day:
                raise NotAllowedError("the last day has to be today or later, and not before the first")
            if last_day - first_day >= LONGEST:
                raise NotAllowedError(
                    f"a deputy is named for {LONGEST.days} days at most: name them anew, or change their role"
                )
            return work.deputies.add(
                deputy.email, absent.email, first_day, last_day, by=who.email, via=self._via, at=now
            )

    def end_deputy(self, by: str, deputy_id: int) -> None:
        """End it at once: by whoever is stood in for, by the deputy, or by an administrator. Raises NotFoundError, NotAllowedError."""
        with self._store.write() as work:
            who = acting_officer(work, by)
            found = work.deputies.by_id(deputy_id)
            if found is None:
                raise NotFoundError(f"there is no deputy {deputy_id}; see: infogov deputies")
            if who.email not in (found.officer, found.for_officer) and not may(who.role, Capability.ADMINISTER):
                raise NotAllowedError(f"{who.email} can't end this; ask {found.for_officer}, or an administrator")
            work.deputies.end(deputy_id, by=who.email, via=self._via, at=self._clock.now())

    def deputies(self) -> tuple[DeputyRecord, ...]:
        """Everybody who stands in for another today or later, the earliest first."""
        with self._store.read() as work:
            return tuple(work.deputies.current(self._today()))

    def exceptions_to_check(self, officer: str | None = None) -> tuple[ListedLetter, ...]:
        """Letters approved by a policy that nobody has looked at since; those that *officer* may see and check, where one is given."""
        with self._store.read() as work:
            found = work.letters.exceptions_to_check()
            if officer is None:
                return tuple(found)
            who = acting_officer(work, officer)
        return tuple(one for one in found if may_see(who.role, who.team, one.team) and not _why_not(who, one))

    def may_check(self, letter_id: int, officer: str) -> bool:
        """Whether *officer* may be the one who looks at a letter approved by a policy. Two or three queries, whatever waits."""
        with self._store.read() as work:
            who = acting_officer(work, officer)
            listed = work.letters.exceptions_to_check(letter_id)
        return any(may_see(who.role, who.team, one.team) and not _why_not(who, one) for one in listed)

    def check_exception(self, letter_id: int, officer: str) -> None:
        """Note that *officer* has looked at a letter approved by a policy: never the one who approved it.

        A deputy's is looked at by whom they stood in for, or an administrator; one approved alone by any other approver; a
        corrected one by its drafter, too. Raises NotFoundError, NotAllowedError.
        """
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            listed = work.letters.exceptions_to_check(letter_id)
            if not listed or not may_see(who.role, who.team, listed[0].team):
                raise NotFoundError(f"no letter {letter_id} waits to be checked; see: infogov exceptions")
            if why := _why_not(who, listed[0]):
                raise NotAllowedError(why)
            letter = work.letters.by_id(letter_id)
            if letter is None or letter.exception is None:
                raise NotFoundError(f"no letter {letter_id} waits to be checked; see: infogov exceptions")
            happening = self._happening("exception_checked", now, who.email, {"policy": letter.exception["policy"]})
            values = {"exception_checked_by": who.email, "exception_checked_at": now}
            work.letters.move(letter, letter.status, happening, **values)


def _why_not(who: OfficerRecord, listed: ListedLetter) -> str:
    """Why *who* may not be the one who checks; "" where they may."""
    exception: Mapping[str, object] = listed.exception or {}
    if who.email == listed.approved_by:
        return f"{who.email} approved this letter; another officer has to look at it"
    match exception.get("policy"):
        case Policy.DEPUTY if who.email != exception.get("for") and not may(who.role, Capability.ADMINISTER):
            return f"this letter was approved for {exception.get('for')}: they, or an administrator, look at it"
        case Policy.CORRECTION if who.email in (listed.submitted_by, *listed.writers):
            return ""
    if not may(who.role, Capability.APPROVE) and exception.get("policy") != Policy.DEPUTY:
        return f"{who.email} is not an approver; ask one to look at this letter"
    return ""
