"""A TCP proxy in front of an IMAP server that drops, stalls, trickles, hides capabilities and answers in its place."""

from __future__ import annotations

import contextlib
import socket
import threading
from enum import StrEnum


class Fault(StrEnum):
    """What happens to the server's words once a fault is armed."""

    NONE = "none"
    DROP = "drop"
    STALL = "stall"
    TRICKLE = "trickle"
    BYE = "bye"


class FaultyWire:
    """A proxy on ``port`` to a server on *target* port, both on the loopback address.

    ``arm`` chooses a fault that strikes after so many further bytes from the server. ``hide`` names capabilities to
    blank out. ``answers`` maps a command's name to the completion (without tag) that the client gets instead of the
    server's; ``refused`` counts connections turned away while ``accepting`` is False.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._fault = Fault.NONE
        self._left = 0
        self._text = b""
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._sockets: set[socket.socket] = set()
        self.hide: tuple[bytes, ...] = ()
        self.answers: dict[bytes, bytes] = {}
        self.before_plus = b""
        self.connections = 0
        self.commands: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def arm(self, fault: Fault, *, after: int = 0, text: bytes = b"") -> None:
        """Let *fault* strike once *after* more bytes have come from the server; *text* is what BYE says."""
        with self._lock:
            self._fault, self._left, self._text = fault, after, text

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
            server = socket.create_connection(("127.0.0.1", self._target))
            with self._lock:
                self._sockets |= {client, server}
            pumps = (
                threading.Thread(target=self._to_client, args=(server, client), daemon=True),
                threading.Thread(target=self._to_server, args=(client, server), daemon=True),
            )
            closer = threading.Thread(target=self._close, args=(pumps, client, server), daemon=True)
            self._threads += [*pumps, closer]
            for thread in (*pumps, closer):
                thread.start()

    def _close(self, pumps: tuple[threading.Thread, ...], *sockets: socket.socket) -> None:
        for pump in pumps:
            pump.join()
        with self._lock:
            self._sockets -= set(sockets)
        for sock in sockets:
            sock.close()

    def _to_client(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                for name in self.hide:
                    data = data.replace(name, b"X" * len(name))
                if not self._pass_on(client, data):
                    break
        _end(client, server)

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

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError), client.makefile("rb") as lines:
            for line in lines:
                words = line.split(maxsplit=2)
                name = words[1].upper() if len(words) > 1 else b""
                self.commands.append(line)
                if name in self.answers:
                    client.sendall(words[0] + b" " + self.answers[name] + b"\r\n")
                    continue
                if name == b"IDLE" and self.before_plus:
                    client.sendall(self.before_plus)
                server.sendall(line)
        _end(server, client)


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
