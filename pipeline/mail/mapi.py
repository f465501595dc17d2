"""What TNEF and .msg have in common: MAPI properties, and the body that Outlook keeps in one of three forms."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.mail.charsets import codec_name, decode_bytes, safe_text
from pipeline.mail.html_text import html_to_text
from pipeline.mail.rtf_text import decompress, rtf_to_text

# Property ids (MS-OXPROPS section 2).
SUBJECT = 0x0037
CLIENT_SUBMIT_TIME = 0x0039
SENT_REPRESENTING_NAME = 0x0042
SENT_REPRESENTING_EMAIL = 0x0065
TRANSPORT_HEADERS = 0x007D
SENDER_NAME = 0x0C1A
SENDER_EMAIL = 0x0C1F
BODY = 0x1000
RTF_COMPRESSED = 0x1009
BODY_HTML = 0x1013
DISPLAY_NAME = 0x3001
ATTACH_DATA = 0x3701
ATTACH_FILENAME = 0x3704
ATTACH_LONG_FILENAME = 0x3707
ATTACH_MIME_TAG = 0x370E
SMTP_ADDRESS = 0x39FE
SENDER_SMTP_ADDRESS = 0x5D01
SENT_REPRESENTING_SMTP_ADDRESS = 0x5D02

# Property types (MS-OXCDATA section 2.11.1).
STRING8 = 0x001E
UNICODE = 0x001F
OBJECT = 0x000D
BINARY = 0x0102
TIME = 0x0040

Properties = Mapping[int, tuple[int, bytes]]


def code_page(number: int) -> str:
    """The codec of a Windows code page; Windows-1252 for one that Python doesn't know."""
    return codec_name("utf-8" if number == 65001 else f"cp{number}") or "cp1252"  # noqa: PLR2004 - Windows counts UTF-8 among its pages


def words(properties: Properties, *ids: int, codec: str = "cp1252") -> str:
    """The first of the properties *ids* that holds text, without its closing NULs."""
    for one in ids:
        kind, data = properties.get(one, (0, b""))
        text = ""
        if kind == UNICODE:
            text = data.decode("utf-16-le", "replace")
        elif kind == STRING8:
            text = decode_bytes(data, codec).text
        if text.strip("\0").strip():
            return safe_text(text.rstrip("\0"))
    return ""


def body(properties: Properties, codec: str = "cp1252") -> str:
    """The text of a message: its plain body, else its HTML, else its compressed RTF made into text. Raises ValueError for broken RTF."""
    plain = words(properties, BODY, codec=codec)
    if plain:
        return plain
    kind, data = properties.get(BODY_HTML, (0, b""))
    if kind == BINARY and data.strip():
        return html_to_text(decode_bytes(data, "").text)
    marked = words(properties, BODY_HTML, codec=codec)
    if marked:
        return html_to_text(marked)
    _, packed = properties.get(RTF_COMPRESSED, (0, b""))
    return rtf_to_text(decompress(packed)) if packed else ""
