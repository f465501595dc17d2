"""The rules for one question's answer: what it says, where it points, and that neither confirming nor denying says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.request import Regime
from pipeline.domain.response import AnswerOutcome
from pipeline.letters.checking import words
from pipeline.letters.checking.findings import Finding, Rule
from pipeline.letters.checking.holding import definite_reference, holding_statement
from pipeline.letters.checking.provisions import provision_findings
from pipeline.letters.checking.slices import written, written_fields
from pipeline.letters.plain import one_line, paragraphs
from pipeline.letters.record import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from pipeline.domain.exemptions import Exemptions
    from pipeline.letters.model import AnsweredQuestion, LetterRecord

_SAYS_SOMETHING = frozenset(
    {AnswerOutcome.SUPPLIED, AnswerOutcome.ALREADY_AVAILABLE, AnswerOutcome.PART, AnswerOutcome.ADVICE},
)
_GIVES_FIGURES = frozenset({AnswerOutcome.SUPPLIED, AnswerOutcome.PART})
_HOLDS = frozenset({AnswerOutcome.ALREADY_AVAILABLE, AnswerOutcome.WITHHELD, AnswerOutcome.PART})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question with all its rules need: its law, its *place* in messages and *said*, what the letter says under it."""

    question: AnsweredQuestion
    law: Regime
    place: str
    said: str

    def finding(self, rule: Rule, found: str, remedy: str, key: str = "") -> Finding:
        """Make a finding about this question, at *key* of it where one is named."""
        return Finding(rule=rule, place=f"{self.place}: {key}" if key else self.place, words=found, remedy=remedy)


def answer_findings(
    record: LetterRecord, answers: tuple[str, ...], exemptions: Exemptions, issued_on: date
) -> Iterator[Finding]:
    """Check every question of *record*; *answers* is what the letter says under each."""
    mentions = _mentions(record)
    for number, (question, said) in enumerate(zip(record.questions, answers, strict=True), start=1):
        asked = Asked(question=question, law=record.law_of(question), place=place_of(number, question), said=said)
        for key, text in written_fields(question):
            if found := words.left_over(text):
                yield asked.finding(
                    Rule.PLACEHOLDER, f'still holds the placeholder "{one_line(found)}"', "replace it", key
                )
        if question.outcome is None:
            choices = ", ".join(AnswerOutcome)
            yield asked.finding(
                Rule.UNANSWERED, "is not answered", f"choose an outcome ({choices}) and write the answer"
            )
            continue
        yield from _outcome_findings(asked)
        yield from provision_findings(question, asked.law, asked.place, asked.said, exemptions, issued_on)
        yield from _wording_findings(asked, exemptions)
        if question.outcome is AnswerOutcome.NCND:
            label = one_line(question.label).casefold() or str(number)
            yield from _leaks(asked, record.topic, mentions.get(label, []))


def _outcome_findings(asked: Asked) -> Iterator[Finding]:
    """Check that the answer fits its outcome."""
    question = asked.question
    text = question.answer.strip()
    if question.outcome is AnswerOutcome.ALREADY_AVAILABLE:
        if asked.law is Regime.SAR:
            yield asked.finding(
                Rule.NOT_FOR_SUBJECT_ACCESS,
                "a subject access request is not answered with already_available",
                "use supplied, with a link if you like",
            )
        elif not question.link:
            provision = "regulation 6(1)(b)" if asked.law is Regime.EIR else "section 21"
            yield asked.finding(
                Rule.LINK_MISSING, f"{provision} applies but the letter does not say where", "give the link", "link"
            )
    elif question.outcome in _SAYS_SOMETHING and not (text or question.link):
        yield asked.finding(
            Rule.ANSWER_MISSING, "has no answer", "write what is supplied or where it is, or give a link", "answer"
        )
    if question.link_intro.strip() and not question.link:
        yield asked.finding(
            Rule.LINK_MISSING, "has a link_intro but no link", "give the link or empty link_intro", "link"
        )
    if question.outcome is AnswerOutcome.NCND and (text or question.link):
        yield asked.finding(
            Rule.NCND_LEAK,
            "says more than neither confirming nor denying",
            "empty answer and link, and put the grounds in reason",
            "answer",
        )


def _wording_findings(asked: Asked, exemptions: Exemptions) -> Iterator[Finding]:
    """Check the officer's own words: the other law's terms, figures, broken sentences, and that holding is said."""
    question, text = asked.question, written(asked.question)
    environmental = asked.law is Regime.EIR
    other, own = ("the Freedom of Information Act", "exceptions in regulation 12") if environmental else (
        "the Environmental Information Regulations", "exemptions of the Act",
    )  # fmt: skip
    relied = [exemptions.find(one.citation.short, one.citation.regime) for one in question.provisions]
    cites_other_way = any(known is not None and known.goes_to is Regime.EIR for known in relied)
    if asked.law is not Regime.SAR:
        if found := words.foreign_provision(text, environmental=environmental):
            yield asked.finding(Rule.OTHER_LAW, f'speaks of "{found}", which is {other}', f"use the {own}")
        elif not cites_other_way and (found := words.names_other_law(text, environmental=environmental)):
            yield asked.finding(
                Rule.OTHER_LAW_NAMED, f'speaks of "{found}"', f"it is answered under {asked.law.upper()}"
            )
    if environmental and (found := words.public_interest_extension(text)):
        yield asked.finding(
            Rule.EXTENSION_NOT_IN_EIR,
            f'extends the time to weigh the public interest ("{found}")',
            "the Regulations know only an extension for complexity and volume (regulation 7)",
        )
    if question.outcome in _GIVES_FIGURES and (found := words.bare_percentage(question.answer)):
        yield asked.finding(
            Rule.BARE_PERCENTAGE, f"{found} stands without a count", "say how many of how many", "answer"
        )
    *broken, _ = [*paragraphs(question.link_intro), ""]
    if any(part[-1].isalnum() for part in broken[:-1]):
        yield asked.finding(
            Rule.BROKEN_SENTENCE, "a sentence is broken by a blank line", "take the blank line out", "link_intro"
        )
    unsearched = any(known is not None and known.unsearched for known in relied)
    silent = question.outcome in _HOLDS and not unsearched and not words.says_held(asked.said)
    if silent and asked.law is Regime.FOI:
        remedy = "say that we hold it (section 1(1)(a))"
        yield asked.finding(Rule.HELD_NOT_SAID, "does not say whether the information is held", remedy)


def _mentions(record: LetterRecord) -> dict[str, list[tuple[str, str]]]:
    """Every sentence of an answer that speaks of a numbered question, with its place, by that number."""
    if all(question.outcome is not AnswerOutcome.NCND for question in record.questions):
        return {}
    found: dict[str, list[tuple[str, str]]] = {}
    for number, question in enumerate(record.questions, start=1):
        for key, text in written_fields(question):
            for label, sentence in words.sentences_about_questions(text):
                found.setdefault(label, []).append((f"{place_of(number, question)}: {key}", sentence))
    return found


def _leaks(asked: Asked, topic: str, mentions: list[tuple[str, str]]) -> Iterator[Finding]:
    """Look for anything that gives away whether the information of an NCND question is held."""
    places = [
        (f"{asked.place}: {key}", text)
        for key, text in written_fields(asked.question)
        if key not in {"answer", "link"}  # These leak whatever they say, and have a finding already.
    ]
    for place, text in (*places, (asked.place, asked.said), ("topic", topic), *mentions):
        if found := holding_statement(text):
            yield Finding(
                rule=Rule.NCND_LEAK,
                place=place,
                words=f'"{one_line(found)}" gives away what is neither confirmed nor denied',
                remedy="take it out: the letter may not say or imply that anything is held or not held",
            )
            return
    for place, text in places:
        if found := definite_reference(text):
            yield Finding(
                rule=Rule.NCND_REFERENCE,
                place=place,
                words=f'"{one_line(found)}" may be read as saying that there is such a thing',
                remedy='speak of what there might be: "any such report", "if there were an investigation"',
            )
            return
