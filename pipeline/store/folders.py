"""How far each folder of each mailbox has been read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, func, select, update

from pipeline.store import schema
from pipeline.store.events import Events, Happening, mailbox_chain
from pipeline.store.upsert import insert_or_leave

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from pipeline.store.wakes import Wakes


_POSITION = select(schema.Folder).where(
    schema.Folder.mailbox == bindparam("box"), schema.Folder.folder == bindparam("place")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderPosition:
    """How far a folder has been read: *cursor* is the last UID taken, *backfill_until* the last one that was there at first contact or rescan.

    *polled_at* is when it was last read to its end; None before that. UIDs up to *quiet_until* are read again after a restore and recorded
    without a letter; -1 until the first reading after it says up to which. *failed_times* polls in a row ended at *failed_uid*.
    """

    uidvalidity: int
    cursor: int
    backfill_until: int
    first_seen_at: datetime
    left_behind: int
    polled_at: datetime | None = None
    quiet_until: int = 0
    failed_uid: int = 0
    failed_times: int = 0


class Folders:
    """The rows of ``folder``."""

    def __init__(self, connection: Connection, events: Events, wakes: Wakes) -> None:
        self._connection = connection
        self._events = events
        self._wakes = wakes

    def position(self, mailbox: str, folder: str) -> FolderPosition | None:
        """How far *folder* has been read; None before first contact."""
        row = self._connection.execute(_POSITION, {"box": mailbox, "place": folder}).one_or_none()
        if row is None:
            return None
        return FolderPosition(
            uidvalidity=row.uidvalidity,
            cursor=row.cursor,
            backfill_until=row.backfill_until,
            first_seen_at=row.first_seen_at,
            left_behind=row.left_behind,
            polled_at=row.polled_at,
            quiet_until=row.quiet_until,
            failed_uid=row.failed_uid,
            failed_times=row.failed_times,
        )

    def first_contact(self, mailbox: str, folder: str, position: FolderPosition) -> None:
        """Write down where reading of *folder* starts, unless that is written down already."""
        done = self._connection.execute(
            insert_or_leave(self._connection, schema.Folder, "mailbox", "folder").values(
                mailbox=mailbox,
                folder=folder,
                uidvalidity=position.uidvalidity,
                cursor=position.cursor,
                backfill_until=position.backfill_until,
                first_seen_at=position.first_seen_at,
                left_behind=position.left_behind,
                polled_at=None,
                rescans=0,
                quiet_until=position.quiet_until,
            )
        )
        if done.rowcount != 1:
            return
        data = {"folder": folder, "uidvalidity": position.uidvalidity, "left": position.left_behind}
        self._events.record(
            mailbox_chain(mailbox), Happening(kind="first_contact", at=position.first_seen_at, data=data)
        )

    def renumbered(self, mailbox: str, folder: str, uidvalidity: int, backfill_until: int, at: datetime) -> None:
        """The server gave the folder new UIDs: start again from the first, everything there counting as found on a rescan."""
        done = self._connection.execute(
            update(schema.Folder)
            .where(
                schema.Folder.mailbox == mailbox,
                schema.Folder.folder == folder,
                schema.Folder.uidvalidity != uidvalidity,
            )
            .values(
                uidvalidity=uidvalidity,
                cursor=0,
                backfill_until=backfill_until,
                quiet_until=0,
                failed_times=0,
                rescans=schema.Folder.rescans + 1,
            )
        )
        if done.rowcount != 1:
            return  # Another worker has seen it, too, and was first.
        data = {"folder": folder, "uidvalidity": uidvalidity, "until": backfill_until}
        self._events.record(mailbox_chain(mailbox), Happening(kind="folder_renumbered", at=at, data=data))

    def quiet_until(self, mailbox: str, folder: str, uid: int) -> None:
        """Record messages up to *uid* without letters: they may have had theirs before the database was restored."""
        where = (schema.Folder.mailbox == mailbox, schema.Folder.folder == folder)
        self._connection.execute(update(schema.Folder).where(*where).values(quiet_until=uid))

    def failed_at(self, mailbox: str, folder: str, uidvalidity: int, uid: int) -> None:
        """Count that the server failed to hand over a batch that begins with *uid*; another one begins the count anew."""
        place = schema.Folder
        where = (place.mailbox == mailbox, place.folder == folder, place.uidvalidity == uidvalidity)
        times = case((place.failed_uid == uid, place.failed_times + 1), else_=1)
        self._connection.execute(update(place).where(*where).values(failed_times=times, failed_uid=uid))

    def advance(self, mailbox: str, folder: str, cursor: int, at: datetime, *, uidvalidity: int | None = None) -> None:
        """Move the cursor forward to *cursor*, never back, and note the poll.

        With *uidvalidity*, only while the folder still has that numbering: another worker may have found a new one, in
        which *cursor* would pass over mail.
        """
        where = [schema.Folder.mailbox == mailbox, schema.Folder.folder == folder]
        if uidvalidity is not None:
            where.append(schema.Folder.uidvalidity == uidvalidity)
        self._connection.execute(update(schema.Folder).where(*where).values(polled_at=at))
        self._connection.execute(
            update(schema.Folder).where(*where, schema.Folder.cursor < cursor).values(cursor=cursor)
        )

    def last_polled(self) -> datetime | None:
        """When any folder was last read to its end."""
        return self._connection.scalar(select(func.max(schema.Folder.polled_at)))
