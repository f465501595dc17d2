"""PostgreSQL that is full, read-only, locked, refuses, or is not the right one: plain words with a remedy, nothing lost, and work goes on where it stood."""

from __future__ import annotations

import json
import re
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from faults.fault_table import ROWS, Seen
from faults.postgres_rows import POSTGRES_ROWS
from processes import wait_for
from servers.postgres import USER
from servers.postgres_faults import Fault

from pipeline.domain.errors import ConfigurationError, SchemaError
from pipeline.store import engine
from pipeline.watch import answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from faults.fault_table import Proofs
    from faults.postgres_scene import Stand
    from servers.postgres import Postgres
    from servers.postgres_faults import PostgresWire

pytestmark = pytest.mark.dovecot

CASES = {row.name: row.cases for row in POSTGRES_ROWS}
# The table that a job can't do without, and writes into.
TABLES = {"taking": "message", "filing": "request", "sending": "attempt"}
MOMENTS = {"taking": "a poll's commit", "filing": "filing", "sending": "mark before DATA"}
WAITING = (
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = %s)"
)
# The server's time, whichever way it is asked for.
SERVER_TIME = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(|\b(current|local)_?(date|time|timestamp)\b",
    re.IGNORECASE,
)


def each_case(*names: str) -> Any:
    """Every case of rows *names*."""
    pairs = [(name, case) for name in names for case in CASES[name]]
    return pytest.mark.parametrize(("name", "case"), pairs, ids=["-".join(filter(None, pair)) for pair in pairs])


def goes_wrong_often(stand: Stand, job: Callable[[], object]) -> None:
    """Do *job* more often than a message has attempts, which the account at the end shows not to be held against any; no letter leaves."""
    sent = len(stand.sink.offered)
    for _ in range(5):
        stand.goes_wrong(job)
    assert len(stand.sink.offered) == sent


def doctor_agrees(stand: Stand, name: str) -> None:
    """Doctor gives the row's remedy, too."""
    said = stand.doctor_says("database")
    assert ROWS[name].health.casefold() in said.casefold(), said


@contextmanager
def role_has(stand: Stand, setting: str) -> Iterator[None]:
    """Give our role a setting in our database, on all connections to come, for a while; those there are, are cut."""
    name = setting.partition(" ")[0]
    stand.server.execute(f"ALTER ROLE {USER} IN DATABASE {stand.name} SET {setting}")
    stand.cut()
    try:
        yield
    finally:
        stand.server.execute(f"ALTER ROLE {USER} IN DATABASE {stand.name} RESET {name}")
        stand.cut()


# ---- room ------------------------------------------------------------------------------------------------------------


@contextmanager
def no_room_for(stand: Stand, table: str) -> Iterator[None]:
    """Let an empty *table* lie on a device that is always full (full(4)), so that its first page meets what the system says of a full disk."""
    ((place, size),) = stand.server.execute(
        f"SELECT pg_relation_filepath('{table}'), pg_relation_size('{table}')", name=stand.name
    )
    assert size == 0
    stand.cut()
    stand.server.execute("CHECKPOINT")
    file: Path = stand.server.dir / "data" / place
    aside = file.with_name(f"{file.name}.aside")
    file.rename(aside)
    file.symlink_to("/dev/full")
    try:
        yield
    finally:
        stand.cut()
        file.unlink()
        aside.rename(file)


@each_case("pg-full")
def test_a_full_disk(name: str, case: str, stand: Stand, proofs: Proofs) -> None:
    """What doesn't fit is undone whole; nothing is moved or sent, however often it is tried."""
    job = stand.before(MOMENTS[case])
    with no_room_for(stand, TABLES[case]):
        goes_wrong_often(stand, job)
    proofs.show(name, case, stand.account(stand.runs()))


@each_case("pg-full-wal")
def test_no_room_for_the_log(name: str, case: str, stand: Stand, lone: Postgres, proofs: Proofs) -> None:
    """The server gives up rather than say what isn't so; with room it recovers, and so do we."""
    job = stand.before("a poll's commit")
    stand.cut()
    lone.write_no_log()
    try:
        stand.goes_wrong(job)
        wait_for(lambda: lone.ended, "the server gave up")
        stand.goes_wrong(job)
        doctor_agrees(stand, name)
    finally:
        lone.end(signal.SIGQUIT)
        lone.start()
    proofs.show(name, case, stand.account(stand.runs()))


# ---- changes refused -------------------------------------------------------------------------------------------------


@contextmanager
def a_standby(lone: Postgres) -> Iterator[None]:
    """Make the server a hot standby, and then promote it."""
    mark = lone.dir / "data" / "standby.signal"
    lone.end(signal.SIGINT)
    mark.touch()
    lone.start()
    try:
        yield
    finally:
        assert lone.execute("SELECT pg_promote()") == [(True,)]
        wait_for(lambda: lone.execute("SELECT pg_is_in_recovery()") == [(False,)], "promotion")


@each_case("pg-read-only")
def test_a_server_that_takes_no_changes(name: str, case: str, stand: Stand, lone: Postgres, proofs: Proofs) -> None:
    """It is said, by doctor and by the probes, too; and mail stays where it is."""
    job = stand.before("a poll's commit")
    only = role_has(stand, "default_transaction_read_only = on") if case.startswith("default") else a_standby(lone)
    with only:
        stand.goes_wrong(job)
        assert "takes no changes; name the primary server" in stand.doctor_says("database")
        told = [problem.words for problem in stand.product.app.health.problems() if problem.kind == "database"]
        assert told == ["the database takes no changes; mail waits in the mailbox and nothing is sent"]
    proofs.show(name, case, stand.account(stand.runs()))


@contextmanager
def locked(stand: Stand, table: str) -> Iterator[None]:
    """Hold *table* against everybody, as another program might."""
    with stand.server.connect(stand.name) as other:
        other.execute("BEGIN")
        other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
        yield
        other.execute("ROLLBACK")


@each_case("pg-locked", "pg-slow")
def test_a_wait_that_is_too_long(
    name: str, case: str, stand: Stand, proofs: Proofs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the wait (shortened here) the words say what to look for; no message is blamed for it, however often it happens."""
    job = stand.before(MOMENTS[case])
    which = {"pg-locked": "lock_timeout", "pg-slow": "statement_timeout"}[name]
    with monkeypatch.context() as shorter:
        shorter.setitem(engine._SESSION, which, "100ms")
        stand.cut()
        with locked(stand, TABLES[case]):
            goes_wrong_often(stand, job)
    stand.cut()
    proofs.show(name, case, stand.account(stand.runs()))


@each_case("pg-deadlock")
def test_a_deadlock(name: str, case: str, stand: Stand, wire: PostgresWire, proofs: Proofs) -> None:
    """The server ends our part of the circle; the batch is filed one by one in the same run."""
    job = stand.before("filing")

    def want() -> None:
        other.execute("LOCK TABLE request IN SHARE MODE")
        other.execute("ROLLBACK")

    wanting = threading.Thread(target=want)

    def cross() -> None:
        other.execute("BEGIN")
        other.execute("LOCK TABLE outbox IN SHARE MODE")
        wanting.start()
        wait_for(lambda: stand.server.execute(WAITING, stand.name) == [(1,)], "the other program waits for us")

    with role_has(stand, "deadlock_timeout = '50ms'"), stand.server.connect(stand.name) as other:
        other.execute("SET deadlock_timeout = '1min'")
        wire.strike("INSERT INTO request ", "INSERT INTO outbox ", Fault.PASS, cross)
        stand.goes_wrong(job)
        wanting.join()
        assert stand.product.count("message", "state = 'filed'") == len(stand.mails)
        other.close()
    proofs.show(name, case, stand.account(stand.runs()))


@each_case("pg-serialization")
def test_a_change_that_can_not_be_put_in_order(
    name: str, case: str, stand: Stand, wire: PostgresWire, proofs: Proofs
) -> None:
    """Where an administrator has asked for more isolation, what meets another's change waits for it, and goes on."""
    with role_has(stand, f"default_transaction_isolation = '{case}'"):
        stand.restart()
        job = stand.before("a poll's commit")

        def meddle() -> None:
            assert stand.server.execute("UPDATE folder SET cursor = cursor RETURNING 1", name=stand.name) == [(1,)]

        wire.strike("INSERT INTO message", "UPDATE folder", Fault.PASS, meddle)
        stand.goes_well(job)
        assert wire.struck
        stand.product.intake()
        stand.product.deliver()
        proofs.show(name, case, stand.account(stand.runs()))


# ---- not let in ------------------------------------------------------------------------------------------------------


@each_case("pg-connections")
def test_too_many_connections(name: str, case: str, stand: Stand, lone: Postgres, proofs: Proofs) -> None:
    """Who doesn't get a connection says so, and gets one later."""
    job = stand.before("a poll's commit")
    lone.execute(f"ALTER ROLE {USER} CONNECTION LIMIT 0")
    stand.cut()
    try:
        stand.goes_wrong(job)
        doctor_agrees(stand, name)
    finally:
        lone.execute(f"ALTER ROLE {USER} CONNECTION LIMIT -1")
    proofs.show(name, case, stand.account(stand.runs()))


@each_case("pg-password")
def test_a_password_that_is_changed(name: str, case: str, stand: Stand, lone: Postgres, proofs: Proofs) -> None:
    """Connections that are there go on; those to come say what is to be mended."""
    job = stand.before("a poll's commit")
    with lone.asking_for_passwords():
        lone.execute(f"ALTER ROLE {USER} PASSWORD 'another'")
        try:
            stand.goes_well(stand.product.app.health.read)
            stand.cut()
            stand.goes_wrong(job)
            doctor_agrees(stand, name)
            told = json.loads(answers.readyz(stand.product.app).body)["problems"]
            assert told == [f"the database can't be asked: {ROWS[name].health}"]
        finally:
            lone.execute(f"ALTER ROLE {USER} PASSWORD 'secret'")
    proofs.show(name, case, stand.account(stand.runs()))


@each_case("pg-rights")
def test_a_role_without_rights(name: str, case: str, stand: Stand, proofs: Proofs) -> None:
    """The table is named, no message is blamed for it, and with the right back the work goes on."""
    job = stand.before(MOMENTS[case])
    table = TABLES[case]
    stand.server.execute(f"REVOKE ALL ON {table} FROM {USER}", name=stand.name)
    goes_wrong_often(stand, job)
    assert f"permission denied for table {table}" in stand.words
    if case != "sending":
        doctor_agrees(stand, name)
    stand.server.execute(f"GRANT ALL ON {table} TO {USER}", name=stand.name)
    proofs.show(name, case, stand.account(stand.runs()))


# ---- not the right one -----------------------------------------------------------------------------------------------


@each_case("pg-encoding")
def test_a_database_of_another_encoding(name: str, case: str, stand: Stand, lone: Postgres, proofs: Proofs) -> None:
    """It could not hold every letter, so it is not used; the mail waits in the mailbox."""
    stand.mail_comes()
    other = f"odd_{case.lower()}"
    lone.execute(
        f"CREATE DATABASE {other} OWNER {USER} TEMPLATE template0 ENCODING '{case}' LOCALE 'C' LOCALE_PROVIDER libc"
    )
    try:
        with pytest.raises(ConfigurationError) as refused:
            stand.product.configure(database={"url": lone.url(other)})
        stand.words += str(refused.value)
        doctor_agrees(stand, name)
    finally:
        lone.drop(other)
    stand.restart()
    proofs.show(name, case, stand.account(stand.runs()))


@each_case("pg-newer")
def test_a_database_of_a_newer_release(name: str, case: str, stand: Stand, proofs: Proofs) -> None:
    """It is left alone; nothing is taken out of the mailbox."""
    stand.mail_comes()
    ((version,),) = stand.product.sql("UPDATE alembic_version SET version_num = '9999' RETURNING 1")
    assert version == 1
    head = stand.product.app.store.versions()[1]
    with pytest.raises(SchemaError) as refused:
        stand.product.configure(database={"url": stand.url})
    stand.words += str(refused.value)
    doctor_agrees(stand, name)
    stand.server.execute("UPDATE alembic_version SET version_num = %s", head, name=stand.name)
    stand.restart()
    proofs.show(name, case, stand.account(stand.runs()))


@each_case("pg-clock")
def test_a_server_with_another_clock(name: str, case: str, stand: Stand, lone: Postgres, proofs: Proofs) -> None:
    """No statement of a request's whole life asks the server for its time, so that its clock may say what it likes."""
    before = len(lone.log())
    with role_has(stand, "log_statement = 'all'"):
        stand.waiting_response()
        seen = stand.account(stand.runs())
        stand.product.app.health.problems()
    statements = [line for line in lone.log()[before:].splitlines() if "INSERT INTO" in line or "execute" in line]
    assert len(statements) > 50
    assert [line for line in statements if SERVER_TIME.search(line)] == []
    proofs.show(name, case, Seen(lost=seen.lost, repeated=seen.repeated, tries=0, words=""))
