"""A note above another mail that only passes it on ("Please see my dad's message below"), told from one that asks for something itself."""

from __future__ import annotations

import re

from pipeline.domain.header_lines import FORWARDED
from pipeline.domain.questions import questions
from pipeline.domain.questions.asking import is_question, is_request, wants
from pipeline.domain.questions.letterbody import sentences

_SUBJECT = re.compile(rf"(?:\s{{0,9}}(?:re|aw|sv)\s?:){{0,3}}\s{{0,9}}(?:{FORWARDED})\s?:", re.IGNORECASE)
_NOTE = 1_500  # characters; who writes more has something to say
_PASSES = re.compile(
    r"\b(?:below|attached|enclosed|forward(?:ed|ing)?|constituents?|transferr?(?:ed|ing)?|on behalf|re-?send(?:ing)?|re-?sent|fyi|misdirected"
    r"|(?:one|meant|intended) for you|pass(?:ed|ing)? (?:it|this|that|them) (?:on|to)"
    r"|(?:deal with|answer|respond to|reply to|look (?:at|into)|handle|process|action|log|help with|see|consider)"
    r" (?:it|this|that|these|my|the|his|her|their|him|them)\b)",
    re.IGNORECASE,
)

# "Please answer the letter below, I would like the same information": a request of the sender's own.
_OWN_WISH = re.compile(
    r"\b(?:i|we)(?:['\u2019]d| would| also| should){0,2} (?:like|want|need|request|require)\b(?! (?:you|this|it|him|her|them|to)\b)",
    re.IGNORECASE,
)


def only_passes_on(subject: str, note: str, writer: str = "") -> bool:
    """Whether *note*, written by *writer* above an older mail, passes that mail on and asks for nothing of its own."""
    if len(note) > _NOTE or not (_SUBJECT.match(subject) or _PASSES.search(note)):
        return False
    return not any(_asks_itself(part) for asked in questions(note, writer) for part in sentences(asked.text))


def _asks_itself(part: str) -> bool:
    """Whether a sentence wants something that it names; "can you answer my constituent?" and "deal with this request" want the other mail read."""
    if _OWN_WISH.search(part):
        return True
    return (is_question(part) or is_request(part)) and (wants(part) or not _PASSES.search(part))
