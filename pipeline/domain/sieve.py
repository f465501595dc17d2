"""Spares running a pattern where it can't stand: every match of it must hold one of a few pieces of plain text, and none is there.

Python's ``re`` tries a list of alternatives at every place of a text; looking for a piece of text takes a hundredth of that.
"""

from __future__ import annotations

import re
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SHORTEST = 3  # characters; a shorter piece stands nearly everywhere
_GRAM = 3
_FEW = 3  # alternatives that are run by themselves,
_PARTS_KEPT = 64  # and how many choices of them are kept
_MOST = 120  # pieces; looking for more takes as long as the pattern
# These are i, s and i again to ``re.IGNORECASE``, and none of them by ``str.lower``.
ODD_LETTERS = {"\u0130": "i", "\u0131": "i", "\u017f": "s"}
# From the commonest to the rarest: of several pieces the one with rarer letters is looked for.
_BY_USE = " etaoinsrhldcumfpgwybvkxjqz"
_CODE_DIGITS = {"x": 2, "u": 4, "U": 8}
_AT_LEAST_ONCE = re.compile(r"\{[1-9]\d*(?:,\d*)?\}")
_QUANTIFIER = re.compile(r"(?:[*?+]|\{\d*,?\d*\})[?+]?")
_PLAIN_GROUP = re.compile(r"\((?:\?:|\?P<\w+>|(?!\?))")


class Sifted:
    """A pattern with ``search``, ``match`` and ``sub`` as in ``re``, compiled when it is first needed.

    *pattern* is written without ``re.VERBOSE``; *ignore_case* as in ``re.IGNORECASE``. What it finds is exactly what ``re`` finds.
    """

    def __init__(self, pattern: str, *, ignore_case: bool = True) -> None:
        self.pattern = pattern
        self._ignore_case = ignore_case
        self._parts: dict[tuple[int, ...], re.Pattern[str]] = {}

    @cached_property
    def _run(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE if self._ignore_case else 0)

    @cached_property
    def _told(self) -> list[tuple[str, tuple[frozenset[str], ...]]]:
        return [(each, must_hold(each, ignore_case=self._ignore_case)) for each in split_alternatives(self.pattern)]

    @cached_property
    def _needed(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Of each alternative the sets of pieces, of each of which one is needed."""
        return tuple(tuple(tuple(each) for each in sets) for _, sets in self._told)

    @cached_property
    def _lone(self) -> tuple[str, ...]:
        """The pieces of the alternatives that need one piece of one set."""
        lone = frozenset[str]().union(*(sets[0] for _, sets in self._told if len(sets) == 1))
        return tuple(sorted(_without_longer(lone)))

    @cached_property
    def _several(self) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        """The pieces of the alternatives that need one piece of each of two sets."""
        return tuple((tuple(sorted(sets[0])), tuple(sorted(sets[1]))) for _, sets in self._told if len(sets) > 1)

    @cached_property
    def _others(self) -> re.Pattern[str] | None:
        """The alternatives that can only be run, as one."""
        others = [each for each, sets in self._told if not sets]
        return re.compile("|".join(others), re.IGNORECASE if self._ignore_case else 0) if others else None

    def compiled(self) -> tuple[re.Pattern[str], ...]:
        """Everything it may run; of this also parts that stand by themselves."""
        return (self._run,) if self._others is None else (self._run, self._others)

    def may_stand_in(self, text: str) -> bool:
        """False only where no match can be."""
        seen = lowered(text) if self._ignore_case else text
        if seen is None or _holds(seen, self._lone):
            return True
        for first, second in self._several:
            if _holds(seen, first) and _holds(seen, second):
                return True
        return self._others is not None and self._others.search(text) is not None

    def _that_may(self, text: str) -> re.Pattern[str] | None:
        """Those alternatives that may stand in *text*, as one, in their order; None where there is none."""
        if not self.may_stand_in(text):
            return None
        seen = lowered(text) if self._ignore_case else text
        if seen is None or self._run.groups:
            return self._run
        may = tuple(at for at, sets in enumerate(self._needed) if _holds_each(seen, sets))
        if may not in self._parts:
            if len(may) > _FEW or len(self._parts) >= _PARTS_KEPT:
                return self._run
            part = "|".join(self._told[at][0] for at in may)
            self._parts[may] = re.compile(part, re.IGNORECASE if self._ignore_case else 0)
        return self._parts[may]

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in *text*."""
        run = self._that_may(text)
        return None if run is None else run.search(text)

    def match(self, text: str) -> re.Match[str] | None:
        """The match at the start of *text*."""
        run = self._that_may(text)
        return None if run is None else run.match(text)

    def sub(self, by: str, text: str) -> str:
        """*text* with every match replaced."""
        run = self._that_may(text)
        return text if run is None else run.sub(by, text)


class Sieve:
    """Tells of many patterns at once which may stand in a text: those whose every alternative says what it needs (``must_hold``).

    Each pattern is given as its alternatives. They read the text as it is; it is folded before.
    """

    def __init__(self, patterns: Iterable[Sequence[str]]) -> None:
        index: dict[str, list[tuple[int, int, str, tuple[str, ...]]]] = {}
        for number, alternatives in enumerate(patterns):
            for place, alternative in enumerate(alternatives):
                first, *more = must_hold(alternative, ignore_case=False)
                also = tuple(sorted(more[0])) if more else ()
                for piece in sorted(first):
                    index.setdefault(_rarest_gram(piece), []).append((number, place, piece, also))
        self._index = {gram: tuple(asked) for gram, asked in index.items()}
        self._grams = frozenset(index)

    def may_stand_in(self, text: str) -> dict[int, set[int]]:
        """The numbers of the patterns that may stand in *text*, each with the places of its alternatives that may."""
        found: dict[int, set[int]] = {}
        for gram in self._grams.intersection([text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)]):
            for number, place, piece, also in self._index[gram]:
                if piece in text and (not also or _holds(text, also)):
                    found.setdefault(number, set()).add(place)
        return found


def _holds(text: str, pieces: tuple[str, ...]) -> bool:
    for piece in pieces:  # noqa: SIM110 - a loop takes half the time of any(), and this is where time goes
        if piece in text:
            return True
    return False


def _holds_each(text: str, sets: tuple[tuple[str, ...], ...]) -> bool:
    for pieces in sets:  # noqa: SIM110 - as above
        if not _holds(text, pieces):
            return False
    return True


@lru_cache(maxsize=64)
def lowered(text: str) -> str | None:
    """*text* in lower case; None where it holds a letter that ``re.IGNORECASE`` reads otherwise."""
    if not text.isascii() and any(odd in text for odd in ODD_LETTERS):
        return None
    return text.lower()


@cache
def must_hold(alternative: str, *, ignore_case: bool) -> tuple[frozenset[str], ...]:
    """What every match of *alternative* holds: at least one piece of each of these sets, the most telling first; () where nothing can be said."""
    found = _Reader(alternative, ignore_case=ignore_case).sequence()
    return tuple(_without_longer(each) for each in sorted(found, key=_likely) if len(each) <= _MOST)[:2]


def split_alternatives(pattern: str) -> list[str]:
    """The alternatives of *pattern* that stand outside any group, in order."""
    cuts = [at for at, depth in depths(pattern) if depth == 0 and pattern[at] == "|"]
    return [
        pattern[start:end] for start, end in zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(pattern)], strict=True)
    ]


def depths(pattern: str) -> list[tuple[int, int]]:
    """Each place outside character sets and escapes with the number of groups open there; a bracket counts as outside its own group."""
    out: list[tuple[int, int]] = []
    depth, at, in_set = 0, 0, False
    while at < len(pattern):
        character = pattern[at]
        if character == "\\":
            at += 2
            continue
        if in_set:
            in_set = character != "]"
        elif character == "[":
            in_set = True
        else:
            depth -= character == ")"
            out.append((at, depth))
            depth += character == "("
        at += 1
    return out


def _without_longer(pieces: frozenset[str]) -> frozenset[str]:
    """*pieces* without those that hold another of them: they say nothing more."""
    return frozenset(one for one in pieces if not any(other != one and other in one for other in pieces))


@cache
def _bits(piece: str) -> float:
    """How seldom *piece* stands in English text, roughly, in bits."""
    return sum(2.4 + 0.3 * _BY_USE.find(letter) if letter in _BY_USE else 8.0 for letter in piece)


def _likely(pieces: frozenset[str]) -> float:
    """How likely one of *pieces* stands in a text, for comparing only."""
    return float(sum(2.0 ** -_bits(piece) for piece in pieces))


def _rarest_gram(piece: str) -> str:
    return max((piece[at : at + _GRAM] for at in range(len(piece) - _GRAM + 1)), key=_bits)


class _Reader:
    """Reads a pattern from left to right and keeps, for each sequence, the best of what must stand in it."""

    def __init__(self, pattern: str, *, ignore_case: bool) -> None:
        self._text = pattern
        self._at = 0
        self._ignore_case = ignore_case

    def sequence(self) -> list[frozenset[str]]:
        """What must stand in the text for the items up to the next alternative: one piece of each of these."""
        must: list[frozenset[str]] = []
        run = ""
        while (here := self._peek()) not in {"", "|", ")"}:
            letter, inner = self._item(here)
            needed = self._needed()
            if letter and needed != "perhaps":
                run += letter
            if letter and needed == "once":
                continue
            must += [frozenset({run})] if len(run) >= _SHORTEST else []
            run = ""
            if inner and needed != "perhaps":
                must.append(inner)
        return must + ([frozenset({run})] if len(run) >= _SHORTEST else [])

    def _alternatives(self) -> frozenset[str]:
        """What stands up to the end of the group: one of these, whichever alternative matches; empty where one of them says nothing."""
        found: set[str] = set()
        useless = False
        while True:
            one = min(self.sequence(), key=_likely, default=frozenset[str]())
            useless = useless or not one
            found |= one
            if self._peek() != "|":
                return frozenset() if useless else frozenset(found)
            self._at += 1

    def _item(self, here: str) -> tuple[str, frozenset[str]]:
        """Read one item: the letter it is, or what must stand in the group it is; neither for all else."""
        nothing = frozenset[str]()
        if here == "(":
            return "", self._group()
        if here == "[":
            self._set()
            return "", nothing
        self._at += 1
        if here == "\\":
            escaped = self._text[self._at]
            self._at += 1 + _CODE_DIGITS.get(escaped, 0)
            return ("", nothing) if escaped.isalnum() else (escaped, nothing)
        if here in ".^$":
            return "", nothing
        return self._letter(here), nothing

    def _letter(self, here: str) -> str:
        if not self._ignore_case:
            return here
        # Letters beyond ASCII have too many cases to be looked for.
        return "" if here.isalpha() and not here.isascii() else here.lower()

    def _group(self) -> frozenset[str]:
        opened = _PLAIN_GROUP.match(self._text, self._at)
        if opened is not None:
            self._at = opened.end()
            inner = self._alternatives()
        else:
            # What a look around says, or a group with flags of its own, is not counted; it is read past.
            self._at = next(at for at, depth in depths(self._text[self._at :]) if depth == 0 and at) + self._at
            inner = frozenset()
        self._at += 1
        return inner

    def _set(self) -> None:
        self._at += 1
        self._at += self._peek() == "^"
        self._at += self._peek() == "]"
        while self._peek() != "]":
            self._at += 2 if self._peek() == "\\" else 1
        self._at += 1

    def _needed(self) -> str:
        """Read the quantifier that follows: whether the item stands "once", "repeated" or "perhaps"."""
        found = _QUANTIFIER.match(self._text, self._at)
        if found is None or found.group() == "{":
            return "once"
        self._at = found.end()
        at_least_once = found.group().startswith("+") or _AT_LEAST_ONCE.match(found.group())
        return "repeated" if at_least_once else "perhaps"

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]
