"""Letters as PDF: tagged, complete, always the same bytes, and whatever stands in a text stays text."""

from __future__ import annotations

import re
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from agreed_letters import EVERYTHING, INERT, NAMES, agreed, letter_of, spoken
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from pipeline import resources
from pipeline.domain.errors import UsageError
from pipeline.letters import templating
from pipeline.letters.font import showable
from pipeline.letters.pdf import render_pdf
from pipeline.letters.render import BlockKind, Letter, render_text

if TYPE_CHECKING:
    from pathlib import Path

_FOOT = re.compile(r"\n?(?:[A-Z]{3}[0-9]{1,9} )?[0-9]+ / [0-9]+\s*$")


def read(letter: Letter) -> PdfReader:
    """The letter's PDF, opened."""
    return PdfReader(BytesIO(render_pdf(letter)))


def words(reader: PdfReader) -> str:
    """Its text without the feet of its pages."""
    return "\n".join(_FOOT.sub("", page.extract_text()) for page in reader.pages)


def roles(reader: PdfReader) -> list[str]:
    """The tags of the document in reading order."""
    found: list[str] = []

    def walk(node: object) -> None:
        real = node.get_object() if isinstance(node, IndirectObject) else node
        if isinstance(real, list):
            for child in real:
                walk(child)
        elif isinstance(real, DictionaryObject):
            if "/S" in real:
                found.append(str(real["/S"])[1:])
            if "/K" in real:
                walk(real.raw_get("/K"))

    walk(reader.trailer["/Root"]["/StructTreeRoot"])  # type: ignore[index]  # a PDF dictionary
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_pdf_has_the_words_of_the_letter(name: str) -> None:
    """Extracted again, the text of the PDF is that of the plain letter, word for word."""
    letter = agreed(name)
    assert spoken(words(read(letter))) == spoken(render_text(letter))


@pytest.mark.parametrize("name", NAMES)
def test_a_pdf_says_what_it_is(name: str) -> None:
    """Title, author, date, language, tags, its claim of PDF/UA-1, and fonts of its own."""
    letter = agreed(name)
    reader = read(letter)
    root = reader.trailer["/Root"]
    assert reader.metadata is not None
    assert reader.metadata.title == letter.subject
    assert reader.metadata.author == letter.author
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date() == letter.issued_on
    assert root["/Lang"] == "en-GB"  # type: ignore[index]  # a PDF dictionary
    assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]  # the same
    metadata = root["/Metadata"].get_object().get_data()  # type: ignore[index]  # the same
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]  # the same
    assert fonts
    assert all("LiberationSans" in font["/BaseFont"] for font in fonts)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_letter_gives_the_same_bytes(name: str) -> None:
    """An approved PDF can be made again and compared."""
    assert sha256(render_pdf(agreed(name))).digest() == sha256(render_pdf(agreed(name))).digest()


def test_everything_a_letter_can_hold_is_tagged() -> None:
    """Headings, lists, tables with headings and links are tagged as such, so that they are read as such."""
    found = roles(read(EVERYTHING))
    assert found[0] == "Document"
    assert found.count("H1") == 1
    assert found.count("H2") == 1
    assert found.count("L") == 4
    assert found.count("LI") == 8
    assert found.count("Table") == 1
    assert found.count("TH") == 3
    assert found.count("TD") == 6
    assert found.count("Link") == 3
    assert spoken(words(read(EVERYTHING))).endswith("YourssincerelyInformationGovernanceTeamExampleshireCouncil")


def test_links_lead_where_the_text_says() -> None:
    """The address stands in the text, for a letter is printed too, and the requester's are not links."""
    targets = [note.get_object()["/A"]["/URI"] for page in read(EVERYTHING).pages for note in page.get("/Annots", [])]
    assert targets == [
        "mailto:infogov@example.gov.uk",
        "https://www.example.gov.uk/posts",
        "https://www.example.gov.uk/log",
    ]


@pytest.mark.parametrize(
    "kind", [kind for kind in BlockKind if kind not in {BlockKind.LINK, BlockKind.LIST, BlockKind.TABLE}]
)
def test_text_stays_text_in_every_block(kind: BlockKind) -> None:
    """Nothing typed is read as typst: no code runs, no file is read, no mark is lost."""
    assert spoken(INERT) in spoken(words(read(letter_of((BlockKind.HEADING, "x"), (kind, INERT)))))


def test_a_list_or_table_cell_stays_text_too() -> None:
    """The same in the two blocks that are cut into pieces."""
    letter = letter_of((BlockKind.LIST, INERT), (BlockKind.TABLE, f"a\tb\n{INERT}\t2"))
    assert spoken(words(read(letter))).count(spoken(INERT)) == 2


def test_what_the_font_cannot_show_is_written_out() -> None:
    """No character is lost in silence, and none stops a letter."""
    assert showable("plain text") == "plain text"
    assert showable("Siân ŵ ŷ Łódź “£5” é") == "Siân ŵ ŷ Łódź “£5” é"
    assert showable("a 🙂 b\ufe0f") == "a [slightly smiling face] b"
    assert showable("漢") == "[U+6F22]"
    assert showable("a\u200b\ufeff\u202eb") == "ab"
    assert showable("a\tb\nc") == "a\tb\nc"
    odd = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x3000, 7), 0xFFFE, 0xFFFF, 0x1F600, 0xE000, 0x10FFFF]))
    assert "[U+FFFF]" in words(read(letter_of((BlockKind.PARAGRAPH, odd)))).replace("\n", "")


def test_only_our_own_font_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A letter looks the same on a machine with other fonts, or with none."""
    before = render_pdf(EVERYTHING)
    monkeypatch.setenv("TYPST_FONT_PATHS", str(tmp_path))
    assert render_pdf(EVERYTHING) == before


def test_the_licence_of_the_font_travels_with_it() -> None:
    """The font may be passed on only with its licence beside it."""
    folder = resources.templates() / "fonts"
    assert "SIL Open Font License" in (folder / "OFL.txt").read_text(encoding="utf-8")
    assert sorted(path.suffix for path in folder.iterdir()) == [".ttf", ".ttf", ".txt"]


def test_the_template_reads_no_other_file_and_no_network() -> None:
    """What typst is given reads nothing but the data it is handed."""
    template = (templating.letters_folder() / "page.typ").read_text(encoding="utf-8")
    # The crest comes in as bytes, not as a file's name.
    template = template.replace("image(bytes(d.crest)", "")
    assert not re.findall(r"@preview|#import|#include|\b(?:read|image|plugin|csv|yaml|toml|xml|eval)\(", template)


def test_a_pdf_that_would_not_be_accessible_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A page template that skips a heading level makes no PDF but an error that says so."""
    folder = tmp_path
    (folder / "page.typ").write_text(
        '#set document(title: "x")\n#set text(font: "Liberation Sans")\n= One\n=== Three\n', encoding="utf-8"
    )
    monkeypatch.setattr("pipeline.letters.pdf.letters_folder", lambda: folder)
    with pytest.raises(UsageError, match=r"FOI246813579: no accessible PDF can be made of this letter: .*heading"):
        render_pdf(EVERYTHING)


def test_a_long_letter_numbers_its_pages() -> None:
    """Printed pages can be put in order again, and a table's headings stand on each of them."""
    rows = "\n".join(f"{number}\t{number * number}" for number in range(200))
    reader = read(letter_of((BlockKind.TABLE, f"Number\tSquare\n{rows}")))
    assert len(reader.pages) > 3
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert f"FOI246813579 {number} / {len(reader.pages)}" in text
        assert "Number Square" in text


def test_a_welsh_letter_says_that_it_is_welsh() -> None:
    """The document's language is that of its words, without a region it does not need."""
    assert read(letter_of((BlockKind.PARAGRAPH, "Diolch."), language="cy")).trailer["/Root"]["/Lang"] == "cy"  # type: ignore[index]  # a PDF dictionary


def test_a_very_long_answer_is_all_there() -> None:
    """A megabyte of answer becomes a long document, not a fault, and its end is on the last page."""
    letter = letter_of((BlockKind.ANSWER, "lamp posts and lamps " * 50_000), (BlockKind.SIGN_OFF, "The very end"))
    assert "The very end" in read(letter).pages[-1].extract_text()
