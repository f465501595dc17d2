"""Jobs that one worker at a time may do: held by a process, by a thread, and freed by death."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from storing import database, make_store

from pipeline.domain.errors import StoreError
from pipeline.store import locks

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.store import Store

HOLDER = """
import sys
from pipeline.store import Store
store = Store.open(sys.argv[1])
with store.exclusive("deliver") as held:
    print(held, flush=True)
    sys.stdin.read()
"""


def holder(tmp_path: Path) -> subprocess.Popen[str]:
    """Another process that takes the job "deliver" and keeps it until its input ends."""
    command = [sys.executable, "-c", HOLDER, f"sqlite:///{database(tmp_path)}"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def says(process: subprocess.Popen[str]) -> str:
    """The next line that the other process prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_one_process_at_a_time(store: Store, tmp_path: Path) -> None:
    """While another process holds the job we don't get it, and while we hold it another doesn't."""
    with holder(tmp_path) as other:
        assert says(other) == "True"
        with store.exclusive("deliver") as held:
            assert not held
        other.communicate()
    with store.exclusive("deliver") as held, holder(tmp_path) as other:
        assert held
        assert says(other) == "False"
        other.communicate()


def test_death_frees_the_job(store: Store, tmp_path: Path) -> None:
    """A holder that is killed outright leaves nothing that would have to be cleaned up."""
    with holder(tmp_path) as other:
        assert says(other) == "True"
        other.send_signal(signal.SIGKILL)
        assert other.wait() == -signal.SIGKILL
    with store.exclusive("deliver") as held:
        assert held


def test_one_thread_at_a_time(store: Store) -> None:
    """Another thread of the same process is kept out, and gets the job when it is free again."""

    def attempt() -> bool:
        with store.exclusive("deliver") as held:
            return held

    with ThreadPoolExecutor(1) as pool:
        with store.exclusive("deliver") as held:
            assert held
            assert not pool.submit(attempt).result()
            with store.exclusive("deliver") as again:
                assert not again
        assert pool.submit(attempt).result()


def test_many_threads_one_holder(store: Store) -> None:
    """Of threads that try together exactly one holds the job."""
    start, tried = threading.Barrier(8), threading.Barrier(8)

    def attempt() -> bool:
        start.wait()
        with store.exclusive("upkeep") as held:
            tried.wait()
            return held

    with ThreadPoolExecutor(8) as pool:
        assert sum(done.result() for done in [pool.submit(attempt) for _ in range(8)]) == 1


def test_jobs_do_not_disturb_each_other(store: Store) -> None:
    """Two jobs can be held side by side, whatever their names are made of."""
    with store.exclusive("mailbox:foi/INBOX") as one, store.exclusive("../deliver") as two:
        assert one
        assert two


def test_an_error_frees_the_job(store: Store) -> None:
    """A job that fails is free again, and its error comes out."""

    def fail() -> None:
        with store.exclusive("deliver"):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        fail()
    with store.exclusive("deliver") as held:
        assert held


def test_databases_have_their_own_jobs(store: Store, tmp_path: Path) -> None:
    """The same job on another database is another job."""
    (tmp_path / "other").mkdir()
    other = make_store(tmp_path / "other")
    with store.exclusive("deliver") as one, other.exclusive("deliver") as two:
        assert one
        assert two
    other.close()


def test_a_lock_file_that_can_not_be_made(store: Store, tmp_path: Path) -> None:
    """Where the lock file can't be made, a StoreError says what has to be writable."""
    (tmp_path / "infogov.db.deliver.lock").mkdir()
    with pytest.raises(StoreError, match="must be writable"), store.exclusive("deliver"):
        pass


def test_a_file_system_without_locks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file system has no locks, a StoreError says where the database belongs."""

    def refuse(descriptor: int) -> bool:
        raise OSError(37, "No locks available", str(descriptor))

    monkeypatch.setattr(locks, "_try_lock", refuse)
    with pytest.raises(StoreError, match=r"No locks available.*local disk"), store.exclusive("deliver"):
        pass
