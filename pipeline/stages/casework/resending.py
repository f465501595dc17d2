"""The same letter to a corrected address: one officer corrects it, another approves, and only the recipient is new (invariants 5 to 7, 11)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.domain.clock import received_day
from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.domain.outbox import Frozen, OutboxStatus
from pipeline.domain.request import Workflow
from pipeline.letters import posting, record
from pipeline.letters.composing import readdress
from pipeline.letters.model import LetterKind
from pipeline.stages.casework.access import acting_officer, visible_case
from pipeline.stages.casework.approving import Approved, Approving
from pipeline.stages.casework.consent import Consent, Policy, exception_for
from pipeline.stages.casework.desk import read_letter
from pipeline.stages.casework.lookups import RESEND, RESPONSE, the_case, the_letter
from pipeline.stages.casework.reaching import reachable
from pipeline.stages.casework.recalling import take_back

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.store import Work
    from pipeline.store.events import Happening
    from pipeline.store.records import Case, LetterRecordRow, OutboxSummary

_NOT_THERE = (OutboxStatus.FAILED, OutboxStatus.BOUNCED)
_NOTHING = "no letter to a corrected address is waiting for approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resend:
    """A letter that is to go once more: which one of the outbox, of what kind, to whom it went and is to go, and who asked when.

    *seen_sha256* is what ``approve_resend`` wants back from a page that showed it.
    """

    letter_id: int
    outbox_id: int
    kind: str
    went_to: tuple[str, ...]
    to: str
    asked_by: str
    asked_at: datetime
    seen_sha256: str


class Resending(Approving):
    """Verbs on a letter that went to a wrong address."""

    def resend_to(
        self,
        reference: str,
        officer: str,
        email: str,
        reason: str,
        *,
        outbox_id: int | None = None,
        not_arrived: bool = False,
    ) -> int:
        """Correct the requester's address and put a letter that did not reach them up to be sent there; returns the new letter's id.

        *outbox_id* is which, where it is not the last one written. A letter counts as not arrived that was refused or came
        back; of one that the server took, the officer has to say so with *not_arrived* (a response is sent once).
        """
        now = self._clock.now()
        to = email.strip()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who, lock=True)
            reachable(self._settings, to, reason)
            first = _which(work, case, outbox_id)
            letter = _refuse_unsendable(work, case, first, to, not_arrived=not_arrived)
            mark = self._happening("", now, who.email)
            if to.casefold() != case.requester_email.strip().casefold():
                take_back(work, case, mark, why="the address was corrected", but=first.id)
                said = self._happening("requester_corrected", now, who.email, {"reason": reason})
                work.cases.change(case, said, requester_email=to)
            letter_id = work.letters.resend(letter, first.id, to, officer=who.email, via=self._via, at=now)
            data = {"letter": letter_id, "outbox": first.id, "reason": reason, "not_arrived": not_arrived}
            work.cases.note(case.id, self._happening("resend_asked", now, who.email, data))
        return letter_id

    def resend(self, reference: str) -> Resend | None:
        """The letter of a request that waits to be sent to a corrected address, if there is one."""
        with self._store.read() as work:
            case = the_case(work, reference)
            rows = [row for row in work.letters.of_case(case.id) if row.kind == RESEND and row.status == "for_approval"]
            if not rows:
                return None
            letter = rows[0]
            first = _row(work, letter.resends or 0)
            asked = work.letters.versions(letter.id)[0]
        return Resend(
            letter_id=letter.id,
            outbox_id=first.id,
            kind=first.kind,
            went_to=first.recipients,
            to=letter.resend_to or "",
            asked_by=letter.submitted_by or "",
            asked_at=asked.at,
            seen_sha256=_seen(first, letter),
        )

    def approve_resend(
        self, reference: str, officer: str, *, seen_sha256: str | None = None, break_glass_reason: str = ""
    ) -> Approved:
        """Let the letter go to the corrected address, as it went before to the byte, but for To, Message-ID and Date.

        Not for whoever corrected the address. Raises NotAllowedError also where the request has another address by now.
        """
        now = self._clock.now()
        consent = Consent(break_glass_reason=break_glass_reason)
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who, lock=True)
            letter = the_letter(work, case, "for_approval", _NOTHING, filed=RESEND)
            exception = exception_for(work, self._settings, who, letter, consent, received_day(now))
            first = _row(work, letter.resends or 0)
            to = letter.resend_to or ""
            if seen_sha256 is not None and _seen(first, letter) != seen_sha256:
                raise NotAllowedError("this was changed after you looked at it; look again before you approve")
            if to.casefold() != case.requester_email.strip().casefold():
                raise NotAllowedError(f"{case.reference} has another address by now: drop this, and correct it again")
            frozen = self._readdressed(work, letter, first, to, now)
            done = self._into_outbox(work, case, who, [frozen], now)
            self._retire(work, case, first, self._happening("", now, who.email), done.outbox_id)
            data: dict[str, Any] = {"outbox": done.outbox_id, "instead_of": first.id, "sha256": done.sha256}
            if exception:
                data["exception"] = exception
            happening = self._happening("approved", now, who.email, data)
            work.letters.move(letter, "approved", happening, approved_by=who.email, approved_at=now)
            work.letters.except_from_rule(letter.id, exception)
            if exception and exception["policy"] == Policy.BREAK_GLASS:
                self._tell_approvers(work, case, letter, who, exception["reason"], now)
            if first.kind == RESPONSE and case.workflow == Workflow.FOR_APPROVAL:
                outcome = record.outcome(read_letter(letter, case))
                self._move(work, case, "approved_for_sending", Workflow.APPROVED, who.email, now, outcome=outcome)
        return done

    def drop_resend(self, reference: str, officer: str, reason: str) -> None:
        """Give up sending a letter to the corrected address; a response that has never gone is a draft again."""
        if not reason.strip():
            raise NotAllowedError("say with --reason why it is not sent, so that whoever corrected the address knows")
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who, lock=True)
            letter = the_letter(work, case, "for_approval", _NOTHING, filed=RESEND)
            work.letters.move(letter, "void", self._happening("resend_dropped", now, who.email, {"reason": reason}))
            first = _row(work, letter.resends or 0)
            original = work.letters.by_id(first.letter_id or 0)
            if original is not None and original.status == "void" and case.workflow == Workflow.FOR_APPROVAL:
                back = self._happening("draft_taken_up_again", now, who.email)
                work.letters.move(original, "drafting", back, submitted_by=None, submitted_at=None, approved_by=None)
                self._move(work, case, "returned_for_change", Workflow.DRAFTING, who.email, now, outcome=None)

    def _readdressed(self, work: Work, letter: LetterRecordRow, first: OutboxSummary, to: str, now: datetime) -> Frozen:
        content = work.outbox.content(first.id)
        if content is None or posting.digest(content) != first.sha256:
            raise NotAllowedError(f"letter {first.id} is not as it was approved: see infogov audit verify")
        message_id = self._ids.message_id(posting.own_domain(self._settings))
        times = len(work.outbox.summaries(letter_id=letter.id)) + 1
        return Frozen(
            kind=first.kind,
            once_key=f"letter:{letter.id}:{times}",
            message_id=message_id,
            envelope_from=posting.envelope_sender(self._settings),
            recipients=(to,),
            content=readdress(content, to=to, message_id=message_id, date=now),
            not_before=now + self._undo,
            status=OutboxStatus.WAITING,
            letter_id=letter.id,
        )

    def _retire(self, work: Work, case: Case, first: OutboxSummary, by: Happening, outbox_id: int) -> None:
        """See to it that the letter which did not arrive is never tried again beside the one that takes its place."""
        data = {"by": outbox_id}
        if first.status in _NOT_THERE and not work.outbox.move(
            first, OutboxStatus.CANCELLED, replace(by, kind="letter_replaced", data=data)
        ):
            raise NotAllowedError(f"letter {first.id} of {case.reference} has moved on; look again: infogov outbox")
        letter = work.letters.by_id(first.letter_id or 0)
        if letter is not None and letter.status == "approved":
            work.letters.move(letter, "void", replace(by, kind="letter_replaced", data=data))


def _row(work: Work, outbox_id: int) -> OutboxSummary:
    rows = work.outbox.summaries(outbox_id=outbox_id)
    if not rows:
        raise NotFoundError(f"there is no letter {outbox_id} in the outbox; see: infogov outbox")
    return rows[0]


def _which(work: Work, case: Case, outbox_id: int | None) -> OutboxSummary:
    """The letter that is meant: the last one that an officer wrote to the requester, unless *outbox_id* says which."""
    to_them = [
        row
        for row in work.outbox.summaries(request_id=case.id)
        if row.letter_id is not None and row.kind != LetterKind.SERVICE_AREA
    ]
    found = [row for row in to_them if outbox_id in (None, row.id) and row.status != OutboxStatus.CANCELLED]
    if not found:
        raise NotAllowedError(f"{case.reference} has no such letter that could be sent once more; see: infogov outbox")
    return found[-1]


def _refuse_unsendable(work: Work, case: Case, first: OutboxSummary, to: str, *, not_arrived: bool) -> LetterRecordRow:
    """Raise NotAllowedError where *first* may not go once more (invariant 7); returns its letter."""
    letter = work.letters.by_id(first.letter_id or 0)
    if letter is None or letter.status not in ("approved", "sent"):
        raise NotAllowedError(f"the approval of letter {first.id} is void; approve it again instead")
    if first.status == OutboxStatus.SENT and not not_arrived:
        raise NotAllowedError(
            f"letter {first.id} was accepted by the mail server, and a letter is sent once: "
            "say with --not-arrived that it did not reach the requester"
        )
    if first.status not in (*_NOT_THERE, OutboxStatus.SENT):
        raise NotAllowedError(
            f"letter {first.id} is {first.status}: only one that failed, came back or was sent can go to another address"
        )
    if to.casefold() in {one.strip().casefold() for one in first.recipients}:
        raise NotAllowedError(f"letter {first.id} went to {to}: try it again with infogov outbox retry {first.id}")
    there = [row for row in work.letters.of_case(case.id) if row.kind == RESEND]
    if any(row.status in ("for_approval", "approved") for row in there):
        raise NotAllowedError(f"a letter of {case.reference} is on its way to a corrected address already")
    if any(row.resends == first.id and row.status == "sent" for row in there):
        raise NotAllowedError(f"letter {first.id} has gone to a corrected address already; name that one with --letter")
    return letter


def _seen(first: OutboxSummary, letter: LetterRecordRow) -> str:
    return posting.digest(f"{first.id} {first.sha256} {letter.resend_to}".encode())
