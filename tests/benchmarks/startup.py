"""How long the command takes to start: to say its version, to list requests, to look into the mailbox for the first time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import load
from row import Row, middle
from town import process, town, until


def startup(*, quick: bool) -> list[Row]:
    """The command as an operator calls it, and the worker from its start to the first mail's acknowledgement."""
    times = 2 if quick else 7
    with town() as place:
        config = place.configure()
        _timed("requests", "--config", config)  # makes the database
        rows = [
            Row(
                name="infogov --version", value=middle([_timed("--version") for _ in range(times)]), unit="s", size="-"
            ),
            Row(
                name="infogov requests",
                value=middle([_timed("requests", "--config", config) for _ in range(times)]),
                unit="s",
                size="-",
            ),
        ]
        place.put(load.mails(1, datetime.now(UTC)))
        began = time.perf_counter()
        with process("-m", "pipeline", "worker", "--config", config) as worker:
            first = until(lambda: place.sink.recipients, "the first acknowledgement") - began
            status = Path(f"/proc/{worker.pid}/status").read_text(encoding="ascii")
        peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    return [
        *rows,
        Row(name="infogov worker, start to first letter", value=first, unit="s", size="1 mail"),
        Row(name="infogov worker, peak memory by then", value=peak, unit="MB", size="1 mail"),
    ]


def _timed(*words: str | Path) -> float:
    began = time.perf_counter()
    with process("-m", "pipeline", *words) as running:
        running.communicate()
        if running.returncode:
            raise RuntimeError(f"infogov {words[0]} ended with {running.returncode}")
        return time.perf_counter() - began
