"""A clamd that speaks INSTREAM as the real one does: lengths in four bytes, NUL at the end, and a limit after which it hangs up."""

from __future__ import annotations

import socketserver
import struct
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# The harmless text that scanners agree to take for a virus, in two halves, so that no scanner takes this file for one.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
NAME = "Eicar-Test-Signature"


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        clamd: Clamd = self.server.clamd  # type: ignore[attr-defined]
        clamd.dialled += 1
        command = self.rfile.read(len(b"zINSTREAM\0"))
        if command != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        if clamd.silent:
            clamd.stopping.wait(30)
            return
        data = b""
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            data += self.rfile.read(length)
            if len(data) > clamd.limit:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        clamd.seen.append(data)
        self.wfile.write(clamd.says or (f"stream: {NAME} FOUND\0".encode() if EICAR in data else b"stream: OK\0"))


class Clamd:
    """Listens on TCP, or on the socket *path*; *limit* is its StreamMaxLength in bytes, *says* an answer to everything."""

    def __init__(
        self, path: Path | None = None, *, limit: int = 25 * 2**20, says: bytes = b"", silent: bool = False
    ) -> None:
        self.limit = limit
        self.says = says
        self.silent = silent
        self.seen: list[bytes] = []
        self.dialled = 0
        self.stopping = threading.Event()
        if path is None:
            self._server: socketserver.BaseServer = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler)
            self.address = f"127.0.0.1:{self._server.server_address[1]}"
        else:
            self._server = socketserver.ThreadingUnixStreamServer(str(path), _Handler)
            self.address = f"unix:{path}"
        self._server.clamd = self  # type: ignore[attr-defined]
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the socket; nobody can connect any more."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
