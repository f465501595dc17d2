"""The sample mails, read by the standard library's parser and not by the product's."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from pipeline.demo.samples import ADDRESS, INTERNAL_DOMAIN, REQUESTER, Sample, reply_to, samples

if TYPE_CHECKING:
    from email.message import Message

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ALL = samples(NOW)
NAMES = [sample.name for sample in ALL]
MADE_UP = re.compile(r"(?:^|\.)example\.(?:org|com|net)$")


def parsed(name: str) -> Message:
    """The sample called *name*, read with compat32."""
    (sample,) = [sample for sample in ALL if sample.name == name]
    return email.message_from_bytes(sample.raw, policy=email.policy.compat32)


def words(message: Message) -> str:
    """The decoded text of the first text part."""
    part = next(part for part in message.walk() if part.get_content_maintype() == "text")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode(part.get_content_charset() or "ascii").replace("\r\n", "\n")


def pdf_of(message: Message) -> bytes:
    """The attached PDF."""
    (part,) = [part for part in message.walk() if part.get_content_type() == "application/pdf"]
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


def test_there_are_fourteen_with_names_of_their_own() -> None:
    """Fourteen mails, each with its own name, note and content, oldest first."""
    assert len(ALL) == 14
    assert len(set(NAMES)) == len({sample.raw for sample in ALL}) == 14
    assert all(sample.note for sample in ALL)
    assert [sample.at for sample in ALL] == sorted(sample.at for sample in ALL)


@pytest.mark.parametrize("sample", [*ALL, reply_to("FOI598335296", "<a@b.example>", NOW)], ids=lambda one: one.name)
def test_each_is_a_message_on_the_wire(sample: Sample) -> None:
    """Every line ends in CRLF and is short enough (RFC 5322 2.1.1), the headers are ASCII, and the parser finds no defect."""
    assert sample.raw.count(b"\n") == sample.raw.count(b"\r\n") == sample.raw.count(b"\r")
    assert max(map(len, sample.raw.split(b"\r\n"))) <= 998
    assert sample.raw.partition(b"\r\n\r\n")[0].isascii()
    message = email.message_from_bytes(sample.raw, policy=email.policy.compat32)
    for part in message.walk():
        assert part.defects == []
        if part.get("Content-Transfer-Encoding") == "7bit":
            assert str(part.get_payload()).isascii()
    assert all(len(message.get_all(name, [])) == 1 for name in ("Date", "From", "To", "Subject", "Message-ID"))
    assert message["To"].rstrip(">").endswith(ADDRESS)


@pytest.mark.parametrize("sample", ALL, ids=lambda one: one.name)
def test_each_is_recent(sample: Sample) -> None:
    """Each arrived within two days before now, in UTC, a moment after its sender's Date."""
    assert NOW - timedelta(days=2) < sample.at < NOW
    assert sample.at.tzinfo is UTC
    sent = parsedate_to_datetime(email.message_from_bytes(sample.raw)["Date"])
    assert timedelta(0) <= sample.at - sent < timedelta(minutes=1)


def test_any_zone_of_now_gives_the_same_mail() -> None:
    """The mails depend on the instant, not on the zone it is written in, and the same now gives the same bytes."""
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-8)))
    assert samples(elsewhere) == ALL


def test_another_day_gives_other_message_ids() -> None:
    """A demo that is run again next day sends new mails, not copies."""
    later = samples(NOW + timedelta(days=1))
    assert not {parsed(name)["Message-ID"] for name in NAMES} & {
        email.message_from_bytes(sample.raw)["Message-ID"] for sample in later
    }


@pytest.mark.parametrize("name", NAMES)
def test_people_are_made_up(name: str) -> None:
    """Senders live at example domains; only WhatDoTheyKnow's own address is real, since its shape is what is shown."""
    domain = parseaddr(parsed(name)["From"])[1].rpartition("@")[2]
    assert (domain == "whatdotheyknow.com") is (name == "whatdotheyknow")
    assert name == "whatdotheyknow" or MADE_UP.search(domain)


def test_the_first_asks_the_seed_letters_questions() -> None:
    """The plain request has four numbered questions and its requester's address."""
    message = parsed("plain")
    text = words(message)
    assert re.findall(r"^(\d)\. ", text, re.MULTILINE) == ["1", "2", "3", "4"]
    assert "How many babies were born in your local authority area from 1 April 2021 to 1 April 2023?" in text
    assert "parent\u2013infant relationship support" in text
    assert parseaddr(message["From"])[1] == REQUESTER


def test_the_html_one_has_no_plain_part() -> None:
    """The HTML request is one text/html entity whose questions are list items."""
    message = parsed("html-only")
    assert [part.get_content_type() for part in message.walk()] == ["text/html"]
    assert words(message).count("<li>") == 3


def test_whatdotheyknow_has_its_shapes() -> None:
    """Address, Message-ID and subject look as that site writes them, and the footer starts at a rule of 67 hyphens."""
    message = parsed("whatdotheyknow")
    address = parseaddr(message["From"])[1]
    assert re.fullmatch(r"request-\d+-[0-9a-f]{8}@whatdotheyknow\.com", address)
    assert re.fullmatch(r"<ogm-\d+\+[0-9a-f]{13}-[0-9a-f]{4}@whatdotheyknow\.com>", message["Message-ID"])
    assert message["Subject"].startswith("Freedom of Information request - ")
    request, rule, footer = words(message).partition("\n" + "-" * 67 + "\n")
    assert rule
    assert request.count("?") == 0
    assert address in footer
    assert not {"Auto-Submitted", "Precedence"} & set(message.keys())


def test_other_laws_are_named() -> None:
    """One request names the environmental regulations, another Article 15."""
    assert "Environmental Information Regulations" in words(parsed("environment"))
    assert "Article 15 of the UK GDPR" in words(parsed("subject-access"))


@pytest.mark.parametrize(("name", "shows"), [("with-pdf", b"(Orchard Lane) Tj"), ("scan", b"/Subtype /Image")])
def test_pdfs_are_whole(name: str, shows: bytes) -> None:
    """Each PDF's cross-reference table points at its objects, each stream is as long as it says, and it shows what it should."""
    pdf = pdf_of(parsed(name))
    assert pdf.startswith(b"%PDF-1.4\n")
    assert pdf.endswith(b"%%EOF\n")
    table = int(re.search(rb"startxref\n(\d+)\n", pdf)[1])  # type: ignore[index]  # a missing table fails the test
    assert pdf[table:].startswith(b"xref\n0 6\n")
    offsets = [int(number) for number in re.findall(rb"^(\d{10}) 00000 n $", pdf[table:], re.MULTILINE)]
    assert len(offsets) == 5
    for number, offset in enumerate(offsets, start=1):
        assert pdf[offset:].startswith(f"{number} 0 obj\n".encode())
    streams = list(re.finditer(rb"/Length (\d+) >>\nstream\n", pdf))
    assert streams
    for stream in streams:
        assert pdf[stream.end() + int(stream[1]) :].startswith(b"\nendstream")
    assert shows in pdf


def test_the_scan_says_nothing_in_words() -> None:
    """The unclear mail has no question, and its PDF draws no text."""
    message = parsed("scan")
    assert "?" not in words(message)
    assert b" Tj" not in pdf_of(message)


def test_latin_1_comes_as_eight_bits() -> None:
    """Accents and pound signs are single ISO 8859-1 bytes in the body and encoded words in the headers."""
    message = parsed("latin-1")
    (sample,) = [sample for sample in ALL if sample.name == "latin-1"]
    assert b"\xa325,000" in sample.raw
    assert "Q2 Was any of the \u00a325,000 grant for na\u00efve art" in words(message)
    assert (
        str(make_header(decode_header(message["Subject"]))) == "FOI request: the Caf\u00e9 No\u00ebl and \u00a325,000"
    )


def test_the_automatic_ones_say_so() -> None:
    """The out-of-office is auto-replied and the newsletter comes from a list."""
    assert parsed("out-of-office")["Auto-Submitted"] == "auto-replied"
    newsletter = parsed("newsletter")
    assert newsletter["List-Id"]
    assert newsletter["Precedence"] == "bulk"


def test_the_bounce_is_a_delivery_report() -> None:
    """The bounce has a null return path and the three parts of RFC 3464, with a permanent failure."""
    message = parsed("bounce")
    assert message["Return-Path"] == "<>"
    assert message.get_param("report-type") == "delivery-status"
    parts = message.get_payload()
    assert isinstance(parts, list)
    assert [part.get_content_type() for part in parts] == [
        "text/plain",
        "message/delivery-status",
        "text/rfc822-headers",
    ]
    assert b"\r\nAction: failed\r\nStatus: 5.1.1\r\n" in parts[1].as_bytes(
        policy=email.policy.compat32.clone(linesep="\r\n")
    )


def test_the_hostile_one_injects_when_decoded_twice() -> None:
    """Its subject and name are harmless after one decoding and hold a line end or a second address after two; it still asks."""
    message = parsed("hostile")
    once = str(make_header(decode_header(message["Subject"])))
    assert "\n" not in once
    assert "\nBcc: everyone@example.com" in str(make_header(decode_header(once)))
    name = parseaddr(message["From"])[0]
    assert "@" not in name
    assert str(make_header(decode_header(name))) == "council@example.com,"
    text = words(message)
    assert text.count("?") == 1
    assert "\x1b[2J" in text


def test_the_internal_one_comes_from_the_councils_own_domain() -> None:
    """A colleague writes from the domain of the mailbox, whatever that is."""
    assert parseaddr(parsed("internal")["From"])[1].endswith("@" + INTERNAL_DOMAIN)
    assert ADDRESS.endswith("@" + INTERNAL_DOMAIN)
    (sample,) = [one for one in samples(NOW, "foi@town.example.net") if one.name == "internal"]
    message = email.message_from_bytes(sample.raw)
    assert message["From"].endswith("@town.example.net>")
    assert message["To"] == "foi@town.example.net"


def test_the_thank_you_asks_nothing() -> None:
    """The thank-you has no question."""
    assert "?" not in words(parsed("thanks"))


def test_the_reply_quotes_reference_and_thread() -> None:
    """The first requester's answer carries the reference and both thread headers, and its new words stand above the quotation."""
    reply = reply_to("FOI598335296", "<0123abcd@council.example.org>", NOW)
    message = email.message_from_bytes(reply.raw)
    assert reply.at == NOW
    assert parseaddr(message["From"])[1] == REQUESTER
    assert message["In-Reply-To"] == message["References"] == "<0123abcd@council.example.org>"
    assert "FOI598335296" in message["Subject"]
    new, _, quoted = words(message).partition("\nOn 20/11/2026, Information Governance wrote:\n")
    assert "FOI598335296" in new
    assert all(line.startswith("> ") for line in quoted.splitlines())
