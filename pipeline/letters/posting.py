"""Turns a letter's words into the complete message that goes out: from whom, in which thread, with which Message-ID."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.domain.clock_events import received_day
from pipeline.domain.errors import NotAllowedError, UsageError
from pipeline.domain.outbox import Frozen, OutboxStatus
from pipeline.letters.acknowledgement import AcknowledgementLetter, Promise, Written, acknowledgement
from pipeline.letters.authority import AuthorityFacts, Publication
from pipeline.letters.composing import Attachment, OutgoingMail, checked_address, compose, is_message_id
from pipeline.settings_fields import DeliveryMode

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from pipeline.domain.request import Regime
    from pipeline.settings import Settings


_LARGEST_CREST = 500 * 1024  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """What an acknowledgement is about: the request's row and dates, its requester's bare address, and their mail's Message-ID.

    *waiting* says that no time runs, because we have asked the requester for something. *others_due_on*: when the questions of a request
    for own data are due that ask for something else.
    """

    request_id: int
    reference: str
    regime: Regime
    received_on: date
    due_on: date
    to: str
    answers: str | None
    welsh: bool = False
    waiting: bool = False
    others_due_on: date | None = None


def can_write_to(address: str) -> bool:
    """Whether our letters can be addressed to *address* at all: a plain ASCII address."""
    try:
        checked_address(address, "to")
    except UsageError:
        return False
    return True


def authority_facts(settings: Settings) -> AuthorityFacts:
    """The authority as letters show it, from the configuration."""
    authority = settings.authority
    return AuthorityFacts(
        name=authority.name,
        team=authority.team,
        address=tuple(authority.address),
        website=authority.website,
        email=monitored_address(settings),
        phone=authority.phone,
        privacy_notice=authority.privacy_notice,
        crest=_picture(settings.path.parent / authority.crest) if authority.crest else b"",
        publications=tuple(Publication(title=p.title, url=p.url) for p in authority.publications),
    )


@cache
def _picture(path: Path) -> bytes:
    """Read the crest, once. Raises UsageError for a file that can't be read, is too large, or is neither PNG nor JPEG."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"[authority] crest: {path} can't be read ({error.strerror}); name a PNG or JPEG file"
        ) from error
    if len(content) > _LARGEST_CREST or not content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        text = f"[authority] crest: {path} is not a PNG or JPEG picture of at most {_LARGEST_CREST // 1024} KB; name another file"
        raise UsageError(text)
    return content


def monitored_address(settings: Settings) -> str:
    """The address people are told to write to: one that is read."""
    return settings.authority.email or settings.smtp.reply_to or settings.smtp.from_address


def redirected_to(settings: Settings) -> str | None:
    """The one address that every mail goes to instead of its recipients', while delivery is redirected; None while it is not."""
    return settings.delivery.redirect_to if settings.delivery.mode is DeliveryMode.REDIRECT else None


def envelope_sender(settings: Settings) -> str:
    """Where bounces come back to; never empty, for Microsoft 365 may refuse a null sender (mail.md section 5)."""
    return settings.smtp.envelope_from or settings.smtp.from_address


def refuse_in_shadow(settings: Settings) -> None:
    """Raise NotAllowedError in shadow running, in which nothing is sent, neither now nor later."""
    if settings.delivery.mode == DeliveryMode.SHADOW:
        raise NotAllowedError(
            'infogov runs in the shadow of the old way (delivery.mode = "shadow"): it records, and sends nothing, neither now nor'
            " later. Answer the old way, or change delivery.mode to go live"
        )


def own_domain(settings: Settings) -> str:
    """The domain of our Message-IDs."""
    return settings.smtp.from_address.rpartition("@")[2]


def digest(content: bytes) -> str:
    """SHA-256 of *content*, in hex: what an approval is bound to."""
    return hashlib.sha256(content).hexdigest()


def seal(  # noqa: PLR0913 - one for each thing that such a mail has
    settings: Settings,
    *,
    to: str,
    written: Written,
    message_id: str,
    at: datetime,
    answers: str | None,
    automatic: bool = False,
    generated: bool = False,
    html: str = "",
    attachments: tuple[Attachment, ...] = (),
) -> bytes:
    """The complete RFC 5322 bytes of a letter to *to*; *answers* is the Message-ID of the mail it replies to, when that had a usable one.

    *generated* marks a notice of the program's own to our people, *html* is the same letter as a page.
    """
    thread = answers if answers and is_message_id(answers) else ""
    return compose(
        OutgoingMail(
            message_id=message_id,
            date=at,
            from_address=settings.smtp.from_address,
            from_name=settings.smtp.from_name or settings.authority.team,
            to=to,
            subject=written.subject,
            text=written.text,
            reply_to=settings.smtp.reply_to,
            in_reply_to=thread,
            references=(thread,) if thread else (),
            automatic=automatic,
            generated=generated,
            html=html,
            attachments=attachments,
        )
    )


def seal_acknowledgement(
    settings: Settings, kind: str, about: Acknowledged, *, message_id: str, at: datetime, not_before: datetime
) -> Frozen:
    """The acknowledgement of a request, complete to the byte; its once_key makes it the only one (invariant 4).

    It promises no day that is past when it goes.
    """
    first = min(about.due_on, about.others_due_on or about.due_on)
    in_time = received_day(not_before) <= first
    promise = Promise.WAITING if about.waiting else Promise.BY_THEN if in_time else Promise.LATE
    written = acknowledgement(
        kind,
        AcknowledgementLetter(
            reference=about.reference,
            regime=about.regime,
            authority=authority_facts(settings),
            reply_address=monitored_address(settings),
            received_on=about.received_on,
            due_on=about.due_on if promise is Promise.BY_THEN else first,
            promise=promise,
            welsh=about.welsh,
            others_due_on=about.others_due_on,
        ),
    )
    return Frozen(
        kind=kind,
        once_key=f"acknowledgement:{about.request_id}",
        message_id=message_id,
        envelope_from=envelope_sender(settings),
        recipients=(about.to,),
        content=seal(
            settings,
            to=about.to,
            written=written,
            message_id=message_id,
            at=at,
            answers=about.answers,
            automatic=True,
        ),
        not_before=not_before,
        status=OutboxStatus.QUEUED,
    )
