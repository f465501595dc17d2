"""Runs bombs one by one, each in a process of its own with a limit on time, and prints what each cost: ``python tests/fuzz/measuring.py``.

A process that uses more than LIMIT seconds of the processor is killed. Memory is what a process had at its highest, less what it began with.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent)]

from fuzz import bombs, targets  # noqa: E402 - found only after the path above

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 30
_KILOBYTE = 1024


def cost(run: Callable[[bytes], None], data: bytes) -> dict[str, object]:
    """What *run* on *data* costs: seconds of the processor, bytes of memory, and how it failed, if it did."""
    end, start = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
        before = resource.getrusage(resource.RUSAGE_SELF)
        failed = ""
        try:
            run(data)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is what we came to see
            failed = f"{type(error).__name__}: {error}"[:300]
        after = resource.getrusage(resource.RUSAGE_SELF)
        said = {
            "failed": failed,
            "seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
            "memory": max(0, after.ru_maxrss - before.ru_maxrss) * _KILOBYTE,
        }
        os.write(start, json.dumps(said).encode())
        os._exit(0)
    os.close(start)
    with os.fdopen(end, "rb") as answer:
        heard = answer.read()
    os.waitpid(child, 0)
    return json.loads(heard) if heard else {"failed": "killed", "seconds": float(LIMIT), "memory": 0}


def main() -> None:
    """Print a line of JSON for each bomb."""
    warnings.simplefilter("ignore")
    targets.triage(b"Subject: x\r\n\r\nHow many?\r\n")
    for name, make in bombs.MAILS.items():
        raw = make()
        print(json.dumps({"name": name, "size": len(raw)} | cost(targets.triage, raw)), flush=True)
    for name, make in bombs.FILES.items():
        content = make()
        line = {"name": name, "size": len(content)} | cost(
            lambda data, name=name: targets.examining(name, data), content
        )
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
