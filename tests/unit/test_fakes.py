"""What the fakes can do that the real things cannot; the rest is in the contract tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fakes import FakeMailbox, FakeTransport, FixedClock, SequenceIds

from pipeline.domain.errors import LoginError, MailboxError, TransportError, UncertainError


def test_the_clock_stands_still_until_moved() -> None:
    """Two looks at the clock tell the same, and it moves only when told."""
    clock = FixedClock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.advance(timedelta(days=20))
    assert clock.now() == datetime(2026, 1, 25, 9, 0, tzinfo=UTC)
    clock.set(datetime(2026, 2, 1, tzinfo=UTC))
    assert clock.now() == datetime(2026, 2, 1, tzinfo=UTC)


def test_chance_counts() -> None:
    """Every draw is new, and the same in every run."""
    ids = SequenceIds()
    assert [ids.reference_digits(), ids.reference_digits()] == ["00000001", "00000002"]
    assert ids.message_id("northfield.example") == "<00000000000000000000000000000003@northfield.example>"
    assert ids.token() == f"{4:032x}"
    assert ids.fraction() == 0.5


def test_a_mailbox_can_be_told_to_fail() -> None:
    """The error comes from the next call and closes the connection."""
    mailbox = FakeMailbox()
    mailbox.fail_next(LoginError("no"))
    with pytest.raises(LoginError, match="no"):
        mailbox.connect()
    mailbox.connect()
    mailbox.fail_next(MailboxError("gone"))
    with pytest.raises(MailboxError, match="gone"):
        mailbox.select("INBOX")
    assert not mailbox.connected
    assert mailbox.calls == ["connect", "connect", "select"]


def test_a_mailbox_may_be_unable_to_move() -> None:
    """Where the server has no safe way, nothing moves."""
    mailbox = FakeMailbox(can_move=False)
    uid = mailbox.deliver(b"Subject: x\r\n\r\n")
    mailbox.connect()
    mailbox.select("INBOX")
    assert not mailbox.move([uid], "Done")
    assert mailbox.uids_after(0) == [uid]


def test_a_transport_can_fail_before_and_after_the_mark() -> None:
    """A failure before DATA comes without the mark, one after it comes with it; neither delivers."""
    transport, marks = FakeTransport(), []
    transport.fail_next(TransportError("busy"), before=True)
    transport.fail_next(UncertainError("lost"))
    with pytest.raises(TransportError):
        transport.send("a@b", ["c@d"], b"x\r\n", before_data=lambda: marks.append("first"))
    with pytest.raises(UncertainError):
        transport.send("a@b", ["c@d"], b"x\r\n", before_data=lambda: marks.append("second"))
    assert marks == ["second"]
    assert transport.sent == []
