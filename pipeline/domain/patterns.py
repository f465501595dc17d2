"""Many alternatives as one fast pattern: what they share at their start is looked for once, not once for each of them."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.domain.sieve import Sifted, depths, must_hold, split_alternatives

if TYPE_CHECKING:
    from collections.abc import Collection

_WORD_START = r"\b"
_TEXT_START = "^"
_GROUP = "(?:"
_QUANTIFIERS = "?*+{"
_FEW = 6  # alternatives that are run by themselves
_MOST = 400  # alternatives after spreading; a pattern that would have more keeps its groups


class AnyOf:
    r"""Whether any of some alternatives stands in a text; each reads as it would in ``re.search("a|b|c", text)``.

    Python tries an alternative that begins with a letter by one comparison, and one that begins with ``\b`` or a group by running it.
    So the word boundary is taken out in front, groups at the start are spread, and alternatives that begin with the same letter share it;
    what is tied to the start of the text is tried there only. All is compiled when it is first needed.

    *telling* are the alternatives of which the ``sieve`` knows what must stand in the text; the others can only be run.
    """

    def __init__(self, *alternatives: str) -> None:
        self.pattern = "|".join(alternatives)
        self._alone: dict[int, re.Pattern[str]] = {}

    def search(self, text: str) -> bool:
        """Whether any alternative stands in *text*."""
        return self.search_others(text) or (self._sifted.may_stand_in(text) and self._telling.search(text))

    def search_telling(self, text: str, places: Collection[int]) -> bool:
        """Whether one of the telling alternatives at *places* stands in *text*; for who has asked a sieve which of them may."""
        # A few are run each by itself: most are never needed, and all of them as one take long to compile.
        if len(places) > _FEW:
            return self._telling.search(text)
        return any(self._at(place).search(text) is not None for place in places)

    def _at(self, place: int) -> re.Pattern[str]:
        if place not in self._alone:
            self._alone[place] = re.compile(self.telling[place])
        return self._alone[place]

    def search_others(self, text: str) -> bool:
        """Whether one of the alternatives that are not telling stands in *text*."""
        return self._others.search(text)

    @property
    def has_others(self) -> bool:
        """Whether there are alternatives that are not telling."""
        return bool(self._told_apart[1])

    def compiled(self) -> tuple[re.Pattern[str], ...]:
        """Everything it may run."""
        alone = [self._at(place) for place in range(len(self.telling))]
        return (*self._telling.compiled(), *self._others.compiled(), *alone)

    @property
    def telling(self) -> list[str]:
        """The alternatives that are telling."""
        return self._told_apart[0]

    @cached_property
    def _told_apart(self) -> tuple[list[str], list[str]]:
        parts: tuple[list[str], list[str]] = ([], [])
        for part in split_alternatives(self.pattern):
            parts[not must_hold(part, ignore_case=False)].append(part)
        return parts

    @cached_property
    def _sifted(self) -> Sifted:
        return Sifted("|".join(self.telling), ignore_case=False)

    @cached_property
    def _telling(self) -> _Grouped:
        return _Grouped(self._told_apart[0])

    @cached_property
    def _others(self) -> _Grouped:
        return _Grouped(self._told_apart[1])


class _Grouped:
    """Alternatives, grouped by how they begin."""

    __slots__ = ("_anchored", "_free", "_words")

    def __init__(self, parts: list[str]) -> None:
        anchored = [part for part in parts if part.startswith(_TEXT_START)]
        words = [part.removeprefix(_WORD_START) for part in parts if part.startswith(_WORD_START)]
        free = [part for part in parts if not part.startswith((_TEXT_START, _WORD_START))]
        self._anchored = re.compile("|".join(anchored)) if anchored else None
        self._words = re.compile(rf"\b(?:{_by_letter(words)})") if words else None
        self._free = re.compile("|".join(free)) if free else None

    def compiled(self) -> tuple[re.Pattern[str], ...]:
        """Everything it may run."""
        return tuple(each for each in (self._anchored, self._words, self._free) if each is not None)

    def search(self, text: str) -> bool:
        """Whether any of them stands in *text*."""
        return (
            (self._anchored is not None and self._anchored.match(text) is not None)
            or (self._words is not None and self._words.search(text) is not None)
            or (self._free is not None and self._free.search(text) is not None)
        )


def _by_letter(words: list[str]) -> str:
    spread = [each for word in words for each in _spread(word)]
    if len(spread) > _MOST:
        return "|".join(words)
    shared = sorted((each for each in spread if _begins_with_letter(each)), key=lambda each: each[0])
    grouped = [
        f"{letter}(?:{'|'.join(each[1:] for each in same)})"
        for letter, same in groupby(shared, key=lambda each: each[0])
    ]
    return "|".join(grouped + [each for each in spread if not _begins_with_letter(each)])


def _begins_with_letter(pattern: str) -> bool:
    return pattern[:1].isalpha() and pattern[1:2] not in tuple(_QUANTIFIERS)


def _spread(pattern: str) -> list[str]:
    """*pattern* without a group at its start: "(?:a|b)c" as "ac" and "bc", "(?:a )?c" as "a c" and "c"."""
    if not pattern.startswith(_GROUP):
        return [pattern]
    end = next(at for at, depth in depths(pattern) if depth == 0 and pattern[at] == ")")
    rest, optional = pattern[end + 1 :], False
    if rest[:1] in tuple(_QUANTIFIERS):
        if rest[0] != "?":
            return [pattern]
        rest, optional = rest[1:], True
    heads = [f"{each}{rest}" for each in split_alternatives(pattern[len(_GROUP) : end])]
    if optional:
        heads.append(rest)
    return [each for head in heads for each in _spread(head)]
