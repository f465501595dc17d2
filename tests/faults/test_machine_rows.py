"""A disk that is full or broken, a database that is locked, read-only or damaged: clear words, nothing lost, and work goes on where it stood."""

from __future__ import annotations

import contextlib
import resource
import shutil
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import pytest
from faults.in_memory import connections_with
from faults.machine_rows import MACHINE_ROWS
from journal_lines import journal_lines

from pipeline.domain.outbox import OutboxStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from faults.fault_table import Proofs
    from faults.in_memory import World
    from faults.story import Story

CASES = {row.name: row.cases for row in MACHINE_ROWS}


def each_case(*names: str) -> Any:
    """Every case of rows *names*."""
    pairs = [(name, case) for name in names for case in CASES[name]]
    return pytest.mark.parametrize(("name", "case"), pairs, ids=["-".join(filter(None, pair)) for pair in pairs])


@contextlib.contextmanager
def no_write_succeeds() -> Iterator[None]:
    """Let every write of this process to a file fail, by the system's own limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def locked(world: World) -> Iterator[None]:
    """Hold the write lock, as another program might."""
    with contextlib.closing(sqlite3.connect(world.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@each_case("disk-full")
def test_a_full_disk(name: str, case: str, story: Story, proofs: Proofs) -> None:
    """What doesn't fit is not begun; the server's copy is untouched, and the next run with room takes it."""
    with connections_with(story.world, "max_page_count=1"):
        story.goes_wrong(story.before("taking"))
    assert "Done" not in story.world.mailbox.folders
    proofs.show(name, case, story.account(story.runs()))


@each_case("disk-error")
def test_a_disk_that_fails(name: str, case: str, story: Story, proofs: Proofs) -> None:
    """No commit, no effect: nothing is moved on the server, and no letter leaves without its attempt on record."""
    job = story.before(case)
    with no_write_succeeds():
        story.goes_wrong(job)
    assert story.world.server.offered == []
    proofs.show(name, case, story.account(story.runs()))


@each_case("disk-error-acknowledgement", "disk-error-response")
def test_a_disk_that_fails_when_a_letter_has_gone(name: str, case: str, story: Story, proofs: Proofs) -> None:
    """The mark before DATA is on record, so the letter is known to be doubtful: an acknowledgement goes again, a response waits."""
    if name == "disk-error-response":
        story.response()
    else:
        story.before("sending")
    with contextlib.ExitStack() as failing:
        usual = story.world.server._looking

        def fails_from_here(of: str) -> None:
            usual(of)
            failing.enter_context(no_write_succeeds())

        story.world.server._looking = fails_from_here
        story.goes_wrong(lambda app: app.deliver().run())
    story.world.server._looking = usual
    if name == "disk-error-response":
        story.runs()
        with story.world.app.store.read() as work:
            [row] = work.outbox.summaries(statuses=(OutboxStatus.UNCERTAIN,))
            story.words = "; ".join(why for one in work.cases.every() for why in one.flag_reasons)
        story.world.app.mailroom().resolve(row.id, delivered=True)
        proofs.show(name, case, story.account(story.runs()))
    else:
        proofs.show(name, case, story.account(story.runs()))


@each_case("read-only")
def test_a_read_only_database(name: str, case: str, story: Story, proofs: Proofs) -> None:
    """The product says so, and moves nothing on the server."""
    world = story.world
    world.app.close()
    database = world.settings.database.model_copy(update={"url": f"sqlite:///file:{world.database}?mode=ro&uri=true"})
    good = world.settings
    world.settings = good.model_copy(update={"database": database})
    world.app = world._start()
    story.goes_wrong(world.poll)
    world.app.close()
    world.settings = good
    world.app = world._start()
    proofs.show(name, case, story.account(story.runs()))


@each_case("locked")
def test_a_locked_database(name: str, case: str, story: Story, proofs: Proofs) -> None:
    """After the wait (shortened here) the words say who is to blame, and the next run goes on."""
    job = story.before(case)
    with connections_with(story.world, "busy_timeout=100"), locked(story.world):
        story.goes_wrong(job)
    assert story.world.server.offered == []
    proofs.show(name, case, story.account(story.runs()))


@each_case("locked-after-handover")
def test_a_lock_that_comes_when_a_letter_has_gone(name: str, case: str, story: Story, proofs: Proofs) -> None:
    """That a letter was accepted is a fact that must not be lost to a passing lock."""
    if case == "response":
        story.response()
    else:
        story.before("sending")
    release = threading.Event()
    held = threading.Event()
    usual = story.world.server._looking

    def hold() -> None:
        with locked(story.world):
            held.set()
            release.wait(20)

    holding = threading.Thread(target=hold)

    def looking(of: str) -> None:
        usual(of)
        story.world.server._looking = usual
        holding.start()
        held.wait(20)
        threading.Timer(0.4, release.set).start()

    story.world.server._looking = looking
    with connections_with(story.world, "busy_timeout=100"), journal_lines():
        story.world.run(lambda app: app.deliver().run())
    holding.join()
    proofs.show(name, case, story.account(story.runs()))


@each_case("damaged")
def test_a_damaged_database(name: str, case: str, story: Story, proofs: Proofs, tmp_path: Path) -> None:
    """The damage is named with its remedy, nothing leaves, and with the backup in its place the mail is read."""
    world = story.world
    backup = tmp_path / "backup.db"
    world.app.store.backup(backup)
    world.app.close()
    with world.database.open("r+b") as file:
        size = file.seek(0, 2)
        for page in range(1, size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 200)
    story.goes_wrong(world.poll)
    assert "Done" not in world.mailbox.folders
    world.app.close()
    for file_ in tmp_path.glob("infogov.db-*"):
        file_.unlink()
    shutil.copy(backup, world.database)
    world.app = world._start()
    proofs.show(name, case, story.account(story.runs()))
