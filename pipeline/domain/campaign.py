"""The same words from several people: a campaign, or one person asking again."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.domain.request import Question

_SHORTEST = 80  # characters; "How many?" in common is no campaign
_SHORTEST_OF_ONE = 16  # characters; in fewer than that one person may well ask two things
_WORDS = re.compile(r"\w+")


def wording_digest(questions: Sequence[Question], asker: str = "") -> str | None:
    """SHA-256, in hex, over the words of *questions* without regard to case, spacing and punctuation; None for too little to tell.

    Several people may well ask the same few words by themselves, one person does so only when asking again: the digest of few words is
    that of *asker*'s address as well, and meets no other person's.
    """
    words = " ".join(_WORDS.findall(" ".join(question.text for question in questions).casefold()))
    if len(words) >= _SHORTEST:
        return hashlib.sha256(words.encode()).hexdigest()
    if len(words) < _SHORTEST_OF_ONE or not asker:
        return None
    return hashlib.sha256(f"{asker.casefold()}\n{words}".encode()).hexdigest()
