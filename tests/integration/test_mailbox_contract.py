"""What every Mailbox does, fake or real; the fake may be used in other tests because it passes these."""

from __future__ import annotations

import contextlib
import threading
from datetime import UTC, datetime, timedelta, timezone
from imaplib import IMAP4
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from fakes import FakeMailbox

from pipeline.domain.errors import MailboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from servers.dovecot import Dovecot

    from pipeline.mail.mailbox import ImapMailbox

AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


def mail(number: int, body: bytes = b"Please send me the grit bin list.\r\n") -> bytes:
    """A small message, its Message-ID made of *number*."""
    return b"Message-ID: <%d@example.org>\r\nSubject: Request %d\r\n\r\n" % (number, number) + body


class World(Protocol):
    """A mailbox, and the hands of other people on the same server."""

    mailbox: Any

    def deliver(self, raw: bytes, *, at: datetime = AT) -> None:
        """Put *raw* into INBOX."""

    def remove(self, uid: int) -> None:
        """Delete and expunge *uid* in INBOX."""

    def reset(self) -> None:
        """Give INBOX a new UIDVALIDITY."""

    def folder(self, name: str) -> list[tuple[bytes, bool, datetime]]:
        """What another program sees in folder *name*: raw bytes, whether read, INTERNALDATE."""


class FakeWorld:
    """The fake's."""

    def __init__(self) -> None:
        self.mailbox = FakeMailbox()

    def deliver(self, raw: bytes, *, at: datetime = AT) -> None:
        """Deliver."""
        self.mailbox.deliver(raw, at=at)

    def remove(self, uid: int) -> None:
        """Remove."""
        self.mailbox.remove(uid)

    def reset(self) -> None:
        """Renumber."""
        self.mailbox.reset_uidvalidity()

    def folder(self, name: str) -> list[tuple[bytes, bool, datetime]]:
        """Look."""
        return [(kept.raw, kept.seen, kept.at) for kept in self.mailbox.folders[name].messages.values()]


class RealWorld:
    """Dovecot's."""

    def __init__(self, dovecot: Dovecot, user: str, mailbox: ImapMailbox) -> None:
        self.mailbox = mailbox
        self._dovecot = dovecot
        self._user = user
        self._people = dovecot.client(user)

    def close(self) -> None:
        """Log out."""
        with contextlib.suppress(OSError, IMAP4.error):
            self._people.logout()

    def deliver(self, raw: bytes, *, at: datetime = AT) -> None:
        """Append."""
        self._people.append("INBOX", raw, msg_time=at)

    def remove(self, uid: int) -> None:
        """Expunge."""
        with self._dovecot.client(self._user) as client:
            client.select_folder("INBOX")
            client.delete_messages([uid])
            client.uid_expunge([uid])

    def reset(self) -> None:
        """Lose the index."""
        self._dovecot.reset_uidvalidity(self._user)

    def folder(self, name: str) -> list[tuple[bytes, bool, datetime]]:
        """Look, without a trace."""
        with self._dovecot.client(self._user) as client:
            client.select_folder(name, readonly=True)
            rows = client.fetch(client.search(), ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"])
        return [
            (row[b"BODY[]"], b"\\Seen" in row[b"FLAGS"], row[b"INTERNALDATE"].astimezone(UTC))
            for _, row in sorted(rows.items())
        ]


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.dovecot)])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """The same tests against the fake and against Dovecot."""
    if request.param == "fake":
        yield FakeWorld()
        return
    make: Callable[..., ImapMailbox] = request.getfixturevalue("make_mailbox")
    real = RealWorld(request.getfixturevalue("dovecot"), request.getfixturevalue("user"), make())
    yield real
    real.close()


def test_select_tells_what_a_folder_holds(world: World) -> None:
    """UIDNEXT lies above every UID, and the count is that of the messages."""
    for number in (1, 2, 3):
        world.deliver(mail(number))
    world.mailbox.connect()
    state = world.mailbox.select("INBOX")
    assert state.exists == 3
    assert state.uidnext > max(world.mailbox.uids_after(0))
    assert state.uidvalidity > 0


def test_selecting_afresh_shows_what_is_new(world: World) -> None:
    """A message that comes after the first select is seen after the second, under the same UIDVALIDITY."""
    world.mailbox.connect()
    before = world.mailbox.select("INBOX")
    world.deliver(mail(1))
    after = world.mailbox.select("INBOX", readonly=True)
    assert (after.exists, after.uidvalidity) == (before.exists + 1, before.uidvalidity)
    assert len(world.mailbox.uids_after(0)) == 1


def test_looking_again_shows_what_is_new_without_opening_afresh(world: World) -> None:
    """What comes into a folder that is open, into one that is empty, and after all was moved out of it, is seen by looking again."""
    world.mailbox.connect()
    seen = []
    for number in (1, 2, 3):
        state = world.mailbox.look("INBOX")
        seen.append(world.mailbox.uids_after(0))
        world.deliver(mail(number))
        world.mailbox.connect()
    assert world.mailbox.look("INBOX").uidvalidity == state.uidvalidity
    seen.append(world.mailbox.uids_after(0))
    assert [len(uids) for uids in seen] == [0, 1, 2, 3]
    assert world.mailbox.move(seen[-1], "Done")
    world.mailbox.connect()
    world.mailbox.look("INBOX")
    assert world.mailbox.uids_after(seen[-1][-1]) == []
    world.deliver(mail(4))
    world.mailbox.connect()
    world.mailbox.look("INBOX")
    assert len(world.mailbox.uids_after(seen[-1][-1])) == 1


def test_a_missing_folder_is_an_error_that_names_it(world: World) -> None:
    """Selecting a folder that is not there raises MailboxError; connecting again mends it."""
    world.mailbox.connect()
    with pytest.raises(MailboxError, match="Nowhere"):
        world.mailbox.select("Nowhere")
    world.mailbox.connect()
    assert world.mailbox.select("INBOX").exists == 0


def test_nothing_works_before_connecting(world: World) -> None:
    """A call without a connection raises MailboxError, and nothing worse."""
    with pytest.raises(MailboxError):
        world.mailbox.select("INBOX")


def test_nothing_is_read_before_selecting(world: World) -> None:
    """A search without a folder raises MailboxError rather than finding nothing."""
    world.mailbox.connect()
    with pytest.raises(MailboxError):
        world.mailbox.uids_after(0)


def test_uids_after_the_cursor_only(world: World) -> None:
    """UIDs come in ascending order from above the cursor; past the end there are none, not the last one again."""
    for number in range(4):
        world.deliver(mail(number))
    world.mailbox.connect()
    world.mailbox.select("INBOX")
    first, *others = world.mailbox.uids_after(0)
    assert world.mailbox.uids_after(first) == others == sorted(others)
    assert world.mailbox.uids_after(others[-1]) == []
    assert world.mailbox.uids_after(others[-1] + 100) == []


def test_envelopes_give_size_and_utc_date(world: World) -> None:
    """Size is that of the raw bytes and the date is in UTC, whatever zone the server kept it in."""
    summer = datetime(2026, 7, 1, 9, 15, tzinfo=timezone(timedelta(hours=1)))
    world.deliver(mail(1), at=summer)
    world.mailbox.connect()
    world.mailbox.select("INBOX")
    (envelope,) = world.mailbox.envelopes(world.mailbox.uids_after(0))
    assert envelope.size == len(mail(1))
    assert envelope.internal_date == summer
    assert envelope.internal_date.utcoffset() == timedelta(0)


def test_bodies_are_exact_and_leave_no_trace(world: World) -> None:
    """Raw bytes come back as delivered, 8-bit ones too, and the message stays unread."""
    raw = mail(1, b"\xa3100 caf\xe9 \x80\r\n..\r\n" + b"x" * 5000 + b"\r\n")
    world.deliver(raw)
    world.mailbox.connect()
    world.mailbox.select("INBOX")
    uids = world.mailbox.uids_after(0)
    assert world.mailbox.bodies(uids) == {uids[0]: raw}
    assert world.mailbox.headers(uids) == {uids[0]: raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"}
    assert world.folder("INBOX") == [(raw, False, AT)]


def test_many_messages_come_in_one_call(world: World) -> None:
    """A call may ask for more than one command can carry; every message comes, under its own UID."""
    for number in range(230):
        world.deliver(mail(number))
    world.mailbox.connect()
    world.mailbox.select("INBOX")
    uids = world.mailbox.uids_after(0)
    sizes = {envelope.uid: envelope.size for envelope in world.mailbox.envelopes(uids)}
    bodies = world.mailbox.bodies(uids)
    assert [bodies[uid] for uid in uids] == [mail(number) for number in range(230)]
    assert sizes == {uid: len(raw) for uid, raw in bodies.items()}


def test_messages_removed_meanwhile_are_left_out(world: World) -> None:
    """Whoever deletes a message between search and fetch causes no error, and takes no other with it."""
    for number in (1, 2, 3):
        world.deliver(mail(number))
    world.mailbox.connect()
    world.mailbox.select("INBOX")
    uids = world.mailbox.uids_after(0)
    world.remove(uids[1])
    kept = [uids[0], uids[2]]
    assert sorted(world.mailbox.bodies(uids)) == kept
    assert sorted(world.mailbox.headers(uids)) == kept
    assert [envelope.uid for envelope in world.mailbox.envelopes(uids)] == kept


def test_nothing_asked_for_is_nothing_found(world: World) -> None:
    """Empty lists of UIDs are fine everywhere."""
    world.mailbox.connect()
    world.mailbox.select("INBOX")
    assert world.mailbox.envelopes([]) == []
    assert world.mailbox.bodies([]) == {}
    assert world.mailbox.headers([]) == {}
    assert world.mailbox.move([], "Done")


def test_move_makes_the_folder_and_takes_only_what_it_is_told(world: World) -> None:
    """Moved messages leave INBOX for a folder made for them; the others stay, and one gone already is no matter."""
    for number in (1, 2, 3):
        world.deliver(mail(number))
    world.mailbox.connect()
    world.mailbox.select("INBOX")
    uids = world.mailbox.uids_after(0)
    world.remove(uids[2])
    assert world.mailbox.move([uids[0], uids[2]], "Done/2026 März")
    assert [raw for raw, _, _ in world.folder("Done/2026 März")] == [mail(1)]
    assert world.mailbox.uids_after(0) == [uids[1]]


def test_move_needs_a_folder_open_for_writing(world: World) -> None:
    """A folder opened read-only keeps its messages."""
    world.deliver(mail(1))
    world.mailbox.connect()
    world.mailbox.select("INBOX", readonly=True)
    with pytest.raises(MailboxError):
        world.mailbox.move(world.mailbox.uids_after(0), "Done")
    assert len(world.folder("INBOX")) == 1


def test_a_sent_letter_is_filed_once(world: World) -> None:
    """The second try to file a letter with the same Message-ID changes nothing; the copy is read and dated as sent."""
    world.deliver(mail(1))
    world.mailbox.connect()
    world.mailbox.select("INBOX")
    for _ in range(2):
        world.mailbox.append_once("Sent", mail(7), "<7@example.org>", AT)
    world.mailbox.append_once("Sent", mail(77), "<77@example.org>", AT)
    assert world.folder("Sent") == [(mail(7), True, AT), (mail(77), True, AT)]
    assert len(world.mailbox.uids_after(0)) == 1


def test_wait_hints_at_new_mail(world: World) -> None:
    """Mail that arrives during a wait ends it with a hint."""
    world.mailbox.connect()
    world.mailbox.select("INBOX")
    sender = threading.Timer(0.2, world.deliver, (mail(1),))
    sender.start()
    assert world.mailbox.wait(20)
    sender.join()
    assert world.mailbox.select("INBOX").exists == 1


def test_wait_ends_without_news(world: World) -> None:
    """A wait that hears nothing ends without a hint, and leaves the connection good."""
    world.mailbox.connect()
    world.mailbox.select("INBOX")
    assert not world.mailbox.wait(0.3)
    assert world.mailbox.uids_after(0) == []


def test_wake_ends_a_wait(world: World) -> None:
    """Another thread can end a wait, even before it begins; there is no hint, and the next wait is a whole one."""
    world.mailbox.connect()
    world.mailbox.select("INBOX")
    world.mailbox.wake()
    assert not world.mailbox.wait(300)
    waker = threading.Timer(0.2, world.mailbox.wake)
    waker.start()
    assert not world.mailbox.wait(300)
    waker.join()
    sender = threading.Timer(0.2, world.deliver, (mail(1),))
    sender.start()
    assert world.mailbox.wait(20)
    sender.join()


def test_wait_without_a_connection_only_sleeps(world: World) -> None:
    """A mailbox that could not connect may still wait before it tries again."""
    assert not world.mailbox.wait(0.05)


def test_abort_ends_a_wait_with_an_error(world: World) -> None:
    """A wait cut by another thread raises MailboxError, and connecting again works."""
    world.mailbox.connect()
    world.mailbox.select("INBOX")
    cutter = threading.Timer(0.2, world.mailbox.abort)
    cutter.start()
    with pytest.raises(MailboxError):
        world.mailbox.wait(300)
    cutter.join()
    world.mailbox.connect()
    assert world.mailbox.select("INBOX").exists == 0


def test_connect_mends_what_abort_cut(world: World) -> None:
    """After abort the next call fails, and connect makes a new connection."""
    world.mailbox.connect()
    world.mailbox.abort()
    with pytest.raises(MailboxError):
        world.mailbox.select("INBOX")
    world.mailbox.connect()
    world.mailbox.connect()
    assert world.mailbox.select("INBOX").exists == 0


def test_close_and_abort_never_raise(world: World) -> None:
    """Leaving is always possible, connected or not, once or twice."""
    world.mailbox.close()
    world.mailbox.abort()
    world.mailbox.connect()
    world.mailbox.close()
    world.mailbox.close()
    with pytest.raises(MailboxError):
        world.mailbox.select("INBOX")


def test_a_new_uidvalidity_shows(world: World) -> None:
    """When the server renumbers a folder, select says so and the messages are still there."""
    world.deliver(mail(1))
    world.mailbox.connect()
    before = world.mailbox.select("INBOX")
    world.mailbox.close()
    world.reset()
    world.mailbox.connect()
    after = world.mailbox.select("INBOX")
    assert after.uidvalidity != before.uidvalidity
    assert list(world.mailbox.bodies(world.mailbox.uids_after(0)).values()) == [mail(1)]
