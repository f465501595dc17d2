"""A worker as a process of its own, as ``infogov worker`` runs it: built first, it begins when told to, and works until it is killed.

Run by ``ingest``: ``python ingesting.py CONFIG``; it says "ready" with the memory it takes, and waits for a line.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2])]

from pipeline.bootstrap import build  # noqa: E402 - found only after the path above
from pipeline.settings import Settings  # noqa: E402 - the same
from pipeline.worker import Worker  # noqa: E402 - the same


def main() -> None:
    """Wait for the word, then run the worker."""
    worker = Worker(build(Settings.load(Path(sys.argv[1]), {})))
    print("ready", flush=True)
    sys.stdin.readline()
    worker.run()


if __name__ == "__main__":
    main()
