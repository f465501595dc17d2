"""The request inside a colleague's forward, whether its text was copied into the mail or the mail itself was attached."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.domain import clock, topic
from pipeline.domain.errors import InfogovError
from pipeline.domain.forwarding import Forwarded, is_councillor, is_within, original, outermost
from pipeline.domain.header_lines import FORWARDED
from pipeline.domain.message import Address
from pipeline.domain.passing_on import only_passes_on
from pipeline.domain.proposal import Proposal
from pipeline.domain.questions import questions
from pipeline.domain.questions.asking import is_question, is_request, wants
from pipeline.domain.questions.letterbody import sentences
from pipeline.domain.quoting import fold
from pipeline.domain.receipt import Receipt, date_of_receipt
from pipeline.domain.regime import guess
from pipeline.mail.msg import as_mail, read_msg
from pipeline.mail.parsing import attachment_bytes, headers_only, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.domain.message import Attachment, Message
    from pipeline.mail.council import Council
    from pipeline.mail.msg import OutlookMessage

_MAX_DEPTH = 4  # forwards inside forwards
_MAX_ATTACHED = 5  # attached mails looked at, on each level
_MAX_BYTES = 20 * 2**20  # of one attached mail
_MAIL_TYPES = frozenset({"message/rfc822", "message/global", "application/vnd.ms-outlook"})
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_READ = 100_000  # characters of the original in which questions are looked for
_FORWARD_SUBJECT = re.compile(rf"\s*(?:(?:{FORWARDED}|re|aw|sv|ynt|ateb)\s*:\s*){{1,10}}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The original mail, whether it came *attached*, its Message-ID then, and when a trusted server first had it (None when none says)."""

    forwarded: Forwarded
    attached: bool
    message_id: str | None = None
    arrived: Receipt | None = None


def find_original(message: Message, raw: bytes | None, receipt: Receipt, council: Council) -> Found | None:
    """The first stranger's mail inside *message*, which was received as *receipt* says; None when there is none.

    An attached mail goes before copied text, for it has its own headers. *raw* None leaves attachments out. Never raises for what a
    mail holds; looks into no more than five attached mails a level, four levels deep, 20 MB each.
    """
    return _Search(receipt, council).inside(message, raw, _MAX_DEPTH)


def propose(message: Message, raw: bytes | None, receipt: Receipt, council: Council) -> Proposal | None:
    """What to propose to an officer about a colleague's mail; None for mail of anybody else, and where nothing was forwarded."""
    author = message.author
    if author is None or not is_within(author.domain, council.internal_domains) or author.key in council.own_addresses:
        return None
    found = find_original(message, raw, receipt, council)
    return None if found is None else _proposal(found, message, receipt)


def passed_on(message: Message, raw: bytes | None, receipt: Receipt, council: Council) -> Proposal | None:
    """What an outsider's mail passes on and asks nothing besides: the mail right inside it, be it somebody else's or an earlier one of theirs.

    None for a colleague's mail, where the sender asks something themselves, where the mail inside is ours, and where it asks nothing.
    """
    author = message.author
    if author is None or author.key in council.own_addresses or is_within(author.domain, council.internal_domains):
        return None
    # What has nothing below its own words and no mail attached, as most mail, passes nothing on.
    alone = message.new_text.strip() == message.text.strip()
    if alone and not any(_is_mail(attachment) for attachment in message.attachments):
        return None
    if not only_passes_on(message.subject, message.new_text, author.name):
        return None
    found = _right_inside(message, raw, receipt, council)
    if found is None:
        return None
    inside = _proposal(found, message, receipt)
    return inside if any(_asks(question.text) for question in inside.questions) else None


def _right_inside(message: Message, raw: bytes | None, receipt: Receipt, council: Council) -> Found | None:
    search = _Search(receipt, council)
    for child, child_raw in _attached_mails(message, raw):
        found = search.judge(child, child_raw, _MAX_DEPTH - 1, message.new_text)
        if found is not None and not found.forwarded.ours:
            return found
    text = outermost(message.text, council.internal_domains, council.own_addresses)
    return None if text is None else Found(forwarded=text, attached=False)


def _asks(text: str) -> bool:
    return any(is_question(part) or is_request(part) or wants(part) for part in sentences(text))


def _proposal(found: Found, message: Message, receipt: Receipt) -> Proposal:
    forwarded = found.forwarded
    subject = forwarded.subject or _FORWARD_SUBJECT.sub("", message.subject[:1000])
    new_text = fold(forwarded.text[:_READ]).new_text
    asked = questions(new_text, forwarded.sender.name)
    law = guess(subject, new_text)
    arrived = found.arrived or receipt
    # A claim about the future is no claim.
    sent = forwarded.sent if forwarded.sent is not None and forwarded.sent <= receipt.at else None
    return Proposal(
        sender=forwarded.sender,
        subject=subject,
        text=forwarded.text,
        note=forwarded.note,
        attached=found.attached,
        ours=forwarded.ours,
        received_at=arrived.at,
        received_on=clock.received_day(arrived.at),
        received_source=arrived.source if found.arrived else f"The colleague's mail that forwards it: {receipt.source}",
        trusted=found.arrived is not None,
        sent_on=clock.received_day(sent) if sent is not None else None,
        regime=law.regime,
        regime_reasons=law.reasons,
        questions=asked,
        topic=topic.topic(subject, asked),
        message_id=found.message_id,
    )


class _Search:
    """Looks for the first stranger, from the outside in."""

    def __init__(self, receipt: Receipt, council: Council) -> None:
        self._receipt = receipt
        self._hosts = council.trusted_hosts
        self._domains = council.internal_domains
        self._own = council.own_addresses

    def inside(self, message: Message, raw: bytes | None, depth: int) -> Found | None:
        """Look into attached mails first, *depth* levels down at most, then for a forward in the message's own text."""
        for child, child_raw in _attached_mails(message, raw) if depth else ():
            found = self.judge(child, child_raw, depth - 1, message.new_text)
            if found is not None:
                return found
        text = original(message.text, self._domains, self._own)
        return Found(forwarded=text, attached=False) if text is not None else None

    def judge(self, child: Message, raw: bytes | None, depth: int, note: str) -> Found | None:
        """The attached mail itself when a stranger or a councillor wrote it, else what it forwards in its turn."""
        author = child.author
        if author is None or author.key in self._own:
            return None
        ours = is_within(author.domain, self._domains)
        if ours:
            within = self.inside(child, raw, depth)
            if within is not None or not is_councillor(author):
                return within
        earliest = date_of_receipt(child.received, self._receipt.at, self._hosts)
        forwarded = Forwarded(
            sender=author,
            subject=child.subject,
            sent=child.date,
            text=child.text,
            note=note.strip()[:4000],
            ours=ours,
        )
        arrived = earliest if earliest.trusted and earliest.at <= self._receipt.at else None
        return Found(forwarded=forwarded, attached=True, message_id=child.message_id, arrived=arrived)


def _attached_mails(message: Message, raw: bytes | None) -> Iterator[tuple[Message, bytes | None]]:
    """The mails attached to *message*, read, with their bytes where those are mail; one that can't be read is passed over."""
    mails = [a for a in message.attachments if _is_mail(a)]
    for attachment in mails[:_MAX_ATTACHED] if raw is not None else ():
        if attachment.size > _MAX_BYTES:
            continue
        try:
            content = attachment_bytes(raw or b"", attachment.sha256)
            if content.startswith(_COMPOUND_FILE):
                yield from_outlook(read_msg(content)), None
            else:
                yield parse(content), content
        except InfogovError:
            continue


def _is_mail(attachment: Attachment) -> bool:
    return attachment.content_type in _MAIL_TYPES or attachment.name.lower().endswith((".eml", ".msg"))


def from_outlook(saved: OutlookMessage) -> Message:
    """A message that Outlook saved as a file, with the headers it had on the Internet; without its attachments."""
    message = parse(as_mail(saved))
    head = headers_only(saved.headers.encode("utf-8", "replace"))
    sender = (Address(saved.sender_name, saved.sender_email),) if saved.sender_email else head.from_
    return replace(message, from_=sender, received=head.received, message_id=head.message_id)
