"""Gives every file of the corpus and every find of earlier fuzzing to one target, in a process of its own: ``python tests/fuzz/replaying.py TARGET``.

Prints a line of JSON for each file: its name, its size, the bytes of memory that it made the process grow by, and how it failed, if it did. A file that
keeps the processor busy for more than LIMIT seconds ends the process; the last name begun is then on standard error.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent)]

from fuzz import targets  # noqa: E402 - found only after the path above

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 20


def seeds(target: str) -> Iterator[Path]:
    """The files for *target*, in order."""
    for folder in (HERE / "corpus" / targets.SEEDS[target], HERE / "found" / target):
        yield from sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else ()


def main(target: str) -> None:
    """Replay all."""
    warnings.simplefilter("error")
    run = targets.TARGETS[target]
    run(b"Subject: x\r\n\r\nHow many bins are there?\r\n")
    for path in seeds(target):
        data = path.read_bytes()
        print(path.name, file=sys.stderr, flush=True)
        used = resource.getrusage(resource.RUSAGE_SELF)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + LIMIT, resource.RLIM_INFINITY))
        failed = ""
        try:
            run(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what we came to see
            failed = f"{type(error).__name__}: {error}"[:300]
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - used.ru_maxrss) * 1024
        print(json.dumps({"name": path.name, "size": len(data), "memory": grown, "failed": failed}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
