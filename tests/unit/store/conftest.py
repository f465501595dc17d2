"""A store on a fresh database, closed when the test is done; every test here runs on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import storing
from engines import CURRENT, Cluster, Files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.store import Store


@pytest.fixture(scope="module", params=["sqlite", "postgresql"], autouse=True)
def database_engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The engine that ``storing`` makes databases on, for all tests of a module, then for all of them again."""
    made = Files() if request.param == "sqlite" else request.getfixturevalue("cluster")
    CURRENT.databases = made
    yield request.param
    CURRENT.databases = Files()
    if isinstance(made, Cluster):
        made.forget()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store of the test's own."""
    opened = storing.make_store(tmp_path)
    yield opened
    opened.close()
