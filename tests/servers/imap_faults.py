"""A TCP proxy in front of an IMAP server that drops, stalls, trickles, hides capabilities, misquotes and answers in its place."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from servers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.certificates import Certificate


class Fault(StrEnum):
    """What happens to the server's words once a fault is armed."""

    NONE = "none"
    DROP = "drop"
    STALL = "stall"
    TRICKLE = "trickle"
    BYE = "bye"
    SWALLOW = "swallow"
    NO = "no"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class _Strike:
    """What one command of the client meets."""

    fault: Fault
    text: bytes


@dataclass(slots=True)
class _Session:
    """One client's connection; *swallowing* is the tag of a command whose answer it is not to hear."""

    client: socket.socket
    server: socket.socket
    swallowing: bytes = b""


def named(line: bytes) -> list[int]:
    """The UIDs that a UID FETCH names."""
    ends = (part.split(b":") for part in line.split()[3].split(b","))
    return [uid for part in ends for uid in range(int(part[0]), int(part[-1]) + 1)]


class FaultyWire:
    """A proxy on ``port`` to a server on *target* port, both on the loopback address.

    ``arm`` chooses a fault that strikes after so many further bytes from the server. ``hide`` names capabilities to
    blank out. ``answers`` maps a command's name to the completion (without tag) that the client gets instead of the
    server's. ``strike`` lets a fault meet the next command of a name. ``before`` maps a command's name to what happens
    on the server just before it comes there, once. ``always`` says which fault meets a command line, each time.
    ``misquote`` changes what the server says. *certificate* makes the wire speak TLS to the client; it can be changed
    for the connections to come.

    Names are upper case, and "UID FETCH" for a UID command.
    """

    def __init__(self, target: int, certificate: Certificate | None = None) -> None:
        self._target = target
        self.certificate = certificate
        self._fault = Fault.NONE
        self._left = 0
        self._text = b""
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._sockets: set[socket.socket] = set()
        self.hide: tuple[bytes, ...] = ()
        self.answers: dict[bytes, bytes] = {}
        self.before: dict[bytes, Callable[[], object]] = {}
        self.always: Callable[[bytes], Fault] = lambda _line: Fault.NONE
        self.misquote: Callable[[bytes], bytes] | None = None
        self._strikes: dict[bytes, _Strike] = {}
        self.before_plus = b""
        self.connections = 0
        self.commands: list[bytes] = []
        self.port = free_port()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def arm(self, fault: Fault, *, after: int = 0, text: bytes = b"") -> None:
        """Let *fault* strike once *after* more bytes have come from the server; *text* is what BYE says."""
        with self._lock:
            self._fault, self._left, self._text = fault, after, text

    def strike(self, command: bytes, fault: Fault, text: bytes = b"") -> None:
        """Let *fault* meet the next *command*: DROP before the server hears of it, SWALLOW after it has done it and before it is known."""
        self._strikes[command] = _Strike(fault, text)

    @property
    def struck(self) -> bool:
        """Whether every strike has found its command."""
        return not self._strikes

    def cut(self) -> None:
        """Close every open connection now, on both sides, as a restarting server does."""
        with self._lock:
            for sock in self._sockets:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def push(self, line: bytes) -> None:
        """Say *line* to every client, as if the server had."""
        with self._lock:
            for sock in self._sockets:
                if sock.getsockname()[1] == self.port:
                    sock.sendall(line)

    def stop(self) -> None:
        """Close everything and wait for the threads."""
        self._stop.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                client = self._shielded(client)
            except OSError:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._target))
            session = _Session(client, server)
            with self._lock:
                self._sockets |= {client, server}
            pumps = (
                threading.Thread(target=self._to_client, args=(session,), daemon=True),
                threading.Thread(target=self._to_server, args=(session,), daemon=True),
            )
            closer = threading.Thread(target=self._close, args=(pumps, client, server), daemon=True)
            self._threads += [*pumps, closer]
            for thread in (*pumps, closer):
                thread.start()

    def _shielded(self, client: socket.socket) -> socket.socket:
        if self.certificate is None:
            return client
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate.cert, self.certificate.key)
        return context.wrap_socket(client, server_side=True)

    def _close(self, pumps: tuple[threading.Thread, ...], *sockets: socket.socket) -> None:
        for pump in pumps:
            pump.join()
        with self._lock:
            self._sockets -= set(sockets)
        for sock in sockets:
            sock.close()

    def _to_client(self, session: _Session) -> None:
        with contextlib.suppress(OSError):
            while data := session.server.recv(65536):
                if session.swallowing:
                    if session.swallowing + b" " in data:
                        break
                    continue
                for name in self.hide:
                    data = data.replace(name, b"X" * len(name))
                if self.misquote is not None:
                    data = self.misquote(data)
                if not self._pass_on(session.client, data):
                    break
        _end(session.client, session.server)

    def _pass_on(self, client: socket.socket, data: bytes) -> bool:
        """Send *data* on as the armed fault allows; False when the connection is to be closed."""
        with self._lock:
            fault, left = self._fault, self._left
            self._left = max(0, left - len(data))
        if fault is Fault.NONE or left >= len(data):
            client.sendall(data)
            return True
        client.sendall(data[:left])
        if fault is Fault.BYE:
            client.sendall(b"* BYE " + self._text + b"\r\n")
        if fault is Fault.STALL:
            self._until_gone(client)
        if fault is Fault.TRICKLE:
            for byte in data[left:]:
                if self._stop.wait(0.2):
                    break
                client.sendall(bytes([byte]))
        return False

    def _until_gone(self, client: socket.socket) -> None:
        """Say nothing more until the client or the test has gone."""
        while not self._stop.wait(0.05) and client.fileno() >= 0:
            if client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) or not _open(client):
                return

    def _to_server(self, session: _Session) -> None:
        client, server = session.client, session.server
        with contextlib.suppress(OSError), client.makefile("rb") as lines:
            for line in lines:
                words = line.split(maxsplit=3)
                name = words[1].upper() if len(words) > 1 else b""
                if name == b"UID" and len(words) > 2:
                    name += b" " + words[2].upper()
                self.commands.append(line)
                if name in self._strikes:
                    if self._meet(session, words[0], line, self._strikes.pop(name)):
                        continue
                    break
                lasting = self.always(line)
                if lasting is not Fault.NONE:
                    if self._meet(session, words[0], line, _Strike(lasting, b"Some messages could not be FETCHed")):
                        continue
                    break
                self.before.pop(name, lambda: None)()
                if name in self.answers:
                    client.sendall(words[0] + b" " + self.answers[name] + b"\r\n")
                    continue
                if name == b"IDLE" and self.before_plus:
                    client.sendall(self.before_plus)
                server.sendall(line)
        _end(server, client)

    def _meet(self, session: _Session, tag: bytes, line: bytes, strike: _Strike) -> bool:
        """Do to one command what was asked for; False when the connection is to be closed."""
        match strike.fault:
            case Fault.NO:
                session.client.sendall(tag + b" NO " + strike.text + b"\r\n")
                return True
            case Fault.EMPTY:
                # Where the first messages of a folder are the only ones it ever had, a UID is a place as well.
                for uid in named(line):
                    session.client.sendall(b'* %d FETCH (UID %d BODY[] "")\r\n' % (uid, uid))
                session.client.sendall(tag + b" OK Fetch completed.\r\n")
                return True
            case Fault.BYE:
                session.client.sendall(b"* BYE " + strike.text + b"\r\n")
                return False
            case Fault.STALL:
                self._until_gone(session.client)
                return False
            case Fault.TRICKLE:
                self.arm(Fault.TRICKLE)
            case Fault.SWALLOW:
                session.swallowing = tag
            case _:
                return False
        session.server.sendall(line)
        return True


def _open(sock: socket.socket) -> bool:
    try:
        return sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def _end(*sockets: socket.socket) -> None:
    for sock in sockets:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
