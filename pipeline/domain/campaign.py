"""The same words from several people: a campaign, or one person asking again."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.domain.request import Question

_SHORTEST = 80  # characters; "How many?" in common is no campaign
_WORDS = re.compile(r"\w+")


def wording_digest(questions: Sequence[Question]) -> str | None:
    """SHA-256, in hex, over the words of *questions* without regard to case, spacing and punctuation; None for too little to tell."""
    words = " ".join(_WORDS.findall(" ".join(question.text for question in questions).casefold()))
    if len(words) < _SHORTEST:
        return None
    return hashlib.sha256(words.encode()).hexdigest()
