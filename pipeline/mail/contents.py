"""What is written in a mail's attachments, for mails that only point to them; what can't be read is named for an officer, with the reason."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.errors import UnreadableError
from pipeline.domain.triage.evidence import DECORATION
from pipeline.domain.triage.pointing import points_to_attachment
from pipeline.mail.attachments import clean_name
from pipeline.mail.charsets import decode_bytes, safe_text
from pipeline.mail.cms import CmsKind, cms_kind, signed_content
from pipeline.mail.docx_text import docx_text, main_part
from pipeline.mail.files import File, FileKind, kind_of
from pipeline.mail.html_text import html_to_text
from pipeline.mail.msg import is_message, read_msg, stream_names
from pipeline.mail.odt_text import is_odt, odt_text
from pipeline.mail.parsing import attached_files, parse
from pipeline.mail.pdf_text import MAX_PAGES, MAX_SECONDS, pdf_text
from pipeline.mail.rtf_text import rtf_to_text
from pipeline.mail.tnef import read_tnef
from pipeline.mail.zipped import Archive, ProtectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pipeline.domain.message import Message

MAX_FILE = 10 * 1024 * 1024
MAX_TOTAL = 20 * 1024 * 1024
MAX_FILES = 20
MAX_TEXT = 200_000  # characters; nothing beyond is looked at by those who ask
_MAX_DEPTH = 3
_MAX_SECONDS = 1.0  # of the processor, for all attachments of a mail
_ARMOUR = "-----BEGIN PGP MESSAGE-----"
_ARMOUR_END = "-----END PGP MESSAGE-----"
_SEALED = frozenset({"multipart/encrypted", "application/x-microsoft-rpmsg-message"})
_AGAIN = "ask the sender to send it again without encryption"
_BY_ENDING = {
    "doc": "an old Word document",
    "xls": "a spreadsheet",
    "xlsx": "a spreadsheet",
    "xlsm": "a spreadsheet",
    "ods": "a spreadsheet",
    "ppt": "a presentation",
    "pptx": "a presentation",
    "odp": "a presentation",
    "zip": "an archive of files",
    "7z": "an archive of files",
    "rar": "an archive of files",
    "pages": "a document of Apple's Pages",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """*text* of all attachments that could be *read* (their names), and a sentence about each that couldn't."""

    text: str = ""
    unreadable: tuple[str, ...] = ()
    read: tuple[str, ...] = ()


NOTHING = Contents()


def without_armour(text: str) -> str:
    """*text* without its PGP-encrypted blocks (RFC 9580 section 6.2), which nobody here can read."""
    while (start := text.find(_ARMOUR)) >= 0:
        end = text.find(_ARMOUR_END, start)
        text = text[:start] + (text[end + len(_ARMOUR_END) :] if end >= 0 else "")
    return text


def contents_of(raw: bytes, message: Message, words: str) -> Contents:
    """What the attachments say when *words*, what the sender wrote in the mail itself, only point to them, or when the mail is sealed.

    Nothing is opened for a mail that speaks for itself.
    """
    sealed = (
        not _SEALED.isdisjoint(message.part_types)
        or _ARMOUR in words
        or any(attachment.name.lower().endswith(".rpmsg") for attachment in message.attachments)
    )
    if not sealed and not (message.attachments and points_to_attachment(words)):
        return NOTHING
    return read_contents(raw, message)


def read_contents(raw: bytes, message: Message) -> Contents:
    """Read every attachment of *raw*, which was parsed as *message*; never raises.

    At most 20 files, 10 MB each and 20 MB together, messages within messages three deep, 200,000 characters of text.
    """
    reader = _Reader()
    if "multipart/encrypted" in message.part_types:
        return Contents(unreadable=(f"the mail could not be read: it is encrypted; {_AGAIN}",))
    if _ARMOUR in message.text:
        reader.unreadable.append(f"the text of the mail could not be read: it is encrypted with PGP; {_AGAIN}")
    reader.mail(raw, message, 0)
    return reader.contents()


class _Reader:
    """Reads one mail's attachments, and counts what has been opened so far."""

    def __init__(self) -> None:
        self.unreadable: list[str] = []
        self._texts: list[str] = []
        self._read: list[str] = []
        self._pictures: list[str] = []
        self._files = MAX_FILES
        self._bytes = MAX_TOTAL
        self._until = time.thread_time() + _MAX_SECONDS

    def contents(self) -> Contents:
        """What has been read; pictures are spoken of only where nothing else said anything."""
        text = safe_text("\n\n".join(self._texts))
        if len(text) > MAX_TEXT:
            self.unreadable.append(
                f"the attachments hold more text than is read here; the first {MAX_TEXT:,} characters were"
            )
        said = text.strip() or self.unreadable
        unreadable = self.unreadable if said else self._pictures
        return Contents(text=text[:MAX_TEXT], unreadable=tuple(unreadable), read=tuple(self._read))

    def mail(self, raw: bytes, message: Message, depth: int) -> None:
        """Open the attachments of a mail within the limits, before any of their bytes are decoded."""
        wanted: set[int] = set()
        for place, attachment in enumerate(message.attachments):
            if self._allowed(attachment.name, attachment.size):
                wanted.add(place)
        try:
            for place, file in attached_files(raw, wanted):
                self.file(message.attachments[place].name, file, depth)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a stranger's mail, the mail itself is still read
            self.unreadable.append(f"the attachments could not be told apart ({type(error).__name__})")

    def files(self, files: Iterable[File], depth: int) -> None:
        """Open files that were found inside another."""
        for file in files:
            name = clean_name(file.name) or "an attachment without a name"
            if self._allowed(name, len(file.data)):
                self.file(name, file, depth)

    def _allowed(self, name: str, size: int) -> bool:
        if self._files <= 0:
            self._fail(name, f"the mail has more than {MAX_FILES} attachments")
        elif size > MAX_FILE:
            self._fail(name, f"it is larger than {MAX_FILE // 2**20} MB")
        elif size > self._bytes:
            self._fail(name, f"the attachments are larger than {MAX_TOTAL // 2**20} MB together")
        else:
            self._files -= 1
            self._bytes -= size
            return True
        return False

    def _fail(self, name: str, why: str) -> None:
        if len(self.unreadable) < MAX_FILES:
            self.unreadable.append(f'"{name}" could not be read: {why}')

    def file(self, name: str, file: File, depth: int) -> None:
        """Read one file, or say why it can't be."""
        if time.thread_time() > self._until:
            self._fail(name, "reading the other attachments took too long")
            return
        try:
            text = self._text(name, file, depth)
        except ProtectedError as error:
            self._fail(name, f"{error}; ask the sender for a copy without one")
        except UnreadableError as error:
            self._fail(name, str(error))
        except Exception as error:  # noqa: BLE001 - the boundary of one attachment: a broken one must cost neither the mail nor the others
            self._fail(name, f"it is damaged ({type(error).__name__})")
        else:
            if text.strip():
                self._texts.append(text.strip("\n"))
                self._read.append(name)

    def _text(self, name: str, file: File, depth: int) -> str:
        """The text of one file; empty for what says nothing by itself, such as a signature. Raises UnreadableError with the reason."""
        kind = kind_of(file)
        if kind in _REFUSED:
            raise UnreadableError(_REFUSED[kind])
        if kind in _READERS:
            return _READERS[kind](name, file.data)
        if kind in _NESTED:
            return self._nested(name, file, depth)
        if kind is FileKind.PDF:
            return self._pdf(name, file.data)
        if kind is FileKind.PICTURE and len(file.data) >= DECORATION:
            self._pictures.append(f'"{name}" could not be read: it is a picture')
        return ""

    def _pdf(self, name: str, data: bytes) -> str:
        text, more = pdf_text(data, min(MAX_SECONDS, self._until - time.thread_time()))
        if not text.strip():
            raise UnreadableError("it looks like a scan, pictures of pages without text")
        if more:
            self.unreadable.append(f'"{name}" is longer than {MAX_PAGES} pages; only its first pages were read')
        return text

    def _nested(self, name: str, file: File, depth: int) -> str:
        """Mail inside the mail, in whichever form; its own attachments are opened where it only points to them."""
        kind = kind_of(file)
        if kind is FileKind.OLE:
            names = stream_names(file.data)
            if "encryptedpackage" in names:
                raise ProtectedError("it is protected by a password")
            if not is_message(names):
                raise UnreadableError(_other("a.doc" if "worddocument" in names else name))
            outlook = read_msg(file.data)
            return self._with_files(outlook.text, outlook.files, depth)
        if kind is FileKind.TNEF:
            tnef = read_tnef(file.data)
            # The mail's own winmail.dat has been unwrapped when the mail was parsed.
            return self._with_files(tnef.text, tnef.files, depth) if depth else ""
        if kind is FileKind.CMS:
            found = cms_kind(file.data)
            if found is CmsKind.SIGNED:
                return self._message(signed_content(file.data), depth) if depth else ""
            how = (
                "is encrypted (S/MIME)"
                if found is CmsKind.ENCRYPTED
                else "is packed in a way of S/MIME that is not read here"
            )
            raise UnreadableError(f"it {how}; {_AGAIN}")
        return self._message(file.data, depth)

    def _with_files(self, text: str, files: Iterable[File], depth: int) -> str:
        before = len(self._texts)
        if points_to_attachment(text) and depth < _MAX_DEPTH:
            self.files(files, depth + 1)
        return text if len(self._texts) == before else ""

    def _message(self, raw: bytes, depth: int) -> str:
        message = parse(raw)
        before = len(self._texts)
        if points_to_attachment(message.new_text) and depth < _MAX_DEPTH:
            self.mail(raw, message, depth + 1)
        return message.text if len(self._texts) == before else ""


def _decoded(data: bytes) -> str:
    """A text file, whose character set nobody has named: UTF-16 by its mark, else UTF-8, else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return safe_text(data.decode("utf-16", "replace"))
    return safe_text(decode_bytes(data.removeprefix(b"\xef\xbb\xbf"), "").text)


def _zipped(name: str, data: bytes) -> str:
    archive = Archive(data)
    main = main_part(archive)
    if main is not None:
        return docx_text(archive, main)
    if is_odt(archive):
        return odt_text(archive)
    raise UnreadableError(_other(name))


def _refuse(name: str, _: bytes) -> str:
    raise UnreadableError(_other(name))


def _other(name: str) -> str:
    kind = _BY_ENDING.get(name.rpartition(".")[2].lower(), "a kind of file")
    return f"it is {kind}, which is not read here"


_READERS: dict[FileKind, Callable[[str, bytes], str]] = {
    FileKind.ZIP: _zipped,
    FileKind.RTF: lambda _, data: rtf_to_text(data),
    FileKind.HTML: lambda _, data: html_to_text(_decoded(data)),
    FileKind.TEXT: lambda _, data: _decoded(data),
    FileKind.OTHER: _refuse,
}
_NESTED = frozenset({FileKind.MESSAGE, FileKind.OLE, FileKind.TNEF, FileKind.CMS})
_REFUSED = {
    FileKind.PGP: f"it is encrypted with PGP; {_AGAIN}",
    FileKind.PROTECTED: "it is a protected Microsoft message, which opens only in Outlook for the person it was sent to; ask the"
    " sender to send it again without protection",
}
