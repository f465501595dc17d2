"""One Chromium for these tests, and one busy office; without Chromium they fail, for there is no other proof of what they prove."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest
from pages import PASSWORD, Office
from product import making
from servers import dovecot as dovecot_server
from servers.dovecot import Dovecot
from servers.smtp import SmtpSink

from browser.chrome import Chrome, House, Window
from browser.town import Town
from pipeline.stages.accounts import passwords

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from product import Product

_HASH = passwords.hashed(PASSWORD)


@pytest.fixture(scope="package")
def chrome() -> Iterator[Chrome]:
    """The one Chromium."""
    made = Chrome()
    yield made
    made.close()


@pytest.fixture(scope="package")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The busy office; a test that changes something takes in a request of its own."""
    made = Town(tmp_path_factory.mktemp("town"))
    yield made
    made.close()


@pytest.fixture(scope="package")
def town_house(town: Town) -> Iterator[House]:
    """The busy office's pages, served."""
    made = House(town.app)
    yield made
    made.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with four officers and an empty mailbox."""
    made = Office(tmp_path)
    yield made
    made.close()


@pytest.fixture
def window(chrome: Chrome, request: pytest.FixtureRequest) -> Iterator[Callable[..., Window]]:
    """Open windows on *house*, on the busy office's where none is named; at the end none may have anything to complain of."""
    made: list[Window] = []

    def make(email: str | None = None, *, house: House | None = None, **options: Any) -> Window:
        made.append(chrome.window(house or request.getfixturevalue("town_house"), email, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()
    assert [said for one in made for said in one.complaints] == []


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """A mail server that takes letters."""
    made = SmtpSink()
    yield made
    made.stop()


@pytest.fixture(scope="package")
def dovecot() -> Iterator[Dovecot]:
    """A mail server with mailboxes."""
    assert dovecot_server.BINARY is not None, "DOVECOT IS NOT INSTALLED: apt-get install dovecot-imapd"
    made = Dovecot()
    yield made
    made.stop()


@pytest.fixture
def product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> Iterator[Product]:
    """The whole product over real mail servers, with a drafter, two approvers and an administrator who have passwords."""
    with making(tmp_path, dovecot, sink, f"u{secrets.token_hex(6)}@northfield.example") as make:
        made = make()
        with made.app.store.write() as work:
            for name, role in (("kim", "officer"), ("ada", "approver"), ("sam", "approver"), ("max", "admin")):
                email = f"{name}@council.example"
                work.officers.add(email, f"{name.title()} Example", role, via="test", at=made.clock.now())
                work.officers.set_password(email, _HASH, must_change=False)
        yield made
