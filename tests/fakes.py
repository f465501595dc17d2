"""The ports in memory, deterministic; the contract tests in tests/integration hold them to what the real things do."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import TYPE_CHECKING

from pipeline.domain.errors import MailboxError, TransportError
from pipeline.domain.ports import Accepted, Envelope, FolderState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


class FixedClock:
    """A clock that stands still until ``advance`` or ``set`` moves it."""

    def __init__(self, at: datetime = _START) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.at

    def set(self, at: datetime) -> None:
        """Stand at *at*."""
        self.at = at

    def advance(self, step: timedelta) -> None:
        """Go on by *step*."""
        self.at += step


class SequenceIds:
    """Chance that counts: 00000001, 00000002, ...; ``fraction`` is always *fraction_value*."""

    def __init__(self, fraction_value: float = 0.5) -> None:
        self.fraction_value = fraction_value
        self._drawn = 0
        self._lock = threading.Lock()

    def reference_digits(self) -> str:
        """The next number, eight digits long."""
        return f"{self._next():08d}"

    def message_id(self, domain: str) -> str:
        """The next number, as a Message-ID at *domain*."""
        return f"<{self._next():032x}@{domain}>"

    def fraction(self) -> float:
        """The value it was made with."""
        return self.fraction_value

    def token(self) -> str:
        """The next number, as 32 hex digits."""
        return f"{self._next():032x}"

    def _next(self) -> int:
        with self._lock:
            self._drawn += 1
            return self._drawn


@dataclass(slots=True)
class Kept:
    """A message in a FakeMailbox."""

    raw: bytes
    at: datetime
    seen: bool = False


@dataclass(slots=True)
class Folder:
    """A folder of a FakeMailbox: its messages by UID."""

    uidvalidity: int
    uidnext: int = 1
    messages: dict[int, Kept] = field(default_factory=dict)


class Ticks:
    """Seconds that only go on, moved by a test."""

    def __init__(self) -> None:
        self._at = 1000.0

    def __call__(self) -> float:
        """Where they are."""
        return self._at

    def advance(self, by: timedelta) -> None:
        """Let time go by."""
        self._at += by.total_seconds()


class FakeMailbox:
    """An IMAP mailbox in memory.

    ``deliver`` puts mail in, ``remove`` takes it out as a person would, ``reset_uidvalidity`` renumbers a folder.
    ``fail_next`` makes the next call raise, and close the connection, as every error does. *can_move* False is a server
    with neither MOVE nor UIDPLUS. ``calls`` lists the methods called, in order.
    """

    def __init__(self, name: str = "foi", *, can_move: bool = True) -> None:
        self.name = name
        self.can_move = can_move
        self.folders = {"INBOX": Folder(uidvalidity=1)}
        self.calls: list[str] = []
        self.connected = False
        self._validity = 1
        self._selected: str | None = None
        self._readonly = False
        self._failures: list[Exception] = []
        self._news = threading.Event()
        self._hint = False

    def deliver(self, raw: bytes, folder: str = "INBOX", *, at: datetime = _START) -> int:
        """Put *raw* into *folder*, made if need be, with INTERNALDATE *at*; returns its UID."""
        place = self._folder(folder)
        uid = place.uidnext
        place.messages[uid] = Kept(raw=raw, at=at.astimezone(UTC).replace(microsecond=0))
        place.uidnext += 1
        if folder == self._selected:
            self._hint = True
            self._news.set()
        return uid

    def remove(self, uid: int, folder: str = "INBOX") -> None:
        """Expunge *uid*."""
        del self.folders[folder].messages[uid]

    def reset_uidvalidity(self, folder: str = "INBOX") -> None:
        """Renumber the messages of *folder* from 1 under a new UIDVALIDITY."""
        old = self.folders[folder]
        self._validity += 1
        kept = dict(enumerate((old.messages[uid] for uid in sorted(old.messages)), start=1))
        self.folders[folder] = Folder(uidvalidity=self._validity, uidnext=len(kept) + 1, messages=kept)

    def fail_next(self, *errors: Exception) -> None:
        """Raise *errors* from the next calls, one each; close() and abort() excepted."""
        self._failures.extend(errors)

    def connect(self) -> None:
        """Connect."""
        self._called("connect")
        self.connected = True

    def close(self) -> None:
        """Leave."""
        self.calls.append("close")
        self._drop()

    def abort(self) -> None:
        """Cut the connection."""
        self.calls.append("abort")
        self._drop()
        self._news.set()

    def wake(self) -> None:
        """End a wait."""
        self._news.set()

    def select(self, folder: str, *, readonly: bool = False) -> FolderState:
        """Open *folder*."""
        self._called("select", connected=True)
        if folder not in self.folders:
            self._drop()
            raise MailboxError(f'there is no folder "{folder}"')
        self._selected, self._readonly = folder, readonly
        self._hint = False
        self._news.clear()
        place = self.folders[folder]
        return FolderState(uidvalidity=place.uidvalidity, uidnext=place.uidnext, exists=len(place.messages))

    def look(self, folder: str, *, readonly: bool = False) -> FolderState:
        """Open *folder*."""
        return self.select(folder, readonly=readonly)

    def uids_after(self, cursor: int) -> list[int]:
        """UIDs above *cursor*."""
        return sorted(uid for uid in self._open("uids_after").messages if uid > cursor)

    def envelopes(self, uids: Sequence[int]) -> list[Envelope]:
        """Sizes and dates."""
        found = self._open("envelopes").messages
        return [
            Envelope(uid=uid, size=len(found[uid].raw), internal_date=found[uid].at)
            for uid in sorted(uids)
            if uid in found
        ]

    def bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Whole messages."""
        found = self._open("bodies").messages
        return {uid: found[uid].raw for uid in uids if uid in found}

    def headers(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Header bytes, with the empty line that ends them."""
        found = self._open("headers").messages
        return {uid: b"".join(found[uid].raw.partition(b"\r\n\r\n")[:2]) for uid in uids if uid in found}

    def move(self, uids: Sequence[int], folder: str) -> bool:
        """Move, under new UIDs."""
        place = self._open("move")
        if not self.can_move:
            return False
        if self._readonly and uids:
            self._drop()
            raise MailboxError("the folder is open read-only")
        target = self._folder(folder) if uids else place
        for uid in uids:
            if uid in place.messages:
                target.messages[target.uidnext] = place.messages.pop(uid)
                target.uidnext += 1
        return True

    def append_once(self, folder: str, raw: bytes, message_id: str, at: datetime) -> None:
        """File a copy as read."""
        self._called("append_once", connected=True)
        place = self._folder(folder)
        if not any(message_from_bytes(m.raw)["Message-ID"] == message_id for m in place.messages.values()):
            place.messages[place.uidnext] = Kept(raw=raw, at=at.astimezone(UTC).replace(microsecond=0), seen=True)
            place.uidnext += 1

    def wait(self, seconds: float) -> bool:
        """Wait for ``deliver``, ``wake`` or ``abort``, in real time."""
        self._called("wait")
        before = self.connected
        self._news.wait(seconds)
        self._news.clear()
        if before and not self.connected:
            raise MailboxError("cut on request")
        hint, self._hint = self._hint, False
        return hint

    def _folder(self, name: str) -> Folder:
        if name not in self.folders:
            self._validity += 1
            self.folders[name] = Folder(uidvalidity=self._validity)
        return self.folders[name]

    def _open(self, call: str) -> Folder:
        self._called(call, connected=True)
        if self._selected is None:
            self._drop()
            raise MailboxError("no folder is open")
        return self.folders[self._selected]

    def _called(self, call: str, *, connected: bool = False) -> None:
        self.calls.append(call)
        if self._failures:
            self._drop()
            raise self._failures.pop(0)
        if connected and not self.connected:
            raise MailboxError("not connected")

    def _drop(self) -> None:
        self.connected = False
        self._selected = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter that a FakeTransport took."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class FakeTransport:
    """An SMTP server in memory: ``sent`` lists what it took.

    ``fail_next`` makes the next sends raise: *before* DATA (so that ``before_data`` is never called), or after it.
    ``refuse`` maps an address to the server's refusal, as "550 5.1.1 No such user".
    """

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.refuse: dict[str, str] = {}
        self.connects = 0
        self.connected = False
        self.aborted = False
        self._failures: list[tuple[Exception, bool]] = []

    def fail_next(self, *errors: Exception, before: bool = False) -> None:
        """Raise *errors* from the next sends, one each."""
        self._failures.extend((error, before) for error in errors)

    def connect(self) -> None:
        """Connect."""
        if not self.connected:
            self.connects += 1
        self.connected = True

    def send(self, sender: str, recipients: Sequence[str], raw: bytes, *, before_data: Callable[[], None]) -> Accepted:
        """Take the letter, or raise what the test asked for."""
        self.connect()
        failure, before = self._failures.pop(0) if self._failures else (None, False)
        if failure is not None and before:
            raise failure
        if set(raw.replace(b"\r\n", b"")) & set(b"\r\n"):
            raise TransportError("the letter has line ends that are not CRLF", permanent=True)
        refused = {who: self.refuse[who] for who in recipients if who in self.refuse}
        if len(refused) == len(recipients):
            codes = [int(answer[:3]) for answer in refused.values()]
            lasting = all(code >= 500 for code in codes)
            first = next(code for code in codes if lasting or code < 500)
            raise TransportError(f"no recipient was accepted: {refused}", permanent=lasting, code=first)
        before_data()
        if failure is not None:
            raise failure
        self.sent.append(Sent(sender=sender, recipients=tuple(r for r in recipients if r not in refused), raw=raw))
        return Accepted(answer=f"250 2.0.0 Queued as {len(self.sent)}", refused=refused)

    def close(self) -> None:
        """Leave."""
        self.connected = False

    def abort(self) -> None:
        """Cut the connection."""
        self.aborted = True
        self.connected = False
