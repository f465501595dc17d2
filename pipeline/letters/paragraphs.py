"""Standard paragraphs: what officers say often, each for the laws and kinds of letter it is right for.

They are read from config/paragraphs.toml, over which a council can lay a file of its own.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from pipeline.domain.errors import RecordError, UsageError
from pipeline.domain.request import Regime
from pipeline.letters.model import LetterKind
from pipeline.letters.particulars import KINDS
from pipeline.letters.plain import clean_text
from pipeline.letters.toml_table import Table
from pipeline.resources import config_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.settings import Settings

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


def standard_paragraphs(
    regime: Regime, kind: LetterKind | None = None, own: Path | None = None
) -> tuple[StandardParagraph, ...]:
    """Those that are right under *regime*, and in letters of *kind* where it is given; *own* is the council's file (``own_file``).

    A paragraph of the council's stands in the place of ours with its key, and else behind ours. Both files are read once. Raises
    UsageError where one can't be read, RecordError with every mistake in it.
    """
    return tuple(one for one in _all(own) if regime in one.laws and (kind is None or kind in one.kinds))


def own_file(settings: Settings) -> Path | None:
    """The council's own paragraphs as configured, beside the configuration file unless named in full; None where there are none."""
    named = settings.letters.paragraphs
    return settings.path.parent / named if named else None


@cache
def _all(own: Path | None) -> tuple[StandardParagraph, ...]:
    ours = _read(config_file(_FILE), _FILE, "put the file of this release back")
    if own is None:
        return ours
    remedy = "correct [letters] paragraphs, or the file's permissions; it has to be text in UTF-8"
    return _read(own, str(own), remedy, over=ours)


def _read(path: Path, name: str, remedy: str, over: Sequence[StandardParagraph] = ()) -> tuple[StandardParagraph, ...]:
    try:
        return read_paragraphs(path.read_text(encoding="utf-8-sig"), name, over)
    except OSError as error:
        raise UsageError(f"{name} can't be read ({error.strerror}); {remedy}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} can't be read ({error.reason}); {remedy}") from error


def read_paragraphs(text: str, name: str, over: Sequence[StandardParagraph] = ()) -> tuple[StandardParagraph, ...]:
    """Read the file *text*, called *name* in mistakes, and lay it over those that are there. Raises RecordError with every mistake at once.

    One with the key of another takes its place; the list ``leave_out`` of the file names those of *over* that are not wanted.
    """
    try:
        values = tomllib.loads(text)
    except ValueError as error:
        raise RecordError((f"{name}: {error}; look for a missing quote or bracket",)) from None
    mistakes: list[str] = []
    table = Table(values, name, mistakes)
    found = table.each("paragraph", _paragraph)
    left_out = table.texts("leave_out")
    table.refuse_the_rest()
    known = {one.key for one in over}
    mistakes += [
        f"{name}: leave_out: there is no paragraph {key}; `infogov paragraphs` lists the keys"
        for key in left_out
        if key not in known
    ]
    keys = [one.key for one in found]
    mistakes += [
        f"{name}: {key} is there twice; give one of them another key" for key in {*keys} if keys.count(key) > 1
    ]
    if mistakes:
        raise RecordError(tuple(sorted(mistakes)))
    own = {one.key: one for one in found}
    kept = [own.pop(one.key, one) for one in over if one.key not in left_out]
    return (*kept, *own.values())


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
