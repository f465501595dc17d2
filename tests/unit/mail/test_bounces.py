"""Delivery reports in the shapes that real mail systems give them, and bytes that are no report at all."""

from __future__ import annotations

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.mail.bounces import Action, returned

OURS = "<0123456789abcdef0123456789abcdef@exampleshire.gov.uk>"
LETTER = f"""\
Received: from mail.exampleshire.gov.uk by mx.example.org; Mon, 6 Jan 2025 10:00:00 +0000
From: Information Governance <infogov@exampleshire.gov.uk>
To: alex@example.org
Subject: Your request
Message-ID: {OURS}
References: <theirs@example.org>

Dear Alex,
"""


def report(status: str, letter: str = LETTER, *, headers: str = "", kind: str = "message/rfc822") -> bytes:
    """A bounce as RFC 3464 has it: words, a delivery-status part, the letter."""
    text = f"""\
From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: infogov@exampleshire.gov.uk
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-1@mx.example.org>
{headers}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="sep"

--sep
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org.

--sep
Content-Type: message/delivery-status

{status}
--sep
Content-Type: {kind}

{letter}
--sep--
"""
    return text.replace("\n", "\r\n").encode()


def plain(text: str, *, headers: str = "") -> bytes:
    """A bounce of no standard form."""
    head = f"From: MAILER-DAEMON@mx.example.org\nTo: infogov@exampleshire.gov.uk\nSubject: failure notice\n{headers}\n"
    return (head + text).encode()


POSTFIX = """\
Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 4F2A1
X-Postfix-Sender: rfc822; infogov@exampleshire.gov.uk
Arrival-Date: Mon,  6 Jan 2025 10:00:00 +0000 (GMT)

Final-Recipient: rfc822; alex@example.org
Original-Recipient: rfc822;alex@example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 5.1.1 <alex@example.org>: Recipient address
    rejected: User unknown in virtual mailbox table
"""


def test_postfix() -> None:
    """A Postfix report names the letter, the recipient, and a permanent failure in the server's own words."""
    found = returned(report(POSTFIX))
    assert found.message_ids == (OURS,)
    [recipient] = found.recipients
    assert (recipient.address, recipient.action, recipient.status) == ("alex@example.org", Action.FAILED, "5.1.1")
    assert recipient.diagnostic.endswith("rejected: User unknown in virtual mailbox table")
    assert found.permanent is True
    assert not found.delivered
    assert found.words.startswith("Not delivered to alex@example.org, and no later try will help (550 5.1.1")


def test_exchange() -> None:
    """Exchange sends headers only, folds the Message-ID, and writes field names in its own way; the report is read all the same."""
    status = """\
Reporting-MTA: dns;LO0P123MB0001.GBRP123.PROD.OUTLOOK.COM
Received-From-MTA: dns;mail.exampleshire.gov.uk

Final-recipient: RFC822;Alex@example.org
Action: failed
Status: 5.1.10
Diagnostic-code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient Alex@example.org not found by SMTP address lookup
"""
    letter = LETTER.replace("Message-ID: ", "Message-ID:\n ")
    found = returned(
        report(status, letter, kind="text/rfc822-headers", headers=f"In-Reply-To: {OURS}\nReferences: {OURS}\n")
    )
    assert found.message_ids == (OURS,)
    assert found.recipients[0].address == "Alex@example.org"
    assert found.recipients[0].status == "5.1.10"
    assert found.permanent is True


def test_exim_generic_status() -> None:
    """Exim's Status 5.0.0 says less than the words of the server it quotes; a full mailbox is told from a missing one."""
    status = """\
Reporting-MTA: dns; mx.example.org

Action: failed
Final-Recipient: rfc822;alex@example.org
Status: 5.0.0
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 552 5.2.2 The email account that you tried to reach is over quota
"""
    found = returned(report(status))
    assert found.recipients[0].status == "5.2.2"
    assert found.permanent is False
    assert "the mailbox is full" in found.words


def test_exim_plain() -> None:
    """Exim's older form has no report part: the recipient and code stand in the text, the letter below it."""
    text = f"""\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  alex@example.org
    host mail.example.org [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<alex@example.org>:
    550-5.1.1 The email account that you tried to reach does not exist.

------ This is a copy of the message, including all the headers. ------

Return-path: <infogov@exampleshire.gov.uk>
Message-ID: {OURS}
Subject: 551 5.4.4 ways for other@example.org

"""
    found = returned(plain(text, headers="X-Failed-Recipients: alex@example.org\nAuto-Submitted: auto-replied\n"))
    assert found.message_ids == (OURS,)
    assert [(r.address, r.status) for r in found.recipients] == [("alex@example.org", "5.1.1")]
    assert found.permanent is True


def test_gmail() -> None:
    """Gmail gives the original's id in a field of its own and in the threading headers."""
    status = f"""\
Reporting-MTA: dns; googlemail.com
Arrival-Date: Mon, 06 Jan 2025 02:00:00 -0800 (PST)
X-Original-Message-ID: {OURS}

Final-Recipient: rfc822; alex@example.org
Action: delayed
Status: 4.4.1
Diagnostic-Code: smtp; The recipient server did not accept our requests to connect.
Last-Attempt-Date: Mon, 06 Jan 2025 02:00:00 -0800 (PST)
Will-Retry-Until: Wed, 08 Jan 2025 02:00:00 -0800 (PST)
"""
    letter = "From: infogov@exampleshire.gov.uk\nSubject: without an id\n"
    found = returned(report(status, letter, headers="References: <older@example.org>\n"))
    assert found.message_ids == (OURS, "<older@example.org>")
    assert found.permanent is False
    assert found.recipients[0].action is Action.DELAYED
    assert "goes on trying" in found.words


def test_qmail() -> None:
    """A qmail bounce is a letter of its own making, with the code in a sentence and the letter's whole source below it."""
    text = f"""\
Hi. This is the qmail-send program at example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<alex@example.org>:
192.0.2.9 does not like recipient.
Remote host said: 550 User unknown
Giving up on 192.0.2.9.

--- Below this line is a copy of the message.

Return-Path: <infogov@exampleshire.gov.uk>
Message-ID: {OURS}
"""
    found = returned(plain(text))
    assert found.message_ids == (OURS,)
    [recipient] = found.recipients
    assert (recipient.address, recipient.status, recipient.permanent) == ("alex@example.org", "5.0.0", True)
    assert found.permanent is True


def test_html_only() -> None:
    """A bounce that is nothing but HTML is read through its markup."""
    text = (
        "<html><body><p>Your message to <b>alex@example.org</b> couldn't be delivered.</p>"
        "<p>Remote server returned '550 5.7.1 blocked'</p>"
        f"<p>Message-ID: {OURS.replace('<', '&lt;').replace('>', '&gt;')}</p></body></html>"
    )
    found = returned(plain(text, headers="MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n"))
    assert found.message_ids == (OURS,)
    assert found.recipients[0].status == "5.7.1"


@pytest.mark.parametrize(
    ("action", "status", "permanent", "delivered"),
    [
        ("failed", "5.1.1", True, False),
        ("failed (bad mailbox)", "5.7.1 (refused)", True, False),
        ("failed", "5.2.2", False, False),
        ("failed", "4.4.7", False, False),
        ("delayed", "5.0.0", False, False),
        ("delayed", "", False, False),
        ("delivered", "2.0.0", None, True),
        ("relayed", "2.1.5", None, True),
        ("expanded", "2.0.0", None, True),
        ("failed", "", None, False),
        ("teleported", "", None, False),
        ("", "5.1.1", True, False),
    ],
)
def test_outcomes(action: str, status: str, permanent: bool | None, delivered: bool) -> None:  # noqa: FBT001 - a table of outcomes
    """Action and status together say whether the letter is lost, late or there (mail.md section 5, rows 21 to 23)."""
    fields = (
        f"Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; alex@example.org\nAction: {action}\nStatus: {status}\n"
    )
    found = returned(report(fields))
    assert (found.permanent, found.delivered) == (permanent, delivered)


def test_given_up_after_passing_fault() -> None:
    """A mail system that gave up after days of a passing fault is told apart from one that goes on trying."""
    fields = "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; alex@example.org\nAction: failed\nStatus: 4.4.7\n"
    found = returned(report(fields))
    assert found.recipients[0].action is Action.FAILED
    assert "gave up" in found.words


def test_several_recipients() -> None:
    """One lost recipient makes the report permanent, whatever became of the others, also without blank lines between them."""
    fields = """\
Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; first@example.org
Action: delivered
Status: 2.0.0
Final-Recipient: rfc822; second@example.org
Action: failed
Status: 5.1.1
"""
    found = returned(report(fields))
    assert [r.address for r in found.recipients] == ["first@example.org", "second@example.org"]
    assert found.permanent is True
    assert not found.delivered
    assert "second@example.org and 1 more" in found.words


def test_encoded_status() -> None:
    """A delivery-status part in base64 is decoded first."""
    encoded = base64.encodebytes(POSTFIX.encode()).decode()
    raw = report("").replace(
        b"Content-Type: message/delivery-status\r\n\r\n",
        b"Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded.encode(),
    )
    assert returned(raw).recipients[0].status == "5.1.1"


def test_read_receipt() -> None:
    """A read receipt is recognised as one and is neither a loss nor a proof of delivery to everybody."""
    raw = report(
        f"Reporting-UA: mail.example.org; Mail\nFinal-Recipient: rfc822;alex@example.org\nOriginal-Message-ID: {OURS}\n"
        "Disposition: manual-action/MDN-sent-manually; displayed/error\n"
    ).replace(b"message/delivery-status", b"message/disposition-notification")
    found = returned(raw)
    assert OURS in found.message_ids
    assert (found.permanent, found.delivered, found.recipients) == (None, False, ())
    assert "displayed" in found.words


def test_failed_recipients_header_alone() -> None:
    """A recipient that only X-Failed-Recipients names is kept, with nothing certain said of it."""
    found = returned(plain("Sorry.\n", headers="X-Failed-Recipients: alex@example.org, kim@example.org\n"))
    assert [r.address for r in found.recipients] == ["alex@example.org", "kim@example.org"]
    assert found.permanent is None


def test_our_own_address_is_no_failed_recipient() -> None:
    """Codes beside our own address, numbers in prose and IP addresses are not taken for a failure."""
    found = returned(
        plain(
            "Your mail from infogov@exampleshire.gov.uk: 550 5.1.1 was seen.\n\n\n\n\n\n\n"
            "alex@example.org was tried for 450 hours from 192.5.1.1 and 5.1.1.7\n"
        )
    )
    assert found.recipients == ()
    assert found.permanent is None


def test_words_are_fit_to_show() -> None:
    """Whatever a server writes, the sentence has at most 200 characters and no control or direction mark."""
    fields = f"""\
Reporting-MTA: dns; mx

Final-Recipient: rfc822; {"a" * 300}@example.org\u00a0
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 \x07\x1b[31m\u202egnp.exe {"x" * 5000}
"""
    words = returned(report(fields)).words
    assert len(words) <= 200
    assert words.isprintable()


def test_no_report() -> None:
    """An ordinary mail yields its threading ids and no verdict."""
    found = returned(b"From: a@example.org\r\nIn-Reply-To: <x@y.example>\r\n\r\nHello\r\n")
    assert found.message_ids == ("<x@y.example>",)
    assert (found.permanent, found.delivered, found.recipients) == (None, False, ())


def test_bounded() -> None:
    """Thousands of parts, recipients and ids give a bounded answer."""
    parts = "".join(f"--sep\nContent-Type: message/rfc822\n\nMessage-ID: <{n}@example.org>\n\nx\n" for n in range(3000))
    status = "".join(f"Final-Recipient: rfc822; r{n}@example.org\nAction: failed\n\n" for n in range(5000))
    found = returned(report(status + "\n" + parts))
    assert len(found.message_ids) == 32
    assert len(found.recipients) == 100


FRAGMENTS = [
    b"Content-Type: multipart/report; boundary=sep\r\n",
    b"Content-Type: message/delivery-status\r\n",
    b"Content-Type: message/rfc822\r\n",
    b'Content-Type: text/rfc822-headers; charset="x"\r\n',
    b"Content-Type: text/html\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"X-Failed-Recipients: ,<a@b.example>\xff\r\n",
    b"Final-Recipient: rfc822; a@b.example\r\n",
    b"Final-Recipient\r\n",
    b"Action: failed\r\n",
    b"Status: 5.1.1\r\n",
    b"Diagnostic-Code: smtp; 550\r\n",
    b"Disposition: ;\r\n",
    b"Message-ID: <a@b>\r\n",
    b"a@b.example said: 550 x\r\n",
    b"--sep\r\n",
    b"--sep--\r\n",
    b"\r\n",
    b"\n \n",
    b"=?utf-8?q?=00?=",
    b"\x00\xff\xed\xa0\x80",
]


@given(st.one_of(st.binary(max_size=2000), st.lists(st.sampled_from(FRAGMENTS), max_size=40).map(b"".join)))
@example(b"")
@example(b"\r\n")
@example(b"Content-Type: message/delivery-status\r\n\r\nAction\r\n")
def test_any_bytes(raw: bytes) -> None:
    """Any bytes at all give an answer that can be stored and shown."""
    found = returned(raw)
    assert found.words.isprintable()
    assert 0 < len(found.words) <= 200
    assert all(one.startswith("<") and one.endswith(">") for one in found.message_ids)
    for recipient in found.recipients:
        for text in (recipient.address, recipient.status, recipient.diagnostic):
            assert text.isprintable()
            text.encode()
