"""Whether a mail's own words ask for anything, or only point to what is attached."""

from __future__ import annotations

import re

from pipeline.domain.triage.automatic import plain
from pipeline.domain.triage.intent import read_sentence
from pipeline.domain.triage.sentences import clean
from pipeline.domain.triage.wording import Sign

_LOOK_AT = 6_000  # characters; a mail that only points to its attachment says so at once
_SAYS_ENOUGH = 600  # characters between greeting and sign-off; whoever writes more says something
_SIGN_OFF_LINE = 60  # characters
_SIGN_OFF = re.compile(
    r"^(?:yours?\b|(?:with )?(?:kind(?:est)?|best|warm(?:est)?|many) (?:regards|wishes|thanks)|regards\b|thanks\b|thank you\b"
    r"|cheers\b|sincerely\b|faithfully\b|diolch\b|cofion\b|yn gywir\b|kr$|sent from (?:my|outlook)\b|get outlook\b|--$|__)"
)
_FOOTER = re.compile(
    r"^(?:this (?:e-?mail|message|communication)\b|disclaimer\b|confidential|the (?:information|contents?) (?:contained )?"
    r"(?:in|of) this|registered (?:office|in|charity|company)\b|please consider the environment|virus-free)"
)
_GREETING = re.compile(
    r"^(?:dear|hi|hello|hiya|hey|good (?:morning|afternoon|evening|day)|to whom it may concern|fao|annwyl|helo|sirs?"
    r"|madam)\b[^.?!]{0,60}$"
)
_POINTS = re.compile(
    r"\b(?:attached|attachments?|attaching|enclosed|enclosures?|enclosing|(?:i|we) (?:have |hereby )?(?:attach|enclose)|ynghlwm"
    r"|amgaeedig|amgaeaf|atodiad|(?:in|see|read|open|find) (?:the|my|our|this) (?:pdf|document|file|letter|word document))\b"
)
# Words that ask by themselves, whatever the sentence says about an attachment.
_ASKS = re.compile(
    r"\b(?:how (?:many|much|often|long)|(?:what|when|where|which|why) (?:is|are|was|were|do|does|did|has|have|will)\b|numbers? of"
    r"|cop(?:y|ies) of (?:the|all|any|your|every)"
    r"|breakdown|total|please (?:attach|enclose)|(?:fill (?:in|out)|complete|populate) (?:in )?(?:the|this)|list of (?:all|the|your|every))\b"
)
# A question about the mail itself is none about what the council holds.
_COURTESY = re.compile(
    r"\b(?:received|receipt|acknowledge\w*|hear from you|get back to|if you (?:need|have|require)|any (?:questions|problems|queries)"
    r"|open (?:it|this|the)|deal with|pass (?:it|this)|forward (?:it|this)|look at|answer (?:these|this|them)|respond)\b"
)
# Who says one of these says what the mail is for, whatever is attached to it.
_PURPOSES = frozenset(
    {
        Sign.CHASER,
        Sign.CHASER_HINT,
        Sign.REVIEW,
        Sign.REVIEW_ASKED,
        Sign.WITHDRAWAL,
        Sign.WITHDRAWAL_HINT,
        Sign.COMPLAINT,
        Sign.COMMENT,
        Sign.SALES,
    }
)
_THANKED = re.compile(r"\bthank(?:s| you)\b")
_SENT = re.compile(r"\b(?:please|see|find|(?:i|we) (?:have |hereby )?(?:attach|enclose)\w*)\b")
_WANTS = re.compile(r"\b(?:send|provide|supply|need|want|list|lists|since|each|every|costs?|figures?|data|records?)\b")
_SAYS_NOTHING = 75  # characters; hardly more than a name or a title
_ENDS = re.compile(r"(?<=[.?!;]) ")


def points_to_attachment(new_text: str) -> bool:
    """Whether *new_text* (``Message.new_text``) asks for nothing itself: it is empty, only greets, or sends the reader to an attachment.

    Whether there is an attachment is for the caller to say. Looks at the first 6,000 characters.
    """
    said = _said(clean(new_text[:_LOOK_AT]))
    if not said:
        return True
    if sum(map(len, said)) > _SAYS_ENOUGH:
        return False
    points = False
    purposes: set[Sign] = set()
    for sentence in _ENDS.split(" ".join(said)):
        if _POINTS.search(sentence) and (_SENT.search(sentence) or not _THANKED.search(sentence)):
            if _ASKS.search(sentence):
                return False
            points = True
            continue
        signs = read_sentence(sentence)
        if _COURTESY.search(sentence) and Sign.MATERIAL not in signs:
            continue
        if "?" in sentence or _ASKS.search(sentence) or Sign.MATERIAL in signs or Sign.OWN_DATA in signs:
            return False
        purposes |= signs.keys()
    if purposes & _PURPOSES:
        return False
    silent = sum(map(len, said)) <= _SAYS_NOTHING and not purposes & {Sign.ASK, Sign.SERVICE, Sign.THANKS}
    return points or (silent and _WANTS.search(" ".join(said)) is None)


def _said(text: str) -> list[str]:
    """The lines between greeting and sign-off, folded for comparing."""
    said: list[str] = []
    for line in text.splitlines():
        folded = plain(line).strip()
        if (len(folded) <= _SIGN_OFF_LINE and _SIGN_OFF.match(folded)) or _FOOTER.match(folded):
            break
        if folded and not (_GREETING.match(folded) and not said):
            said.append(folded)
    return said
