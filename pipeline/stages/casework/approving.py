"""Approving: another officer freezes a letter to the byte, by the plain rule or by a policy that has a name; or returns it, or stops it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.domain.clock import received_day
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.request import Workflow
from pipeline.domain.roles import Capability, may, may_see
from pipeline.letters import posting, record
from pipeline.letters.model import LetterKind
from pipeline.letters.notices import break_glass_notice
from pipeline.letters.record import load_record
from pipeline.letters.relied import relied_on
from pipeline.letters.writing import record_text
from pipeline.stages.casework.access import acting_officer, visible_case
from pipeline.stages.casework.consent import Consent, Policy, exception_for, goes_at
from pipeline.stages.casework.correcting import refuse_more_than_wording
from pipeline.stages.casework.desk import LetterVerbs, read_letter
from pipeline.stages.casework.drafting import refuse_unlawful_time
from pipeline.stages.casework.enclosures import refuse_leaks
from pipeline.stages.casework.examining import as_data, refuse_stops
from pipeline.stages.casework.freezing import freeze
from pipeline.stages.casework.lookups import RESEND, RESPONSE, the_letter
from pipeline.store.notices import NewNotice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pipeline.domain.outbox import Frozen
    from pipeline.letters.model import LetterRecord
    from pipeline.store import Work
    from pipeline.store.records import Case, LetterRecordRow, OfficerRecord

NOTHING_WAITS = "nothing is waiting for approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """What an approval froze: the letter's row in the outbox, its digest, to whom, and when it goes unless stopped."""

    outbox_id: int
    sha256: str
    recipients: tuple[str, ...]
    not_before: datetime


class Approving(LetterVerbs):
    """The approvers' verbs; stopping is any officer's."""

    def approve(
        self,
        reference: str,
        officer: str,
        *,
        seen_sha256: str | None = None,
        override_reason: str | None = None,
        kind: LetterKind | None = None,
        send_at: datetime | None = None,
        break_glass_reason: str = "",
    ) -> Approved:
        """Freeze the letter and start the time in which it can be stopped. Whoever wrote or submitted any of it is refused (invariant 6).

        *seen_sha256* is the digest of the draft the approver looked at, where a page showed one: another draft is refused.
        *override_reason* lets a letter go in spite of findings that stop it, and is kept with their names; some nobody
        can override. *send_at* is an instant after the time to stop it, at most 30 days away. *break_glass_reason* says why
        somebody approves alone who otherwise may not: every approver is told, and the letter is listed until one has looked.
        """
        consent = Consent(
            seen_sha256=seen_sha256,
            override_reason=override_reason or "",
            send_at=send_at,
            break_glass_reason=break_glass_reason,
        )
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who, lock=True)
            letter = the_letter(work, case, "for_approval", NOTHING_WAITS, kind)
            if letter.kind == RESEND:
                raise NotAllowedError(
                    f"what waits is a letter of {case.reference} to a corrected address: infogov resend approve"
                )
            exception = exception_for(work, self._settings, who, letter, consent, received_day(now))
            _refuse_unseen(letter, seen_sha256)
            return self._settle(work, who, case, letter, read_letter(letter, case), consent, now, exception=exception)

    def approve_with_correction(
        self,
        reference: str,
        officer: str,
        corrected: LetterRecord,
        reason: str,
        *,
        seen_sha256: str | None = None,
        override_reason: str | None = None,
        send_at: datetime | None = None,
        kind: LetterKind | None = None,
    ) -> Approved:
        """Approve the letter with a few words corrected: the correction is a version of the approver's, and both are named.

        By the policy "correction" only, which a setting allows: an approver of another's letter, wording and nothing else
        (``refuse_more_than_wording``). The letter is listed until its drafter, or another approver, has looked at it.
        """
        if not self._settings.approval.corrections:
            raise NotAllowedError("corrections at approval are switched off here ([approval] corrections): return it")
        if not reason.strip():
            raise NotAllowedError("say why it was corrected, so that the drafter knows")
        consent = Consent(seen_sha256=seen_sha256, override_reason=override_reason or "", send_at=send_at)
        now = self._clock.now()
        text = record_text(corrected)
        written = load_record(text, "the corrected letter")
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who, lock=True)
            letter = the_letter(work, case, "for_approval", NOTHING_WAITS, kind or written.kind)
            exception = exception_for(work, self._settings, who, letter, consent, received_day(now))
            _refuse_unseen(letter, seen_sha256)
            refuse_more_than_wording(read_letter(letter, case), written)
            files = work.letters.files(letter.id)
            work.letters.write(case.id, letter.kind, text, officer=who.email, via=self._via, at=now, files=files)
            mark = _correction_of(letter, who, reason.strip(), exception)
            told = {"from": posting.digest(letter.record.encode()), "to": posting.digest(text.encode())}
            # The letter stays submitted as it was: the correction is a version of its own, and no draft.
            restored = replace(letter, version=letter.version + 1, record=text)
            return self._settle(
                work,
                who,
                case,
                restored,
                written,
                consent,
                now,
                exception=mark,
                how="approved_with_correction",
                told=told,
            )

    def _settle(  # noqa: PLR0913 - all that an approval is made of
        self,
        work: Work,
        who: OfficerRecord,
        case: Case,
        letter: LetterRecordRow,
        written: LetterRecord,
        consent: Consent,
        now: datetime,
        *,
        exception: dict[str, Any] | None = None,
        how: str = "approved",
        told: dict[str, Any] | None = None,
    ) -> Approved:
        """Check the letter as it would go, freeze it, and write down who let it go and by what right."""
        not_before = goes_at(now, consent, self._undo)
        # Approved just before midnight it leaves after it, and the law counts from the day on which a notice is given.
        today = received_day(not_before)
        if written.issued_on is None:
            written = replace(written, issued_on=today)
        refuse_unlawful_time(work, case, written, self._calendar, today)
        found = self._examined(work, case, letter, written, today)
        reason = consent.override_reason
        overridden = refuse_stops(found, "the letter can't be approved:", reason=reason, option="--override-reason")
        leaks = self._leaks(work, case, letter, written)
        overridden += refuse_leaks(leaks, approving=True, reason=reason)
        at = not_before if consent.send_at or today > received_day(now) else now
        frozen = freeze(work, self._settings, self._ids, case, letter, written, at=at, not_before=not_before)
        done = self._into_outbox(work, case, who, frozen, now)
        data: dict[str, Any] = {"outbox": done.outbox_id, "sha256": done.sha256, "findings": as_data(found)}
        data |= {"release": leaks, **(told or {})}
        if overridden:
            data |= {"overridden": overridden, "reason": reason}
        if exception:
            data["exception"] = exception
        if consent.send_at is not None:
            data["send_at"] = consent.send_at.isoformat()
        values = {"approved_by": who.email, "approved_at": now, "send_at": consent.send_at}
        values |= {"submitted_by": letter.submitted_by, "submitted_at": letter.submitted_at}
        work.letters.move(letter, "approved", self._happening(how, now, who.email, data), **values)
        work.letters.except_from_rule(letter.id, exception)
        work.figures.keep_provisions(letter.id, case.id, relied_on(written))
        if exception and exception["policy"] == Policy.BREAK_GLASS:
            self._tell_approvers(work, case, letter, who, exception["reason"], now)
        if letter.kind == RESPONSE:
            outcome = record.outcome(written)
            self._move(work, case, "approved_for_sending", Workflow.APPROVED, who.email, now, outcome=outcome)
        return done

    def _into_outbox(
        self, work: Work, case: Case, who: OfficerRecord, frozen: Sequence[Frozen], now: datetime
    ) -> Approved:
        """Put the frozen mails of one letter into the outbox."""
        posting.refuse_in_shadow(self._settings)
        ids = [work.outbox.freeze(case.id, one, at=now, actor=who.email, via=self._via) for one in frozen]
        if ids[0] is None or None in ids:
            raise NotAllowedError(f"this letter of {case.reference} has been approved already")
        return Approved(
            outbox_id=ids[0],
            sha256=posting.digest(frozen[0].content),
            recipients=tuple(to for one in frozen for to in one.recipients),
            not_before=frozen[0].not_before,
        )

    def _tell_approvers(
        self, work: Work, case: Case, letter: LetterRecordRow, who: OfficerRecord, reason: str, now: datetime
    ) -> None:
        """Queue a mail to everybody who may approve, that somebody approved alone; those who may not see the case are not told of it."""
        for officer in work.officers.all():
            may_check = may(officer.role, Capability.APPROVE) and not officer.disabled and officer.email != who.email
            if (
                not may_check
                or not may_see(officer.role, officer.team, case.team)
                or not posting.can_write_to(officer.email)
            ):
                continue
            message_id = self._ids.message_id(posting.own_domain(self._settings))
            content = break_glass_notice(
                self._settings,
                to=officer.email,
                reference=case.reference,
                kind=letter.kind,
                officer=who.email,
                reason=reason,
                message_id=message_id,
                at=now,
            )
            new = NewNotice(
                once_key=f"break_glass:{letter.id}:{letter.version}:{now.isoformat()}:{officer.email}",
                kind=Policy.BREAK_GLASS.value,
                recipient=officer.email,
                content=content,
                message_id=message_id,
                not_before=now,
            )
            work.notices.queue(new, at=now)

    # ---- a question to colleagues ----------------------------------------------------------------------------------

    def send_question(self, reference: str, officer: str, *, override_reason: str = "") -> Approved:
        """Send the question to a service area that is being written, at once and without a second person: nothing leaves the council.

        It goes to addresses of our own domains only, never to the requester, and does not say who asked; the answer comes
        back to the internal side of the case. Raises NotAllowedError.
        """
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            case = visible_case(work, reference, who, lock=True)
            letter = the_letter(
                work, case, "drafting", "there is no question to a service area", LetterKind.SERVICE_AREA
            )
            written = read_letter(letter, case)
            today = received_day(now)
            found = self._examined(work, case, letter, written, today)
            overridden = refuse_stops(
                found, "the question is not ready:", reason=override_reason, option="--override-reason"
            )
            leaks = self._leaks(work, case, letter, written)
            overridden += refuse_leaks(leaks, approving=True, reason=override_reason)
            issued = written if written.issued_on else replace(written, issued_on=today)
            frozen = freeze(work, self._settings, self._ids, case, letter, issued, at=now, not_before=now)
            done = self._into_outbox(work, case, who, frozen, now)
            data: dict[str, Any] = {"outbox": done.outbox_id, "sha256": done.sha256, "release": leaks}
            if overridden:
                data |= {"overridden": overridden, "reason": override_reason}
            happening = self._happening("question_sent_to_colleagues", now, who.email, data)
            work.letters.move(letter, "approved", happening, approved_by=who.email, approved_at=now)
        return done


def _refuse_unseen(letter: LetterRecordRow, seen_sha256: str | None) -> None:
    """Raise NotAllowedError where what an approver looked at is not what waits."""
    if seen_sha256 is not None and posting.digest(letter.record.encode()) != seen_sha256:
        raise NotAllowedError("the draft was changed after you looked at it; read it again before you approve")


def _correction_of(
    letter: LetterRecordRow, who: OfficerRecord, reason: str, exception: dict[str, Any] | None
) -> dict[str, Any]:
    """What stands with a corrected letter until somebody has looked at it: who wrote it, who corrected it, and why."""
    drafters = [one for one in dict.fromkeys((*letter.writers, letter.submitted_by)) if one]
    mark = {"policy": Policy.CORRECTION.value, "by": who.email, "drafters": drafters, "reason": reason}
    return mark | ({"for": exception["for"]} if exception else {})
