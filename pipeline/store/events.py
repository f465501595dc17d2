"""The trail: events hash-chained per case, and per mailbox for mail without one (invariant 8).

Events hold digests of content and never content.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update

from pipeline.store import schema
from pipeline.store.faults import storable
from pipeline.store.many import insert_many, update_many
from pipeline.store.records import EventRecord
from pipeline.store.together import Change, together
from pipeline.store.upsert import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

GENESIS = "0" * 64
# Those that end every transaction, made once.
_HEAD = plain(schema.ChainHead)
_END = select(_HEAD).where(_HEAD.c.chain == bindparam("chain"))
_END_HELD = _END.with_for_update()
_ENDS = select(_HEAD).where(_HEAD.c.chain.in_(bindparam("chains", expanding=True)))
_ENDS_HELD = _ENDS.order_by(_HEAD.c.chain).with_for_update()
_EVENTS = insert(plain(schema.Event))
_MOVE_END = update(_HEAD).where(_HEAD.c.chain == bindparam("of")).values(seq=bindparam("to"), hash=bindparam("link"))
_MOVE_END_FROM = _MOVE_END.where(_HEAD.c.seq == bindparam("found"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing to be put on record.

    *data* holds codes, dates and digests, never a requester's words; *actor* is an officer's address or "infogov".
    """

    kind: str
    at: datetime
    actor: str = "infogov"
    via: str = "worker"
    request_id: int | None = None
    message_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


def case_chain(request_id: int) -> str:
    """The name of a case's chain."""
    return f"case:{request_id}"


def mailbox_chain(mailbox: str) -> str:
    """The name of the chain of mail that belongs to no case."""
    return f"mailbox:{mailbox}"


SERVICE_CHAIN = "service"


class ChainEnd(NamedTuple):
    """The last link of a chain: its number and its hash."""

    seq: int
    hash: str


def digest_of(*parts: object) -> str:
    """SHA-256, in hex, over the canonical JSON of *parts* as the columns keep them; dates in ISO form."""
    kept = json.dumps(_kept(parts), ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(kept.encode()).hexdigest()


def _kept(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    return [_kept(inner) for inner in value] if isinstance(value, list | tuple) else value


def link_hash(previous: str, chain: str, seq: int, row: Mapping[str, Any] | RowMapping) -> str:
    """The hash of one link: over the one before it and everything the event says."""
    at: datetime = row["at"]
    body = [
        previous,
        chain,
        seq,
        row["request_id"],
        row["message_id"],
        at.astimezone(UTC).isoformat(),
        row["kind"],
        row["actor"],
        row["via"],
        row["data"],
    ]
    return hashlib.sha256(json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


class Events:
    """Appends to the chains and reads timelines."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._recorded: list[tuple[str, dict[str, Any]]] = []

    def record(self, chain: str, happening: Happening) -> None:
        """Append one event to *chain*."""
        self.record_all(chain, [happening])

    def record_all(self, chain: str, happenings: Sequence[Happening]) -> None:
        """Append several events to *chain*, in order; they are written when the transaction ends (``write_down``)."""
        self._recorded += [(chain, _row(happening)) for happening in happenings]

    def write_down(self) -> None:
        """Link what was recorded to its chains and write it: the last thing a transaction does, so that it holds the heads briefly.

        Two writers can't fork a chain: they wait for each other at its head. All take their heads in the order of the
        names, after every other row, so that they never wait for each other in a circle; (chain, seq) is unique besides. Only
        who begins a chain holds others before it: of two that begin a mailbox's at once, PostgreSQL may send one back to try again.
        """
        recorded, self._recorded = self._recorded, []
        if not recorded:
            return
        ends = self._ends(sorted({chain for chain, _ in recorded}))
        rows: list[dict[str, Any]] = []
        for chain, row in recorded:
            rows.append(_linked(chain, row, ends[chain]))
            ends[chain] = ChainEnd(rows[-1]["seq"], rows[-1]["hash"])
        if len(rows) == 1:
            ((chain, end),) = ends.items()
            moved = {"of": chain, "to": end.seq, "link": end.hash}
            together(self._connection, Change(_EVENTS, rows[0]), Change(_MOVE_END, moved))
            return
        insert_many(self._connection, schema.Event, rows)
        moves = [{"chain": chain, "seq": end.seq, "hash": end.hash} for chain, end in ends.items()]
        update_many(self._connection, schema.ChainHead, "chain", moves)

    def ends(self, chains: Sequence[str]) -> dict[str, ChainEnd]:
        """The ends of those of *chains* that are begun, as they are now: others may write on at any time (``after``)."""
        found = self._connection.execute(_ENDS, {"chains": chains})
        return {row.chain: ChainEnd(row.seq, row.hash) for row in found}

    def _ends(self, chains: Sequence[str]) -> dict[str, ChainEnd]:
        """Number and hash of the last link of each of *chains* (sorted), held until the transaction ends; new chains are begun."""
        ends = self._held_ends(chains)
        if missing := [chain for chain in chains if chain not in ends]:
            fresh = [{"chain": chain, "seq": 0, "hash": GENESIS} for chain in missing]
            insert_many(self._connection, schema.ChainHead, fresh, "chain")
            # Another worker may have begun the same one just before us.
            ends |= self._held_ends(missing)
        return ends

    def _held_ends(self, chains: Sequence[str]) -> dict[str, ChainEnd]:
        shared = self._connection.dialect.name == "postgresql"
        if len(chains) == 1:
            found = self._connection.execute(_END_HELD if shared else _END, {"chain": chains[0]})
        else:
            found = self._connection.execute(_ENDS_HELD if shared else _ENDS, {"chains": chains})
        return {row.chain: ChainEnd(row.seq, row.hash) for row in found}

    def of_case(self, request_id: int) -> list[EventRecord]:
        """The timeline of a case, oldest first."""
        self.write_down()
        rows = self._connection.execute(
            select(schema.Event).where(schema.Event.request_id == request_id).order_by(schema.Event.id)
        )
        return [
            EventRecord(id=r.id, at=r.at, kind=r.kind, actor=r.actor, via=r.via, data=json.loads(r.data)) for r in rows
        ]


def after(end: ChainEnd, chain: str, happening: Happening) -> tuple[Change, Change]:
    """The changes that append one event to *chain*, whose end was found to be *end*, for one statement with what happened.

    Where somebody has written on since, (chain, seq) is taken and the statement fails with all that is in it.
    """
    row = _linked(chain, _row(happening), end)
    # The head first, as everybody does: so that no two wait for each other in a circle.
    move = Change(_MOVE_END_FROM, {"of": chain, "to": row["seq"], "link": row["hash"], "found": end.seq})
    return move, Change(_EVENTS, row)


def _row(happening: Happening) -> dict[str, Any]:
    return {
        "request_id": happening.request_id,
        "message_id": happening.message_id,
        "at": happening.at,
        "kind": happening.kind,
        "actor": storable(happening.actor),
        "via": happening.via,
        "data": json.dumps(happening.data, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str),
    }


def _linked(chain: str, row: dict[str, Any], end: ChainEnd) -> dict[str, Any]:
    seq = end.seq + 1
    link = link_hash(end.hash, chain, seq, row)
    return {**row, "chain": chain, "seq": seq, "previous": end.hash, "hash": link}
