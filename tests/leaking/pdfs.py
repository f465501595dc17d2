"""PDF files written by hand, operator by operator, so that each shows one thing."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject, TextStringObject

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "Maureen Sample"
LINE = f"BT /F1 12 Tf 72 700 Td ({SECRET} complained) Tj ET\n"
BOX = "0 0 0 rg 70 696 100 16 re f\n"


def pdf(page: str, change: Callable[[PdfWriter], None] | None = None, **resources: DictionaryObject) -> bytes:
    """A PDF of one A4 page with the content stream *page*, after *change*."""
    writer = PdfWriter()
    sheet = writer.add_blank_page(width=595, height=842)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    known = {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    known |= {NameObject(f"/{name}"): value for name, value in resources.items()}
    sheet[NameObject("/Resources")] = DictionaryObject(known)
    stream = DecodedStreamObject()
    stream.set_data(page.encode("latin-1"))
    sheet[NameObject("/Contents")] = writer._add_object(stream)
    if change is not None:
        change(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def annotate(kind: str, **entries: object) -> Callable[[PdfWriter], None]:
    """What adds an annotation over the line."""

    def change(writer: PdfWriter) -> None:
        annotation = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject(f"/{kind}"),
                NameObject("/Rect"): ArrayObject([FloatObject(number) for number in (70, 696, 170, 712)]),
                NameObject("/Contents"): TextStringObject("ask Legal"),
            }
        )
        for name, value in entries.items():
            annotation[NameObject(f"/{name}")] = (
                ArrayObject([FloatObject(number) for number in value]) if isinstance(value, tuple) else value
            )
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(annotation)])

    return change


def pictured(page: str) -> bytes:
    """A page with a picture of two points called /Im1 at hand."""
    image = DecodedStreamObject()
    image.set_data(b"\xff\xff\xff\x00\x00\x00")
    for name, value in (("Type", "/XObject"), ("Subtype", "/Image"), ("ColorSpace", "/DeviceRGB")):
        image[NameObject(f"/{name}")] = NameObject(value)
    for name, number in (("Width", 2), ("Height", 1), ("BitsPerComponent", 8)):
        image[NameObject(f"/{name}")] = FloatObject(number)
    return pdf(page, XObject=DictionaryObject({NameObject("/Im1"): image}))


def drawn_inside(page: str, form: str) -> bytes:
    """A page with a form of drawing called /Fm1 at hand, shifted by 2 points."""
    stream = DecodedStreamObject()
    stream.set_data(form.encode())
    stream[NameObject("/Subtype")] = NameObject("/Form")
    stream[NameObject("/BBox")] = ArrayObject([FloatObject(number) for number in (0, 0, 595, 842)])
    stream[NameObject("/Matrix")] = ArrayObject([FloatObject(number) for number in (1, 0, 0, 1, 2, 2)])
    return pdf(page, XObject=DictionaryObject({NameObject("/Fm1"): stream}))


def saved_again(content: bytes) -> bytes:
    """*content* with a change appended, its earlier state kept."""
    writer = PdfWriter(io.BytesIO(content), incremental=True)
    writer.add_metadata({"/Title": "Second version"})
    buffer = io.BytesIO()
    writer.write(buffer)
    assert len(PdfReader(io.BytesIO(buffer.getvalue())).pages) == 1
    return buffer.getvalue()
