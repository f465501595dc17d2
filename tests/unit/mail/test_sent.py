"""A copy in the sent folder counts as a letter of ours by every sign together, and by none alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.domain.reference import make
from pipeline.mail.sent import our_letter

FROM = "foi@council.example"
REFERENCE = make("FOI", "12345678")
HEAD = (
    f"From: Council Team <{FROM}>\r\nTo: Jane@example.org\r\nSubject: {REFERENCE}: we have received your request\r\n"
    f"Date: Fri, 02 Jan 2026 10:00:00 +0000\r\nMessage-ID: <{'0a' * 16}@council.example>\r\n"
    "In-Reply-To: <asked@mail.example.org>\r\nAuto-Submitted: auto-replied\r\n\r\n"
)


def test_our_acknowledgement_is_known() -> None:
    """Its reference, whom it went to, which mail it answers, and when."""
    letter = our_letter(HEAD.encode(), from_address=FROM, prefixes=("FOI", "EIR"))
    assert letter is not None
    assert (letter.reference, letter.to, letter.answers) == (REFERENCE, "jane@example.org", "<asked@mail.example.org>")
    assert (letter.automatic, letter.sent_at) == (True, datetime(2026, 1, 2, 10, tzinfo=UTC))


def test_a_long_subject_is_decoded() -> None:
    """A letter whose subject had to be encoded is ours all the same; without the mark it is no acknowledgement."""
    head = HEAD.replace(f"{REFERENCE}: we", f"=?utf-8?q?{REFERENCE}=3A?= caf=?utf-8?q?=C3=A9?= we")
    head = head.replace("Auto-Submitted: auto-replied\r\n", "")
    letter = our_letter(head.encode(), from_address=FROM, prefixes=("FOI",))
    assert letter is not None
    assert not letter.automatic


@pytest.mark.parametrize(
    ("ours", "other"),
    [
        ("0a" * 16, "AM0PR04MB1234"),
        ("@council.example>", "@elsewhere.example>"),
        (f"<{FROM}>", "<officer@council.example>"),
        ("To: Jane@example.org", "To: Jane@example.org, al@example.org"),
        (f"Subject: {REFERENCE}", f"Subject: RE: {REFERENCE}"),
        (REFERENCE, "FOI123456780"),
        (REFERENCE, make("ABC", "12345678")),
        ("Fri, 02 Jan 2026 10:00:00 +0000", "some day"),
        ("Auto-Submitted", f"Message-ID: <{'0b' * 16}@council.example>\r\nAuto-Submitted"),
        ("Auto-Submitted", f"From: {FROM}\r\nAuto-Submitted"),
    ],
)
def test_one_sign_that_is_wrong_is_enough(ours: str, other: str) -> None:
    """A letter written by hand in the same mailbox, another program's, or one with a header twice gives no reference."""
    assert ours in HEAD
    assert our_letter(HEAD.replace(ours, other, 1).encode(), from_address=FROM, prefixes=("FOI",)) is None


def test_no_bytes_break_it() -> None:
    """Whatever lies in the folder is passed over."""
    for head in (b"", b"\xff\xfe\r\n\r\n", b"Subject:\r\n\r\n", b"From: =?x?q?=?=\r\nMessage-ID: <\r\n"):
        assert our_letter(head, from_address=FROM, prefixes=("FOI",)) is None
