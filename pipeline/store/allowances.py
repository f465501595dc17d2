"""How many acknowledgements have gone, to one address and in all, before another may (mail.md section 5, row 14)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Integer, bindparam, func, select

from pipeline.domain.outbox import ACKNOWLEDGEMENT_KINDS
from pipeline.store import schema
from pipeline.store.upsert import among

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection

    from pipeline.domain.outbox import Frozen

O = schema.Outbox  # noqa: E741 - the table's initial, as M and R are for the others
# Those that run for every mail, made once; the values come as parameters.
_TO_THEM = (
    select(O.to_key, func.count().label("n"))
    .where(
        O.to_key.in_(bindparam("to", expanding=True)),
        O.queued_at > bindparam("since"),
        among(O.kind, ACKNOWLEDGEMENT_KINDS),
    )
    .group_by(O.to_key)
)
_SLOT = (
    select(O.not_before)
    .where(among(O.kind, ACKNOWLEDGEMENT_KINDS), O.not_before > bindparam("since"))
    .order_by(O.not_before.desc())
    .offset(bindparam("taken", type_=Integer))
    .limit(1)
)
_NEWEST = select(func.max(O.id))
_OTHERS = 1_000  # letters that other workers may queue during one transaction, and more than that


def key_of(address: str) -> str:
    """An address as the column ``to_key`` has it."""
    return address.strip().casefold()


class Allowances:
    """What is asked of ``outbox`` before an acknowledgement goes into it; it counts with what its own transaction puts there."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._at_most: int | None = None
        self._frozen = 0
        self._counted: dict[str, int] = {}

    def count_ahead(self, addresses: Collection[str], since: datetime) -> None:
        """Ask once what ``acknowledged_to`` will be asked for each of *addresses* in this transaction."""
        keys = {key_of(address) for address in addresses}
        self._counted = dict.fromkeys(keys, 0) | self._counts(keys, since)

    def acknowledged_to(self, address: str, since: datetime) -> int:
        """How many acknowledgements were queued to *address* since then; of one counted ahead, since the moment given there."""
        key = key_of(address)
        return self._counted[key] if key in self._counted else self._counts({key}, since).get(key, 0)

    def earliest_slot(self, at: datetime, per_hour: int) -> datetime:
        """The first moment from *at* on at which one more acknowledgement keeps to *per_hour*."""
        if self._at_most is None:
            self._at_most = (self._connection.scalar(_NEWEST) or 0) + _OTHERS
        if self._at_most + self._frozen < per_hour:
            return at  # There are not as many letters in all.
        earlier = self._connection.scalar(_SLOT, {"since": at - timedelta(hours=1), "taken": per_hour - 1})
        return at if earlier is None else max(at, earlier + timedelta(hours=1))

    def _counts(self, keys: Collection[str], since: datetime) -> dict[str, int]:
        if not keys:
            return {}
        rows = self._connection.execute(_TO_THEM, {"to": sorted(keys), "since": since})
        return {row.to_key: row.n for row in rows}

    def _count(self, letter: Frozen) -> None:
        self._frozen += 1
        key = key_of(letter.recipients[0])
        if key in self._counted and letter.kind in ACKNOWLEDGEMENT_KINDS:
            self._counted[key] += 1
