"""What officers write down about a case for one another, and who has looked at it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from pipeline.store import schema
from pipeline.store.events import Events, Happening, case_chain
from pipeline.store.records import NoteRecord, OpeningRecord

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

N, P = schema.Note, schema.Opening
_SAME_LOOK = timedelta(minutes=10)  # a page that is loaded again within this time is one look


class Notes:
    """The rows of ``note``: written once, never changed."""

    def __init__(self, connection: Connection, events: Events) -> None:
        self._connection = connection
        self._events = events

    def add(self, request_id: int, text: str, *, officer: str, via: str, at: datetime) -> int:
        """Keep a note, with an event that has its digest; returns its id."""
        note_id = self.copy(request_id, NoteRecord(id=0, officer=officer, at=at, text=text))
        data = {"note": note_id, "sha256": hashlib.sha256(text.encode()).hexdigest()}
        happening = Happening(kind="note_added", at=at, actor=officer, via=via, request_id=request_id, data=data)
        self._events.record(case_chain(request_id), happening)
        return note_id

    def copy(self, request_id: int, note: NoteRecord) -> int:
        """Keep another case's note with this one, too, under its writer's name; the caller puts the event on the trail. Returns its id."""
        values = {"request_id": request_id, "officer": note.officer, "at": note.at, "text": note.text}
        return self._connection.scalars(insert(N).values(**values).returning(N.id)).one()

    def of_case(self, request_id: int) -> list[NoteRecord]:
        """A case's notes, oldest first."""
        rows = self._connection.execute(select(N).where(N.request_id == request_id).order_by(N.at, N.id))
        return [NoteRecord(id=r.id, officer=r.officer, at=r.at, text=r.text) for r in rows]


class Openings:
    """The rows of ``opening``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, request_id: int, officer: str, what: str, at: datetime) -> None:
        """Note that *officer* looked at *what* of a case; the same look again within ten minutes is not a second one."""
        same = (P.request_id == request_id, P.officer == officer, P.what == what, P.at > at - _SAME_LOOK)
        if self._connection.scalar(select(P.id).where(*same).limit(1)) is None:
            self._connection.execute(insert(P).values(request_id=request_id, officer=officer, at=at, what=what))

    def of_case(self, request_id: int) -> list[OpeningRecord]:
        """Who looked at what of a case, the latest first."""
        rows = self._connection.execute(select(P).where(P.request_id == request_id).order_by(P.at.desc(), P.id.desc()))
        return [OpeningRecord(officer=r.officer, at=r.at, what=r.what) for r in rows]
