"""Whether a sentence asks for something besides an earlier request, and whether it plainly makes a new one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.domain.triage.wording import Sign

if TYPE_CHECKING:
    from collections.abc import Mapping

OLD = frozenset({Sign.PRIOR, Sign.CHASER, Sign.MISSING, Sign.REVIEW})
WISHED = frozenset({Sign.REQUESTS, Sign.MATERIAL, Sign.OWN_DATA})
_LAW_WORDS = (
    r"(?:foia?|f\.o\.i\.?|eirs?|d?sar|freedom of information|environmental information|subject access|information)"
)
_CALLED_NEW = re.compile(
    rf"\b(?:new|another|further|separate|additional|fresh|different),? (?:(?:new|separate|further) )?(?:{_LAW_WORDS} )?(?:act )?request\b"
    r"(?! (?:for|to) (?:an? |the |my |your )?(?:update|answer|reply|response|internal|review))"
    r"|\b(?:new|another|separate|second|fresh) (?:foia?|eir|d?sar)\b"
)
_NOT_NEW = re.compile(
    r"(?:\bnot|n't|\brather than|\binstead of|\bwithout)(?: \w+){0,4} (?:new|another|further|separate|additional|fresh|different)\b"
)
_MAKES_ONE = re.compile(
    rf"\b(?:make|making|submit|submitting|lodge|lodging|raise|raising|put in|file|filing|treat this as|this is) (?:a|an|the following|another)"
    rf" (?:\w+ ){{0,3}}(?:{_LAW_WORDS} (?:act )?request|request (?:under|for information))\b"
)
_EARLIER = re.compile(
    r"\b(?:my|our|original|previous|earlier|existing|above|current|same) (?:\w+ ){0,4}(?:requests?|enquiry|application|case|foi|sar|eir)\b"
)


def asks_anew(read: Mapping[Sign, object]) -> bool:
    """Whether a sentence asks for something without speaking of an earlier request, or for something besides it."""
    besides = (
        Sign.ASK in read
        and bool({Sign.MATERIAL, Sign.OWN_DATA} & read.keys())
        and not (OLD - {Sign.PRIOR}) & read.keys()
    )
    return besides or bool((WISHED | {Sign.ASK}) & read.keys() and not OLD & read.keys())


def asks_afresh(sentence: str, read: Mapping[Sign, object]) -> bool:
    """Whether a sentence plainly makes a new request: it calls it one, or asks for papers or figures under the law, and of no earlier one."""
    if _CALLED_NEW.search(sentence):
        return not _NOT_NEW.search(sentence)
    if _EARLIER.search(sentence):
        return False
    asks = Sign.ASK in read or Sign.REQUESTS in read or sentence.endswith("?")
    under_law = Sign.LAW in read and bool({Sign.MATERIAL, Sign.OWN_DATA} & read.keys()) and asks
    return under_law or _MAKES_ONE.search(sentence) is not None
