"""Real servers for the tests that kill the product; without Dovecot they are skipped loudly, and in CI they fail."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest
from processes import Service
from servers import dovecot as dovecot_server
from servers.dovecot import Dovecot
from servers.smtp import SmtpSink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One IMAP server for these tests; each has a user of its own."""
    if dovecot_server.BINARY is None:
        pytest.skip(
            "DOVECOT IS NOT INSTALLED: apt-get install dovecot-imapd, or these tests prove nothing about real IMAP"
        )
    server = Dovecot()
    yield server
    server.stop()


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """An SMTP server that keeps what it is offered."""
    server = SmtpSink()
    yield server
    server.stop()


@pytest.fixture
def service(dovecot: Dovecot, sink: SmtpSink, tmp_path: Path) -> Iterator[Service]:
    """The product over an empty mailbox; what it started is killed at the end."""
    made = Service(tmp_path / "service", dovecot.port, sink.port, f"u{secrets.token_hex(6)}@northfield.example")
    yield made
    made.stop()
