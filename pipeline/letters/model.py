"""What an officer writes down for a letter, as frozen values; ``record`` reads and writes the file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.domain.request import Regime
from pipeline.domain.response import AnswerOutcome
from pipeline.letters.authority import NO_OVERRIDE, AuthorityOverride

if TYPE_CHECKING:
    from datetime import date

    from pipeline.domain.citation import Citation
    from pipeline.domain.request import Question


class LetterKind(StrEnum):
    """What sort of letter a record is for."""

    RESPONSE = "response"
    CLARIFICATION = "clarification"
    FEES_NOTICE = "fees_notice"
    PUBLIC_INTEREST_EXTENSION = "public_interest_extension"
    EXTENSION = "extension"
    COST_REFUSAL = "cost_refusal"
    VEXATIOUS_REFUSAL = "vexatious_refusal"
    TRANSFER = "transfer"
    REVIEW_ACKNOWLEDGEMENT = "review_acknowledgement"
    REVIEW_OUTCOME = "review_outcome"
    APOLOGY = "apology"
    WITHDRAWAL = "withdrawal"
    CORRECTION = "correction"
    SERVICE_AREA = "service_area"
    FREE = "free"


class Salutation(StrEnum):
    """How the requester is addressed; it decides between *faithfully* and *sincerely* too."""

    GENERIC = "generic"
    NAMED = "named"


class Likelihood(StrEnum):
    """How likely the harm is: a FOIA prejudice has two levels, an EIR adverse effect only the upper one (domain.md 3.3)."""

    WOULD = "would"
    WOULD_BE_LIKELY = "would be likely to"
    WOULD_ADVERSELY_AFFECT = "would adversely affect"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicInterest:
    """The public interest weighed for one provision: what speaks for disclosure, what against, which prevails.

    *decided_by* and *decided_on* are for the file and do not stand in the letter.
    """

    disclosure: str = ""
    withholding: str = ""
    balance: str = ""
    decided_by: str = ""
    decided_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QualifiedPerson:
    """The opinion that section 36 asks for: whose (*role*, and *name* for the file), what and when."""

    role: str = ""
    opinion: str = ""
    name: str = ""
    given_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliance:
    """One provision relied on for one question: why it applies, how likely the harm is, and what else it needs."""

    citation: Citation
    reason: str = ""
    prejudice: Likelihood | None = None
    public_interest: PublicInterest | None = None
    qualified_person: QualifiedPerson | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredQuestion:
    """One question in the requester's own words and the officer's answer to it; *outcome* is None until one is chosen.

    *regime* is None where it is the letter's. *answer* is what is supplied or said, *reason* why the provisions apply,
    *public_interest* the balance struck in prose, *link* where the information is published and *link_intro* the
    sentence before it; blank lines part paragraphs. *emissions* is true for information on emissions (regulation 12(9)).
    """

    label: str
    text: str
    outcome: AnswerOutcome | None = None
    regime: Regime | None = None
    answer: str = ""
    provisions: tuple[Reliance, ...] = ()
    reason: str = ""
    public_interest: str = ""
    link: str = ""
    link_intro: str = ""
    emissions: bool = False


class ReviewDecision(StrEnum):
    """What an internal review came to."""

    UPHELD = "upheld"
    PART = "part"
    OVERTURNED = "overturned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What letters say besides their wording and, for a response, its answers; ``particulars.KINDS`` tells which kind has which.

    Texts may have several paragraphs. *amount* is in pounds ("45.00"), *hours* are hours of work, days are London days.
    *supplementary* is how the personal data supplied is used, as far as the privacy notice does not say it (Article 15(1) and (2)).
    *clarified_on* is the day of the answer to a clarification, from which the time ran anew. *both_laws* says that a part of the
    request falls under the other access law, where the letter has no questions that would tell.
    """

    supplementary: str = ""
    needed: str = ""
    clear_part: str = ""
    reply_by: date | None = None
    amount: str = ""
    breakdown: tuple[str, ...] = ()
    how_to_pay: str = ""
    charges: str = ""
    provisions: tuple[Reliance, ...] = ()
    progress: str = ""
    decision_by: date | None = None
    reason: str = ""
    answer_by: date | None = None
    clarified_on: date | None = None
    hours: float | None = None
    workings: str = ""
    confirming: bool = False
    advice: str = ""
    public_interest: str = ""
    repeated: bool = False
    earlier_on: date | None = None
    holder: str = ""
    contact: str = ""
    search: str = ""
    transferred: bool = False
    review_received_on: date | None = None
    both_laws: bool = False
    decision: ReviewDecision | None = None
    reviewer: str = ""
    findings: str = ""
    remedy: str = ""
    apology: str = ""
    due_on: date | None = None
    withdrawn_on: date | None = None
    corrects: date | None = None
    correction: str = ""
    service_area: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    message: str = ""
    refuses: bool = False


NO_PARTICULARS = Particulars()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRecord:
    """Everything an officer decides about one letter; the wording around it belongs to *template*.

    Dates are calendar days in Europe/London; *issued_on* may be None until the letter is approved. *attachments* are the
    names of the files that go with it.
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
    attachments: tuple[str, ...] = ()
    particulars: Particulars = NO_PARTICULARS

    def law_of(self, question: AnsweredQuestion) -> Regime:
        """The law *question* is answered under: its own, else the letter's."""
        return question.regime or self.regime

    @property
    def laws(self) -> frozenset[Regime]:
        """Every law the letter answers under."""
        if self.particulars.both_laws:
            return frozenset({Regime.FOI, Regime.EIR})
        return frozenset(self.law_of(question) for question in self.questions) or frozenset({self.regime})

    @property
    def gives_personal_data(self) -> bool:
        """Whether a response supplies its requester's own data, in full or in part, so that Article 15(1) and (2) apply."""
        gives = {AnswerOutcome.SUPPLIED, AnswerOutcome.PART}
        return any(one.outcome in gives and self.law_of(one) is Regime.SAR for one in self.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFacts:
    """What is known of a request when its draft is begun; the texts are the sender's own, *known* is what its clock tells of the letter."""

    reference: str
    regime: Regime
    topic: str
    questions: tuple[Question, ...]
    requester_name: str = ""
    received_on: date | None = None
    template: str = "default"
    kind: LetterKind = LetterKind.RESPONSE
    due_on: date | None = None
    known: Particulars = NO_PARTICULARS
