"""Bytes become text whatever their label says."""

from __future__ import annotations

import pytest

from pipeline.mail.charsets import changes_direction, codec_name, decode_bytes, decode_raw, one_line, safe_text


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("uft-8", "utf-8"),
        ("utf-8 euao6y69zh2w", "utf-8"),
        ('"UTF-8"', "utf-8"),
        ("utf8mb4", "utf-8"),
        ("iso-8859-8-i", "iso8859-8"),
        ("windows-874", "cp874"),
        ("windows-1252", "cp1252"),
        ("gb2312", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_real_labels_find_their_codec(label: str, codec: str) -> None:
    """Misspelt and foreign labels seen in real mail name the codec they mean."""
    assert codec_name(label) == codec


@pytest.mark.parametrize(
    "label", ["", "1", "x-nonsense", "zlib", "rot13", "idna", "unicode_escape", "\x00", "é", "../x", "a" * 500]
)
def test_labels_that_name_no_text_codec_find_none(label: str) -> None:
    """Invented labels and codecs that are not for text are refused without an error."""
    assert codec_name(label) is None


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        (b"\x93cost\x94 \xa35", "iso-8859-1", "\u201ccost\u201d £5"),
        (b"\x93cost\x94", "us-ascii", "\u201ccost\u201d"),
        ("tŵr".encode(), "us-ascii", "tŵr"),
        ("tŵr".encode(), "", "tŵr"),
        (b"caf\xe9", "", "café"),
        (b"caf\xe9", "x-nonsense", "café"),
        ("tŵr".encode(), "iso-2022-jp", "tŵr"),
        (b"caf\xe9 \xa35", "utf-8", "café £5"),
        ("tŵr".encode() + b"\xff", "utf-8", "tŵr\ufffd"),
    ],
)
def test_wrong_labels_are_seen_through(data: bytes, label: str, text: str) -> None:
    """A label that does not fit gives way to what the bytes most likely are."""
    assert decode_bytes(data, label).text == text


def test_a_label_that_fits_is_no_defect() -> None:
    """Only text that had to be guessed at is reported."""
    assert not decode_bytes("tŵr".encode(), "utf-8").defect
    assert decode_bytes(b"caf\xe9", "x-nonsense").defect


def test_safe_text_keeps_words_and_replaces_what_cannot_be_stored() -> None:
    """Controls and lone surrogates become U+FFFD; line ends become LF; tabs stay."""
    assert safe_text("a\x00b\ud800c\x85d\r\ne\rf\tg") == "a\ufffdb\ufffdc\ufffdd\ne\nf\tg"


def test_one_line_leaves_no_line_break_of_any_kind() -> None:
    """Every character that some program takes for a line break becomes a blank."""
    assert one_line(" a\r\nb\u2028c\u2029d\te ") == "a b c d e"


def test_raw_bytes_in_headers_are_utf_8_or_windows() -> None:
    """8-bit header text is read as UTF-8 when it is, a cut last character dropped, else as Windows-1252."""
    assert decode_raw("tŵr".encode().decode("ascii", "surrogateescape")) == "tŵr"
    assert decode_raw("tŵ".encode()[:-1].decode("ascii", "surrogateescape")) == "t"
    assert decode_raw(b"Requ\xeate".decode("ascii", "surrogateescape")) == "Requête"


def test_direction_overrides_are_noticed_and_plain_marks_are_not() -> None:
    """Overrides and isolates count; the marks that Hebrew and Arabic need do not."""
    assert changes_direction("a\u202eb")
    assert not changes_direction("שלום\u200f")
