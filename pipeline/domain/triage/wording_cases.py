"""The words of mail about an earlier request (chasers, reviews, withdrawals, thanks) and of mail that is no request at all; see ``wording``."""

from __future__ import annotations

import re

from pipeline.domain.triage.wording import Sign, word_rule

_ANSWER = (
    r"(?:response(?! times?)|reply|replies|answer|decision|refusal|handling|handled|outcome|dealt with"
    r"|information (?:you )?(?:have )?(?:provided|sent|supplied|received)|exemption|redaction|redacted"
    r"|section \d|s\.? ?\d\d|reliance|conclusion|disclosure|treatment)"
)
_OURS = (
    r"(?:my|our|the|this|that|original|previous|earlier|outstanding|above|foi|eir|sar|information"
    r"|freedom of information|subject access|below|following|email|e-mail|letter)"
)

_TAKE_BACK = (
    r"(?:withdraw(?:ing|n|s)?|cancel(?:ling|led)?|retract(?:ing)?|drop(?:ping)?|clos(?:e|ing)|rescind(?:ing)?|abandon(?:ing)?"
    r"|scrap(?:ping)?|stop(?:ping)?|disregard|ignore|forget(?: about)?|discard|delete|discontinue|halt|pull)"
)
_A_REQUEST = (
    r"(?:(?:foi|sar|eir|foia|dsar|information|access|freedom of information) )?(?:requests?|foi|foia|sar|dsar|eir|enquiry|query|application"
    r"|case|review|questions?|foi ?\d+)"
)

# A review, an appeal or a complaint about these is some other service's business.
OTHER_APPEALS = re.compile(
    r"\b(?:parking|pcn|penalty|school|planning|benefit|housing|council tax|admission|ticket|fine|blue badge"
    r"|bus lane|banding|assessment|school place|transport|stage (?:1|2|one|two))\b"
)

# What an internal review is about, and an appeal against a ticket is not.
OF_OUR_ANSWER = re.compile(
    r"\b(?:internal|reviews?|foi\w*|eirs?|sar|information|requests?|questions?|refus\w+|with(?:hold|held)\w*"
    r"|redact\w*|exempt\w*|disclos\w*|response|reply)\b"
)

FOLLOW_UP_RULES = (
    word_rule(
        Sign.CHASER,
        "it asks when the answer will come",
        r"\bwhen (?:can|will|may|should|might|do|would|am|could|is|are)\b.{0,50}\b(?:expect|receive|get|hear"
        r"|response|respond|reply|answer|sent|ready|due)\b",
        r"\bwhen (?:i|we|you|my|the|this|it|a)\b.{0,40}\b(?:can|will|might|may|should|could|'ll|going to"
        r"|likely)\b.{0,20}\b(?:expect|receive|get|hear|have|responded|response|respond|reply|answer|comply|sent|send|ready)\b",
        r"\bwhat stage\b.{0,30}\b(?:it|request|reached|at)\b|\bwho (?:is|'s) (?:dealing|handling"
        r"|looking)\b.{0,20}\b(?:with|into|it|my|this)\b|\bhow (?:you are|you're|are you|is it|it is"
        r"|things are) (?:getting on|progressing|doing with|coming (?:on|along))\b|\bwhere(?:'s| has| have"
        r"| is)? (?:it|that|this|my \w+|they)\b.{0,6}\b(?:got|gone|gotten|landed|up to)\b|\b(?:landed|arrived"
        r"|got there|came through|went through|reached you) (?:ok|okay|safely|alright|all right)\b"
        r"|\bhow far (?:along|on) (?:is|are)\b|\blet me know where (?:it|this|my|the)\b|\bwhat(?:'s| has"
        r"| had) become of (?:my|our|the|it)\b|\b(?:is|are) (?:it|this|my \w+) being (?:dealt|looked|worked"
        r"|processed)\b|\bhow much more time\b|\bpryd\b.{0,40}\b(?:ateb|ymateb|clywed|derbyn)\b",
        r"\b(?:any|an|some|no) (?:further )?(?:update|news|progress|movement|joy|luck|developments?)\b|\bupdate (?:me|us|on (?:my|the|this|our|its"
        r"|where|progress))\b|\b(?:status|progress|position) (?:of|on|with|regarding) (?:my|the|this|our)\b",
        r"\bwhere (?:are|is) (?:we|things|you|my|the|it)\b.{0,30}\b(?:with|at|up to|request|response|answer|foi)\b"
        r"|\bwhat(?:'s| is) (?:happening|going on|the (?:status|position|latest|delay|hold ?up))\b"
        r"|\bhow much longer\b|\bany idea (?:when|how (?:much )?long)\b|\bhow (?:is|are) (?:my|this|the"
        r"|things)\b.{0,20}(?:going|progressing|coming|getting)",
        r"\b(?:expected|likely|estimated|target) (?:date|time ?scale|time ?frame|response date)\b|\bwhen (?:this"
        r"|it|the response|my request) (?:will|might|is likely to) be\b|\bexpedite|\bhurry\b",
    ),
    word_rule(
        Sign.CHASER,
        "it is a reminder",
        r"(?:\bchas(?:ing|er|ed)|\b(?:to|i|we|will|must|should|please) chase|\bchase (?:this|you|my|up|it"
        r"|our))\b(?! (?:up )?(?:debts?|payments?|arrears|council tax))|\b(?:gentle|polite|friendly|second|final"
        r"|quick|kind|just a|this is a|formal|another|courtesy|a) reminder\b|\breminder (?:that|about|re|of my"
        r"|regarding|-|:)|^reminder\b|\bfollow(?:ing)?[- ]?up (?:on|with|my|our|regarding|re|about|email|this"
        r"|to my (?:email|request|foi|message))\b|\b(?:re-?minder|prompt|nudge) (?:\w+ )?(?:that|about|on|re)\b"
        r"|\breminder\W*$|\b(?:second|third|fourth|fifth|last|2nd|3rd|4th) (?:time (?:of asking|i)|e-?mail|message"
        r"|request for an (?:update|answer))\b|\basking (?:you )?(?:once )?(?:again|for (?:the|a) \w+ time)\b(?! (?:names?|list"
        r"|number|figures))|\boverdue\b|\bnudge\b|\bbump(?:ing)?\b",
    ),
    word_rule(
        Sign.CHASER,
        "it says that no answer has come",
        r"\bhave you got (?:an?|any|my|the|your|that) (?:\w+ )?(?:answers?|reply|response|news)\b|\b(?:has|have|is|are)(?:n't| not)"
        r" (?:been |got |gone |become |gotten )?(?:lost|gone missing|gone astray|overlooked|forgotten)\b",
        r"\bdid you (?:ever|manage to|get (?:round|around) to)\b|\bhave you (?:managed to|been able to|had (?:a"
        r"|any|the) (?:chance|time|luck|opportunity)|had time)\b",
        r"\b(?:still|yet|not|never|nothing|without|no|nor)\b.{0,30}\b(?:received|had|heard|got|waiting|awaiting"
        r"|seen|been (?:sent|given))\b.{0,60}\b(?:response|reply|answer|acknowledg\w+|information|anything|back"
        r"|hear|request|you|data|documents)\b",
        r"(?:n't|\bnot|\bnever) (?:yet |even |still |actually |so far |to date )*(?:received?|had|have|hear|heard"
        r"|get|got|seen|see|been)\b.{0,60}\b(?:response|reply|answer|acknowledg\w+|information|anything|a (?:thing"
        r"|word|peep)|back|request|you|replied|answered)\b",
        r"\b(?:received|had|got|heard|have) (?:absolutely |precisely |back )?(?:nothing|no word|zero|silence"
        r"|neither)\b|\b(?:only|been met with|met by|radio|complete|total) silence\b|\bnot (?:a dicky bird"
        r"|a sausage|a peep|a word|a single|so much as)\b|\bgone (?:very )?quiet\b|\b(?:you|council"
        r"|authority) (?:\w+ )?(?:have|has|did|had)(?: not|n't) (?:yet )?(?:complied|come back|been in touch"
        r"|written|followed up|given me)\b|\b(?:did|have|has|can) (?:you|it|this|that|they|someone"
        r"|anyone)\b.{0,20}\b(?:get|got|receive|received|arrive|arrived|reach|reached|see|seen)\b.{0,12}\b(?:my"
        r"|our|this|the) (?:\w+ ){0,2}(?:e-?mail|letter|message|request|foi|sar|form|enquiry|questions?)\b"
        r"|\bheb (?:gael|dderbyn|glywed|gael unrhyw)\b|\b(?:nid wyf|dydw i ddim|dwi(?: ddim)?"
        r"|nid ydw i) wedi (?:cael|derbyn|clywed)\b|\bdal i (?:aros|ddisgwyl)\b",
        r"\b(?:yet|still|waiting) to (?:receive|hear|have|get|be (?:sent|given))\b|\b(?:had|received|got|have"
        r"|seen) (?:\w+ )?no (?:\w+ )?(?:reply|response|answer|acknowledge?ment|information|communication)\b"
        r"|\bto date (?:you|i|we|there|no)\b.{0,40}\b(?:not|no|nothing)\b|\bstill (?:a?waiting|no (?:reply"
        r"|response|answer|information|acknowledg))|\bnot (?:yet )?heard (?:back|anything|from)|\bheard nothing\b"
        r"|\bno (?:reply|response|answer|acknowledge?ment) (?:has|have|was|to|from|as yet|yet|so far|since"
        r"|received)\b|\breceived no (?:reply|response|answer|acknowledge?ment)\b|\bhave you (?:received|got|had"
        r"|seen) (?:my|the|this)\b|\bi have been waiting\b|\bi've been waiting\b|\bremains? (?:unanswered"
        r"|outstanding)\b|\b(?:unanswered|outstanding|overdue) (?:\w+ ){0,3}(?:request|foi|sar)\b|\bwhere(?:'s| is"
        r"| are) my\b|\bit(?:'s| has| is) (?:now )?(?:been )?(?:over |more than |nearly |almost |about "
        r"|at least )?(?:a|an|one|two|three|four|five|six|\d+|several|many) (?:working )?(?:weeks?|months?"
        r"|days?)\b|\b(?:have|get|receive|send|sending|provide|need|want|awaiting|expecting)\b.{0,25}\b(?:a|an"
        r"|your|the|some|any) (?:\w+ )?(?:response|reply|answer|update) (?:to|on|for|regarding) (?:my|the|this"
        r"|our) (?:\w+ ){0,2}(?:request|foi|sar|e-?mail|letter|enquiry|below|message)\b|\bresponse (?:has been|is"
        r"|was) (?:forthcoming|outstanding|awaited)|\bignor(?:ed|ing) my\b",
        r"\b(?:you|council|team|department|authority)\b.{0,20}\b(?:have|has|had|did|do)(?: not|n't)(?: yet"
        r"| even)? (?:responded|replied|answered (?:my|the|this) (?:\w+ ){0,3}(?:request|email|foi)|acknowledged"
        r"|got back|sent)\b|\bfailed to (?:respond|reply|acknowledge|answer (?:my|the|this) (?:request|email"
        r"|foi))\b|\black of (?:a )?(?:response|reply)\b",
    ),
    word_rule(
        Sign.CHASER,
        "it says that the time allowed has passed",
        r"\bout of time\b|\b(?:past|beyond|over|outside|exceeded) (?:the |your |its )?"
        r"(?!(?:\w+[- ]){0,2}(?:storage|quota|mailbox|size|speed|cost|fees?|appropriate|credit|word|weight|data)[- ])(?:\w+[- ]){0,3}(?:limit"
        r"|deadline|time ?scales?|time ?frame|due date|date due|response date)\b|\bbeyond (?:the )?(?:statut|legal"
        r"|20|deadline)|\bpast (?:the|its|your) (?:deadline|due|statutory|20|target)"
        r"|\bdeadline\b.{0,30}\b(?:passed|expired|was|missed|gone|lapsed)\b|\b(?:missed|exceeded|breached"
        r"|passed) (?:the|your) (?:\w+ )?(?:deadline|time ?limit|time ?scale)",
        r"\b(?:20|twenty|40|forty)[- ](?:working[- ])?days?\b.{0,50}\b(?:passed|elapsed|expired|ago|gone|is up"
        r"|are up|exceeded|over|lapsed|up on)\b|\b(?:passed|elapsed|expired|exceeded|more than|over|breach|missed"
        r"|outside|beyond|longer than|now)\b.{0,40}\b(?:20|twenty|40|forty)[- ](?:working[- ])?days?\b",
        r"\bshould (?:\w+ )?have (?:been )?(?:responded|replied|received|answered|had|sent|dealt)|\b(?:was|were|is"
        r"|now) (?:\w+ )?due (?:on|by|to (?:be|have)|last|back|yesterday|today|\d|a |two|three|some)\b"
        r"|\bbreach of (?:the (?:act|foi|freedom|law|eir|statut|time)|section 10|s\.? ?10|your (?:legal|statut|dut"
        r"|oblig)|statut)|\bstatutory (?:deadline|time ?(?:limit|scale|frame)|period) (?:has|have|of|for|is"
        r"|was)\b.{0,40}(?:passed|expired|elapsed|ago|gone|up|missed|exceeded)|\b(?:now|already|very|so|is"
        r"|are) (?:\w+ )?(?:late|overdue)\b|\bweeks? (?:late|overdue)\b|(?:^|\b(?!my|our|press|copy|print|story)\w+ )deadline\b.{0,30}\b(?:yesterday"
        r"|last week|today|on \w+day)\b|\bworking days are up\b|\b(?:month|months|days|weeks|deadline|time|period"
        r"|limit|date|time ?scale)\b.{0,40}\b(?:ran out|run out|expired|elapsed|passed|has lapsed|come and gone"
        r"|came and went|has gone|is up|lapsed|long gone)\b|\b(?:\d+|twenty|thirty|several|many|some) (?:working "
        r"|calendar )?(?:days|weeks|months) (?:since|on from|after) (?:i|we|my|our|you)\b|\bdays? (?:late"
        r"|overdue)\b|\b(?:limit|deadline|period|due date|time ?scale)\b.{0,20}\bwas (?:yesterday|last|on|the|\d)"
        r"|\blong overdue\b|\bgone past\b",
    ),
    word_rule(
        Sign.PRIOR,
        "it speaks of an earlier request",
        r"\b(?:i|we) (?:\w+ )?(?:sent|submitted|made|e-?mailed|wrote|requested|asked|put in|lodged|contacted|filed"
        r"|raised)\b.{0,60}\b(?:on|in|dated|back in|over|last|weeks?|months?|ago|previously|originally)\b",
        r"\b(?:my|our) (?:\w+ ){0,3}(?:request|foi|sar|email|e-mail|letter|enquiry|correspondence"
        r"|application)\b.{0,40}\b(?:of|dated|from|on|sent|submitted|made|reference|ref|below|above|number"
        r"|no\.?)\b",
        r"\b(?:my|our) (?:\w+ ){0,3}(?:request|questions?|foi|sar|enquiry|letter|e-?mail)\b(?! (?:is"
        r"|are) (?:as follows|for|below))(?! (?:under|below|attached)).{0,60}\b(?:was|were|has|have|had|remains?"
        r"|is still|is now)\b",
        r"\b(?:i|we) (?:asked|wrote|e-?mailed|contacted|requested|applied|wrote to) (?:to )?(?:you|the council)\b"
        r"|\back(?:nowledged?|nowledge) my\b|\bme again\b|\bmy (?:\w+ )?(?:questions?|request|foi"
        r"|letter) (?:landed|arrived|reached|got)\b",
        r"\bfurther to (?:my|our)\b(?! (?:\w+ )?(?:tele)?(?:phone|conversation|call|chat|discussion|meeting|visit"
        r"|talk))|\b(?:wrote|written) to you\b",
        r"\byour (?:refusal|decision) (?:notice|letter|of|to refuse|not to)\b|\byour (?:response|reply|answer|letter|e-?mail) (?:of|dated)\b",
        r"\bmy (?:original|previous|earlier|outstanding|last|initial|first|above|recent) (?:\w+ ){0,3}(?:request"
        r"|foi|sar|email|e-mail|letter|enquiry|message)\b|\b(?:reference|ref|case) ?(?:number|no\.?|is|:"
        r"|#)? ?:? ?[a-z]{2,6}[-/ ]?\d{3,}|\b(?:foi|eir|sar|ir)[-/_ ]?\d{5,}",
    ),
    word_rule(
        Sign.MISSING,
        "it says that something asked for was left out",
        r"(?:\bnot|n't|\bfailed to|\bfails to|\brefused to|\bwithout) (?:fully |actually |properly |yet "
        r"|even )?(?:provid|includ|suppl|disclos|releas|giv|answer|address|attach)\w*\b.{0,60}\b(?:information"
        r"|data|documents|figures|questions?|part|parts|points?|everything|all|attachment|q\d|asked|requested"
        r"|breakdown|dates?|costs?|names?|list)\b",
    ),
    word_rule(
        Sign.REVIEW_ASKED,
        "it asks for an internal review",
        r"\b(?:checked|looked at|reviewed|considered|decided|examined) (?:again )?by (?:someone|somebody|another"
        r"|a different|an independent|a senior)\b",
        r"\b(?:request|ask|asking|like|conduct|carry out|carry|undertake|want|seek|seeking|require|demand"
        r"|requesting|formal|formally|please|perform|hold|consider|treat|escalate|for|do|initiate|proceed|conducts"
        r"|move|go|taken?)\b.{0,50}\binternal (?:review|appeal)\b|^(?:\W|\w{1,3}: )*(?:(?:formal|foi|request for"
        r"|urgent) )*(?:an )?internal review\b(?! (?:figures|statistics|policy|procedure))",
        r"\b(?:request|ask|like|want|please|formal|formally|conduct|carry out|seek)\b.{0,30}\b(?:a |the |formal "
        r"|this |decision |full )review(?:ed)? (?:of|by|into|your|under)\b.{0,60}\b(?:decision|response|handling"
        r"|refusal|request|answer|reply|outcome|foi|exemption)\b",
        r"\b(?:review|re-?consider|re-?visit|look again at|re-?examine|think again about) (?:of )?(?:your|the|this"
        r"|its|my|that) (?:\w+ )?(?:decision|response|handling|refusal|request|answer|reply|outcome|position"
        r"|foi)\b|\b(?:decision|response|refusal|answer|request|this|reply)\b.{0,30}\b(?:be |to be "
        r"|gets? )?(?:re-?considered|reviewed|looked at again|re-?examined|re-?visited)\b|\b(?:take|have|taking"
        r"|having|give (?:it|this)) (?:another|a second|a fresh|a further|a proper) look\b|\blook(?:ed)? at (?:it"
        r"|this|that) again\b|\b(?:please|like to|want to|wish to|must|now) escalate\b|\b(?:someone"
        r"|somebody) (?:else|more senior|senior|independent)\b.{0,30}\b(?:look|review|check|consider)|\b(?:someone"
        r"|somebody|a|an|officer) (?:\w+ ){0,2}(?:else|senior|independent|different)\b.{0,30}\b(?:look|review"
        r"|check|consider)|\b(?:please|must|to|kindly|you|and) (?:re-?consider|reverse|overturn|re-?think"
        r"|revise)\b(?! (?:the )?(?:plans?|closure|scheme|proposals?|planning))|\b(?:ask|request|like|want|seek"
        r"|raise|lodge|make|submit)(?: for)?(?: to| an| a| my| this| this as an| formal){0,3} (?:ir\b"
        r"|appeal\b)(?! (?:form|process|panel|hearing|to (?:parents|the (?:court|magistrates|tribunal))))"
        r"|\b(?:representations?|complain\w*|reconsideration)\b.{0,30}\b(?:regulation|reg\.?) 11\b"
        r"|\bconducts? (?:freedom of information|foi) reviews\b|\badolygiad mewnol\b",
    ),
    word_rule(
        Sign.REVIEW,
        "it is unhappy with our answer",
        r"\b(?:sent|given|gave|attached|enclosed) (?:me |us )?the wrong (?:\w+ )?(?:files?|documents?|papers?|letter|attachments?|answers?"
        r"|information|data|spreadsheet|figures|report|one|thing)\b",
        r"\byou(?:'ve| have)? (?:\w+ )?(?:blanked|blacked|whited|crossed) out\b|\bi(?:'m| am) not (?:accepting|prepared to accept)\b",
        r"\byou(?:'ve| have)? (?:\w+ )?(?:sent|given|gave) (?:me |us )?(?:only |just )?(?:\d+|half|part|some|a few|one or two)"
        r" (?:of )?(?:the |my )?(?:pages?|documents?|files?|records?|e-?mails|letters|information|it)\b",
        r"\b(?:search|look|check|try|do (?:it|this|my request|the request|that)) (?:it )?(?:again|properly|harder"
        r"|once more)\b|\b(?:answer|deal with|treat|do|handle|process) (?:my|this|the|our) (?:\w+ )?(?:request"
        r"|question|questions|foi|sar) (?:again|properly|in full|as i asked)\b|\byou(?:'ve"
        r"| have)? (?:\w+ )?(?:rel(?:y|ied) on|cit(?:e|ed)|appl(?:y|ied)|claim(?:ed)?|invok(?:e"
        r"|ed)) (?:\w+ ){0,2}(?:section|s\.? ?\d|regulation|reg\.?|exempt\w+|exception)\b|\byou(?:'ve"
        r"| have)? (?:\w+ )?(?:refus(?:e|ed|ing)|withh(?:eld|old|olding)|redact(?:ed|ing)|black(?:ed"
        r"|ing) out)\b(?!.{0,40}\b(?:how many|number of|list)\b)|\b(?:pages?|half|parts?|bits|much|most|names?"
        r"|everything|lots?|documents?|e-?mails?) (?:\w+ ){0,5}(?:is|are|was|were|has been|have been"
        r"|been) (?:\w+ )?(?:black(?:ed)? ?out|redacted|withheld|blanked)\b|\bnot (?:an |a |any |really an "
        r"|a proper |a full )?answer(?:ed)?\b|\b(?:can't|cannot|can not) (?:possibly )?be (?:right|correct|true"
        r"|all)\b",
        r"\b(?:not (?:\w+ ){0,2}(?:satisfied|happy|content|convinced|satisfactory|acceptable|accept|agree"
        r"|good enough|adequate)|un(?:happy|satisf\w+|acceptable)|dissatisf\w+|disappoint\w+|displeased|disagree"
        r"|frustrat\w+|inadequate|insufficient|incomplete|evasive|dismayed|astonished)\b.{0,70}\b" + _ANSWER,
        r"\b" + _ANSWER + r".{0,60}\b(?:not (?:\w+ ){0,2}(?:satisfactory|acceptable|good enough"
        r"|adequate|correct|right|complete|answer)|un(?:satisf\w+|acceptable)"
        r"|inadequate|insufficient|incomplete|evasive|wrong|incorrect|flawed|nonsense|a joke|unlawful|misses|ignores|avoids|contradict\w*)\b",
        r"(?:don't|do not|cannot|can't|can not|couldn't) (?:\w+ )?(?:accept|agree|believe)\b.{0,60}\b" + _ANSWER,
    ),
    word_rule(
        Sign.REVIEW,
        "it appeals against our decision",
        r"\b(?:appeal(?:ing)?|challenge|challenging|contest|contesting|dispute|disputing|object to|query"
        r"|querying)\b.{0,40}\b(?:decision|refusal|response|exemption|use of|reliance|redaction|redactions|outcome"
        r"|section \d+|findings|charge|s\.? ?\d{2}|answer|foi)\b",
    ),
    word_rule(
        Sign.REVIEW,
        "it says that questions were left unanswered",
        r"\b(?:do not|don't) (?:feel|think|believe|consider) (?:that )?(?:you|it|this"
        r"|the council)\b.{0,30}\b(?:answer\w*|provided|respond\w*|address\w*|dealt)\b|\bwhy (?:have|has|did|are"
        r"|is|were|was|can\'t|won\'t|do|does)\b.{0,60}\b(?:redact\w*|withh\w+|refus\w+|exempt\w*|black(?:ed)?"
        r"|left out)\b|\byou(?:\'ve| have)? only (?:sent|given|provided|answered|enclosed|included)\b"
        r"|\bi asked for (?:both|all|everything|the (?:rest|full|whole|other))\b|\byou(?:\'ve"
        r"| have)? (?:\w+ )?only (?:given|sent|provided|answered|supplied|gave)\b|\b(?:misread|misunderst\w+"
        r"|misinterpret\w+|misconstru\w+)\b|\b(?:must|should|surely|clearly) (?:\w+ )?(?:exist|hold|be held"
        r"|have (?:a |the |this |some )?(?:record|copies|information|minutes))|\b(?:i|we) (?:\w+ )?asked (?:for"
        r"|about)\b.{0,80}\b(?:not|instead|you (?:gave|sent|provided|have given|have sent|have provided|answered"
        r"|supplied))\b|\bhold no (?:information|records|data)\b|\b(?:incorrect|inaccurate|wrong) (?:figures"
        r"|information|data|answers?)\b",
        r"\b(?:you|council|response|reply|answer|letter|team|it|that|this)\b.{0,25}(?:\b(?:did|does|do|has"
        r"|have) not|n't|\bfailed to|\bfails to|\bfail to|\bignored|\bomitted|\bavoid\w*|\bonly|\bpartially"
        r"|\bpartly|\brefus\w+)\b.{0,30}\b(?:answer\w*|address\w*|respond\w* to"
        r"|deal\w* with)\b.{0,30}\b(?:questions?|q ?\d|parts?|points?|all|what i (?:asked|requested)|fully|in full"
        r"|it|my query)\b",
        r"\b(?:questions?|q ?\d|parts?|points?) (?:\d ?(?:and|to|,|&)? ?){0,4}\b.{0,30}(?:(?:not|n't"
        r"|un)(?: been)? ?answered|ignored|left out|missed|missing|omitted)\b|(?:\bnot|n't) (?:\w+ )?what (?:i"
        r"|we) (?:\w+ )?(?:asked|requested|wanted)\b|\bthat was(?: not|n't) (?:my|the) question\b|\b(?:doesn't"
        r"|does not|didn't|did not|hasn't|has not) (?:really |actually |fully )?answer (?:my|the|any|what)\b",
    ),
    word_rule(
        Sign.GROUNDS,
        "it disputes an exemption",
        r"\b(?:don't|do not|can't|cannot) (?:think|believe|see|accept|agree|understand)\b.{0,60}\b(?:section \d"
        r"|exempt\w*|s\.? ?\d\d|exception|applies|apply|redact\w*)\b",
        r"\bwrong(?:ly)? (?:to )?(?:withh\w+|refus\w+|redact\w*|rel(?:y|ied|ying)|appl(?:y|ied)|claim\w*)\b",
        r"\b(?:wrong|wrongly|incorrect|incorrectly|improper\w*|misappl\w+|cannot rely|can't rely|not engaged"
        r"|does not apply|doesn't apply|not accept|don't accept|not apply|unjustified"
        r"|no justification)\b.{0,80}\b(?:exempt\w*|exception|section \d+|s\.? ?\d\d|refus\w+|regulation \d+"
        r"|reg(?:ulation)?\.? ?\d+|public interest|vexatious|cost limit|commercial)\b",
        r"\b(?:exempt\w*|exception|section \d+|s\.? ?\d\d|regulation \d+|public interest test)\b.{0,80}\b(?:wrong"
        r"|wrongly|incorrect\w*|misappl\w+|not engaged|does not apply|doesn't apply"
        r"|not (?:been )?(?:properly )?(?:applied|carried|conducted|considered))\b",
    ),
    word_rule(
        Sign.WITHDRAWAL,
        "it takes the request back",
        # A request, named as such, and the verb before it or after it.
        rf"\b{_TAKE_BACK}\b.{{0,40}}\b{_OURS}\b.{{0,40}}\b{_A_REQUEST}\b(?! (?:of|from) (?:the )?(?:council|authority))",
        rf"\b{_TAKE_BACK} {_A_REQUEST}\b|\b{_OURS} (?:\w+ ){{0,4}}{_A_REQUEST}\b.{{0,40}}"
        r"\b(?:as|is|be|been|now|hereby|therefore|should be|please) (?:\w+ )?(?:withdrawn|cancelled|closed|dropped|discontinued|abandoned)\b",
        rf"^{_A_REQUEST}\b.{{0,25}}\bwithdrawn\b",
        r"^(?:\W|hi |hello |sorry |this |that |it |it's |is |the |my |request |information |answer |foi |now )*"
        r"no longer (?:needed|required|wanted|necessary)\b",
        rf"\b(?:stop|halt|cease) (?:working on|processing|dealing with|looking into|with) (?:my|our|the|this) (?:\w+ ){{0,3}}{_A_REQUEST}\b",
        r"\b(?:disregard|ignore|discard|delete)\b.{0,15}\b(?:my|our|this)\b.{0,20}\b(?:e-?mail|message|letter|foi|request)\b",
        r"\bno longer (?:need|require|want|interested|wish|seek)\b.{0,50}\b(?:this|that|it|information|data"
        r"|request|response|answer|answers|proceed|pursue|continue|reply|foi|in)\b|\b(?:do not|don't|doesn't"
        r"|needn't) (?:now )?(?:need|require|want) (?:the |this |that |an? )?(?:information|data|response|answer"
        r"|reply|request|it|foi)?\b.{0,20}\b(?:any ?more|any longer|now|after all)\b",
        r"\b(?:decided|chosen|want|wish|like|going) (?:not to|to not) (?:go ahead|proceed|pursue|continue|take)"
        r"|\b(?:do not|don\'t|not) (?:wish|want|need|intend) to (?:proceed|pursue|continue|go ahead|take)\b"
        r"|\b(?:decided|chosen|going) to (?:withdraw|cancel|drop|abandon)\b|\bno (?:need|point"
        r"|longer any need) (?:for you )?(?:to|in) (?:now |then )?(?:respond\w*|reply\w*|answer\w*|process\w*"
        r"|proceed\w*|send\w*|continu\w*|deal\w*|look\w*)\b.{0,30}\b(?:request|foi|sar|questions?|enquiry"
        r"|information|any ?more|any longer|after all|now|further)\b|\bplease (?:don't|do not) (?:process|proceed"
        r"|bother|action|respond|continue|go to any|spend|trouble|waste)\b|\b(?:you can|please|and|so"
        r"|can you) (?:now )?close (?:it|this|my|the) (?:request |case |file |one )?(?:down|off|now|please|as|$"
        r"|[.,!])|\b(?:don't|do not|needn't) (?:worry|bother) (?:any more )?(?:about|with) (?:my|the|this"
        r"|our) (?:\w+ ){0,2}(?:request|foi|sar|questions?|enquiry)\b|\bno further action (?:is )?(?:needed"
        r"|required|necessary)\b.{0,40}\b(?:request|foi)\b|\btynnu\b.{0,20}\b(?:nghais|cais)\b",
    ),
    # The same of a thing that is not named: it counts only where the mail speaks of a request elsewhere.
    word_rule(
        Sign.WITHDRAWAL_LOOSE,
        "it takes the request back",
        r"\b(?:withdraw|cancel|close|drop|stop|scrap|forget|leave|disregard|ignore) (?:it|this|that|about it"
        r"|about this|all this|my|the|previous|last)\b|\bno need (?:for you )?to (?:respond|reply|answer|process"
        r"|proceed|send|continue)\b|\bnever mind\b|\bchanged my mind\b|\b(?:found|got|have|received|been given"
        r"|been sent) (?:what|everything|all|the answers?|the information|it) .{0,30}\b(?:needed?|wanted|elsewhere"
        r"|already|after)\b",
    ),
    # Short words that mean little by themselves, but much in an answer to us about a case.
    word_rule(
        Sign.CHASER_HINT,
        "it asks after its answer",
        r"\bwhen (?:will|can|is|are|might|would|should|may)\b|\b(?:date|time ?scale|time ?frame|eta) for\b"
        r"|\bforgotten\b|\bhow (?:much )?long(?:er)?\b.{0,20}\b(?:take|wait|be|until)\b|\b(?:update|progress|news"
        r"|waiting|awaiting)\b|\b(?:is|are) (?:this|it|you|my \w+) (?:nearly |almost |still )?(?:ready|coming"
        r"|being|on its way|in hand)\b|^\?+$"
        r"|\bpromised\b|\b(?:said|told|advised|assured)\b.{0,40}\b(?:would|by|within)\b",
    ),
    word_rule(
        Sign.REVIEW_HINT,
        "it is unhappy with our answer",
        r"\b(?:review|appeal|complain|complaint|unhappy|(?:not|n't|never|isn't|far from) (?:\w+ )?(?:happy"
        r"|satisfied|content|acceptable|accept|agree|good enough|right|correct)|ridiculous|unacceptable"
        r"|disgrace\w*|disagree|nonsense|rubbish|useless|joke|evasive|dissatisf\w+|disappoint\w+|unreasonable"
        r"|missing|wrong|incorrect|incomplete|however|ombudsman|ico|information commissioner|tribunal)\b",
    ),
    word_rule(
        Sign.WITHDRAWAL_HINT,
        "it takes the request back",
        r"^(?:\W|please |can you |could you |hi |hello |just |ok |okay |then )*(?:cancel|withdraw|drop|close|scrap"
        r"|forget|stop)\b|\b(?:cancel|withdraw)\b(?! (?:of|from))",
    ),
    word_rule(
        Sign.THANKS,
        "it thanks us",
        r"\b(?:credit where|well done|(?:good|great|excellent|splendid) (?:job|work)|hats off|most impressed"
        r"|very impressed|kudos|thank(?:s| ?you| u)|many thanks|cheers|ta|(?:express|pass on|convey) (?:my"
        r"|our) (?:\w+ )?(?:thanks|gratitude|appreciation)|much appreciated|grateful for (?:your|the)"
        r"|appreciate (?:your|the|all|you|it)|(?:received|noted) with thanks|that's (?:great|perfect|brilliant"
        r"|very helpful|really helpful)|(?:very|really|most|so) helpful|brilliant|perfect|excellent|diolch)\b",
    ),
    word_rule(
        Sign.CLARIFIES,
        "it answers a question of ours",
        r"\b(?:in (?:answer|response|reply|reference) to|answering|regarding|re|further to|to answer"
        r"|following) (?:your|the) (?:\w+ )?(?:questions?|query|queries|clarification|request for (?:clarification"
        r"|further)|request to clarify)\b|\b(?:to|for|hope this|that|this|let me|happy to|my) clarif(?:y|ies"
        r"|ication)\b|\bby .{1,60}\bi mean\b|\bi (?:mean|meant|am referring to|was referring to|refer to"
        r"|had in mind)\b",
        r"\byou (?:have )?asked (?:me|for|whether|what|which|if|us|about)\b|\bas (?:you )?requested\b"
        r"|\b(?:clarification|details|information) you (?:asked|requested|need|require|wanted)\b|\b(?:happy"
        r"|willing|content) to (?:narrow|reduce|accept|refine|pay|limit|restrict|amend)\b|\bi(?:'ll| will"
        r"| would| can| could) (?:also |just )?(?:accept|settle for|make do with|be (?:happy|content|satisfied|fine|ok) with)\b|\b(?:narrow|refine|limit"
        r"|restrict|amend|revise|reduce|rephrase|reword)(?:ed|ing)? (?:it|the|my|this|our)\b",
        r"\b(?:attached|enclosed|attach|enclose|here is|here's|here are|copy of|copies of|find)\b.{0,40}\b(?:my "
        r"|a |the )?(?:id|identification|identity|passport|driving licen[cs]e|proof of|utility bill|consent"
        r"|authority|signed form)\b|\b(?:time ?frame|period|dates?|years?|area|location|address) (?:i (?:am|mean)"
        r"|is|are|should be|would be|in question)\b|\b(?:sorry|apolog\w+)\b.{0,30}\b(?:confusion|unclear"
        r"|not (?:being )?clear|ambigu\w+)\b|\bjust to (?:add|be clear|clarify|confirm|let you know)\b|\bi (?:only"
        r"|just|really) (?:need|want|require)\b|\bi (?:am|was|'m) (?:asking about|after|thinking of"
        r"|interested in)\b|\b(?:the (?:latter|former)|both of them)\b|\bmy answers? (?:is|are|below)\b|^\W*(?:yes"
        r"|no(?! (?:need|problem|worries|rush|doubt|one|news|longer))|correct|that is correct|that's right)\b",
    ),
)
