"""Letters being written: every version kept with its writer, so that nobody approves what they wrote (invariant 6)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from pipeline.store import schema
from pipeline.store.events import Events, Happening, case_chain, digest_of
from pipeline.store.records import LetterFile, LetterRecordRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

L = schema.Letter
F = schema.LetterFile


def record_digest(record: str) -> str:
    """SHA-256, in hex, of a draft's text."""
    return hashlib.sha256(record.encode()).hexdigest()


def files_digest(files: Sequence[tuple[str, str]]) -> str:
    """The digest of a letter's files: (name, SHA-256) in order."""
    return digest_of(*[list(pair) for pair in files])


class Letters:
    """The rows of ``letter`` and ``letter_version``."""

    def __init__(self, connection: Connection, events: Events) -> None:
        self._connection = connection
        self._events = events

    def write(
        self,
        request_id: int,
        kind: str,
        record: str,
        *,
        officer: str | None,
        via: str,
        at: datetime,
        files: Sequence[LetterFile] = (),
    ) -> int:
        """Keep a new version of the case's open letter of this kind, starting one when there is none; returns the letter's id.

        *files* are all that goes with it from now on.
        """
        current = self.open_letter(request_id, kind)
        if current is None:
            letter_id: int = self._connection.scalars(
                insert(L)
                .values(request_id=request_id, kind=kind, status="drafting", version=1, record=record, created_at=at)
                .returning(L.id)
            ).one()
            version = 1
        else:
            letter_id, version = current.id, current.version + 1
            self._connection.execute(
                update(L)
                .where(L.id == letter_id)
                .values(
                    status="drafting", version=version, record=record,
                    submitted_by=None, submitted_at=None, approved_by=None, approved_at=None,
                )
            )  # fmt: skip
        self._connection.execute(
            insert(schema.LetterVersion).values(
                letter_id=letter_id, version=version, record=record, officer=officer, at=at
            )
        )
        self._put_files(letter_id, files)
        digests = {
            f"letter:{letter_id}": record_digest(record),
            f"files:{letter_id}": files_digest([(file.name, file.sha256) for file in files]),
        }
        data = {"letter": letter_id, "version": version, "files": len(files), "digests": digests}
        self._record(request_id, Happening(kind="draft_saved", at=at, actor=officer or "infogov", via=via, data=data))
        return letter_id

    def _put_files(self, letter_id: int, files: Sequence[LetterFile]) -> None:
        self._connection.execute(delete(F).where(F.letter_id == letter_id))
        rows = [
            {
                "letter_id": letter_id,
                "name": file.name,
                "position": position,
                "sha256": file.sha256,
                "content": file.content,
                "findings": list(file.findings),
            }
            for position, file in enumerate(files)
        ]
        if rows:
            self._connection.execute(insert(F), rows)

    def files(self, letter_id: int) -> list[LetterFile]:
        """The files that go with a letter, in order."""
        rows = self._connection.execute(select(F).where(F.letter_id == letter_id).order_by(F.position))
        return [LetterFile(name=r.name, content=r.content, sha256=r.sha256, findings=tuple(r.findings)) for r in rows]

    def move(self, letter: LetterRecordRow, status: str, happening: Happening, **values: Any) -> None:  # noqa: ANN401 - columns of several types
        """Change a letter's status with its event; *happening* names the officer."""
        self._connection.execute(update(L).where(L.id == letter.id).values(status=status, **values))
        data = {**happening.data, "letter": letter.id, "version": letter.version}
        self._record(
            letter.request_id,
            Happening(kind=happening.kind, at=happening.at, actor=happening.actor, via=happening.via, data=data),
        )

    def open_letter(self, request_id: int, kind: str) -> LetterRecordRow | None:
        """The letter of this kind that is not yet sent or void."""
        rows = [r for r in self.of_case(request_id) if r.kind == kind and r.status not in ("sent", "void")]
        return rows[-1] if rows else None

    def by_id(self, letter_id: int) -> LetterRecordRow | None:
        """One letter."""
        rows = self._read(L.id == letter_id)
        return rows[0] if rows else None

    def of_case(self, request_id: int) -> list[LetterRecordRow]:
        """All letters of a case, oldest first."""
        return self._read(L.request_id == request_id)

    def _read(self, condition: Any) -> list[LetterRecordRow]:  # noqa: ANN401 - SQLAlchemy's expression type
        rows = self._connection.execute(select(L).where(condition).order_by(L.id)).all()
        writers: dict[int, list[str]] = {r.id: [] for r in rows}
        if writers:
            versions = select(schema.LetterVersion.letter_id, schema.LetterVersion.officer)
            for v in self._connection.execute(versions.where(schema.LetterVersion.letter_id.in_(writers))):
                if v.officer and v.officer not in writers[v.letter_id]:
                    writers[v.letter_id].append(v.officer)
        return [
            LetterRecordRow(
                id=r.id, request_id=r.request_id, kind=r.kind, status=r.status, version=r.version, record=r.record,
                submitted_by=r.submitted_by, approved_by=r.approved_by, writers=tuple(writers[r.id]),
            )
            for r in rows
        ]  # fmt: skip

    def _record(self, request_id: int, happening: Happening) -> None:
        self._events.record(
            case_chain(request_id),
            Happening(
                kind=happening.kind, at=happening.at, actor=happening.actor, via=happening.via,
                request_id=request_id, data=happening.data,
            ),
        )  # fmt: skip
