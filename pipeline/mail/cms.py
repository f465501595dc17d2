"""S/MIME in one opaque part (RFC 8551, RFC 5652): signed content is taken out without judging the signature; encrypted content is named."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.domain.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_DEPTH = 30
_MAX_PIECES = 100_000
_OID = 0x06
_OCTETS = 0x04
_OCTETS_IN_PIECES = 0x24
_SEQUENCE = 0x30
_EXPLICIT = 0xA0
_INDEFINITE = 0x80
_LONGEST = 4  # bytes that tell a length


class CmsKind(StrEnum):
    """What a CMS structure does to its content."""

    SIGNED = "signed"
    ENCRYPTED = "encrypted"
    COMPRESSED = "compressed"


_KINDS = {
    bytes.fromhex("2a864886f70d010702"): CmsKind.SIGNED,
    bytes.fromhex("2a864886f70d010703"): CmsKind.ENCRYPTED,
    bytes.fromhex("2a864886f70d010706"): CmsKind.ENCRYPTED,
    bytes.fromhex("2a864886f70d0109100117"): CmsKind.ENCRYPTED,
    bytes.fromhex("2a864886f70d0109100109"): CmsKind.COMPRESSED,
}


def _header(data: bytes, at: int) -> tuple[int, int, int]:
    """Tag, first content byte and length of the element at *at*; -1 for a length that only its end tells. Raises UnreadableError."""
    if at + 2 > len(data):
        raise UnreadableError("it is damaged")
    tag, length = data[at], data[at + 1]
    start = at + 2
    if length == _INDEFINITE:
        return tag, start, -1
    if length > _INDEFINITE:
        size = length - _INDEFINITE
        if size > _LONGEST:
            raise UnreadableError("it is damaged")
        length = int.from_bytes(data[start : start + size], "big")
        start += size
    if start + length > len(data):
        raise UnreadableError("it is damaged")
    return tag, start, length


def _inside(data: bytes, at: int, tag: int) -> int:
    """Where the content of the element at *at* begins, which must have *tag*."""
    found, start, _ = _header(data, at)
    if found != tag:
        raise UnreadableError("it is damaged")
    return start


def _octets(data: bytes, at: int) -> Iterator[bytes]:
    """The bytes of an octet string, whole or in pieces (BER, X.690 section 8.7); pieces may hold pieces."""
    ends: list[int] = []
    for _ in range(_MAX_PIECES):
        tag, start, length = _header(data, at)
        if tag == _OCTETS and length >= 0:
            yield data[start : start + length]
            at = start + length
        elif tag == _OCTETS_IN_PIECES and len(ends) < _MAX_DEPTH:
            ends.append(start + length if length >= 0 else -1)
            at = start
        elif tag == 0 and length == 0 and ends and ends[-1] < 0:
            ends.pop()
            at = start
        else:
            raise UnreadableError("it is damaged")
        while ends and 0 <= ends[-1] <= at:
            ends.pop()
        if not ends:
            return
    raise UnreadableError("it is cut into too many pieces")


def _skip(data: bytes, at: int) -> int:
    """Where the element at *at* ends; a few levels of unknown length are walked through."""
    open_ends = 0
    for _ in range(_MAX_PIECES):
        tag, start, length = _header(data, at)
        if tag == 0 and length == 0 and open_ends:
            open_ends -= 1
            at = start
        elif length < 0:
            open_ends += 1
            at = start
        else:
            at = start + length
        if not open_ends:
            return at
    raise UnreadableError("it is cut into too many pieces")


def cms_kind(data: bytes) -> CmsKind | None:
    """What kind of S/MIME *data* is; None when it is none that is known."""
    try:
        at = _inside(data, 0, _SEQUENCE)
        tag, start, length = _header(data, at)
    except UnreadableError:
        return None
    return _KINDS.get(data[start : start + length]) if tag == _OID and length > 0 else None


def signed_content(data: bytes) -> bytes:
    """The MIME entity inside an opaquely signed message, its signature not looked at. Raises UnreadableError when there is none."""
    if cms_kind(data) is not CmsKind.SIGNED:
        raise UnreadableError("it is no signed message")
    at = _skip(data, _inside(data, 0, _SEQUENCE))  # the content type
    at = _inside(data, _inside(data, at, _EXPLICIT), _SEQUENCE)
    at = _skip(data, _skip(data, at))  # version and digest algorithms
    at = _inside(data, at, _SEQUENCE)
    at = _skip(data, at)  # the type of the content
    return b"".join(_octets(data, _inside(data, at, _EXPLICIT)))
