"""Looks at pictures for what a camera or a program wrote beside the pixels: place, time, names, previews."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pipeline.letters.release.findings import Look, Notes, ReleaseFile, UncheckedError
from pipeline.letters.release.wording import Rule
from pipeline.resources import later

if TYPE_CHECKING:
    from PIL import ExifTags, Image
else:
    ExifTags = later("PIL.ExifTags")
    Image = later("PIL.Image")


MAX_PIXELS = 120_000_000
FORMATS = ("JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP", "MPO")
_GPS = 0x8825  # EXIF 2.32, 4.6.3: the pointer to the position
_PREVIEW = 0x0201  # the offset of the small preview picture, which may show more than a cropped picture does
# TIFF tags without which the picture could not be drawn; a TIFF keeps them among its EXIF tags.
_NEEDED = frozenset(
    {254, 256, 257, 258, 259, 262, 266, 269, 273, 274, 277, 278, 279, 280, 281, 282, 283, 284, 296, 297, 317, 318}
)
_NEEDED |= frozenset({319, 320, 322, 323, 324, 325, 338, 339, 347, 530, 531, 532, 0x8769})
_TEXTS = frozenset(
    {
        "comment",
        "xmp",
        "XML:com.adobe.xmp",
        "photoshop",
        "Description",
        "Author",
        "Copyright",
        "Software",
        "Title",
        "Source",
    }
)
_PNG_END = b"IEND\xaeB`\x82"


def open_picture(content: bytes) -> Image.Image:
    """The picture, its pixels not yet read; raises UncheckedError when it is too large to check."""
    picture = Image.open(io.BytesIO(content), formats=FORMATS)
    if picture.width * picture.height > MAX_PIXELS:
        raise UncheckedError(Rule.UNREADABLE, "it has more points than can be checked")
    return picture


def look_at_picture(file: ReleaseFile) -> Look:
    """Everything found beside the pixels of a picture; raises UncheckedError when it is too large."""
    notes = Notes(file.name)
    with open_picture(file.content) as picture:
        exif = picture.getexif()
        if exif.get_ifd(_GPS):
            notes.add(Rule.PHOTO_LOCATION, "position")
        details = {tag for tag in exif if tag not in _NEEDED and tag != _GPS}
        details |= set(exif.get_ifd(ExifTags.IFD.Exif)) - {0xA001, 0xA002, 0xA003}  # colour space and size say nothing
        notes.add_all(Rule.PHOTO_DETAILS, sorted(ExifTags.TAGS.get(tag, f"tag {tag}") for tag in details))
        if _PREVIEW in exif.get_ifd(ExifTags.IFD.IFD1):
            notes.add(Rule.PHOTO_DETAILS, "a small preview picture")
        notes.add_all(Rule.PHOTO_DETAILS, sorted(_texts(picture)))
    _, end, rest = file.content.partition(_PNG_END)
    if end and file.content.startswith(b"\x89PNG") and rest.strip(b"\0"):
        notes.add(Rule.PHOTO_DETAILS, "data after the picture's end")
    return Look(findings=notes.findings())


def _texts(picture: Image.Image) -> list[str]:
    """The names of the texts that stand beside the pixels."""
    text_chunks = getattr(picture, "text", {})
    names = [str(name) for name in text_chunks] if isinstance(text_chunks, dict) else []
    names += [str(name) for name in picture.info if name in _TEXTS and name not in names and picture.info[name]]
    return [f"text '{name[:40]}'" for name in names]
