"""A case's questions as officers order them: rewritten as a whole, each under the key it keeps for life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from pipeline.store import schema
from pipeline.store.cases import questions_digest
from pipeline.store.searching import index

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection

    from pipeline.store.records import QuestionRecord

Q = schema.Question


class Questions:
    """The rows of ``question``, beyond making them with their case."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rewrite(self, request_id: int, questions: Sequence[QuestionRecord]) -> str:
        """Let *questions*, in this order, be those of the case; returns their digest, for the event that the caller puts on the trail."""
        self._connection.execute(delete(Q).where(Q.request_id == request_id))
        rows = [
            {
                "request_id": request_id,
                "position": position,
                "key": one.key,
                "label": one.label,
                "text": one.text,
                "regime": one.regime,
                "service_area": one.service_area,
                "due_on": one.due_on,
            }
            for position, one in enumerate(questions, 1)
        ]
        if rows:
            self._connection.execute(insert(schema.Question), rows)
        index.put(self._connection, (request_id,))
        return questions_digest([(one.label, one.text) for one in questions])

    def set_dates(self, request_id: int, dates: Mapping[int, date]) -> None:
        """Keep each question's own due date, by key; one that is not named has the request's."""
        rows = self._connection.execute(select(Q.key, Q.due_on).where(Q.request_id == request_id)).all()
        for row in rows:
            if row.due_on != dates.get(row.key):
                where = (Q.request_id == request_id, Q.key == row.key)
                self._connection.execute(update(Q).where(*where).values(due_on=dates.get(row.key)))
