"""A letter's form: the record of a letter laid out as fields, and the record that comes back from what was typed."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.domain.citation import SOURCE_OF, parse_citation
from pipeline.domain.request import Regime
from pipeline.domain.response import AnswerOutcome
from pipeline.letters.model import (
    AnsweredQuestion,
    LetterKind,
    Likelihood,
    Particulars,
    PublicInterest,
    QualifiedPerson,
    Reliance,
    ReviewDecision,
    Salutation,
)
from pipeline.letters.particulars import KINDS, QUESTIONS
from pipeline.letters.render import unnamed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pipeline.letters.model import LetterRecord

ANSWERS = {
    "": "Not answered yet",
    AnswerOutcome.SUPPLIED: "Supplied",
    AnswerOutcome.ALREADY_AVAILABLE: "Already available elsewhere",
    AnswerOutcome.PART: "Supplied in part, withheld in part",
    AnswerOutcome.WITHHELD: "Withheld",
    AnswerOutcome.NOT_HELD: "Not held",
    AnswerOutcome.NCND: "Neither confirmed nor denied",
    AnswerOutcome.ADVICE: "Advice only",
}
DECISIONS = {"": "Choose", "upheld": "Upheld", "part": "Upheld in part", "overturned": "Overturned"}
HARM = {
    "": "Does not apply",
    Likelihood.WOULD: "Would",
    Likelihood.WOULD_BE_LIKELY: "Would be likely to",
    Likelihood.WOULD_ADVERSELY_AFFECT: "Would adversely affect",
}
# What the fields of a kind of letter are called: the words of an officer, not of the file.
LABELS = {
    "supplementary": "How we use this data, as far as the privacy notice does not say it: what for, which kinds, who receives it, "
    "how long it is kept, where it came from, decisions by machine alone",
    "needed": "What we need to know from the requester",
    "clear_part": "What is clear, and is being answered all the same",
    "reply_by": "Day after which the request is closed if no answer has come",
    "amount": "Fee in pounds, such as 45.00",
    "breakdown": "What the fee is made up of, one item a line",
    "how_to_pay": "How and where to pay",
    "charges": "Where our schedule of charges can be read (web address)",
    "provisions": "Exemptions that are being weighed",
    "decision_by": "Day by which the decision is expected",
    "answer_by": "Day by which the answer comes",
    "progress": "How far the work has come",
    "reason": "Why",
    "hours": "Hours of work it would take",
    "workings": "How the work was reckoned",
    "confirming": "Finding out whether it is held would alone be over the limit",
    "advice": "Advice: what could be done with less work, or why nothing can",
    "public_interest": "Public interest: what speaks for disclosure, what against, and which weighs more",
    "repeated": "It repeats an earlier request",
    "earlier_on": "Day the earlier request was answered",
    "holder": "Who is likely to hold it (full name)",
    "contact": "How to reach them",
    "search": "Where we looked",
    "transferred": "It has been passed on, with the requester's agreement",
    "clarified_on": "Day the answer to our question arrived",
    "both_laws": "Part of the request falls under the other law, so that the letter speaks of both",
    "review_received_on": "Day the wish for a review arrived",
    "decision": "What the review came to",
    "reviewer": "Who reviewed it, by role; nobody who was involved before",
    "findings": "What the review found, question by question",
    "remedy": "What will be done, and by when",
    "apology": "Words of apology, where the review or the answer was late",
    "due_on": "Day the answer was due",
    "withdrawn_on": "Day the requester withdrew",
    "message": "What we want to say",
    "corrects": "Day of the letter that was not right",
    "correction": "What was wrong, and what is right",
    "service_area": "Service area, as it is greeted; never say who asked",
    "recipients": "Colleagues' addresses it goes to, one a line",
    "subject": "Subject, without the reference",
    "refuses": "It refuses what was asked, so that the letter names the rights to complain",
}
DAYS = frozenset(
    {
        *("reply_by", "decision_by", "answer_by", "earlier_on", "clarified_on", "review_received_on"),
        *("due_on", "withdrawn_on", "corrects"),
    }
)
TICKS = frozenset({"confirming", "repeated", "transferred", "both_laws", "refuses"})
LISTS = frozenset({"breakdown", "recipients"})
SHORT = frozenset({"amount", "hours", "charges", "holder", "reviewer", "service_area", "subject"})
SPARE = 1  # empty rows for another provision behind those that are filled in


_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What could not be read of a form: the field's name, and words."""

    name: str
    words: str


class FormReader:
    """Reads a letter's form; goes on after a mistake, so that all are told together."""

    def __init__(self, form: Mapping[str, str], names: Sequence[str] = ()) -> None:
        """*names* are those of the questions' fields, one for each in the letter's order; by their places where none are given."""
        self._form = form
        self._names = names
        self.mistakes: list[Mistake] = []

    def record(self, before: LetterRecord) -> LetterRecord:
        """*before* with everything that was typed in its place; what the form does not show stays."""
        made = replace(
            before,
            regime=self._member("regime", Regime, before.regime),
            topic=self._text("topic", before.topic),
            salutation=self._member("salutation", Salutation, before.salutation),
            requester_name=self._text("requester_name", before.requester_name),
            issued_on=self._day("issued_on"),
        )
        if before.kind in QUESTIONS:
            made = replace(made, questions=self._questions(made))
        if KINDS[before.kind].all:
            made = replace(made, particulars=self._particulars(made))
        return made

    # ---- parts ---------------------------------------------------------------------------------------------------

    def _questions(self, letter: LetterRecord) -> tuple[AnsweredQuestion, ...]:
        if letter.kind is LetterKind.RESPONSE:
            return tuple(self._answered(letter, name, one) for name, one in _named(letter, self._names))
        return tuple(one for name, one in _named(letter, self._names) if self._ticked(f"{name}-in"))

    def _answered(self, letter: LetterRecord, q: str, before: AnsweredQuestion) -> AnsweredQuestion:
        chosen = self._text(f"{q}-outcome", "")
        law = letter.law_of(before)
        return replace(
            before,
            outcome=AnswerOutcome(chosen) if chosen in set(AnswerOutcome) else None,
            answer=self._text(f"{q}-answer", before.answer),
            reason=self._text(f"{q}-reason", before.reason),
            public_interest=self._text(f"{q}-public_interest", before.public_interest),
            link=self._text(f"{q}-link", before.link).strip(),
            link_intro=self._text(f"{q}-link_intro", before.link_intro),
            emissions=self._ticked(f"{q}-emissions"),
            provisions=self._provisions(q, law, letter),
        )

    def _provisions(self, prefix: str, law: Regime, letter: LetterRecord) -> tuple[Reliance, ...]:
        """The provisions typed under *prefix*; a row without a citation is no provision."""
        found = []
        row = 1
        while f"{prefix}-p{row}-cite" in self._form:
            name = f"{prefix}-p{row}"
            row += 1
            cite = self._text(f"{name}-cite", "").strip()
            if not cite:
                continue
            citation = parse_citation(cite.partition(" \N{EN DASH} ")[0], SOURCE_OF[law])
            if citation is None:
                example = {"foi": "s.40(2)", "eir": "reg 12(5)(e)", "sar": "sch 2 para 16"}[law]
                self.mistakes.append(
                    Mistake(f"{name}-cite", f"“{cite[:60]}” is not a provision; write it like {example}")
                )
                continue
            if why_not := unnamed(letter, citation):
                self.mistakes.append(Mistake(f"{name}-cite", why_not))
            found.append(
                Reliance(
                    citation=citation,
                    reason=self._text(f"{name}-reason", ""),
                    prejudice=self._likelihood(f"{name}-prejudice"),
                    public_interest=self._weighed(name),
                    qualified_person=self._qualified(name),
                )
            )
        return tuple(found)

    def _likelihood(self, name: str) -> Likelihood | None:
        chosen = self._text(name, "")
        return Likelihood(chosen) if chosen in set(Likelihood) else None

    def _weighed(self, name: str) -> PublicInterest | None:
        made = PublicInterest(
            disclosure=self._text(f"{name}-disclosure", ""),
            withholding=self._text(f"{name}-withholding", ""),
            balance=self._text(f"{name}-balance", ""),
            decided_by=self._text(f"{name}-decided_by", ""),
            decided_on=self._day(f"{name}-decided_on"),
        )
        return None if made == PublicInterest() else made

    def _qualified(self, name: str) -> QualifiedPerson | None:
        made = QualifiedPerson(
            role=self._text(f"{name}-role", ""),
            opinion=self._text(f"{name}-opinion", ""),
            name=self._text(f"{name}-name", ""),
            given_on=self._day(f"{name}-given_on"),
        )
        return None if made == QualifiedPerson() else made

    def _particulars(self, letter: LetterRecord) -> Particulars:
        values: dict[str, Any] = {}
        for key in KINDS[letter.kind].order(letter.regime):
            values[key] = self._particular(key, letter)
        return replace(letter.particulars, **values)

    def _particular(self, key: str, letter: LetterRecord) -> object:
        readers: list[tuple[bool, Callable[[], object]]] = [
            (key == "provisions", lambda: self._provisions("letter", letter.regime, letter)),
            (key in DAYS, lambda: self._day(key)),
            (key in TICKS, lambda: self._ticked(key)),
            (key in LISTS, lambda: tuple(line.strip() for line in self._text(key, "").splitlines() if line.strip())),
            (key == "hours", lambda: self._hours(key)),
            (key == "decision", lambda: self._decision(key)),
        ]
        return (
            next((read() for fits, read in readers if fits), None)
            if any(f for f, _ in readers)
            else self._text(key, "")
        )

    def _decision(self, key: str) -> ReviewDecision | None:
        chosen = self._text(key, "")
        return ReviewDecision(chosen) if chosen in set(ReviewDecision) else None

    def _hours(self, key: str) -> float | None:
        typed = self._text(key, "").strip()
        if not typed:
            return None
        try:
            return float(typed)
        except ValueError:
            self.mistakes.append(Mistake(key, f"“{typed[:30]}” is not a number of hours; write it like 21.5"))
            return None

    # ---- single fields -------------------------------------------------------------------------------------------

    def _text(self, name: str, before: str) -> str:
        """What stands in a field, line ends as ours; *before* where the form does not have it."""
        typed = self._form.get(name)
        return before if typed is None else typed.replace("\r\n", "\n").replace("\r", "\n").rstrip()

    def _ticked(self, name: str) -> bool:
        return bool(self._form.get(name))

    def _day(self, name: str) -> date | None:
        typed = self._form.get(name, "").strip()
        if not typed:
            return None
        try:
            return date.fromisoformat(typed)
        except ValueError:
            self.mistakes.append(Mistake(name, f"“{typed[:30]}” is not a day; write it like 2025-05-02"))
            return None

    def _member(self, name: str, kinds: type[_Choice], before: _Choice) -> _Choice:
        typed = self._form.get(name)
        return kinds(typed) if typed in set(kinds) else before


def _named(letter: LetterRecord, names: Sequence[str]) -> list[tuple[str, AnsweredQuestion]]:
    """Each question with the name that its fields begin with."""
    named = names or [f"q{n}" for n in range(1, len(letter.questions) + 1)]
    return list(zip(named, letter.questions, strict=True))


def laid_out(record: LetterRecord, names: Sequence[str] = ()) -> dict[str, str]:
    """The record as the form's fields, by name; ticks are "y" or absent. *names* are those of the questions' fields, as for the reader."""
    shown = {
        "regime": str(record.regime),
        "topic": record.topic,
        "salutation": str(record.salutation),
        "requester_name": record.requester_name,
        "issued_on": record.issued_on.isoformat() if record.issued_on else "",
    }
    for q, one in _named(record, names):
        shown |= {
            f"{q}-in": "y",
            f"{q}-outcome": str(one.outcome or ""),
            f"{q}-answer": one.answer,
            f"{q}-reason": one.reason,
            f"{q}-public_interest": one.public_interest,
            f"{q}-link": one.link,
            f"{q}-link_intro": one.link_intro,
        }
        shown |= {f"{q}-emissions": "y"} if one.emissions else {}
        shown |= _laid_out_provisions(q, one.provisions)
    shown |= _laid_out_provisions("letter", record.particulars.provisions)
    for field in fields(Particulars):
        value = getattr(record.particulars, field.name)
        if field.name == "provisions" or value is None or value is False:
            continue
        if value is True:
            shown[field.name] = "y"
        elif isinstance(value, tuple):
            shown[field.name] = "\n".join(value)
        else:
            shown[field.name] = value.isoformat() if isinstance(value, date) else str(value)
    return shown


def _laid_out_provisions(prefix: str, provisions: Sequence[Reliance]) -> dict[str, str]:
    shown: dict[str, str] = {}
    for row, one in enumerate(provisions, 1):
        name = f"{prefix}-p{row}"
        weighed, person = one.public_interest or PublicInterest(), one.qualified_person or QualifiedPerson()
        shown |= {
            f"{name}-cite": one.citation.short,
            f"{name}-reason": one.reason,
            f"{name}-prejudice": str(one.prejudice or ""),
            f"{name}-disclosure": weighed.disclosure,
            f"{name}-withholding": weighed.withholding,
            f"{name}-balance": weighed.balance,
            f"{name}-decided_by": weighed.decided_by,
            f"{name}-decided_on": weighed.decided_on.isoformat() if weighed.decided_on else "",
            f"{name}-role": person.role,
            f"{name}-opinion": person.opinion,
            f"{name}-name": person.name,
            f"{name}-given_on": person.given_on.isoformat() if person.given_on else "",
        }
    return shown


def rows_of(shown: Mapping[str, str], prefix: str) -> int:
    """How many rows for provisions the form has under *prefix*: those filled in, and a spare one."""
    row = 0
    while shown.get(f"{prefix}-p{row + 1}-cite", "").strip():
        row += 1
    return row + SPARE
