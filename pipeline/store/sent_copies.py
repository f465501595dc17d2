"""Which letters that went have no copy in the mailbox's sent folder yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from pipeline.domain.outbox import OutboxStatus
from pipeline.store import schema

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

O = schema.Outbox  # noqa: E741 - the table's initial, as in outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncopied:
    """A letter that the server accepted, of which there is no copy; its bytes are asked for when its turn comes."""

    id: int
    reference: str
    message_id: str
    sent_at: datetime


class SentCopyRows:
    """The part of ``outbox`` that says where the copies are."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def missing(self, since: datetime, *, after: int = 0, limit: int = 50) -> list[Uncopied]:
        """Letters accepted by the server from *since* on without a copy, behind the letter *after*."""
        rows = self._connection.execute(
            select(O.id, schema.Request.reference, O.message_id, O.sent_at)
            .join(schema.Request, schema.Request.id == O.request_id)
            .where(O.status == OutboxStatus.SENT, O.copied_at.is_(None), O.sent_at > since, O.id > after)
            .order_by(O.id)
            .limit(limit)
        )
        return [
            Uncopied(id=r.id, reference=r.reference, message_id=r.message_id, sent_at=r.sent_at)
            for r in rows
            if r.sent_at is not None
        ]

    def put(self, outbox_id: int, at: datetime) -> None:
        """Note that the copy is in the sent folder."""
        self._connection.execute(update(O).where(O.id == outbox_id).values(copied_at=at))
