"""The officers' lists and searches with very many requests, by the lists of ``lists``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import lists
from many_cases import seed
from row import Row
from town import POSTGRESQL, SQLITE

from pipeline.store import Store

_QUEUE_MS, _SEARCH_MS = 50.0, 200.0
_PAGES = ("queue: first page, open", "queue: first page, all")
_SEARCHES = ("search, all: a rare word", "search, all: a middling word (2 %)", "search, all: a common word")


def queues(*, quick: bool) -> list[Row]:
    """The first page of the queue and searches by word: the slowest of twenty asked for with many different words."""
    rows = []
    for size in (2_000, 5_000) if quick else (100_000, 1_000_000):
        for database in (SQLITE, POSTGRESQL):
            with tempfile.TemporaryDirectory() as folder, lists.database(database, Path(folder), None) as url:
                seed(url, size)
                store = Store.open(url)
                found = {name: _p95(store, name) for name in (*_PAGES, *_SEARCHES)}
                store.close()
            rows += [
                Row(
                    name=f"{name}, {database}, p95",
                    value=value,
                    unit="ms",
                    size=f"{size:,}",
                    target=_QUEUE_MS if name in _PAGES else _SEARCH_MS,
                )
                for name, value in found.items()
            ]
    return rows


def _p95(store: Store, name: str) -> float:
    return float(next(row["p95_ms"] for row in lists.measure(store, 40, name) if row["list"] == name))
