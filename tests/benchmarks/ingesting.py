"""One worker's turn as a process of its own: receives, files and acknowledges all that lies in its mailbox, and says how long it took.

Run by ``ingest``: ``python ingesting.py CONFIG``; it says "ready", waits for a line, works, and prints JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2])]

from pipeline.bootstrap import build  # noqa: E402 - found only after the path above
from pipeline.settings import Settings  # noqa: E402 - the same


def peak_megabytes() -> float:
    """The most memory this process has held (VmHWM)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """Take the stages in turn until nothing is left to do."""
    app = build(Settings.load(Path(sys.argv[1]), {}))
    boxes = {name: app.mailbox(box) for name, box in app.settings.mailbox.items()}
    at_rest = peak_megabytes()
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    spent = {"receive": 0.0, "intake": 0.0, "deliver": 0.0}
    deliver = app.deliver()
    done, busy = 0, True
    while busy:
        marks = [time.perf_counter()]
        taken = sum(app.receive.poll(box, app.settings.mailbox[name]).taken for name, box in boxes.items())
        marks.append(time.perf_counter())
        filed = sum(app.intake.run().values())
        marks.append(time.perf_counter())
        sent = deliver.run().acknowledged
        marks.append(time.perf_counter())
        for stage, start, end in zip(spent, marks, marks[1:], strict=False):
            spent[stage] += end - start
        done += taken
        busy = bool(taken or filed or sent)
    print(
        json.dumps(
            {"seconds": time.perf_counter() - began, "taken": done, "peak": peak_megabytes(), "rest": at_rest, **spent}
        )
    )
    app.close()


if __name__ == "__main__":
    main()
