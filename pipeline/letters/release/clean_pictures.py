"""Re-encodes pictures from their pixels alone, so that nothing a camera or a program wrote beside them survives."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pipeline.letters.release.cleaned import Cleaned
from pipeline.letters.release.images import open_picture
from pipeline.resources import later

if TYPE_CHECKING:
    from PIL import Image, ImageOps, ImageSequence

    from pipeline.letters.release.findings import ReleaseFile
else:
    Image = later("PIL.Image")
    ImageOps = later("PIL.ImageOps")
    ImageSequence = later("PIL.ImageSequence")

_MOST_FRAMES = 200
# What each format is written as: a phone's picture pairs become their first picture.
_WRITTEN = {
    "JPEG": ("JPEG", "jpg"),
    "MPO": ("JPEG", "jpg"),
    "GIF": ("GIF", "gif"),
    "TIFF": ("TIFF", "tif"),
    "WEBP": ("WEBP", "webp"),
}
_SINGLE = frozenset({"JPEG", "PNG"})
_QUALITY = 92


def cleaned_picture(file: ReleaseFile) -> Cleaned:
    """The picture turned upright and written anew; every page of a TIFF and every frame of an animation is kept."""
    content, ending, frames = reencoded(file.content)
    left_out = ("Only the first picture is kept.",) if frames > 1 and ending in {"jpg", "png"} else ()
    return Cleaned(content=content, ending=ending, left_out=left_out)


def reencoded(content: bytes) -> tuple[bytes, str, int]:
    """The bytes of a picture from its pixels alone, the ending its format has, and how many frames it had."""
    with open_picture(content) as picture:
        form, ending = _WRITTEN.get(picture.format or "", ("PNG", "png"))
        count = int(getattr(picture, "n_frames", 1))
        frames = [
            _bare(frame)
            for _, frame in zip(
                range(_MOST_FRAMES if form not in _SINGLE else 1), ImageSequence.Iterator(picture), strict=False
            )
        ]
    buffer = io.BytesIO()
    options: dict[str, object] = {"quality": _QUALITY} if form in {"JPEG", "WEBP"} else {}
    if len(frames) > 1:
        options |= {"save_all": True, "append_images": frames[1:]}
    frames[0].save(buffer, format=form, **options)
    return buffer.getvalue(), ending, count


def _bare(frame: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(frame)
    if upright.mode in {"P", "PA"}:
        upright = upright.convert("RGBA" if "transparency" in upright.info else "RGB")
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    return bare
