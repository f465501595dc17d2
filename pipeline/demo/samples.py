"""Fourteen mails as an information-governance mailbox gets them in two days, and one reply for later in the story.

Every person is made up and lives at an example domain (RFC 2606); the first request asks what the seed letter answers.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from pipeline.demo import sample_texts as texts
from pipeline.demo.sample_mail import Entity, attachment, date, html, mail, multipart, scan_pdf, text, text_pdf

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

ADDRESS = "infogov@council.example.org"
INTERNAL_DOMAIN = "council.example.org"
REQUESTER = "rowan.ellery@example.org"

_WEBSITE = "request-1184207-3fa9c01e@whatdotheyknow.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One mail of the story: *raw* has CRLF lines, *at* is its arrival in UTC, *note* says briefly why it is here."""

    name: str
    note: str
    raw: bytes
    at: datetime


def samples(now: datetime, address: str = ADDRESS) -> tuple[Sample, ...]:
    """Write the mails that arrived at *address* in the two days before *now* (aware), oldest first.

    The same arguments give the same bytes. The internal one comes from the domain of *address*.
    """
    post = _Post(now=now, address=address)
    return (
        *_letters(post),
        _whatdotheyknow(post),
        *_other_laws(post),
        _with_plan(post),
        _accents(post),
        _hostile(post),
        *_unanswerable(post),
        *_people(post),
        _bounce(post),
        _scan(post),
    )


def reply_to(reference: str, message_id: str, now: datetime, address: str = ADDRESS) -> Sample:
    """Write the first requester's answer to our acknowledgement, quoting its *reference* and *message_id*."""
    return _Post(now=now, address=address).sample(
        "reply",
        "the first requester clarifies a question",
        0,
        sender=f"Rowan Ellery <{REQUESTER}>",
        subject=f"Re: Your request {reference}",
        entity=text(texts.REPLY.format(reference=reference, date=f"{now:%d/%m/%Y}")),
        more=[("In-Reply-To", message_id), ("References", message_id)],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Post:
    """Whose mailbox it is, and when we look."""

    now: datetime
    address: str

    def at(self, hours: float) -> datetime:
        """Go back *hours* from now."""
        return (self.now - timedelta(hours=hours)).astimezone(UTC)

    def sample(
        self,
        name: str,
        note: str,
        hours: float,
        *,
        sender: str,
        subject: str,
        entity: Entity,
        more: Sequence[tuple[str, str]] = (),
    ) -> Sample:
        """Write a mail that arrived *hours* ago: *more* headers first, then those of any mail program and *entity*."""
        at = self.at(hours)
        sent = at - timedelta(seconds=20)
        domain = sender.rpartition("@")[2].rstrip(">")
        head = [
            *more,
            ("Date", date(sent)),
            ("From", sender),
            ("To", self.address),
            ("Message-ID", f"<{sent:%Y%m%d%H%M%S%f}.{name}@mail.{domain}>"),
            ("Subject", subject),
            ("MIME-Version", "1.0"),
        ]
        headers, body = entity
        return Sample(name=name, note=note, raw=mail([*head, *headers], body), at=at)


def _letters(post: _Post) -> tuple[Sample, ...]:
    return (
        post.sample(
            "plain",
            "a citizen's letter with four numbered questions",
            46,
            sender=f"Rowan Ellery <{REQUESTER}>",
            subject="Request for information: Start for Life services",
            entity=text(texts.START_FOR_LIFE),
        ),
        post.sample(
            "html-only",
            "a request in HTML alone",
            43,
            sender="Priya Standish <priya@example.com>",
            subject="FOI request - libraries",
            entity=html(texts.LIBRARIES),
        ),
    )


def _whatdotheyknow(post: _Post) -> Sample:
    """Write to the council by way of WhatDoTheyKnow: its address, its Message-ID, its rule of 67 hyphens."""
    at = post.at(40)
    stamp = f"{int(at.timestamp() * 1_000_000):x}"[-13:]
    head = [
        ("Date", date(at)),
        ("From", f"Jo Marlowe <{_WEBSITE}>"),
        ("To", f"FOI requests at the council <{post.address}>"),
        ("Message-ID", f"<ogm-2407115+{stamp}-7c1b@whatdotheyknow.com>"),
        ("Subject", "Freedom of Information request - Potholes and claims for damage"),
        ("MIME-Version", "1.0"),
    ]
    headers, body = text(texts.POTHOLES.format(address=_WEBSITE, council=post.address), encoding="7bit")
    return Sample(
        name="whatdotheyknow",
        note="a request by way of WhatDoTheyKnow, with its footer",
        raw=mail([*head, *headers], body),
        at=at,
    )


def _other_laws(post: _Post) -> tuple[Sample, ...]:
    return (
        post.sample(
            "environment",
            "trees and air quality: the Environmental Information Regulations",
            36,
            sender="Tomasz Wren <t.wren@example.net>",
            subject="Street trees and air quality",
            entity=text(texts.ENVIRONMENT, encoding="7bit"),
        ),
        post.sample(
            "subject-access",
            "somebody asks for their own data",
            30,
            sender="Amina Clearwater <amina.clearwater@example.org>",
            subject="Subject access request",
            entity=text(texts.SUBJECT_ACCESS, encoding="7bit"),
        ),
    )


def _with_plan(post: _Post) -> Sample:
    plan = text_pdf(["Orchard Lane", "Zebra crossing outside the school (proposed)", "Scale 1:500"])
    parts = [text(texts.WITH_PLAN, encoding="7bit"), attachment(plan, "application/pdf", "orchard-lane-plan.pdf")]
    return post.sample(
        "with-pdf",
        "a request with a plan attached as PDF",
        25,
        sender="Gwen Pallister <gwen@example.com>",
        subject="FOI: school crossing on Orchard Lane",
        entity=multipart("mixed", "=_plan_7f3a", parts),
    )


def _accents(post: _Post) -> Sample:
    return post.sample(
        "latin-1",
        "accents and pound signs in ISO 8859-1, eight bits",
        20,
        sender="=?iso-8859-1?Q?Ren=E9e_C=F4t=E9?= <renee.cote@example.net>",
        subject="=?iso-8859-1?Q?FOI_request:_the_Caf=E9_No=EBl_and_=A325,000?=",
        entity=text(texts.ACCENTS, charset="iso-8859-1"),
    )


def _hostile(post: _Post) -> Sample:
    """Nest encoded words: decoded once they look harmless, decoded twice they are header lines (CVE-2024-6923)."""
    inner = "=?utf-8?q?=0ABcc:_everyone=40example=2Ecom=0A=0AClick_http://login.example.net/?="
    return post.sample(
        "hostile",
        "a genuine question with traps in its subject, name and text",
        9,
        sender='"=?utf-8?q?council=40example=2Ecom=2C?=" <m.vane@example.net>',
        subject=f"=?utf-8?b?{base64.b64encode(inner.encode('ascii')).decode('ascii')}?=",
        entity=text(texts.HOSTILE),
    )


def _unanswerable(post: _Post) -> tuple[Sample, ...]:
    return (
        post.sample(
            "out-of-office",
            "an automatic answer, which must not be answered",
            8,
            sender="Hedley Quill <hedley@example.com>",
            subject="Automatic reply: your letter",
            entity=text(texts.AWAY, encoding="7bit"),
            more=[("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")],
        ),
        post.sample(
            "newsletter",
            "a mailing list",
            6,
            sender="Open Data Digest <digest@lists.example.com>",
            subject="Open Data Digest 112",
            entity=text(texts.NEWSLETTER, encoding="quoted-printable"),
            more=[
                ("List-Id", "Open Data Digest <digest.lists.example.com>"),
                ("List-Unsubscribe", "<https://lists.example.com/digest/leave>"),
                ("Precedence", "bulk"),
            ],
        ),
    )


def _people(post: _Post) -> tuple[Sample, ...]:
    return (
        post.sample(
            "internal",
            "a colleague's note",
            5,
            sender=f"Dev Amberley <dev.amberley@{post.address.rpartition('@')[2]}>",
            subject="Figures for the library question",
            entity=text(texts.INTERNAL, encoding="7bit"),
        ),
        post.sample(
            "thanks",
            "a thank-you, nothing to answer",
            3,
            sender="Bram Oakley <bram.oakley@example.org>",
            subject="Thank you",
            entity=text(texts.THANKS, encoding="7bit"),
        ),
    )


def _bounce(post: _Post) -> Sample:
    """Send back a letter from before the demo began, with a delivery status notification (RFC 3464)."""
    status = texts.BOUNCED_STATUS.format(date=date(post.at(2)))
    parts: list[Entity] = [
        text(texts.BOUNCED, encoding="7bit"),
        ([("Content-Type", "message/delivery-status")], status.encode("ascii")),
        ([("Content-Type", "text/rfc822-headers")], texts.BOUNCED_HEADERS.format(address=post.address).encode("ascii")),
    ]
    return post.sample(
        "bounce",
        "a letter that could not be delivered came back",
        2,
        sender="Mail Delivery System <MAILER-DAEMON@mx.example.net>",
        subject="Undelivered Mail Returned to Sender",
        entity=multipart("report; report-type=delivery-status", "=_dsn_41c0", parts),
        more=[("Return-Path", "<>"), ("Auto-Submitted", "auto-replied")],
    )


def _scan(post: _Post) -> Sample:
    parts = [
        text("Sent from my phone\n", encoding="7bit"),
        attachment(scan_pdf(), "application/pdf", "scan0001.pdf"),
    ]
    return post.sample(
        "scan",
        "no words, only a scanned page: unclear",
        1,
        sender="E. Fallow <e.fallow@example.com>",
        subject="letter",
        entity=multipart("mixed", "=_scan_b20d", parts),
    )
