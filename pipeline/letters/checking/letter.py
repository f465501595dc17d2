"""The check of a whole letter: to whom, in time, with the rights it has to name; then its questions one by one."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from pipeline.domain.request import Regime
from pipeline.domain.response import AnswerOutcome
from pipeline.letters.checking import words
from pipeline.letters.checking.answers import answer_findings
from pipeline.letters.checking.findings import THE_LETTER, CheckFacts, Finding, Rule
from pipeline.letters.checking.holding import holding_statement
from pipeline.letters.checking.oddities import oddity_findings
from pipeline.letters.checking.slices import cut
from pipeline.letters.model import LetterKind, Salutation
from pipeline.letters.particulars import ANSWERS
from pipeline.letters.plain import one_line
from pipeline.letters.record import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from pipeline.domain.clock import Review
    from pipeline.domain.exemptions import Exemptions
    from pipeline.letters.authority import AuthorityFacts
    from pipeline.letters.checking.slices import Slices
    from pipeline.letters.model import LetterRecord, Particulars

_GREETING = re.compile(r"(?:^|\n)dear ([^\n]{1,200})", re.IGNORECASE)
_NOBODY = frozenset(
    {"sir", "madam", "sirs", "or", "requester", "applicant", "colleague", "enquirer", "customer", "all"}
)
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "rev", "cllr", "councillor"})
_WORD = re.compile(r"\w{1,60}")
_REFERENCES = re.compile(r"\b(?:FOI|EIR|SAR)[0-9]{9}\b")
_SORRY = re.compile(r"\b(?:apolog|sorry|regret)", re.IGNORECASE)
_LAW_NAMES = {
    Regime.FOI: ("freedom of information", "the Freedom of Information Act 2000"),
    Regime.EIR: ("environmental information regulations", "the Environmental Information Regulations 2004"),
    Regime.SAR: ("subject access", "the right of access"),
}


def check(
    record: LetterRecord,
    *,
    letter_text: str,
    authority: AuthorityFacts,
    facts: CheckFacts,
    exemptions: Exemptions,
    today: date,
) -> tuple[Finding, ...]:
    """Check a letter before it goes for approval (domain.md 3.4 and 4); stops stand before warnings.

    A letter of another kind than a response has answers of its own, which ``particulars.judge`` has seen to: of it only
    what goes for every letter is checked, and where it ends the request, that it names the law and the requester's rights.

    *letter_text* is the letter as it would be sent, *facts* the request it answers, *today* the day it would be dated
    unless *record* has a date. A rule tells only what it can see in the words; a letter without findings can be wrong.
    """
    issued_on = record.issued_on or today
    slices = cut(letter_text, record)
    found = [
        *_recipient_findings(record, letter_text, facts),
        *_record_findings(record),
        *(_frame_findings(record, slices.frame) if record.kind in ANSWERS else ()),
        *_date_findings(record, slices, facts, issued_on),
    ]
    if facts.known is not None:
        found += _forgotten_findings(record.particulars, facts.known)
    if facts.review is not None:
        found += _review_findings(record, facts.review)
        found += (
            _late_review_findings(slices, facts.review, issued_on) if record.kind is LetterKind.REVIEW_OUTCOME else ()
        )
    if record.kind is LetterKind.FREE and record.regime is Regime.SAR:
        found += _refused_right_findings(record, letter_text)
    if record.kind is LetterKind.RESPONSE:
        found += [
            *_question_findings(record, facts),
            *_data_use_findings(record, authority),
            *_file_findings(record, slices, facts),
            *answer_findings(record, slices.answers, exemptions, issued_on),
            *oddity_findings(record, slices, authority),
        ]
    if not any(finding.rule is Rule.PLACEHOLDER for finding in found) and (left := words.left_over(slices.ours)):
        found.append(
            _finding(Rule.PLACEHOLDER, THE_LETTER, f'still holds the placeholder "{one_line(left)}"', "replace it")
        )
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: finding.level))


def _finding(rule: Rule, place: str, found: str, remedy: str) -> Finding:
    return Finding(rule=rule, place=place, words=found, remedy=remedy)


def _recipient_findings(record: LetterRecord, letter_text: str, facts: CheckFacts) -> Iterator[Finding]:
    """Check that the letter goes to whoever asked: by its number, its name and its address."""
    own = facts.reference.casefold()
    if record.reference.casefold() != own:
        yield _finding(
            Rule.WRONG_RECIPIENT, "reference", f"{record.reference} is another request's", f"use {facts.reference}"
        )
    elif own not in letter_text.casefold():
        others = sorted(set(_REFERENCES.findall(letter_text)))
        if others:
            yield _finding(
                Rule.WRONG_RECIPIENT, THE_LETTER, f"it names {', '.join(others)[:100]}", f"it answers {facts.reference}"
            )
        else:
            yield _finding(
                Rule.REFERENCE_MISSING, THE_LETTER, "it does not name its reference", f"name {facts.reference}"
            )
    for address in facts.addressed_to:
        if address.casefold() != facts.requester_email.casefold():
            yield _finding(
                Rule.WRONG_RECIPIENT, THE_LETTER, f"it would go to {address}", f"send it to {facts.requester_email}"
            )
    greeting = _GREETING.search(letter_text)
    greeted = one_line(greeting[1])[:80] if greeting else ""
    asked = _name_words(facts.requester_name)
    named = _name_words(greeted) - _NOBODY - _TITLES
    if named and asked and not named & asked:
        found = f'the letter greets "{greeted}", but the requester is {one_line(facts.requester_name)[:80]}'
        yield _finding(Rule.WRONG_RECIPIENT, "requester_name", found, "correct the name, or use the generic salutation")


def _name_words(name: str) -> set[str]:
    """The words of a name in small letters without accents, so that José is Jose."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return set(_WORD.findall(plain.casefold()))


def _record_findings(record: LetterRecord) -> Iterator[Finding]:
    """Check the record's own fields: its topic, and a name where one is needed."""
    if not record.topic.strip():
        yield _finding(Rule.TOPIC_MISSING, "topic", "it is empty", "say in a few words what the request is about")
    if left := words.left_over(record.topic):
        yield _finding(Rule.PLACEHOLDER, "topic", f'still holds the placeholder "{one_line(left)}"', "replace it")
    if record.salutation is Salutation.NAMED and not record.requester_name.strip():
        yield _finding(Rule.NAME_MISSING, "requester_name", "it is empty", 'fill it in, or use salutation = "generic"')


def _frame_findings(record: LetterRecord, frame: str) -> Iterator[Finding]:
    """Check what the wording around the answers has to hold: the law, the review and the Commissioner."""
    lowered = frame.casefold()
    wanted = [
        (Rule.LAW_NOT_NAMED, _LAW_NAMES[law][0], f"its law ({law.upper()})", f"name {_LAW_NAMES[law][1]}")
        for law in sorted(record.laws)
    ]
    if Regime.FOI in record.laws:
        remedy = "add the paragraph on review"
        wanted.append((Rule.REVIEW_MISSING, "review", "the internal review (section 17(7)(a))", remedy))
    if Regime.EIR in record.laws:
        remedy = "add the paragraph on regulation 11"
        wanted.append((Rule.REGULATION_11_MISSING, "regulation 11", "reconsideration (regulation 14(5))", remedy))
    remedy = "add the paragraph on the Commissioner"
    wanted.append(
        (Rule.COMMISSIONER_MISSING, "information commission", "the right to complain to the Commissioner", remedy)
    )
    for rule, word, name, remedy in wanted:
        if word not in lowered:
            yield _finding(rule, THE_LETTER, f"it does not name {name}", remedy)
    if record.laws == {Regime.EIR}:
        if found := words.foreign_provision(frame, environmental=True):
            yield _finding(Rule.OTHER_LAW, THE_LETTER, f'its wording speaks of "{found}" of the Act', "take it out")
        if found := words.public_interest_extension(frame):
            yield _finding(
                Rule.EXTENSION_NOT_IN_EIR, THE_LETTER, f'it extends the time ("{found}")', "use regulation 7 or none"
            )


def _date_findings(record: LetterRecord, slices: Slices, facts: CheckFacts, issued_on: date) -> Iterator[Finding]:
    received = record.received_on or facts.received_on
    if issued_on < received:
        yield _finding(
            Rule.DATES, "issued_on", "the letter would be older than the request", "correct the date that is wrong"
        )
    if received != facts.received_on:
        yield _finding(
            Rule.RECEIPT_DATE,
            "received_on",
            f"the request is filed as received on {facts.received_on.isoformat()}",
            "use that date, or correct the request",
        )
    if record.kind in ANSWERS and issued_on > facts.due_on and not _SORRY.search(slices.ours):
        yield _finding(
            Rule.LATE_WITHOUT_APOLOGY,
            THE_LETTER,
            f"it was due on {facts.due_on.isoformat()} and does not apologise",
            "add an apology for the delay",
        )


def _data_use_findings(record: LetterRecord, authority: AuthorityFacts) -> Iterator[Finding]:
    """Check that whoever is sent their data is told how it is used, besides being sent it (UK GDPR Article 15(1) and (2))."""
    told = record.authority.over(authority).privacy_notice or record.particulars.supplementary.strip()
    if record.gives_personal_data and not told:
        yield _finding(
            Rule.ARTICLE_15_MISSING,
            "supplementary",
            "it does not say how the personal data is used (UK GDPR Article 15(1) and (2))",
            "have [authority] privacy_notice set, or say in supplementary what the data is used for, its kinds, who receives "
            "it, how long it is kept, where it came from and whether a machine decides by itself",
        )


def _refused_right_findings(record: LetterRecord, letter_text: str) -> Iterator[Finding]:
    """Warn of a data protection right refused without the rights that UK GDPR Article 12(4) has go with it.

    There is no kind of letter for erasure, rectification, restriction and objection: they are answered in free letters.
    """
    refused = words.refuses(f"{record.particulars.subject}\n{record.particulars.message}")
    lowered = letter_text.casefold()
    if refused and not ("information commission" in lowered and "court" in lowered):
        yield _finding(
            Rule.REFUSAL_RIGHTS,
            "message",
            f'"{refused}" reads as a refusal, which needs reasons and the rights to complain to the Commissioner and to go to court '
            "(UK GDPR Article 12(4))",
            "set refuses = true, and the letter names them",
        )


def _review_findings(record: LetterRecord, review: Review) -> Iterator[Finding]:
    """Check the date by which a review is promised: regulation 11(4) sets 40 working days, the Code of Practice part 5 aims at 20."""
    said = record.particulars
    if said.review_received_on not in {None, review.requested_on}:
        yield _finding(
            Rule.RECEIPT_DATE,
            "review_received_on",
            f"the wish for a review is recorded as received on {review.requested_on.isoformat()}",
            "use that date, or correct the record",
        )
    if said.decision_by is None or said.decision_by <= review.due_on:
        return
    if said.decision_by > review.longest_on and Regime.EIR in record.laws:
        yield _finding(
            Rule.REVIEW_TOO_LATE,
            "decision_by",
            f"{said.decision_by.isoformat()} is after the 40th working day, {review.longest_on.isoformat()} (regulation 11(4))",
            f"decide by {review.longest_on.isoformat()}",
        )
    elif said.decision_by > review.longest_on:
        yield _finding(
            Rule.REVIEW_LONG,
            "decision_by",
            f"{said.decision_by.isoformat()} is after {review.longest_on.isoformat()}, and the letter says that it will not take "
            "more than 40 working days",
            f"decide by {review.longest_on.isoformat()} (Code of Practice part 5)",
        )
    else:
        yield _finding(
            Rule.REVIEW_LONG,
            "decision_by",
            f"20 working days end on {review.due_on.isoformat()}",
            "take longer only where the review is complex (Code of Practice part 5)",
        )


def _forgotten_findings(said: Particulars, known: Particulars) -> Iterator[Finding]:
    """Check that the letter says what its draft was begun with, where leaving it out would make it wrong."""
    if known.clarified_on not in {None, said.clarified_on}:
        yield _finding(
            Rule.DATES,
            "clarified_on",
            f"the answer to our question arrived on {known.clarified_on}, from which the time is counted anew (regulation 9(4))",
            f"add clarified_on = {known.clarified_on}",
        )
    if known.both_laws and not said.both_laws:
        yield _finding(
            Rule.LAW_NOT_NAMED,
            "both_laws",
            "a part of the request falls under the other law, whose rights the letter does not name",
            "set both_laws = true",
        )


def _late_review_findings(slices: Slices, review: Review, issued_on: date) -> Iterator[Finding]:
    """Warn of a review that is decided late without a word of apology (Code of Practice part 5)."""
    if issued_on > review.due_on and not _SORRY.search(slices.ours):
        yield _finding(
            Rule.LATE_WITHOUT_APOLOGY,
            "apology",
            f"the review was due on {review.due_on.isoformat()} and the letter does not apologise",
            "add an apology for the delay",
        )


def _question_findings(record: LetterRecord, facts: CheckFacts) -> Iterator[Finding]:
    """Compare the letter's questions with those of the request; cut differently they are still the requester's words."""
    asked = [_squeezed(question.text) for question in facts.questions]
    answered = [_squeezed(question.text) for question in record.questions]
    all_asked, all_answered = "\n".join(asked), "\n".join(answered)
    for number, (question, text) in enumerate(zip(facts.questions, asked, strict=True), start=1):
        if text not in all_answered and not any(part in text for part in answered if part):
            yield _finding(
                Rule.QUESTION_LEFT_OUT,
                THE_LETTER,
                f"question {question.label or number} of the request is not in it",
                "answer it, in the requester's own words",
            )
    if not asked:
        return
    for number, (answer, text) in enumerate(zip(record.questions, answered, strict=True), start=1):
        if text not in all_asked and not any(part in text for part in asked if part):
            yield _finding(
                Rule.NOT_REQUESTERS_WORDS,
                place_of(number, answer),
                "it is not in the requester's own words",
                "put back what they wrote",
            )


def _squeezed(text: str) -> str:
    return " ".join(text.split()).casefold()


def _file_findings(record: LetterRecord, slices: Slices, facts: CheckFacts) -> Iterator[Finding]:
    """Check that no file, and no wording of a letter that denies everything, gives away what is neither confirmed nor denied."""
    outcomes = {question.outcome for question in record.questions}
    if AnswerOutcome.NCND not in outcomes:
        return
    for name in facts.file_names:
        spaced = re.sub(r"[-_.+]", " ", name[:300])
        if outcomes == {AnswerOutcome.NCND} or holding_statement(f"it is {spaced}") or holding_statement(spaced):
            yield _finding(
                Rule.NCND_LEAK,
                f"file {one_line(name)[:80]}",
                "the file or its name gives away what is neither confirmed nor denied",
                "send no such file",
            )
    around = words.without_links(slices.frame).replace(one_line(record.topic) or "\0", " ")
    if outcomes == {AnswerOutcome.NCND} and (found := holding_statement(around)):
        yield _finding(
            Rule.NCND_LEAK,
            THE_LETTER,
            f'"{one_line(found)}" gives away what is neither confirmed nor denied',
            "take it out: the letter may not say or imply that anything is held or not held",
        )
