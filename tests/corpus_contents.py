"""Labelled raw mails whose request lies in what is attached or wrapped; all of our own writing. ``office_files`` builds the files."""

from __future__ import annotations

import binascii
from dataclasses import dataclass
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import TYPE_CHECKING

import office_files as office

if TYPE_CHECKING:
    from email.message import Message as Mime

OWN = "foi@exampleshire.gov.uk"
JANE = "Jane Pritchard <jane@example.org>"
ASKED = (
    "Dear Information Team,\nUnder the Freedom of Information Act 2000 please answer these questions.\n"
    "1. How many parking permits were issued in 2024?\n2. How much was received for them?\n3. How many were refused?\n"
    "Yours faithfully\nJane Pritchard"
)
LINES = ASKED.split("\n")
SEE = "Dear Sir or Madam,\n\nPlease see attached.\n\nKind regards\n\nJane Pritchard\n"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WORD_LETTER = office.docx(
    [
        *LINES[:2],
        ("How many parking permits were issued in 2024?", "List Number"),
        ("How much was received for them?", "List Number"),
        ("How many were refused?", "List Number"),
        *LINES[5:],
    ]
)
ODT_LETTER = office.odt(
    f"<text:p>{LINES[0]}</text:p><text:p>{LINES[1]}</text:p><text:list text:style-name='L1'>"
    + "".join(f"<text:list-item><text:p>{line[3:]}</text:p></text:list-item>" for line in LINES[2:5])
    + f"</text:list><text:p>{LINES[5]}</text:p>"
)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(60_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """One mail: what should be made of it, and words that its reasons must hold."""

    name: str
    raw: bytes
    verdict: str = "request"
    intent: str = "request"
    questions: int | None = 3
    acknowledge: str | None = "acknowledgement"
    regime: str | None = "foi"
    reason: str = ""


def mail(
    body: str,
    *files: tuple[str, str, bytes],
    subject: str = "Request for information",
    sender: str = JANE,
    html: str = "",
) -> bytes:
    """A mail with *files*: name, content type and bytes of each."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, OWN, subject
    message["Date"], message["Message-ID"] = "Fri, 10 Jan 2025 11:00:00 +0000", "<one@example.org>"
    message.set_content(body)
    if html:
        message.add_alternative(html, subtype="html")
    for name, kind, data in files:
        if kind == "message/rfc822":
            inner = MIMEApplication(data, "octet-stream", lambda part: part.set_payload(part.get_payload()))
            inner.replace_header("Content-Type", kind)
            del inner["MIME-Version"]
            inner.add_header("Content-Disposition", "attachment", filename=name)
            message.make_mixed()
            message.attach(inner)
        else:
            main, _, sub = kind.partition("/")
            message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def wrapped(content_type: str, data: bytes, *, name: str = "", subject: str = "Request for information") -> bytes:
    """A mail that is one part of *content_type* and nothing else."""
    head = (
        f"From: {JANE}\r\nTo: {OWN}\r\nSubject: {subject}\r\nDate: Fri, 10 Jan 2025 11:00:00 +0000\r\nMessage-ID: <two@example.org>\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: {content_type}; name={name or 'smime.p7m'}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; filename={name or 'smime.p7m'}\r\n\r\n"
    )
    encoded = binascii.b2a_base64(data, newline=False)
    return head.encode() + b"\r\n".join(encoded[at : at + 76] for at in range(0, len(encoded), 76)) + b"\r\n"


def uuencoded(name: str, data: bytes) -> str:
    """*data* as a uuencoded block."""
    lines = [binascii.b2a_uu(data[at : at + 45], backtick=True).decode() for at in range(0, len(data), 45)]
    return f"begin 644 {name}\n{''.join(lines)}`\nend\n"


def _multipart(kind: Mime, *parts: Mime, subject: str = "Request for information") -> bytes:
    kind["From"], kind["To"], kind["Subject"] = JANE, OWN, subject
    kind["Date"], kind["Message-ID"] = "Fri, 10 Jan 2025 11:00:00 +0000", "<three@example.org>"
    for part in parts:
        kind.attach(part)
    return kind.as_bytes()


def _pgp() -> bytes:
    version = MIMEApplication(b"Version: 1\r\n", "pgp-encrypted")
    armoured = MIMEApplication(
        b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA7wzN\r\n-----END PGP MESSAGE-----\r\n", "octet-stream"
    )
    return _multipart(MIMEMultipart("encrypted", protocol="application/pgp-encrypted"), version, armoured)


def _signed() -> bytes:
    signature = MIMEApplication(b"not looked at", "pkcs7-signature", name="smime.p7s")
    return _multipart(MIMEMultipart("signed", protocol="application/pkcs7-signature"), MIMEText(ASKED), signature)


_SCAN = ("request.pdf", "application/pdf", office.pdf("", fonts=False))
_LOCKED = ("request.pdf", "application/pdf", office.locked_pdf(ASKED, user="secret"))
_PDF = ("request.pdf", "application/pdf", office.pdf(ASKED))
_ENTITY = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + ASKED.replace("\n", "\r\n").encode()
_ARMOUR = "-----BEGIN PGP MESSAGE-----\nVersion: 1\n\nhQEMA7wzN0xQ\n=abcd\n-----END PGP MESSAGE-----\n"
_AIR = "Please send the air quality monitoring results and noise readings near the bypass since 2022."
_INVOICE = ("invoice.pdf", "application/pdf", office.pdf("Invoice 4471\nTotal due 120.00"))
_RPMSG = b"\x76\xe8\x04\x60\xc4\x11\xe3\x86" + bytes(500)
_INVITE = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Catch up\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def _unclear(name: str, raw: bytes, reason: str) -> Attached:
    return Attached(name=name, raw=raw, reason=reason, intent="unclear", questions=0, acknowledge="receipt")


READABLE = (
    Attached(name="pdf", raw=mail(SEE, _PDF), reason="request.pdf"),
    Attached(name="pdf, no body at all", raw=mail("", _PDF)),
    Attached(name="pdf as octet-stream", raw=mail(SEE, ("scan0001", "application/octet-stream", _PDF[2]))),
    Attached(name="pdf, request attached", raw=mail("Request attached", _PDF, subject="FOI")),
    Attached(name="pdf that only forbids printing", raw=mail(SEE, ("r.pdf", "application/pdf", office.locked_pdf(ASKED, user="")))),
    Attached(name="docx with automatic numbers", raw=mail(SEE, ("request.docx", WORD, WORD_LETTER))),
    Attached(name="docx under a wrong name", raw=mail(SEE, ("request.pdf", "application/pdf", WORD_LETTER))),
    Attached(name="odt", raw=mail(SEE, ("request.odt", "application/vnd.oasis.opendocument.text", ODT_LETTER))),
    Attached(name="rtf", raw=mail(SEE, ("request.rtf", "application/rtf", office.rtf(*LINES)))),
    Attached(name="txt", raw=mail(SEE, ("request.txt", "text/plain", ASKED.encode()))),
    Attached(name="txt in UTF-16", raw=mail(SEE, ("request.txt", "application/octet-stream", ASKED.encode("utf-16")))),
    Attached(
        name="html",
        raw=mail(SEE, ("request.html", "text/html", f"<html><body><p>{'</p><p>'.join(LINES)}</p></body></html>".encode())),
    ),
    Attached(name="attached mail", raw=mail(SEE, ("request.eml", "message/rfc822", mail(ASKED)))),
    Attached(name="attached mail with a pdf", raw=mail(SEE, ("fwd.eml", "message/rfc822", mail(SEE, _PDF)))),
    Attached(
        name="msg", raw=mail(SEE, ("request.msg", "application/vnd.ms-outlook", office.msg("R", ("Jane", "jane@example.org"), ASKED)))
    ),
    Attached(
        name="msg with a docx",
        raw=mail(
            SEE,
            (
                "request.msg",
                "application/octet-stream",
                office.msg("R", ("Jane", "jane@example.org"), SEE, [("request.docx", WORD_LETTER)]),
            ),
        ),
    ),
    Attached(name="winmail.dat with a pdf", raw=mail(SEE, ("winmail.dat", "application/ms-tnef", office.tnef(SEE, [_PDF[::2]])))),
    Attached(name="winmail.dat alone", raw=wrapped("application/ms-tnef", office.tnef(ASKED), name="winmail.dat")),
    Attached(
        name="winmail.dat with a body in RTF",
        raw=mail(
            "",
            (
                "winmail.dat",
                "application/octet-stream",
                office.tnef(properties={(0x1009, 0x102): office.compressed_rtf(office.rtf(*LINES))}),
            ),
        ),
    ),
    Attached(name="uuencoded pdf", raw=mail(SEE + "\n" + uuencoded("request.pdf", _PDF[2]))),
    Attached(name="uuencoded file under a whole request", raw=mail(ASKED + "\n\n" + uuencoded("photo.png", PICTURE[:900]))),
    Attached(name="S/MIME signed, opaque", raw=wrapped("application/pkcs7-mime; smime-type=signed-data", office.signed(_ENTITY))),
    Attached(
        name="S/MIME signed, in pieces", raw=wrapped("application/x-pkcs7-mime", office.signed(_ENTITY, streamed=True))
    ),
    Attached(name="S/MIME signed, clear", raw=_signed()),
    Attached(
        name="PGP signed in the text",
        raw=mail(
            f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{ASKED}\n-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCAAdFiEE\n=x1y2\n"
            "-----END PGP SIGNATURE-----\n"
        ),
    ),
    Attached(
        name="environmental request in a pdf",
        raw=mail(SEE, ("r.pdf", "application/pdf", office.pdf(_AIR))),
        questions=1,
        regime="eir",
    ),
    Attached(name="a whole request with its letter besides", raw=mail(ASKED, _PDF)),
    Attached(
        name="a whole request with a scan besides",
        raw=mail("Please tell me how many dogs were registered in 2024. My proof of address is attached.", _SCAN),
        questions=1,
    ),
    Attached(name="pdf beside a small logo", raw=mail(SEE, _PDF, ("logo.png", "image/png", PICTURE[:2000]))),
)  # fmt: skip
UNREADABLE = (
    _unclear("scan", mail(SEE, _SCAN), '"request.pdf" could not be read: it looks like a scan'),
    _unclear("locked pdf", mail(SEE, _LOCKED), '"request.pdf" could not be read: it is protected by a password'),
    _unclear(
        "locked odt",
        mail(SEE, ("r.odt", "application/octet-stream", office.odt("<text:p>x</text:p>", locked=True))),
        "it is protected by a password",
    ),
    _unclear(
        "locked docx",
        mail(SEE, ("r.docx", WORD, office.compound({"EncryptionInfo": b"x" * 90, "EncryptedPackage": b"y" * 5000}))),
        "it is protected by a password",
    ),
    _unclear(
        "old Word document",
        mail(SEE, ("r.doc", "application/msword", office.compound({"WordDocument": b"y" * 5000}))),
        "it is an old Word document",
    ),
    _unclear("photograph of a letter", mail(SEE, ("IMG_1.png", "image/png", PICTURE)), "it is a picture"),
    _unclear("spreadsheet", mail(SEE, ("q.xlsx", "application/zip", office.zipped({"xl/workbook.xml": b"<a/>"}))), "it is a spreadsheet"),
    _unclear("broken docx", mail(SEE, ("r.docx", WORD, WORD_LETTER[:2000])), '"r.docx" could not be read: it is damaged'),
    _unclear(
        "a long covering note and a scan",
        mail("Please find attached my Freedom of Information request. I look forward to hearing from you within 20 working days.", _SCAN),
        "it looks like a scan",
    ),
    _unclear("bomb", mail(SEE, ("r.docx", WORD, office.zipped({"word/document.xml": b" " * 3_000_000}))), "it unpacks to more than"),
    _unclear("S/MIME encrypted", wrapped("application/pkcs7-mime; smime-type=enveloped-data", office.enveloped()), "it is encrypted (S/MIME)"),
    _unclear("PGP encrypted", _pgp(), "it is encrypted"),
    _unclear("PGP encrypted in the text", mail(_ARMOUR), "the text of the mail could not be read: it is encrypted with PGP"),
    _unclear(
        "protected Microsoft message",
        mail(
            "Jane Pritchard (jane@example.org) has sent you a protected message.\n\nRead the message\n\nLearn about messages protected"
            " by Microsoft Purview Message Encryption.\n",
            ("message_v4.rpmsg", "application/x-microsoft-rpmsg-message", _RPMSG),
        ),
        "it is a protected Microsoft message",
    ),
)  # fmt: skip
NO_REQUESTS = (
    Attached(
        name="calendar invite",
        raw=_multipart(MIMEMultipart("alternative"), MIMEText("Catch up on Monday"), MIMEText(_INVITE, "calendar"), subject="Catch up").replace(
            b'text/calendar; charset="us-ascii"', b'text/calendar; method=REQUEST; charset="us-ascii"'
        ),
        verdict="other",
        intent="not_a_request",
        questions=None,
        acknowledge=None,
        regime=None,
    ),
    Attached(
        name="read receipt",
        raw=_multipart(
            MIMEMultipart("report", report_type="disposition-notification"),
            MIMEText("Your message was displayed."),
            MIMEApplication(b"Final-Recipient: rfc822;jane@example.org\r\n", "octet-stream"),
        ).replace(b"application/octet-stream", b"message/disposition-notification"),
        verdict="automatic",
        intent="automatic",
        questions=None,
        acknowledge=None,
        regime=None,
    ),
    Attached(
        name="an invoice, attached",
        raw=mail("Please find attached our invoice 4471 for payment.", _INVOICE, subject="Invoice 4471"),
        verdict="other",
        intent="not_a_request",
        questions=None,
        acknowledge=None,
        regime=None,
    ),
    Attached(
        name="thanks with a logo",
        raw=mail("Thank you for your help.\n\nJane", ("logo.png", "image/png", PICTURE[:2000]), subject="Re: your letter"),
        verdict="other",
        intent="thanks",
        questions=None,
        acknowledge=None,
        regime=None,
    ),
)  # fmt: skip
MAILS = (*READABLE, *UNREADABLE, *NO_REQUESTS)
