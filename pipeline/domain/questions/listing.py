"""List markers in real letters: which lines begin an item ("1.", "(a)", "Q3:-", "iii.", a bullet), and which numbers only look like one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """The kind of a marker; items of one list share it."""

    NUMBER = "number"
    DOTTED = "dotted"
    CAPITAL = "capital"
    LETTER = "letter"
    ROMAN = "roman"
    BARE = "bare"
    BULLET = "bullet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """The start of an item: *label* is the number as written without brackets and stops ("3a"), "" for a bullet; *rest* what follows it.

    *value* orders items of one style (0 for bullets), *indent* counts columns.
    """

    style: Style
    label: str
    value: int
    indent: int
    rest: str


_EMPHASIS = re.compile(r"^(?:[*_]{1,2}|[\"'\u2018\u201c])(?=[(\[]?[Qq]?\d)")
_WORD_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_QUESTION = re.compile(
    r"^(?i:question|query|request|qu?|#)\s*(?i:no\b\.?|number)?\s*#?\s*(?P<n>\d{1,3})(?P<s>[a-z])?"
    r"(?:\s?[.:;)\]/\u2013\u2014-]+\s*|\s+(?=[A-Z\u00a3\"'(])|\s*$)"
)
_QUESTION_WORD = re.compile(
    r"^question\s+(?P<w>one|two|three|four|five|six|seven|eight|nine|"
    r"ten)\b\s*[.:)\u2013-]*\s*",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"^[(\[]\s?(?P<n>\d{1,3})(?P<s>[a-zA-Z])?\s?[)\]][.:]?\s*(?!\d)")
_NUMBER = re.compile(
    r"^(?:no\.?\s?|#)?(?P<n>\d{1,3})(?P<s>[a-zA-Z])?(?:\ufe0f?\u20e3"
    r"|\s?(?:\.\)|\)\.|[.)\]:][-\u2013]?)(?=\s|$|[A-Za-z\"'(\[\u2018\u201c\u00a3<*])"
    r"|\s?/(?=\s|[A-Za-z])|\s?[-\u2013\u2014](?=\s+\D|[A-Z]))\s*"
)
_SUFFIXED = re.compile(r"^(?P<n>\d{1,3})\s?\((?P<s>[a-z]|[ivx]{1,4})\)[.:]?\s+(?=[A-Za-z])")
_DOTTED = re.compile(r"^[qQ]?(?P<a>\d{1,2})\.(?P<b>\d{1,2})(?:[.):]\s*|\s+)(?=[A-Za-z\"'(\u2018\u201c])")
_CELL = re.compile(r"^\|?\s*[qQ]?(?P<n>\d{1,3})[.)]?\s*[|\t]\s*(?=\S)")
_BARE = re.compile(r"^(?P<n>\d{1,2})\s+(?=[A-Z]|(?:how|what|when|where|who|which|why|can|could|please|pls)\b)")
_MONTH = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\b", re.IGNORECASE)
_LETTER = re.compile(
    r"^(?:[(\[](?P<a>[a-zA-Z]|[ivxIVX]{2,5})[)\]][.:]?\s*|(?P<b>[a-zA-Z]|"
    r"[ivxIVX]{2,5})(?:\.?\)[.:]?\s*|[.:]\s+))(?=\S)"
)
_BULLET = re.compile(
    r"^(?:[-\u2010-\u2015\u2022\u00b7\u25cf\u25cb\u25aa\u25a0\u25e6\u2023\u2043\u2219\u27a2\u27a4\u25ba\u2713\u2714\u2192\u00a7\uf0b7*](?=\s)\s+"
    r"|[\u2022\u00b7\u25cf\u25cb\u25aa\u25a0\u25e6\u2023\u2043\uf0b7]\s*(?=\S)|[-\u2013](?=[A-Za-z\"'(\u00a3])|"
    r"o\s+(?=\S)|>>\s+)"
)
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii")

# A number after one of these words refers to something; it does not begin an item.
REFERENCE_WORD = re.compile(
    r"\b(?:questions?|q|sections?|s|ss|sub-?sections?|parts?|points?|items?|paragraphs?|para|regulations?|reg|"
    r"schedule|articles?|art|clause|annex|"
    r"appendix|version|stage|phase|grade|band|tier|level|category|zone|ward|year|years|key stage|table|figure|"
    r"page|pp?|no|number|numbers|"
    r"chapter|class|type|group|unit|flat|plot|lot|room|block|week|day|quarter|step|option|request|requests|act|"
    r"to|and|or|than|of|the|by|for|least)\.?$",
    re.IGNORECASE,
)
_TERMINAL = tuple(".?!:;,)]\"'\u2019\u201d>|*")
_WRAPPED_FROM = 45  # characters; a shorter line was ended by its writer, not by a mail program
_FAR = 20  # a list's first number is not above this unless its neighbour follows
_BEFORE = 60  # characters looked at before a number inside a line
_GAP = 10  # numbers skipped inside one list at most


def marker(line: str) -> Marker | None:
    """The marker that *line* could begin with, by its shape alone; ``markers`` decides in context."""
    stripped = line.lstrip()
    indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
    body = _EMPHASIS.sub("", stripped[:200]) + stripped[200:]
    if not body:
        return None
    for pattern in (_QUESTION, _BRACKETED, _SUFFIXED, _NUMBER, _CELL):
        if found := pattern.match(body):
            suffix = found.groupdict().get("s") or ""
            return Marker(
                style=Style.NUMBER,
                label=found["n"] + suffix,
                value=int(found["n"]),
                indent=indent,
                rest=_cell_text(body[found.end() :], table=pattern is _CELL),
            )
    if found := _QUESTION_WORD.match(body):
        value = _WORD_NUMBERS.index(found["w"].casefold()) + 1
        return Marker(style=Style.NUMBER, label=found["w"], value=value, indent=indent, rest=body[found.end() :])
    if found := _DOTTED.match(body):
        value = int(found["a"]) * 100 + int(found["b"])
        return Marker(
            style=Style.DOTTED, label=f"{found['a']}.{found['b']}", value=value, indent=indent, rest=body[found.end() :]
        )
    return _lettered(body, indent)


def _cell_text(rest: str, *, table: bool) -> str:
    return rest.rstrip(" \t|") if table else rest


def _lettered(body: str, indent: int) -> Marker | None:
    if (found := _BARE.match(body)) and not _MONTH.match(body, found.end()):
        return Marker(
            style=Style.BARE, label=found["n"], value=int(found["n"]), indent=indent, rest=body[found.end() :]
        )
    if found := _LETTER.match(body):
        label = found["a"] or found["b"]
        if len(label) > 1:
            if label.casefold() not in _ROMANS:
                return None
            return _roman(label, indent, body[found.end() :])
        style = Style.CAPITAL if label.isupper() else Style.LETTER
        value = ord(label.casefold()) - ord("a") + 1
        return Marker(style=style, label=label, value=value, indent=indent, rest=body[found.end() :])
    if (found := _BULLET.match(body)) and body[found.end() :].strip():
        return Marker(style=Style.BULLET, label="", value=0, indent=indent, rest=body[found.end() :])
    return None


def _roman(label: str, indent: int, rest: str) -> Marker:
    value = _ROMANS.index(label.casefold()) + 1
    return Marker(style=Style.ROMAN, label=label, value=value, indent=indent, rest=rest)


def markers(lines: list[str]) -> list[Marker | None]:
    """For each of *lines* the marker it begins with, or None: numbers in running text, years, initials and references are weeded out."""
    found = _tell_romans([marker(line) for line in lines])
    following = _next_values(found)
    last: dict[Style, int] = {}
    out: list[Marker | None] = []
    previous = ""
    for here, (line, candidate) in enumerate(zip(lines, found, strict=True)):
        kept = candidate
        if candidate is not None and not _stands(candidate, last.get(candidate.style, 0), following[here], previous):
            kept = None
        if kept is not None:
            last[kept.style] = kept.value
            if kept.style in {Style.NUMBER, Style.DOTTED}:
                last.pop(Style.LETTER, None)
                last.pop(Style.ROMAN, None)
        out.append(kept)
        previous = line.rstrip()
    return out


def _stands(candidate: Marker, last: int, following: int, previous: str) -> bool:  # noqa: PLR0911 - one return for each style reads best
    style, value = candidate.style, candidate.value
    follows = last < value <= last + _GAP and last > 0
    if style is Style.BULLET:
        return True
    if style is Style.NUMBER:
        tail = previous[-40:]
        if REFERENCE_WORD.search(tail) and value != last + 1 and not _short(previous):
            return False
        is_open = bool(previous) and len(previous) >= _WRAPPED_FROM and not tail.endswith(_TERMINAL)
        if is_open and value != last + 1:
            return value == 1 and following == value + 1
        return follows or value <= _FAR or following == value + 1
    if style is Style.DOTTED:
        return (
            (value % 100 == 1 and (following == value + 1 or last > 0)) or value == last + 1 or following == value + 1
        )
    if style is Style.BARE:
        return value == last + 1 if last else value == 1 and following == value + 1
    return (value == 1 and following in {2, 3}) or (last > 0 and last < value <= last + 3)


def _short(previous: str) -> bool:
    return len(previous) < _WRAPPED_FROM and previous.endswith(_TERMINAL)


def _tell_romans(found: list[Marker | None]) -> list[Marker | None]:
    """A lone i, v or x is a Roman numeral unless the letter before it in the alphabet stood just before."""
    out: list[Marker | None] = []
    last = 0
    for candidate in found:
        kept = candidate
        if candidate is not None and candidate.style in {Style.LETTER, Style.CAPITAL}:
            if candidate.label.casefold() in _ROMANS and candidate.value != last + 1:
                kept = _roman(candidate.label, candidate.indent, candidate.rest)
            else:
                last = candidate.value
        out.append(kept)
    return out


def _next_values(found: list[Marker | None]) -> list[int]:
    """For each line the value of the next marker of the same style further down, 0 where there is none."""
    after: dict[Style, int] = {}
    out = [0] * len(found)
    for here in range(len(found) - 1, -1, -1):
        candidate = found[here]
        if candidate is not None:
            out[here] = after.get(candidate.style, 0)
            after[candidate.style] = candidate.value
    return out


_INLINE = re.compile(
    r"(?P<m>(?<![\w)])\((?P<x>\d{1,2})\)|\b[Qq](?:uestion )?(?P<q>\d{1,2})[.:)]?|(?<![\d(])(?P<n>\d{1,2})(?:\.\)|"
    r"[.)]))(?P<gap>\s*)(?=[A-Za-z\"'(\u2018\u201c\u00a3])"
)
_LONE = re.compile(r"\s{0,9}\|?\s{0,9}(\d{1,2})[.)]?\s{0,9}\|?\s{0,9}$")


def join_lone(lines: list[str]) -> list[str]:
    """*lines* with each number that stands alone put before the line below it, where they count 1, 2, 3: the first column of a table."""
    alone = [(here, int(found[1])) for here, line in enumerate(lines) if (found := _LONE.match(line))]
    counted = [here for at, (here, value) in enumerate(alone) if value == at + 1]
    if len(counted) < 2 or len(counted) != len(alone):  # noqa: PLR2004 - one number alone counts nothing
        return lines
    out = list(lines)
    for here, below in zip(counted, [*counted[1:], len(lines)], strict=True):
        said = next((at for at in range(here + 1, below) if lines[at].strip()), None)
        if said is None:
            return lines
        out[here], out[said] = "", f"{lines[here].strip(' |.)')}. {lines[said].strip()}"
    return out


_SENTENCE_END = tuple("?.!;:)]\"'\u2019\u201d")


def split_runs(lines: list[str]) -> list[str]:
    """*lines* with a break before each numbered item that runs on inside a line ("1. How many? 2. How much?")."""
    out: list[str] = []
    current = 0
    for here, line in enumerate(lines):
        ahead = "\n".join([line, *lines[here + 1 : here + 5]]) if "1" in line else line
        first = marker(line)
        if first is not None and first.style is Style.NUMBER and (first.value == current + 1 or first.value == 1):
            current = first.value
        start = 0
        for hit in _INLINE.finditer(line):
            value = int(hit["x"] or hit["q"] or hit["n"])
            before = line[max(start, hit.start() - _BEFORE) : hit.start()]
            begins = value == 1 and current != 1 and _second_follows(ahead, hit.end())
            if (value == current + 1 > 1 or begins) and before.strip() and _may_break(before, hit, line, value):
                out.append(line[start : hit.start()].rstrip())
                start, current = hit.start(), value
        out.append(line[start:])
    return out


def _second_follows(line: str, start: int) -> bool:
    second = 2
    return any(int(hit["x"] or hit["q"] or hit["n"]) == second for hit in _take(line, start))


def _take(line: str, start: int) -> list[re.Match[str]]:
    hits: list[re.Match[str]] = []
    for hit in _INLINE.finditer(line, start, start + 2000):
        hits.append(hit)
        if len(hits) == 3:  # noqa: PLR2004 - the second item stands near the first; looking further would cost time for nothing
            break
    return hits


def _may_break(before: str, hit: re.Match[str], line: str, value: int) -> bool:
    text = before.rstrip()[-40:]
    glued = before[-1:].isalpha() or before[-1:] in "?.!;:"
    capital = line[hit.end() : hit.end() + 1].isupper() or line[hit.end() : hit.end() + 1] in "\"'\u2018\u201c"
    if text.endswith(_SENTENCE_END):
        return capital or not hit["m"].endswith(".")
    if hit["m"].endswith("."):
        return glued and capital and hit["q"] is None
    if value == 1 and not REFERENCE_WORD.search(text):
        return True
    if re.search(r"[,;]$|\b(?:and|also)$", text) and not re.search(r"(?<!\d)\d{1,2}\s*(?:,|and)$", text):
        return True
    return capital and not REFERENCE_WORD.search(text)


_INLINE_LETTER = re.compile(r"(?<=\s)\(?([a-z])\)\s+(?=[A-Za-z\"'(])")
_LETTERS_AT_MOST = 26


def split_letters(text: str) -> tuple[str, list[tuple[str, str]]]:
    """What stands before "(a)" in *text*, and the (label, text) of each lettered item that runs on in it; no items where a and b don't follow."""
    cuts: list[tuple[int, int, str]] = []
    for hit in _INLINE_LETTER.finditer(text):
        if len(cuts) < _LETTERS_AT_MOST and ord(hit[1]) - ord("a") == len(cuts):
            cuts.append((hit.start(), hit.end(), hit[1]))
    if len(cuts) < 2:  # noqa: PLR2004 - one letter alone is no list
        return text, []
    ends = [start for start, _, _ in cuts[1:]] + [len(text)]
    items = [(label, text[begin:end].strip()) for (_, begin, label), end in zip(cuts, ends, strict=True)]
    return text[: cuts[0][0]].strip(), items
