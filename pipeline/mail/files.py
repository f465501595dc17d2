"""What a file is, told by its first bytes rather than by the name its sender gave it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_HEAD = 4096
_TEXT_SAMPLE = 4096


class FileKind(StrEnum):
    """The kinds of file that intake tells apart."""

    PDF = "pdf"
    ZIP = "zip"
    RTF = "rtf"
    TEXT = "text"
    HTML = "html"
    MESSAGE = "message"
    OLE = "ole"
    TNEF = "tnef"
    CMS = "cms"
    PGP = "pgp"
    PROTECTED = "protected"
    PICTURE = "picture"
    SIGNATURE = "signature"
    REPORT = "report"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that came in or inside a mail: *name* as its sender wrote it (not cleaned), *content_type* lower case, *data* decoded."""

    name: str
    content_type: str
    data: bytes


# Each kind by the bytes it begins with.
_MAGIC: tuple[tuple[bytes, FileKind], ...] = (
    (b"PK\x03\x04", FileKind.ZIP),
    (b"{\\rtf", FileKind.RTF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.OLE),
    (b"\x78\x9f\x3e\x22", FileKind.TNEF),
    (b"\x76\xe8\x04\x60\xc4\x11\xe3\x86", FileKind.PROTECTED),
    (b"-----BEGIN PGP MESSAGE-----", FileKind.PGP),
    (b"-----BEGIN PGP SIGNATURE-----", FileKind.SIGNATURE),
    (b"-----BEGIN PGP PUBLIC KEY", FileKind.SIGNATURE),
    (b"\x89PNG\r\n", FileKind.PICTURE),
    (b"\xff\xd8\xff", FileKind.PICTURE),
    (b"GIF8", FileKind.PICTURE),
    (b"II*\x00", FileKind.PICTURE),
    (b"MM\x00*", FileKind.PICTURE),
    (b"BM", FileKind.PICTURE),
)
_BY_TYPE = {
    "application/pkcs7-mime": FileKind.CMS,
    "application/x-pkcs7-mime": FileKind.CMS,
    "application/pkcs7-signature": FileKind.SIGNATURE,
    "application/x-pkcs7-signature": FileKind.SIGNATURE,
    "application/pgp-signature": FileKind.SIGNATURE,
    "application/pgp-keys": FileKind.SIGNATURE,
    "application/pgp-encrypted": FileKind.REPORT,
    "application/x-microsoft-rpmsg-message": FileKind.PROTECTED,
    "message/rfc822": FileKind.MESSAGE,
    "message/global": FileKind.MESSAGE,
    "text/html": FileKind.HTML,
    "application/xhtml+xml": FileKind.HTML,
    "text/calendar": FileKind.REPORT,
    "text/vcard": FileKind.REPORT,
    "text/x-vcard": FileKind.REPORT,
    "text/x-amp-html": FileKind.REPORT,
    "text/rfc822-headers": FileKind.REPORT,
}
_BY_NAME = {
    "p7m": FileKind.CMS,
    "p7s": FileKind.SIGNATURE,
    "asc": FileKind.PGP,
    "pgp": FileKind.PGP,
    "gpg": FileKind.PGP,
    "rpmsg": FileKind.PROTECTED,
    "eml": FileKind.MESSAGE,
    "htm": FileKind.HTML,
    "html": FileKind.HTML,
    "ics": FileKind.REPORT,
    "vcf": FileKind.REPORT,
    "heic": FileKind.PICTURE,
    "svg": FileKind.PICTURE,
    "webp": FileKind.PICTURE,
}
# Where the declared type says more than the bytes, which may look like anything.
_TRUSTED = frozenset({FileKind.MESSAGE, FileKind.REPORT, FileKind.SIGNATURE})
_HTML = re.compile(rb"\s{0,200}(?:<!doctype html|<html|<head|<body)", re.IGNORECASE)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\x0b\x0c\x1b")


def kind_of(file: File) -> FileKind:
    """The kind of *file*: by its first bytes where they tell, else by its declared type, then its name, then whether it reads as text."""
    declared = _BY_TYPE.get(file.content_type)
    named = _BY_NAME.get(file.name.rpartition(".")[2].strip().lower())
    if declared in _TRUSTED:
        return declared
    told = _by_bytes(file.data[:_HEAD].removeprefix(b"\xef\xbb\xbf"))
    found = told or declared or (FileKind.REPORT if file.content_type.startswith("message/") else named)
    if found is not None:
        return found
    if _HTML.match(file.data):
        return FileKind.HTML
    if file.content_type.startswith(("image/", "audio/", "video/")):
        return FileKind.PICTURE
    return FileKind.TEXT if _is_text(file) else FileKind.OTHER


def _by_bytes(head: bytes) -> FileKind | None:
    start = head.lstrip()
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    return FileKind.PDF if b"%PDF-" in head[:1024] else None


def _is_text(file: File) -> bool:
    """Whether the bytes read as text; UTF-16 with its mark counts."""
    sample = file.data[:_TEXT_SAMPLE]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return bool(sample.strip()) and len(sample.translate(None, _CONTROLS)) == len(sample)
