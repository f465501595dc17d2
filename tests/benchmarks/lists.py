"""How long officers' lists and searches take with very many cases: prints a table and JSON; with --plans, how the database goes about each.

Run: python tests/benchmarks/lists.py --requests 100000 --database sqlite|postgresql (PostgreSQL: a private server in a temporary folder).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from many_cases import AREAS, COMMON, MIDDLING, OFFICERS, RARE, TODAY, seed
from servers.postgres import Postgres

from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.request import Regime, Workflow
from pipeline.store import Store
from pipeline.store.listing_records import QueueFilter, Scope, Sort, Viewer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipeline.store import Work

WHO = Viewer(email=OFFICERS[3], role="officer", team="Children")
ALL = QueueFilter(scope=Scope.ALL)
YEAR = timedelta(days=365)


def lists() -> dict[str, Callable[[Work, int], Any]]:
    """Each list by name, asked for the *n*-th time; what it is asked for changes a little each time."""
    soon = TODAY + timedelta(days=7)
    found: dict[str, Callable[[Work, int], Any]] = {
        "my work: the numbers": lambda w, n: w.worklists.counts(
            replace(WHO, email=OFFICERS[n % 25]), today=TODAY, soon=soon
        ),
        "queue: first page, open": lambda w, _: w.queue.page(QueueFilter(), WHO),
        "queue: first page, all": lambda w, _: w.queue.page(ALL, WHO),
        "queue: all, latest first": lambda w, _: w.queue.page(replace(ALL, descending=True), WHO),
        "queue: open by received": lambda w, _: w.queue.page(QueueFilter(sort=Sort.RECEIVED), WHO),
        "queue: all by reference": lambda w, _: w.queue.page(replace(ALL, sort=Sort.REFERENCE), WHO),
        "queue: open by reference": lambda w, _: w.queue.page(QueueFilter(sort=Sort.REFERENCE), WHO),
        "queue: deep in all": lambda w, n: w.queue.page(
            ALL, WHO, f"a.{(TODAY - YEAR * 5 + timedelta(days=n)).isoformat()}.{n}"
        ),
        "queue: closed, subject access": lambda w, _: w.queue.page(
            QueueFilter(scope=Scope.CLOSED, laws=frozenset({Regime.SAR}), descending=True), WHO
        ),
        "queue: mine": lambda w, n: w.queue.page(QueueFilter(owner=OFFICERS[n % 25]), WHO),
        "queue: an officer's, all": lambda w, n: w.queue.page(replace(ALL, owner=OFFICERS[n % 25]), WHO),
        "queue: nobody's, open": lambda w, _: w.queue.page(QueueFilter(nobodys=True), WHO),
        "queue: overdue": lambda w, _: w.queue.page(QueueFilter(overdue_on=TODAY), WHO),
        "queue: due soon": lambda w, _: w.queue.page(QueueFilter(due_from=TODAY, due_until=soon), WHO),
        "queue: flagged": lambda w, _: w.queue.page(QueueFilter(flagged=True), WHO),
        "queue: status sent": lambda w, _: w.queue.page(replace(ALL, statuses=frozenset({Workflow.SENT})), WHO),
        "queue: a service area, all": lambda w, n: w.queue.page(replace(ALL, service_area=AREAS[n % 20]), WHO),
        "queue: a service area, open": lambda w, n: w.queue.page(QueueFilter(service_area=AREAS[n % 20]), WHO),
        "queue: a rare service area": lambda w, _: w.queue.page(replace(ALL, service_area="Once only"), WHO),
        "queue: a rare mix of filters": lambda w, _: w.queue.page(
            replace(ALL, owner=OFFICERS[1], laws=frozenset({Regime.SAR}), team="Children", flagged=True), WHO
        ),
        "queue: received in a month": lambda w, n: w.queue.page(
            replace(
                ALL, received_from=TODAY - timedelta(days=n * 60 + 60), received_to=TODAY - timedelta(days=n * 60 + 30)
            ),
            WHO,
        ),
        "queue: an export's 1,000": lambda w, _: w.queue.page(ALL, WHO, size=1000),
        "letters for approval": lambda w, _: w.worklists.for_approval(WHO),
        "letters: waiting or queued": lambda w, _: w.worklists.letters(WHO, _GOING),
        "letters: sent": lambda w, _: w.worklists.letters(WHO, [OutboxStatus.SENT]),
        "letters: not delivered": lambda w, _: w.worklists.not_delivered(WHO),
        "letters: counts": lambda w, _: w.worklists.letter_counts(WHO),
        "exceptions to look at": lambda w, _: w.worklists.exceptions(WHO),
    }
    return found | searches() | numbers()


_GOING = [OutboxStatus.WAITING, OutboxStatus.QUEUED, OutboxStatus.RETRY]


def searches() -> dict[str, Callable[[Work, int], Any]]:
    """Searches by name."""
    asked = {
        "a rare word": RARE + " ",
        "a middling word (2 %)": MIDDLING + " ",
        "a common word": COMMON + " ",
        "two common words": f"the {COMMON} ",
        "common and rare": f"{COMMON} {RARE} ",
        "a beginning, common": "cou",
        "a beginning, wide": "wor",
        "a beginning, rare": "word1999",
        "a reference": "foi 100 000 000",
        "an address": "person77@example.org",
        "nothing like it": "xyzzy ",
    }
    found: dict[str, Callable[[Work, int], Any]] = {}
    for name, typed in asked.items():
        found[f"search, all: {name}"] = lambda w, _, typed=typed: w.search.find(typed, ALL, WHO)
    for name in ("a common word", "a beginning, wide", "a rare word"):
        found[f"search, open: {name}"] = lambda w, _, typed=asked[name]: w.search.find(typed, QueueFilter(), WHO)
    found["search, a month: a common word"] = lambda w, _: w.search.find(
        COMMON + " ",
        replace(ALL, received_from=TODAY - YEAR * 3, received_to=TODAY - YEAR * 3 + timedelta(days=30)),
        WHO,
    )
    return found


def numbers() -> dict[str, Callable[[Work, int], Any]]:
    """Figures by name."""
    return {
        "figures: a quarter": lambda w, n: w.figures.received(TODAY - timedelta(days=90 + n), TODAY, TODAY),
        "figures: a year": lambda w, n: w.figures.received(TODAY - timedelta(days=365 + n), TODAY, TODAY),
        "figures: a year by area": lambda w, n: w.figures.by_area(TODAY - timedelta(days=365 + n), TODAY, TODAY),
        "figures: a year's answers": lambda w, n: w.figures.answered(TODAY - timedelta(days=365 + n), TODAY),
        "figures: a year's provisions": lambda w, n: w.figures.provisions(TODAY - timedelta(days=365 + n), TODAY),
        "figures: a year's reviews": lambda w, n: w.figures.reviews(TODAY - timedelta(days=365 + n), TODAY),
    }


def measure(store: Store, times: int, only: str) -> list[dict[str, Any]]:
    """Ask for each list *times* times, after once for warmth; milliseconds, a new transaction each time as a page has."""
    rows = []
    for name, ask in lists().items():
        if only not in name:
            continue
        taken = []
        for number in range(times + 1):
            began = time.perf_counter()
            with store.read() as work:
                ask(work, number)
            taken.append((time.perf_counter() - began) * 1000)
        taken = sorted(taken[1:])
        rows.append(
            {
                "list": name,
                "p50_ms": round(taken[len(taken) // 2], 1),
                "p95_ms": round(taken[int(len(taken) * 0.95)], 1),
            }
        )
        print(f"{name:36} {rows[-1]['p50_ms']:8} {rows[-1]['p95_ms']:8}", file=sys.stderr, flush=True)
    return rows


def plans(store: Store, only: str) -> None:
    """Print how the database goes about each list."""
    explain = (
        "EXPLAIN QUERY PLAN " if store._engine.dialect.name == "sqlite" else "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) "
    )
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_others: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append((statement, values))

    event.listen(store._engine, "before_cursor_execute", note)
    for name, ask in lists().items():
        if only in name:
            seen.clear()
            with store.read() as work:
                ask(work, 0)
            print(f"\n=== {name}")
            for statement, values in tuple(seen):
                with store._engine.connect() as connection:
                    rows = connection.exec_driver_sql(explain + statement, values).fetchall()
                print("\n".join(f"    {row[-1]}" for row in rows), "\n    --")
    event.remove(store._engine, "before_cursor_execute", note)


@contextmanager
def database(kind: str, folder: Path, url: str | None) -> Iterator[str]:
    """The address of a database to measure: a new one, or the one at *url*."""
    if url is not None:
        yield url
    elif kind == "sqlite":
        yield f"sqlite:///{folder / 'many.db'}"
    else:
        server = Postgres()
        try:
            yield server.url(server.create())
        finally:
            server.stop()


def main() -> None:
    """Seed and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--url", help="a database that is there already; seeded first unless --seeded")
    parser.add_argument("--seeded", action="store_true")
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--only", default="", help="lists whose name holds this")
    parser.add_argument("--plans", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, database(asked.database, Path(folder), asked.url) as url:
        began = time.perf_counter()
        if not asked.seeded:
            seed(url, asked.requests)
        seeding = round(time.perf_counter() - began)
        store = Store.open(url)
        rows = measure(store, asked.times, asked.only)
        if asked.plans:
            plans(store, asked.only)
        store.close()
    print(json.dumps({"requests": asked.requests, "database": asked.database, "seed_seconds": seeding, "lists": rows}))


if __name__ == "__main__":
    main()
