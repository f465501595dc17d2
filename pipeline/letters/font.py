"""Which characters the letters' own font can show, read from the font file itself; what it cannot show is written out."""

from __future__ import annotations

import re
import struct
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from pipeline import resources
from pipeline.domain.errors import InfogovError

if TYPE_CHECKING:
    from pathlib import Path

FAMILY = "Liberation Sans"
_FILE = "LiberationSans-Regular.ttf"
_INVISIBLE = frozenset({"Cf", "Cc", "Zl", "Zp"})
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # They choose between shapes of which the font has one.


def fonts_folder() -> Path:
    """Where the fonts stand that travel with the program, and their licence."""
    return resources.templates() / "fonts"


def showable(text: str) -> str:
    """Give *text* without what is invisible, and what the font has no shape for as its number or name in brackets.

    So no character is dropped in silence: "🙂" becomes "[slightly smiling face]", "漢" becomes "[U+6F22]".
    """
    if text.isascii() and text.isprintable():
        return text
    wanted = unicodedata.normalize("NFC", _VARIATION.sub("", text))
    known = _known()
    return "".join(one if ord(one) in known else _written_out(one) for one in wanted)


def _written_out(character: str) -> str:
    if character in "\n\t":
        return character
    category = unicodedata.category(character)
    if category in _INVISIBLE:
        return ""
    name = unicodedata.name(character, "") if category.startswith("S") else ""
    return f"[{name.lower()}]" if name else f"[U+{ord(character):04X}]"


@cache
def _known() -> frozenset[int]:
    """Every character both in the regular font and visible; read once. Raises InfogovError for a font that is damaged."""
    try:
        return _mapped((fonts_folder() / _FILE).read_bytes())
    except (OSError, struct.error, ValueError, IndexError) as error:
        raise InfogovError(f"templates/fonts/{_FILE} can't be read ({error}); install the program again") from error


def _mapped(font: bytes) -> frozenset[int]:
    """The characters of the font's Unicode table (OpenType specification, cmap, format 4) that have a shape."""
    (tables,) = struct.unpack_from(">H", font, 4)
    directory = {font[at : at + 4]: at for at in range(12, 12 + 16 * tables, 16)}
    (start,) = struct.unpack_from(">I", font, directory.get(b"cmap", 0) + 8)
    (count,) = struct.unpack_from(">H", font, start + 2)
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * number)
        (form,) = struct.unpack_from(">H", font, start + offset)
        if (platform, encoding, form) == (3, 1, 4):
            return frozenset(
                code for code in _format_4(font, start + offset) if unicodedata.category(chr(code)) not in _INVISIBLE
            )
    raise ValueError("it has no Unicode table")


def _format_4(font: bytes, at: int) -> set[int]:
    (doubled,) = struct.unpack_from(">H", font, at + 6)
    segments = doubled // 2
    shape = f">{segments}H"
    ends = struct.unpack_from(shape, font, at + 14)
    starts = struct.unpack_from(shape, font, at + 16 + doubled)
    deltas = struct.unpack_from(shape, font, at + 16 + 2 * doubled)
    offsets_at = at + 16 + 3 * doubled
    offsets = struct.unpack_from(shape, font, offsets_at)
    found: set[int] = set()
    for segment, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(first, min(last, 0xFFFD) + 1):
            glyph = code
            if offset:
                (glyph,) = struct.unpack_from(">H", font, offsets_at + 2 * segment + offset + 2 * (code - first))
            if (glyph + delta) % 0x10000 if glyph or not offset else 0:
                found.add(code)
    return found
