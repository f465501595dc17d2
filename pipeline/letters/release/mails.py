"""Looks into saved mails (eml, RFC 5322) for earlier messages below the newest one and for files attached to them."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

from pipeline.letters.release.findings import Look, Notes, Passage, ReleaseFile, UncheckedError
from pipeline.letters.release.packages import MAX_PARTS
from pipeline.letters.release.wording import Rule

if TYPE_CHECKING:
    from email.message import EmailMessage

    from pipeline.letters.release.packages import Budget

_SHOWN_HEADERS = (
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Subject",
    "Received",
    "X-Originating-IP",
    "Delivered-To",
)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_MAX_TEXT = 2_000_000
# What stands above an earlier message when nothing in front of its lines marks it.
_TAIL = re.compile(
    r"^(?:-{2,}[ ]?(?:original message|forwarded message|neges wreiddiol)[ ]?-{2,}|on [^\n]{5,200} wrote:|_{10,}|begin forwarded message:)[ ]*$",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER_BLOCK = re.compile(
    r"^\*?(?:from|oddi wrth):[^\n]{1,300}\n{1,3}\*?(?:sent|date|anfonwyd):[^\n]{1,200}$", re.IGNORECASE | re.MULTILINE
)


def look_at_mail(file: ReleaseFile, budget: Budget) -> Look:
    """Everything found in a saved mail, its attachments as inner files; raises UncheckedError when it is encrypted."""
    message = message_from_bytes(file.content, policy=policy.default)
    notes = Notes(file.name)
    passages = [
        Passage(place=f"the mail's {name} line", text=str(value))
        for name in _SHOWN_HEADERS
        for value in message.get_all(name, ())
    ]
    inner: list[ReleaseFile] = []
    for number, part in enumerate(message.walk(), 1):
        if number > MAX_PARTS:
            raise UncheckedError(Rule.UNREADABLE, f"it has more than {MAX_PARTS} parts")
        kind = part.get_content_type()
        if kind in {"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"}:
            raise UncheckedError(Rule.PASSWORD, "it is encrypted")
        if kind == "message/rfc822":
            notes.add(Rule.MAIL_THREAD, "a whole mail attached to it")
        if part.is_multipart():
            continue
        content = _content(part)
        budget.spend(len(content))
        name = part.get_filename()
        if name or not kind.startswith("text/"):
            inner.append(ReleaseFile(name=f"{file.name} > {_plain(name) or f'part {number}'}", content=content))
        else:
            text = _text(part, content)
            passages.append(Passage(place="the mail's text", text=text))
            notes.add(Rule.MAIL_THREAD, "below the newest message", thread_lines(text))
    notes.add(Rule.ATTACHED_FILES, "the mail's attachments", len(inner))
    return Look(findings=notes.findings(), passages=tuple(passages), inner=tuple(inner))


def thread_lines(text: str) -> int:
    """How many lines of earlier messages stand in *text*; at least 1 when there is an earlier message at all."""
    text = text[:_MAX_TEXT].replace("\r\n", "\n")
    quoted = sum(1 for line in text.splitlines() if line.startswith(">"))
    starts = [found.start() for found in (_TAIL.search(text), _HEADER_BLOCK.search(text)) if found is not None]
    if starts:
        below = sum(1 for line in text[min(starts) :].splitlines() if line.strip())
        return max(quoted, below)
    return quoted


def _content(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: EmailMessage, content: bytes) -> str:
    charset = part.get_content_charset() or "utf-8"
    try:
        text = content.decode(charset, errors="replace")
    except LookupError:
        text = content.decode("utf-8", errors="replace")
    if part.get_content_type() == "text/html":
        text = _TAG.sub(" ", re.sub(r"(?i)<(?:br|/p|/div|/tr)[^<>]{0,200}>", "\n", text[:_MAX_TEXT]))
    return text


def _plain(name: str | None) -> str:
    return re.sub(r"[\x00-\x1f/\\]", "_", name or "")[:120].strip()
