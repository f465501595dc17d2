"""In CI a skipped test is a failed one: nothing may go unproved because a server is missing. Where files lie; the PostgreSQL that tests share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from engines import Cluster
from hypothesis import HealthCheck, settings
from servers import postgres as postgres_server
from servers.places import place

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from servers.postgres import Postgres


def pytest_configure() -> None:
    """Put the folders of tests where files of tests lie, and time no example: how fast one is depends on who filled a cache first."""
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(place()))
    settings.register_profile("untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("untimed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where CI=true."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI does not allow: {report.longreprtext}"
    return report


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for the whole run; each test has a database of its own."""
    if postgres_server.BINARIES is None:
        pytest.skip("POSTGRESQL IS NOT INSTALLED: apt-get install postgresql, or these tests prove nothing about it")
    yield from postgres_server.started()


@pytest.fixture(scope="session")
def cluster(postgres: Postgres) -> Cluster:
    """Databases of that server, finished but for their content."""
    return Cluster(postgres)
