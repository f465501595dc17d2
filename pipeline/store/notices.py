"""Mails to our own people: queued once each, claimed before the server is dialled, settled after; and what such a mail has to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.reminding import OPEN, NoticeStatus, OpenCase
from pipeline.store import schema
from pipeline.store.events import SERVICE_CHAIN, Events, Happening, digest_of
from pipeline.store.faults import storable
from pipeline.store.upsert import insert_or_leave

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

N = schema.Notice
R = schema.Request
O = schema.Outbox  # noqa: E741 - the table's initial, as N and R are for the others
_PORTION = 500
_UNDELIVERED = (OutboxStatus.FAILED, OutboxStatus.UNCERTAIN, OutboxStatus.BOUNCED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """A mail complete to the byte, as it is queued; *once_key* is what there may be only once, *recipient* an officer's address."""

    once_key: str
    kind: str
    recipient: str
    content: bytes
    message_id: str
    not_before: datetime
    stale_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A queued mail; *attempts* counts the claim that this is."""

    id: int
    once_key: str
    kind: str
    recipient: str
    content: bytes
    status: str
    attempts: int
    created_at: datetime
    stale_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """Many requests of one sender: how many, the first and the last of them, and a *mark* that stands for the sender."""

    mark: str
    count: int
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """The ends of the chains in short: the service's own, how many there are, and one digest over all."""

    service: str
    chains: int
    digest: str


class Notices:
    """The rows of ``notice``."""

    def __init__(self, connection: Connection, events: Events) -> None:
        self._connection = connection
        self._events = events

    def queue(self, new: NewNotice, *, at: datetime) -> int | None:
        """Queue a mail; returns its id, or None when one with this once_key is there already."""
        notice_id: int | None = self._connection.scalar(
            insert_or_leave(self._connection, N, "once_key")
            .values(
                once_key=new.once_key, kind=new.kind, recipient=new.recipient, content=new.content,
                message_id=new.message_id, status=NoticeStatus.QUEUED, attempts=0, not_before=new.not_before,
                created_at=at, stale_at=new.stale_at,
            )
            .returning(N.id)
        )  # fmt: skip
        return notice_id

    def known(self, once_keys: Iterable[str]) -> set[str]:
        """Those of *once_keys* that there are."""
        keys = list(once_keys)
        found: set[str] = set()
        for start in range(0, len(keys), _PORTION):
            query = select(N.once_key).where(N.once_key.in_(keys[start : start + _PORTION]))
            found.update(self._connection.scalars(query))
        return found

    # ---- sending ---------------------------------------------------------------------------------------------------

    def due(self, now: datetime) -> bool:
        """Whether anything waits to be sent or is in a hand that may be gone."""
        waiting = (N.status == NoticeStatus.QUEUED) & (N.not_before <= now)
        held = N.status.in_((NoticeStatus.CLAIMED, NoticeStatus.SENDING))
        return self._connection.scalar(select(N.id).where(waiting | held).limit(1)) is not None

    def claim(self, now: datetime) -> NoticeRow | None:
        """Take the next mail in hand, counting the attempt; None when there is none. Whoever calls holds the lock of this job."""
        query = select(N).where(N.status == NoticeStatus.QUEUED, N.not_before <= now)
        row = self._connection.execute(query.order_by(N.not_before, N.id).limit(1)).one_or_none()
        if row is None:
            return None
        done = self._connection.execute(
            update(N)
            .where(N.id == row.id, N.status == NoticeStatus.QUEUED, N.attempts == row.attempts)
            .values(status=NoticeStatus.CLAIMED, attempts=row.attempts + 1)
        )
        return None if done.rowcount != 1 else _row(row, attempts=row.attempts + 1)

    def mark_data(self, notice: NoticeRow) -> bool:
        """Note that DATA comes next; False when the mail is in another hand, and then it must not be sent."""
        done = self._connection.execute(
            update(N)
            .where(N.id == notice.id, N.status == NoticeStatus.CLAIMED, N.attempts == notice.attempts)
            .values(status=NoticeStatus.SENDING)
        )
        return done.rowcount == 1

    def settle(
        self, notice: NoticeRow, status: NoticeStatus, *, at: datetime, words: str, not_before: datetime | None = None
    ) -> None:
        """Write how an attempt ended, with its event where it ended for good; *not_before* is for another try."""
        good = status in (NoticeStatus.SENT, NoticeStatus.REDIRECTED)
        values: dict[str, Any] = {"status": status, "last_error": None if good else storable(words)}
        if good:
            values["sent_at"] = at
        if not_before is not None:
            values["not_before"] = not_before
        self._connection.execute(update(N).where(N.id == notice.id).values(**values))
        if status is not NoticeStatus.QUEUED:
            data = {"notice": notice.id, "kind": notice.kind, "officer": notice.recipient, "attempt": notice.attempts}
            self._events.record(SERVICE_CHAIN, Happening(kind=f"notice_{status}", at=at, data=data))

    def put_back(self, notice: NoticeRow, words: str) -> None:
        """Queue a mail again whose try never reached a server, as if it had not been claimed."""
        self._connection.execute(
            update(N)
            .where(N.id == notice.id, N.status == NoticeStatus.CLAIMED, N.attempts == notice.attempts)
            .values(status=NoticeStatus.QUEUED, attempts=notice.attempts - 1, last_error=storable(words))
        )

    def orphans(self) -> list[NoticeRow]:
        """Mails in the hand of a process that is gone. Only its successor, who holds the lock, may ask."""
        held = N.status.in_((NoticeStatus.CLAIMED, NoticeStatus.SENDING))
        return [_row(row) for row in self._connection.execute(select(N).where(held).order_by(N.id))]

    # ---- what comes back -------------------------------------------------------------------------------------------

    def by_message_ids(self, message_ids: Sequence[str]) -> list[NoticeRow]:
        """The mails that carried one of these Message-IDs."""
        if not message_ids:
            return []
        query = select(N).where(N.message_id.in_(message_ids[:_PORTION])).order_by(N.id)
        return [_row(row) for row in self._connection.execute(query)]

    def returned(self, notice: NoticeRow, words: str, *, at: datetime) -> None:
        """Note that a mail came back."""
        self.settle(notice, NoticeStatus.FAILED, at=at, words=words)

    def failed(self, since: datetime) -> list[NoticeRow]:
        """Mails that did not arrive, queued from *since* on."""
        bad = N.status.in_((NoticeStatus.FAILED, NoticeStatus.UNCERTAIN))
        rows = self._connection.execute(select(N).where(bad, N.created_at >= since).order_by(N.id))
        return [_row(row) for row in rows]

    # ---- what they say ---------------------------------------------------------------------------------------------

    def open_cases(self, due_on: date | None = None) -> list[OpenCase]:
        """All open cases, or those due on one day, with as much as a mail may say of them."""
        returned = (
            select(func.count())
            .where(O.request_id == R.id, O.status.in_(_UNDELIVERED))
            .correlate(R)
            .scalar_subquery()
            .label("undelivered")
        )
        columns = (R.reference, R.topic, R.due_on, R.workflow, R.clock, R.owner, R.team, returned)
        query = select(*columns).where(R.workflow.in_(sorted(OPEN)), R.merged_into.is_(None))
        if due_on is not None:
            query = query.where(R.due_on == due_on)
        return [OpenCase(**row) for row in self._connection.execute(query.order_by(R.id)).mappings()]

    def newest_request(self) -> int:
        """The id of the newest request: as long as it is the same, nothing new has come."""
        return self._connection.scalar(select(func.max(R.id))) or 0

    def floods(self, after: int, since: datetime, at_least: int) -> list[Flood]:
        """Senders of whom *at_least* requests came from *since* on, among those who sent one after the request *after*."""
        fresh = select(R.requester_key).where(R.id > after, R.created_at >= since, R.requester_key != "")
        many = (
            select(
                R.requester_key, func.count().label("n"), func.min(R.id).label("first"), func.max(R.id).label("last")
            )
            .where(R.requester_key.in_(fresh), R.created_at >= since)
            .group_by(R.requester_key)
            .having(func.count() >= at_least)
            .order_by(R.requester_key)
        )
        rows = self._connection.execute(many).all()
        ends = select(R.id, R.reference).where(R.id.in_([id_ for row in rows for id_ in (row.first, row.last)]))
        named = {row.id: row.reference for row in self._connection.execute(ends)} if rows else {}
        return [
            Flood(
                mark=digest_of("flood", row.requester_key)[:16],
                count=row.n,
                first=named[row.first],
                last=named[row.last],
            )
            for row in rows
        ]

    def mailboxes(self) -> list[tuple[str, datetime | None]]:
        """Each mailbox with when the folder of it that was longest unread was read to its end; None for one never read."""
        folder = schema.Folder
        rows = self._connection.execute(select(folder.mailbox, folder.polled_at).order_by(folder.mailbox))
        found: dict[str, datetime | None] = {}
        for row in rows:
            before = found.get(row.mailbox, row.polled_at)
            found[row.mailbox] = None if before is None or row.polled_at is None else min(before, row.polled_at)
        return list(found.items())

    def heads(self) -> Heads:
        """The ends of all chains in short, to be kept outside the database."""
        head = schema.ChainHead
        rows = self._connection.execute(select(head.chain, head.seq, head.hash).order_by(head.chain)).all()
        service = next((row.hash for row in rows if row.chain == SERVICE_CHAIN), "")
        return Heads(service=service, chains=len(rows), digest=digest_of(*[list(row) for row in rows]))


def _row(row: Any, *, attempts: int | None = None) -> NoticeRow:  # noqa: ANN401 - a Row has no static attributes
    return NoticeRow(
        id=row.id,
        once_key=row.once_key,
        kind=row.kind,
        recipient=row.recipient,
        content=row.content,
        status=row.status,
        attempts=row.attempts if attempts is None else attempts,
        created_at=row.created_at,
        stale_at=row.stale_at,
    )
