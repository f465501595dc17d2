"""Several workers on one database: each does its share, none waits for another in a circle, and what is written by two at once is written once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from engines import postgresql_only
from processes import wait_for
from sqlalchemy import event, text
from storing import (
    AT,
    FOLDER,
    MAILBOX,
    UIDVALIDITY,
    address,
    arrival,
    by_hand,
    frozen,
    letter_bytes,
    new_case,
    position,
    take,
)

from pipeline.domain.errors import BusyError, ConfigurationError, NotFoundError, StaleError, StoreError, UnfitError
from pipeline.domain.outbox import OutboxStatus
from pipeline.store import Store
from pipeline.store.events import Happening, mailbox_chain
from pipeline.store.sign_ins import Failures
from pipeline.store.wakes import Wake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from servers.postgres import Postgres

    from pipeline.store import Work
    from pipeline.store.records import Claimed

_Given = TypeVar("_Given")
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"


def together(*jobs: Callable[[], _Given]) -> list[_Given]:
    """Run *jobs* at the same time, each in a thread of its own; their results, or the first of their errors."""
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], _Given]) -> _Given:
        start.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [done.result(timeout=60) for done in [pool.submit(run, job) for job in jobs]]


def opened(store: Store, *letters: int) -> None:
    """A case with letters in the outbox, due at AT."""
    with store.write() as work:
        case = new_case(work)
        for number in letters:
            work.outbox.freeze(case.id, frozen(number), at=AT)


# ---- receive and intake ----------------------------------------------------------------------------------------------


def test_two_pollers_take_each_message_once(store: Store) -> None:
    """Two workers that bring the same UIDs at the same time, cut into other batches, make one row, one event and one first copy each."""
    mails = [arrival(uid) for uid in range(1, 41)]

    def poll(size: int) -> Callable[[], int]:
        def run() -> int:
            taken = 0
            for start in range(0, len(mails), size):
                with store.write() as work:
                    batch = mails[start : start + size]
                    taken += take(work, *batch)
                    work.messages.advance(MAILBOX, FOLDER, batch[-1].uid, AT, uidvalidity=UIDVALIDITY)
            return taken

        return run

    with store.write() as work:
        work.messages.first_contact(MAILBOX, FOLDER, position())
    assert sum(together(poll(7), poll(10), poll(40))) == 40
    report = store.verify()
    assert (report.findings, report.raw_messages, report.events) == ([], 40, 41)
    with store.read() as work:
        found = work.messages.position(MAILBOX, FOLDER)
        assert found is not None
        assert found.cursor == 40


def test_the_same_mails_in_two_mailboxes(store: Store) -> None:
    """Two workers that bring the same contents in opposite order into two mailboxes don't wait for each other for ever; each content has one first copy."""
    contents = [letter_bytes(n) for n in range(30)]

    def poll(mailbox: str, raws: Sequence[bytes]) -> Callable[[], int]:
        def run() -> int:
            with store.write() as work:
                return take(work, *[arrival(uid, raw) for uid, raw in enumerate(raws, 1)], mailbox=mailbox)

        return run

    assert together(poll("foi", contents), poll("sar", contents[::-1])) == [30, 30]
    with store.read() as work:
        waiting = work.messages.waiting(range(1, 61))
    firsts = {one.first_copy for one in waiting}
    assert (len(waiting), len(firsts)) == (60, 30)
    assert store.verify().findings == []


@contextmanager
def spied(store: Store, words: str) -> Iterator[list[Any]]:
    """Lend the parameters of every statement that begins with *words*."""
    seen: list[Any] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_others: object) -> None:
        if statement.startswith(words):
            seen.append(parameters)

    event.listen(store._engine, "before_cursor_execute", note)
    yield seen
    event.remove(store._engine, "before_cursor_execute", note)


def test_all_take_first_copies_in_one_order(store: Store) -> None:
    """Contents are claimed in the order of their digests, whatever the order of the mails, so that no two workers claim them crosswise."""
    mails = [arrival(uid) for uid in range(1, 30)]
    with spied(store, "INSERT INTO first_copy") as seen, store.write() as work:
        take(work, *mails)
    values = str(seen)
    places = [values.index(one.content_sha256) for one in sorted(mails, key=lambda one: one.content_sha256)]
    assert places == sorted(places)


def test_all_take_chains_in_one_order(store: Store) -> None:
    """The heads of chains are made and held in the order of their names, whatever the order of the events."""
    with spied(store, "INSERT INTO chain_head") as seen, store.write() as work:
        for name in ("case:2", "mailbox:b", "case:1", "mailbox:a"):
            work.events.record(name, Happening(kind="noted", at=AT))
    values = str(seen)
    places = [values.index(name) for name in ("case:1", "case:2", "mailbox:a", "mailbox:b")]
    assert places == sorted(places)


def test_a_copy_waits_for_the_first(store: Store) -> None:
    """A further copy of a mail, in whichever mailbox, is offered to intake once the first one has been read."""
    with store.write() as work:
        take(work, arrival(1, letter_bytes(1)), arrival(2, letter_bytes(2)))
        take(work, arrival(1, letter_bytes(2)), arrival(2, letter_bytes(3)), mailbox="sar")
        take(work, arrival(3, letter_bytes(1)))
        assert work.messages.mailboxes_to_read() == ["foi", "sar"]
        assert work.messages.next_to_read("foi") == [1, 2]
        assert work.messages.next_to_read("sar") == [4]
        work.messages.count_attempt([2, 4])
        assert work.messages.next_to_read("sar") == [4]
        work.messages.settle(2, state="quarantined", values={})
        work.messages.settle(4, state="filed", values={})
        assert work.messages.next_to_read("sar") == [3]
        work.messages.settle(1, state="filed", values={})
        assert work.messages.next_to_read("foi") == [5]


def test_a_worker_behind_the_times_moves_no_cursor(store: Store) -> None:
    """A worker that still reads by UIDs the server has given up can't move the cursor among the new ones, past mail nobody has read."""
    with store.write() as work:
        work.messages.first_contact(MAILBOX, FOLDER, position(4000))
    with store.write() as work:
        work.messages.renumbered(MAILBOX, FOLDER, UIDVALIDITY + 1, 9, AT)
    with store.write() as work:
        work.messages.advance(MAILBOX, FOLDER, 4711, AT, uidvalidity=UIDVALIDITY)
        found = work.messages.position(MAILBOX, FOLDER)
        assert found is not None
        assert (found.cursor, found.polled_at) == (0, None)
        work.messages.advance(MAILBOX, FOLDER, 5, AT, uidvalidity=UIDVALIDITY + 1)
    with store.write() as work:
        work.messages.renumbered(MAILBOX, FOLDER, UIDVALIDITY + 1, 9, AT)
        found = work.messages.position(MAILBOX, FOLDER)
        assert found is not None
        assert found.cursor == 5, "a second worker that saw the same new numbering began again"
    assert store.verify().events == 2


def test_a_message_id_too_long_to_look_up(store: Store) -> None:
    """A sender's Message-ID that no index holds is left out, and the message filed all the same."""
    odd = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(996))
    with store.write() as work:
        take(work, arrival(1))
        work.messages.settle(1, state="filed", values={"message_id": f"<{odd}>", "subject": odd * 1000})
        assert work.messages.counts() == {"filed": 1}
        rows = work.messages._connection.execute(text("SELECT message_id FROM message")).all()
    assert [tuple(row) for row in rows] == [(None,)]


# ---- chains ----------------------------------------------------------------------------------------------------------


def test_chains_in_any_order_make_no_circle(store: Store) -> None:
    """Writers that put events on the same chains in every order all come through, and every chain holds."""
    chains = [mailbox_chain(name) for name in ("a", "b", "c", "d")]

    def note(turn: int) -> Callable[[], None]:
        def run() -> None:
            for _ in range(8):
                with store.write() as work:
                    for place in range(4):
                        work.events.record(chains[(place + turn) % 4], Happening(kind="noted", at=AT))

        return run

    together(*[note(turn) for turn in range(4)])
    report = store.verify()
    assert (report.findings, report.events, report.chains) == ([], 128, 4)


def test_a_chain_begun_by_several_at_once(store: Store) -> None:
    """Of writers that each put the first event on a new chain none fails, and the chain has all of them."""

    def begin() -> None:
        with store.write() as work:
            work.events.record("case:7", Happening(kind="noted", at=AT))

    together(*[begin] * 6)
    report = store.verify()
    assert (report.findings, report.events, report.chains) == ([], 6, 1)


def test_a_timeline_shows_what_was_just_recorded(store: Store) -> None:
    """Events of a transaction are seen by its own reading of the timeline, in order, before it ends."""
    with store.write() as work:
        case = new_case(work)
        work.cases.note(case.id, Happening(kind="one", at=AT))
        assert [event.kind for event in work.events.of_case(case.id)] == ["request_opened", "one"]
        work.cases.note(case.id, Happening(kind="two", at=AT))
    with store.read() as work:
        assert [event.kind for event in work.events.of_case(case.id)] == ["request_opened", "one", "two"]
    assert store.verify().findings == []


# ---- outbox ----------------------------------------------------------------------------------------------------------


def test_letters_are_shared_out(store: Store) -> None:
    """Workers that claim at the same time have every letter between them, and none twice."""
    opened(store, *range(1, 61))

    def claim(token: str) -> Callable[[], list[int]]:
        def run() -> list[int]:
            mine: list[int] = []
            while True:
                with store.write() as work:
                    batch = work.outbox.claim(token, AT, 4)
                if not batch:
                    return mine
                mine += [letter.id for letter in batch]

        return run

    shares = together(*[claim(token) for token in "abcd"])
    assert sorted(chain.from_iterable(shares)) == list(range(1, 61))
    assert by_count(store) == {"sending": 60}


def by_count(store: Store) -> dict[str, int]:
    """Letters by status."""
    with store.read() as work:
        return work.outbox.counts()


@postgresql_only
def test_nobody_waits_for_what_another_is_taking(store: Store) -> None:
    """While one worker's claim isn't committed yet, another gets the next letters at once."""
    opened(store, *range(1, 11))
    with store.write() as one:
        assert [letter.id for letter in one.outbox.claim("one", AT, 5)] == [1, 2, 3, 4, 5]
        with ThreadPoolExecutor(1) as pool:

            def claim() -> list[Claimed]:
                with store.write() as two:
                    return two.outbox.claim("two", AT, 20)

            assert [letter.id for letter in pool.submit(claim).result(timeout=20)] == [6, 7, 8, 9, 10]
    with store.read() as work:
        assert work.outbox.claims() == ["one", "two"]


def test_a_stop_and_a_claim_at_once(store: Store) -> None:
    """Of an officer who stops a letter and a worker that takes it, at the same moment, exactly one gets it."""
    opened(store, *range(1, 21))

    def stop() -> int:
        stopped = 0
        for number in range(1, 21):
            with store.write() as work:
                [row] = work.outbox.summaries(outbox_id=number)
                happening = Happening(kind="stopped", at=AT)
                stopped += row.status == "queued" and work.outbox.move(row, OutboxStatus.CANCELLED, happening)
        return stopped

    def claim() -> int:
        taken = 0
        for _ in range(20):
            with store.write() as work:
                taken += len(work.outbox.claim("one", AT, 1))
        return taken

    stopped, taken = together(stop, claim)
    assert stopped + taken == 20
    assert by_count(store) == {
        status: number for status, number in (("cancelled", stopped), ("sending", taken)) if number
    }
    assert store.verify().findings == []


def test_an_officer_and_an_outcome_make_no_circle(store: Store) -> None:
    """A worker that writes outcomes of a case's letters and officers who change the case and its letters all come through."""
    opened(store, *range(1, 31))
    with store.write() as work:
        letters = work.outbox.claim("one", AT, 15)

    def settle() -> None:
        for letter in letters:
            with store.write() as work:
                work.outbox.settle(letter, OutboxStatus.SENT, at=AT, answer="250 OK")
                case = work.cases.by_ids([letter.request_id])[0]
                work.cases.change(case, Happening(kind="flagged", at=AT), flagged=True)

    def act() -> None:
        for number in range(16, 31):
            with store.write() as work:
                case = work.cases.by_reference("FOI000000015", lock=True)
                assert case is not None
                [row] = work.outbox.summaries(outbox_id=number)
                assert work.outbox.move(row, OutboxStatus.CANCELLED, Happening(kind="stopped", at=AT))
                work.cases.change(case, Happening(kind="topic_set", at=AT), topic=str(number))

    together(settle, act)
    assert by_count(store) == {"sent": 15, "cancelled": 15}
    assert store.verify().findings == []


@postgresql_only
def test_outcomes_in_one_statement_and_officers_notes_make_no_fork(store: Store) -> None:
    """A worker that writes outcomes with their events at once, on a chain on which officers write meanwhile, gives way and loses nothing."""
    opened(store, *range(1, 41))
    with store.write() as work:
        letters = work.outbox.claim("one", AT, 40)
    gave_way = []

    def settle() -> None:
        for letter in letters:
            outcome: dict[str, Any] = {"at": AT, "answer": "250 OK", "case_too": False}
            with store.read() as work:
                end = work.events.ends([f"case:{letter.request_id}"])[f"case:{letter.request_id}"]
            try:
                with store.at_once() as work:
                    work.outbox.settle(letter, OutboxStatus.SENT, end=end, **outcome)
            except UnfitError:
                gave_way.append(letter.id)
                with store.write() as work:
                    work.outbox.settle(letter, OutboxStatus.SENT, **outcome)

    def note() -> None:
        for _ in range(60):
            with store.write() as work:
                work.cases.note(letters[0].request_id, Happening(kind="noted", at=AT))

    together(settle, note, note)
    assert by_count(store) == {"sent": 40}
    with store.read() as work:
        kinds = [each.kind for each in work.events.of_case(letters[0].request_id)]
    assert (kinds.count("letter_sent"), kinds.count("noted")) == (40, 120)
    assert gave_way
    assert store.verify().findings == []


@postgresql_only
def test_an_outcome_waits_for_the_officer_who_has_the_case(store: Store, tmp_path: Path) -> None:
    """A worker that settles a letter takes its case first, so that an officer who has the case can still change the letter."""
    opened(store, 1)
    with store.write() as work:
        [letter] = work.outbox.claim("one", AT, 1)

    def settle() -> None:
        with store.write() as work:
            work.outbox.settle(letter, OutboxStatus.SENT, at=AT, answer="250 OK")

    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with ThreadPoolExecutor(1) as pool:
        with store.write() as work:
            assert work.cases.by_reference("FOI000000015", lock=True) is not None
            done = pool.submit(settle)
            wait_for(lambda: by_hand(tmp_path, waiting) == [(1,)], "the worker waits")
            [row] = work.outbox.summaries(outbox_id=1)
            assert work.outbox.move(row, OutboxStatus.UNCERTAIN, Happening(kind="marked", at=AT))
        done.result(timeout=60)
    assert by_count(store) == {"sent": 1}
    assert store.verify().findings == []


# ---- faults that pass ------------------------------------------------------------------------------------------------


@postgresql_only
def test_a_circle_is_broken_in_plain_words(store: Store) -> None:
    """Two transactions that do wait for each other: one comes through, the other is a BusyError, and nothing of it stays."""
    with store.write() as work:
        for part in ("a", "b"):
            work.heartbeats.beat(part, AT, "before", ok=True)
    halfway = threading.Barrier(2)

    def beat(first: str, second: str) -> Callable[[], str]:
        def run() -> str:
            try:
                with store.write() as work:
                    work.heartbeats.beat(first, AT, first, ok=True)
                    halfway.wait()
                    work.heartbeats.beat(second, AT, first, ok=True)
            except BusyError as error:
                return str(error)
            return first

        return run

    said = together(beat("a", "b"), beat("b", "a"))
    [won] = [one for one in said if len(one) == 1]
    [lost] = [one for one in said if len(one) > 1]
    assert "deadlock detected (two changes met and this one was undone; do it again); nothing was changed" in lost
    with store.read() as work:
        assert [beat.detail for beat in work.heartbeats.all()] == [won, won]


@postgresql_only
def test_a_wait_too_long_is_said(store: Store) -> None:
    """Who waits for another's row longer than allowed gets a BusyError that says so."""
    with store.write() as work:
        work.heartbeats.beat("a", AT, "x", ok=True)
    with store.write() as work, ThreadPoolExecutor(1) as pool:
        work.heartbeats.beat("a", AT, "y", ok=True)

        def beat() -> None:
            with store.write() as late:
                late.messages._connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
                late.heartbeats.beat("a", AT, "z", ok=True)

        with pytest.raises(BusyError, match="another change takes too long"):
            pool.submit(beat).result(timeout=20)


@postgresql_only
def test_a_connection_lost_in_the_middle(store: Store, tmp_path: Path) -> None:
    """The server gone in the middle of a transaction is a BusyError in plain words; the next transaction has a new connection."""

    def cut() -> None:
        with store.write() as work:
            take(work, arrival(1))
            by_hand(tmp_path, CUT)
            take(work, arrival(2))

    with pytest.raises(BusyError, match="made again by itself"):
        cut()
    with store.write() as work:
        assert work.messages.counts() == {}
        assert take(work, arrival(1)) == 1


@postgresql_only
def test_connections_lost_while_nobody_used_them(store: Store, tmp_path: Path) -> None:
    """The server's end of idle connections goes unseen: the next transactions, reading and writing, have new ones."""
    with store.write() as work:
        take(work, arrival(1))
    for _ in range(2):
        by_hand(tmp_path, CUT)
        with store.read() as work:
            assert work.messages.counts() == {"received": 1}
        by_hand(tmp_path, CUT)
        with store.write() as work:
            assert take(work, arrival(1)) == 0


@postgresql_only
def test_a_reader_writes_nothing_and_sees_one_picture(store: Store) -> None:
    """What is read in one transaction is of one moment, whatever is committed meanwhile; writing there is refused."""
    with store.read() as work:
        assert work.messages.counts() == {}
        with store.write() as other:
            take(other, arrival(1))
        assert work.messages.counts() == {}
    with pytest.raises(StoreError, match="read-only"), store.read() as work:
        take(work, arrival(2))


@postgresql_only
def test_bytes_of_mails_go_to_disk_quickly(store: Store, tmp_path: Path) -> None:
    """Where the server has lz4, what is kept of a mail is packed with it; every byte comes back."""
    [(methods,)] = by_hand(tmp_path, "SELECT enumvals FROM pg_settings WHERE name = 'default_toast_compression'")
    raw = letter_bytes(1, "How many? " * 2_000) + bytes(range(256))
    with store.write() as work:
        take(work, arrival(1, raw))
    [(used,)] = by_hand(tmp_path, "SELECT pg_column_compression(content) FROM raw")
    assert used == ("lz4" if "lz4" in methods else "pglz")
    with store.read() as work:
        assert work.messages.raw(1) == work.messages.waiting([1])[0].raw == raw


def test_a_fact_is_written_when_the_database_is_back(store: Store) -> None:
    """What must not be lost is tried again while the database is away, and is written once."""
    tries: list[int] = []

    def beat(work: Work) -> str:
        work.heartbeats.beat("a", AT, "kept", ok=True)
        tries.append(1)
        if len(tries) == 1:
            raise BusyError
        return "done"

    assert store.insist(beat) == "done"
    assert len(tries) == 2
    with store.read() as work:
        assert [one.detail for one in work.heartbeats.all()] == ["kept"]


def test_insisting_has_an_end(store: Store) -> None:
    """A database that stays away is an error in the end, and what is not the database's fault is one at once."""
    tries: list[int] = []

    def never(_work: Work) -> None:
        tries.append(1)
        raise BusyError

    def gone(_work: Work) -> None:
        tries.append(1)
        raise StaleError

    with pytest.raises(BusyError):
        store.insist(never, seconds=0.7)
    assert len(tries) in (2, 3)
    tries.clear()
    with pytest.raises(StaleError):
        store.insist(gone)
    assert len(tries) == 1


# ---- hints -----------------------------------------------------------------------------------------------------------


@postgresql_only
def test_work_is_heard_of_when_it_is_committed(store: Store, tmp_path: Path) -> None:
    """Another process hears of new mail and new letters at their commit, of nothing that was undone, and ends when told to."""
    ended = threading.Event()
    other = Store.open(address(tmp_path))
    heard = other.listen(ended.is_set)
    assert next(heard) is None

    def undone() -> None:
        with store.write() as work:
            take(work, arrival(9))
            raise NotFoundError

    with pytest.raises(NotFoundError):
        undone()
    opened(store, 1)
    with store.write() as work:
        take(work, arrival(1))
        work.heartbeats.beat("a", AT, "no work for anybody", ok=True)
    with store.write() as work:
        work.wakes.add(Wake.MAILBOX)
    with ThreadPoolExecutor(1) as pool:
        three = pool.submit(lambda: [next(heard, None) for _ in range(3)])
        try:
            assert three.result(timeout=20) == [Wake.DELIVER, Wake.INTAKE, Wake.MAILBOX]
        finally:
            ended.set()
    assert list(heard) == []
    other.close()


@postgresql_only
def test_a_lost_listener_says_so(store: Store, tmp_path: Path) -> None:
    """Whose connection is cut while listening gets a BusyError, and hears again on a new one."""
    heard = store.listen(lambda: False)
    assert next(heard) is None
    by_hand(tmp_path, CUT)
    with pytest.raises(BusyError, match="lost"):
        next(heard)
    again = store.listen(lambda: False)
    assert next(again) is None
    again.close()  # type: ignore[attr-defined] - a generator


def test_alone_there_is_nothing_to_hear(store: Store) -> None:
    """On SQLite, where one process does all, listening ends at once; on PostgreSQL it begins."""
    heard = list(store.listen(lambda: True))
    assert heard == ([None] if store.shared else [])


# ---- addresses -------------------------------------------------------------------------------------------------------


@postgresql_only
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("/d", "/no_such_d"), "make it on the PostgreSQL server"),
        (("infogov:secret", "nobody:secret"), "make it on the PostgreSQL server"),
        (("127.0.0.1", "no-such-host.invalid"), r"mend the host|check that the PostgreSQL server"),
    ],
)
def test_an_address_that_leads_nowhere(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    """Each mistake in the address is a sentence with its remedy, on one line and without the password."""
    with pytest.raises(StoreError, match=says) as caught:
        Store.open(address(tmp_path).replace(*change))
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@postgresql_only
def test_a_server_that_is_not_there(tmp_path: Path, postgres: Postgres) -> None:
    """A closed port is a BusyError that says what to look at."""
    with pytest.raises(BusyError, match=r"(?i)connection refused.*check that the PostgreSQL server runs"):
        Store.open(address(tmp_path).replace(f":{postgres.port}", ":1"))


@postgresql_only
def test_a_database_that_can_not_hold_every_letter(postgres: Postgres) -> None:
    """A database of another encoding than UTF-8 is refused before anything is written to it."""
    name = "latin"
    postgres.execute(
        f"CREATE DATABASE {name} OWNER infogov TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'"
    )
    with pytest.raises(ConfigurationError, match=r"encoding is LATIN1; make one with UTF8"):
        Store.open(postgres.url(name))
    assert postgres.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", name=name) == [(0,)]
    postgres.drop(name)


@postgresql_only
def test_the_backup_of_a_server_is_its_own_tools(store: Store, tmp_path: Path) -> None:
    """The command line to run is said, complete but for the password, and it makes a copy that holds."""
    with pytest.raises(
        StoreError, match=r"pg_dump --format=custom --file=\S+/my.dump postgresql://infogov@127"
    ) as caught:
        store.backup(tmp_path / "my.dump")
    assert "secret" not in str(caught.value)


@postgresql_only
def test_bounds_hold_on_every_connection(store: Store) -> None:
    """Each of several connections has its bounds on waiting and standing still, and its signs of life."""
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "tcp_keepalives_idle")
    connections = [store._engine.connect() for _ in range(3)]
    found = {tuple(c.execute(text(f"SHOW {name}")).scalar_one() for name in names) for c in connections}
    for connection in connections:
        connection.close()
    assert found == {("30s", "5min", "5min", "10")}


def test_an_hour_has_its_share(store: Store) -> None:
    """The slot of the next acknowledgement is counted the same on both engines."""
    opened(store, 1, 2, 3)
    with store.read() as work:
        assert work.outbox.earliest_slot(AT, 3) == AT + timedelta(hours=1)
        assert work.outbox.earliest_slot(AT, 4) == AT


def test_failed_sign_ins_at_the_same_moment_are_counted_one_by_one(store: Store) -> None:
    """Eight who count a failure of one account at once, the first of which there was, leave eight."""
    together = threading.Barrier(8)

    def fail(number: int) -> None:
        keys = ("account:kim@council.example", f"address:192.0.2.{number % 2}")
        together.wait(20)
        with store.write() as work:
            noted = work.sign_ins.failures_held(keys, AT)
            for key in keys:
                work.sign_ins.failed(key, Failures(count=noted[key].count + 1, last_at=AT, blocked_until=None))

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(fail, range(8)))
    with store.read() as work:
        found = work.sign_ins.failures(("account:kim@council.example", "address:192.0.2.0", "address:192.0.2.1"))
    assert [one.count for _, one in sorted(found.items())] == [8, 4, 4]
