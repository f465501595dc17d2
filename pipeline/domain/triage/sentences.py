"""A mail's words as sentences: without mark-up, greeting and sign-off, folded for comparing, a list item or a paragraph at a time."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from pipeline.domain.triage.automatic import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TEXT_CHARACTERS = 100_000
SENTENCE_CHARACTERS = 1_200
GREETING_WORDS = 4

_MARKUP = re.compile(r"<[^<>\n]{1,300}>")
_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>]+", re.IGNORECASE)
_FOOTER = re.compile(r"^-{60,80}\s*$", re.MULTILINE)
_BULLET = re.compile(
    r"^(?:[-*•·▪‣o>]\s+|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})\s?[.):/](?:\s|\)|-)*"
    r"|q(?:uestion)?\s?\d{1,3}[a-z]?\s?[.:)-]*\s*)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.?!;]) ")
_SIGN_OFF = re.compile(
    r"^(?:(?:kind(?:est)?|best|warm(?:est)?|many|with|yours?)\b[\w ]{0,20}(?:regards|wishes|thanks|faithfully"
    r"|sincerely|truly)|regards|thanks|thank you|cheers|many thanks|best|yours|diolch|yn gywir)[\s,.!]*$"
)
_GREETING = re.compile(
    r"^(?:dear|hi|hello|hiya|good (?:morning|afternoon|evening|day)|to whom it may concern|hey|fao|annwyl"
    r"|helo)\b[^.?!]{0,60}$"
)
_SHORTHAND = re.compile(
    r"\b(?:pls|plz|plse|u|im|ive|(?:do|did|does|ca|wo|would|could|should|have|has|had|is|are|was|were)nt)\b"
)


def clean(text: str) -> str:
    """*text* without mark-up, links and the publication footer of WhatDoTheyKnow (domain.md 1.5), cut to the first 100 KB."""
    head = text[:TEXT_CHARACTERS]
    rule = _FOOTER.search(head)
    if rule is not None and rule.start() > 0:
        head = head[: rule.start()]
    if "<" in head or "&" in head:
        head = html.unescape(_MARKUP.sub(" ", head))
    return _LINK.sub(" ", head)


def lines(text: str) -> Iterator[str]:
    """Paragraphs and list items of *text*, folded for comparing, without greeting and sign-off lines."""
    pending: list[str] = []
    for line in text.splitlines():
        folded = plain(line)
        bullet = _BULLET.match(folded)
        ends = not folded or _is_greeting(folded) or _SIGN_OFF.match(folded)
        if (ends or bullet) and pending:
            yield " ".join(pending)
            pending = []
        if not ends:
            pending.append(_SHORTHAND.sub(_spelt_out, folded[bullet.end() :] if bullet else folded))
    if pending:
        yield " ".join(pending)


def _spelt_out(short: re.Match[str]) -> str:
    word = short[0]
    if word == "u":
        return "you"
    if word in {"im", "ive"}:
        return f"i'{word[1:]}"
    return f"{word[:-2]}n't" if word.endswith("nt") else "please"


def _is_greeting(line: str) -> bool:
    """Whether *line* only greets; "hi can i have the minutes" does not."""
    return _GREETING.match(line) is not None and (line[-1] in ",:-" or len(line.split()) <= GREETING_WORDS)


def sentences(said: Iterable[str]) -> Iterator[str]:
    """The sentences of paragraphs and list items, cut where one is longer than anybody writes."""
    for line in said:
        for sentence in _SENTENCE_END.split(line):
            for start in range(0, len(sentence), SENTENCE_CHARACTERS):
                yield sentence[start : start + SENTENCE_CHARACTERS]
