"""Hostile mail between good mail, through the whole product: each is a row with its raw bytes, and none stops or steers anything (issue 2, section 5.5)."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest
from hostile import COUNCIL, HOSTILE, SENDER
from product import making, request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from product import Product
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = pytest.mark.dovecot

GENEROUS = {"per_sender_per_day": 10_000, "global_per_hour": 100_000}
# APPEND can't carry an empty message or a NUL (RFC 3501 section 4.3), and imaplib mends a lone CR on the way: these are put
# into the maildir, as a delivery program leaves them.
NOT_BY_IMAP = tuple(mail for mail in HOSTILE if not mail.raw or b"\0" in mail.raw or re.search(rb"\r(?!\n)", mail.raw))
# Over 2 MB by a scanned plan.
LARGE = request(
    "large",
    sender="large@example.org",
    headers=("MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=edge"),
    body="--edge\r\nContent-Type: text/plain\r\n\r\nUnder the Freedom of Information Act, who drew the attached plan?\r\n--edge\r\n"
    "Content-Type: application/pdf; name=plan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + "UExBTlBMQU5QTEFOUExBTlBMQU5QTEFOUExBTlBMQU5QTEFOUExBTlBMQU5Q\r\n" * 34_000
    + "--edge--\r\n",
)


@pytest.fixture
def product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Product]:
    """The product with raised limits, which has looked into its empty mailbox once: all that comes is new mail."""
    with making(tmp_path, dovecot, sink, user) as make:
        one = make(acknowledgement=GENEROUS, mailbox={"infogov": {"start": "new", "max_message_mb": 2}})
        one.run_once()
        yield one


def good(number: int) -> bytes:
    """A plain request of one of many people."""
    return request(f"good{number}", sender=f"good{number}@example.org")


def stored(raw: bytes) -> bytes:
    """What an IMAP server gives back: line ends are CRLF, and Dovecot shows a NUL as 0x80."""
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").replace(b"\0", b"\x80")


def test_hostile_mail_between_good_mail(product: Product) -> None:
    """None stops the poll or its neighbours; each is a row with its bytes; whether it is answered is as it should be, and only its author is."""
    assert {product.app.settings.smtp.from_address} == {COUNCIL}
    assert len(HOSTILE) >= 30
    sent = [raw for number, mail in enumerate(HOSTILE) if mail not in NOT_BY_IMAP for raw in (good(number), mail.raw)]
    product.put(*sent)
    counts = product.run_once()
    assert counts["received"] == len(sent)
    assert counts["errors"] == counts["failed"] == counts["retried"] == 0
    kept = [row[0] for row in product.sql("SELECT content FROM raw ORDER BY message_id")]
    wrong = [index for index, (raw, row) in enumerate(zip(sent, kept, strict=True)) if stored(raw) != row]
    assert wrong == []

    answered = dict(
        product.sql(
            "SELECT r.message_id, o.recipients FROM outbox o JOIN request r ON r.id = o.request_id WHERE o.status = 'sent'"
        )
    )
    mails = [mail for mail in HOSTILE if mail not in NOT_BY_IMAP]
    expected = {}
    for number, mail in enumerate(mails):
        expected[2 * number + 1] = f'["good{HOSTILE.index(mail)}@example.org"]'
        if mail.acknowledge:
            expected[2 * number + 2] = f'["{SENDER}"]'
    names = {2 * number + 2: mail.name for number, mail in enumerate(mails)}
    assert {names.get(key, "good"): to for key, to in answered.items() if expected.get(key) != to} == {}
    assert [names.get(key, "good") for key in expected if key not in answered] == []
    assert counts["acknowledged"] == len(expected)

    for letter in product.sink.letters:
        parsed = message_from_bytes(letter.raw)
        [to] = letter.recipients
        assert parsed.get_all("To") == [to]
        assert not {"bcc", "cc", "sender", "resent-to"} & {name.casefold() for name, _ in parsed.items()}
        assert len(letter.raw) < 10_000
        for word in (b"evil", b"attacker", b"victim", b"{{", b"<script>", b"HYPERLINK", b"pothole"):
            assert word not in letter.raw
    # What could not be read is not lost: it has its date of receipt and its due date, and nobody was told anything.
    for message in product.app.mailroom().quarantined():
        assert message.received_on is not None
        assert message.due_on is not None
    before = product.picture()
    assert product.run_once() == {}
    assert product.picture() == before
    assert product.app.store.verify().findings == []


def test_mail_that_imap_cannot_carry(product: Product) -> None:
    """Empty files and NUL bytes in the mail store: a row each, with neighbours taken, and no wrong answer."""
    assert len(NOT_BY_IMAP) >= 2
    inbox = product.dovecot.dir / "mail" / product.users["infogov"] / "new"
    first, last = good(1), good(2)
    product.put(first)
    for number, mail in enumerate(NOT_BY_IMAP):
        file = inbox / f"{1_700_000_000 + number}.M{number}P1.test"
        file.write_bytes(mail.raw)
        file.chmod(0o666)
    product.put(last)
    counts = product.run_once()
    assert counts["received"] == len(NOT_BY_IMAP) + 2
    assert counts["errors"] == 0
    kept = sorted(row[0] for row in product.sql("SELECT content FROM raw"))
    assert kept == sorted(stored(raw) for raw in (first, last, *(mail.raw for mail in NOT_BY_IMAP)))
    expected = ["good1@example.org", "good2@example.org", *(SENDER for mail in NOT_BY_IMAP if mail.acknowledge)]
    assert sorted(letter.recipients[0] for letter in product.sink.letters) == sorted(expected)


def test_mail_that_kills_the_process_is_quarantined(product: Product) -> None:
    """Attempts are counted before a message is looked at: the fourth start leaves the killer alone, with dates, and files its neighbours."""
    product.put(good(1), good(2))
    product.receive()
    [[killer], [neighbour]] = product.sql("SELECT id FROM message ORDER BY id")
    for _ in range(3):
        # A process that dies in the middle of reading has committed just this much.
        with product.app.store.write() as work:
            work.messages.count_attempt([killer])
    assert product.intake() == {"request": 1, "quarantined": 1}
    [held] = product.cli("quarantine", "--json").lines
    assert held["id"] == killer
    assert held["from"] is None
    assert "stopped the service 3 times" in held["reason"]
    assert held["received_on"] == str(product.clock.now().date())
    assert held["due_on"] > held["received_on"]
    assert product.case(product.cases()[0].reference).message_id == neighbour
    product.app.mailroom().retry_quarantined(killer)
    assert product.run_once() == {"requests": 1, "acknowledged": 2}
    assert product.app.mailroom().quarantined() == []


def test_dismissed_mail_leaves_the_list_and_keeps_its_bytes(product: Product) -> None:
    """What an officer dismisses is off the list; its row and bytes stay, and it can still be tried again."""
    product.put(good(1))
    product.receive()
    with product.app.store.write() as work:
        for _ in range(3):
            work.messages.count_attempt([1])
    product.intake()
    mailroom = product.app.mailroom()
    mailroom.dismiss_quarantined(1)
    assert mailroom.quarantined() == []
    assert mailroom.raw(1) == product.sql("SELECT content FROM raw")[0][0]
    mailroom.retry_quarantined(1)
    assert product.run_once()["requests"] == 1


def test_too_large_mail_waits_for_an_officer(product: Product) -> None:
    """Over the limit only headers are fetched and nobody is answered; retried, it comes whole, with its own date, and is a request like any other."""
    arrived = product.clock.now() - timedelta(days=1)
    product.put(LARGE, at=arrived)
    product.put(good(1))
    assert product.run_once() == {"received": 2, "requests": 1, "quarantined": 1, "acknowledged": 1}
    [held] = product.app.mailroom().quarantined()
    assert held.sender == "large@example.org"
    assert held.subject == "Freedom of Information request"
    assert "too large" in (held.reason or "")
    assert str(held.received_on) == str(arrived.date())
    assert held.due_on is not None
    assert b"UExBTl" not in product.app.mailroom().raw(held.id)
    assert product.cli("quarantine", "retry", str(held.id)).status == 0
    assert product.run_once() == {"requests": 1, "acknowledged": 1}
    assert product.app.mailroom().raw(held.id) == LARGE
    case = product.cases()[-1]
    assert case.requester_email == "large@example.org"
    assert case.received_on == held.received_on
    assert case.due_on == held.due_on
    assert product.run_once() == {}
    assert product.app.store.verify().findings == []


@pytest.mark.parametrize("chosen", [0, 1])
def test_the_copy_that_can_be_read_counts(product: Product, chosen: int) -> None:
    """Too large, taken twice: whichever copy an officer retries makes the one request, and the other is off the list, on the same case."""
    product.put(LARGE, LARGE)
    assert product.run_once() == {"received": 2, "quarantined": 2}
    mailroom = product.app.mailroom()
    copies = [message.id for message in mailroom.quarantined()]
    mailroom.dismiss_quarantined(copies[0])
    mailroom.retry_quarantined(copies[chosen])
    assert product.run_once() == {"requests": 1, "acknowledged": 1}
    for message in mailroom.quarantined():
        mailroom.retry_quarantined(message.id)
    product.run_once()
    product.put(LARGE)
    product.run_once()
    [last] = mailroom.quarantined()
    mailroom.retry_quarantined(last.id)
    assert product.run_once() == {"other": 1}
    [case] = product.cases()
    assert case.message_id == copies[chosen]
    assert len(product.sides(case)) == 3
    assert len(product.sink.letters) == 1


def test_too_large_mail_renumbered_before_it_was_fetched(product: Product) -> None:
    """Asked for, but its UID is gone with the old UIDVALIDITY: its new row can be fetched, and is the request."""
    product.put(LARGE)
    product.run_once()
    mailroom = product.app.mailroom()
    mailroom.retry_quarantined(mailroom.quarantined()[0].id)
    product.mailbox().close()
    product.dovecot.reset_uidvalidity(product.users["infogov"])
    product.run_once()
    for message in mailroom.quarantined():
        mailroom.retry_quarantined(message.id)
    product.run_once()
    assert [case.requester_email for case in product.cases()] == ["large@example.org"]
    assert mailroom.quarantined() == []
    assert len(product.sink.letters) == 1
