"""Real servers for the integration tests; without Dovecot they are skipped loudly, and in CI they fail."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Any

import pytest
from servers import dovecot as dovecot_server
from servers.certificates import Certificate, make_certificate
from servers.dovecot import Dovecot
from servers.imap_faults import FaultyWire
from servers.smtp import SmtpSink

from pipeline.mail.mailbox import ImapMailbox
from pipeline.mail.transport import SmtpTransport
from pipeline.settings import MailboxSettings, SmtpSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _need_dovecot() -> None:
    if dovecot_server.BINARY is not None:
        return
    reason = "DOVECOT IS NOT INSTALLED: apt-get install dovecot-imapd, or these tests prove nothing about real IMAP"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for 127.0.0.1, its own authority."""
    return make_certificate(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def dovecot(certificate: Certificate) -> Iterator[Dovecot]:
    """One server for the whole run, with STARTTLS and TLS too; each test has a user of its own."""
    _need_dovecot()
    server = Dovecot(certificate=certificate)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def dovecot_oauth() -> Iterator[Dovecot]:
    """A server that takes OAuth tokens signed with OAUTH_KEY, and nothing else."""
    _need_dovecot()
    server = Dovecot(oauth_key=dovecot_server.OAUTH_KEY)
    yield server
    server.stop()


@pytest.fixture
def user() -> str:
    """A name nobody had before: a fresh, empty mailbox."""
    return f"u{secrets.token_hex(6)}@northfield.example"


@pytest.fixture
def wire(dovecot: Dovecot) -> Iterator[FaultyWire]:
    """A faulty wire to the server's unencrypted port."""
    proxy = FaultyWire(dovecot.port)
    yield proxy
    proxy.stop()


@pytest.fixture
def make_mailbox(dovecot: Dovecot, user: str) -> Iterator[Callable[..., ImapMailbox]]:
    """Make mailboxes of *user*; keywords change their settings, or are those of ImapMailbox."""
    made: list[ImapMailbox] = []

    def make(
        *,
        token: Callable[[], str] | None = None,
        cafile: str | None = None,
        deadline_seconds: float | None = None,
        **changes: Any,
    ) -> ImapMailbox:
        values = {
            "name": "foi",
            "host": "127.0.0.1",
            "port": dovecot.port,
            "security": "none",
            "user": user,
            "password": dovecot_server.PASSWORD,
            "timeout_seconds": 10,
        }
        settings = MailboxSettings.model_validate({**values, **changes})
        made.append(ImapMailbox(settings, token, cafile=cafile, deadline_seconds=deadline_seconds))
        return made[-1]

    yield make
    for mailbox in made:
        mailbox.close()


@pytest.fixture
def make_sink() -> Iterator[Callable[..., SmtpSink]]:
    """Start SMTP sinks."""
    made: list[SmtpSink] = []

    def make(**options: Any) -> SmtpSink:
        made.append(SmtpSink(**options))
        return made[-1]

    yield make
    for sink in made:
        sink.stop()


@pytest.fixture
def sink(make_sink: Callable[..., SmtpSink]) -> SmtpSink:
    """An SMTP sink that asks for no login."""
    return make_sink()


@pytest.fixture
def make_transport() -> Iterator[Callable[..., SmtpTransport]]:
    """Make transports to a port; keywords change their settings, or are those of SmtpTransport."""
    made: list[SmtpTransport] = []

    def make(
        port: int,
        *,
        token: Callable[[], str] | None = None,
        cafile: str | None = None,
        deadline_seconds: float | None = None,
        **changes: Any,
    ) -> SmtpTransport:
        values = {
            "host": "127.0.0.1",
            "port": port,
            "security": "none",
            "from_address": "foi@northfield.example",
            "timeout_seconds": 10,
        }
        settings = SmtpSettings.model_validate({**values, **changes})
        made.append(SmtpTransport(settings, token, cafile=cafile, deadline_seconds=deadline_seconds))
        return made[-1]

    yield make
    for transport in made:
        transport.close()
