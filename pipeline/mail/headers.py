"""Header values as a person reads them: encoded words decoded once and never twice, message ids, the sender's date."""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from pipeline.mail.charsets import codec_name, decode_bytes, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_REFERENCES = 32
_MAX_ID = 998

# RFC 2047 section 2, as mailers write it: raw spaces and a few question marks inside are let pass. No part can cross
# more than nine question marks, so that matching stays linear in hostile headers.
_WORD = re.compile(
    r"=\?(?P<charset>[^?*\s]{1,64})(?:\*[^?\s]{0,32})?\?(?P<how>[bBqQ])\?(?P<text>[^?]*(?:\?(?!=)[^?]*){0,8})\?="
)
_BASE64 = bytes(
    code for code in range(256) if chr(code) not in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
)
_ID = re.compile(r"<[^<>\s]{1,996}>")


def base64_bytes(data: bytes) -> bytes:
    """Decode base64 without raising: other characters are skipped, missing padding is added, a lone last digit is dropped."""
    digits = data.translate(None, _BASE64)
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))


def _word_bytes(how: str, text: str) -> bytes:
    """The bytes an encoded word stands for (RFC 2047 section 4)."""
    data = text.encode("utf-8", "surrogateescape")
    if how in "bB":
        return base64_bytes(data)
    return binascii.a2b_qp(data, header=True)


def decode_words(value: str) -> str:
    """Decode the encoded words of an unfolded header value (RFC 2047), once.

    Blanks between two encoded words go, blanks between a word and plain text stay; a character split over two words of one
    character set is put together. What comes out is never decoded again, so an encoded word inside an encoded word stays as it is.
    """
    if "=?" not in value:
        return value
    out: list[str] = []
    pending = b""
    label = ""
    end = 0
    after_word = False
    for match in _WORD.finditer(value):
        between = value[end : match.start()]
        joined = after_word and not between.strip()
        charset = match["charset"]
        if not (joined and codec_name(charset) == codec_name(label)):
            out.append(decode_bytes(pending, label).text if pending else "")
            pending = b""
        if not joined:
            out.append(between)
        pending += _word_bytes(match["how"], match["text"])
        label, end, after_word = charset, match.end(), True
    out.append(decode_bytes(pending, label).text if pending else "")
    out.append(value[end:])
    return "".join(out)


def header_text(value: str) -> str:
    """A header value for people: decoded once, on one line, safe to store."""
    return one_line(decode_words(value))


def message_ids(values: Iterable[str]) -> tuple[str, ...]:
    """All message ids in *values*, angle brackets included; the last 32 (RFC 5322 section 3.6.4)."""
    found = [match for value in values for match in _ID.findall(one_line(value))]
    return tuple(found[-MAX_REFERENCES:])


def message_id(values: Iterable[str]) -> str | None:
    """The Message-ID as the sender wrote it, brackets included where there are any; None when absent or blank."""
    for value in values:
        line = one_line(value)
        match = _ID.search(line)
        # Some mailers write it without brackets, or fold it in the middle.
        bare = match.group() if match else "".join(line.split())[:_MAX_ID]
        if bare:
            return bare
    return None


def sent_date(value: str) -> datetime | None:
    """The Date header as an aware UTC time, or None when it cannot be read; -0000 counts as UTC (RFC 5322 section 3.3)."""
    try:
        date = parsedate_to_datetime(value[:100])
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
