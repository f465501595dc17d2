"""The topic of a request as a noun phrase for "Thank you for your request for information relating to ..."; an officer confirms it before it is used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.domain.questions.asking import is_question, is_request
from pipeline.domain.questions.letterbody import sentences

if TYPE_CHECKING:
    from pipeline.domain.request import Question

MOST = 80  # characters
_LOOK_AT = 1_000
_WORDS = 14  # longer is a sentence, not a topic
_I = re.IGNORECASE
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_PREFIX = re.compile(
    r"^\s*(?:(?:re|fw|fwd|aw|wg|tr|sv|vs|ynt|ateb|ymlaen)(?:\[\d+\])?\s*:|"
    r"[\[(<{*]+\s*(?:external|ext|caution|suspicious|spam\??|sec|official(?:[- ]sensitive)?|bulk|"
    r"warning)[^\])>}*]{0,30}[\])>}*]+:?|external\s*:|\*+|urgent\s*[:!-]|new\s+(?=foi|freedom|request)|"
    r"(?:my |a |an |formal |official )*(?:request under (?:the )?)?(?:freedom of information|"
    r"environmental information(?: regulations?)?|foia?|eirs?|data protection)(?: act|"
    r" regulations?)?(?:,? ?\(?(?:2000|2004)\)?)?\s*(?:/ ?(?:foia?|eirs?)\s*)?"
    r"(?:request|requests|enquiry|query|application|letter|questions?|req)?\b|internal review of |"
    r"(?:\w+ ){1,3}council\s*[-\u2013:|]\s*(?=\S)|information request\b|request for information\b|"
    r"(?:data )?subject access request\b|\bd?sar\b|request\b(?=\s*[-:\u2013]| (?:for|about|regarding|re|on)\b)|"
    r"subject\s*:|"
    r"(?:for|about|regarding|re|concerning|relating to|related to|with regards? to|in relation to|in respect of|"
    r"on|into|to|of|from|under|the|some|any|information|data|details?|copy|copies|records?) (?=\S)|"
    r"[-\u2013\u2014:|,;.#/&()]+)\s*",
    _I,
)
_REFERENCE = re.compile(
    r"[\[(]?\b(?:our |your |my )?(?:(?:ref(?:erence)?|case|ticket|id|no)\b[.:# ]*)+[A-Z]*[-/]?\d[\w/-]*[\])]?|"
    r"[\[(]?\b(?:FOI|EIR|SAR|IG|CAS|RFI|REQ|INC)[-/ ]?\d[\w/-]*[\])]?|[\[(]\s*#?[\d/-]{3,}\s*[\])]|#\d{3,}",
    _I,
)
_LAW = re.compile(
    r"\s?[-\u2013(,:]{0,5}\s?(?:under (?:the )?)?(?:freedom of information|environmental information|"
    r"foia?|eirs?)(?: act| regulations?)*(?:,? ?(?:2000|2004))?(?: requests?| enquiry| query)?\)?\s*$",
    _I,
)
_COUNCIL = re.compile(r"\s*[-\u2013,:|]\s*(?:to )?\w+(?: \w+){0,2} council\s*$", _I)
_NOTHING = re.compile(
    r"^(?:(?:a|an|the|my|new|urgent|important|quick|formal|official|please|help|hello|hi|enquir(?:y|ies)|inquiry|"
    r"quer(?:y|ies)|questions?|requests?|information|info|general|freedom|act|foia?|eirs?|of|for|to|from|council|"
    r"coventry|city|no|subject|"
    r"untitled|none|contact|form|online|web|website|submission|submitted|message|email|e-mail|letter|attached|"
    r"attachment|document|case|team|officer|department|test|dear|sir|madam|needed|required|and|under|re|follow|"
    r"up|complaint|"
    r"january|february|march|april|may|june|july|august|september|october|november|december|access|data|details|"
    r"reference|ref|received|via|a member of the public)\b|[\W\d_])*$",
    _I,
)
_LEADS = re.compile(
    r"^(?:(?:please|pls|kindly|also|and|finally|hi|hello|therefore|now)[, ]+)*"
    r"(?:under (?:the )?(?:freedom of information act(?: 2000)?|foia?|"
    r"environmental information regulations(?: 2004)?|act)[, ]+)?(?:please |kindly )?"
    r"(?:(?:can|could|would|will|may) (?:you|i|we) (?:please |kindly |also |now |therefore )*)?(?:(?:i|"
    r"we)(?:['\u2019]d| would| am| are|['\u2019]m)? (?:be (?:very |most )?grateful (?:if you (?:could|would) )?|"
    r"like |wish |want |need |also |requesting |seeking |asking for |looking for |request )*(?:to )?)?"
    r"(?:(?:be )?(?:provided? (?:with )?|supplied with|supply|send|give|tell|confirm|state|list|disclose|release|"
    r"request|receive|obtain|see|have|know|advise|let me know|share|show|make a? ?request for)\b ?(?:to )?(?:me |"
    r"us )?(?:with )?(?:about |on )?)?"
    r"(?:the following:? ?)?",
    _I,
)
_OBJECT = re.compile(
    r"^(?:(?:an? |the |any |all |full |total |complete |current |recent |latest |most recent |relevant |"
    r"electronic )*(?:numbers?|amounts?|lists?|cop(?:y|ies)|details?|breakdowns?|information|data|records?|"
    r"figures?|documents?|documentation|statistics) "
    r"(?:held )?(?:of|about|on|for|regarding|relating to|concerning|in relation to|held about|"
    r"that you hold on)?\s*)+",
    _I,
)
_MANY = re.compile(
    r"^(?:how many|which|what (?:kinds?|types?|sorts?) of|what number of)\s+(?:of (?:the|these|"
    r"your)\s+)?",
    _I,
)
_SPENT = re.compile(
    r"^how much (?:money )?(?:has|have|did|does|was|were|"
    r"is) .{0,60}?\bspen[dt](?:ing)?\b(?: in total)? (?:on|for) ",
    _I,
)
_IS = re.compile(
    r"^(?:what(?:['\u2019]s)?|who|where|when)\s*(?:is|are|was|were|has been|have been|"
    r"will be)?\s+(?=(?:the|your|its|an?|any|each|total|annual)\b)",
    _I,
)
_DOES = re.compile(
    r"^(?:does|do|did|is|are|has|have|was|were|will) (?:the (?:council|local authority|authority)|"
    r"you(?:r (?:council|organisation|authority))?|coventry(?: city council)?|there) (?:currently |still |ever |"
    r"now )?(?:have|use|own|employ|run|operate|offer|hold|provide|charge|fund|keep|publish)?\s*(?:an?|any|the)?\s+",
    _I,
)
_AUXILIARY = re.compile(
    r"(?<!\bof)(?<!\bfor)(?<!\bto)(?<!\bby)(?<!\bbetween)\s(?:the council(?!['\u2019])|you|we|i)\b|\s(?:did|do|"
    r"does|were|was|are|is|have|has|had|will|would|can|could|should|which|who|that|where|when|if|please|receive|"
    r"received|get|got|use|work|worked|took|take|left|leave|attend|attended|live|hold|and how|and what|including|"
    r"broken down|split by|per|for each|in each|since|between \d|from (?:\d|april|january)|in the (?:last|past)|"
    r"over the|during the|as (?:at|of)|\(|by (?:year|month|ward))(?![\w-])|[?;:!]|\.(?:\s|$)|,\s(?:and|please|"
    r"for|in|how|what|including|broken)\b",
    _I,
)
_SMALL_FIRST = frozenset(
    """
    parking council number numbers school schools social housing homelessness homeless planning waste recycling complaints
    staff staffing data spending spend total cost costs pest children child adult adults care public street road roads tree
    trees noise air council's agency business empty temporary taxi licensing library libraries pothole potholes cemetery
    burial special education elective home safeguarding contract contracts software mobile telephone cyber information use
    details list copy correspondence emails meeting minutes report reports policy policies salary salaries senior vacant
    weekly annual foster fostering adoption leisure swimming allotment allotments fly bus cycle traffic highway highways pay
    gender legal procurement agreements private rented council-owned tenants tenancy rent right damp mould asbestos flooding
    flood contaminated blue penalty fines bailiff enforcement election electoral councillor councillors staffing redundancy
    """.split()
)
_VAGUE = re.compile(
    r"^(?:(?:all |any |the |other |these |those |of |total |current )*(?:staff|people|children|times|households|"
    r"emails?|everything|anything|employees|residents|officers|documents?|members of staff|"
    r"members|letters|names?|councillors|correspondence|reports?|grants|books|valuation|personal data(?: about)?|"
    r"young people|cases|families|complaints|applications|names of the \w+|pupils|suppliers?\S*|providers?)?$|"
    r"(?:in|on|at|for|by|with|to|if|them|these|those|whether|have|has|are|is|confirmation|how|which|"
    r"the following|so|out|up|be|been|was|were|had|act|let|it|this|that|they|he|she|there|yes|no|page|ask|"
    r"tell)\b|.*(?:following|http|as follows))",
    _I,
)
_STOPS = " \t\n\r\x0b\x0c,;:.!?\u2013\u2014([/&*_-"
_LOOSE_ENDS = frozenset("and or of for in on the a an to by from with at between request please your its that".split())


def topic(subject: str, questions: tuple[Question, ...]) -> str:
    """A topic of at most 80 characters, without control characters or a stop at its end; "" where neither subject nor first question gives one."""
    named = _from_subject(subject[:_LOOK_AT])
    if named:
        return named
    return next((found for found in (_from_question(one.text[:_LOOK_AT]) for one in questions[:3]) if found), "")


def _from_subject(subject: str) -> str:
    text = _clean(subject)
    text = _CLOSING.sub("", _clean(_REFERENCE.sub(" ", text)))
    for _ in range(20):
        shorter = _COUNCIL.sub("", _LAW.sub("", _PREFIX.sub("", text, count=1))).strip()
        if shorter == text:
            break
        text = shorter
    if _NOTHING.match(text[:200]) or "@" in text or "://" in text:
        return ""
    if text.endswith("?") or re.match(
        r"how (?:many|much)\b|what |which |does |do |please |can |could |i |"
        r"we ",
        text,
        _I,
    ):
        return _from_question(text)
    return _fit(text)


_CLOSING = re.compile(
    r"\s?[-\u2013]?\s?\b(?:freedom of information|foi|eir) (?:act )?(?:request|enquiry|"
    r"query)\s*$",
    _I,
)


def _from_question(question: str) -> str:
    parts = sentences(_clean(question.split("\n", 1)[0]))
    text = next((part for part in parts if is_question(part) or is_request(part)), parts[0] if parts else "")
    text = _LEADS.sub("", text, count=1)
    for opening in (_SPENT, _MANY, _IS, _DOES):
        if opening.match(text):
            rest = opening.sub("", text, count=1)
            text = f"spending on {rest}" if opening is _SPENT else rest
            break
    else:
        if re.match(
            r"(?:how|why|when|where|who|what|is|are|does|do|did|has|have|was|were|if|can|could|"
            r"would)\b",
            text,
            _I,
        ):
            return ""
    text = _OBJECT.sub("", text, count=1)
    cut = _AUXILIARY.search(text)
    if cut:
        text = text[: cut.start()]
    text = _finished(re.split(r"\b(?:you|i|we|me|us|my)\b", text, maxsplit=1, flags=_I)[0])
    if len(text.split()) > _WORDS or _NOTHING.match(text[:200]) or _VAGUE.match(text):
        return ""
    return _fit(text)


def _clean(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


def _finished(text: str) -> str:
    """*text* without the stops and small words that a cut has left at its end; by hand, since a pattern for it takes for ever on "????"."""
    while True:
        shorter = text.rstrip(_STOPS)
        before, blank, last = shorter.rpartition(" ")
        shorter = before if blank and last.casefold() in _LOOSE_ENDS else shorter
        if shorter == text:
            return text
        text = shorter


def _fit(text: str) -> str:
    text = re.sub(
        r"^(?:the(?! council)|your|my|our|a|an|any|all|"
        r"of)\s+",
        "",
        _finished(text.strip(" \"'\u2018\u2019\u201c\u201d*_")),
        flags=_I,
    )
    text = (
        re.sub(r"\byour\b", "the council's", re.sub(r"\bmy\b", "your", text, flags=_I), count=1, flags=_I)
        if "my" not in text.casefold().split()
        else re.sub(r"\bmy\b", "your", text, flags=_I)
    )
    if text.isupper() and len(text) > 12:  # noqa: PLR2004 - short capitals are an abbreviation
        text = text.lower()
    first = text.split(" ", 1)[0]
    second = text.split(" ", 2)[1] if " " in text else ""
    if first.istitle() and first.casefold() in _SMALL_FIRST and not second.istitle():
        text = text[:1].lower() + text[1:]
    if text.count("(") > text.count(")"):
        text = text[: text.rfind("(")]
    if len(text) > MOST:
        cut = text.rfind(" ", 0, MOST + 1)
        text = text[: cut if cut > 0 else MOST]
    text = _finished(text).strip()
    return text if re.search(r"[^\W\d_]{2}", text) else ""
