"""A letter as blocks: paragraphs and marked items, wrapped lines joined; and the lists that the items form."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.domain.questions.asking import is_boilerplate
from pipeline.domain.questions.leads import is_earlier
from pipeline.domain.questions.letterbody import is_wrap, wrap_width
from pipeline.domain.questions.listing import Marker, Style, join_lone, markers, split_runs

_NESTED = 2  # columns of indent that put an item below its neighbour
_HEADING_WORDS = 10
_NAME_WORDS = 3
_GAP = 10
_ORDERED = frozenset({Style.NUMBER, Style.DOTTED, Style.CAPITAL, Style.LETTER, Style.ROMAN, Style.BARE})


@dataclass(slots=True, kw_only=True)
class Block:
    """One paragraph, or one item with its first paragraph: *raw* is its text with the marker, *text* without; *gap* says a blank line stands before."""

    raw: str
    text: str
    marker: Marker | None
    gap: bool
    indent: int
    place: int = 0


@dataclass(slots=True, kw_only=True)
class Item:
    """An item of a list: its own block and what belongs to it (continuations and sub-items), in order."""

    head: Block
    rest: list[Block] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Listing:
    """Items of one style in a row; *lead* is the block before the first, None at the start of a letter."""

    style: Style
    items: list[Item]
    lead: Block | None


def blocks(lines: list[str]) -> list[Block]:
    """Join the wrapped lines of *lines* into blocks; a blank line, a marker and a break that the writer made each begin one."""
    lines = split_runs(join_lone(lines))
    width = wrap_width(lines)
    found = markers(lines)
    out: list[Block] = []
    parts: list[str] = []
    gap, previous = True, ""
    for line, mark in zip(lines, found, strict=True):
        stripped = line.strip()
        if not stripped:
            gap, previous = True, ""
            continue
        bare = bool(out) and not gap and out[-1].marker is not None and not out[-1].text and not parts[1:]
        if mark is None and not gap and out and (bare or is_wrap(previous, line, width)):
            parts.append(stripped)
        else:
            _close(out, parts)
            text = mark.rest.strip() if mark else stripped
            indent = mark.indent if mark else len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
            out.append(Block(raw="", text=text, marker=mark, gap=gap, indent=indent, place=len(out)))
            parts = [stripped]
        gap, previous = False, line
    _close(out, parts)
    return out


def _close(out: list[Block], parts: list[str]) -> None:
    if out:
        last = out[-1]
        last.raw = " ".join(parts)
        last.text = " ".join([last.text, *parts[1:]]).strip()


def listings(found: list[Block]) -> tuple[list[Listing], list[Block]]:
    """The lists among *found*, in order, and the blocks that belong to none."""
    ahead = _next_marked(found)
    lists: list[Listing] = []
    loose: list[Block] = []
    current: Listing | None = None
    for here, block in enumerate(found):
        if current is not None and block.marker is not None:
            if _heads_section(block, current, found, here):
                loose.append(block)
                continue
            if _is_sibling(block, current):
                current.items.append(Item(head=block))
                continue
            if _is_nested(block, current):
                current.items[-1].rest.append(block)
                continue
        if block.marker is not None:
            current = Listing(
                style=block.marker.style, items=[Item(head=block)], lead=found[here - 1] if here else None
            )
            lists.append(current)
            continue
        if current is not None:
            kind = _place(block, current, found, ahead, here)
            if kind == "inside":
                current.items[-1].rest.append(block)
                continue
            if kind == "after":
                current = None
        loose.append(block)
    return lists, loose


def _is_sibling(block: Block, current: Listing) -> bool:
    mark, first, last = block.marker, current.items[0].head, current.items[-1].head
    if mark is None or last.marker is None or mark.style is not current.style:
        return False
    if block.indent >= last.indent + _NESTED and block.indent >= first.indent + _NESTED:
        follows = mark.style is not Style.BULLET and mark.value == last.marker.value + 1
        if not follows:
            return False
    if mark.style is Style.BULLET:
        return True
    return mark.value >= last.marker.value


def _is_nested(block: Block, current: Listing) -> bool:
    mark = block.marker
    if mark is None:
        return False
    if mark.style is current.style:
        return block.indent >= current.items[-1].head.indent + _NESTED
    if current.style is Style.BULLET:
        return block.indent >= current.items[-1].head.indent + _NESTED
    return not (mark.style is Style.NUMBER and current.style is Style.BARE)


def _heads_section(block: Block, current: Listing, found: list[Block], here: int) -> bool:
    """Whether a numbered line is the heading of the items 2.1, 2.2 that stand below it in a list that began with 1.1."""
    below = found[here + 1].marker if here + 1 < len(found) else None
    mark = block.marker
    if mark is None or below is None or current.style is not Style.DOTTED or mark.style is not Style.NUMBER:
        return False
    return below.style is Style.DOTTED and below.value // 100 == mark.value and _is_heading(block)


def _next_marked(found: list[Block]) -> list[dict[Style, int]]:
    """For each block the index of the next marked block of each style, itself excluded; maps are shared where nothing changes."""
    after: dict[Style, int] = {}
    out: list[dict[Style, int]] = [after] * len(found)
    for here in range(len(found) - 1, -1, -1):
        out[here] = after
        mark = found[here].marker
        if mark is not None:
            after = {**after, mark.style: here}
    return out


def _place(block: Block, current: Listing, found: list[Block], ahead: list[dict[Style, int]], here: int) -> str:
    """Where an unmarked block under a list belongs: "inside" the last item, "between" two items (a heading), or "after" the list."""
    if block.text.endswith(":") and is_earlier(block.text):
        return "after"
    last = current.items[-1].head
    sibling = ahead[here].get(current.style)
    goes_on = False
    if sibling is not None and current.style in _ORDERED:
        mark = found[sibling].marker
        goes_on = (
            mark is not None and last.marker is not None and last.marker.value <= mark.value <= last.marker.value + _GAP
        )
        goes_on = goes_on and _is_sibling(found[sibling], current)
    next_block = found[here + 1] if here + 1 < len(found) else None
    before_marker = next_block is not None and next_block.marker is not None
    if (
        before_marker
        and next_block is not None
        and _is_heading(block)
        and (block.gap or next_block.gap or block.text.isupper())
    ):
        nested = next_block.marker is not None and next_block.marker.style is not current.style and goes_on
        return "inside" if nested else ("between" if goes_on else "after")
    if goes_on:
        return "between" if is_boilerplate(block.text) and block.gap else "inside"
    if not block.gap:
        if next_block is None and _is_name(block.text):
            return "after"
        return "after" if is_boilerplate(block.text) else "inside"
    return "inside" if _continues(block, last) else "after"


def _is_name(text: str) -> bool:
    """Whether the last line of a letter is only its writer's name."""
    words = text.rstrip(".,").split()
    return len(words) <= _NAME_WORDS and all(
        word[:1].isupper() and word.replace("-", "").replace("'", "").isalpha() for word in words
    )


def _is_heading(block: Block) -> bool:
    text = block.text.rstrip("*_ ")
    return len(text.split()) <= _HEADING_WORDS and not text.endswith((".", "?", "!", ";", ","))


def _continues(block: Block, last: Block) -> bool:
    """Whether a paragraph after a list's last item still speaks of that item."""
    text = block.text
    if is_boilerplate(text):
        return False
    return (
        text[:1].islower()
        or text.startswith("(")
        or text.casefold().startswith(("i.e.", "e.g.", "for example", "for instance", "such as"))
        or (block.indent >= last.indent + _NESTED and last.marker is not None)
    )
