"""Patterns a letter is searched for: what was left over, and another law's terms.

Every pattern reads small letters and runs in one pass; none nests a repetition in another.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.letters.checking.holding import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEFT_OVER = re.compile(
    r"(?i:\[ ?(?:insert|enter|todo|tbc)\b|\[(?:name|date|link|answer|reference)\]|<(?:answer|insert|name|date|link)>"
    r"|\{\{ ?[a-z][a-z0-9_. ]{0,40}\}\}|«[a-z][a-z0-9_ ]{0,40}»|\bchange-me\b)"
    r"|\bTODO\b|\bX{3,}\b",
)

_HELD = re.compile(r"\b(?:hold|holds|held)\b")

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
_REFUSES = re.compile(
    r"\b(?:refus(?:e|es|ed|ing|al)|declin(?:e|ed|ing)|reject(?:ed|ing)?|unable to|not able to|not upheld"
    r"|(?:can ?not|can['\u2019]t|will not|won['\u2019]t|are not|aren['\u2019]t|do not|don['\u2019]t) (?:agree to |going to |have to )?"
    r"(?:eras|delet|remov|correct|rectif|chang|amend|stop|restrict|comply|act|agree)[a-z]{0,8})\b"
)


def without_links(text: str) -> str:
    """Give *text* without the titles of its links: what is published may be called anything."""
    return _LINK_TITLE.sub("\n", text)


def left_over(text: str) -> str:
    """Give the first placeholder in *text*, "" without one."""
    found = _LEFT_OVER.search(text)
    return "" if found is None else found[0]


def sentences_about_questions(text: str) -> Iterator[tuple[str, str]]:
    """Give each sentence of *text* that speaks of a numbered question, with that number in small letters."""
    for sentence in sentences(text):
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


def refuses(text: str) -> str:
    """Give the first words of *text* that refuse something; "" without any."""
    found = _REFUSES.search(text.casefold())
    return "" if found is None else found[0]


def says_held(text: str) -> bool:
    """Whether *text* says in so many words that something is, or is not, held."""
    return _HELD.search(text.casefold()) is not None
