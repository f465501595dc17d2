"""Texts of attachments, the limits that hold before anything is opened, and the sentences for what can't be read."""

from __future__ import annotations

import tracemalloc
import zipfile
import zlib

import office_files as office
import pytest
from corpus_contents import ASKED, SEE, WORD, WORD_LETTER, mail
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.errors import InfogovError, UnreadableError
from pipeline.mail.contents import NOTHING, Contents, contents_of, read_contents, without_armour
from pipeline.mail.docx_text import docx_text, main_part
from pipeline.mail.files import File, FileKind, kind_of
from pipeline.mail.odt_text import odt_text
from pipeline.mail.parsing import attachment_bytes, parse
from pipeline.mail.pdf_text import pdf_text
from pipeline.mail.rtf_text import decompress, rtf_to_text
from pipeline.mail.zipped import Archive, ProtectedError

FORM = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >> /Length %d >>\nstream\n%s\nendstream"


def read(*files: tuple[str, str, bytes], body: str = SEE) -> Contents:
    """What is read of a mail with *files*."""
    raw = mail(body, *files)
    return read_contents(raw, parse(raw))


def word(data: bytes) -> str:
    """The text of a Word document."""
    archive = Archive(data)
    main = main_part(archive)
    assert main is not None
    return docx_text(archive, main)


# ---- word processors ---------------------------------------------------------------------------------------------------


def test_word_numbers_are_those_the_reader_sees() -> None:
    """Numbers that Word works out itself stand before their paragraphs; bullets become dashes."""
    text = word(
        office.docx(
            ["Dear all", ("How many?", "List Number"), ("Where?", "List Number"), ("Aside", "List Bullet"), "End"]
        )
    )
    assert text == "Dear all\n1. How many?\n2. Where?\n- Aside\nEnd"


def test_word_tables_read_row_by_row() -> None:
    """Cells of a row stand side by side, a number beside its question."""
    assert (
        word(office.docx([], [["1", "How many?"], ["2", "Where?\nAnd when?"]])) == "1  How many?\n2  Where?\nAnd when?"
    )


def _document(body: str) -> bytes:
    main = f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="urn:m">{body}</w:document>'
    return office.zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": main.encode()})


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>In a field</w:t></w:r></w:p></w:sdtContent></w:sdt>", "In a field"),
        ("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>", "a\tb\nc"),
        ("<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>no tab</w:t></w:r></w:p>", "no tab"),
        (
            "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t>kept</w:t></w:r></w:ins></w:p>",
            "kept",
        ),
        ("<w:p><w:r><mc:Fallback><w:t>twice</w:t></mc:Fallback><w:t>once</w:t></w:r></w:p>", "once"),
        ("<w:p><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>", ""),
    ],
)
def test_word_elements(body: str, text: str) -> None:
    """Fields, tabs, tracked changes and drawings read as they look."""
    assert word(_document(body)) == text


def test_open_document() -> None:
    """Spans, spaces, lists with their numbers and tables of an OpenDocument text."""
    body = (
        "<text:p>Dear <text:span>all</text:span>,<text:s text:c='2'/>hello<text:line-break/>there</text:p><text:tracked-changes>"
        "<text:p>gone</text:p></text:tracked-changes><text:list text:style-name='L1'><text:list-item><text:p>How many?</text:p>"
        "</text:list-item><text:list-item><text:p>Where?</text:p></text:list-item></text:list>"
    )
    assert odt_text(Archive(office.odt(body))) == "Dear all,  hello\nthere\n1. How many?\n2. Where?"


def test_entities_are_not_followed() -> None:
    """An entity is neither expanded nor fetched from disk."""
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    xml = (
        bomb
        + '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:document>'
    )
    for entity in ("&b;", "&f;"):
        text = word(office.zipped({"word/document.xml": xml.format(entity).encode()}))
        assert text == ""


def test_rich_text() -> None:
    """Accents in every spelling, list numbers, fields and cells come out; fonts, pictures and hidden groups do not."""
    source = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator Writer;}{\listtext\tab 1.\tab}Caf\'e9 \u373?\u8364?\par "
        rb"{\field{\*\fldinst HYPERLINK x}{\fldrslt link}} \{ok\}\par{\pict\bin4 }}}}}a\cell b\row \u-10179?\u-8704?}"
    )
    assert rtf_to_text(source) == "1.\tCafé ŵ€\nlink {ok}\na  b\n\U0001f600"


def test_compressed_rich_text() -> None:
    """References into the dictionary, the part of it that every reader knows beforehand, and plain storage are unpacked."""
    # Literals, then a reference to the eleven bytes "{\\rtf1\\ansi" that stand at the beginning of the dictionary, then the end.
    packed = bytes([0b00000010]) + b"{" + (0 << 4 | 9).to_bytes(2, "big") + b"z"
    data = (len(packed) + 12).to_bytes(4, "little") + (13).to_bytes(4, "little") + b"LZFu" + bytes(4) + packed
    assert decompress(data) == b"{{\\rtf1\\ansiz"
    assert decompress(bytes(4) + (3).to_bytes(4, "little") + b"MELA" + bytes(4) + b"abcdef") == b"abc"
    with pytest.raises(ValueError, match="not compressed"):
        decompress(bytes(20))


# ---- PDF ---------------------------------------------------------------------------------------------------------------


def test_pdf_reads_fifty_pages() -> None:
    """Of a long PDF the first fifty pages are read, and the officer is told."""
    found = read(("long.pdf", "application/pdf", office.pdf(*(f"Page {number}" for number in range(1, 53)))))
    assert "Page 50" in found.text
    assert "Page 51" not in found.text
    assert found.unreadable == ('"long.pdf" is longer than 50 pages; only its first pages were read',)


def test_pdf_form_fields_are_read() -> None:
    """What was typed into a form is read though no page shows it."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> >>",
        b"<< /FT /Tx /T (Your question) /V (How many bins are there?) >>",
    ]
    assert pdf_text(office.pdf_of(objects)) == ("Your question: How many bins are there?", False)


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_pdf_passwords(algorithm: str) -> None:
    """A PDF that only forbids printing is read; one that needs a password to open is protected."""
    assert "How many" in pdf_text(office.locked_pdf("How many?", user="", algorithm=algorithm))[0]
    with pytest.raises(ProtectedError):
        pdf_text(office.locked_pdf("How many?", user="secret", algorithm=algorithm))


def test_pdf_drawings_within_drawings_come_to_an_end() -> None:
    """A drawing that shows the next one a hundred times over, twelve deep, is not followed for ever."""
    depth = 12
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >> /Contents 4 0 R >>",
        b"<< /Length 5 >>\nstream\n/X Do\nendstream",
    ]
    shown = b"/X Do " * 100
    objects += [FORM % (6 + level, len(shown), shown) for level in range(depth)]
    objects.append(FORM % (99, 1, b" "))
    assert pdf_text(office.pdf_of(objects))[0].strip() == ""


def test_pdf_too_many_fonts_and_operations() -> None:
    """A page with more fonts than any letter, or more drawing than any letter, is left to a person."""
    fonts = b"".join(b"/F%d 4 0 R " % number for number in range(80))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R /Resources << /Font << "
        + fonts
        + b">> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length 2 >>\nstream\nBT\nendstream",
    ]
    with pytest.raises(UnreadableError, match="too complicated"):
        pdf_text(office.pdf_of(objects))
    content = zlib.compress(b"q Q " * 600_000)
    objects[2] = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>"
    )
    objects[4] = b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(content) + content + b"\nendstream"
    with pytest.raises(UnreadableError):
        pdf_text(office.pdf_of(objects))


# ---- limits ------------------------------------------------------------------------------------------------------------


def test_bombs_are_refused_before_they_unpack() -> None:
    """Neither a declared nor a real bomb costs memory: no more than the limit is ever unpacked."""
    data = office.zipped({"word/document.xml": b" " * 60_000_000})
    tracemalloc.start()
    found = read(("a.docx", WORD, data))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.unreadable == ('"a.docx" could not be read: it unpacks to more than 20 MB',)
    assert peak < 20_000_000


def test_a_bomb_that_lies_about_its_size() -> None:
    """An entry that declares ten bytes and holds three million is not believed."""
    data = bytearray(office.zipped({"word/document.xml": b" " * 3_000_000}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(signature) + offset
        data[at : at + 4] = (10).to_bytes(4, "little")
    assert "could not be read" in read(("a.docx", WORD, bytes(data))).unreadable[0]


def test_archives_of_too_many_or_unusual_entries() -> None:
    """More than 500 entries, other methods of packing and encrypted entries are refused with their reason."""
    many = office.zipped({f"word/{number}.xml": b"" for number in range(600)})
    assert "it holds more than 500 files" in read(("a.docx", WORD, many)).unreadable[0]
    squeezed = office.zipped({"word/document.xml": b"<a/>"}, zipfile.ZIP_BZIP2)
    assert "it is packed in an unusual way" in read(("a.docx", WORD, squeezed)).unreadable[0]
    locked = bytearray(office.zipped({"word/document.xml": b"<a/>"}))
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    assert "it is protected by a password" in read(("a.docx", WORD, bytes(locked))).unreadable[0]


def test_large_files_and_many_files_are_not_opened() -> None:
    """A file over 10 MB, files over 20 MB together and the twenty-first file are named and left shut."""
    assert "it is larger than 10 MB" in read(("a.txt", "text/plain", b"a" * (10 * 2**20 + 1))).unreadable[0]
    three = [(f"{number}.txt", "text/plain", b"a" * (9 * 2**20)) for number in range(3)]
    assert any("larger than 20 MB together" in sentence for sentence in read(*three).unreadable)
    found = read(*[(f"{number}.txt", "text/plain", b"word") for number in range(22)])
    assert len(found.read) == 20
    assert len(found.unreadable) == 2


def test_mails_within_mails_end() -> None:
    """Mails attached to mails are opened three deep."""
    raw = mail("The innermost words")
    for _ in range(8):
        raw = mail(SEE, ("inner.eml", "message/rfc822", raw))
    assert "The innermost words" not in read_contents(raw, parse(raw)).text


# ---- the mail as a whole -----------------------------------------------------------------------------------------------


def test_ordinary_mail_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail that speaks for itself costs nothing: no attachment of it is decoded."""
    raw = mail(ASKED, ("request.docx", WORD, WORD_LETTER))
    message = parse(raw)
    monkeypatch.setattr("pipeline.mail.contents.attached_files", None)
    assert contents_of(raw, message, message.new_text) is NOTHING


def test_names_are_cleaned() -> None:
    """A hostile name reaches a reason only as plain text."""
    found = read(("../../etc/\u202epasswd.bin", "application/octet-stream", b"\0\1\2"))
    assert found.unreadable == ('"passwd.bin" could not be read: it is a kind of file, which is not read here',)


def test_signatures_calendars_and_logos_say_nothing() -> None:
    """Signatures, invitations, cards and small pictures are no unreadable requests."""
    found = read(
        ("signature.asc", "application/pgp-signature", b"-----BEGIN PGP SIGNATURE-----"),
        ("invite.ics", "text/calendar", b"BEGIN:VCALENDAR"),
        ("card.vcf", "text/vcard", b"BEGIN:VCARD"),
        ("logo.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(500)),
    )
    assert found == NOTHING


def test_a_wrapped_attachment_can_be_fetched() -> None:
    """An attachment out of winmail.dat is listed with its digest, and its bytes are handed out by it."""
    raw = mail(ASKED, ("winmail.dat", "application/ms-tnef", office.tnef("", [("photo list.txt", b"one two")])))
    listed = parse(raw).attachments
    assert [one.name for one in listed] == ["winmail.dat", "photo list.txt"]
    assert attachment_bytes(raw, listed[1].sha256) == b"one two"


def test_armour_is_taken_out() -> None:
    """What stands around an encrypted block is kept; a block without an end takes the rest."""
    block = "-----BEGIN PGP MESSAGE-----\nabc\n-----END PGP MESSAGE-----"
    assert without_armour(f"Hello\n{block}\nbye {block}") == "Hello\n\nbye "
    assert without_armour("Hello -----BEGIN PGP MESSAGE-----\nabc") == "Hello "


@pytest.mark.parametrize(
    ("name", "declared", "data", "kind"),
    [
        ("a.docx", WORD, b"%PDF-1.4", FileKind.PDF),
        ("a.pdf", "application/pdf", b"PK\x03\x04", FileKind.ZIP),
        ("a", "", b"{\\rtf1", FileKind.RTF),
        ("a.eml", "application/octet-stream", b"Subject: x\r\n\r\n", FileKind.MESSAGE),
        ("a", "application/octet-stream", b"<!DOCTYPE html><p>", FileKind.HTML),
        ("a.txt", "", b"words", FileKind.TEXT),
        ("a.txt", "text/plain", b"\0\1\2", FileKind.OTHER),
        ("a", "audio/mpeg", b"\0\1", FileKind.PICTURE),
        ("report", "message/delivery-status", b"Action: failed", FileKind.REPORT),
    ],
)
def test_kinds_are_told_by_bytes(name: str, declared: str, data: bytes, kind: FileKind) -> None:
    """The first bytes decide before the declared type, and that before the name."""
    assert kind_of(File(name=name, content_type=declared, data=data)) is kind


HEADS = (
    b"",
    b"%PDF-1.4\n",
    b"{\\rtf1 ",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\x78\x9f\x3e\x22",
    b"\x30\x80\x06\x09",
)
WHOLE = (
    office.pdf(ASKED),
    WORD_LETTER,
    office.odt("<text:p>x</text:p>"),
    office.rtf(ASKED),
    office.tnef("body", [("a.txt", b"abc")], properties={(0x37, 0x1F): b"a\0"}, embedded=office.tnef("inner")),
    office.msg("s", ("a", "a@example.org"), "body", [("a.txt", b"abc")]),
    office.signed(b"Content-Type: text/plain\r\n\r\nwords", streamed=True),
)


@given(st.sampled_from(HEADS), st.binary(max_size=600), st.sampled_from(["a.bin", "a.eml", "a.p7m", "winmail.dat"]))
def test_any_bytes_give_contents(head: bytes, rest: bytes, name: str) -> None:
    """Whatever is attached, reading it ends with contents, text or sentence, and never with an exception."""
    assert isinstance(read((name, "application/octet-stream", head + rest)), Contents)


@settings(max_examples=200)
@given(
    st.sampled_from(WHOLE), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12), st.floats(0.2, 1)
)
def test_any_damage_gives_contents(whole: bytes, hits: list[tuple[float, int]], kept: float) -> None:
    """A sound file with bytes changed and its end cut off is read or named as damaged."""
    data = bytearray(whole)
    for place, byte in hits:
        data[int(place * (len(data) - 1))] = byte
    assert isinstance(read(("a", "application/octet-stream", bytes(data[: int(len(data) * kept)]))), Contents)


@given(st.binary(max_size=400))
def test_each_reader_ends_with_its_own_errors(data: bytes) -> None:
    """The single readers raise nothing but our errors and ValueError."""
    for reader in (pdf_text, word, lambda raw: odt_text(Archive(raw)), rtf_to_text, decompress):
        try:
            reader(data)
        except (InfogovError, ValueError) as error:
            assert str(error)  # noqa: PT017 - which error it is depends on the bytes
