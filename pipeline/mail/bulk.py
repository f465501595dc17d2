"""Large base64 bodies are lifted out of the raw mail before the parsers see it, and decoded straight from the raw bytes later.

The parsers hold a mail several times over as text; without its attachments it is small, so a 40 MB attachment costs little more than itself.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOK_FROM = 256 * 1024
_LIFT_FROM = 64 * 1024
_CHUNK = 1024 * 1024
_HEADER_REACH = 4096
_SAMPLE = 4096
_BASE64_TEXT = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Bulk:
    """*light* is the mail with each large base64 body replaced by a mark that occurs nowhere in the mail itself."""

    raw: bytes
    light: bytes
    mark: re.Pattern[bytes] | None
    regions: tuple[tuple[int, int], ...]

    def pieces(self, body: str) -> Iterator[bytes]:
        """The bytes of a part's undecoded *body*, with what was lifted out put back, in pieces of at most about 1 MB each."""
        data = body.encode("utf-8", "surrogateescape")
        if self.mark is None:
            yield data
            return
        end = 0
        for match in self.mark.finditer(data):
            yield data[end : match.start()]
            start, stop = self.regions[int(match[1])]
            for at in range(start, stop, _CHUNK):
                yield self.raw[at : min(at + _CHUNK, stop)]
            end = match.end()
        yield data[end:]

    def whole(self, body: str) -> bytes:
        """The same, in one."""
        return b"".join(self.pieces(body))


def _region(raw: bytes, at: int) -> tuple[int, int] | None:
    """The base64 body that follows a transfer-encoding header at *at*: its first byte, and the line end before the next boundary."""
    if b"ransfer-" not in raw[max(at - 40, 0) : at].lower():
        return None
    blank = _BLANK_LINE.search(raw, at, at + _HEADER_REACH)
    if blank is None:
        return None
    start = blank.end()
    stop = raw.find(b"\n--", start)
    stop = len(raw) if stop < 0 else stop
    # The parsers end a line at a lone CR too; a boundary after one must stay visible to them.
    bare = raw.find(b"\r--", start, stop)
    stop = stop if bare < 0 else bare
    if raw[start : start + _SAMPLE].translate(None, _BASE64_TEXT) and stop - start > _SAMPLE:
        return (start, start)
    if raw[stop - 1 : stop] == b"\r":
        stop -= 1
    return (start, max(stop, start))


def lift(raw: bytes) -> Bulk:
    """Take large base64 bodies out of *raw*; small mail passes unchanged. Linear in the size of *raw*."""
    if len(raw) < _LOOK_FROM:
        return Bulk(raw, raw, None, ())
    # A sender cannot write the mark into a mail whose own digest it contains.
    token = b"=lifted-" + hashlib.sha256(raw).hexdigest()[:32].encode() + b"-"
    regions: list[tuple[int, int]] = []
    out: list[bytes] = []
    cursor = copied = 0
    while (at := raw.find(b"ase64", cursor)) >= 0:
        region = _region(raw, at)
        cursor = at + 5
        if region is None:
            continue
        start, stop = region
        cursor = max(cursor, stop)
        if stop - start >= _LIFT_FROM:
            out += [raw[copied:start], token, str(len(regions)).encode(), b"="]
            regions.append(region)
            copied = stop
    if not regions:
        return Bulk(raw, raw, None, ())
    out.append(raw[copied:])
    return Bulk(raw, b"".join(out), re.compile(re.escape(token) + rb"(\d+)="), tuple(regions))
