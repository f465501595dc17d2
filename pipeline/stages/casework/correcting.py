"""How far an approver may correct a letter while approving it: a few words of what was written, and nothing that was decided."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from pipeline.domain.errors import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.letters.model import LetterRecord, Reliance

MOST_WORDS = (
    60  # put in and taken out together, about a paragraph: more is another letter, and goes back to its drafter
)

_OF_QUESTION = ("answer", "reason", "public_interest", "link_intro")
_OF_BALANCE = ("disclosure", "withholding", "balance")
_OF_LETTER = (
    "needed", "clear_part", "how_to_pay", "progress", "reason", "workings", "advice", "public_interest", "search",
    "findings", "remedy", "apology", "correction", "subject", "message",
)  # fmt: skip
_FIGURE = re.compile(r"https?://\S{1,2000}|[\w.+-]{1,64}@[\w.-]{1,255}|[0-9][0-9.,:/%-]*")


def refuse_more_than_wording(before: LetterRecord, after: LetterRecord) -> None:
    """Raise NotAllowedError unless *after* is *before* with a few of its words changed.

    Outcomes, provisions, dates, recipients, attachments and the requester's words stay as they were, and so do figures,
    addresses and links in the text; nothing is written where nothing stood, nor emptied.
    """
    if _bare(before) != _bare(after):
        raise NotAllowedError(
            "a correction changes wording only: what was decided (outcomes, provisions, dates, questions, files, recipients) "
            "stays as it is. Return the letter to its drafter instead, and say what has to change"
        )
    pairs = [(a, b) for a, b in zip(_texts(before), _texts(after), strict=True) if a != b]
    if not pairs:
        raise NotAllowedError("nothing was corrected: approve the letter as it stands")
    if any(bool(a.strip()) is not bool(b.strip()) for a, b in pairs):
        raise NotAllowedError(
            "a correction neither writes a text where none stood nor takes a whole one out: return the letter"
        )
    if any(sorted(_FIGURE.findall(a)) != sorted(_FIGURE.findall(b)) for a, b in pairs):
        raise NotAllowedError("a correction changes no figure, date, address or link: return the letter")
    words = sum(_changed_words(a, b) for a, b in pairs)
    if words > MOST_WORDS:
        raise NotAllowedError(
            f"{words} words were put in or taken out, and a correction has at most {MOST_WORDS}: return the letter"
        )


def _changed_words(before: str, after: str) -> int:
    then, now = before.split(), after.split()
    return sum(
        (j - i) + (m - k)
        for what, i, j, k, m in SequenceMatcher(None, then, now, autojunk=False).get_opcodes()
        if what != "equal"
    )


def _texts(written: LetterRecord) -> Iterator[str]:
    """Every text that a correction may touch, in one order."""
    for question in written.questions:
        yield from (getattr(question, name) for name in _OF_QUESTION)
        yield from _of_reliances(question.provisions)
    yield from (getattr(written.particulars, name) for name in _OF_LETTER)
    yield from _of_reliances(written.particulars.provisions)


def _of_reliances(provisions: tuple[Reliance, ...]) -> Iterator[str]:
    for reliance in provisions:
        yield reliance.reason
        if reliance.public_interest is not None:
            yield from (getattr(reliance.public_interest, name) for name in _OF_BALANCE)


def _bare(written: LetterRecord) -> LetterRecord:
    """*written* without the texts that a correction may touch."""
    said: dict[str, Any] = dict.fromkeys(_OF_LETTER, "")
    provisions = tuple(map(_bare_reliance, written.particulars.provisions))
    asked: dict[str, Any] = dict.fromkeys(_OF_QUESTION, "")
    return replace(
        written,
        questions=tuple(
            replace(one, **asked, provisions=tuple(map(_bare_reliance, one.provisions))) for one in written.questions
        ),
        particulars=replace(written.particulars, **said, provisions=provisions),
    )


def _bare_reliance(reliance: Reliance) -> Reliance:
    weighed = reliance.public_interest
    emptied: dict[str, Any] = dict.fromkeys(_OF_BALANCE, "")
    return replace(reliance, reason="", public_interest=None if weighed is None else replace(weighed, **emptied))
