"""What a file really is, told from its first bytes and its inner names, and whether its own name says the same."""

from __future__ import annotations

import io
import zipfile
from enum import StrEnum

from pipeline.letters.release.findings import UncheckedError
from pipeline.letters.release.wording import Rule


class Kind(StrEnum):
    """The kinds of file that the check tells apart."""

    SPREADSHEET = "spreadsheet"
    ODS = "ods"
    DOCUMENT = "document"
    ODT = "odt"
    PDF = "pdf"
    IMAGE = "image"
    MAIL = "mail"
    ZIP = "zip"
    TEXT = "text"
    CSV = "csv"
    CLOSED = "closed"  # formats known not to be readable here: old Office, presentations, other archives
    OTHER = "other"


_ENDINGS: dict[str, frozenset[Kind]] = {
    **dict.fromkeys(("xlsx", "xlsm", "xltx", "xltm"), frozenset({Kind.SPREADSHEET})),
    **dict.fromkeys(("docx", "docm", "dotx", "dotm"), frozenset({Kind.DOCUMENT})),
    **dict.fromkeys(("ods", "ots"), frozenset({Kind.ODS})),
    **dict.fromkeys(("odt", "ott"), frozenset({Kind.ODT})),
    **dict.fromkeys(("jpg", "jpeg", "jpe", "png", "gif", "tif", "tiff", "bmp", "webp"), frozenset({Kind.IMAGE})),
    **dict.fromkeys(("csv", "tsv"), frozenset({Kind.CSV})),
    **dict.fromkeys(("txt", "md", "html", "htm", "xml", "json", "svg", "log"), frozenset({Kind.TEXT})),
    **dict.fromkeys(("xls", "doc", "ppt", "msg", "xlsb", "pptx", "odp", "rtf"), frozenset({Kind.CLOSED})),
    **dict.fromkeys(("7z", "rar", "gz", "tgz", "bz2", "xz", "tar", "cab", "heic"), frozenset({Kind.CLOSED})),
    "pdf": frozenset({Kind.PDF}),
    "zip": frozenset({Kind.ZIP}),
    "eml": frozenset({Kind.MAIL}),
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_CLOSED: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "a rich-text document (RTF); save it as docx or PDF"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; attach the files themselves"),
    (b"Rar!\x1a\x07", "a RAR archive; attach the files themselves"),
    (b"\x1f\x8b", "a gzip archive; attach the files themselves"),
    (b"BZh", "a bzip2 archive; attach the files themselves"),
    (b"\xfd7zXZ\0", "an xz archive; attach the files themselves"),
    (b"MSCF", "a cabinet archive; attach the files themselves"),
)
_ODF_KINDS = {
    b"application/vnd.oasis.opendocument.spreadsheet": Kind.ODS,
    b"application/vnd.oasis.opendocument.spreadsheet-template": Kind.ODS,
    b"application/vnd.oasis.opendocument.text": Kind.ODT,
    b"application/vnd.oasis.opendocument.text-template": Kind.ODT,
}
_HEADER_NAMES = (
    *(b"received:", b"from:", b"return-path:", b"delivered-to:", b"message-id:", b"mime-version:", b"date:"),
    *(b"subject:", b"to:", b"x-", b"dkim-signature:", b"arc-", b"authentication-results:", b"reply-to:"),
)
_SNIFFED = 4096
_PDF_HEADER_WITHIN = 1024  # ISO 32000-1, annex H: readers look for the header in the first 1024 bytes


def kind_of(name: str, content: bytes) -> Kind:
    """The kind that *content* is; *name* decides only between the kinds of plain text, which no bytes tell apart.

    Raises UncheckedError for a ZIP whose directory can't be read or that claims to be two kinds at once.
    """
    head = content[:_SNIFFED]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(content)
    if b"%PDF-" in head[: _PDF_HEADER_WITHIN + 8]:
        return Kind.PDF
    if head.startswith(_IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return Kind.IMAGE
    if head.startswith(b"BM") and head[14:18] in {b"\x28\0\0\0", b"\x0c\0\0\0", b"\x7c\0\0\0"}:
        return Kind.IMAGE
    if closed_reason(content):
        return Kind.CLOSED
    return _text_kind(name, content)


def closed_reason(content: bytes) -> str:
    """What a file of a kind that is never opened here is, and the way out; empty for every other kind."""
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            return "an encrypted Office file"
        return "an old Office file (xls, doc, ppt or msg); save it as xlsx, docx, PDF or eml"
    if content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"mif1", b"hevc", b"avif"}:
        return "a picture in a phone's own format; save it as JPEG or PNG"
    if content[257:262] == b"ustar":
        return "a tar archive; attach the files themselves"
    return next((reason for magic, reason in _CLOSED if content.startswith(magic)), "")


def fits(name: str, kind: Kind) -> bool:
    """Whether the ending of *name* promises a file of *kind*; an ending that is not known promises an unknown kind."""
    promised = _ENDINGS.get(ending(name))
    if promised is None:
        return kind is Kind.OTHER
    if kind in {Kind.TEXT, Kind.CSV, Kind.MAIL}:
        return bool(promised & {Kind.TEXT, Kind.CSV, Kind.MAIL})
    return kind in promised


def ending(name: str) -> str:
    """What stands after the last dot of a file's name, lower case; empty when there is none."""
    return name.strip().casefold().rpartition(".")[2] if "." in name else ""


def _zip_kind(content: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {entry.filename.casefold() for entry in archive.infolist()}
            mimetype = archive.read("mimetype")[:200].strip() if _small(archive, "mimetype") else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise UncheckedError(Rule.UNREADABLE, "the archive's directory is damaged") from error
    found: set[Kind] = set()
    if "content.xml" in names or mimetype.startswith(b"application/vnd.oasis"):
        found.add(_ODF_KINDS.get(mimetype, Kind.CLOSED))
    if "[content_types].xml" in names:
        folders = {"xl/": Kind.SPREADSHEET, "word/": Kind.DOCUMENT, "ppt/": Kind.CLOSED}
        inside = {kind for folder, kind in folders.items() if any(name.startswith(folder) for name in names)}
        found |= inside or {Kind.CLOSED}
    if len(found) > 1:
        raise UncheckedError(Rule.UNREADABLE, "the file claims to be two kinds of document at once")
    if Kind.SPREADSHEET in found and "xl/workbook.bin" in names:
        return Kind.CLOSED
    return found.pop() if found else Kind.ZIP


def _small(archive: zipfile.ZipFile, name: str) -> bool:
    return any(entry.filename == name and entry.file_size < _SNIFFED for entry in archive.infolist())


def _text_kind(name: str, content: bytes) -> Kind:
    if not is_text(content):
        return Kind.OTHER
    if ending(name) in {"csv", "tsv"}:
        return Kind.CSV
    if ending(name) == "eml" or _looks_like_mail(content[:_SNIFFED]):
        return Kind.MAIL
    return Kind.TEXT


def _looks_like_mail(head: bytes) -> bool:
    lines = [line.lower() for line in head.splitlines()[:40]]
    headers = [line for line in lines if line.startswith(_HEADER_NAMES)]
    return bool(lines) and lines[0].startswith(_HEADER_NAMES) and len(headers) >= 3  # noqa: PLR2004 - three make a mail


def is_text(content: bytes) -> bool:
    """Whether *content* reads as text: UTF-16 with its mark, or bytes without control characters other than tabs and line ends."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not content[:65536].translate(None, bytes(set(range(256)) - _CONTROLS))


_CONTROLS = set(range(32)) - {9, 10, 11, 12, 13, 27}
