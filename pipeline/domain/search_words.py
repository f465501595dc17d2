"""Words as the search knows them: folded the same way when a case is put into the index and when an officer types, on every database.

A database's own folding would differ from another's; here accents, capitals and widths are taken off before it sees a word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.reference import DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"[^\s@<>(),;:\"]{1,128}@[^\s@<>(),;:\"]{1,255}")
_STORED_REFERENCE = re.compile(rf"[a-z]{{1,8}}[0-9]{{{DIGITS}}}")
_REFERENCE = re.compile(rf"(?<![^\W_])([A-Za-z]{{1,8}})((?:[\s\-/.]{{0,2}}[0-9]){{{DIGITS}}})(?![^\W_])", re.ASCII)
_NINE = re.compile(rf"(?<![^\s])[0-9](?:[\s\-]{{0,2}}[0-9]){{{DIGITS - 1}}}(?![^\s])", re.ASCII)
_LONGEST_WORD = 64
_MOST_WORDS = 20_000  # of one case; a tsvector of PostgreSQL holds one megabyte
_MOST_ASKED = 12
_LONGEST_QUERY = 1_000
_SHORTEST_BEGINNING = 3
_MOST_MONTHS = 24
_MONTHS_IN_A_YEAR = 12
_FIRST_YEAR, _LAST_YEAR = 2000, 2099

OPEN_MARK, DONE_MARK = "_open", "_done"


def fold(text: str) -> list[str]:
    """The words of *text* in order: letters and digits only, without accents or capitals, each of at most 64 characters."""
    if text.isascii():
        plain = text.lower()
    else:
        apart = unicodedata.normalize("NFKD", text)
        plain = "".join(c for c in apart if not unicodedata.combining(c)).casefold()
    return [word[:_LONGEST_WORD] for word in _WORD.findall(plain)]


def indexed(texts: Iterable[str]) -> list[str]:
    """The different words of *texts*, sorted; of a reference such as FOI598335296 its digits as well."""
    found: set[str] = set()
    for text in texts:
        found.update(fold(text))
    found.update([word[-DIGITS:] for word in found if _STORED_REFERENCE.fullmatch(word)])
    return sorted(found)[:_MOST_WORDS]


def marks(*, is_open: bool, received_on: date) -> tuple[str, ...]:
    """What the index keeps of a case besides its words, so that a common word is narrowed before it is counted; no typed word looks so."""
    return (
        OPEN_MARK if is_open else DONE_MARK,
        f"_{received_on.year:04}",
        f"_{received_on.year:04}{received_on.month:02}",
    )


def months_between(first: date | None, last: date | None) -> tuple[str, ...]:
    """The marks of the months from *first* to *last*, or of the years where the months are many; none where both ends are open."""
    if first is None and last is None:
        return ()
    since = (first.year, first.month) if first else (_FIRST_YEAR, 1)
    until = (last.year, last.month) if last else (_LAST_YEAR, _MONTHS_IN_A_YEAR)
    count = (until[0] - since[0]) * _MONTHS_IN_A_YEAR + until[1] - since[1] + 1
    if count > _MOST_MONTHS:
        return tuple(f"_{year:04}" for year in range(since[0], min(until[0], since[0] + 120) + 1))
    start = since[0] * _MONTHS_IN_A_YEAR + since[1] - 1
    return tuple(
        f"_{month // _MONTHS_IN_A_YEAR:04}{month % _MONTHS_IN_A_YEAR + 1:02}" for month in range(start, start + count)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an officer typed: *words* that must all be there, a *beginning* of one more, *references* and *addresses* of which one each is meant.

    Every part is folded, references stand in their stored form, addresses in small letters.
    """

    words: tuple[str, ...] = ()
    beginning: str = ""
    references: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.words or self.beginning or self.references or self.addresses)


def wanted(typed: str) -> Wanted:
    """Read what an officer typed; nothing in it is an operator of any database.

    A whole e-mail address means that requester, a whole reference (spaced or in small letters) that case; every other
    word must be in the case, and the last one may be a beginning of three letters or more.
    """
    typed = unicodedata.normalize("NFKC", typed[:_LONGEST_QUERY])
    addresses = [found.strip(".").casefold() for found in _ADDRESS.findall(typed)]
    rest = _ADDRESS.sub(" . ", typed)
    # Nine digits read out in threes are a reference without its letters.
    rest = _NINE.sub(lambda found: re.sub("[^0-9]", "", found[0]), rest)
    references = [f"{prefix}{re.sub('[^0-9]', '', digits)}".upper() for prefix, digits in _REFERENCE.findall(rest)]
    plain = _REFERENCE.sub(" . ", rest)
    words = fold(plain)[:_MOST_ASKED]
    beginning = ""
    # A word after which the officer went on, if only to a blank, is whole.
    if words and fold(plain[-1]) and len(words[-1]) >= _SHORTEST_BEGINNING:
        beginning = words.pop()
    return Wanted(
        words=tuple(dict.fromkeys(words)),
        beginning=beginning,
        references=tuple(dict.fromkeys(references)),
        addresses=tuple(dict.fromkeys(addresses)),
    )
