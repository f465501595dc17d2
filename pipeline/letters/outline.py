"""A letter as paragraphs, headings, lists, tables and links: what HTML, PDF and Word are all made from, without a word of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.letters.plain import cells, one_line
from pipeline.letters.render import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.letters.render import Block, Letter

_HEADING_LIMIT = 300  # A question longer than this is no heading any more: a list of headings is there to be skimmed.
_BULLET = re.compile(r"[-*•] +(?=\S)")
_NUMBER = re.compile(r"([0-9]{1,3})\. +(?=\S)")
# Web addresses, bare or between angle brackets; a title in brackets before one, as the oldest letters have it; mail addresses.
_LINKS = re.compile(
    r"<(?P<framed>https?://[^\s<>\"]{1,2000})>"
    r"|\[(?P<title>[^\[\]\n]{1,200})\]\((?P<target>#|https?://[^\s<>()\"]{1,2000})\)"
    r"|(?P<bare>https?://[^\s<>\"]{1,2000})"
    r"|(?<![\w.+-])(?P<mail>[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})",
    re.ASCII,
)
_AFTER_AN_ADDRESS = ".,;:!?)'"


class Shape(StrEnum):
    """What a piece is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    NUMBERED = "numbered"
    TABLE = "table"


class Manner(StrEnum):
    """What a paragraph is for, where that shows."""

    PLAIN = ""
    ADDRESS = "address"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Run:
    r"""Words of one kind; ``\n`` is a line end, *link* the address they lead to, "" for none."""

    text: str
    link: str = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece: a heading has a *level* from 1, a list *items* (numbered from *start*), a table *rows*, the first of them its headings."""

    shape: Shape
    runs: Runs = ()
    level: int = 0
    manner: Manner = Manner.PLAIN
    items: tuple[Runs, ...] = ()
    start: int = 1
    rows: tuple[tuple[str, ...], ...] = ()


def outline(letter: Letter) -> tuple[Piece, ...]:
    """Give *letter* as pieces in reading order; the first heading is of level 1 and all others of level 2."""
    found: list[Piece] = []
    level = 1
    for block in letter.blocks:
        for piece in _pieces(block):
            if piece.shape is Shape.HEADING:
                found.append(Piece(shape=Shape.HEADING, runs=piece.runs, level=level))
                level = 2
            else:
                found.append(piece)
    return tuple(found)


def linked(text: str) -> Runs:
    """Cut *text* at the web and mail addresses in it; linear in its length."""
    runs: list[Run] = []
    at = 0
    for match in _LINKS.finditer(text):
        shown, target, end = _link(match)
        runs += [Run(text[at : match.start()]), Run(shown, target)]
        at = end
    return tuple(run for run in (*runs, Run(text[at:])) if run.text)


def _link(match: re.Match[str]) -> tuple[str, str, int]:
    """What *match* shows, where it leads, and where it ends: a full stop behind an address is the sentence's."""
    if match["framed"]:
        return match["framed"], match["framed"], match.end()
    if match["title"]:
        return match["title"], "" if match["target"] == "#" else match["target"], match.end()
    if match["mail"]:
        return match["mail"], f"mailto:{match['mail']}", match.end()
    address = match["bare"].rstrip(_AFTER_AN_ADDRESS)
    return address, address, match.start() + len(address)


def _pieces(block: Block) -> Iterator[Piece]:
    match block.kind:
        case BlockKind.HEADING:
            yield Piece(shape=Shape.HEADING, runs=(Run(block.text),))
        case BlockKind.LINES | BlockKind.SIGN_OFF:
            yield Piece(shape=Shape.PARAGRAPH, runs=linked(block.text), manner=Manner.ADDRESS)
        case BlockKind.QUESTION:
            yield from _question(block)
        case BlockKind.LINK:
            # The address stays to be read, for a letter is printed, too; the title makes the link's purpose plain.
            shown = f"{block.label}: {block.text}" if block.label else block.text
            yield Piece(shape=Shape.PARAGRAPH, runs=(Run(shown, block.text),))
        case BlockKind.TABLE:
            yield Piece(shape=Shape.TABLE, rows=cells(block.text))
        case BlockKind.LIST:
            yield Piece(shape=Shape.LIST, items=tuple(map(linked, block.text.split("\n"))))
        case BlockKind.ANSWER:
            yield from _written(block.text)
        case _:
            yield Piece(shape=Shape.PARAGRAPH, runs=linked(block.text))


def _question(block: Block) -> Iterator[Piece]:
    """The requester's words: never links, for what they lead to is not ours to offer (invariant 10)."""
    text = f"{block.label}. {block.text}" if block.label else block.text
    first, _, rest = text.partition("\n")
    if len(first) > _HEADING_LIMIT:
        yield Piece(shape=Shape.PARAGRAPH, runs=(Run(text),), manner=Manner.QUESTION)
        return
    yield Piece(shape=Shape.HEADING, runs=(Run(first),))
    if rest.strip():
        yield Piece(shape=Shape.PARAGRAPH, runs=(Run(rest.strip("\n")),), manner=Manner.QUESTION)


def _written(text: str) -> Iterator[Piece]:
    """An officer's paragraph: the lines in it that begin with a dash or with numbers in order are a list."""
    for mark, lines in groupby(text.split("\n"), key=_mark):
        listed = list(lines)
        numbers = [int(found[1]) for line in listed if (found := _NUMBER.match(line.strip()))]
        if mark == "-":
            yield Piece(shape=Shape.LIST, items=tuple(linked(_BULLET.sub("", line.strip(), 1)) for line in listed))
        elif mark == "1" and len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
            items = tuple(linked(_NUMBER.sub("", line.strip(), 1)) for line in listed)
            yield Piece(shape=Shape.NUMBERED, items=items, start=numbers[0])
        else:
            yield Piece(shape=Shape.PARAGRAPH, runs=linked("\n".join(listed)))


def _mark(line: str) -> str:
    stripped = line.strip()
    if _BULLET.match(stripped):
        return "-"
    return "1" if _NUMBER.match(stripped) else ""


def title_of(letter: Letter) -> str:
    """The title of the document a letter becomes."""
    return one_line(letter.subject) or one_line(letter.reference)
