"""Follows a PDF page's painting operators (ISO 32000-1, 8 and 9) and says where text, filled areas and pictures lie, in order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pipeline.letters.release.findings import UncheckedError
from pipeline.letters.release.pdf_fonts import FontMeasure, measure
from pipeline.letters.release.pdf_marks import Box, Mark, MarkKind, Matrix, box_around, cut, multiply
from pipeline.letters.release.wording import Rule
from pipeline.resources import later

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pypdf import generic
else:
    generic = later("pypdf.generic")

MAX_OPERATIONS = 2_000_000  # over a whole file
# A small file that draws for ever draws the same again and again: one operator takes about three bytes of an honest file, packed.
_FREE_OPERATIONS = 40_000
_MAX_FORMS_DEEP = 8
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_EVERYWHERE: Box = (-1e6, -1e6, 1e6, 1e6)
_CAP_HEIGHT = 0.7  # of the font size: what a box must cover to hide a line
_FULL_AREA = 0.9  # of its bounding box: a path this full is as good as a rectangle
_MOST_CORNERS = 12
_MOST_KEPT = 20_000  # rectangles of one path

Colour = tuple[float, float, float] | None


@dataclass(slots=True)
class _State:
    """The graphics state (ISO 32000-1, 8.4.1), as far as it matters here. A colour of None is a pattern: it covers, but who knows how."""

    matrix: Matrix = _IDENTITY
    clip: Box = _EVERYWHERE
    fill: Colour = (0.0, 0.0, 0.0)
    stroke: Colour = (0.0, 0.0, 0.0)
    fill_subtractive: bool = False
    stroke_subtractive: bool = False
    fill_alpha: float = 1.0
    stroke_alpha: float = 1.0
    masked: bool = False
    line_width: float = 1.0
    font: FontMeasure = field(default_factory=FontMeasure)
    size: float = 12.0
    char_space: float = 0.0
    word_space: float = 0.0
    scale: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0


class Ink:
    """Paints pages into marks; counts operators over all pages of one file, so that no page can keep the check busy for ever."""

    def __init__(self, size: int) -> None:
        """*size* of the file, in bytes."""
        self._left = min(MAX_OPERATIONS, _FREE_OPERATIONS + size)
        self._fonts: dict[
            int, tuple[generic.DictionaryObject, FontMeasure]
        ] = {}  # the resource is kept, so that its id stays its own

    def marks(
        self, stream: generic.StreamObject | None, resources: generic.DictionaryObject, matrix: Matrix = _IDENTITY
    ) -> list[Mark]:
        """The marks that *stream* paints, in order, in the space that *matrix* leads to; raises UncheckedError when there are too many."""
        marks: list[Mark] = []
        if stream is not None:
            self._paint(_Painter(self, marks, resources, _State(matrix=matrix)), stream, 0)
        return marks

    def _paint(self, painter: _Painter, stream: generic.StreamObject, depth: int) -> None:
        content = stream if isinstance(stream, generic.ContentStream) else generic.ContentStream(stream, None)
        for operands, operator in content.operations:
            self._left -= 1
            if self._left < 0:
                raise UncheckedError(Rule.UNREADABLE, "its pages hold more drawing than can be checked; split it")
            if operator == b"Do":
                self._do(painter, operands, depth)
            else:
                painter.handle(operator, operands)

    def _do(self, painter: _Painter, operands: Sequence[Any], depth: int) -> None:
        found = painter.resource("/XObject", operands)
        if not isinstance(found, generic.StreamObject):
            return
        if found.get("/Subtype") == "/Image":
            painter.picture(found)
        elif found.get("/Subtype") == "/Form" and depth < _MAX_FORMS_DEEP:
            state = replace(painter.state)
            state.matrix = multiply(_matrix(found.get("/Matrix")), state.matrix)
            limits = found.get("/BBox")
            if limits is not None:
                corners = [float(number) for number in limits]
                state.clip = cut(state.clip, box_around(state.matrix, corners[0], corners[1], corners[2], corners[3]))
            own = found.get("/Resources")
            resources = own.get_object() if own is not None else painter.resources
            self._paint(_Painter(self, painter.marks, resources, state), found, depth + 1)
        elif found.get("/Subtype") == "/Form":
            raise UncheckedError(Rule.UNREADABLE, "its drawings are nested deeper than can be checked")

    def font(self, resource: generic.DictionaryObject) -> FontMeasure:
        """How wide the letters of a font resource are, measured once."""
        key = id(resource)
        if key not in self._fonts:
            self._fonts[key] = (resource, measure(resource))
        return self._fonts[key][1]


class _Painter:
    """Runs the operators of one stream."""

    def __init__(self, ink: Ink, marks: list[Mark], resources: Any, state: _State) -> None:  # noqa: ANN401 - pypdf's objects
        self._ink = ink
        self.marks = marks
        self.resources = resources
        self.state = state
        self._stack: list[_State] = []
        self._rectangles: list[tuple[float, float, float, float]] = []
        self._points: list[tuple[float, float]] = []
        self._lines: list[tuple[float, float, float, float]] = []
        self._clipping = False
        self._text: Matrix = _IDENTITY
        self._line: Matrix = _IDENTITY
        self._operators = self._drawing() | self._writing()

    def _drawing(self) -> dict[bytes, Callable[[list[Any]], None]]:
        return {
            b"q": lambda _: self._stack.append(replace(self.state)),
            b"Q": self._restore,
            b"cm": self._concatenate,
            b"gs": self._graphics_state,
            b"w": lambda operands: self._set("line_width", operands),
            b"re": self._rectangle,
            b"m": self._move,
            b"l": self._draw_to,
            b"h": lambda _: None,
            b"c": lambda operands: self._draw_to(operands[4:]),
            b"v": lambda operands: self._draw_to(operands[2:]),
            b"y": lambda operands: self._draw_to(operands[2:]),
            **dict.fromkeys((b"f", b"F", b"f*"), lambda _: self._finish(fill=True, stroke=False)),
            **dict.fromkeys((b"B", b"B*", b"b", b"b*"), lambda _: self._finish(fill=True, stroke=True)),
            **dict.fromkeys((b"S", b"s"), lambda _: self._finish(fill=False, stroke=True)),
            b"sh": lambda _: self._mark(MarkKind.FILL, self.state.clip, None, self.state.fill_alpha),
            b"n": lambda _: self._finish(fill=False, stroke=False),
            **dict.fromkeys((b"W", b"W*"), lambda _: self._clip()),
            **dict.fromkeys((b"g", b"rg", b"k"), self._fill_colour),
            **dict.fromkeys((b"G", b"RG", b"K"), self._stroke_colour),
            **dict.fromkeys((b"sc", b"scn"), self._fill_colour),
            **dict.fromkeys((b"SC", b"SCN"), self._stroke_colour),
            b"cs": lambda operands: self._space(operands, stroke=False),
            b"CS": lambda operands: self._space(operands, stroke=True),
        }

    def _writing(self) -> dict[bytes, Callable[[list[Any]], None]]:
        return {
            b"BT": lambda _: self._place(_IDENTITY),
            b"Tf": self._font,
            b"Tc": lambda operands: self._set("char_space", operands),
            b"Tw": lambda operands: self._set("word_space", operands),
            b"TL": lambda operands: self._set("leading", operands),
            b"Ts": lambda operands: self._set("rise", operands),
            b"Tz": lambda operands: self._set("scale", operands, 0.01),
            b"Tr": self._mode,
            b"Td": lambda operands: self._next_line(*_numbers(operands, 2)),
            b"TD": self._next_line_leading,
            b"Tm": lambda operands: self._place(_matrix(operands)),
            b"T*": lambda _: self._next_line(0, -self.state.leading),
            b"Tj": lambda operands: self._show(operands[0]),
            b"TJ": self._show_pieces,
            b"'": self._show_next_line,
            b'"': self._show_spaced,
        }

    def handle(self, operator: bytes, operands: list[Any]) -> None:
        """Run one operator; those that don't matter here are passed over."""
        action = self._operators.get(operator)
        if action is not None:
            action(operands)

    def resource(self, kind: str, operands: Sequence[Any]) -> Any:  # noqa: ANN401 - pypdf's objects
        """The resource of *kind* that the operands name, or None."""
        group = self.resources.get(kind) if self.resources is not None else None
        group = group.get_object() if group is not None else None
        found = group.get(operands[0]) if group is not None and operands else None
        return found.get_object() if found is not None else None

    def picture(self, image: generic.StreamObject) -> None:
        """An image fills the unit square of its space (ISO 32000-1, 8.9.5); see-through ones hide nothing for certain."""
        see_through = "/SMask" in image or "/Mask" in image or image.get("/ImageMask") or self.state.masked
        alpha = 0.5 * self.state.fill_alpha if see_through else self.state.fill_alpha
        self._mark(MarkKind.PICTURE, box_around(self.state.matrix, 0, 0, 1, 1), None, alpha)

    def _mark(self, kind: MarkKind, box: Box, colour: Colour, alpha: float) -> None:
        inside = cut(box, self.state.clip)
        if kind in {MarkKind.TEXT, MarkKind.UNSEEN_TEXT}:
            self.marks.append(Mark(kind, box, colour, alpha))
        elif inside[0] < inside[2] and inside[1] < inside[3]:
            self.marks.append(Mark(kind, inside, colour, alpha))

    def _set(self, name: str, operands: list[Any], factor: float = 1.0) -> None:
        setattr(self.state, name, _numbers(operands, 1)[0] * factor)

    def _restore(self, _: list[Any]) -> None:
        if self._stack:
            self.state = self._stack.pop()

    def _concatenate(self, operands: list[Any]) -> None:
        self.state.matrix = multiply(_matrix(operands), self.state.matrix)

    def _graphics_state(self, operands: list[Any]) -> None:
        found = self.resource("/ExtGState", operands)
        if not isinstance(found, generic.DictionaryObject):
            return
        self.state.fill_alpha = float(found.get("/ca", self.state.fill_alpha))
        self.state.stroke_alpha = float(found.get("/CA", self.state.stroke_alpha))
        if "/SMask" in found:
            self.state.masked = str(found["/SMask"]) != "/None"

    def _rectangle(self, operands: list[Any]) -> None:
        x, y, width, height = _numbers(operands, 4)
        if len(self._rectangles) < _MOST_KEPT:
            self._rectangles.append((x, y, x + width, y + height))

    def _move(self, operands: list[Any]) -> None:
        self._close_shape()
        x, y = _numbers(operands, 2)
        self._points = [(x, y)]

    def _draw_to(self, operands: list[Any]) -> None:
        x, y = _numbers(operands, 2)
        if self._points and len(self._lines) < _MOST_KEPT:
            self._lines.append((*self._points[-1], x, y))
        if len(self._points) <= _MOST_CORNERS:
            self._points.append((x, y))

    def _close_shape(self) -> None:
        """Keep the shape drawn so far as a rectangle, if it nearly is one."""
        points, self._points = self._points, []
        if not 3 <= len(points) <= _MOST_CORNERS or len(self._rectangles) >= _MOST_KEPT:  # noqa: PLR2004 - three corners enclose something
            return
        xs, ys = [x for x, _ in points], [y for _, y in points]
        whole = (max(xs) - min(xs)) * (max(ys) - min(ys))
        pairs = zip(points, [*points[1:], points[0]], strict=True)
        area = abs(sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairs)) / 2
        if whole > 0 and area / whole >= _FULL_AREA:
            self._rectangles.append((min(xs), min(ys), max(xs), max(ys)))

    def _clip(self) -> None:
        self._clipping = True

    def _finish(self, *, fill: bool, stroke: bool) -> None:
        self._close_shape()
        boxes = [box_around(self.state.matrix, *rectangle) for rectangle in self._rectangles]
        if not self.state.masked:
            for box in boxes if fill else ():
                self._mark(MarkKind.FILL, box, self.state.fill, self.state.fill_alpha)
            half = self.state.line_width / 2
            for x, y, to_x, to_y in self._lines if stroke else ():
                if x == to_x or y == to_y:
                    thick = (min(x, to_x) - half, min(y, to_y) - half, max(x, to_x) + half, max(y, to_y) + half)
                    self._mark(
                        MarkKind.FILL, box_around(self.state.matrix, *thick), self.state.stroke, self.state.stroke_alpha
                    )
        if self._clipping and len(boxes) == 1:
            self.state.clip = cut(self.state.clip, boxes[0])
        self._rectangles, self._lines, self._clipping = [], [], False

    def _fill_colour(self, operands: list[Any]) -> None:
        self.state.fill = _colour(operands, subtractive=self.state.fill_subtractive)

    def _stroke_colour(self, operands: list[Any]) -> None:
        self.state.stroke = _colour(operands, subtractive=self.state.stroke_subtractive)

    def _space(self, operands: list[Any], *, stroke: bool) -> None:
        found = self.resource("/ColorSpace", operands)
        subtractive = isinstance(found, list) and bool(found) and found[0] in {"/Separation", "/DeviceN"}
        if stroke:
            self.state.stroke_subtractive, self.state.stroke = subtractive, (0.0, 0.0, 0.0)
        else:
            self.state.fill_subtractive, self.state.fill = subtractive, (0.0, 0.0, 0.0)

    def _place(self, matrix: Matrix) -> None:
        self._text = self._line = matrix

    def _next_line(self, x: float, y: float) -> None:
        self._place(multiply((1.0, 0.0, 0.0, 1.0, x, y), self._line))

    def _next_line_leading(self, operands: list[Any]) -> None:
        x, y = _numbers(operands, 2)
        self.state.leading = -y
        self._next_line(x, y)

    def _font(self, operands: list[Any]) -> None:
        found = self.resource("/Font", operands)
        self.state.font = self._ink.font(found) if isinstance(found, generic.DictionaryObject) else FontMeasure()
        self.state.size = _numbers(operands[1:], 1)[0]

    def _mode(self, operands: list[Any]) -> None:
        self.state.mode = int(_numbers(operands, 1)[0])

    def _show_pieces(self, operands: list[Any]) -> None:
        for piece in operands[0] if operands and isinstance(operands[0], list) else ():
            if isinstance(piece, (int, float)):
                self._advance(-float(piece) / 1000 * self.state.size * self.state.scale)
            else:
                self._show(piece)

    def _show_next_line(self, operands: list[Any]) -> None:
        self._next_line(0, -self.state.leading)
        self._show(operands[0])

    def _show_spaced(self, operands: list[Any]) -> None:
        self.state.word_space, self.state.char_space = _numbers(operands, 2)
        self._show_next_line(operands[2:])

    def _show(self, piece: Any) -> None:  # noqa: ANN401 - pypdf's strings
        raw = getattr(piece, "original_bytes", piece)
        if not isinstance(raw, bytes) or not raw:
            return
        state = self.state
        ems, letters, blanks = state.font.width(raw)
        width = (ems * state.size + letters * state.char_space + blanks * state.word_space) * state.scale
        if letters > blanks:
            matrix = multiply(self._text, state.matrix)
            box = box_around(matrix, 0, state.rise, width, state.rise + _CAP_HEIGHT * state.size)
            kind = MarkKind.UNSEEN_TEXT if state.mode in {3, 7} else MarkKind.TEXT
            self._mark(kind, box, state.fill if state.mode != 1 else state.stroke, state.fill_alpha)
        self._advance(width)

    def _advance(self, distance: float) -> None:
        self._text = multiply((1.0, 0.0, 0.0, 1.0, distance, 0.0), self._text)


def _numbers(operands: Sequence[Any], count: int) -> list[float]:
    numbers = [float(operand) for operand in operands[:count] if isinstance(operand, (int, float))]
    return numbers + [0.0] * (count - len(numbers))


def _matrix(operands: Any) -> Matrix:  # noqa: ANN401 - pypdf's arrays
    numbers = [float(operand) for operand in operands] if operands is not None else []
    if len(numbers) != len(_IDENTITY):
        return _IDENTITY
    return numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]


def _colour(operands: list[Any], *, subtractive: bool) -> Colour:
    """Red, green and blue from 0 to 1 of colour operands; by their number, as the usual spaces have 1, 3 or 4."""
    numbers = [float(operand) for operand in operands if isinstance(operand, (int, float))]
    if not numbers or len(numbers) != len(operands):
        return None
    if subtractive:
        ink = min(1.0, max(numbers))
        return (1 - ink, 1 - ink, 1 - ink)
    if len(numbers) == 1:
        return (numbers[0], numbers[0], numbers[0])
    if len(numbers) == 3:  # noqa: PLR2004 - red, green, blue
        return (numbers[0], numbers[1], numbers[2])
    if len(numbers) == 4:  # noqa: PLR2004 - cyan, magenta, yellow, black
        cyan, magenta, yellow, black = numbers
        return ((1 - cyan) * (1 - black), (1 - magenta) * (1 - black), (1 - yellow) * (1 - black))
    return None
