"""A frozen mail to another address, and mails with a page beside their text or marked as our own notices."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest

from pipeline.domain.errors import IntegrityError, UsageError
from pipeline.letters.composing import Attachment, OutgoingMail, compose, readdress

if TYPE_CHECKING:
    from email.message import Message

MAIL = OutgoingMail(
    message_id="<1@council.example>",
    date=datetime(2026, 3, 2, 10, 0, tzinfo=UTC),
    from_address="foi@council.example",
    from_name="Café Council, Information",
    to="alex@example.org",
    subject="FOI598335296: your request “clinics”, the answer, which is longer than any line that may stand in a header unfolded",
    text="To: nobody\r\nMessage-ID: <2@x>\r\n\r\nForty, at £1 each.",
    in_reply_to="<0@mail.example.org>",
    references=("<0@mail.example.org>",),
)
LATER = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
FILE = Attachment(name="clinics.csv", data=b"a,b\r\n1,2\r\n", content_type="text/csv")


def parts(raw: bytes) -> list[Message]:
    """Every part of a mail, the whole first."""
    return list(message_from_bytes(raw).walk())


@pytest.mark.parametrize(
    "mail", [MAIL, replace(MAIL, attachments=(FILE,), html="<p>Forty</p>")], ids=["plain", "parts"]
)
def test_only_three_headers_differ(mail: OutgoingMail) -> None:
    """To, Message-ID and Date; the body, and every other header with its folding, is the same to the byte."""
    before = compose(mail)
    after = readdress(before, to="alex@right.example.org", message_id="<9@council.example>", date=LATER)
    head, _, body = before.partition(b"\r\n\r\n")
    new_head, _, new_body = after.partition(b"\r\n\r\n")
    assert body == new_body
    lines = [(a, b) for a, b in zip(head.split(b"\r\n"), new_head.split(b"\r\n"), strict=True) if a != b]
    assert [b for _, b in lines] == [
        b"To: alex@right.example.org",
        b"Date: Mon, 09 Mar 2026 10:00:00 +0000",
        b"Message-ID: <9@council.example>",
    ]


@pytest.mark.parametrize(
    ("to", "message_id", "date"),
    [
        ("alex", "<9@council.example>", LATER),
        ("a@b.example\r\nBcc: c@d.example", "<9@council.example>", LATER),
        ("a@b.example", "9", LATER),
        ("a@b.example", "<9@council.example>", LATER.replace(tzinfo=None)),
    ],
)
def test_what_cannot_be_sent_is_refused(to: str, message_id: str, date: datetime) -> None:
    """Addresses, Message-IDs and times are held to what ``compose`` asks of them."""
    with pytest.raises(UsageError):
        readdress(compose(MAIL), to=to, message_id=message_id, date=date)


@pytest.mark.parametrize(
    "raw",
    [
        b"no mail at all",
        compose(MAIL).replace(b"To: ", b"To: x@example.org\r\nTo: ", 1),
        compose(MAIL).replace(b"Date: ", b"X-Date: ", 1),
    ],
    ids=["no head", "two recipients", "no date"],
)
def test_what_is_none_of_ours_is_refused(raw: bytes) -> None:
    """A mail that ``compose`` can't have written is not touched."""
    with pytest.raises(IntegrityError):
        readdress(raw, to="a@b.example", message_id="<9@council.example>", date=LATER)


def test_a_page_stands_beside_the_text() -> None:
    """First the text, which is the answer; then the page; files after both."""
    page = "<!doctype html><p>" + "é" * 3000 + "</p>\n"
    raw = compose(replace(MAIL, html=page))
    assert [part.get_content_type() for part in parts(raw)] == ["multipart/alternative", "text/plain", "text/html"]
    shown = parts(raw)[2].get_payload(decode=True)
    assert isinstance(shown, bytes)
    assert shown.decode() == page
    with_file = parts(compose(replace(MAIL, html=page, attachments=(FILE,))))
    assert [part.get_content_type() for part in with_file] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/csv",
    ]
    assert compose(replace(MAIL, html=page)) == raw


def test_a_notice_says_that_it_is_generated() -> None:
    """No out-of-office answers it (RFC 3834); a letter of an officer's has no such mark."""
    notice = message_from_bytes(compose(replace(MAIL, generated=True)))
    assert (notice["Auto-Submitted"], notice["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert message_from_bytes(compose(MAIL))["Auto-Submitted"] is None
