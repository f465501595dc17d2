"""One IMAP mailbox as the receive stage sees it (``domain.ports.Mailbox``); the only module that knows imapclient."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import imapclient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from pipeline.domain.errors import InfogovError, MailboxError
from pipeline.domain.ports import Envelope, FolderState
from pipeline.mail.connection import DEADLINE_FACTOR, SLOWEST, Lifeline, is_news, tls_context
from pipeline.mail.imap_login import Client, log_in, said, start_tls
from pipeline.mail.remedies import explain, suggested_pause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pipeline.settings import MailboxSettings

_IDLE_SECONDS = 9 * 60.0  # RFC 2177 asks for less than 29 minutes; firewalls forget a silent connection after ten or so
_SLICE_SECONDS = 1.0  # how long wake() and abort() may go unheard
_IDLE_FAILURES = 3  # then this server's IDLE is not used any more
_GOODBYE_SECONDS = 5.0
_SEARCH_WINDOW = 50_000  # UIDs asked for at a time: imaplib refuses an answer line over 1,000,000 bytes
_UIDS_PER_COMMAND = 200  # keeps a command line under 2.5 kB
_REFUSALS = 30  # so many NOs find three messages in two hundred that the server can't show
_BYTES_PER_COMMAND = 4 * 1024 * 1024  # the client holds about three times what one command fetches
_SELECTION_SECONDS = 300.0  # after which a folder is opened afresh: somebody may have put another one in its place


class ImapMailbox:
    """One mailbox by IMAP (RFC 3501), read without a trace: UID commands only, BODY.PEEK only.

    *token* gives an OAuth access token for each new connection where ``settings.auth`` is xoauth2. *cafile* names an
    authority to trust, not the system's. *deadline_seconds* bounds each exchange as a whole (default: five configured
    time-outs), plus a second for every 128 KiB expected. A server that asks for a pause gets it: until then
    ``connect`` raises MailboxError without dialling.
    """

    def __init__(
        self,
        settings: MailboxSettings,
        token: Callable[[], str] | None = None,
        *,
        cafile: str | None = None,
        deadline_seconds: float | None = None,
    ) -> None:
        self.name = settings.name
        self._settings = settings
        self._token = token
        self._cafile = cafile
        self._deadline = deadline_seconds or DEADLINE_FACTOR * float(settings.timeout_seconds)
        self._lifeline = Lifeline()
        self._wake = threading.Event()
        self._client: Client | None = None
        self._capabilities: frozenset[bytes] = frozenset()
        self._selected: tuple[str, bool] | None = None
        self._selected_at = 0.0
        self._state = FolderState(uidvalidity=0, uidnext=0, exists=0)
        self._sizes: dict[int, int] = {}
        self._folders: set[str] = set()
        self._idle_failures = 0
        self._not_before = 0.0

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server said it can do, once it is connected (RFC 3501 section 7.2.1), in capitals."""
        return frozenset(word.decode("ascii", "replace").upper() for word in self._capabilities)

    def connect(self) -> None:
        """Connect and log in unless that is done already; a connection that died since the last call is replaced."""
        if self._client is not None:
            with contextlib.suppress(MailboxError), self._speaking("asking for a sign of life") as client:
                self._heard(client.noop()[1])
        if self._client is None:
            self._dial()

    def close(self) -> None:
        """Log out, within five seconds; never raises."""
        if self._client is not None:
            with contextlib.suppress(MailboxError), self._speaking("logging out", _GOODBYE_SECONDS) as client:
                client.logout()
        self._drop()

    def abort(self) -> None:
        """Cut the connection from another thread; a call that hangs in it raises MailboxError at once."""
        self._lifeline.cut("it was cut on request")
        self._wake.set()

    def wake(self) -> None:
        """End a ``wait`` within a second, from another thread; one called before the wait counts too."""
        self._wake.set()

    def all_folders(self) -> dict[str, tuple[bytes, ...]]:
        r"""Every folder's name as the server spells it, with its marks, such as \Sent (RFC 6154)."""
        with self._speaking("listing the folders") as client:
            return client.folders()

    def select(self, folder: str, *, readonly: bool = False) -> FolderState:
        """Open *folder* afresh by SELECT, or EXAMINE for *readonly*."""
        with self._speaking(f'opening folder "{folder}"') as client:
            return self._select(client, folder, readonly=readonly)

    def look(self, folder: str, *, readonly: bool = False) -> FolderState:
        """Have *folder* open, as it is from ``select`` or ``look`` up to five minutes ago: what that costs grows with the folder."""
        young = time.monotonic() - self._selected_at < _SELECTION_SECONDS
        # An empty one is opened afresh: to search it some servers call an error.
        if young and self._selected == (folder, readonly) and self._state.exists > 0:
            return self._state
        return self.select(folder, readonly=readonly)

    def uids_after(self, cursor: int) -> list[int]:
        """All UIDs greater than *cursor* in the selected folder, ascending."""
        if self._selected is not None and self._state.exists == 0:
            return []
        found: set[int] = set()
        low = cursor + 1
        with self._speaking("looking for new messages") as client:
            if self._state.exists > _SEARCH_WINDOW:
                # Where all are found, a UIDNEXT far above them leads no further.
                while low + _SEARCH_WINDOW < self._state.uidnext and len(found) < self._state.exists:
                    found.update(client.search(["UID", f"{low}:{low + _SEARCH_WINDOW - 1}"]))
                    low += _SEARCH_WINDOW
            found.update(client.search(["UID", f"{low}:*"]))
        # "n:*" always names the last message, even when its UID is below n (RFC 3501 section 6.4.8).
        return sorted(uid for uid in found if uid > cursor)

    def envelopes(self, uids: Sequence[int]) -> list[Envelope]:
        """Size in bytes and INTERNALDATE (aware, UTC) of each of *uids* that still exists, in UID order.

        One that the server lists and says nothing of has the size 0, which no message has.
        """
        found: dict[int, Envelope] = {}
        for chunk in _chunks(sorted(uids), _UIDS_PER_COMMAND):
            with self._speaking("reading sizes and dates") as client:
                found |= self._envelopes(client, chunk)
                silent = [uid for uid in chunk if uid not in found]
                if silent:
                    listed = client.search(["UID", ",".join(map(str, silent))])
                    nothing = {uid: Envelope(uid=uid, size=0, internal_date=None) for uid in silent if uid in listed}
                    found |= nothing | self._envelopes(client, list(nothing))
        self._sizes.update((uid, envelope.size) for uid, envelope in found.items() if envelope.size)
        return [found[uid] for uid in sorted(found)]

    def bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Raw bytes of each of *uids* that still exists, by BODY.PEEK[]."""
        found: dict[int, bytes] = {}
        for chunk in self._by_bytes(uids):
            expected = sum(self._sizes.get(uid, _BYTES_PER_COMMAND) for uid in chunk)
            found |= self._fetch(chunk, "BODY.PEEK[]", b"BODY[]", expected)
        return found

    def headers(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Header bytes of each of *uids* that still exists, by BODY.PEEK[HEADER]."""
        found: dict[int, bytes] = {}
        for chunk in _chunks(uids, _UIDS_PER_COMMAND):
            found |= self._fetch(chunk, "BODY.PEEK[HEADER]", b"BODY[HEADER]", 0)
        return found

    def move(self, uids: Sequence[int], folder: str) -> bool:
        r"""Move *uids* by MOVE (RFC 6851), else COPY, \Deleted and UID EXPUNGE (RFC 4315); False when there is neither."""
        if self._client is not None and not self._capabilities & {b"MOVE", b"UIDPLUS"}:
            return False
        for chunk in _chunks(uids, _UIDS_PER_COMMAND):
            with self._speaking(f'moving messages to "{folder}"') as client:
                self._move(client, chunk, folder)
        return True

    def append_once(self, folder: str, raw: bytes, message_id: str, at: datetime) -> None:
        r"""Put *raw* into *folder* as \Seen, dated *at*, unless *message_id* is there; the selection stays as it was."""
        before = self._selected
        with self._speaking(f'filing a copy in "{folder}"', self._deadline + len(raw) / SLOWEST) as client:
            self._make_folder(client, folder)
            self._select(client, folder, readonly=True)
            if not client.search(["HEADER", "Message-ID", message_id]):
                client.append(folder, raw, flags=(imapclient.SEEN,), msg_time=at.astimezone(UTC))
            if before is not None:
                self._select(client, before[0], readonly=before[1])

    def wait(self, seconds: float) -> bool:
        """Wait up to *seconds*, by IDLE (RFC 2177; at most nine minutes) or asleep; True on a hint of news.

        Ends within a second of ``wake`` and ``abort``. Raises MailboxError when the connection turns out to be dead.
        """
        try:
            usable = self._settings.idle and b"IDLE" in self._capabilities and self._idle_failures < _IDLE_FAILURES
            if self._client is None or self._selected is None or not usable:
                self._wake.wait(seconds)
                return False
            return self._idle(min(seconds, _IDLE_SECONDS))
        finally:
            self._wake.clear()

    def _dial(self) -> None:
        pause = self._not_before - time.monotonic()
        if pause > 0:
            raise MailboxError(f"{self._label}: the server asked for a pause; {pause:.0f} seconds of it are left")
        settings = self._settings
        self._lifeline.renew()
        with self._reporting("connecting"), self._lifeline.within(self._deadline):
            token = self._token() if settings.auth == "xoauth2" and self._token is not None else None
            context = None if settings.security == "none" else tls_context(self._cafile)
            client = Client(
                settings.host,
                settings.port,
                context=context if settings.security == "tls" else None,
                lifeline=self._lifeline,
                seconds=float(settings.timeout_seconds),
            )
            self._client = client
            if settings.security == "starttls":
                start_tls(client, context, self._label)
            log_in(client, settings, token, self._label)
            self._capabilities = frozenset(client.capabilities())

    def _select(self, client: Client, folder: str, *, readonly: bool) -> FolderState:
        self._selected = None
        answer = client.select_folder(folder, readonly=readonly)
        if not {b"UIDVALIDITY", b"EXISTS"} <= answer.keys():
            raise MailboxError(
                f'{self._label}: the server opens "{folder}" without saying UIDVALIDITY; ask its operator'
            )
        state = FolderState(
            uidvalidity=answer[b"UIDVALIDITY"], uidnext=answer.get(b"UIDNEXT", 0), exists=answer[b"EXISTS"]
        )
        self._sizes.clear()
        self._selected, self._state, self._selected_at = (folder, readonly), state, time.monotonic()
        return state

    def _move(self, client: Client, uids: Sequence[int], folder: str) -> None:
        if self._selected is not None and self._selected[1]:
            # Dovecot says OK to a MOVE out of a folder opened read-only, and moves nothing.
            raise MailboxError(f"{self._label}: a folder opened read-only keeps its messages")
        self._make_folder(client, folder)
        client.noop()  # Else one message deleted meanwhile, of which we were not told, makes the whole command fail.
        if b"MOVE" in self._capabilities:
            client.move(uids, folder)
        else:
            client.copy(uids, folder)
            client.delete_messages(uids, silent=True)
            client.uid_expunge(uids)
        self._selected_at = -math.inf

    def _heard(self, answers: Iterable[object]) -> None:
        """Keep count of the messages in the open folder by what the server tells unasked (RFC 3501 section 7.3.1, 7.4.1)."""
        for answer in answers:
            match answer:
                case (int(count), b"EXISTS"):
                    self._state = replace(self._state, exists=count)
                case (int(), b"EXPUNGE"):
                    self._state = replace(self._state, exists=self._state.exists - 1)
                case _:
                    pass

    def _envelopes(self, client: Client, uids: Sequence[int]) -> dict[int, Envelope]:
        """The envelopes that the server gives; where it says NO to many, they are asked for in halves, and one by itself is left out."""
        found: dict[int, Envelope] = {}
        groups, refusals = [uids] if uids else [], 0
        while groups:
            group = groups.pop()
            try:
                rows = client.fetch(group, ["RFC822.SIZE", "INTERNALDATE"])
            except (IMAPClientAbortError, ProtocolError):
                raise
            except IMAPClientError as error:
                refusals += 1
                # Who says NO to nearly everything, or asks for a pause, has a fault of its own.
                if refusals > _REFUSALS or suggested_pause(str(error)):
                    raise
                half = len(group) // 2
                groups += [part for part in (group[half:], group[:half]) if len(group) > 1]
                continue
            found |= {uid: _envelope(uid, row) for uid, row in rows.items() if b"RFC822.SIZE" in row}
        return found

    def _fetch(self, uids: Sequence[int], item: str, key: bytes, expected: int) -> dict[int, bytes]:
        with self._speaking("reading messages", self._deadline + expected / SLOWEST) as client:
            rows = client.fetch(uids, [item])
        # A message removed meanwhile has no row, or NIL for its text.
        return {uid: row[key] for uid, row in rows.items() if isinstance(row.get(key), bytes)}

    def _by_bytes(self, uids: Iterable[int]) -> Iterator[list[int]]:
        """Make groups that one command can fetch; a message of unknown size goes alone."""
        group: list[int] = []
        total = 0
        for uid in uids:
            size = self._sizes.get(uid, _BYTES_PER_COMMAND)
            if group and (total + size > _BYTES_PER_COMMAND or len(group) == _UIDS_PER_COMMAND):
                yield group
                group, total = [], 0
            group.append(uid)
            total += size
        if group:
            yield group

    def _make_folder(self, client: Client, folder: str) -> None:
        if folder not in self._folders and not client.folder_exists(folder):
            client.create_folder(folder)
        self._folders.add(folder)

    def _idle(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        with self._speaking("waiting for news", seconds + self._deadline) as client:
            while time.monotonic() < end and not self._wake.is_set():
                try:
                    client.idle()
                except IMAPClientError as error:
                    if "Unexpected IDLE response" not in str(error):
                        raise
                    break
                news = self._listen(client, end)
                self._idle_failures = 0
                # idle_check() says nothing, for ever, on a dead connection; NOOP raises.
                told = client.noop()[1]
                self._heard(told)
                news = news or is_news(told)
                if news:
                    return True
                self._wake.wait(min(_SLICE_SECONDS, max(0.0, end - time.monotonic())))
            else:
                return False
        # Some servers tell news before they agree to idle, which this client cannot follow: begin again, and poll.
        self._idle_failures += 1
        self._drop()
        self._dial()
        return True

    def _listen(self, client: Client, end: float) -> bool:
        """Listen in slices until news, *end* (monotonic), a wake, or an early, empty answer: the line may be dead."""
        news = early = False
        while not (news or early or self._wake.is_set()) and (left := end - time.monotonic()) > 0:
            began, slice_ = time.monotonic(), min(_SLICE_SECONDS, left)
            answers = client.idle_check(timeout=slice_)
            self._heard(answers)
            news = is_news(answers)
            early = not answers and time.monotonic() - began < slice_ / 2
        told = client.idle_done()[1]
        self._heard(told)
        return is_news(told) or news

    @contextlib.contextmanager
    def _speaking(self, doing: str, seconds: float | None = None) -> Iterator[Client]:
        """Lend the client for one exchange of *seconds*; any error ends the connection and becomes a MailboxError."""
        if self._client is None:
            raise MailboxError(f"{self._label}: not connected, while {doing}")
        with self._reporting(doing), self._lifeline.within(seconds or self._deadline):
            yield self._client

    @contextlib.contextmanager
    def _reporting(self, doing: str) -> Iterator[None]:
        try:
            yield
        except InfogovError:
            self._drop()
            raise
        except Exception as error:
            # imaplib, ssl and socket have no error in common, and a broken server makes the parsers raise anything.
            words = self._lifeline.reason or said(error)
            self._not_before = time.monotonic() + suggested_pause(words)
            self._drop()
            raise MailboxError(f"{self._label}: {doing} failed. {explain(words or error)}") from error
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        """Shut the connection down without a word: after an error its state is not known."""
        client, self._client, self._selected = self._client, None, None
        self._folders.clear()
        self._sizes.clear()
        if client is not None:
            with contextlib.suppress(OSError, ValueError):
                client.shutdown()
        self._lifeline.release()

    @property
    def _label(self) -> str:
        return f'mailbox "{self.name}" ({self._settings.user} at {self._settings.host}:{self._settings.port})'


def _envelope(uid: int, row: dict[bytes, Any]) -> Envelope:
    at = row.get(b"INTERNALDATE")
    usable = at.astimezone(UTC) if isinstance(at, datetime) and at.tzinfo is not None else None
    return Envelope(uid=uid, size=int(row[b"RFC822.SIZE"]), internal_date=usable)


def _chunks(uids: Sequence[int], length: int) -> Iterator[list[int]]:
    for start in range(0, len(uids), length):
        yield list(uids[start : start + length])
