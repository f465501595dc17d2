"""Words the automatic answers: acknowledgement, receipt and subject access acknowledgement, without a word of the sender's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from jinja2 import TemplateError

from pipeline.domain.errors import UsageError
from pipeline.domain.outbox import ACKNOWLEDGEMENT_KINDS
from pipeline.domain.request import Regime
from pipeline.letters.plain import clean_text, one_line
from pipeline.letters.templating import environment

if TYPE_CHECKING:
    from datetime import date

    from pipeline.letters.authority import AuthorityFacts


class Promise(StrEnum):
    """What an acknowledgement may say of the answer: by when it comes, that it is late, or that we wait for the requester."""

    BY_THEN = "by_then"
    LATE = "late"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementLetter:
    """All that an automatic answer may say: nothing in it comes from the sender (invariant 10).

    *received_on* and *due_on* are calendar days in Europe/London; a receipt needs neither. *reply_address* is monitored.
    *others_due_on*: of a subject access request, when what it asks for besides own data is due.
    With *welsh* it is in Welsh and English, where the kind has a Welsh text (body.cy.txt).
    """

    reference: str
    regime: Regime
    authority: AuthorityFacts
    reply_address: str
    received_on: date | None = None
    due_on: date | None = None
    promise: Promise = Promise.BY_THEN
    welsh: bool = False
    others_due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    r"""A letter in words: *subject* on one line, *text* with ``\n`` line ends and one at the end."""

    subject: str
    text: str


def acknowledgement(kind: str, facts: AcknowledgementLetter) -> Written:
    """Word the automatic answer of *kind*: "acknowledgement", "receipt" or "sar_acknowledgement".

    Raises UsageError for another kind, for a kind and a law or dates that do not go together, and for a faulty template.
    """
    _check(kind, facts)
    context = {
        "reference": one_line(facts.reference),
        "regime": facts.regime,
        "authority": facts.authority,
        "reply_address": one_line(facts.reply_address),
        "received_on": facts.received_on,
        "due_on": facts.due_on,
        "promise": facts.promise,
        "others_due_on": facts.others_due_on,
    }
    try:
        subject = environment().get_template(f"{kind}/subject.txt").render(context)
        bodies = ([f"{kind}/body.cy.txt"] if facts.welsh else []) + [f"{kind}/body.txt"]
        text = environment().select_template(bodies).render(context)
    except TemplateError as error:
        raise UsageError(f"templates/letters/{kind}: {one_line(str(error))}; mend the template") from error
    return Written(subject=one_line(subject), text=clean_text(text).strip() + "\n")


def _check(kind: str, facts: AcknowledgementLetter) -> None:
    if kind not in ACKNOWLEDGEMENT_KINDS:
        raise UsageError(
            f"{one_line(kind)} is not an automatic answer; use one of {', '.join(sorted(ACKNOWLEDGEMENT_KINDS))}"
        )
    if kind == "receipt":
        return
    if facts.received_on is None or facts.due_on is None:
        raise UsageError(
            f"{facts.reference}: an {kind} needs the date of receipt and the due date; send a receipt instead"
        )
    if (facts.regime is Regime.SAR) is not (kind == "sar_acknowledgement"):
        raise UsageError(
            f"{facts.reference}: an {kind} does not fit a request under {facts.regime}; choose the other kind"
        )
