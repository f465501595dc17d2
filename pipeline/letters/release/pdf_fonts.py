"""How wide a string is in a PDF font (ISO 32000-1, 9.6 and 9.7): near enough to say whether a box lies over it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdf.generic import DictionaryObject

_MIDDLING = 0.5  # em: what letters of text faces measure on average, for fonts that don't say
_FIXED = 0.6
_SPACE = 0x20
_MOST_WIDTHS = 70_000


@dataclass(frozen=True, slots=True)
class FontMeasure:
    """Widths by character code in ems; *code_bytes* is 2 for composite fonts."""

    widths: dict[int, float] = field(default_factory=dict)
    default: float = _MIDDLING
    code_bytes: int = 1

    def width(self, raw: bytes) -> tuple[float, int, int]:
        """The width of a string in ems, its number of characters, and how many of them are blanks."""
        if self.code_bytes == 1:
            codes: list[int] = list(raw)
        else:
            codes = [raw[at] * 256 + raw[at + 1] for at in range(0, len(raw) - 1, 2)]
        return sum(self.widths.get(code, self.default) for code in codes), len(codes), codes.count(_SPACE)


def measure(resource: DictionaryObject) -> FontMeasure:
    """The widths that a font resource states; the middling width where it states none."""
    if resource.get("/Subtype") == "/Type0":
        descendants = _resolved(resource.get("/DescendantFonts"))
        descendant = _resolved(descendants[0]) if descendants else {}
        return FontMeasure(_composite(descendant), _number(descendant.get("/DW"), 1000) / 1000, 2)
    name = str(resource.get("/BaseFont", ""))
    default = _FIXED if "Courier" in name else _MIDDLING
    first = int(_number(resource.get("/FirstChar"), 0))
    scale = 1000.0
    if resource.get("/Subtype") == "/Type3":
        matrix = _resolved(resource.get("/FontMatrix")) or []
        scale = 1 / abs(_number(matrix[0], 0.001) or 0.001) if len(matrix) else 1000.0
    stated = _resolved(resource.get("/Widths")) or []
    widths = {first + at: _number(width, default * scale) / scale for at, width in enumerate(stated[:_MOST_WIDTHS])}
    return FontMeasure(widths, default, 1)


def _composite(descendant: Any) -> dict[int, float]:  # noqa: ANN401 - pypdf's objects
    """The /W array of a composite font: "first [w w …]" or "first last w" (ISO 32000-1, 9.7.4.3)."""
    entries = list(_resolved(descendant.get("/W")) or [])
    widths: dict[int, float] = {}
    at = 0
    while at + 1 < len(entries) and len(widths) < _MOST_WIDTHS:
        first, second = int(_number(entries[at], 0)), _resolved(entries[at + 1])
        if isinstance(second, list):
            widths.update(
                {first + offset: _number(width, 1000) / 1000 for offset, width in enumerate(second[:_MOST_WIDTHS])}
            )
            at += 2
        elif at + 2 < len(entries):
            last = min(int(_number(second, 0)), first + _MOST_WIDTHS)
            widths.update(dict.fromkeys(range(first, last + 1), _number(entries[at + 2], 1000) / 1000))
            at += 3
        else:
            break
    return widths


def _resolved(found: Any) -> Any:  # noqa: ANN401 - pypdf's objects
    return found.get_object() if hasattr(found, "get_object") else found


def _number(found: Any, default: float) -> float:  # noqa: ANN401 - pypdf's objects
    found = _resolved(found)
    return float(found) if isinstance(found, (int, float)) else default
