"""Reads a mail the way intake and ``explain`` both do: parsed, and all that can be said of it without knowing any case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain import clock, topic, webform
from pipeline.domain.message import Address
from pipeline.domain.questions import questions
from pipeline.domain.receipt import Receipt, date_of_receipt
from pipeline.domain.regime import guess
from pipeline.mail.parsing import parse

if TYPE_CHECKING:
    from datetime import date, datetime

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.message import Message
    from pipeline.domain.request import Question, Regime, RegimeGuess
    from pipeline.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A mail as read: *requester* is the person it is from, or whom one of our web forms names; None when nobody can be made out."""

    message: Message
    receipt: Receipt
    received_on: date
    requester: Address | None
    from_form: bool
    regime: RegimeGuess
    questions: tuple[Question, ...]
    topic: str


def read(raw: bytes, internal_date: datetime, settings: Settings) -> Reading:
    """Read *raw*, which the server had at *internal_date*. Raises UnreadableError."""
    return read_message(parse(raw), internal_date, settings)


def read_message(message: Message, internal_date: datetime, settings: Settings) -> Reading:
    """Say all that can be said of a parsed message."""
    receipt = date_of_receipt(message.received, internal_date, tuple(settings.authority.trusted_hosts))
    text = message.new_text or message.text
    requester, from_form = message.author, False
    filled = _form(message, settings)
    if filled is not None:
        requester, text, from_form = Address(filled.name, filled.email), filled.question, True
    asked = questions(text)
    return Reading(
        message=message,
        receipt=receipt,
        received_on=clock.received_day(receipt.at),
        requester=requester,
        from_form=from_form,
        regime=guess(message.subject, text),
        questions=asked,
        topic=topic.topic(message.subject, asked),
    )


def due_on(regime: Regime, received_on: date, calendar: Calendar) -> date:
    """The last day for an answer to a request that has only just been received."""
    received = clock.Event(kind=clock.EventKind.RECEIVED, on=received_on)
    due = clock.deadline(regime, [received], calendar).due_on
    if due is None:  # pragma: no cover - a clock that has only been started runs
        raise AssertionError("a request that was just received has a due date")
    return due


def web_form_senders(settings: Settings) -> frozenset[str]:
    """The addresses our own web forms write from."""
    return frozenset(form.sender.casefold() for form in settings.web_forms.values())


def _form(message: Message, settings: Settings) -> webform.FormFields | None:
    """What one of our own web forms says, when the mail is from one; its sender address alone decides which."""
    author = message.author
    if author is None:
        return None
    for form in settings.web_forms.values():
        if form.sender.casefold() != author.key:
            continue
        labels = webform.FormLabels(name=form.name_label, email=form.email_label, question=form.question_label)
        fields = webform.from_form(message.text, labels)
        if fields is not None and "@" in fields.email:
            return fields
        if form.use_reply_to and len(message.reply_to) == 1:
            reply_to = message.reply_to[0]
            asked = fields.question if fields is not None and fields.question else message.text
            return webform.FormFields(name=reply_to.name, email=reply_to.email, question=asked)
    return None
