"""Receive: takes every new UID of every configured folder into the database, bytes first, before anything else looks at it (invariants 1 to 3)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.domain.errors import LoginError, MailboxError
from pipeline.domain.message import content_digest, raw_digest
from pipeline.domain.ports import NoProgress
from pipeline.journal import log
from pipeline.store.records import Arrival, FolderPosition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from pipeline.domain.ports import Clock, Envelope, FolderState, Mailbox, Progress
    from pipeline.settings import MailboxSettings
    from pipeline.store import Store

_FETCH_BYTES = 2**20
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """One folder as this poll sees it; *errands*: something kept before may still have to be fetched or moved."""

    mailbox: Mailbox
    settings: MailboxSettings
    folder: str
    position: FolderPosition
    errands: bool = True


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
            cursor = _start(state, settings) if position is None else position.cursor
            if position is None and cursor:
                result.left_behind += state.exists
            if position is not None and position.uidvalidity != state.uidvalidity:
                cursor = 0
            for envelope in mailbox.envelopes(mailbox.uids_after(cursor)):
                if envelope.size > _limit(settings):
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
        missing = [e for e in mailbox.envelopes(below) if not _left_behind(e, position)] if below else []
        source = _Source(mailbox=mailbox, settings=settings, folder=folder, position=position)
        for batch in _by_bytes(missing, settings):
            result.taken += self._take(source, batch, cursor=position.cursor)
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
        state = mailbox.look(folder)
        position, errands = self._position(settings, folder, state, result)
        source = _Source(mailbox=mailbox, settings=settings, folder=folder, position=position, errands=errands)
        if source.position.quiet_until == _TO_BE_SAID:
            source = self._after_restore(source, result)
        uids = mailbox.uids_after(source.position.cursor)
        progress.start(f"{settings.name}/{folder}", len(uids))
        for start in range(0, len(uids), _LOOK_AHEAD):
            ahead = uids[start : start + _LOOK_AHEAD]
            envelopes = [e for e in mailbox.envelopes(ahead) if not _left_behind(e, source.position)]
            for batch in _by_bytes(envelopes, settings):
                if stopping():
                    return
                result.taken += self._take(source, batch, cursor=batch[-1].uid)
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
        self, settings: MailboxSettings, folder: str, state: FolderState, result: Received
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
        with self._store.write() as work:
            if position is None:
                cursor = _start(state, settings)
                left = state.exists if cursor else 0
                fresh = FolderPosition(
                    uidvalidity=state.uidvalidity,
                    cursor=cursor,
                    backfill_until=state.uidnext - 1,
                    first_seen_at=now,
                    left_behind=left,
                    # A folder added after the copy was made was read by the database that is lost.
                    quiet_until=_TO_BE_SAID if restored_at is not None and now - restored_at < _SOON_AFTER else 0,
                )
                work.messages.first_contact(settings.name, folder, fresh)
                result.left_behind += left
                log.info("first_contact", mailbox=settings.name, folder=folder, left_behind=left)
            else:
                work.messages.renumbered(settings.name, folder, state.uidvalidity, state.uidnext - 1, now)
                if position.quiet_until == _TO_BE_SAID:
                    work.messages.quiet_until(settings.name, folder, _TO_BE_SAID)
                log.warning("folder_renumbered", mailbox=settings.name, folder=folder, uidvalidity=state.uidvalidity)
            stored = work.messages.position(settings.name, folder)
        if stored is None:  # pragma: no cover - written three lines above
            raise MailboxError(f"the position of {folder} was not kept")
        return stored, errands

    def _after_restore(self, source: _Source, result: Received) -> _Source:
        """Take what was moved away since the copy of the database was made, then note which UIDs are read again quietly."""
        mailbox, settings, folder = source.mailbox, source.settings, source.folder
        last = mailbox.select(folder).uidnext - 1
        if settings.processed_folder:
            result.taken += self._moved_before_restore(source)
            mailbox.select(folder)
        with self._store.write() as work:
            work.messages.quiet_until(settings.name, folder, last)
        log.warning("reading_after_restore", mailbox=settings.name, folder=folder, quiet_until=last)
        return replace(source, position=replace(source.position, quiet_until=last))

    def _moved_before_restore(self, source: _Source) -> int:
        """Take from the processed folder what came there after the copy was made and is not known by its content."""
        mailbox, settings = source.mailbox, source.settings
        state = mailbox.select(settings.processed_folder, readonly=True)
        position = FolderPosition(
            uidvalidity=state.uidvalidity,
            cursor=0,
            backfill_until=0,
            first_seen_at=source.position.first_seen_at,
            left_behind=0,
            quiet_until=state.uidnext,
        )
        there = replace(source, folder=settings.processed_folder, position=position)
        read = source.position.polled_at or source.position.first_seen_at
        # Of a folder that the copy does not know nothing says since when its mail was moved.
        since = None if source.position.polled_at is None and settings.start == "all" else read - timedelta(days=1)
        listed = mailbox.envelopes(mailbox.uids_after(0))
        taken = 0
        recent = [e for e in listed if since is None or e.internal_date is None or e.internal_date >= since]
        for batch in _by_bytes(recent, settings):
            arrivals = self._fetch(there, batch)
            with self._store.write() as work:
                known = work.messages.known_contents([arrival.content_sha256 for arrival in arrivals])
                fresh = [arrival for arrival in arrivals if arrival.content_sha256 not in known]
                now = self._clock.now()
                taken += work.messages.take(settings.name, there.folder, state.uidvalidity, fresh, now)
        return taken

    def _quiet(self, uid: int, position: FolderPosition) -> str | None:
        """Why nothing may go out by itself because of this message."""
        if self._shadow:
            return "shadow"
        return "restored" if uid <= position.quiet_until else None

    def _take(self, source: _Source, batch: Sequence[Envelope], *, cursor: int) -> int:
        """Fetch a batch, then keep its rows, bytes and the cursor in one transaction; the network is done with by then."""
        arrivals = self._fetch(source, batch) if batch else []
        now = self._clock.now()
        with self._store.write() as work:
            taken = 0
            if arrivals:
                name, uidvalidity = source.settings.name, source.position.uidvalidity
                taken = work.messages.take(name, source.folder, uidvalidity, arrivals, now)
            uidvalidity = source.position.uidvalidity
            work.messages.advance(source.settings.name, source.folder, cursor, now, uidvalidity=uidvalidity)
        return taken

    def _fetch(self, source: _Source, batch: Sequence[Envelope]) -> list[Arrival]:
        limit = _limit(source.settings)
        whole = [e for e in batch if e.size <= limit]
        large = [e for e in batch if e.size > limit]
        bodies = source.mailbox.bodies([e.uid for e in whole]) if whole else {}
        heads = source.mailbox.headers([e.uid for e in large]) if large else {}
        silent = [e.uid for e in whole if e.uid not in bodies]
        # A server may answer for fewer messages than were asked for: what it still lists gets a second try, and then a row all the same.
        still_there = {e.uid for e in source.mailbox.envelopes(silent)} if silent else set()
        bodies.update(source.mailbox.bodies(sorted(still_there)) if still_there else {})
        arrivals: list[Arrival] = []
        now = self._clock.now()
        for envelope in batch:
            quiet = self._quiet(envelope.uid, source.position)
            if envelope.uid in bodies:
                arrivals.append(_arrival(envelope, bodies[envelope.uid], "whole", source.position, now, quiet))
            elif envelope.uid in heads:
                arrivals.append(_arrival(envelope, heads[envelope.uid], "headers", source.position, now, quiet))
            elif envelope.uid in still_there:
                arrivals.append(_arrival(envelope, b"", "missing", source.position, now, quiet))
        return arrivals

    def _fetch_wanted(self, source: _Source) -> None:
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

    def _move(self, source: _Source) -> int:
        """Move what is safely kept to the processed folder in one command; a failure is retried at the next poll."""
        name, uidvalidity = source.settings.name, source.position.uidvalidity
        with self._store.read() as work:
            rows = work.messages.unmoved(name, source.folder, uidvalidity)
        if not rows or not source.mailbox.move([uid for _, uid in rows], source.settings.processed_folder):
            return 0
        with self._store.write() as work:
            work.messages.moved([message_id for message_id, _ in rows], self._clock.now())
        return len(rows)


def _start(state: FolderState, settings: MailboxSettings) -> int:
    return 0 if settings.start == "all" else state.uidnext - 1


def _limit(settings: MailboxSettings) -> int:
    return settings.max_message_mb * 2**20


def _left_behind(envelope: Envelope, position: FolderPosition) -> bool:
    """Whether a rescan meets mail that was left alone on first contact by ``start = "new"``; what came since is never passed over.

    Clocks may differ: what was taken in spite of an older date has its row already, and loses nothing by not being read again.
    """
    return envelope.uid <= position.backfill_until and _left_alone(envelope, position)


def _left_alone(envelope: Envelope, position: FolderPosition) -> bool:
    """Whether ``start = "new"`` passed this message over on first contact; a message without a date may be one of them."""
    if not position.left_behind:
        return False
    # INTERNALDATE has whole seconds and its server another clock.
    return envelope.internal_date is None or envelope.internal_date < position.first_seen_at - timedelta(minutes=1)


def _moved_in(envelope: Envelope, position: FolderPosition) -> bool:
    """Whether somebody put an old mail into the folder: it was dated before a time at which the folder had been read to its end."""
    if envelope.internal_date is None or position.polled_at is None:
        return False
    return envelope.internal_date < position.polled_at - timedelta(days=1)


def _by_bytes(envelopes: Sequence[Envelope], settings: MailboxSettings) -> Iterator[list[Envelope]]:
    """Cut into batches whose bodies together stay within a few megabytes; one large message makes a batch of its own."""
    batch: list[Envelope] = []
    total = 0
    for envelope in envelopes:
        size = envelope.size if envelope.size <= _limit(settings) else 0
        if batch and total + size > _FETCH_BYTES:
            yield batch
            batch, total = [], 0
        batch.append(envelope)
        total += size
    if batch:
        yield batch


def _arrival(
    envelope: Envelope, raw: bytes, body: str, position: FolderPosition, now: datetime, quiet: str | None
) -> Arrival:
    # Headers alone don't tell two large mails apart; their size helps, and so does the UID where there is nothing at all.
    told_apart = raw + (b"" if body == "whole" else f"\r\n\r\n{body}:{envelope.size}".encode())
    if body == "missing":
        told_apart += f":{position.uidvalidity}:{envelope.uid}".encode()
    return Arrival(
        uid=envelope.uid,
        size=envelope.size,
        raw=raw,
        sha256=raw_digest(raw),
        content_sha256=content_digest(told_apart),
        # A server that can't say when it had the message must not stop the folder: we have it now.
        internal_date=envelope.internal_date or now,
        body=body,
        backfill=envelope.uid <= position.backfill_until or _moved_in(envelope, position),
        quiet=quiet,
    )
