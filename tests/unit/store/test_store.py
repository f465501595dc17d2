"""Transactions, the settings behind them, and what becomes of a database that can't be used."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import storing
from engines import CURRENT, sqlite_only
from sqlalchemy import select, text
from storing import AT, arrival, by_hand, database, frozen, make_store, new_case, one_of_everything, take

from pipeline.domain.errors import ConfigurationError, StoreError
from pipeline.store import Store, engine, schema
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65534


@contextmanager
def as_an_ordinary_user() -> Iterator[Path]:
    """A folder of one's own, and no rights of an administrator while the block runs (root may write everywhere)."""
    folder = Path(tempfile.mkdtemp(prefix="infogov-test-"))
    was_root = os.geteuid() == 0
    try:
        if was_root:
            os.chown(folder, NOBODY, NOBODY)
            os.setegid(NOBODY)
            os.seteuid(NOBODY)
        yield folder
    finally:
        if was_root:
            os.seteuid(0)
            os.setegid(0)
        folder.chmod(0o700)
        shutil.rmtree(folder)


# ---- transactions ----------------------------------------------------------------------------------------------------


def test_no_update_is_lost(store: Store) -> None:
    """Eight threads that each take a case, read a number from it and write it back one higher, twenty times, end at 160."""
    with store.write() as work:
        reference = new_case(work, topic="0").reference
    start = threading.Barrier(8)

    def count() -> None:
        start.wait()
        for _ in range(20):
            with store.write() as work:
                case = work.cases.by_reference(reference, lock=True)
                assert case is not None
                work.cases.change(case, Happening(kind="counted", at=AT), topic=str(int(case.topic) + 1))

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(count) for _ in range(8)]:
            done.result()
    with store.read() as work:
        found = work.cases.by_reference(reference)
    assert found is not None
    assert found.topic == "160"
    assert store.verify().findings == []


def test_events_of_many_writers_make_one_chain(store: Store) -> None:
    """Writers that append to one chain at the same time neither fork it nor lose an event."""
    with store.write() as work:
        case = new_case(work)

    def note() -> None:
        for _ in range(10):
            with store.write() as work:
                work.cases.note(case.id, Happening(kind="noted", at=AT))

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(note) for _ in range(8)]:
            done.result()
    report = store.verify()
    assert report.findings == []
    assert report.events == 81


def test_readers_do_not_wait_for_a_writer(store: Store) -> None:
    """While a writer is in the middle of its work, others read what was committed before it."""
    with store.write() as work:
        work.heartbeats.beat("n", AT, "before", ok=True)
    with store.write() as writing, ThreadPoolExecutor(1) as pool:
        writing.heartbeats.beat("n", AT, "after", ok=True)

        def look() -> str:
            with store.read() as work:
                return work.heartbeats.all()[0].detail

        assert pool.submit(look).result(timeout=5) == "before"
    assert look() == "after"


def test_a_read_is_one_picture(store: Store) -> None:
    """What is committed while a read goes on isn't seen in its second half."""
    with store.read() as reading:
        assert reading.heartbeats.all() == []
        with store.write() as work:
            work.heartbeats.beat("n", AT, "new", ok=True)
        assert reading.heartbeats.all() == []


def test_an_error_in_the_block_undoes_everything(store: Store) -> None:
    """Whatever the block raises comes out unchanged, and nothing of the block stays."""

    def work_and_fail() -> None:
        with store.write() as work:
            take(work, arrival(1))
            new_case(work)
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        work_and_fail()
    with store.read() as work:
        assert work.messages.counts() == {}
        assert work.cases.counts() == {}
    assert store.verify().events == 0


def test_an_error_of_the_database_undoes_everything(store: Store) -> None:
    """A broken rule of the database is a StoreError in plain words, without the values, and nothing of the block stays."""

    def work_and_break() -> None:
        with store.write() as work:
            take(work, arrival(1))
            new_case(work, requester_name="Secret Person", message_id=99)

    with pytest.raises(StoreError, match="nothing was changed") as caught:
        work_and_break()
    assert "Secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    with store.read() as work:
        assert work.messages.counts() == {}


def test_a_naive_instant_is_refused(store: Store) -> None:
    """An instant without a zone never reaches the database."""
    with pytest.raises(StoreError, match="naive"), store.write() as work:
        work.heartbeats.beat("n", datetime(2025, 1, 6), "x", ok=True)  # noqa: DTZ001 - the mistake this test is about


def test_a_read_can_not_write(store: Store) -> None:
    """Writing in a read, which would be rolled back in silence, is an error; the connection writes again afterwards."""
    with pytest.raises(StoreError), store.read() as work:
        work.heartbeats.beat("n", AT, "x", ok=True)
    with store.write() as work:
        work.heartbeats.beat("n", AT, "y", ok=True)
    with store.read() as work:
        assert [beat.detail for beat in work.heartbeats.all()] == ["y"]


@sqlite_only
def test_a_database_kept_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When another program holds the database, the error says so and the store works again once it is free."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    store = make_store(tmp_path)
    with closing(sqlite3.connect(database(tmp_path), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program"), store.write():
            pass
        other.execute("ROLLBACK")
    with store.write() as work:
        work.heartbeats.beat("n", AT, "x", ok=True)
    store.close()


# ---- settings --------------------------------------------------------------------------------------------------------


@sqlite_only
def test_every_connection_has_the_settings(tmp_path: Path) -> None:
    """Each of several connections open at once has WAL, synchronous=FULL, foreign keys and a time to wait."""
    opened = engine.open_engine(f"sqlite:///{database(tmp_path)}")
    connections = [opened.connect() for _ in range(6)]
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    found = {tuple(c.execute(text(f"PRAGMA {name}")).scalar_one() for name in names) for c in connections}
    for connection in connections:
        connection.close()
    opened.dispose()
    assert found == {("wal", 2, 1, 30_000)}


def test_foreign_keys_hold(store: Store) -> None:
    """A case can't name a message that isn't there, and a message with its bytes can't be deleted."""
    with pytest.raises(StoreError, match=r"(?i)foreign key"), store.write() as work:
        new_case(work, message_id=1)
    with store.write() as work:
        take(work, arrival(1))
    with pytest.raises(StoreError, match=r"(?i)foreign key"), store.write() as work:
        work.messages._connection.execute(schema.Message.__table__.delete())


@pytest.mark.parametrize("number", [2**31, 2**63, 10**20])
def test_a_number_too_large(store: Store, number: int) -> None:
    """A number larger than any row's finds nothing, or is an error in plain words; never another exception."""
    try:
        with store.read() as work:
            assert work.outbox.summaries(outbox_id=number) == []
    except StoreError as error:
        assert "a number is too large" in str(error)  # noqa: PT017 - either is right, and which one is the database's affair


def test_instants_come_back_in_utc(store: Store) -> None:
    """An instant given in another zone comes back as the same instant, in UTC, to the microsecond."""
    summer = datetime.fromisoformat("2025-07-01T09:30:00.123456+01:00")
    with store.write() as work:
        work.heartbeats.beat("n", summer, "x", ok=True)
    with store.read() as work:
        [beat] = work.heartbeats.all()
    assert beat.at == summer
    assert beat.at.isoformat() == "2025-07-01T08:30:00.123456+00:00"


def test_awkward_text(store: Store) -> None:
    """NUL, lone surrogates and other odd characters from servers and errors cost neither a row nor an event."""
    odd = "a\x00b\ud800c\u2028d\U0001f600"
    with store.write() as work:
        case = new_case(work, subject="nul\x00 goes\U0001f600")
        take(work, arrival(1))
        work.messages.settle(1, state="quarantined", values={"last_error": odd, "reasons": [odd], "subject": None})
        work.heartbeats.beat("n", AT, odd, ok=False)
        work.cases.note(case.id, Happening(kind="noted", at=AT, data={"reason": odd}))
    with store.read() as work:
        assert work.quarantine.rows()[0].reason == "a\ufffdb\ufffdc\u2028d\U0001f600"
        assert work.events.of_case(case.id)[-1].data == {"reason": odd}
        assert work.cases.by_ids([case.id])[0].subject == "nul\ufffd goes\U0001f600"
    assert store.verify().findings == []


# ---- people ----------------------------------------------------------------------------------------------------------


def test_officers(store: Store) -> None:
    """An officer is added once, whatever the case of the address, found, disabled and enabled; each leaves an event."""
    with store.write() as work:
        assert work.officers.add(" Kim@Example.gov.uk", "Kim", "officer", via="cli", at=AT)
        assert not work.officers.add("kim@example.gov.uk", "Other", "admin", via="cli", at=AT)
        work.officers.set_disabled("KIM@example.gov.uk", AT, role=None, via="cli", at=AT)
        work.officers.set_disabled("nobody@example.gov.uk", AT, role=None, via="cli", at=AT)
    with store.read() as work:
        found = work.officers.find("KIM@EXAMPLE.GOV.UK ")
        assert found is not None
        assert (found.email, found.name, found.role, found.disabled) == ("kim@example.gov.uk", "Kim", "officer", True)
    with store.write() as work:
        work.officers.set_disabled("kim@example.gov.uk", None, role="approver", via="cli", at=AT)
    with store.read() as work:
        assert [(o.role, o.disabled) for o in work.officers.all()] == [("approver", False)]
        assert work.officers.find("nobody@example.gov.uk") is None
    report = store.verify()
    assert (report.events, report.findings) == (3, [])


def test_heartbeats(store: Store) -> None:
    """A part has one heartbeat, its last."""
    with store.write() as work:
        work.heartbeats.beat("b", AT, "first", ok=True)
        work.heartbeats.beat("a", AT, "x", ok=True)
        work.heartbeats.beat("b", AT, "second", ok=False)
    with store.read() as work:
        assert [(b.part, b.detail, b.ok) for b in work.heartbeats.all()] == [("a", "x", True), ("b", "second", False)]


# ---- databases that can't be used ------------------------------------------------------------------------------------


@sqlite_only
def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A file of something else is a StoreError that names a remedy, and is left as it was."""
    words = b"Dear Sir or Madam, this is a letter and no database. " * 40
    database(tmp_path).write_bytes(words)
    with pytest.raises(StoreError, match=r"can't be opened.*something else"):
        make_store(tmp_path)
    assert database(tmp_path).read_bytes() == words


@sqlite_only
def test_a_damaged_database(tmp_path: Path) -> None:
    """Damage in the middle of the file is a StoreError on reading or checking, never another exception."""
    store = make_store(tmp_path)
    with store.write() as work:
        for uid in range(1, 60):
            take(work, arrival(uid, storing.letter_bytes(uid, "x" * 3000)))
    store.close()
    content = bytearray(database(tmp_path).read_bytes())
    for start in range(4096 * 2, len(content), 4096):
        content[start : start + 100] = b"\xa5" * 100
    database(tmp_path).write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged|can't be opened"):
        make_store(tmp_path).verify()


@sqlite_only
def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    """A file where the database's folder should be is a StoreError naming the address."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="can't be made"):
        Store.open(f"sqlite:///{tmp_path}/file/infogov.db")


@sqlite_only
def test_a_folder_without_the_right_to_write() -> None:
    """Where this user may not write, opening says which right is missing."""
    with as_an_ordinary_user() as folder:
        folder.chmod(0o500)
        with pytest.raises(StoreError, match="may write to its folder"):
            Store.open(f"sqlite:///{database(folder)}")


@sqlite_only
def test_a_read_only_file() -> None:
    """A database that this user may only read can be read; writing is a StoreError that names the missing right."""
    with as_an_ordinary_user() as folder:
        store = make_store(folder)
        one_of_everything(store)
        store.close()
        database(folder).chmod(0o400)
        store = make_store(folder)
        with store.read() as work:
            assert work.cases.counts() == {"new": 2}
        with pytest.raises(StoreError, match="may not write"), store.write() as work:
            work.heartbeats.beat("n", AT, "x", ok=True)
        store.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense://:secret@", "not supported"),
        ("secret", "not a database address"),
        ("mysql://root:secret@host/db", "not supported"),
    ],
)
def test_an_address_that_is_none(url: str, says: str) -> None:
    """A wrong address is an error of the configuration and never shows the password in it."""
    with pytest.raises(ConfigurationError, match=says) as caught:
        Store.open(url)
    assert "secret" not in str(caught.value)


# ---- backup ----------------------------------------------------------------------------------------------------------


@sqlite_only
def test_backup_while_writing(tmp_path: Path) -> None:
    """A backup taken while another thread writes is a whole database at some commit, readable by its owner alone."""
    store = make_store(tmp_path)
    with store.write() as work:
        case = new_case(work)
    stop = threading.Event()
    written = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with store.write() as work:
                work.outbox.freeze(case.id, frozen(number), at=AT)
                take(work, arrival(number))
            written.set()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        written.wait(10)
        target = tmp_path / "copies" / "infogov.db"
        target.parent.mkdir()
        try:
            store.backup(target)
        finally:
            stop.set()
        writing.result()
    store.close()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [p.name for p in target.parent.iterdir()] == ["infogov.db"]
    assert by_hand(target.parent, "PRAGMA integrity_check") == [("ok",)]
    copy = make_store(target.parent)
    with copy.read() as work:
        assert sum(work.outbox.counts().values()) == work.messages.counts()["received"] > 0
    assert copy.verify().findings == []
    copy.close()


@sqlite_only
def test_backup_does_not_overwrite(store: Store, tmp_path: Path) -> None:
    """A file that exists stays as it is."""
    target = tmp_path / "backup.db"
    target.write_text("precious")
    with pytest.raises(StoreError, match="exists"):
        store.backup(target)
    assert target.read_text() == "precious"


@sqlite_only
def test_backup_into_nowhere(store: Store, tmp_path: Path) -> None:
    """A folder that isn't there is a StoreError, and leaves nothing behind."""
    with pytest.raises(StoreError, match="failed: No such file"):
        store.backup(tmp_path / "nowhere" / "backup.db")
    assert not (tmp_path / "nowhere").exists()


# ---- opening ---------------------------------------------------------------------------------------------------------


def test_two_processes_open_a_new_database_at_once(tmp_path: Path) -> None:
    """Processes that start together on a new file all find the same finished schema."""
    place = CURRENT.databases.address(tmp_path, empty=True)
    script = f"from pipeline.store import Store; Store.open({place!r}).close()"
    running = [subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE) for _ in range(4)]
    assert [(p.communicate()[1], p.returncode) for p in running] == [(b"", 0)] * 4
    store = make_store(tmp_path)
    assert store.versions()[0] == store.versions()[1]
    one_of_everything(store)
    assert store.verify().findings == []
    store.close()


def test_every_table_is_filled(store: Store) -> None:
    """The builder that other tests rely on leaves no table empty."""
    one_of_everything(store)
    with store.read() as work:
        empty = [
            name
            for name, table in schema.Table.metadata.tables.items()
            if work.messages._connection.execute(select(table).limit(1)).first() is None
        ]
    assert empty == []


@sqlite_only
def test_a_change_of_the_file_is_seen_once(tmp_path: Path) -> None:
    """Whoever commits, another process or ourselves, is seen at the next look; a transaction that changes nothing is no change."""
    ours, theirs = (make_store(tmp_path) for _ in range(2))
    said = [ours.changed()]
    for uid, store in enumerate((theirs, ours), 1):
        with store.write() as work:
            take(work, arrival(uid))
        said += [ours.changed(), ours.changed()]
    with ours.write() as work:
        work.outbox.claim("nobody", AT, 1)
    said.append(ours.changed())
    assert said == [False, True, False, True, False, False]
    for store in (ours, theirs):
        store.close()
