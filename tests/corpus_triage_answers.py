"""Labelled mail of requesters in the thread of their own open request: what is about it stays with it, what is plainly new is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_triage_followups import CLOSED, OLDER, RUNNING, SENT, WAITING
from corpus_triage_labels import ACK, REFERENCE, Mail, case, message

from pipeline.domain.triage import Intent, Verdict

if TYPE_CHECKING:
    from pipeline.domain.request import KnownCase

PASSING = case(in_passing=True)
_SUBJECT = f"Re: {REFERENCE}: we have received your request"


def _about(intent: Intent, text: str, known: KnownCase = RUNNING) -> Mail:
    """Mail that belongs to the case it answers."""
    mail = message(_SUBJECT, text, quoted=OLDER)
    return Mail(name=text[:50], message=mail, verdict=Verdict.REPLY, intent=intent, case=known)


def _own(text: str, known: KnownCase = RUNNING, *, held: bool = False, subject: str = _SUBJECT) -> Mail:
    """Mail that makes a request of its own; *held*: an officer looks before it is acknowledged."""
    return Mail(
        name=text[:50],
        message=message(subject, text, quoted=OLDER),
        verdict=Verdict.REQUEST,
        intent=Intent.REQUEST,
        acknowledge=None if held else ACK,
        case=known,
    )


ANSWERS = (
    _about(Intent.CHASER, "Is there anything back yet? Have you got a reply for me?"),
    _about(Intent.CHASER, "I just want to be sure that my request hasn't been lost somewhere."),
    _about(Intent.UNCLEAR, "Could you confirm that the file I attached came through?"),
    _about(Intent.UNCLEAR, "Please could the answer be posted to me to 9 Orchard Row as well?"),
    _about(Intent.UNCLEAR, "Would you please send it as a spreadsheet and not as a PDF?"),
    _about(Intent.UNCLEAR, "Shouldn't the last day be the 19th, not the 20th?"),
    _about(Intent.UNCLEAR, "Is there a charge? Do you charge for copying?"),
    _about(Intent.UNCLEAR, "Thanks. Could you tell me who the officer handling it is, and the reference number of my request?"),
    _about(Intent.UNCLEAR, "Could you add the price of each one to my request, please?"),
    _about(Intent.UNCLEAR, "Thank you. In your reply please also say how many of these are out of order."),
    _about(Intent.UNCLEAR, "How can counting a few benches take twenty working days? I find that absurd."),
    _about(Intent.UNCLEAR, "I shall be writing to the Information Commissioner about all this."),
    _about(Intent.UNCLEAR, "You have 20 working days under the Freedom of Information Act, so can you tell me why nothing is happening?"),
    _about(Intent.UNCLEAR, "This is not a new request. Could you tell me the name of the officer?"),
    _about(Intent.REVIEW, "You've sent me the wrong spreadsheet. Could you send the right one?"),
    _about(Intent.CLARIFICATION, "I would settle for the figures of one year if that is within the limit."),
    _about(Intent.CLARIFICATION, "Under the Freedom of Information Act I would like the figures for 2022 only, please.", WAITING),
    _about(Intent.WITHDRAWAL, "No longer needed, thank you, a neighbour had it."),
    _about(Intent.WITHDRAWAL, "This is no longer required."),
    _own("I'd also like to make a separate request: how many litter bins were removed last year?"),
    _own("Thank you. Under the Freedom of Information Act, please send me the minutes of the allotment panel since 2020."),
    _own("I am making a freedom of information request about ponds. Which ones are tested?"),
    _own("While I write:\n1. How many allotments are vacant?\n2. What is the total income from them?\n3. How many people are on the waiting list?"),
    _own("Could you send me that as a spreadsheet?", SENT, held=True),
    _own("Could you send me the figures for the year after, too?", CLOSED, held=True),
    _own("Please send me a list of the benches painted in 2024. I have asked about lamps before.", PASSING, held=True),
)  # fmt: skip
