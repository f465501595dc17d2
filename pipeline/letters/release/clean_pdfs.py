"""Rewrites PDF files page by page without what readers do not see: attachments, scripts, notes, earlier versions, metadata."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pipeline.letters.release.cleaned import Cleaned
from pipeline.letters.release.pdfs import open_pdf
from pipeline.resources import later

if TYPE_CHECKING:
    import pypdf
    from pypdf import generic

    from pipeline.letters.release.findings import ReleaseFile
else:
    pypdf = later("pypdf")
    generic = later("pypdf.generic")

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
    writer = pypdf.PdfWriter()
    for page in reader.pages:
        added = writer.add_page(page)
        for key in [key for key in added if key not in _PAGE_NEEDS and key != "/Annots"]:
            del added[key]
        kept = [found for entry in _entries(added) if (found := _kept(entry.get_object())) is not None]
        if "/Annots" in added:
            del added["/Annots"]
        if kept:
            added[generic.NameObject("/Annots")] = generic.ArrayObject(kept)
    title = reader.metadata.title if reader.metadata is not None else None
    language = reader.root_object.get("/Lang")
    return Cleaned(content=_written_twice(writer, title, language), ending="pdf", left_out=(_LOST,))


def _entries(page: generic.DictionaryObject) -> list[generic.DictionaryObject]:
    found = page.get("/Annots")
    entries = found.get_object() if found is not None else None
    return list(entries) if isinstance(entries, generic.ArrayObject) else []


def _kept(annotation: object) -> generic.DictionaryObject | None:
    """A link to the outside or the look of a visible field, made anew from its needed entries; None for every other annotation."""
    if not isinstance(annotation, generic.DictionaryObject):
        return None
    kind = annotation.get("/Subtype")
    if kind == "/Link":
        action = annotation.get("/A", generic.DictionaryObject()).get_object()
        if not isinstance(action, generic.DictionaryObject) or action.get("/S") != "/URI" or "/URI" not in action:
            return None
        link = generic.DictionaryObject(
            {
                generic.NameObject(key): annotation[key]
                for key in ("/Type", "/Subtype", "/Rect", "/Border")
                if key in annotation
            }
        )
        link[generic.NameObject("/A")] = generic.DictionaryObject(
            {generic.NameObject("/S"): generic.NameObject("/URI"), generic.NameObject("/URI"): action["/URI"]}
        )
        return link
    flags = annotation.get("/F", 0)
    if kind == "/Widget" and "/AP" in annotation and isinstance(flags, int) and not flags & _HIDDEN_FLAGS:
        return generic.DictionaryObject(
            {generic.NameObject(key): annotation.raw_get(key) for key in annotation if key in _WIDGET_NEEDS}
        )
    return None


def _written_twice(writer: pypdf.PdfWriter, title: str | None, language: object) -> bytes:
    """The file as bytes; written, read and written again, since only what the pages still reach survives the second copying."""
    first = io.BytesIO()
    writer.write(first)
    second = pypdf.PdfWriter()
    for page in pypdf.PdfReader(first).pages:
        second.add_page(page)
    second.metadata = {"/Title": title} if title else None
    if isinstance(language, str):
        second.root_object[generic.NameObject("/Lang")] = generic.TextStringObject(language)
    last = io.BytesIO()
    second.write(last)
    return last.getvalue()
