"""Saved mails and archives are opened, their attachments looked at; bombs, passwords and disguises are stops."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

import pytest
from leaking import documents, pdfs, sheets
from leaking.packed import added, changed, packed

from pipeline.letters.release import Level, ReleaseFile, ReleaseReport, Rule, examine

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OUTLOOK_TAIL = (
    "Please see below.\n\nFrom: Sample, Maureen\nSent: 1 May 2024 09:00\nTo: Parks\nSubject: Dogs\n\nThe dog again.\n"
)
QUOTED_TAIL = (
    "Noted.\n\nOn Wed, 1 May 2024 at 09:00, Parks <parks@example.gov.uk> wrote:\n> The dog again.\n> And its owner.\n"
)


def looked(name: str, content: bytes) -> ReleaseReport:
    """What the check says of one file, example.gov.uk being the council's own."""
    return examine((ReleaseFile(name=name, content=content),), "", own_contacts=frozenset({"example.gov.uk"}))


def mail(text: str, *attachments: tuple[str, bytes]) -> bytes:
    """A saved mail between two officers."""
    message = EmailMessage()
    message["From"] = "Parks <parks@example.gov.uk>"
    message["To"] = "Legal <legal@example.gov.uk>"
    message["Subject"] = "Dogs"
    message.set_content(text)
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def test_a_single_mail_between_officers_gives_no_finding() -> None:
    """One message, the council's own addresses, nothing attached."""
    assert looked("dogs.eml", mail("The dog is gone.\n")).findings == ()


@pytest.mark.parametrize("text", [OUTLOOK_TAIL, QUOTED_TAIL, "Yes.\n\n-----Original Message-----\nThe dog again.\n"])
def test_earlier_messages_below_the_newest_are_found(text: str) -> None:
    """A thread's tail goes out with its head, however the program marked it."""
    assert Rule.MAIL_THREAD in looked("dogs.eml", mail(text)).rules


def test_what_is_attached_to_a_mail_is_looked_into() -> None:
    """A workbook in a mail leaks what it would leak by itself; strangers' addresses in its head count too."""
    content = mail("See attached.", ("people.xlsx", sheets.leaking(sheets.hidden_sheet))).replace(
        b"legal@example.gov.uk", b"m.sample@example.org"
    )
    report = looked("dogs.eml", content)
    assert report.rules == {Rule.ATTACHED_FILES, Rule.HIDDEN_SHEET, Rule.EMAIL}
    assert [finding.file for finding in report.stops] == ["dogs.eml > people.xlsx"]


def test_a_mail_attached_to_a_mail_is_part_of_the_thread() -> None:
    """Forwarded as an attachment, the earlier mail goes out all the same; an encrypted one could not be checked."""
    outer = EmailMessage()
    outer["From"] = "parks@example.gov.uk"
    outer.set_content("See attached.")
    inner = EmailMessage()
    inner["From"] = "m.sample@example.org"
    inner.set_content("The dog again, says m.sample@example.org.")
    outer.add_attachment(inner)
    assert {Rule.MAIL_THREAD, Rule.EMAIL} <= looked("dogs.eml", outer.as_bytes()).rules
    locked = outer.as_bytes().replace(b"message/rfc822", b"application/pkcs7-mime")
    assert looked("dogs.eml", locked).rules == {Rule.PASSWORD}


def test_a_mail_without_its_ending_is_still_known_for_one() -> None:
    """The head of a mail gives it away."""
    assert Rule.MAIL_THREAD in looked("dogs.txt", mail(QUOTED_TAIL)).rules


def test_an_archive_of_clean_files_gives_no_finding_and_a_leak_in_it_does() -> None:
    """Each file of an archive is looked at under its own name."""
    clean = {"a.xlsx": sheets.saved(sheets.book()), "b/c.pdf": pdfs.pdf(pdfs.LINE)}
    assert looked("all.zip", packed(clean)).findings == ()
    report = looked("all.zip", packed(clean | {"d.docx": documents.tracked(), "__MACOSX/._d.docx": b"\0\1"}))
    assert [(finding.rule, finding.file) for finding in report.stops] == [(Rule.TRACKED_CHANGES, "all.zip > d.docx")]
    assert Rule.CUSTOM_DATA in report.rules


@pytest.mark.parametrize("inner", [packed({"a.txt": b"hello"}), b"\x1f\x8b\x08\0data", b"7z\xbc\xaf\x27\x1cdata"])
def test_an_archive_in_an_archive_is_a_stop(inner: bytes) -> None:
    """One level is opened; what hides deeper nobody saw."""
    assert looked("all.zip", packed({"more.zip": inner})).rules == {Rule.NESTED_ARCHIVE}


def test_a_bomb_is_a_stop_before_it_goes_off() -> None:
    """A part that would unpack to far more than it measures is never unpacked."""
    bomb = packed({"zeros.txt": b"\0" * 60_000_000})
    assert len(bomb) < 200_000
    assert looked("all.zip", bomb).rules == {Rule.UNREADABLE}
    assert looked("a.xlsx", added(sheets.saved(sheets.book()), {"xl/x.bin": b"\0" * 60_000_000})).rules == {
        Rule.UNREADABLE
    }


def test_a_locked_archive_and_a_locked_workbook_are_stops() -> None:
    """What needs a password could not be checked."""
    content = bytearray(packed({"a.txt": b"hello"}))
    for marker, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(marker) + offset] |= 1
    assert looked("all.zip", bytes(content)).rules == {Rule.PASSWORD}
    assert looked("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le")).rules >= {Rule.PASSWORD}


@pytest.mark.parametrize("name", ["a.xls", "a.doc", "a.msg"])
def test_old_office_files_are_stops_with_the_way_out(name: str) -> None:
    """They are not read here; the officer saves them in a format that is."""
    finding = looked(name, OLE + b"\0" * 600).stops[0]
    assert finding.rule is Rule.UNREADABLE
    assert "save it as xlsx" in finding.place


def test_two_parts_of_one_name_are_a_stop() -> None:
    """Which of the two a program shows depends on the program, so neither was seen for certain."""
    buffer = io.BytesIO(sheets.saved(sheets.book()))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/workbook.xml", b"<a/>")
    assert looked("a.xlsx", buffer.getvalue()).rules == {Rule.UNREADABLE}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding: str) -> None:
    """A part that declares a document type is refused unread, so that no entity can grow or fetch a file."""
    attack = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY y "&x;&x;">]><worksheet>&y;</worksheet>'
    content = added(sheets.saved(sheets.book()), {"xl/worksheets/sheet1.xml": attack.encode(encoding)})
    assert looked("a.xlsx", content).rules == {Rule.UNREADABLE}


def test_a_damaged_part_is_a_stop_that_names_it() -> None:
    """The officer learns what is broken, and the letter waits."""
    content = changed(documents.saved(documents.document()), document=("</w:body>", "<w:body>"))
    finding = looked("a.docx", content).findings[0]
    assert (finding.rule, finding.level) == (Rule.UNREADABLE, Level.STOP)
    assert "word/document.xml" in finding.place


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", packed({"a.txt": b"hello"})),
        ("a.docx", sheets.saved(sheets.book())),
        ("a.jpg", pdfs.pdf(pdfs.LINE)),
        ("a.xlsx", b"just words"),
        ("report", b"just words"),
    ],
)
def test_a_name_that_says_otherwise_is_found(name: str, content: bytes) -> None:
    """The content decides what is looked for; the wrong ending is a finding by itself."""
    assert looked(name, content).rules == {Rule.WRONG_TYPE}


def test_a_kind_nobody_can_look_into_has_to_be_accepted() -> None:
    """A recording goes out when somebody has listened to it and says so."""
    finding = looked("interview.mp3", b"ID3\x04\0\0" + bytes(range(256))).findings[0]
    assert (finding.rule, finding.level) == (Rule.UNKNOWN_KIND, Level.ACCEPT)


def test_two_kinds_of_document_in_one_are_a_stop() -> None:
    """A file that one program takes for a workbook and another for a text is not trusted."""
    both = added(sheets.saved(sheets.book()), {"word/document.xml": b"<a/>"})
    assert looked("a.xlsx", both).rules == {Rule.UNREADABLE}
