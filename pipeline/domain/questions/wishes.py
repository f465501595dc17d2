"""What somebody says they want, and whether that is a thing of its own or only "the information" which other words have to name."""

from __future__ import annotations

import re

_I = re.IGNORECASE
_LOOK = 600  # characters of a sentence that are looked at

_ADVERBS = (
    r"(?:(?:also|further|formally|hereby|therefore|now|just|really|only|simply|still|additionally|respectfully|kindly|very"
    r" much|most|again|thus|then) ){0,4}"
)
_WISH = re.compile(
    r"[\"'\u201c(\s*]{0,5}"
    # "Under the Act, ..."
    r"(?:(?:under|using|pursuant to|in accordance with|by virtue of|as per)\b.{0,120}?\b(?:acts?|foia?|eirs?|regulations?|gdpr|law)\b"
    r"(?: ?(?:19|20)\d\d)?\)?[,:]? {1,3})?"
    r"(?:(?:and|also|finally|lastly|secondly|in addition|additionally|furthermore|next|then|separately|hi|hello|so)[,:]? {1,3}){0,3}"
    r"(?:(?:what|all) )?(?:i|we)(?:['\u2019](?:d|m|re|ve)| would| should| am| are)? "
    + _ADVERBS
    + r"(?:want|need|require|request(?:ing)?|demand(?:ing)?|seek(?:ing)?|after|looking for|love|like|wish|entitled"
    r"|interested|ask(?:ing)?(?: you)?(?= (?:for|to|that|also|please)\b)|be (?:interested|grateful|obliged))\b"
    r"(?: (?:in|for|to|please|you|me|also|that)\b| (?:know(?:ing)?|see(?:ing)?|have|having|receiv(?:e|ing)|obtain|get(?:ting)?|send|supply"
    r"|provide|give|request|ask|find out|learn|inspect|view|access|be (?:told|given|sent|provided with)|is)\b){0,5}",
    _I,
)
_BY_LAW = re.compile(
    r",? ?\b(?:under|pursuant to|in accordance with|in line with|using|via|through) (?:the )?(?:terms of (?:the )?)?(?:\w+ ){0,6}"
    r"(?:act|foia?|eirs?|regulations?|gdpr|law)\b(?: ?(?:19|20)\d\d)?(?: \(\w+\))?",
    _I,
)
# "the information below", "some data about parking": what is wanted stands elsewhere, or will.
_UNNAMED = re.compile(
    r"[\s:,-]{0,5}(?:(?:for|to|of|you|me|us|with|a|an|the|some|any|all|certain|following|below|this|that|my|your|more|further|new|formal"
    r"|please|full|prompt|written|detailed|relevant|specific|environmental|personal|make|submit|lodge|raise|put|in) ){0,8}"
    r"(?:(?:information|data|details?|documents?|records?|answers?)(?= (?:about|on|regarding|relating|concerning|in (?:relation|respect"
    r"|connection)|with regard|for|from|under|that|which|as|below|above|listed|set|held|you|requested|sought|to|by|please|and)\b|\W*$|[:;,.(])"
    r"|(?:foi\w?|eir|sar|freedom of information|subject access|information)? ?requests?|responses?|repl(?:y|ies)|answer|clarification|help|assistance|support"
    r"|advice|questions?|queries|it|them|these|those|this|that|reviews?|internal review|complaint|receipt|acknowledge?ment|confirmation"
    r"|following|attached|enclosed|appointment|meeting|call|someone|somebody|compensation|refund)\b",
    _I,
)
_WORD = re.compile(r"[a-z\u00c0-\u024f]{3,40}", _I)
_EMPTY = frozenset(
    "the and you for from with please that this under act about council kindly if could would can".split()
)


def wish(sentence: str) -> str | None:
    """What a sentence such as "I also want the plan" says is wanted; None for a sentence that says no wish of its writer's."""
    head = sentence.strip()[:_LOOK]
    found = _WISH.match(head)
    # "I want to complain" wishes for no thing.
    if found is None or found[0].casefold().endswith(" to") or head[found.end() :].casefold().startswith(" to "):
        return None
    return head[found.end() :]


def names_thing(wanted: str) -> bool:
    """Whether words behind "send me" or "I want" name a thing: "the 2019 survey" does, "the following information under the Act" doesn't."""
    said = _BY_LAW.sub(" ", wanted[:_LOOK])
    if _UNNAMED.match(said.lstrip() + " "):
        return False
    return any(word.casefold() not in _EMPTY for word in _WORD.findall(said))
