"""A TCP proxy in front of a PostgreSQL server that drops, swallows answers, stalls and trickles, at a statement's word."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Fault(StrEnum):
    """What the words of one statement meet."""

    DROP = "drop"  # the server never hears them
    SWALLOW = "swallow"  # it does what they say, and the connection ends before its answer
    STALL = "stall"  # it does what they say, and its answer stays on the way
    TRICKLE = "trickle"  # its answers come a byte at a time
    PASS = "pass"  # nothing; but something else happens first


@dataclass(frozen=True, slots=True)
class _Strike:
    """*fault* meets the first words *at* of a connection on which *after*, if anything, was said before; *first* happens just before."""

    after: bytes
    at: bytes
    fault: Fault
    first: Callable[[], object]


@dataclass(slots=True)
class _Session:
    """One client's connection, what strikes it next, and what has become of the server's words to it."""

    client: socket.socket
    server: socket.socket
    pumps: int = 2
    warned: bool = False
    fault: Fault = Fault.PASS


class PostgresWire:
    """A proxy on ``port`` to a server on *target* port, both on the loopback address; for connections without TLS.

    ``strike`` lets one fault meet one statement. Statements are known by words of their text, so that a client's own
    prepared ones, which are sent by name from their sixth use on, pass.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._released = threading.Event()
        self._sockets: set[socket.socket] = set()
        self._strike: _Strike | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def strike(self, after: str, at: str, fault: Fault, first: Callable[[], object] = lambda: None) -> None:
        """Let *fault* meet the next words *at* on a connection that has said *after* since, if it is to; *first* is done just before, once."""
        self._released.clear()
        self._strike = _Strike(after.encode(), at.encode(), fault, first)

    @property
    def struck(self) -> bool:
        """Whether the strike has found its words."""
        return self._strike is None

    def release(self) -> None:
        """Let go on what is stalled or trickles."""
        self._released.set()

    def cut(self) -> None:
        """Close every open connection now, on both sides."""
        with self._lock:
            for sock in self._sockets:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """Close everything and wait for the threads."""
        self._stop.set()
        self._released.set()
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
            try:
                server = socket.create_connection(("127.0.0.1", self._target), 10)
            except OSError:
                client.close()
                continue
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._sockets |= {client, server}
            session = _Session(client, server)
            for pump in (self._from_client, self._from_server):
                thread = threading.Thread(target=self._pump, args=(pump, session), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pump(self, pump: Callable[[_Session], None], session: _Session) -> None:
        try:
            with contextlib.suppress(OSError):
                pump(session)
        finally:
            self._ended(session)

    def _ended(self, session: _Session) -> None:
        with self._lock:
            session.pumps -= 1
            for sock in (session.client, session.server):
                self._sockets.discard(sock)
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
                if not session.pumps:
                    sock.close()

    def _from_client(self, session: _Session) -> None:
        while chunk := session.client.recv(65536):
            strike = self._strike
            if strike is not None and (session.warned or not strike.after) and strike.at in chunk:
                self._strike = None
                session.fault = strike.fault
                strike.first()
                if strike.fault is Fault.DROP:
                    return
            elif strike is not None:
                session.warned = session.warned or strike.after in chunk
            session.server.sendall(chunk)

    def _from_server(self, session: _Session) -> None:
        while chunk := session.server.recv(65536):
            match session.fault:
                case Fault.SWALLOW:
                    return
                case Fault.STALL:
                    self._released.wait()
                    session.client.sendall(chunk)
                case Fault.TRICKLE:
                    for byte in chunk:
                        session.client.sendall(bytes([byte]))
                        if not self._released.is_set():
                            time.sleep(0.001)
                case _:
                    session.client.sendall(chunk)
