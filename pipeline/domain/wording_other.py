"""The words of mail that is no request for information: services, complaints, comments, sales and fraud; see ``wording``."""

from __future__ import annotations

from pipeline.domain.wording import Sign, word_rule

OTHER_RULES = (
    word_rule(
        Sign.COMPLAINT,
        "it complains",
        r"\b(?:formal |official |stage (?:1|2|one|two) |make a |my |this is a |raise a |lodge a |a |an |ombudsman )complaint (?:about|against|regarding|concerning|re|is|to|that|on|in|under|with|form|as|of|-|:)|^(?:\W|\w{1,3}: )*(?:formal |official |urgent |stage (?:1|2|one|two) )*complaint\b|\bi (?:\w+ ){0,5}(?:to |formally )?complain (?:about|that|regarding|to|of|formally|in)\b|\bi(?:'m| am) complaining\b",
        r"\b(?:disgust(?:ed|ing)|appall(?:ed|ing)|disgrace(?:ful)?|absolute joke|shambles|utterly unacceptable|totally unacceptable|completely unacceptable|fed up|incompeten\w+|shocking service|terrible service|not good enough)\b|\b(?:rude|abusive|unprofessional|unhelpful)\b.{0,40}\b(?:staff|officer|member|driver|crew|manager|worker|receptionist|warden)\b|\b(?:staff|officer|member|driver|crew|manager|worker|receptionist|warden)\b.{0,40}\b(?:rude|abusive|unprofessional|unhelpful)\b|\bstage (?:1|2|one|two) complaint\b|\bwish to complain\b",
    ),
    word_rule(
        Sign.SERVICE,
        "it asks for a service or reports a fault",
        r"\b(?:bins?|rubbish|recycling|refuse|waste|caddy|collection|black bag|sacks?)\b.{0,60}(?:\bnot|n't|\bnever)(?: been)? (?:\w+ )?(?:collected|emptied|picked|taken|come|delivered|arrived)|(?:\bnot|n't|\bnever)\b.{0,40}\b(?:bins?|rubbish|recycling|waste|caddy)\b.{0,20}\b(?:emptied|collected|picked|taken)|\bmissed (?:bin|collection|recycling|waste)|\b(?:new|replacement|order|another|extra|bigger|larger) (?:\w+ )?(?:bin|caddy|recycling box|wheelie bin)\b|\bbin (?:was|is|has been) (?:\w+ )?(?:missed|stolen|broken|damaged|lost)\b|\bbin day\b",
        r"\b(?:report|reporting|notify you of|tell you about|inform you of|log) (?:a|an|the|some|my|this)? ?(?:\w+ )?(?:pot ?holes?|fault|faulty|street ?lights?|lamp ?post|fly[- ]?tipp?\w*|abandoned|missed|dead|noise|broken|blocked|graffiti|rats?|vermin|anti[- ]?social|damaged|dangerous|overgrown|leak\w*|dumped|dog)\b",
        r"\b(?:pot ?holes?|street ?lights?|lamp ?posts?|drains?|gull(?:y|ies)|pavement|kerb|tree|hedge|branch\w*|road sign|traffic lights?|boiler|roof|tap|window|damp|mould|toilet|lift)\b.{0,60}\b(?:not working|broken|blocked|flooded|flickering|leaking|fallen|dangerous|overhanging|out of order|cracked|been out|stopped working|needs? (?:to be )?(?:fix|repair|cut|clear|replac)\w*)\b|\bfly[- ]?tipp(?:ed|ing) (?:on|at|in|outside|behind|near)\b|\b(?:mattress|sofa|fridge|rubbish|dumped)\b.{0,30}\b(?:dumped|left|fly[- ]?tipped)\b",
        r"\b(?:please|can|could|would|will|need|want|like to|wish to|someone|somebody)\b.{0,40}\b(?:sort (?:this|it|that) out|deal with this|send (?:someone|somebody|a|an officer|round)|cancel (?:my|our)|fix|repair|remove|collect|empty|clear|replace|unblock|clean|cut back|trim|resurface|come (?:and|out|round)|inspect|visit|call me|ring me|phone me|arrange|book|(?:update|change|amend|renew|close|set up|stop|start) (?:my|our)|refund|reimburse|renew)\b",
        r"\b(?:change of address|moved house|(?:moving|moved) (?:house|out|in|into|to)|direct debit|council tax (?:bill|account|band|discount|refund|reduction|arrears|payment|reminder|exemption)|single person'?s? discount|rent (?:account|arrears|statement|payment)|housing benefit (?:claim|payment|form))\b",
        r"\b(?:apply|applying|application|applied|register|renew|sign up|appointment|book|pay) (?:for|to|a|an|online|my|the)\b.{0,40}\b(?:blue badge|parking permit|permit|school|housing|council house|job|licen[cs]e|birth|death|marriage|grant|benefit|allotment|bulky|collection|place|pitch|vote|slot|test)\b|\b(?:my|a) (?:blue badge|parking permit|bus pass|library card|taxi licen[cs]e|school place|penalty charge|parking (?:fine|ticket)|pcn)\b",
        r"\b(?:opening (?:times|hours)|what time (?:does|do|is|are)|which day (?:is|are|does)|how (?:do|can|would|should) i (?:apply|pay|report|register|book|get (?:a|my|rid|hold|in touch)|renew|contact|order|find|change|cancel|join|appeal)|where (?:can|do) i (?:pay|get|take|recycle|dispose|collect|park|apply)|who do i (?:contact|speak|call|ring|talk))\b",
    ),
    word_rule(
        Sign.OWN_SERVICE,
        "it is about the writer's own account or papers",
        r"\b(?:copy|copies|duplicate) of my (?:\w+ )?(?:council tax )?(?:bill|tenancy|rent|statement|birth|p45|p60|payslips?|licen[cs]e|permit|invoice|lease)\b|\bhow much (?:is my|do i (?:owe|have|need|pay)|does it cost (?:to|for)|is (?:a|it|the) (?:\w+ )?(?:permit|licen[cs]e|collection|bin|pass|badge|swim))|\bi(?:'ve| have) (?:lost|not received) my (?:bill|bin|badge|permit|card|licen[cs]e|letter)\b|\bmy (?:application|claim|account|bill|bin|appointment|tenancy|rent|payment|permit) (?:\w+ )?(?:has|was|is|hasn't|number|reference|form)\b",
    ),
    word_rule(
        Sign.COMMENT,
        "it comments on a plan or an application",
        r"\b(?:object(?:ion|ing|ions|s)?|oppose|opposing|support(?:ing)?|comments?|representations?)\b.{0,60}\b(?:planning application|planning permission|application (?:ref|number|no|reference)|development|proposals?|proposed|consultation|licen[cs]e application|\d{2}/\d{4,5}(?:/\w{1,6})?|local plan|scheme|traffic (?:order|calming|regulation)|tro\b)",
        r"\bplanning (?:application|permission|ref\w*)\b.{0,80}\b(?:object\w*|oppose|support|overlook\w*|loss of light|overdevelopment|privacy|concerns?|out of keeping)\b|\b(?:i|we) (?:strongly |wish to |would like to |want to |write to |am writing to |are writing to )*object\b|\bresponse to (?:the|your) consultation\b|\bloss of (?:light|privacy)\b|\bfound? the survey\b",
    ),
    word_rule(
        Sign.SALES,
        "it offers something for sale",
        r"\b(?:we|i) (?:are|am|'re) (?:a|an|the|one of the) (?:\w+ )?(?:leading|specialist|award|independent|trusted|market|fast|uk|national|local|provider|supplier|agency|company|recruitment|manufacturer|consultan\w+)\b|\bwe(?:'re| are)? (?:speciali[sz]e|supply|offer|provide|manufacture|help|work with|support|partner|have helped|deliver) (?:\w+ )?(?:in|a|an|to|with|councils?|local authorit\w+|organi[sz]ations?|public sector|businesses|you|your|high|quality|affordable|clients)",
    ),
    word_rule(
        Sign.SALES,
        "it speaks of products and services",
        r"\b(?:our|new|this) (?:\w+ )?(?:services|solutions?|products?|platform|software|clients|range|company|brochure|catalogue|price list|offer|team of|latest|app|tool|newsletter|event|course|webinar|conference|training)\b|\bseo\b|\bsearch engine|\bbacklinks?\b|\bguest posts?\b|\bweb ?design\b|\b(?:sales|qualified) leads\b|\bcandidates? (?:available|immediately)|\bcompetitive (?:price|rate|pricing|quote)s?\b|\broi\b",
    ),
    word_rule(
        Sign.SALES,
        "it invites to a call, a trial or an event",
        r"\b(?:quick|brief|short|\d\d|introductory|free)[- ]?(?:minutes?|min|mins)?[- ]?(?:call|chat|demo|meeting|conversation|consultation|catch[- ]?up)\b|\bbook (?:a|your) (?:\w+ )?(?:demo|place|slot|call|seat|ticket|meeting)\b|\bfree (?:\w+ )?(?:trial|demo|quote|consultation|sample|audit|webinar|event|guide|download)\b|\bdiscounts?\b|\b\d+ ?% off\b|\bspecial offer|\blimited time|\bexclusive (?:offer|deal)|\bearly bird\b|\bmasterclass\b|\bcpd\b|\bwebinar\b|\bregister (?:now|today|here|your)|\bwould you be (?:interested|open|available|free)|\bare you (?:interested|available for|free for|the right)|\b(?:right|best|relevant|correct) person (?:to|for)\b",
    ),
    word_rule(
        Sign.SALES,
        "it is written like an advertisement",
        r"\bunsubscribe|\bopt[- ]?out\b|\bno longer wish to receive|\bmanage (?:your )?(?:e-?mail )?(?:preferences|subscription)|\b(?:view|see|read|open)\b.{0,20}\b(?:in|on) (?:your |a )?(?:web ?)?browser\b|\breach(?:ing)? out\b|\btouch(?:ing)? base\b|\bcircl(?:e|ing) back\b|\bincrease (?:your )?(?:traffic|sales|revenue|efficiency)|\bboost your\b|\bhope this (?:e-?mail )?finds you|\bforward this to a (?:friend|colleague)|\blatest (?:news|newsletter|issue|edition|jobs|vacancies)\b|\bin this (?:issue|edition|week's|month's)|\bshop now|\bbuy now|\bread more\b|\blearn more\b|\bfind out more\b",
    ),
    word_rule(
        Sign.FRAUD,
        "it reads like fraud",
        r"\b(?:verify|confirm|update|validate|re-?activate|upgrade|restore) (?:your|you) (?:\w+ )?(?:account|mailbox|password|identity|e-?mail|webmail|details|payment)\b|\b(?:mailbox|inbox|storage|quota)\b.{0,30}\b(?:full|exceeded|limit|suspended|deactivat\w+|almost)\b|\bpassword\b.{0,30}\bexpir\w+|\bclick (?:here|the link|below|on the|this)\b.{0,60}\b(?:verify|confirm|keep|update|avoid|login|log in|sign in|release|view|restore)\b",
        r"\b(?:bitcoin|btc|crypto\w*|usdt|lottery|jackpot|sweepstake|business proposal|loan offer|wire transfer|western union|gift cards?|late (?:husband|client) left|(?:sole|named) beneficiary|your inheritance)\b|\b(?:million|billion) (?:us |united states )?(?:usd|dollars|pounds|euros?)\b|\b(?:usd|gbp|eur|\$|£) ?\d{1,3}[.,]?\d* ?(?:million|m\b)|\bdear (?:beneficiary|friend in|account (?:user|owner)|web ?mail user|valued customer)\b",
    ),
    word_rule(
        Sign.PAPERS,
        "it is a business paper, not a question",
        r"\b(?:find|attached|enclosed|here is)\b.{0,30}\b(?:invoice|statement of account|remittance|purchase order|cv|quotation|payment advice|delivery note)\b|\b(?:invoice|remittance advice|purchase order) (?:no|number|#|attached|is|for|ref)|\bshared (?:a |an )?(?:file|document|folder|item)s? with you\b|\b(?:voicemail|fax) (?:message )?(?:received|from|attached)|\byour (?:parcel|package|order|delivery|subscription)\b.{0,40}\b(?:held|delivered|dispatched|confirmed|renew\w*|failed|waiting|shipped|invoice)\b|\b(?:apply|applying|application|interested) (?:for|in) (?:the|your|a) (?:\w+ ){0,3}(?:position|vacancy|role|job|post)\b",
    ),
)
