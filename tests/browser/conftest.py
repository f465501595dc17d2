"""One Chromium for the whole run; without it these tests fail, for there is no other proof of what they prove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pages import Office

from browser.chrome import Chrome, House, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="package")
def chrome() -> Iterator[Chrome]:
    """The one Chromium."""
    made = Chrome()
    yield made
    made.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with four officers and an empty mailbox."""
    made = Office(tmp_path)
    yield made
    made.close()


@pytest.fixture
def house(office: Office) -> Iterator[House]:
    """The office's pages, served."""
    made = House(office.app)
    yield made
    made.close()


@pytest.fixture
def window(chrome: Chrome, house: House) -> Iterator[Callable[..., Window]]:
    """Open windows; at the end none of them may have anything to complain of."""
    made: list[Window] = []

    def make(email: str | None = None, **options: Any) -> Window:
        made.append(chrome.window(house, email, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()
    assert [said for one in made for said in one.complaints] == []
