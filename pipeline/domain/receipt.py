"""When the council received a mail: the earliest moment its own servers had it, and where that is written (architecture D7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONDON = ZoneInfo("Europe/London")
_MAX_HEADERS = 50
_MAX_VALUE = 4_000
_AHEAD = timedelta(days=1)
# RFC 5321 section 4.5.4.1: a server gives up after four or five days, so no honest step between two of ours takes longer.
_LONGEST_STEP = timedelta(days=5)
_CLOCK_SKEW = timedelta(hours=1)
_LOCAL = frozenset({"localhost", "localhost.localdomain", "127.0.0.1", "::1"})
_ADDRESS = re.compile(r"(?:ipv6:)?[0-9a-f:.]{3,45}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """*at* (UTC) is the moment of receipt, *source* a sentence saying who says so, *other* (UTC) another reading that gives another London date.

    *trusted*: one of the council's own servers stamped it so.
    """

    at: datetime
    source: str
    other: datetime | None = None
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class _Stamp:
    """One Received header: the host that wrote it, the hosts it says it had the mail from, and when (None when that cannot be read)."""

    by: str
    origins: tuple[str, ...]
    at: datetime | None


def _split_comments(text: str) -> tuple[str, list[str]]:
    """*text* without its comments, and the comments (RFC 5322 section 3.2.2); nested ones count as part of the outer one."""
    plain: list[str] = []
    comments: list[str] = []
    depth = 0
    for piece in re.split(r"([()])", text):
        if piece == "(":
            depth += 1
            if depth == 1:
                comments.append("")
        elif piece == ")":
            depth = max(depth - 1, 0)
            plain.append(" ")
        elif depth:
            comments[-1] += piece
        else:
            plain.append(piece)
    return "".join(plain), comments


def _host(word: str) -> str:
    return word.strip("[]<>,;").rstrip(".").casefold()


def _moment(text: str) -> datetime | None:
    """The date at the end of a Received header as UTC; -0000 counts as UTC; None when it cannot be read."""
    try:
        date = parsedate_to_datetime(_split_comments(text[:100])[0].strip())
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _stamp(value: str) -> _Stamp:
    """Read one Received header (RFC 5321 section 4.4)."""
    value = " ".join(value.split())
    clauses, _semicolon, date = value.rpartition(";")
    plain, comments = _split_comments(clauses[:_MAX_VALUE])
    words = plain.split()
    lower = [word.casefold() for word in words]
    # The word after "from" is what the other side called itself; that may be "by", so the search starts behind it.
    comes_from = bool(lower) and lower[0] == "from"
    start = 2 if comes_from else 0
    try:
        by = _host(words[lower.index("by", start) + 1])
    except (ValueError, IndexError):
        by = ""
    origins: list[str] = []
    if comes_from and len(words) > 1:
        # "from name-it-gave (name-it-has [address]) by us": both names must be known, since the first one is free to invent.
        opening = value[: value.casefold().find(" by ", 5)] if " by " in value.casefold()[5:] else value
        origins.append(_host(words[1]))
        if "(" in opening and comments and comments[0].split():
            origins += [host for word in comments[0].split()[:1] if not _ADDRESS.fullmatch(host := _host(word))]
    return _Stamp(by, tuple(origins), _moment(date))


def _is_trusted(host: str, trusted: frozenset[str]) -> bool:
    """Whether *host* is one of the council's own, or below one of them."""
    if host in trusted:
        return True
    labels = host.split(".")
    return any(".".join(labels[at:]) in trusted for at in range(1, len(labels)))


def _earliest_trusted(received: Sequence[str], trusted: frozenset[str]) -> tuple[datetime, str, int] | None:
    """The last stamp, going down from the top, that one of the council's own servers wrote; with its host and its number from the top.

    The walk ends at the first header that an outside server wrote, below the first one that says the mail came from outside, and at a
    step that no clock allows: everything further down was in the mail when it arrived and can be invented.
    """
    found: tuple[datetime, str, int] | None = None
    for number, value in enumerate(received[:_MAX_HEADERS], start=1):
        stamp = _stamp(value)
        if not _is_trusted(stamp.by, trusted):
            break
        if stamp.at is not None:
            if found is not None and not found[0] - _LONGEST_STEP <= stamp.at <= found[0] + _CLOCK_SKEW:
                break
            found = (stamp.at, stamp.by, number)
        if any(origin not in _LOCAL and not _is_trusted(origin, trusted) for origin in stamp.origins):
            break
    return found


def date_of_receipt(received_headers: Sequence[str], internal_date: datetime, trusted_hosts: Sequence[str]) -> Receipt:
    """Say when the council received a mail, from its *received_headers* (topmost first) and the mailbox's INTERNALDATE (aware).

    *trusted_hosts* are the council's own mail servers; a name covers what is below it. The earliest stamp of theirs counts, since the
    clock starts when the authority has the request, wherever it then waited. INTERNALDATE counts when there is no such stamp, or one
    more than a day later than it (a clock that is wrong). INTERNALDATE does not win by being a little earlier: it is set by whoever put
    the mail into the folder, a person's mail program or a migration among them, while the stamp was made on arrival.
    """
    internal = internal_date.astimezone(UTC)
    trusted = frozenset(host.strip().strip(".").casefold() for host in trusted_hosts if host.strip(" ."))
    found = _earliest_trusted(received_headers, trusted) if trusted else None
    if found is None:
        why = "no Received header of a trusted host was found" if trusted else "no trusted hosts are configured"
        return Receipt(at=internal, source=f"The mailbox dates it so (INTERNALDATE); {why}.")
    stamp, host, number = found
    differs = stamp.astimezone(_LONDON).date() != internal.astimezone(_LONDON).date()
    if stamp > internal + _AHEAD:
        source = (
            f"The mailbox dates it so (INTERNALDATE); the stamp of {host} is more than a day later and was set aside."
        )
        return Receipt(at=internal, source=source, other=stamp if differs else None)
    source = f"The council's server {host} took it then (Received header {number} from the top)."
    return Receipt(at=stamp, source=source, other=internal if differs else None, trusted=True)
