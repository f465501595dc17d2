"""PostgreSQL stopped, killed, cut off, stalled and slow at every moment that matters: what is lost (nothing), repeated, and said."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from faults.fault_table import Seen
from faults.postgres_rows import POSTGRES_ROWS
from faults.postgres_scene import MOMENTS
from processes import request_mail
from servers.postgres_faults import Fault

from pipeline.domain.errors import BusyError
from pipeline.domain.message import content_digest, raw_digest
from pipeline.store import Store, engine
from pipeline.store.folders import FolderPosition
from pipeline.store.records import Arrival

if TYPE_CHECKING:
    from faults.fault_table import Proofs
    from faults.postgres_scene import Stand
    from servers.postgres import Postgres
    from servers.postgres_faults import PostgresWire

pytestmark = pytest.mark.dovecot

CASES = {row.name: row.cases for row in POSTGRES_ROWS}
PAUSE_SECONDS = 0.3
AT = datetime(2026, 11, 2, 10, tzinfo=UTC)


def each_case(*names: str) -> Any:
    """Every case of rows *names*."""
    pairs = [(name, case) for name in names for case in CASES[name]]
    return pytest.mark.parametrize(("name", "case"), pairs, ids=["-".join(filter(None, pair)) for pair in pairs])


@each_case("pg-stopped", "pg-killed")
def test_a_server_that_ends_at_a_commit(
    name: str, case: str, stand: Stand, wire: PostgresWire, lone: Postgres, proofs: Proofs
) -> None:
    """What was not committed is undone whole, and the next run does it."""
    how = signal.SIGQUIT if name == "pg-stopped" else signal.SIGKILL
    job = stand.before(case)
    wire.strike(*MOMENTS[case], Fault.DROP, lambda: lone.end(how))
    try:
        stand.goes_wrong(job)
        assert wire.struck
        assert stand.doctor_says("database").startswith("the database")
    finally:
        lone.start()
    proofs.show(name, case, stand.account(stand.runs()))


@each_case("pg-back-soon")
def test_a_server_that_comes_back_soon(
    name: str, case: str, stand: Stand, wire: PostgresWire, lone: Postgres, proofs: Proofs
) -> None:
    """A letter's mark is taken back and its record written as soon as the server is there again: it goes once, and nobody is asked."""
    job = stand.before(case)
    back = threading.Timer(PAUSE_SECONDS, lone.start)

    def away() -> None:
        lone.end(signal.SIGQUIT)
        back.start()

    wire.strike(*MOMENTS[case], Fault.DROP, away)
    stand.goes_well(job)
    back.join()
    assert wire.struck
    proofs.show(name, case, stand.account(stand.runs()))


@each_case("pg-away-acknowledgement", "pg-away-response")
def test_a_server_that_stays_away(
    name: str,
    case: str,
    stand: Stand,
    wire: PostgresWire,
    lone: Postgres,
    proofs: Proofs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After the minute (shortened here) the letter is known to be doubtful by its mark: an acknowledgement goes again, a response waits."""
    monkeypatch.setattr(Store.insist, "__kwdefaults__", {"seconds": PAUSE_SECONDS})
    moment = name.removeprefix("pg-away-")
    job = stand.before(moment)
    wire.strike(*MOMENTS[moment], Fault.DROP, lambda: lone.end(signal.SIGQUIT))
    try:
        stand.goes_wrong(job)
        stand.words += stand.doctor_says("database")
    finally:
        lone.start()
    if moment == "response":
        stand.runs()
        stand.resolved(delivered=True)
    proofs.show(name, case, stand.account(stand.runs()))


@each_case("pg-cut-before", "pg-cut-after")
def test_a_connection_cut_at_a_commit(name: str, case: str, stand: Stand, wire: PostgresWire, proofs: Proofs) -> None:
    """Whether the commit came through or not, doing the work again makes nothing twice; and the words don't promise what nobody knows."""
    job = stand.before(case)
    wire.strike(*MOMENTS[case], Fault.DROP if name == "pg-cut-before" else Fault.SWALLOW)
    stand.goes_wrong(job)
    assert wire.struck
    proofs.show(name, case, stand.account(stand.runs()))


@each_case("pg-cut-letter")
def test_a_connection_cut_at_a_letter(name: str, case: str, stand: Stand, wire: PostgresWire, proofs: Proofs) -> None:
    """The same letter goes on in the same run over a new connection, handed over once."""
    moment, _, when = case.partition(", ")
    job = stand.before(moment)
    wire.strike(*MOMENTS[moment], Fault.DROP if when.startswith("before") else Fault.SWALLOW)
    stand.goes_well(job)
    assert wire.struck
    proofs.show(name, case, stand.account(stand.runs()))


@each_case("pg-stall")
def test_a_server_that_says_nothing(
    name: str, case: str, stand: Stand, wire: PostgresWire, proofs: Proofs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait has an end (shortened here), and the connection is not used again."""
    job = stand.before(case)
    monkeypatch.setattr(engine, "_ANSWER_SECONDS", 1.0)
    stand.reconnect()
    wire.strike(*MOMENTS[case], Fault.STALL)
    stand.goes_wrong(job)
    assert wire.struck
    wire.release()
    proofs.show(name, case, stand.account(stand.runs()))


@each_case("pg-trickle")
def test_a_server_that_trickles(name: str, case: str, stand: Stand, wire: PostgresWire, proofs: Proofs) -> None:
    """As long as it answers in the end, slow is not wrong."""
    job = stand.before(case)
    wire.strike(*MOMENTS[case], Fault.TRICKLE)
    stand.goes_well(job)
    assert wire.struck
    wire.release()
    stand.product.after_undo()
    stand.product.intake()
    stand.product.deliver()
    proofs.show(name, case, stand.account(stand.runs()))


def test_what_was_said_to_be_committed_is_there(lone: Postgres, finished: str, proofs: Proofs) -> None:
    """Four writers note what they were told is kept, while the server dies at random three times: afterwards all of it is there, and the trail holds."""
    url = lone.url(lone.create(finished))
    store, words, ending = Store.open(url), set[str](), threading.Event()
    with store.write() as work:
        for box in "abcd":
            position = FolderPosition(uidvalidity=1, cursor=0, backfill_until=0, first_seen_at=AT, left_behind=0)
            work.messages.first_contact(box, "INBOX", position)

    def write(box: str) -> list[int]:
        kept = []
        uid = 0
        while not ending.is_set():
            uid += 1
            try:
                with store.write() as work:
                    work.messages.take(box, "INBOX", 1, [_arrival(box, uid)], AT)
            except BusyError as error:
                words.add(str(error))
                ending.wait(0.02)
            else:
                kept.append(uid)
        return kept

    with ThreadPoolExecutor(4) as pool:
        told = {box: pool.submit(write, box) for box in "abcd"}
        try:
            for pause in (0.5, 0.3, 0.4):
                ending.wait(pause)
                lone.end(signal.SIGKILL)
                lone.start()
            ending.wait(0.3)
        finally:
            ending.set()
    lost = 0
    with store.read() as work:
        for box, kept in told.items():
            assert kept.result()
            lost += len(set(kept.result()) - set(work.messages.known_uids(box, "INBOX", 1)))
    assert store.verify().findings == []
    store.close()
    proofs.show("pg-promises", "", Seen(lost=lost, repeated=0, tries=0, words="; ".join(words)))


def _arrival(box: str, uid: int) -> Arrival:
    raw = request_mail(uid).replace(b"depot", box.encode())
    return Arrival(
        uid=uid,
        size=len(raw),
        raw=raw,
        sha256=raw_digest(raw),
        content_sha256=content_digest(raw),
        internal_date=AT,
        body="whole",
        backfill=False,
        quiet=None,
    )
