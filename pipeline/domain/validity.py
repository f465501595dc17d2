"""What a request lacks of FOIA section 8 (domain.md 1.1): named to an officer, never a reason to turn it away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.domain.request import Regime

if TYPE_CHECKING:
    from pipeline.domain.message import Address

_LAST_LINES = 8
_LONGEST_NAME = 60  # characters
_MOST_WORDS = 8  # a body's name has a few
_NAME_WORD = re.compile(r"[^\W\d_][^\W\d_'\u2019.-]*\.?")
_NO_NAMES = re.compile(
    r"regards|faithfully|sincerely|thank|wishes|sent from|cheers|council|team|department|dear", re.IGNORECASE
)


def shortcomings(requester: Address | None, words: str, regime: Regime) -> tuple[str, ...]:
    """Sentences on what section 8 asks for and the mail, by *requester* in *words*, does not show.

    Only the FOIA asks for a name: an environmental request needs none, and for their own data people prove themselves otherwise.
    """
    if regime is not Regime.FOI:
        return ()
    if requester is None or "@" not in requester.email:
        return (
            "it gives no address to answer to, which section 8 of the FOIA asks for: help the requester to give one",
        )
    if _is_full_name(requester.name) or any(_is_full_name(line) for line in _ending(words)):
        return ()
    return (
        "it gives no full name, which section 8 of the FOIA asks for: consider it all the same where the name makes no difference",
    )


def _ending(words: str) -> list[str]:
    """The last lines of a letter, where its writer's name stands."""
    lines = [line.strip(" ,.-\t") for line in words[-2000:].splitlines() if line.strip()]
    return [line for line in lines[-_LAST_LINES:] if len(line) <= _LONGEST_NAME and not _NO_NAMES.search(line)]


def _is_full_name(text: str) -> bool:
    """Whether *text* looks like title and surname, initial and surname, or first name and surname, or a body's name."""
    words = _NAME_WORD.findall(text)
    named = 1 < len(words) <= _MOST_WORDS and "@" not in text and "?" not in text
    return named and words[0][0].isupper() and words[-1][0].isupper()
