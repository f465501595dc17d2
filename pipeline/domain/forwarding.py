"""The mail inside a forwarded mail: whose words they are, when they claim to have been sent, and what the colleague wrote above them.

Mail programs set the older mail's headers as lines of text above it; each writes them in its own way and its user's language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.claimed_date import claimed_date
from pipeline.domain.header_lines import (
    COPY,
    FROM,
    SUBJECT,
    TO,
    WHEN,
    WORDS,
    WROTE,
    WROTE_BEFORE,
    WROTE_START,
    is_dated,
    shaped,
)
from pipeline.domain.message import Address

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

_LOOK_AT = 400_000  # characters; a forwarded mail's header lines stand above it
_REACH = 500  # characters of a line
_BLOCK_LINES = 24
_MAX_BLOCKS = 50
_NOTE = 4_000
_NOTES_LINES = 14

_MARKS = re.compile(r"(?:\s{0,3}>){1,12}\s?")
_LABEL = re.compile(
    rf"[\s\ufeff\u200b]{{0,8}}[*_]{{0,3}}(?P<label>{WORDS})[*_]{{0,3}}\s?:[*_]{{0,3}}(?P<value>.*)$", re.IGNORECASE
)
_LISTS = TO | COPY
_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_WROTE = re.compile(rf"\b(?:{WROTE})\s?:\s*$|\b(?:{WROTE_BEFORE})\b.{{0,250}}:\s*$", re.IGNORECASE)
_WROTE_START = re.compile(rf"\s{{0,3}}(?:{WROTE_START})\b", re.IGNORECASE)
_DIVIDER = re.compile(
    r"\s*[-_=*\u2014]{2,60}\s?[\w' /.,:@-]{0,200}?(?:original (?:message|e-?mail)|forwarded (?:message|by|e-?mail)|neges wreiddiol"
    r"|neges wedi'i hanfon ymlaen|hanfonwyd ymlaen)[^\n]{0,200}$|\s*begin forwarded message:?\s*$|\s*[-_=]{8,}\s*$",
    re.IGNORECASE,
)
_NOTES_DIVIDER = re.compile(r"\s*-{2,60}\s?forwarded by .{1,200}$", re.IGNORECASE)
_BARE = re.compile(r"\s{0,60}(?P<label>to|cc|bcc|subject)(?:\s+(?P<value>\S.*))?\s*$", re.IGNORECASE)
_COUNCILLOR = re.compile(r"\W{0,3}(?:cllr|councillor|y cynghorydd|cynghorydd|cyng)\b", re.IGNORECASE)
_COUNCILLOR_MAILBOX = re.compile(r"(?:cllr|councillor|cynghorydd)(?:[._-]|\b)", re.IGNORECASE)
_AS_COUNCILLOR = re.compile(
    r"\b(?:as|in my (?:role|capacity|position) as)(?: an?| the| your)?(?: \w{1,20}){0,3} councillor\b|\bi am (?:an?|the|your)(?: \w{1,20}){0,3} councillor\b"
    r"|\bfel cynghorydd\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """The original mail. *sent* (UTC) is what its header lines claim; None when they say nothing that can be read.

    *sender* has an empty address where only a name is given. *text* is the original's whole text, *note* what was written above it.
    *ours* means that the sender writes from our own domain, as a councillor does: an officer is asked in what role.
    """

    sender: Address
    subject: str
    sent: datetime | None
    text: str
    note: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True)
class _Block:
    """One mail's header lines: the lines they take up, how deeply they are quoted, and what they say."""

    start: int
    stop: int
    depth: int
    sender: Address
    subject: str
    when: str
    to: str = ""


def own_earlier(text: str, author: str, ours: Collection[str] = (), own_addresses: Collection[str] = ()) -> str | None:
    """What *author* (an address, lower case) wrote to somebody else and now forwards to us, note and older mail together; else None.

    A mail that went to *ours* (domains) or *own_addresses* is one we had: who sends it again speaks of it and asks nothing anew.
    Looks at the first 400 KB; linear in the length of *text*.
    """
    whole = text[:_LOOK_AT].split("\n")
    block = next(iter(_blocks([line[:_REACH] for line in whole], most=1)), None)
    if block is None or not author or block.sender.key != author:
        return None
    sent_to = [email.casefold() for email in _EMAIL.findall(block.to)]
    if any(email in own_addresses or is_within(email.rpartition("@")[2], ours) for email in sent_to) or not sent_to:
        return None
    found = _forwarded(whole, [block], block, ours=False)
    return f"{found.note}\n\n{found.text}".strip()


def outermost(text: str, ours: Collection[str] = (), own_addresses: Collection[str] = ()) -> Forwarded | None:
    """The first mail that stands inside *text*, whoever wrote it; None where it is of *ours* (domains): our own mail coming back.

    A sender without an address counts: who forwards for somebody without e-mail names them so. Linear in the length of *text*.
    """
    whole = text[:_LOOK_AT].split("\n")
    block = next(iter(_blocks([line[:_REACH] for line in whole], most=1)), None)
    if block is None or block.sender.key in own_addresses or is_within(block.sender.domain, ours):
        return None
    return _forwarded(whole, [block], block, ours=False) if block.sender.email or block.sender.name else None


def original(
    text: str, internal_domains: Collection[str] = (), own_addresses: Collection[str] = ()
) -> Forwarded | None:
    """The first stranger's mail in a chain of forwards in *text* (LF line ends); None when there is none.

    Mail of *internal_domains* is passed over, except a councillor's. A chain that reaches one of *own_addresses* is our own
    correspondence coming back, and no forward. Looks at the first 400 KB; linear in the length of *text*.
    """
    whole = text[:_LOOK_AT].split("\n")
    blocks = _blocks([line[:_REACH] for line in whole])
    for block in blocks:
        if block.sender.key in own_addresses:
            return None
        ours = is_within(block.sender.domain, internal_domains)
        if block.sender.email and not ours:
            return _forwarded(whole, blocks, block, ours=False)
        # Exchange names a colleague without an address; who it names so is one of ours.
        if is_councillor(block.sender):
            return _forwarded(whole, blocks, block, ours=True)
    return None


def is_councillor(sender: Address, text: str = "") -> bool:
    """Whether *sender* calls themselves a councillor: by title, by mailbox, or in the first 5,000 characters of *text*."""
    title = _COUNCILLOR.match(sender.name) or _COUNCILLOR_MAILBOX.match(sender.key)
    return bool(title or _AS_COUNCILLOR.search(text[:5_000]))


def is_within(domain: str, domains: Collection[str]) -> bool:
    """Whether *domain* is one of *domains* (lower case) or below one."""
    return bool(domain) and any(domain == one or domain.endswith("." + one) for one in domains if one)


def _forwarded(lines: list[str], blocks: list[_Block], block: _Block, *, ours: bool) -> Forwarded:
    note = "\n".join(line for line in lines[: blocks[0].start] if not _DIVIDER.match(_bare(line)[0][:_REACH]))
    return Forwarded(
        sender=block.sender,
        subject=block.subject,
        sent=claimed_date(block.when),
        text=_body(lines, block),
        note=note.strip()[:_NOTE],
        ours=ours,
    )


def _body(lines: list[str], block: _Block) -> str:
    """What stands below the header lines, without the quote marks that the forward itself added."""
    out = []
    for line in lines[block.stop :]:
        bare, depth = _unquoted(line, block.depth)
        if depth < block.depth and line.strip():
            break
        out.append(bare)
    return "\n".join(out).strip("\n")


def _bare(line: str) -> tuple[str, int]:
    """*line* without its quote marks, and how many there were."""
    marks = _MARKS.match(line)
    return (line[marks.end() :], marks[0].count(">")) if marks else (line, 0)


def _unquoted(line: str, most: int) -> tuple[str, int]:
    """*line* without its first *most* quote marks, and how many were taken off."""
    taken = 0
    while taken < most:
        head = line.lstrip(" ")
        if not head.startswith(">"):
            break
        line = head[1:].removeprefix(" ")
        taken += 1
    return line, taken


def _blocks(lines: list[str], most: int = _MAX_BLOCKS) -> list[_Block]:
    """Every mail's header lines, from the top; no more than *most*."""
    found: list[_Block] = []
    at = 0
    while at < len(lines) and len(found) < most:
        block = _labelled(lines, at) or _in_any_language(lines, at) or _attribution(lines, at) or _notes(lines, at)
        if block is not None:
            found.append(block)
        at = block.stop if block is not None else at + 1
    return found


class _Fields:
    """The labelled lines of one block as they are gathered."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.last = ""

    def takes(self, line: str, *, gap: bool) -> bool:
        """Take *line*, which is not blank, where it belongs to the block; *gap* says that a blank line stands above it."""
        label = _LABEL.match(line)
        if label is not None:
            self.last = label["label"].lower()
            fresh = self.last not in self.values
            self.values.setdefault(self.last, label["value"].strip())
            return fresh
        value = self.values[self.last]
        if value and (gap or not self._goes_on(value, line)):
            return False
        self.values[self.last] = f"{value} {line.strip()}".strip()
        return True

    def _goes_on(self, value: str, line: str) -> bool:
        """Whether *line* is still part of the last label's *value*: indented, or plainly part of a list of people."""
        if line[:1] in {" ", "\t"}:
            return True
        if self.last in _LISTS:
            return value.endswith((";", ",")) or "@" in line
        return self.last in FROM and not _EMAIL.search(value) and bool(_EMAIL.search(line)) and len(line) < 100  # noqa: PLR2004 - an address, not a sentence with one

    def first(self, labels: frozenset[str]) -> str | None:
        """The value of the first of these labels that the block has, in the block's order; None where it has none."""
        return next((value for label, value in self.values.items() if label in labels), None)


def _labelled(lines: list[str], at: int) -> _Block | None:
    """A block of From, Sent, To and Subject lines that starts on line *at*, in any order; blank lines between labels are let pass."""
    line, depth = _bare(lines[at])
    opening = _LABEL.match(line)
    if opening is None or opening["label"].lower() not in FROM | SUBJECT | WHEN | TO:
        return None
    fields = _Fields()
    stop = at
    for number in range(at, min(at + _BLOCK_LINES, len(lines))):
        line, marks = _bare(lines[number])
        if not line.strip():
            continue
        if marks != depth or not fields.takes(line, gap=number > stop):
            break
        stop = number + 1
    sender, when, subject = fields.first(FROM), fields.first(WHEN), fields.first(SUBJECT)
    if sender is None or (when is None) + (subject is None) + (fields.first(TO) is None) > 1:
        return None
    to = fields.first(TO) or ""
    return _Block(at, stop, depth, _address(sender), " ".join((subject or "").split()), when or "", to)


def _in_any_language(lines: list[str], at: int) -> _Block | None:
    """A block of header lines whose words are not known, told by its shape: the sender first, the subject last."""
    line, depth = _bare(lines[at])
    if "@" not in line or ":" not in line:
        return None
    found = shaped([_bare(each)[0] for each in lines[at : at + _BLOCK_LINES]], 0)
    if not found:
        return None
    values = [value for _, value in found]
    when = next(value for value in values[1:] if is_dated(value))
    to = next((value for value in values[1:] if _EMAIL.search(value)), "")
    subject = values[-1] if values[-1] not in {when, to} else ""
    return _Block(at, at + len(found), depth, _address(values[0]), " ".join(subject.split()), when, to)


def _attribution(lines: list[str], at: int) -> _Block | None:
    """A line or a few such as "On 6 Jan 2025, Jane Doe <jane@example.org> wrote:"; without an address it is somebody's prose."""
    line, depth = _bare(lines[at])
    if not _WROTE_START.match(line):
        return None
    said = ""
    for number in range(at, min(at + 4, len(lines))):
        line, marks = _bare(lines[number])
        if not line.strip() or marks != depth:
            return None
        said = f"{said} {line.strip()}".strip()
        if _WROTE.search(line) or _WROTE.search(said[-300:]):
            email = _EMAIL.search(said)
            if email is None:
                return None
            quoted = next((_bare(below)[1] for below in lines[number + 1 : number + 4] if below.strip()), depth)
            before = said[: email.start()].rstrip(" <[(\"'")
            name = re.split(
                r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[ap]\.?m\.?)?(?:\s?(?:GMT|BST|UTC|[+-]\d{4}))?,?|\b(?:ysgrifennodd|schrieb|schreef|skrev)\b",
                before,
            )[-1]
            stop = number + 1
            return _Block(at, stop, max(quoted, depth), Address(_name(name), email[0]), "", before)
    return None


def _notes(lines: list[str], at: int) -> _Block | None:
    """HCL Notes' own layout: "Forwarded by", the sender, the date, and To and Subject without colons."""
    line, depth = _bare(lines[at])
    if not _NOTES_DIVIDER.match(line):
        return None
    above: list[str] = []
    labels: dict[str, str] = {}
    last, stop = "", at + 1
    for number in range(at + 1, min(at + 1 + _NOTES_LINES, len(lines))):
        line, _marks = _bare(lines[number])
        if _LABEL.match(line):
            return None
        if not line.strip():
            if labels.get("subject"):
                break
            continue
        label = _BARE.match(line)
        if label is not None and label["label"].lower() not in labels:
            last = label["label"].lower()
            labels[last] = (label["value"] or "").strip()
        elif last and not labels[last]:
            labels[last] = line.strip()
        elif not last:
            above.append(line.strip())
        else:
            break
        stop = number + 1
    said = " ".join(above)
    if "subject" not in labels or not _EMAIL.search(said):
        return None
    return _Block(at, stop, depth, _address(said), labels["subject"], said[_end_of_address(said) :])


def _end_of_address(text: str) -> int:
    email = _EMAIL.search(text)
    return email.end() if email else 0


def _address(value: str) -> Address:
    """The person in a From line, whichever way the mail program wrote them: <address>, [mailto:address], or a name alone."""
    shown = " ".join(value.replace("*", " ").split())
    email = _EMAIL.search(shown)
    if email is None:
        return Address(_name(shown), "")
    before = shown[: email.start()].rstrip(" <[(\"'").removesuffix("mailto:").rstrip(" <[(\"'")
    if not before:
        after = re.sub(r"^[>\]\s]+", "", shown[email.end() :])
        before = after[1:].partition(")")[0] if after.startswith("(") else ""
    return Address(_name(before), email[0])


def _name(text: str) -> str:
    """A display name without the marks around it; an address that stands for a name is none."""
    name = " ".join(text.split()).strip(" \"',;:<>[]()")
    return "" if "@" in name else name[:200]
