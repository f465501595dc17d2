"""The world as the stages see it. Real things live in ``mail`` and ``bootstrap``; the only fakes stand in tests/fakes.py, held to the same contract tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class Ids(Protocol):
    """Draws chance."""

    def reference_digits(self) -> str:
        """Eight random decimal digits for a new reference (architecture D6)."""
        ...

    def message_id(self, domain: str) -> str:
        """A fresh Message-ID, angle brackets included, with 128 random bits before the @ (RFC 5322 section 3.6.4)."""
        ...

    def fraction(self) -> float:
        """A random number in [0, 1), for full jitter."""
        ...

    def token(self) -> str:
        """128 random bits as hex, to name a worker's claim."""
        ...


@dataclass(frozen=True, slots=True)
class FolderState:
    """What SELECT or EXAMINE says of a folder (RFC 3501 section 6.3.1): *exists* is a count, *uidnext* the next UID, 0 untold."""

    uidvalidity: int
    uidnext: int
    exists: int


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the server knows of a message before its body: *size* in bytes (RFC822.SIZE) and *internal_date*, aware, in UTC.

    *internal_date* is None where the server gives none that can be read: the moment of taking then stands for it.
    """

    uid: int
    size: int
    internal_date: datetime | None


class Mailbox(Protocol):
    """One mailbox over one kept connection; used by one thread. After any error it is closed and ``connect`` makes a new one.

    Every method raises MailboxError (LoginError for refused credentials); none marks a message as read.
    """

    name: str

    def connect(self) -> None:
        """Connect and log in unless that is done already; cheap when the connection is alive."""
        ...

    def close(self) -> None:
        """Leave; never raises."""
        ...

    def abort(self) -> None:
        """Cut the connection from another thread, so that a call that hangs fails at once; never raises."""
        ...

    def select(self, folder: str, *, readonly: bool = False) -> FolderState:
        """Open *folder* afresh, so that what is new is seen."""
        ...

    def look(self, folder: str, *, readonly: bool = False) -> FolderState:
        """Have *folder* open for reading and, unless *readonly*, moving, as it was opened up to five minutes ago on this connection where that can be.

        What is new since is seen; ``uidnext`` may be older than that. A folder that somebody put in the place of this one is not.
        """
        ...

    def uids_after(self, cursor: int) -> list[int]:
        """All UIDs greater than *cursor* in the selected folder, ascending (``n:*`` alone would repeat the last one)."""
        ...

    def envelopes(self, uids: Sequence[int]) -> list[Envelope]:
        """Size and INTERNALDATE of each of *uids* that still exists, in UID order; size 0 of one that is there and whose size is not told."""
        ...

    def bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Raw bytes of each of *uids* that still exists, by BODY.PEEK[]; one removed meanwhile is simply not there."""
        ...

    def headers(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Header bytes only, by BODY.PEEK[HEADER]; for messages over the size limit."""
        ...

    def move(self, uids: Sequence[int], folder: str) -> bool:
        """Move *uids* in one command, making *folder* if need be; False where the server offers no safe way (neither MOVE nor UIDPLUS)."""
        ...

    def append_once(self, folder: str, raw: bytes, message_id: str, at: datetime) -> None:
        """Put a copy of a sent letter into *folder* as read, unless one with this Message-ID is there already."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait up to *seconds* for news by IDLE; True when the server hinted at some. Only a hint: polling is the truth."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The server took the message: *answer* is its words after the final dot, *refused* the recipients it turned down before DATA."""

    answer: str
    refused: Mapping[str, str] = field(default_factory=dict)


class Transport(Protocol):
    """One SMTP connection, kept for a batch; used by one thread (``abort`` excepted)."""

    def connect(self) -> None:
        """Connect, STARTTLS where configured, log in. Raises TransportError."""
        ...

    def send(self, sender: str, recipients: Sequence[str], raw: bytes, *, before_data: Callable[[], None]) -> Accepted:
        """Hand over *raw* (CRLF lines) once; calls *before_data* when every step before DATA has succeeded, just before DATA is written.

        Raises TransportError while it is sure that nothing was delivered (also for a 4xx/5xx answer after the final dot),
        UncertainError when contact was lost from DATA on and no answer came, and whatever *before_data* raises, with nothing sent.
        """
        ...

    def close(self) -> None:
        """Leave; never raises."""
        ...

    def abort(self) -> None:
        """Cut the connection from another thread; a send past its final dot then raises UncertainError. Never raises."""
        ...


class Progress(Protocol):
    """Told of long work as it goes, so that a terminal can show a bar; the silent one is ``NoProgress``."""

    def start(self, what: str, total: int) -> None:
        """*total* items of *what* are about to be worked through."""
        ...

    def advance(self, count: int = 1) -> None:
        """*count* more are done."""
        ...


class NoProgress:
    """Says nothing."""

    def start(self, what: str, total: int) -> None:
        """Take no notice."""

    def advance(self, count: int = 1) -> None:
        """Take no notice."""
