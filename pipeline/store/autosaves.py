"""What officers have typed into a letter's form and not yet kept; it changes nothing of the case, so no event speaks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from pipeline.store import schema
from pipeline.store.records import Autosaved
from pipeline.store.upsert import insert_or_leave

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

A = schema.Autosave


class Autosaves:
    """The rows of ``autosave``: one for each officer and letter."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(
        self, request_id: int, kind: str, officer: str, *, form: Mapping[str, Any], base_version: int, at: datetime
    ) -> None:
        """Keep *form* (plain values) in place of what this officer had typed before."""
        values = {"form": dict(form), "base_version": base_version, "at": at}
        done = self._connection.execute(update(A).where(_one(request_id, kind, officer)).values(**values))
        if done.rowcount == 0:
            row = insert_or_leave(self._connection, A, "request_id", "kind", "officer")
            self._connection.execute(row.values(request_id=request_id, kind=kind, officer=officer, **values))

    def find(self, request_id: int, kind: str, officer: str) -> Autosaved | None:
        """What this officer has typed."""
        rows = self._read(_one(request_id, kind, officer))
        return rows[0] if rows else None

    def others(self, request_id: int, kind: str, officer: str, since: datetime) -> list[Autosaved]:
        """What everybody else has typed into the same letter since then, the latest first."""
        return self._read((A.request_id == request_id) & (A.kind == kind) & (A.officer != officer) & (A.at >= since))

    def clear(self, request_id: int, kind: str, officer: str) -> None:
        """Forget what this officer had typed: it is kept, or not wanted."""
        self._connection.execute(delete(A).where(_one(request_id, kind, officer)))

    def _read(self, condition: ColumnElement[bool]) -> list[Autosaved]:
        rows = self._connection.execute(select(A).where(condition).order_by(A.at.desc(), A.officer))
        return [Autosaved(officer=r.officer, at=r.at, base_version=r.base_version, form=dict(r.form)) for r in rows]


def _one(request_id: int, kind: str, officer: str) -> ColumnElement[bool]:
    return (A.request_id == request_id) & (A.kind == kind) & (A.officer == officer)
