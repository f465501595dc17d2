"""Letters being written: every version kept with its writer, so that nobody approves what they wrote (invariant 6)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, null, select, update

from pipeline.store import schema
from pipeline.store.events import Events, Happening, case_chain, digest_of
from pipeline.store.faults import storable
from pipeline.store.records import LetterFile, LetterRecordRow, LetterVersionRecord, ListedLetter
from pipeline.store.searching import index

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

L = schema.Letter
F = schema.LetterFile
V = schema.LetterVersion
R = schema.Request
RESEND = "resend"
SERVICE_AREA = "service_area"
_LISTED = (
    L.id.label("letter_id"), L.request_id, L.kind, L.status, L.version, L.submitted_by, L.submitted_at, L.approved_by,
    L.approved_at, L.send_at, L.exception, L.resend_to, R.reference, R.due_on, R.owner, R.team, R.topic,
)  # fmt: skip


def record_digest(record: str) -> str:
    """SHA-256, in hex, of a draft's text."""
    return hashlib.sha256(storable(record).encode()).hexdigest()


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
                    submitted_by=None, submitted_at=None, approved_by=None, approved_at=None, send_at=None,
                    exception=null(), exception_checked_by=None, exception_checked_at=None,
                )
            )  # fmt: skip
        self._connection.execute(
            insert(schema.LetterVersion).values(
                letter_id=letter_id, version=version, record=record, officer=officer, at=at
            )
        )
        self._put_files(letter_id, files)
        index.put(self._connection, (request_id,))
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

    def resend(self, first: LetterRecordRow, outbox_id: int, to: str, *, officer: str, via: str, at: datetime) -> int:
        """Begin a letter that sends what went as *outbox_id* once more, to another address, and put it up for approval; returns its id."""
        values = {"request_id": first.request_id, "kind": RESEND, "status": "for_approval", "version": 1}
        letter_id: int = self._connection.scalars(
            insert(L)
            .values(
                **values, record=first.record, created_at=at, submitted_by=officer, submitted_at=at,
                resends=outbox_id, resend_to=to,
            )
            .returning(L.id)
        ).one()  # fmt: skip
        self._connection.execute(
            insert(V).values(letter_id=letter_id, version=1, record=first.record, officer=officer, at=at)
        )
        digests = {f"letter:{letter_id}": record_digest(first.record)}
        data = {"letter": letter_id, "version": 1, "outbox": outbox_id, "to_sha256": digest_of(to), "digests": digests}
        self._record(first.request_id, Happening(kind="resend_prepared", at=at, actor=officer, via=via, data=data))
        return letter_id

    def versions(self, letter_id: int) -> list[LetterVersionRecord]:
        """Every version of a letter, the first one first."""
        rows = self._connection.execute(select(V).where(V.letter_id == letter_id).order_by(V.version))
        return [LetterVersionRecord(version=r.version, record=r.record, officer=r.officer, at=r.at) for r in rows]

    def except_from_rule(self, letter_id: int, exception: dict[str, Any] | None) -> None:
        """Note by what policy somebody approves who otherwise could not, to be looked at by another; None for the plain rule."""
        values = {"exception": exception or null(), "exception_checked_by": None}
        self._connection.execute(update(L).where(L.id == letter_id).values(**values, exception_checked_at=None))

    # ---- queues ----------------------------------------------------------------------------------------------------

    def for_approval(self) -> list[ListedLetter]:
        """Letters of every kind that wait for approval, the one due first in front."""
        return self._listed(L.status == "for_approval")

    def exceptions_to_check(self, letter_id: int | None = None) -> list[ListedLetter]:
        """Letters approved by a policy (deputy, break-glass, correction) that nobody has looked at since; of *letter_id* only, if given."""
        waiting = L.status.in_(("approved", "sent")) & L.exception.is_not(null()) & L.exception_checked_at.is_(None)
        return self._listed(waiting if letter_id is None else waiting & (L.id == letter_id))

    def _listed(self, condition: ColumnElement[bool]) -> list[ListedLetter]:
        query = select(*_LISTED).join(schema.Request, R.id == L.request_id).where(condition)
        rows = self._connection.execute(query.order_by(R.due_on, L.id)).mappings().all()
        writers = self._writers([row["letter_id"] for row in rows])
        return [ListedLetter(**row, writers=writers[row["letter_id"]]) for row in rows]

    def _writers(self, letter_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Everyone who wrote a version of each letter, in the order in which they first did."""
        found: dict[int, dict[str, None]] = {letter_id: {} for letter_id in letter_ids}
        if found:
            query = select(V.letter_id, V.officer).where(V.letter_id.in_(found), V.officer.is_not(None))
            for row in self._connection.execute(query.order_by(V.letter_id, V.version)):
                found[row.letter_id].setdefault(row.officer)
        return {letter_id: tuple(names) for letter_id, names in found.items()}

    # ---- finding ---------------------------------------------------------------------------------------------------

    def open_letter(self, request_id: int, kind: str) -> LetterRecordRow | None:
        """The letter of this kind that is not yet sent or void; a question to colleagues is done with once it is on its way."""
        done = ("sent", "void", "approved") if kind == SERVICE_AREA else ("sent", "void")
        rows = [r for r in self.of_case(request_id) if r.kind == kind and r.status not in done]
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
        writers = self._writers([r.id for r in rows])
        return [
            LetterRecordRow(
                id=r.id, request_id=r.request_id, kind=r.kind, status=r.status, version=r.version, record=r.record,
                submitted_by=r.submitted_by, submitted_at=r.submitted_at, approved_by=r.approved_by,
                approved_at=r.approved_at, send_at=r.send_at, exception=r.exception,
                exception_checked_by=r.exception_checked_by, resends=r.resends, resend_to=r.resend_to,
                writers=writers[r.id],
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
