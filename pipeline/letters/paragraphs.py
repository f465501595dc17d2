"""Standard paragraphs: what officers say often, read from config/paragraphs.toml, each for the laws and kinds of letter it is right for."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TypeVar

from pipeline.domain.errors import RecordError, UsageError
from pipeline.domain.request import Regime
from pipeline.letters.model import LetterKind
from pipeline.letters.particulars import KINDS
from pipeline.letters.plain import clean_text
from pipeline.letters.toml_table import Table
from pipeline.resources import config_file

_Choice = TypeVar("_Choice", bound=StrEnum)
_FILE = "paragraphs.toml"
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_OF_QUESTIONS = frozenset({"answer", "reason", "public_interest"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardParagraph:
    """One paragraph: for which *laws* and *kinds* of letter, and into which *field* it goes; a gap in *text* is written [insert …]."""

    key: str
    title: str
    laws: frozenset[Regime]
    kinds: frozenset[LetterKind]
    field: str
    text: str


def standard_paragraphs(regime: Regime, kind: LetterKind | None = None) -> tuple[StandardParagraph, ...]:
    """Those that are right under *regime*, and in letters of *kind* where it is given, in the order of the file.

    Raises UsageError where the file can't be read, RecordError with every mistake in it.
    """
    return tuple(one for one in _all() if regime in one.laws and (kind is None or kind in one.kinds))


@cache
def _all() -> tuple[StandardParagraph, ...]:
    try:
        return read_paragraphs(config_file(_FILE).read_text(encoding="utf-8"), _FILE)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{_FILE} can't be read ({error}); put the file of this release back") from error


def read_paragraphs(text: str, name: str) -> tuple[StandardParagraph, ...]:
    """Read the file *text*, called *name* in mistakes. Raises RecordError with every mistake at once."""
    try:
        values = tomllib.loads(text)
    except ValueError as error:
        raise RecordError((f"{name}: {error}; look for a missing quote or bracket",)) from None
    mistakes: list[str] = []
    table = Table(values, name, mistakes)
    found = table.each("paragraph", _paragraph)
    table.refuse_the_rest()
    keys = [one.key for one in found]
    mistakes += [
        f"{name}: {key} is there twice; give one of them another key" for key in {*keys} if keys.count(key) > 1
    ]
    if mistakes:
        raise RecordError(tuple(sorted(mistakes)))
    return found


def _paragraph(table: Table) -> StandardParagraph:
    made = StandardParagraph(
        key=table.matching("key", _KEY, "use small letters, digits and hyphens"),
        title=table.text("title", needed=True),
        laws=frozenset(_choices(table, "laws", Regime)),
        kinds=frozenset(_choices(table, "kinds", LetterKind)),
        field=table.text("field", needed=True),
        text=clean_text(table.text("text", needed=True)).strip(),
    )
    for kind in sorted(made.kinds):
        fields = _OF_QUESTIONS if kind is LetterKind.RESPONSE else KINDS[kind].all
        if made.field not in fields:
            table.wrong(
                "field", f"a letter of the kind {kind} has no {made.field}; use one of {', '.join(sorted(fields))}"
            )
        if not made.laws <= KINDS[kind].laws:
            table.wrong("kinds", f"{kind} does not go with every law named; {KINDS[kind].otherwise}")
    return made


def _choices(table: Table, key: str, choices: type[_Choice]) -> list[_Choice]:
    """The members that the list at *key* names, of which there has to be one."""
    named = table.texts(key)
    unknown = [one for one in named if one not in set(choices)]
    if unknown or not named:
        table.wrong(key, f"{', '.join(unknown) or 'this'} is not known here; use some of {', '.join(choices)}")
    return [choices(one) for one in named if one not in unknown]
