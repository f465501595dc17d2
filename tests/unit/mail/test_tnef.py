"""winmail.dat, opaque S/MIME, uuencoded blocks and PGP signatures: what is inside comes out, whatever is broken stays wrapped."""

from __future__ import annotations

import binascii

import office_files as office
import pytest
from corpus_contents import ASKED, mail, uuencoded, wrapped
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.errors import UnreadableError
from pipeline.mail.cms import CmsKind, cms_kind, signed_content
from pipeline.mail.parsing import parse
from pipeline.mail.tnef import read_tnef
from pipeline.mail.wrapped import take_out_uuencoded, without_pgp_signature


def wide(text: str) -> bytes:
    """*text* as a MAPI Unicode string."""
    return (text + "\0").encode("utf-16-le")


def test_attachments_keep_their_long_names() -> None:
    """The name Outlook shows goes before the short one of old, and the bytes are exact."""
    found = read_tnef(office.tnef("A body", [("A long name for a request.pdf", b"%PDF")]))
    assert found.text == "A body"
    assert [(file.name, file.data) for file in found.files] == [("A long name for a request.pdf", b"%PDF")]


@pytest.mark.parametrize(
    ("number", "kind", "value"),
    [
        (0x1000, 0x1F, wide("Some words")),
        (0x1000, 0x1E, b"Some words\0"),
        (0x1013, 0x102, b"<p>Some <b>words</b></p>"),
        (0x1009, 0x102, office.compressed_rtf(office.rtf("Some words"))),
    ],
)
def test_the_body_in_any_form(number: int, kind: int, value: bytes) -> None:
    """Plain, HTML and compressed RTF bodies read the same, behind named properties and numbers of every length."""
    before = {(0x8005, 0x1F): wide("named"), (0x0017, 0x03): bytes(4), (0x0E08, 0x14): bytes(8), (0x36, 0x0B): bytes(4)}
    assert read_tnef(office.tnef(properties={**before, (number, kind): value})).text == "Some words"


def test_a_message_within() -> None:
    """An embedded message comes as TNEF of its own."""
    found = read_tnef(office.tnef("outer", embedded=office.tnef("inner")))
    assert read_tnef(found.files[0].data).text == "inner"


def test_broken_rtf_leaves_the_plain_body() -> None:
    """Where the rich body is broken, the plain one beside it is read."""
    assert read_tnef(office.tnef("plain", properties={(0x1009, 0x102): b"rubbish that is no RTF"})).text == "plain"


@given(st.integers(0, 400))
def test_cut_off(length: int) -> None:
    """A stream that ends anywhere gives what came before the end, or is called damaged when there is no beginning."""
    whole = office.tnef("A body", [("a.txt", b"0123456789")])
    try:
        found = read_tnef(whole[:length])
    except UnreadableError:
        assert length < 6
    else:
        assert len(found.files) <= 1


@given(st.binary(max_size=300))
def test_any_properties(data: bytes) -> None:
    """Whatever the attributes hold, reading ends."""
    stream = office.tnef("A body", properties={(0x37, 0x102): data}) + data
    assert read_tnef(stream).text == "A body"


@given(st.binary(max_size=200))
def test_any_bytes_are_tnef_or_refused(data: bytes) -> None:
    """Bytes that are no TNEF raise the one error there is for that."""
    if data[:4] != b"\x78\x9f\x3e\x22":
        with pytest.raises(UnreadableError):
            read_tnef(data)


# ---- S/MIME ------------------------------------------------------------------------------------------------------------


@given(st.binary(max_size=500), st.booleans())
def test_signed_content_comes_out(entity: bytes, streamed: bool) -> None:  # noqa: FBT001 - hypothesis passes it
    """What was signed is taken out byte for byte, in one piece or in many of unknown length."""
    data = office.signed(entity, streamed=streamed)
    assert cms_kind(data) is CmsKind.SIGNED
    assert signed_content(data) == entity


@given(st.binary(max_size=300))
def test_any_bytes_are_signed_or_refused(data: bytes) -> None:
    """Anything else is refused in our own words, however it is cut or changed."""
    for raw in (data, office.signed(b"words" * 30, streamed=True)[: len(data)] + data):
        try:
            signed_content(raw)
        except UnreadableError as error:
            assert str(error)  # noqa: PT017 - which words depends on the bytes


def test_attachments_under_a_signature() -> None:
    """A signed mail shows its own text and attachments, not only its wrapping."""
    inner = mail(ASKED, ("map.txt", "text/plain", b"a map")).split(b"MIME-Version: 1.0\n", 1)[1]
    message = parse(wrapped("application/pkcs7-mime; smime-type=signed-data", office.signed(inner)))
    assert message.text.strip() == ASKED
    assert [one.name for one in message.attachments] == ["smime.p7m", "map.txt"]


def test_broken_wrapping_stays() -> None:
    """A signature that can't be opened leaves the mail as it is, with a defect that says so."""
    message = parse(wrapped("application/pkcs7-mime", office.signed(b"x" * 300)[:100]))
    assert message.text == ""
    assert len(message.attachments) == 1


# ---- uuencode and PGP --------------------------------------------------------------------------------------------------


@given(st.binary(min_size=1, max_size=400))
def test_uuencoded_bytes_come_out(data: bytes) -> None:
    """A block is taken out of the text and decoded byte for byte, also where a mail program took blanks off its lines."""
    block = uuencoded("my file.bin", data).replace("`", " ")
    stripped = "\n".join(line.rstrip() for line in block.split("\n"))
    for one in (uuencoded("my file.bin", data), stripped):
        text, files = take_out_uuencoded(f"Hello\n\n{one}\nBye")
        assert text == "Hello\n\n\nBye"
        assert [(file.name, file.data) for file in files] == [("my file.bin", data)]


@pytest.mark.parametrize(
    "text",
    [
        "We begin 644 words into the letter\nand go on",
        "begin 644 a.txt\nthis is prose, not a block\nend",
        "begin 644 a.txt\n#0V%T\nno end",
        "begin 644 a.txt\nend",
    ],
)
def test_prose_is_no_block(text: str) -> None:
    """Words that only look like the beginning of a block stay where they are."""
    assert take_out_uuencoded(text) == (text, ())


def test_many_beginnings_are_read_once() -> None:
    """Ten thousand beginnings without an end are given up on one by one, each at its first bad line."""
    line = binascii.b2a_uu(b"x" * 45).decode()
    text = ("begin 644 a\n" + line * 3) * 10_000
    assert take_out_uuencoded(text) == (text, ())


def test_a_pgp_signature_is_a_frame() -> None:
    """The signed words are the sender's; the frame and the escapes of dashes go."""
    framed = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nDear all\n- - an item\n-----BEGIN PGP SIGNATURE-----\n\nabc\n"
        "-----END PGP SIGNATURE-----\nSent by list"
    )
    assert without_pgp_signature(framed) == "Dear all\n- an item\nSent by list"
    assert (
        without_pgp_signature("-----BEGIN PGP SIGNED MESSAGE-----\n\nno end")
        == "-----BEGIN PGP SIGNED MESSAGE-----\n\nno end"
    )
