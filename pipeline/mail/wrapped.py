"""What mail programs wrap a letter in: winmail.dat, opaque S/MIME signatures, uuencoded blocks, PGP signatures in the text."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.mail.attachments import attached_parts
from pipeline.mail.bodies import decoded_pieces, message_text
from pipeline.mail.bulk import lift
from pipeline.mail.cms import CmsKind, cms_kind, signed_content
from pipeline.mail.files import File
from pipeline.mail.tnef import SIGNATURE as TNEF_SIGNATURE
from pipeline.mail.tnef import read_tnef
from pipeline.mail.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.mail.bulk import Bulk
    from pipeline.mail.tree import Part

_MAX_WRAPPED = 20 * 1024 * 1024
_MAX_BLOCKS = 50
_CMS_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_TNEF_NAME = "winmail.dat"
# A block begins with a mode and a name, and its first line tells by its first character that 45 bytes follow, or fewer for a small file.
_BEGIN = re.compile(r"^begin [0-7]{3,4} ([^\n]{1,200})\n(?=[!-M`][ -`\n])", re.MULTILINE)
_UU_LINE = re.compile(r"[ -`]{1,90}\Z")
_SIGNED = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z-]{1,30}: [^\n]{0,200}\n){0,5}\n", re.MULTILINE)
_SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----"
_SIGNATURE_END = "-----END PGP SIGNATURE-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwrapped:
    """A mail out of its wrapping: its *text*, and the *files* that were inside, in order."""

    text: str
    files: tuple[File, ...] = ()


def unwrap(tree: Tree, bulk: Bulk, text: str) -> Unwrapped:
    """Take out what is wrapped in a mail whose own text is *text*; ordinary mail passes as it is. Never raises: what is broken stays wrapped."""
    files: list[File] = []
    for part in _wrapped_parts(tree):
        try:
            inner = _opened(b"".join(decoded_pieces(part, bulk)))
        except Exception:  # noqa: BLE001 - what a stranger wrapped badly stays an attachment, and the mail is read all the same
            tree.note("A wrapped part of this mail (winmail.dat or S/MIME) could not be opened.")
            continue
        files += inner.files
        text = text if text.strip() else inner.text
    text, blocks = take_out_uuencoded(text)
    return Unwrapped(text=text, files=(*files, *blocks))


def _wrapped_parts(tree: Tree) -> Iterator[Part]:
    for part in tree.walk():
        kind = part.real_type
        octets = kind == "application/octet-stream"
        if kind in _TNEF_TYPES or kind in _CMS_TYPES or (octets and part.filename.lower() in {_TNEF_NAME, "smime.p7m"}):
            yield part


def _opened(data: bytes) -> Unwrapped:
    """The content of one wrapped part; nothing where it is encrypted or something else."""
    if len(data) > _MAX_WRAPPED:
        raise ValueError("too large to unwrap")
    if data[:4] == TNEF_SIGNATURE.to_bytes(4, "little"):
        tnef = read_tnef(data)
        return Unwrapped(text=tnef.text, files=tnef.files)
    if cms_kind(data) is not CmsKind.SIGNED:
        return Unwrapped(text="")
    bulk = lift(signed_content(data))
    tree = Tree(bulk.light)
    return Unwrapped(text=message_text(tree, bulk), files=tuple(_leaves(tree, bulk)))


def _leaves(tree: Tree, bulk: Bulk) -> Iterator[File]:
    for part in attached_parts(tree):
        data = b"".join(decoded_pieces(part, bulk))
        yield File(name=part.filename, content_type=part.real_type, data=data)


def take_out_uuencoded(text: str) -> tuple[str, tuple[File, ...]]:
    """*text* without its uuencoded blocks, and the files in them; a block that doesn't decode stays text. Linear in the length of *text*."""
    if "begin " not in text:
        return text, ()
    kept: list[str] = []
    files: list[File] = []
    done = 0
    for match in _BEGIN.finditer(text):
        if match.start() < done or len(files) >= _MAX_BLOCKS:
            continue
        found = _uudecoded(text, match.end())
        if found is None:
            continue
        data, end = found
        kept.append(text[done : match.start()])
        files.append(File(name=match[1].strip(), content_type="application/octet-stream", data=data))
        done = end
    kept.append(text[done:])
    return "".join(kept), tuple(files)


def _uudecoded(text: str, at: int) -> tuple[bytes, int] | None:
    """The bytes of the block whose first line begins at *at*, and where the text goes on; None when it isn't one."""
    out: list[bytes] = []
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end] if end - at <= 100 else "\n"  # noqa: PLR2004 - a line holds 61 characters and perhaps a checksum
        at = end + 1
        if line.rstrip() == "end":
            return b"".join(out), min(at, len(text))
        if not line.strip("` "):
            continue
        if not _UU_LINE.match(line):
            return None
        # Mail programs take blanks off the ends of lines; those stood for zeros.
        length = (ord(line[0]) - 32) & 63
        padded = line.ljust(1 + (length + 2) // 3 * 4)
        try:
            out.append(binascii.a2b_uu(padded[: 1 + (length + 2) // 3 * 4]))
        except binascii.Error:
            return None
    return None


def without_pgp_signature(text: str) -> str:
    """*text* without the frame of a PGP signature around it (RFC 9580 section 7); the words within are untouched."""
    match = _SIGNED.search(text)
    if match is None:
        return text
    end = text.find(_SIGNATURE, match.end())
    if end < 0:
        return text
    after = text.find(_SIGNATURE_END, end)
    rest = text[after + len(_SIGNATURE_END) :] if after >= 0 else ""
    said = text[match.end() : end]
    said = said.removeprefix("- ").replace("\n- ", "\n")
    return (text[: match.start()] + said + rest).strip("\n")
