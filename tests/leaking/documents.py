"""Word and OpenDocument texts that leak, and ones that do not."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from docx import Document
from docx.oxml import parse_xml

from leaking.packed import packed, unpacked

if TYPE_CHECKING:
    from docx.document import Document as Word

SECRET = "Maureen Sample"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def document() -> Word:
    """A Word document of two paragraphs and a table, its properties empty."""
    word = Document()
    for name in ("author", "comments", "last_modified_by", "title"):
        setattr(word.core_properties, name, "")
    word.add_paragraph("The council spent the money on parks.")
    word.add_paragraph("And on roads.")
    table = word.add_table(rows=2, cols=2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ("Service", "Spent", "Parks", "1200"), strict=True
    ):
        cell.text = text
    return word


def saved(word: Word) -> bytes:
    """The bytes of *word*."""
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def with_xml(*pieces: str) -> bytes:
    """The document with pieces of WordprocessingML as further body elements."""
    word = document()
    for piece in pieces:
        word.element.body.insert(
            1, parse_xml(piece.replace("<w:p>", f"<w:p {W}>", 1).replace("<w:tbl>", f"<w:tbl {W}>", 1))
        )
    return saved(word)


def run(text: str, properties: str = "") -> str:
    """One run of text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def tracked() -> bytes:
    """A paragraph with an insertion, a deletion and a change of format, and one whose mark was deleted."""
    who = 'w:id="7" w:author="Officer" w:date="2024-05-01T09:00:00Z"'
    return with_xml(
        f"<w:p>{run('We ')}<w:del {who}><w:r><w:delText>{SECRET}</w:delText></w:r></w:del><w:ins {who}>{run('upheld it')}</w:ins>"
        f"{run('.', f'<w:b/><w:rPrChange {who}><w:rPr/></w:rPrChange>')}</w:p>",
        f"<w:p><w:pPr><w:rPr><w:del {who}/></w:rPr></w:pPr>{run('Joined to: ')}</w:p>",
    )


def commented() -> bytes:
    """A comment in the margin."""
    word = document()
    paragraph = word.paragraphs[0]
    word.add_comment(paragraph.runs, text=f"{SECRET} must not see this", author="Officer", initials="O")
    return saved(word)


def authored() -> bytes:
    """Who wrote it, and where."""
    word = document()
    word.core_properties.author = SECRET
    return saved(word)


def macros() -> bytes:
    """A document with a macro project."""
    parts = unpacked(saved(document()))
    parts["word/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 project"
    relations = parts["word/_rels/document.xml.rels"].decode()
    link = '<Relationship Id="rId900" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/>'
    parts["word/_rels/document.xml.rels"] = relations.replace("</Relationships>", f"{link}</Relationships>").encode()
    return packed(parts)


def templated() -> bytes:
    """A document that names its template on the council's network."""
    parts = unpacked(saved(document()))
    parts["word/_rels/settings.xml.rels"] = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        b'Target="file:///S:/legal/letters.dotm" TargetMode="External"/></Relationships>'
    )
    return packed(parts)


def embedding(workbook: bytes) -> bytes:
    """A document with a whole workbook behind an embedded object."""
    parts = unpacked(saved(document()))
    parts["word/embeddings/sheet1.xlsx"] = workbook
    relations = parts["word/_rels/document.xml.rels"].decode()
    link = (
        '<Relationship Id="rId901" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/package" '
        'Target="embeddings/sheet1.xlsx"/>'
    )
    parts["word/_rels/document.xml.rels"] = relations.replace("</Relationships>", f"{link}</Relationships>").encode()
    types = parts["[Content_Types].xml"].decode()
    parts["[Content_Types].xml"] = types.replace(
        "<Default ", '<Default Extension="xlsx" ContentType="application/x"/><Default ', 1
    ).encode()
    return packed(parts)


def odt(*, tracked: bool = False, hidden: bool = False, author: str = "") -> bytes:
    """An OpenDocument text of one paragraph, and what is asked for beside it."""
    names = ("office", "text", "style", "meta", "table")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    deletion = f"<text:deletion><text:p>{SECRET}</text:p></text:deletion>"
    changes = f"<text:tracked-changes><text:changed-region>{deletion}</text:changed-region></text:tracked-changes>"
    unseen = f'<text:p text:style-name="P"><text:span text:style-name="H">{SECRET}</text:span></text:p>'
    content = (
        f'<office:document-content {spaces}><office:automatic-styles><style:style style:name="H" style:family="text">'
        '<style:text-properties text:display="none"/></style:style></office:automatic-styles><office:body><office:text>'
        f"{changes if tracked else ''}<text:p>The council spent the money on parks.</text:p>{unseen if hidden else ''}"
        "</office:text></office:body></office:document-content>"
    )
    meta = f"<office:document-meta {spaces}><office:meta><meta:initial-creator>{author}</meta:initial-creator></office:meta></office:document-meta>"
    return packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": content.encode(),
            "meta.xml": meta.encode(),
        }
    )
