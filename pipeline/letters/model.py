"""What an officer writes down for a letter, as frozen values; ``record`` reads and writes the file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.letters.authority import NO_OVERRIDE, AuthorityOverride

if TYPE_CHECKING:
    from datetime import date

    from pipeline.domain.request import Question, Regime


class LetterKind(StrEnum):
    """What sort of letter a record is for."""

    RESPONSE = "response"


class Salutation(StrEnum):
    """How the requester is addressed; it decides between *faithfully* and *sincerely* too."""

    GENERIC = "generic"
    NAMED = "named"


class AnswerOutcome(StrEnum):
    """What the requester gets for one question (domain.md section 4)."""

    SUPPLIED = "supplied"
    ALREADY_AVAILABLE = "already_available"
    WITHHELD = "withheld"
    PART = "part"
    NOT_HELD = "not_held"
    NCND = "ncnd"
    ADVICE = "advice"


class ProvisionSource(StrEnum):
    """Where a provision stands: a section of the FOIA, a regulation of the EIR, a schedule to the DPA 2018."""

    SECTION = "section"
    REGULATION = "regulation"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """One exemption or exception relied on: *number* is "40(2)", "12(5)(e)" or, for a schedule, "2 para 16"."""

    source: ProvisionSource
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredQuestion:
    """One question in the requester's own words and the officer's answer to it; *outcome* is None until one is chosen.

    *answer* is what is supplied or said, *reason* why a provision applies, *public_interest* the balance struck,
    *link* where the information is published and *link_intro* the sentence before it; blank lines part paragraphs.
    """

    label: str
    text: str
    outcome: AnswerOutcome | None = None
    answer: str = ""
    provisions: tuple[Provision, ...] = ()
    reason: str = ""
    public_interest: str = ""
    link: str = ""
    link_intro: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRecord:
    """Everything an officer decides about one letter; the wording around it belongs to *template*.

    Dates are calendar days in Europe/London; *issued_on* may be None until the letter is approved.
    """

    kind: LetterKind
    template: str
    reference: str
    regime: Regime
    topic: str
    salutation: Salutation
    questions: tuple[AnsweredQuestion, ...]
    requester_name: str = ""
    received_on: date | None = None
    issued_on: date | None = None
    authority: AuthorityOverride = NO_OVERRIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFacts:
    """What is known of a request when its draft is begun; the texts are the sender's own."""

    reference: str
    regime: Regime
    topic: str
    questions: tuple[Question, ...]
    requester_name: str = ""
    received_on: date | None = None
    template: str = "default"
