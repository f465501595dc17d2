"""The bytes that go out: what hostile texts and addresses make of them, judged by what a receiver would parse."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.errors import IntegrityError, UsageError
from pipeline.letters import composing
from pipeline.letters.composing import Attachment, OutgoingMail, compose, content_digest, header_text, recipients_digest
from pipeline.letters.plain import clean_text

MAIL = OutgoingMail(
    message_id="<0123456789abcdef@example.gov.uk>",
    date=datetime(2024, 5, 2, 9, 30, tzinfo=timezone(timedelta(hours=1))),
    from_address="infogov@example.gov.uk",
    from_name="Information Governance Team",
    to="robin@example.org",
    subject="FOI246813579: we have received your request",
    text="Dear Sir/Madam\n\nThank you.\n",
)
AUTOMATIC = replace(
    MAIL,
    automatic=True,
    reply_to="infogov@example.gov.uk",
    in_reply_to="<theirs@example.org>",
    references=("<first@example.org>", "<theirs@example.org>"),
)
PLAIN_HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
]
ENCODED_NEWLINE = "=?utf-8?q?=0ABcc:_evil=40attacker.example=0A=0AClick?="
TWICE_ENCODED = "=?utf-8?b?" + base64.b64encode(ENCODED_NEWLINE.encode()).decode() + "?="
HOSTILE = [
    ENCODED_NEWLINE,
    TWICE_ENCODED,
    "=\x00?utf-8?q?=0ABcc:_evil=40attacker.example?=",
    "=\u202e?utf-8?q?=0ABcc:_evil=40attacker.example?=",
    "x\r\nBcc: evil@attacker.example",
    "x\nBcc: evil@attacker.example\n\nbody",
    "x\rBcc: evil@attacker.example",
    "x\u2028Bcc: evil@attacker.example\u2029\x85\x0b\x0c\x1c",
    "x\x00y\x1b[2J\x7f\x9b",
    "é" * 500,
    "a" * 5000,
    "\ud800\udfff",
    '"evil@attacker.example," <evil@attacker.example>',
]


def fields(raw: bytes) -> list[tuple[str, str]]:
    """The header fields as the oldest and plainest parser sees them."""
    return [(name, str(value)) for name, value in message_from_bytes(raw).items()]


def decoded(value: str) -> str:
    """Decode encoded words as a mail reader does."""
    return str(make_header(decode_header(value)))


def text_of(raw: bytes) -> str:
    """The text as it arrives, with plain line ends."""
    message = message_from_bytes(raw)
    part = message.get_payload(0) if message.is_multipart() else message
    payload = part.get_payload(decode=True)  # type: ignore[union-attr]  # compat32 gives a Message here
    assert isinstance(payload, bytes)
    return payload.decode("utf-8").replace("\r\n", "\n")


def assert_sound(raw: bytes) -> None:
    """What must hold of every mail that leaves."""
    assert raw.isascii()
    assert b"\0" not in raw
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    head = raw.split(b"\r\n\r\n", 1)[0]
    assert head.lower().count(b"\r\nto: ") == 1
    assert getaddresses([dict(fields(raw))["To"]]) == [("", "robin@example.org")]


def test_a_letter_has_these_headers_and_no_others() -> None:
    """A response is an ordinary mail: nothing marks it as automatic."""
    raw = compose(MAIL)
    assert raw == (
        b"From: Information Governance Team <infogov@example.gov.uk>\r\n"
        b"To: robin@example.org\r\n"
        b"Subject: FOI246813579: we have received your request\r\n"
        b"Date: Thu, 02 May 2024 08:30:00 +0000\r\n"
        b"Message-ID: <0123456789abcdef@example.gov.uk>\r\n"
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"\r\n"
        b"Dear Sir/Madam\r\n\r\nThank you.\r\n"
    )
    assert parsedate_to_datetime(dict(fields(raw))["Date"]) == MAIL.date


def test_an_acknowledgement_says_that_it_is_automatic_and_what_it_answers() -> None:
    """RFC 3834 headers, the thread, and the monitored address to reply to."""
    found = fields(compose(AUTOMATIC))
    assert [name for name, _ in found] == [
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ]
    values = dict(found)
    assert values["Auto-Submitted"] == "auto-replied"
    assert values["X-Auto-Response-Suppress"] == "All"
    assert values["In-Reply-To"] == "<theirs@example.org>"
    assert values["References"].split() == ["<first@example.org>", "<theirs@example.org>"]


def test_the_same_mail_gives_the_same_bytes() -> None:
    """Nothing in a mail is left to chance, the boundary included."""
    mail = replace(MAIL, text="é\n", attachments=(Attachment(name="a.csv", data=b"1,2"),))
    assert compose(mail) == compose(replace(mail))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_subject_stays_one_subject(hostile: str) -> None:
    """No subject adds a header, a recipient or a body, decoded once or twice."""
    raw = compose(replace(MAIL, subject=f"FOI1: {hostile}"))
    assert_sound(raw)
    assert [name for name, _ in fields(raw)] == PLAIN_HEADERS
    subject = decoded(dict(fields(raw))["Subject"].replace("\r\n", ""))
    assert subject == header_text(f"FOI1: {hostile}")
    assert decoded(subject) == subject
    assert text_of(raw) == MAIL.text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_sender_name_stays_a_name(hostile: str) -> None:
    """Even the configured name cannot add an address."""
    raw = compose(replace(MAIL, from_name=hostile))
    assert_sound(raw)
    assert [name for name, _ in fields(raw)] == PLAIN_HEADERS
    assert [address for _, address in getaddresses([dict(fields(raw))["From"]])] == ["infogov@example.gov.uk"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_thread_is_left_out(hostile: str) -> None:
    """Only sound message-ids are repeated."""
    references = (
        hostile,
        f"<{hostile}@x>",
        "<ok@x>",
        "<=?utf-8?q?=0ABcc:x?=@x>",
        "<a@b>\r\nBcc: evil@attacker.example",
    )
    raw = compose(replace(MAIL, in_reply_to=hostile, references=references))
    assert_sound(raw)
    assert b"attacker" not in raw
    assert [name for name, _ in fields(raw)] == [*PLAIN_HEADERS[:5], "References", *PLAIN_HEADERS[5:]]
    sound = [one for one in references if one == "<ok@x>"]
    assert dict(fields(raw))["References"].split() == sound


def test_a_long_thread_keeps_its_last_twenty() -> None:
    """References stay folded, short and recent; an endless id is left out."""
    ids = tuple(f"<{number}{'x' * 200}@example.org>" for number in range(50))
    raw = compose(replace(MAIL, references=(*ids, "<" + "y" * 250 + "@x>")))
    assert_sound(raw)
    assert tuple(dict(fields(raw))["References"].split()) == ids[-20:]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "robin",
        "@example.org",
        "robin@",
        "robin@example.org\r\nBcc: evil@attacker.example",
        "robin@example.org\n",
        "robin@example.org, evil@attacker.example",
        "robin@example.org evil@attacker.example",
        "Robin <robin@example.org>",
        "<robin@example.org>",
        "evil@attacker.example@example.org",
        '"a b"@example.org',
        "robin@[127.0.0.1]",
        "röbin@example.org",
        "robin@exämple.org",
        "a..b@example.org",
        ".a@example.org",
        "robin@-example.org",
        "robin@example..org",
        "=?utf-8?q?evil=40attacker=2Eexample=2C?=@example.org",
        "robin@example.org\x00",
        "robin\u2028@example.org",
        "a" * 65 + "@example.org",
        "a@" + "b" * 64 + ".org",
        "a@" + "b." * 150 + "org",
    ],
)
def test_what_is_not_one_bare_address_is_refused(address: str) -> None:
    """Controls, spaces, commas, brackets and display names are not addresses, in any of the three places."""
    for key in ("to", "from_address", "reply_to"):
        if key == "reply_to" and not address:
            continue
        with pytest.raises(UsageError, match=f"^{key}: "):
            compose(replace(MAIL, **{key: address}))  # type: ignore[arg-type]  # each of the three keys takes a text


@pytest.mark.parametrize(
    "address", ["request-123-0a1b2c3d@whatdotheyknow.com", "o'brien+foi@a-b.example", "x@localhost"]
)
def test_real_addresses_are_taken_as_they_are(address: str) -> None:
    """An address is repeated exactly, never respelt."""
    assert dict(fields(compose(replace(MAIL, to=address))))["To"] == address


@pytest.mark.parametrize(
    "text",
    [
        "From here\n.\n..two\n.",
        "trailing \nand tab\t\n",
        "x" * 5000,
        "=3D =\n=",
        "é" * 400 + "\nFrom " + "é" * 60,
        "word From " * 60,
        " " * 400,
        "." * 400,
        "",
        "\n\n\n",
        "{{ 7*7 }}",
        "a" * 75 + "é" + "a" * 75,
    ],
)
def test_texts_arrive_as_they_were_written(text: str) -> None:
    """Dots, long lines, white space at line ends and lines that begin with From survive any relay."""
    raw = compose(replace(MAIL, text=text))
    assert_sound(raw)
    assert text_of(raw) == text.removesuffix("\n") + "\n"
    lines = raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n")
    assert not any(line.startswith((b"From ", b".")) or line.endswith((b" ", b"\t")) for line in lines)
    assert max(map(len, lines)) <= 78


@given(st.text(), st.text(), st.text(), st.booleans())
def test_any_texts_make_a_mail_that_reads_back(subject: str, text: str, name: str, automatic: bool) -> None:  # noqa: FBT001 - hypothesis draws it
    """Whatever the words are: the listed headers, one recipient, the same text."""
    raw = compose(replace(MAIL, subject=subject, text=text, from_name=name, automatic=automatic))
    assert_sound(raw)
    extra = ["Auto-Submitted", "X-Auto-Response-Suppress"] if automatic else []
    assert [key for key, _ in fields(raw)] == [*PLAIN_HEADERS[:5], *extra, *PLAIN_HEADERS[5:]]
    assert text_of(raw) == clean_text(text).removesuffix("\n") + "\n"
    assert decoded(dict(fields(raw))["Subject"].replace("\r\n", "")) == header_text(subject)


@given(st.text(min_size=1), st.binary(max_size=300))
def test_any_attachment_arrives(name: str, data: bytes) -> None:
    """Bytes are kept, and a file's name has no path and no controls."""
    try:
        raw = compose(replace(MAIL, attachments=(Attachment(name=name, data=data, content_type="text/csv"),)))
    except UsageError:
        assert not header_text(name).strip('. /\\:*?"<>|')
        return
    assert_sound(raw)
    message = message_from_bytes(raw)
    assert not message.defects
    _, body, attached = message.walk()
    assert text_of(raw) == MAIL.text
    assert body.get_content_type() == "text/plain"
    assert attached.get_payload(decode=True) == data
    shown = attached.get_filename()
    assert shown
    assert not set(shown) & set('\r\n\0/\\"')


@pytest.mark.parametrize(
    ("name", "arrives"),
    [
        ("answer.pdf", "answer.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\TEMP\\x.csv", "C__TEMP_x.csv"),
        ("réponse 1.pdf", "réponse 1.pdf"),
        ("é" * 100 + ".pdf", "é" * 100 + ".pdf"),
        ('a"\r\nBcc: evil@attacker.example\r\n.pdf', "a_ Bcc_ evil@attacker.example .pdf"),
        (ENCODED_NEWLINE, "=_utf-8_q_=0ABcc__evil=40attacker.example=0A=0AClick_="),
    ],
)
def test_attachment_names_are_made_harmless(name: str, arrives: str) -> None:
    """What a receiver sees is a file name and nothing else."""
    raw = compose(replace(MAIL, attachments=(Attachment(name=name, data=b"x"),)))
    assert_sound(raw)
    assert [part.get_filename() for part in message_from_bytes(raw).walk()][2:] == [arrives]


def test_a_text_that_guesses_the_boundary_does_not_meet_it() -> None:
    """The boundary stands nowhere in the text, even when the text holds the first choice."""
    attachment = Attachment(name="a.csv", data=b"1")
    first = message_from_bytes(compose(replace(MAIL, attachments=(attachment,)))).get_boundary()
    raw = compose(replace(MAIL, text=f"--{first}\nBcc: x\n", attachments=(attachment,)))
    assert message_from_bytes(raw).get_boundary() != first
    assert text_of(raw) == f"--{first}\nBcc: x\n"
    assert len(message_from_bytes(raw).get_payload()) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "no brackets@x"},
        {"message_id": "<a@b>\r\nBcc: evil@attacker.example"},
        {"date": datetime(2024, 5, 2)},  # noqa: DTZ001 - a time without a zone is the mistake
        {"attachments": (Attachment(name="a", data=b"", content_type="text/plain\r\nBcc: x"),)},
        {"attachments": (Attachment(name="..", data=b""),)},
    ],
)
def test_what_our_own_side_got_wrong_is_refused(changes: dict[str, object]) -> None:
    """A broken id, time, type or name stops the mail before it is queued."""
    with pytest.raises(UsageError):
        compose(replace(MAIL, **changes))  # type: ignore[arg-type]  # the table names fields that exist


@pytest.mark.parametrize(
    ("writer", "written"),
    [
        ("_unstructured", "x\r\nBcc: evil@attacker.example"),
        ("_unstructured", "x\r\n\r\nbody"),
        ("_unstructured", "x\nBcc: evil@attacker.example"),
        ("_unstructured", "x" * 1000),
        ("_unstructured", "x\0"),
        ("_phrase", "x\r\nTo: evil@attacker.example\r\nX:"),
    ],
)
def test_a_writer_that_went_wrong_is_caught(monkeypatch: pytest.MonkeyPatch, writer: str, written: str) -> None:
    """The finished bytes are judged, not the good intentions before them."""
    monkeypatch.setattr(composing, writer, lambda *_: written)
    with pytest.raises(IntegrityError, match="cannot be sent"):
        compose(MAIL)


def test_a_text_that_would_arrive_changed_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """An encoder that loses something stops the letter."""
    monkeypatch.setattr(composing, "_quoted_line", lambda _: iter([b"lost"]))
    with pytest.raises(IntegrityError, match="would not arrive"):
        compose(replace(MAIL, text="é"))


def test_digests_bind_recipients_and_bytes() -> None:
    """Order and case of addresses do not matter, anything else does."""
    expected = sha256(b"a@example.org\nb@example.org").hexdigest()
    assert recipients_digest(["B@example.org", "a@EXAMPLE.org"]) == expected
    assert recipients_digest(["a@example.org"]) != expected
    assert content_digest(b"x") == sha256(b"x").hexdigest()
    assert compose(replace(MAIL, date=MAIL.date.astimezone(UTC))) == compose(MAIL)
