"""The words of mail that is no request for information: services, complaints, comments, sales and fraud; see ``wording``."""

from __future__ import annotations

from pipeline.domain.triage.wording import Sign, word_rule

OTHER_RULES = (
    word_rule(
        Sign.COMPLAINT,
        "it complains",
        r"\b(?:formal |official |stage (?:1|2|one|two) |make a |my |this is a |raise a |lodge a |a |an "
        r"|ombudsman )complaint (?:about|against|regarding|concerning|re|is|to|that|on|in|under|with|form|as|of|-"
        r"|:)|^(?:\W|\w{1,3}: )*(?:formal |official |urgent |stage (?:1|2|one|two) )*complaint\b"
        r"|\bi\b.{0,40}\bcomplain(?:ed|ing)? (?:about|that|regarding|to|of|formally|in)\b|\b(?:formal"
        r"|official) complaint\b|\bas a complaint\b|\bstage (?:1|one) (?:response|reply|answer|letter|decision"
        r"|outcome)\b|\b(?:i(?:'m| am)|we(?:'re| are)) (?:\w+ )?(?:furious|livid|outraged|incensed|seething"
        r"|sick (?:and tired|of)|at my wits)\b|\bi (?:want|demand|expect) compensation\b|\b(?:is|are|was) (?:a "
        r"|an )?(?:\w+ )?(?:joke|shambles|disgrace|farce|useless|hopeless|awful|appalling|dreadful|pathetic)\b"
        r"|\bpillar to post\b|\bno(?:body|[- ]one) (?:ever |even )?(?:rings?|calls?|phones?|replies|answers|came"
        r"|comes|cares?|listens?|bothers?)\b|\b(?:outcome|handling|result|resolution|rejection|response|reply"
        r"|decision) (?:of|to|on|about|in) (?:my|our) (?:\w+ ){0,3}complaint\b|\b(?:treated|spoken to|talked to"
        r"|made to feel) like\b|\b(?:humiliat\w+|insult(?:ed|ing)|sworn at|shouted at|treated (?:badly|appallingly"
        r"|terribly|with contempt))\b|\bwant (?:it|this|him|her|them) (?:looked into|investigated|disciplined"
        r"|dealt with)\b|\b(?:want|like|have|need|going|forced) to (?:formally )?complain\b|\bcomplain(?:t"
        r"|ts)?\b.{0,60}\bto stage (?:1|2|two|one)\b|\bstage (?:1|2|one|two) of (?:your|the) complaints?\b"
        r"|\b(?:expect|demand|want|deserve) an apology\b|\bi(?:'m| am) complaining\b",
        r"\b(?:unhappy|dissatisfied|disappointed|frustrated|angry|upset|annoyed) (?:with|about|at"
        r"|by)\b.{0,40}\b(?:service|council|staff|call centre|way|treatment|officer|department|team|contractor"
        r"|collections?|roads?|park|state|you)\b|\b(?:disgust(?:ed|ing)|appall(?:ed|ing)|disgrace(?:ful)?"
        r"|absolute joke|shambles|utterly unacceptable|totally unacceptable|completely unacceptable|fed up"
        r"|incompeten\w+|shocking service|terrible service|not good enough)\b|\b(?:rude|abusive|unprofessional"
        r"|unhelpful)\b.{0,40}\b(?:staff|officer|member|driver|crew|manager|worker|receptionist|warden)\b"
        r"|\b(?:staff|officer|member|driver|crew|manager|worker|receptionist|warden)\b.{0,40}\b(?:rude|abusive"
        r"|unprofessional|unhelpful)\b|\bstage (?:1|2|one|two) complaint\b|\bwish to complain\b",
    ),
    word_rule(
        Sign.SERVICE,
        "it asks for a comment for the press",
        r"\b(?:like|wish|care|want|able|willing) to (?:comment|respond|make a statement)\b.{0,60}\b(?:deadline|story|article|piece|publish\w*)\b"
        r"|\b(?:would|does|do|will|can|could) (?:the council|you|anyone|anybody|someone|somebody|the leader|a spokes\w+)\b.{0,30}"
        r"\b(?:comment\b(?! on (?:why|how|what|the|these|this))|give us a (?:quote|statement|line))"
        r"|\b(?:get|have|give|provide|offer|send|need|want|after) (?:me |us )?(?:a|any|your|the council's"
        r"|some) (?:\w+ )?(?:comment|quote|statement)\b"
        r".{0,40}\b(?:story|article|piece|deadline|broadcast|programme|print|publication|on this)\b",
    ),
    word_rule(
        Sign.SERVICE,
        "it asks for a service or reports a fault",
        r"\b(?:new|replacement|another|extra|more|some) (?:\w+ ){0,2}(?:recycling|refuse|rubbish|garden|food waste|bin) (?:bags?|sacks?|liners?)\b"
        r"|\bwhere (?:to|do i|can i|should i|we) vote\b|\bwhen will (?:you|the council|someone|somebody) (?:\w+ )?(?:mend|fix|repair|empty|collect|clean|cut"
        r"|replace)\b|\b(?:permission|permit|licen[cs]e|consent) (?:do )?(?:i|we) need\b|\bdo (?:i|we) need (?:an? |any )?(?:planning )?(?:permission|permit"
        r"|licen[cs]e|consent)\b|\bwhat(?:'s| is) (?:your|the council's) (?:tele)?(?:phone|contact) number\b"
        r"|\bwho (?:my (?:local |ward )?(?:councillors?|mp) (?:is|are)|(?:is|are) my (?:local |ward )?(?:councillors?|mp))\b",
        r"\b(?:street ?|traffic )?(?:lights?|lamps?|lamp ?posts?|signals?)\b.{0,60}\b(?:is|are|been|gone|went|has"
        r"|have) (?:\w+ )?(?:off|out|dark|dead)\b",
        r"\b(?:bins?|rubbish|recycling|refuse|waste|caddy|collection|black bag|sacks?)\b.{0,60}(?:\bnot|n't"
        r"|\bnever)(?: been)? (?:\w+ )?(?:collected|emptied|picked|taken|come|delivered|arrived)|(?:\bnot|n't"
        r"|\bnever)\b.{0,40}\b(?:bins?|rubbish|recycling|waste|caddy)\b.{0,20}\b(?:emptied|collected|picked|taken)"
        r"|\bmissed (?:bin|collection|recycling|waste)|\b(?:new|replacement|order|another|extra|bigger"
        r"|larger) (?:\w+ ){0,2}(?:bin|caddy|recycling box|wheelie bin)\b|\bbin (?:was|is|has been) (?:\w+ )?(?:missed"
        r"|stolen|broken|damaged|lost)\b|\bbin day\b|\bi(?:\'m| am) (?:being made |about to be "
        r"|going to be )?homeless\b|\bsomewhere to live\b|\bhelp (?:me )?with (?:my )?(?:housing|benefits?|rent"
        r"|heating|council tax)\b|\b(?:want|like|need) to book\b|\bcan (?:i|we) (?:go on|join|have a (?:new"
        r"|different|bigger)|get a (?:new|permit|bin))\b|\bwhen (?:will|are|is)\b.{0,50}\b(?:cut|collected|emptied"
        r"|repaired|fixed|mended|cleaned|delivered|gritted|swept)\b",
        r"\b(?:report|reporting|notify you of|tell you about|inform you of|log) (?:a|an|the|some|my"
        r"|this)? ?(?:\w+ )?(?:pot ?holes?|fault|faulty|street ?lights?|lamp ?post|fly[- ]?tipp?\w*|abandoned"
        r"|missed|dead|noise|broken|blocked|graffiti|rats?|vermin|anti[- ]?social|damaged|dangerous|overgrown"
        r"|leak\w*|dumped|dog)\b",
        r"\b(?:pot ?holes?|street ?lights?|lamp ?posts?|drains?|gull(?:y|ies)|pavement|kerb|tree|hedge|branch\w*"
        r"|road sign|traffic lights?|boiler|roof|tap|window|damp|mould|toilet|lift)\b.{0,60}\b(?:not working"
        r"|broken|blocked|flooded|flickering|leaking|fallen|dangerous|overhanging|out of order|cracked|been out"
        r"|stopped working|needs? (?:to be )?(?:fix|repair|cut|clear|replac)\w*)\b|\bfly[- ]?tipp(?:ed|ing) (?:on"
        r"|at|in|outside|behind|near)\b|\b(?:mattress|sofa|fridge|rubbish|dumped)\b.{0,30}\b(?:dumped|left"
        r"|fly[- ]?tipped)\b",
        r"\b(?:please|can|could|would|will|need|want|like to|wish to|someone|somebody)\b.{0,40}\b(?:do something about|sort (?:this"
        r"|it|that) out|deal with this|send (?:someone|somebody|a|an officer|round)|cancel (?:my|our)|fix|repair"
        r"|remove|collect|empty|clear|replace|unblock|clean|cut back|trim|resurface|come (?:and|out|round)|inspect"
        r"|visit|arrange|book|(?:update|change|amend|renew|close|set up|stop|start) (?:my"
        r"|our)|refund|reimburse|renew)\b",
        r"\b(?:can|could|may|how (?:do|can|would|should)|where (?:do|can)|like to|want to|need to|wish to"
        r"|trying to) (?:i |we )?(?:please )?(?:sign (?:up|on)|subscribe|join|renew|book|order|apply|register|pay"
        r"|report|hire|rent|enrol|collect|buy|return|dispose|get (?:a new|rid)|move (?:house|home|in|into|out)"
        r"|cancel (?:my|our|the)|request an? (?:new|replacement|bin|repair|visit|refund))\b|\b(?:can|could) (?:it"
        r"|this|that|they|these|something|the \w+) (?:please )?be (?!(?:emailed|e-mailed|provided|released"
        r"|disclosed|confirmed|shared|published|forwarded|reviewed|reconsidered|treated|answered|cancelled|closed"
        r"|supplied|explained|clarified|processed|logged|expedited)\b)\w+ed\b|\bplease (?:just "
        r"|could you )?(?:see to|attend to|deal with|look into|sort|do something|take action|act"
        r"|investigate)\b(?! (?:my|this|the) (?:request|foi))|\b(?:going to|will|could|might|someone"
        r"|somebody) (?:\w+ )?(?:get|be|gets|is) (?:killed|hurt|injured|seriously)\b|\bi need an? (?:new"
        r"|replacement|copy of my|appointment|permit)\b",
        r"\b(?:please|can|could|would|will|needs?|want|must|get|have|having)\b.{0,40}\b(?:be|get|got|it|this|them"
        r"|that|these|been|is|are) (?:\w+ )?(?:filled(?: in)?|fixed|repaired|cleared(?: up| away)?|removed"
        r"|collected|emptied|mended|sorted(?: out)?|cleaned(?: up)?|cut(?: back| down)?|replaced|unblocked"
        r"|taken away|looked at|swept|gritted|resurfaced)\b(?! (?:in (?:\d|the last|each)|since|between|per"
        r"|by (?:ward|year|month)))|\b(?:challenge|appeal|dispute|contest|cancel|query|fight"
        r"|overturn) (?:against )?(?:this|my|the|a|that|your) (?:\w+ ){0,2}(?:parking|penalty|ticket|pcn|fine"
        r"|charge notice|charge)\b|\b(?:someone|somebody)(?:'s| has) (?:dumped|tipped|left|thrown)\b|\b(?:send"
        r"|get) (?:somebody|someone) (?:out|round|today|to|over)\b|\b(?:it|this|which|that|pothole|kerb"
        r"|pavement)\b.{0,20}\b(?:damaged|burst|ruined|punctured|done|wrecked)\b.{0,15}\b(?:my|tyres?|wheel|car"
        r"|suspension)\b",
        r"\b(?:change of address|moved house|(?:moving|moved) (?:house|out|in|into|to)|direct debit"
        r"|council tax (?:bill|account|band|discount|refund|reduction|arrears|payment|reminder|exemption)"
        r"|single person'?s? discount|rent (?:account|arrears|statement|payment)|housing benefit (?:claim|payment"
        r"|form))\b",
        r"\b(?:apply|applying|application|applied|register|renew|sign up|appointment|book|pay) (?:for|to|a|an"
        r"|online|my|the)\b.{0,40}\b(?:blue badge|parking permit|permit|school|housing|council house|job"
        r"|licen[cs]e|birth|death|marriage|grant|benefit|allotment|bulky|collection|place|pitch|vote|slot|test)\b"
        r"|\b(?:my|a) (?:blue badge|parking permit|bus pass|library card|taxi licen[cs]e|school place"
        r"|penalty charge|parking (?:fine|ticket)|pcn)\b",
        r"\bhow (?:do|can|would|should) i (?:go about )?(?!(?:go about )?(?:find out|get (?:a copy|hold|sight"
        r"|information|access)|request|see|obtain|access|view|read|complain|appeal|mak(?:e|ing) an? (?:foi|fr|su"
        r"|in|re|sar|eir|data)))\w+",
        r"\b(?:opening (?:times|hours)|what time (?:does|do|is|are)|which day (?:is|are|does)|how (?:do|can|would"
        r"|should) i (?:apply|pay|report|register|book|get (?:a|my|rid|hold|in touch)|renew|contact|order|find"
        r"|change|cancel|join|appeal)|where (?:can|do) i (?:pay|get|take|recycle|dispose|collect|park|apply)"
        r"|who do i (?:contact|speak|call|ring|talk))\b",
    ),
    word_rule(
        Sign.OWN_SERVICE,
        "it is about the writer's own account or papers",
        r"\b(?:copy|copies|duplicate) of my (?:\w+ )?(?:council tax )?(?:bill|tenancy|rent|statement|birth|p45|p60"
        r"|payslips?|licen[cs]e|permit|invoice|lease)\b|\bhow much (?:is my|do i (?:owe|have|need|pay)"
        r"|does it cost (?:to|for)|is (?:a|it|the) (?:\w+ )?(?:permit|licen[cs]e|collection|bin|pass|badge|swim))"
        r"|\bi(?:'ve| have) (?:lost|not received) my (?:bill|bin|badge|permit|card|licen[cs]e|letter)\b|\b(?:is"
        r"|are) (?:the |your |there )?(?:\w+ ){0,4}(?:free|available|open)\b.{0,25}\b(?:on|for) (?:mon|tues|wednes"
        r"|thurs|fri|satur|sun|\d|a |an |our |my )|\b(?:cost|price|charge)s? (?:\w+ )?to (?:hire|rent|book|join"
        r"|apply|register|use)\b(?!.{0,40}\bcouncil\b)|\bhow much (?:to|is it to) (?:hire|rent|book)\b"
        r"|\bmy (?:application|claim|account|bill|bin|appointment|tenancy|rent|payment|permit) (?:\w+ )?(?:has|was"
        r"|is|hasn't|number|reference|form)\b",
    ),
    word_rule(
        Sign.COMMENT,
        "it comments on a plan or an application",
        r"\b(?:object(?:ion|ing|ions|s)?|oppose|opposing|support(?:ing)?|comments?"
        r"|representations?)\b.{0,60}\b(?:planning application|planning permission|application (?:ref|number|no"
        r"|reference)|development|proposals?|proposed|consultation|licen[cs]e application"
        r"|\d{2}/\d{4,5}(?:/\w{1,6})?|local plan|scheme|traffic (?:order|calming|regulation)|tro\b)",
        r"\bplanning (?:application|permission|ref\w*)\b.{0,80}\b(?:object\w*|oppose|support|overlook\w*"
        r"|loss of light|overdevelopment|privacy|concerns?|out of keeping)\b|\b(?:i|we) (?:strongly |wish to "
        r"|would like to |want to |write to |am writing to |are writing to )*object\b|\brespon(?:se|d"
        r"|ding) to (?:the|your) (?:\w+ ){0,3}consultation\b|\bi(?:'m| am) (?:\w+ )?(?:against|opposed to"
        r"|in favour of)\b|\bloss of (?:light|privacy)\b|\bexpress (?:my|our) (?:\w+ )?(?:opposition|objections?"
        r"|support|concerns?|disapproval)\b|\b(?:my|our) (?:\w+ )?(?:opposition|objections?) to (?:the|this)\b"
        r"|\bfound? the survey\b",
    ),
    word_rule(
        Sign.SALES,
        "it offers something for sale",
        r"\b(?:we|i) (?:are|am|'re) (?:a|an|the|one of the) (?:\w+ )?(?:leading|specialist|award|independent"
        r"|trusted|market|fast|uk|national|local|provider|supplier|agency|company|recruitment|manufacturer"
        r"|consultan\w+)\b|\b(?:ltd|limited|plc|llp|inc)\b.{0,40}\b(?:provides?|offers?|supplies|speciali[sz]es?"
        r"|helps?)\b|\bintroduc(?:e|ing) (?:ourselves|myself|our|you to)\b|\b(?:installs?|supplies|provides?"
        r"|delivers?|offers?)\b.{0,60}\b(?:to|for|with) (?:\w+ )?(?:councils|local authorit\w+|the public sector"
        r"|schools)\b|\bhow we (?:could|can|might) (?:support|help)\b|\bsee if there(?:'s| is) a (?:fit|match)\b"
        r"|\bwe(?:'re| are)? (?:speciali[sz]e|supply|offer|provide|manufacture|help|work with|support|partner"
        r"|have helped|deliver) (?:\w+ )?(?:in|a|an|to|with|councils?|local authorit\w+|organi[sz]ations?"
        r"|public sector|businesses|you|your|high|quality|affordable|clients)",
    ),
    word_rule(
        Sign.SALES,
        "it asks to take part in a survey",
        r"\b(?:invit\w+|willing|like|love|asking|please)\b.{0,80}\b(?:take part in|participate in|complete"
        r"|fill (?:in|out)|respond to)\b.{0,60}\b(?:survey|study|research|focus group|poll)\b"
        r"|\b(?:the|our|this|my) (?:\w+ ){0,2}(?:survey|questionnaire) (?:is (?:here|online|available|open"
        r"|voluntary|anonymous)|takes|should take|will take|can be found|closes)\b"
        r"|\b(?:willing|like|love) to take part\b|\btaking part is (?:entirely |completely )?voluntary\b",
    ),
    word_rule(
        Sign.SALES,
        "it speaks of products and services",
        r"\b(?:our|new|this) (?:\w+ )?(?:services|solutions?|products?|platform|software|clients|range|company"
        r"|brochure|catalogue|price list|offer|team of|latest|app|tool|newsletter|event|course|webinar|conference"
        r"|training)\b|\bseo\b|\bsearch engine|\bbacklinks?\b|\bguest posts?\b|\bweb ?design\b|\b(?:sales"
        r"|qualified) leads\b|\bcandidates? (?:available|immediately)|\b(?:cut|reduce|slash|save|shorten|halve"
        r"|transform|streamline|speed up)\b.{0,40}\b(?:your|\d+ ?%|councils|time|hours|burden"
        r"|backlog)\b(?=.{0,40}(?:%|\btimes?\b|\bburden|\bbacklog|\bhours?\b|$))|\b(?:\w+) helps? (?:councils"
        r"|local authorit\w+|organi[sz]ations|teams|public bodies)\b|\bnoticed (?:that )?(?:your|you)\b"
        r"|\bcompetitive (?:price|rate|pricing|quote)s?\b|\broi\b",
    ),
    word_rule(
        Sign.SALES,
        "it invites to a call, a trial or an event",
        r"\b(?:have|got|spare|free|find) (?:\d\d?|ten|fifteen|twenty|thirty|a few|five) (?:minutes|mins)\b"
        r"|\b(?:join|you're invited|you are invited)\b.{0,60}\b(?:professionals|summit|conference|webinar|expo"
        r"|event|experts)\b|\b(?:quick|brief|short|\d\d|introductory|free)[- ]?(?:minutes?|min|mins)?[- ]?(?:call"
        r"|chat|demo|meeting|conversation|consultation|catch[- ]?up)\b|\b(?:set up|arrange|jump on|schedule"
        r"|hop on) (?:a|an) (?:\w+ )?(?:call|meeting|chat|demo)\b|\b(?:at )?(?:zero|no) cost to\b|\bbook (?:a"
        r"|your) (?:\w+ )?(?:demo|place|slot|call|seat|ticket|meeting)\b|\bfree (?:\w+ )?(?:trial|demo|quote"
        r"|consultation|sample|audit|webinar|event|guide|download)\b|\bdiscounts?\b|\b\d+ ?% off\b|\bspecial offer"
        r"|\blimited time|\bexclusive (?:offer|deal)|\bearly bird\b|\bmasterclass\b|\bcpd\b|\bwebinar\b"
        r"|\bregister (?:now|today|here|your)|\bwould you be (?:interested|open|available|free)"
        r"|\bare you (?:interested|available for|free for|the right person)|\b(?:right|best|relevant"
        r"|correct) person (?:to|for)\b",
    ),
    word_rule(
        Sign.SALES,
        "it is written like an advertisement",
        r"\bunsubscribe|\bopt[- ]?out\b|\bno longer wish to receive|\bmanage (?:your )?(?:e-?mail )?(?:preferences"
        r"|subscription)|\b(?:view|see|read|open)\b.{0,20}\b(?:in|on) (?:your |a )?(?:web ?)?browser\b"
        r"|\breach(?:ed|ing)? out\b|\b(?:supports?|works? with|trusted by|used by|serv(?:es|ing)|helped) (?:over "
        r"|more than |around |nearly )?(?:\d+|many|dozens of|hundreds of|most) (?:\w+ )?(?:councils|local"
        r"|authorities|organisations|public)\b|\btouch(?:ing)? base\b|\bcircl(?:e|ing) back\b"
        r"|\bincrease (?:your )?(?:traffic|sales|revenue|efficiency)|\bboost your\b"
        r"|\bhope this (?:e-?mail )?finds you|\bforward this to a (?:friend|colleague)|\blatest (?:news|newsletter"
        r"|issue|edition|jobs|vacancies)\b|\bin this (?:issue|edition|week's|month's)|\bshop now|\bbuy now"
        r"|\bread more\b|\blearn more\b|\bfind out more\b",
    ),
    word_rule(
        Sign.FRAUD,
        "it reads like fraud",
        r"\b(?:verify|confirm|update|validate|re-?activate|upgrade|restore) (?:your|you) (?:\w+ )?(?:account"
        r"|mailbox|password|identity|e-?mail|webmail|details|payment)\b|\b(?:mailbox|inbox|storage"
        r"|quota)\b.{0,30}\b(?:full|exceeded|limit|suspended|deactivat\w+|almost)\b|\bpassword\b.{0,30}\bexpir\w+"
        r"|\bclick (?:here|the link|below|on the|this)\b.{0,60}\b(?:verify|confirm|keep|update|avoid|login|log in"
        r"|sign in|release|view|restore)\b",
        r"\b(?:bitcoin|btc|crypto\w*|usdt|lottery|jackpot|sweepstake|business proposal|loan offer|wire transfer"
        r"|western union|gift cards?|late (?:husband|client) left|(?:sole|named) beneficiary|your inheritance"
        r"|promotional draw|lucky (?:draw|winner))\b|\b(?:has|have|you) won\b.{0,30}\b(?:euros?|pounds|dollars|usd"
        r"|prize|draw)\b|\b(?:next of kin|beneficiary|barrister|attorney|solicitor|late client"
        r"|deceased client)\b.{0,120}\b(?:million|fund|funds|sum|bank|inherit\w+|beneficiary|next of kin)\b"
        r"|\b(?:your|with your) (?:full )?bank (?:account )?details\b|\b(?:million|billion) (?:us "
        r"|united states )?(?:usd|dollars|pounds|euros?)\b|(?:\busd|\bgbp|\beur|\$) ?\d{1,3}[.,]?\d* ?(?:million"
        r"|m\b)|\bdear (?:beneficiary|friend in|account (?:user|owner)|web ?mail user|valued customer)\b",
    ),
    word_rule(
        Sign.PAPERS,
        "it is a business paper, not a question",
        r"\b(?:find|attached|enclosed|here is)\b.{0,30}\b(?:invoice|statement of account|remittance|purchase order"
        r"|cv|quotation|payment advice|delivery note)\b|\b(?:invoice|remittance advice|purchase order) (?:no"
        r"|number|#|attached|is|for|ref)|\bshared (?:a |an )?(?:file|document|folder|item)s? with you\b"
        r"|\b(?:voicemail|fax) (?:message )?(?:received|from|attached)|\byour (?:parcel|package|order|delivery"
        r"|subscription)\b.{0,40}\b(?:held|delivered|dispatched|confirmed|renew\w*|failed|waiting|shipped"
        r"|invoice)\b|\b(?:application|cv|resume|covering letter)(?: form)?\b.{0,40}\b(?:post|vacancy|position"
        r"|role|job)\b|\b(?:apply|applying|application|interested) (?:for|in) (?:the|your"
        r"|a) (?:\w+ ){0,3}(?:position|vacancy|role|job|post)\b",
    ),
)
