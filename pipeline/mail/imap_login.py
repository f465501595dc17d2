"""The way into a mailbox: imapclient over a socket of ours, STARTTLS where asked for, and a login by password or token."""

from __future__ import annotations

import imaplib
from typing import TYPE_CHECKING

import imapclient
from imapclient import imap_utf7
from imapclient.exceptions import IMAPClientError, ProtocolError
from imapclient.exceptions import LoginError as RefusedError

from pipeline.domain.errors import LoginError, MailboxError
from pipeline.mail.connection import CONNECT_SECONDS, ImapWire, answering, xoauth2
from pipeline.mail.remedies import cleaned, explain

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from pipeline.mail.connection import Lifeline
    from pipeline.settings import MailboxSettings

_TEMPORARY = ("[unavailable]", "[inuse]", "[limit]", "[serverbug]", "not connected", "backoff", "throttl")


class Client(imapclient.IMAPClient):  # type: ignore[misc] # imapclient is published without types
    """An IMAPClient over ``ImapWire``."""

    def __init__(
        self, host: str, port: int, *, context: ssl.SSLContext | None, lifeline: Lifeline, seconds: float
    ) -> None:
        self._new_wire: Callable[[], ImapWire] = lambda: ImapWire(host, port, context, lifeline)
        timeout = imapclient.SocketTimeout(connect=CONNECT_SECONDS, read=seconds)
        super().__init__(host, port, ssl=context is not None, timeout=timeout)
        self.normalise_times = False
        # imapclient has imaplib spell out every line and every mail for a log that nobody reads: with it, fetching takes seven times as long.
        self._imap.debug = 0

    def folders(self) -> dict[str, tuple[bytes, ...]]:
        """Every folder's name and marks; a name that is no modified UTF-7 (RFC 3501 section 5.1.3) is shown as it came."""
        self.folder_encode = False
        try:
            listed = self.list_folders()
        finally:
            self.folder_encode = True
        return {_folder_name(name): flags for flags, _, name in listed}

    def _create_IMAP4(self) -> ImapWire:  # noqa: N802 - imapclient's name for its one factory method
        return self._new_wire()


def _folder_name(name: bytes | str) -> str:
    try:
        return str(imap_utf7.decode(name))
    except ValueError:
        return name.decode("utf-8", "replace") if isinstance(name, bytes) else name


def said(error: Exception) -> str:
    """The words of *error*; of an answer that could not be understood only that it was so, for it may hold the words of a mail."""
    words = str(error)
    servers = isinstance(error, (OSError, IMAPClientError)) and not isinstance(error, ProtocolError)
    if servers and not words.startswith(("unexpected ", "socket error: unterminated")):
        return words
    return words.partition(":")[0].partition('"')[0]


def start_tls(client: Client, context: ssl.SSLContext | None, label: str) -> None:
    """Go on encrypted (RFC 3501 section 6.2.1); *label* names the mailbox. Raises MailboxError where the server has no STARTTLS."""
    if b"STARTTLS" not in client.capabilities():
        raise MailboxError(
            f"{label}: the server does not offer STARTTLS, and nothing is sent to it unencrypted."
            ' Set security = "tls" with port 993, or ask its operator'
        )
    client.starttls(context)


def log_in(client: Client, settings: MailboxSettings, token: str | None, label: str) -> None:
    """Log in as *settings* say, with *token* for XOAUTH2. Raises LoginError for refused credentials, imapclient's errors for all else."""
    offered = set(client.capabilities())
    user, credential = settings.user, "user name or password"
    challenges: list[str] = []
    try:
        if settings.auth == "xoauth2":
            credential = "token"
            client.sasl_login("XOAUTH2", answering(xoauth2(user, token or ""), challenges))
        elif b"AUTH=PLAIN" in offered:
            # Unlike LOGIN it takes every character in a password (RFC 4616).
            secret = f"\0{user}\0{settings.password.get_secret_value()}".encode()
            client.sasl_login("PLAIN", lambda _challenge: secret)
        elif b"LOGINDISABLED" in offered:
            raise LoginError(f"{label}: {explain('LOGINDISABLED')}")
        else:
            client.login(user, settings.password.get_secret_value())
    except IMAPClientError as error:
        words = cleaned(" ".join([str(error), *challenges]))
        if _is_refusal(error, words):
            raise LoginError(f"{label}: the server refused the {credential}. {explain(words)}") from error
        raise


def _is_refusal(error: Exception, words: str) -> bool:
    """Tell a no to the credentials from a server that is busy or gone: imapclient makes a LoginError of all three."""
    lost = isinstance(error, imaplib.IMAP4.abort) or isinstance(error.__context__, imaplib.IMAP4.abort)
    return isinstance(error, RefusedError) and not lost and not any(word in words.lower() for word in _TEMPORARY)
