"""The files that came with mail: what is known of each without opening the mail again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from pipeline.store import schema
from pipeline.store.events import case_chain, mailbox_chain
from pipeline.store.records import AttachmentRecord

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from pipeline.store.events import Events, Happening

A, L, M = schema.Attachment, schema.CaseMessage, schema.Message


class Attachments:
    """The rows of ``attachment``."""

    def __init__(self, connection: Connection, events: Events) -> None:
        self._connection = connection
        self._events = events

    def of_messages(self, ids: Sequence[int]) -> dict[int, tuple[AttachmentRecord, ...]]:
        """The files of each of these messages, in the order they came in; one query."""
        found: dict[int, list[AttachmentRecord]] = {}
        if not ids:
            return {}
        query = select(A).where(A.message_id.in_(ids)).order_by(A.message_id, A.position)
        for row in self._connection.execute(query):
            found.setdefault(row.message_id, []).append(_record(row))
        return {number: tuple(files) for number, files in found.items()}

    def infected(self, digests: Sequence[str]) -> list[AttachmentRecord]:
        """The files with these digests in which a scanner found something, each once, in whichever mail; one query, none for no digests."""
        if not digests:
            return []
        query = select(A).where(A.sha256.in_(digests), A.scan.is_not(None), A.scan != "clean").order_by(A.message_id)
        return list({row.sha256: _record(row) for row in self._connection.execute(query)}.values())

    def cases_of(self, message_id: int) -> list[int]:
        """The ids of the cases that a message stands with, those it is only suggested for as well."""
        query = select(L.request_id).where(L.message_id == message_id).order_by(L.request_id)
        return list(self._connection.scalars(query))

    def unscanned(self, after: int, messages: int) -> list[AttachmentRecord]:
        """The files no scanner has looked at, of the next so many filed messages with an id above *after*, in order."""
        waiting = (
            select(A.message_id)
            .join(M, M.id == A.message_id)
            .where(A.scanned_at.is_(None), A.message_id > after, M.state == "filed")
            .distinct()
            .order_by(A.message_id)
            .limit(messages)
        )
        ids = list(self._connection.scalars(waiting))
        query = select(A).where(A.message_id.in_(ids), A.scanned_at.is_(None)).order_by(A.message_id, A.position)
        return [_record(row) for row in self._connection.execute(query)]

    def note_scan(self, file: AttachmentRecord, verdict: str | None, at: datetime) -> bool:
        """Keep what the scanner said; False when somebody else has done so, or the message has other files by now."""
        done = self._connection.execute(
            update(A)
            .where(
                A.message_id == file.message_id,
                A.position == file.position,
                A.sha256 == file.sha256,
                A.scanned_at.is_(None),
            )
            .values(scan=verdict, scanned_at=at)
        )
        return done.rowcount == 1

    def on_record(self, happening: Happening, message_id: int) -> None:
        """Put an event about a message's files on the chain of each case it stands with; on its mailbox's where there is none."""
        cases = self.cases_of(message_id)
        for request_id in cases:
            self._events.record(case_chain(request_id), replace(happening, request_id=request_id))
        if not cases:
            mailbox = self._connection.scalar(select(M.mailbox).where(M.id == message_id))
            self._events.record(mailbox_chain(str(mailbox)), happening)


def _record(row: Row[Any]) -> AttachmentRecord:
    return AttachmentRecord(
        message_id=row.message_id, position=row.position, name=row.name, content_type=row.content_type,
        size=row.size, sha256=row.sha256, scan=row.scan, scanned_at=row.scanned_at,
    )  # fmt: skip
