"""The demo's servers, spoken to over real sockets by the clients the product uses."""

from __future__ import annotations

import builtins
import hashlib
import smtplib
import socket
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from pipeline.demo.servers import HOST, DemoError, DemoImap, DemoSmtp
from pipeline.domain.errors import InfogovError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LETTER = b"From: infogov@council.example.org\r\nTo: a@example.org\r\nSubject: \xa3\xe9\r\n\r\n.A dot\r\nand more\r\n"


class FixedClock:
    """Always NOW."""

    def now(self) -> datetime:
        """NOW."""
        return NOW


@pytest.fixture
def imap() -> Iterator[DemoImap]:
    """A running mailbox server."""
    with DemoImap(password="pass word") as server:
        yield server


@pytest.fixture
def client(imap: DemoImap) -> Iterator[IMAPClient]:
    """The product's own IMAP library, logged in with the inbox open."""
    with IMAPClient(HOST, imap.port, ssl=False, timeout=10) as client:
        client.normalise_times = False
        client.login(imap.user, imap.password)
        client.select_folder("INBOX")
        yield client


@pytest.fixture
def smtp() -> Iterator[DemoSmtp]:
    """A running letter taker."""
    with DemoSmtp(FixedClock()) as server:
        yield server


def send(port: int, *recipients: str, sender: str = "infogov@council.example.org") -> dict[str, Any]:
    """Send LETTER as the product does, with the envelope given."""
    with smtplib.SMTP(HOST, port, timeout=10) as session:
        return session.sendmail(sender, recipients, LETTER)


def test_appended_mail_is_fetched_byte_for_byte_unread(imap: DemoImap, client: IMAPClient) -> None:
    """What append puts in comes back by BODY.PEEK[] with the same bytes, size and time of arrival, and stays unread."""
    arrived = NOW - timedelta(hours=3)
    imap.append(LETTER, arrived)
    client.noop()
    (uid,) = client.search("UNSEEN")
    row = client.fetch([uid], ["BODY.PEEK[]", "RFC822.SIZE", "INTERNALDATE", "FLAGS"])[uid]
    assert row[b"BODY[]"] == LETTER
    assert row[b"RFC822.SIZE"] == len(LETTER)
    assert row[b"INTERNALDATE"] == arrived
    assert client.search("UNSEEN") == [uid]


def test_bare_line_feeds_become_crlf(imap: DemoImap, client: IMAPClient) -> None:
    """A file with LF lines is stored with CRLF lines, as a mail server would have it."""
    imap.append(b"Subject: x\n\nbody\n", NOW)
    client.noop()
    (uid,) = client.search()
    assert client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"] == b"Subject: x\r\n\r\nbody\r\n"


def test_idle_hints_at_new_mail(imap: DemoImap, client: IMAPClient) -> None:
    """A client in IDLE is told of a message that arrives meanwhile."""
    client.idle()
    imap.append(LETTER, NOW)
    answers = client.idle_check(timeout=10)
    client.idle_done()
    assert (1, b"EXISTS") in answers


def test_a_missing_folder_is_made_once(imap: DemoImap, client: IMAPClient) -> None:
    """Appending twice to a folder whose name needs quoting makes it and puts both messages there, none in the inbox."""
    for _ in range(2):
        imap.append(LETTER, NOW, 'Sent "letters"')
    assert client.select_folder('Sent "letters"')[b"EXISTS"] == 2
    assert client.select_folder("INBOX")[b"EXISTS"] == 0


def test_a_batch_can_be_moved(imap: DemoImap, client: IMAPClient) -> None:
    """UID MOVE works, which the processed folder needs."""
    imap.append(LETTER, NOW)
    client.noop()
    client.create_folder("Processed")
    client.move(client.search(), "Processed")
    assert client.search() == []
    assert client.select_folder("Processed")[b"EXISTS"] == 1


def test_a_wrong_password_is_refused(imap: DemoImap) -> None:
    """Only the account's own password opens it."""
    with IMAPClient(HOST, imap.port, ssl=False, timeout=10) as client, pytest.raises(LoginError):
        client.login(imap.user, "guess")


def test_append_from_many_threads_loses_nothing(imap: DemoImap, client: IMAPClient) -> None:
    """Ten threads that append at once leave ten messages."""
    threads = [threading.Thread(target=imap.append, args=(LETTER, NOW)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.noop()
    assert len(client.search()) == 10


def test_a_naive_time_of_arrival_is_refused(imap: DemoImap) -> None:
    """A time without a zone would be stored as something else."""
    with pytest.raises(DemoError, match="time zone"):
        imap.append(LETTER, NOW.replace(tzinfo=None))


def test_append_to_a_stopped_server_says_so(imap: DemoImap) -> None:
    """After stop the port answers nobody and append raises the demo's own error."""
    imap.stop()
    with pytest.raises(DemoError, match="did not take"):
        imap.append(LETTER, NOW)


def test_stop_cuts_a_client_that_idles(imap: DemoImap, client: IMAPClient) -> None:
    """Stopping does not wait for clients: one in IDLE is cut off and the thread has ended."""
    client.idle()
    imap.stop()
    imap.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "demo-imap"]
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((HOST, imap.port), timeout=5).close()
    client.shutdown()


@pytest.mark.parametrize("make", [lambda port: DemoImap(port=port), lambda port: DemoSmtp(FixedClock(), port=port)])
def test_a_taken_port_is_named(make: Any) -> None:
    """Where the wanted port is in use, start raises one clear error that names it and the remedy."""
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(DemoError, match=rf"port {port} .* choose another, or 0"):
            make(port).start()


def test_a_wanted_port_can_be_had_again_at_once() -> None:
    """A demo that is restarted right after a client left gets the same port back."""
    with DemoSmtp(FixedClock()) as first:
        port = first.port
        send(port, "a@example.org")
    with DemoSmtp(FixedClock(), port=port) as second:
        send(port, "b@example.org")
        assert [letter.recipients for letter in second.delivered] == [("b@example.org",)]


def test_an_impossible_port_is_refused() -> None:
    """A number that is no port gets the same clear error."""
    with pytest.raises(DemoError, match="port 70000"):
        DemoImap(port=70000).start()


@pytest.mark.parametrize(("make", "package"), [(DemoImap, "pymap"), (lambda: DemoSmtp(FixedClock()), "aiosmtpd")])
def test_a_missing_extra_is_explained(make: Any, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the packages of the extra, start says what to install, and no thread stays behind."""
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] == package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    server = make()
    with pytest.raises(InfogovError, match=r"pip install 'infogov\[demo\]'"):
        server.start()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("demo-")]


def test_starting_twice_is_refused(imap: DemoImap) -> None:
    """One server object is one server."""
    with pytest.raises(DemoError, match="running already"):
        imap.start()


def test_a_letter_is_kept_as_it_was_sent(smtp: DemoSmtp) -> None:
    """The letter taken has the envelope as given, the clock's time and the sha256 of the bytes sent, leading dots and all."""
    assert send(smtp.port, "a@example.org", "b@example.org") == {}
    (letter,) = smtp.delivered
    assert letter.sender == "infogov@council.example.org"
    assert letter.recipients == ("a@example.org", "b@example.org")
    assert hashlib.sha256(letter.raw).hexdigest() == hashlib.sha256(LETTER).hexdigest()
    assert letter.at == NOW


def test_the_null_sender_is_the_empty_string(smtp: DemoSmtp) -> None:
    """An automatic letter with MAIL FROM:<> is taken and recorded as from nobody."""
    send(smtp.port, "a@example.org", sender="")
    assert smtp.delivered[0].sender == ""


def test_bounce_example_is_refused_for_good(smtp: DemoSmtp) -> None:
    """Every attempt to a bounce.example address gets 550 5.1.1 and nothing is delivered."""
    for _ in range(2):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            send(smtp.port, "Gone@Bounce.Example")
        code, text = refused.value.recipients["Gone@Bounce.Example"]
        assert (code, text.split()[0]) == (550, b"5.1.1")
    assert smtp.delivered == ()


def test_busy_example_is_put_off_once(smtp: DemoSmtp) -> None:
    """Each busy.example address gets 451 the first time and is taken the second; another address has a first time of its own."""
    for address in ("one@busy.example", "two@busy.example"):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            send(smtp.port, address)
        assert refused.value.recipients[address][0] == 451
        assert send(smtp.port, address) == {}
    assert [letter.recipients for letter in smtp.delivered] == [("one@busy.example",), ("two@busy.example",)]


def test_one_refused_recipient_leaves_the_others(smtp: DemoSmtp) -> None:
    """The letter goes to those the server takes, and only they are recorded."""
    assert list(send(smtp.port, "gone@bounce.example", "a@example.org")) == ["gone@bounce.example"]
    assert smtp.delivered[0].recipients == ("a@example.org",)


def test_letters_are_written_as_numbered_files(tmp_path: Path) -> None:
    """With a folder, each letter is a file whose name holds nothing of the letter; a second run adds and overwrites nothing."""
    folder = tmp_path / "sent"
    for _ in range(2):
        with DemoSmtp(FixedClock(), folder=folder) as server:
            send(server.port, "../../escape@example.org")
    assert sorted(path.name for path in folder.iterdir()) == ["letter-0001.eml", "letter-0002.eml"]
    assert {path.read_bytes() for path in folder.iterdir()} == {LETTER}


def test_a_folder_that_cannot_be_written_puts_the_letter_off(tmp_path: Path) -> None:
    """Where the file cannot be written the sender is told 452 and the letter does not count as taken."""
    blocked = tmp_path / "sent"
    blocked.write_text("a file where the folder should be")
    with DemoSmtp(FixedClock(), folder=blocked) as server:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            send(server.port, "a@example.org")
        assert refused.value.smtp_code == 452
        assert server.delivered == ()


def test_wait_returns_when_the_letters_are_there(smtp: DemoSmtp) -> None:
    """Waiting ends true once enough letters have come, and false when they do not come in time."""
    sender = threading.Thread(target=send, args=(smtp.port, "a@example.org"))
    sender.start()
    assert smtp.wait(1, 10)
    sender.join()
    assert not smtp.wait(2, 0.01)


def test_the_servers_say_nothing(capfd: pytest.CaptureFixture[str], imap: DemoImap, smtp: DemoSmtp) -> None:
    """Clients that break off, talk nonsense or are refused leave no line in the terminal."""
    for port in (imap.port, smtp.port):
        with socket.create_connection((HOST, port), timeout=10) as raw:
            raw.recv(100)
            raw.sendall(b"\xff\xfe nonsense\r\n" * 8)
            raw.recv(100)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(smtp.port, "gone@bounce.example")
    imap.append(LETTER, NOW)
    imap.stop()
    smtp.stop()
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
