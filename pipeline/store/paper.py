"""What reached us other than by mail, kept as a message of our own making, so that a case's file looks the same however it began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from pipeline.domain.message import content_digest, raw_digest
from pipeline.store import schema
from pipeline.store.records import Arrival

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from pipeline.domain.message import Attachment
    from pipeline.store.messages import Messages

COUNTER = "counter"
"""The mailbox that such messages stand in; its folders are the channels."""
_UIDVALIDITY = 1
M = schema.Message


class Paper:
    """Messages that no server had."""

    def __init__(self, connection: Connection, messages: Messages) -> None:
        self._connection = connection
        self._messages = messages

    def keep(
        self,
        raw: bytes,
        channel: str,
        *,
        received_at: datetime,
        at: datetime,
        attachments: Sequence[Attachment],
        values: Mapping[str, Any],
    ) -> int:
        """Keep *raw* as a filed message of *channel* with the columns *values*, its digest on the trail; returns its id."""
        uid = self._messages.last_uid(COUNTER, channel, _UIDVALIDITY) + 1
        arrival = Arrival(
            uid=uid, size=len(raw), raw=raw, sha256=raw_digest(raw), content_sha256=content_digest(raw),
            internal_date=received_at,
        )  # fmt: skip
        self._messages.take(COUNTER, channel, _UIDVALIDITY, [arrival], at)
        where = (M.mailbox == COUNTER, M.folder == channel, M.uidvalidity == _UIDVALIDITY, M.uid == uid)
        message_id: int = self._connection.scalars(select(M.id).where(*where)).one()
        self._messages.settle(message_id, state="filed", values={"received_at": received_at, **values})
        self._messages.add_attachments(message_id, attachments)
        return message_id
