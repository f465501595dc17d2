"""The load that rates are measured on: request mails as a council gets them, made alike in every run, none in another's words.

40 % plain, 22 % plain and HTML, 13 % HTML only, 25 % with one or two files of 20 to 290 KB; half are under 6 KB, a tenth over 140 KB.
"""

from __future__ import annotations

import io
import random
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING

import office_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

COUNCIL = "foi@council.example"
_CHARSETS = (*["utf-8"] * 7, "iso-8859-1", "windows-1252", "us-ascii")
_ENCODINGS = (*["quoted-printable"] * 5, "base64", *["8bit"] * 4)
_OPENINGS = (
    "Dear Sir or Madam,", "Dear FOI team,", "Good morning,", "To whom it may concern,", "Hello,", "Dear Information Governance Team,",
)  # fmt: skip
_ASKS = (
    "Under the Freedom of Information Act 2000, please provide me with the following information:",
    "I am writing to make a request under the Freedom of Information Act. Please could you tell me:",
    "Please treat this as a freedom of information request.",
    "I would like to request the following under the Freedom of Information Act 2000.",
    "This is a request under the Environmental Information Regulations 2004. Please send me:",
    "I would be grateful if you would answer the following questions under the FOI Act.",
)
_QUESTIONS = (
    "How many {things} did the council {did} in each financial year since {year}?",
    "What was the total cost of {things} that were {did_} between {year} and {later}?",
    "Please provide a copy of the current policy on {things}, and the date it was last reviewed.",
    "How many complaints about {things} were received in {place} in {later}?",
    "Which suppliers were paid for {things} since {year}, and how much was each paid?",
    "The number of full-time staff who work on {things}, broken down by grade.",
    "Please list all contracts over £{pounds} for {things}, with start and end dates.",
    "What is the average waiting time for {things} in {place}, in days?",
    "How many {things} are there at present in the {place} ward?",
    "Copies of all minutes of meetings at which {things} in {place} were discussed since {year}.",
)
_THINGS = (
    "potholes", "parking fines", "care home placements", "school exclusions", "planning appeals", "agency social workers", "fly-tipping reports",
    "library loans", "housing repairs", "business rates accounts", "taxi licences", "street lights", "allotment plots", "food inspections",
    "translation services", "empty homes", "road closures", "consultants", "bin collections", "tree preservation orders", "laptops", "CCTV cameras",
)  # fmt: skip
_PLACES = ("Northfield", "Ambleford", "Eastgate", "Mill Lane", "Stoke Parva", "Harbour", "St Anne\u2019s", "Upper Wick", "Königsfeld Park")  # fmt: skip
_DID = ("repair", "issue", "approve", "refuse", "commission", "record", "inspect", "replace")
_CLOSINGS = (
    "I would prefer to receive the answer by email, in a spreadsheet where possible.",
    "If any part of this is unclear, please contact me so that I can narrow it down.",
    "If you hold only part of this, please send me what you have.",
    "I look forward to hearing from you within twenty working days.",
)
_FOOTER = (
    "This email and any files with it are confidential and meant for whom they are addressed to. If you got it in error, please delete it.",
    "Please consider the environment before printing this email.",
    "Registered office: 4 Station Parade, Ambleford. Registered in England and Wales, number 0{number}.",
)
_FIRST = ("Jane", "Omar", "Siân", "Peter", "Aoife", "Chidi", "Helen", "Tomasz", "Priya", "Zoë", "Mark", "Grace")
_LAST = (
    "Doe",
    "Hughes",
    "Okafor",
    "O\u2019Neill",
    "Nowak",
    "Patel",
    "Smith",
    "Brown",
    "Façade",
    "Hall",
    "Evans",
    "Reid",
)


def mails(count: int, now: datetime, *, first: int = 0) -> Iterator[bytes]:
    """*count* mails dated *now*, numbered from *first*: each number is always the same mail."""
    for number in range(first, first + count):
        yield _mail(number, now)


def large_mail(megabytes: int, now: datetime) -> bytes:
    """One mail with one attachment of so many megabytes, as sent: in base64."""
    made = _mail(0, now, files=[("plans.pdf", _padded(office_files.pdf("Plans"), megabytes * 2**20, random.Random(1)))])
    return made.replace(b"<load-0@", b"<large-0@")


def _mail(number: int, now: datetime, files: list[tuple[str, bytes]] | None = None) -> bytes:
    chance = random.Random(20260302 + number)
    name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    topic = chance.choice(_THINGS)
    message = EmailMessage(policy=SMTP)
    message["Return-Path"] = f"<person{number}@mail{number % 97}.example.org>"
    for hop in range(chance.randint(2, 5)):
        message["Received"] = (
            f"from relay{hop}.example.org (203.0.113.{chance.randint(1, 250)}) by mx{hop}.council.example with ESMTPS"
            f" id {chance.randbytes(6).hex()}; {format_datetime(now)}"
        )
    message["From"] = f'"{name}" <person{number}@mail{number % 97}.example.org>'
    message["To"] = COUNCIL
    subjects = ("FOI request: {}", "Freedom of Information request - {}", "{}", "Request about {} \u2013 urgent")
    message["Subject"] = chance.choice(subjects).format(topic)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<load-{number}@mail.example.org>"
    message["X-Mailer"] = "Example Mail 16.0"
    message["Authentication-Results"] = "mx.council.example; spf=pass; dkim=pass; dmarc=pass"
    shape = chance.choices(("plain", "both", "html", "files"), (40, 22, 13, 25))[0]
    lines = _text(chance, number, name)
    text = "\r\n".join(lines) + "\r\n"
    charset, encoding = _fitting(text, chance)
    if shape in ("plain", "files"):
        message.set_content(text, charset=charset, cte=encoding)
    elif shape == "both":
        message.set_content(text, charset=charset, cte=encoding)
        message.add_alternative(_html(lines), subtype="html", charset="utf-8", cte="quoted-printable")
    else:
        message.set_content(_html(lines), subtype="html", charset="utf-8", cte="quoted-printable")
    if shape == "files" and files is None:
        files = [_file(chance, position) for position in range(chance.choice((1, 1, 2)))]
    for filename, content in files or ():
        kind = "pdf" if filename.endswith("pdf") else "vnd.openxmlformats-officedocument.wordprocessingml.document"
        message.add_attachment(content, maintype="application", subtype=kind, filename=filename)
    for place, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"----=_Part_{number}_{place}")
    return bytes(message)


def _fitting(text: str, chance: random.Random) -> tuple[str, str]:
    charset, encoding = chance.choice(_CHARSETS), chance.choice(_ENCODINGS)
    try:
        wide = len(text.encode(charset)) and not text.isascii()
    except UnicodeEncodeError:
        charset, wide = "utf-8", True
    if charset == "us-ascii" or (encoding == "8bit" and not wide):
        encoding = "7bit" if text.isascii() else "quoted-printable"
    return charset, encoding


def _text(chance: random.Random, number: int, name: str) -> list[str]:
    """The lines of a request: opening, the ask, its questions, closing, signature, and sometimes a firm's footer."""
    lines = [chance.choice(_OPENINGS), "", chance.choice(_ASKS), ""]
    style = chance.choice(("{n}. ", "{n}) ", "- ", "", "({a}) "))
    for n in range(1, chance.choice((1, 2, 3, 3, 4, 5, 6, 8, 12)) + 1):
        year = chance.randint(2008, 2022)
        question = chance.choice(_QUESTIONS).format(
            things=chance.choice(_THINGS),
            did=(did := chance.choice(_DID)),
            did_=did + "d",
            year=year,
            later=year + chance.randint(1, 3),
            place=chance.choice(_PLACES),
            pounds=chance.randint(1, 90) * 1000,
        )
        lines.append(style.format(n=n, a=chr(96 + n)) + question)
        lines += [""] if not style else []
    lines += ["", f"My own reference is {number * 7919 % 1_000_003}.", ""]
    lines += [chance.choice(_CLOSINGS) for _ in range(chance.randint(1, 3))]
    lines += ["", "Yours faithfully,", "", name, f"{chance.randint(1, 120)} {chance.choice(_PLACES)} Road"]
    if chance.random() < 0.4:
        lines += ["", "-" * 40, *(part.format(number=chance.randint(10**6, 10**7)) for part in _FOOTER)]
    return lines


def _html(lines: list[str]) -> str:
    """The same as one word processor's mail: a style sheet, and a paragraph of classes for each line."""
    style = "".join(
        f"p.MsoNormal{n}, li.MsoNormal{n} {{margin:0cm; font-size:11.0pt; font-family:Calibri,sans-serif;}}\n"
        for n in range(12)
    )
    body = "\n".join(f'<p class="MsoNormal1" style="margin-left:0cm"><span lang="EN-GB">{escape(line) or "&nbsp;"}</span></p>' for line in lines)  # fmt: skip
    return (
        f'<html xmlns:o="urn:example:office"><head><meta charset="utf-8"><style><!--\n{style}--></style></head>'
        f'<body lang="EN-GB" link="blue"><div class="WordSection1">\n{body}\n</div></body></html>\n'
    )


def _file(chance: random.Random, position: int) -> tuple[str, bytes]:
    size = int(20_000 * (14.5 ** chance.random()))
    if chance.random() < 0.6:
        return f"background-{position}.pdf", _padded(office_files.pdf("Background to my request"), size, chance)
    return f"background-{position}.docx", _padded(_DOCX, size, chance)


def _docx() -> bytes:
    """A text file of a word processor, the same bytes whenever it is made."""
    entries = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "word/document.xml": '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
        "<w:t>Background to my request</w:t></w:r></w:p></w:body></w:document>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def _padded(content: bytes, size: int, chance: random.Random) -> bytes:
    return content + b"\n%" + chance.randbytes(max(0, size - len(content)))


_DOCX = _docx()
