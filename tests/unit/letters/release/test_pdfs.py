"""PDF files that leak are caught operator by operator, their clean copies are rewritten, and clean ones pass."""

from __future__ import annotations

import io

import pytest
from leaking import pdfs
from leaking.pdfs import BOX, LINE, annotate, pdf
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject, TextStringObject

from pipeline.domain.errors import NotAllowedError
from pipeline.letters.release import CleanForm, ReleaseFile, ReleaseReport, Rule, clean_copy, examine

SEE_THROUGH = DictionaryObject({NameObject("/G1"): DictionaryObject({NameObject("/ca"): FloatObject(0.3)})})
BLACKED = {
    "box over words": pdf(LINE + BOX),
    "box of lines": pdf(LINE + "0 g 70 696 m 170 696 l 170 712 l 70 712 l h f\n"),
    "thick stroke": pdf(LINE + "16 w 70 704 m 170 704 l S\n"),
    "dark words on a dark box": pdf(BOX + LINE),
    "scaled and moved box": pdf(LINE + "q 2 0 0 2 10 16 cm 0 g 30 340 50 8 re f Q\n"),
    "four-colour black": pdf(LINE + "0 0 0 1 k 70 696 100 16 re f\n"),
    "box in a form": pdfs.drawn_inside(LINE + "/Fm1 Do\n", BOX),
    "words in a form": pdfs.drawn_inside("/Fm1 Do\n" + BOX, LINE),
    "pieces of words": pdf("BT /F1 12 Tf 72 700 Td [(Mau) -20 (reen)] TJ 0 -2 TD (Sample) ' ET\n" + BOX),
    "a box one can lift off": pdf(LINE, annotate("Square", IC=(0, 0, 0))),
    "a black highlighter": pdf(LINE, annotate("Highlight", C=(0, 0, 0))),
    "part of a line": pdf(LINE + "0 g 72 698 40 12 re f\n"),
}
HARMLESS = {
    "words alone": pdf(LINE),
    "a rule below words": pdf(LINE + "0 g 70 697 100 0.7 re f\n"),
    "a box beside words": pdf(LINE + "0 g 70 400 100 16 re f\n"),
    "a table's ground": pdf("0.9 g 70 696 100 16 re f 0 g\n" + LINE),
    "white words on a dark heading": pdf("0 g 70 696 300 16 re f 1 g\n" + LINE),
    "a see-through marker": pdf(LINE + "/G1 gs 1 1 0 rg 70 696 100 16 re f\n", ExtGState=SEE_THROUGH),
    "a box cut off by its clip": pdf(LINE + "q 300 300 10 10 re W n 0 g 0 0 595 842 re f Q\n"),
}


def looked(content: bytes) -> ReleaseReport:
    """What the check says of one PDF."""
    return examine((ReleaseFile(name="report.pdf", content=content),), "", own_contacts=frozenset())


def with_script(writer: PdfWriter) -> None:
    """A script that runs on opening."""
    names = {"S": NameObject("/JavaScript"), "JS": TextStringObject("app.alert('hello')")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject(f"/{key}"): value for key, value in names.items()}
    )


def with_layer_off(writer: PdfWriter) -> None:
    """A layer that is switched off."""
    group = writer._add_object(
        DictionaryObject({NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): TextStringObject("draft")})
    )
    settings = DictionaryObject({NameObject("/OFF"): ArrayObject([group])})
    writer.root_object[NameObject("/OCProperties")] = DictionaryObject(
        {NameObject("/OCGs"): ArrayObject([group]), NameObject("/D"): settings}
    )


def with_field(writer: PdfWriter) -> None:
    """A form field that somebody filled in."""
    field = DictionaryObject(
        {
            NameObject("/FT"): NameObject("/Tx"),
            NameObject("/T"): TextStringObject("contact"),
            NameObject("/V"): TextStringObject("m.sample@example.org"),
        }
    )
    form = DictionaryObject({NameObject("/Fields"): ArrayObject([writer._add_object(field)])})
    writer.root_object[NameObject("/AcroForm")] = form


def with_attachment(writer: PdfWriter) -> None:
    """A file attached to the PDF."""
    writer.add_attachment("people.csv", b"Name\r\nMaureen Sample\r\n")


def with_author(writer: PdfWriter) -> None:
    """Who wrote it."""
    writer.add_metadata({"/Author": pdfs.SECRET})


@pytest.mark.parametrize("content", HARMLESS.values(), ids=HARMLESS)
def test_harmless_drawing_gives_no_finding(content: bytes) -> None:
    """Rules, table grounds, headings and markers that anyone can read through are left alone."""
    assert looked(content).findings == ()


@pytest.mark.parametrize("content", BLACKED.values(), ids=BLACKED)
def test_words_under_black_are_a_stop_without_a_clean_copy(content: bytes) -> None:
    """However the black came over the words, they can still be copied out, and only the source mends that."""
    assert Rule.TEXT_UNDER_BOX in {finding.rule for finding in looked(content).stops}
    with pytest.raises(NotAllowedError, match="Go back to the source"):
        clean_copy(ReleaseFile(name="report.pdf", content=content), CleanForm.PDF)


def test_a_redaction_that_was_only_marked_is_a_stop() -> None:
    """Marking is not applying."""
    assert Rule.REDACTION_NOT_APPLIED in {finding.rule for finding in looked(pdf(LINE, annotate("Redact"))).stops}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        pytest.param(pdf(LINE + "1 g 70 696 100 16 re f\n"), Rule.COVERED_TEXT, id="white box"),
        pytest.param(pdfs.pictured(LINE + "q 100 0 0 16 70 696 cm /Im1 Do Q\n"), Rule.COVERED_TEXT, id="picture"),
        pytest.param(pdf("1 g " + LINE), Rule.INVISIBLE_TEXT, id="white on white"),
        pytest.param(pdf("BT 3 Tr ET " + LINE), Rule.INVISIBLE_TEXT, id="not drawn"),
        pytest.param(pdf(LINE + LINE.replace("72 700", "72 900")), Rule.TEXT_OUTSIDE_PAGE, id="off the page"),
        pytest.param(pdfs.pictured("q 595 0 0 842 0 0 cm /Im1 Do Q BT 3 Tr ET\n" + LINE), Rule.SCAN_TEXT, id="scan"),
        pytest.param(pdfs.pictured(LINE + "q 595 0 0 842 0 0 cm /Im1 Do Q\n"), Rule.SCAN_TEXT, id="scan over its text"),
        pytest.param(pdf(LINE, with_layer_off), Rule.HIDDEN_LAYERS, id="layer"),
    ],
)
def test_words_that_cannot_be_seen_are_found(content: bytes, rule: Rule) -> None:
    """What a reader of the page does not see, an approver has to settle."""
    assert looked(content).rules == {rule}


@pytest.mark.parametrize(
    ("content", "rules"),
    [
        pytest.param(pdf(LINE, with_author), {Rule.PROPERTIES}, id="author"),
        pytest.param(pdf(LINE, with_script), {Rule.JAVASCRIPT}, id="script"),
        pytest.param(pdf(LINE, with_attachment), {Rule.ATTACHED_FILES, Rule.NAMES_COLUMN}, id="attachment"),
        pytest.param(pdf(LINE, annotate("Text")), {Rule.COMMENTS}, id="note"),
        pytest.param(pdf(LINE, annotate("Highlight", C=(1, 1, 0))), {Rule.COMMENTS}, id="marker"),
        pytest.param(pdf(LINE, with_field), {Rule.FORM_FIELDS, Rule.EMAIL}, id="field"),
        pytest.param(
            pdfs.saved_again(pdf(LINE, with_author)), {Rule.EARLIER_VERSIONS, Rule.PROPERTIES}, id="earlier version"
        ),
    ],
)
def test_what_is_beside_the_pages_is_found_and_left_behind(content: bytes, rules: set[Rule]) -> None:
    """The copy keeps the page's words and nothing of what was beside them, in any object of the file."""
    assert looked(content).rules == rules
    copy = clean_copy(ReleaseFile(name="report.pdf", content=content), CleanForm.PDF)
    assert copy.after.findings == ()
    assert copy.name == "report-clean.pdf"
    reader = PdfReader(io.BytesIO(copy.content))
    assert "Maureen Sample complained" in reader.pages[0].extract_text()
    objects = b"".join(str(reader.get_object(number)).encode() for number in range(1, len(reader.xref[0]) + 1))
    for left in (b"ask Legal", b"people.csv", b"app.alert", b"m.sample@example.org", b"/Author"):
        assert left not in objects + copy.content


def test_a_pdf_copy_keeps_outside_links_and_its_title() -> None:
    """A link to a web page and the title that screen readers read out stay."""

    def change(writer: PdfWriter) -> None:
        action = DictionaryObject(
            {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): TextStringObject("https://www.example.gov.uk")}
        )
        annotate("Link", A=action)(writer)
        writer.add_metadata({"/Title": "Our answer"})

    copy = clean_copy(ReleaseFile(name="a.pdf", content=pdf(LINE, change)), CleanForm.PDF)
    reader = PdfReader(io.BytesIO(copy.content))
    assert reader.metadata.title == "Our answer"
    assert reader.pages[0]["/Annots"][0]["/A"]["/URI"] == "https://www.example.gov.uk"


def test_a_stamp_with_a_black_box_is_a_stop() -> None:
    """A stamp draws itself; if that is black and lies over words, anyone can take the stamp away."""

    def change(writer: PdfWriter) -> None:
        look = DecodedStreamObject()
        look.set_data(b"0 g 0 0 100 16 re f")
        look[NameObject("/BBox")] = ArrayObject([FloatObject(number) for number in (0, 0, 100, 16)])
        look[NameObject("/Subtype")] = NameObject("/Form")
        annotate("Stamp", AP=DictionaryObject({NameObject("/N"): writer._add_object(look)}))(writer)

    assert Rule.TEXT_UNDER_BOX in looked(pdf(LINE, change)).rules


def test_a_box_in_a_printers_ink_is_black_at_full_strength() -> None:
    """In a separation colour 1 is full ink and 0 is none."""
    space = ArrayObject(
        [NameObject("/Separation"), NameObject("/Black"), NameObject("/DeviceGray"), DictionaryObject()]
    )
    spaces = DictionaryObject({NameObject("/CS1"): space})
    dark, none = (pdf(LINE + f"/CS1 cs {ink} scn 70 696 100 16 re f\n", ColorSpace=spaces) for ink in (1, 0))
    assert looked(dark).rules == {Rule.TEXT_UNDER_BOX}
    assert looked(none).rules == {Rule.COVERED_TEXT}


@pytest.mark.parametrize(("widths", "rule"), [("wide", Rule.TEXT_UNDER_BOX), ("narrow", None)])
def test_composite_fonts_are_measured_by_their_own_widths(widths: str, rule: Rule | None) -> None:
    """Two bytes make a letter, and the font says how wide it is: only wide letters reach the box on the right."""
    each = 1500 if widths == "wide" else 100
    array = ArrayObject(
        [FloatObject(0), ArrayObject([FloatObject(each)]), FloatObject(1), FloatObject(90), FloatObject(each)]
    )
    descendant = DictionaryObject({NameObject("/Subtype"): NameObject("/CIDFontType2"), NameObject("/W"): array})
    font = DictionaryObject(
        {NameObject("/Subtype"): NameObject("/Type0"), NameObject("/DescendantFonts"): ArrayObject([descendant])}
    )
    fonts = DictionaryObject({NameObject("/F2"): font})
    page = "BT /F2 12 Tf 72 700 Td <00010002000300040005> Tj ET 0 g 120 696 20 16 re f\n"
    found = {finding.rule for finding in looked(pdf(page, Font=fonts)).stops}
    assert found == ({rule} if rule else set())


def test_an_encrypted_pdf_is_a_stop() -> None:
    """What is locked can't be checked, and nothing that was not checked goes out."""

    def change(writer: PdfWriter) -> None:
        writer.encrypt("open sesame", algorithm="RC4-40")

    assert looked(pdf(LINE, change)).rules == {Rule.PASSWORD}


def test_personal_data_is_found_by_its_page() -> None:
    """The officer learns on which page an address stands."""
    finding = looked(pdf(LINE.replace("complained", "m.sample@example.org"))).findings[0]
    assert (finding.rule, finding.place) == (Rule.EMAIL, "page 1")


def test_a_form_that_draws_itself_comes_to_an_end() -> None:
    """Drawings that call each other without end are a file that can't be checked, not a check that never ends."""
    content = pdfs.drawn_inside("/Fm1 Do\n", "/Fm1 Do /Fm1 Do\n")
    assert Rule.UNREADABLE in looked(content).rules
