"""Every figure of the product beside its target: ``make bench``, or ``python tests/benchmarks/run.py --only poll --quick``.

Prints a table and, with --json FILE, writes the same as JSON. Nothing here is a test: a target missed is shown, and fails nothing.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1]), str(Path(__file__).parent)]

import ingest
import latency
import queues
import startup
from row import Row, as_json, table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Benchmark = Callable[..., list[Row]]

BENCHMARKS: Mapping[str, Benchmark] = {
    "startup": startup.startup,
    "poll": latency.polls,
    "idle": latency.idle,
    "approval": latency.approvals,
    "memory": ingest.large,
    "ingest": ingest.rates,
    "queue": queues.queues,
}


def main(words: Sequence[str] | None = None, benchmarks: Mapping[str, Benchmark] = BENCHMARKS) -> None:
    """Run what is asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=list(benchmarks), help="one benchmark; may be given again")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, to see that it works; the figures mean nothing"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    asked = parser.parse_args(words)
    rows: list[Row] = []
    for name in asked.only or benchmarks:
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows += benchmarks[name](quick=asked.quick)
    print(table(rows))
    if asked.json is not None:
        asked.json.write_text(as_json(rows, quick=asked.quick) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
