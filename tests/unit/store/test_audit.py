"""The trail proves itself: whatever somebody changes past the store is found, and what the store did is not."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from engines import CURRENT, RefusedError, sqlite_only
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from storing import (
    AT,
    FOLDER,
    MAILBOX,
    UIDVALIDITY,
    arrival,
    by_hand,
    frozen,
    make_store,
    new_case,
    one_of_everything,
    take,
)

from pipeline.domain.errors import StoreError
from pipeline.domain.message import raw_digest
from pipeline.store import schema
from pipeline.store.cases import VOUCHED
from pipeline.store.events import Happening, link_hash

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.store import Store

EVENT_COLUMNS = tuple(c.name for c in schema.Event.__table__.columns if c.name != "id")


@pytest.fixture(scope="module")
def filled(database_engine: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a database with something in every table, to be copied."""
    folder = tmp_path_factory.mktemp(f"filled-{database_engine}")
    store = make_store(folder)
    one_of_everything(store)
    store.close()
    return folder


@pytest.fixture
def full(filled: Path, tmp_path: Path) -> Iterator[Store]:
    """A store with something in every table."""
    CURRENT.databases.copy(filled, tmp_path)
    store = make_store(tmp_path)
    yield store
    store.close()


def assert_found(store: Store, about: str) -> None:
    """The trail doesn't hold, and a finding names what it is about."""
    report = store.verify()
    assert not report.ok
    assert any(about in finding for finding in report.findings), report.findings


def assert_found_or_refused(store: Store, tmp_path: Path, about: str, statement: str, *values: object) -> None:
    """What somebody changes past the store is found, unless the database's own types keep it out, which SQLite's never do."""
    try:
        by_hand(tmp_path, statement, *values)
    except RefusedError:
        assert store.shared
        assert store.verify().ok
        return
    assert_found(store, about)


def test_an_untouched_store_is_clean(full: Store) -> None:
    """What the store itself wrote holds; the report says how much was looked at and gives every chain's head."""
    report = full.verify()
    assert report.ok
    assert report.findings == []
    assert (report.raw_messages, report.requests, report.letters, report.outbox) == (2, 2, 1, 2)
    assert set(report.heads) == {"case:1", "case:2", f"mailbox:{MAILBOX}", "service"}
    assert report.chains == 4
    assert report.events == 13
    assert full.verify() == report


@sqlite_only
def test_checking_leaves_the_connection_as_it_was(full: Store, tmp_path: Path) -> None:
    """A check reads text that is none; whoever reads after it on the same connection is told of the damage instead."""
    by_hand(tmp_path, "UPDATE request SET topic = CAST(x'ff' AS TEXT) WHERE id = 1")
    assert_found(full, "requester and dates of FOI000000015")
    with pytest.raises(StoreError, match="UTF-8"), full.read() as work:
        work.cases.by_ids([1])


def test_an_empty_store_is_clean(store: Store) -> None:
    """Where nothing has happened there is nothing to find."""
    assert store.verify().ok


# ---- changes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", EVENT_COLUMNS)
@pytest.mark.parametrize("seq", [1, 2])
def test_a_changed_event(full: Store, tmp_path: Path, column: str, seq: int) -> None:
    """Each column of an event, in the middle of its chain and before it, is covered by the chain."""
    value = "2031-01-01 00:00:00.000000" if column == "at" else "2" if column.endswith("_id") else "9"
    change = f"UPDATE event SET {column} = ? WHERE chain = 'case:1' AND seq = ?"  # noqa: S608 - a column of ours
    by_hand(tmp_path, change, value, seq)
    assert_found(full, "event")


@sqlite_only
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_of_an_event(filled: Path, tmp_path: Path, data: st.DataObject) -> None:
    """One byte of an event's data, hash, kind or name changed to any other, even to what is no text at all, is found."""
    CURRENT.databases.copy(filled, tmp_path)
    store = make_store(tmp_path)
    column = data.draw(st.sampled_from(["data", "hash", "previous", "kind", "actor", "via", "chain"]))
    [(value,)] = by_hand(tmp_path, f"SELECT CAST({column} AS BLOB) FROM event WHERE id = 5")  # noqa: S608 - a column of ours
    at = data.draw(st.integers(0, len(value) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != value[at]))
    changed = value[:at] + bytes([byte]) + value[at + 1 :]
    try:
        by_hand(tmp_path, f"UPDATE event SET {column} = CAST(? AS TEXT) WHERE id = 5", changed)  # noqa: S608 - a column of ours
    except sqlite3.IntegrityError:
        reject()  # The name of another chain, in which the number is taken: the database refuses that by itself.
    report = store.verify()
    store.close()
    assert report.findings
    assert all(finding.encode() for finding in report.findings)


@pytest.mark.parametrize("value", [b"Subject: Another\r\n\r\nx", b"", "text", 5])
def test_changed_raw_mail(full: Store, tmp_path: Path, value: object) -> None:
    """The bytes of a mail are covered, whatever stands in their place."""
    assert_found_or_refused(full, tmp_path, "raw", "UPDATE raw SET content = ? WHERE message_id = 2", value)


def test_any_changed_bit_of_raw_mail(full: Store, tmp_path: Path) -> None:
    """One bit of a mail flipped is found, wherever it is."""
    [(content,)] = by_hand(tmp_path, "SELECT content FROM raw WHERE message_id = 1")
    for at in (0, len(content) // 2, len(content) - 1):
        flipped = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        by_hand(tmp_path, "UPDATE raw SET content = ? WHERE message_id = 1", flipped)
        assert_found(full, "raw mail of message 1: it is not what was recorded")
    by_hand(tmp_path, "UPDATE raw SET content = ? WHERE message_id = 1", content)
    assert full.verify().ok


@pytest.mark.parametrize("column", VOUCHED)
@pytest.mark.parametrize("value", ["2031-01-01 00:00:00.000000", "2031-01-01", "x", b"\xff\xfe"])
def test_a_changed_request(full: Store, tmp_path: Path, column: str, value: object) -> None:
    """Each vouched field of a request is covered, also when it now holds what its column can't."""
    change = f"UPDATE request SET {column} = CAST(? AS TEXT) WHERE id = 1"  # noqa: S608 - a column of ours
    assert_found_or_refused(full, tmp_path, "request", change, value)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE question SET text = text || ' ' WHERE position = 2",
        "UPDATE question SET label = '' WHERE position = 1",
        "UPDATE question SET position = 3 WHERE position = 1",
        "DELETE FROM question WHERE position = 2 AND request_id = 2",
        "INSERT INTO question (request_id, position, label, text) VALUES (1, 3, '3', 'And what else?')",
        "UPDATE question SET request_id = 99 WHERE request_id = 2",
        "UPDATE question SET text = CAST(x'ff' AS TEXT)",
    ],
)
def test_changed_questions(full: Store, tmp_path: Path, change: str) -> None:
    """The words, numbers, order and count of the questions are covered."""
    by_hand(tmp_path, change)
    assert_found(full, "questions of")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("content", b"Subject: Your request\r\n\r\nThank you (3).\r\n"),
        ("content", "text"),
        ("recipients", '["evil@example.org"]'),
        ("recipients", '["Alex@example.org", "evil@example.org"]'),
        ("recipients", "[5]"),
        ("recipients", "5"),
        ("recipients", "no json"),
        ("recipients", b"\xff"),
        ("envelope_from", "evil@example.org"),
        ("message_id", "<evil@example.org>"),
    ],
)
def test_a_changed_frozen_letter(full: Store, tmp_path: Path, column: str, value: object) -> None:
    """What is sent, to whom, from whom and under which id is covered (invariant 5)."""
    change = f"UPDATE outbox SET {column} = ? WHERE id = 2"  # noqa: S608 - a column of ours
    about = "outbox 2" if column == "recipients" and value in ("no json", b"\xff") else "letter 2"
    assert_found_or_refused(full, tmp_path, about, change, value)


def test_a_changed_draft(full: Store, tmp_path: Path) -> None:
    """The text of a letter being written is covered."""
    by_hand(tmp_path, "UPDATE letter SET record = record || '#'")
    assert_found(full, "draft of letter 1: it is not what was recorded")


# ---- deletions -------------------------------------------------------------------------------------------------------


def test_a_deleted_event(full: Store, tmp_path: Path) -> None:
    """A missing event in the middle, at the beginning or at the end of a chain is found, and so is a whole missing chain."""
    [(last,)] = by_hand(tmp_path, "SELECT max(seq) FROM event WHERE chain = 'case:1'")
    kept = by_hand(tmp_path, "SELECT * FROM event")
    marks = ", ".join("?" * len(kept[0]))
    for seq, about in (
        (1, "event 2 of case:1"),
        (3, "event 4 of case:1"),
        (last, "case:1: its last events were cut off"),
    ):
        by_hand(tmp_path, "DELETE FROM event WHERE chain = 'case:1' AND seq = ?", seq)
        assert_found(full, about)
        by_hand(tmp_path, "DELETE FROM event")
        for row in kept:
            by_hand(tmp_path, f"INSERT INTO event VALUES ({marks})", *row)  # noqa: S608 - question marks only
        assert full.verify().ok
    by_hand(tmp_path, "DELETE FROM event WHERE chain = 'service'")
    assert_found(full, "service: its last events were cut off")


def test_a_cut_end_with_its_head_set_back(full: Store, tmp_path: Path) -> None:
    """Somebody who cuts a chain's end off and sets its head back is betrayed by the letter that end vouched for."""
    by_hand(tmp_path, "DELETE FROM event WHERE chain = 'case:1' AND seq > 1")
    [(digest,)] = by_hand(tmp_path, "SELECT hash FROM event WHERE chain = 'case:1'")
    by_hand(tmp_path, "UPDATE chain_head SET seq = 1, hash = ? WHERE chain = 'case:1'", digest)
    assert_found(full, "frozen letter 1: no event vouches for it")


def test_two_events_that_changed_places(full: Store, tmp_path: Path) -> None:
    """The order of a timeline is covered, too."""
    [(one,), (two,)] = by_hand(tmp_path, "SELECT id FROM event WHERE chain = 'case:1' AND seq IN (2, 3)")
    for old, new in ((one, -1), (two, one), (-1, two)):
        by_hand(tmp_path, "UPDATE event SET id = ? WHERE id = ?", new, old)
    assert_found(full, "event 3 of case:1: it doesn't come next")


def test_a_forged_event_with_its_own_hash_made_new(full: Store, tmp_path: Path) -> None:
    """Somebody who rewrites an event and works out its hash again is betrayed by the event after it."""
    [(previous, message_id)] = by_hand(
        tmp_path, "SELECT previous, message_id FROM event WHERE chain = 'case:1' AND seq = 2"
    )
    row = {
        "request_id": 1,
        "message_id": message_id,
        "at": AT,
        "kind": "noted",
        "actor": "a",
        "via": "cli",
        "data": "{}",
    }
    by_hand(
        tmp_path,
        "UPDATE event SET kind = 'noted', actor = 'a', via = 'cli', data = '{}', hash = ? WHERE chain = 'case:1' AND seq = 2",
        link_hash(previous, "case:1", 2, row),
    )
    report = full.verify()
    assert "event 3 of case:1: it does not follow from the event before it" in report.findings
    assert not [finding for finding in report.findings if finding.startswith("event 2 of case:1")]


def test_a_missing_head(full: Store, tmp_path: Path) -> None:
    """A chain without its head is found."""
    by_hand(tmp_path, "DELETE FROM chain_head WHERE chain = 'case:2'")
    assert_found(full, "case:2: its head is missing")


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ("DELETE FROM raw WHERE message_id = 1", "message 1: its raw mail is missing"),
        ("DELETE FROM message WHERE id = 1", "raw mail of message 1: its message row is missing"),
        ("UPDATE message SET sha256 = 'x' WHERE id = 2", "raw mail of message 2: its row names another digest"),
        ("DELETE FROM outbox WHERE id = 2", "case:1: outbox 2 is on record and is missing"),
        ("DELETE FROM letter WHERE id = 1", "case:1: letter 1 is on record and is missing"),
        ("DELETE FROM request WHERE id = 2", "case:2: request is on record and is missing"),
    ],
)
def test_a_deleted_row(full: Store, tmp_path: Path, change: str, about: str) -> None:
    """What an event vouches for and is gone is found, whether its neighbours are still there or not."""
    by_hand(tmp_path, change)
    assert_found(full, about)


def test_a_mail_gone_without_trace(full: Store, tmp_path: Path) -> None:
    """A mail deleted with its row and its bytes is missed by the trail."""
    by_hand(tmp_path, "DELETE FROM raw WHERE message_id = 2")
    by_hand(tmp_path, "DELETE FROM message WHERE id = 2")
    assert_found(full, f"mailbox:{MAILBOX}: raw 2 is on record and is missing")


def test_a_smuggled_row(full: Store, tmp_path: Path) -> None:
    """A letter that nobody put on record is found."""
    columns = [c.name for c in schema.Outbox.__table__.columns if c.name not in ("id", "once_key", "message_id")]
    names = ", ".join(columns)
    by_hand(
        tmp_path,
        f"INSERT INTO outbox (id, once_key, message_id, {names}) SELECT 9, 'x', '<x>', {names} FROM outbox WHERE id = 1",  # noqa: S608 - columns of ours
    )
    assert_found(full, "frozen letter 9: no event vouches for it")


@sqlite_only
def test_one_unreadable_row_hides_no_other(store: Store, tmp_path: Path) -> None:
    """Of many rows the one that can't be read is named, and a changed one beside it still found."""
    with store.write() as work:
        for n in range(150):
            new_case(work, f"FOI{n:09d}")
    by_hand(tmp_path, "UPDATE request SET received_on = 'never' WHERE id = 120")
    by_hand(tmp_path, "UPDATE request SET topic = 'x' WHERE id = 121")
    findings = store.verify().findings
    assert "request 120: it holds a value that can't be read" in findings
    assert "requester and dates of FOI000000120: it is not what was recorded" in findings
    assert not [f for f in findings if "120" not in f and "121" not in f]


# ---- growing ---------------------------------------------------------------------------------------------------------


def test_chains_grow_across_transactions(store: Store) -> None:
    """Events of many transactions and several chains in turn make whole chains, and the last digest of a thing counts."""
    with store.write() as work:
        one, two = new_case(work), new_case(work, "FOI000000023")
        take(work, arrival(1, b"head", body="headers"))
    for n in range(3):
        with store.write() as work:
            work.cases.change(one, Happening(kind="topic_set", at=AT), topic=f"topic {n}")
            work.cases.note(two.id, Happening(kind="noted", at=AT, data={"n": n}))
            work.letters.write(one.id, "response", f"draft {n}", officer=None, via="cli", at=AT)
            work.outbox.freeze(two.id, frozen(n), at=AT)
    with store.write() as work:
        work.messages.body_arrived(1, MAILBOX, b"whole", raw_digest(b"whole"), AT)
        assert work.messages.unmoved(MAILBOX, FOLDER, UIDVALIDITY) == [(1, 1)]
    report = store.verify()
    assert (report.findings, report.events, report.chains) == ([], 16, 3)


def test_nothing_recorded_is_nothing_written(store: Store) -> None:
    """Recording no events makes no chain."""
    with store.write() as work:
        work.events.record_all("case:1", [])
    assert store.verify().chains == 0


def test_a_link_covers_its_neighbourhood() -> None:
    """The same event has another hash after another event, in another chain and at another place."""
    row = {"request_id": 1, "message_id": None, "at": AT, "kind": "noted", "actor": "a", "via": "cli", "data": "{}"}
    hashes = {link_hash(previous, chain, seq, row) for previous in ("0", "1") for chain in ("a", "b") for seq in (1, 2)}
    assert len(hashes) == 8
