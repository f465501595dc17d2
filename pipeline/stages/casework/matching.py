"""Which question of a letter is which question of its request: a letter has their words, the request their lasting keys."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from pipeline.letters import same_question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.letters.model import LetterRecord
    from pipeline.store.records import QuestionRecord


def keys_of(record: LetterRecord, asked: Sequence[QuestionRecord]) -> tuple[int | None, ...]:
    """The lasting key of each question of *record*; None for one that is in other words than any of the questions *asked*."""
    drafted = [(one.label, one.text) for one in record.questions]
    found = same_question.by_key(drafted, {one.key: (one.label, one.text) for one in asked})
    keys = {place: key for key, place in found.items()}
    return tuple(keys.get(place) for place in range(len(record.questions)))


def digest(asked: Sequence[QuestionRecord]) -> str:
    """What tells whether the questions of a request are still those that somebody was shown."""
    said = [[one.key, one.label, one.text, one.regime] for one in asked]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
