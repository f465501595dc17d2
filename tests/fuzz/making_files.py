# ruff: noqa: E501 - the parts of a file read better as they stand in it
"""Files that lie: packages, sheets, PDFs and pictures written by hand, part by part and operator by operator."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from fuzz.making_mail import mail, mixed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DAY = (2026, 3, 3, 10, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_RELATION = '<Relationship Id="{}" Type="' + _REL + '/{}" Target="{}"{}/>'
_EXTERNAL = ' TargetMode="External"'


def packed(parts: Mapping[str, str | bytes], *, stored: bool = False) -> bytes:
    """A ZIP file of *parts*, the same bytes on every day."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _DAY)
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def workbook(
    sheet: str, *, extra: Mapping[str, str | bytes] | None = None, book: str = "", relations: str = ""
) -> bytes:
    """An xlsx whose one sheet has the body *sheet*."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        "</Types>",
        "_rels/.rels": _RELS.format(_RELATION.format("r1", "officeDocument", "xl/workbook.xml", "")),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}">{book}<sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _RELS.format(
            _RELATION.format("r1", "worksheet", "worksheets/sheet1.xml", "") + relations
        ),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}">{sheet}</worksheet>',
    }
    return packed(parts | dict(extra or {}))


def document(body: str, *, extra: Mapping[str, str | bytes] | None = None) -> bytes:
    """A docx with the body *body*."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": _RELS.format(_RELATION.format("r1", "officeDocument", "word/document.xml", "")),
        "word/document.xml": f'<w:document xmlns:w="{_W}" xmlns:r="{_REL}"><w:body>{body}</w:body></w:document>',
    }
    return packed(parts | dict(extra or {}))


def open_document(kind: str, body: str) -> bytes:
    """An odt or ods with the body *body*."""
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"))
    )
    return packed(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "META-INF/manifest.xml": '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": f"<office:document-content {names}><office:body>{body}</office:body></office:document-content>",
        },
        stored=True,
    )


def pdf(
    page: str | bytes, *, objects: Mapping[int, str | bytes] | None = None, packing: bool = False, tail: str = ""
) -> bytes:
    """A PDF of one page drawn by *page*; *objects* replace or add numbered objects (1 catalogue, 2 pages, 3 page, 4 drawing, 5 font)."""
    drawing = page.encode("latin-1") if isinstance(page, str) else page
    squeezed = zlib.compress(drawing) if packing else drawing
    filtered = "/Filter/FlateDecode" if packing else ""
    everything: dict[int, str | bytes] = {
        1: "<</Type/Catalog/Pages 2 0 R>>",
        2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</X1 6 0 R>>>>>>",
        4: f"<</Length {len(squeezed)}{filtered}>>stream\n".encode() + squeezed + b"\nendstream",
        5: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }
    everything |= dict(objects or {})
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, content in sorted(everything.items()):
        places[number] = len(out)
        out += (
            f"{number} 0 obj\n".encode()
            + (content.encode("latin-1") if isinstance(content, str) else content)
            + b"\nendobj\n"
        )
    start = len(out)
    out += f"xref\n0 {max(places) + 1}\n0000000000 65535 f \n".encode()
    for number in range(1, max(places) + 1):
        out += f"{places.get(number, 0):010d} 00000 {'n' if number in places else 'f'} \n".encode()
    out += f"trailer\n<</Size {max(places) + 1}/Root 1 0 R{tail}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A picture of that size with *chunks* before its end; its pixels are only pretended."""
    listed = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0" * 20)),
        *chunks,
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in listed
    )


def files() -> Iterator[tuple[str, bytes]]:
    """Each file with its name."""
    yield from _sheets()
    yield from _documents()
    yield from _open_documents()
    yield from _pdfs()
    yield from _others()


def _row(cells: str) -> str:
    return f'<sheetData><row r="1">{cells}</row></sheetData>'


def _sheets() -> Iterator[tuple[str, bytes]]:
    cell = '<c r="A1" t="inlineStr"><is><t>Maureen Sample</t></is></c>'
    yield "sheet-plain.xlsx", workbook(_row(cell))
    yield "sheet-far-away.xlsx", workbook(_row('<c r="XFD1048576"><v>1</v></c>'))
    yield "sheet-beyond.xlsx", workbook(_row('<c r="ZZZZZ99999999999"><v>1</v></c>'))
    yield "sheet-no-place.xlsx", workbook(_row("<c><v>1</v></c>" * 60))
    yield "sheet-merged-all.xlsx", workbook(_row(cell) + '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')
    yield (
        "sheet-merged-odd.xlsx",
        workbook(_row(cell) + '<mergeCells><mergeCell ref="B:A"/><mergeCell ref="?"/></mergeCells>'),
    )
    yield "sheet-columns-hidden.xlsx", workbook('<cols><col min="1" max="99999999" hidden="1"/></cols>' + _row(cell))
    yield (
        "sheet-columns-odd.xlsx",
        workbook('<cols><col min="9" max="1"/><col min="x" max="-1" width="nan"/></cols>' + _row(cell)),
    )
    yield "sheet-rows-odd.xlsx", workbook('<sheetData><row r="-5" ht="inf"/><row r="x" hidden="maybe"/></sheetData>')
    yield (
        "sheet-numbers.xlsx",
        workbook(_row('<c r="A1"><v>1e999</v></c><c r="B1"><v>nan</v></c><c r="C1" t="d"><v>99999-99-99</v></c>')),
    )
    yield "sheet-shared-missing.xlsx", workbook(_row('<c r="A1" t="s"><v>99999999</v></c>'))
    yield "sheet-formula.xlsx", workbook(_row('<c r="A1"><f>HYPERLINK("http://evil.example")</f><v>x</v></c>'))
    yield "sheet-array-formula.xlsx", workbook(_row('<c r="A1"><f t="array" ref="A1:XFD1048576">1</f></c>'))
    yield (
        "sheet-filter.xlsx",
        workbook(_row(cell) + '<autoFilter ref="A1:A1048576"><filterColumn colId="99999"/></autoFilter>'),
    )
    yield (
        "sheet-validation.xlsx",
        workbook(
            _row(cell)
            + '<dataValidations><dataValidation sqref="A1:XFD1048576 ? B"><formula1>"a,b"</formula1></dataValidation></dataValidations>'
        ),
    )
    yield (
        "sheet-names.xlsx",
        workbook(
            _row(cell),
            book='<definedNames><definedName name="a" hidden="1">\'A\'!$A$1:$XFD$1048576</definedName></definedNames>',
        ),
    )
    yield (
        "sheet-styles.xlsx",
        workbook(
            _row('<c r="A1" s="99999"><v>1</v></c>'),
            extra={
                "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs count="1"><xf fontId="9" fillId="-1"/></cellXfs></styleSheet>'
            },
        ),
    )
    yield (
        "sheet-loop.xlsx",
        workbook(
            _row(cell),
            relations=_RELATION.format("r2", "worksheet", "../workbook.xml", "")
            + _RELATION.format("r1", "worksheet", "worksheets/sheet1.xml", ""),
        ),
    )
    yield (
        "sheet-outside.xlsx",
        workbook(_row(cell), relations=_RELATION.format("r9", "externalLink", "file:///etc/passwd", _EXTERNAL)),
    )
    yield (
        "sheet-climbs.xlsx",
        workbook(_row(cell), relations=_RELATION.format("r9", "image", "../../../../etc/passwd", "")),
    )
    yield "sheet-macro.xlsm", workbook(_row(cell), extra={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" * 60})
    yield (
        "sheet-entities.xlsx",
        workbook(_row(cell), extra={"docProps/core.xml": '<!DOCTYPE a [<!ENTITY b "ccc">]><a>&b;</a>'}),
    )
    yield (
        "sheet-utf-16.xlsx",
        workbook(_row(cell), extra={"docProps/core.xml": '<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16")}),
    )
    yield (
        "sheet-comments.xlsx",
        workbook(
            _row(cell),
            extra={
                "xl/comments1.xml": f'<comments xmlns="{_MAIN}"><authors><author>Kim</author></authors><commentList><comment ref="?" authorId="99"><text/></comment></commentList></comments>'
            },
        ),
    )
    yield (
        "sheet-deep-rich.xlsx",
        workbook(_row('<c r="A1" t="inlineStr"><is>' + "<r>" * 200 + "<t>x</t>" + "</r>" * 200 + "</is></c>")),
    )


def _documents() -> Iterator[tuple[str, bytes]]:
    said = "<w:p><w:r><w:t>Maureen Sample</w:t></w:r></w:p>"
    yield "document-plain.docx", document(said)
    yield "document-deep.docx", document("<w:tbl><w:tr><w:tc>" * 60 + said + "</w:tc></w:tr></w:tbl>" * 60)
    yield (
        "document-tracked.docx",
        document(f'<w:ins w:author="Kim">{said}</w:ins><w:del w:id="x"><w:r><w:delText>gone</w:delText></w:r></w:del>'),
    )
    yield (
        "document-fields.docx",
        document(
            '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 60
            + "<w:r><w:instrText>INCLUDETEXT /etc/passwd</w:instrText></w:r></w:p>"
        ),
    )
    yield (
        "document-fields-odd.docx",
        document('<w:p><w:r><w:fldChar w:fldCharType="end"/><w:fldChar/></w:r></w:p>' * 30),
    )
    yield "document-not-xml.docx", document("<w:p>")
    yield "document-empty.docx", document("")
    yield (
        "document-hidden.docx",
        document(
            "<w:p><w:r><w:rPr><w:vanish/><w:color w:val='zz'/><w:sz w:val='-1'/></w:rPr><w:t>secret</w:t></w:r></w:p>"
        ),
    )
    yield (
        "document-styles.docx",
        document(
            '<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr></w:p>',
            extra={
                "word/styles.xml": f'<w:styles xmlns:w="{_W}"><w:style w:styleId="a"><w:basedOn w:val="a"/></w:style></w:styles>'
            },
        ),
    )
    yield "document-no-main.docx", packed({"[Content_Types].xml": "<Types/>", "_rels/.rels": _RELS.format("")})
    yield "document-same-names.docx", packed({"word/document.xml": said, "WORD/document.XML": said})
    yield (
        "document-embedded.docx",
        document(said, extra={"word/embeddings/a.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)}),
    )
    yield "document-in-itself.docx", document(said, extra={"word/embeddings/a.docx": document(said)})
    yield "document-picture.docx", document(said, extra={"word/media/image1.png": png(60_000, 60_000)})
    yield (
        "document-text-box.docx",
        document(
            f'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice>{said}</mc:Choice><mc:Fallback>{said}</mc:Fallback></mc:AlternateContent>'
            * 10
        ),
    )


def _open_documents() -> Iterator[tuple[str, bytes]]:
    cell = '<table:table-cell table:number-columns-repeated="{}" table:number-rows-spanned="{}"><text:p>Maureen Sample</text:p></table:table-cell>'
    rows = '<office:spreadsheet><table:table table:name="A"><table:table-row table:number-rows-repeated="{}">{}</table:table-row></table:table></office:spreadsheet>'
    yield "ods-repeated.ods", open_document("spreadsheet", rows.format(1_048_576, cell.format(16_384, 1)))
    yield "ods-repeated-too-often.ods", open_document("spreadsheet", rows.format(10**15, cell.format(10**15, 10**15)))
    yield "ods-repeated-odd.ods", open_document("spreadsheet", rows.format("x", cell.format(-1, "")))
    yield (
        "ods-deep.ods",
        open_document(
            "spreadsheet",
            "<office:spreadsheet>" + "<table:table>" * 100 + "</table:table>" * 100 + "</office:spreadsheet>",
        ),
    )
    yield (
        "odt-spaces.odt",
        open_document("text", '<office:text><text:p>How many<text:s text:c="999999999"/>?</text:p></office:text>'),
    )
    yield (
        "odt-spaces-odd.odt",
        open_document(
            "text", '<office:text><text:p><text:s text:c="-1"/><text:s text:c="x"/><text:tab/></text:p></office:text>'
        ),
    )
    yield (
        "odt-deep.odt",
        open_document(
            "text",
            "<office:text>"
            + "<text:section>" * 150
            + "<text:p>x</text:p>"
            + "</text:section>" * 150
            + "</office:text>",
        ),
    )
    yield (
        "odt-lists.odt",
        open_document(
            "text",
            "<office:text>"
            + "<text:list><text:list-item>" * 60
            + "<text:p>How many?</text:p>"
            + "</text:list-item></text:list>" * 60
            + "</office:text>",
        ),
    )
    yield (
        "odt-tracked.odt",
        open_document(
            "text", "<office:text><text:tracked-changes><text:changed-region/></text:tracked-changes></office:text>"
        ),
    )
    yield "odt-empty.odt", open_document("text", "")


def _pdfs() -> Iterator[tuple[str, bytes]]:
    line = "BT /F1 12 Tf 72 700 Td (Maureen Sample) Tj ET\n"
    yield "pdf-plain.pdf", pdf(line)
    yield "pdf-box.pdf", pdf(line + "0 0 0 rg 70 696 100 16 re f\n")
    yield "pdf-packed.pdf", pdf(line * 60, packing=True)
    yield "pdf-operators.pdf", pdf("q Q Q Q cm Tj TJ ' \" Do gs re f W n BT ET ET Tf Td [ ] << >> ( " * 20)
    yield "pdf-numbers.pdf", pdf("1e99 -.-. 99999999999999999999 0 re f +-5 0 0 0 cm\n" * 20)
    yield (
        "pdf-inline-image.pdf",
        pdf(b"BI /W 99999 /H 99999 /BPC 8 /CS /RGB ID " + b"x" * 60 + b" EI\n" + line.encode()),
    )
    yield "pdf-inline-endless.pdf", pdf(b"BI ID " * 60)
    yield "pdf-strings.pdf", pdf("(" * 300 + "x" + ")" * 100 + " Tj <" + "4" * 301 + "> Tj")
    yield (
        "pdf-form-loop.pdf",
        pdf(
            "/X1 Do\n" * 20,
            objects={
                6: "<</Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X1 6 0 R>>>>/Length 6>>stream\n/X1 Do\nendstream"
            },
        ),
    )
    yield (
        "pdf-forms-double.pdf",
        pdf(
            "/X1 Do /X1 Do\n",
            objects={
                n: f"<</Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X1 {n + 1} 0 R>>>>/Length 14>>stream\n/X1 Do /X1 Do \nendstream"
                for n in range(6, 14)
            },
        ),
    )
    yield "pdf-pages-loop.pdf", pdf(line, objects={2: "<</Type/Pages/Kids[2 0 R 3 0 R]/Count 999999999>>"})
    yield "pdf-pages-thousand.pdf", pdf(line, objects={2: "<</Type/Pages/Kids[" + "3 0 R " * 300 + "]/Count 300>>"})
    yield "pdf-parent-loop.pdf", pdf(line, objects={3: "<</Type/Page/Parent 3 0 R/Contents 4 0 R>>"})
    yield (
        "pdf-contents-itself.pdf",
        pdf(line, objects={3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents[4 0 R 4 0 R 3 0 R 2 0 R]>>"}),
    )
    yield "pdf-length-itself.pdf", pdf(line, objects={4: f"<</Length 4 0 R>>stream\n{line}\nendstream"})
    yield "pdf-length-lies.pdf", pdf(line, objects={4: f"<</Length 999999999>>stream\n{line}\nendstream"})
    yield (
        "pdf-filters.pdf",
        pdf(line, objects={4: "<</Length 9/Filter[" + "/ASCIIHexDecode" * 30 + "]>>stream\n414141>\nendstream"}),
    )
    yield (
        "pdf-filter-odd.pdf",
        pdf(
            line,
            objects={
                4: "<</Length 9/Filter/NoSuch/DecodeParms<</Predictor 15/Columns 999999999>>>>stream\nx\nendstream"
            },
        ),
    )
    yield (
        "pdf-predictor.pdf",
        pdf(
            line,
            objects={
                4: b"<</Length 12/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 0/Colors -1>>>>stream\n"
                + zlib.compress(b"abcdef")
                + b"\nendstream"
            },
        ),
    )
    yield (
        "pdf-lzw.pdf",
        pdf(line, objects={4: b"<</Length 20/Filter/LZWDecode>>stream\n" + bytes(range(20)) + b"\nendstream"}),
    )
    yield (
        "pdf-ascii85.pdf",
        pdf(line, objects={4: "<</Length 20/Filter/ASCII85Decode>>stream\nzzzz!!!!uuuuuuu~>\nendstream"}),
    )
    yield (
        "pdf-run-length.pdf",
        pdf(line, objects={4: b"<</Length 20/Filter/RunLengthDecode>>stream\n" + b"\x81a" * 60 + b"\nendstream"}),
    )
    yield (
        "pdf-font-loop.pdf",
        pdf(line, objects={5: "<</Type/Font/Subtype/Type0/DescendantFonts[5 0 R]/ToUnicode 5 0 R/Encoding 5 0 R>>"}),
    )
    yield (
        "pdf-font-widths.pdf",
        pdf(line, objects={5: "<</Type/Font/Subtype/Type0/DescendantFonts[<</W[0 999999999 1 5 [1 2] 7]/DW(x)>>]>>"}),
    )
    yield (
        "pdf-font-map.pdf",
        pdf(
            line,
            objects={
                5: "<</Type/Font/Subtype/Type1/BaseFont/X/ToUnicode 7 0 R>>",
                7: "<</Length 99>>stream\n1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <FFFFFFFF> <0041> endbfrange\nendstream",
            },
        ),
    )
    yield (
        "pdf-font-differences.pdf",
        pdf(line, objects={5: "<</Type/Font/Subtype/Type1/Encoding<</Differences[(x) -5 /a 99999999 /b]>>>>"}),
    )
    yield "pdf-encrypted.pdf", pdf(line, tail="/Encrypt<</Filter/Standard/V 99/R 99/O(x)/U(y)/P -1>>/ID[(a)(b)]")
    yield "pdf-no-root.pdf", b"%PDF-1.7\ntrailer\n<</Root 99 0 R>>\nstartxref\n0\n%%EOF\n"
    yield "pdf-xref-loop.pdf", pdf(line, tail="/Prev 9")
    yield "pdf-xref-far.pdf", pdf(line).replace(b"startxref\n", b"startxref\n9999999")
    yield "pdf-xref-size.pdf", pdf(line).replace(b"xref\n0 6", b"xref\n0 999999999")
    yield (
        "pdf-object-stream.pdf",
        pdf(line, objects={7: "<</Type/ObjStm/N 99999999/First 5/Length 9>>stream\n1 0 2 9 x\nendstream"}),
    )
    yield (
        "pdf-script.pdf",
        pdf(
            line,
            objects={
                1: "<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))/Next 1 0 R>>/Names<</JavaScript<</Names[(a) 1 0 R]/Kids[1 0 R]>>>>>>"
            },
        ),
    )
    yield (
        "pdf-attached.pdf",
        pdf(
            line,
            objects={
                1: "<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(../a.exe)<</F(x)/EF<</F 4 0 R>>>>(b)]/Kids[1 0 R]>>>>>>"
            },
        ),
    )
    yield (
        "pdf-attached-itself.pdf",
        pdf(
            line,
            objects={
                1: "<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 8 0 R>>>>",
                8: "<</Names[(a) 8 0 R]/Kids[8 0 R 8 0 R]>>",
            },
        ),
    )
    yield (
        "pdf-fields-loop.pdf",
        pdf(
            line,
            objects={
                1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[7 0 R]>>>>",
                7: "<</T(a)/FT/Tx/V(x)/Kids[7 0 R 7 0 R]/Parent 7 0 R>>",
            },
        ),
    )
    yield (
        "pdf-fields-kinds.pdf",
        pdf(
            line,
            objects={
                1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[7 0 R 8 0 R 3 0 R]/XFA(x)>>>>",
                7: "<</T(a)/FT/Btn/V/Off/AP<</N 5 0 R>>>>",
                8: "<</T[1 2]/FT/Ch/V 3/Opt[(a)]>>",
            },
        ),
    )
    yield (
        "pdf-notes.pdf",
        pdf(
            line,
            objects={
                3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[<</Subtype/Square/Rect[(a)(b)]/IC[1]>><</Subtype/Highlight/Rect[1 2 3]/C[0 0 0]>><</Subtype/Stamp/Rect[0 0 1 1]/AP<</N 3 0 R>>>> 9 0 R null 5]>>"
            },
        ),
    )
    yield (
        "pdf-notes-itself.pdf",
        pdf(line, objects={3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots 3 0 R>>"}),
    )
    yield (
        "pdf-media-box.pdf",
        pdf(line, objects={3: "<</Type/Page/Parent 2 0 R/MediaBox[(x) null 1e99 -1]/CropBox[1]/Contents 4 0 R>>"}),
    )
    yield (
        "pdf-layers.pdf",
        pdf(line, objects={1: "<</Type/Catalog/Pages 2 0 R/OCProperties<</D<</OFF[1 0 R]/BaseState/OFF>>>>>>"}),
    )
    yield (
        "pdf-metadata.pdf",
        pdf(
            line,
            objects={1: "<</Type/Catalog/Pages 2 0 R/Metadata 4 0 R>>"},
            tail="/Info<</Author(\xfe\xff\xd8\x00)/X 1 0 R/Y[1 2]>>",
        ),
    )
    yield "pdf-deep-arrays.pdf", pdf("[" * 600 + "]" * 300 + " TJ", objects={7: "[" * 400 + "]" * 400})
    yield "pdf-deep-dictionaries.pdf", pdf(line, objects={7: "<</A" * 400 + " 1 " + ">>" * 400})
    yield "pdf-names.pdf", pdf("/#00#zz#20" + "a" * 300 + " gs /F#31 12 Tf (x) Tj")
    yield "pdf-versions.pdf", pdf(line) + b"startxref\n0\n%%EOF\n" * 60


def _others() -> Iterator[tuple[str, bytes]]:
    yield "picture-huge.png", png(2**31 - 1, 2**31 - 1)
    yield "picture-nothing.png", png(0, 0)
    yield (
        "picture-text.png",
        png(
            4,
            4,
            (b"tEXt", b"Author\0Maureen Sample"),
            (b"zTXt", b"x\0\0" + zlib.compress(b"a" * 5000)),
            (b"iTXt", b"x\0\1\0\0\0" + zlib.compress(b"b" * 5000)),
        ),
    )
    yield (
        "picture-exif.png",
        png(4, 4, (b"eXIf", b"MM\0*\0\0\0\x08\xff\xff" + b"\x01\x0f\0\x02\xff\xff\xff\xff\0\0\0\x08" * 20)),
    )
    yield "picture-exif-loop.png", png(4, 4, (b"eXIf", b"II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0"))
    yield "picture.jpg", b"\xff\xd8\xff\xe1\xff\xff" + b"Exif\0\0MM\0*\0\0\0\x08" + b"\xff" * 60
    yield "picture-scans.jpg", b"\xff\xd8" + b"\xff\xda\0\x02" * 60 + b"\xff\xd9"
    yield "picture.gif", b"GIF89a\xff\xff\xff\xff\xf7\0\0" + b"\x21\xfe\xff" + b"a" * 60
    yield "picture.tif", b"II*\0\x08\0\0\0\xff\xff" + b"\x00\x01\x04\0\xff\xff\xff\xff\0\0\0\0" * 20
    yield "picture.bmp", b"BM" + b"\xff" * 60
    yield "table.csv", b"Name,DOB\r\n" + b'"Maureen ""Sample""' * 20 + b"\r\n=1+1,01/02/1980\r\n"
    yield "table-quotes.csv", b'"' * 301 + b","
    yield "table-nul.csv", b"a\0,b\r\n" * 30
    yield "table-columns.csv", b"," * 4000 + b"\n" + b",\n" * 60
    yield "table-utf-16.csv", "Name,DOB\r\nMaureen,01/02/1980\r\n".encode("utf-16")
    yield "words.txt", b"Maureen Sample, AB123456C, 4000 0000 0000 0002, SW1A 1AA, maureen@example.org " * 40
    yield "words-digits.txt", b"1234 5678 " * 500
    yield (
        "mail.eml",
        mail(
            "released",
            "Bcc: kim@council.example",
            mixed("Content-Type: text/plain\r\n\r\nx")[0],
            body=mixed(
                "Content-Type: text/plain\r\n\r\nx", "Content-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-1.7"
            )[1],
        ),
    )
    yield "archive.zip", packed({"../../a.txt": b"x", "/etc/passwd": b"y", "C:\\a": b"z", "a\x01b": b"w"})
    yield "archive-in-archive.zip", packed({"a.zip": packed({"b.zip": packed({"c.txt": b"x"})})})
    yield "archive-sizes-lie.zip", packed({"a.txt": b"x" * 500}).replace(struct.pack("<I", 500), struct.pack("<I", 5))
    yield "archive-sizes-huge.zip", packed({"a.txt": b"x" * 500}).replace(struct.pack("<I", 500), b"\xff\xff\xff\xff")
    yield "archive-cut.zip", packed({"a.txt": b"x" * 500})[:-30]
    yield "archive-two-ends.zip", packed({"a.txt": b"x"}) + packed({"b.txt": b"y"})
    yield "archive-empty.zip", packed({})
    yield "rich.rtf", b"{\\rtf1" + b"{\\*\\x" * 150 + b"\\bin-5 \\u-99999?\\'" + b"}" * 100
    yield "empty.txt", b""
    yield "old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
    yield "polyglot.pdf", b"GIF89a%PDF-1.7\n" + packed({"a.txt": b"x"})
    yield "page.html", b"<html><script>alert(1)</script>Maureen Sample<!-- secret --></html>"
    yield "page.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


def insides() -> Iterator[tuple[str, bytes]]:
    """The insides of such files by themselves, for fuzzing them within a whole file: the first byte says of which kind (targets.seeing_inside)."""
    cell = '<c r="A1" t="inlineStr"><is><t>Maureen Sample</t></is></c>'
    said = "<w:p><w:r><w:t>Maureen Sample</w:t></w:r></w:p>"
    yield (
        "sheet",
        b"\0"
        + f'<cols><col min="1" max="2" hidden="1" width="9"/></cols>{_row(cell)}<mergeCells><mergeCell ref="A1:B2"/></mergeCells>'.encode(),
    )
    yield (
        "sheet-formula",
        b"\0" + _row('<c r="B2" s="0"><f t="shared" ref="B2:B9" si="0">[1]A!A1</f><v>5</v></c>').encode(),
    )
    yield (
        "document",
        b"\1" + f'{said}<w:tbl><w:tr><w:tc>{said}</w:tc></w:tr></w:tbl><w:ins w:author="Kim">{said}</w:ins>'.encode(),
    )
    yield (
        "document-fields",
        (
            b"\1"
            b'<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DATE</w:instrText><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        ),
    )
    yield (
        "text",
        (
            b"\2"
            b'<office:text><text:h>How</text:h><text:p>many<text:s text:c="3"/><text:tab/>?</text:p><text:list><text:list-item><text:p>x</text:p></text:list-item></text:list></office:text>'
        ),
    )
    yield (
        "table",
        (
            b"\3"
            b'<office:spreadsheet><table:table table:name="A"><table:table-column/><table:table-row table:number-rows-repeated="3"><table:table-cell office:value-type="float" office:value="5" table:number-columns-repeated="3"/></table:table-row></table:table></office:spreadsheet>'
        ),
    )
    yield (
        "drawing",
        b"\4q 1 0 0 1 9 9 cm BT /F1 12 Tf 14 TL 72 700 Td (Maureen) Tj T* [(Sa) -250 (mple)] TJ ET Q 0 0 0 rg 70 696 100 16 re f /X1 Do",
    )
    yield (
        "drawing-colours",
        b"\4/P cs 1 scn 0.5 g 1 0 0 RG 0 0 0 1 k 3 w 0 0 m 9 0 l 9 9 l h B* W n 1 Tr 5 Ts 90 Tz 1 Tc 2 Tw (a) ' 1 2 (b) \" BI /W 1 /H 1 /BPC 8 /CS /G ID x EI",
    )
