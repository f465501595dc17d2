"""The mailroom: an officer's word on letters that need one, on mail that could not be read, and on acknowledgements that wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.calendar import long_date
from pipeline.domain.clock import received_day
from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.domain.outbox import ACKNOWLEDGEMENT_KINDS, OutboxStatus
from pipeline.domain.regime_mixed import days_by_law
from pipeline.domain.reminding import OPEN
from pipeline.domain.request import ClockState, Regime, Workflow
from pipeline.letters import posting
from pipeline.letters.model import LetterKind
from pipeline.store.access import refuse_hidden
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pipeline.domain.ports import Clock, Ids
    from pipeline.settings import Settings
    from pipeline.store import Store, Work
    from pipeline.store.records import Case, LetterRecordRow, OutboxSummary, Quarantined

# What a trial redirected has not gone to its requester: after the trial an officer may let it go.
_SENDABLE_AGAIN = (
    OutboxStatus.RETRY, OutboxStatus.FAILED, OutboxStatus.QUEUED, OutboxStatus.BOUNCED, OutboxStatus.REDIRECTED,
)  # fmt: skip
_CANCELLABLE = (
    OutboxStatus.WAITING,
    OutboxStatus.QUEUED,
    OutboxStatus.RETRY,
    OutboxStatus.FAILED,
)
_NOBODY = "operator"


class Mailroom:
    """Verbs on single letters and messages; *officer* may be left out where an operator acts, and is checked where it is given."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: Ids,
        settings: Settings,
        *,
        letter_sent: Callable[[Work, LetterRecordRow, datetime], None],
        via: str = "cli",
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._settings = settings
        self._letter_sent = letter_sent
        self._via = via

    # ---- acknowledgements ------------------------------------------------------------------------------------------

    def waiting_acknowledgements(self) -> list[Case]:
        """Requests whose acknowledgement waits for a person's word, oldest first."""
        with self._store.read() as work:
            return work.cases.to_acknowledge()

    def release_acknowledgement(self, reference: str, officer: str | None = None) -> int:
        """Queue the acknowledgement of a request that has none; returns its outbox id. Raises NotAllowedError."""
        posting.refuse_in_shadow(self._settings)
        now = self._clock.now()
        with self._store.write() as work:
            case = work.cases.by_reference(reference, lock=True)
            if case is None:
                raise NotFoundError(f"there is no request {reference}; see: infogov requests")
            actor = self._actor(work, officer, case, f"there is no request {reference}; see: infogov requests")
            if case.acknowledged_at is not None:
                when = long_date(received_day(case.acknowledged_at))
                raise NotAllowedError(
                    f"{case.reference} has its acknowledgement already, of {when}; see: infogov show {case.reference}"
                )
            if case.workflow not in OPEN:
                raise NotAllowedError(
                    f"{case.reference} is {case.workflow.replace('_', ' ')}: an acknowledgement would promise an answer to come"
                )
            if not posting.can_write_to(case.requester_email):
                raise NotAllowedError(
                    f"{case.reference}: no mail can be sent to {case.requester_email or 'an empty address'}"
                )
            kind = case.acknowledge_kind or ("sar_acknowledgement" if case.regime == Regime.SAR else "acknowledgement")
            frozen = posting.seal_acknowledgement(
                self._settings,
                kind,
                _acknowledged(work, case),
                message_id=self._ids.message_id(posting.own_domain(self._settings)),
                at=now,
                not_before=now,
            )
            outbox_id = work.outbox.freeze(case.id, frozen, at=now, actor=actor, via=self._via)
            if outbox_id is None:
                raise NotAllowedError(
                    f"{case.reference} has its acknowledgement already; see: infogov show {case.reference}"
                )
            happening = self._happening("acknowledgement_released", now, actor, {"outbox": outbox_id})
            work.cases.change(case, happening, acknowledge="automatic", acknowledge_kind=kind)
        return outbox_id

    # ---- letters ---------------------------------------------------------------------------------------------------

    def retry(self, outbox_id: int, officer: str | None = None) -> None:
        """Send a letter that failed, bounced or waits for its next try, at the next occasion."""
        posting.refuse_in_shadow(self._settings)
        now = self._clock.now()
        with self._store.write() as work:
            row = _row(work, outbox_id)
            actor = self._actor_of(work, officer, row)
            if row.status == OutboxStatus.UNCERTAIN:
                raise NotAllowedError(
                    f"letter {row.id} may have been delivered; decide with: infogov outbox resolve {row.id}"
                )
            if row.status not in _SENDABLE_AGAIN:
                raise NotAllowedError(
                    f"letter {row.id} is {row.status}; only a failed or waiting one can be tried again"
                )
            if row.letter_id is not None:
                _still_meant(work, row)
            self._move(work, row, OutboxStatus.QUEUED, "letter_retried", actor, now, not_before=now)

    def cancel(self, outbox_id: int, officer: str | None = None) -> None:
        """Take a letter out of the outbox for good; a response goes back to its case, to be approved again."""
        now = self._clock.now()
        with self._store.write() as work:
            row = _row(work, outbox_id)
            actor = self._actor_of(work, officer, row)
            if row.status == OutboxStatus.UNCERTAIN:
                raise NotAllowedError(
                    f"letter {row.id} may have been delivered; decide first with: infogov outbox resolve {row.id}"
                )
            if row.status not in _CANCELLABLE:
                raise NotAllowedError(f"letter {row.id} is {row.status} and can't be cancelled now")
            self._move(work, row, OutboxStatus.CANCELLED, "letter_cancelled", actor, now)
            if row.letter_id is not None:
                self._back_to_approval(work, row, actor, now)

    def resolve(self, outbox_id: int, *, delivered: bool, officer: str | None = None) -> None:
        """Say of a letter that may have been delivered whether it was; one that was not is sent again under its Message-ID."""
        now = self._clock.now()
        with self._store.write() as work:
            row = _row(work, outbox_id)
            actor = self._actor_of(work, officer, row)
            if row.status != OutboxStatus.UNCERTAIN:
                raise NotAllowedError(f"letter {row.id} is {row.status}; there is nothing to decide")
            if not delivered:
                posting.refuse_in_shadow(self._settings)
                self._move(work, row, OutboxStatus.QUEUED, "resolved_as_not_delivered", actor, now, not_before=now)
                return
            self._move(work, row, OutboxStatus.SENT, "resolved_as_delivered", actor, now, sent_at=now)
            if row.kind in ACKNOWLEDGEMENT_KINDS:
                case = work.cases.by_ids([row.request_id])[0]
                work.cases.change(case, self._happening("acknowledged", now, actor), acknowledged_at=now)
            elif row.letter_id is not None:
                letter = work.letters.by_id(row.letter_id)
                if letter is not None:
                    work.letters.move(letter, "sent", self._happening("letter_issued", now, actor))
                    self._letter_sent(work, letter, now)
                case = work.cases.by_ids([row.request_id])[0]
                if row.kind == "response" and case.workflow == Workflow.APPROVED:
                    happening = self._happening("response_sent", now, actor, {"outbox": row.id})
                    work.cases.change(case, happening, workflow=Workflow.SENT, clock=ClockState.STOPPED)

    def _back_to_approval(self, work: Work, row: OutboxSummary, actor: str, now: datetime) -> None:
        letter = work.letters.by_id(row.letter_id or 0)
        case = work.cases.by_ids([row.request_id])[0]
        if letter is not None and letter.status == "approved":
            happening = self._happening("approval_void", now, actor, {"why": "cancelled"})
            # A question to colleagues needs nobody's approval.
            waits = "drafting" if letter.kind == LetterKind.SERVICE_AREA else "for_approval"
            work.letters.move(letter, waits, happening, approved_by=None, approved_at=None)
            if row.kind == "response" and case.workflow == Workflow.APPROVED:
                moved = self._happening("stopped_before_sending", now, actor)
                work.cases.change(case, moved, workflow=Workflow.FOR_APPROVAL, outcome=None)

    def _move(
        self,
        work: Work,
        row: OutboxSummary,
        status: OutboxStatus,
        kind: str,
        actor: str,
        now: datetime,
        *,
        not_before: datetime | None = None,
        **values: object,
    ) -> None:
        if not work.outbox.move(row, status, self._happening(kind, now, actor), not_before=not_before, **values):
            raise NotAllowedError(f"letter {row.id} has moved on; look again with: infogov outbox")

    # ---- mail that could not be read -------------------------------------------------------------------------------

    def quarantined(self, message_id: int | None = None) -> list[Quarantined]:
        """Messages that could not be read, oldest first; or just one. Raises NotFoundError for an unknown one."""
        with self._store.read() as work:
            found = work.quarantine.rows(message_id)
        if message_id is not None and not found:
            raise NotFoundError(f"no message {message_id} is in quarantine; see: infogov quarantine")
        return found

    def raw(self, message_id: int) -> bytes:
        """The bytes of a message exactly as they were taken."""
        with self._store.read() as work:
            content = work.messages.raw(message_id)
        if content is None:
            raise NotFoundError(f"there is no message {message_id}")
        return content

    def retry_quarantined(self, message_id: int, officer: str | None = None) -> None:
        """Let a message be read again; one that was too large is fetched whole first."""
        [message] = self.quarantined(message_id)
        with self._store.write() as work:
            actor = self._actor(work, officer)
            work.quarantine.try_again(message, officer=actor, via=self._via, at=self._clock.now())

    def dismiss_quarantined(self, message_id: int, officer: str | None = None) -> None:
        """Take a message off the list of what could not be read; its bytes are kept."""
        [message] = self.quarantined(message_id)
        with self._store.write() as work:
            actor = self._actor(work, officer)
            work.quarantine.dismiss(message, officer=actor, via=self._via, at=self._clock.now())

    def _actor_of(self, work: Work, officer: str | None, row: OutboxSummary) -> str:
        if officer is None:
            return _NOBODY
        unknown = f"there is no letter {row.id} in the outbox; see: infogov outbox"
        return self._actor(work, officer, work.cases.by_ids([row.request_id])[0], unknown)

    def _actor(self, work: Work, officer: str | None, case: Case | None = None, unknown: str = "") -> str:
        if officer is None:
            return _NOBODY
        found = work.officers.find(officer)
        if found is None or found.disabled or found.role == "read_only":
            raise NotAllowedError(f"there is no active officer {officer}; see: infogov officer list")
        if case is not None:
            refuse_hidden(found, case, unknown)
        return found.email

    def _happening(self, kind: str, at: datetime, actor: str, data: dict[str, object] | None = None) -> Happening:
        return Happening(kind=kind, at=at, actor=actor, via=self._via, data=data or {})


def _row(work: Work, outbox_id: int) -> OutboxSummary:
    rows = work.outbox.summaries(outbox_id=outbox_id)
    if not rows:
        raise NotFoundError(f"there is no letter {outbox_id} in the outbox; see: infogov outbox")
    return rows[0]


def _still_meant(work: Work, row: OutboxSummary) -> None:
    """Refuse to send a written letter again whose approval is void, or which another one has replaced (invariants 5 and 7)."""
    case = work.cases.by_ids([row.request_id])[0]
    letter = work.letters.by_id(row.letter_id or 0)
    if letter is None or letter.status not in ("approved", "sent"):
        raise NotAllowedError(f"the approval of letter {row.id} is void; approve it again instead")
    if row.kind == "response" and case.workflow not in (Workflow.APPROVED, Workflow.SENT):
        raise NotAllowedError(
            f"{case.reference} is open again; approve an answer instead of sending letter {row.id} once more"
        )
    here = case.requester_email.strip().casefold()
    for other in work.letters.of_case(case.id):
        if other.resends != row.id:
            continue
        if other.status == "for_approval":
            raise NotAllowedError(
                f"letter {row.id} waits to be sent to a corrected address; approve that, or drop it first"
            )
        if here not in {str(to).strip().casefold() for to in row.recipients}:
            raise NotAllowedError(
                f"{case.reference} has another address by now; send letter {row.id} there with: infogov resend to"
            )
    gone = (OutboxStatus.CANCELLED, OutboxStatus.BOUNCED, OutboxStatus.FAILED)
    newer = [
        other.id
        for other in work.outbox.summaries(request_id=row.request_id)
        if other.id > row.id and other.letter_id is not None and other.kind == row.kind and other.status not in gone
    ]
    if newer:
        raise NotAllowedError(f"letter {newer[-1]} has replaced letter {row.id}; see: infogov outbox")


def _acknowledged(work: Work, case: Case) -> posting.Acknowledged:
    """What an acknowledgement says that goes as the case stands now."""
    days = days_by_law(case.regime, case.due_on, [(one.regime, one.due_on) for one in case.questions])
    message_id_header, _ = work.cases.source_message_header(case)
    return posting.Acknowledged(
        request_id=case.id,
        reference=case.reference,
        regime=Regime(case.regime),
        received_on=case.received_on,
        due_on=days.own_data,
        others_due_on=days.others,
        to=case.requester_email,
        answers=message_id_header,
        waiting=case.clock != ClockState.RUNNING,
    )
