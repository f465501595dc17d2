"""What the check of a letter reports: its rules, how grave each is, and what it has to know of the request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from pipeline.domain.clock import Review
    from pipeline.domain.request import Question, Regime
    from pipeline.letters.model import Particulars

THE_LETTER = "the letter"


class Level(StrEnum):
    """Whether a finding keeps a letter from approval or only wants to be read."""

    STOP = "stop"
    WARN = "warn"


class Rule(StrEnum):
    """The rules, by the names that events keep (domain.md 3.4 and 4; the oddities O1 to O11 of its section 7)."""

    # These can't be overridden by anybody.
    PLACEHOLDER = "placeholder"
    WRONG_RECIPIENT = "wrong_recipient"
    NCND_LEAK = "ncnd_leak"
    UNANSWERED = "unanswered"
    # These can be, by an approver who says why.
    QUESTION_LEFT_OUT = "question_left_out"
    ANSWER_MISSING = "answer_missing"
    LINK_MISSING = "link_missing"
    PROVISION_MISSING = "provision_missing"
    PROVISION_UNKNOWN = "provision_unknown"
    PROVISION_TOO_BROAD = "provision_too_broad"
    PROVISION_UNUSED = "provision_unused"
    OTHER_LAW = "other_law"
    NOT_FOR_COUNCILS = "not_for_councils"
    NO_EXEMPTION = "no_exemption"
    PURPOSE_MISSING = "purpose_missing"
    HELD_AND_NOT_HELD = "held_and_not_held"
    REASON_MISSING = "reason_missing"
    HARM_NOT_NAMED = "harm_not_named"
    LIKELIHOOD = "likelihood"
    PUBLIC_INTEREST_MISSING = "public_interest_missing"
    QUALIFIED_PERSON = "qualified_person"
    EMISSIONS = "emissions"
    COMPLETION_MISSING = "completion_missing"
    NCND_MISUSED = "ncnd_misused"
    ESTIMATE_MISSING = "estimate_missing"
    ADVICE_MISSING = "advice_missing"
    EXTENSION_NOT_IN_EIR = "extension_not_in_eir"
    NOT_FOR_SUBJECT_ACCESS = "not_for_subject_access"
    REVIEW_MISSING = "review_missing"
    REGULATION_11_MISSING = "regulation_11_missing"
    COMMISSIONER_MISSING = "commissioner_missing"
    ARTICLE_15_MISSING = "article_15_missing"
    LAW_NOT_NAMED = "law_not_named"
    REFERENCE_MISSING = "reference_missing"
    NAME_MISSING = "name_missing"
    TOPIC_MISSING = "topic_missing"
    DATES = "dates"
    REVIEW_TOO_LATE = "review_too_late"
    # These only want to be read.
    NOT_REQUESTERS_WORDS = "not_requesters_words"
    LATE_WITHOUT_APOLOGY = "late_without_apology"
    RECEIPT_DATE = "receipt_date"
    REFUSAL_RIGHTS = "refusal_rights"
    REVIEW_LONG = "review_long"
    NO_TEST_OWED = "no_test_owed"
    PUBLIC_INTEREST_INCOMPLETE = "public_interest_incomplete"
    NCND_REFERENCE = "ncnd_reference"
    DENIAL_NOT_CITED = "denial_not_cited"
    HANDLED_ELSEWHERE = "handled_elsewhere"
    SECTIONS_30_AND_31 = "sections_30_and_31"
    EMISSIONS_LIKELY = "emissions_likely"
    FEES_REGULATIONS = "fees_regulations"
    HELD_NOT_SAID = "held_not_said"
    OTHER_LAW_NAMED = "other_law_named"
    REVIEW_WINDOW = "review_window"
    TWO_LABELS = "two_labels"
    PLURAL_IN_BRACKETS = "plural_in_brackets"
    SECTION_21_LABEL = "section_21_label"
    SLIP = "slip"
    BROKEN_SENTENCE = "broken_sentence"
    BARE_PERCENTAGE = "bare_percentage"
    TWO_SPELLINGS = "two_spellings"
    DEAD_LINK = "dead_link"
    COMMISSIONER_LINK = "commissioner_link"


_RULES = tuple(Rule)
_FIRM = frozenset(_RULES[: _RULES.index(Rule.QUESTION_LEFT_OUT)])
_WARNINGS = frozenset(_RULES[_RULES.index(Rule.NOT_REQUESTERS_WORDS) :])


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing about a letter: *place* says where, *words* what, *remedy* what to do. Gravity belongs to the rule."""

    rule: Rule
    place: str
    words: str
    remedy: str

    @property
    def level(self) -> Level:
        """Whether it stops the letter."""
        return Level.WARN if self.rule in _WARNINGS else Level.STOP

    @property
    def overridable(self) -> bool:
        """Whether an approver may let the letter go in spite of it; a warning never stands in the way."""
        return self.rule not in _FIRM

    def __str__(self) -> str:
        return f"{self.place}: {self.words}: {self.remedy}."


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFacts:
    """The request as it is filed, against which its letter is checked.

    *questions* are the requester's own; *addressed_to* the addresses the letter would go to; *file_names* those of its
    attachments. Dates are calendar days in Europe/London. *review* is the clock of the review that was asked for, or that would
    run from the day the letter names where none is recorded; None for a letter that is about none. *known* is what the clock
    and the questions tell of the letter.
    """

    reference: str
    requester_name: str
    requester_email: str
    regime: Regime
    received_on: date
    due_on: date
    questions: tuple[Question, ...]
    addressed_to: tuple[str, ...]
    file_names: tuple[str, ...] = ()
    review: Review | None = None
    known: Particulars | None = None
