"""Which law a request falls under, by its words and with reasons: own data first, then the environment, else freedom of information (domain.md 1.2-1.4)."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from pipeline.domain.questions import questions
from pipeline.domain.questions.letterbody import body_lines
from pipeline.domain.regime_words import (
    ABOUT_STAFF,
    ACTING,
    COUNTED,
    DECLARED,
    ENVIRONMENT,
    LOOKALIKES,
    OTHERS_DATA,
    OWN_DATA,
    OWN_REQUEST,
)
from pipeline.domain.request import Regime, RegimeGuess
from pipeline.domain.sieve import ODD_LETTERS, Sieve, Sifted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.domain.request import Question

_LOOK_AT = 100_000  # characters of a letter, and
_LOOK_AT_ONE = 5_000  # characters of one question
_TOPICS = 3  # topics named in a reason
_LABEL = re.compile(
    r"(?:freedom of information(?: act)?(?: 2000)?|environmental information(?: regulations?)?(?: 2004)?|foia?|eir)(?: requests?)?",
    re.IGNORECASE,
)
_CITES_EIR = re.compile(r"environmental information(?: regulations?)?|\beirs?\b", re.IGNORECASE)
_CITES_FOI = re.compile(r"freedom of information|\bfoia?\b", re.IGNORECASE)
_COUNTS_EIR = re.compile(r"how many|number of|statistics|figures", re.IGNORECASE)
_POINTS_BACK = re.compile(r"\b(?:these|those|them|they|it|its)\b", re.IGNORECASE)
_REUSE = Sifted(
    r"\b(?:permission|licen[cs]e|licen[cs]ed|allowed|like|want|wish|apply|application|request) (?:\w+ ){0,3}?(?:to|for|the) ?re-?us(?:e|ing)\b"
    r"|\bre-?use of public sector information\b|\brpsi\b|\bre-?use (?:licen[cs]e|request|application)\b"
)
_REUSE_WORD = re.compile(r"re-?us|rpsi", re.IGNORECASE)
_REUSE_REASON = "It also asks to re-use information, which the Re-use of Public Sector Information Regulations 2015 govern, within 20 working days."
_ODD = str.maketrans(ODD_LETTERS)
_DEFAULT = "It asks for recorded information that is neither about the requester nor about the environment."


def guess(subject: str, text: str, found: Sequence[Question] | None = None) -> RegimeGuess:
    """The law that a request as a whole looks like, from its subject and the text its sender wrote; the label in a subject is only a hint.

    Reasons are sentences for an officer and name rule topics, never the sender's sentences. A wish to re-use information is said
    beside the law of access, for it has regulations and 20 working days of its own (RPSI 2015; domain.md 1.4, row 6).
    *found* are the questions of *text* where they have been looked for already.
    """
    if found is None or len(text) > _LOOK_AT:
        found = questions(text[:_LOOK_AT])
    law = _access(subject, text, [question.text for question in found])
    whole = f"{subject}\n{text[:_LOOK_AT]}"
    # Most mails have no such word: they are spared what clears the words that only look like a topic.
    if _REUSE_WORD.search(whole) and _REUSE.search(_plain(whole)):
        return replace(law, reasons=(*law.reasons, _REUSE_REASON))
    return law


def _access(subject: str, text: str, asked: list[str]) -> RegimeGuess:
    seen = text[:_LOOK_AT]
    frame = "\n".join(body_lines(seen)[:200])
    if reason := _own_data(f"{subject}\n{frame}", asked):
        return RegimeGuess(regime=Regime.SAR, reasons=(reason,))
    topics: list[tuple[str, ...]] = []
    for one in asked:
        carried = topics[-1] if topics and _POINTS_BACK.search(one[:_LOOK_AT_ONE]) else ()
        topics.append(_topics(one) or carried)
    around = _topics(_LABEL.sub(" ", subject)) or _topics(_preamble(frame, asked))
    green = sum(1 for found, one in zip(topics, asked, strict=True) if (found or around) and not _about_staff(one))
    named = sum(1 for found, one in zip(topics, asked, strict=True) if found and not _about_staff(one))
    if asked and green * 2 >= len(asked) and (named or around):
        found = tuple(dict.fromkeys([topic for one in topics for topic in one] + list(around)))
        return _environmental(found, named=green, asked=len(asked))
    cited = _CITES_EIR.search(f"{subject} {frame}")
    if (
        cited
        and not any(map(_about_staff, asked))
        and not _CITES_FOI.search(f"{subject} {frame}")
        and not _COUNTS_EIR.search(frame)
    ):
        return RegimeGuess(
            regime=Regime.EIR,
            reasons=("It cites the Environmental Information Regulations, and nothing in it points elsewhere.",),
        )
    return RegimeGuess(regime=Regime.FOI, reasons=_not_others(subject, frame, named=named, asked=len(asked)))


def is_environmental(text: str) -> bool:
    """Whether one question looks environmental by its own words, and not like one for the requester's own data (``guess_question``)."""
    return bool(_topics(text)) and not _about_staff(text) and not _own_data(text, [text])


def guess_question(text: str) -> RegimeGuess:
    """The law that one question looks like by its own words (domain.md 1.4: routing is per question, not per mail)."""
    if reason := _own_data(text, [text]):
        return RegimeGuess(regime=Regime.SAR, reasons=(reason,))
    found = _topics(text)
    if found and not _about_staff(text):
        return _environmental(found, named=1, asked=1)
    return RegimeGuess(regime=Regime.FOI, reasons=_not_others("", text, named=0, asked=1))


def _environmental(topics: tuple[str, ...], *, named: int, asked: int) -> RegimeGuess:
    listed = ", ".join(topics[:_TOPICS])
    reasons = [f"It looks like environmental information (EIR regulation 2(1)), because it asks about {listed}."]
    if named < asked:
        reasons.append(f"{named} of {asked} questions do; the others may fall under the Freedom of Information Act.")
    return RegimeGuess(regime=Regime.EIR, reasons=tuple(reasons))


def _not_others(subject: str, frame: str, *, named: int, asked: int) -> tuple[str, ...]:
    reasons = [_DEFAULT]
    if COUNTED.search(f"{subject}\n{frame}"):
        reasons.append("It asks about subject access requests in general, not for the requester's own data.")
    if named:
        reasons.append(f"{named} of {asked} questions may fall under the Environmental Information Regulations.")
    return tuple(reasons)


def _own_data(text: str, asked: list[str]) -> str:
    """The sentence why this looks like a subject access request; "" when it doesn't."""
    folded = " ".join(text.split())
    plain = COUNTED.sub(" ", folded)
    wanted = COUNTED.sub(" ", " ".join(" ".join(asked).split()))
    if DECLARED.search(folded) or OWN_REQUEST.search(plain):
        return "It looks like a subject access request, because it says that it is one."
    if OWN_DATA.search(plain) or OWN_DATA.search(wanted):
        return "It looks like a subject access request, because it asks for information about the requester."
    if ACTING.search(plain) and OTHERS_DATA.search(plain):
        return "It looks like a subject access request, because it asks for a named person's information on that person's behalf."
    return ""


def _preamble(frame: str, asked: list[str]) -> str:
    """The letter above its first question, where the topic is often named once for all questions."""
    first = asked[0].split("\n", 1)[0][:40] if asked else ""
    return " ".join(frame[: max(frame.find(first), 0)].split())[-600:] if first else ""


@lru_cache(maxsize=64)
def _plain(text: str) -> str:
    return LOOKALIKES.sub(" ", " ".join(text[:_LOOK_AT_ONE].split()))


@lru_cache(maxsize=64)
def _about_staff(text: str) -> bool:
    return ABOUT_STAFF.search(_plain(text)) is not None


@lru_cache(maxsize=64)
def _topics(text: str) -> tuple[str, ...]:
    plain = _plain(text).translate(_ODD).lower()
    may = _topic_sieve().may_stand_in(plain)
    return tuple(
        name
        for number, (name, pattern) in enumerate(ENVIRONMENT)
        if (number in may and pattern.search_telling(plain, may[number])) or pattern.search_others(plain)
    )


@cache
def _topic_sieve() -> Sieve:
    return Sieve(pattern.telling for _, pattern in ENVIRONMENT)
