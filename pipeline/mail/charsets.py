"""Bytes into text whatever the label says: aliases, made-up character sets, wrong labels; and text made safe to store."""

from __future__ import annotations

import codecs
import re
from encodings import aliases, normalize_encoding
from typing import NamedTuple

_KNOWN = (
    frozenset(aliases.aliases)
    | frozenset(aliases.aliases.values())
    | {"cp720", "cp737", "cp856", "cp874", "cp875", "cp1006", "koi8_t", "koi8_u", "utf_8_sig", "utf_16_le", "utf_16_be"}
)
# Labels seen in real mail that Python has under another name, or that are too narrow for what people put under them.
_ALIASES = {
    "uft_8": "utf_8",
    "utf8mb4": "utf_8",
    "utf_8mb4": "utf_8",
    "unicode_1_1_utf_7": "utf_7",
    "unicode_1_1_utf_8": "utf_8",
    "windows_874": "cp874",
    "x_windows_874": "cp874",
    "iso_8859_8_i": "iso8859_8",
    "iso_8859_8_e": "iso8859_8",
    "iso_8859_6_i": "iso8859_6",
    "iso_8859_6_e": "iso8859_6",
    "gb2312": "gb18030",
    "x_gbk": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601_1987": "cp949",
    "ks_c_5601": "cp949",
    "euc_kr": "cp949",
    "x_sjis": "cp932",
    "shift_jis": "cp932",
    "x_mac_roman": "mac_roman",
    "macintosh": "mac_roman",
    "ansi": "cp1252",
    "x_ansi": "cp1252",
}
_LABEL = re.compile(r"[a-z0-9][a-z0-9_.:+-]{0,39}")
_SINGLE_BYTE = "cp1252"
_LATIN_1 = "iso8859-1"
_ASCII = "ascii"

_LINE_ENDS = re.compile(r"\r\n?")
# C0 but tab and newline, DEL, C1, and surrogates, which no UTF-8 column can hold.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile("[\t\n\u2028\u2029]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Decoded(NamedTuple):
    """*text* is what the bytes say; *defect* is empty, or a sentence saying why the label was not followed."""

    text: str
    defect: str = ""


def safe_text(text: str) -> str:
    """Make *text* storable: LF line ends; NUL, other controls and lone surrogates become U+FFFD."""
    return _UNSAFE.sub("\ufffd", _LINE_ENDS.sub("\n", text))


def one_line(text: str) -> str:
    """Make *text* safe and put it on one line: tabs and line breaks of any kind become spaces; the ends are stripped."""
    return _BREAKS.sub(" ", safe_text(text)).strip()


def changes_direction(text: str) -> bool:
    """Whether *text* holds bidirectional overrides, embeddings or isolates, which can make it read as something else."""
    return _DIRECTION.search(text) is not None


def codec_name(label: str) -> str | None:
    """The Python codec for a character set label, or None when there is none; accepts "utf-8 euao6y", quotes and known misspellings.

    Only codecs from the standard alias table are looked up: a sender can neither name a codec that is not for text
    nor fill the interpreter's codec cache with invented names.
    """
    words = label.strip().strip("\"'").lower().split(maxsplit=1)
    match = _LABEL.match(words[0]) if words else None
    if match is None:
        return None
    key = normalize_encoding(match.group()).strip("_").replace(".", "_")
    key = _ALIASES.get(key, key)
    if key not in _KNOWN and key.replace("_", "") in _KNOWN:
        key = key.replace("_", "")
    if key not in _KNOWN:
        return None
    try:
        info = codecs.lookup(key)
        b"a".decode(info.name)
    except UnicodeError:
        # One byte is no character in UTF-16 and its like.
        return info.name
    except LookupError:
        # Not for text (base64, zlib, rot13), or not built into this Python.
        return None
    return info.name


def decode_bytes(data: bytes, label: str) -> Decoded:
    """Decode *data* labelled *label* (a charset parameter, may be empty); never raises.

    An unlabelled or us-ascii text with 8-bit bytes is read as UTF-8, else Windows-1252; iso-8859-1 is read as Windows-1252, as every
    mail program does, since the label is mostly put on text from Windows. A label that fails gives way to UTF-8 if that fits exactly.
    """
    codec = codec_name(label) if label else _ASCII
    if codec == _LATIN_1:
        return Decoded(data.decode(_SINGLE_BYTE, "replace"))
    if codec is not None:
        try:
            return Decoded(data.decode(codec))
        except (UnicodeError, ValueError):
            pass
    if codec is None:
        defect = "A text names a character set that does not exist; it was read as UTF-8 or Windows-1252."
    elif codec == _ASCII:
        defect = "A text without a fitting character set was read as UTF-8 or Windows-1252." if label else ""
    else:
        defect = "A text does not fit its character set."
    try:
        return Decoded(data.decode("utf-8"), defect)
    except UnicodeDecodeError:
        return Decoded(data.decode(_last_resort(data, codec), "replace"), defect)


def _last_resort(data: bytes, codec: str | None) -> str:
    """The codec to read *data* with when none fits: its own where that makes out some characters, else Windows-1252."""
    if codec is None or codec == _ASCII:
        return _SINGLE_BYTE
    # Text labelled UTF-8 in which not one character is UTF-8 comes from a program that never encoded it.
    return _SINGLE_BYTE if codec == "utf-8" and data.decode(codec, "ignore").isascii() else codec


def decode_raw(text: str) -> str:
    """Turn header text that still holds raw 8-bit bytes (as surrogate escapes) into characters: UTF-8, else Windows-1252.

    A character cut in two at the end of *text* is dropped.
    """
    if text.isascii():
        return text
    data = text.encode("utf-8", "surrogateescape")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data, final=False)
    except UnicodeDecodeError:
        return data.decode(_SINGLE_BYTE, "replace")
