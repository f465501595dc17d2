"""The attached parts of a mail: a name fit for showing, a size, a digest, and the bytes again on request."""

from __future__ import annotations

import hashlib
import mimetypes
import re
import unicodedata
from typing import TYPE_CHECKING

from pipeline.domain.message import Attachment
from pipeline.mail.bodies import decoded_pieces, is_container, is_prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.mail.bulk import Bulk
    from pipeline.mail.files import File
    from pipeline.mail.tree import Part, Tree

_MAX_NAME = 150
_RESERVED = re.compile(r'[<>:"|?*\x00-\x1f]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
# The standard library's table depends on the machine's own files for these.
_EXTENSIONS = {
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "text/rfc822-headers": ".txt",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
}
_TYPES = mimetypes.MimeTypes(filenames=())


def clean_name(name: str) -> str:
    """*name* for showing and for a download header: no folders, controls, direction marks or characters that systems reserve.

    At most 150 characters, the extension kept; empty when nothing is left.
    """
    base = re.split(r"[/\\]", name[:4096])[-1]
    shown = "".join(char for char in base if unicodedata.category(char)[0] != "C" and char != "\ufffd")
    shown = " ".join(_RESERVED.sub("", shown).split()).strip(". ")
    if _DEVICES.match(shown):
        shown = "_" + shown
    if len(shown) > _MAX_NAME:
        stem, dot, extension = shown.rpartition(".")
        keep = dot + extension if dot and len(extension) <= 10 else ""  # noqa: PLR2004 - no file type has a longer extension
        shown = (stem if keep else shown)[: _MAX_NAME - len(keep)].rstrip(". ") + keep
    return shown


def attached_parts(tree: Tree) -> Iterator[Part]:
    """Every leaf that is not the mail's own text, in order: what ``list_attachments`` lists."""
    for part in tree.walk():
        if part.children or (is_container(part) and part.disposition != "attachment"):
            continue
        if part.real_type == "text/x-amp-html" or is_prose(part):
            continue
        # A part cut off by the limits of the tree has neither a body nor a name.
        if part.body or part.filename or part.disposition == "attachment":
            yield part


def _digest(part: Part, bulk: Bulk) -> tuple[int, str]:
    size = 0
    digest = hashlib.sha256()
    for piece in decoded_pieces(part, bulk):
        size += len(piece)
        digest.update(piece)
    return size, digest.hexdigest()


def list_attachments(tree: Tree, bulk: Bulk) -> tuple[Attachment, ...]:
    """All attachments in the order of the mail; one without a name is called "attachment-N" with a fitting extension.

    Inline pictures count: which of them matter is for a person to say.
    """
    found: list[Attachment] = []
    for number, part in enumerate(attached_parts(tree), start=1):
        size, sha256 = _digest(part, bulk)
        name = _shown(part.filename, part.real_type, number)
        found.append(Attachment(name=name, content_type=part.real_type, size=size, sha256=sha256))
    return tuple(found)


def list_files(files: Iterable[File], first: int) -> tuple[Attachment, ...]:
    """Files that were wrapped inside the mail as attachments, those without a name numbered from *first*."""
    return tuple(
        Attachment(
            name=_shown(file.name, file.content_type, number),
            content_type=file.content_type or "application/octet-stream",
            size=len(file.data),
            sha256=hashlib.sha256(file.data).hexdigest(),
        )
        for number, file in enumerate(files, start=first)
    )


def _shown(name: str, content_type: str, number: int) -> str:
    extension = _EXTENSIONS.get(content_type) or _TYPES.guess_extension(content_type) or ".bin"
    return clean_name(name) or f"attachment-{number}{extension}"


def find_bytes(tree: Tree, bulk: Bulk, sha256: str) -> bytes | None:
    """The decoded bytes of the attachment with digest *sha256* (hex), or None when this mail has no such attachment."""
    for part in attached_parts(tree):
        if _digest(part, bulk)[1] == sha256:
            return b"".join(decoded_pieces(part, bulk))
    return None
