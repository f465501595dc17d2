"""Word documents that leak are caught, their clean copies open and read as the reader saw them, and clean ones pass."""

from __future__ import annotations

import io

import pytest
from docx import Document
from leaking import documents, sheets
from leaking.documents import run, with_xml
from leaking.packed import added, changed, packed, unpacked
from PIL import Image

from pipeline.domain.errors import NotAllowedError
from pipeline.letters.release import CleanForm, Level, ReleaseFile, ReleaseReport, Rule, clean_copy, examine

HIDDEN = with_xml(f"<w:p>{run('Seen. ')}{run(documents.SECRET, '<w:vanish/>')}</w:p>")
BLACKED = [
    pytest.param(run(documents.SECRET, '<w:highlight w:val="black"/>'), id="highlight"),
    pytest.param(run(documents.SECRET, '<w:shd w:val="clear" w:fill="000000"/>'), id="shading"),
    pytest.param(run(documents.SECRET, '<w:color w:val="000000"/><w:shd w:val="solid" w:color="000000"/>'), id="solid"),
]


def looked(content: bytes, name: str = "report.docx") -> ReleaseReport:
    """What the check says of one file."""
    return examine((ReleaseFile(name=name, content=content),), "", own_contacts=frozenset())


def texts(content: bytes) -> list[str]:
    """The paragraphs of a Word file as another program reads them."""
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


def test_a_clean_document_gives_no_finding() -> None:
    """Paragraphs and a table, without a name in the properties, pass in silence."""
    assert looked(documents.saved(documents.document())).findings == ()


@pytest.mark.parametrize(
    ("content", "rule", "level"),
    [
        pytest.param(documents.tracked(), Rule.TRACKED_CHANGES, Level.STOP, id="changes"),
        pytest.param(documents.commented(), Rule.COMMENTS, Level.ACCEPT, id="comment"),
        pytest.param(HIDDEN, Rule.HIDDEN_TEXT, Level.ACCEPT, id="hidden"),
        pytest.param(documents.authored(), Rule.PROPERTIES, Level.ACCEPT, id="author"),
        pytest.param(documents.macros(), Rule.MACROS, Level.ACCEPT, id="macros"),
        pytest.param(documents.templated(), Rule.TEMPLATE, Level.ACCEPT, id="template"),
    ],
)
def test_each_leak_is_caught_and_its_clean_copy_passes(content: bytes, rule: Rule, level: Level) -> None:
    """The finding has its level, and the copy opens elsewhere, keeps the words and holds nothing of the secret in any part."""
    finding = next(finding for finding in looked(content).findings if finding.rule is rule)
    assert finding.level is level
    copy = clean_copy(ReleaseFile(name="report.docx", content=content), CleanForm.DOCX)
    assert copy.after.findings == ()
    assert copy.name == "report-clean.docx"
    assert "The council spent the money on parks." in texts(copy.content)
    assert documents.SECRET.encode() not in b"".join(unpacked(copy.content).values())
    assert b"Officer" not in b"".join(unpacked(copy.content).values())


def test_the_clean_copy_reads_as_if_every_change_was_accepted() -> None:
    """Insertions stay, deletions go, and a paragraph whose mark was deleted runs on."""
    copy = clean_copy(ReleaseFile(name="a.docx", content=documents.tracked()), CleanForm.DOCX)
    assert "Joined to: We upheld it." in texts(copy.content)
    assert len(Document(io.BytesIO(copy.content)).tables) == 1


def test_a_deleted_row_goes_and_a_moved_sentence_stands_once() -> None:
    """Rows marked as deleted leave the table; moved words stay where they went."""
    row = "<w:tr><w:trPr>{}</w:trPr><w:tc><w:p>{}</w:p></w:tc></w:tr>"
    mark = '<w:del w:id="1" w:author="O"/>'
    content = with_xml(
        f"<w:tbl>{row.format('', run('kept'))}{row.format(mark, run('gone'))}</w:tbl>",
        f'<w:p><w:moveFrom w:id="2" w:author="O">{run("moved")}</w:moveFrom></w:p>',
        f'<w:p><w:moveTo w:id="3" w:author="O">{run("moved")}</w:moveTo></w:p>',
    )
    copy = clean_copy(ReleaseFile(name="a.docx", content=content), CleanForm.DOCX)
    word = Document(io.BytesIO(copy.content))
    assert [cell.text for table in word.tables for row in table.rows for cell in row.cells][:1] == ["kept"]
    assert "gone" not in str([cell.text for table in word.tables for row in table.rows for cell in row.cells])
    assert texts(copy.content).count("moved") == 1


@pytest.mark.parametrize("blacked", BLACKED)
def test_blacked_out_words_are_a_stop_without_a_clean_copy(blacked: str) -> None:
    """A black highlight removes nothing; only the source can mend that, and the check says so."""
    content = with_xml(f"<w:p>{blacked}</w:p>")
    assert {finding.rule for finding in looked(content).stops} == {Rule.TEXT_UNDER_BOX}
    with pytest.raises(NotAllowedError, match="Go back to the source"):
        clean_copy(ReleaseFile(name="a.docx", content=content), CleanForm.DOCX)


def test_a_heading_on_a_dark_ground_is_no_finding() -> None:
    """White words on a shaded cell can be read, and so can words without a colour, which Word turns white by itself."""
    cell = (
        '<w:tbl><w:tr><w:tc><w:tcPr><w:shd w:val="clear" w:fill="1D70B8"/></w:tcPr><w:p>{}</w:p></w:tc></w:tr></w:tbl>'
    )
    assert looked(with_xml(cell.format(run("Service", '<w:color w:val="FFFFFF"/>')))).findings == ()


@pytest.mark.parametrize(
    "properties",
    ['<w:color w:val="FFFFFF"/>', '<w:color w:themeColor="background1" w:val="FFFFFF"/>', '<w:sz w:val="2"/>'],
)
def test_words_nobody_can_see_are_found(properties: str) -> None:
    """White on white and letters of one point are as good as hidden."""
    assert looked(with_xml(f"<w:p>{run('unseen', properties)}</w:p>")).rules == {Rule.INVISIBLE_TEXT}


@pytest.mark.parametrize("size", ["\u00b2", "9" * 5000, "", "-2"])
def test_a_size_that_is_no_number_is_passed_over(size: str) -> None:
    """What the file says in the place of a size stops no check."""
    assert looked(with_xml(f"<w:p>{run('seen', f'<w:sz w:val=%{size}%/>'.replace('%', chr(34)))}</w:p>")).findings == ()


def test_text_hidden_by_its_style_is_found_and_taken_out() -> None:
    """A style that hides its text does so for whatever is based on it as well."""
    style = (
        '<w:style w:type="character" w:styleId="Quiet"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="Quieter"><w:basedOn w:val="Quiet"/></w:style></w:styles>'
    )
    quiet = run(documents.SECRET, '<w:rStyle w:val="Quieter"/>')
    content = changed(with_xml(f"<w:p>{quiet}</w:p>"), styles=("</w:styles>", style))
    assert looked(content).rules == {Rule.HIDDEN_TEXT}
    copy = clean_copy(ReleaseFile(name="a.docx", content=content), CleanForm.DOCX)
    assert documents.SECRET.encode() not in b"".join(unpacked(copy.content).values())


def test_a_workbook_behind_an_embedded_object_is_looked_into() -> None:
    """A chart pasted from a spreadsheet brings the whole spreadsheet with it, hidden sheets and all; the copy does not."""
    file = ReleaseFile(name="a.docx", content=documents.embedding(sheets.leaking(sheets.hidden_sheet)))
    report = looked(file.content, "a.docx")
    assert report.rules == {Rule.EMBEDDED, Rule.HIDDEN_SHEET}
    assert [finding.file for finding in report.stops] == ["a.docx > sheet1.xlsx"]
    copy = clean_copy(file, CleanForm.DOCX)
    assert copy.after.findings == ()
    assert not [name for name in unpacked(copy.content) if "embeddings" in name]


def test_a_linked_object_goes_with_its_link() -> None:
    """An object that shows a file on the council's network is found, and the copy points nowhere."""
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = f'<Relationship Id="rId77" Type="{relations}/oleObject" Target="file:///S:/people.xlsx" TargetMode="External"/></Relationships>'
    content = with_xml(f'<w:p><w:r><w:object xmlns:r="{relations}"><w:control r:id="rId77"/></w:object></w:r></w:p>')
    parts = unpacked(content)
    parts["word/_rels/document.xml.rels"] = parts["word/_rels/document.xml.rels"].replace(
        b"</Relationships>", link.encode()
    )
    assert looked(packed(parts)).rules == {Rule.EXTERNAL_LINKS}
    copy = clean_copy(ReleaseFile(name="a.docx", content=packed(parts)), CleanForm.DOCX)
    everything = b"".join(unpacked(copy.content).values())
    assert b"people.xlsx" not in everything
    assert b"rId77" not in everything


def test_a_deleted_cell_and_table_leave_a_document_that_opens() -> None:
    """Cells marked as deleted go, a table left without rows goes, and every cell keeps a paragraph."""
    mark = '<w:cellDel w:id="1" w:author="O"/>'
    cell = "<w:tc><w:tcPr>{}</w:tcPr>{}</w:tc>"
    nested = f"<w:tbl><w:tr>{cell.format(mark, '<w:p/>')}</w:tr></w:tbl>"
    content = with_xml(
        f"<w:tbl><w:tr>{cell.format('', nested)}{cell.format(mark, '<w:p>' + run('gone') + '</w:p>')}</w:tr></w:tbl>"
    )
    copy = clean_copy(ReleaseFile(name="a.docx", content=content), CleanForm.DOCX)
    tables = Document(io.BytesIO(copy.content)).tables
    assert [[cell.text for cell in row.cells] for row in tables[0].rows] == [[""]]
    assert len(tables[0].rows[0].cells[0].paragraphs) == 1


def test_a_cropped_picture_is_found() -> None:
    """Cropping hides the edge of a picture and keeps it."""
    word = documents.document()
    buffer = io.BytesIO()
    Image.new("RGB", (40, 20)).save(buffer, format="PNG")
    word.add_picture(buffer)
    whole = documents.saved(word)
    assert looked(whole).findings == ()
    cropped = changed(whole, document=("<a:stretch>", '<a:srcRect r="50000"/><a:stretch>'))
    assert looked(cropped).rules == {Rule.CROPPED_PICTURE}


def test_left_over_parts_are_found_and_left_behind() -> None:
    """A part that nothing names is still in the file."""
    content = added(documents.saved(documents.document()), {"word/draft2.xml": b"<a>Maureen Sample</a>"})
    assert looked(content).rules == {Rule.CUSTOM_DATA}
    copy = clean_copy(ReleaseFile(name="a.docx", content=content), CleanForm.DOCX)
    assert "word/draft2.xml" not in unpacked(copy.content)


def test_an_opendocument_text_is_asked_the_same() -> None:
    """Changes, hidden text and authors of an odt file are found; a clean one passes; the copy has to be made elsewhere."""
    assert looked(documents.odt(), "a.odt").findings == ()
    content = documents.odt(tracked=True, hidden=True, author=documents.SECRET)
    assert looked(content, "a.odt").rules == {Rule.TRACKED_CHANGES, Rule.HIDDEN_TEXT, Rule.PROPERTIES}
    with pytest.raises(NotAllowedError, match="save it as docx"):
        clean_copy(ReleaseFile(name="a.odt", content=content), CleanForm.DOCX)
