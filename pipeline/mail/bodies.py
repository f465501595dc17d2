"""Which parts of a mail are its text, and how they read: plain before HTML, attachments left out, format=flowed unwrapped."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING

from pipeline.mail.charsets import decode_bytes, safe_text
from pipeline.mail.headers import base64_bytes
from pipeline.mail.html_text import html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.mail.bulk import Bulk
    from pipeline.mail.tree import Part, Tree

MAX_TEXT = 5_000_000
_TOO_LONG = "The text is longer than 5 million characters; its beginning was read."

# Text types that are files or reports, never what somebody wrote to us.
_NOT_PROSE = frozenset(
    {
        "text/calendar",
        "text/csv",
        "text/vcard",
        "text/x-vcard",
        "text/directory",
        "text/rfc822-headers",
        "text/x-amp-html",
    }
)
_BASE64_TEXT = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n\t "
_BASE64_ONLY = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(code for code in range(256) if code not in _BASE64_ONLY)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_META_REACH = 4096
_STUB = 400
_QUOTE_MARKS = re.compile(r">*")


def transfer_encoding(part: Part) -> str:
    """The Content-Transfer-Encoding of *part*, lower case; empty when absent."""
    return str(part.get("content-transfer-encoding", "")).strip().lower()


def decoded_pieces(part: Part, bulk: Bulk) -> Iterator[bytes]:
    """The decoded bytes of a leaf in pieces (RFC 2045 section 6); broken encodings give what can be had and never raise."""
    encoding = transfer_encoding(part)
    if encoding == "base64":
        yield from _base64_pieces(bulk.pieces(part.body))
    elif encoding == "quoted-printable":
        yield binascii.a2b_qp(bulk.whole(part.body))
    else:
        yield from bulk.pieces(part.body)


def _base64_pieces(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Decode base64 piece by piece; it ends at the first padding, as the standard library has it."""
    rest = b""
    for piece in pieces:
        digits = rest + piece.translate(None, _NOT_BASE64)
        end = digits.find(b"=")
        if end >= 0:
            yield base64_bytes(digits[:end])
            return
        cut = len(digits) - len(digits) % 4
        yield binascii.a2b_base64(digits[:cut])
        rest = digits[cut:]
    yield base64_bytes(rest)


def _text_bytes(part: Part, bulk: Bulk, tree: Tree) -> bytes:
    """The bytes of a text part; words labelled base64 that plainly are not are taken as they stand, so that no question is lost."""
    if transfer_encoding(part) == "base64":
        raw = bulk.whole(part.body)
        foreign = len(raw.translate(None, _BASE64_TEXT))
        if foreign:
            tree.note("A part labelled base64 holds other characters.")
        blanks = raw.strip().count(b" ")
        if foreign * 50 > len(raw) or blanks * 20 > len(raw):
            return raw
    return b"".join(decoded_pieces(part, bulk))


def _unflow(text: str, *, delsp: bool) -> str:
    """Join the soft line breaks of format=flowed (RFC 3676 section 4); *delsp* drops the blank that marks them."""
    out: list[str] = []
    paragraph: list[str] = []
    open_depth = -1

    def close() -> None:
        """End the paragraph that is being joined, with its quote marks before it."""
        if open_depth >= 0:
            out.append(">" * open_depth + (" " if open_depth else "") + "".join(paragraph))
            paragraph.clear()

    for line in text.split("\n"):
        marks = _QUOTE_MARKS.match(line)
        depth = marks.end() if marks else 0
        content = line[depth:].removeprefix(" ")
        flowed = content.endswith(" ") and content != "-- "
        if depth != open_depth or content == "-- ":
            close()
        open_depth = depth
        paragraph.append(content[:-1] if flowed and delsp else content)
        if not flowed:
            close()
            open_depth = -1
    close()
    return "\n".join(out)


def _leaf_text(part: Part, bulk: Bulk, tree: Tree) -> str:
    """A text part as plain text with LF line ends."""
    text = _decoded(part, bulk, tree)
    if part.real_type == "text/html":
        return safe_text(html_to_text(text))
    if part.param("format").lower() == "flowed":
        return _unflow(text, delsp=part.param("delsp").lower() == "yes")
    return text


def _decoded(part: Part, bulk: Bulk, tree: Tree) -> str:
    """The characters of a text part, whatever its label claims; HTML as it came."""
    data = _text_bytes(part, bulk, tree)
    label = part.param("charset")
    if part.real_type == "text/html" and not label:
        match = _META_CHARSET.search(data[:_META_REACH])
        label = match[1].decode("ascii") if match else ""
    decoded = decode_bytes(data, label)
    if decoded.defect:
        tree.note(decoded.defect)
    if len(decoded.text) > MAX_TEXT:
        tree.note(_TOO_LONG)
    return safe_text(decoded.text[:MAX_TEXT].removeprefix("\ufeff"))


def message_html(tree: Tree, bulk: Bulk) -> str:
    """The first HTML part that the sender wrote as the mail itself, exactly as it came and so never to be shown unsanitised; or nothing."""
    found = next((part for part in tree.walk() if part.real_type == "text/html" and is_prose(part)), None)
    return "" if found is None else _decoded(found, bulk, tree)


def is_container(part: Part) -> bool:
    """Whether *part* has parts inside, or claims to have some that never came."""
    return part.real_type.startswith("multipart/")


def is_prose(part: Part, *, named: bool = False) -> bool:
    """Whether a leaf is something the sender wrote as the mail itself; with *named*, also text that carries a file name."""
    if is_container(part):
        return bool(part.body) and part.disposition != "attachment"
    if not part.real_type.startswith("text/") or part.real_type in _NOT_PROSE or part.disposition == "attachment":
        return False
    return named or not part.filename


# A stub in place of the plain version: it says that its reader can't show the other one.
_ONLY_HTML = re.compile(
    r"(?:\bnot|n[\u2019']t|\bunable|\bneed\w*|\bto (?:view|see|read|display)|\bplease|\benabled?)\b.{0,60}\bhtml"
    r"|\bhtml\b.{0,40}\b(?:support\w*|view\w*|capable|enabled?|client|version)\b",
    re.IGNORECASE | re.DOTALL,
)


class _Chooser:
    """Reads the text out of a tree; *named* also takes inline text with a file name, for mails that have nothing else."""

    def __init__(self, tree: Tree, bulk: Bulk, *, named: bool) -> None:
        self._tree = tree
        self._bulk = bulk
        self._named = named

    def text(self, part: Part) -> str:
        """The text of *part* and what is inside it; recursion is bounded by the depth of the tree."""
        if part.disposition == "attachment":
            return ""
        children = part.children
        if not children:
            return _leaf_text(part, self._bulk, self._tree) if is_prose(part, named=self._named) else ""
        kind = part.real_type
        if kind == "multipart/alternative":
            return self._best(children)
        if kind == "multipart/encrypted":
            return ""
        if kind in {"multipart/related", "multipart/signed"}:
            return next((text for child in children if (text := self.text(child)).strip()), "")
        return self._joined(children)

    def _best(self, children: list[Part]) -> str:
        """Of several versions: plain text, unless it is blank or only says that one should read the HTML (RFC 2046 section 5.1.4)."""
        plain = next(
            (text for child in children if child.real_type == "text/plain" and (text := self.text(child)).strip()), ""
        )
        if plain and not (len(plain) < _STUB and "html" in plain.lower()):
            return plain
        others = (self.text(child) for child in reversed(children) if child.real_type != "text/plain")
        rich = next((text for text in others if text.strip()), "")
        if rich and _ONLY_HTML.search(plain):
            return rich
        return rich if not plain or len(rich) > 2 * len(plain) else plain

    def _joined(self, children: list[Part]) -> str:
        """Several parts one after the other; HTML that says what was said already is left out."""
        texts: list[str] = []
        said = ""
        for child in children:
            text = self.text(child)
            words = " ".join(text.split())
            if not words or (child.real_type == "text/html" and words in said):
                continue
            texts.append(text.strip("\n"))
            said += " " + words
        return "\n\n".join(texts)


def message_text(tree: Tree, bulk: Bulk) -> str:
    """The body of a mail as text: every part that is not an attachment, in order; empty when there is none.

    At most 5 million characters; the raw mail has the rest.
    """
    text = _Chooser(tree, bulk, named=False).text(tree.root).strip("\n")
    if not text.strip():
        text = _Chooser(tree, bulk, named=True).text(tree.root).strip("\n")
    if len(text) > MAX_TEXT:
        tree.note(_TOO_LONG)
    return text[:MAX_TEXT]
