"""What IMAP and SMTP both need of a connection: verified TLS, a lifeline to cut it by, and the XOAUTH2 words."""

from __future__ import annotations

import contextlib
import imaplib
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, Any

from pipeline.mail.remedies import cleaned
from pipeline.mail.timekeeper import TIMEKEEPER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

CONNECT_SECONDS = 30.0
DEADLINE_FACTOR = 5  # a call as a whole may take this many of the configured time-outs, and more for many bytes:
SLOWEST = 128 * 1024  # bytes a second that are still waited for, 1 Mbit/s
_SEND_CHUNK = 64 * 1024
_LARGEST_LITERAL = 2**30  # bytes; an announced size is believed, and its memory taken, before the first byte has come


class Lifeline:
    """A second handle on a connection's socket, by which a timer or another thread can cut it while a call hangs in it.

    The handle is the descriptor's duplicate: it stays good when the socket is wrapped in TLS, and shutting it down ends
    every read and write at once. Read time-outs alone do not end a call to a server that trickles a byte a second.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None
        self._reason = ""

    @property
    def reason(self) -> str:
        """Why the connection was cut; empty when it was not."""
        return self._reason

    def renew(self) -> None:
        """Forget the last connection, before a new one is made."""
        with self._lock:
            self._release()
            self._reason = ""

    def hold(self, sock: socket.socket) -> None:
        """Take hold of *sock*; cut it at once when the time was up before it was made."""
        with self._lock:
            self._release()
            self._handle = socket.fromfd(sock.fileno(), sock.family, sock.type)
            if self._reason:
                self._shut()

    def cut(self, reason: str) -> None:
        """End the connection now, from any thread; never raises."""
        with self._lock:
            self._reason = self._reason or reason
            self._shut()

    def release(self) -> None:
        """Let go of the handle, once the connection is closed."""
        with self._lock:
            self._release()

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cut the connection when the block has not ended after *seconds*."""
        until = time.monotonic() + seconds
        exchange = TIMEKEEPER.add(until, lambda: self.cut(f"it took longer than {seconds:.0f} seconds in all"))
        try:
            yield
        finally:
            TIMEKEEPER.remove(exchange)

    def _release(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None

    def _shut(self) -> None:
        if self._handle is not None:
            with contextlib.suppress(OSError):
                self._handle.shutdown(socket.SHUT_RDWR)


def tls_context(cafile: str | None = None) -> ssl.SSLContext:
    """Make a context that verifies certificate and host name; *cafile* is an authority to trust, not the system's."""
    return ssl.create_default_context(cafile=cafile)


def dial(
    host: str, port: int, *, timeout: float | None, lifeline: Lifeline, context: ssl.SSLContext | None
) -> socket.socket:
    """Connect to *host*, held by *lifeline* before the TLS handshake (with *context*); *timeout* in seconds per step.

    Raises OSError, of which ssl.SSLError and TimeoutError are kinds.
    """
    plain = socket.create_connection((host, port), timeout)
    try:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        lifeline.hold(plain)
        return plain if context is None else context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def send_all(sock: socket.socket, data: bytes | bytearray | memoryview) -> None:
    """Write *data* in pieces: sendall() applies its time-out to the whole of what it is given, however long that is."""
    view = memoryview(data)
    for start in range(0, len(view), _SEND_CHUNK):
        sock.sendall(view[start : start + _SEND_CHUNK])


class ImapWire(imaplib.IMAP4):
    """imaplib's protocol over a socket that a lifeline holds from the TLS handshake and the greeting on."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, lifeline: Lifeline) -> None:
        self._tls, self._lifeline = context, lifeline
        super().__init__(host, port, CONNECT_SECONDS)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return dial(self.host, self.port, timeout=timeout, lifeline=self._lifeline, context=self._tls)

    def read(self, size: int) -> bytes:
        """Read *size* bytes. Raises imaplib's abort for a size that no mail has."""
        if size > _LARGEST_LITERAL:
            raise imaplib.IMAP4.abort(f"the server announced {size} bytes, more than a mailbox can hold")
        return super().read(size)

    def send(self, data: Any) -> None:  # noqa: ANN401 - imaplib's own signature: any bytes-like object
        """Write *data*, in pieces."""
        send_all(self.sock, data)


def xoauth2(user: str, token: str) -> bytes:
    """Build the client's words in SASL XOAUTH2, as Microsoft and Google define it."""
    return f"user={user}\1auth=Bearer {token}\1\1".encode()


def answering(words: bytes, challenges: list[str]) -> Callable[[bytes], bytes]:
    """Answer XOAUTH2 with *words*, then a refusal with an empty line, keeping its reason in *challenges*."""

    def respond(challenge: bytes) -> bytes:
        """Answer one challenge, already decoded: the first is empty, and one with words is the server's refusal."""
        if challenge:
            challenges.append(cleaned(challenge))
            return b""
        return words

    return respond


def is_news(answers: Iterable[object]) -> bool:
    """Tell whether IDLE or NOOP told of a new message; "* OK Still here" does not. Raises imaplib's abort on BYE."""
    news = False
    for answer in answers:
        words = answer if isinstance(answer, tuple) else (answer,)
        if words[:1] == (b"BYE",):
            raise imaplib.IMAP4.abort(
                "BYE " + " ".join(cleaned(w) if isinstance(w, bytes) else str(w) for w in words[1:])
            )
        news = news or (words[1:] in {(b"EXISTS",), (b"RECENT",)} and words[0] != 0)
    return news
