"""Pictures that say more than they show are caught, and written anew from their pixels."""

from __future__ import annotations

import io

import pytest
from leaking import documents
from leaking.packed import unpacked
from PIL import Image, PngImagePlugin

from pipeline.letters.release import CleanForm, ReleaseFile, ReleaseReport, Rule, clean_copy, examine

FORMS = [("JPEG", "jpg"), ("PNG", "png"), ("GIF", "gif"), ("TIFF", "tif"), ("WEBP", "webp"), ("BMP", "bmp")]


def looked(content: bytes, name: str) -> ReleaseReport:
    """What the check says of one picture."""
    return examine((ReleaseFile(name=name, content=content),), "", own_contacts=frozenset())


def picture(form: str, **options: object) -> bytes:
    """A red picture of 40 by 20 points."""
    buffer = io.BytesIO()
    Image.new("RGB", (40, 20), (200, 0, 0)).save(buffer, format=form, **options)
    return buffer.getvalue()


def photo(form: str = "JPEG") -> bytes:
    """The picture with where, when and with what it was taken, standing on its side."""
    exif = Image.Exif()
    exif[0x0110] = "Camera of M Sample"
    exif[0x0112] = 6
    exif[0x9003] = "2024:05:01 09:00:00"
    exif.get_ifd(0x8825)[2] = (52.0, 24.0, 30.0)
    if form == "TIFF":
        exif[0x8825] = exif.get_ifd(0x8825)  # else this format is written without it
    return picture(form, exif=exif)


@pytest.mark.parametrize(("form", "ending"), FORMS)
def test_a_plain_picture_gives_no_finding(form: str, ending: str) -> None:
    """Pixels alone pass in silence, whatever the format."""
    assert looked(picture(form), f"a.{ending}").findings == ()


@pytest.mark.parametrize(("form", "ending"), [("JPEG", "jpg"), ("PNG", "png"), ("TIFF", "tif"), ("WEBP", "webp")])
def test_place_and_camera_are_found_and_left_behind(form: str, ending: str) -> None:
    """The copy stands upright and carries neither position nor camera."""
    content = photo(form)
    assert looked(content, f"a.{ending}").rules == {Rule.PHOTO_LOCATION, Rule.PHOTO_DETAILS}
    copy = clean_copy(ReleaseFile(name=f"a.{ending}", content=content), CleanForm.IMAGE)
    assert copy.after.findings == ()
    assert b"Sample" not in copy.content
    with Image.open(io.BytesIO(copy.content)) as clean:
        assert clean.size == (20, 40)
        assert clean.getpixel((5, 5))[0] > 150
        assert not {0x0110, 0x0112, 0x8825} & set(clean.getexif())


def test_texts_beside_the_pixels_are_found() -> None:
    """A PNG's text chunks, a JPEG's comment and what was appended after the picture's end are all noted."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "M Sample")
    for name, content in (
        ("a.png", picture("PNG", pnginfo=info)),
        ("a.jpg", picture("JPEG", comment=b"M Sample")),
        ("b.png", picture("PNG") + b"rest"),
    ):
        assert looked(content, name).rules == {Rule.PHOTO_DETAILS}
        assert clean_copy(ReleaseFile(name=name, content=content), CleanForm.IMAGE).after.findings == ()


def test_every_page_of_a_scan_is_kept() -> None:
    """A TIFF of several pages stays one of several pages."""
    content = picture(
        "TIFF",
        save_all=True,
        append_images=[Image.new("RGB", (10, 10)), Image.new("RGB", (10, 10))],
        description="M Sample",
    )
    copy = clean_copy(ReleaseFile(name="scan.tif", content=content), CleanForm.IMAGE)
    with Image.open(io.BytesIO(copy.content)) as clean:
        assert clean.n_frames == 3


def test_a_transparent_gif_keeps_its_transparency() -> None:
    """Colours by number are turned into colours, the see-through one stays see-through."""
    buffer = io.BytesIO()
    pale = Image.new("P", (4, 4), 1)
    pale.putpalette([255, 0, 0, 0, 255, 0])
    pale.save(buffer, format="GIF", transparency=1, comment=b"M Sample")
    copy = clean_copy(ReleaseFile(name="a.gif", content=buffer.getvalue()), CleanForm.IMAGE)
    with Image.open(io.BytesIO(copy.content)) as clean:
        assert clean.convert("RGBA").getpixel((1, 1))[3] == 0


def test_a_photograph_in_a_document_is_looked_at_and_cleaned() -> None:
    """A position survives pasting into Word; the clean copy of the document has it no more."""
    word = documents.document()
    word.add_picture(io.BytesIO(photo()))
    content = documents.saved(word)
    assert looked(content, "a.docx").rules == {Rule.PHOTO_LOCATION, Rule.PHOTO_DETAILS}
    copy = clean_copy(ReleaseFile(name="a.docx", content=content), CleanForm.DOCX)
    assert copy.after.findings == ()
    assert len([name for name in unpacked(copy.content) if "/media/" in name]) == 1


def test_a_picture_cut_off_in_the_middle_is_a_stop_or_plain() -> None:
    """A damaged picture never ends in a traceback, and a damaged head is a file that could not be checked."""
    assert looked(photo()[:30], "a.jpg").rules == {Rule.UNREADABLE}


def test_a_picture_of_too_many_points_is_a_stop() -> None:
    """A small file that claims a huge picture is not opened."""
    content = bytearray(picture("PNG"))
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    assert looked(bytes(content), "a.png").rules == {Rule.UNREADABLE}
