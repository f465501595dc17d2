"""What a sentence does in a letter: asks for something, leads into a list, or is courtesy, law, format, cost or contact talk."""

from __future__ import annotations

import re

from pipeline.domain.questions.leads import is_lead_in
from pipeline.domain.questions.wishes import names_thing, wish
from pipeline.domain.sieve import Sifted

_I = re.IGNORECASE
_PLEASANT = 12  # words; a longer question has a subject
_LOOK = 600  # characters of a sentence that are looked at

_QUESTION_WORDS = (
    r"how|what|when|where|who|whom|whose|which|why|do|does|did|is|are|was|were|has|have|had|can|could|will|would|"
    r"should|may|"
    r"if so|if yes|in what|in which|on what|to what|for how|by whom|of (?:these|those|the)|at what|since when|please"
)
_POLITE = (
    r"(?:(?:and|also|finally|lastly|firstly|secondly|thirdly|additionally|furthermore|next|then"
    r"|in addition(?: to this)?|separately|p\.?s\.?)[,:]?\s+)*(?:(?:please|pls|kindly)\s+)?(?:(?:can|could"
    r"|would|will|may|might)\s+(?:you|i|we|the council|it be possible)\s+(?:also\s+|please\s+|kindly\s+"
    r"|possibly\s+|now\s+|therefore\s+)*)?(?:it would (?:also |really )?be (?:very |most |really "
    r"|so )*(?:interesting|helpful|good|great|useful|nice|kind|appreciated) (?:if you (?:could|would|can)"
    r"|to)\s+)?(?:(?:i|we)(?:['\u2019]d| would| should| am| are|['\u2019]m|['\u2019]re)?\s+(?:also\s+"
    r"|further\s+)*(?:(?:be )?(?:grateful|obliged)(?: if you (?:could|would|can))?"
    r"|(?:be )?(?:very )?(?:interested|like|love|wish|want|need|writing|hoping|looking|seeking|requesting"
    r"|asking))?(?:\s+(?:to|in|for))?\s+)?(?:also\s+|please\s+|kindly\s+|therefore\s+|now\s+|just\s+|then\s+)*"
)
_VERBS = (
    r"(?:be )?(?:provided? with|provide|supply|send|give|tell|confirm|state|list|advise|disclose|release|share|"
    r"inform|let me (?:know|have)|know|request|ask|"
    r"obtain|get|receiv(?:e|ing)|see(?:ing)?|hav(?:e|ing)|knowing|learn(?:ing)?|hear(?:ing)?|understand|discover|establish|getting|obtaining|"
    r"show|publish|furnish|access|find(?:ing)? out|detail|explain|specify|indicate|identify|set out|outline|"
    r"describe|forward|requesting|asking|seeking|detail)"
)
_IMPERATIVE = re.compile(rf"^[\"'\u201c(\s*]*{_POLITE}{_VERBS}\b", _I)
_LATER = re.compile(
    r"(?:[,:;\u2013-] |\b(?:act|act 2000|foia?|regulations|regulations 2004|eir|law|2000|"
    r"2004)[,:]? )(?=(?:please|can|could|would|i|we|kindly)\b)",
    _I,
)
_INTERROGATIVE = re.compile(rf"^[\"'\u201c(\s*]*(?:and |also |finally,? |lastly,? )?(?:{_QUESTION_WORDS})\b", _I)
_NOUN_ASK = re.compile(
    r"^[\"'\u201c(\s*]*(?:and |also |plus )?(?:a |an |the |any |all |each |every |your |its |current |total |"
    r"annual |full |copy |overall )*"
    r"(?:number|numbers|total|amount|cost|costs|value|sum|list|lists|listing|copy|copies|details?|name|names|"
    r"date|dates|breakdown|figures?|data|"
    r"percentage|proportion|average|mean|median|rate|minutes|notes|emails?|e-mails|correspondence|documents?|"
    r"documentation|reports?|policy|policies|"
    r"procedures?|contracts?|invoices?|information|records?|spend|spending|expenditure|budget|income|revenue|"
    r"statistics|reasons?|job titles?|salary|"
    r"salaries|address(?:es)?|location|locations|length|size|age|type|types|status|outcome|outcomes|results?|"
    r"whether|plans?|maps?|surveys?|"
    r"assessments?|communications?|letters|messages|meetings|agendas?|guidance|supplier|suppliers|provider|"
    r"contract|duration|start|end|expiry|"
    r"criteria|rationale|evidence|confirmation|description|summary|schedule|register|inventory|structure|"
    r"organisation chart|organogram|how|what|"
    r"number of|gender|ethnicity|quantity|volume|tonnage|frequency|year|month|year-on-year|annual|staff|"
    r"employees|officers|complaints|fines|pcns?)\b",
    _I,
)
CONTENT = Sifted(
    r"how (?:many|much|long|often|far|old|big|frequently|do|does|did|is|are|was|were|has|have|will)\b"
    r"|\b(?:numbers? of|amount of|lists? of|cop(?:y|ies) of|details of|names? and\b"
    r"|names?,? (?:(?:and )?(?:job )?titles?\b|and (?:contact|address|job|e-?mail))|names? of|breakdown of"
    r"|costs? of|value of|total (?:number|cost|amount|spend|value|income)|figures? (?:for|on|of)|data (?:on"
    r"|for|about|relating)|spen(?:t|d)\b|minutes of|percentage of|proportion of|average|whether|records of"
    r"|reports? (?:on|of|into)|emails? (?:between|from|to|sent)|correspondence (?:between|with|from|relating"
    r"|about|regarding|concerning)|dates? (?:of|on|when)|reasons? (?:for|why)|policy|policies|contract|salary"
    r"|statistics (?:on|for|about)|documents? (?:relating|about|concerning|regarding)|which|who\b|what (?:is"
    r"|are|was|were|happened|percentage|proportion|has|steps|action)|why\b)"
)
_INVOKES = Sifted(
    r"freedom of information|\bfoia?\b|\bf\.o\.i\b|\beir\b|environmental information reg|data protection act|"
    r"subject access|\bgdpr\b|information request|"
    r"request(?:s|ing)? (?:for )?(?:some |the following |the below |certain )?information|i am writing|"
    r"i'm writing|my name is|i am (?:a|an|currently|the)\b|"
    r"i['\u2019]m (?:a|an|currently)\b|we are (?:a|an|currently|the)\b|i hope (?:you|this)|hope (?:you|this|all)|"
    r"on behalf of|this is a (?:formal |new )?(?:request|foi)|"
    r"please (?:treat|accept|find|see|consider|take) |under the (?:act|terms|provisions)"
)
_COURTESY = re.compile(
    r"^(?:many |with )?(?:thanks?|thank ?you|cheers|ta|yours|(?:kind |best |warm )?regards|best wishes|"
    r"sincerely)\b|^i (?:really |would |very much )*appreciate\b|look(?:ing)? forward|"
    r"hear(?:ing)? (?:back )?from you|"
    r"^i (?:await|hope|trust|understand)\b|grateful for (?:your|any|a|an)\b|^(?:apologies|sorry)\b|(?:any|"
    r"your) help|(?:swift|prompt|early|timely|speedy) (?:response|reply)|"
    r"acknowledg\w+ (?:receipt|this|my|of)|confirm (?:that )?(?:safe )?(?:receipt|you have received)|"
    r"have a (?:good|great|nice|lovely)|hope (?:you|this)",
    _I,
)
_FALL_BACK = Sifted(
    r"\b(?:cost|costs|appropriate|time|statutory|fee|fees|financial) ?(?:limit|threshold|ceiling|cap)|"
    r"18[ -]hours?|eighteen hours|\u00a3450|section 1[26]\b|s\.? ?1[26]\b|"
    r"exceed(?:s|ed|ing)? the|too (?:broad|wide|costly|expensive|onerous|vague|long)|advice (?:and|or|"
    r"&) assistance|duty to (?:advise|assist|help)|aggregat|"
    r"(?:narrow|refine|reduce|limit|revise|clarify|amend|modify|re-?scope|rephrase)\w* (?:down )?(?:my|the|this|"
    r"of (?:my|the|this)) (?:\w+ )?(?:request|scope|question)|need\w* (?:any |further |more |additional |"
    r"some )*(?:clarif|information|detail|help)|"
    r"require\w* (?:any |further |more |additional |some )*(?:clarif|information about|detail)|clarification|"
    r"any (?:queries|questions)\b|contact me|get in touch|hesitate|"
    r"(?:do(?:es)? not|don['\u2019]t|doesn['\u2019]t) hold|not held|(?:is|are) (?:not )?(?:un)?available|"
    r"not possible|unable to|cannot (?:provide|answer|supply|be)|can['\u2019]t (?:provide|answer)|"
    r"(?:an)?other (?:public )?(?:authority|body|organisation|department)|redact|exempt|withh[oe]ld|refus(?:e|al|"
    r"ing)|part of (?:this|my|the) (?:request|information)|"
    r"prioriti[sz]e|treat (?:these|this|each|them|it|the)|in the order"
)
_LAW = Sifted(
    r"\b(?:20|twenty) (?:working|business|school) days|working days|statutory (?:time|deadline|period|duty)|"
    r"within the (?:time|statutory|legal)|i am entitled|public interest|internal review|"
    r"(?:information )?commissioner|\bico\b|re-?use|open government licen[cs]e|copyright|"
    r"presumption (?:in favour|of)|the (?:foi )?act (?:requires|states|says|gives|obliges)|"
    r"as (?:required|set out|defined|you (?:will )?(?:know|be aware))|\b(?:section|s\.) ?(?:1|8|10|11|12|14|16|"
    r"17|45)(?:\(\d\))?(?![\w.])|\b(?:regulation|article) (?:5|6|7|9|12|14)\b|for (?:publication|research|"
    r"my (?:dissertation|thesis|research|article|studies|project))|"
    r"dissertation|will be (?:used|published|shared|made)|right to know"
)
_FORMAT = Sifted(
    r"\b(?:in|as|via|by|using|into|on)\b (?:an? |the |my |either |any |both )?(?:\S+ ){0,4}?(?:excel|"
    r"spread ?sheets?|csv|electronic\w*|e-?mail|machine[- ]readable|pdf|xlsx?|word|"
    r"formats?|electronically|writing|hard copy|digital(?:ly)?|open data|post|table below|tabular)\b|"
    r"\b(?:electronically|file format|e-?mail address|reply to this|replying to this|attached (?:table|template|"
    r"spreadsheet)|"
    r"(?:fill|complete) (?:in )?the (?:table|template|spreadsheet|form|attached))"
)
_FORMAT_SUBJECT = re.compile(
    r"^(?:please|i|we|could|can|would|ideally|preferably|if possible|where possible|my preferred|the|all|any|for|"
    r"in|this|answers?|responses?|data|as|kindly|electronic|preferred|format)\b",
    _I,
)
_REFINES = re.compile(
    rf"^{_POLITE}(?:(?:break|split|separate|include|exclude|limit|note|ensure|restrict|provide|supply|give|send|"
    rf"list|present|answer|respond|reply|use|base|cover|show|order|group|be|disregard|ignore|number|quote|"
    rf"copy in|refer|see|find|"
    r"complete|make|mark|address|interpret|round)\b)(?! (?:me|us|to)\b)(?:\s+(?:it|this|these|them|those|down|up|"
    r"that|your|the answers?|the (?:data|information|figures|response|results|numbers|above)|(?:a |"
    r"any )?(?:breakdown|further)|"
    r"all (?:data|figures|answers|information|responses)|answers?|data|figures|responses?|information|each|both|"
    r"only|as|in|by|for|where|any (?:attachments|relevant|supporting)|separate)\b)",
    _I,
)
_SHAPES = re.compile(
    r"^(?:each|the|this|these|all|any|your|every) (?:\w+ ){1,4}(?:should|must|needs? to|can be|may be|(?:is|are) defined)\b|"
    r"\b(?:in|with) your (?:response|reply|answers?)\b",
    _I,
)
_FOLLOW_UP = re.compile(
    r"^(?:(?:and|or|but)[,\s]+)?(?:if (?:so|yes|no|not|the answer|it (?:is|does|has)|they|you (?:do|have|did|"
    r"answered)|this is|that is|applicable|any|there (?:is|are|were|was))|i\.?e\.?|e\.?g\.?|for (?:example|"
    r"instance)|such as|or\b|"
    r"when and|why not|and if|(?:yes|no)\b|where (?:so|applicable))",
    _I,
)
ALSO = re.compile(
    r"^(?:finally|lastly|also|in addition|additionally|furthermore|separately|secondly|as a supplementary|"
    r"one (?:more|final|last)|p\.?s\b|p\.s\.|another|and (?:finally|lastly|also|can|could|how|what|please)|"
    r"(?:please|could you|can you|would you|i would|i['\u2019]d|we would|i am|i) (?:please |like to )?(?:also|"
    r"further|additionally)\b)",
    _I,
)
_STATUTE = Sifted(
    r"to be informed in writing|if that is the case, to have|have that information communicated|"
    r"the state of the elements of the environment|factors, such as substances|"
    r"any person making a request|whether it holds information of the description"
)


_CONDITIONAL = re.compile(
    r"(?:and |but |however,? |please note |note |also,? |alternatively,? |should |where |in the event|"
    r"whe(?:n|re)ever )*(?:if|should|where|in the event|please (?:let me know|tell me|advise me?|inform me|"
    r"contact|feel|do not|don['\u2019]t|confirm) (?:if|as|me|free|hesitate|whether i|that you))\b",
    _I,
)
_IN_DOUBT = Sifted(
    r"(?:let me know|advise me|contact me|tell me).{0,20}\b(?:if|should) (?:you|there|this|"
    r"my|any)\b.{0,80}(?:clarif|further|question|unclear|problem|issue|fee|charge|cost)"
)


def is_preamble(sentence: str) -> bool:
    """True for a sentence that introduces the writer or the law and names nothing wanted."""
    head = sentence[:_LOOK]
    if not _INVOKES.search(head) or CONTENT.search(head) or "?" in head[-2:]:
        return False
    return not _names_its_thing(head.strip())


def _names_its_thing(head: str) -> bool:
    """Whether an order or a wish says itself what is wanted; "I request information under the Act" leaves that to other words."""
    if head[:11].casefold() == "request for":  # a heading
        return False
    wanted = _ordered(head)
    if wanted is None:
        wanted = wish(head)
    return wanted is not None and names_thing(wanted)


def _ordered(head: str) -> str | None:
    """What stands behind the order in *head* ("please send me ..."); None where nothing is ordered."""
    for start in (0, *(hit.end() for hit in _LATER.finditer(head[:200]))):
        if found := _IMPERATIVE.match(head[start:]):
            return head[start + found.end() :]
    return None


def is_boilerplate(sentence: str) -> bool:
    """True for thanks, fall-backs, fees, formats, legal reminders and contact talk: nothing in it is wanted information."""
    head = sentence.strip()[:_LOOK]
    if _COURTESY.search(head[:160]) and not wants(_COURTESY.sub(" ", head)):
        return True
    if is_format(head):
        return True
    if (_FALL_BACK.search(head) or _LAW.search(head)) and not _OUTRIGHT.match(head):
        if _CONDITIONAL.match(head) and not head.endswith("?"):
            return True
        if not wants(head):
            return True
    return bool(_IN_DOUBT.search(head))


# Whoever asks "What do you use for redaction?" speaks of no refusal.
_OUTRIGHT = re.compile(r"(?:what|which|who|whose|when|where|why|how)\b.{3,590}\?\W{0,3}$", _I)


def is_format(sentence: str) -> bool:
    """True where only the shape of the answer is asked for."""
    head = sentence.strip()[:_LOOK]
    return bool(_FORMAT.search(head) and _FORMAT_SUBJECT.match(head) and not wants(_FORMAT.sub(" ", head)))


def wants(text: str) -> bool:
    """True where *text* names a thing that can be supplied: a number, a cost, a copy, a list."""
    return bool(CONTENT.search(text))


def is_question(sentence: str) -> bool:
    """True for a sentence that ends in a question mark and asks for information, not for help, a receipt or an answer to the list below."""
    head = sentence.strip()
    if not head.rstrip("\"'\u2019\u201d)*_ ").endswith("?"):
        return False
    return not is_boilerplate(head) and not is_lead_in(head) and not _pleasantry(head)


def _pleasantry(head: str) -> bool:
    return len(head.split()) <= _PLEASANT and bool(
        re.search(
            r"can you help|could you help|what (?:information )?(?:would|do|are) you (?:like|want|need|require|requesting|looking for|asking for)\b|"
            r"able to help|are you well|"
            r"right (?:person|department|team|place)|possible\?$|would that be|is that (?:ok|okay|alright)",
            head,
            _I,
        )
    )


_POINTS_AT = re.compile(
    r"^(?:please )?(?:see|find|refer to) (?:my |our |the )?(?:\w+ )?(?:below|attached|enclosed|above|message|e-?mail|letter|request)\b",
    _I,
)


def is_request(sentence: str) -> bool:
    """True for an order or wish that names something wanted ("Please provide a list of ...")."""
    head = sentence.strip()[:_LOOK]
    if _POINTS_AT.match(head):
        return False
    wanted = _ordered(head)
    if wanted is None and ((wanted := wish(head)) is None or not names_thing(wanted)):
        return False
    return not is_boilerplate(head) and not is_refinement(head) and not is_lead_in(head) and not is_preamble(head)


def is_refinement(sentence: str) -> bool:
    """True for a sentence that only shapes the request before it ("Please break this down by year")."""
    head = sentence.strip()[:_LOOK]
    return bool(_REFINES.match(head) or _SHAPES.search(head)) and not re.search(
        r"\b(?:cop(?:y|ies)|list) of\b", head, _I
    )


def is_follow_up(sentence: str) -> bool:
    """True for a question that hangs on the one before ("If so, which?")."""
    return bool(_FOLLOW_UP.match(sentence.strip()[:80]))


def is_ask(text: str) -> bool:
    """True for a list item or line that asks for something by its wording: a question, an order, or the name of a thing wanted."""
    head = text.strip()[:_LOOK]
    if not head or _STATUTE.search(head):
        return False
    return "?" in head or bool(_INTERROGATIVE.match(head) or _IMPERATIVE.match(head) or _NOUN_ASK.match(head))


def is_statute(text: str) -> bool:
    """True for the words of the Acts themselves, which people quote."""
    return bool(_STATUTE.search(text[:_LOOK]))


_TRIVIAL = re.compile(
    r"^(?:[\W\d_]|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\b|\b(?:st|nd|rd|th|to|and|"
    r"between|from|until|fy|q[1-4]|year|present|date|inclusive|financial|calendar|till|yes|no|n/a)\b)+$",
    _I,
)
_CONTACT = re.compile(
    r"^\S+@\S+$|^https?://\S+$|^[\d\s+()-]{7,}$|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|^(?:by |"
    r"via )?(?:e-?mail|post|telephone|phone|letter|text)\b"
)
_FEW = 4  # words


def is_trivial(text: str) -> bool:
    """True for an item too slight to be asked for by itself: a date, a year, an address, one or two bare words."""
    head = text.strip()[:200].rstrip(".,;")
    if _TRIVIAL.match(head) or _CONTACT.search(head):
        return True
    return len(head.split()) <= _FEW and not is_ask(head)
