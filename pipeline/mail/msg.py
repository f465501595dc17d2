"""Outlook's .msg (MS-OXMSG): a message saved as a compound file; who wrote it, when, its text and its attachments."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import olefile  # type: ignore[import-untyped]  # olefile publishes no types

from pipeline.domain.errors import UnreadableError
from pipeline.mail import mapi
from pipeline.mail.charsets import one_line
from pipeline.mail.files import File
from pipeline.mail.zipped import ProtectedError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_ATTACHMENTS = 50
MAX_UNPACKED = 20 * 1024 * 1024
_MAX_DEPTH = 3
_MAX_ENTRIES = 10_000
_STREAM = "__substg1.0_"
_ATTACHMENT = "__attach_version1.0_#"
_PROPERTIES = "__properties_version1.0"
_EMBEDDED = "3701000d"
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
# Bytes before the property entries of the message, of an attached one and of an attachment (MS-OXMSG section 2.4.1).
_TOP_HEADER = 32
_INNER_HEADER = 24
_PART_HEADER = 8
_ENTRY = 16
_FIRST_PAGE = 0x3FFD  # the property that names the code page of 8-bit strings
_INTERNET_PAGE = 0x3FDE


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookMessage:
    """A message as Outlook saves it; *headers* are its Internet headers where it had any, *sent* is what its sender's machine said (UTC)."""

    subject: str
    sender_name: str
    sender_email: str
    sent: datetime | None
    headers: str
    text: str
    files: tuple[File, ...]


class _Store:
    """The streams of a compound file by the storage they stand in; at most 20 MB are read."""

    def __init__(self, data: bytes) -> None:
        try:
            self._ole = olefile.OleFileIO(io.BytesIO(data))
            entries = self._ole.listdir(streams=True, storages=False)
        except Exception as error:
            raise UnreadableError("it is damaged") from error
        if len(entries) > _MAX_ENTRIES:
            raise UnreadableError("it holds too many parts")
        self._left = MAX_UNPACKED
        self.streams: dict[tuple[str, ...], dict[str, list[str]]] = {}
        for path in entries:
            folder = tuple(name.lower() for name in path[:-1])
            self.streams.setdefault(folder, {})[path[-1].lower()] = path
        self.attached: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        for folder in self.streams:
            for depth, name in enumerate(folder):
                if name.startswith(_ATTACHMENT):
                    self.attached.setdefault(folder[:depth], set()).add(folder[: depth + 1])

    def read(self, folder: tuple[str, ...], name: str) -> bytes:
        """The bytes of a stream; empty when there is none or it is broken. Raises UnreadableError beyond the limit."""
        path = self.streams.get(folder, {}).get(name)
        if path is None:
            return b""
        try:
            size = int(self._ole.get_size(path))
            data: bytes = self._ole.openstream(path).read() if size <= self._left else b""
        except Exception:  # noqa: BLE001 - one broken stream must not cost the others; olefile raises many kinds
            return b""
        self._left -= max(size, len(data))
        if self._left < 0:
            raise UnreadableError(f"it unpacks to more than {MAX_UNPACKED // 2**20} MB")
        return data


def is_message(names: frozenset[str]) -> bool:
    """Whether a compound file with the top-level streams *names* (lower case) is a message."""
    return _PROPERTIES in names


def stream_names(data: bytes) -> frozenset[str]:
    """The names of a compound file's top-level streams, lower case, which tell what kind of file it is. Raises UnreadableError."""
    return frozenset(_Store(data).streams.get((), {}))


def read_msg(data: bytes) -> OutlookMessage:
    """Read a .msg file; an attached message comes as plain mail, with its own attachments after it. Raises UnreadableError."""
    store = _Store(data)
    names = frozenset(store.streams.get((), {}))
    if "encryptedpackage" in names:
        raise ProtectedError("it is protected by a password")
    if not is_message(names):
        raise UnreadableError("it is no message")
    return _message(store, (), 0)


def _message(store: _Store, folder: tuple[str, ...], depth: int) -> OutlookMessage:
    properties, fixed = _properties(store, folder)
    codec = mapi.code_page(_number(fixed.get(_FIRST_PAGE) or fixed.get(_INTERNET_PAGE) or b"") or 1252)
    try:
        text = mapi.body(properties, codec)
    except ValueError:
        text = ""

    def line(*ids: int) -> str:
        """The first of these properties that has words, on one line."""
        return one_line(mapi.words(properties, *ids, codec=codec))

    smtp = line(mapi.SENDER_SMTP_ADDRESS, mapi.SENT_REPRESENTING_SMTP_ADDRESS, mapi.SMTP_ADDRESS)
    email = smtp or line(mapi.SENDER_EMAIL) or line(mapi.SENT_REPRESENTING_EMAIL)
    return OutlookMessage(
        subject=line(mapi.SUBJECT),
        sender_name=line(mapi.SENDER_NAME, mapi.SENT_REPRESENTING_NAME),
        # Within one organisation the address is a path in its directory, which is of no use to us.
        sender_email=email if "@" in email else "",
        sent=_time(fixed.get(mapi.CLIENT_SUBMIT_TIME, b"")),
        headers=mapi.words(properties, mapi.TRANSPORT_HEADERS, codec=codec),
        text=text,
        files=_files(store, folder, codec, depth),
    )


def _properties(store: _Store, folder: tuple[str, ...]) -> tuple[mapi.Properties, Mapping[int, bytes]]:
    """The properties of a storage: those of changing length by id, with type and bytes; and those of fixed length."""
    names = store.streams.get(folder, {})
    found: dict[int, tuple[int, bytes]] = {}
    for name in sorted(names):
        tag = name.removeprefix(_STREAM)
        if len(tag) == 8 and tag != name and all(char in "0123456789abcdef" for char in tag):  # noqa: PLR2004 - id and type in hex
            number, kind = int(tag[:4], 16), int(tag[4:], 16)
            if number in _WANTED:
                found[number] = (kind, store.read(folder, name))
    table = store.read(folder, _PROPERTIES)
    start = _TOP_HEADER if not folder else _PART_HEADER if folder[-1].startswith(_ATTACHMENT) else _INNER_HEADER
    fixed = {}
    for at in range(start, min(len(table), _ENTRY * _MAX_ENTRIES) - _ENTRY + 1, _ENTRY):
        fixed[int.from_bytes(table[at + 2 : at + 4], "little")] = table[at + 8 : at + _ENTRY]
    return found, fixed


_WANTED = frozenset(
    {
        mapi.SUBJECT, mapi.SENT_REPRESENTING_NAME, mapi.SENT_REPRESENTING_EMAIL, mapi.TRANSPORT_HEADERS, mapi.SENDER_NAME,
        mapi.SENDER_EMAIL, mapi.BODY, mapi.RTF_COMPRESSED, mapi.BODY_HTML, mapi.DISPLAY_NAME, mapi.ATTACH_DATA,
        mapi.ATTACH_FILENAME, mapi.ATTACH_LONG_FILENAME, mapi.ATTACH_MIME_TAG, mapi.SMTP_ADDRESS, mapi.SENDER_SMTP_ADDRESS,
        mapi.SENT_REPRESENTING_SMTP_ADDRESS,
    }
)  # fmt: skip


def _number(data: bytes) -> int:
    return int.from_bytes(data[:4], "little")


def _time(data: bytes) -> datetime | None:
    """A FILETIME: tenths of microseconds since 1601."""
    ticks = int.from_bytes(data[:8], "little")
    try:
        return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
    except OverflowError:
        return None


def _files(store: _Store, folder: tuple[str, ...], codec: str, depth: int) -> tuple[File, ...]:
    """The attachments of a storage; a message within is written out as mail, three levels deep."""
    files = []
    for path in sorted(store.attached.get(folder, ()))[:MAX_ATTACHMENTS]:
        properties, _ = _properties(store, path)
        long, short = mapi.ATTACH_LONG_FILENAME, mapi.ATTACH_FILENAME
        name = one_line(mapi.words(properties, long, short, mapi.DISPLAY_NAME, codec=codec))
        embedded = (*path, _STREAM + _EMBEDDED)
        if embedded in store.streams:
            if depth < _MAX_DEPTH:
                inner = _message(store, embedded, depth + 1)
                files += [File(name=name, content_type="message/rfc822", data=as_mail(inner)), *inner.files]
            continue
        _, data = properties.get(mapi.ATTACH_DATA, (0, b""))
        declared = mapi.words(properties, mapi.ATTACH_MIME_TAG, codec=codec).strip().lower()
        if data:
            files.append(File(name=name, content_type=declared, data=data))
    return tuple(files)


def as_mail(message: OutlookMessage) -> bytes:
    """The message as RFC 5322 bytes without its attachments, so that one reader serves all."""
    lines = [f"Subject: {message.subject}"]
    if message.sender_email:
        lines.append(f"From: {message.sender_name} <{message.sender_email}>")
    if message.sent is not None:
        lines.append(f"Date: {message.sent:%a, %d %b %Y %H:%M:%S +0000}")
    lines += [
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        message.text,
    ]
    return "\r\n".join(lines).encode("utf-8", "replace")
