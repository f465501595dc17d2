"""Which question of a letter is which question of its request: a letter has their words, the request their lasting keys."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.letters.model import LetterRecord
    from pipeline.store.records import QuestionRecord


def matched(written: Sequence[tuple[object, object]], asked: Sequence[QuestionRecord]) -> dict[int, int]:
    """The place in *written* (number and words of each) of the questions *asked*, by key: by their words, else by their number."""
    found: dict[int, int] = {}
    left = list(range(len(written)))
    for part, same in ((1, "text"), (0, "label")):
        for one in asked:
            wanted = getattr(one, same)
            if one.key in found or not wanted:
                continue
            place = next((at for at in left if written[at][part] == wanted), None)
            if place is not None:
                found[one.key] = place
                left.remove(place)
    return found


def keys_of(record: LetterRecord, asked: Sequence[QuestionRecord]) -> tuple[int | None, ...]:
    """The lasting key of each question of *record*; None for one that is in other words than any of the questions *asked*."""
    found = matched([(one.label, one.text) for one in record.questions], asked)
    keys = {place: key for key, place in found.items()}
    return tuple(keys.get(place) for place in range(len(record.questions)))


def digest(asked: Sequence[QuestionRecord]) -> str:
    """What tells whether the questions of a request are still those that somebody was shown."""
    said = [[one.key, one.label, one.text, one.regime] for one in asked]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
