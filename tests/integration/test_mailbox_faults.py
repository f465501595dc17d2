"""What the real mailbox does when the server, the wire or the configuration is not right."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from servers.dovecot import PASSWORD
from servers.imap_faults import Fault, FaultyWire

from pipeline.domain.errors import LoginError, MailboxError
from pipeline.mail import mailbox as mailbox_module

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.certificates import Certificate
    from servers.dovecot import Dovecot

    from pipeline.mail.mailbox import ImapMailbox

    Make = Callable[..., ImapMailbox]

pytestmark = pytest.mark.dovecot

MAIL = b"Subject: Grit\r\n\r\n" + b"Which streets are gritted?\r\n" * 400
AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def delivered(dovecot: Dovecot, user: str) -> None:
    """Put one message into INBOX."""
    dovecot.append(user, MAIL, internal_date=AT)


def opened(make_mailbox: Make, wire: FaultyWire, **changes: object) -> ImapMailbox:
    """Connect through *wire* and open INBOX."""
    mailbox = make_mailbox(port=wire.port, **changes)
    mailbox.connect()
    mailbox.select("INBOX")
    return mailbox


@pytest.mark.usefixtures("delivered")
def test_a_connection_dropped_within_a_message_loses_nothing(make_mailbox: Make, wire: FaultyWire) -> None:
    """Half a message is never handed out; after connecting again the whole one comes."""
    mailbox = opened(make_mailbox, wire)
    uids = mailbox.uids_after(0)
    wire.arm(Fault.DROP, after=2000)
    with pytest.raises(MailboxError, match="reading messages failed"):
        mailbox.bodies(uids)
    wire.arm(Fault.NONE)
    mailbox.connect()
    mailbox.select("INBOX")
    assert mailbox.bodies(uids) == {uids[0]: MAIL}


@pytest.mark.usefixtures("delivered")
@pytest.mark.parametrize("fault", [Fault.STALL, Fault.TRICKLE])
def test_a_server_that_hangs_is_left_at_the_deadline(make_mailbox: Make, wire: FaultyWire, fault: Fault) -> None:
    """Neither silence nor a byte now and then, which no read time-out notices, can hold a call for longer than agreed."""
    mailbox = opened(make_mailbox, wire, deadline_seconds=1.0)
    uids = mailbox.uids_after(0)
    mailbox.envelopes(uids)
    wire.arm(fault, after=100)
    with pytest.raises(MailboxError, match="took longer than"):
        mailbox.bodies(uids)


def test_a_server_that_hangs_at_the_greeting_is_left(make_mailbox: Make, wire: FaultyWire) -> None:
    """The deadline counts from dialling on, before there is a client to speak of."""
    wire.arm(Fault.TRICKLE)
    with pytest.raises(MailboxError, match="took longer than"):
        make_mailbox(port=wire.port, deadline_seconds=0.5).connect()


@pytest.mark.usefixtures("delivered")
def test_abort_ends_a_call_that_hangs(make_mailbox: Make, wire: FaultyWire) -> None:
    """Another thread can cut a call that waits for the server."""
    mailbox = opened(make_mailbox, wire)
    uids = mailbox.uids_after(0)
    wire.arm(Fault.STALL, after=100)
    cutter = threading.Timer(0.3, mailbox.abort)
    cutter.start()
    with pytest.raises(MailboxError, match="cut on request"):
        mailbox.bodies(uids)
    cutter.join()


def test_a_restarted_server_is_met_again(make_mailbox: Make, wire: FaultyWire) -> None:
    """A connection that died between two polls is replaced by connect, without an error."""
    mailbox = opened(make_mailbox, wire)
    wire.cut()
    mailbox.connect()
    assert mailbox.select("INBOX").exists == 0
    assert wire.connections == 2


def test_connect_keeps_a_good_connection(make_mailbox: Make, wire: FaultyWire) -> None:
    """Connecting before every poll costs one question, not a login."""
    mailbox = opened(make_mailbox, wire)
    mailbox.connect()
    mailbox.connect()
    assert wire.connections == 1


def test_goodbye_tells_why(make_mailbox: Make, wire: FaultyWire) -> None:
    """A session that the server ends because its token ran out is explained, and is no refused login."""
    mailbox = opened(make_mailbox, wire)
    wire.arm(Fault.BYE, text=b"Session invalidated - AccessTokenExpired")
    with pytest.raises(MailboxError, match="its token ran out") as caught:
        mailbox.uids_after(0) or mailbox.select("INBOX")
    assert not isinstance(caught.value, LoginError)


def test_a_connection_that_dies_during_idle_is_noticed(make_mailbox: Make, wire: FaultyWire) -> None:
    """The library hears nothing for ever on a dead connection; a wait on one ends with an error."""
    mailbox = opened(make_mailbox, wire)
    errors: list[MailboxError] = []

    def wait() -> None:
        try:
            mailbox.wait(300)
        except MailboxError as error:
            errors.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not any(b" IDLE\r\n" in command for command in wire.commands):
        waiting.join(0.01)
    wire.cut()
    waiting.join(10)
    noticed = not waiting.is_alive()
    mailbox.wake()
    waiting.join()
    assert noticed
    assert ["waiting for news failed" in str(error) for error in errors] == [True]


def test_goodbye_during_idle_is_noticed(make_mailbox: Make, wire: FaultyWire) -> None:
    """A BYE heard while waiting is an error that says what the server said."""
    mailbox = opened(make_mailbox, wire)
    speaker = threading.Timer(0.3, wire.push, (b"* BYE Server shutting down\r\n",))
    speaker.start()
    with pytest.raises(MailboxError, match="shutting down"):
        mailbox.wait(300)
    speaker.join()


def test_still_here_is_no_news(make_mailbox: Make, wire: FaultyWire) -> None:
    """Dovecot's sign of life during IDLE does not end the wait with a hint, nor do a deletion or a flag."""
    mailbox = opened(make_mailbox, wire)
    lines = b"* OK Still here\r\n* 0 RECENT\r\n* 1 EXPUNGE\r\n* 1 FETCH (FLAGS (\\Seen))\r\n"
    speaker = threading.Timer(0.2, wire.push, (lines,))
    speaker.start()
    assert not mailbox.wait(1.2)
    speaker.join()
    assert sum(b"IDLE" in command for command in wire.commands) == 1


def test_news_before_the_server_agrees_to_idle(make_mailbox: Make, wire: FaultyWire) -> None:
    """A server that tells news too early is reconnected to, with a hint; one that always does is polled instead."""
    wire.before_plus = b"* 5 EXISTS\r\n"
    mailbox = opened(make_mailbox, wire)
    for _ in range(3):
        assert mailbox.wait(300)
        assert mailbox.select("INBOX").exists == 0
    before = len(wire.commands)
    assert not mailbox.wait(0.1)
    assert len(wire.commands) == before


def test_no_idle_where_the_server_has_none(make_mailbox: Make, wire: FaultyWire) -> None:
    """Without the capability a wait is a sleep that wake can end."""
    wire.hide = (b"IDLE",)
    mailbox = opened(make_mailbox, wire)
    assert not mailbox.wait(0.1)
    mailbox.wake()
    assert not mailbox.wait(300)
    assert not any(b" IDLE\r\n" in command for command in wire.commands)


def test_no_idle_where_the_settings_forbid_it(make_mailbox: Make, wire: FaultyWire) -> None:
    """The same with idle = false."""
    mailbox = opened(make_mailbox, wire, idle=False)
    assert not mailbox.wait(0.1)
    assert not any(b" IDLE\r\n" in command for command in wire.commands)


def test_move_without_the_move_command_spares_what_others_deleted(
    dovecot: Dovecot, user: str, make_mailbox: Make, wire: FaultyWire
) -> None:
    r"""COPY and UID EXPUNGE move just our message; one that a person marked \Deleted stays."""
    for number in range(2):
        dovecot.append(user, b"Subject: %d\r\n\r\nHello\r\n" % number)
    wire.hide = (b"MOVE",)
    mailbox = opened(make_mailbox, wire)
    ours, theirs = mailbox.uids_after(0)
    with dovecot.client(user) as person:
        person.select_folder("INBOX")
        person.delete_messages([theirs])
    assert mailbox.move([ours], "Done")
    assert mailbox.uids_after(0) == [theirs]
    assert mailbox.select("Done").exists == 1


@pytest.mark.usefixtures("delivered")
def test_no_move_where_it_cannot_be_safe(make_mailbox: Make, wire: FaultyWire) -> None:
    """With neither MOVE nor UIDPLUS nothing is moved, copied or deleted, and the answer is False."""
    wire.hide = (b"MOVE", b"UIDPLUS")
    mailbox = opened(make_mailbox, wire)
    assert not mailbox.move(mailbox.uids_after(0), "Done")
    assert mailbox.select("INBOX").exists == 1
    with pytest.raises(MailboxError):
        mailbox.select("Done")


def test_a_large_message_travels_alone(dovecot: Dovecot, user: str, make_mailbox: Make, wire: FaultyWire) -> None:
    """Messages go several to a command only while they are small together, so that memory stays bounded."""
    big = b"Subject: big\r\n\r\n" + b"x" * 76 * 40_000 + b"\r\n"
    for raw in (big, MAIL, MAIL, big, big):
        dovecot.append(user, raw)
    mailbox = opened(make_mailbox, wire)
    uids = mailbox.uids_after(0)
    mailbox.envelopes(uids)
    assert list(mailbox.bodies(uids).values()) == [big, MAIL, MAIL, big, big]
    asked = [c.split(b"FETCH ")[1].split()[0] for c in wire.commands if b"BODY.PEEK[]" in c]
    a, b, c, d, e = (b"%d" % uid for uid in uids)
    assert asked == [b",".join((a, b, c)), d, e]


def test_a_full_mailbox_is_searched_in_parts(
    dovecot: Dovecot, user: str, make_mailbox: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library refuses a very long answer, so many messages are asked for a range at a time, and none is left out."""
    for number in range(7):
        dovecot.append(user, b"Subject: %d\r\n\r\n" % number)
    monkeypatch.setattr(mailbox_module, "_SEARCH_WINDOW", 2)
    mailbox = make_mailbox()
    mailbox.connect()
    mailbox.select("INBOX")
    found = mailbox.uids_after(0)
    assert len(found) == 7
    assert mailbox.uids_after(found[2]) == found[3:]


def test_a_mailbox_that_is_not_ours_is_explained(make_mailbox: Make, wire: FaultyWire) -> None:
    """Microsoft's cryptic answer for a missing permission becomes advice, and is no refused login."""
    wire.answers = {b"SELECT": b"BAD User is authenticated but not connected."}
    mailbox = make_mailbox(port=wire.port)
    mailbox.connect()
    with pytest.raises(MailboxError, match="Add-MailboxPermission") as caught:
        mailbox.select("INBOX")
    assert not isinstance(caught.value, LoginError)


def test_a_throttling_server_is_left_in_peace(make_mailbox: Make, wire: FaultyWire) -> None:
    """The pause that the server suggests is kept: until then connect fails without dialling."""
    wire.answers = {b"SELECT": b"NO Request is throttled. Suggested Backoff Time: 299961 milliseconds"}
    mailbox = make_mailbox(port=wire.port)
    mailbox.connect()
    with pytest.raises(MailboxError, match="asks for a pause"):
        mailbox.select("INBOX")
    with pytest.raises(MailboxError, match="asked for a pause"):
        mailbox.connect()
    assert wire.connections == 1


@pytest.mark.parametrize("hide", [(), (b"AUTH=PLAIN",)])
def test_both_ways_to_log_in_work(make_mailbox: Make, wire: FaultyWire, hide: tuple[bytes, ...]) -> None:
    """PLAIN is used where it is offered, LOGIN elsewhere."""
    wire.hide = hide
    assert opened(make_mailbox, wire).uids_after(0) == []
    assert any(b" LOGIN " in command for command in wire.commands) == bool(hide)


def test_a_wrong_password_is_told_from_other_trouble(make_mailbox: Make) -> None:
    """A refused password raises LoginError without showing it, whatever characters are in it."""
    with pytest.raises(LoginError, match="user name or password") as caught:
        make_mailbox(password='wröng £ \\ "').connect()
    assert "wröng" not in str(caught.value)


def test_a_busy_login_server_is_no_refusal(make_mailbox: Make, wire: FaultyWire) -> None:
    """A temporary failure at login does not look like a wrong password."""
    wire.answers = {b"AUTHENTICATE": b"NO [UNAVAILABLE] Temporary authentication failure."}
    with pytest.raises(MailboxError, match="Temporary") as caught:
        make_mailbox(port=wire.port).connect()
    assert not isinstance(caught.value, LoginError)


def test_a_connection_lost_at_login_is_no_refusal(make_mailbox: Make, wire: FaultyWire) -> None:
    """Nor does a connection that ends there."""
    wire.answers = {b"AUTHENTICATE": b"OK\r\n* BYE Too many connections"}
    with pytest.raises(MailboxError) as caught:
        make_mailbox(port=wire.port).connect()
    assert not isinstance(caught.value, LoginError)


def test_starttls_is_never_left_out(make_mailbox: Make, wire: FaultyWire) -> None:
    """When someone on the way strips STARTTLS, no password is sent."""
    wire.hide = (b"STARTTLS",)
    with pytest.raises(MailboxError, match="does not offer STARTTLS"):
        make_mailbox(port=wire.port, security="starttls").connect()
    sent = b"".join(wire.commands)
    assert b"LOGIN" not in sent
    assert b"AUTHENTICATE" not in sent
    assert PASSWORD.encode() not in sent


@pytest.mark.usefixtures("delivered")
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_both_kinds_of_tls_work(dovecot: Dovecot, make_mailbox: Make, certificate: Certificate, security: str) -> None:
    """TLS from the start and by STARTTLS carry a whole session, IDLE included."""
    port = dovecot.tls_port if security == "tls" else dovecot.port
    mailbox = make_mailbox(port=port, security=security, cafile=str(certificate.cert))
    mailbox.connect()
    mailbox.select("INBOX")
    assert list(mailbox.bodies(mailbox.uids_after(0)).values()) == [MAIL]
    waker = threading.Timer(0.3, mailbox.wake)
    waker.start()
    assert not mailbox.wait(300)
    waker.join()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_unknown_certificate_is_refused(dovecot: Dovecot, make_mailbox: Make, security: str) -> None:
    """Without trust in its authority there is no connection, and the text says what to do."""
    port = dovecot.tls_port if security == "tls" else dovecot.port
    with pytest.raises(MailboxError, match="not from an authority this machine trusts"):
        make_mailbox(port=port, security=security).connect()


def test_a_certificate_for_another_name_is_refused(
    dovecot: Dovecot, make_mailbox: Make, certificate: Certificate
) -> None:
    """The name in the certificate must be the one in the settings."""
    with pytest.raises(MailboxError, match="for another name"):
        make_mailbox(host="localhost", port=dovecot.tls_port, security="tls", cafile=str(certificate.cert)).connect()


def test_tls_on_the_wrong_port_is_explained(dovecot: Dovecot, make_mailbox: Make) -> None:
    """TLS to a port that wants STARTTLS names both remedies."""
    with pytest.raises(MailboxError, match="does not speak TLS from the start"):
        make_mailbox(port=dovecot.port, security="tls").connect()


def test_a_port_where_nobody_listens_is_explained(make_mailbox: Make, wire: FaultyWire) -> None:
    """A refused connection says what to check, and names the mailbox and the server."""
    wire.stop()
    with pytest.raises(MailboxError, match=f'mailbox "foi" .*127.0.0.1:{wire.port}.*Nothing answers'):
        make_mailbox(port=wire.port).connect()


@pytest.mark.usefixtures("delivered")
def test_an_answer_that_is_not_understood_shows_no_words_of_a_mail(make_mailbox: Make, wire: FaultyWire) -> None:
    """A literal that is longer than it was said to be lets the client read a mail's lines as answers: they stay out of what is told."""
    mailbox = opened(make_mailbox, wire)
    uids = mailbox.uids_after(0)
    wire.misquote = lambda said: re.sub(rb"BODY\[\] \{\d+\}", rb"BODY[] {3}", said)
    with pytest.raises(MailboxError, match=r"What the server says can't be right") as caught:
        mailbox.bodies(uids)
    assert "gritted" not in str(caught.value)
    assert "ject" not in str(caught.value)


def test_a_folder_with_a_name_of_no_known_spelling_is_listed(make_mailbox: Make, wire: FaultyWire) -> None:
    """An ampersand that begins no modified UTF-7 (RFC 3501 section 5.1.3) spoils neither its folder nor the others."""
    mailbox = opened(make_mailbox, wire)
    wire.misquote = lambda said: said.replace(b"* LIST", b'* LIST (\\HasNoChildren) "." "Q&A"\r\n* LIST')
    assert set(mailbox.all_folders()) >= {"INBOX", "Q&A"}


def test_a_folder_from_which_nothing_is_moved_is_opened_for_reading_only(make_mailbox: Make, wire: FaultyWire) -> None:
    """An account that may only read will do; what is new is seen all the same."""
    mailbox = make_mailbox(port=wire.port)
    mailbox.connect()
    mailbox.look("INBOX", readonly=True)
    commands = b" ".join(wire.commands).upper()
    assert b"EXAMINE" in commands
    assert b"SELECT" not in commands


def test_a_folder_that_can_only_be_read_is_told_with_the_remedy(make_mailbox: Make, wire: FaultyWire) -> None:
    """Where mail is to be moved, a server that opens the folder for reading only gets words that say what to change."""
    wire.misquote = lambda said: said.replace(b"[READ-WRITE]", b"[READ-ONLY]")
    with pytest.raises(MailboxError, match=r"opens this folder for reading only.*leave processed_folder out"):
        opened(make_mailbox, wire)
