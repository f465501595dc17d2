"""Whether a spreadsheet cell's style lets anyone read it: colours against the ground, and number formats that show nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.letters.release.packages import attribute, child, local, named, whole_number
from pipeline.resources import later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openpyxl.styles import colors

    from pipeline.letters.release.packages import Element
else:
    colors = later("openpyxl.styles.colors")

_WHITE = "FFFFFF"
_BLACK = "000000"
# The order in which a theme writes its first four colours is not the order in which styles count them (ECMA-376 part 1, 18.8.3).
_THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", *(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")
_THEME_PLAIN = {"lt1": _WHITE, "dk1": _BLACK}
_CLOSE = 24  # of 255 for each of red, green and blue: a reader sees no difference
_DARK = 90  # of 255, brightness below which a ground is a black box
_HEX = frozenset("0123456789ABCDEF")


@dataclass(frozen=True, slots=True)
class Look:
    """What one cell style means for a reader; *blacked* is unseen on a dark ground."""

    format: str = "General"
    unseen: bool = False
    blacked: bool = False


class Looks:
    """The looks of a workbook by the number of the cell style."""

    def __init__(self, styles: Element | None, theme: Element | None, builtin_formats: Mapping[int, str]) -> None:
        """*styles* and *theme* are the workbook's parts, or None where it has none."""
        self._theme = _theme_colours(theme)
        self._looks: list[Look] = []
        if styles is None:
            return
        fonts = [self._colour(child(font, "color"), _BLACK) for fonts in named(styles, "fonts") for font in fonts]
        fills = [self._ground(fill) for fills in named(styles, "fills") for fill in fills]
        formats = {attribute(found, "numFmtId"): attribute(found, "formatCode") for found in named(styles, "numFmt")}
        for style in (style for group in named(styles, "cellXfs") for style in group):
            format_id = attribute(style, "numFmtId", "0")
            code = formats.get(format_id) or builtin_formats.get(_index(format_id))
            font = _at(fonts, attribute(style, "fontId"), _BLACK)
            ground = _at(fills, attribute(style, "fillId"), _WHITE)
            self._looks.append(look_of(code or "General", font, ground))

    def of(self, style: int) -> Look:
        """The look of cell style number *style*; the plain one where there is no such style."""
        return self._looks[style] if 0 <= style < len(self._looks) else Look()

    def _colour(self, element: Element | None, default: str) -> str:
        if element is None:
            return default
        rgb, index, theme = (attribute(element, name) for name in ("rgb", "indexed", "theme"))
        colour = default
        if rgb:
            colour = rgb[-6:].upper()
        elif 0 <= _index(theme) < len(_THEME_ORDER):
            colour = self._theme.get(_THEME_ORDER[_index(theme)], default)
        elif 0 <= _index(index) < len(colors.COLOR_INDEX):
            colour = colors.COLOR_INDEX[_index(index)][-6:].upper()
        return (
            _tinted(colour, attribute(element, "tint"))
            if set(colour) <= _HEX and len(colour) == len(_WHITE)
            else default
        )

    def _ground(self, fill: Element) -> str:
        pattern = child(fill, "patternFill")
        if pattern is None or attribute(pattern, "patternType", "none") == "none":
            return _WHITE
        if attribute(pattern, "patternType") != "solid":
            return ""  # a hatched ground has two colours; nothing is quite like it
        return self._colour(child(pattern, "fgColor"), _WHITE)


def look_of(code: str, font: str, ground: str) -> Look:
    """The look of a number format and two colours (six hex digits; an empty ground is like no colour)."""
    same = bool(ground) and alike(font, ground)
    dark = same and brightness(ground) < _DARK
    return Look(format=code, unseen=same or shows_nothing(code), blacked=dark)


def shows_nothing(code: str) -> bool:
    """Whether a number format leaves the cell blank for every value: ";;;" and its like."""
    sections = code.split(";")
    return len(sections) >= 3 and not any(section.strip() for section in sections)  # noqa: PLR2004 - plus, minus and zero


def alike(one: str, other: str) -> bool:
    """Whether two colours of six hex digits look the same to a reader."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return all(abs(first - second) <= _CLOSE for first, second in pairs)


def brightness(colour: str) -> float:
    """How bright a colour of six hex digits is, from 0 to 255 (ITU-R BT.601)."""
    red, green, blue = _channels(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[0:2], 16), int(colour[2:4], 16), int(colour[4:6], 16)


def _tinted(colour: str, tint: str) -> str:
    try:
        amount = max(-1.0, min(1.0, float(tint)))
    except ValueError:
        return colour
    if amount < 0:
        return "".join(f"{round(channel * (1 + amount)):02X}" for channel in _channels(colour))
    return "".join(f"{round(channel + (255 - channel) * amount):02X}" for channel in _channels(colour))


def _theme_colours(theme: Element | None) -> dict[str, str]:
    colours = dict(_THEME_PLAIN)
    scheme = next(named(theme, "clrScheme"), None) if theme is not None else None
    for entry in scheme if scheme is not None else ():
        for value in named(entry, "srgbClr", "sysClr"):
            colour = (attribute(value, "lastClr") or attribute(value, "val")).upper()
            if len(colour) == len(_WHITE) and set(colour) <= _HEX:
                colours[local(entry)] = colour
    return colours


def _at(colours: list[str], index: str, default: str) -> str:
    return colours[_index(index)] if 0 <= _index(index) < len(colours) else default


def _index(text: str) -> int:
    """The place that *text* names in a list; -1 where it names none."""
    found = whole_number(text)
    return -1 if found is None else found
