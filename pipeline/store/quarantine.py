"""Messages that could not be read: visible until an officer has them tried again or takes them off the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from pipeline.store import schema
from pipeline.store.events import Happening, mailbox_chain
from pipeline.store.records import Quarantined
from pipeline.store.wakes import Wake

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from pipeline.store.events import Events
    from pipeline.store.wakes import Wakes

M = schema.Message


class Quarantine:
    """The rows of ``message`` that wait for an officer."""

    def __init__(self, connection: Connection, events: Events, wakes: Wakes) -> None:
        self._connection = connection
        self._events = events
        self._wakes = wakes

    def rows(self, message_id: int | None = None, *, after: int = 0, limit: int | None = None) -> list[Quarantined]:
        """Messages that could not be read and that nobody has dismissed, behind *after*, at most so many; or just *message_id*."""
        query = select(M).where(M.state == "quarantined", M.id > after).order_by(M.id).limit(limit)
        query = query.where(M.id == message_id) if message_id is not None else query.where(M.dismissed_at.is_(None))
        return [
            Quarantined(
                id=r.id, mailbox=r.mailbox, folder=r.folder, received_on=r.received_on, due_on=r.due_on,
                sender=r.author_email, subject=r.subject, reason=r.last_error, attempts=r.attempts,
                size=r.size, body=r.body,
            )
            for r in self._connection.execute(query)
        ]  # fmt: skip

    def standing(self, message_id: int) -> tuple[str, int] | None:
        """The state of any message, and how often reading it was begun; None when there is no such message."""
        row = self._connection.execute(select(M.state, M.attempts).where(M.id == message_id)).one_or_none()
        return None if row is None else (row.state, row.attempts)

    def try_again(self, message: Quarantined, *, officer: str, via: str, at: datetime) -> None:
        """Let intake read a quarantined message again; one kept without its body stays in sight until the body has been fetched."""
        whole = message.body == "whole"
        values = {"state": "received" if whole else "quarantined", "body_wanted": not whole}
        self._connection.execute(
            update(M).where(M.id == message.id).values(attempts=0, dismissed_at=None, dismissed_by=None, **values)
        )
        self._wakes.add(Wake.INTAKE if whole else Wake.MAILBOX)
        happening = Happening(kind="quarantine_retried", at=at, actor=officer, via=via, message_id=message.id)
        self._events.record(mailbox_chain(message.mailbox), happening)

    def dismiss(self, message: Quarantined, *, officer: str, via: str, at: datetime) -> None:
        """Take a quarantined message off the list; it stays in the database with its bytes."""
        self._connection.execute(update(M).where(M.id == message.id).values(dismissed_at=at, dismissed_by=officer))
        happening = Happening(kind="quarantine_dismissed", at=at, actor=officer, via=via, message_id=message.id)
        self._events.record(mailbox_chain(message.mailbox), happening)
