"""The outbox: letters frozen to the byte, claimed before the server is dialled, settled after (invariants 5 and 7)."""

from __future__ import annotations

import hashlib
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, select, text, update

from pipeline.domain.errors import StaleError
from pipeline.domain.outbox import ACKNOWLEDGEMENT_KINDS, OutboxStatus, Phase
from pipeline.store import schema
from pipeline.store.allowances import Allowances, key_of
from pipeline.store.events import ChainEnd, Events, Happening, after, case_chain, digest_of
from pipeline.store.faults import storable
from pipeline.store.holding import held
from pipeline.store.many import insert_many
from pipeline.store.records import AttemptRecord, Claimed, OutboxSummary
from pipeline.store.together import Change, together
from pipeline.store.upsert import among, change_by_id, insert_or_leave_and_tell, plain
from pipeline.store.waiting import TO_SEND
from pipeline.store.wakes import Wake, Wakes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, RowMapping

    from pipeline.domain.outbox import Frozen
    from pipeline.store.ahead import Ahead

O = schema.Outbox  # noqa: E741 - the table's initial, as M and R are for the others
A = schema.Attempt
BATCH_BYTES = (
    16 * 2**20
)  # of letters in one hand: fifty acknowledgements are a twentieth of it, fifty with files would be a gigabyte
# From which states an attempt may be settled: as accepted (True) also after a successor has judged it lost.
_SETTLED_BY = {
    True: (OutboxStatus.SENDING, OutboxStatus.RETRY, OutboxStatus.UNCERTAIN),
    False: (OutboxStatus.SENDING,),
}
# Those that run for every letter, made once; the values come as parameters.
_MARK = {
    again: change_by_id(schema.Outbox).where(
        O.claim == bindparam("by"), O.status == OutboxStatus.SENDING, among(O.phase, phases)
    )
    for again, phases in ((False, (Phase.CLAIMED,)), (True, (Phase.CLAIMED, Phase.DATA)))
}
_SETTLE = {
    good: change_by_id(schema.Outbox).where(O.attempts == bindparam("time"), among(O.status, states))
    for good, states in _SETTLED_BY.items()
}
_SETTLE_AS_FOUND = _SETTLE[False].where(O.phase == bindparam("found"))
_ACKNOWLEDGED = change_by_id(schema.Request)
_ATTEMPT = update(plain(A)).where(A.outbox_id == bindparam("of"), A.number == bindparam("time"))
_LIST_COLUMNS = (
    O.id, O.request_id, O.letter_id, O.kind, O.status, O.attempts, O.recipients, O.message_id, O.sha256, O.queued_at,
    O.not_before, O.sent_at, O.last_error, O.answer, O.redirected_to,
)  # fmt: skip


def outbox_digest(sha256: str, recipients_sha256: str, message_id: str, envelope_from: str) -> str:
    """The digest of a frozen letter as events carry it."""
    return digest_of(sha256, recipients_sha256, message_id, envelope_from)


def recipients_digest(recipients: Sequence[str]) -> str:
    """SHA-256, in hex, of the recipients in order, lower case, one a line."""
    return hashlib.sha256("\n".join(storable(r).strip().casefold() for r in recipients).encode()).hexdigest()


class OutboxRows(Allowances):
    """The rows of ``outbox`` and ``attempt``."""

    def __init__(self, connection: Connection, events: Events, wakes: Wakes, ahead: Ahead) -> None:
        super().__init__(connection)
        self._events = events
        self._wakes = wakes
        self._ahead = ahead

    def freeze(
        self, request_id: int, letter: Frozen, *, at: datetime, actor: str = "infogov", via: str = "worker"
    ) -> int | None:
        """Put a complete letter into the outbox; returns its id, or None when one with this once_key is there already (invariant 4)."""
        sha256 = hashlib.sha256(letter.content).hexdigest()
        to_sha256 = recipients_digest(letter.recipients)
        row = {
            "request_id": request_id,
            "letter_id": letter.letter_id,
            "kind": letter.kind,
            "once_key": letter.once_key,
            "status": letter.status,
            "message_id": letter.message_id,
            "envelope_from": letter.envelope_from,
            "recipients": list(letter.recipients),
            "recipients_sha256": to_sha256,
            "to_key": key_of(letter.recipients[0]),
            "content": letter.content,
            "sha256": sha256,
            "queued_at": at,
            "not_before": letter.not_before,
            "attempts": 0,
        }
        outbox_id: int | None = self._ahead.put(schema.Outbox, row) or self._connection.scalar(
            insert_or_leave_and_tell(self._connection.dialect.name, schema.Outbox, "once_key"), row
        )
        if outbox_id is None:
            return None
        self._count(letter)
        digest = outbox_digest(sha256, to_sha256, letter.message_id, letter.envelope_from)
        data = {
            "outbox": outbox_id,
            "kind": letter.kind,
            "letter": letter.letter_id,
            "sha256": sha256,
            "recipients_sha256": to_sha256,
            "not_before": letter.not_before.isoformat(),
            "digests": {f"outbox:{outbox_id}": digest},
        }
        self._record(request_id, "letter_frozen", at, data, actor=actor, via=via)
        self._wakes.add(Wake.DELIVER)
        return outbox_id

    # ---- sending -------------------------------------------------------------------------------------------------

    def claim(self, token: str, now: datetime, limit: int, *, most: int = BATCH_BYTES) -> list[Claimed]:
        """Take up to *limit* due letters in hand, of *most* bytes together or just one, counting the attempt.

        The commit of this stands before the server is dialled.

        Workers that ask at the same moment get different ones: nobody waits for what another is just taking.
        """
        due = (
            select(O.id, func.length(O.content).label("size"))
            .where(text(TO_SEND), O.not_before <= now)
            .order_by(O.not_before, O.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        ids = _within(self._connection.execute(due).all(), most)
        if not ids:
            return []
        self._connection.execute(
            update(O)
            .where(O.id.in_(ids))
            .values(
                status=OutboxStatus.SENDING, claim=token, claimed_at=now, phase=Phase.CLAIMED, attempts=O.attempts + 1
            )
        )
        rows = self._connection.execute(
            select(schema.Outbox, schema.Request.reference)
            .join(schema.Request, schema.Request.id == O.request_id)
            .where(O.id.in_(ids))
            .order_by(O.not_before, O.id)
        ).all()
        tries = [{"outbox_id": r.id, "number": r.attempts, "started_at": now, "phase": Phase.CLAIMED} for r in rows]
        insert_many(self._connection, schema.Attempt, tries)
        ends = {}
        if self._connection.dialect.name == "postgresql":
            ends = self._events.ends([case_chain(r.request_id) for r in rows])
        return [_claimed(r, ends.get(case_chain(r.request_id)), content=r.content) for r in rows]

    def mark_data(self, letter: Claimed, token: str, *, again: bool = False) -> bool:
        """Note that DATA comes next; False when the letter is no longer in this worker's hand, and then it must not be sent.

        *again*: it may be marked already, by a transaction of this worker's of which it has not heard.
        """
        return together(self._connection, _mark(letter, token, again=again)) == [1]

    def settle(  # noqa: PLR0913 - one for each fact of an attempt
        self,
        letter: Claimed,
        status: OutboxStatus,
        *,
        at: datetime,
        answer: str,
        code: int | None = None,
        not_before: datetime | None = None,
        redirected_to: str | None = None,
        case_too: bool = True,
        then: tuple[Claimed, str] | None = None,
        found: str | None = None,
        end: tuple[int, str] | None = None,
    ) -> bool:
        """Write the outcome of an attempt, with its event. Raises StaleError when the letter isn't in this attempt's hand any more.

        That a letter was accepted is a fact: it stands even when a successor has meanwhile judged the attempt lost. *case_too*: the
        caller goes on to change the letter's case, whose row is then held first. *then* is another letter to be marked as ``mark_data``
        does, with the token it was claimed under; whether it was is returned. *found* is the phase that a successor found the letter in and
        judges by: where its holder lives after all and has gone on since, the letter is left to it (StaleError). With the *end* of the
        case's chain all this is one statement, event included (``Store.at_once``); it fails as a whole where the chain has gone on.
        """
        answer = storable(answer)
        if case_too:
            self._hold_case(letter.request_id)
        values: dict[str, Any] = {
            "redirected_to": redirected_to,
            "sent_at": at if status is OutboxStatus.SENT else None,
        }
        if not_before is not None:
            values["not_before"] = not_before
        changes = [] if then is None else [_mark(*then)]
        ended = {"ended_at": at, "outcome": status, "phase": Phase.DONE, "code": code, "answer": answer}
        changes.append(Change(_ATTEMPT, {"of": letter.id, "time": letter.attempts, **ended}))
        if status is OutboxStatus.SENT and letter.kind in ACKNOWLEDGEMENT_KINDS:
            changes.append(Change(_ACKNOWLEDGED, {"of": letter.request_id, "acknowledged_at": at}))
        chain, happening = case_chain(letter.request_id), _ended(letter, status, at, answer, code, not_before)
        if end is not None:
            changes += after(ChainEnd(*end), chain, happening)
        done = together(self._connection, _settled(letter, status, answer, found, values), *changes)
        if not done[0]:
            raise StaleError(f"letter {letter.id} was taken over meanwhile; its outcome ({status}) was not written")
        if end is None:
            self._events.record(chain, happening)
        return then is not None and done[1] == 1

    def put_back(self, letters: Sequence[Claimed], token: str) -> None:
        """Hand back letters that were claimed and never tried, as if they had not been claimed; one that isn't ours any more stays."""
        for letter in letters:
            done = self._connection.execute(
                update(O)
                .where(O.id == letter.id, O.claim == token, O.status == OutboxStatus.SENDING, O.phase == Phase.CLAIMED)
                .values(status=OutboxStatus.QUEUED, claim=None, phase=None, attempts=O.attempts - 1)
            )
            if done.rowcount == 1:
                self._connection.execute(delete(A).where(A.outbox_id == letter.id, A.number == letter.attempts))

    def claims(self) -> list[str]:
        """The tokens under which letters are in hand now."""
        query = select(O.claim).where(O.status == OutboxStatus.SENDING, O.claim.is_not(None)).distinct()
        return sorted(token for token in self._connection.scalars(query) if token is not None)

    def orphans(self, token: str) -> list[tuple[Claimed, str]]:
        """Letters in the hand of the worker that claimed them under *token* and is gone, without their bytes, each with the phase it had reached.

        Only who holds that worker's lock may ask.
        """
        facts = [column for column in plain(schema.Outbox).c if column.name != "content"]
        query = (
            select(*facts, schema.Request.reference)
            .join(schema.Request, schema.Request.id == O.request_id)
            .where(O.status == OutboxStatus.SENDING, O.claim == token)
        )
        return [(_claimed(r, content=b""), r.phase) for r in self._connection.execute(query.order_by(O.id))]

    # ---- an officer's word -----------------------------------------------------------------------------------------

    def move(
        self,
        row: OutboxSummary,
        status: OutboxStatus,
        happening: Happening,
        *,
        not_before: datetime | None = None,
        **values: Any,  # noqa: ANN401
    ) -> bool:
        """Change a letter's state by an officer's word, unless it has moved on meanwhile; False then, and nothing is changed."""
        if not_before is not None:
            values["not_before"] = not_before
        self._hold_case(row.request_id)
        done = self._connection.execute(
            update(O).where(O.id == row.id, O.status == row.status).values(status=status, **values)
        )
        if done.rowcount != 1:
            return False
        data = {**happening.data, "outbox": row.id, "from": row.status, "to": str(status)}
        self._record(row.request_id, happening.kind, happening.at, data, actor=happening.actor, via=happening.via)
        self._wakes.add(Wake.DELIVER)
        return True

    def _hold_case(self, request_id: int) -> None:
        """Take the case's row before the letter's, as officers' verbs do, so that no two writers wait for each other in a circle."""
        if self._connection.dialect.name == "postgresql":
            query = select(schema.Request.id).where(schema.Request.id == request_id)
            self._connection.execute(held(self._connection, query))

    def summaries(
        self,
        *,
        request_id: int | None = None,
        outbox_id: int | None = None,
        letter_id: int | None = None,
        statuses: Sequence[OutboxStatus] = (),
    ) -> list[OutboxSummary]:
        """Outbox rows without their bytes, oldest first; each argument given narrows the choice."""
        query = select(*_LIST_COLUMNS, schema.Request.reference).join(schema.Request, schema.Request.id == O.request_id)
        for column, value in ((O.request_id, request_id), (O.id, outbox_id), (O.letter_id, letter_id)):
            if value is not None:
                query = query.where(column == value)
        if statuses:
            query = query.where(O.status.in_(statuses))
        return [_summary(row) for row in self._connection.execute(query.order_by(O.id)).mappings()]

    def content(self, outbox_id: int) -> bytes | None:
        """The exact bytes of a letter."""
        return self._connection.scalar(select(O.content).where(O.id == outbox_id))

    def attempts_of(self, request_id: int) -> list[AttemptRecord]:
        """Every try at sending a letter of this case, in order, with the server's answer."""
        query = select(A).join(O, O.id == A.outbox_id).where(O.request_id == request_id).order_by(A.outbox_id, A.number)
        return [
            AttemptRecord(
                outbox_id=r.outbox_id, number=r.number, started_at=r.started_at, ended_at=r.ended_at, outcome=r.outcome,
                code=r.code, answer=r.answer,
            )
            for r in self._connection.execute(query)
        ]  # fmt: skip

    def by_message_ids(self, message_ids: Sequence[str]) -> list[OutboxSummary]:
        """The letters that carried one of these Message-IDs."""
        if not message_ids:
            return []
        rows = self._connection.execute(
            select(*_LIST_COLUMNS, schema.Request.reference)
            .join(schema.Request, schema.Request.id == O.request_id)
            .where(O.message_id.in_(message_ids))
            .order_by(O.id)
        )
        return [_summary(row) for row in rows.mappings()]

    def counts(self) -> dict[str, int]:
        """Letters by status."""
        rows = self._connection.execute(select(O.status, func.count().label("n")).group_by(O.status))
        return {row.status: row.n for row in rows}

    def oldest_unsent(self) -> datetime | None:
        """When the oldest letter that is due but not sent was queued."""
        return self._connection.scalar(
            select(func.min(O.queued_at)).where(
                O.status.in_((OutboxStatus.QUEUED, OutboxStatus.RETRY, OutboxStatus.SENDING))
            )
        )

    def _record(
        self,
        request_id: int,
        kind: str,
        at: datetime,
        data: dict[str, Any],
        *,
        actor: str = "infogov",
        via: str = "worker",
    ) -> None:
        happening = Happening(kind=kind, at=at, actor=actor, via=via, request_id=request_id, data=data)
        self._events.record(case_chain(request_id), happening)


def _mark(letter: Claimed, token: str, *, again: bool = False) -> Change:
    return Change(_MARK[again], {"of": letter.id, "by": token, "phase": Phase.DATA})


def _settled(letter: Claimed, status: OutboxStatus, answer: str, found: str | None, values: dict[str, Any]) -> Change:
    good = status in (OutboxStatus.SENT, OutboxStatus.REDIRECTED)
    said = {"answer": answer if good else None, "last_error": None if good else answer}
    this = {"of": letter.id, "time": letter.attempts, "status": status, "claim": None, "phase": None}
    if found is None:
        return Change(_SETTLE[good], {**this, **said, **values})
    return Change(_SETTLE_AS_FOUND, {**this, **said, **values, "found": found})


def _ended(
    letter: Claimed, status: OutboxStatus, at: datetime, answer: str, code: int | None, not_before: datetime | None
) -> Happening:
    data = {"outbox": letter.id, "kind": letter.kind, "attempt": letter.attempts, "code": code}
    data["answer_sha256"] = digest_of(answer)
    if not_before is not None:
        data["next"] = not_before.isoformat()
    return Happening(kind=f"letter_{status}", at=at, request_id=letter.request_id, data=data)


def _summary(row: RowMapping) -> OutboxSummary:
    return OutboxSummary(**{**row, "recipients": tuple(row["recipients"])})


def _within(found: Sequence[Row[int, int]], most: int) -> list[int]:
    """The ids of the first of *found*, of *most* bytes together; of one at least."""
    sizes = list(accumulate(row.size for row in found))
    return [row.id for place, row in enumerate(found) if place == 0 or sizes[place] <= most]


def _claimed(row: Any, end: ChainEnd | None = None, *, content: bytes) -> Claimed:  # noqa: ANN401 - a Row has no static attributes
    return Claimed(
        id=row.id, request_id=row.request_id, reference=row.reference, letter_id=row.letter_id, kind=row.kind,
        attempts=row.attempts, message_id=row.message_id, envelope_from=row.envelope_from,
        recipients=tuple(row.recipients),
        recipients_sha256=row.recipients_sha256, content=content, sha256=row.sha256, queued_at=row.queued_at,
        end=end,
    )  # fmt: skip
