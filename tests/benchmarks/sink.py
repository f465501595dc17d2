"""A mail server that takes everything and costs next to nothing, so that a rate is ours and not its own: it answers each line, and keeps recipients."""

from __future__ import annotations

import contextlib
import socket
import threading


class Sink:
    """Listens on 127.0.0.1:*port* until ``stop``; *recipients* has the envelope recipient of each letter taken, in order."""

    def __init__(self) -> None:
        self.recipients: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        """Take no more connections."""
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, connection.makefile("rb", 2**18) as lines:
            connection.sendall(b"220 sink\r\n")
            recipient = ""
            for line in lines:
                verb = line[:4].upper().rstrip()
                if verb == b"DATA":
                    connection.sendall(b"354 go\r\n")
                    while (line := lines.readline()) not in (b".\r\n", b""):
                        pass
                    if not line:
                        return
                    self.recipients.append(recipient)
                elif verb == b"RCPT":
                    recipient = line[8:].strip().strip(b"<>").decode("ascii")
                connection.sendall(b"250-sink\r\n250 8BITMIME\r\n" if verb == b"EHLO" else b"250 ok\r\n")
                if verb == b"QUIT":
                    return
