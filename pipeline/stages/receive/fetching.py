"""A message as the server hands it over: whole, its headers alone, or the mere fact that it lies there; each becomes a row (invariant 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.domain.message import content_digest, raw_digest
from pipeline.store.records import Arrival

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pipeline.domain.ports import Envelope, FolderState, Mailbox
    from pipeline.settings import MailboxSettings
    from pipeline.store.folders import FolderPosition

_FETCH_BYTES = 2**20
# So often a message that fails all by itself is tried whole; then, while its neighbours come, only its headers; then it is noted as it is.
_WHOLE_TRIES = 3
_HEADER_TRIES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One folder as this poll sees it; *errands*: something kept before may still have to be fetched or moved."""

    mailbox: Mailbox
    settings: MailboxSettings
    folder: str
    position: FolderPosition
    errands: bool = True
    shadow: bool = False

    def failures(self, uid: int) -> int:
        """How many polls in a row ended at the message *uid*."""
        return self.position.failed_times if uid == self.position.failed_uid else 0


def fetch(source: Source, batch: Sequence[Envelope], now: datetime, neighbour: int | None = None) -> list[Arrival]:
    """What the server hands over of *batch*; a message that is gone by now is left out. Raises MailboxError as the mailbox does.

    *neighbour* is the UID of another message of the folder, to tell a message that can't be had from a server that hands over none.
    """
    failures = source.failures(batch[0].uid)
    if len(batch) == 1 and failures >= _WHOLE_TRIES:
        return [_as_it_is(source, batch[0], now, failures, neighbour)]
    limit = most_bytes(source.settings)
    whole = [e for e in batch if e.size <= limit]
    large = [e for e in batch if e.size > limit]
    bodies = _bodies(source, [e.uid for e in whole])
    heads = source.mailbox.headers([e.uid for e in large]) if large else {}
    silent = [e.uid for e in batch if e.uid not in bodies and e.uid not in heads]
    # A server may answer for fewer messages than were asked for: what it still lists gets a second try, and then a row all the same.
    still_there = {e.uid for e in source.mailbox.envelopes(silent)} if silent else set()
    bodies |= _bodies(source, sorted(still_there.intersection(e.uid for e in whole)))
    arrivals: list[Arrival] = []
    for envelope in batch:
        if envelope.uid in bodies:
            arrivals.append(_arrival(source, envelope, bodies[envelope.uid], "whole", now))
        elif envelope.uid in heads:
            arrivals.append(_arrival(source, envelope, heads[envelope.uid], "headers", now))
        elif envelope.uid in still_there:
            arrivals.append(_arrival(source, envelope, b"", "missing", now))
    return arrivals


def _bodies(source: Source, uids: Sequence[int]) -> dict[int, bytes]:
    """The bytes of *uids*; no bytes at all are no message, whatever the server says."""
    return {uid: raw for uid, raw in source.mailbox.bodies(uids).items() if raw} if uids else {}


def _as_it_is(source: Source, envelope: Envelope, now: datetime, failures: int, neighbour: int | None) -> Arrival:
    """What can be had of a message that the server fails to hand over time and again, so that those behind it are not held up for ever."""
    if neighbour is not None:
        source.mailbox.bodies([neighbour])
    if failures >= _HEADER_TRIES:
        return _arrival(source, envelope, b"", "missing", now)
    head = source.mailbox.headers([envelope.uid]).get(envelope.uid)
    return _arrival(source, envelope, head or b"", "missing" if head is None else "refused", now)


def batches(envelopes: Sequence[Envelope], source: Source) -> Iterator[list[Envelope]]:
    """Cut into batches whose bodies together stay within a few megabytes; one large message makes a batch of its own.

    While one of them is where the last poll ended, each goes alone: so the one that can't be had shows itself, and the others come.
    """
    alone = source.position.failed_times > 0 and any(e.uid == source.position.failed_uid for e in envelopes)
    batch: list[Envelope] = []
    total = 0
    for envelope in envelopes:
        size = envelope.size if envelope.size <= most_bytes(source.settings) else 0
        if batch and (alone or total + size > _FETCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(envelope)
        total += size
    if batch:
        yield batch


def last_there(mailbox: Mailbox, state: FolderState) -> int:
    """The last UID that was there when the folder was opened, by its count: UIDNEXT may be missing (RFC 3501 section 6.3.1) or wrong."""
    return max(mailbox.uids_after(0)[: state.exists], default=0)


def most_bytes(settings: MailboxSettings) -> int:
    """Up to which size a message is fetched whole by itself."""
    return settings.max_message_mb * 2**20


def left_behind(envelope: Envelope, position: FolderPosition) -> bool:
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


def _quiet(uid: int, source: Source) -> str | None:
    """Why nothing may go out by itself because of this message."""
    if source.shadow:
        return "shadow"
    return "restored" if uid <= source.position.quiet_until else None


def _arrival(source: Source, envelope: Envelope, raw: bytes, body: str, now: datetime) -> Arrival:
    position = source.position
    # Headers alone don't tell two large mails apart; their size helps, and so does the UID where there is nothing at all.
    told_apart = raw + (b"" if body == "whole" else f"\r\n\r\n{body}:{envelope.size}".encode())
    if body == "missing":
        told_apart += f":{position.uidvalidity}:{envelope.uid}".encode()
    return Arrival(
        uid=envelope.uid,
        # Of a message whose size the server does not tell, what it handed over is counted.
        size=envelope.size or len(raw),
        raw=raw,
        sha256=raw_digest(raw),
        content_sha256=content_digest(told_apart),
        # A server that can't say when it had the message must not stop the folder: we have it now.
        internal_date=envelope.internal_date or now,
        body=body,
        backfill=envelope.uid <= position.backfill_until or _moved_in(envelope, position),
        quiet=_quiet(envelope.uid, source),
    )
