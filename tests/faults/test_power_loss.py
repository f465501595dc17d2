"""Power lost at any moment: whatever the world has been told of, a message moved or a letter begun, is in the database that is left."""

from __future__ import annotations

import hashlib
import random
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from faults.fault_table import Seen
from faults.in_memory import connections_with
from faults.machine_rows import MACHINE_ROWS
from faults.recording_vfs import Disk, recording

if TYPE_CHECKING:
    from pathlib import Path

    from faults.fault_table import Proofs
    from faults.story import Story

KINDS = next(row.cases for row in MACHINE_ROWS if row.name == "power")
POINTS = 60


def recorded(story: Story, *pragmas: str) -> Disk:
    """Take, file and answer two requests, with a mark for everything that the world was told; *pragmas* are set besides our own."""
    world = story.world
    world.app.close()
    with closing(sqlite3.connect(world.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with recording(world.database) as disk:
        world.app = world._start()
        usual_look = world.server._looking

        def told(name: str) -> None:
            if name == "commit":
                disk.mark(("events", world.rows("SELECT coalesce(max(id), 0) FROM event")[0][0]))
            if name == "move":
                disk.mark(("moved", [one.raw for one in world.mailbox.folders["Done"].messages.values()]))

        def look(of: str) -> None:
            usual_look(of)
            disk.mark(("begun", of))

        world.fuse.told = told
        world.server._looking = look
        with connections_with(world, *pragmas):
            story.response()
            world.run(lambda app: app.deliver().run())
        world.app.close()
    assert story.done()
    world.app = world._start()
    return disk


def forgotten(disk: Disk, until: int, more: str, folder: Path, chance: random.Random) -> list[Any]:
    """What the world had been told before step *until* and the database doesn't know after a power cut there."""
    for old in folder.glob("infogov.db*"):
        old.unlink()
    for name, content in disk.after_power_cut(until, more, chance).items():
        (folder / name).write_bytes(content)
    with closing(sqlite3.connect(folder / "infogov.db")) as left:
        assert left.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        events = left.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()[0]
        kept = {row[0] for row in left.execute("SELECT sha256 FROM message")}
        begun = {
            row[0] for row in left.execute("SELECT message_id FROM outbox WHERE status != 'sending' OR phase = 'data'")
        }
        queued = {row[0] for row in left.execute("SELECT message_id FROM outbox WHERE status IN ('queued', 'waiting')")}
    lost: list[Any] = []
    for kind, what in disk.marks(until):
        if kind == "events" and what > events:
            lost.append((kind, what))
        if kind == "moved" and not {hashlib.sha256(raw).hexdigest() for raw in what} <= kept:
            lost.append((kind, len(what)))
        if kind == "begun" and what not in begun - queued:
            lost.append((kind, what))
    return lost


def moments(disk: Disk) -> list[int]:
    """Before and after every fsync and every mark, and some moments between."""
    edges = [number for number, step in enumerate(disk.steps) if step.what in ("sync", "mark")]
    chance = random.Random(7)
    return sorted(
        {0, len(disk.steps), *edges, *(one + 1 for one in edges), *chance.choices(range(len(disk.steps)), k=POINTS)}
    )


@pytest.fixture
def left_over(tmp_path: Path) -> Path:
    """Where the files are put as power left them."""
    folder = tmp_path / "left"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("case", KINDS)
def test_no_acknowledged_commit_is_lost(case: str, story: Story, left_over: Path, proofs: Proofs) -> None:
    """At every moment: the database is whole, and knows of every commit, of every message moved and of every letter begun."""
    disk = recorded(story)
    assert {step.mark[0] for step in disk.steps if step.what == "mark"} == {"events", "moved", "begun"}
    chance = random.Random(11)
    lost = [one for until in moments(disk) for one in forgotten(disk, until, case, left_over, chance)]
    assert lost == []
    proofs.show("power", case, Seen(lost=0, repeated=0, tries=1, words=""))


def test_the_proof_would_notice(story: Story, left_over: Path) -> None:
    """With SQLite's usual setting for write-ahead logs, synchronous=NORMAL, commits are lost in just this way, and it shows."""
    disk = recorded(story, "synchronous=NORMAL")
    lost = [
        one
        for until in moments(disk)
        for one in forgotten(disk, until, "what was synced is left", left_over, random.Random(11))
    ]
    assert {kind for kind, _ in lost} == {"events", "moved", "begun"}
