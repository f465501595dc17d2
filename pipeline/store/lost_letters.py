"""What is known of our letters that a restored database has lost: found in the sent folder, and kept on the trail of the service."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from pipeline.store import schema
from pipeline.store.events import SERVICE_CHAIN, Events, Happening, digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

E = schema.Event
FOUND = "lost_letter_found"
RESTORED = "database_restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class LostLetter:
    """A letter that went out after the copy was made: the reference it gave, its Message-ID, whether it is an acknowledgement, and when it went.

    *conversation* is the digest of the mail that it answers and of whom it went to (see ``conversation``), where it answers one.
    """

    reference: str
    message_id: str
    automatic: bool
    sent_at: datetime
    conversation: str | None = None


def conversation(answered: str, address: str) -> str:
    """The digest of a mail's Message-ID together with its writer's address: another person's mail under the same id has another one."""
    return digest_of(answered, address.strip().casefold())


class LostLetters:
    """The events that tell of letters found in the sent folder after a restore."""

    def __init__(self, connection: Connection, events: Events) -> None:
        self._connection = connection
        self._events = events

    def note(self, letters: Sequence[LostLetter], *, at: datetime, via: str) -> int:
        """Put *letters* on the trail, each once; returns how many were new."""
        fresh = {letter.message_id: letter for letter in letters if not self._containing(letter.message_id)}
        for letter in fresh.values():
            data = {
                "reference": letter.reference,
                "letter": letter.message_id,
                "automatic": letter.automatic,
                "sent_at": letter.sent_at.isoformat(),
                "conversation": letter.conversation,
            }
            self._events.record(SERVICE_CHAIN, Happening(kind=FOUND, at=at, via=via, data=data))
        return len(fresh)

    def answering(self, answered: str, address: str) -> list[LostLetter]:
        """Every lost letter of the request that *address* made in the mail with the Message-ID *answered*, oldest first.

        They are those under the reference that the newest answer to that very mail gave, also where they answer another mail.
        """
        answers = self._containing(conversation(answered, address))
        return self._containing(answers[-1].reference) if answers else []

    def restored_at(self) -> datetime | None:
        """When this database was last put back from a copy; None where that never was."""
        query = select(E.at).where(E.chain == SERVICE_CHAIN, E.kind == RESTORED).order_by(E.seq.desc()).limit(1)
        return self._connection.scalar(query)

    def _containing(self, word: str) -> list[LostLetter]:
        query = select(E.data).where(E.chain == SERVICE_CHAIN, E.kind == FOUND, E.data.contains(word, autoescape=True))
        found = [_letter(json.loads(data)) for data in self._connection.scalars(query.order_by(E.seq))]
        return sorted(found, key=lambda letter: letter.sent_at)


def _letter(data: dict[str, str | bool | None]) -> LostLetter:
    return LostLetter(
        reference=str(data["reference"]),
        message_id=str(data["letter"]),
        automatic=bool(data["automatic"]),
        sent_at=datetime.fromisoformat(str(data["sent_at"])),
        conversation=None if data["conversation"] is None else str(data["conversation"]),
    )
