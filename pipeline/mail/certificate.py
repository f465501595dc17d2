"""When a mail server's certificate ends, asked over a connection of its own that logs in to nothing."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.domain.errors import TransportError
from pipeline.mail.connection import CONNECT_SECONDS, Lifeline, dial, tls_context
from pipeline.mail.remedies import cleaned, explain

if TYPE_CHECKING:
    import socket

    from pipeline.settings import MailboxSettings, SmtpSettings

_LONGEST_LINE = 8 * 1024
_MOST_LINES = 50


def certificate_ends(
    server: MailboxSettings | SmtpSettings, *, imap: bool, cafile: str | None = None
) -> datetime | None:
    """The last instant, in UTC, of the certificate that *server* shows; None where the connection has no TLS.

    The certificate is verified. Raises TransportError with a remedy, also for one that has ended.
    """
    if server.security == "none":
        return None
    context, lifeline = tls_context(cafile), Lifeline()
    at_once = context if server.security == "tls" else None
    try:
        with lifeline.within(2 * CONNECT_SECONDS):
            sock = dial(server.host, server.port, timeout=CONNECT_SECONDS, lifeline=lifeline, context=at_once)
            try:
                if at_once is None:
                    _upgrade(sock, imap=imap)
                    sock = context.wrap_socket(sock, server_hostname=server.host)
                shown = sock.getpeercert() if isinstance(sock, ssl.SSLSocket) else None
            finally:
                sock.close()
    except (OSError, ValueError) as error:
        words = lifeline.reason or str(error)
        raise TransportError(f"{server.host}:{server.port}: {explain(words or error)}") from error
    finally:
        lifeline.release()
    end = (shown or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC) if isinstance(end, str) else None


def _upgrade(sock: socket.socket, *, imap: bool) -> None:
    """Ask for TLS on a plain connection (RFC 3501 section 6.2.1, RFC 3207). Raises OSError, ValueError."""
    reader = sock.makefile("rb", buffering=0)
    if imap:
        reader.readline(_LONGEST_LINE)
        sock.sendall(b"a STARTTLS\r\n")
        _wait_for(reader, b"a ", b"a OK")
        return
    _wait_for(reader, b"220 ", b"220 ")
    sock.sendall(b"EHLO localhost\r\n")
    _wait_for(reader, b"250 ", b"250 ")
    sock.sendall(b"STARTTLS\r\n")
    _wait_for(reader, b"220 ", b"220 ")


def _wait_for(reader: socket.SocketIO, last: bytes, good: bytes) -> None:
    for _ in range(_MOST_LINES):
        line = reader.readline(_LONGEST_LINE)
        # An answer's earlier lines have a hyphen after the code (RFC 5321 section 4.2.1), or another tag.
        if line.startswith(last) or not line or (line[3:4] == b" " and line[:3].isdigit()):
            if line[: len(good)].upper() != good.upper():
                raise ValueError(f"the server did not agree to TLS: {cleaned(line)}")
            return
    raise ValueError("the server did not come to the point")
