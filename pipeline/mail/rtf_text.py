"""Rich Text Format into plain text, and the compressed form of it that Outlook puts into TNEF and .msg (MS-OXRTFCP); linear and bounded."""

from __future__ import annotations

import re
import struct

from pipeline.mail.charsets import codec_name, safe_text

MAX_RTF = 4 * 1024 * 1024
_MAX_DEPTH = 2_000
_MAX_TOKENS = 400_000
_WINDOW = 4096
# The dictionary that every reader and writer begins with (MS-OXRTFCP section 2.1.2.1).
_PRELOAD = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbol"
    b"ArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_COMPRESSED = 0x75465A4C
_STORED = 0x414C454D
_HEADER = struct.Struct("<IIII")

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\", re.DOTALL
)
_SILENT = frozenset(
    {
        b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"objdata", b"themedata", b"datastore", b"header",
        b"headerl", b"headerr", b"headerf", b"footer", b"footerl", b"footerr", b"footerf", b"fldinst", b"filetbl", b"listtable",
        b"listoverridetable", b"revtbl", b"rsidtbl", b"generator", b"xmlnstbl", b"annotation", b"atnid", b"atnauthor", b"bkmkstart",
        b"bkmkend", b"nonshppict", b"sp", b"deleted",
    }
)  # fmt: skip
_WORDS = {
    b"par": "\n", b"line": "\n", b"sect": "\n\n", b"page": "\n\n", b"row": "\n", b"nestrow": "\n", b"cell": "  ",
    b"nestcell": "  ", b"tab": "\t", b"emdash": "\u2014", b"endash": "\u2013", b"lquote": "\u2018", b"rquote": "\u2019",
    b"ldblquote": "\u201c", b"rdblquote": "\u201d", b"bullet": "\u2022", b"emspace": " ", b"enspace": " ", b"qmspace": " ",
}  # fmt: skip
_SYMBOLS = {b"~": "\u00a0", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\", b"\n": "\n", b"\r": "\n"}


def decompress(data: bytes, limit: int = MAX_RTF) -> bytes:
    """Unpack compressed RTF, at most *limit* bytes of it. Raises ValueError when *data* is not compressed RTF."""
    if len(data) < _HEADER.size:
        raise ValueError("compressed RTF is too short to have a header")
    _, size, kind, _ = _HEADER.unpack_from(data)
    limit = min(limit, size)
    if kind == _STORED:
        return data[_HEADER.size : _HEADER.size + limit]
    if kind != _COMPRESSED:
        raise ValueError("this is not compressed RTF")
    window = bytearray(_PRELOAD.ljust(_WINDOW, b"\0"))
    write = len(_PRELOAD)
    out = bytearray()
    at = _HEADER.size
    while at < len(data) and len(out) < limit:
        control = data[at]
        at += 1
        for bit in range(8):
            if control >> bit & 1:
                pair = data[at : at + 2]
                at += 2
                offset, count = int.from_bytes(pair, "big") >> 4, (pair[-1] & 15) + 2 if pair else 0
                if len(pair) < 2 or offset == write:  # noqa: PLR2004 - a reference has two bytes; one to the write position ends it all
                    return bytes(out[:limit])
            else:
                offset, count = -1, 1
            for step in range(count):
                if offset < 0 and at >= len(data):
                    return bytes(out[:limit])
                byte = data[at] if offset < 0 else window[(offset + step) % _WINDOW]
                window[write] = byte
                write = (write + 1) % _WINDOW
                out.append(byte)
            at += offset < 0
    return bytes(out[:limit])


class _Reader:
    """Walks the tokens of one document; groups keep their own state."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.codec = "cp1252"
        self._silent = False
        self._skip_after = 1  # characters that stand in for a \u one (the \uc of RTF)
        self._skip = 0
        self._stack: list[tuple[bool, int]] = []
        self._star = False
        self._bytes = bytearray()

    def flush(self) -> None:
        """Decode the bytes that have gathered: one character may take several."""
        if self._bytes:
            self.out.append(self._bytes.decode(self.codec, "replace"))
            self._bytes.clear()

    def _write(self, text: str) -> None:
        if not self._silent:
            self.flush()
            self.out.append(text)

    def group(self, brace: bytes) -> None:
        """A group opens or closes."""
        self._skip = 0
        self._star = False
        self.flush()
        if brace == b"{":
            if len(self._stack) >= _MAX_DEPTH:
                raise ValueError("the groups are nested too deeply")
            self._stack.append((self._silent, self._skip_after))
        elif self._stack:
            self._silent, self._skip_after = self._stack.pop()

    def word(self, name: bytes, number: int | None) -> None:
        """A control word."""
        if name in _SILENT or (self._star and name != b"shpinst"):
            self._silent = True
        elif name == b"shptxt":
            # The text of a box stands inside a group that is silent otherwise.
            self._silent = False
        elif name in _WORDS:
            self._write(_WORDS[name])
        elif name == b"ansicpg":
            self.codec = codec_name(f"cp{number}") or "cp1252"
        elif name == b"uc":
            self._skip_after = min(max(number or 0, 0), 16)
        elif name == b"u" and number is not None:
            # UTF-16 units, written as signed numbers; pairs are joined at the end.
            self._write(chr(number % 0x10000))
            self._skip = self._skip_after
            return
        self._skip = 0
        self._star = False

    def symbol(self, char: bytes) -> None:
        """A backslash with something that is no letter."""
        if char == b"*":
            self._star = True
        elif char in _SYMBOLS:
            self._write(_SYMBOLS[char])

    def escaped(self, digits: bytes) -> None:
        """A byte in hex."""
        if self._skip:
            self._skip -= 1
        elif not self._silent:
            self._bytes.append(int(digits, 16))

    def plain(self, run: bytes) -> None:
        """A run of text."""
        skipped = min(self._skip, len(run))
        self._skip -= skipped
        if not self._silent and run[skipped:]:
            self._bytes += run[skipped:]


def rtf_to_text(data: bytes) -> str:
    """The text of an RTF document; of its beginning, where it is longer than 4 MB or has more than 400,000 words and groups.

    Raises ValueError when it is not RTF or is nested absurdly.
    """
    data = data[:MAX_RTF]
    if not data.lstrip().startswith(b"{\\rtf"):
        raise ValueError("this is not RTF")
    reader = _Reader()
    at = 0
    for _ in range(_MAX_TOKENS):
        match = _TOKEN.match(data, at)
        if match is None:
            break
        at = match.end()
        word, number, digits, symbol, brace, run = match.groups()
        if word == b"bin":
            at += max(int(number or 0), 0)
        elif word:
            reader.word(word, int(number) if number else None)
        elif digits:
            reader.escaped(digits)
        elif symbol:
            reader.symbol(symbol)
        elif brace:
            reader.group(brace)
        elif run:
            reader.plain(run)
    reader.flush()
    text = "".join(reader.out).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return safe_text("\n".join(line.strip() for line in text.split("\n"))).strip("\n")
