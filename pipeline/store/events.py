"""The trail: events hash-chained per case, and per mailbox for mail without one (invariant 8).

Events hold digests of content and never content.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from pipeline.store import schema
from pipeline.store.records import EventRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

GENESIS = "0" * 64


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


def digest_of(*parts: object) -> str:
    """SHA-256, in hex, over the canonical JSON of *parts*; dates in ISO form."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True, separators=(",", ":"), default=str).encode()).hexdigest()


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

    def record(self, chain: str, happening: Happening) -> None:
        """Append one event to *chain*."""
        self.record_all(chain, [happening])

    def record_all(self, chain: str, happenings: Sequence[Happening]) -> None:
        """Append several events to *chain*, in order, with one look at its head.

        Two writers can't fork a chain: (chain, seq) is unique, so the second one's transaction fails and is tried again.
        """
        if not happenings:
            return
        head = self._connection.execute(
            select(schema.ChainHead.seq, schema.ChainHead.hash).where(schema.ChainHead.chain == chain).with_for_update()
        ).one_or_none()
        seq, previous = (head.seq, head.hash) if head else (0, GENESIS)
        rows: list[dict[str, Any]] = []
        for happening in happenings:
            seq += 1
            row: dict[str, Any] = {
                "request_id": happening.request_id,
                "message_id": happening.message_id,
                "at": happening.at,
                "kind": happening.kind,
                "actor": happening.actor,
                "via": happening.via,
                "data": json.dumps(
                    happening.data, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str
                ),
            }
            row["hash"] = link_hash(previous, chain, seq, row)
            rows.append({**row, "chain": chain, "seq": seq, "previous": previous})
            previous = row["hash"]
        self._connection.execute(insert(schema.Event), rows)
        if head:
            self._connection.execute(
                update(schema.ChainHead).where(schema.ChainHead.chain == chain).values(seq=seq, hash=previous)
            )
        else:
            self._connection.execute(insert(schema.ChainHead).values(chain=chain, seq=seq, hash=previous))

    def of_case(self, request_id: int) -> list[EventRecord]:
        """The timeline of a case, oldest first."""
        rows = self._connection.execute(
            select(schema.Event).where(schema.Event.request_id == request_id).order_by(schema.Event.id)
        )
        return [
            EventRecord(id=r.id, at=r.at, kind=r.kind, actor=r.actor, via=r.via, data=json.loads(r.data)) for r in rows
        ]
