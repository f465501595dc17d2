"""The signs of life that the database holds: ages and counts for health, metrics and alarms; never a word of anybody's mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, text, update

from pipeline.domain.outbox import OutboxStatus
from pipeline.store import schema
from pipeline.store.upsert import insert_or_leave
from pipeline.store.waiting import TO_SEND

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

O, M, R, A, T = schema.Outbox, schema.Message, schema.Request, schema.Alarm, schema.Attempt  # noqa: E741 - the tables' initials
_DONE = ("sent", "closed", "withdrawn", "not_a_request")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRecord:
    """A problem that stands: since when, and when somebody was last told of it; *words* are ours alone."""

    key: str
    since: datetime
    told_at: datetime
    words: str


class Vitals:
    """What only looks, and the rows of ``alarm``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def polls(self) -> dict[tuple[str, str], datetime | None]:
        """When each folder, by (mailbox, folder), was last read to its end."""
        rows = self._connection.execute(select(schema.Folder.mailbox, schema.Folder.folder, schema.Folder.polled_at))
        return {(row.mailbox, row.folder): row.polled_at for row in rows}

    def oldest_due(self, now: datetime) -> datetime | None:
        """Since when the longest-waiting letter could have gone: one that waits for its time is not late."""
        waiting = select(func.min(O.not_before)).where(text(TO_SEND), O.not_before <= now)
        # Each failure moves a letter's next time, so that one tried before counts from its first attempt.
        tried = (
            select(func.min(T.started_at))
            .join(O, O.id == T.outbox_id)
            .where(O.status == OutboxStatus.RETRY, T.number == 1)
        )
        times = [at for at in map(self._connection.scalar, (waiting, tried)) if at is not None]
        return min(times) if times else None

    def oldest_sending(self) -> datetime | None:
        """Since when the letter longest in a worker's hand has been there."""
        return self._connection.scalar(select(func.min(O.claimed_at)).where(O.status == OutboxStatus.SENDING))

    def oldest_retried(self) -> datetime | None:
        """When the letter that has been tried for longest was queued."""
        return self._connection.scalar(select(func.min(O.queued_at)).where(O.status == OutboxStatus.RETRY))

    def oldest_unfiled(self) -> datetime | None:
        """When the longest-waiting message that intake has yet to read was taken."""
        query = select(func.min(M.taken_at)).where(M.state == "received", M.body_wanted.is_(False))
        return self._connection.scalar(query)

    def quarantined(self) -> int:
        """How many messages could not be read and are not dismissed."""
        query = select(func.count()).where(M.state == "quarantined", M.dismissed_at.is_(None))
        return self._connection.scalar(query) or 0

    def due_by(self, day: date) -> int:
        """How many open requests, their clock not stopped, are due on or before *day*."""
        query = select(func.count()).where(R.due_on <= day, R.clock != "stopped", R.workflow.not_in(_DONE))
        return self._connection.scalar(query) or 0

    def read_only(self) -> bool:
        """Whether a PostgreSQL takes no changes: a standby, or set so. A SQLite file says so when it is written to."""
        if self._connection.dialect.name != "postgresql":
            return False
        query = "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean"
        return bool(self._connection.scalar(text(query)))

    def forgetful(self) -> list[str]:
        """The settings of a PostgreSQL by which a crash of its machine can cost it what it has said to be committed."""
        if self._connection.dialect.name != "postgresql":
            return []
        query = (
            "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY name"
        )
        return [str(row.name) for row in self._connection.execute(text(query))]

    # ---- alarms ----------------------------------------------------------------------------------------------------

    def alarms(self) -> list[AlarmRecord]:
        """The problems somebody has been told of and that stood when last looked at."""
        rows = self._connection.execute(select(A).order_by(A.key))
        return [AlarmRecord(key=row.key, since=row.since, told_at=row.told_at, words=row.words) for row in rows]

    def told(self, key: str, words: str, at: datetime) -> None:
        """Note that somebody was told of a problem at *at*; it stands since the first time."""
        values = {"told_at": at, "words": words}
        done = self._connection.execute(update(A).where(A.key == key).values(**values))
        if done.rowcount == 0:
            self._connection.execute(insert_or_leave(self._connection, A, "key").values(key=key, since=at, **values))

    def over(self, key: str) -> None:
        """Forget a problem that is no more."""
        self._connection.execute(delete(A).where(A.key == key))
