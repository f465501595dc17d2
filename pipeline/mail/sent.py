"""Recognises a letter of ours among the copies in our own sent folder. What arrives from outside is never asked this."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from typing import TYPE_CHECKING

from pipeline.domain.reference import find, is_valid
from pipeline.mail.headers import header_text, message_id, sent_date

if TYPE_CHECKING:
    from datetime import datetime

_OUR_ID = re.compile(r"<[0-9a-f]{32}@(?P<domain>[^@<>\s]+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class OurLetter:
    """A letter that this program wrote: its Message-ID, the reference its subject begins with, whom it went to and which mail it answers.

    *to* is in lower case, *answers* a Message-ID; *automatic* means an acknowledgement (RFC 3834).
    """

    message_id: str
    reference: str
    to: str
    answers: str | None
    automatic: bool
    sent_at: datetime


def our_letter(head: bytes, *, from_address: str, prefixes: tuple[str, ...]) -> OurLetter | None:
    """Read the header block *head* of a copy in the sent folder; None unless every sign says that this program wrote it.

    What an officer writes by hand in the same mailbox has another form of Message-ID, and its subject may be a stranger's.
    """
    fields = BytesHeaderParser().parsebytes(head)

    def only(name: str) -> str:
        values = fields.get_all(name, [])
        return str(values[0]) if len(values) == 1 else ""

    own_id = message_id([only("Message-ID")]) or ""
    ours = _OUR_ID.fullmatch(own_id)
    senders, recipients = (getaddresses([only(name)]) for name in ("From", "To"))
    subject = header_text(only("Subject"))
    reference = next(iter(find(subject, prefixes)), "")
    sent_at = sent_date(only("Date"))
    if (
        ours is None
        or ours["domain"].casefold() != from_address.rpartition("@")[2].casefold()
        or [address.casefold() for _, address in senders] != [from_address.casefold()]
        or len(recipients) != 1
        or not subject.startswith(f"{reference}: ")
        or not is_valid(reference)
        or sent_at is None
    ):
        return None
    return OurLetter(
        message_id=own_id,
        reference=reference,
        to=recipients[0][1].strip().casefold(),
        answers=message_id([only("In-Reply-To")]),
        automatic=only("Auto-Submitted").strip().casefold() == "auto-replied",
        sent_at=sent_at,
    )
