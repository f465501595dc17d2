"""Which question an answer on a letter's form was typed for.

The fields of a question are named by its lasting key ("q7-answer"), and with them comes what it asked when the form was opened
("q7-asked"): questions are moved, split, merged and taken off while somebody types, and no answer may end under another one.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.letters.model import LetterKind
from pipeline.letters.plain import one_line
from pipeline.web.letterform import ANSWERS, Mistake, laid_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.letters.model import AnsweredQuestion, LetterRecord
    from pipeline.stages.casework.looking import Draft

_NAMED = re.compile(r"(q(?:[0-9]+|x[0-9a-f]+))-(.+)", re.DOTALL)
_GONE = "gone-"
_NOT_WORDS = frozenset({"asked", "in", "emissions", "prejudice"})
_SHOWN = 60  # characters of a question by which it is known again


@dataclass(frozen=True, slots=True)
class Rematched:
    """What was typed, each answer under its own question as they stand now, and what there is to say of the questions that changed."""

    shown: dict[str, str]
    said: list[Mistake] = field(default_factory=list)


def names_of(draft: Draft) -> tuple[str, ...]:
    """How the form names the fields of each question: by its key, or by its words where the request has no such question."""
    names: list[str] = []
    for key, one in zip(draft.keys, draft.record.questions, strict=True):
        words = hashlib.sha256(f"{one.label}\n{one.text}".encode()).hexdigest()[:12]
        name = f"qx{words}" if key is None else f"q{key}"
        while name in names:  # The same words twice, neither of them the request's.
            name += "0"
        names.append(name)
    return tuple(names)


def on_the_form(draft: Draft) -> dict[str, str]:
    """The draft as fields, and with each question's what it asks."""
    return laid_out(draft.record, names_of(draft)) | marks(draft)


def marks(draft: Draft) -> dict[str, str]:
    """What each question asks now, to be sent along with its answer."""
    pairs = zip(names_of(draft), draft.record.questions, strict=True)
    return {f"{name}-asked": _mark(draft.record, one) for name, one in pairs}


def rematched(typed: Mapping[str, str], draft: Draft) -> Rematched:
    """What was typed into a form that was opened earlier, for the questions of *draft* as they stand now."""
    names, now = names_of(draft), marks(draft)
    had = {found[1] for name in typed if (found := _NAMED.fullmatch(name))}
    made = Rematched(shown={name: value for name, value in typed.items() if not _of(name, had - {*names})})
    if not had:
        return made
    for name in sorted(had - {*names}):
        _taken_off(name, typed, made)
    fresh = laid_out(draft.record, names)
    for name, one in zip(names, draft.record.questions, strict=True):
        words = _change(typed.get(f"{name}-asked", ""), now[f"{name}-asked"], new=name not in had)
        if name not in had:
            # A form that lacks a question's fields says nothing about it: what was kept of it stays.
            made.shown.update({there: value for there, value in fresh.items() if _of(there, {name})})
        if words:
            field_name = "answer" if draft.record.kind is LetterKind.RESPONSE else "in"
            made.said.append(Mistake(f"{name}-{field_name}", words.format(f"“{_short(one.text)}”")))
    made.shown.update(now)
    return made


def gone(shown: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What was typed for questions that are no longer there: the field, the words of the question, and the text to be copied."""
    return [
        (name, shown.get(f"{name}-of", ""), value)
        for name, value in shown.items()
        if name.startswith(_GONE) and not name.endswith("-of")
    ]


def _taken_off(name: str, typed: Mapping[str, str], made: Rematched) -> None:
    question = _short(typed.get(f"{name}-asked", "||").split("|", 2)[-1])
    lines = []
    for field_name, value in typed.items():
        found = _NAMED.fullmatch(field_name)
        if found and found[1] == name and value.strip() and found[2].rpartition("-")[2] not in _NOT_WORDS:
            lines.append(ANSWERS.get(value, value) if found[2] == "outcome" else value.strip())
    said = f"The question “{question}” was taken off, or made one with another." if question else ""
    said = said or "A question was taken off, or made one with another."
    if lines:
        made.shown.update({f"{_GONE}{name}": "\n\n".join(lines), f"{_GONE}{name}-of": question})
        said += " What you typed for it is shown at the end of the questions: copy from it what is still needed."
    made.said.append(Mistake(f"{_GONE}{name}" if lines else "", said))


def _change(then: str, now: str, *, new: bool) -> str:
    """What to say of a question that asked *then* what its mark says, and now asks something else; "" where it is the same."""
    (law, _, text), (law_now, _, text_now) = ([*mark.split("|", 2), "", ""][:3] for mark in (then, now))
    if new:
        return "A question was added since you opened this page: {}. Answer it as well."
    if not then:
        return "It is not known for which words this was typed. See that it answers {}."
    if text != text_now:
        return "This question was changed since you opened this page, and is {} now. See that what you typed still answers it."
    if law != law_now:
        return "The question {} was put under another law since you opened this page. See that what you typed fits it."
    return ""


def _mark(record: LetterRecord, one: AnsweredQuestion) -> str:
    return f"{record.law_of(one)}|{one_line(one.label).replace('|', ' ')}|{one_line(one.text)}"


def _of(name: str, questions: Sequence[str] | set[str]) -> bool:
    found = _NAMED.fullmatch(name)
    return found is not None and found[1] in questions


def _short(text: str) -> str:
    words = one_line(text)
    return words if len(words) <= _SHOWN else words[:_SHOWN].rstrip() + "…"
