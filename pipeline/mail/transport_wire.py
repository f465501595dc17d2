"""smtplib's protocol over a socket of ours, with the letter's own bytes written and answered by their own measure."""

from __future__ import annotations

import re
import smtplib
from typing import TYPE_CHECKING, Any

from pipeline.mail.connection import CONNECT_SECONDS, Lifeline, dial, send_all

if TYPE_CHECKING:
    import socket
    import ssl

_LEADING_DOT = re.compile(rb"(?m)^\.")


class SmtpWire(smtplib.SMTP):
    """smtplib's protocol over a socket that a lifeline holds from the TLS handshake and the greeting on."""

    def __init__(self, host: str, port: int, *, timeout: float, lifeline: Lifeline, tls: ssl.SSLContext | None) -> None:
        self._lifeline, self._tls = lifeline, tls
        # A name given here spares smtplib a DNS query of our own; the right one is known once there is a connection.
        self.greeting = b""
        super().__init__(host, port, local_hostname="localhost", timeout=timeout)
        self._read_seconds = timeout

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock = dial(host, port, timeout=min(timeout, CONNECT_SECONDS), lifeline=self._lifeline, context=self._tls)
        sock.settimeout(timeout)
        address = sock.getsockname()[0]
        # RFC 5321 section 4.1.3: a client without a name of its own gives its address.
        self.local_hostname = f"[IPv6:{address.partition('%')[0]}]" if ":" in address else f"[{address}]"
        return sock

    def connect(self, *place: Any, **more: Any) -> tuple[int, bytes]:  # noqa: ANN401 - smtplib's own arguments, passed on
        """Connect, and keep what the server says first: some give their time in it."""
        answer = super().connect(*place, **more)
        self.greeting = answer[1]
        return answer

    def body(self, raw: bytes) -> None:
        """Write *raw* with its leading dots doubled, and the final dot (RFC 5321 section 4.5.2). Raises OSError."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("Connection closed")
        send_all(self.sock, _LEADING_DOT.sub(b"..", raw) + (b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n"))

    def verdict(self, seconds: float) -> tuple[int, bytes]:
        """The answer to the final dot, waited for by its own measure. Raises OSError."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("Connection closed")
        # The lifeline ends the wait, and says so; this only lets it.
        self.sock.settimeout(seconds + 1)
        try:
            return self.getreply()
        finally:
            if self.sock is not None:
                self.sock.settimeout(self._read_seconds)
