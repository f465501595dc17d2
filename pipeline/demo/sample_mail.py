"""Puts sample mail together byte by byte: header blocks, multiparts and two small PDFs.

By hand and not with ``email``: the samples have to look as a real sender's program writes them, right or wrong.
"""

from __future__ import annotations

import base64
import quopri
from email.utils import format_datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

Entity = tuple[list[tuple[str, str]], bytes]
"""Headers that describe a body, and the body (a MIME entity, RFC 2045 section 2.4)."""

_LONDON = ZoneInfo("Europe/London")


def mail(headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    """Write a message with CRLF line ends; each header value stands exactly as given (latin-1 at most)."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return head.encode("latin-1") + b"\r\n" + crlf(body)


def text(content: str, charset: str = "utf-8", encoding: str = "8bit") -> Entity:
    """Make a text/plain entity, its headers and its body; *encoding* is 7bit, 8bit, quoted-printable or base64."""
    return _entity("plain", content, charset, encoding)


def html(content: str, charset: str = "utf-8", encoding: str = "quoted-printable") -> Entity:
    """Make a text/html entity, as ``text`` does."""
    return _entity("html", content, charset, encoding)


def attachment(content: bytes, content_type: str, name: str) -> Entity:
    """Attach a file in base64; *name* is plain ASCII without quotes."""
    headers = [
        ("Content-Type", f'{content_type}; name="{name}"'),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f'attachment; filename="{name}"'),
    ]
    return headers, base64.encodebytes(content)


def multipart(kind: str, boundary: str, parts: Sequence[Entity]) -> Entity:
    """Join *parts* (RFC 2046 section 5.1); *kind* is the subtype with any parameters, such as ``mixed``."""
    marker = boundary.encode("ascii")
    body = b"This is a message in several parts.\r\n"
    for headers, content in parts:
        body += b"\r\n--" + marker + b"\r\n" + mail(headers, content)
    body += b"\r\n--" + marker + b"--\r\n"
    return [("Content-Type", f'multipart/{kind}; boundary="{boundary}"')], body


def crlf(content: bytes) -> bytes:
    """Make every line end of *content* CRLF."""
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def date(at: datetime) -> str:
    """Write *at* as a Date header does, in London's time (RFC 5322 section 3.3)."""
    return format_datetime(at.astimezone(_LONDON))


def text_pdf(lines: Sequence[str]) -> bytes:
    """Draw a valid one-page PDF 1.4 that shows *lines* (ASCII) in Helvetica on A4."""
    shown = " T* ".join(f"({_pdf_string(line)}) Tj" for line in lines)
    drawing = f"BT /F1 12 Tf 72 760 Td 16 TL {shown} ET".encode("ascii")
    resources = b"<< /Font << /F1 5 0 R >> >>"
    return _pdf(resources, drawing, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")


def scan_pdf() -> bytes:
    """Draw a valid one-page PDF 1.4 with nothing but a black-and-white picture of writing: no text to be read."""
    width, height = 96, 136  # pixels, one bit each; width is a whole number of bytes
    written, blank = b"\xff\x80\x7f\xff\x00\x1f\xff\xe0\x0f\xfc\x7f\xff", b"\xff" * (width // 8)
    rows_written = {row for row in range(13, 116) if row % 8 in {3, 4}}
    picture = b"".join(written if row in rows_written else blank for row in range(height))
    image = (
        f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray "
        f"/BitsPerComponent 1 /Length {len(picture)} >>\nstream\n"
    ).encode("ascii")
    return _pdf(b"<< /XObject << /Im1 5 0 R >> >>", b"q 595 0 0 842 0 0 cm /Im1 Do Q", image + picture + b"\nendstream")


def _entity(kind: str, content: str, charset: str, encoding: str) -> Entity:
    headers = [("Content-Type", f"text/{kind}; charset={charset}"), ("Content-Transfer-Encoding", encoding)]
    body = content.encode(charset)
    if encoding == "quoted-printable":
        body = quopri.encodestring(body)
    elif encoding == "base64":
        body = base64.encodebytes(body)
    return headers, body


def _pdf(resources: bytes, drawing: bytes, last: bytes) -> bytes:
    """Put five objects and a cross-reference table of their byte offsets together (ISO 32000-1 section 7.5)."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources " + resources + b" /Contents 4 0 R >>",
        f"<< /Length {len(drawing)} >>\nstream\n".encode("ascii") + drawing + b"\nendstream",
        last,
    )
    # The comment's high bytes tell programs on the way that this is no text.
    file = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(file))
        file += f"{number} 0 obj\n".encode("ascii") + content + b"\nendobj\n"
    table = len(file)
    file += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode("ascii")
    file += b"".join(f"{offset:010} 00000 n \n".encode("ascii") for offset in offsets)
    file += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode("ascii")
    return file


def _pdf_string(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
