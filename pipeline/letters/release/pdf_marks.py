"""Marks on a PDF page and the question which of them hide others; plain geometry in points, y upwards."""

from __future__ import annotations

from collections import defaultdict
from enum import Enum, auto
from typing import NamedTuple

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]

_BAND = 24.0  # points: pages are cut into bands, so that each mark is compared with its neighbours only
_LOWEST, _HIGHEST = -50, 700  # bands looked at: beyond the largest page a PDF may have (14,400 points)
_DARK = 0.35
_DARK_HIDES = 0.7  # how solid a dark area must be before nobody reads through it
_LIGHT_HIDES = 0.95
_CLOSE = 0.1
_WHITE = (1.0, 1.0, 1.0)


class MarkKind(Enum):
    """What was painted."""

    TEXT = auto()
    UNSEEN_TEXT = auto()
    FILL = auto()
    PICTURE = auto()


class Mark(NamedTuple):
    """One painted thing: its *box*, its *colour* (red, green, blue from 0 to 1; None for patterns and pictures), how solid it is (0-1)."""

    kind: MarkKind
    box: Box
    colour: tuple[float, float, float] | None
    alpha: float


class Hidden(Enum):
    """Why a piece of text can't be seen."""

    UNDER_BOX = auto()
    UNDER_OTHER = auto()
    UNDER_PAGE_PICTURE = auto()
    SAME_COLOUR = auto()
    NOT_DRAWN = auto()
    OUTSIDE = auto()


def hidden_text(marks: list[Mark], page: Box) -> dict[Hidden, int]:
    """How many pieces of text on a page can't be seen, by why: each piece is counted once, for its gravest reason."""
    reasons: dict[int, Hidden] = {}
    texts: dict[int, list[int]] = defaultdict(list)
    covers: dict[int, list[int]] = defaultdict(list)
    for number, mark in enumerate(marks):
        if mark.kind in {MarkKind.FILL, MarkKind.PICTURE}:
            _cover(mark, number, marks, (texts, covers), reasons, page)
            continue
        reason = _outright(mark, page) or _against_ground(mark, marks, covers)
        if reason is not None:
            reasons[number] = reason
        for band in _bands(mark.box):
            texts[band].append(number)
    counts: dict[Hidden, int] = {}
    for reason in reasons.values():
        counts[reason] = counts.get(reason, 0) + 1
    return counts


def is_dark(colour: tuple[float, float, float] | None) -> bool:
    """Whether a colour is dark enough to be meant as a blacking-out."""
    return colour is not None and 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] < _DARK


def covers_text(cover: Box, text: Box) -> bool:
    """Whether *cover* hides a readable part of a line *text*: half its height, and along it more than about one letter."""
    width, height = text[2] - text[0], text[3] - text[1]
    across = min(cover[2], text[2]) - max(cover[0], text[0])
    upwards = min(cover[3], text[3]) - max(cover[1], text[1])
    thin, long = min(width, height), max(width, height)
    if thin <= 0 or across <= 0 or upwards <= 0:
        return False
    over_thin, over_long = (upwards, across) if height <= width else (across, upwards)
    return over_thin >= 0.5 * thin and over_long >= min(0.7 * thin, 0.5 * long)


def page_picture(marks: list[Mark], page: Box) -> bool:
    """Whether a picture fills most of the page, as in a scan."""
    return any(mark.kind is MarkKind.PICTURE and _share(mark.box, page) > 0.5 for mark in marks)  # noqa: PLR2004 - most of it


def _cover(
    mark: Mark,
    number: int,
    marks: list[Mark],
    bands: tuple[dict[int, list[int]], dict[int, list[int]]],
    reasons: dict[int, Hidden],
    page: Box,
) -> None:
    texts, covers = bands
    for band in _bands(mark.box):
        covers[band].append(number)
    if not _solid(mark):
        return
    reason = Hidden.UNDER_BOX if is_dark(mark.colour) else Hidden.UNDER_OTHER
    if mark.kind is MarkKind.PICTURE and _share(mark.box, page) > 0.5:  # noqa: PLR2004 - most of the page: a scan over its text
        reason = Hidden.UNDER_PAGE_PICTURE
    for band in _bands(mark.box):
        for text in texts[band]:
            if reasons.get(text) not in {Hidden.UNDER_BOX, reason} and covers_text(mark.box, marks[text].box):
                reasons[text] = reason


def _solid(mark: Mark) -> bool:
    return mark.alpha >= (_DARK_HIDES if is_dark(mark.colour) else _LIGHT_HIDES)


def _outright(mark: Mark, page: Box) -> Hidden | None:
    if mark.box[2] <= page[0] or mark.box[0] >= page[2] or mark.box[3] <= page[1] or mark.box[1] >= page[3]:
        return Hidden.OUTSIDE
    if mark.kind is MarkKind.UNSEEN_TEXT or mark.alpha <= 0:
        return Hidden.NOT_DRAWN
    return None


def _against_ground(mark: Mark, marks: list[Mark], covers: dict[int, list[int]]) -> Hidden | None:
    """Whether text painted now stands on a ground of its own colour; the topmost area under it is its ground, else the white page."""
    if mark.colour is None or not (is_dark(mark.colour) or min(mark.colour) > 1 - _CLOSE):
        return None
    middle = (mark.box[1] + mark.box[3]) / 2
    ground: tuple[float, float, float] | None = _WHITE
    for number in reversed(covers.get(int(middle // _BAND), ())):
        if covers_text(marks[number].box, mark.box):
            ground = marks[number].colour if _solid(marks[number]) else None  # a mixture; nobody can say of what
            break
    if ground is None or any(abs(one - other) > _CLOSE for one, other in zip(mark.colour, ground, strict=True)):
        return None
    return Hidden.UNDER_BOX if is_dark(ground) else Hidden.SAME_COLOUR


def _bands(box: Box) -> range:
    first = max(_LOWEST, min(_HIGHEST, int(max(box[1], -1e5) // _BAND)))
    last = max(_LOWEST, min(_HIGHEST, int(min(box[3], 1e5) // _BAND)))
    return range(first, last + 1)


def _share(box: Box, page: Box) -> float:
    inside = cut(box, page)
    area = (page[2] - page[0]) * (page[3] - page[1])
    return max(0.0, inside[2] - inside[0]) * max(0.0, inside[3] - inside[1]) / area if area > 0 else 0.0


def multiply(one: Matrix, other: Matrix) -> Matrix:
    """The matrix that does *one* and then *other* (ISO 32000-1, 8.3.4)."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def box_around(matrix: Matrix, left: float, bottom: float, right: float, top: float) -> Box:
    """The upright box around a rectangle after *matrix*."""
    a, b, c, d, e, f = matrix
    corners = [(x * a + y * c + e, x * b + y * d + f) for x in (left, right) for y in (bottom, top)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return (min(xs), min(ys), max(xs), max(ys))


def cut(one: Box, other: Box) -> Box:
    """What two boxes share; upside down or inside out when they share nothing."""
    return (max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3]))
