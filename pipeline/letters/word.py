"""Lays a letter out as a Word document with real headings, lists, tables and links, the same bytes for the same letter."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from pipeline.domain.errors import UsageError
from pipeline.letters.outline import Manner, Run, Shape, outline, title_of
from pipeline.letters.plain import one_line
from pipeline.resources import later

if TYPE_CHECKING:
    import docx
    from docx import oxml, shared
    from docx.document import Document
    from docx.image import exceptions
    from docx.opc import constants
    from docx.oxml import ns
    from docx.styles.style import ParagraphStyle
    from docx.text.paragraph import Paragraph

    from pipeline.letters.outline import Piece, Runs
    from pipeline.letters.render import Letter
else:
    docx = later("docx")
    exceptions = later("docx.image.exceptions")
    constants = later("docx.opc.constants")
    oxml = later("docx.oxml")
    ns = later("docx.oxml.ns")
    shared = later("docx.shared")

_FONT = "Arial"
_INK = (0x0B, 0x0C, 0x0C)
_LINK = (0x1D, 0x51, 0x91)
_NOT_IN_XML = re.compile("[\ufffe\uffff]")  # The two that are left after clean_text (XML 1.0 section 2.2).
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # The first moment a zip file can name.


def render_word(letter: Letter) -> bytes:
    """Give *letter* as a .docx with its language, title, author and date set and nothing of the machine it was made on."""
    document = docx.Document()
    _drop_preview(document)
    _set_properties(document, letter)
    _set_styles(document, letter.language)
    _set_page(document)
    if letter.crest:
        _add_crest(document, letter)
    for piece in outline(letter):
        _add(document, piece)
    made = io.BytesIO()
    document.save(made)
    return _repacked(made.getvalue())


def _add_crest(document: Document, letter: Letter) -> None:
    """Put the crest at the head, with words for those who can't see it."""
    try:
        picture = document.add_picture(io.BytesIO(letter.crest), height=shared.Mm(20))
    except (exceptions.UnrecognizedImageError, exceptions.UnexpectedEndOfFileError) as error:
        raise UsageError(
            "[authority] crest is not a PNG or JPEG picture that can be shown; name another file"
        ) from error
    described = picture._inline.docPr  # noqa: SLF001 - the library has no public way to describe a picture
    described.set("descr", f"Crest of {_sound(one_line(letter.author))}")


def _drop_preview(document: Document) -> None:
    """Take out the picture of an empty page that the library's own template carries."""
    relations = document.part.package.rels
    for name in [
        name for name, relation in relations.items() if relation.reltype == constants.RELATIONSHIP_TYPE.THUMBNAIL
    ]:
        del relations[name]


def _set_properties(document: Document, letter: Letter) -> None:
    at = datetime.combine(letter.issued_on, time(0), UTC)
    properties = document.core_properties
    properties.title = _sound(title_of(letter))[:255]
    properties.author = properties.last_modified_by = _sound(one_line(letter.author))[:255]
    properties.language = letter.language
    properties.created = properties.modified = at
    properties.subject = properties.keywords = properties.comments = properties.category = ""
    properties.revision = 1


def _set_styles(document: Document, language: str) -> None:
    """Give the styles a plain sans font, dark ink and the letter's language."""
    for name, size in (("Normal", 11), ("Heading 1", 14), ("Heading 2", 11)):
        style: ParagraphStyle = document.styles[name]
        style.font.name = _FONT
        style.font.size = shared.Pt(size)
        style.font.color.rgb = shared.RGBColor(*_INK)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(ns.qn(f"w:{theme}"), None)
        for script in ("eastAsia", "cs"):
            fonts.set(ns.qn(f"w:{script}"), _FONT)
    normal: ParagraphStyle = document.styles["Normal"]
    normal.paragraph_format.space_after = shared.Pt(10)
    for element in document.styles.element.iter(ns.qn("w:lang")):
        element.set(ns.qn("w:val"), language)
    for element in document.settings.element.iter(ns.qn("w:themeFontLang")):
        element.set(ns.qn("w:val"), language)


def _set_page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = shared.Mm(210), shared.Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = shared.Mm(25)


def _add(document: Document, piece: Piece) -> None:
    match piece.shape:
        case Shape.HEADING:
            _write(document.add_heading(level=piece.level), piece.runs)
        case Shape.LIST:
            for item in piece.items:
                _write(document.add_paragraph(style="List Bullet"), item)
        case Shape.NUMBERED:
            numbering = _numbering(document, piece.start)
            for item in piece.items:
                paragraph = document.add_paragraph(style="List Number")
                listed = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001 - the library has no public way to number a list anew
                listed.get_or_add_ilvl().val = 0
                listed.get_or_add_numId().val = numbering
                _write(paragraph, item)
        case Shape.TABLE:
            _add_table(document, piece.rows)
        case Shape.PARAGRAPH:
            paragraph = document.add_paragraph()
            _write(paragraph, piece.runs, bold=piece.manner is Manner.QUESTION)


def _numbering(document: Document, start: int) -> int:
    """Begin a numbered list at *start* and give its number: without one of its own a list goes on where the last one ended."""
    numbering = document.part.numbering_part.element
    style = document.styles["List Number"].element
    used = style.pPr.numPr.numId.val
    kind = next(num.abstractNumId.val for num in numbering.num_lst if num.numId == used)
    made = numbering.add_num(kind)
    made.add_lvlOverride(ilvl=0).add_startOverride(start)
    return int(made.numId)


def _add_table(document: Document, rows: tuple[tuple[str, ...], ...]) -> None:
    """Add a table whose first row is marked as its headings and stands again on every page."""
    table = document.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    for number, row in enumerate(rows):
        made = table.add_row()
        for cell, text in zip(made.cells, row, strict=True):
            _write(cell.paragraphs[0], (Run(text),), bold=number == 0)
        if number == 0:
            made._tr.get_or_add_trPr().append(oxml.OxmlElement("w:tblHeader"))  # noqa: SLF001 - the library has no public way to mark headings
    document.add_paragraph()


def _write(paragraph: Paragraph, runs: Runs, *, bold: bool = False) -> None:
    for run in runs:
        text = _sound(run.text)
        if not run.link:
            paragraph.add_run(text).bold = bold or None
            continue
        relation = paragraph.part.relate_to(run.link, constants.RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        frame = oxml.OxmlElement("w:hyperlink")
        frame.set(ns.qn("r:id"), relation)
        written = paragraph.add_run(text)
        written.font.underline = True
        written.font.color.rgb = shared.RGBColor(*_LINK)
        frame.append(written._r)  # noqa: SLF001 - the library has no public way to make a link
        paragraph._p.append(frame)  # noqa: SLF001 - the same


def _sound(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)


def _repacked(document: bytes) -> bytes:
    """Pack the document anew with one fixed time on every part."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _EARLIEST), source.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()
