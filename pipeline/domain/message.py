"""A message as a frozen value: what parsing makes of raw RFC 5322 bytes, and the digests that tell copies apart."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox (RFC 5322 section 3.4): *name* is decoded display text, *email* is local@domain as written."""

    name: str
    email: str

    @property
    def key(self) -> str:
        """The address for comparing: lower case, spaces off (RFC 5321 2.3.11 leaves local-part case to the host; no host in use keeps it)."""
        return self.email.strip().casefold()

    @property
    def domain(self) -> str:
        """What stands after the last @, lower case; empty when there is none."""
        return self.key.rpartition("@")[2] if "@" in self.email else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One attached part: *name* cleaned for showing (never a path on disk), *size* in bytes, *sha256* of the decoded bytes."""

    name: str
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A parsed message. Every text is safe to store: no NUL, no lone surrogate; line ends are LF.

    *headers* holds every header in order, unfolded and decoded, names as written; ``header`` finds them without regard to case.
    *part_types* is the content type of every MIME part, the top one first, lower case.
    *text* is the whole body as text: plain part, else HTML made into text. *new_text* is the part of it the sender wrote in this mail, with
    quoted history, caution banners and mail-client signatures folded away; nothing is deleted from *text*.
    *date* is what the sender says (aware, or None); it is shown, never trusted.
    *received* are the Received headers, topmost first.
    *parser* says who read it ("mail-parser", "fallback").
    """

    message_id: str | None
    subject: str
    from_: tuple[Address, ...]
    sender: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    date: datetime | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    received: tuple[str, ...] = ()
    part_types: tuple[str, ...] = ("text/plain",)
    content_type: str = "text/plain"
    content_params: tuple[tuple[str, str], ...] = ()
    text: str = ""
    new_text: str = ""
    attachments: tuple[Attachment, ...] = ()
    defects: tuple[str, ...] = ()
    parser: str = "mail-parser"
    _index: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        index: dict[str, list[str]] = {}
        for name, value in self.headers:
            index.setdefault(name.casefold(), []).append(value)
        self._index.update({name: tuple(values) for name, values in index.items()})

    def header(self, name: str) -> tuple[str, ...]:
        """All values of header *name* in order, without regard to case; empty when absent."""
        return self._index.get(name.casefold(), ())

    def header_names(self) -> frozenset[str]:
        """The names of all headers present, lower case."""
        return frozenset(self._index)

    @property
    def author(self) -> Address | None:
        """The one person the mail is from: the single From mailbox, or Sender where From names several (RFC 5322 section 3.6.2)."""
        if len(self.from_) == 1:
            return self.from_[0]
        if len(self.from_) > 1 and len(self.sender) == 1:
            return self.sender[0]
        return None


_HEADER_END = re.compile(rb"\r?\n\r?\n")
_IDENTITY = (b"message-id", b"date", b"from", b"subject", b"to")


def raw_digest(raw: bytes) -> str:
    """SHA-256 of *raw* exactly as fetched, in hex."""
    return hashlib.sha256(raw).hexdigest()


def content_digest(raw: bytes) -> str:
    """SHA-256, in hex, of what stays the same when one mail is delivered twice, moved, or re-numbered by its server.

    Takes Message-ID, Date, From, Subject, To (unfolded) and the body with LF line ends; leaves out Received, Delivered-To and all else
    a server adds on the way. Never raises, whatever the bytes are.
    """
    parts = _HEADER_END.split(raw, maxsplit=1)
    head, body = parts[0], parts[1] if len(parts) > 1 else b""
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", head)
    digest = hashlib.sha256()
    for line in re.split(rb"\r?\n", unfolded):
        name, colon, value = line.partition(b":")
        if colon and name.strip().lower() in _IDENTITY:
            digest.update(name.strip().lower() + b":" + b" ".join(value.split()) + b"\n")
    digest.update(b"\n" + body.replace(b"\r\n", b"\n").rstrip(b"\n"))
    return digest.hexdigest()
