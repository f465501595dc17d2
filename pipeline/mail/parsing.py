"""Raw mail into a Message: mail-parser first, the standard library alone where mail-parser fails; bounded in time and memory."""

from __future__ import annotations

import hashlib
import logging
from copy import copy
from typing import TYPE_CHECKING

from mailparser import MailParser

from pipeline.domain.errors import NotFoundError, UnreadableError
from pipeline.domain.links import unwrapped as plain_links
from pipeline.domain.message import Message
from pipeline.domain.quoting import fold
from pipeline.mail.addresses import read_addresses
from pipeline.mail.attachments import attached_parts, find_bytes, list_attachments, list_files
from pipeline.mail.bodies import decoded_pieces, message_html, message_text
from pipeline.mail.bulk import Bulk, lift
from pipeline.mail.charsets import changes_direction, decode_bytes, one_line, safe_text
from pipeline.mail.files import File
from pipeline.mail.headers import header_text, message_id, message_ids, sent_date
from pipeline.mail.tree import Tree, header_bytes
from pipeline.mail.wrapped import unwrap, without_pgp_signature

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from datetime import datetime

    from pipeline.domain.message import Address, Attachment
    from pipeline.mail.tree import Part

MAIL_PARSER = "mail-parser"
FALLBACK = "fallback"

_MAIL_PARSER_LIMIT = 4 * 1024 * 1024
# Decoding encoded words takes mail-parser about 2 ns for each unit of cost.
_MAX_WORD_COST = 100_000_000
_RAW_TEXT = 1024 * 1024
_FOLD_LIMIT = 1_000_000
_MAX_DEFECTS = 50

# It logs what senders write; our own log must not hold their words.
logging.getLogger("mailparser").setLevel(logging.CRITICAL)


def parse(raw: bytes) -> Message:
    """Read a whole mail (RFC 5322 bytes as fetched). Raises UnreadableError only when every way of reading it fails.

    A mail beyond a limit (100 levels, 2,000 parts, 1,000 headers, 64 KB a header, 1 MB of headers) is read as far as the limit; every
    limit that was met, and every oddity, is named in ``defects``. Two calls with the same bytes give equal messages.
    """
    try:
        bulk = lift(raw.removeprefix(b"\xef\xbb\xbf"))
        tree = Tree(bulk.light)
        text = message_text(tree, bulk)
        if tree.cut and not text.strip():
            text = _body_as_it_came(bulk.light)
        unwrapped = unwrap(tree, bulk, text)
        attachments = list_attachments(tree, bulk)
        attachments += list_files(unwrapped.files, len(attachments) + 1)
        # A gateway's wrapping of a link is none of the sender's words; the raw mail keeps it.
        return _message(tree, bulk, plain_links(unwrapped.text), attachments)
    except Exception:  # noqa: BLE001 - one hostile mail must not stop the others; it is read as headers and one text instead
        return _bare(raw, "The parts of this mail could not be told apart; its body is shown as it came.")


def headers_only(raw_headers: bytes) -> Message:
    """Read the header block of a mail whose body was not fetched (larger than max_message_mb); text and attachments are empty."""
    head = header_bytes(raw_headers).rstrip(b"\r\n") + b"\r\n\r\n"
    return _headers(head, "", "Only the headers of this mail were read.")


def html_of(raw: bytes) -> str:
    """The HTML version of a mail exactly as its sender wrote it, to be sanitised by whoever shows it; empty when it has none."""
    try:
        bulk = lift(raw.removeprefix(b"\xef\xbb\xbf"))
        return message_html(Tree(bulk.light), bulk)
    except Exception:  # noqa: BLE001 - a mail whose parts can't be told apart has its text, which ``parse`` gives
        return ""


def attachment_bytes(raw: bytes, sha256: str) -> bytes:
    """The decoded bytes of the attachment with digest *sha256* (hex) once more. Raises NotFoundError when *raw* has none such."""
    try:
        bulk = lift(raw.removeprefix(b"\xef\xbb\xbf"))
        tree = Tree(bulk.light)
        found = find_bytes(tree, bulk, sha256)
        if found is None:
            files = unwrap(tree, bulk, message_text(tree, bulk)).files
            found = next((file.data for file in files if hashlib.sha256(file.data).hexdigest() == sha256), None)
    except Exception as error:
        raise NotFoundError("The parts of this mail could not be told apart; look at the raw mail instead.") from error
    if found is None:
        raise NotFoundError("This mail has no such attachment.")
    return found


def attached_files(raw: bytes, wanted: Container[int]) -> Iterator[tuple[int, File]]:
    """The attachments of *raw* whose places in ``Message.attachments`` are *wanted*, each with its place; decoded only when asked for."""
    bulk = lift(raw.removeprefix(b"\xef\xbb\xbf"))
    tree = Tree(bulk.light)
    place = -1
    for place, part in enumerate(attached_parts(tree)):
        if place in wanted:
            data = b"".join(decoded_pieces(part, bulk))
            yield place, File(name=part.filename, content_type=part.real_type, data=data)
    for inner, file in enumerate(unwrap(tree, bulk, message_text(tree, bulk)).files, start=place + 1):
        if inner in wanted:
            yield inner, file


def _bare(raw: bytes, defect: str) -> Message:
    """The headers, and the undecoded body as text."""
    return _headers(header_bytes(raw), _body_as_it_came(raw), defect)


def _body_as_it_came(raw: bytes) -> str:
    """The first MB below the headers, undecoded: better than nothing for the officer who has to find out what the mail is."""
    start = len(header_bytes(raw))
    return safe_text(decode_bytes(raw[start : start + _RAW_TEXT], "").text)


def _headers(head: bytes, text: str, defect: str) -> Message:
    try:
        tree = Tree(head)
        tree.note(defect)
        return _message(tree, Bulk(head, head, None, ()), text, ())
    except Exception as error:
        raise UnreadableError("Neither the parts nor the headers of this mail could be read.") from error


def _consult(tree: Tree, bulk: Bulk) -> tuple[str, datetime | None]:
    """Let mail-parser read the mail: who read it, and the sender's date; its defects go to the tree's notes.

    The text, names and attachments are taken from the same tree by our own hands, because mail-parser loses blanks in subjects, merges
    attached messages into the text and names nameless attachments at random.
    """
    own_date = sent_date(str(tree.root.get("date", "")))
    if len(bulk.light) > _MAIL_PARSER_LIMIT or tree.word_cost > _MAX_WORD_COST:
        return FALLBACK, own_date
    try:
        seen = copy(tree.root)
        # We read the servers' stamps ourselves, and mail-parser takes each apart at length.
        del seen["received"]
        mail = MailParser(seen)
        for defect in _first_of_each_kind(mail.defects):
            tree.note(defect)
        date = mail.date
    except Exception:  # noqa: BLE001 - mail-parser raises AttributeError, TypeError and more on real bounces
        return FALLBACK, own_date
    return MAIL_PARSER, date or own_date


def _first_of_each_kind(defects: list[dict[str, list[str]]]) -> list[str]:
    """mail-parser's defects ("Kind: words"), one of each kind: a hostile mail has thousands."""
    kinds: dict[str, str] = {}
    for entry in defects:
        for sentence in (sentence for sentences in entry.values() for sentence in sentences):
            kinds.setdefault(sentence.partition(":")[0], " ".join(one_line(sentence).split())[:300])
    return list(kinds.values())


def _values(root: Part, name: str) -> list[str]:
    return [str(value) for value in root.get_all(name, [])]


def _message(tree: Tree, bulk: Bulk, text: str, attachments: tuple[Attachment, ...]) -> Message:
    """Put the Message together from the tree."""
    root = tree.root
    headers = tuple((name, header_text(str(value))) for name, value in root.raw_items())
    people = {name: _people(tree, name) for name in ("From", "Sender", "Reply-To", "To", "Cc")}
    if len(_values(root, "from")) > 1:
        tree.note("There is more than one From header.")
    subject = next((value for name, value in headers if name.lower() == "subject"), "")
    parser, date = _consult(tree, bulk)
    shown = (text, subject, *(address.name for addresses in people.values() for address in addresses))
    if any(changes_direction(part) for part in shown):
        tree.note(
            "Characters that change the direction of writing are used; what is shown may read differently from what it is."
        )
    return Message(
        message_id=message_id(_values(root, "message-id")),
        subject=subject,
        from_=people["From"],
        sender=people["Sender"],
        reply_to=people["Reply-To"],
        to=people["To"],
        cc=people["Cc"],
        date=date,
        in_reply_to=message_ids(_values(root, "in-reply-to")),
        references=message_ids(_values(root, "references")),
        headers=headers,
        received=tuple(value for name, value in headers if name.lower() == "received"),
        part_types=tuple(part.real_type for part in tree.walk()),
        content_type=root.real_type,
        content_params=root.params,
        text=text,
        new_text=fold(without_pgp_signature(text[:_FOLD_LIMIT])).new_text + text[_FOLD_LIMIT:],
        attachments=attachments,
        defects=tuple(tree.notes[:_MAX_DEFECTS]),
        parser=parser,
    )


def _people(tree: Tree, name: str) -> tuple[Address, ...]:
    addresses, defects = read_addresses(_values(tree.root, name), name)
    for defect in defects:
        tree.note(defect)
    return addresses
