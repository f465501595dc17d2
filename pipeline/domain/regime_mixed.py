"""A mail that asks under several laws: which law each of its questions falls under by itself (domain.md 1.4: per question, not per mail)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.domain.questions.letterbody import body_lines
from pipeline.domain.regime import guess_question, is_environmental
from pipeline.domain.request import Question, Regime
from pipeline.domain.sieve import Sifted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

MIXED = (
    "It asks for the requester's own data and for other information as well: each question has the date of its own law. Check which"
    " question falls under which law, or split the request."
)
_MOST_BY_LAW = 100  # questions whose own law is looked at: nobody asks more, but a list made to keep us busy
_MOST_CHARACTERS = 5_000  # of a question that are looked through for sentences under another law
_SENTENCE_END = re.compile(r"(?<=[.?!;]) +(?=\S)|\n+")
_CITES = re.compile(r"freedom of information|\bfoia?\b|environmental information|\beirs?\b", re.IGNORECASE)

# What the council does, spends or decides, told of nobody in particular.
_PUBLIC = Sifted(
    r"\bhow (?:many|much)\b|\bnumbers? of\b|\bstatistics\b|\bfigures\b|\bpercentage\b|\bbudgets?\b|\bspen[dt]\b|\bspending\b|\bexpenditure\b"
    r"|\bcosts? of\b|\bthe total\b|\bcontracts?\b|\bsuppliers?\b|\bpolic(?:y|ies)\b|\bprocedures?\b|\bguidance\b|\bstructure chart\b"
    r"|\bsalar(?:y|ies)\b|\bstrategy\b|\bminutes of the\b|\bper year\b|\beach year\b"
)
# Words of who asks that say nothing of whom it is about.
_ASKS = re.compile(
    r"\b(?:tell|send|give|let|provide|inform|show|supply|advise|e-?mail|furnish) (?:me|us)\b"
    r"|\b(?:could|can|may|might) i\b|\bmy (?:\w+ )?(?:questions?|requests?)\b"
    r"|\bi(?:['\u2019]d| would| also| am|['\u2019]m)? ?(?:also |further |now )?(?:like|want|wish|need|request|ask|asking|requesting|interested)\b",
    re.IGNORECASE,
)
# Somebody in particular, or what article 15(1) has to be told with the data: why, to whom, from where, for how long.
_SOMEBODY = re.compile(
    r"\b(?:i|me|my|mine|myself|we|us|our|he|him|his|she|her|hers|client|son|daughter|child|mother|father|mum|dad|husband|wife|brother|sister)\b"
    r"|\b(?:personal|data|subject access|d?sars?|records? (?:\w+ )?(?:kept|held)|retain\w*|retention|how long|shar(?:e|ed|ing)|recipients?|disclosed to"
    r"|process(?:ed|ing)|(?:legal|lawful) basis|profil\w+|automated|safeguards?|privacy|files?|accounts?|redact\w*|destroyed|deleted)\b",
    re.IGNORECASE,
)
# It goes on about what the question before asks of: "and how many of them", "how many were withdrawn".
_GOES_ON = re.compile(
    r"\b(?:these|those|them|they|it|its)\b|\bhow (?:many|much) (?:were|was|are|is|have|has|did)\b", re.IGNORECASE
)


def by_law(asked: Sequence[Question], law: Regime, text: str) -> tuple[Question, ...]:
    """*asked* of *text*, each noting the law it falls under by itself where that is another than the whole request's *law*.

    Of a request for own data, what asks besides for the council's information is told apart, sentence by sentence where one paragraph does
    both: it has 20 working days whatever else the mail asks (FOIA section 10, EIR regulation 5(2)). In doubt it stays own data.
    """
    if law is Regime.SAR:
        return _beside_own_data(asked, text)
    if law is not Regime.FOI or len(asked) < 2:  # noqa: PLR2004 - a lone question is the request
        return tuple(asked)
    looked_at = [replace(one, regime=Regime.EIR) if is_environmental(one.text) else one for one in asked[:_MOST_BY_LAW]]
    return (*looked_at, *asked[_MOST_BY_LAW:])


def to_check(asked: Sequence[Question], law: Regime) -> tuple[str, ...]:
    """What an officer is to look at where *asked* falls under laws whose clocks differ."""
    return (MIXED,) if is_mixed(asked, law) else ()


def is_mixed(asked: Sequence[Question], law: Regime) -> bool:
    """Whether some of *asked* is the requester's own data and some is not, so that the clocks differ."""
    return law is Regime.SAR and any(one.regime is not None for one in asked)


@dataclass(frozen=True, slots=True)
class Days:
    """What is due when: *own_data*, or all of a request under one law; *others*, the questions under another law, None where there are none."""

    own_data: date
    others: date | None = None


def days_by_law(law: str, due_on: date, asked: Iterable[tuple[str | None, date | None]]) -> Days:
    """The days to tell a requester: of a request for own data, when that is due and when the rest; of any other the one day *due_on*.

    *asked* are each question's own law and own date, where it has them.
    """
    if law != Regime.SAR:
        return Days(due_on)
    own: list[date] = []
    others: list[date] = []
    for its_law, its_day in asked:
        (own if its_law is None else others).append(its_day or due_on)
    return Days(min(own, default=due_on), min(others, default=None))


def _beside_own_data(asked: Sequence[Question], text: str) -> tuple[Question, ...]:
    told: list[Question] = []
    for one in asked[:_MOST_BY_LAW]:
        told += _parts(one, told[-1].regime if told else None)
    told += asked[_MOST_BY_LAW:]
    if not any(one.regime is not None for one in told) or any(one.regime is None for one in told):
        return tuple(told)
    own = _own_words(text)
    # Each question has its law, and the wish for own data stands in none of them: it is a question too.
    return (Question(label="", text=own), *told) if own else tuple(asked)


def _parts(question: Question, before: Regime | None) -> list[Question]:
    """*question*, or where its sentences fall under several laws its parts, in its own words; *before* is the law of the one before it."""
    sentences = _SENTENCE_END.split(question.text[:_MOST_CHARACTERS])
    if len(sentences) == 1 or len(question.text) > _MOST_CHARACTERS:
        return [replace(question, regime=_other_law(question.text, before))]
    laws: list[Regime | None] = []
    for one in sentences:
        laws.append(_other_law(one, laws[-1] if laws else before))
    if not any(
        law is None and guess_question(one).regime is Regime.SAR for one, law in zip(sentences, laws, strict=True)
    ):
        # Nothing in it asks for own data, so that it is one question: of another law if any of it is.
        return [replace(question, regime=next((law for law in laws if law is not None), None))]
    parts = [
        (law, " ".join(one for one, _ in same).strip())
        for law, same in groupby(zip(sentences, laws, strict=True), key=lambda pair: pair[1])
    ]
    return [replace(question, text=words, regime=law) for law, words in parts if words]


def _other_law(text: str, before: Regime | None) -> Regime | None:
    """The law of *text* where it plainly does not ask for the requester's own data; None where it may."""
    if guess_question(text).regime is Regime.SAR:
        return None
    said = _ASKS.sub(" ", text[:_MOST_CHARACTERS])
    if _SOMEBODY.search(said):
        return None
    if is_environmental(text):
        return Regime.EIR
    if _CITES.search(said):
        return Regime.FOI
    if _GOES_ON.search(said):
        return before
    return Regime.FOI if _PUBLIC.search(said) else None


def _own_words(text: str) -> str:
    """The sentence of *text* that asks for own data; "" where no one sentence does."""
    lines = " ".join(line.strip() for line in body_lines(text[:_MOST_CHARACTERS]))
    return next((one for one in _SENTENCE_END.split(lines) if guess_question(one).regime is Regime.SAR), "")
