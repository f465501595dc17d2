"""An office for each test of the pages, and others that all tests share to look at, in which there is something of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from crowd import Crowd
from pages import Office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with four officers and an empty mailbox, whose trail is whole when the test is done."""
    made = Office(tmp_path)
    yield made
    assert made.app.store.verify().findings == []
    made.close()


@pytest.fixture(scope="session")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """An office with one of everything; for tests that only look."""
    made = Crowd(tmp_path_factory.mktemp("crowd"), 1)
    yield made
    made.office.close()


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """An office with more of everything than stands on a page; for tests that only look."""
    made = Crowd(tmp_path_factory.mktemp("many"), 52)
    yield made
    made.office.close()
