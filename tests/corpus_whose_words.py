"""Labelled raw mails about whose words a mail brings: colleagues' forwards, councillors, internal mail and the council's own web forms."""
# ruff: noqa: E501 -- mail is written as it comes, one header or line of text a line

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.settings import Settings

OWN = "foi@exampleshire.gov.uk"
FORM = "forms@exampleshire.gov.uk"
ENQUIRIES = "enquiries@exampleshire.gov.uk"  # a second form, answered to its Reply-To
HOST = "mx.exampleshire.gov.uk"

TREES = "Dear Sir or Madam,\n\nUnder the Freedom of Information Act please tell me:\n\n1. How many street trees were felled in 2024?\n2. What did felling them cost?\n\nYours faithfully,\nOrla Finch"
SALARY = "Hello,\n\nPlease send me a copy of the current staff parking policy under FOI.\n\nOrla Finch"
COLLEAGUE = "Sam Hill <sam.hill@exampleshire.gov.uk>"


def settings() -> Settings:
    """The council of the labelled set: two forms, one mail server, one gateway."""
    return Settings.model_validate(
        {
            "path": Path("infogov.toml"),
            "authority": {
                "name": "Exampleshire Council",
                "team": "Information Team",
                "internal_domains": ["exampleshire.gov.uk"],
                "trusted_hosts": [HOST],
            },
            "mailbox": {"foi": {"name": "foi", "host": "imap.example.org", "user": OWN, "authserv_id": HOST}},
            "smtp": {"host": "localhost", "from_address": OWN},
            "web_forms": {
                "foi": {
                    "sender": FORM,
                    "name_label": "Full name",
                    "email_label": "Email address",
                    "question_label": "What information would you like?",
                },
                "enquiries": {"sender": ENQUIRIES, "use_reply_to": True},
            },
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """One labelled mail: its bytes, what a good officer makes of it, and whose request it is."""

    name: str
    raw: bytes
    verdict: str
    intent: str
    email: str = ""
    person: str = ""
    questions: int = 0
    acknowledge: str | None = None
    regime: str | None = None
    proposal: bool = False


def mail(
    subject: str,
    text: str,
    *,
    sender: str = COLLEAGUE,
    headers: str = "",
    content_type: str = "text/plain; charset=utf-8",
) -> bytes:
    """A mail to our mailbox as its server hands it over; *headers* are further lines, each with its line end."""
    return (
        f"Received: from out.example.org (out.example.org [192.0.2.7]) by {HOST} with ESMTPS; Fri, 10 Jan 2025 11:00:05 +0000\r\n"
        f"From: {sender}\r\nTo: {OWN}\r\nSubject: {subject}\r\nDate: Fri, 10 Jan 2025 11:00:00 +0000\r\nMessage-ID: <m@exampleshire.gov.uk>\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: 8bit\r\n{headers}\r\n"
        + text.replace("\n", "\r\n")
        + "\r\n"
    ).encode()


def attached(
    inner: bytes,
    note: str = "Please log the attached.",
    *,
    name: str = "",
    kind: str = "message/rfc822",
    sender: str = COLLEAGUE,
) -> bytes:
    """A colleague's mail with *inner* attached whole."""
    disposition = f'Content-Disposition: attachment; filename="{name}"\r\n' if name else ""
    body = (
        f"--cut\nContent-Type: text/plain; charset=utf-8\n\n{note}\n--cut\nContent-Type: {kind}\n".replace("\n", "\r\n")
        + disposition
        + "\r\n"
    )
    whole = mail("FW: request", "", sender=sender, content_type='multipart/mixed; boundary="cut"').rstrip(b"\r\n")
    return whole + b"\r\n\r\n" + body.encode() + inner + b"\r\n--cut--\r\n"


def stranger(
    subject: str = "Freedom of Information request",
    text: str = TREES,
    *,
    to: str = "parks@exampleshire.gov.uk",
    sender: str = "Orla Finch <orla@example.org>",
    received: str = "Mon, 6 Jan 2025 09:58:10 +0000",
) -> bytes:
    """The stranger's mail as a colleague's mailbox holds it, stamped by our own server."""
    return (
        f"Received: from mail.example.org (mail.example.org [192.0.2.9]) by {HOST} with ESMTPS; {received}\r\n"
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: Mon, 6 Jan 2025 09:58:00 +0000\r\nMessage-ID: <first@example.org>\r\n\r\n"
        + text.replace("\n", "\r\n")
        + "\r\n"
    ).encode()


def _forward(name: str, text: str, **labels: object) -> Raw:
    """A forward of Orla Finch's request for trees, unless *labels* say otherwise."""
    values: dict[str, object] = {
        "email": "orla@example.org",
        "person": "Orla Finch",
        "questions": 2,
        "regime": "eir",
        "proposal": True,
    } | labels
    return Raw(
        name=name,
        raw=mail(str(values.pop("subject", "FW: Freedom of Information request")), text),
        verdict="internal",
        intent="internal",
        **values,
    )  # type: ignore[arg-type]  # labels by name


OUTLOOK = "From: Orla Finch <orla@example.org>\nSent: 06 January 2025 09:58\nTo: Parks <parks@exampleshire.gov.uk>\nSubject: Freedom of Information request\n\n"
QUOTED_TREES = "\n".join("> " + line if line else ">" for line in TREES.split("\n"))

FORWARDS = (
    _forward("Outlook", f"Hi team, this came to Parks. Please log.\n\nSam\n\n{OUTLOOK}{TREES}"),
    _forward("Outlook without a note", f"{OUTLOOK}{TREES}"),
    _forward("Outlook behind a rule and a banner", f"One for you\n\n________________________________\n{OUTLOOK}CAUTION: This email originated from outside the organisation. Do not click links or open attachments unless you recognise the sender.\n\n{TREES}"),
    _forward("Outlook with mailto in brackets", f"fyi\n\n-----Original Message-----\nFrom: Orla Finch [mailto:orla@example.org]\nSent: 06 January 2025 09:58\nTo: Parks\nSubject: Freedom of Information request\n\n{TREES}"),
    _forward("Outlook with bold labels", f"For IG\n\n*From:* Orla Finch <orla@example.org>\n*Sent:* Monday, January 6, 2025 9:58 AM\n*To:* Parks <parks@exampleshire.gov.uk>\n*Subject:* Freedom of Information request\n\n{TREES}"),
    _forward("Outlook on the web", f"________________________________\nFrom: Orla Finch <orla@example.org>\nSent: Monday, January 6, 2025 9:58:12 AM\nTo: Parks <parks@exampleshire.gov.uk>\nCc: Kim Ward <kim.ward@exampleshire.gov.uk>\nSubject: Freedom of Information request\n\n{TREES}"),
    _forward("Outlook in Welsh", f"Bore da, ar gyfer eich tîm.\n\nOddi wrth: Orla Finch <orla@example.org>\nAnfonwyd: 06 Ionawr 2025 09:58\nAt: Parciau <parks@exampleshire.gov.uk>\nPwnc: Freedom of Information request\n\n{TREES}", subject="Ymlaen: Freedom of Information request"),
    _forward("Gmail", f"See below\n\n---------- Forwarded message ---------\nFrom: *Orla Finch* <orla@example.org>\nDate: Mon, 6 Jan 2025 at 09:58\nSubject: Freedom of Information request\nTo: <parks@exampleshire.gov.uk>\n\n\n{TREES}", subject="Fwd: Freedom of Information request"),
    _forward("Apple", f"Please deal with this.\n\nBegin forwarded message:\n\n> From: Orla Finch <orla@example.org>\n> Subject: Freedom of Information request\n> Date: 6 January 2025 at 09:58:00 GMT\n> To: parks@exampleshire.gov.uk\n>\n{QUOTED_TREES}\n", subject="Fwd: Freedom of Information request"),
    _forward("Apple without quote marks", f"Begin forwarded message:\n\nFrom: Orla Finch <orla@example.org>\nSubject: Freedom of Information request\nDate: 6 January 2025 at 09:58:00 GMT\nTo: parks@exampleshire.gov.uk\n\n{TREES}\n\nSent from my iPhone"),
    _forward("Thunderbird", f"For you.\n\n-------- Forwarded Message --------\nSubject: \tFreedom of Information request\nDate: \tMon, 6 Jan 2025 09:58:00 +0000\nFrom: \tOrla Finch <orla@example.org>\nTo: \tparks@exampleshire.gov.uk\n\n\n\n{TREES}"),
    _forward("Notes", f'----- Forwarded by Sam Hill/PARKS/EXS on 10/01/2025 10:58 -----\n\nFrom:        "Orla Finch" <orla@example.org>\nTo:        <parks@exampleshire.gov.uk>\nDate:        06/01/2025 09:58\nSubject:        Freedom of Information request\n\n\n{TREES}'),
    _forward("Notes in columns", f'----- Forwarded by Sam Hill/PARKS/EXS on 10/01/2025 10:58 -----\n\n"Orla Finch" <orla@example.org>\n06/01/2025 09:58\n\nTo\n<parks@exampleshire.gov.uk>\ncc\n\nSubject\nFreedom of Information request\n\n{TREES}'),
    _forward("Yahoo", f'----- Forwarded message -----\nFrom: "Orla Finch" <orla@example.org>\nTo: "parks@exampleshire.gov.uk" <parks@exampleshire.gov.uk>\nSent: Monday, 6 January 2025 at 09:58:00 GMT\nSubject: Freedom of Information request\n\n{TREES}'),
    _forward("Samsung", f"Sent from my Galaxy\n\n-------- Original message --------\nFrom: Orla Finch <orla@example.org> \nDate: 06/01/2025 09:58 (GMT+00:00) \nTo: parks@exampleshire.gov.uk \nSubject: Freedom of Information request \n\n{TREES}"),
    _forward("A telephone's reply to all", f"Hi Orla, I have copied in our information team.\n\nOn 6 Jan 2025, at 09:58, Orla Finch <orla@example.org> wrote:\n\n{QUOTED_TREES}", subject="Re: Freedom of Information request"),
    _forward("A chain of two colleagues", f"One for IG?\n\nFrom: Ward, Kim\nSent: 09 January 2025 16:20\nTo: Hill, Sam\nSubject: FW: Freedom of Information request\n\nSam, is this yours?\n\nFrom: Ali Rees <ali.rees@parks.exampleshire.gov.uk>\nSent: 07 January 2025 08:30\nTo: Ward, Kim\nSubject: FW: Freedom of Information request\n\n{OUTLOOK}{TREES}"),
    _forward("A stranger's own history is no part of it", f"pls log\n\n{OUTLOOK}{TREES}\n\nFrom: Somebody Else <else@example.net>\nSent: 02 January 2025 10:00\nTo: Orla Finch\nSubject: How many benches are there\n\nHow many benches are there? And how many bins?"),
    _forward("A single wish", f"For your team\n\nFrom: Orla Finch <orla@example.org>\nSent: 06 January 2025 09:58\nTo: HR\nSubject: Parking\n\n{SALARY}", questions=1, regime="foi"),
    _forward("Own data", "Please see below\n\nFrom: Tom Vale <tom@example.org>\nSent: 06 January 2025 09:58\nTo: Housing\nSubject: My records\n\nThis is a subject access request. Please send me all the information you hold about me.\n\nTom Vale", email="tom@example.org", person="Tom Vale", questions=1, regime="sar"),
    _forward("A councillor of our own", f"Cllr Pugh asks this\n\nFrom: Cllr Mair Pugh <mair.pugh@exampleshire.gov.uk>\nSent: 06 January 2025 09:58\nTo: Parks\nSubject: Trees\n\n{TREES}", email="mair.pugh@exampleshire.gov.uk", person="Cllr Mair Pugh"),
    Raw(name="Attached whole", raw=attached(stranger()), verdict="internal", intent="internal", email="orla@example.org", person="Orla Finch", questions=2, regime="eir", proposal=True),
    Raw(name="Attached as a file", raw=attached(stranger(), name="request.eml", kind="application/octet-stream"), verdict="internal", intent="internal", email="orla@example.org", person="Orla Finch", questions=2, regime="eir", proposal=True),
    Raw(name="Attached forward of a forward", raw=attached(mail("FW: request", f"yours?\n\n{OUTLOOK}{TREES}", sender="Kim Ward <kim.ward@exampleshire.gov.uk>")), verdict="internal", intent="internal", email="orla@example.org", person="Orla Finch", questions=2, regime="eir", proposal=True),
)  # fmt: skip

INTERNAL = (
    Raw(name="Figures for a case", raw=mail("RE: FOI598335296", f"Figures attached for question 2.\n\nFrom: FOI Team <{OWN}>\nSent: 07 January 2025 10:00\nTo: Hill, Sam\nSubject: FOI598335296\n\nCan you help with this?\n\n{OUTLOOK}{TREES}"), verdict="internal", intent="internal", email="sam.hill@exampleshire.gov.uk", person="Sam Hill"),
    Raw(name="A colleague's question", raw=mail("training", "Hi, when is the next records training? Can I have a place?"), verdict="internal", intent="internal", email="sam.hill@exampleshire.gov.uk", person="Sam Hill"),
    Raw(name="Colleagues among themselves", raw=mail("FW: lunch", "see below\n\nFrom: Ward, Kim\nSent: 09 January 2025 16:20\nTo: Hill, Sam\nSubject: lunch\n\nIs Friday good?"), verdict="internal", intent="internal", email="sam.hill@exampleshire.gov.uk", person="Sam Hill"),
    Raw(name="A councillor asks", raw=mail("Information", "As your local councillor I would like a copy of the tree strategy, please.", sender="Mair Pugh <mair.pugh@members.exampleshire.gov.uk>"), verdict="internal", intent="internal", email="mair.pugh@members.exampleshire.gov.uk", person="Mair Pugh"),
    Raw(name="A colleague who is away", raw=mail("Automatic reply: FOI598335296", "I am out of the office until Monday.", headers="Auto-Submitted: auto-replied\r\n"), verdict="automatic", intent="automatic", email="sam.hill@exampleshire.gov.uk", person="Sam Hill"),
    Raw(name="A stranger's forward is the stranger's request", raw=mail("Fwd: trees", f"Please answer the letter below under the Freedom of Information Act, I would like the same information.\n\n{OUTLOOK}{TREES}", sender="Tom Vale <tom@example.org>"), verdict="request", intent="request", email="tom@example.org", person="Tom Vale", questions=1, regime="eir", acknowledge="acknowledgement"),
)  # fmt: skip

_DAD = "---------- Forwarded message ---------\nFrom: Orla Finch <orla@example.org>\nDate: Mon, 6 Jan 2025 at 09:58\nSubject: trees\nTo: <tom@example.org>\n\n\n"
_TOM = "Tom Vale <tom@example.org>"


def _outsider(name: str, subject: str, text: str, intent: str, **labels: object) -> Raw:
    """Tom Vale passes on Orla Finch's request: her questions are recorded, and nobody is told before an officer has said whose it is."""
    values: dict[str, object] = {
        "verdict": "request",
        "intent": intent,
        "email": "tom@example.org",
        "person": "Tom Vale",
        "questions": 2,
    } | labels
    sender = values.pop("sender", _TOM)
    return Raw(name=name, raw=mail(subject, text, sender=str(sender)), **values)  # type: ignore[arg-type]  # labels by name


OUTSIDERS = (
    _outsider("For a parent", "Fwd: trees", f"Please see my mum's message below, she can't work email.\n\nTom\n\n{_DAD}{TREES}", "unclear"),
    _outsider("With a bare note", "Fwd: trees", f"FYI\n\n{_DAD}{TREES}", "unclear"),
    _outsider("To be dealt with", "Fwd: trees", f"Please deal with the request below under FOI.\n\n{_DAD}{TREES}", "request"),
    _outsider("For a constituent", "Fwd: trees", f"Hi both, can you answer my constituent please? She asked me for this.\n\nTom Vale\nMill Ward\n\n{_DAD}{TREES}", "request"),
    _outsider("From another council", "Transfer of request under FOI code", f"Dear colleague\n\nWe have received the request below. We do not hold the information but believe you do. With the requester's consent we transfer it to you.\n\nFOI Team\n\n{OUTLOOK}{TREES}", "request", sender="FOI <foi@eastshire.gov.uk>", email="foi@eastshire.gov.uk", person="FOI"),
    _outsider("For somebody without e-mail", "Fwd: trees", f"We are forwarding this request on behalf of a member, who has no email.\n\n-----Original Message-----\nFrom: Mrs O Finch\nSent: 06 January 2025 09:58\nTo: Helpline <help@charity.example>\nSubject: trees\n\n{TREES}", "unclear"),
    _outsider("Their own, sent again", "Re: FOI request", "No acknowledgement received so resending - see below.\n\nTom\n\nOn Mon, 6 Jan 2025 at 10:10, Tom Vale <tom@example.org> wrote:\n> Dear council\n>\n> 1. How many street trees were felled?\n> 2. What did felling them cost?\n>\n> Tom Vale", "chaser"),
)  # fmt: skip

_FORM_TEXT = "A new request was made on the website.\n\nFull name: Orla Finch\nEmail address: orla@example.org\nTelephone: 01632 960001\nWhat information would you like?\n1. How many parking fines were issued in 2024?\n2. How many were cancelled?\n\nPreferred format: Email\nSubmitted on: 10/01/2025 10:59\n"


def _form(
    name: str,
    text: str,
    *,
    sender: str = FORM,
    subject: str = "Freedom of Information request form",
    reply_to: str = "",
    **labels: object,
) -> Raw:
    """A web form's mail; Orla Finch asks two things and is acknowledged, unless *labels* say otherwise."""
    values: dict[str, object] = {
        "verdict": "request",
        "intent": "request",
        "email": "orla@example.org",
        "person": "Orla Finch",
        "questions": 2,
        "regime": "foi",
        "acknowledge": "acknowledgement",
    } | labels
    headers = f"Reply-To: {reply_to}\r\n" if reply_to else ""
    return Raw(name=name, raw=mail(subject, text, sender=sender, headers=headers), **values)  # type: ignore[arg-type]  # labels by name


FORMS = (
    _form("A form with labels", _FORM_TEXT),
    _form("Its sender has a name and another case", _FORM_TEXT, sender="Exampleshire Website <Forms@Exampleshire.gov.uk>"),
    _form("Marked as automatic", _FORM_TEXT.replace("A new", "This is an automated message. A new")),
    _form("Answered to Reply-To", "Under FOI, please tell me:\n1. How many parking fines were issued in 2024?\n2. How many were cancelled?", sender=ENQUIRIES, reply_to="Orla Finch <orla@example.org>"),
    _form("Reply-To, with labels for the question", "Name: Orla Finch\nRequest: How many parking fines were issued in 2024? Please give the figure by ward.\n", sender=ENQUIRIES, reply_to="orla@example.org", person="", questions=1),
    _form("Own data by form", _FORM_TEXT.replace("1. How many parking fines were issued in 2024?\n2. How many were cancelled?", "Please send me all the personal data you hold about me. This is a subject access request."), regime="sar", questions=1, acknowledge="sar_acknowledgement"),
    _form("Nothing under its labels", "Naam: Orla\nVraag: hoeveel?\n", intent="unclear", email="", person="", questions=1, acknowledge=None),
    _form("Nothing at all", "", intent="unclear", email="", person="", questions=0, acknowledge=None),
    _form("No address for e-mail", _FORM_TEXT.replace("orla@example.org", "none"), email="", acknowledge=None),
    _form("Somebody claims to be the form", _FORM_TEXT, sender="Orla Finch <orla@example.org>", questions=2),
)  # fmt: skip

MAILS = (*FORWARDS, *INTERNAL, *OUTSIDERS, *FORMS)
