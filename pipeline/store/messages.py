"""Messages and folder positions: what was taken from where, what is still to be read, what could not be."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, bindparam, delete, exists, func, insert, select, text, tuple_, update

from pipeline.store import schema
from pipeline.store.engine import BYTES
from pipeline.store.events import Happening, mailbox_chain
from pipeline.store.folders import Folders
from pipeline.store.holding import held
from pipeline.store.many import insert_many
from pipeline.store.records import Arrival, MessageSummary, Waiting
from pipeline.store.schema.table import aliased
from pipeline.store.upsert import change_by_id, insert_or_leave
from pipeline.store.waiting import TO_READ
from pipeline.store.wakes import Wake

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from pipeline.domain.message import Attachment
    from pipeline.store.events import Events
    from pipeline.store.wakes import Wakes

M = schema.Message
BATCH_BYTES = 16 * 2**20
BATCH_COUNT = 50
# What PostgreSQL's index takes is about 2,700 bytes; an id of such a length names no message (RFC 5322 section 2.1.1: 998 a line).
_LONGEST_ID = 2000
_WAITING = select(M.id).where(M.id.in_(bindparam("ids", expanding=True)), M.state == "received").order_by(M.id)
# Those that every poll asks, made once. Who waits for a body is among the few that are not filed, which have an index.
_THERE = (M.mailbox == bindparam("box"), M.folder == bindparam("place"), M.uidvalidity == bindparam("numbering"))
_WANTED = select(M.id, M.uid).where(M.state.in_(("received", "quarantined")), M.body_wanted.is_(True), *_THERE)
_UNMOVED = (
    select(M.id, M.uid)
    .where(*_THERE, M.moved_at.is_(None), M.quiet.is_distinct_from("shadow"), M.body == "whole")
    .order_by(M.uid)
    .limit(bindparam("most", type_=Integer))
)
_RAWS = (
    select(schema.Raw.message_id, schema.Raw.content)
    .where(schema.Raw.message_id.in_(bindparam("ids", expanding=True)))
    .execution_options(**BYTES)
)
_TO_READ = text(TO_READ)
_AHEAD = 4 * BATCH_COUNT


@cache
def _to_read(*, among: int | None = None, by_attempts: bool = False, anywhere: bool = False) -> Select[int, int]:
    """What waits for intake and may be read now, a batch of untried ones, or a single one that was tried least.

    A database that is asked for the first of what has no earlier copy waiting takes it for little, and looks at all: so it is asked
    *among* how many first ones to look.
    """
    waiting = select(M.id, M.size, M.attempts, M.content_sha256).where(_TO_READ)
    if not anywhere:
        waiting = waiting.where(M.mailbox == bindparam("box"))
    if not by_attempts:
        waiting = waiting.where(M.attempts == 0).order_by(M.id).limit(among)
    these, first, copy = waiting.subquery(), aliased(schema.Message), schema.FirstCopy
    first_is_open = exists().where(
        copy.content_sha256 == these.c.content_sha256,
        copy.message_id != these.c.id,
        first.id == copy.message_id,
        first.state == "received",
        first.body_wanted.is_(False),
    )
    order = (these.c.attempts, these.c.id) if by_attempts else (these.c.id,)
    found = select(these.c.id, these.c.size).where(~first_is_open).order_by(*order)
    return found.limit(1 if by_attempts else BATCH_COUNT)


class Messages(Folders):
    """The rows of ``message`` and what hangs on them, and of the folders they came from."""

    def __init__(self, connection: Connection, events: Events, wakes: Wakes) -> None:
        super().__init__(connection, events, wakes)
        self._settled: list[dict[str, Any]] = []
        self._attached: dict[int, list[dict[str, Any]]] = {}
        self._linked: list[dict[str, Any]] = []

    # ---- receive -------------------------------------------------------------------------------------------------

    def read_again_quietly(self) -> int:
        """Let what is read next be recorded without letters, and what was taken and not filed; returns how many folders there are."""
        open_rows = M.state.in_(("received", "quarantined")), M.quiet.is_(None)
        self._connection.execute(update(M).where(*open_rows).values(quiet="restored"))
        return self._connection.execute(update(schema.Folder).values(quiet_until=-1)).rowcount

    def known_contents(self, digests: Sequence[str]) -> set[str]:
        """Those of the content digests that some message has already."""
        query = select(schema.FirstCopy.content_sha256).where(schema.FirstCopy.content_sha256.in_(digests))
        return set(self._connection.scalars(query))

    def take(self, mailbox: str, folder: str, uidvalidity: int, arrivals: Sequence[Arrival], at: datetime) -> int:
        """Keep *arrivals* with their bytes, one event each; returns how many were new. A UID already kept is left as it is."""
        key = tuple_(M.mailbox, M.folder, M.uidvalidity)
        known = set(
            self._connection.scalars(
                select(M.uid).where(key == (mailbox, folder, uidvalidity), M.uid.in_([a.uid for a in arrivals]))
            )
        )
        first = {a.uid: a for a in reversed(arrivals)}
        fresh = [a for a in arrivals if a.uid not in known and first[a.uid] is a]
        if not fresh:
            return 0
        rows = [_row(a, mailbox=mailbox, folder=folder, uidvalidity=uidvalidity, taken_at=at) for a in fresh]
        # Another worker may be taking the same folder: the unique key decides message by message, and who comes second waits for the first.
        kept = insert_or_leave(self._connection, schema.Message, "mailbox", "folder", "uidvalidity", "uid")
        ids = {row.uid: row.id for row in self._connection.execute(kept.returning(M.id, M.uid), rows)}
        new = [(ids[a.uid], a) for a in fresh if a.uid in ids]
        if not new:
            return 0
        self._connection.execute(insert(schema.Raw), [{"message_id": i, "content": a.raw} for i, a in new])
        # In one order for all, for two mailboxes may bring the same mails at the same time.
        copies = sorted((a.content_sha256, i) for i, a in new)
        rows = [{"content_sha256": content, "message_id": i} for content, i in copies]
        insert_many(self._connection, schema.FirstCopy, rows, "content_sha256")
        self._events.record_all(
            mailbox_chain(mailbox),
            [
                Happening(
                    kind="message_taken",
                    at=at,
                    message_id=i,
                    data={
                        "folder": folder,
                        "uidvalidity": uidvalidity,
                        "uid": a.uid,
                        "digests": {f"raw:{i}": a.sha256},
                    },
                )
                for i, a in new
            ],
        )
        self._wakes.add(Wake.INTAKE)
        return len(new)

    def last_uid(self, mailbox: str, folder: str, uidvalidity: int) -> int:
        """The highest UID of *folder* that has a row; 0 where there is none."""
        where = (M.mailbox == mailbox, M.folder == folder, M.uidvalidity == uidvalidity)
        return self._connection.scalar(select(func.max(M.uid)).where(*where)) or 0

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
        """Every UID of *folder* that has a row."""
        where = (M.mailbox == mailbox, M.folder == folder, M.uidvalidity == uidvalidity)
        return set(self._connection.scalars(select(M.uid).where(*where)))

    def bodies_wanted(self, mailbox: str, folder: str, uidvalidity: int) -> list[tuple[int, int]]:
        """(id, uid) of messages whose body an officer has asked for."""
        rows = self._connection.execute(_WANTED, {"box": mailbox, "place": folder, "numbering": uidvalidity})
        return [(row.id, row.uid) for row in rows]

    def body_arrived(self, message_id: int, mailbox: str, raw: bytes, sha256: str, at: datetime) -> None:
        """Put the whole bytes where headers only were kept, and let intake read the message afresh."""
        self._connection.execute(update(schema.Raw).where(schema.Raw.message_id == message_id).values(content=raw))
        self._connection.execute(
            update(M)
            .where(M.id == message_id)
            .values(body="whole", body_wanted=False, sha256=sha256, size=len(raw), state="received", attempts=0)
        )
        self._wakes.add(Wake.INTAKE)
        data = {"digests": {f"raw:{message_id}": sha256}}
        self._events.record(
            mailbox_chain(mailbox), Happening(kind="body_fetched", at=at, message_id=message_id, data=data)
        )

    def body_gone(self, message_id: int, words: str) -> None:
        """Stop waiting for a body that the folder no longer has, and tell the officer who asked for it."""
        values = {"body_wanted": False, "state": "quarantined", "last_error": words, "reasons": [words]}
        self._connection.execute(update(M).where(M.id == message_id).values(**values))

    def unmoved(self, mailbox: str, folder: str, uidvalidity: int, limit: int = 1000) -> list[tuple[int, int]]:
        """(id, uid) of messages kept whole from *folder* that still wait to be moved on the server, oldest first."""
        where = {"box": mailbox, "place": folder, "numbering": uidvalidity, "most": limit}
        rows = self._connection.execute(_UNMOVED, where)
        return [(row.id, row.uid) for row in rows]

    def moved(self, ids: Sequence[int], at: datetime) -> None:
        """Note that the server has moved these messages."""
        self._connection.execute(update(M).where(M.id.in_(ids)).values(moved_at=at))

    # ---- intake --------------------------------------------------------------------------------------------------

    def mailboxes_to_read(self) -> list[str]:
        """The mailboxes that have messages for intake."""
        return sorted(self._connection.scalars(select(M.mailbox).where(_TO_READ).distinct()))

    def next_to_read(self, mailbox: str | None = None) -> list[int]:
        """Ids of the next messages for intake: a batch of untried ones (bounded in count and bytes), else a single one tried before.

        One that was tried before and is still here may have killed the process, so it gets no neighbours that it could
        take down. A further copy of a mail waits until the first one has been read, be it in another mailbox.
        """
        batch: list[int] = []
        total = 0
        for row in self._untried(mailbox):
            if batch and total + row.size > BATCH_BYTES:
                break
            batch.append(row.id)
            total += row.size
        if batch:
            return batch
        again = self._connection.execute(_to_read(by_attempts=True, anywhere=mailbox is None), {"box": mailbox}).first()
        return [] if again is None else [again.id]

    def _untried(self, mailbox: str | None) -> Sequence[Row[int, int]]:
        """Id and size of the next untried messages: among the first few, or, where those are all copies that wait, among all."""
        asked = {"box": mailbox}
        few = self._connection.execute(_to_read(among=_AHEAD, anywhere=mailbox is None), asked).all()
        return few or self._connection.execute(_to_read(anywhere=mailbox is None), asked).all()

    def count_attempt(self, ids: Sequence[int]) -> None:
        """Count a try at reading each of *ids*; committed before any of them is looked at."""
        self._connection.execute(update(M).where(M.id.in_(ids)).values(attempts=M.attempts + 1))

    def waiting(self, ids: Sequence[int]) -> list[Waiting]:
        """The messages *ids* with their bytes, in order of arrival; those no longer waiting are left out."""
        rows = self._connection.execute(
            select(
                M.id, M.mailbox, M.folder, M.body, M.size, M.attempts, M.internal_date, M.backfill, M.last_error, M.quiet,
                schema.FirstCopy.message_id.label("first"),
            )
            .join(schema.FirstCopy, schema.FirstCopy.content_sha256 == M.content_sha256)
            .where(M.id.in_(ids), M.state == "received")
            .order_by(M.id)
        ).all()  # fmt: skip
        # The bytes by themselves: a database that sorts them on the way holds them several times over.
        raws = self._raws([r.id for r in rows])
        return [
            Waiting(
                id=r.id, mailbox=r.mailbox, folder=r.folder, raw=raws[r.id], body=r.body, size=r.size, attempts=r.attempts,
                internal_date=r.internal_date, backfill=r.backfill, first_copy=r.first,
                officer_asked=r.last_error is not None, quiet=r.quiet,
            )
            for r in rows if r.id in raws
        ]  # fmt: skip

    def still_waiting(self, ids: Sequence[int]) -> set[int]:
        """Those of *ids* that nobody has filed meanwhile; on PostgreSQL their rows are locked until the transaction ends."""
        return set(self._connection.scalars(held(self._connection, _WAITING), {"ids": ids}))

    def settle(self, message_id: int, *, state: str, values: dict[str, Any]) -> None:
        """Write what intake made of a message."""
        self._connection.execute(change_by_id(schema.Message), _settled(message_id, state, values))

    def settle_at_the_end(
        self, message_id: int, *, state: str, values: dict[str, Any], attachments: Sequence[Attachment]
    ) -> None:
        """The same with its attached parts, written with those of its batch when the transaction ends (``write_down``)."""
        self._settled.append(_settled(message_id, state, values))
        self._attached[message_id] = _attached(message_id, attachments)

    def write_down(self) -> None:
        """Write what was left for the end of the transaction: a statement for all alike, not one for each message."""
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row in self._settled:
            alike.setdefault(tuple(sorted(row)), []).append(row)
        for rows in alike.values():
            self._connection.execute(change_by_id(schema.Message), rows)
        if self._attached:
            attachment = schema.Attachment
            self._connection.execute(delete(attachment).where(attachment.message_id.in_(self._attached)))
        if attached := [row for rows in self._attached.values() for row in rows]:
            insert_many(self._connection, schema.Attachment, attached)
        insert_many(self._connection, schema.CaseMessage, self._linked, "request_id", "message_id")
        self._settled, self._attached, self._linked = [], {}, []

    def add_attachments(self, message_id: int, attachments: Sequence[Attachment]) -> None:
        """Note the attached parts of a message, in place of those noted when it was read before."""
        self._connection.execute(delete(schema.Attachment).where(schema.Attachment.message_id == message_id))
        insert_many(self._connection, schema.Attachment, _attached(message_id, attachments))

    def link(
        self, request_id: int, message_id: int, *, side: str, rung: str, at: datetime, at_the_end: bool = False
    ) -> None:
        """Put a message on one side of a case: "requester", "internal", or "suggested" while an officer has yet to say.

        *at_the_end*: with those of its batch, by ``write_down``; the caller sets the message's ``placed`` with its other columns.
        """
        row = {"request_id": request_id, "message_id": message_id, "side": side, "rung": rung, "linked_at": at}
        if at_the_end:
            self._linked.append(row)
            return
        self._connection.execute(insert_or_leave(self._connection, schema.CaseMessage, "request_id", "message_id"), row)
        if side != "suggested":
            self._connection.execute(change_by_id(schema.Message), {"of": message_id, "placed": True})

    # ---- reading -------------------------------------------------------------------------------------------------

    def raw(self, message_id: int) -> bytes | None:
        """The bytes of a message exactly as fetched; None when there is no such message."""
        return self._raws([message_id]).get(message_id)

    def _raws(self, ids: Sequence[int]) -> dict[int, bytes]:
        return {row.message_id: row.content for row in self._connection.execute(_RAWS, {"ids": ids})}

    def of_case(self, request_id: int) -> list[MessageSummary]:
        """A case's messages on both sides, oldest first."""
        self.write_down()
        rows = self._connection.execute(
            select(M, schema.CaseMessage.side, schema.CaseMessage.rung)
            .join(schema.CaseMessage, schema.CaseMessage.message_id == M.id)
            .where(schema.CaseMessage.request_id == request_id)
            .order_by(M.id)
        )
        return [
            MessageSummary(
                id=r.id, mailbox=r.mailbox, folder=r.folder, state=r.state, verdict=r.verdict, intent=r.intent,
                reasons=tuple(r.reasons or ()), received_at=r.received_at, author_name=r.author_name,
                author_email=r.author_email, subject=r.subject, side=r.side, rung=r.rung,
            )
            for r in rows
        ]  # fmt: skip

    def counts(self) -> dict[str, int]:
        """Messages by state, and filed ones by verdict (``verdict:request`` …)."""
        counts: dict[str, int] = {}
        for row in self._connection.execute(
            select(M.state, M.verdict, func.count().label("n")).group_by(M.state, M.verdict)
        ):
            counts[row.state] = counts.get(row.state, 0) + row.n
            if row.verdict:
                counts[f"verdict:{row.verdict}"] = counts.get(f"verdict:{row.verdict}", 0) + row.n
        return counts

    def case_of(self, message_id: int) -> int | None:
        """The id of the case this message opened or was linked to on its requester's or internal side."""
        self.write_down()
        return self._connection.scalar(
            select(schema.CaseMessage.request_id)
            .where(schema.CaseMessage.message_id == message_id, schema.CaseMessage.side != "suggested")
            .order_by(schema.CaseMessage.request_id)
            .limit(1)
        )

    def unaccounted(self) -> list[int]:
        """Ids of filed requests' messages that have no case: there must be none."""
        linked = exists().where(schema.CaseMessage.message_id == M.id)
        return list(self._connection.scalars(select(M.id).where(M.state == "filed", M.verdict == "request", ~linked)))


def _settled(message_id: int, state: str, values: dict[str, Any]) -> dict[str, Any]:
    safe = dict(values)
    if len((values.get("message_id") or "").encode("utf-8", "replace")) > _LONGEST_ID:
        safe["message_id"] = None
    return {"of": message_id, "state": state, **safe}


def _attached(message_id: int, attachments: Sequence[Attachment]) -> list[dict[str, Any]]:
    return [
        {
            "message_id": message_id,
            "position": n,
            "name": a.name,
            "content_type": a.content_type,
            "size": a.size,
            "sha256": a.sha256,
        }
        for n, a in enumerate(attachments)
    ]


def _row(arrival: Arrival, **where: Any) -> dict[str, Any]:  # noqa: ANN401 - the column values that every row of a batch shares
    return {
        **where,
        "uid": arrival.uid,
        "size": arrival.size,
        "sha256": arrival.sha256,
        "content_sha256": arrival.content_sha256,
        "internal_date": arrival.internal_date,
        "body": arrival.body,
        "body_wanted": False,
        "backfill": arrival.backfill,
        "quiet": arrival.quiet,
        "state": "received",
        "attempts": 0,
        "flagged": False,
    }
