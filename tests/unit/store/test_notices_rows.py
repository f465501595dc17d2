"""The rows of mails to our own people, on both databases: once each, one hand at a time, and what they have to tell."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from storing import AT, FOLDER, MAILBOX, frozen, new_case, position

from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.reminding import NoticeStatus
from pipeline.store.events import Happening
from pipeline.store.notices import NewNotice

if TYPE_CHECKING:
    from pipeline.store import Store

KIM = "kim@council.example"


def new(number: int = 1) -> NewNotice:
    """A mail, another one for each *number*."""
    return NewNotice(
        once_key=f"morning:{number}",
        kind="morning",
        recipient=KIM,
        content=b"x",
        message_id=f"<{number}@c.example>",
        not_before=AT,
    )


def test_a_key_is_queued_once(store: Store) -> None:
    """The unique key decides, whoever comes second."""
    with store.write() as work:
        assert work.notices.queue(new(), at=AT) is not None
        assert work.notices.queue(new(), at=AT) is None
        assert work.notices.known(["morning:1", "morning:2"]) == {"morning:1"}


def test_what_one_has_in_hand_no_other_sends(store: Store) -> None:
    """Claimed once, marked once, settled; what was settled can't be marked again."""
    with store.write() as work:
        work.notices.queue(new(), at=AT)
    with store.write() as work:
        row = work.notices.claim(AT)
        assert row is not None
        assert work.notices.claim(AT) is None
    with store.write() as work:
        assert work.notices.mark_data(row)
        assert not work.notices.mark_data(row)
        assert [one.id for one in work.notices.orphans()] == [row.id]
        work.notices.settle(row, NoticeStatus.SENT, at=AT, words="250")
    with store.read() as work:
        assert not work.notices.due(AT + timedelta(days=1))
        assert [one.id for one in work.notices.by_message_ids(["<1@c.example>", "<other@c.example>"])] == [row.id]
        assert work.notices.failed(AT) == []


def test_a_try_that_reached_no_server_does_not_count(store: Store) -> None:
    """It is queued again as if it had not been taken."""
    with store.write() as work:
        work.notices.queue(new(), at=AT)
    for _ in range(5):
        with store.write() as work:
            row = work.notices.claim(AT)
            assert row is not None
            assert row.attempts == 1
            work.notices.put_back(row, "no route")


def test_open_cases_come_with_the_letters_that_did_not_arrive(store: Store) -> None:
    """Not those that are done or were joined to another; those of one day where one is asked for."""
    with store.write() as work:
        first = new_case(work, "FOI000000015", due_on=date(2025, 2, 3))
        second = new_case(work, "FOI000000023", due_on=date(2025, 2, 4))
        third = new_case(work, "FOI000000031")
        work.cases.change(third, Happening(kind="closed", at=AT), workflow="closed")
        work.outbox.freeze(second.id, frozen(1, status=OutboxStatus.FAILED), at=AT)
        work.cases.change(first, Happening(kind="assigned", at=AT), owner=KIM)
    with store.read() as work:
        found = [(one.reference, one.owner, one.undelivered) for one in work.notices.open_cases()]
        [of_a_day] = work.notices.open_cases(due_on=date(2025, 2, 4))
    assert found == [("FOI000000015", KIM, 0), ("FOI000000023", None, 1)]
    assert of_a_day.reference == "FOI000000023"


def test_a_flood_is_counted_by_sender_and_day(store: Store) -> None:
    """Only senders of something new are looked at, and only their requests of the day count; the mark is not the address."""
    with store.write() as work:
        for number in range(3):
            new_case(work, f"FOI00000000{number}", created_at=AT)
        new_case(work, "FOI000000009", created_at=AT - timedelta(days=2))
        new_case(work, "FOI000000008", created_at=AT, requester_email="sam@example.org")
    with store.read() as work:
        [flood] = work.notices.floods(0, AT - timedelta(days=1), 3)
        assert work.notices.floods(0, AT - timedelta(days=1), 4) == []
        newest = work.notices.newest_request()
        assert work.notices.floods(newest, AT - timedelta(days=1), 1) == []
    assert (flood.count, flood.first, flood.last) == (3, "FOI000000000", "FOI000000002")
    assert "alex" not in flood.mark


def test_a_mailbox_is_as_old_as_its_oldest_folder(store: Store) -> None:
    """One folder that was never read makes the whole mailbox unread."""
    with store.write() as work:
        for folder in (FOLDER, "Junk"):
            work.messages.first_contact(MAILBOX, folder, position())
        work.messages.advance(MAILBOX, FOLDER, 1, AT)
        assert work.notices.mailboxes() == [(MAILBOX, None)]
        work.messages.advance(MAILBOX, "Junk", 1, AT - timedelta(hours=1))
        assert work.notices.mailboxes() == [(MAILBOX, AT - timedelta(hours=1))]
