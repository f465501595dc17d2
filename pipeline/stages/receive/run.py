"""Receive: takes every new UID of every configured folder into the database, bytes first, before anything else looks at it (invariants 1 to 3)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.domain.errors import LoginError, MailboxError
from pipeline.domain.message import raw_digest
from pipeline.domain.ports import NoProgress
from pipeline.journal import log
from pipeline.stages.receive.fetching import Source, batches, fetch, last_there, left_behind, most_bytes
from pipeline.store.folders import FolderPosition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from pipeline.domain.ports import Clock, Envelope, FolderState, Mailbox, Progress
    from pipeline.settings import MailboxSettings
    from pipeline.store import Store
    from pipeline.store.records import Arrival

_POLL_NOTED = timedelta(seconds=10)
_LOOK_AHEAD = 1000
_SOON_AFTER = timedelta(days=30)  # what is older than that when a folder is first read gets no letter by itself anyway
_TO_BE_SAID = -1  # as quiet_until of a folder whose database was restored and that has not been read since


@dataclass(slots=True)
class Received:
    """What one poll brought: *taken* new messages, and a sentence for every folder that could not be read."""

    taken: int = 0
    moved: int = 0
    left_behind: int = 0
    errors: list[str] = field(default_factory=list)


class Receive:
    """Polls a mailbox. One instance serves all mailboxes; each mailbox is used by one thread.

    In the *shadow* of an old way of working it takes mail and moves none; what it takes then stays marked.
    """

    def __init__(self, store: Store, clock: Clock, *, shadow: bool = False) -> None:
        self._store = store
        self._clock = clock
        self._shadow = shadow

    def poll(
        self,
        mailbox: Mailbox,
        settings: MailboxSettings,
        *,
        stopping: Callable[[], bool] = lambda: False,
        progress: Progress | None = None,
    ) -> Received:
        """Take what is new in every folder of *mailbox*. Never raises for a mail server's faults: they come back as ``errors``.

        What was committed before a fault stays; the next poll goes on from the cursor.
        """
        result = Received()
        for folder in settings.folders:
            if stopping():
                break
            try:
                mailbox.connect()
                self._folder(mailbox, settings, folder, result, stopping, progress or NoProgress())
            except LoginError as error:
                result.errors.append(f"mailbox {settings.name}: {error}")
                break
            except MailboxError as error:
                result.errors.append(f"mailbox {settings.name}, folder {folder}: {error}")
                mailbox.close()
        for error_text in result.errors:
            log.warning("mailbox_not_read", mailbox=settings.name, reason=error_text)
        return result

    def preview(
        self, mailbox: Mailbox, settings: MailboxSettings, result: Received
    ) -> Iterator[tuple[Envelope, bytes | None]]:
        """What a poll would take now, without writing anything on either side (EXAMINE); None for a body too large to fetch.

        *result* is told how many older messages first contact would leave as they are.
        """
        mailbox.connect()
        for folder in settings.folders:
            state = mailbox.select(folder, readonly=True)
            with self._store.read() as work:
                position = work.messages.position(settings.name, folder)
            first = position is None and settings.start == "new"
            cursor = last_there(mailbox, state) if first else 0 if position is None else position.cursor
            if position is None and cursor:
                result.left_behind += state.exists
            if position is not None and position.uidvalidity != state.uidvalidity:
                cursor = 0
            for envelope in mailbox.envelopes(mailbox.uids_after(cursor)):
                if envelope.size > most_bytes(settings):
                    yield envelope, None
                else:
                    for raw in mailbox.bodies([envelope.uid]).values():
                        yield envelope, raw

    def reconcile(self, mailbox: Mailbox, settings: MailboxSettings) -> Received:
        """Look for messages that lie below the cursor and have no row, and take them in: there must be none, so each is reported.

        What was left alone on first contact stays alone. Never raises for a mail server's faults.
        """
        result = Received()
        for folder in settings.folders:
            try:
                mailbox.connect()
                self._reconcile_folder(mailbox, settings, folder, result)
            except MailboxError as error:
                result.errors.append(f"mailbox {settings.name}, folder {folder}: {error}")
                mailbox.close()
        return result

    def _reconcile_folder(self, mailbox: Mailbox, settings: MailboxSettings, folder: str, result: Received) -> None:
        state = mailbox.select(folder, readonly=True)
        with self._store.read() as work:
            position = work.messages.position(settings.name, folder)
            known = work.messages.known_uids(settings.name, folder, state.uidvalidity)
        if position is None or position.uidvalidity != state.uidvalidity:
            return  # The next poll makes first contact or reads a renumbered folder afresh.
        below = [uid for uid in mailbox.uids_after(0) if uid <= position.cursor and uid not in known]
        missing = [e for e in mailbox.envelopes(below) if not left_behind(e, position)] if below else []
        source = Source(mailbox=mailbox, settings=settings, folder=folder, position=position, shadow=self._shadow)
        for batch in batches(missing, source):
            result.taken += self._take(source, batch, cursor=position.cursor, newest=missing[-1].uid)
        if missing:
            log.error("messages_were_missing", mailbox=settings.name, folder=folder, uids=[e.uid for e in missing][:20])

    def _folder(
        self,
        mailbox: Mailbox,
        settings: MailboxSettings,
        folder: str,
        result: Received,
        stopping: Callable[[], bool],
        progress: Progress,
    ) -> None:
        # Where nothing is moved, an account that may only read will do.
        state = mailbox.look(folder, readonly=not settings.processed_folder or self._shadow)
        position, errands = self._position(mailbox, settings, folder, state, result)
        source = Source(
            mailbox=mailbox, settings=settings, folder=folder, position=position, errands=errands, shadow=self._shadow
        )
        if source.position.quiet_until == _TO_BE_SAID:
            source = self._after_restore(source, result)
        uids = mailbox.uids_after(source.position.cursor)
        progress.start(f"{settings.name}/{folder}", len(uids))
        for first in range(0, len(uids), _LOOK_AHEAD):
            ahead = uids[first : first + _LOOK_AHEAD]
            envelopes = [e for e in mailbox.envelopes(ahead) if not left_behind(e, source.position)]
            for batch in batches(envelopes, source):
                if stopping():
                    return
                result.taken += self._take(source, batch, cursor=batch[-1].uid, newest=uids[-1])
                progress.advance(len(batch))
            # UIDs that vanished between SEARCH and FETCH are passed over, too.
            self._take(source, [], cursor=ahead[-1])
        if not uids and self._long_ago(source.position.polled_at):
            self._take(source, [], cursor=source.position.cursor)
        if source.errands or uids:
            self._fetch_wanted(source)
            if settings.processed_folder and not self._shadow:
                result.moved += self._move(source)

    def _long_ago(self, polled_at: datetime | None) -> bool:
        """Whether it is time to write down again that the folder was read to its end: not each of many polls a minute is news."""
        return polled_at is None or not timedelta(0) <= self._clock.now() - polled_at < _POLL_NOTED

    def _position(
        self, mailbox: Mailbox, settings: MailboxSettings, folder: str, state: FolderState, result: Received
    ) -> tuple[FolderPosition, bool]:
        """Where to read on: the stored cursor, the start on first contact, or the beginning again when UIDs were renumbered.

        With it whether anything kept before is still to be fetched or moved.
        """
        now = self._clock.now()
        here = (settings.name, folder, state.uidvalidity)
        with self._store.read() as work:
            position = work.messages.position(settings.name, folder)
            errands = bool(work.messages.bodies_wanted(*here))
            if settings.processed_folder and not errands:
                errands = bool(work.messages.unmoved(*here, limit=1))
            restored_at = work.lost_letters.restored_at() if position is None else None
        if position is not None and position.uidvalidity == state.uidvalidity:
            return position, errands
        last = last_there(mailbox, state)
        with self._store.write() as work:
            if position is None:
                cursor = 0 if settings.start == "all" else last
                left = state.exists if cursor else 0
                fresh = FolderPosition(
                    uidvalidity=state.uidvalidity,
                    cursor=cursor,
                    backfill_until=last,
                    first_seen_at=now,
                    left_behind=left,
                    # A folder added after the copy was made was read by the database that is lost.
                    quiet_until=_TO_BE_SAID if restored_at is not None and now - restored_at < _SOON_AFTER else 0,
                )
                work.messages.first_contact(settings.name, folder, fresh)
                result.left_behind += left
                log.info("first_contact", mailbox=settings.name, folder=folder, left_behind=left)
            else:
                work.messages.renumbered(settings.name, folder, state.uidvalidity, last, now)
                if position.quiet_until == _TO_BE_SAID:
                    work.messages.quiet_until(settings.name, folder, _TO_BE_SAID)
                log.warning("folder_renumbered", mailbox=settings.name, folder=folder, uidvalidity=state.uidvalidity)
            stored = work.messages.position(settings.name, folder)
        if stored is None:  # pragma: no cover - written three lines above
            raise MailboxError(f"the position of {folder} was not kept")
        return stored, errands

    def _after_restore(self, source: Source, result: Received) -> Source:
        """Take what was moved away since the copy of the database was made, then note which UIDs are read again quietly."""
        mailbox, settings, folder = source.mailbox, source.settings, source.folder
        last = last_there(mailbox, mailbox.select(folder, readonly=True))
        if settings.processed_folder:
            result.taken += self._moved_before_restore(source)
            mailbox.select(folder)
        with self._store.write() as work:
            work.messages.quiet_until(settings.name, folder, last)
        log.warning("reading_after_restore", mailbox=settings.name, folder=folder, quiet_until=last)
        return replace(source, position=replace(source.position, quiet_until=last))

    def _moved_before_restore(self, source: Source) -> int:
        """Take from the processed folder what came there after the copy was made and is not known by its content."""
        mailbox, settings = source.mailbox, source.settings
        state = mailbox.select(settings.processed_folder, readonly=True)
        uids = mailbox.uids_after(0)
        position = FolderPosition(
            uidvalidity=state.uidvalidity,
            cursor=0,
            backfill_until=0,
            first_seen_at=source.position.first_seen_at,
            left_behind=0,
            quiet_until=max(uids, default=0),
        )
        there = replace(source, folder=settings.processed_folder, position=position)
        read = source.position.polled_at or source.position.first_seen_at
        # Of a folder that the copy does not know nothing says since when its mail was moved.
        since = None if source.position.polled_at is None and settings.start == "all" else read - timedelta(days=1)
        listed = mailbox.envelopes(uids)
        taken = 0
        recent = [e for e in listed if since is None or e.internal_date is None or e.internal_date >= since]
        for batch in batches(recent, there):
            arrivals = fetch(there, batch, self._clock.now())
            with self._store.write() as work:
                known = work.messages.known_contents([arrival.content_sha256 for arrival in arrivals])
                fresh = [arrival for arrival in arrivals if arrival.content_sha256 not in known]
                now = self._clock.now()
                taken += work.messages.take(settings.name, there.folder, state.uidvalidity, fresh, now)
        return taken

    def _take(self, source: Source, batch: Sequence[Envelope], *, cursor: int, newest: int = 0) -> int:
        """Fetch a batch, then keep its rows, bytes and the cursor in one transaction; the network is done with by then.

        *newest* is the last UID that the folder lists: a message that can't be had is told by it from a server that hands over none.
        """
        arrivals = self._fetch(source, batch, newest) if batch else []
        now = self._clock.now()
        with self._store.write() as work:
            taken = 0
            if arrivals:
                name, uidvalidity = source.settings.name, source.position.uidvalidity
                taken = work.messages.take(name, source.folder, uidvalidity, arrivals, now)
            uidvalidity = source.position.uidvalidity
            work.messages.advance(source.settings.name, source.folder, cursor, now, uidvalidity=uidvalidity)
        return taken

    def _fetch(self, source: Source, batch: Sequence[Envelope], newest: int) -> list[Arrival]:
        """The batch's messages; where that fails, it is noted at which one, for the next poll to go carefully there."""
        first = batch[0].uid
        try:
            arrivals = fetch(source, batch, self._clock.now(), newest if newest != first else None)
        except LoginError:
            raise
        except MailboxError:
            with self._store.write() as work:
                work.messages.failed_at(source.settings.name, source.folder, source.position.uidvalidity, first)
            raise
        held_back = [arrival.uid for arrival in arrivals if arrival.body in {"refused", "missing"}]
        if held_back:
            log.error("not_handed_over", mailbox=source.settings.name, folder=source.folder, uids=held_back[:20])
        return arrivals

    def _fetch_wanted(self, source: Source) -> None:
        """Fetch the bodies that an officer has asked for, whatever their size."""
        name, uidvalidity = source.settings.name, source.position.uidvalidity
        with self._store.read() as work:
            wanted = work.messages.bodies_wanted(name, source.folder, uidvalidity)
        for message_id, uid in wanted:
            raw = source.mailbox.bodies([uid]).get(uid)
            if raw is None:
                log.warning("wanted_body_gone", mailbox=name, message=message_id)
                words = (
                    f"it is no longer in the folder {source.folder}: move it back there, and it is taken as new mail"
                )
                with self._store.write() as work:
                    work.messages.body_gone(message_id, words)
                continue
            with self._store.write() as work:
                work.messages.body_arrived(message_id, name, raw, raw_digest(raw), self._clock.now())

    def _move(self, source: Source) -> int:
        """Move what is safely kept to the processed folder in one command; a failure is retried at the next poll."""
        name, uidvalidity = source.settings.name, source.position.uidvalidity
        with self._store.read() as work:
            rows = work.messages.unmoved(name, source.folder, uidvalidity)
        if not rows or not source.mailbox.move([uid for _, uid in rows], source.settings.processed_folder):
            return 0
        with self._store.write() as work:
            work.messages.moved([message_id for message_id, _ in rows], self._clock.now())
        return len(rows)
