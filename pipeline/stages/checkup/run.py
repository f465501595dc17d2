"""Runs all checks in order; those that need what is not there are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.errors import InfogovError
from pipeline.stages.checkup import house
from pipeline.stages.checkup.checks import Check, fail, ok, warn
from pipeline.stages.checkup.servers import MailServers, Servers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.health import Problem
    from pipeline.domain.ports import Clock
    from pipeline.settings import Settings
    from pipeline.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the checks ask of other stages: what is wrong, what upkeep found as (kind, words), and the free bytes of the database's disk."""

    problems: Callable[[Store], Sequence[Problem]]
    findings: Callable[[Store], Sequence[tuple[str, str]]]
    free_bytes: Callable[[], int | None]


class Checkup:
    """Looks at everything once, for ``doctor`` and for the page of those who run the service.

    *opened* gives the database as it is, neither made nor upgraded; it raises StoreError or SchemaError where it can't.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        calendar: Calendar,
        servers: Servers,
        house_asks: House,
        opened: Callable[[], Store | None],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._calendar = calendar
        self._servers = servers
        self._house = house_asks
        self._opened = opened

    def run(self) -> list[Check]:
        """All checks. Never raises for what it finds."""
        return list(self._checks())

    def _checks(self) -> Iterator[Check]:
        settings = self._settings
        yield from house.configuration(settings)
        yield from house.paragraphs(settings)
        store: Store | None = None
        try:
            store = self._opened()
            found, current = _database(store), store is not None and _is_current(store)
        except InfogovError as error:
            found, current = (
                fail("database", str(error), "mend [database] url or its server, or restore a backup"),
                False,
            )
        try:
            yield found
            ready = store if current else None
            yield from house.room(self._house.free_bytes())
            yield from MailServers(settings=settings, servers=self._servers, clock=self._clock).checks()
            yield house.calendar(self._calendar, self._clock)
            yield house.delivery(settings)
            yield house.alarms(settings)
            if ready is not None:
                yield from self._inside(ready)
        finally:
            if store is not None:
                store.close()

    def _inside(self, store: Store) -> Iterator[Check]:
        try:
            yield house.people(store)
            yield from house.work(store, self._house.problems(store), self._house.findings(store))
        except InfogovError as error:
            yield fail("database", str(error), "look at the disk, or at the database's server")


def _is_current(store: Store) -> bool:
    current, wanted = store.versions()
    return current == wanted


def _as_it_is(store: Store, at_version: str) -> Check:
    """Whether a database of our version takes changes, and keeps them."""
    with store.read() as work:
        read_only, forgetful = work.vitals.read_only(), work.vitals.forgetful()
    if read_only:
        remedy = "name the primary server in [database] url, or take default_transaction_read_only off"
        return fail("database", f"{at_version}, and it takes no changes", remedy)
    if forgetful:
        found = f"{at_version}, and its server runs with {' and '.join(forgetful)} off: a power cut can destroy it"
        return warn("database", found, "switch it on in postgresql.conf and restart PostgreSQL")
    return ok("database", at_version)


def _database(store: Store | None) -> Check:
    if store is None:
        return warn("database", "it is not there yet", "infogov db upgrade makes it, and so does the first start")
    current, wanted = store.versions()
    if current == wanted:
        store.check_shape()
        return _as_it_is(store, f"at version {current}")
    if current is None:
        return warn(
            "database", "it is there and empty", "infogov db upgrade makes its tables, and so does the first start"
        )
    return warn(
        "database",
        f"at version {current}, and this infogov works with {wanted}",
        "back up, then: infogov db upgrade; the next start does it, too",
    )
