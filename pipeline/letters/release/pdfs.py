"""Looks into PDF files (ISO 32000-1) for text under boxes, attached files, scripts, notes, layers, earlier versions and metadata."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any

from pipeline.letters.release.findings import Look, Notes, Passage, ReleaseFile, UncheckedError
from pipeline.letters.release.office_parts import names_somebody
from pipeline.letters.release.pdf_ink import Ink
from pipeline.letters.release.pdf_marks import (
    Box,
    Hidden,
    Mark,
    MarkKind,
    covers_text,
    hidden_text,
    is_dark,
    page_picture,
)
from pipeline.letters.release.wording import Rule
from pipeline.resources import later

if TYPE_CHECKING:
    import pypdf
    from pypdf import PageObject, generic

    from pipeline.letters.release.packages import Budget
else:
    pypdf = later("pypdf")
    generic = later("pypdf.generic")

# pypdf tells of every oddity of a file through logging; without a handler Python would write that to the terminal.
logging.getLogger("pypdf").addHandler(logging.NullHandler())

MAX_PAGES = 2_000
_RULES = {
    Hidden.UNDER_BOX: Rule.TEXT_UNDER_BOX,
    Hidden.UNDER_OTHER: Rule.COVERED_TEXT,
    Hidden.UNDER_PAGE_PICTURE: Rule.SCAN_TEXT,
    Hidden.SAME_COLOUR: Rule.INVISIBLE_TEXT,
    Hidden.NOT_DRAWN: Rule.INVISIBLE_TEXT,
    Hidden.OUTSIDE: Rule.TEXT_OUTSIDE_PAGE,
}
_INFO = {
    "/Author": "author",
    "/Subject": "subject",
    "/Keywords": "keywords",
    "/Company": "company",
    "/Manager": "manager",
}
_INFO_HARMLESS = frozenset(
    {"/Title", "/Creator", "/Producer", "/CreationDate", "/ModDate", "/Trapped", "/PTEX.Fullbanner"}
)
_NOTES = frozenset(
    {"/Text", "/FreeText", "/Highlight", "/Underline", "/StrikeOut", "/Squiggly", "/Stamp", "/Caret", "/Ink", "/Square"}
)
_NOTES |= frozenset({"/Circle", "/Polygon", "/PolyLine", "/Line"})
_BOXES = frozenset({"/Square", "/Circle", "/Polygon", "/Highlight", "/Ink", "/Line", "/PolyLine"})
_DRAWN = frozenset({"/Stamp", "/FreeText"})
_SCRIPTS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/RichMediaExecute"})
_MOST_OBJECTS = 200_000
_MAX_STREAM = 24 * 1024 * 1024  # bytes that one stream may unpack to; a letter goes out with 20 MB of files at most
_LIMITS: dict[str, Any] = dict.fromkeys(
    (
        "zlib_maximum_output_length",
        "lzw_maximum_output_length",
        "run_length_maximum_output_length",
        "array_based_stream_maximum_output_length",
    ),
    _MAX_STREAM,
)


def open_pdf(content: bytes) -> pypdf.PdfReader:
    """A reader of *content*; raises UncheckedError when the file is encrypted or has more pages than can be checked."""
    reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise UncheckedError(Rule.PASSWORD, "it is encrypted")
    if len(reader.pages) > MAX_PAGES:
        raise UncheckedError(Rule.UNREADABLE, f"it has more than {MAX_PAGES:,} pages; split it")
    return reader


def look_at_pdf(file: ReleaseFile, budget: Budget) -> Look:
    """Everything found in a PDF; raises UncheckedError when it is encrypted or too large to check."""
    with pypdf.apply_configuration(**_LIMITS):
        return _look_inside(file, budget)


def _look_inside(file: ReleaseFile, budget: Budget) -> Look:
    reader = open_pdf(file.content)
    notes = Notes(file.name)
    catalogue = _dictionary(reader.trailer["/Root"])
    ink = Ink(len(file.content))
    passages = []
    for number, page in enumerate(reader.pages, 1):
        place = f"page {number}"
        _note_annotations(page, place, notes)
        _note_hidden_text(page, place, ink, notes)
        text = page.extract_text()
        budget.spend(len(text))
        passages.append(Passage(place=place, text=text))
    _note_metadata(reader, catalogue, notes)
    _note_layers(catalogue, notes)
    notes.add(Rule.FORM_FIELDS, "a form in XFA", int("/XFA" in _dictionary(catalogue.get("/AcroForm"))))
    fields = reader.get_fields() or {}
    notes.add_all(Rule.FORM_FIELDS, [str(name) for name in fields])
    passages += [Passage(place=f"form field '{name}'", text=str(field.get("/V", ""))) for name, field in fields.items()]
    _note_scripts(reader, notes)
    notes.add(Rule.EARLIER_VERSIONS, "", earlier_versions(file.content))
    inner = []
    for attached in reader.attachment_list:
        notes.add(Rule.ATTACHED_FILES, attached.name)
        content = attached.content
        budget.spend(len(content))
        inner.append(ReleaseFile(name=f"{file.name} > {attached.name}", content=content))
    return Look(findings=notes.findings(), passages=tuple(passages), inner=tuple(inner))


def earlier_versions(content: bytes) -> int:
    """How many earlier states of itself the file holds: each saved change ends with its own mark, a file made for the web has two anyway."""
    ends = content.count(b"startxref")
    made_for_web = b"/Linearized" in content[:2048]
    return max(0, ends - (2 if made_for_web else 1))


def _note_hidden_text(page: PageObject, place: str, ink: Ink, notes: Notes) -> None:
    crop = page.cropbox
    visible: Box = (float(crop.left), float(crop.bottom), float(crop.right), float(crop.top))
    resources = page.get("/Resources", generic.DictionaryObject()).get_object()
    marks = ink.marks(page.get_contents(), resources)
    has_scan = page_picture(marks, visible)
    for reason, count in hidden_text(marks, visible).items():
        if reason is Hidden.UNDER_PAGE_PICTURE or (reason is Hidden.NOT_DRAWN and has_scan):
            notes.add(Rule.SCAN_TEXT, place)
        else:
            notes.add(_RULES[reason], place, count)
    boxes = [box for annotation in _annotations(page) for box in _dark_boxes(annotation, ink)]
    covered = sum(
        1 for mark in marks if mark.kind is MarkKind.TEXT and any(covers_text(box, mark.box) for box in boxes)
    )
    notes.add(Rule.TEXT_UNDER_BOX, place, covered)


def _annotations(page: PageObject) -> list[generic.DictionaryObject]:
    found = page.get("/Annots")
    entries = found.get_object() if found is not None else []
    if not isinstance(entries, generic.ArrayObject):
        return []
    return [annotation for entry in entries if isinstance(annotation := entry.get_object(), generic.DictionaryObject)]


def _dark_boxes(annotation: generic.DictionaryObject, ink: Ink) -> list[Box]:
    """The dark areas that an annotation lays over the page; anyone can lift it off again."""
    kind = annotation.get("/Subtype")
    if kind not in _BOXES | _DRAWN or "/Rect" not in annotation:
        return []
    left, bottom, right, top = (float(number) for number in list(annotation.get("/Rect", ())))
    rectangle = (min(left, right), min(bottom, top), max(left, right), max(bottom, top))
    colour = _annotation_colour(annotation, kind)
    if kind in _BOXES and colour is not None and is_dark(colour):
        return [rectangle]
    appearance = _dictionary(_dictionary(annotation.get("/AP")).get("/N"))
    if not isinstance(appearance, generic.StreamObject):
        return []
    limits = [float(number) for number in appearance.get("/BBox", [0, 0, 0, 0])]
    shift = (1.0, 0.0, 0.0, 1.0, rectangle[0] - limits[0], rectangle[1] - limits[1])
    marks: list[Mark] = ink.marks(appearance, _dictionary(appearance.get("/Resources")), shift)
    return [mark.box for mark in marks if mark.kind is MarkKind.FILL and is_dark(mark.colour) and mark.alpha >= 0.7]  # noqa: PLR2004 - nobody reads through it


def _annotation_colour(annotation: generic.DictionaryObject, kind: Any) -> tuple[float, float, float] | None:  # noqa: ANN401 - pypdf's names
    key = "/C" if kind in {"/Highlight", "/Ink", "/Line", "/PolyLine"} else "/IC"
    if kind in {"/Ink", "/Line", "/PolyLine"}:
        width = _dictionary(annotation.get("/BS")).get("/W", 1)
        if not isinstance(width, (int, float)) or width < 6:  # noqa: PLR2004 - points; thinner lines hide no line of text
            return None
    numbers = [float(number) for number in annotation.get(key, [])]
    if len(numbers) == 1:
        return (numbers[0], numbers[0], numbers[0])
    if len(numbers) == 3:  # noqa: PLR2004 - red, green, blue
        return (numbers[0], numbers[1], numbers[2])
    return None


def _note_annotations(page: PageObject, place: str, notes: Notes) -> None:
    for annotation in _annotations(page):
        kind = annotation.get("/Subtype")
        if kind == "/Redact":
            notes.add(Rule.REDACTION_NOT_APPLIED, place)
        elif kind in _NOTES:
            notes.add(Rule.COMMENTS, place)


def _note_metadata(reader: pypdf.PdfReader, catalogue: generic.DictionaryObject, notes: Notes) -> None:
    info = _dictionary(reader.trailer.get("/Info"))
    for key in info:
        if key not in _INFO_HARMLESS and names_somebody(str(info[key])):
            notes.add(Rule.PROPERTIES, _INFO.get(key, f"own property '{str(key)[1:]}'"))
    metadata = _dictionary(catalogue.get("/Metadata"))
    if isinstance(metadata, generic.StreamObject):
        data = metadata.get_data()
        if b"dc:creator" in data or b"xmpMM:History" in data or b"pdfx:" in data or b"pdf:Author" in data:
            notes.add(Rule.PROPERTIES, "embedded XMP record")


def _note_layers(catalogue: generic.DictionaryObject, notes: Notes) -> None:
    settings = _dictionary(_dictionary(catalogue.get("/OCProperties")).get("/D"))
    off = settings.get("/OFF", [])
    notes.add(Rule.HIDDEN_LAYERS, "", len(off) if isinstance(off, generic.ArrayObject) else 0)
    if settings.get("/BaseState") == "/OFF":
        notes.add(Rule.HIDDEN_LAYERS, "all layers")


def _note_scripts(reader: pypdf.PdfReader, notes: Notes) -> None:
    """Look at every object that the file still reaches: an action hides in pages, fields, outlines and names alike."""
    seen: set[int] = set()
    held: dict[
        int, Any
    ] = {}  # a damaged file can lead back into the same thing without a number; kept, so that its id stays its own
    waiting: list[Any] = [reader.trailer]
    looked = 0
    while waiting:
        found = waiting.pop()
        reference = getattr(found, "idnum", None)
        if reference is not None:
            if reference in seen:
                continue
            seen.add(reference)
            found = found.get_object()
        if not isinstance(found, (generic.DictionaryObject, generic.ArrayObject)) or id(found) in held:
            continue
        held[id(found)] = found
        looked += len(found)
        if looked > _MOST_OBJECTS:
            raise UncheckedError(Rule.UNREADABLE, "it has more objects than can be checked; split it")
        if isinstance(found, generic.DictionaryObject):
            if found.get("/S") in _SCRIPTS:
                notes.add(Rule.JAVASCRIPT, str(found.get("/S"))[1:])
            waiting += [found.raw_get(key) for key in found if key != "/Parent"]
        else:
            waiting += list(found)


def _dictionary(found: Any) -> generic.DictionaryObject:  # noqa: ANN401 - pypdf's objects
    """*found* itself, its reference followed; an empty dictionary for anything else."""
    found = found.get_object() if found is not None else None
    return found if isinstance(found, generic.DictionaryObject) else generic.DictionaryObject()
