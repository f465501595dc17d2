"""Raw mail becomes a Message that says what the sender wrote, and nothing that they did not."""

from __future__ import annotations

import base64
import hashlib
import os
from email.message import EmailMessage
from unittest import mock

import pytest
from hostile import HOSTILE, HostileMail, mail
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.domain.errors import NotFoundError, UnreadableError
from pipeline.domain.message import Address, Message
from pipeline.mail.parsing import attachment_bytes, headers_only, parse


def whole(*parts: str, kind: str = "multipart/mixed", extra: str = "") -> bytes:
    """A mail of *parts*, each with its own headers."""
    body = "".join(f"--edge\r\n{part}\r\n" for part in parts) + "--edge--\r\n"
    return mail("whole", extra=f"MIME-Version: 1.0\r\nContent-Type: {kind}; boundary=edge{extra}\r\n", body=body)


def texts(message: Message) -> list[str]:
    """Every text in *message*, wherever it stands."""
    people = (*message.from_, *message.sender, *message.reply_to, *message.to, *message.cc)
    return [
        message.message_id or "",
        message.subject,
        message.text,
        message.new_text,
        message.content_type,
        *message.in_reply_to,
        *message.references,
        *message.received,
        *message.part_types,
        *message.defects,
        *(text for person in people for text in (person.name, person.email)),
        *(text for pair in (*message.headers, *message.content_params) for text in pair),
        *(text for attached in message.attachments for text in (attached.name, attached.content_type)),
    ]


def test_an_ordinary_mail_is_read_whole() -> None:
    """Names, subject, text, attachment and date of a mail as programs write them."""
    made = EmailMessage()
    made["From"] = "Renée Smith <renee@example.org>"
    made["To"] = "foi@council.example"
    made["Cc"] = "Sam <sam@example.org>"
    made["Subject"] = "Façade application of tŷ newydd"
    made["Date"] = "Tue, 03 Mar 2026 10:00:00 +0100"
    made["Message-ID"] = "<1@example.org>"
    made["In-Reply-To"] = "<0@council.example>"
    made.set_content("Please send the £ figures.\n")
    made.add_alternative("<p>Please send the £ figures.</p>", subtype="html")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    message = parse(made.as_bytes())
    assert message.parser == "mail-parser"
    assert message.from_ == (Address("Renée Smith", "renee@example.org"),)
    assert message.cc == (Address("Sam", "sam@example.org"),)
    assert message.subject == "Façade application of tŷ newydd"
    assert message.date is not None
    assert message.date.isoformat() == "2026-03-03T09:00:00+00:00"
    assert message.message_id == "<1@example.org>"
    assert message.in_reply_to == ("<0@council.example>",)
    assert message.text == "Please send the £ figures."
    assert message.header("SUBJECT") == ("Façade application of tŷ newydd",)
    assert message.part_types == (
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    )
    assert message.content_type == "multipart/mixed"
    (attached,) = message.attachments
    assert (attached.name, attached.content_type, attached.size) == ("plan.pdf", "application/pdf", 4)
    assert attached.sha256 == hashlib.sha256(b"%PDF").hexdigest()
    assert message.defects == ()


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_hostile_mail_is_read_safely(case: HostileMail) -> None:
    """Every hostile mail gives a Message, the same each time, whose texts can be stored and whose names stand on one line."""
    message = parse(case.raw)
    assert message == parse(case.raw)
    for text in texts(message):
        assert "\x00" not in text
        text.encode("utf-8")
    lines = (message.subject, *(value for _name, value in message.headers), *(person.name for person in message.from_))
    assert not any(set(line) & set("\r\n\x0b\x0c\x85\u2028\u2029") for line in lines)
    for person in (*message.from_, *message.to, *message.cc):
        assert person.email.count("@") == 1
        assert "attacker" not in person.email or b"<eve@" in case.raw or b"eve@" in case.raw


@pytest.mark.parametrize("case", [case for case in HOSTILE if case.acknowledge], ids=lambda case: case.name)
def test_whoever_may_be_answered_is_known(case: HostileMail) -> None:
    """Every hostile mail that deserves an answer names Jane, and only her, as its author."""
    author = parse(case.raw).author
    assert author is not None
    assert author.email == "jane@example.org"


@pytest.mark.parametrize(
    "name",
    [
        "from-missing",
        "from-empty",
        "from-null",
        "from-two-headers",
        "from-two-mailboxes",
        "from-group",
        "from-two-at",
        "from-quoted-at",
    ],
)
def test_who_is_unclear_is_nobody(name: str) -> None:
    """No author is made up where From names none, or several."""
    (case,) = (case for case in HOSTILE if case.name == name)
    assert parse(case.raw).author is None


@pytest.mark.parametrize("case", [case for case in HOSTILE if b"pothole" in case.raw], ids=lambda case: case.name)
def test_the_question_is_never_lost(case: HostileMail) -> None:
    """The sender's question is in the text, unless it stands in an attached mail."""
    message = parse(case.raw)
    attached = any(part == "message/rfc822" for part in message.part_types[:1])
    assert attached or "pothole repairs" in message.text


@given(st.binary(max_size=400))
@example(b"")
@example(b"From: \xff\r\nContent-Type: text/plain; charset=\x00\r\n\r\n\xed\xa0\x80")
@settings(max_examples=300)
def test_any_bytes_give_a_message(raw: bytes) -> None:
    """Whatever comes, there is a Message and it can be stored."""
    for text in texts(parse(raw)):
        assert "\x00" not in text
        text.encode("utf-8")


_LINES = st.sampled_from(
    [
        b"From: a@b.c", b'From: ;,<"(', b"Subject: =?utf-8?b?AP/=?=", b"Content-Type: multipart/mixed; boundary=e", b"", b"--e", b"--e--",
        b"Content-Type: message/rfc822", b"Content-Type: text/html; charset=utf-7", b"Content-Transfer-Encoding: base64", b"+2AA- <p>\x00",
        b"Content-Disposition: attachment; filename*0*=x''%ff; filename=\"../\x00\"", b"Content-Transfer-Encoding: quoted-printable", b"=", b"=ED=A0=80",
        b"Content-Type: text/plain; format=flowed", b"> a ", b" folded", b"Content-Type: multipart/alternative; boundary*=x'y'e", b"Received: ;(",
    ]
)  # fmt: skip


@given(st.lists(_LINES, max_size=40), st.sampled_from([b"\r\n", b"\n", b"\r"]))
@settings(max_examples=300)
def test_any_order_of_mail_like_lines_gives_a_message(lines: list[bytes], end: bytes) -> None:
    """Pieces of real mail in any order are read and can be stored."""
    for text in texts(parse(end.join(lines))):
        assert "\x00" not in text
        text.encode("utf-8")


def test_mail_parser_failing_is_not_the_mails_fault() -> None:
    """A mail on which mail-parser raises is read by the standard library alone."""
    (case,) = (case for case in HOSTILE if case.name == "bounce-without-boundary")
    message = parse(case.raw)
    assert (message.parser, message.text) == ("fallback", "Your mail bounced.")


def test_the_last_resort_is_headers_and_the_body_as_it_came() -> None:
    """When the parts cannot be read at all, the headers and the raw body still are."""
    raw = mail("last")
    with mock.patch(
        "pipeline.mail.parsing.message_text", side_effect=RecursionError
    ):  # no mail is known that gets here
        message = parse(raw)
    assert message.subject == "Request for information"
    assert "pothole repairs" in message.text
    assert "could not be told apart" in message.defects[0]


def test_only_when_every_way_fails_is_a_mail_unreadable() -> None:
    """UnreadableError is raised when even the headers cannot be read."""
    with (
        mock.patch("pipeline.mail.parsing.Tree", side_effect=RecursionError),  # no mail is known that gets here
        pytest.raises(UnreadableError),
    ):
        parse(mail("last"))


def test_plain_text_is_preferred_and_blank_plain_text_is_not() -> None:
    """Of two versions the plain one is read, unless it says nothing or only points at the other."""
    html = "Content-Type: text/html\r\n\r\n<p>Please send <b>all</b> the figures that the council has for 2024 and 2025.</p>"
    assert parse(whole("\r\nplain", html, kind="multipart/alternative")).text == "plain"
    read = "Please send all the figures that the council has for 2024 and 2025."
    assert parse(whole("\r\n  ", html, kind="multipart/alternative")).text == read
    assert parse(whole("\r\nRead the HTML.", html, kind="multipart/alternative")).text == read


def test_several_texts_are_joined_in_order_and_repeats_left_out() -> None:
    """A gateway's banner, the body and a footer are all read; HTML that says the same again is not."""
    message = parse(whole("\r\nbanner", "Content-Type: text/html\r\n\r\n<p>body</p>", "\r\nfooter"))
    assert message.text == "banner\n\nbody\n\nfooter"
    assert parse(whole("\r\nbody", "Content-Type: text/html\r\n\r\n<p>body</p>")).text == "body"


def test_an_attached_mail_never_mixes_with_the_text() -> None:
    """The text of a forwarded mail is an attachment, byte for byte, wherever it stands."""
    inner = "From: Other <o@example.net>\r\nSubject:  Older\r\n\tfolded\r\n\r\nOld text.\r\n"
    raw = whole("Content-Type: message/rfc822\r\n\r\n" + inner, "\r\nMy words.")
    message = parse(raw)
    assert message.text == "My words."
    assert message.subject == "Request for information"
    assert message.part_types == ("multipart/mixed", "message/rfc822", "text/plain")
    (attached,) = message.attachments
    assert attached.name == "attachment-1.eml"
    assert attachment_bytes(raw, attached.sha256) == inner.encode()


def test_reports_and_invitations_are_named_by_their_type() -> None:
    """Delivery reports and calendar entries show among the part types and never in the text."""
    status = "Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n"
    message = parse(whole("\r\nIt bounced.", status, "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR"))
    assert message.part_types[2:] == ("message/delivery-status", "text/calendar")
    assert message.text == "It bounced."
    assert [attached.name for attached in message.attachments] == ["attachment-1.txt", "attachment-2.ics"]


def test_a_named_text_is_an_attachment_unless_there_is_nothing_else() -> None:
    """A text file beside the body is attached; a body that carries a name is still read."""
    named = 'Content-Type: text/plain; name="body.txt"\r\n\r\nnamed words'
    assert parse(whole("\r\nbody", named)).text == "body"
    alone = parse(whole(named))
    assert alone.text == "named words"
    assert [attached.name for attached in alone.attachments] == ["body.txt"]


def test_an_attached_text_is_never_the_mail() -> None:
    """What the sender calls an attachment is not read as their words, even when there are no others."""
    assert not parse(whole("Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nsecret")).text


def test_flowed_text_is_unwrapped() -> None:
    """Soft breaks are joined within one depth of quoting; signatures and stuffed lines are respected (RFC 3676)."""
    body = "Please send \r\nthe figures.\r\n> old \r\n> words\r\n From here\r\n-- \r\nJane\r\n"
    flowed = mail("flowed", extra="Content-Type: text/plain; format=flowed\r\n", body=body)
    assert parse(flowed).text == "Please send the figures.\n> old words\nFrom here\n-- \nJane"
    delsp = mail("delsp", extra="Content-Type: text/plain; format=flowed; DelSp=yes\r\n", body="Llan \r\nfair\r\n")
    assert parse(delsp).text == "Llanfair"


def test_html_quotes_are_folded_like_plain_ones() -> None:
    """The history in an HTML answer is told from the new words."""
    html = "<div>My answer.</div><div>On Tue, 3 Mar 2026 at 10:12, FOI wrote:<blockquote>old</blockquote></div>"
    message = parse(mail("html", extra="Content-Type: text/html\r\n", body=html))
    assert message.new_text == "My answer."
    assert "> old" in message.text


def test_a_character_set_named_in_the_html_counts() -> None:
    """HTML without a charset parameter is read as its meta element says."""
    html = "<meta charset='windows-1251'><p>Привет</p>".encode("cp1251")
    assert parse(mail("meta", extra="Content-Type: text/html\r\n", body=html)).text == "Привет"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="plan.pdf"', "plan.pdf"),
        ("attachment; filename*=utf-8''t%C5%B7.pdf", "tŷ.pdf"),
        ("attachment; filename==?utf-8?q?t=C5=B7.pdf?=", "tŷ.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\TEMP\\\\x.pdf"', "x.pdf"),
        ('attachment; filename="con.pdf"', "_con.pdf"),
        ('attachment; filename="a\u202efdp.exe"', "afdp.exe"),
        ('attachment; filename="a<b>:c|d?.pdf"', "abcd.pdf"),
        ('attachment; filename="' + "a" * 300 + '.pdf"', "a" * 146 + ".pdf"),
        ('attachment; filename="..."', "attachment-1.pdf"),
        ("attachment", "attachment-1.pdf"),
    ],
)
def test_attachment_names_are_fit_to_show(header: str, name: str) -> None:
    """Names lose folders, controls and reserved characters, and nameless files get the same name every time."""
    part = f"Content-Type: application/pdf\r\nContent-Disposition: {header}\r\n\r\nx"
    assert [attached.name for attached in parse(whole("\r\nbody", part)).attachments] == [name]


@pytest.mark.parametrize("size", [10, 100_000, 3_000_000])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_attachments_come_back_byte_for_byte(size: int, end: str) -> None:
    """Size, digest and bytes of an attachment are those of the file, however large it is."""
    data = os.urandom(size)
    encoded = base64.encodebytes(data).decode().replace("\n", end)
    part = f"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}"
    raw = whole("\r\nbody", part, part.replace("a.pdf", "b.pdf")).replace(b"\r\n", end.encode())
    message = parse(raw)
    assert message.text == "body"
    assert [(attached.name, attached.size) for attached in message.attachments] == [("a.pdf", size), ("b.pdf", size)]
    assert {attached.sha256 for attached in message.attachments} == {hashlib.sha256(data).hexdigest()}
    assert attachment_bytes(raw, message.attachments[0].sha256) == data


def test_an_attachment_that_is_not_there_is_not_found() -> None:
    """Asking for a digest the mail does not have raises NotFoundError."""
    with pytest.raises(NotFoundError):
        attachment_bytes(mail("none"), "0" * 64)


def test_a_large_text_in_base64_is_read() -> None:
    """A body that is lifted out because of its size still becomes the text."""
    words = "Please send the £ figures.\n" * 20_000
    body = base64.encodebytes(words.encode())
    extra = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
    assert parse(mail("large", extra=extra, body=body)).text == words.strip()


def test_an_endless_text_is_cut_with_a_defect() -> None:
    """More text than any person writes is read as far as five million characters."""
    message = parse(mail("endless", body=b"words " * 900_000))
    assert len(message.text) == 5_000_000
    assert any("longer than 5 million" in defect for defect in message.defects)


def test_headers_only_reads_what_there_is() -> None:
    """For a mail that is too large, its headers make a Message that says so."""
    raw = mail("large", extra="Content-Type: multipart/mixed; boundary=edge\r\n", body="")
    message = headers_only(raw)
    assert message.subject == "Request for information"
    assert message.from_ == (Address("Jane Smith", "jane@example.org"),)
    assert (message.text, message.attachments, message.content_type) == ("", (), "multipart/mixed")
    assert message.defects[0] == "Only the headers of this mail were read."


def test_received_headers_keep_their_order() -> None:
    """Received headers come topmost first, unfolded."""
    message = parse(b"Received: from a\r\n by b; date\r\nReceived: from c by d\r\n" + mail("received"))
    assert message.received == ("from a by b; date", "from c by d")


def test_a_flood_of_headers_cannot_push_out_the_sender() -> None:
    """From and Subject are kept behind any number of other headers."""
    message = parse(b"".join(b"X-%d: y\r\n" % number for number in range(3_000)) + mail("flood"))
    assert message.author == Address("Jane Smith", "jane@example.org")
    assert message.subject == "Request for information"
    assert len(message.headers) < 1_100


def test_limits_are_named_as_defects() -> None:
    """Whoever looks at the mail learns which limit ended the reading."""
    found = {
        case.name: parse(case.raw).defects
        for case in HOSTILE
        if case.name in {"multipart-200-deep", "parts-5000", "header-1-mb"}
    }
    assert any("nested too deeply" in defect for defect in found["multipart-200-deep"])
    assert any("more than 2000 parts" in defect for defect in found["parts-5000"])
    assert any("longer than 64 KB" in defect for defect in found["header-1-mb"])
