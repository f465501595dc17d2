"""The demo's own mail servers on loopback: IMAP by pymap, SMTP by aiosmtpd, each in a thread with its own event loop.

They hold mail in memory and forget it at the end; no case ever rests on them. Needs the extra ``demo``.
"""

from __future__ import annotations

import asyncio
import imaplib
import logging
import os
import socket
import threading
from argparse import Namespace
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from pipeline.domain.errors import InfogovError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from pathlib import Path

    from pipeline.domain.ports import Clock

HOST = "127.0.0.1"
BOUNCES = "bounce.example"
BUSY = "busy.example"

_START_SECONDS = 20.0
_STOP_SECONDS = 5.0
_LARGEST = 64 * 2**20  # bytes; above any letter or sample, so that the demo never refuses what the product allows
_LOGGERS = ("pymap", "proxyprotocol", "mail.log", "mail.error", "mail.debug")


class DemoError(InfogovError):
    """The demo could not start its own mail servers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One letter taken at *at* (UTC): *raw* as on the wire, dots unstuffed; *sender* is "" for the null path."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    at: datetime


class DemoImap:
    """An IMAP server with one account, in memory (IDLE, MOVE and UIDPLUS; no TLS, no keywords, no CONDSTORE).

    *port* 0 takes any free one; ``port`` is the real one once started. Raises DemoError from ``start``.
    """

    def __init__(self, user: str = "infogov", password: str = "secret", port: int = 0) -> None:  # noqa: S107 - a made-up account on loopback, for as long as the demo runs
        self.user = user
        self.password = password
        self.port = port
        self._thread = _ServerThread("demo-imap", self._serve)

    def start(self) -> Self:
        """Listen; returns itself."""
        self.port = self._thread.start(self.port)
        return self

    def stop(self) -> None:
        """Close every connection and forget the mail; does nothing when it is not running."""
        self._thread.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def append(self, raw: bytes, at: datetime, folder: str = "INBOX") -> None:
        """Put *raw* into *folder*, made if need be, as having arrived at *at* (aware); bare LF becomes CRLF.

        Works from any thread. Raises DemoError when the server does not take it.
        """
        if at.tzinfo is None:
            raise DemoError("the time of arrival has no time zone: give an aware datetime")
        try:
            with imaplib.IMAP4(HOST, self.port, timeout=_START_SECONDS) as client:
                client.login(self.user, self.password)
                if folder.upper() != "INBOX":
                    client.create(_quoted(folder))  # NO where it exists already, which is as good.
                status, answer = client.append(_quoted(folder), "", imaplib.Time2Internaldate(at), raw)
        except (OSError, imaplib.IMAP4.error) as error:
            raise DemoError(f"the demo's mailbox did not take the message: {error}") from error
        if status != "OK":
            raise DemoError(f"the demo's mailbox did not take the message: {answer!r}")

    async def _serve(self, listener: socket.socket) -> asyncio.Server:
        try:
            # Imported late, because the extra may not be there and no other command should pay for loading it.
            from proxyprotocol.reader import ProxyProtocolReader  # noqa: PLC0415 - see above
            from pymap.backend.dict import Config, Login  # noqa: PLC0415 - see above
            from pymap.imap import IMAPServer  # noqa: PLC0415 - see above
            from pymap.user import Passwords, UserMetadata  # noqa: PLC0415 - see above
        except ImportError as error:
            raise _extra_missing(error) from error
        config = Config(
            Namespace(passlib_cfg=None, proxy_protocol=None, inherited_sockets=None),
            host=HOST,
            port=self.port,
            demo_data=False,
            demo_user=self.user,
            demo_password=self.password,
            secure_auth=False,
            tls_enabled=False,
            reject_dnsbl=False,
            max_append_len=_LARGEST,
        )
        login = Login(config)
        hashed = await Passwords(config).hash_password(self.password)
        await login.demo_user_identity.set(UserMetadata(config, self.user, password=hashed))
        config.apply_context()
        answer = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(login, config))
        return await asyncio.start_server(answer, sock=listener)


class DemoSmtp:
    """An SMTP server that keeps every letter: in memory, and as numbered .eml files in *folder* where one is given.

    Recipients at ``bounce.example`` are refused (550 5.1.1), each at ``busy.example`` is put off once (451 4.3.0).
    *port* 0 takes any free one; ``port`` is the real one once started. Raises DemoError from ``start``.
    """

    def __init__(self, clock: Clock, port: int = 0, folder: Path | None = None) -> None:
        self.port = port
        self._letters = _Letters(clock, folder)
        self._thread = _ServerThread("demo-smtp", self._serve)

    def start(self) -> Self:
        """Listen; returns itself."""
        self.port = self._thread.start(self.port)
        return self

    def stop(self) -> None:
        """Close every connection; what was delivered can still be read. Does nothing when it is not running."""
        self._thread.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def delivered(self) -> tuple[Delivered, ...]:
        """Every letter taken so far, oldest first."""
        return self._letters.taken()

    def wait(self, count: int, seconds: float) -> bool:
        """Wait until *count* letters in all have been taken, at most *seconds*; True when they have."""
        return self._letters.wait(count, seconds)

    async def _serve(self, listener: socket.socket) -> asyncio.Server:
        try:
            from aiosmtpd.smtp import SMTP  # noqa: PLC0415 - the extra may not be there, and no other command should pay for loading it
        except ImportError as error:
            raise _extra_missing(error) from error
        loop = asyncio.get_running_loop()
        return await loop.create_server(
            lambda: SMTP(
                self._letters,
                hostname="localhost",
                ident="infogov demo",
                data_size_limit=_LARGEST,
                enable_SMTPUTF8=True,
                loop=loop,
            ),
            sock=listener,
        )


class _Letters:
    """What aiosmtpd asks about each transaction (its handler hooks), and the letters taken."""

    def __init__(self, clock: Clock, folder: Path | None) -> None:
        self._clock = clock
        self._folder = folder
        self._put_off: set[str] = set()
        self._taken: list[Delivered] = []
        self._changed = threading.Condition()

    def taken(self) -> tuple[Delivered, ...]:
        """The letters taken so far, the first one first; from any thread."""
        with self._changed:
            return tuple(self._taken)

    def wait(self, count: int, seconds: float) -> bool:
        """Wait until *count* letters are here, for *seconds* at most; False where they did not come."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._taken) >= count, seconds)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:  # noqa: ANN401, N802 - the name and the untyped arguments are aiosmtpd's
        """Take a recipient, but for those of the domains that bounce or are busy once; aiosmtpd calls it for RCPT TO."""
        key = address.casefold()
        domain = key.rpartition("@")[2]
        if domain == BOUNCES:
            return "550 5.1.1 There is no such mailbox here"
        if domain == BUSY and key not in self._put_off:
            self._put_off.add(key)
            return "451 4.3.0 Busy just now, please try again"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: ANN401, N802 - the name and the untyped arguments are aiosmtpd's
        """Take the letter, and write it into the folder where there is one; aiosmtpd calls it after the final dot."""
        letter = Delivered(
            # aiosmtpd hands the null path over as it was written.
            sender=(envelope.mail_from or "").removeprefix("<>"),
            recipients=tuple(envelope.rcpt_tos),
            raw=bytes(envelope.original_content),
            at=self._clock.now(),
        )
        if self._folder is not None:
            try:
                _write(self._folder, letter.raw)
            except OSError:
                # A real server answers so when its spool is full: the sender keeps the letter and tries again.
                return "452 4.3.1 The letter could not be written to the demo's folder"
        with self._changed:
            self._taken.append(letter)
            self._changed.notify_all()
        return "250 2.0.0 Taken"


class _ServerThread:
    """One server in a thread with its own event loop, where *serve* makes a server of a listening socket."""

    def __init__(self, name: str, serve: Callable[[socket.socket], Awaitable[asyncio.Server]]) -> None:
        self._name = name
        self._serve = serve
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._error: Exception | None = None

    def start(self, port: int) -> int:
        """Bind and serve; returns the port.

        The socket is bound here and handed over, so that a taken port is told at once and a free one is kept.
        """
        if self._thread is not None:
            raise DemoError(f"{self._name} is running already")
        _silence()
        listener = _listen(port)
        ready = threading.Event()
        self._error = None
        self._thread = threading.Thread(target=self._run, args=(listener, ready), name=self._name, daemon=True)
        self._thread.start()
        started = ready.wait(_START_SECONDS)
        if started and self._error is None:
            return int(listener.getsockname()[1])
        self.stop()
        listener.close()
        if isinstance(self._error, DemoError):
            raise self._error
        why = self._error or f"no answer within {_START_SECONDS:.0f} seconds"
        raise DemoError(f"{self._name} did not start: {why}") from self._error

    def stop(self) -> None:
        """End the loop, which closes every connection, and wait for the thread."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        if self._loop is not None and self._stop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)
        thread.join(_STOP_SECONDS)

    def _run(self, listener: socket.socket, ready: threading.Event) -> None:
        try:
            asyncio.run(self._main(listener, ready))
        except Exception as error:  # noqa: BLE001 - whatever stops a server from starting is handed to the thread that asked for it
            self._error = error
        finally:
            ready.set()

    async def _main(self, listener: socket.socket, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        # A client that drops its connection is everyday life and not a message for the demo's terminal.
        self._loop.set_exception_handler(lambda _loop, _context: None)
        server = await self._serve(listener)
        ready.set()
        await self._stop.wait()
        # Not "async with": since Python 3.12 that waits for clients to leave, while asyncio.run cancels their tasks.
        server.close()


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            # Lets a restarted demo have its port back at once; elsewhere this option would allow two owners.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(100)
    except (OSError, OverflowError) as error:
        listener.close()
        why = getattr(error, "strerror", None) or error
        raise DemoError(
            f"port {port} on {HOST} cannot be used ({why}): choose another, or 0 for any free one"
        ) from error
    listener.setblocking(False)
    return listener


def _silence() -> None:
    """Keep the servers' own log lines out of the story: logging's last resort would show them in the terminal."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _extra_missing(error: ImportError) -> DemoError:
    return DemoError(f"the demo's mail servers are not installed ({error.name}): pip install 'infogov[demo]'")


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _write(folder: Path, raw: bytes) -> None:
    """Write *raw* under the next free number; the name holds nothing a sender chose."""
    folder.mkdir(parents=True, exist_ok=True)
    number = len(list(folder.glob("letter-*.eml"))) + 1
    while True:
        try:
            with (folder / f"letter-{number:04}.eml").open("xb") as file:
                file.write(raw)
        except FileExistsError:
            number += 1
        else:
            return
