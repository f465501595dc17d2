"""Outlook's winmail.dat (TNEF, MS-OXTNEF): the attachments and the body inside it, as far as it is sound."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.errors import UnreadableError
from pipeline.mail import mapi
from pipeline.mail.files import File

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = 0x223E9F78
MAX_ATTACHMENTS = 100
_MAX_ATTRIBUTES = 5_000
_MAX_PROPERTIES = 2_000
_MAX_VALUES = 100
# Attributes (MS-OXTNEF section 2.1.3.3), by the low half of their id.
_BODY = 0x800C
_SUBJECT = 0x8004
_RENDER_DATA = 0x9002
_TITLE = 0x8010
_DATA = 0x800F
_ATTACHMENT = 0x9005
_MESSAGE_PROPERTIES = 0x9003
_CODE_PAGE = 0x9007
_NAMED = 0x8000
_MANY = 0x1000
_OBJECT_ID = 16  # bytes before an embedded object
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_COUNTED = frozenset({mapi.STRING8, mapi.UNICODE, mapi.OBJECT, mapi.BINARY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tnef:
    """What a winmail.dat holds: *text* is the message's body where it is there at all."""

    subject: str
    text: str
    files: tuple[File, ...]


class _Source:
    """Reads numbers and runs of bytes in order; asking for more than there is ends the reading."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def take(self, size: int) -> bytes:
        """The next *size* bytes."""
        if size > len(self._data) - self._at:
            raise EOFError
        self._at += size
        return bytes(self._data[self._at - size : self._at])

    def number(self, size: int = 4) -> int:
        """The next little-endian number of *size* bytes."""
        return int.from_bytes(self.take(size), "little")

    def padded(self, size: int) -> bytes:
        """*size* bytes, and what fills them up to four; the filling may be missing at the very end."""
        data = self.take(size)
        self._at = min(self._at + -size % 4, len(self._data))
        return data


def _attributes(source: _Source) -> Iterator[tuple[int, bytes]]:
    """Each attribute as the low half of its id and its bytes; ends where the file is cut off."""
    for _ in range(_MAX_ATTRIBUTES):
        try:
            source.take(1)  # the level: message or attachment
            kind = source.number() & 0xFFFF
            data = source.take(source.number())
            source.take(2)  # the checksum, which several programs get wrong
        except EOFError:
            return
        yield kind, data


def _properties(data: bytes) -> mapi.Properties:
    """The MAPI properties of an attribute (MS-OXTNEF section 2.1.3.4); those before a fault are kept."""
    source = _Source(data)
    found: dict[int, tuple[int, bytes]] = {}
    try:
        for _ in range(min(source.number(), _MAX_PROPERTIES)):
            kind = source.number(2)
            name = source.number(2)
            if name >= _NAMED:
                _skip_name(source)
            found.setdefault(name, (kind, _value(source, kind)))
    except (EOFError, KeyError):
        pass
    return found


def _skip_name(source: _Source) -> None:
    source.take(16)
    if source.number():
        source.padded(source.number())
    else:
        source.take(4)


def _value(source: _Source, kind: int) -> bytes:
    """The (first) value of a property of type *kind*. Raises KeyError for a type there is not."""
    plain = kind & ~_MANY
    if plain in _COUNTED:
        values = [source.padded(source.number()) for _ in range(min(source.number(), _MAX_VALUES))]
    else:
        count = min(source.number(), _MAX_VALUES) if kind & _MANY else 1
        values = [source.take(_FIXED[plain]) for _ in range(count)]
    return values[0] if values else b""


@dataclass(slots=True)
class _Draft:
    """An attachment while its attributes come in."""

    title: bytes = b""
    data: bytes = b""
    properties: mapi.Properties | None = None

    def file(self, codec: str) -> File | None:
        """The attachment; None when it holds nothing."""
        properties = self.properties or {}
        kind, data = properties.get(mapi.ATTACH_DATA, (0, b""))
        embedded = kind == mapi.OBJECT and len(data) > _OBJECT_ID
        content = data[_OBJECT_ID:] if embedded else (self.data or data)
        if not content:
            return None
        title = mapi.words({mapi.DISPLAY_NAME: (mapi.STRING8, self.title)}, mapi.DISPLAY_NAME, codec=codec)
        name = mapi.words(properties, mapi.ATTACH_LONG_FILENAME, mapi.ATTACH_FILENAME, codec=codec) or title
        name = name or mapi.words(properties, mapi.DISPLAY_NAME, codec=codec)
        declared = mapi.words(properties, mapi.ATTACH_MIME_TAG, codec=codec).strip().lower()
        return File(name=name, content_type="application/ms-tnef" if embedded else declared, data=content)


def read_tnef(data: bytes) -> Tnef:
    """Read a TNEF stream; at most 100 attachments. Raises UnreadableError when *data* is none."""
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != SIGNATURE:  # noqa: PLR2004 - signature and key take six bytes
        raise UnreadableError("it is damaged")
    codec = "cp1252"
    subject = body = b""
    message: mapi.Properties = {}
    drafts: list[_Draft] = []
    for kind, value in _attributes(_Source(data[6:])):
        if kind == _CODE_PAGE and len(value) >= 4:  # noqa: PLR2004 - the number of a code page takes four bytes
            codec = mapi.code_page(int.from_bytes(value[:4], "little"))
        elif kind == _SUBJECT:
            subject = value
        elif kind == _BODY:
            body = value
        elif kind == _MESSAGE_PROPERTIES:
            message = _properties(value)
        elif kind == _RENDER_DATA:
            drafts.append(_Draft())
        elif drafts and len(drafts) <= MAX_ATTACHMENTS:
            _add(drafts[-1], kind, value)
    old = {mapi.BODY: (mapi.STRING8, body), mapi.SUBJECT: (mapi.STRING8, subject)}
    try:
        text = mapi.body(message, codec) or mapi.words(old, mapi.BODY, codec=codec)
    except ValueError:
        text = mapi.words(old, mapi.BODY, codec=codec)
    files = (draft.file(codec) for draft in drafts[:MAX_ATTACHMENTS])
    return Tnef(
        subject=mapi.words(message, mapi.SUBJECT, codec=codec) or mapi.words(old, mapi.SUBJECT, codec=codec),
        text=text,
        files=tuple(file for file in files if file is not None),
    )


def _add(draft: _Draft, kind: int, value: bytes) -> None:
    if kind == _TITLE:
        draft.title = value
    elif kind == _DATA:
        draft.data = value
    elif kind == _ATTACHMENT:
        draft.properties = _properties(value)
