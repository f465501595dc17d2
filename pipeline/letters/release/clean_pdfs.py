"""Rewrites PDF files page by page without what readers do not see: attachments, scripts, notes, earlier versions, metadata."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from pipeline.letters.release.cleaned import Cleaned
from pipeline.letters.release.pdfs import open_pdf

if TYPE_CHECKING:
    from pipeline.letters.release.findings import ReleaseFile

_PAGE_EXTRAS = ("/AA", "/Metadata", "/PieceInfo", "/Thumb", "/LastModified", "/B", "/AF", "/StructParents", "/Tabs")
_PAGE_NEEDS = frozenset(
    {
        "/Type",
        "/Parent",
        "/Resources",
        "/MediaBox",
        "/CropBox",
        "/BleedBox",
        "/TrimBox",
        "/ArtBox",
        "/Rotate",
        "/Contents",
    }
)
_PAGE_NEEDS |= frozenset({"/Group", "/UserUnit"})
_WIDGET_NEEDS = frozenset({"/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F"})
_HIDDEN_FLAGS = 0b100010  # hidden, and not shown on screen (ISO 32000-1, 12.5.3)
_LOST = (
    "Bookmarks and the tags that help screen readers are not in the copy; send another format to anyone who needs them."
)


def cleaned_pdf(file: ReleaseFile) -> Cleaned:
    """The pages as they look, with outside links and filled-in fields, in one version; raises UncheckedError when it can't be read."""
    reader = open_pdf(file.content)
    writer = PdfWriter()
    for page in reader.pages:
        added = writer.add_page(page)
        for key in [key for key in added if key not in _PAGE_NEEDS and key != "/Annots"]:
            del added[key]
        kept = [found for entry in _entries(added) if (found := _kept(entry.get_object())) is not None]
        if "/Annots" in added:
            del added["/Annots"]
        if kept:
            added[NameObject("/Annots")] = ArrayObject(kept)
    title = reader.metadata.title if reader.metadata is not None else None
    language = reader.root_object.get("/Lang")
    return Cleaned(content=_written_twice(writer, title, language), ending="pdf", left_out=(_LOST,))


def _entries(page: DictionaryObject) -> list[DictionaryObject]:
    found = page.get("/Annots")
    entries = found.get_object() if found is not None else None
    return list(entries) if isinstance(entries, ArrayObject) else []


def _kept(annotation: object) -> DictionaryObject | None:
    """A link to the outside or the look of a visible field, made anew from its needed entries; None for every other annotation."""
    if not isinstance(annotation, DictionaryObject):
        return None
    kind = annotation.get("/Subtype")
    if kind == "/Link":
        action = annotation.get("/A", DictionaryObject()).get_object()
        if not isinstance(action, DictionaryObject) or action.get("/S") != "/URI" or "/URI" not in action:
            return None
        link = DictionaryObject(
            {NameObject(key): annotation[key] for key in ("/Type", "/Subtype", "/Rect", "/Border") if key in annotation}
        )
        link[NameObject("/A")] = DictionaryObject(
            {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): action["/URI"]}
        )
        return link
    flags = annotation.get("/F", 0)
    if kind == "/Widget" and "/AP" in annotation and isinstance(flags, int) and not flags & _HIDDEN_FLAGS:
        return DictionaryObject(
            {NameObject(key): annotation.raw_get(key) for key in annotation if key in _WIDGET_NEEDS}
        )
    return None


def _written_twice(writer: PdfWriter, title: str | None, language: object) -> bytes:
    """The file as bytes; written, read and written again, since only what the pages still reach survives the second copying."""
    first = io.BytesIO()
    writer.write(first)
    second = PdfWriter()
    for page in PdfReader(first).pages:
        second.add_page(page)
    second.metadata = {"/Title": title} if title else None
    if isinstance(language, str):
        second.root_object[NameObject("/Lang")] = TextStringObject(language)
    last = io.BytesIO()
    second.write(last)
    return last.getvalue()
