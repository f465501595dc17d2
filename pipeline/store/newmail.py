"""New mail to check: filed messages that belong to no case yet, and requests that somebody should look at before the usual course."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, or_, select, text, update

from pipeline.store import schema, waiting
from pipeline.store.events import Events, Happening, mailbox_chain
from pipeline.store.holding import held
from pipeline.store.reading.narrowing import mail_seen_by, seen_by
from pipeline.store.records import FiledMail
from pipeline.store.upsert import insert_or_leave

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from pipeline.store.listing_records import Viewer

M = schema.Message
R = schema.Request
L = schema.CaseMessage

_BELONGS = exists().where(L.message_id == M.id, L.side != "suggested")
_TO_CHECK = or_(M.verdict.in_(("internal", "other", "bounce")), and_(M.verdict == "automatic", M.flagged.is_(True)))
_DONE = ("closed", "withdrawn", "not_a_request")


class NewMailRows:
    """Filed messages as an officer checks them."""

    def __init__(self, connection: Connection, events: Events) -> None:
        self._connection = connection
        self._events = events

    def to_check(self) -> list[FiledMail]:
        """What waits for an officer's look, oldest first: mail without a case that nobody dismissed, and flagged requests that are open."""
        loose = self._read(
            select(M).where(M.state == "filed", M.dismissed_at.is_(None), M.intent != "duplicate", _TO_CHECK, ~_BELONGS)
        )
        flagged = self._read(
            select(M).join(R, R.message_id == M.id).where(R.flagged.is_(True), R.workflow.not_in(_DONE))
        )
        return sorted([*loose, *flagged], key=lambda mail: mail.id)

    def page(self, viewer: Viewer, after: int = 0, size: int = 50) -> list[FiledMail]:
        """The same in pages of *size* behind the message *after*, without mail of restricted cases that *viewer* may not open. Three queries."""
        loose = select(M).where(text(waiting.LOOSE_MAIL), M.id > after, mail_seen_by(viewer)).order_by(M.id).limit(size)
        opened = select(R.message_id).where(text(waiting.LOOK_AT), R.message_id > after, seen_by(viewer))
        marked = select(M).where(M.id.in_(opened)).order_by(M.id).limit(size)
        rows = [*self._connection.execute(loose), *self._connection.execute(marked)]
        rows = sorted(rows, key=lambda row: row.id)[:size]
        cases = self._cases([row.id for row in rows])
        return [_mail(row, cases.get(row.id, ())) for row in rows]

    def find(self, message_id: int) -> FiledMail | None:
        """One message that intake has filed, locked against other writers on PostgreSQL; None when there is no such."""
        found = self._read(held(self._connection, select(M).where(M.id == message_id, M.state == "filed")))
        return found[0] if found else None

    def put(self, request_id: int, message_id: int, *, side: str, rung: str, at: datetime) -> None:
        """Put a message on *side* ("requester" or "internal") of a case, wherever on it it was before."""
        values = {"side": side, "rung": rung, "linked_at": at}
        keys = {"request_id": request_id, "message_id": message_id}
        self._connection.execute(
            insert_or_leave(self._connection, L, "request_id", "message_id").values(**keys, **values)
        )
        self._connection.execute(
            update(L).where(L.request_id == request_id, L.message_id == message_id).values(**values)
        )
        self._connection.execute(update(M).where(M.id == message_id).values(placed=side != "suggested"))

    def dismiss(self, mail: FiledMail, *, officer: str, why: str, via: str, at: datetime) -> None:
        """Take a message off the list; it stays in the database with its bytes."""
        self._connection.execute(update(M).where(M.id == mail.id).values(dismissed_at=at, dismissed_by=officer))
        self._events.record(
            mailbox_chain(mail.mailbox),
            Happening(
                kind="new_mail_dismissed", at=at, actor=officer, via=via, message_id=mail.id, data={"reason": why}
            ),
        )

    def _read(self, query: Select[Any]) -> list[FiledMail]:
        rows = self._connection.execute(query).all()
        cases = self._cases([row.id for row in rows])
        return [_mail(row, cases.get(row.id, ())) for row in rows]

    def _cases(self, ids: Sequence[int]) -> dict[int, list[Any]]:
        """The cases each message stands with, on whichever side; asked for in portions, for a statement takes only so many values."""
        found: dict[int, list[Any]] = {}
        for start in range(0, len(ids), 500):
            query = (
                select(
                    L.message_id, L.side, R.reference, R.flag_reasons, (R.message_id == L.message_id).label("opened")
                )
                .join(R, R.id == L.request_id)
                .where(L.message_id.in_(ids[start : start + 500]))
                .order_by(R.id)
            )
            for row in self._connection.execute(query):
                found.setdefault(row.message_id, []).append(row)
        return found


def _mail(row: Row[Any], cases: Sequence[Any]) -> FiledMail:
    opened = next((case for case in cases if case.opened), None)
    return FiledMail(
        id=row.id,
        mailbox=row.mailbox,
        folder=row.folder,
        internal_date=row.internal_date,
        received_at=row.received_at,
        received_on=row.received_on,
        due_on=row.due_on,
        verdict=row.verdict,
        intent=row.intent,
        reasons=tuple(opened.flag_reasons if opened is not None else row.reasons or ()),
        author_name=row.author_name or "",
        author_email=row.author_email or "",
        subject=row.subject or "",
        proposal=row.proposal,
        dismissed=row.dismissed_at is not None,
        duplicate_of=row.duplicate_of,
        opened=opened.reference if opened is not None else None,
        linked=tuple(case.reference for case in cases if case.side != "suggested"),
        suggested=tuple(case.reference for case in cases if case.side == "suggested"),
    )
