"""Messages as they are taken, read, filed, quarantined and moved; folders as they are read on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event
from storing import AT, FOLDER, MAILBOX, UIDVALIDITY, arrival, letter_bytes, new_case, position, take

from pipeline.domain.message import Attachment, raw_digest
from pipeline.store import schema
from pipeline.store.messages import BATCH_COUNT

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.store import Store, Work

LATER = AT + timedelta(hours=1)
REQUEST = {"verdict": "request", "intent": "request"}


# ---- taking ----------------------------------------------------------------------------------------------------------


def test_a_uid_is_taken_once(store: Store) -> None:
    """The same UIDs twice, in two calls or in one, make one row each; what was kept first stays."""
    with store.write() as work:
        assert take(work, arrival(1), arrival(2), arrival(1, b"other")) == 2
        assert take(work, arrival(2, b"other"), arrival(3)) == 1
        assert take(work, arrival(3)) == 0
        assert take(work) == 0
    with store.read() as work:
        assert [work.messages.raw(n) for n in (1, 2, 3, 4)] == [letter_bytes(1), letter_bytes(2), letter_bytes(3), None]
    report = store.verify()
    assert (report.findings, report.raw_messages, report.events) == ([], 3, 3)


def test_a_uid_means_its_folder_and_numbering(store: Store) -> None:
    """The same UID in another mailbox, folder or numbering is another message."""
    with store.write() as work:
        for mailbox, folder, uidvalidity in (("foi", "A", 1), ("foi", "B", 1), ("foi", "A", 2), ("sar", "A", 1)):
            assert work.messages.take(mailbox, folder, uidvalidity, [arrival(1)], AT) == 1
        assert work.messages.counts() == {"received": 4}


def test_the_first_copy_is_known(store: Store) -> None:
    """The same content under other UIDs, in the same batch or later, in another mailbox, points to the first message."""
    same = letter_bytes(1)
    delivered_again = b"Received: from elsewhere\r\n" + same
    with store.write() as work:
        take(work, arrival(1, same), arrival(2, same), arrival(3, letter_bytes(2)))
        take(work, arrival(1, delivered_again), mailbox="sar")
        assert [(w.id, w.first_copy) for w in work.messages.waiting([4, 3, 2, 1])] == [(1, 1), (2, 1), (3, 3), (4, 1)]


def test_what_is_taken_comes_back(store: Store) -> None:
    """A waiting message has its bytes and all that receive said of it; the row of a large one says so."""
    raw = bytes(range(256)) * 3
    with store.write() as work:
        take(work, arrival(5, raw, size=10**10, body="headers", backfill=True, internal_date=LATER))
        [waiting] = work.messages.waiting([1])
    assert (waiting.raw, waiting.size, waiting.body, waiting.backfill) == (raw, 10**10, "headers", True)
    assert (waiting.internal_date, waiting.mailbox, waiting.attempts, waiting.officer_asked) == (
        LATER,
        MAILBOX,
        0,
        False,
    )


# ---- folders ---------------------------------------------------------------------------------------------------------


def test_first_contact_is_written_once(store: Store) -> None:
    """Where reading starts is decided once; a second first contact changes nothing."""
    with store.write() as work:
        assert work.messages.position(MAILBOX, FOLDER) is None
        work.messages.first_contact(MAILBOX, FOLDER, position(10, 10))
        work.messages.first_contact(MAILBOX, FOLDER, position(99, 99))
        assert work.messages.position(MAILBOX, FOLDER) == position(10, 10)
    assert store.verify().events == 1


def test_the_cursor_never_goes_back(store: Store) -> None:
    """Advancing to a lower UID notes the poll and leaves the cursor."""
    with store.write() as work:
        work.messages.first_contact(MAILBOX, FOLDER, position())
        assert work.messages.last_polled() is None
        work.messages.advance(MAILBOX, FOLDER, 7, AT)
        work.messages.advance(MAILBOX, FOLDER, 3, LATER)
        found = work.messages.position(MAILBOX, FOLDER)
        assert found is not None
        assert found.cursor == 7
        assert work.messages.last_polled() == LATER


def test_a_renumbered_folder_is_read_again(store: Store) -> None:
    """After new numbering the folder is read from its first UID, all of it counting as found on a rescan."""
    with store.write() as work:
        work.messages.first_contact(MAILBOX, FOLDER, position(10))
        work.messages.renumbered(MAILBOX, FOLDER, 8, 25, LATER)
        found = work.messages.position(MAILBOX, FOLDER)
    assert found is not None
    assert (found.uidvalidity, found.cursor, found.backfill_until, found.first_seen_at) == (8, 0, 25, AT)


def test_moving(store: Store) -> None:
    """Only what is kept whole and not moved yet is offered for moving, in UID order, for this numbering of this folder."""
    with store.write() as work:
        take(work, arrival(3), arrival(1), arrival(2, body="headers"))
        work.messages.take(MAILBOX, FOLDER, UIDVALIDITY + 1, [arrival(4)], AT)
        assert work.messages.unmoved(MAILBOX, FOLDER, UIDVALIDITY) == [(2, 1), (1, 3)]
        assert work.messages.unmoved(MAILBOX, FOLDER, UIDVALIDITY, limit=1) == [(2, 1)]
        work.messages.moved([2], LATER)
        assert work.messages.unmoved(MAILBOX, FOLDER, UIDVALIDITY) == [(1, 3)]


# ---- reading ---------------------------------------------------------------------------------------------------------


def test_untried_messages_come_in_batches(store: Store) -> None:
    """A batch is bounded in number and in bytes; one message larger than the bound comes alone."""
    mega = 2**20
    with store.write() as work:
        take(work, *[arrival(n) for n in range(1, 61)])
        first = work.messages.next_to_read()
        assert first == list(range(1, BATCH_COUNT + 1))
        for n in range(1, 61):
            work.messages.settle(n, state="filed", values=REQUEST)
        take(
            work,
            arrival(61, size=40 * mega),
            arrival(62, size=15 * mega),
            arrival(63, size=mega),
            arrival(64, size=mega),
        )
        assert work.messages.next_to_read() == [61]
        work.messages.settle(61, state="filed", values=REQUEST)
        assert work.messages.next_to_read() == [62, 63]


def test_behind_many_copies_that_wait_the_next_is_found(store: Store) -> None:
    """However many copies of a mail that another mailbox has yet to read stand before it, what can be read is."""
    with store.write() as work:
        take(work, arrival(1))
        copies = [arrival(n, letter_bytes(1)) for n in range(1, 11 * BATCH_COUNT)]
        work.messages.take("sar", FOLDER, UIDVALIDITY, [*copies, arrival(999)], AT)
        [last] = work.messages.next_to_read("sar")
        assert [one.raw for one in work.messages.waiting([last])] == [letter_bytes(999)]
        work.messages.settle(1, state="filed", values=REQUEST)
        assert work.messages.next_to_read("sar") == list(range(2, 2 + BATCH_COUNT))


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("ix_message_to_read", lambda work: work.messages.next_to_read("foi")),
        ("ix_outbox_to_send", lambda work: work.outbox.claim("one", AT, 20)),
    ],
)
def test_what_waits_is_found_in_order(store: Store, name: str, ask: Callable[[Work], object]) -> None:
    """The first question for the next few of what waits goes to the index that has them in their order, however much there is."""
    asked: list[tuple[str, Any]] = []

    def keep(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, values))

    event.listen(store._engine, "before_cursor_execute", keep)
    with store.write() as work:
        ask(work)
    event.remove(store._engine, "before_cursor_execute", keep)
    statement, values = asked[0]
    with store._writing.begin() as connection:
        explain = "EXPLAIN QUERY PLAN"
        if store.shared:
            # Of next to nothing it would read the table.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
            explain = "EXPLAIN"
        plan = "\n".join(str(tuple(row)) for row in connection.exec_driver_sql(f"{explain} {statement}", values))
    assert name in plan


def test_tried_messages_come_alone(store: Store) -> None:
    """What was tried before waits behind all that was not, and comes without neighbours, the least tried first."""
    with store.write() as work:
        take(work, *[arrival(n) for n in range(1, 5)])
        work.messages.count_attempt([1, 2])
        work.messages.count_attempt([1])
        assert work.messages.next_to_read() == [3, 4]
        work.messages.count_attempt([3, 4])
        assert work.messages.next_to_read() == [2]
        assert [w.attempts for w in work.messages.waiting([1, 2])] == [2, 1]


def test_a_message_is_filed_once(store: Store) -> None:
    """A filed message waits no more, and who comes late is told so."""
    with store.write() as work:
        take(work, arrival(1))
        assert work.messages.still_waiting([1]) == {1}
        work.messages.settle(1, state="filed", values={**REQUEST, "subject": "Clinics"})
        assert work.messages.still_waiting([1]) == set()
        assert work.messages.waiting([1]) == []
        assert work.messages.next_to_read() == []
        assert work.messages.counts() == {"filed": 1, "verdict:request": 1}


def test_attachments_of_the_last_reading_count(store: Store) -> None:
    """When a message is read again, its attachments are those of the second reading."""
    one, two = (
        Attachment(name=name, content_type="text/plain", size=1, sha256=raw_digest(name.encode())) for name in "ab"
    )
    with store.write() as work:
        take(work, arrival(1))
        work.messages.add_attachments(1, [one, one])
        work.messages.add_attachments(1, [two])
        rows = work.messages._connection.execute(schema.Attachment.__table__.select()).all()
        assert [(row.position, row.name) for row in rows] == [(0, "b")]
        work.messages.add_attachments(1, [])
        assert work.messages._connection.execute(schema.Attachment.__table__.select()).all() == []


# ---- cases -----------------------------------------------------------------------------------------------------------


def test_links_to_cases(store: Store) -> None:
    """A linked message is on its side of the case once; a suggestion doesn't make it belong to the case."""
    with store.write() as work:
        take(work, arrival(1), arrival(2))
        work.messages.settle(
            1, state="filed", values={**REQUEST, "author_email": "alex@example.org", "reasons": ["asks"]}
        )
        case = new_case(work, message_id=1)
        work.messages.link(case.id, 1, side="requester", rung="opened it", at=AT)
        work.messages.link(case.id, 1, side="internal", rung="again", at=LATER)
        work.messages.link(case.id, 2, side="suggested", rung="quotes it", at=AT)
        assert [(m.id, m.side, m.rung) for m in work.messages.of_case(case.id)] == [
            (1, "requester", "opened it"),
            (2, "suggested", "quotes it"),
        ]
        assert work.messages.of_case(case.id)[0].reasons == ("asks",)
        assert (work.messages.case_of(1), work.messages.case_of(2)) == (case.id, None)


def test_a_request_without_a_case_is_found(store: Store) -> None:
    """A message filed as a request that no case has is named; others aren't."""
    with store.write() as work:
        take(work, arrival(1), arrival(2), arrival(3))
        work.messages.settle(1, state="filed", values=REQUEST)
        work.messages.settle(2, state="filed", values=REQUEST)
        work.messages.settle(3, state="filed", values={"verdict": "other"})
        work.messages.link(new_case(work).id, 2, side="requester", rung="opened it", at=AT)
        assert work.messages.unaccounted() == [1]


# ---- quarantine ------------------------------------------------------------------------------------------------------


def test_a_quarantined_message_is_tried_again(store: Store) -> None:
    """It is listed with its reason; after an officer's word it waits afresh, and intake knows that an officer asked."""
    with store.write() as work:
        take(work, arrival(1))
        work.messages.count_attempt([1])
        work.messages.settle(1, state="quarantined", values={"last_error": "no parts", "author_email": "a@example.org"})
        [found] = work.quarantine.rows()
        assert (found.reason, found.sender, found.attempts, found.body) == ("no parts", "a@example.org", 1, "whole")
        work.quarantine.try_again(found, officer="kim@example.gov.uk", via="cli", at=LATER)
        assert work.quarantine.rows() == []
        [waiting] = work.messages.waiting(work.messages.next_to_read())
        assert (waiting.attempts, waiting.officer_asked) == (0, True)
    assert store.verify().findings == []


def test_a_large_message_stays_in_sight_until_fetched(store: Store) -> None:
    """One kept without its body stays on the list while the body is wanted, is then read afresh, and the trail vouches for the new bytes."""
    whole = letter_bytes(1, "x" * 5000)
    with store.write() as work:
        take(work, arrival(1, whole[:100], body="headers"))
        work.messages.settle(1, state="quarantined", values={"last_error": "too large"})
        [found] = work.quarantine.rows()
        work.quarantine.try_again(found, officer="kim@example.gov.uk", via="cli", at=LATER)
        assert [q.id for q in work.quarantine.rows()] == [1]
        assert work.messages.next_to_read() == []
        assert work.messages.bodies_wanted(MAILBOX, FOLDER, UIDVALIDITY) == [(1, 1)]
        assert work.messages.bodies_wanted(MAILBOX, FOLDER, UIDVALIDITY + 1) == []
        work.messages.body_arrived(1, MAILBOX, whole, raw_digest(whole), LATER)
        assert work.messages.bodies_wanted(MAILBOX, FOLDER, UIDVALIDITY) == []
        [waiting] = work.messages.waiting(work.messages.next_to_read())
        assert (waiting.raw, waiting.body, waiting.size) == (whole, "whole", len(whole))
    assert store.verify().findings == []


def test_a_dismissed_message_is_kept(store: Store) -> None:
    """Dismissed, it leaves the list but not the database: it can be looked at and tried again."""
    with store.write() as work:
        take(work, arrival(1))
        work.messages.settle(1, state="quarantined", values={"last_error": "no parts"})
        [found] = work.quarantine.rows()
        work.quarantine.dismiss(found, officer="kim@example.gov.uk", via="cli", at=LATER)
        assert work.quarantine.rows() == []
        assert work.messages.raw(1) == letter_bytes(1)
        [again] = work.quarantine.rows(1)
        work.quarantine.try_again(again, officer="kim@example.gov.uk", via="cli", at=LATER)
        assert work.messages.next_to_read() == [1]
        work.messages.settle(1, state="quarantined", values={"last_error": "again"})
        assert [q.reason for q in work.quarantine.rows()] == ["again"]
