"""Patterns a letter is searched for: what was left over, what gives away that something is held, and another law's terms.

Every pattern reads small letters and runs in one pass; none nests a repetition in another.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEFT_OVER = re.compile(
    r"(?i:\[ ?(?:insert|enter|todo|tbc)\b|\[(?:name|date|link|answer|reference)\]|<(?:answer|insert|name|date|link)>"
    r"|\{\{ ?[a-z][a-z0-9_. ]{0,40}\}\}|«[a-z][a-z0-9_ ]{0,40}»|\bchange-me\b)"
    r"|\bTODO\b|\bX{3,}\b",
)

# What follows one of these says nothing about whether anything is held, up to the end of its clause.
_SAFE = re.compile(
    r"\b(?:neither confirms? (?:n?or|and) den(?:y|ies)|confirm(?:s|ing|ed)? (?:n?or|and) den(?:y|ies|ying|ied)"
    r"|confirmation or denial|whether|if|were we to|any (?:such )?(?:information|records?|data|material))\b"
    r"(?:(?!\bbut\b|\bbecause\b|\band\b)[^.;:!?,]){0,80}?\b(?:hold|holds|held|holding|exists?|have|has)\b"
)
_THING = r"(?:information|records?|documents?|files?|correspondence|e-?mails?|reports?|data|copy|copies|details|papers|material)"
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
    rf"|\bthere (?:is|are|was|were) (?:currently |indeed )?(?:no|an?|some|several|\d+) (?:[a-z]+ )?(?:{_THING}|investigation|complaint|case)s?\b"
    r"|\bour records (?:show|do not show|contain)\b|\bnot held\b|\bnothing (?:is )?held\b|\bdo not have (?:it|them|any)\b"
)
_HELD = re.compile(r"\b(?:hold|holds|held)\b")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n\s*\n")

_ABOUT = re.compile(r"\b(?:question|part|item|point|request)s? \(?([0-9a-z]{1,20})(?![0-9a-z])")

_SECTION = re.compile(
    r"(?:\bsections? ?|(?<![\w'\u2019])s\.? ?)(?:12|14|2[1-9]a?|3[0-9]|4[0-4])(?![0-9a-z/-])(?:\([0-9a-z]{1,4}\)){0,4}"
)
_REGULATION = re.compile(
    r"\b(?:regulations?|regs?)\.? ?(?:5\(3\)|6\(1\)\(b\)|12\([3-69]\)|13\()(?:\([0-9a-z]{1,3}\)){0,3}"
)
# "section 38 agreement", "section 21 notice", "section 24 of the Care Act": other laws have sections, too.
_ANOTHER_ACT = re.compile(
    r"\)?[,;]? ?(?:agreements?|notices?|orders?|meetings?|assessments?|officers?|reports?|duty|duties|payments?|works"
    r"|of (?:the |that )?(?!act\b|foia?\b|freedom of|regulations\b|eirs?\b|environmental information)[a-z])"
)
_BEHIND_ITS_ACT = re.compile(r"(?:act|regulations) [12][0-9]{3}[,:(]? ?\(?$")
_OWN_ACT = re.compile(r"(?:freedom of information act|environmental information regulations) 20[0-9]{2}[,:(]? ?\(?$")
_NAMES_FOI = re.compile(r"\bfreedom of information\b|\bfoia?\b")
_NAMES_EIR = re.compile(r"\benvironmental information regulations?\b|\beirs?\b")
_COMPLAINT = re.compile(r"section 50 of the freedom of information act 2000")
_EXTENSION = re.compile(
    r"\bsection 10\(3\)|\bextend(?:ed|ing|s)?\b[^.]{0,80}public[ -]interest|\b(?:extension|more time|further time|additional time)\b"
    r"[^.]{0,80}public[ -]interest|public[ -]interest[^.]{0,80}\b(?:extension|extend(?:ed)?|more time|further time|additional time)\b"
)

_FIGURES_LOOKED_AT = 100_000
_PERCENT = re.compile(r"\b[0-9]{1,3}(?:\.[0-9]{1,6})?\s?(?:%|per ?cent\b)")
_NOT_A_COUNT = re.compile(
    r"\b[0-9]{1,3}(?:\.[0-9]{1,6})?\s?(?:%|per ?cent\b)|\baged? [0-9]{1,3}(?:\s?(?:-|\u2013|to)\s?[0-9]{1,3})?|\b[0-9]{1,3}\s?(?:-|\u2013|to)\s?[0-9]{1,3}\b"
    r"|\b(?:19|20)[0-9]{2}(?:[/-][0-9]{2,4})?\b|\bq[1-4]\b|\b[0-9]{1,2} (?:january|february|march|april|may|june|july"
    r"|august|september|october|november|december)\b|https?://\S{1,2000}"
)
_DIGIT_OR_NUMERAL = re.compile(
    r"[0-9]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|zero|none)\b"
)
_LINK_TITLE = re.compile(r"\[[^\]\n]{1,200}\]\([^)\n]{0,2000}\)|(?:^|\n)[^\n<]{1,200}: <https?://[^>\n]{1,2000}>")


def without_links(text: str) -> str:
    """Give *text* without the titles of its links: what is published may be called anything."""
    return _LINK_TITLE.sub("\n", text)


def left_over(text: str) -> str:
    """Give the first placeholder in *text*, "" without one."""
    found = _LEFT_OVER.search(text)
    return "" if found is None else found[0]


def holding_statement(text: str) -> str:
    """Give the first sentence of *text* that says or implies that something is, or is not, held; "" without one.

    A clause that only speaks of confirming or denying, or of whether something is held, says neither.
    """
    for sentence in _SENTENCE_END.split(text):
        lowered = sentence.casefold()
        if _HOLDING.search(_SAFE.sub(" ", lowered)):
            return " ".join(sentence.split())[:120]
    return ""


def sentences_about_questions(text: str) -> Iterator[tuple[str, str]]:
    """Give each sentence of *text* that speaks of a numbered question, with that number in small letters."""
    for sentence in _SENTENCE_END.split(text):
        for found in _ABOUT.finditer(sentence.casefold()):
            yield found[1], sentence


def foreign_provision(text: str, *, environmental: bool) -> str:
    """Give the first provision in *text* that belongs to the other access law; "" without one.

    In an *environmental* text that is a section of the Act, otherwise a regulation. Sections of further laws are left alone.
    """
    lowered = text.casefold()
    for found in (_SECTION if environmental else _REGULATION).finditer(lowered):
        before = lowered[max(found.start() - 60, 0) : found.start()]
        if _ANOTHER_ACT.match(lowered, found.end()) is None and (
            _BEHIND_ITS_ACT.search(before) is None or _OWN_ACT.search(before)
        ):
            return text[found.start() : found.end()] if len(lowered) == len(text) else found[0]
    return ""


def names_other_law(text: str, *, environmental: bool) -> str:
    """Give the first name of the other access law in *text*, but for the right to complain that both share; "" without one."""
    lowered = _COMPLAINT.sub(" ", text.casefold())
    found = (_NAMES_FOI if environmental else _NAMES_EIR).search(lowered)
    return "" if found is None else found[0]


def public_interest_extension(text: str) -> str:
    """Give the words of *text* by which time is extended to weigh the public interest; "" without any."""
    found = _EXTENSION.search(text.casefold())
    return "" if found is None else found[0]


def bare_percentage(text: str) -> str:
    """Give the first percentage of *text* when no count stands beside it; "" otherwise."""
    lowered = text[:_FIGURES_LOOKED_AT].casefold()
    found = _PERCENT.search(lowered)
    if found is None or _DIGIT_OR_NUMERAL.search(_NOT_A_COUNT.sub(" ", lowered)):
        return ""
    return found[0]


def says_held(text: str) -> bool:
    """Whether *text* says in so many words that something is, or is not, held."""
    return _HELD.search(text.casefold()) is not None
