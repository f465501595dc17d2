"""Address lists as senders really write them: only what is surely one mailbox becomes an address; the rest is a defect."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.domain.message import Address
from pipeline.mail.headers import header_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_ADDRESSES = 200
_MAX_EMAIL = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets of a path
_MAX_LOCAL = 64
_MAX_NAME = 200
_REFUSED = frozenset('()<>[]:;,\\"')


def is_usable(email: str) -> bool:
    """Whether *email* is strictly one bare address: one @, both sides filled, no blank, control or special character, at most 254 bytes.

    Quoted local parts, comments and domain literals are refused although RFC 5322 section 3.4.1 has them: nobody writes to a council
    from one, and every hop reads them differently. An encoded word is refused, since a later hop might decode it into another address.
    """
    local, at, domain = email.partition("@")
    if not at or "@" in domain or not local or not domain or "=?" in email:
        return False
    if domain.startswith((".", "-")) or domain.endswith((".", "-")) or ".." in domain:
        return False
    if any(char in _REFUSED or unicodedata.category(char)[0] in "CZ" for char in email):
        return False
    return len(email.encode("utf-8", "replace")) <= _MAX_EMAIL and len(local.encode("utf-8", "replace")) <= _MAX_LOCAL


@dataclass(slots=True)
class _Entry:
    """One list entry as it is read: text outside brackets, comments, and what stood between < and >."""

    display: list[str] = field(default_factory=list)
    comment: list[str] = field(default_factory=list)
    angle: str | None = None
    quoted: bool = False

    def address(self) -> Address | None:
        """The mailbox, or None when it is not surely one."""
        display = "".join(self.display).strip()
        if self.angle is not None:
            # RFC 5322 section 4.4: an obsolete route "@a,@b:" before the address is dropped.
            email = self.angle.rpartition(":")[2] if self.angle.startswith("@") else self.angle
            email, name = email.strip(), display
        else:
            email, name = ("" if self.quoted else display), ""
        if not is_usable(email):
            return None
        shown = " ".join(header_text(name or "".join(self.comment)).split())[:_MAX_NAME]
        return Address("" if shown == email else shown, email)

    def blank(self) -> bool:
        """Whether nothing has been read yet that could become an address; a comment alone is nothing."""
        return self.angle is None and not self.quoted and not "".join(self.display).strip()


class _Reader:
    """Reads an unfolded header value once, from left to right (RFC 5322 section 3.4, and the forms found in real mail)."""

    def __init__(self, value: str) -> None:
        self._value = value
        self._at = 0
        self._quotes = True

    def entries(self) -> Iterator[_Entry]:
        """Yield each entry of the list; group names are dropped, their members kept."""
        entry = _Entry()
        while self._at < len(self._value):
            char = self._value[self._at]
            if char == '"' and self._quotes:
                self._quoted(entry)
            elif char == "(":
                entry.comment.append(self._comment())
            elif char == "<":
                if entry.angle is not None:
                    yield entry
                    entry = _Entry()
                entry.angle = self._angle()
            elif char in ",;":
                self._at += 1
                yield entry
                entry = _Entry()
            elif char == ":" and "@" not in "".join(entry.display[-1:]):
                self._at += 1
                entry = _Entry()
            else:
                entry.display.append(self._plain())
        yield entry

    def _plain(self) -> str:
        """Take text up to the next character with a meaning; a stray closing one is dropped."""
        start = self._at
        self._at += 1
        if self._value[start] in '"\\>)':
            return ""
        while self._at < len(self._value) and self._value[self._at] not in '"(<,;:\\>)':
            self._at += 1
        return self._value[start : self._at]

    def _quoted(self, entry: _Entry) -> None:
        """Take a quoted string; where the closing quote is missing, quotes mean nothing from here on."""
        out: list[str] = []
        at = self._at + 1
        while at < len(self._value) and self._value[at] != '"':
            at += self._value[at] == "\\"
            out.append(self._value[at : at + 1])
            at += 1
        if at >= len(self._value):
            self._quotes = False
            self._at += 1
            return
        entry.display.append("".join(out))
        entry.quoted = True
        self._at = at + 1

    def _comment(self) -> str:
        """Take a comment, nested ones with it, without recursing; an unclosed one runs to the end."""
        depth = 0
        out: list[str] = []
        while self._at < len(self._value):
            char = self._value[self._at]
            self._at += 1
            if char == "\\":
                out.append(self._value[self._at : self._at + 1])
                self._at += 1
            elif char == "(":
                depth += 1
            elif char == ")":
                depth -= 1
                if not depth:
                    break
            else:
                out.append(char)
        return "".join(out)

    def _angle(self) -> str:
        """Take what stands between < and >; where > is missing, up to the next separator."""
        start = self._at + 1
        end = start
        route = self._value[start : start + 1] == "@"
        while end < len(self._value) and self._value[end] not in "<>":
            if self._value[end] == ";" or (self._value[end] == "," and not route):
                break
            end += 1
        self._at = end + (self._value[end : end + 1] == ">")
        return self._value[start:end].strip()


def read_addresses(values: Iterable[str], header: str) -> tuple[tuple[Address, ...], list[str]]:
    """All usable addresses in the (unfolded, undecoded) *values* of one header, and the defects met; at most 200 a header.

    Addresses are cut out before encoded words are decoded, so that decoding a display name can never yield one.
    """
    found: list[Address] = []
    defects: list[str] = []
    for value in values:
        for entry in _Reader(value).entries():
            if len(found) >= MAX_ADDRESSES:
                defects.append(
                    f"{header} lists more than {MAX_ADDRESSES} addresses; the first {MAX_ADDRESSES} are kept."
                )
                return tuple(found), defects
            address = entry.address()
            if address is not None:
                found.append(address)
            elif not entry.blank():
                defects.append(f"{header} holds something that is not an e-mail address.")
    return tuple(found), defects
