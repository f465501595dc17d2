"""What reading a mail finds out, as it is handed from whoever read it to whoever files it, be that another process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.authentication import UNKNOWN, Authentication

if TYPE_CHECKING:
    from datetime import date

    from pipeline.domain.message import Address, Message
    from pipeline.domain.proposal import Proposal
    from pipeline.domain.receipt import Receipt
    from pipeline.domain.request import Question, RegimeGuess
    from pipeline.domain.triage.automatic import MachineSign
    from pipeline.domain.triage.intent import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A mail as read.

    *judged* is the message as triage takes it, with a form's words for its text; *said* is what its words say, *signs* what shows that a
    program sent it. *requester* is the person it is from, or whom one of our web forms names; None when nobody can be made out. *wording*
    is the digest of what is asked (``domain/campaign``).

    *words* is what its sender wrote in the mail or the form itself; *attachment_text* what stands in the attachments it only points to, and
    where questions were looked for then: *attachments_read* are their names, *unreadable* has a sentence for each that could not be read.
    *form_unread*: one of our web forms sent it, and nothing stands where its
    labels say. *shortcomings* are sentences for the officer who is to look at the request before the usual course is taken. *proposal* is
    the request that a colleague's mail passes on, *passed_on* the mail inside an outsider's that asks nothing besides; its questions are
    the reading's. *authentication* is what our own server found out.
    """

    message: Message
    judged: Message
    signs: tuple[MachineSign, ...]
    said: Words
    receipt: Receipt
    received_on: date
    requester: Address | None
    from_form: bool
    regime: RegimeGuess
    questions: tuple[Question, ...]
    topic: str
    wording: str | None
    words: str = ""
    attachment_text: str = ""
    attachments_read: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    form_unread: bool = False
    shortcomings: tuple[str, ...] = ()
    proposal: Proposal | None = None
    passed_on: Proposal | None = None
    authentication: Authentication = UNKNOWN
