"""Reads a mail the way intake and ``explain`` both do: parsed, and all that can be said of it without knowing any case."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.domain import clock, topic, webform
from pipeline.domain.authentication import read_results
from pipeline.domain.campaign import wording_digest
from pipeline.domain.forwarding import is_within, own_earlier
from pipeline.domain.message import Address
from pipeline.domain.questions import LOOK_AT, questions_of
from pipeline.domain.quoting import fold
from pipeline.domain.receipt import date_of_receipt
from pipeline.domain.regime import guess
from pipeline.domain.regime_mixed import by_law, to_check
from pipeline.domain.triage.automatic import machine_signs
from pipeline.domain.triage.intent import read_words
from pipeline.domain.validity import shortcomings
from pipeline.mail.contents import NOTHING, contents_of, without_armour
from pipeline.mail.forwards import passed_on, propose
from pipeline.mail.parsing import parse
from pipeline.mail.readout import Reading

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.domain.message import Message
    from pipeline.domain.proposal import Proposal
    from pipeline.domain.request import Question, RegimeGuess
    from pipeline.mail.council import Council

_FORWARDED = re.compile(r"\s{0,9}(?:fwd?|ymlaen|wg|tr)\s?:", re.IGNORECASE)


def read(raw: bytes, internal_date: datetime, council: Council, *, mailbox: str = "") -> Reading:
    """Read *raw*, which the server of *mailbox* (its configured name) had at *internal_date*. Raises UnreadableError."""
    return read_message(parse(raw), internal_date, council, mailbox=mailbox, raw=raw)


def _law(subject: str, text: str, attached: str, inside: Proposal | None, asked: tuple[Question, ...]) -> RegimeGuess:
    """The law that a mail falls under by all that was read for its questions."""
    if attached:
        return guess(subject, f"{text}\n\n{attached}")
    return guess(subject, f"{text}\n\n{inside.text[:LOOK_AT]}" if inside else text, asked or None)


def read_message(
    message: Message, internal_date: datetime, council: Council, *, mailbox: str = "", raw: bytes | None = None
) -> Reading:
    """Say all that can be said of a parsed message; mails attached to it are looked into when *raw* is there."""
    message = _with_own_forward(message, council)
    receipt = date_of_receipt(message.received, internal_date, council.trusted_hosts)
    text = message.new_text or message.text
    requester, from_form = message.author, False
    filled = _form(message, council)
    form_unread = filled is None and requester is not None and requester.key in council.form_senders
    if filled is not None:
        requester, text, from_form = Address(filled.name, filled.email), filled.question, True
    elif form_unread:
        requester = None
    own = text if from_form else message.new_text
    contents = contents_of(raw, message, own) if raw is not None else NOTHING
    text = without_armour(text)
    unread = bool(contents.unreadable) and not contents.text.strip()
    who = requester.name if requester is not None else ""
    inside = None if from_form or form_unread else passed_on(message, raw, receipt, council)
    # Words that only point to what could not be read are no question.
    said = contents.text if contents.text.strip() else text
    asked = inside.questions if inside else () if unread else questions_of(message.subject, said, who)
    law = _law(message.subject, text, contents.text, inside, asked)
    by_question = by_law(asked, law.regime, inside.text[:LOOK_AT] if inside else said)
    judged = replace(message, new_text=text) if from_form else message
    return Reading(
        message=message,
        judged=judged,
        signs=machine_signs(judged),
        said=read_words(judged, contents.text),
        receipt=receipt,
        received_on=clock.received_day(receipt.at),
        requester=requester,
        from_form=from_form,
        regime=law,
        questions=by_question,
        topic=topic.topic(message.subject, asked),
        wording=wording_digest(asked, requester.key if requester else ""),
        words=text,
        shortcomings=shortcomings(requester, text, law.regime) + to_check(by_question, law.regime),
        attachment_text=contents.text,
        attachments_read=contents.read,
        unreadable=contents.unreadable,
        form_unread=form_unread,
        passed_on=inside,
        proposal=None if from_form or form_unread else propose(message, raw, receipt, council),
        authentication=read_results(message.header("authentication-results"), council.gateways(mailbox)),
    )


def _with_own_forward(message: Message, council: Council) -> Message:
    """*message* with what its sender wrote to somebody else, and forwards to us, among the sender's own words."""
    author = message.author
    if author is None or not _FORWARDED.match(message.subject):
        return message
    if is_within(author.domain, council.internal_domains):
        return message
    words = own_earlier(message.text, author.key, council.internal_domains, council.own_addresses)
    return message if words is None else replace(message, new_text=fold(words).new_text)


def _form(message: Message, council: Council) -> webform.FormFields | None:
    """What one of our own web forms says, when the mail is from one; its sender address alone decides which."""
    author = message.author
    if author is None:
        return None
    for form in council.forms:
        if form.sender != author.key:
            continue
        fields = webform.from_form(message.text, form.labels)
        if fields is not None and "@" in fields.email:
            return fields
        if fields is not None and not form.use_reply_to and fields.name:
            # Somebody without an address for e-mail: the request stands, and an officer writes to them another way.
            return fields
        if form.use_reply_to and len(message.reply_to) == 1:
            reply_to = message.reply_to[0]
            asked = fields.question if fields is not None and fields.question else message.text
            return webform.FormFields(name=reply_to.name, email=reply_to.email, question=asked)
    return None
