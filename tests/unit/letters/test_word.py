"""Letters as Word documents: real headings, lists, tables and links, in their language, with nothing of the machine in them."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import docx
import pytest
from agreed_letters import EVERYTHING, INERT, NAMES, agreed, letter_of, spoken
from docx.oxml.ns import qn

from pipeline.letters.release import Level, ReleaseFile, examine
from pipeline.letters.render import BlockKind, Letter, render_text
from pipeline.letters.word import render_word

if TYPE_CHECKING:
    from docx.document import Document

OURS = frozenset({"infogov@example.gov.uk"})


def read(letter: Letter) -> Document:
    """The letter's document, opened."""
    return docx.Document(BytesIO(render_word(letter)))


def words(document: Document) -> str:
    """Its text in reading order, numbers of lists written out."""
    lines: list[str] = []
    for piece in document.iter_inner_content():
        if isinstance(piece, docx.table.Table):
            lines += ["\t".join(cell.text for cell in row.cells) for row in piece.rows]
        else:
            lines.append(piece.text)
    return "\n".join(lines)


@pytest.mark.parametrize("name", NAMES)
def test_a_document_has_the_words_of_the_letter(name: str) -> None:
    """The text of the document is that of the plain letter; Word counts the numbered lines of a list itself."""
    letter = agreed(name)
    text = render_text(letter)
    if "free-" in name:
        text = text.replace("1. Monday", "Monday").replace("2. Friday", "Friday")
    assert spoken(words(read(letter))) == spoken(text)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_letter_gives_the_same_bytes(name: str) -> None:
    """The document depends on the letter alone, not on the hour or the machine."""
    assert render_word(agreed(name)) == render_word(agreed(name))


def test_a_document_says_what_it_is() -> None:
    """Title, author, date and language are the letter's; the library's own words and picture are gone."""
    made = render_word(EVERYTHING)
    document = docx.Document(BytesIO(made))
    properties = document.core_properties
    assert properties.title == EVERYTHING.subject
    assert properties.author == properties.last_modified_by == "Exampleshire Council"
    assert properties.language == "en-GB"
    assert properties.created is not None
    assert properties.created.date() == EVERYTHING.issued_on
    with zipfile.ZipFile(BytesIO(made)) as parts:
        assert not [name for name in parts.namelist() if "thumbnail" in name]
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"python-docx" not in b"".join(parts.read(name) for name in parts.namelist())
        assert b'w:lang w:val="en-GB"' in parts.read("word/styles.xml")


def test_everything_a_letter_can_hold_has_its_own_style() -> None:
    """Headings, lists and tables are what a screen reader announces them as."""
    document = read(EVERYTHING)
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert styles.count("Heading 1") == 1
    assert styles.count("Heading 2") == 1
    assert styles.count("List Bullet") == 4
    assert styles.count("List Number") == 4
    (table,) = document.tables
    assert [cell.text for cell in table.rows[0].cells] == ["", "2022", "2023"]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.rows[1]._tr.trPr is None


def test_each_numbered_list_counts_for_itself() -> None:
    """A list that begins at 3 begins at 3, and the next one at 1."""
    document = read(EVERYTHING)
    numbering = document.part.numbering_part.element
    starts = []
    for paragraph in document.paragraphs:
        if paragraph.style and paragraph.style.name == "List Number":
            number = paragraph._p.pPr.numPr.numId.val
            found = next(num for num in numbering.num_lst if num.numId == number)
            starts.append(found.find(qn("w:lvlOverride")).find(qn("w:startOverride")).get(qn("w:val")))
    assert starts == ["3", "3", "1", "1"]


def test_links_lead_where_the_text_says() -> None:
    """Each is a real link; the requester's addresses are none."""
    document = read(EVERYTHING)
    links = [link for paragraph in document.paragraphs for link in paragraph.hyperlinks]
    assert [(link.text, link.address) for link in links] == [
        ("infogov@example.gov.uk", "mailto:infogov@example.gov.uk"),
        ("https://www.example.gov.uk/posts", "https://www.example.gov.uk/posts"),
        ("Disclosure log: https://www.example.gov.uk/log", "https://www.example.gov.uk/log"),
    ]


@pytest.mark.parametrize(
    "kind", [kind for kind in BlockKind if kind not in {BlockKind.LINK, BlockKind.LIST, BlockKind.TABLE}]
)
def test_text_stays_text_in_every_block(kind: BlockKind) -> None:
    """Markup and fields are shown as they were typed, and characters that XML cannot hold stop nothing."""
    document = read(letter_of((BlockKind.HEADING, "x"), (kind, f"{INERT} \uffff")))
    assert INERT in words(document)


def test_our_own_document_passes_our_own_check() -> None:
    """A letter in Word can go out as a file: the release check finds nothing hidden in it."""
    report = examine([ReleaseFile(name="letter.docx", content=render_word(EVERYTHING))], "", own_contacts=OURS)
    assert [finding for finding in report.findings if finding.level == Level.STOP] == []
