"""The words people use, as tables: what a sentence of theirs is a sign of, in English and, for requests, in Welsh.

Patterns are matched against one folded sentence at a time (``automatic.plain``), hold no nested or unbounded repeats, and so stay linear.
Every clause reads after "because".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.patterns import AnyOf
from pipeline.domain.regime_words import MY_PAPERS
from pipeline.domain.sieve import Sifted


class Sign(StrEnum):
    """What a sentence speaks for."""

    LAW = "law"
    REQUESTS = "requests"
    MATERIAL = "material"
    ASK = "ask"
    OWN_DATA = "own_data"
    FRESH = "fresh"
    CHASER = "chaser"
    CHASER_HINT = "chaser_hint"
    PRIOR = "prior"
    MISSING = "missing"
    REVIEW = "review"
    REVIEW_ASKED = "review_asked"
    REVIEW_HINT = "review_hint"
    GROUNDS = "grounds"
    WITHDRAWAL = "withdrawal"
    WITHDRAWAL_LOOSE = "withdrawal_loose"
    WITHDRAWAL_HINT = "withdrawal_hint"
    THANKS = "thanks"
    COMPLAINT = "complaint"
    CLARIFIES = "clarifies"
    SERVICE = "service"
    OWN_SERVICE = "own_service"
    COMMENT = "comment"
    SALES = "sales"
    FRAUD = "fraud"
    PAPERS = "papers"
    DATA_RIGHT = "data_right"
    OWN_POWER = "own_power"
    ATTACHED = "attached"


@dataclass(frozen=True, slots=True)
class WordRule:
    """Sentences that match *pattern* are a sign of *sign*, and *clause* says so."""

    sign: Sign
    clause: str
    pattern: AnyOf


def word_rule(sign: Sign, clause: str, *alternatives: str) -> WordRule:
    """A rule whose pattern is any of *alternatives*."""
    return WordRule(sign, clause, AnyOf(*alternatives))


LAW_NAMES = (
    r"\bfre{1,2}do[mn] (?:of|fo|for) (?:the )?inf\w{2,14}\b|\bf\.? ?o\.? ?i\.?(?: ?a\.?)?\b(?!@| (?:team|officer"
    r"|office|manager|lead|unit|department|desk))"
    r"|\benvironmental info\w{0,9} reg\w{0,9}|\be\.?i\.?r\.?s?\b|\b(?:data )?subject access|\bd?sars?\b"
    r"|\bdata protection act\b"
    r"|\b(?:uk )?gdpr\b|\bre-?use of public sector info\w{0,9}|\brhyddid gwybodaeth\b|\bgwybodaeth amgylcheddol\b"
)
LAW = re.compile(LAW_NAMES)

# What a mail's footer or a law's recital says; nobody asks anything with it.
BOILERPLATE = AnyOf(
    r"this (?:e-?mail|message|communication|transmission)(?:,| and| may| is| contains| has| was|\(|'s)"
    r"|intended (?:solely |only )?(?:for|recipient)|received this (?:e-?mail|message|communication) in error"
    r"|(?:may|will|can|could) be (?:subject to|disclosed|disclosable|monitored|recorded)"
    r"|(?:disclosed|disclosure|released) (?:under|in response to|in accordance|pursuant)|registered (?:in|office"
    r"|company|charity)|company number|viruses|sent from my|get outlook for"
    r"|consider the environment|^\W{0,3}(?:caution|external)\b|originated from outside|do not click"
    r"|please use this e-?mail address for all replies|is this the wrong address for"
    r"|published on the internet|whatdotheyknow|full history of my|for more detailed guidance"
    r"|web page of your organisation|confidential(?:ity)? (?:notice|information)|privacy (?:notice|policy)"
    r"|data protection (?:officer|policy|notice)|unauthori[sz]ed use|legally privileged|opinions expressed"
)

# Sentences that only speak of what might happen, or of a right that is kept.
CONDITIONAL = re.compile(
    r"\b(?:if|should you|should it|should the council|in the event|unless|where (?:you|any)|reserve (?:the"
    r"|my) right|(?:have|has|my) (?:the |a )?right to|entitled to|in case|were you to|before (?:i|we) |how (?:do"
    r"|can|would) i)\b"
)

# What the writer says that it is.
SAYS_NEW = Sifted(
    r"\b(?:new|another|further|second|separate|additional|fresh|different) (?:foi |eir |freedom of information "
    r"|information |subject access )?(?:request|question|query)\b",
    ignore_case=False,
)

# What the writer says that it is not.
NEGATED = re.compile(
    r"\b(?:not|n't|never|rather than|instead of) (?:\w+ ){0,3}(?:this |it |me |my e-?mail |my request )?(?:as )?(?:a |an |any )?(?:\w+ )?"
    r"(?:complain\w*|chas\w+|appeal\w*|objecti\w+|objecting|internal review|request for (?:a |an )?(?:internal )?review|withdraw\w*|criticis\w+)\b"
)

# An "if" that only makes a question polite.
POLITE_IF = re.compile(
    r"\b(?:grateful|helpful|appreciated?(?: it)?|obliged|wonder(?:ing|ed)?|great|good|kind|know|me|see|ask|confirm|advise|say"
    r"|state|check) if\b"
)

# Words that say that something is asked and of whom, and never what; a mail of these alone names nothing that could be looked for.
FRAME_WORDS = frozenset(
    r"a about act after again all also am an and any anyone are as ask asking at back be been can case"
    r" contact could council data dear do does email enquiry enquiries environmental find foi foia eir eirs"
    r" for form formal freedom from get give good go had happy has have hear hello help hi how i if in info"
    r" information inquiry is it know let like ll ve re made make making matter may me meaningful might my"
    r" need new of office officer ok on one or people person please put query question questions raise"
    r" regarding regards relating relation request requests requesting right send sent should sir madam some"
    r" somebody someone something submit submitting speak subject tell thank thanks that the them there these"
    r" thing this to under up us want wanted was we what where which who whom will wish with would wondering"
    r" write writing you your yours 2000 2004 law public authority team department cheers here hope well"
    r" today asap urgently urgent access".split()
)

# A sentence that asks for figures or papers about a thing: words like "complaints" or "internal review" are then its subject.
MATERIAL = AnyOf(
    r"\bhow (?:many|much|often|long)\b(?! longer| more time)|\b(?:the |total |overall )(?:number|numbers"
    r"|amount|value|cost|costs|total|percentage|proportion)s? (?:of|spent|paid)\b|\bnumbers? of\b"
    r"|\bwhat (?:is|was|are|were|does|did|do) (?:the|your|each|a|any)\b(?!.{0,60}\b(?:my|i|me)\b).{0,50}\b(?:paid"
    r"|spent|budget|earns?)\b|\b(?:readings?|measurements?|samples) (?:for|from|at|of|taken|recorded)\b"
    r"|\bthe numbers? (?:on|in|who|that|which|by|for|and)\b|\bsalar(?:y|ies)\b|\bamount of\b|\bstatistic"
    r"|\bfigures\b|\bbreak ?down\b|\b(?:a |the |full |complete )list of\b|\blist (?:all|of|the|any|each"
    r"|every)\b|\bcop(?:y|ies) of\b|\b(?:all|any|the|your|internal|relevant|other"
    r"|following) (?:\w+ )?(?:correspondence|emails|e-mails|records|documents?|documentation|information"
    r"|communications|minutes|reports?|data|policy|policies|procedures?|guidance|contracts?|spreadsheets?"
    r"|details|files|papers|invoices|assessments?)\b|\b(?:recorded|following|relevant) information\b"
    r"|\binformation (?:held|relating|about|regarding|on|concerning|as to|in relation)\b|\bdetails (?:of|on"
    r"|about|regarding|relating)\b|\bdata (?:on|for|about|held|relating|regarding|showing|from)\b"
    r"|\bminutes of\b|\bcosts? of\b|\bspen[dt] (?:on|by|with|in)\b|\bspending\b|\bexpenditure\b"
    r"|\bcontracts? (?:start|end|value|expir|renewal|with|for|date|register|length)|\bnames? of (?:the |your "
    r"|each |any )?(?:supplier|provider|company|contractor|current|organisation|officer|person|software"
    r"|system)|\b(?:which|what) (?:supplier|provider|company|contractor|software|system|firm|contract|policy"
    r"|policies|steps|measures|budget|proportion|percentage|date|dates|year|criteria|training|legislation"
    r"|information|evidence|action)\b|\b(?:see|have|get(?= (?:a|the|hold|your|any|all|sight|both)\b)|obtain"
    r"|receive|read|send|provide|supply|release|share|publish|sight of|e-?mail|forward|disclose"
    r"|look at)\b(?!.{0,20}\b(?:attached|enclosed|below)\b).{0,30}\b(?:the|your|any|all|its|their|that|those"
    r"|both)\b(?! (?:attached|enclosed|below|following)).{0,40}\b(?:readings?|logs?|records|notes|reports?"
    r"|minutes|figures?|data|lists?|schedule|surveys?|results|documents|papers|agreement|contract|lease"
    r"|assessment|study|statistics|numbers|correspondence|comments|register|maps?|accounts|budget|breakdown"
    r"|inspection|audit|recording|transcript|dataset|spreadsheet|strategy|scores?|valuation|business case"
    r"|tender|invoices?)\b|\bbetween (?:\w+ ){0,3}\d{4} (?:and|to)\b|\b(?:for|in) (?:each|every|the last"
    r"|the past) (?:of )?(?:the )?(?:\w+ )?(?:financial|calendar|academic|tax)? ?years?\b|\bper (?:year"
    r"|annum)\b|\bfinancial years?\b|\bjob titles?\b|\borgani[sz]ation(?:al)? (?:chart|structure)"
    r"|\bjob description|\bpolic(?:y|ies) (?:on|for|document|about|regarding|relating|in relation)|\bfaint\b"
    r"|\bsawl\b|\bcop[iï]au? o|\bgwybodaeth am\b|\brhestr o\b|\b(?:does|do|did|has|have|is|are|was"
    r"|were) (?:the |your |any )?(?:council|authority|local authority|borough|department)(?:'s)?\b.{0,120}\?"
    # A recording is asked for, not offered: "please send the footage", but not "I can send you the footage I took".
    r"|\b(?:please|(?:can|could|would|will) you|(?:can|could|may) (?:i|we)|(?:i|we)(?:'d| would) like|(?:i|we) (?:want|need|request|require)|requesting"
    r"|cop(?:y|ies) of|sight of|access to)(?: (?:please|let|send|provide|supply|release|disclose|have|get|see|obtain|view|keep|me|us|to|a|the|any|all|copy"
    r"|copies|of|your|council's)){1,8} (?:[\w-]+ ){0,3}(?:footage|body-?cam|cctv|dash-?cam)\b(?! (?:cameras?|policy|operators?|control|attached))"
    r"|\b(?:do|does|did|have) you (?:hold|have(?! (?:\d|a (?:moment|minute|few)|time|any time|availability))"
    r"|use|keep|record|own|employ|operate|offer|charge|currently|publish|collect|provide any|fund)\b"
)

REQUEST_RULES = (
    word_rule(Sign.LAW, "it names the law on access to information", LAW_NAMES),
    word_rule(
        Sign.REQUESTS,
        "it says that it is a request for information",
        r"\b(?:make|making|made|submit|submitting|send|sending|place|raise|lodge|file|put in|wish|this is|this as"
        r"|as|following|formal|a|an|the|my|new|under) (?:\w+ ){0,3}(?:foi|f\.o\.i\.?|foia|eir|sar|dsar"
        r"|freedom of information(?: act)?|environmental information(?: regulations?)?|subject access"
        r"|access to information|information|re-?use)(?: act)?(?: 2000| 2004| 2018)? (?:request|enquiry|inquiry"
        r"|application)\b",
        r"\b(?:under|pursuant to|in accordance with|in line with|by virtue of|using|within|per|via|through"
        r"|in terms of) (?:the )?(?:provisions? of |terms of |rights? (?:under|in) )?(?:the )?(?:foi\b|f\.o\.i"
        r"|foia\b|freedom (?:of|fo|for) inf\w{2,14}|environmental info|eir\b|uk gdpr|gdpr|data protection act"
        r"|article 15|re-?use of|section (?:1|8)\b|ddeddf)",
        r"\brequest(?:s|ing|ed)? (?:for|the following|some|copies|access to|recorded|disclosure of|all|information"
        r"|details|data|a copy|under)\b",
        r"\btreat this\b.{0,60}\b(?:request|foi|eir|sar)\b",
        r"\bcais (?:rhyddid|am wybodaeth|o dan|mynediad)|\bo dan (?:y )?ddeddf rhyddid",
        r"\bfoi(?: ?requests?)? ?(?:-(?![a-z])|:)",
        r"\b(?:right to know|access to environmental information)\b",
    ),
    word_rule(
        Sign.OWN_DATA,
        "it asks for what is held about a person",
        r"\b(?:information|data|records?|files?|everything|documents|notes|emails"
        r"|correspondence)\b.{0,60}\b(?:about|on|relating to|regarding|concerning|of|for|held on|mentions?"
        r"|mentioning|in relation to) (?:me|myself|us|my (?:late |own )?(?:self|son|daughter|mother|father|mum|dad"
        r"|child|children|family|client|husband|wife|partner|brother|sister|case|name|home))\b",
        r"\beverything (?:(?:you|that is|which is) )?(?:held|hold|have|recorded)\b.{0,80}\b(?:me|her|him|them|my|his|their|our client)\b",
        r"\b(?:copy|copies|see|obtain|access|request|all|view|have|get|send|supply|provide|want)\b.{0,40}" + MY_PAPERS,
        r"\b(?:copy|copies|see|obtain|access|request|all|view|have|get)\b.{0,40}\bmy (?:own |full |complete "
        r"|entire )?(?:personal (?:data|information|file)|social (?:services|care|work) (?:records?|files?)"
        r"|care (?:file|records?)|(?:hr|personnel|housing|medical|adoption|education|school|children's services"
        r"|childhood|employment) (?:file|files|record|records))\b",
        r"\bmy (?:\w+ )?(?:son|daughter|child|mother|father|mum|dad|husband|wife|partner|brother|sister"
        r"|client)\b.{0,100}\b(?:his|her|their) (?:\w+ ){0,3}(?:files?|records?|notes|data)\b",
        r"\b(?:data )?subject access\b|\bmy personal data\b|\bright of access\b|\bdsar\b|\barticle 15\b",
    ),
    word_rule(
        Sign.ASK,
        "it asks to be told or sent something",
        r"\b(?:can|could|would|will|may|might) (?:you|the council|someone|somebody|anyone|your team)(?: please"
        r"| kindly| possibly| also| perhaps)? (?:please |kindly |also )?(?:tell|send|provide|supply|confirm"
        r"|let (?:me|us)|give|advise|disclose|release|share|forward|explain|inform|clarify|state|help|direct|point|furnish|publish|produce"
        r"|e-?mail|answer|be able to|say|show|list|itemise|detail|outline|identify)\b",
        r"\b(?:are you|would you be|are the council) able to (?:\w+ )?(?:tell|send|provide|supply|confirm|let|give|advise|share|say)\b"
        r"|\bplease (?:can|could|would|will|may) (?:you|i|we)\b|\bplease (?:kindly |also |could )?(?:send|provide"
        r"|supply|tell|confirm|let (?:me|us) (?:know|have)|list|state|disclose|give|itemi[sz]e|advise|detail"
        r"|specify|explain|include|forward|break|indicate|outline|identify|describe|share|release|answer|show|publish|furnish|produce"
        r"|see below)\b",
        r"\b(?:i|we)(?:'d| would|'m| am|'re| are| should)? (?:also |now |therefore |further |just "
        r"|kindly )*(?:like|wish|want|need|wanting|looking|keen|trying|hoping|interested|writing|grateful"
        r"|hereby request|request|seek|seeking|asking|requesting)\b.{0,30}\b(?:know|request|ask|see|have|receive"
        r"|obtain|find|information|enquire|inquire|copy|following|understand|information|access|out|apply|seek)\b",
        r"\bi (?:hereby |therefore |formally |respectfully |kindly |also |now |further )?(?:request|require|seek"
        r"|ask for)\b|\bkindly (?:provide|send|supply|furnish|share|give|confirm|let|tell|state|list|forward"
        r"|disclose|advise|release|show|answer)\b|\bi(?:'d| would) (?:\w+ )?(?:like|appreciate|welcome) (?:the|a"
        r"|an|some|all|any|your|details|figures|information|sight|access)\b|\bi am (?:seeking|requesting|asking"
        r"|after|researching)\b|\bi(?:'m| am) (?:wondering|curious|interested)\b|\bi was wondering\b"
        r"|\bcan i (?:please )?(?:have|get|see|ask|know|request|obtain|find)\b|\bmay i (?:please )?(?:have|ask|see"
        r"|know|request)\b",
        # Any question that isn't courtesy, and "please" with what is to be done for the writer.
        r"^(?!.{0,80}\b(?:how are you|hope you|you(?:'re| are) (?:well|ok)|right (?:place|person|address|team"
        r"|department|e-?mail)|can you help|did you know|open to|interested in|free (?:for|on|to)|have (?:a moment"
        r"|time|\d|a few|five|ten|twenty)|who (?:do|should|would) i|what do i do|is (?:that|this) ok"
        r"|mind)\b)\S+ \S+ .*\?[^\w?]{0,5}$",
        r"\bplease (?:\w+ ){0,2}(?!contact|call|ring|phone|telephone|excuse|forgive|help|assist|bear|let)\w+ (?:me"
        r"|us|it to me|them to me|these to me|that to me|both)\b|\b(?:e-?mail|post|send|forward|get) (?:it|them"
        r"|these|both|that) to (?:me|us)\b",
        r"(?:^|, |: )(?:and |so |now |just |also |then )?(?:disclose|release|supply|furnish|provide"
        r"|itemi[sz]e) (?:the|all|any|every|each|your|me|us|copies|details|full)\b",
        r"\bwe(?:, .{0,60},)? (?:hereby|formally|respectfully|kindly) (?:request|require|ask for|seek)\b",
        r"^(?:and |so |now |just |also |then )?(?:tell|show|send|get|give) (?:me|us)\b(?! (?:a (?:break|ring|call"
        r"|bell|shout|hand)|straight|about it|why (?:i|we) should (?:not )?pay|know (?:if|when|once) you))",
        r"\bi(?:'d| would| should) (?:also |really |very much |dearly )?(?:love|like|be (?:glad|pleased|grateful"
        r"|obliged|interested|keen|delighted|happy)) (?:to (?:see|know|have|read|get|learn|hear|understand|receive"
        r"|find|be (?:told|sent|given))|of (?:a|the|sight)|(?:for )?sight)\b|\bplease (?:\w+ )?mak(?:e"
        r"|ing) (?:\w+ ){1,6}available\b|\b(?:any|is there any|what are the) chances? of\b|\bi (?:demand|insist"
        r"|expect)(?: to)? (?:see|know|sight|production|the (?:production|release|disclosure))\b"
        r"|\bdemand (?:to know|answers|the|that you (?:tell|release|disclose|publish))\b",
        r"\b(?:she|he|they|we|clients?|members|residents|parents|traders|branch|club|group|association|committee"
        r"|board|society)\b (?:\w+ ){0,2}(?:seeks?|requests?|wants?|asks?(?! me)|wish(?:es)?|would (?:also )?like"
        r"|requires?|needs?) (?:to (?:see|know|have|receive|be told|understand|obtain)|sight|cop(?:y|ies)"
        r"|everything|all|any|the|details|information|figures|for|a list|answers|access)\b",
        r"\b(?:grateful|appreciate it|obliged|helpful) (?:if|to know|to receive|for)\b|\blet (?:me|us) know (?:how"
        r"|what|who|when|where|whether|which|if|the)\b",
        r"^(?:and |so |also |firstly,? |secondly,? |finally,? )?(?:what|who|whom|whose|when|where|which|why|how|is"
        r"|are|does|do|did|has|have|was|were|can|could|will)\b.{3,}\?",
        r"^(?!do your (?:\w+ )?(?:jobs?|work|dut(?:y|ies)|bit|best|worst|homework|research)\b)(?:and |so |also |but )?"
        r"(?:(?:does|do|did|is|are|has|have|was|were|will) (?:the|your|you|there|any|this"
        r"|these|our)|(?:how|what|who|where|which|why) (?:is|are|was|were|does|do|did|much|many|has|have|will"
        r"|often|owns|pays|runs)) .{6,}[^?]$",
        r"\b(?:hoffwn|dymunaf|rwyf (?:am|yn gofyn)|rydw i'n gofyn|gofynnaf|gofyn am|a allwch|allwch chi|a fyddech"
        r"|rhowch|anfonwch|darparwch|beth yw|pwy (?:yw|sy)|pryd|a oes)\b",
    ),
    word_rule(
        Sign.FRESH,
        "it says that it asks for something new",
        r"\b(?:a |another |further |second |separate |additional |fresh |new |different )(?:new |foi "
        r"|freedom of information |eir |information |follow[- ]?up )*(?:request|enquiry|question|questions"
        r"|information|foi)\b",
        r"\b(?:also|additionally|in addition|furthermore|follow[- ]?up (?:questions?|request))\b",
    ),
    word_rule(
        Sign.DATA_RIGHT,
        "it asks to have personal data changed or deleted",
        r"\b(?:delete|erase|erasure|rectif\w+|remove|correct|restrict|stop processing|object to (?:the "
        r"|you )?processing)\b.{0,60}\b(?:my |personal |their |his |her )(?:personal )?(?:data|information|details"
        r"|record)(?! requests?)",
        r"\bright to (?:be forgotten|erasure|rectification|object)\b",
        r"\bstop (?:the )?processing\b|\bstop (?:using|sharing|storing|holding|keeping) (?:my|our|his|her|their)\b(?! (?:council|land|street|road))"
        r"|\b(?:object|objection|rights?)\b.{0,30}\barticle (?:16|17|18|21)\b|\bunder (?:article|art\.?) (?:16|17|18|21)\b"
        r"|\bobject(?:ion)? to (?:your |the |the council )?(?:processing|sharing|using|use) (?:of )?(?:my|our|his|her)\b",
        r"\b(?:withdraw|revoke|take back|withdrawing)\b.{0,12}\b(?:my|our) (?:\w+ )?consent\b",
    ),
    word_rule(
        Sign.ATTACHED,
        "it points to an attachment",
        r"\b(?:see|find|read|open|review|refer to|in|per|as)\b.{0,20}\b(?:attached|enclosed|attachment)\b"
        r"|^\W*(?:attached|enclosed|attachment)\b|\b(?:is|are) (?:attached|enclosed)\b|\b(?:have"
        r"|i) attach(?:ed)?\b|ynghlwm",
    ),
)
