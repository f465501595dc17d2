"""Labelled mail: people who want something other than information, colleagues, the Commissioner, and programs of many kinds."""
# ruff: noqa: E501 -- one mail stands on one line

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_triage_labels import OWN, Mail, case, message

from pipeline.domain.triage import Intent, Verdict

if TYPE_CHECKING:
    from pipeline.domain.message import Message
    from pipeline.domain.request import KnownCase

_SPAM_WORDS = "Dear Beneficiary, the late client left 4.5 million US dollars and you are the next of kin. Click here to confirm your details."
_EXCHANGE = "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org"


def _other(name: str, intent: Intent, mail: Message) -> Mail:
    return Mail(name=name, message=mail, verdict=Verdict.OTHER, intent=intent)


def _no_request(name: str, subject: str, text: str, sender: str = "r.okafor@example.net") -> Mail:
    return _other(name, Intent.NOT_A_REQUEST, message(subject, text, sender=sender))


def _auto(name: str, mail: Message, known: KnownCase | None = None) -> Mail:
    return Mail(name=name, message=mail, verdict=Verdict.AUTOMATIC, intent=Intent.AUTOMATIC, case=known)


def _bounce(name: str, mail: Message) -> Mail:
    return Mail(name=name, message=mail, verdict=Verdict.BOUNCE, intent=Intent.BOUNCE)


def _staff(name: str, subject: str, text: str) -> Mail:
    mail = message(subject, text, sender="s.hall@exampleshire.gov.uk")
    return Mail(name=name, message=mail, verdict=Verdict.INTERNAL, intent=Intent.INTERNAL)


PEOPLE = (
    _no_request("bin", "Missed bin", "My green bin was not emptied on Tuesday. Please can someone come and collect it. 14 Elm Road."),
    _no_request("pothole", "Pothole", "I want to report a large pothole outside 7 Station Road, it has already damaged a tyre."),
    _no_request("street light", "Light out", "The street light outside number 30 is not working, it's been out for a week."),
    _no_request("fly tip", "Rubbish", "There's a mattress and an old fridge dumped in the alley behind Oak Street. Can you get it removed please?"),
    _no_request("direct debit", "Council tax", "Hi, I need to change my direct debit for council tax, I have changed bank. Account 60012345."),
    _no_request("moved", "Change of address", "We have moved house. Please update my address for council tax to 3 High Street."),
    _no_request("blue badge", "Blue badge", "How do I apply for a blue badge for my mum?"),
    _no_request("opening hours", "library", "What time does the central library open on Saturdays?"),
    _no_request("new bags", "query", "Could you send me a new recycling bag please, 4 Ash Street\n\nThanks"),
    _no_request("polling", "query", "Please can you tell me where to vote on Thursday?\n\nThanks"),
    _no_request("lamp", "Help", "When will you mend the lamp outside my house?\n\nThanks"),
    _no_request("shed", "query", "Please could you advise what planning permission I need for a shed?"),
    _no_request("phone", "query", "What is your phone number please"),
    _no_request("councillor", "query", "Could you tell me who my councillor is?"),
    _no_request("job", "Application for Information Officer post", "Dear Hiring Manager\n\nPlease find attached my CV for the post of Information Officer. I have handled FOI and SAR requests for three years. Could you let me know when interviews are?\n\nElla Marsh"),
    _no_request("own bill", "Bill", "Please could you send me a copy of my council tax bill, I have lost it."),
    _no_request("objection", "Planning application 24/00817/FUL", "I wish to object to this application. It will overlook our garden and there will be a loss of light to our kitchen."),
    _no_request("support", "Comment on planning application 23/1123", "I support the proposed development, the town needs homes."),
    _no_request("pcn", "Parking ticket", "I got a parking fine on Friday but the machine was broken. I want to appeal my penalty charge notice EX1234567."),
    _no_request("boiler", "Repair", "Our boiler has stopped working and we have a baby. Please can you arrange for somebody to come and fix it urgently."),
    _no_request("bulky", "Bulky waste", "I'd like to book a bulky waste collection for a sofa."),
    _no_request("tree service", "Tree", "The tree outside my house needs to be cut back, the branches are hitting the window."),
    _no_request("sales software", "Redaction software for your FOI team", "Hi there,\n\nI hope this email finds you well. We help councils to answer FOI requests faster. Our platform saves 60% of the time. Would you be open to a quick 15 minute call next week?\n\nBest\nJake"),
    _no_request("sales seo", "Rank higher", "We are a leading SEO agency and can increase your traffic. Our services start at £99. Reply for a free quote."),
    _no_request("sales chaser", "Re: Quick question", "Just following up on my last email about our software. Are you free for a quick call on Thursday?"),
    _no_request("sales training", "FOI masterclass", "Join our masterclass on the Freedom of Information Act 2000. Early bird price £199. Register now. Unsubscribe here."),
    _no_request("newsletter no headers", "Local Government Weekly", "In this issue: devolution latest. Read more. View this email in your browser. Unsubscribe or manage your preferences.", "news@example.com"),
    _no_request("recruiter", "Candidates available", "We are a specialist recruitment agency with candidates available immediately. Competitive rates. Call me for a chat."),
    _no_request("fraud", "Business proposal", _SPAM_WORDS),
    _no_request("phishing", "Mailbox full", "Your mailbox has exceeded its quota. Click here to verify your account or it will be suspended."),
    _no_request("invoice", "Invoice 4471", "Please find attached our invoice no 4471 for March. Payment terms 30 days."),
    _no_request("job", "Application", "I am applying for the position of planning officer and attach my CV. I look forward to hearing from you."),
    _other("invite", Intent.NOT_A_REQUEST, message("Catch up", "Teams meeting", types=("multipart/alternative", "text/plain", "text/calendar"))),
    _other("thanks", Intent.THANKS, message("Thank you", "Thank you for your help last week, everyone was so kind.")),
    _other("thanks reply", Intent.THANKS, message("Re: FOI request", "Brilliant, many thanks for your quick reply!")),
    _other("complaint staff", Intent.COMPLAINT, message("Formal complaint", "I want to make a formal complaint about the rude officer who called at my house on Monday.")),
    _other("complaint service", Intent.COMPLAINT, message("Disgusted", "I am writing to complain about the state of the park. It is absolutely disgusting and totally unacceptable.")),
    _other("complaint stage two", Intent.COMPLAINT, message("Stage 2 complaint", "I am unhappy with how housing dealt with me and wish to take my stage 1 complaint further.")),
    _other("ico", Intent.ICO, message("IC-287654-X1Y2 Exampleshire Council", "Dear Exampleshire Council\n\nWe have received a complaint under section 50 of the FOIA. Please send us your submissions within 10 working days.", sender="icocasework@ico.org.uk")),
    _other("ico subdomain", Intent.ICO, message("Information notice", "Please see attached.", sender="casework@mail.ico.org.uk", headers=(("X-Auto-Response-Suppress", "All"),))),
    _staff("figures", "RE: FOI598335296 figures", "Hi, figures attached as requested. Ta, Steve"),
    _staff("forward", "FW: information request", "Hi all, this came to me. Can you log it please?\n\nFrom: A Resident\nSubject: information request\n\nPlease tell me how many allotments there are."),
    _staff("question", "Redaction", "Can you tell me whether we may withhold the names in this one?"),
)  # fmt: skip

MACHINES = (
    _auto("helpdesk headers", message("Request received: FOI portal login", "Your request (99121) has been received and is being reviewed by our support staff.\n\nTo add comments, reply to this email.", sender="support@vendor.example", headers=(("X-Mailer", "Zendesk Mailer"), ("X-Zendesk-From-Account-Id", "1a2b")))),
    _auto("helpdesk words", message("[#INC-99121] We have received your enquiry", "Thank you for contacting Vendor Support. A ticket has been created and an agent will respond within 2 working days.\n\nWhat happens next? You will receive an update by email.", sender="support@vendor.example")),
    _auto("helpdesk logged", message("Ticket #99121 logged: user access", "Hello,\n\nYour call has been logged with reference 99121. Our team aims to respond within 4 hours. Would you like to rate our service?", sender="desk@hosted.example")),
    _auto("complaints team", message("Acknowledgement of your email", "Your email has been received by the Complaints Team and will be answered in turn. Please do not send it again as this may delay our reply.", sender="complaints@trust.example")),
    _auto("form recorded", message("Your response was recorded", 'Thank you. Your response to "Supplier information" has been recorded. Would you like to create your own form?', sender="forms@email.forms.example")),
    _auto("item", message("Your item is on its way", "Your item AB999 will be delivered today. Want to change your delivery?", sender="track@post.example")),
    _auto("newsletter without headers", message("This week: pay and procurement", "Good morning, here is your weekly round-up. Councils spent £12bn on agency staff, new figures show. What do you think? Vote in our poll. You are receiving this email because you subscribed. Manage preferences | Unsubscribe", sender="week@gazette.example")),
    _auto("left the team", message("Re: FOI999: consultation", "I no longer work in this team. Please contact Jo Hill for anything about contracts.", sender="n.hill@partner.example")),
    _auto("part time", message("Re: your email", "I work part time: Monday to Wednesday. I will get back to you when I am next in.", sender="n.hill@partner.example")),
    _auto("oof outlook", message("Automatic reply: Your request FOI598335296", "I am out of the office until Monday 8 April. For urgent matters please contact the duty team.", headers=(("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"))), case()),
    _auto("oof no headers", message("Out of Office: Acknowledgement", "I am on annual leave until 2 May and will reply on my return.")),
    _auto("oof gmail", message("Away Re: Your request", "Thanks for your mail. I'm away.", headers=(("Auto-Submitted", "auto-replied"), ("Precedence", "bulk"), ("X-Autoreply", "yes")))),
    _auto("oof german", message("Automatische Antwort: Your request", "Ich bin ab 3. Mai wieder im Büro erreichbar.", headers=(("Auto-Submitted", "auto-replied (vacation)"),))),
    _auto("oof german bare", message("Abwesenheitsnotiz", "Vielen Dank. Bis 4. Juni bin ich nicht im Büro.")),
    _auto("oof french", message("Réponse automatique : Your request", "Je suis absente du bureau jusqu'au 12.")),
    _auto("oof welsh", message("Ateb awtomatig: cais", "Rwyf allan o'r swyddfa tan ddydd Llun.", headers=(("X-Auto-Response-Suppress", "All"),))),
    _auto("oof polish known", message("Odpowiedź automatyczna: FOI598335296", "Dzień dobry, wracam w poniedziałek."), case()),
    _auto("oof spanish", message("Respuesta automática: Request", "Estaré fuera de la oficina hasta el lunes.")),
    _auto("oof dutch", message("Automatisch antwoord: FOI", "Ik ben niet aanwezig.", headers=(("Auto-Submitted", "auto-generated"),))),
    _auto("oof in body", message("Re: Your information request", "I am currently on maternity leave until October. Please contact the newsdesk.")),
    _auto("left", message("Automatic reply", "Jane has now left the company. This mailbox is not monitored.")),
    _auto("oof internal", message("Automatic reply: figures please", "I'm on leave until Friday.", sender="s.hall@exampleshire.gov.uk", headers=(("Auto-Submitted", "auto-generated"),))),
    _auto("ticket system", message("[#48812] We have received your enquiry", "Thank you for contacting us. This is an automated message, please do not reply to this email.", sender="support@example.com", headers=(("Auto-Submitted", "auto-generated"),))),
    _auto("ticket no header", message("Your enquiry", "Your message has been received. This is an automatically generated email. Please do not reply to this message.", sender="helpdesk@example.com")),
    _auto("noreply", message("Your weekly digest", "See what is new in your account.", sender="no-reply@example.com")),
    _auto("noreply name", message("Case update", "The status of case 12 has changed.", sender="foiresponses_NO-REPLY@example.gov.uk")),
    _auto("list", message("[jiscfoi] Section 12 and aggregated requests", "Has anybody had requests from the same person? How did you count hours?", headers=(("List-Id", "<foi.lists.example.ac.uk>"), ("Precedence", "list")))),
    _auto("newsletter", message("FOI news March", "Latest decisions from the tribunal. Unsubscribe.", headers=(("List-Unsubscribe", "<https://example.com/u>"), ("Precedence", "bulk")))),
    _auto("wdtk alert", message("You have a new response to your request", "You have a new response to the Freedom of Information request 'Potholes'.", sender="do-not-reply-to-this-address@whatdotheyknow.com", headers=(("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "OOF")))),
    _auto("read receipt", message("Read: Your request FOI598335296", "Your message was read on 3 May.", types=("multipart/report", "text/plain", "message/disposition-notification"), params=(("report-type", "disposition-notification"),))),
    _auto("read receipt plain", message("Read: response", "Your message\n\nTo: R Okafor\nSubject: response\nSent: 3 May\n\nwas read on 4 May.")),
    _auto("accepted", message("Accepted: Catch up", "", types=("multipart/alternative", "text/plain", "text/calendar"))),
    _auto("recall", message("Recall: figures", 'S Hall would like to recall the message, "figures".')),
    _auto("own", message("Your request FOI598335296", "Thank you for your request.", sender=OWN)),
    _auto("own loop", message("Re: Your request", "Thank you for your request.", headers=(("X-Infogov-Loop", "1"),))),
    _auto("notes oof", message("Mr Lund is out of the office", "I will be out of the office starting 03/05.", headers=(("X-POST-MessageClass", "9; Autoresponder"),))),
    _auto("null path oof", message("Out of office", "Back Tuesday.", headers=(("Return-Path", "<>"),))),
    _auto("feedback report", message("Abuse report", "This is an email abuse report.", types=("multipart/report", "text/plain", "message/feedback-report"), params=(("report-type", "feedback-report"),))),
    _auto("cron", message("Cron <root@web1> /usr/bin/backup", "backup done", sender="root@web1.example.com")),
    _auto("majordomo", message("Majordomo results", ">>>> help", sender="majordomo@example.ac.uk")),
    _bounce("postfix", message("Undelivered Mail Returned to Sender", "This is the mail system at host mx.example.org.\n\n<a@example.org>: host said: 550 5.1.1 User unknown", sender="MAILER-DAEMON@mx.example.org", headers=(("Return-Path", "<>"), ("Auto-Submitted", "auto-replied")), types=("multipart/report", "text/plain", "message/delivery-status", "message/rfc822"), params=(("report-type", "delivery-status"),))),
    _bounce("exchange", message("Undeliverable: Your request FOI598335296", "Your message to a@example.org couldn't be delivered.", sender=_EXCHANGE, types=("multipart/report", "text/html", "message/delivery-status"), params=(("report-type", "delivery-status"),))),
    _bounce("exchange stripped", message("Undeliverable: Your request", "Delivery has failed to these recipients or groups: a@example.org", sender="postmaster@example.org")),
    _bounce("exim", message("Mail delivery failed: returning message to sender", "A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.", sender="Mailer-Daemon@mail.example.org", headers=(("X-Failed-Recipients", "a@example.org"), ("Auto-Submitted", "auto-replied")))),
    _bounce("exim warning", message("Warning: message 1qXyZ-0001 delayed 24 hours", "This message was created automatically. A message has not yet been delivered.", sender="mailer-daemon@mail.example.org")),
    _bounce("gmail", message("Delivery Status Notification (Failure)", "** Address not found **\nYour message wasn't delivered to a@example.org because the address couldn't be found.", sender="mailer-daemon@googlemail.com", headers=(("X-Failed-Recipients", "a@example.org"),))),
    _bounce("qmail", message("failure notice", "Hi. This is the qmail-send program at mail.example.org.\nI'm afraid I wasn't able to deliver your message.", sender="MAILER-DAEMON@mail.example.org")),
    _bounce("sendmail", message("Returned mail: see transcript for details", "The original message was received. ----- The following addresses had permanent fatal errors -----", sender="MAILER-DAEMON@relay.example.org", headers=(("Return-Path", "<MAILER-DAEMON>"),))),
    _bounce("domino", message("DELIVERY FAILURE: User a not listed in Domino Directory", "Your message could not be delivered because: User a not listed", sender="admin@notes.example.org")),
    _bounce("mimecast", message("[Postmaster] Email Delivery Failure", "Your email could not be delivered: 550 5.4.1 Recipient address rejected", sender="mail-gateway@example.org")),
    _bounce("bounce address", message("Mail undelivered", "sorry", sender="bounces+12-ab@em.example.com")),
    _bounce("german bounce", message("Unzustellbar: Your request", "Ihre Nachricht konnte nicht zugestellt werden.", sender="info@example.de")),
    _bounce("internal bounce", message("Undeliverable: hello", "The recipient's mailbox is full: 552 5.2.2", sender="postmaster@exampleshire.gov.uk")),
    Mail(name="second copy", message=message("FOI", "How many?", headers=()), verdict=Verdict.OTHER, intent=Intent.DUPLICATE, tags=frozenset({"duplicate"})),
)  # fmt: skip
