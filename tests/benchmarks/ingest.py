"""How fast mail becomes acknowledged requests, and in how much memory; the load is in ``load``, the worker in ``ingesting``."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import load
from row import Row
from town import POSTGRESQL, SQLITE, process, town

if TYPE_CHECKING:
    from town import Town

_WORKER = Path(__file__).with_name("ingesting.py")
_PEAK = 120.0  # megabytes
_TIMES_RAW = 4.0


def rates(*, quick: bool) -> list[Row]:
    """Messages a second from the mailbox to the acknowledgement accepted by SMTP, raw kept, one durable commit a stage or more."""
    sizes = (50, 100) if quick else (500, 2_000)
    rows: list[Row] = []
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
            rate = size / max(one["seconds"] for one in found)
            rows.append(Row(name=name, value=rate, unit="msg/s", size=said, target=target, at_least=True))
            if size == sizes[-1] and len(users) == 1:
                rows += _details(database, found[0], size)
    return rows


def _details(database: str, found: dict[str, Any], size: int) -> list[Row]:
    """Where the time went, and the memory."""
    said = f"{size} mails"
    stages = [
        Row(name=f"  of it {stage}", value=found[stage] / size * 1000, unit="ms/msg", size=said)
        for stage in ("receive", "intake", "deliver")
    ]
    return [
        *stages,
        Row(name=f"peak memory, {database}", value=found["peak"], unit="MB", size=said, target=_PEAK),
        Row(name="  before the first mail", value=found["rest"], unit="MB", size="-"),
    ]


def large(*, quick: bool) -> list[Row]:
    """The memory that one mail with a large attachment takes beyond what the worker has at rest, in multiples of its raw size."""
    megabytes = 4 if quick else 40
    raw = load.large_mail(megabytes, datetime.now(UTC))
    with town() as place:
        place.put([raw], "one")
        (found,) = _run(place, ("one",), max_message_mb=100)
    times = (found["peak"] - found["rest"]) / (len(raw) / 2**20)
    said = f"{megabytes} MB, {len(raw) / 2**20:.0f} MB raw"
    return [
        Row(name="peak memory, one attachment", value=times, unit="x raw", size=said, target=_TIMES_RAW),
        Row(name="  in all", value=found["peak"], unit="MB", size=said),
    ]


def _ingest(database: str, users: tuple[str, ...], size: int) -> list[dict[str, Any]]:
    share = size // len(users)
    with town(database) as place:
        for position, user in enumerate(users):
            place.put(load.mails(share, datetime.now(UTC), first=position * share), user)
        found = _run(place, users)
        answered = {letter.recipients[0] for letter in place.sink.letters}
        if not len(place.sink.letters) == len(answered) == share * len(users):
            raise RuntimeError(f"{size} mails, {len(place.sink.letters)} acknowledgements to {len(answered)} people")
    return found


def _run(place: Town, users: tuple[str, ...], **mailbox: Any) -> list[dict[str, Any]]:
    """Start a worker for each of *users* and have all begin at once; returns what each said."""
    with ExitStack() as stack:
        boxes = {f"mailbox.{user}": mailbox for user in users}
        files = [place.configure((user,), **({f"mailbox.{user}": boxes[f"mailbox.{user}"]})) for user in users]
        workers = [stack.enter_context(process(_WORKER, file)) for file in files]
        for worker in workers:
            _line(worker)
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        return [json.loads(_line(worker)) for worker in workers]


def _line(worker: Any) -> str:
    said: str = worker.stdout.readline()
    if not said:
        raise RuntimeError("the worker ended without a word; run ingesting.py by hand")
    return said
