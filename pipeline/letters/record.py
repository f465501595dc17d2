"""Reads and writes the TOML file an officer fills in for a letter, and derives what the request ends with."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from pipeline.domain.citation import parse_citation
from pipeline.domain.errors import RecordError
from pipeline.domain.request import Outcome, Regime
from pipeline.domain.response import AnswerOutcome, request_outcome
from pipeline.letters.authority import NO_OVERRIDE, AuthorityOverride, Publication
from pipeline.letters.model import (
    AnsweredQuestion,
    DraftFacts,
    LetterKind,
    LetterRecord,
    Likelihood,
    PublicInterest,
    QualifiedPerson,
    Reliance,
    Salutation,
)
from pipeline.letters.particulars import KINDS, QUESTIONS, judge, read_particulars
from pipeline.letters.plain import one_line
from pipeline.letters.templating import environment
from pipeline.letters.toml_table import Table, shown

if TYPE_CHECKING:
    from pipeline.domain.citation import Citation

__all__ = ["DraftFacts", "LetterRecord", "draft_record", "load_record", "outcome"]

_TEMPLATE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/-]{0,63}")


def load_record(text: str, name: str) -> LetterRecord:
    """Read the letter file *text*; *name* is what its file is called in mistakes.

    Raises RecordError with every mistake at once, each with file, key and remedy (file and line where it is not TOML).
    """
    try:
        values = tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        reason = one_line(str(error))[:200] if isinstance(error, ValueError) else "brackets nested too deep"
        raise RecordError(
            (f"{name}: {reason}; the file is not well-formed there: look for a missing quote or bracket",)
        ) from None
    mistakes: list[str] = []
    table = Table(values, name, mistakes)
    record = _record(table)
    table.refuse_the_rest()
    if mistakes or record is None:
        raise RecordError(tuple(sorted(mistakes)))
    return record


def _record(table: Table) -> LetterRecord | None:
    regime = table.choice("regime", Regime, None)
    if regime is None:
        table.wrong("regime", 'the law is missing; add regime = "foi", "eir" or "sar"')
    kind = table.choice("kind", LetterKind, LetterKind.RESPONSE) or LetterKind.RESPONSE
    made = LetterRecord(
        kind=kind,
        template=table.matching("template", _TEMPLATE, f'name a folder of templates/letters/{kind}, like "default"')
        if table.has("template")
        else "default",
        reference=table.matching("reference", _REFERENCE, "use letters, digits, / and - only"),
        regime=regime or Regime.FOI,
        topic=table.text("topic"),
        salutation=table.choice("salutation", Salutation, Salutation.GENERIC) or Salutation.GENERIC,
        requester_name=table.text("requester_name"),
        received_on=table.day("received_on"),
        issued_on=table.day("issued_on"),
        authority=table.one("authority", _override) or NO_OVERRIDE,
        attachments=table.texts("attachments") if table.has("attachments") else (),
        questions=table.each("question", _question) if kind in QUESTIONS else (),
        particulars=read_particulars(table, kind, regime or Regime.FOI, _reliances),
    )
    if kind is LetterKind.RESPONSE and not made.questions:
        table.wrong("question", "there is no question; add a [[question]] with its text")
    judge(made, table)
    return made


def _override(table: Table) -> AuthorityOverride:
    def said(key: str) -> str | None:
        """The text under *key*; None where the draft does not have the key, which is not the same as an empty text."""
        return table.text(key) if table.has(key) else None

    return AuthorityOverride(
        name=said("name"),
        team=said("team"),
        address=table.texts("address") if table.has("address") else None,
        website=said("website"),
        email=said("email"),
        phone=said("phone"),
        privacy_notice=table.link("privacy_notice") if table.has("privacy_notice") else None,
        sign_off=said("sign_off"),
        publications=table.each("publications", _publication) if table.has("publications") else None,
    )


def _publication(table: Table) -> Publication:
    return Publication(title=table.text("title", needed=True), url=table.link("url", unknown="#"))


def _question(table: Table) -> AnsweredQuestion:
    return AnsweredQuestion(
        label=table.text("label"),
        text=table.text("text", needed=True),
        outcome=table.choice("outcome", AnswerOutcome, None),
        regime=table.choice("regime", Regime, None),
        answer=table.text("answer"),
        provisions=_reliances(table),
        reason=table.text("reason"),
        public_interest=table.text("public_interest"),
        link=table.link("link"),
        link_intro=table.text("link_intro"),
        emissions=table.yes("emissions"),
    )


def _reliances(table: Table) -> tuple[Reliance, ...]:
    """Read what a question relies on: the list ``provisions`` of citations or tables, and any [[question.provision]]."""

    def plain(written: str) -> Reliance | None:
        """A provision that is written as its citation alone; None for one that can't be read, which is noted in the table."""
        citation = _citation(table, "provisions", written)
        return None if citation is None else Reliance(citation=citation)

    read = (*table.each("provisions", _reliance, text=plain), *table.each("provision", _reliance))
    return tuple(one for one in read if one is not None)


def _reliance(table: Table) -> Reliance | None:
    citation = _citation(table, "cite", table.text("cite", needed=True))
    reason = table.text("reason")
    prejudice = table.choice("prejudice", Likelihood, None)
    public_interest = table.one("public_interest", _public_interest)
    qualified_person = table.one("qualified_person", _qualified_person)
    if citation is None:
        return None
    return Reliance(
        citation=citation,
        reason=reason,
        prejudice=prejudice,
        public_interest=public_interest,
        qualified_person=qualified_person,
    )


def _public_interest(table: Table) -> PublicInterest:
    return PublicInterest(
        disclosure=table.joined("for"),
        withholding=table.joined("against"),
        balance=table.text("balance"),
        decided_by=table.text("decided_by"),
        decided_on=table.day("decided_on"),
    )


def _qualified_person(table: Table) -> QualifiedPerson:
    return QualifiedPerson(
        role=table.text("role"),
        opinion=table.text("opinion"),
        name=table.text("name"),
        given_on=table.day("given_on"),
    )


def _citation(table: Table, key: str, written: str) -> Citation | None:
    citation = parse_citation(written)
    if citation is None and (key == "provisions" or written.strip()):
        table.wrong(key, f'{shown(written)} is not understood; write it like "s.40(2)" or "reg 12(5)(e)"')
    return citation


def draft_record(facts: DraftFacts) -> str:
    """Write the file an officer starts from: every key of the kind explained, questions filled in verbatim, the rest empty.

    ``load_record`` gives every text back exactly (a lone surrogate, which no file can hold, as U+FFFD).
    """
    if facts.kind is LetterKind.RESPONSE:
        return environment().get_template("draft/record.toml").render(facts=facts).rstrip() + "\n"
    keys = KINDS[facts.kind]
    about = {
        "keys": keys.order(facts.regime),
        "needed": keys.needed(facts.regime),
        "questions": facts.kind in QUESTIONS,
    }
    return environment().get_template("draft/letter.toml").render(facts=facts, **about).strip() + "\n"


def outcome(
    record: LetterRecord,
    *,
    s21_counts_as_refusal: bool = True,
    not_held_beside_supplied_is_granted: bool = True,
) -> Outcome:
    """Derive what the request as a whole ends with (``domain.response.request_outcome``, with its policies).

    A refusal as a whole and a transfer say so themselves. Raises RecordError naming every question that is unanswered.
    """
    if record.kind in {LetterKind.COST_REFUSAL, LetterKind.VEXATIOUS_REFUSAL}:
        return Outcome.REFUSED
    if record.kind is LetterKind.TRANSFER:
        return Outcome.TRANSFERRED if record.particulars.transferred else Outcome.NOT_HELD
    open_still = tuple(
        f"{place_of(number, question)}: is not answered: choose an outcome ({', '.join(AnswerOutcome)})."
        for number, question in enumerate(record.questions, start=1)
        if question.outcome is None
    )
    if open_still:
        raise RecordError(open_still)
    return request_outcome(
        ((question.outcome, record.law_of(question)) for question in record.questions if question.outcome),
        s21_counts_as_refusal=s21_counts_as_refusal,
        not_held_beside_supplied_is_granted=not_held_beside_supplied_is_granted,
    )


def place_of(number: int, question: AnsweredQuestion) -> str:
    """Name a question in a message: by its place in the letter, and its own label where that is another."""
    label = one_line(question.label)[:20]
    return f"question {number}" + (f" ({label})" if label not in {"", str(number)} else "")
