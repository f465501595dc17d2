"""Jobs that one worker at a time may do: held by a process, by a thread, and freed by death."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from engines import postgresql_only, sqlite_only
from storing import address, by_hand, make_store

from pipeline.domain.errors import StoreError
from pipeline.store import locks

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.store import Store

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
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
    command = [sys.executable, "-c", HOLDER, address(tmp_path)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def says(process: subprocess.Popen[str]) -> str:
    """The next line that the other process prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def taken(store: Store, job: str) -> bool:
    """Whether the job can be had within five seconds: a server hears of a process's end a moment later than we."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        with store.exclusive(job) as held:
            if held:
                return True
        time.sleep(0.02)
    return False


def test_one_process_at_a_time(store: Store, tmp_path: Path) -> None:
    """While another process holds the job we don't get it, and while we hold it another doesn't."""
    with holder(tmp_path) as other:
        assert says(other) == "True"
        with store.exclusive("deliver") as held:
            assert not held
        other.communicate()
    assert taken(store, "deliver")
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
    assert taken(store, "deliver")


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


@sqlite_only
def test_a_lock_file_that_can_not_be_made(store: Store, tmp_path: Path) -> None:
    """Where the lock file can't be made, a StoreError says what has to be writable."""
    (tmp_path / "infogov.db.deliver.lock").mkdir()
    with pytest.raises(StoreError, match="must be writable"), store.exclusive("deliver"):
        pass


@sqlite_only
def test_a_file_system_without_locks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file system has no locks, a StoreError says where the database belongs."""

    def refuse(descriptor: int, *, shared: bool) -> bool:
        raise OSError(37, "No locks available", f"{descriptor} {shared}")

    monkeypatch.setattr(locks, "_try_lock", refuse)
    with pytest.raises(StoreError, match=r"No locks available.*local disk"), store.exclusive("deliver"):
        pass


def test_what_was_taken_is_held(store: Store) -> None:
    """A job is this process's own from taking it to giving it up."""
    assert not store.shared or not store.holds("mailbox:foi")
    with store.exclusive("mailbox:foi"):
        assert store.holds("mailbox:foi")
    assert not store.shared or not store.holds("mailbox:foi")


@postgresql_only
def test_a_lost_connection_is_a_lost_job(store: Store, tmp_path: Path) -> None:
    """When the server ends our connection, whoever holds a job learns that it is gone, and it can be taken again at once."""
    with store.exclusive("mailbox:foi") as held, store.exclusive("upkeep"):
        assert held
        by_hand(tmp_path, CUT)
        assert not store.holds("mailbox:foi")
        assert not store.holds("upkeep")
        with store.exclusive("mailbox:foi") as again:
            assert again
            assert store.holds("mailbox:foi")
    assert taken(store, "mailbox:foi")


@postgresql_only
def test_giving_up_a_lost_job_leaves_it_to_its_new_holder(store: Store, tmp_path: Path) -> None:
    """Who lost a job and comes to its end does not free it from under another thread that has it by now."""
    lost = store.exclusive("mailbox:foi")
    lost.__enter__()
    by_hand(tmp_path, CUT)
    assert not store.holds("mailbox:foi")
    with store.exclusive("mailbox:foi") as held:
        assert held
        lost.__exit__(None, None, None)
        assert store.holds("mailbox:foi")


@postgresql_only
def test_many_jobs_need_one_connection(store: Store, tmp_path: Path) -> None:
    """However many jobs a process holds, they are held by one connection."""
    with ExitStack() as stack:
        for number in range(40):
            assert stack.enter_context(store.exclusive(f"mailbox:{number}"))
        [(sessions,)] = by_hand(
            tmp_path,
            "SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
    assert sessions == 1


def test_workers_join_and_keep_an_operator_out(store: Store, tmp_path: Path) -> None:
    """While one worker runs nobody has the database to himself; on PostgreSQL a second one may join, on SQLite it may not."""
    second = make_store(tmp_path)
    with store.joined("worker") as first:
        assert first
        with second.joined("worker") as too:
            assert too is store.shared
        with second.exclusive("worker") as alone:
            assert not alone
    with second.exclusive("worker") as alone, store.joined("worker") as late:
        assert alone
        assert not late
    second.close()


def test_pages_are_shown_side_by_side_and_keep_an_operator_out(store: Store, tmp_path: Path) -> None:
    """Any number of processes are present together on either engine; nobody has the database to himself meanwhile."""
    second = make_store(tmp_path)
    with store.present("pages") as first, second.present("pages") as too:
        assert first
        assert too
        for each in (store, second):
            with each.exclusive("pages") as alone:
                assert not alone
    with second.exclusive("pages") as alone, store.present("pages") as late:
        assert alone
        assert not late
    second.close()


@postgresql_only
def test_who_joined_has_joined_again_after_a_lost_connection(store: Store, tmp_path: Path) -> None:
    """A worker whose connection was cut keeps an operator out again as soon as it takes any job."""
    second = make_store(tmp_path)
    with store.joined("worker") as first:
        assert first
        by_hand(tmp_path, CUT)
        assert taken(store, "upkeep")
        with second.exclusive("worker") as alone:
            assert not alone
    assert taken(second, "worker")
    second.close()
