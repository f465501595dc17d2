"""Outlook's .msg files, written by the compound-file builder of the tests."""

from __future__ import annotations

from datetime import UTC, datetime

import office_files as office
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.errors import UnreadableError
from pipeline.mail.msg import as_mail, is_message, read_msg, stream_names
from pipeline.mail.parsing import parse
from pipeline.mail.zipped import ProtectedError

JANE = ("Jane Pritchard", "jane@example.org")


def test_who_when_and_what() -> None:
    """Sender, time of sending, subject, text and attachments, large and small, are read."""
    found = read_msg(office.msg("Trees", JANE, "How many?\r\nŵ", [("a.bin", b"x" * 9000), ("b.txt", b"small")]))
    assert (found.subject, found.sender_name, found.sender_email) == ("Trees", *JANE)
    assert found.sent == datetime(2025, 3, 5, tzinfo=UTC)
    assert found.text == "How many?\nŵ"
    assert [(file.name, len(file.data)) for file in found.files] == [("a.bin", 9000), ("b.txt", 5)]


def test_a_message_attached_to_it() -> None:
    """An attached message comes as plain mail, with its own attachments behind it."""
    inner = office.msg_tree("Inner", ("Bob", "bob@example.org"), "Inner words", [("x.txt", b"1")], header=24)
    found = read_msg(office.compound(office.msg_tree("Outer", JANE, "see below", inner=inner)))
    mail = parse(found.files[0].data)
    assert (mail.subject, mail.from_[0].email, mail.text) == ("Inner", "bob@example.org", "Inner words")
    assert found.files[1].data == b"1"


def test_as_mail_reads_back() -> None:
    """A message written out as mail has the same sender, subject and time."""
    found = read_msg(office.msg("Trees", JANE, "Words"))
    mail = parse(as_mail(found))
    assert (mail.subject, mail.from_[0].name, mail.from_[0].email, mail.date) == ("Trees", *JANE, found.sent)


@pytest.mark.parametrize(
    ("stream", "value"),
    [
        ("__substg1.0_1000001E", b"Some words"),
        ("__substg1.0_10130102", b"<html><p>Some words</p></html>"),
        ("__substg1.0_10090102", office.compressed_rtf(office.rtf("Some words"))),
    ],
)
def test_the_body_in_any_form(stream: str, value: bytes) -> None:
    """8-bit, HTML and compressed RTF bodies read the same."""
    tree = office.msg_tree("S", JANE, "")
    del tree["__substg1.0_1000001F"]
    assert read_msg(office.compound({**tree, stream: value})).text == "Some words"


def test_an_address_of_the_own_directory_is_none() -> None:
    """A path in an Exchange directory is no address one could write to."""
    tree = office.msg_tree("S", JANE, "x")
    del tree["__substg1.0_5D01001F"]
    tree["__substg1.0_0C1F001F"] = "/O=EXAMPLE/OU=FIRST/CN=JANE".encode("utf-16-le")
    assert read_msg(office.compound(tree)).sender_email == ""


def test_other_compound_files() -> None:
    """An old Word document and a protected file are told from a message."""
    word = office.compound({"WordDocument": b"x" * 100})
    assert not is_message(stream_names(word))
    with pytest.raises(UnreadableError, match="no message"):
        read_msg(word)
    with pytest.raises(ProtectedError):
        read_msg(office.compound({"EncryptedPackage": b"x"}))


@given(st.binary(max_size=1_500), st.integers(0, 4_000))
def test_any_bytes(rest: bytes, at: int) -> None:
    """A compound file overwritten anywhere is read or refused in our own words."""
    whole = bytearray(office.msg("Trees", JANE, "How many?", [("b.txt", b"small")]))
    whole[at : at + len(rest)] = rest
    for data in (bytes(whole), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + rest):
        try:
            read_msg(data)
        except UnreadableError as error:
            assert str(error)  # noqa: PT017 - which words depends on the bytes
