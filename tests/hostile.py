"""Mail that has broken other systems, made here as bytes: each stands alone, and none may be lost, stop its neighbours or steer an answer."""

from __future__ import annotations

import base64
from dataclasses import dataclass

COUNCIL = "foi@council.example"
SENDER = "jane@example.org"
ASK = "Dear Sir or Madam,\r\n\r\nPlease tell me how much the council spent on pothole repairs in 2025.\r\n\r\nJane\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostileMail:
    """One message: *note* says what it breaks elsewhere, *acknowledge* whether a good system may answer it by itself."""

    name: str
    raw: bytes
    note: str
    acknowledge: bool = True


def _raw(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8")


def mail(
    name: str,
    *,
    sender: str | bytes | None = f"Jane Smith <{SENDER}>",
    subject: str | bytes = "Request for information",
    extra: str | bytes = b"",
    body: str | bytes = ASK,
    message_id: str | bytes | None = None,
) -> bytes:
    """A complete message; *extra* are whole header lines, CRLF-ended; None leaves From out, an empty *message_id* Message-ID."""
    head = [b"To: " + COUNCIL.encode(), b"Subject: " + _raw(subject), b"Date: Tue, 3 Mar 2026 10:00:00 +0000"]
    if sender is not None:
        head.append(b"From: " + _raw(sender))
    identity = f"<{name}@hostile.example>" if message_id is None else message_id
    if identity:
        head.append(b"Message-ID: " + _raw(identity))
    return b"\r\n".join(head) + b"\r\n" + _raw(extra) + b"\r\n" + _raw(body)


def _word(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?b?{base64.b64encode(text.encode()).decode()}?="


def _mixed(*parts: str | bytes, boundary: str = "edge") -> tuple[bytes, bytes]:
    """The extra header and the body of a multipart/mixed whose *parts* bring their own headers."""
    edge = boundary.encode()
    body = b"".join(b"--" + edge + b"\r\n" + _raw(part) + b"\r\n" for part in parts) + b"--" + edge + b"--\r\n"
    return b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=" + edge + b"\r\n", body


_PLAIN = "Content-Type: text/plain; charset=utf-8\r\n\r\n" + ASK


def _injections() -> list[HostileMail]:
    twice = _word("=?utf-8?q?=0A=0AClick_http=3A//evil.example?=")
    bcc = _word("=?utf-8?q?=0ABcc=3A_evil=40attacker=2Eexample?=")
    return [
        HostileMail(
            name="subject-encoded-twice",
            raw=mail("subject-encoded-twice", subject=twice),
            note="An encoded word inside an encoded word becomes a line break and body text in the answer's header (CVE-2024-6923).",
        ),
        HostileMail(
            name="subject-encoded-bcc",
            raw=mail("subject-encoded-bcc", subject=bcc),
            note="The same with a Bcc line.",
        ),
        HostileMail(
            name="subject-crlf-in-word",
            raw=mail("subject-crlf-in-word", subject=_word("Request\r\nBcc: evil@attacker.example")),
            note="A line break inside an encoded word.",
        ),
        HostileMail(
            name="name-with-encoded-address",
            raw=mail("name-with-encoded-address", sender=f'"=?utf-8?q?evil=40attacker=2Eexample=2C?=" <{SENDER}>'),
            note="Decoded before the list is split, the name becomes a second recipient.",
        ),
        HostileMail(
            name="name-with-address",
            raw=mail("name-with-address", sender=f'"evil@attacker.example, " <{SENDER}>'),
            note="The name itself looks like an address and a comma.",
        ),
        HostileMail(
            name="name-crlf",
            raw=mail("name-crlf", sender=_word("Jane\r\nTo: victim@example.net") + f" <{SENDER}>"),
            note="A line break in a display name raises ValueError in policy.default.",
        ),
        HostileMail(
            name="template-in-subject",
            raw=mail("template-in-subject", subject="{{ 7*7 }} {% include '/etc/passwd' %} ${7*7} <%= 7 %>"),
            note="Template language in the subject.",
        ),
        HostileMail(
            name="template-in-name",
            raw=mail("template-in-name", sender=f'"{{{{ config }}}}" <{SENDER}>'),
            note="Template language in the name.",
        ),
        HostileMail(
            name="script-in-subject",
            raw=mail("script-in-subject", subject="<script>alert(1)</script><img src=x onerror=alert(1)>"),
            note="Markup in the subject.",
        ),
        HostileMail(
            name="formula-in-subject",
            raw=mail("formula-in-subject", subject='=HYPERLINK("http://evil.example","FOI")'),
            note="A spreadsheet formula in the subject.",
        ),
        HostileMail(
            name="reply-to-elsewhere",
            raw=mail("reply-to-elsewhere", extra="Reply-To: victim@example.net\r\n"),
            note="An answer to Reply-To would go to somebody who never wrote; an officer says where it goes.",
            acknowledge=False,
        ),
        HostileMail(
            name="references-flood",
            raw=mail(
                "references-flood",
                extra="References: " + " ".join(f"<r{n}@example.org>" for n in range(20_000)) + "\r\n",
            ),
            note="An answer that repeats References would be half a megabyte.",
        ),
        HostileMail(
            name="message-id-injection",
            raw=mail("message-id-injection", message_id="<a b\x01c@x> (Bcc: evil@attacker.example)"),
            note="A Message-ID that fits no grammar and must not be repeated in In-Reply-To.",
        ),
        HostileMail(
            name="bidi-subject",
            raw=mail("bidi-subject", subject="Request \u202egnp.exe\u202c for information"),
            note="Direction overrides make a name read as something else.",
        ),
    ]


def _senders() -> list[HostileMail]:
    def one(
        name: str, sender: str | bytes | None, note: str, *, acknowledge: bool = False, extra: str = ""
    ) -> HostileMail:
        return HostileMail(name=name, raw=mail(name, sender=sender, extra=extra), note=note, acknowledge=acknowledge)

    return [
        one("from-missing", None, "No From header at all."),
        one("from-empty", "", "From is blank."),
        one("from-null", "<>", "From is the null address."),
        one(
            "from-two-headers",
            f"Jane <{SENDER}>",
            "Two From headers: nobody knows whose it is.",
            extra="From: Eve <eve@attacker.example>\r\n",
        ),
        one("from-two-mailboxes", f"{SENDER}, eve@attacker.example", "Two authors without Sender."),
        one(
            "from-two-with-sender",
            f"{SENDER}, sam@example.org",
            "Two authors and a Sender: RFC 5322 says whom to answer.",
            acknowledge=True,
            extra=f"Sender: {SENDER}\r\n",
        ),
        one(
            "from-group",
            "Friends: jane@example.org, sam@example.org;",
            "Group syntax raises AttributeError in policy.default.",
        ),
        one("from-empty-group", "undisclosed-recipients:;", "A group without members."),
        one("from-two-at", "jane@example.org@attacker.example", "Two @ signs."),
        one("from-quoted-at", '"jane@example.org"', "The address stands in quotes, so there is none."),
        one("from-semicolon", "jane@example.org;eve@attacker.example", "Parsers keep only the second address."),
        one("from-unclosed", f"Jane <{SENDER}", "The angle bracket is never closed.", acknowledge=True),
        one(
            "from-comments",
            "(" * 5_000 + ")" * 5_000 + f" Jane <{SENDER}>",
            "5,000 nested comments exhaust the stack.",
            acknowledge=True,
        ),
        one(
            "from-encoded-address", "=?utf-8?q?jane=40example=2Eorg?=", "An address inside an encoded word is not one."
        ),
        one("from-latin-1-bytes", b"Ren\xe9e <" + SENDER.encode() + b">", "Raw bytes in the name.", acknowledge=True),
        one(
            "from-unknown-charset",
            f"=?x-nonsense?q?Jane=E9?= <{SENDER}>",
            "An invented character set raises LookupError.",
            acknowledge=True,
        ),
        one(
            "from-mailer-daemon",
            "Mail Delivery System <MAILER-DAEMON@mx.example.org>",
            "A mail system never reads an answer.",
        ),
        one("from-no-reply", "noreply@example.org", "Nobody reads an answer."),
        one("from-ourselves", f"FOI team <{COUNCIL}>", "Our own address: an answer would come back for ever."),
        one("from-long", "j" * 300 + "@example.org", "Longer than any address can be."),
    ]


def _automatic() -> list[HostileMail]:
    def one(name: str, extra: str, note: str, *, acknowledge: bool = False) -> HostileMail:
        return HostileMail(name=name, raw=mail(name, extra=extra), note=note, acknowledge=acknowledge)

    report = "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=edge\r\n"
    status = (
        "--edge\r\n\r\nYour message could not be delivered.\r\n--edge\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; gone@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "\r\n--edge--\r\n"
    )
    sendgrid = "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=outer\r\n"
    return [
        one("auto-replied", "Auto-Submitted: auto-replied\r\n", "An automatic answer."),
        one("auto-submitted-no", "Auto-Submitted: no\r\n", "Says plainly that a person wrote it.", acknowledge=True),
        one("suppress-autoreply", "X-Auto-Response-Suppress: OOF, AutoReply\r\n", "Exact comparison misses a list."),
        one("suppress-oof", "X-Auto-Response-Suppress: OOF\r\n", "Only asks for no holiday notices.", acknowledge=True),
        one("precedence-bulk", "Precedence: bulk\r\n", "A mailing."),
        one("precedence-normal", "Precedence: normal\r\n", "Means nothing.", acknowledge=True),
        one("mailing-list", "List-Id: <potholes.lists.example.org>\r\n", "A mailing list."),
        one("null-return-path", "Return-Path: <>\r\n", "The null reverse path must not be answered (RFC 3834)."),
        one("header-case", "AUTO-SUBMITTED: Auto-Generated (vacation)\r\n", "Case and a comment."),
        one(
            "header-twice",
            "Auto-Submitted: no\r\nAuto-Submitted: auto-replied\r\n",
            "mail-parser makes a list of a repeated header.",
        ),
        one(
            "header-named-parse",
            "Parse: x\r\nHeaders_json: y\r\nSubject_json: z\r\n",
            "Header names that are attributes of a parser.",
            acknowledge=True,
        ),
        HostileMail(
            name="delivery-report",
            raw=mail("delivery-report", sender="mx@example.org", extra=report, body=status),
            note="A delivery report without Auto-Submitted or a null return path.",
            acknowledge=False,
        ),
        HostileMail(
            name="bounce-without-boundary",
            raw=mail(
                "bounce-without-boundary",
                sender="mx@example.org",
                extra=sendgrid,
                body='--outer\r\nContent-Type: multipart/alternative; boundary="inner"\r\n\r\nYour mail bounced.',
            ),
            note="An inner boundary that never comes and no epilogue: mail-parser raises AttributeError (SendGrid).",
            acknowledge=False,
        ),
    ]


def _text() -> list[HostileMail]:
    def one(name: str, content_type: str, body: str | bytes, note: str) -> HostileMail:
        return HostileMail(
            name=name, raw=mail(name, extra=f"MIME-Version: 1.0\r\n{content_type}\r\n", body=body), note=note
        )

    plain = "Content-Type: text/plain; charset="
    base = "Content-Transfer-Encoding: base64"
    wrong = b"Dear Sir, please send me the \x93cost\x94 of the \xa3 scheme.\r\n"
    html = '<html><body style="padding-left:99999999em"><p>Please send me the figures for 2025.</p></body></html>'
    return [
        *(
            one(f"charset-{number}", plain + label, wrong, "A character set that does not exist raises LookupError.")
            for number, label in enumerate(
                ("uft-8", '"utf-8 euao6"', "iso-8859-8-i", "1", "windows-874", "x-nonsense", "zlib", "\x00")
            )
        ),
        one(
            "charset-cp1252-as-latin-1",
            plain + "iso-8859-1",
            wrong,
            "Windows quotes under a Latin-1 label become controls.",
        ),
        one("charset-ascii-8bit", plain + "us-ascii", wrong, "8-bit bytes under an ASCII label."),
        one(
            "charset-surrogates",
            plain + "utf-7",
            b"Please send +2AA- the figures.\r\n",
            "UTF-7 makes a lone surrogate, which no database takes.",
        ),
        one("nul-in-body", plain + "utf-8", b"Please send\x00 me the figures.\r\n", "PostgreSQL refuses NUL."),
        one("bad-base64", f"{plain}utf-8\r\n{base}", ASK, "Plain words under a base64 label."),
        one(
            "cut-base64", f"{plain}utf-8\r\n{base}", base64.b64encode(ASK.encode())[:-3], "Base64 that ends too early."
        ),
        one("no-boundary-param", "Content-Type: multipart/mixed", ASK, "A multipart without a boundary."),
        one(
            "boundary-never-comes",
            "Content-Type: multipart/mixed; boundary=never",
            ASK,
            "The text of a multipart whose boundary never comes is lost.",
        ),
        one("boundary-empty", 'Content-Type: multipart/mixed; boundary=""', ASK, "An empty boundary."),
        one("type-senseless", "Content-Type: ;;;=?/ \x01", ASK, "A Content-Type that says nothing."),
        one(
            "html-padding",
            "Content-Type: text/html; charset=utf-8",
            html,
            "A style that makes a renderer pad with gigabytes.",
        ),
        one(
            "html-wide-table",
            "Content-Type: text/html",
            "<table>" + "<tr><td>x</td></tr>" * 2_000 + f"<tr><td>{'y' * 100_000}</td></tr></table>",
            "Column padding: 200 MB from 140 KB.",
        ),
        one(
            "html-deep",
            "Content-Type: text/html",
            "<div>" * 20_000 + "Please send me the figures.",
            "Recursion, or text below level 256 lost.",
        ),
        one(
            "html-script",
            "Content-Type: text/html",
            "<p>Please send me the figures.</p><script>alert(1)</script><img src=https://evil.example/t.gif>",
            "Active and remote content.",
        ),
        one(
            "flowed-quotes",
            "Content-Type: text/plain; format=flowed; delsp=yes",
            "> a \r\n" * 2_000 + ASK,
            "Flowed lines that never end.",
        ),
        one(
            "only-quotes",
            plain + "utf-8",
            "> Please send me the figures.\r\n" * 50,
            "Nothing is left when quotes are folded away.",
        ),
        one("one-long-line", plain + "utf-8", "Please send me the figures. " * 40_000, "A line of 1 MB."),
    ]


def _structure() -> list[HostileMail]:
    def one(name: str, extra: str | bytes, body: str | bytes, note: str) -> HostileMail:
        return HostileMail(name=name, raw=mail(name, extra=extra, body=body), note=note)

    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(200))
    first, _, rest = deep.partition("\r\n\r\n")
    traversal = (
        'Content-Type: application/pdf; name="../../etc/passwd.pdf"\r\nContent-Disposition: attachment; '
        'filename="..\\\\..\\\\C:\\\\TEMP\\\\con.pdf"\r\n\r\nx'
    )
    forwarded = "Content-Type: message/rfc822\r\n\r\nFrom: other@example.net\r\nSubject: Older\r\n\r\nText of the older mail.\r\n"
    parts_header, many = _mixed(*([_PLAIN] + ["Content-Type: image/png\r\n\r\nx"] * 5_000))
    parameters = "Content-Type: text/plain; " + "a=b;" * 20_000 + "\r\n"
    return [
        one("multipart-200-deep", first + "\r\n", rest + _PLAIN, "200 levels of multipart."),
        one(
            "rfc822-200-deep",
            "Content-Type: message/rfc822\r\n",
            "Content-Type: message/rfc822\r\n\r\n" * 200 + _PLAIN,
            "200 levels of attached mail.",
        ),
        one(
            "rfc822-without-boundary",
            "Content-Type: message/rfc822\r\n",
            "Content-Type: multipart/mixed\r\n\r\n" + ASK,
            "mail-parser raises TypeError.",
        ),
        one("rfc822-inline", *_mixed(forwarded, _PLAIN), "The attached mail's text comes before the sender's own."),
        one("parts-5000", parts_header, many, "5,000 parts."),
        one("attachment-traversal", *_mixed(_PLAIN, traversal), "A file name that leaves its folder."),
        one(
            "attachment-nameless",
            *_mixed(_PLAIN, "Content-Type: application/pdf\r\nContent-Disposition: attachment\r\n\r\nx"),
            "A nameless attachment gets another name on every parse.",
        ),
        one(
            "attachment-svg",
            *_mixed(_PLAIN, "Content-Type: image/svg+xml; name=a.svg\r\n\r\n<svg onload=alert(1)/>"),
            "A picture that runs.",
        ),
        one("parameters-20000", parameters, ASK, "Parameters are split in quadratic time."),
        one("header-1-mb", "X-Junk: " + "a" * 1_000_000 + "\r\n", ASK, "One header of 1 MB."),
        one("headers-20000", "".join(f"X-{n}: y\r\n" for n in range(20_000)), ASK, "20,000 different headers."),
        one(
            "cc-50000",
            "Cc: " + ",\r\n ".join(f"p{n}@example.net" for n in range(50_000)) + "\r\n",
            ASK,
            "50,000 copies: 20 s in policy.default.",
        ),
        one("header-without-colon", "This is not a header\r\n", ASK, "A line among the headers that is none."),
        one("leading-continuation", " folded into nothing\r\n", ASK, "A folded line after the last header."),
        one("lone-cr", "", ASK.replace("\r\n", "\r"), "Lines that end with CR only."),
    ]


def _whole() -> list[HostileMail]:
    words = "\r\n ".join(["=?utf-8?q?a?="] * 100_000)
    traps = "=?a?q?x" * 100_000
    return [
        HostileMail(name="empty", raw=b"", note="No bytes at all.", acknowledge=False),
        HostileMail(name="blank", raw=b"\r\n\r\n", note="Neither headers nor body.", acknowledge=False),
        HostileMail(name="noise", raw=bytes(range(256)) * 40, note="Every byte there is.", acknowledge=False),
        HostileMail(name="body-only", raw=ASK.encode(), note="No headers.", acknowledge=False),
        HostileMail(name="bare-lf", raw=mail("bare-lf").replace(b"\r\n", b"\n"), note="LF line ends."),
        HostileMail(
            name="mbox-line",
            raw=b"From jane@example.org Tue Mar  3 10:00:00 2026\r\n" + mail("mbox-line"),
            note="An mbox separator on top.",
        ),
        HostileMail(
            name="byte-order-mark",
            raw=b"\xef\xbb\xbf" + mail("byte-order-mark"),
            note="A byte order mark hides the first header.",
        ),
        HostileMail(
            name="no-message-id",
            raw=mail("no-message-id", message_id=""),
            note="Systems keyed by Message-ID stop here.",
        ),
        HostileMail(name="message-id-empty", raw=mail("message-id-empty", message_id=" "), note="A blank Message-ID."),
        HostileMail(name="no-body", raw=mail("no-body", body=""), note="Only headers."),
        HostileMail(name="no-subject", raw=mail("no-subject", subject=""), note="A blank subject."),
        HostileMail(
            name="subject-100-kb", raw=mail("subject-100-kb", subject="a" * 100_000), note="A subject of 100 KB."
        ),
        HostileMail(
            name="subject-nul",
            raw=mail("subject-nul", subject="=?utf-8?q?Request=00for=07data?="),
            note="NUL and bell inside an encoded word.",
        ),
        HostileMail(
            name="subject-latin-1",
            raw=mail("subject-latin-1", subject=b"Requ\xeate de donn\xe9es"),
            note="Raw Latin-1 bytes.",
        ),
        HostileMail(
            name="subject-utf-8",
            raw=mail("subject-utf-8", subject="Cais am wybodaeth: t\u0175r a ch\u00e2n"),
            note="Raw UTF-8 bytes.",
        ),
        HostileMail(
            name="subject-unknown-charset",
            raw=mail("subject-unknown-charset", subject="=?x-nonsense?q?Caf=E9?="),
            note="An invented character set.",
        ),
        HostileMail(
            name="subject-bad-base64",
            raw=mail("subject-bad-base64", subject="=?utf-8?b?UmVxdWVzd?= for data"),
            note="Base64 that cannot be: HeaderParseError.",
        ),
        HostileMail(
            name="subject-100000-words", raw=mail("subject-100000-words", subject=words), note="100,000 encoded words."
        ),
        HostileMail(
            name="subject-unclosed-words",
            raw=mail("subject-unclosed-words", subject=traps),
            note="Encoded words that never close: quadratic search.",
        ),
        HostileMail(
            name="date-senseless",
            raw=mail("date-senseless").replace(
                b"Tue, 3 Mar 2026 10:00:00 +0000", b"Never, 99 Foo 99999 77:77:77 +9999"
            ),
            note="A date that is none.",
        ),
    ]


HOSTILE: tuple[HostileMail, ...] = (*_injections(), *_senders(), *_automatic(), *_text(), *_structure(), *_whole())
