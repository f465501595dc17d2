"""What gives away whether something is held, in a letter that may neither confirm nor deny it.

A pattern can't understand a sentence. These see the plain ways of saying that something is there, or is not; what is said
between the lines an approver has to see. Every pattern reads small letters and runs in one pass; no repetition without a
bound stands in another.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n\s*\n")
_CLAUSE_END = re.compile(r"[.;:!?,\u2013\u2014]|\b(?:but|because|and|since|although|though|so)\b")

_THING = (
    r"(?:information|records?|documents?|files?|correspondence|e-?mails?|reports?|data|copy|copies|details|papers|material"
    r"|recordings?|footage|minutes|statements?)"
)
# What may be going on: to speak of it as of something known says that it is, and that there are records of it.
_AFFAIR = (
    r"(?:investigations?(?! (?:of|and|or)\b)|(?:i|e)nquir(?:y|ies)|complaints?|allegations?|prosecutions?|referrals?"
    r"|disciplinary (?:case|action|proceedings|hearing)|cases?(?= (?:against|concerning|involving|about)\b))"
)
_DEFINITE = (
    r"\b(?:the|our|his|her|their|its|this|these|those) (?:[a-z][a-z'\u2019-]{0,30} ){0,2}?"
    rf"(?:files?|reports?|e-?mails?|correspondence|documents?|records?|minutes|statements?|recordings?|footage|{_AFFAIR})\b"
)
# What follows one of these says nothing about whether anything is held, up to the end of its clause.
_SAFE = re.compile(
    r"\b(?:neither confirms? (?:n?or|and) den(?:y|ies)|confirm(?:s|ing|ed)? (?:n?or|and) den(?:y|ies|ying|ied)"
    r"|confirmation or denial|nothing in this (?:letter|response|reply)|(?:should|must|may|is|can)(?:not| not) (?:to )?be (?:taken|read|seen"
    r"|regarded|understood|treated|interpreted)|whether|if|were we to"
    r"|(?:to say|saying|statement|stating|admission|knowing|knowledge) that|any (?:such )?" + _THING + r")\b"
    r"(?:(?!\bbut\b|\bbecause\b|\band\b)[^.;:!?,]){0,80}?\b(?:hold|holds|held|holding|exists?|have|has)\b"
)
_HOLDING = re.compile(
    r"\b(?:we|council|authority|department|service|team|officers|it|they) (?:also |still |currently |now |only )?"
    r"(?:holds?|held|do(?:es)? (?:not )?(?:hold|have)|did (?:not )?(?:hold|have)|don['\u2019]t (?:hold|have)|doesn['\u2019]t hold)\b"
    r"|\bholds? (?:no|some|all|this|that|the|such|a|an|\d+)\b"
    r"|\b(?:is|are|was|were|has been|have been) (?:not |also |still |no longer |indeed )?held\b"
    rf"|\b(?:we|it|they) (?:have|has|had) (?:no|this|that|the|some|such|these|those|a|an|\d+) (?:[a-z]+ )?{_THING}\b"
    rf"|\bno (?:such )?{_THING} (?:is|are|was|were|exists?|could be|can be|has been|have been)\b"
    rf"|\b{_THING} (?:do|does|did) (?:not )?exist\b|\b{_THING} exists?\b"
    rf"|\b(?:we|searches|our search) (?:have |has )?(?:found|located|identified) (?:no |the |this |that |some |an? |\d+ )?(?:[a-z]+ )?{_THING}\b"
    rf"|\b(?:enclosed|attached) (?:[a-z]+ )?{_THING}\b|\b{_THING} (?:is|are) (?:enclosed|attached)\b"
    rf"|\b{_THING} (?:that |which )?(?:we|the council|they) (?:have|has|had|keep|kept|received|created|wrote|sent|found)\b"
    r"|\bour records (?:show|do not show|contain)\b|\bnot held\b|\bnothing (?:is )?held\b|\bdo not have (?:it|them|any)\b"
)

# "The file is with the police", "our file on him is closed": said as a fact, of a thing or a matter that is taken as known.
_AS_A_FACT = re.compile(
    _DEFINITE
    + r"(?: (?:on|about|against|into|of|from|to|by|for|in|at|with|between|concerning|regarding|relating|that|which|we)"
    r"\b[^.;:!?,]{0,80}?)? (?:is|are|was|were|has|have|had|remains?|contains?|shows?|says?|names?|concerns?|relates?"
    r"|sets? out|began|started|ended|closed|continues?)\b"
    rf"|\b(?:an?|one|no|some|several|two|three|[0-9]{{1,6}}) (?:[a-z]{{1,30}} )?{_AFFAIR} (?:is|are|was|were|has been|have been)"
    r" (?:still |now |currently |indeed )?(?:on-?going|open|opened|closed|under ?way|made|received|being|pending|live|active"
    r"|in progress|carried|started|begun|launched|conducted|recorded)\b"
    r"|\b(?:the|this|that) matter (?:is|was|has been) (?:still |now |currently )?(?:being|under|with|closed|open|on-?going|pending"
    r"|dealt|investigated|resolved|referred|reported|settled)\b"
    r"|\b(?:he|she|(?:mr|mrs|ms|miss|dr) [a-z'-]{1,30}|(?:the|this) (?:person|individual|officer|employee|company|school))"
    r" (?:is|was|has been) (?:still |now |currently |not |never )?(?:under investigation|being (?:investigated|looked into|prosecuted)"
    r"|investigated|prosecuted|suspended|dismissed|disciplined|arrested|charged)\b"
    r"|\bthere (?:is|are|was|were) (?:currently |indeed )?(?:no|an?|some|several|[0-9]{1,6}) (?:[a-z-]{1,30} )?"
    rf"(?:{_THING}|{_AFFAIR}|cases?)\b"
)
# Before such a fact these make it one that is only thought of: "if the file is …", "saying that the file is …".
_SUPPOSED = re.compile(
    r"\b(?:if|whether|any|were|would|could|might|where|when|unless|assuming|suppos(?:e|ing)|had|should|neither|nor"
    r"|(?<!we )(?<!we can )(?<!can also )(?:say|confirm|deny|state|suggest|imply|reveal|admit)|saying|confirming|denying|stating|suggesting|implying"
    r"|revealing|admitting|confirmation|denial|the fact that|not be (?:taken|read|seen|regarded|understood|treated|interpreted))\b"
)
# "The reports of the press", "the report you asked for": what is only spoken of because the requester did.
_NAMED = re.compile(
    _DEFINITE + r"(?! (?:you|requested|asked|sought|described|mentioned|named|in your request|to which you refer"
    r"|procedures?|process|system|polic(?:y|ies)|types?|that would be|management)\b)"
)
_HYPOTHETICAL = re.compile(
    r"\b(?:if|whether|any|were|neither|confirm|deny|confirming|denying|confirmation|denial|such|hypothetical(?:ly)?"
    r"|to say|saying|reveal|revealing)\b"
)


def sentences(text: str) -> Iterator[str]:
    """Give the sentences of *text*."""
    yield from _SENTENCE_END.split(text)


def holding_statement(text: str) -> str:
    """Give the first sentence of *text* that says plainly that something is, or is not, held; "" without one.

    That is one that speaks of holding, or that states a fact about a certain file or matter, which must then be there. A
    clause that only speaks of confirming or denying, or of whether something is held, does neither.
    """
    for sentence in sentences(text):
        lowered = sentence.casefold()
        if _HOLDING.search(_SAFE.sub(" ", lowered)) or any(map(_states_a_fact, _CLAUSE_END.split(lowered))):
            return _shown(sentence)
    return ""


def definite_reference(text: str) -> str:
    """Give the first sentence of *text* that names a certain file or matter and supposes nothing; "" without one.

    Such a sentence need not say that the thing is there, but is easily read so.
    """
    for sentence in sentences(text):
        lowered = sentence.casefold()
        if _NAMED.search(lowered) and not _HYPOTHETICAL.search(lowered):
            return _shown(sentence)
    return ""


def _states_a_fact(clause: str) -> bool:
    found = _AS_A_FACT.search(clause)
    return found is not None and _SUPPOSED.search(clause, 0, found.start()) is None


def _shown(sentence: str) -> str:
    return " ".join(sentence.split())[:120]
