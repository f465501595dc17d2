"""How fast mail becomes acknowledged requests, and in how much memory; the load is in ``load``, the worker in ``ingesting``."""

from __future__ import annotations

import os
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import load
import mailparser
from row import Row
from town import POSTGRESQL, SQLITE, process, town

from pipeline.store import Store

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from town import Town

_WORKER = Path(__file__).with_name("ingesting.py")
_PEAK = 120.0  # megabytes
_TIMES_RAW = 4.0
_LOOK_SECONDS, _SELDOM_SECONDS = 0.005, 0.2
_PATIENCE = 600.0
_STARTING_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Found:
    """What one run took: seconds, of each worker with its reading process the most memory (MB), and the processor time of both (seconds)."""

    seconds: float
    peaks: list[float]
    rests: list[float]
    busy: list[list[float]]


def rates(*, quick: bool) -> list[Row]:
    """Messages a second from the mailbox to the acknowledgement accepted by SMTP, by the worker as it runs everywhere.

    Raw kept, every commit waits for the disk. Timed from the start of the built worker's parts to the last acknowledgement.
    """
    sizes = (50, 100) if quick else (500, 2_000)
    rows: list[Row] = [_yardstick(sizes[0])]
    for database, users, target in (
        (SQLITE, ("one",), 200.0),
        (POSTGRESQL, ("one",), 120.0),
        (POSTGRESQL, ("one", "two"), 200.0),
    ):
        for size in sizes:
            found = _ingest(database, users, size)
            workers = f"{len(users)} worker{'s' * (len(users) > 1)}"
            name, said = f"ingest, {database}, {workers}", f"{size} mails"
            # The smaller size shows how the rate goes with the size.
            rows.append(
                Row(name=name, value=size / found.seconds, unit="msg/s", size=said, target=target, at_least=True)
            )
            if size == sizes[-1]:
                rows.append(_yardstick(sizes[0]))
                peaks = _ingest(database, users, size, memory=True).peaks
                rows += _details(f"{database}, {workers}", found, peaks, size)
    return rows


def _yardstick(size: int) -> Row:
    """What mail-parser alone takes for mails of the load just now: a shared machine's speed changes, and a rate is read beside it."""
    raws = list(load.mails(size, datetime.now(UTC)))
    before = time.process_time()
    for raw in raws:
        mailparser.parse_from_bytes(raw)
    each = (time.process_time() - before) / size * 1000
    return Row(
        name="  yardstick: mail-parser alone, on an idle machine", value=each, unit="ms/msg", size=f"{size} mails"
    )


def _details(name: str, found: _Found, peaks: list[float], size: int) -> list[Row]:
    """Where the processors' time went, and the memory of the two processes, what they share counted once."""
    said = f"{size} mails"
    workers, readers = (sum(times[place] for times in found.busy) for place in (0, 1))
    return [
        Row(name="  processor time, worker", value=workers / size * 1000, unit="ms/msg", size=said),
        Row(name="  processor time, reading apart", value=readers / size * 1000, unit="ms/msg", size=said),
        Row(name=f"peak memory, {name}", value=max(peaks), unit="MB", size=said, target=_PEAK),
        Row(name="  worker before the first mail", value=max(found.rests), unit="MB", size="-"),
    ]


def large(*, quick: bool) -> list[Row]:
    """The memory that one mail with a large attachment takes beyond what both processes had after a small one, in multiples of its raw size."""
    megabytes = 4 if quick else 40
    now = datetime.now(UTC)
    raw = load.large_mail(megabytes, now)
    with town() as place:
        Store.open(place.database).close()
        place.put(load.mails(1, now, first=1), "one")
        config = place.configure(("one",), **{"mailbox.one": {"max_message_mb": 100}})
        with process(_WORKER, config) as worker:
            _begin([worker])
            _until_sent(place, 1)
            time.sleep(1)
            rest = _together(worker.pid)
            with _watching(worker.pid, _together, _LOOK_SECONDS) as seen:
                place.put([raw], "one")
                _until_sent(place, 2)
    times = (max(seen) - rest) / (len(raw) / 2**20)
    said = f"{megabytes} MB, {len(raw) / 2**20:.0f} MB raw"
    return [
        Row(name="peak memory, one attachment", value=times, unit="x raw", size=said, target=_TIMES_RAW),
        Row(name="  in all", value=max(seen), unit="MB", size=said),
    ]


def _ingest(database: str, users: tuple[str, ...], size: int, *, memory: bool = False) -> _Found:
    share = size // len(users)
    with town(database) as place, ExitStack() as stack:
        # A worker starts on a database that is there.
        Store.open(place.database).close()
        for position, user in enumerate(users):
            place.put(load.mails(share, datetime.now(UTC), first=position * share), user)
        workers = [stack.enter_context(process(_WORKER, place.configure((user,)))) for user in users]
        began = _begin(workers)
        rests = [_kilobytes(worker.pid, "VmHWM") / 1024 for worker in workers]
        with ExitStack() as watching:
            # Looking at memory takes time of its own, so a rate is measured without.
            watched = workers if memory else []
            seen = [watching.enter_context(_watching(worker.pid, _shared_out, _SELDOM_SECONDS)) for worker in watched]
            _until_sent(place, size)
        seconds = time.perf_counter() - began
        # Anything sent twice would come now.
        time.sleep(1)
        sent = place.sink.recipients
        if not len(sent) == len(set(sent)) == size:
            raise RuntimeError(f"{size} mails, {len(sent)} acknowledgements to {len(set(sent))} people")
        families = [_family(worker.pid) for worker in workers]
        return _Found(
            seconds=seconds,
            peaks=[max(values) for values in seen],
            rests=rests,
            busy=[[_processor(pid) for pid in family] for family in families],
        )


def _begin(workers: list[subprocess.Popen[str]]) -> float:
    """Wait until all *workers* are built and what they start has started, then have them begin at once; returns the moment."""
    for worker in workers:
        assert worker.stdout is not None
        if not worker.stdout.readline():
            raise RuntimeError("the worker ended without a word; run ingesting.py by hand")
    time.sleep(_STARTING_SECONDS)
    began = time.perf_counter()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return began


def _until_sent(place: Town, count: int) -> None:
    """Wait for *count* acknowledgements; returns also when they don't come in ten minutes."""
    end = time.perf_counter() + _PATIENCE
    while len(place.sink.recipients) < count and time.perf_counter() < end:
        time.sleep(_LOOK_SECONDS)


@contextmanager
def _watching(pid: int, memory: Callable[[int], float], seconds: float) -> Iterator[list[float]]:
    """Look every so many *seconds* at the *memory* of a worker and its reading process, in MB, as long as the block lasts."""
    seen: list[float] = []
    done = threading.Event()

    def look() -> None:
        while not done.wait(seconds):
            seen.append(memory(pid))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        done.set()
        looking.join()


def _together(pid: int) -> float:
    return sum(_kilobytes(one, "VmRSS") for one in _family(pid)) / 1024


def _shared_out(pid: int) -> float:
    """The memory of a worker and its reading process in MB, pages that several processes share divided among them (PSS)."""
    return sum(_rolled_up(one) for one in _family(pid)) / 1024


def _rolled_up(pid: int) -> int:
    try:
        rolled = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(rolled.partition("Pss:")[2].split()[0])


def _family(pid: int) -> list[int]:
    """*pid* and the processes it started."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [pid, *(int(word) for task in tasks for word in (task / "children").read_text(encoding="ascii").split())]


def _kilobytes(pid: int, name: str) -> int:
    """A line of /proc/PID/status; 0 for a process that has gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(status.partition(f"{name}:")[2].split()[0])


def _processor(pid: int) -> float:
    """Seconds of processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
