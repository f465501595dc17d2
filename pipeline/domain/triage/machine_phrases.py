"""The words that mail programs put in subjects and bodies: absence notes, bounces, receipts and calendar answers, by language.

Own collection of what Exchange, Gmail, Postfix, Exim, Sendmail, qmail and Domino send in the languages of their users.
"""
# ruff: noqa: RUF001 -- the tables hold Greek and Cyrillic words on purpose

from __future__ import annotations

import re

from pipeline.domain.sieve import Sifted

# A subject counts only from its start: "Re: Automatic reply: ..." is a person answering our own automatic mail.
_ABSENCE_SUBJECTS = (
    # English, Welsh, Irish
    "automatic reply",
    "automatic response",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto-response",
    "autoresponse",
    "automated reply",
    "automated response",
    "auto:",
    "[auto",
    "(auto",
    "out of office",
    "out of the office",
    "out-of-office",
    "ooo:",
    "away from the office",
    "away from my desk",
    "i am out of the office",
    "i'm out of the office",
    "on leave",
    "on annual leave",
    "annual leave",
    "on maternity leave",
    "vacation reply",
    "vacation notice",
    "vacation response",
    "holiday reply",
    "ateb awtomatig",
    "ymateb awtomatig",
    "allan o'r swyddfa",
    "freagra uathoibríoch",
    # Germanic
    "automatische antwort",
    "abwesenheitsnotiz",
    "abwesenheit",
    "abwesend",
    "automatisch antwoord",
    "afwezig",
    "autosvar",
    "automatiskt svar",
    "automatisk svar",
    "frånvaro",
    "fravær",
    "ikke til stede",
    # Romance
    "réponse automatique",
    "reponse automatique",
    "absence du bureau",
    "absent du bureau",
    "respuesta automática",
    "respuesta automatica",
    "fuera de la oficina",
    "fuera de oficina",
    "risposta automatica",
    "fuori sede",
    "fuori ufficio",
    "assenza dall'ufficio",
    "resposta automática",
    "resposta automàtica",
    "resposta automatica",
    "ausência",
    "răspuns automat",
    "raspuns automat",
    # Slavonic, Baltic, others
    "odpowiedź automatyczna",
    "automatyczna odpowiedź",
    "autoodpowiedź",
    "autoresponder",
    "nieobecność",
    "poza biurem",
    "automatická odpověď",
    "automatická odpoveď",
    "mimo kancelář",
    "automatski odgovor",
    "samodejni odgovor",
    "автоматический ответ",
    "автоответ",
    "автоматична відповідь",
    "автоматичен отговор",
    "automatinis atsakymas",
    "automātiska atbilde",
    "automaatvastus",
    "automaattinen vastaus",
    "poissa",
    "automatikus válasz",
    "αυτόματη απάντηση",
    "εκτός γραφείου",
    "otomatik yanıt",
    "otomatik cevap",
    "رد تلقائي",
    "מענה אוטומטי",
    "تلقائي",
    "自動回覆",
    "自动答复",
    "自动回复",
    "自動応答",
    "自動返信",
    "자동 회신",
    "trả lời tự động",
    "स्वचालित उत्तर",
)
_BOUNCE_SUBJECTS = (
    "undeliverable",
    "undelivered",
    "delivery status notification",
    "delivery failure",
    "delivery failed",
    "delivery has failed",
    "delivery notification",
    "delivery report",
    "delivery delayed",
    "delivery error",
    "delayed mail",
    "delayed:",
    "mail delivery failed",
    "mail delivery failure",
    "mail delivery system",
    "mail delivery error",
    "mail system error",
    "mail could not be delivered",
    "mail not delivered",
    "message not delivered",
    "message undeliverable",
    "message delivery failure",
    "message could not be delivered",
    "message delayed",
    "message blocked",
    "message rejected",
    "email delivery failure",
    "email could not be delivered",
    "[postmaster]",
    "postmaster notify",
    "postmaster copy",
    "returned mail",
    "returned to sender",
    "returned email",
    "return to sender",
    "failure notice",
    "failed mail",
    "failed delivery",
    "non delivery",
    "non-delivery",
    "nondeliverable",
    "nondelivery",
    "ndn:",
    "ndr:",
    "notification of delivery",
    "user unknown",
    "unknown user",
    "warning: could not send message",
    "warning: message",
    "recipient unknown",
    "relayed:",
    "bounce",
    "unzustellbar",
    "nicht zugestellt",
    "zustellung fehlgeschlagen",
    "non remis",
    "échec de la remise",
    "échec de remise",
    "no se puede entregar",
    "no entregado",
    "error de entrega",
    "impossibile recapitare",
    "mancata consegna",
    "não é possível entregar",
    "não entregue",
    "onbestelbaar",
    "niet bezorgd",
    "nie można dostarczyć",
    "niedostarczalne",
    "niedostarczona",
    "olevererbart",
    "kan inte levereras",
    "kan ikke leveres",
    "nedoručitelné",
    "kézbesíthetetlen",
    "imposibil de livrat",
    "недоставлено",
    "не доставлено",
    "teslim edilemedi",
    "无法传递",
    "未送達",
    "配信不能",
)
_RECEIPT_SUBJECTS = (
    "read:",
    "not read:",
    "read receipt",
    "return receipt",
    "delivered:",
    "message read",
    "lu :",
    "lu:",
    "gelesen:",
    "gelezen:",
    "leído:",
    "letto:",
    "lida:",
    "przeczytano:",
    "confirmación de lectura",
    "lesebestätigung",
    "confirmation de lecture",
    "conferma di lettura",
)
_CALENDAR_SUBJECTS = (
    "accepted:",
    "declined:",
    "tentative:",
    "tentatively accepted:",
    "canceled:",
    "cancelled:",
    "canceled event",
    "cancelled event",
    "new time proposed:",
    "accepté :",
    "zugesagt:",
    "abgelehnt:",
    "geaccepteerd:",
)
_RECALL_SUBJECTS = ("recall:", "message recall", "rappel :", "rückruf:")


def _starts(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(re.escape(w.casefold()) for w in words) + ")")


ABSENCE_SUBJECT = _starts(_ABSENCE_SUBJECTS)
BOUNCE_SUBJECT = _starts(_BOUNCE_SUBJECTS)
RECEIPT_SUBJECT = _starts(_RECEIPT_SUBJECTS)
CALENDAR_SUBJECT = _starts(_CALENDAR_SUBJECTS)
RECALL_SUBJECT = _starts(_RECALL_SUBJECTS)

ABSENCE_BODY = re.compile(
    r"\b(?:i(?:'m| am| will be|'ll be) (?:currently |now |presently |away |)?(?:out of (?:the )?office"
    r"|on (?:annual |maternity |paternity |parental |adoption |sick |study |special |compassionate |)leave"
    r"|away|on holiday|on vacation|not in the office|not at work|off work)|(?:am|be|is|are) (?:currently |now "
    r"|away |)?(?:out of (?:the )?office|on annual leave|on maternity leave)|out of (?:the )?office (?:until"
    r"|from|till|between|and|with|on|this|today|for)|on (?:annual |maternity |sick |study |)leave (?:until"
    r"|from|till|and|between|this|today)|(?:away|on holiday|on leave) (?:from my desk )?(?:until|from|till)"
    r"|(?:limited|no|intermittent|restricted) access to (?:my )?e-?mails?|(?:i )?(?:shall"
    r"|will) (?:be returning|return|be back|reply|respond|deal with)[^.]{0,40}(?:on my return|when i (?:return"
    r"|get back|am back)|on (?:mon|tues|wednes|thurs|fri)day|to (?:the office|work))|i (?:no longer|do not"
    r"|don't) work (?:for|at|here|in (?:this|the|that) (?:team|department|office|role|service|section)|on (?:mon|tues|wednes|thurs|fri)days?)"
    r"|i work part[- ]time|(?:get|come) back to you when i(?:'m| am) next in|my (?:normal |usual )?working (?:days"
    r"|hours) are|has (?:now )?left the (?:council|authority|company|organisation|trust|team)"
    r"|allan o'r swyddfa|nicht im (?:büro|haus)|bin ich (?:ab|nicht|wieder)|abwesend|afwezig|(?:niet"
    r"|weer) (?:aanwezig|op kantoor|bereikbaar)|absente? (?:du|de mon|jusqu)|de retour le|fuera de la oficina"
    r"|estaré (?:ausente|fuera)|sono (?:assente|fuori)|fuori (?:sede|ufficio)|estou ausente|estarei ausente"
    r"|nie ma mnie|jestem (?:nieobecn|poza|na urlopie)|nieobecn|na urlopie|inte på (?:kontoret|plats)"
    r"|tillbaka den|ikke på kontoret|tilbage (?:den|igen)|tilbake (?:den|igjen)|nu sunt (?:la|în)|concediu"
    r"|poissa toimistosta|lomalla|nejsem přítom|szabadságon|atostog|(?:på|pa) (?:semester|ferie|ledighet)"
    r"|en (?:congés?|vacances)|de vacaciones|de férias|em férias|in ferie|im urlaub|in urlaub|in elternzeit"
    r"|op vakantie|met (?:verlof|vakantie)|na dovolené|na dovolenke|ar wyliau|ar gwyliau|ar absenoldeb|i(?:'m"
    r"| am) (?:travelling|traveling)|(?:now |currently )?on leave|в отпуске|отсутству|у відпустці|ofiste değil"
    r"|izinde|ofis dışında)"
)
ROBOT_BODY = Sifted(
    r"this is an (?:automated|automatic|auto[- ]generated|automatically generated|auto) (?:e-?mail|message"
    r"|response|reply|acknowledg|notification|confirmation|alert|reminder)"
    r"|this (?:e-?mail|message|mailbox|notification|inbox) (?:was|is|has been) (?:automatically"
    r"|auto[- ]?)[- ]?(?:sent|generated|produced|created)"
    r"|(?:e-?mail|message|mailbox|inbox|address|account) is (?:not|un)[- ]?monitored|unmonitored (?:mailbox|inbox"
    r"|address|account)"
    r"|(?:mailbox|inbox|account|address) is no longer (?:in use|monitored|active|used)"
    r"|(?:please )?do not (?:reply|respond) (?:directly )?to this (?:automated |automatic |)?(?:e-?mail|message"
    r"|address|notification)"
    r"|replies to this (?:e-?mail|message|address) (?:are|will) not"
    r"|(?:(?:type|write|enter) (?:your )?(?:reply|response)|reply) above this line|reacted to your (?:message|e-?mail)"
    r"|(?:awaits?|awaiting|held (?:for|until)|is being held)\b.{0,40}\b(?:moderat\w+|approval)|messages? (?:are "
    r"|is )?(?:held )?in (?:your )?quarantine"
    r"|complete (?:the|this) verification|(?:prove|confirm|verify) (?:that )?you(?:'re| are) (?:a |not a )?(?:human"
    r"|person|robot|real)|junk mail\. please click"
    r"|sent you a document to (?:review|sign)|(?:this|your) document has been (?:completed|signed)"
    r"|thank you for (?:your (?:order|purchase|booking|payment)|shopping)"
    r"|your (?:order|payment|booking|subscription) (?:has been|is|was) (?:received|confirmed|dispatched|on its way)"
    r"|(?:generated|sent) automatically (?:by|from|to)|you are receiving this (?:e-?mail|message|notification) because"
    r"|ceci est un message automatique|dies ist eine automatisch|este es un mensaje automático|messaggio automatico",
    ignore_case=False,
)
BOUNCE_BODY = re.compile(
    r"(?:could(?: not|n't) be delivered|cannot be delivered|was(?: not|n't) delivered|wasn't able to be delivered"
    r"|has been delayed|not yet been delivered"
    r"|delivery (?:to the following|has failed|failed|status|attempt|of this message)|undeliverable|undelivered"
    r"|(?:following|these|this) (?:address|recipient)(?:es|s|\(es\))? (?:failed|had|has|could|was|were|not)"
    r"|permanent (?:fatal )?(?:error|failure)|recipient(?:'s)? (?:address )?(?:rejected|mailbox|unknown|not found"
    r"|refused)"
    r"|(?:address|user|mailbox|account) (?:not found|unknown|does not exist|doesn't exist|unavailable|is full"
    r"|is disabled|you tried to reach)|no such user|unknown user|user unknown"
    r"|over quota|quota exceeded|mailbox full|\b[45]\d\d[ -][45]\.\d{1,3}\.\d{1,3}\b|\b55[0-4] |qmail-send program"
    r"|mail delivery (?:sub)?system|message was blocked"
    r"|returned (?:mail|to (?:you|sender))|konnte nicht zugestellt|n'a pas pu être (?:remis|distribu)"
    r"|no se pudo entregar|non è stato possibile)"
)
RECALL_BODY = re.compile(r"would like to recall the message")

# What systems write to their customers. People say one of these things now and then, so that it passes nothing over; it is not answered unseen.
HOUSE_BODY = Sifted(
    r"\b(?:log ?in|sign in|click (?:here|below|on (?:the|this)|the (?:link|button))|join link|add to (?:your )?calendar|unsubscribe"
    r"|view (?:it |this (?:e-?mail |message )?|the \w+ )?(?:online|in (?:your|a) browser)|manage (?:your )?preferences|update your preferences)\b"
    r"|\byour (?:\w+ ){0,2}(?:statement|invoice|bill|registration|subscription|password|parcel|delivery|booking|payment|appointment|order)"
    r" (?:is|has|was|will|are) (?:now )?(?:ready|available|due|been|confirmed|overdue|on its)\b"
    r"|\byou(?:'re| are| have been)(?: now| successfully)? (?:registered|subscribed|signed up|enrolled|invited)\b"
    r"|\backnowledge receipt of your\b|\bhas been (?:logged|registered|allocated|assigned) (?:as|to you|under|the (?:reference|number))\b"
    r"|\bsent you (?:\w+ ){0,2}(?:files?|documents?|items?)\b|\b(?:download link|click to open)\b|\bmessage expires\b|\bexpires (?:on|in) \d"
    r"|\b(?:secure|encrypted) (?:e-?mail|message) (?:has been|was|from|sent)\b"
    r"|\byou are (?:watching|following|receiving)\b|\btrack your\b|\bnotification type:"
    r"|\bif you (?:did not|didn't|have not) (?:make|made|request|requested|authorise|authorised|sign|expect|ask|register)\b"
    r"|\b(?:successfully|has been|was) delivered to\b|\b(?:aggregate|feedback) report (?:for|from)\b"
    r"|\bmy (?:new )?e-?mail address (?:has changed|is changing|is now)\b|\bupdate your (?:records|address book|contacts)\b",
    ignore_case=False,
)
# A system that says by itself that it has what it was sent: in its subject, and once more in its text, which has no "I" and asks for nothing.
LOGGED_SUBJECT = re.compile(
    r"(?:\W{0,2}[a-z]{0,8}[-# ]?\d[\w-]{2,20}\W{1,3})?(?:(?:thank you for|thanks for) (?:contacting|your)|we(?:'ve| have) received your"
    r"|acknowledge?ment of (?:your|receipt)|(?:your |new )?(?:service )?(?:request|response|item|order|parcel|message|submission|ticket|call|form"
    r"|enquiry|query|case|incident|application)\b.{0,40}?\b(?:received|recorded|on its way|created|logged|registered|submitted|updated|resolved|closed))\b"
)
LOGGED_BODY = re.compile(
    r"\byour (?:\w+ )?(?:request|response|item|order|parcel|message|submission|ticket|call|form|enquiry|query|case|incident|application|e-?mail)\b"
    r".{0,60}?\b(?:has been|was|is being|will be|is)\b|\ba (?:ticket|case) has been\b"
)
FIRST_PERSON = re.compile(
    r"\b(?:i|i'm|i'd|i've|im|ive|my|me)\b|\bplease (?:send|provide|supply|tell|confirm|can|could|let)\b"
)
UNSUBSCRIBE = re.compile(r"\bunsubscribe\b")
SUBSCRIBED = re.compile(
    r"\byou(?:'re| are) receiving this\b|\bbecause you (?:are |have )?(?:subscribed|signed up|registered)\b|\bmanage (?:your )?(?:e-?mail )?preferences\b"
)
# An office's own acknowledgement: it thanks for what it was sent, or numbers it, and promises an answer.
HOUSE_THANKS = Sifted(
    r"\bthank(?:s| you) for (?:your |submitting|contacting|getting in touch|registering|writing)|\bwe (?:have"
    r"|can confirm (?:that )?we have) received your\b",
    ignore_case=False,
)
HOUSE_PROMISE = re.compile(
    r"\b(?:we|who|and|team|officer|somebody|someone) (?:aim|endeavour|will|shall|try|hope|expect|intend)s? (?:to "
    r"|then )?(?:respond|reply|get back|be in touch|contact|process|deal|answer|consider|provide|send you)\b"
    r"|\byou (?:will|should|can expect to) (?:receive|hear|get|have)\b|\bwill be (?:dealt|answered|responded|processed|passed|in touch)\b"
)
# How a person sounds: greets, thanks, says please, or speaks as "I" or "we".
PERSONAL = re.compile(
    r"\b(?:i|i'm|i'd|i've|im|ive|we|we'd|we're|my|our|me|us|dear|hi|hiya|hey|hello|good (?:morning|afternoon|evening)|please|pls|plz|thanks?|thx|ta"
    r"|cheers|regards|sincerely|faithfully|wishes|grateful|kindly|annwyl|helo|diolch|cofion|hoffwn|cywir)\b"
)
# A name as people set it below what they wrote: a few words without a stop on a line of their own.
SIGNED = re.compile(r"\n[^\W\d_]{1,20}\.?(?: [^\W\d_]{1,20}\.?){0,3}\Z")
