"""Cuts a letter's text into what the requester wrote, what each question is answered with, and the wording around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.letters.plain import clean_text, columns, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.letters.model import AnsweredQuestion, LetterRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Slices:
    """*frame* is the wording before the questions and behind the last answer, *answers* what stands under each question.

    *ours* is the whole letter without the requester's own words, which no rule may hold against an officer.
    """

    frame: str
    answers: tuple[str, ...]
    ours: str


def written_fields(question: AnsweredQuestion) -> Iterator[tuple[str, str]]:
    """Give every text an officer wrote for *question*, with the key it stands at."""
    for key in ("answer", "reason", "public_interest", "link_intro", "link"):
        if text := getattr(question, key):
            yield key, text
    for reliance in question.provisions:
        place = f"{reliance.citation.short}: "
        yield f"{place}reason", reliance.reason
        if test := reliance.public_interest:
            yield f"{place}public_interest.for", test.disclosure
            yield f"{place}public_interest.against", test.withholding
            yield f"{place}public_interest.balance", test.balance
        if person := reliance.qualified_person:
            yield f"{place}qualified_person.role", person.role
            yield f"{place}qualified_person.opinion", person.opinion


def written(question: AnsweredQuestion) -> str:
    """Join everything an officer wrote for *question*."""
    return "\n\n".join(text for _, text in written_fields(question) if text)


def cut(letter_text: str, record: LetterRecord) -> Slices:
    """Cut *letter_text* at the questions of *record*; one that is not found there is taken to stand with its answer only."""
    spans: list[tuple[int, int] | None] = []
    at = 0
    for question in record.questions:
        span = _find(letter_text, question, at)
        spans.append(span)
        at = span[1] if span else at
    found = [span for span in spans if span]
    if not found:
        return Slices(frame=letter_text, answers=tuple(map(written, record.questions)), ours=letter_text)
    starts = [span[0] for span in found[1:]]
    end = _end_of_answer(letter_text, found[-1][1], record.questions[len(spans) - 1 - spans[::-1].index(found[-1])])
    ends = iter([*starts, end])
    answers = tuple(
        letter_text[span[1] : next(ends)] if span else written(question)
        for span, question in zip(spans, record.questions, strict=True)
    )
    pieces = [letter_text[: found[0][0]]]
    pieces += [letter_text[span[1] : start] for span, start in zip(found, [*starts, len(letter_text)], strict=True)]
    return Slices(frame=pieces[0] + "\n" + letter_text[end:], answers=answers, ours="\n".join(pieces))


def _find(text: str, question: AnsweredQuestion, at: int) -> tuple[int, int] | None:
    """Find a question as a block of its own, with its number before it or without."""
    asked = clean_text(question.text).strip()
    for block in (f"\n{question.label}. {asked}\n", f"\n{asked}\n"):
        start = text.find(block, max(at - 1, 0))
        if start >= 0:
            return start + 1, start + len(block) - 1
    return None


def _end_of_answer(text: str, at: int, question: AnsweredQuestion) -> int:
    """Find where the last thing ends that the officer wrote for the last question; each stands in the letter in one piece."""
    end = at
    for _, said in written_fields(question):
        piece = "\n\n".join(map(columns, paragraphs(said)))
        start = text.find(piece, at) if piece else -1
        end = max(end, start + len(piece)) if start >= 0 else end
    return end
