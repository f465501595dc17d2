"""Real servers for the tests that kill the product; without Dovecot they are skipped loudly, and in CI they fail."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import engines
import pytest
from faults.fault_table import Proofs, markdown
from faults.in_memory import World
from faults.postgres_scene import Stand
from faults.story import Story
from processes import Service
from product import Product, making
from servers import dovecot as dovecot_server
from servers.dovecot import Dovecot
from servers.postgres import Postgres, started
from servers.postgres_faults import PostgresWire
from servers.smtp import SmtpSink

from pipeline.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROOFS = Proofs()


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


@pytest.fixture(scope="session")
def proofs() -> Proofs:
    """What this run has shown of the table of faults."""
    return PROOFS


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables and nothing in them, to copy: quicker than migrating one for each case."""
    return engines.finished(tmp_path_factory.mktemp("empty") / "infogov.db")


@pytest.fixture
def make_product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> Iterator[Callable[..., Product]]:
    """Set the product up with one mailbox of a new user; keywords are sections of the configuration."""
    with making(tmp_path, dovecot, sink, f"u{secrets.token_hex(6)}@northfield.example") as make:
        yield make


@pytest.fixture(scope="session")
def lone() -> Iterator[Postgres]:
    """A PostgreSQL for the tests that stop it, starve it and change its settings, and leave it as it was."""
    yield from started()


@pytest.fixture(scope="session")
def finished(lone: Postgres) -> str:
    """A database on it with its tables and nothing in them, to copy."""
    name = lone.create()
    Store.open(lone.url(name)).close()
    return name


@pytest.fixture
def wire(lone: Postgres) -> Iterator[PostgresWire]:
    """A wire to it that misbehaves."""
    made = PostgresWire(lone.port)
    yield made
    made.stop()


@pytest.fixture
def stand(
    make_product: Callable[..., Product], lone: Postgres, finished: str, wire: PostgresWire, sink: SmtpSink
) -> Iterator[Stand]:
    """The product on a database of that server, over that wire, after first contact with an empty mailbox."""
    name = lone.create(finished)
    url = lone.url(name).replace(f":{lone.port}/", f":{wire.port}/")
    made = Stand(make_product(database={"url": url}), sink, lone, name)
    made.take()
    yield made
    made.reconnect()
    lone.drop(name)


@pytest.fixture
def story(tmp_path: Path, empty_database: Path) -> Iterator[Story]:
    """Two requests in the mailbox of a product that has not looked yet."""
    world = World(tmp_path, empty_database)
    yield Story(world)
    world.close()


def pytest_sessionfinish() -> None:
    """Write the table where the environment asks for it, if this run has shown every line of it."""
    page = os.environ.get("FAULTS_TABLE", "")
    if page and PROOFS.complete:
        Path(page).write_text(markdown(), encoding="utf-8")
