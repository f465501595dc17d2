"""The words above a list: whether they lead into questions, or into details, quoted law and earlier letters that only look like questions."""

from __future__ import annotations

import re

_I = re.IGNORECASE
_LOOK = 600  # characters of a paragraph that are looked at, at its end
_COLUMN_WORDS = 10
_LEAD_ANSWER = re.compile(
    r"(?:following|below|these|few|some|attached|numbered) (?:\w+ ){0,3}(?:questions?|queries|points"
    r"|information|requests?|data|items|details|documents?)|(?:questions?|information|request|requirements"
    r"|queries|details|data|as follows|following|asking for|requesting|seeking|tell me|let me know"
    r"|like to know|want to know|need to know|confirm|provide|state|request|supply|know|advise|answer"
    r"|asks?(?: you)?(?: for)?|wants?|needs?|requires?|wish(?:es)? for|(?:would|['\u2019]d) (?:like|welcome"
    r"|appreciate)|send me|have|see|receive|obtain|are|is|list|disclose|specifically|share|give|(?:cop(?:y"
    r"|ies)|numbers?|details|sight|a list) of)(?: to me| with me| with us| me| us| with"
    r"| the following)?\s*[:;,.\u2013?-]*\s*$",
    _I,
)
_ATTACHED_LIST = re.compile(
    r"\b(?:broken? (?:it )?down|breakdown|columns?|headings?|fields?|headers?|format(?:s|ted)?|split (?:by|into|"
    r"between)|separated (?:by|into)|"
    r"search(?:es)? (?:terms?|words?|strings?|for)|key ?words?|keyterms|"
    r"(?:reply|respond|send|contact|reach|get hold)\b.{0,40}\b(?:by|via|at|to|on|me|ways?)|ways?|options?|either|"
    r"one of|choose|because|reasons?|background|context|timeline|chronology|defin\w+|"
    r"for the purposes?|stat(?:es|ed)|says|said|provides that|reads|entitled|by including|including|includes?|"
    r"such as|namely|for example|e\.g\.?|"
    r"note|notes|mean|means|meaning|abbreviations|glossary|assum\w+|exclud\w+|contain(?:s|ing)?|mention(?:s|"
    r"ing)?|(?:who|that|which) (?:are|have|were))\b[^:]{0,60}\W*$",
    _I,
)
_DETAIL_LIST = re.compile(
    r"\b(?:the |these |those |each of |following |last |past |financial |calendar |for |in |between |at |of |to "
    r"){1,8}(?:\w+ ){0,3}(?:dates?|date ranges?|periods?|time ?frames?|years?|months?|quarters?|addresses|address|"
    r"properties|premises|postcodes?|streets?|roads?|sites?|locations?|schools?|wards?|areas?|companies|firms|"
    r"organisations|suppliers|categories|types|terms|words|people|officers)\W*$",
    _I,
)
_POINTS = re.compile(r"\b(?:following|these|those|each|below)\b|:\W*$", _I)
_EARLIER = re.compile(
    r"\b(?:original|previous|earlier|prior|first|initial|last|recent) (?:foi |information |"
    r"freedom of information )?(?:request|letter|e-?mail|enquiry|questions?|correspondence|response|reply)|"
    r"\bi (?:had |previously |originally )?(?:asked|wrote|requested)\b|"
    r"\byou (?:replied|responded|answered|said|stated|wrote|told)|\bmy (?:e-?mail|letter) of|your (?:response|"
    r"reply|answer|letter)|(?:the act|section|regulation|guidance|code|legislation|law|policy) .{0,40}(?:states?|"
    r"says?|reads?|provides?|requires?|defines?)|"
    r"\bquot(?:e|ed|ing)\b",
    _I,
)
_ASKS_NOW = re.compile(
    r"\b(?:have|provide|know|tell me|confirm|send me|supply|(?:further|new|more|some|these) questions?)\s*[:\u2013-]*$",
    _I,
)
_AGAIN = re.compile(
    r"re-?send|re-?submit|\bagain\b|repeat|re-?stat|once more|\bnew\b|revised|refined|amended|"
    r"updated|narrowed",
    _I,
)


# "... to disclose, under the Freedom of Information Act 2000:" leads in as "... to disclose:" does.
_BY_LAW = re.compile(
    r",? (?:under|pursuant to|in accordance with|in line with"
    r"|using) (?:the )?(?:terms of (?:the )?)?(?:\w+ ){0,5}(?:act|regulations?|foia?|eirs?|gdpr)(?: (?:19"
    r"|20)\d\d)?(?: \(?\w+\)?)?,?(\s*[:\u2013-]+\s*)$",
    _I,
)


# "Please provide the following: the survey and the minutes." and "details of payments made to the following landlord." name what they want.
_TELLS_IT = re.compile(
    r"\b(?:following|below|these)\b[^.?!:]{0,60}:\s+(?:[^\s:]+\s+){3,}[^\s:]*[^\s:-]$"
    r"|\bdetails of (?!(?:all |any |each )?(?:of )?(?:the|these) following)[^.?!:]{6,90}\bthe following\b[^.?!:]{0,90}\.$",
    _I,
)


def is_lead_in(text: str) -> bool:
    """True for words that only point at the list below them ("Please answer the following questions:")."""
    head = _BY_LAW.sub(r"\1", text.strip()[-_LOOK:])
    if _TELLS_IT.search(head):
        return False
    if re.search(r"\b(?:the|these) following\b[^.?!:]{0,90}[.:;]?$", head, _I):
        return not names_own(head) and not refuses_list(head)
    if head.rstrip("*_ ").endswith((":", ":-", "-", "\u2013")) or re.search(
        r"(?:following|below|questions?|"
        r"queries)\b[^.?]{0,60}[.?;]?$",
        head,
        _I,
    ):
        return bool(_LEAD_ANSWER.search(head)) and not names_own(head)
    return _ONLY_ASKS.fullmatch(head) is not None


# "Can you tell me", and the line ends.
_ONLY_ASKS = re.compile(
    r"(?:[\w'\u2019 ]{0,40}\b(?:and|so|hello|hi|under (?:the )?foia?|foi)\b[, ]{0,2})?(?:please |kindly )?(?:can"
    r"|could|would|will) (?:you|anyone|someone|the council) (?:please |kindly |also )?"
    r"(?:tell (?:me|us)|let (?:me|us) know|advise(?: me| us)?|confirm|answer|provide|send(?: me| us)?|give (?:me|us))(?: please)?[ ,.]{0,3}"
    r"|(?:please |kindly )(?:can you |could you |would you )?(?:tell (?:me|us)|let (?:me|us) know|advise(?: me"
    r"| us)?|confirm|provide|state)(?: please)?[ ,.]{0,3}",
    _I,
)

# "Please send copies of:" names nothing yet; each item below it does.
_OPEN_END = re.compile(
    r"\b(?:the |a )?(?:cop(?:y|ies)|numbers?|details|sight|lists?) of(?: the)?\s*[:\u2013-]+\s*$", _I
)


def names_own(head: str) -> bool:
    """Whether the lead-in itself names what is wanted ("the number of staff who are:")."""
    last = _OPEN_END.sub(" ", re.split(r"(?<=[.?!])\s+", head)[-1])
    return bool(
        re.search(
            r"how (?:many|much)|\bnumbers? of|\bamount of|\bcost of|\blists? of (?!the following|"
            r"questions)|\bcop(?:y|ies) of (?!the following|all the following|any of the following)|"
            r"\bcorrespondence\b|\be-?mails\b",
            last,
            _I,
        )
    )


_POINTER = re.compile(r"\b(?:(?:the|these) following|that follow|as follows|below)\b", _I)


def is_pointer(text: str) -> bool:
    """True for words that point at what stands below them and name no thing of their own."""
    head = text[-_LOOK:]
    return bool(_POINTER.search(head)) and not names_own(head)


_SCOPE = re.compile(
    r"^(?:so |and |then |again )?(?:for|in|over|during|covering|within|as at|as of|since|between) (?!(?:each|every|any|all|these|those|this|them)\b)"
    r"(?!.{0,80}\b(?:following|these|those|each|columns?|propert\w+|records?)\b).{3,80}:\W*$",
    _I,
)


def is_scope(lead: str) -> bool:
    """True for words that only say for when or where the things below them are wanted ("For the last 12 months:")."""
    return bool(_SCOPE.match(re.split(r"(?<=[.?!])\s+", lead.strip()[-_LOOK:])[-1]))


def refuses_list(lead: str) -> bool:
    """True for a lead-in under which items are details, not questions: columns, reasons, search words, dates, ways to reply, quoted law."""
    head = lead.strip()[-_LOOK:]
    last = re.split(r"(?<=[.?!])\s+", head)[-1]
    if re.search(
        r"\b(?:remind|aware|draw your attention|point out|bear in mind|already (?:know|have|tried))\b", last, _I
    ):
        return True
    if _EARLIER.search(last) and not _ASKS_NOW.search(last):
        return not _AGAIN.search(last)
    if re.search(
        r"(?:following|below) (?:\w+ ){0,2}(?:questions|information|queries)|questions?\s*(?:are|is|"
        r"below|:)|following\s*(?::|\.|$)|please (?:provide|state|tell me|confirm|supply|advise|"
        r"could you provide)[^.]{0,12}:\s*$",
        last,
        _I,
    ) and not re.search(r"format|column|heading|broken down|break\s?down|because|reason|search", last, _I):
        return False
    return bool(_ATTACHED_LIST.search(last) or (_POINTS.search(last) and _DETAIL_LIST.search(last))) or (
        names_own(last) and last.rstrip("*_ ").endswith(":")
    )


def is_column(text: str) -> bool:
    """True for an item that names a detail of something rather than something to count or copy."""
    long = len(text.split()) > _COLUMN_WORDS
    return not (
        long
        or "?" in text
        or re.search(r"\b(?:numbers?|amount|total|cop(?:y|ies)|lists?|costs?|how|what|which)\b", text, _I)
    )


def is_earlier(lead: str) -> bool:
    """True for words that lead into something said before: an earlier letter, an answer, a law."""
    return bool(_EARLIER.search(lead[-_LOOK:])) and not _AGAIN.search(lead[-_LOOK:])
