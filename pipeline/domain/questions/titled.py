"""The questions of a mail, where they may stand in its subject: many people write all they ask there, and only their name below."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.domain.questions.asking import is_ask, is_boilerplate, is_preamble, is_question, is_request, wants
from pipeline.domain.questions.finding import questions
from pipeline.domain.questions.letterbody import sentences

if TYPE_CHECKING:
    from pipeline.domain.request import Question

_ANSWER = re.compile(r"(?:\s{0,9}(?:re|fwd?|aw|sv|ynt|ateb|wg|tr|rv)\s?:){1,9}\s{0,9}", re.IGNORECASE)
_LOOK = 3_000  # characters of the text in which an ask is looked for before the subject counts
_REMARK = 8  # words; what is shorter beside an asking subject is a name, a greeting or "FOI request"


def questions_of(subject: str, text: str, writer: str = "") -> tuple[Question, ...]:
    """The questions of *text* as ``questions`` finds them; those of *subject* before them where it asks and the text doesn't.

    The subject of an answer or a forward is somebody's from before, and counts only where the text says nothing at all.
    """
    asked = questions(text, writer)
    title = _asking(subject)
    earlier = bool(asked) and _ANSWER.match(subject) is not None
    if not title or earlier or _asks("\n\n".join(question.text for question in asked)[:_LOOK]):
        return asked
    return (*questions(title), *(question for question in asked if _says_more(question.text)))


def _says_more(text: str) -> bool:
    return len(text.split()) >= _REMARK or wants(text)


def _asking(subject: str) -> str:
    """A subject that asks; "" for any other."""
    said = _ANSWER.sub("", subject, count=1).strip()
    return said if is_question(said) or is_request(said) else ""


def _asks(text: str) -> bool:
    return any(is_question(part) or is_request(part) or _names(part) for part in sentences(text))


def _names(part: str) -> bool:
    return is_ask(part) and not is_boilerplate(part) and not is_preamble(part)
