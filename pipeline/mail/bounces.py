"""What a delivery report says about one of our letters: which letter, to whom, and whether it is lost (RFC 3464, RFC 8098, and reports of no form).

Reads the bounce with the standard library only. Everything in it is the sender's text: it is cleaned, cut short, and never acted upon as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

from pipeline.mail.bodies import decoded_pieces
from pipeline.mail.bulk import lift
from pipeline.mail.charsets import decode_bytes, decode_raw, one_line, safe_text
from pipeline.mail.headers import header_text, message_ids
from pipeline.mail.html_text import html_to_text
from pipeline.mail.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.mail.bulk import Bulk
    from pipeline.mail.tree import Part

_MAX_PARTS = 200
_MAX_TEXT = 64 * 1024
_MAX_TEXTS = 8
_MAX_IDS = 32
_MAX_RECIPIENTS = 100
_MAX_DIAGNOSTIC = 300
_MAX_WORDS = 200
_MAX_ADDRESS = 254
_MAX_LINE = 2_000
_REACH = (
    6  # lines after an address in which its error stands: the longest forms name a host and an address between them
)

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RECEIPT_TYPES = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
_LETTER_TYPES = frozenset(
    {"message/rfc822", "message/global", "message/partial", "text/rfc822-headers", "message/global-headers"}
)

_FOLD = re.compile(r"\n[ \t]+")
_BLANK = re.compile(r"\n[ \t]*\n")
_FIELD = re.compile(r"([A-Za-z0-9-]{1,80})[ \t]*:(.*)")
_ENHANCED = re.compile(
    r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)"
)  # RFC 3463 section 2; never a piece of an IP address
# A bare reply (RFC 5321 section 4.2) only where one is quoted: "after 450 hours" and "Room 512" are none.
_REPLY = re.compile(
    r"(?:^|[:;('\"=>]|\bcode|\berror|\bsaid|\breturned)[ \t'\"]{0,12}([45][0-5]\d)(?=[ \t-]|$)", re.IGNORECASE
)
_ADDRESS = re.compile(r"(?<![\w.+'=/-])[\w.+'=/-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_QUOTED_ID = re.compile(
    r"^[> \t|]{0,20}(?:X-)?(?:Original-)?Message-ID:\s{0,20}(<[^<>\s]{1,996}>)", re.IGNORECASE | re.MULTILINE
)
_COPY_BEGINS = re.compile(
    r"^[> \t|]{0,20}(?:Return-Path|Received|Message-ID|DKIM-Signature|MIME-Version):", re.IGNORECASE | re.MULTILINE
)
_MAILBOX_FULL = "5.2.2"
_FULL = re.compile(r"quota|mailbox (?:is )?full|over its? storage|exceeded storage", re.IGNORECASE)


class Action(StrEnum):
    """What became of the letter for one recipient (RFC 3464 section 2.3.3); UNKNOWN where the report doesn't say."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"
    UNKNOWN = ""


_ARRIVED = frozenset({Action.DELIVERED, Action.RELAYED, Action.EXPANDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientStatus:
    """What a report says of one recipient: *status* is an RFC 3463 code such as "5.1.1" or empty, *diagnostic* the server's words on one line."""

    address: str
    action: Action
    status: str
    diagnostic: str

    @property
    def permanent(self) -> bool | None:
        """True when no later try can succeed, False when one may (a full mailbox, a delay, 4.x.x), None when it can't be told."""
        if self.action in _ARRIVED or not self.status:
            return False if self.action is Action.DELAYED else None
        if self.action is Action.DELAYED or self.status[0] == "4" or self.status == _MAILBOX_FULL:
            return False
        return True if self.status[0] == "5" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A delivery report in short.

    *message_ids* are the Message-IDs, angle brackets included, that the letter it is about may have; the surest come first.
    *permanent* is True when the letter is lost for at least one recipient, False for a passing fault, None when nothing certain is said;
    a recipient whose action is "failed" was given up by the mail system even where the fault was a passing one.
    *delivered* is true when every recipient named got it. *words* is one sentence for an officer, at most 200 characters.
    """

    message_ids: tuple[str, ...] = ()
    recipients: tuple[RecipientStatus, ...] = ()
    permanent: bool | None = None
    delivered: bool = False
    words: str = "This looks like a delivery report, but it could not be read; look at it yourself."


@dataclass(slots=True)
class _Found:
    """What the parts of a report yield; ids by how sure they are."""

    letters: list[str]
    fields: list[str]
    quoted: list[str]
    reported: list[RecipientStatus]
    guessed: list[RecipientStatus]
    receipt: str = ""


def returned(raw: bytes) -> Returned:
    """Read *raw* (RFC 5322 bytes) as a delivery report. Never raises; looks at 200 parts and 64 KB of each at most.

    A form of its own is not needed: where there is no delivery-status part, failed recipients and codes are looked for in the text.
    """
    try:
        bulk = lift(raw)
        tree = Tree(bulk.light)
        found = _look(tree, bulk)
        return _summary(tree.root, found)
    except Exception:  # noqa: BLE001 - the standard parser fails on hostile mail in ways nobody has listed, and a bounce must reach an officer all the same
        return Returned()


def _look(tree: Tree, bulk: Bulk) -> _Found:
    """Go through the parts once."""
    found = _Found([], [], [], [], [])
    not_theirs = {a.casefold() for name in ("from", "to") for a in _ADDRESS.findall(_value(tree.root, name))}
    texts = 0
    for part in islice(tree.walk(), _MAX_PARTS):
        kind = part.real_type
        if kind in _STATUS_TYPES:
            _read_status(_text(part, bulk), found)
        elif kind in _RECEIPT_TYPES:
            _read_receipt(_text(part, bulk), found)
        elif kind in _LETTER_TYPES:
            fields = _fields(_BLANK.split(_text(part, bulk).lstrip("\n"), maxsplit=1)[0])
            found.letters += [value for name, value in fields if name == "message-id"]
        elif kind.startswith("text/") and texts < _MAX_TEXTS:
            texts += 1
            text = _text(part, bulk)
            text = html_to_text(text) if kind == "text/html" else text
            found.quoted += islice((match[1] for match in _QUOTED_ID.finditer(text)), _MAX_IDS)
            copy = _COPY_BEGINS.search(text)
            found.guessed += _told_in(text[: copy.start()] if copy else text, not_theirs)
    return found


def _value(part: Part, name: str) -> str:
    return ", ".join(header_text(str(value)) for value in part.get_all(name, [])[:20])[:_MAX_TEXT]


def _text(part: Part, bulk: Bulk) -> str:
    """The beginning of a leaf as text with LF line ends."""
    data = b""
    for piece in decoded_pieces(part, bulk):
        data += piece[:_MAX_TEXT]
        if len(data) >= _MAX_TEXT:
            break
    label = part.param("charset")
    data = data[:_MAX_TEXT]
    text = decode_bytes(data, label).text if label else decode_raw(data.decode("ascii", "surrogateescape"))
    return safe_text(text.removeprefix("\ufeff"))


def _fields(block: str) -> list[tuple[str, str]]:
    """The header fields of *block*, unfolded, names in lower case."""
    lines = _FOLD.sub(" ", block).split("\n")
    matches = (_FIELD.match(line[: _MAX_LINE * 4]) for line in lines)
    return [(match[1].lower(), one_line(match[2])) for match in matches if match]


def _groups(text: str) -> Iterator[dict[str, str]]:
    """The groups of fields of a report; some servers leave out the blank line before the next recipient."""
    for block in _BLANK.split(text):
        group: dict[str, str] = {}
        for name, value in _fields(block):
            if name == "final-recipient" and name in group:
                yield group
                group = {}
            group.setdefault(name, value)
        if group:
            yield group


def _read_status(text: str, found: _Found) -> None:
    """Take the recipients and the original's ids out of a delivery-status part (RFC 3464 section 2)."""
    for group in _groups(text):
        found.fields += _original_ids(group)
        if len(found.reported) < _MAX_RECIPIENTS and not group.keys().isdisjoint(
            {"final-recipient", "original-recipient", "action"}
        ):
            found.reported.append(_recipient(group))


def _read_receipt(text: str, found: _Found) -> None:
    """Take the disposition out of a read receipt (RFC 8098 section 3.2.6)."""
    for group in _groups(text):
        found.fields += _original_ids(group)
        if "disposition" in group and not found.receipt:
            found.receipt = group["disposition"].rpartition(";")[2].partition("/")[0].strip().lower() or "unknown"


def _original_ids(group: dict[str, str]) -> list[str]:
    return [value for name, value in group.items() if name.endswith("message-id") or name == "original-envelope-id"]


def _recipient(group: dict[str, str]) -> RecipientStatus:
    addresses = [_typed(group.get(name, "")) for name in ("original-recipient", "final-recipient")]
    address = next((a for a in addresses if "@" in a), addresses[1] or addresses[0])
    diagnostic = _typed(group.get("diagnostic-code", ""))
    exact = _ENHANCED.search(diagnostic)
    told = _ENHANCED.search(group.get("status", ""))
    status = told[1] if told else _code_in(diagnostic)
    if exact and status.endswith(".0.0") and exact[1][0] == status[0]:
        # "5.0.0" says nothing more than the class; the server's own words are often exact.
        status = exact[1]
    word = re.match(r"[A-Za-z]{1,20}", group.get("action", ""))
    try:
        action = Action(word[0].lower()) if word else Action.UNKNOWN
    except ValueError:
        action = Action.UNKNOWN
    return RecipientStatus(
        address=_bare(address), action=action, status=status, diagnostic=_clean(diagnostic)[:_MAX_DIAGNOSTIC]
    )


def _typed(value: str) -> str:
    """What follows the type in "rfc822; a@b" or "smtp; 550 …"."""
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and re.fullmatch(r"[\w-]{1,40}", kind.strip()) else value.strip()


def _bare(address: str) -> str:
    return _clean(address).strip("<>\"' ")[:_MAX_ADDRESS]


def _clean(text: str) -> str:
    """*text* on one line without controls, odd blanks or marks that change the direction of writing."""
    kinds = ((char, unicodedata.category(char)[0]) for char in one_line(text) if char != "\ufffd")
    return "".join(" " if kind == "Z" else char for char, kind in kinds if kind != "C").strip()


def _told_in(text: str, not_theirs: set[str]) -> Iterator[RecipientStatus]:
    """Failed recipients in running text: an address, and an SMTP code on its line or the few lines after it."""
    address, since = "", _REACH
    for line in text.split("\n"):
        piece = line[:_MAX_LINE]
        others = [a for a in _ADDRESS.findall(piece) if a.casefold() not in not_theirs]
        if others:
            address, since = others[0], -1
        since += 1
        if since >= _REACH or not address:
            continue
        status = _code_in(piece)
        if status:
            action = Action.FAILED if status[0] == "5" else Action.UNKNOWN
            diagnostic = _clean(piece)[:_MAX_DIAGNOSTIC]
            yield RecipientStatus(address=_bare(address), action=action, status=status, diagnostic=diagnostic)
            address = ""


def _code_in(line: str) -> str:
    """The RFC 3463 code that *line* gives, or X.0.0 for a bare SMTP reply; empty when there is neither."""
    exact = _ENHANCED.search(line)
    if exact and exact[1][0] != "2":
        return exact[1]
    reply = _REPLY.search(line)
    if reply is None:
        return ""
    if reply[1] == "552" and _FULL.search(line):
        return _MAILBOX_FULL
    return f"{reply[1][0]}.0.0"


def _summary(root: Part, found: _Found) -> Returned:
    failed = _ADDRESS.findall(_value(root, "x-failed-recipients"))[:_MAX_RECIPIENTS]
    recipients = found.reported or _each_once(found.guessed)
    if not found.reported and failed:
        told = {r.address.casefold(): r for r in recipients}
        recipients = [told.get(a.casefold()) or _merely_named(a) for a in failed]
    own = [str(v) for name in ("x-original-message-id", "in-reply-to", "references") for v in root.get_all(name, [])]
    values = [*found.letters, *found.fields, *own, *found.quoted]
    ids = dict.fromkeys(found_id for value in values for found_id in message_ids([value]))
    verdicts = [recipient.permanent for recipient in recipients]
    permanent = True if True in verdicts else (False if False in verdicts else None)
    delivered = bool(recipients) and all(r.action in _ARRIVED for r in recipients)
    return Returned(
        message_ids=tuple(islice(ids, _MAX_IDS)),
        recipients=tuple(recipients),
        permanent=permanent,
        delivered=delivered,
        words=_words(recipients, found.receipt),
    )


def _merely_named(address: str) -> RecipientStatus:
    """A recipient that X-Failed-Recipients names and the text says nothing of."""
    return RecipientStatus(address=_bare(address), action=Action.FAILED, status="", diagnostic="")


def _each_once(recipients: list[RecipientStatus]) -> list[RecipientStatus]:
    """The first that is said of each address."""
    first: dict[str, RecipientStatus] = {}
    for recipient in recipients[:_MAX_RECIPIENTS]:
        first.setdefault(recipient.address.casefold(), recipient)
    return list(first.values())


def _words(recipients: list[RecipientStatus], receipt: str) -> str:
    """One sentence about the recipient who fared worst."""
    if not recipients:
        if receipt:
            return f"A read receipt came back for the letter: it was {_clean(receipt)[:40]}."
        return "This looks like a delivery report, but it doesn't say for certain what became of the letter; read it."
    worst = min(recipients, key=_severity)
    whom = worst.address[:80] or "a recipient it doesn't name"
    more = f" and {len(recipients) - 1} more" if len(recipients) > 1 else ""
    if worst.status == _MAILBOX_FULL and worst.action is not Action.DELAYED:
        sentence = f"Not delivered to {whom}{more}: the mailbox is full"
    elif worst.permanent:
        sentence = f"Not delivered to {whom}{more}, and no later try will help"
    elif worst.action is Action.FAILED:
        sentence = f"Not delivered to {whom}{more}: the mail system gave up"
    elif worst.action is Action.DELAYED:
        sentence = f"Delivery to {whom}{more} is late; the mail system goes on trying"
    elif worst.action in _ARRIVED:
        return f"The mail system says that the letter reached {whom}{more}."
    else:
        sentence = f"The mail system had trouble with {whom}{more}, and doesn't say whether it goes on trying"
    reason = worst.diagnostic or worst.status
    sentence += f" ({reason})" if reason else ""
    return sentence + "." if len(sentence) < _MAX_WORDS else sentence[: _MAX_WORDS - 1] + "…"


def _severity(recipient: RecipientStatus) -> int:
    order = (Action.FAILED, Action.UNKNOWN, Action.DELAYED, Action.EXPANDED, Action.RELAYED, Action.DELIVERED)
    return order.index(recipient.action) - (10 if recipient.permanent else 0)
