"""What an officer does to the request itself: the requester's address, withdrawing, closing, opening again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.domain.errors import NotAllowedError
from pipeline.domain.request import OPEN, ClockState, Outcome, Workflow
from pipeline.stages.casework.access import acting_officer, visible_case
from pipeline.stages.casework.desk import LetterVerbs
from pipeline.stages.casework.lookups import RESEND, words_for
from pipeline.stages.casework.reaching import reachable
from pipeline.stages.casework.recalling import lay_aside, take_back

if TYPE_CHECKING:
    from pipeline.store import Work
    from pipeline.store.records import Case


class Ending(LetterVerbs):
    """Verbs on a request; what was waiting to be sent is taken back."""

    def correct_requester(
        self, reference: str, officer: str, email: str, reason: str, name: str = ""
    ) -> tuple[str, ...]:
        """Give a request another address (and name) to answer to; returns what is worth a word about it.

        A letter approved for the old one is void, for approval is bound to recipients.
        """
        now, email = self._clock.now(), email.strip()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who, lock=True)
            remarks = reachable(self._settings, email, reason)
            taken = take_back(work, case, self._happening("", now, who.email), why="the address was corrected")
            values: dict[str, object] = {"requester_email": email, "requester_name": name or case.requester_name}
            if taken and case.workflow == Workflow.APPROVED:
                values |= {"workflow": Workflow.FOR_APPROVAL, "outcome": None}
            work.cases.change(
                case, self._happening("requester_corrected", now, who.email, {"reason": reason}), **values
            )
        return remarks

    def withdraw(self, reference: str, officer: str, reason: str = "") -> None:
        """Note that the requester has withdrawn; what was waiting to be sent is taken back."""
        with self._store.write() as work:
            who = acting_officer(work, officer)
            self.withdrawn(work, visible_case(work, reference, who, lock=True), who.email, reason)

    def withdrawn(self, work: Work, case: Case, officer: str, reason: str = "") -> None:
        """The same in the caller's transaction, for a *case* that it holds and an *officer* whom it knows."""
        now = self._clock.now()
        if case.workflow not in OPEN:
            raise NotAllowedError(f"{case.reference} is {words_for(case.workflow)} and can't be withdrawn now")
        take_back(work, case, self._happening("", now, officer), why="withdrawn")
        lay_aside(work, case, self._happening("", now, officer))
        self._move(
            work, case, "withdrawn", Workflow.WITHDRAWN, officer, now,
            reason=reason, clock=ClockState.STOPPED, outcome=Outcome.WITHDRAWN,
        )  # fmt: skip

    def close(self, reference: str, officer: str, reason: str = "") -> None:
        """Close a request; one that was not answered needs a reason, and a letter on its way must be stopped first."""
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who, lock=True)
            if case.workflow == Workflow.CLOSED:
                raise NotAllowedError(f"{case.reference} is closed already")
            letters = work.letters.of_case(case.id)
            if any(letter.status == "approved" for letter in letters):
                raise NotAllowedError(f"a letter of {case.reference} is approved and not yet sent; stop it first")
            if any(letter.kind == RESEND and letter.status == "for_approval" for letter in letters):
                raise NotAllowedError(
                    f"a letter of {case.reference} waits to be sent to a corrected address; approve it, or drop it first"
                )
            if case.workflow not in (Workflow.SENT, Workflow.WITHDRAWN) and not reason.strip():
                raise NotAllowedError(f"{case.reference} has not been answered; say with --reason why it is closed")
            lay_aside(work, case, self._happening("", now, who.email))
            self._move(
                work, case, "closed", Workflow.CLOSED, who.email, now,
                reason=reason, clock=ClockState.STOPPED, closed_at=now, flagged=False, flag_reasons=[],
            )  # fmt: skip

    def reopen(self, reference: str, officer: str, reason: str = "") -> None:
        """Open an answered, closed or withdrawn request again; the next draft begins a new letter."""
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who, lock=True)
            if case.workflow in OPEN:
                raise NotAllowedError(f"{case.reference} is open: it is {words_for(case.workflow)}")
            data: dict[str, object] = {"from": case.workflow, "to": Workflow.DRAFTING}
            data |= {"reason": reason} if reason else {}
            # The clock is where its events put it: a question to the requester may still wait for its answer.
            self._clocks.settle(
                work, replace(case, workflow=Workflow.DRAFTING), self._happening("reopened", now, who.email, data),
                workflow=Workflow.DRAFTING, outcome=None, closed_at=None, merged_into=None,
            )  # fmt: skip
