"""Many alternatives as one fast pattern: what they share at their start is looked for once, not once for each of them."""

from __future__ import annotations

import re
from itertools import groupby

_WORD_START = r"\b"
_TEXT_START = "^"
_GROUP = "(?:"
_QUANTIFIERS = "?*+{"
_MOST = 400  # alternatives after spreading; a pattern that would have more keeps its groups


class AnyOf:
    r"""Whether any of some alternatives stands in a text; each reads as it would in ``re.search("a|b|c", text)``.

    Python tries an alternative that begins with a letter by one comparison, and one that begins with ``\b`` or a group by running it.
    So the word boundary is taken out in front, groups at the start are spread, and alternatives that begin with the same letter share it;
    what is tied to the start of the text is tried there only.
    """

    __slots__ = ("_anchored", "_free", "_words", "pattern")

    def __init__(self, *alternatives: str) -> None:
        self.pattern = "|".join(alternatives)
        parts = [part for alternative in alternatives for part in split_alternatives(alternative)]
        anchored = [part for part in parts if part.startswith(_TEXT_START)]
        words = [part.removeprefix(_WORD_START) for part in parts if part.startswith(_WORD_START)]
        free = [part for part in parts if not part.startswith((_TEXT_START, _WORD_START))]
        self._anchored = re.compile("|".join(anchored)) if anchored else None
        self._words = re.compile(rf"\b(?:{_by_letter(words)})") if words else None
        self._free = re.compile("|".join(free)) if free else None

    def search(self, text: str) -> bool:
        """Whether any alternative stands in *text*."""
        return (
            (self._anchored is not None and self._anchored.match(text) is not None)
            or (self._words is not None and self._words.search(text) is not None)
            or (self._free is not None and self._free.search(text) is not None)
        )


def split_alternatives(pattern: str) -> list[str]:
    """The alternatives of *pattern* that stand outside any group, in order."""
    cuts = [at for at, depth in _depths(pattern) if depth == 0 and pattern[at] == "|"]
    return [
        pattern[start:end] for start, end in zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(pattern)], strict=True)
    ]


def _depths(pattern: str) -> list[tuple[int, int]]:
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
    end = next(at for at, depth in _depths(pattern) if depth == 0 and pattern[at] == ")")
    rest, optional = pattern[end + 1 :], False
    if rest[:1] in tuple(_QUANTIFIERS):
        if rest[0] != "?":
            return [pattern]
        rest, optional = rest[1:], True
    heads = [f"{each}{rest}" for each in split_alternatives(pattern[len(_GROUP) : end])]
    if optional:
        heads.append(rest)
    return [each for head in heads for each in _spread(head)]
