"""Asks clamd whether a file is infected: its INSTREAM command, over a local socket or TCP; each file has a connection of its own."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from dataclasses import dataclass

from pipeline.domain.errors import ScannerError
from pipeline.mail.charsets import one_line

CLEAN = "clean"
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096
_LONGEST_NAME = 100
_REMEDY = "see that clamd runs and that [scan] clamd names its socket"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What clamd said of one file: *verdict* is "clean" or the name of what it found; empty when the file is larger than it takes."""

    verdict: str

    @property
    def infected(self) -> bool:
        """Whether something was found; one that could not be looked at is neither infected nor clean."""
        return self.verdict not in {"", CLEAN}


class Scanner:
    """Speaks to the clamd at *address* ("unix:/run/clamav/clamd.ctl" or "host:port"); *seconds* bound each file as a whole."""

    def __init__(self, address: str, seconds: float) -> None:
        self._address = address
        self._seconds = seconds

    def scan(self, data: bytes) -> Scanned:
        """Have *data* scanned. Raises ScannerError when clamd can't be reached, takes too long or does not know what to say."""
        until = time.monotonic() + self._seconds
        try:
            with self._connected() as sock:
                # A clamd that has had enough answers and hangs up in the middle: what it said is still there to be read.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    _send(sock, data, until)
                answer = _answer(sock, until)
        except OSError as error:
            raise ScannerError(f"the virus scanner could not be asked ({error}); {_REMEDY}") from error
        return _understood(answer)

    def _connected(self) -> socket.socket:
        path = self._address.removeprefix("unix:")
        if path == self._address:
            host, _, port = self._address.rpartition(":")
            return socket.create_connection((host.strip("[]"), int(port)), timeout=self._seconds)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(self._seconds)
            sock.connect(path)
        except BaseException:
            sock.close()
            raise
        return sock


def found_words(name: str, verdict: str) -> str:
    """What is said to an officer who adds the file *name*, in which *verdict* was found."""
    return f"{name}: the virus scanner found {verdict} in it; take the file away and tell your IT security team"


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def _send(sock: socket.socket, data: bytes, until: float) -> None:
    """Send *data* in chunks, each with its length in four bytes, and a length of nothing at the end (clamd(8), INSTREAM)."""
    view = memoryview(data)
    sock.settimeout(_left(until))
    sock.sendall(b"zINSTREAM\0")
    for at in range(0, len(view), _CHUNK):
        chunk = view[at : at + _CHUNK]
        sock.settimeout(_left(until))
        sock.sendall(struct.pack("!I", len(chunk)))
        sock.sendall(chunk)
    sock.sendall(struct.pack("!I", 0))


def _answer(sock: socket.socket, until: float) -> str:
    """Clamd's one answer, which ends with a NUL because the command began with z."""
    heard = b""
    while b"\0" not in heard and len(heard) < _LONGEST_ANSWER:
        sock.settimeout(_left(until))
        try:
            more = sock.recv(_LONGEST_ANSWER)
        except ConnectionResetError:
            more = b""
        if not more:
            break
        heard += more
    said, end, _ = heard.partition(b"\0")
    # Half an answer could lack the better half.
    return one_line(said.decode("utf-8", "replace")).strip() if end else ""


def _understood(answer: str) -> Scanned:
    said = answer.removeprefix("stream:").strip()
    if said == "OK":
        return Scanned(verdict=CLEAN)
    if said.endswith("FOUND"):
        # A find that is called "clean" must not pass for one.
        name = said.removesuffix("FOUND").strip()[:_LONGEST_NAME]
        return Scanned(verdict=name if name not in {"", CLEAN} else "something without a name")
    if "size limit exceeded" in said:
        return Scanned(verdict="")
    raise ScannerError(f'the virus scanner said "{said[:_LONGEST_NAME]}"; {_REMEDY}')
