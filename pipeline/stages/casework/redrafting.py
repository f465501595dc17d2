"""Lets the letters being written follow when the facts of their case change: the officer's answers stay with their questions."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.domain.request import Workflow
from pipeline.letters.plain import one_line
from pipeline.letters.templating import toml_text
from pipeline.stages.casework.lookups import RESPONSE
from pipeline.stages.casework.matching import matched
from pipeline.stages.casework.recalling import take_back

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.stages.casework.turn import Turn
    from pipeline.store.records import LetterRecordRow, QuestionRecord

_NO_ANSWER = {
    "outcome": "",
    "answer": "",
    "provisions": [],
    "reason": "",
    "public_interest": "",
    "link": "",
    "link_intro": "",
}
_OWN_KEYS = ("label", "text", "regime")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_FIRST_QUESTION = re.compile(r"^\[\[question\]\][ \t]*$", re.MULTILINE)


def follow(
    turn: Turn,
    *,
    why: str,
    facts: Mapping[str, object] | None = None,
    asked: Sequence[QuestionRecord] | None = None,
    merged: Mapping[int, int] | None = None,
) -> tuple[str, ...]:
    """Bring the letters being written for the case of *turn*, as it was, in line with its new *facts* and the questions *asked* now.

    *facts* are keys of a letter's file (regime, topic, received_on); *merged* says into which question another went. A letter
    that was waiting for approval or for its time to go is back in drafting. Returns sentences for the officer.
    """
    remarks: list[str] = []
    for letter in turn.work.letters.of_case(turn.case.id):
        if letter.status in ("sent", "void") or letter.resends is not None:
            continue
        try:
            values = tomllib.loads(letter.record.removeprefix("\ufeff"))
        except ValueError:
            remarks.append(f"the draft ({letter.kind}) could not be read and stays as it is: mend it by hand")
            continue
        wanted = {**values, **{name: new for name, new in (facts or {}).items() if name in values}}
        if asked is not None and letter.kind == RESPONSE and "question" in values:
            wanted["question"], lost = _answers(values["question"], turn.case.questions, asked, merged or {})
            remarks += [f"{one}; version {letter.version} of the draft has it" for one in lost]
        if wanted != values:
            remarks += _rewrite(turn, letter, _text(letter.record, values, wanted), why)
    return tuple(remarks)


def _rewrite(turn: Turn, letter: LetterRecordRow, text: str, why: str) -> list[str]:
    """Keep *text* as the next version of *letter*; whatever was decided about the one before is void."""
    work, case = turn.work, turn.case
    take_back(work, case, turn.mark(""), why=why, filed_as=letter.kind)
    files = work.letters.files(letter.id)
    work.letters.write(case.id, letter.kind, text, officer=turn.who.email, via=turn.via, at=turn.now, files=files)
    if letter.status == "drafting":
        return []
    if letter.kind == RESPONSE and case.workflow in (Workflow.FOR_APPROVAL, Workflow.APPROVED):
        moved = replace(
            turn.mark("back_to_drafting"), data={"from": case.workflow, "to": Workflow.DRAFTING, "why": why}
        )
        work.cases.change(case, moved, workflow=Workflow.DRAFTING, outcome=None)
    return [f"the letter ({letter.kind.replace('_', ' ')}) is being drafted again, for {why}: submit it once more"]


def _answers(
    drafted: list[dict[str, Any]],
    before: Sequence[QuestionRecord],
    after: Sequence[QuestionRecord],
    merged: Mapping[int, int],
) -> tuple[list[dict[str, Any]], list[str]]:
    """The draft's questions as they have to stand now, each with its answer; and a sentence on each answer that lost its question."""
    known = _by_key(drafted, before)
    taken = {id(entry) for entry in known.values()}
    ruled = {one.key for one in before if one.regime}
    old = {one.key for one in before}
    placed: list[dict[str, Any]] = []
    used: set[int] = set()
    for one in after:
        if one.key in old and one.key not in known:
            continue  # The officer had left it out of the draft.
        sources = [
            key for key in (one.key, *(gone for gone, into in merged.items() if into == one.key)) if key in known
        ]
        source = next((key for key in sources if _answered(known[key])), one.key)
        used.add(source)
        entry = {"label": one.label, "text": one.text} | _without_own(known.get(source, _NO_ANSWER))
        law = one.regime or (None if one.key in ruled else known.get(one.key, {}).get("regime"))
        placed.append(entry | ({"regime": law} if law else {}))
    lost = [
        f"the answer drafted for question {one_line(str(entry.get('label') or '')) or key} is in the draft no more"
        for key, entry in known.items()
        if key not in used and _answered(entry)
    ]
    return [*placed, *(entry for entry in drafted if id(entry) not in taken)], lost


def _by_key(drafted: list[dict[str, Any]], before: Sequence[QuestionRecord]) -> dict[int, dict[str, Any]]:
    """Which of the draft's questions is which of the request's: by its words, else by its label."""
    places = matched([(entry.get("label"), entry.get("text")) for entry in drafted], before)
    return {key: drafted[place] for key, place in places.items()}


def _answered(entry: Mapping[str, Any]) -> bool:
    return any(str(value).strip() if isinstance(value, str) else value for value in _without_own(entry).values())


def _without_own(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in _OWN_KEYS}


# ---- the file ---------------------------------------------------------------------------------------------------------


def _text(old: str, values: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """The draft file that holds *wanted*: the *old* one above its questions with its explanations, where that reads back right."""
    head = _head(old, {name: value for name, value in values.items() if name != "question"})
    for name, value in wanted.items():
        if name != "question" and values.get(name) != value:
            line = f"{name} = {_value(value)}".replace("\\", "\\\\")
            head = re.sub(rf"^{re.escape(name)}[ \t]*=[^\n]*$", line, head, count=1, flags=re.MULTILINE)
    asked = [
        "[[question]]\n" + "".join(f"{_key(name)} = {_value(value)}\n" for name, value in entry.items())
        for entry in wanted.get("question", [])
    ]
    kept = head.rstrip("\n") + "\n\n" + "\n".join(asked)
    try:
        if head and tomllib.loads(kept) == wanted:
            return kept
    except ValueError:
        pass  # A value of the head stands on several lines: it is written anew.
    top = "".join(f"{_key(name)} = {_value(value)}\n" for name, value in wanted.items() if name != "question")
    return top + "\n" + "\n".join(asked)


def _head(old: str, top: Mapping[str, Any]) -> str:
    """What stands above the first question of a draft file; "" where that can't be told apart."""
    text = old.removeprefix("\ufeff").replace("\r\n", "\n")
    for found in (*_FIRST_QUESTION.finditer(text), None):
        head = text if found is None else text[: found.start()]
        try:
            if tomllib.loads(head) == top:
                return head
        except ValueError:
            continue  # These words stand inside a text.
    return ""


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else toml_text(name)


def _value(value: object) -> str:
    """A value as TOML writes it; tables inside one stand on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items()) + "}"
    return str(value)
