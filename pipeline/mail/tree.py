"""The MIME tree of a mail: the standard library's parser, with limits on depth, parts, headers and boundaries as it goes.

Attached messages (message/*) stay whole: they are attachments, byte for byte, and their text and headers never mix with the mail's own.
"""

from __future__ import annotations

import re
from email.feedparser import BytesFeedParser
from email.message import Message as MimeMessage
from email.policy import compat32
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from pipeline.mail.charsets import decode_raw, one_line
from pipeline.mail.headers import decode_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.policy import Policy

MAX_DEPTH = 100
MAX_PARTS = 2_000
MAX_HEADERS = 1_000
MAX_VALUE = 64 * 1024
MAX_HEADER_TOTAL = 1024 * 1024
_MAX_MIME_VALUE = 8 * 1024
_MAX_NAME = 256
_MAX_BOUNDARY = 200
_MAX_NOTES = 200
_MAX_LINES = 3_000_000
# The standard parser tries every open boundary on every line: depth times lines is what it costs.
_MAX_LINE_CHECKS = 4_000_000
_CHUNK = 64 * 1024

_NONE = object()

T = TypeVar("T")

_FOLDS = re.compile(r"[\r\n]+")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
# Of these the last entries are the ones that count, so an overlong value loses its beginning.
_KEEP_END = frozenset({"references", "in-reply-to"})
# A flood of other headers cannot push these out.
_ESSENTIAL = frozenset(
    {
        "from",
        "sender",
        "to",
        "subject",
        "date",
        "message-id",
        "content-type",
        "content-transfer-encoding",
        "auto-submitted",
    }
)
_SPARE = 50


class _LimitReachedError(Exception):
    """The mail is deeper or has more parts than a person's mail ever has."""


class Part(MimeMessage):
    """A MIME part that keeps its headers short, unfolded and free of raw bytes, and never opens an attached message."""

    def __init__(self, policy: Policy[MimeMessage], tree: Tree) -> None:
        super().__init__(policy)
        self.depth = 0
        self._tree = tree
        self._room = MAX_HEADER_TOTAL
        # What was asked of its headers before, once no more of them can come: two parsers ask the same a dozen times over.
        self._kind = ""
        self._told: dict[tuple[str, str, bool], Any] = {}

    def set_raw(self, name: str, value: str) -> None:
        """Keep a header as the parser hands it over, within the limits."""
        key = name.lower()
        limit = self._tree.mime_limit if key.startswith("content-") else MAX_VALUE
        if len(value) > limit:
            self._tree.note(f"A header is longer than {limit // 1024} KB and was cut.")
            value = value[-limit:] if key in _KEEP_END else value[:limit]
        full = len(self) >= MAX_HEADERS or len(value) > self._room
        spared = key in _ESSENTIAL and len(self) < MAX_HEADERS + _SPARE and len(value) <= _MAX_MIME_VALUE
        if full and not spared:
            self._tree.note(
                f"There are more than {MAX_HEADERS} headers, or more than 1 MB of them; the first ones are kept."
            )
            return
        self._room -= len(value)
        self._tree.header_size += len(value)
        if "=?" in value:
            self._tree.word_cost += len(value) ** 2
        super().set_raw(name[:_MAX_NAME].strip(), _FOLDS.sub("", decode_raw(value)))

    def attach(self, payload: MimeMessage | str) -> None:
        """Take *payload* as a child while the tree is not too deep."""
        child = cast("Part", payload)
        child.depth = self.depth + 1
        if child.depth > self._tree.max_depth:
            self._tree.note("Parts are nested too deeply; the deepest were not read.")
            raise _LimitReachedError
        super().attach(payload)

    def get_content_type(self) -> str:
        """The type as the parsers should see it: an attached message or delivery report is one closed part."""
        kind = self.real_type
        return "application/" + kind.partition("/")[2] if kind.startswith("message/") else kind

    @overload
    def get_boundary(self, failobj: None = None) -> str | None: ...
    @overload
    def get_boundary(self, failobj: T) -> str | T: ...
    def get_boundary(self, failobj: T | None = None) -> str | T | None:
        """The boundary, unless it is far longer than the 70 characters that RFC 2046 section 5.1.1 allows."""
        try:
            boundary = super().get_boundary()
        except (ValueError, TypeError, LookupError):
            boundary = None
        return failobj if boundary is None or not 0 < len(boundary) <= _MAX_BOUNDARY else boundary

    @property
    def real_type(self) -> str:
        """The content type the sender wrote, lower case, without parameters; a senseless one counts as text/plain (RFC 2045 section 5.2)."""
        if self._kind:
            return self._kind
        match = _TYPE.match(super().get_content_type())
        kind = match.group() if match else self.get_default_type()
        if self._tree.whole:
            self._kind = kind
        return kind

    def get_param(self, param: str, failobj: Any = None, header: str = "content-type", unquote: bool = True) -> Any:  # noqa: ANN401, FBT001, FBT002 - as the standard library has it
        """A parameter as the standard library reads it."""
        asked = (param, header, unquote)
        if not self._tree.whole:
            return super().get_param(param, failobj, header, unquote)
        if asked not in self._told:
            self._told[asked] = super().get_param(param, _NONE, header, unquote)
        found = self._told[asked]
        return failobj if found is _NONE else found

    @property
    def children(self) -> list[Part]:
        """The parts inside this one; none for a leaf."""
        payload = getattr(self, "_payload", None)
        return cast("list[Part]", payload) if isinstance(payload, list) else []

    @property
    def body(self) -> str:
        """The undecoded body as the parser keeps it, 8-bit bytes as surrogate escapes; empty for a container."""
        payload = getattr(self, "_payload", None)
        return payload if isinstance(payload, str) else ""

    def param(self, name: str, header: str = "content-type") -> str:
        """A decoded parameter of *header* on one line, or an empty text; whatever the sender wrote, this never raises."""
        try:
            value = self.get_param(name, header=header)
            if isinstance(value, tuple):
                charset, _language, text = value
                value = text.encode("latin-1", "replace").decode(charset or "utf-8", "replace")
        except Exception:  # noqa: BLE001 - the standard library fails in many ways on a parameter, and one must not cost the whole mail
            return ""
        return one_line(decode_words(value)) if isinstance(value, str) else ""

    @property
    def params(self) -> tuple[tuple[str, str], ...]:
        """All parameters of Content-Type, decoded, names in lower case; at most 50."""
        try:
            names = [name for name, _value in self.get_params([])[1:51]]
        except Exception:  # noqa: BLE001 - as in param
            return ()
        found = {one_line(name).lower(): self.param(name) for name in names if isinstance(name, str)}
        return tuple(found.items())

    @property
    def disposition(self) -> str:
        """The first word of Content-Disposition (RFC 2183), lower case, or an empty text."""
        return one_line(str(self.get("content-disposition", ""))).partition(";")[0].strip().lower()

    @property
    def filename(self) -> str:
        """The name the sender gave the part, decoded but not cleaned."""
        return self.param("filename", "content-disposition") or self.param("name")


class Tree:
    """A mail as parts: *root* is the top one, *notes* are the defects met while reading, *cut* says that a limit ended the reading.

    *word_cost* is what decoding the encoded words would cost a parser whose time grows with the square of a header's length.
    """

    def __init__(self, data: bytes) -> None:
        self.notes: list[str] = []
        self.cut = False
        self.whole = False
        self.word_cost = 0
        self.header_size = 0
        lines = max(data.count(b"\n"), data.count(b"\r"))
        self.max_depth = max(min(MAX_DEPTH, _MAX_LINE_CHECKS // (lines + 1)), 3)
        self._parts: list[Part] = []
        parser: BytesFeedParser[Part] = BytesFeedParser(self._make)
        # The parser tries its factory once before it reads anything.
        self._parts.clear()
        if lines > _MAX_LINES:
            self.note("There are too many lines; only the headers were read as such.")
            self.cut = True
            data = header_bytes(data)
        self._feed(parser, data)
        self.root = self._parts[0]
        self.whole = True

    def _feed(self, parser: BytesFeedParser[Part], data: bytes) -> None:
        try:
            # In pieces, so that the text copy of the mail never exists as a whole beside its lines.
            for at in range(0, len(data), _CHUNK):
                parser.feed(data[at : at + _CHUNK])
            parser.close()
        except _LimitReachedError:
            self.cut = True

    def _make(self, policy: Policy[MimeMessage] = compat32) -> Part:
        if len(self._parts) >= MAX_PARTS:
            self.note(f"There are more than {MAX_PARTS} parts; the first ones were read.")
            raise _LimitReachedError
        part = Part(policy, self)
        self._parts.append(part)
        return part

    @property
    def mime_limit(self) -> int:
        """The longest MIME header kept, in characters: parameters cost more than their length, so many long ones are cut shorter."""
        return _MAX_MIME_VALUE if self.header_size < MAX_HEADER_TOTAL else _MAX_MIME_VALUE // 8

    def note(self, defect: str) -> None:
        """Remember a defect once."""
        if len(self.notes) < _MAX_NOTES and defect not in self.notes:
            self.notes.append(defect)

    def walk(self) -> Iterator[Part]:
        """Every part, the top one first, in the order of the mail; without recursion."""
        stack = [self.root]
        while stack:
            part = stack.pop()
            yield part
            stack += reversed(part.children)


def header_bytes(raw: bytes) -> bytes:
    """The header block of *raw* with the blank line that ends it."""
    match = re.search(rb"\r?\n\r?\n", raw)
    return raw[: match.end()] if match else raw
