"""What becomes of a letter short of its sending: returned to its drafter, stopped, or let go at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.calendar import long_date
from pipeline.domain.clock import received_day
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.request import Workflow
from pipeline.stages.casework.access import acting_officer, visible_case
from pipeline.stages.casework.desk import LetterVerbs
from pipeline.stages.casework.lookups import RESPONSE, filed_as, the_letter
from pipeline.stages.casework.recalling import take_back

if TYPE_CHECKING:
    from pipeline.letters.model import LetterKind


class Returning(LetterVerbs):
    """Verbs on a letter that waits; any officer who works on the case may use them."""

    def give_back(self, reference: str, officer: str, reason: str, kind: LetterKind | None = None) -> None:
        """Return a letter to its drafter, saying why."""
        if not reason.strip():
            raise NotAllowedError("say with --reason what has to change, so that the drafter knows")
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who, lock=True)
            letter = the_letter(work, case, "for_approval", "nothing is waiting for approval", kind)
            if letter.resends is not None:
                raise NotAllowedError(
                    f"what waits is a letter of {case.reference} to a corrected address: drop it with infogov resend drop"
                )
            happening = self._happening("returned", now, who.email, {"reason": reason})
            work.letters.move(letter, "drafting", happening, submitted_by=None, submitted_at=None)
            if letter.kind == RESPONSE:
                self._move(work, case, "returned_for_change", Workflow.DRAFTING, who.email, now, outcome=None)

    def stop(self, reference: str, officer: str, reason: str = "", kind: LetterKind | None = None) -> None:
        """Take every approved letter of a request back before it goes, or that of *kind*; it waits for approval again."""
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who, lock=True)
            mark, only = self._happening("", now, who.email), None if kind is None else filed_as(kind)
            taken = take_back(work, case, mark, why="stopped", reason=reason, filed_as=only)
            if not taken:
                raise NotAllowedError(f"no letter of {case.reference} is waiting to be sent")
            once_more = {row.id for row in work.letters.of_case(case.id) if row.resends is not None}
            answers = [row for row in taken if row.kind == RESPONSE]
            # A letter sent once more in an answered case leaves it answered.
            if answers and (
                case.workflow == Workflow.APPROVED or any(row.letter_id not in once_more for row in answers)
            ):
                self._move(work, case, "stopped_before_sending", Workflow.FOR_APPROVAL, who.email, now, outcome=None)

    def send_now(self, reference: str, officer: str) -> None:
        """Let an approved letter go at once instead of waiting for the rest of its time; not before the day that it bears."""
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who, lock=True)
            waiting = [row for row in work.outbox.summaries(request_id=case.id) if row.status == OutboxStatus.WAITING]
            if not waiting:
                raise NotAllowedError(f"no letter of {case.reference} is waiting; see: infogov outbox")
            for row in waiting:
                letter = work.letters.by_id(row.letter_id or 0)
                goes_on = received_day(row.not_before)
                # One to a corrected address keeps the date that it bore at first.
                if letter is not None and letter.resends is None and goes_on > received_day(now):
                    again = (
                        "stop it, and approve it again without a time" if letter.send_at else "wait for it, or stop it"
                    )
                    raise NotAllowedError(
                        f"letter {row.id} is dated {long_date(goes_on)}, the day on which it goes: {again}"
                    )
                work.outbox.move(row, OutboxStatus.QUEUED, self._happening("sent_now", now, who.email), not_before=now)
