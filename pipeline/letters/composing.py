"""Writes a letter as complete RFC 5322 bytes with a header writer of its own, and checks them before it lets them go.

The standard library's writer of this Python turns an encoded word inside a subject into real header lines
(CVE-2024-6923), so nothing here passes through ``EmailMessage``.
"""

from __future__ import annotations

import binascii
import re
from base64 import encodebytes
from dataclasses import dataclass
from datetime import UTC
from email.parser import BytesHeaderParser
from email.utils import format_datetime, getaddresses
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

from pipeline.domain.errors import IntegrityError, UsageError
from pipeline.letters.plain import clean_text, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

LINE_LIMIT = 998  # RFC 5322 section 2.1.1, without the line end
_SHORT_LINE = 78  # the same section: what every reader shows unwrapped
_QUOTED_LINE = 75  # RFC 2045 section 6.7: 76 with the soft line break
_WORD_BYTES = 42  # 42 bytes are 56 in base64: an encoded word of 68, below the 75 of RFC 2047 section 2
_MESSAGE_ID_LIMIT = 250
_REFERENCES_KEPT = 20
_NAME_PIECE = 54  # characters of a file name on one line; RFC 2231 section 3 continues it on the next

_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_DOMAIN_LABEL = re.compile(r"[A-Za-z0-9-]{1,63}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,240}@[A-Za-z0-9._:\[\]-]{1,240}>")
_CONTENT_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,63}/[A-Za-z0-9][A-Za-z0-9.+-]{0,126}")
_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9 ]{1,60}")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9 ._-]{0,59}")
_NOT_IN_A_NAME = re.compile(r'[/\\:*?"<>|]')
_NOT_QUOTABLE = re.compile(rb"[^\t -<>-~]")
_FROM_LINE = b"From "  # Old mail stores put a ">" before such a line.


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a letter; *content_type* is like ``application/pdf``."""

    name: str
    data: bytes
    content_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """Everything that goes into one mail to one address; addresses are bare, *date* is aware, *automatic* marks an acknowledgement.

    *generated* marks a notice that the program sends by itself to our own people. *html* is the same words as a page, for
    those who read it so; the text stays the legal answer. *in_reply_to* and *references* are as the correspondent wrote
    them: what is not a sound message-id is left out.
    """

    message_id: str
    date: datetime
    from_address: str
    to: str
    subject: str
    text: str
    from_name: str = ""
    reply_to: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    automatic: bool = False
    generated: bool = False
    html: str = ""
    attachments: tuple[Attachment, ...] = ()


def compose(mail: OutgoingMail) -> bytes:
    """Write *mail* as RFC 5322 bytes: CRLF, 7-bit, no line over 998, the same bytes for the same mail.

    Raises UsageError for an address, a message-id, a date or an attachment that cannot be sent, IntegrityError when
    the finished bytes do not read back as what was meant (nothing may then be sent).
    """
    to = checked_address(mail.to, "to")
    headers = list(_headers(mail, to))
    text = _normalised(mail.text)
    encoding, body = _encoded_text(text)
    part = [("Content-Type", 'text/plain; charset="utf-8"'), ("Content-Transfer-Encoding", encoding)]
    content = body
    if mail.html:
        page = _page(mail.html)
        boundary = _boundary(f"{mail.message_id} alternative", body + page)
        content = _multipart(boundary, [_head(part) + body, page])
        part = [("Content-Type", f'multipart/alternative; boundary="{boundary}"')]
    if mail.attachments:
        boundary = _boundary(mail.message_id, content)
        content = _multipart(boundary, [_head(part) + content, *map(_attached, mail.attachments)])
        part = [("Content-Type", f'multipart/mixed; boundary="{boundary}"')]
    headers.extend(part)
    raw = _head(headers) + content
    _verify(raw, [name for name, _ in headers], to)
    if _decoded_text(encoding, body) != text:
        raise IntegrityError(f"{mail.message_id}: the text would not arrive as it was written; nothing was queued.")
    return raw


def readdress(raw: bytes, *, to: str, message_id: str, date: datetime) -> bytes:
    """A mail that ``compose`` wrote, to another address: only To, Message-ID and Date differ, every byte of the body is the same.

    Raises UsageError for an address or message-id that cannot be sent, IntegrityError where *raw* is none of ours.
    """
    checked = checked_address(to, "to")
    if not is_message_id(message_id) or date.tzinfo is None:
        raise UsageError("a mail needs a message-id and a time with its zone")
    anew = {b"To": checked, b"Date": format_datetime(date.astimezone(UTC)), b"Message-ID": message_id}
    head, end, body = raw.partition(b"\r\n\r\n")
    fields = re.split(rb"\r\n(?![ \t])", head)
    names = [field.partition(b":")[0] for field in fields]
    if not end or any(names.count(name) != 1 for name in anew):
        raise IntegrityError("This letter cannot be sent to another address: it is not as we write them.")
    lines = [
        name + b": " + anew[name].encode("ascii") if name in anew else field
        for name, field in zip(names, fields, strict=True)
    ]
    made = b"\r\n".join(lines) + end + body
    _verify(made, [name.decode("ascii") for name in names], checked)
    return made


def recipients_digest(recipients: Iterable[str]) -> str:
    r"""SHA-256, in hex, of *recipients* case-folded, sorted and joined by ``\n``; approval is bound to it (invariant 5)."""
    return sha256("\n".join(sorted(recipient.casefold() for recipient in recipients)).encode()).hexdigest()


def content_digest(raw: bytes) -> str:
    """SHA-256, in hex, of the complete bytes of a mail; approval is bound to it (invariant 5)."""
    return sha256(raw).hexdigest()


def checked_address(address: str, key: str) -> str:
    """Give *address* back when it is a bare ASCII address (RFC 5321 section 4.1.2, without quoted and bracketed forms).

    Raises UsageError that names *key* otherwise.
    """
    local, at, domain = address.rpartition("@")
    sound = (
        at
        and len(address) <= 254  # noqa: PLR2004 - RFC 5321 section 4.5.3.1.3, without the angle brackets
        and _LOCAL_PART.fullmatch(local)
        and not (local.startswith(".") or local.endswith(".") or ".." in local)
        and "=?" not in local
        and all(
            _DOMAIN_LABEL.fullmatch(label) and not (label.startswith("-") or label.endswith("-"))
            for label in domain.split(".")
        )
    )
    if not sound:
        shown = one_line(address)[:80]
        raise UsageError(f'{key}: "{shown}" is not an address mail can be sent to; write it like name@example.org')
    return address


def is_message_id(text: str) -> bool:
    """Whether *text* is a sound message-id, angle brackets included, of fewer than 250 characters (RFC 5322 section 3.6.4)."""
    return len(text) < _MESSAGE_ID_LIMIT and _MESSAGE_ID.fullmatch(text) is not None and "=?" not in text


def header_text(text: str) -> str:
    """Make *text* safe for an unstructured header: one line, no controls, and no ``=?`` that could begin an encoded word."""
    return one_line(text).replace("=?", "= ?")


def _headers(mail: OutgoingMail, to: str) -> Iterator[tuple[str, str]]:
    """Give the header fields but those of the body, in their order on the wire; values are folded already."""
    if not is_message_id(mail.message_id):
        raise UsageError(f"message_id: {one_line(mail.message_id)[:80]} is not a message-id; draw a new one")
    if mail.date.tzinfo is None:
        raise UsageError("date: a mail needs a time with its zone")
    sender = checked_address(mail.from_address, "from_address")
    name = header_text(mail.from_name)
    yield "From", f"{_phrase(name)} <{sender}>" if name else sender
    yield "To", to
    if mail.reply_to:
        yield "Reply-To", checked_address(mail.reply_to, "reply_to")
    yield "Subject", _unstructured("Subject", header_text(mail.subject))
    yield "Date", format_datetime(mail.date.astimezone(UTC))
    yield "Message-ID", mail.message_id
    if is_message_id(mail.in_reply_to):
        yield "In-Reply-To", mail.in_reply_to
    if references := [one for one in mail.references if is_message_id(one)][-_REFERENCES_KEPT:]:
        yield "References", "\r\n ".join(references)
    if mail.automatic:
        yield "Auto-Submitted", "auto-replied"  # RFC 3834 section 5
        yield "X-Auto-Response-Suppress", "All"
    elif mail.generated:
        yield "Auto-Submitted", "auto-generated"  # the same section
        yield "X-Auto-Response-Suppress", "All"
    yield "MIME-Version", "1.0"


def _unstructured(name: str, text: str) -> str:
    """Fold *text* for an unstructured header: as it is where it is short ASCII, else as encoded words."""
    if text.isascii() and len(name) + 2 + len(text) <= _SHORT_LINE:
        return text
    return _encoded_words(text)


def _phrase(name: str) -> str:
    """Write a display name: plain words, a quoted string for other short ASCII, encoded words for the rest."""
    if _PLAIN_PHRASE.fullmatch(name):
        return name
    if name.isascii() and len(name) <= 60:  # noqa: PLR2004 - with From and quotes still one short line
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return _encoded_words(name) + "\r\n"


def _encoded_words(text: str) -> str:
    """Write *text* as RFC 2047 base64 words, a line each; no character is cut in two."""
    words: list[bytes] = [b""]
    for character in text:
        encoded = character.encode()
        if len(words[-1]) + len(encoded) > _WORD_BYTES:
            words.append(b"")
        words[-1] += encoded
    return "\r\n ".join(f"=?utf-8?b?{binascii.b2a_base64(word, newline=False).decode()}?=" for word in words)


def _head(fields: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode("ascii") + b"\r\n"


def _normalised(text: str) -> bytes:
    """Give the text as it has to arrive: UTF-8, CRLF, ended by a line end, without control characters but tabs."""
    return clean_text(text).removesuffix("\n").replace("\n", "\r\n").encode() + b"\r\n"


def _encoded_text(text: bytes) -> tuple[str, bytes]:
    """Choose how *text* travels: as it is where no server has a reason to touch it, else quoted-printable."""
    lines = text.split(b"\r\n")
    if text.isascii() and all(
        len(line) <= _SHORT_LINE and not line.endswith((b" ", b"\t")) and not line.startswith((_FROM_LINE, b"."))
        for line in lines
    ):
        return "7bit", text
    return "quoted-printable", b"\r\n".join(b"=\r\n".join(_quoted_line(line)) for line in lines)


def _quoted_line(line: bytes) -> Iterator[bytes]:
    """Write one line as quoted-printable (RFC 2045 section 6.7), in pieces of at most 75 bytes."""
    rest = _NOT_QUOTABLE.sub(lambda found: b"=%02X" % found[0][0], line)
    if rest.endswith((b" ", b"\t")):
        rest = rest[:-1] + b"=%02X" % rest[-1]
    start = 0
    while True:
        lead = b""
        if rest.startswith((_FROM_LINE, b"."), start):
            lead = b"=%02X" % rest[start]
            start += 1
        end = start + _QUOTED_LINE - len(lead)
        if end >= len(rest):
            yield lead + rest[start:]
            return
        cut = rest.rfind(b"=", end - 2, end)
        end = cut if cut != -1 else end
        yield lead + rest[start:end]
        start = end


def _decoded_text(encoding: str, body: bytes) -> bytes:
    return body if encoding == "7bit" else binascii.a2b_qp(body)


def _boundary(message_id: str, body: bytes) -> str:
    """Derive a boundary from the message-id that stands nowhere in *body*; ``=_`` cannot stand in base64 or quoted-printable."""
    number = 0
    while True:
        boundary = f"=_{sha256(f'{message_id} {number}'.encode()).hexdigest()[:40]}"
        if boundary.encode() not in body:
            return boundary
        number += 1


def _multipart(boundary: str, parts: Iterable[bytes]) -> bytes:
    mark = f"--{boundary}".encode()
    return b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"


def _page(html: str) -> bytes:
    """The words as a page; base64, for its lines may be of any length."""
    fields = [("Content-Type", 'text/html; charset="utf-8"'), ("Content-Transfer-Encoding", "base64")]
    return _head(fields) + encodebytes(html.encode()).strip().replace(b"\n", b"\r\n")


def _attached(attachment: Attachment) -> bytes:
    if not _CONTENT_TYPE.fullmatch(attachment.content_type):
        shown = one_line(attachment.content_type)[:80]
        raise UsageError(f'attachment {one_line(attachment.name)[:80]}: "{shown}" is not a content type')
    fields = [
        ("Content-Type", attachment.content_type),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", "attachment" + "".join(_file_name(attachment.name))),
    ]
    return _head(fields) + encodebytes(attachment.data).strip().replace(b"\n", b"\r\n")


def _file_name(name: str) -> Iterator[str]:
    """Write the parameter of a file name: quoted where it is plain, else by RFC 2231, in pieces where it is long."""
    safe = _NOT_IN_A_NAME.sub("_", one_line(name)).strip(". ")
    if not safe:
        raise UsageError("attachment: a file needs a name; rename it")
    if _PLAIN_NAME.fullmatch(safe):
        yield f';\r\n filename="{safe}"'
        return
    encoded = quote(safe, safe="")
    if len(encoded) <= _NAME_PIECE:
        yield f";\r\n filename*=utf-8''{encoded}"
        return
    pieces = re.findall(rf"(?:%[0-9A-F]{{2}}|[^%]){{1,{_NAME_PIECE // 3}}}", encoded)
    for number, piece in enumerate(pieces):
        charset = "" if number else "utf-8''"
        yield f";\r\n filename*{number}*={charset}{piece}"


def _verify(raw: bytes, names: list[str], to: str) -> None:
    """Read *raw* back as a stranger would; raises IntegrityError when its headers or lines are not what was meant."""
    ends = raw.count(b"\r\n")
    parsed = BytesHeaderParser().parsebytes(raw[: raw.index(b"\r\n\r\n") + 4])
    faults = []
    if parsed.keys() != names:
        faults.append("its headers are not those that were written")
    if getaddresses(parsed.get_all("To", [])) != [("", to)]:
        faults.append("it is not addressed to exactly one recipient")
    if raw.count(b"\r") != ends or raw.count(b"\n") != ends:
        faults.append("a line end is not CR LF")
    if not raw.isascii() or b"\0" in raw:
        faults.append("it is not 7-bit")
    if max(map(len, raw.split(b"\r\n"))) > LINE_LIMIT:
        faults.append(f"a line is longer than {LINE_LIMIT}")
    if faults:
        raise IntegrityError(f"This mail cannot be sent: {'; '.join(faults)}. Nothing was queued.")
