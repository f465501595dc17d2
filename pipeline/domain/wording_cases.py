"""The words of mail about an earlier request (chasers, reviews, withdrawals, thanks) and of mail that is no request at all; see ``wording``."""

from __future__ import annotations

import re

from pipeline.domain.wording import Sign, word_rule

_ANSWER = r"(?:response|reply|replies|answer|decision|refusal|handling|handled|outcome|dealt with|information (?:you )?(?:have )?(?:provided|sent|supplied|received)|exemption|redaction|redacted|section \d|s\.? ?\d\d|reliance|conclusion|disclosure|treatment)"
_OURS = r"(?:my|our|the|this|that|original|previous|earlier|outstanding|above|foi|eir|sar|information|freedom of information|subject access|below|following|email|e-mail|letter)"

# A review, an appeal or a complaint about these is some other service's business.
OTHER_APPEALS = re.compile(
    r"\b(?:parking|pcn|penalty|school|planning|benefit|housing|council tax|admission|ticket|fine|blue badge|bus lane|banding|assessment|school place|transport)\b"
)

FOLLOW_UP_RULES = (
    word_rule(
        Sign.CHASER,
        "it asks when the answer will come",
        r"\bwhen (?:can|will|may|should|might|do|would|am|could|is|are)\b.{0,50}\b(?:expect|receive|get|hear|response|respond|reply|answer|sent|ready|due)\b",
        r"\bwhen (?:i|we|you|my|the|this|it|a)\b.{0,40}\b(?:can|will|might|may|should|could|'ll|going to|likely)\b.{0,20}\b(?:expect|receive|get|hear|have|responded|response|reply|answer|sent|ready)\b",
        r"\b(?:any|an|some|no) (?:further )?(?:update|news|progress)\b|\bupdate (?:me|us|on (?:my|the|this|our|its|where|progress))\b|\b(?:status|progress|position) (?:of|on|with|regarding) (?:my|the|this|our)\b",
        r"\bwhere (?:are|is) (?:we|things|you|my|the|it)\b.{0,30}\b(?:with|at|up to|request|response|answer|foi)\b|\bwhat(?:'s| is) (?:happening|going on|the (?:status|position|latest|delay|hold ?up))\b|\bhow (?:is|are) (?:my|this|the|things)\b.{0,20}(?:going|progressing|coming|getting)",
        r"\b(?:expected|likely|estimated|target) (?:date|time ?scale|time ?frame|response date)\b|\bwhen (?:this|it|the response|my request) (?:will|might|is likely to) be\b|\bexpedite|\bhurry\b",
    ),
    word_rule(
        Sign.CHASER,
        "it is a reminder",
        r"\bchas(?:e|ing|er)\b(?! (?:up )?(?:debts?|payments?|arrears|council tax))|\b(?:gentle|polite|friendly|second|final|quick|kind|just a|this is a|formal|another|courtesy|a) reminder\b|\breminder (?:that|about|re|of my|regarding|-|:)|^reminder\b|\bfollow(?:ing)?[- ]?up (?:on|with|my|our|regarding|re|about|email|this|to my (?:email|request|foi|message))\b|\bfurther to my (?:email|request|foi|message|letter|previous|last|earlier)|\boverdue\b|\bnudge\b|\bbump(?:ing)?\b",
    ),
    word_rule(
        Sign.CHASER,
        "it says that no answer has come",
        r"\b(?:still|yet|not|never|nothing|without|no|nor)\b.{0,30}\b(?:received|had|heard|got|waiting|awaiting|seen|been (?:sent|given))\b.{0,60}\b(?:response|reply|answer|acknowledg\w+|information|anything|back|hear|request|you|data|documents)\b",
        r"n't (?:yet )?(?:received|had|heard|got|seen|been)\b.{0,60}\b(?:response|reply|answer|acknowledg\w+|information|anything|back|request|you|replied|answered)\b",
        r"\b(?:yet|still|waiting) to (?:receive|hear|have|get|be (?:sent|given))\b|\b(?:had|received|got|have|seen) (?:\w+ )?no (?:\w+ )?(?:reply|response|answer|acknowledge?ment|information|communication)\b|\bto date (?:you|i|we|there|no)\b.{0,40}\b(?:not|no|nothing)\b|\bstill (?:a?waiting|no (?:reply|response|answer|information|acknowledg))|\bnot (?:yet )?heard (?:back|anything|from)|\bheard nothing\b|\bno (?:reply|response|answer|acknowledge?ment) (?:has|have|was|to|from|as yet|yet|so far|since|received)\b|\breceived no (?:reply|response|answer|acknowledge?ment)\b|\bhave you (?:received|got|had|seen) (?:my|the|this)\b|\bi have been waiting\b|\bi've been waiting\b|\bremains? (?:unanswered|outstanding)\b|\b(?:unanswered|outstanding) (?:request|foi)\b|\bignor(?:ed|ing) my\b",
        r"\b(?:you|council|team|department|authority)\b.{0,20}\b(?:have|has|had|did|do)(?: not|n't)(?: yet| even)? (?:responded|replied|answered (?:my|the|this) (?:request|email|foi)|acknowledged|got back|sent)\b|\bfailed to (?:respond|reply|acknowledge|answer (?:my|the|this) (?:request|email|foi))\b|\black of (?:a )?(?:response|reply)\b",
    ),
    word_rule(
        Sign.CHASER,
        "it says that the time allowed has passed",
        r"\bout of time\b|\bpast (?:the|its|your) (?:deadline|due|statutory|20|target)|\bdeadline\b.{0,30}\b(?:passed|expired|was|missed|gone|lapsed)\b|\b(?:missed|exceeded|breached|passed) (?:the|your) (?:\w+ )?(?:deadline|time ?limit|time ?scale)",
        r"\b(?:20|twenty|40|forty)[- ](?:working[- ])?days?\b.{0,50}\b(?:passed|elapsed|expired|ago|gone|is up|are up|exceeded|over|lapsed|up on)\b|\b(?:passed|elapsed|expired|exceeded|more than|over|breach|missed|outside|beyond|longer than|now)\b.{0,40}\b(?:20|twenty|40|forty)[- ](?:working[- ])?days?\b",
        r"\bshould (?:\w+ )?have (?:been )?(?:responded|replied|received|answered|had|sent|dealt)|\b(?:was|were|is|now) (?:\w+ )?due (?:on|by|to (?:be|have)|last|back)\b|\bbreach of (?:the (?:act|foi|freedom|law|eir|statut|time)|section 10|s\.? ?10|your (?:legal|statut|dut|oblig)|statut)|\bstatutory (?:deadline|time ?(?:limit|scale|frame)|period) (?:has|have|of|for|is|was)\b.{0,40}(?:passed|expired|elapsed|ago|gone|up|missed|exceeded)|\b(?:now|already|very|so|is|are) (?:\w+ )?(?:late|overdue)\b|\bweeks? (?:late|overdue)\b|\bdeadline\b.{0,30}\b(?:yesterday|last week|today|on \w+day)\b|\bworking days are up\b|\bdays? (?:late|overdue)\b|\blong overdue\b|\bgone past\b",
    ),
    word_rule(
        Sign.PRIOR,
        "it speaks of an earlier request",
        r"\b(?:i|we) (?:\w+ )?(?:sent|submitted|made|e-?mailed|wrote|requested|asked|put in|lodged|contacted|filed|raised)\b.{0,60}\b(?:on|in|dated|back in|over|last|weeks?|months?|ago|previously|originally)\b",
        r"\b(?:my|our) (?:\w+ ){0,3}(?:request|foi|sar|email|e-mail|letter|enquiry|correspondence|application)\b.{0,40}\b(?:of|dated|from|on|sent|submitted|made|reference|ref|below|above|number|no\.?)\b",
        r"\bmy (?:original|previous|earlier|outstanding|last|initial|first|above|recent) (?:\w+ ){0,3}(?:request|foi|sar|email|e-mail|letter|enquiry|message)\b|\b(?:reference|ref|case) ?(?:number|no\.?|is|:|#)? ?:? ?[a-z]{2,6}[-/ ]?\d{3,}|\b(?:foi|eir|sar|ir)[-/_ ]?\d{5,}",
    ),
    word_rule(
        Sign.MISSING,
        "it says that something asked for was left out",
        r"(?:\bnot|n't|\bfailed to|\bfails to|\brefused to|\bwithout) (?:fully |actually |properly |yet |even )?(?:provid|includ|suppl|disclos|releas|giv|answer|address|attach)\w*\b.{0,60}\b(?:information|data|documents|figures|questions?|part|parts|points?|everything|all|attachment|q\d|asked|requested|breakdown|dates?|costs?|names?|list)\b",
    ),
    word_rule(
        Sign.REVIEW_ASKED,
        "it asks for an internal review",
        r"\b(?:request|ask|asking|like|conduct|carry out|carry|undertake|want|seek|seeking|require|demand|requesting|formal|formally|please|perform|hold|consider|treat|escalate|for|do|initiate|proceed|conducts|move|go|taken?)\b.{0,50}\binternal (?:review|appeal)|^(?:\W|\w{1,3}: )*(?:(?:formal|foi|request for|urgent) )*(?:an )?internal review\b",
        r"\b(?:request|ask|like|want|please|formal|formally|conduct|carry out|seek)\b.{0,30}\b(?:a |the |formal |this |decision |full )review(?:ed)? (?:of|by|into|your|under)\b.{0,60}\b(?:decision|response|handling|refusal|request|answer|reply|outcome|foi|exemption)\b",
        r"\b(?:review|re-?consider|re-?visit|look again at|re-?examine|think again about) (?:of )?(?:your|the|this|its|my|that) (?:\w+ )?(?:decision|response|handling|refusal|request|answer|reply|outcome|position|foi)\b|\b(?:decision|response|refusal|answer|request|this|reply)\b.{0,30}\b(?:be |to be |gets? )?(?:re-?considered|reviewed|looked at again|re-?examined|re-?visited)\b|\blook(?:ed)? at (?:it|this|that) again\b|\bconducts? (?:freedom of information|foi) reviews\b|\badolygiad mewnol\b",
    ),
    word_rule(
        Sign.REVIEW,
        "it is unhappy with our answer",
        r"\b(?:not (?:\w+ ){0,2}(?:satisfied|happy|content|convinced|satisfactory|acceptable|accept|agree|good enough|adequate)|un(?:happy|satisf\w+|acceptable)|dissatisf\w+|disappoint\w+|displeased|disagree|frustrat\w+|inadequate|insufficient|incomplete|evasive|dismayed|astonished|surprised|concerned)\b.{0,70}\b"
        + _ANSWER,
        r"\b"
        + _ANSWER
        + r".{0,60}\b(?:not (?:\w+ ){0,2}(?:satisfactory|acceptable|good enough|adequate|correct|right|complete|answer)|un(?:satisf\w+|acceptable)|inadequate|insufficient|incomplete|evasive|wrong|incorrect|flawed|nonsense|a joke|unlawful|misses|ignores|avoids|contradict\w*)\b",
        r"(?:don't|do not|cannot|can't|can not|couldn't) (?:\w+ )?(?:accept|agree|believe)\b.{0,60}\b" + _ANSWER,
    ),
    word_rule(
        Sign.REVIEW,
        "it appeals against our decision",
        r"\b(?:appeal(?:ing)?|challenge|challenging|contest|contesting|dispute|disputing|object to|query|querying)\b.{0,40}\b(?:decision|refusal|response|exemption|use of|reliance|redaction|redactions|outcome|section \d+|findings|charge|s\.? ?\d{2}|answer|foi)\b",
    ),
    word_rule(
        Sign.REVIEW,
        "it says that questions were left unanswered",
        r"\b(?:misread|misunderst\w+|misinterpret\w+|misconstru\w+)\b|\b(?:must|should|surely|clearly) (?:\w+ )?(?:exist|hold|be held|have (?:a |the |this |some )?(?:record|copies|information|minutes))|\b(?:i|we) (?:\w+ )?asked (?:for|about)\b.{0,80}\b(?:not|instead|you (?:gave|sent|provided|have given|have sent|have provided|answered|supplied))\b|\bhold no (?:information|records|data)\b|\b(?:incorrect|inaccurate|wrong) (?:figures|information|data|answers?)\b",
        r"\b(?:you|council|response|reply|answer|letter|team|it|that|this)\b.{0,25}(?:\b(?:did|does|do|has|have) not|n't|\bfailed to|\bfails to|\bfail to|\bignored|\bomitted|\bavoid\w*|\bonly|\bpartially|\bpartly|\brefus\w+)\b.{0,30}\b(?:answer\w*|address\w*|respond\w* to|deal\w* with)\b.{0,30}\b(?:questions?|q ?\d|parts?|points?|all|what i (?:asked|requested)|fully|in full|it|my query)\b",
        r"\b(?:questions?|q ?\d|parts?|points?) (?:\d ?(?:and|to|,|&)? ?){0,4}\b.{0,30}(?:(?:not|n't|un)(?: been)? ?answered|ignored|left out|missed|missing|omitted)\b|\bnot what i (?:asked|requested)\b|\b(?:doesn't|does not|didn't|did not|hasn't|has not) (?:really |actually |fully )?answer (?:my|the|any|what)\b",
    ),
    word_rule(
        Sign.GROUNDS,
        "it disputes an exemption",
        r"\b(?:wrong|wrongly|incorrect|incorrectly|improper\w*|misappl\w+|cannot rely|can't rely|not engaged|does not apply|doesn't apply|not accept|don't accept|not apply|unjustified|no justification)\b.{0,80}\b(?:exempt\w*|exception|section \d+|s\.? ?\d\d|refus\w+|regulation \d+|reg(?:ulation)?\.? ?\d+|public interest|vexatious|cost limit|commercial)\b",
        r"\b(?:exempt\w*|exception|section \d+|s\.? ?\d\d|regulation \d+|public interest test)\b.{0,80}\b(?:wrong|wrongly|incorrect\w*|misappl\w+|not engaged|does not apply|doesn't apply|not (?:been )?(?:properly )?(?:applied|carried|conducted|considered))\b",
    ),
    word_rule(
        Sign.WITHDRAWAL,
        "it takes the request back",
        r"\b(?:withdraw(?:ing|n)?|cancel(?:ling|led)?|retract(?:ing)?|drop(?:ping)?|close|rescind|abandon|scrap)\b.{0,30}\b"
        + _OURS
        + r"\b.{0,40}\b(?:request|foi|sar|eir|enquiry|application|case|complaint|review|email|question|one|foi\d+)\b|\bwithdraw (?:it|this|that)\b",
        r"\bno longer (?:need|require|want|interested|wish|seek)\b.{0,50}\b(?:this|that|it|information|data|request|response|answer|proceed|pursue|continue|reply|foi|in)\b|\b(?:do not|don't|doesn't|needn't) (?:now )?(?:need|require|want) (?:the |this |that |an? )?(?:information|data|response|answer|reply|request|it|foi)?\b.{0,20}\b(?:any ?more|any longer|now|after all)\b",
        r"\b(?:decided|chosen|want|wish|like|going) (?:not to|to not) (?:go ahead|proceed|pursue|continue|take)|\b(?:do not|don\'t|not) (?:wish|want|need|intend) to (?:proceed|pursue|continue|go ahead|take)\b|\b(?:decided|chosen|going) to (?:withdraw|cancel|drop|abandon)\b|\b(?:disregard|ignore|forget|discard)\b.{0,20}\b(?:my|this|the|our|above|that)\b.{0,30}\b(?:request|foi|email|e-mail|message|enquiry)\b|\bno need to (?:respond|reply|answer|process|proceed|send|continue)\b|\bplease (?:don't|do not) (?:process|proceed|bother|action|respond|continue)\b|\btynnu (?:fy )?(?:nghais|cais)\b",
    ),
    word_rule(
        Sign.THANKS,
        "it thanks us",
        r"\b(?:thank(?:s| ?you| u)|many thanks|cheers|ta|much appreciated|grateful for (?:your|the)|appreciate (?:your|the|all|you|it)|(?:received|noted) with thanks|that's (?:great|perfect|brilliant|very helpful|really helpful)|(?:very|really|most|so) helpful|brilliant|perfect|excellent|diolch)\b",
    ),
    word_rule(
        Sign.CLARIFIES,
        "it answers a question of ours",
        r"\b(?:in (?:answer|response|reply|reference) to|answering|regarding|re|further to|to answer|following) (?:your|the) (?:\w+ )?(?:questions?|query|queries|clarification|request for (?:clarification|further)|request to clarify)\b|\b(?:to|for|hope this|that|this|let me|happy to|my) clarif(?:y|ies|ication)\b|\bby .{1,60}\bi mean\b|\bi (?:mean|meant|am referring to|was referring to|refer to|had in mind)\b",
        r"\byou (?:have )?asked (?:me|for|whether|what|which|if|us|about)\b|\bas (?:you )?requested\b|\b(?:clarification|details|information) you (?:asked|requested|need|require|wanted)\b|\b(?:happy|willing|content) to (?:narrow|reduce|accept|refine|pay|limit|restrict|amend)\b|\b(?:narrow|refine|limit|restrict|amend|revise|reduce|rephrase|reword)(?:ed|ing)? (?:it|the|my|this|our)\b",
        r"\b(?:attached|enclosed|attach|enclose|here is|here's|here are|copy of|copies of|find)\b.{0,40}\b(?:my |a |the )?(?:id|identification|identity|passport|driving licen[cs]e|proof of|utility bill|consent|authority|signed form)\b|\b(?:time ?frame|period|dates?|years?|area|location|address) (?:i (?:am|mean)|is|are|should be|would be|in question)\b|\b(?:sorry|apolog\w+)\b.{0,30}\b(?:confusion|unclear|not (?:being )?clear|ambigu\w+)\b|\bi (?:am|was|'m) (?:asking about|after|thinking of|interested in)\b|\b(?:the (?:latter|former)|both of them)\b|\bmy answers? (?:is|are|below)\b|^\W*(?:yes|no|correct|that is correct|that's right)\b",
    ),
)
