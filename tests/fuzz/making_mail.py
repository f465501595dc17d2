"""Whole mails that lie: about their characters, their sender, their parts, their lengths, their history and who may answer them."""

from __future__ import annotations

import base64
import quopri
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ASK = "Dear Sir or Madam,\r\n\r\nPlease tell me how much the council spent on pothole repairs in 2025.\r\n\r\nJane\r\n"
_HEAD = {
    "From": "Jane Smith <jane@example.org>",
    "To": "foi@council.example",
    "Subject": "Request for information",
    "Date": "Tue, 3 Mar 2026 10:00:00 +0000",
}
_BIDI = "\u202e"


def mail(name: str, *extra: str | bytes, body: str | bytes = ASK, **changed: str | bytes | None) -> bytes:
    """A mail with whole header lines *extra*; *changed* replaces one of its own headers (None leaves it out)."""
    head = {**_HEAD, "Message-ID": f"<{name}@hostile.example>"}
    head |= {key.replace("_", "-"): value for key, value in changed.items()}
    lines = [f"{key}: ".encode() + _raw(value) for key, value in head.items() if value is not None]
    return b"\r\n".join([*lines, *map(_raw, extra)]) + b"\r\n\r\n" + _raw(body)


def _raw(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def mixed(*parts: str | bytes, edge: str = "edge", kind: str = "mixed") -> tuple[str, bytes]:
    """The header line and the body of a multipart whose *parts* bring their own headers."""
    body = b"".join(b"--" + edge.encode() + b"\r\n" + _raw(part) + b"\r\n" for part in parts)
    return (
        f'MIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary="{edge}"',
        body + b"--" + edge.encode() + b"--\r\n",
    )


def attached(
    data: bytes, name: str, kind: str = "application/octet-stream", words: str = "Please see attached."
) -> bytes:
    """A mail that only points to its attachment."""
    head, body = mixed(
        f"Content-Type: text/plain\r\n\r\n{words}\r\n",
        f'Content-Type: {kind}; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data).decode(),
    )
    return mail("attached", head, body=body)


def mails() -> Iterator[tuple[str, bytes]]:
    """Each mail with its file name."""
    groups = (_charsets, _control, _people, _history, _trees, _headers, _words, _files, _reports, _html)
    for group in groups:
        for name, raw in group():
            yield f"{group.__name__.strip('_')}-{name}.eml", raw


def _charsets() -> Iterator[tuple[str, bytes]]:
    bodies = {
        "utf-8": "Faint o dy\u0302 a \u00a3?".encode(),
        "utf-16": "How many \u00a3?".encode("utf-16"),
        "latin": b"How many \xa3 \x93quoted\x94?",
        "cut": "How many \U0001f600".encode()[:-1],
    }
    labels = (
        "utf-8",
        "utf-16",
        "utf-7",
        "us-ascii",
        "iso-2022-jp",
        "gb18030",
        "hz",
        "idna",
        "punycode",
        "rot13",
        "zlib",
    )
    labels += ("unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "x" * 300, "utf-8\x00", "'utf-8'", "%s")
    for number, label in enumerate(labels):
        for kind, data in bodies.items():
            if number % 2 == 0:
                coded, how = base64.encodebytes(data), "base64"
            else:
                coded, how = quopri.encodestring(data), "quoted-printable"
            head = f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset={label}\r\nContent-Transfer-Encoding: {how}"
            yield f"{number:02d}-{kind}", mail(f"charset-{number}-{kind}", head, body=coded)
    plain = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
    for number, how in enumerate(
        ("x-uuencode", "BASE64;;", "7bit", "binary", "quoted-printable ", "x-nonsense", "base64, base64", "8bit\x00")
    ):
        yield (
            f"encoding-{number}",
            mail(f"encoding-{number}", plain + how, body=b"=3D=\r\n=XX=\xff" + ASK.encode() + b"="),
        )
    yield "uuencoded", mail("uu", plain + "x-uuencode", body="begin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n" + ASK)
    yield "uuencoded-lies", mail("uulies", plain + "uuencode", body="begin 999 ../a\r\nM" + "!" * 200 + "\r\n")


def _control() -> Iterator[tuple[str, bytes]]:
    yield "nul-everywhere", b"\0".join(bytes([byte]) for byte in mail("nul"))[:3000]
    yield "nul-in-header-name", mail("nulname", b"X-\0Odd: yes")
    yield "nul-in-subject", mail("nulsubject", Subject=b"Re\0quest")
    yield "nul-in-address", mail("nuladdress", From=b"jane\0@example.org")
    yield (
        "nul-in-boundary",
        mail(
            "nulboundary",
            b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="a\0b"',
            body=b"--a\0b\r\n\r\nhello\r\n",
        ),
    )
    yield "bidi-subject", mail("bidisubject", Subject=f"Request {_BIDI}fdp.exe")
    yield "bidi-name", mail("bidiname", From=f'"{_BIDI}elpmaxe.licnuoc@iof" <jane@example.org>')
    yield "bidi-address", mail("bidiaddress", From=f"jane{_BIDI}@example.org")
    yield "bidi-isolates", mail("bidiisolates", body="\u2066\u2067\u2068\u2069" * 200 + ASK)
    yield "homograph-domain", mail("homograph", From="FOI <foi@c\u043euncil.example>")
    yield "homograph-punycode", mail("punycode", From="FOI <foi@xn--cuncil-0qf.example>")
    yield "homograph-name", mail("homographname", From='"foi@council.example" <eve@attacker.example>')
    yield "zero-width-address", mail("zerowidth", From="jane\u200b@example.org")
    yield "bare-cr", mail("cr").replace(b"\r\n", b"\r")
    yield "bare-lf", mail("lf").replace(b"\r\n", b"\n")
    yield "mixed-ends", mail("ends").replace(b"\r\n", b"\r\r\n", 3).replace(b"\r\n", b"\n\r", 2)
    yield "form-feeds", mail("ff", body=ASK.replace(" ", "\f\v\x1c\x85"))
    yield "escape-sequences", mail("escape", Subject="\x1b]0;owned\x07\x1b[2J", body="\x1b[31m" * 50 + ASK)
    yield "surrogates", mail("surrogates", body=b"\xed\xa0\x80\xed\xb0\x80 " * 50 + ASK.encode())
    yield "overlong-utf-8", mail("overlong", body=b"\xc0\xaf\xe0\x80\xaf\xf8\x88\x80\x80\x80" * 30 + ASK.encode())
    yield "byte-order-marks", b"\xef\xbb\xbf" + mail("bom", body=b"\xff\xfe\xef\xbb\xbf" + ASK.encode())
    yield "utf-16-whole", mail("utf16").decode().encode("utf-16")


def _people() -> Iterator[tuple[str, bytes]]:
    senders = {
        "group": "Everyone: jane@example.org, sam@example.org;",
        "group-empty": "Nobody:;",
        "group-nested": "A: B: jane@example.org;;",
        "group-of-one": "Jane: jane@example.org;",
        "group-in-angles": "<Everyone: jane@example.org;>",
        "route": "Jane <@a.example,@b.example:jane@example.org>",
        "literal": "jane@[192.0.2.1]",
        "quoted-local": '"jane smith"@example.org',
        "quoted-at": '"jane@council.example"@example.org',
        "comment-in-address": "jane(foi@council.example)@example.org",
        "two-angles": "<jane@example.org><foi@council.example>",
        "nested-angles": "<<jane@example.org>>",
        "word-as-address": "=?utf-8?q?=3Cfoi=40council=2Eexample=3E?= <eve@attacker.example>",
        "word-hides-comma": "=?utf-8?q?a=2C_foi=40council=2Eexample?= <eve@attacker.example>",
        "percent": "foi%council.example@attacker.example",
        "bang": "council.example!foi@attacker.example",
        "trailing-dot": "jane@example.org.",
        "two-dots": "jane@example..org",
        "no-domain": "jane@",
        "no-local": "@example.org",
        "only-quotes": '""""""',
        "backslashes": "\\" * 200 + "jane@example.org",
        "many": ", ".join(f"p{n}@example.org" for n in range(300)),
        "long-name": "J" * 5000 + " <jane@example.org>",
        "our-own": "foi@council.example",
        "our-own-upper": "FOI@COUNCIL.EXAMPLE",
        "web-form": "webforms@council.example",
        "colleague": "Sam <sam@council.example>",
        "formula": '"=HYPERLINK(""http://evil.example"",""x"")" <jane@example.org>',
        "header-in-name": '"Jane\r\n Bcc: eve@attacker.example" <jane@example.org>',
    }
    for name, sender in senders.items():
        yield name, mail(name, From=sender)
    yield "two-from", mail("twofrom", "From: FOI team <foi@council.example>")
    yield "three-from", mail("threefrom", "From: a@b.example", "from: c@d.example")
    yield "from-after-body", mail("late", body="From: foi@council.example\r\n\r\n" + ASK)
    yield "reply-to-victim", mail("victim", "Reply-To: victim@example.net")
    yield "reply-to-list", mail("list", "Reply-To: a@example.org, b@example.org, foi@council.example")
    yield "sender-differs", mail("sender", "Sender: eve@attacker.example", From="a@example.org, b@example.org")
    yield "to-thousand", mail("thousand", To=", ".join(f"c{n}@example.org" for n in range(1000)))


def _history() -> Iterator[tuple[str, bytes]]:
    ours = "<00112233445566778899aabbccddeeff@council.example>"
    extra = {
        "reply-forged": f"In-Reply-To: {ours}",
        "reply-many": "In-Reply-To: " + " ".join(f"<{n}@x>" for n in range(100)),
        "references-no-angle": "References: " + "a@b " * 200,
        "references-unclosed": "References: " + "<" * 500,
        "references-nested": "References: <<<a@b>>>",
        "auto-no": "Auto-Submitted: no",
        "auto-no-comment": "Auto-Submitted: (auto-replied) no",
        "auto-replied": "Auto-Submitted: auto-replied; owner-email=a",
        "auto-broken": "Auto-Submitted: (((((no",
        "auto-empty": "Auto-Submitted:",
        "auto-both": "Auto-Submitted: no\r\nAuto-Submitted: auto-generated",
        "auto-word": "Auto-Submitted: =?utf-8?q?no?=",
        "suppress": "X-Auto-Response-Suppress: " + "DR," * 200 + "All",
        "precedence": "Precedence: BULK",
        "list": "List-Unsubscribe: <mailto:x@example.org>",
        "loop": "X-Loop: foi@council.example",
        "results-forged": "Authentication-Results: mx.example; dmarc=pass header.from=council.example",
        "results-broken": "Authentication-Results: mx.example; " + "spf=pass (" * 100,
        "results-two": "Authentication-Results: other.example; dmarc=pass\r\nAuthentication-Results: mx.example; dmarc=fail (p=reject)",
        "received-forged": "Received: from x by mx.council.example; Mon, 1 Jan 1990 00:00:00 +0000",
        "received-many": "\r\n".join(
            f"Received: from h{n} by h{n + 1}; Tue, 3 Mar 2026 10:00:{n % 60:02d} +0000" for n in range(150)
        ),
        "received-senseless": "Received: ;;;;;(((by by from;",
        "return-path-null": "Return-Path: <>",
        "resent": "Resent-From: foi@council.example\r\nResent-To: victim@example.net\r\nResent-Date: now",
        "delivered-to": "Delivered-To: foi@council.example\r\n" * 30 + "X-Other: y",
    }
    for name, lines in extra.items():
        yield name, mail(name, lines)
    for number, date in enumerate(
        (
            "",
            "0",
            "31 Feb 2026",
            "Tue, 3 Mar 99999 10:00 +0000",
            "Tue, 3 Mar 2026 25:61:61 +9999",
            "-" * 300,
            "1 Jan 0001 00:00 +2359",
        )
    ):
        yield f"date-{number}", mail(f"date-{number}", Date=date)
    yield "subject-reference", mail("reference", Subject="Re: FOI598335296 FOI000000015 EIR000000023")
    yield "subject-references", mail("references", Subject="FOI1 " * 190 + "x")
    yield "subject-stops", mail("stops", Subject="bins " + "?" * 900 + "=")
    yield "message-id-missing", mail("none", Message_ID=None)
    yield "message-id-long", mail("long", Message_ID="<" + "a" * 3000 + "@b>")
    yield "message-id-two", mail("two", "Message-ID: <other@hostile.example>")


def _trees() -> Iterator[tuple[str, bytes]]:
    deep = "Content-Type: text/plain\r\n\r\n" + ASK
    for level in range(60):
        deep = f"Content-Type: multipart/mixed; boundary=e{level}\r\n\r\n--e{level}\r\n{deep}\r\n--e{level}--\r\n"
    yield (
        "deep",
        mail("deep", "MIME-Version: 1.0\r\n" + deep.partition("\r\n\r\n")[0], body=deep.partition("\r\n\r\n")[2]),
    )
    inner = mail("innermost")
    for level in range(8):
        inner = mail(f"inner{level}", "Content-Type: message/rfc822", body=inner)
    yield "mails-in-mails", inner
    plain = "Content-Type: text/plain\r\n\r\n" + ASK
    for kind in (
        "alternative",
        "digest",
        "related",
        "parallel",
        "signed",
        "encrypted",
        "report",
        "x-nonsense",
        "form-data",
        "byteranges",
    ):
        head, body = mixed(plain, "Content-Type: text/html\r\n\r\n<p>Please send <b>other</b> figures.</p>", kind=kind)
        yield kind, mail(kind, head, body=body)
    for number, edge in enumerate(("-", "--", "edge--", " edge ", "a" * 70, "a" * 500, "(.*)+$", "[", "\\", "edge\t")):
        head, body = mixed(plain, plain, edge=edge)
        yield f"edge-{number}", mail(f"edge-{number}", head, body=body)
    head, body = mixed(*["\r\n."] * 300)
    yield "parts-300", mail("parts", head, body=body)
    yield (
        "same-edge-twice",
        mail(
            "same",
            mixed(mixed(plain)[0] + "\r\n\r\n" + mixed(plain)[1].decode())[0],
            body=mixed(mixed(plain)[0] + "\r\n\r\n" + mixed(plain)[1].decode())[1],
        ),
    )
    yield (
        "prefix-edges",
        mail(
            "prefix",
            'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="a"',
            body="--ab\r\n\r\nno\r\n--a\r\n\r\nyes\r\n--abc--\r\n--a--\r\n",
        ),
    )
    yield "never-closed", mail("open", mixed(plain)[0], body=mixed(plain, plain)[1].rpartition(b"--edge--")[0])
    yield (
        "words-around",
        mail("around", mixed(plain)[0], body=b"preamble " * 50 + b"\r\n" + mixed(plain)[1] + ASK.encode()),
    )
    yield "type-twice", mail("typetwice", "Content-Type: text/html", "Content-Type: text/plain", body="<p>Which?</p>")
    yield "type-of-nothing", mail("nothing", "Content-Type:", "Content-Disposition:", "Content-Transfer-Encoding:")
    yield "partial", mail("partial", "Content-Type: message/partial; id=a; number=1; total=9")
    yield "external", mail("external", "Content-Type: message/external-body; access-type=URL; URL=file:///etc/passwd")
    yield (
        "attachment-only",
        mail("only", "Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment", body="%PDF-1.7"),
    )
    yield (
        "inline-text-file",
        mail("inline", "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=body.txt"),
    )
    yield "parameters", mail("parameters", "Content-Type: text/plain; " + "; ".join(f"p{n}=v{n}" for n in range(300)))
    yield (
        "continuations",
        mail("continuations", "Content-Type: application/x; " + "; ".join(f"name*{n}*=%41" for n in range(100))),
    )
    yield (
        "continuation-lies",
        mail("lies", "Content-Type: application/x; name*0*=utf-16'en'%00A; name*0=b; name*=x''%ZZ; name*99999999999=z"),
    )


def _headers() -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    yield "only-newline", b"\r\n"
    yield "only-from-line", b"From jane@example.org Tue Mar  3 10:00:00 2026\r\n"
    yield (
        "mbox",
        b"From jane@example.org Tue Mar  3 10:00:00 2026\r\n" + mail("mbox") + b"\r\nFrom x\r\n" + mail("second"),
    )
    yield "no-body", mail("nobody").partition(b"\r\n\r\n")[0]
    yield "no-headers", ASK.encode()
    yield "no-colon", mail("nocolon", "This is no header", "Nor this")
    yield "leading-space", b" folded from nothing\r\n" + mail("leading")
    yield "space-before-colon", mail("space", "Auto-Submitted : auto-replied", "Subject : other")
    yield "empty-name", mail("emptyname", ": nothing", "::::")
    yield "long-fold", mail("fold", "X-Folded: a" + "\r\n\tb" * 300)
    yield "blank-folds", mail("blank", "X-Blank: a" + "\r\n \t " * 300)
    yield "three-hundred", mail("many", *[f"X-H{n}: {n}" for n in range(300)])
    yield "same-300-times", mail("same", *["Received: x"] * 300)
    yield "subject-300-times", mail("subjects", *["Subject: other"] * 300)
    yield "case", mail("case").swapcase()
    yield "eight-bit-names", mail("names", b"\xff\xfe: x", "X-\u00e9: y")
    yield (
        "attribute-names",
        mail("attributes", "Body: x", "Headers: y", "Attachments: z", "Text_plain_json: w", "__class__: v", "Parse: u"),
    )
    yield "subject-folded-word", mail("words", Subject="=?utf-8?q?a?=\r\n =?utf-8?q?b?=\r\n\t=?utf-8?b?w6k=?=")
    yield "html-only-head", b"<html><head></head><body>How many potholes?</body></html>"
    yield "binary", bytes(range(256)) * 8
    yield "http", b"GET / HTTP/1.1\r\nHost: council.example\r\n\r\n"
    yield "pdf-as-mail", b"%PDF-1.7\r\n1 0 obj\r\n<<>>\r\nendobj\r\ntrailer << /Root 1 0 R >>\r\n%%EOF"
    yield "zip-as-mail", b"PK\x03\x04" + b"\0" * 60


def _words() -> Iterator[tuple[str, bytes]]:
    words = {
        "within-word": "=?utf-8?b?PT91dGYtOD9xPz0wQT89?=",
        "line-break": "=?utf-8?q?a=0D=0ABcc:_eve=40attacker.example?=",
        "no-end": "=?utf-8?q?" * 80,
        "question-marks": "=?utf-8?q?" + "?" * 300 + "?=",
        "empty": "=?utf-8?q??=" * 80,
        "empty-charset": "=??q?a?=",
        "star-language": "=?utf-8*en?q?a?= =?utf-8*?q?b?=",
        "long-charset": f"=?{'x' * 200}?q?a?=",
        "split-character": "=?utf-8?q?=E2=82?= =?utf-8?q?=AC?=",
        "utf-7": "=?utf-7?q?+ADw-script+AD4-?=",
        "iso-2022": "=?iso-2022-jp?b?GyRC?=",
        "bad-base64": "=?utf-8?b?A?= =?utf-8?b?====?= =?utf-8?b?!!!!?=",
        "bad-hex": "=?utf-8?q?=ZZ=4?=",
        "upper": "=?UTF-8?Q?A?= =?Utf-8?B?QQ==?=",
        "other-how": "=?utf-8?x?a?=",
        "nul": "=?utf-8?q?=00=01=1B?=",
        "surrogate": "=?utf-8?q?=ED=A0=80?=",
        "mixed": "=?utf-8?q?a?=b=?utf-8?q?c?= =?latin-1?q?=E9?=",
    }
    for name, word in words.items():
        yield name, mail(f"word-{name}", Subject=word, From=f"{word} <jane@example.org>")


def _files() -> Iterator[tuple[str, bytes]]:
    for number, name in enumerate(
        (
            "../../etc/passwd",
            "C:\\Windows\\a.exe",
            "a.pdf\0.exe",
            "con",
            ".",
            "..",
            " ",
            "a" * 400 + ".pdf",
            f"a{_BIDI}fdp.exe",
            "=cmd|x!A1.csv",
            "a\r\nX-Evil: b.pdf",
            "a;b.pdf",
            'a"b.pdf',
            "<script>.html",
        )
    ):
        yield f"name-{number:02d}", attached(b"hello", name)
    rtf = b"{\\rtf1" + b"{" * 400 + b"How many?" + b"}" * 200 + b"\\bin99999999 x\\u99999 ?\\'zz}"
    kinds = {
        "rtf.rtf": rtf,
        "rtf-fields.rtf": b"{\\rtf1{\\field{\\*\\fldinst HYPERLINK}{\\fldrslt How many?}}" * 40,
        "tnef.dat": b"\x78\x9f\x3e\x22\x01\x00" + b"\x01\x0f\x80\x01\x00\xff\xff\xff\x7f" + b"a" * 60,
        "tnef-empty.dat": b"\x78\x9f\x3e\x22\x01\x00",
        "ole.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504,
        "ole-loop.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + b"\x3e\0\x03\0\xfe\xff\x09\0\x06\0"
        + bytes(6)
        + b"\x01\0\0\0" * 120,
        "cms.p7m": b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80" + b"\x30\x80" * 200,
        "cms-length.p7m": b"\x30\x84\xff\xff\xff\xff\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
        "html.html": b"<!DOCTYPE a [<!ENTITY b 'c'>]>"
        + b"<table><tr><td>" * 100
        + b"&b;&#0;&#xD800;&#99999999;How many?",
        "mail.eml": mail("inside", "Content-Type: message/rfc822", body=mail("deeper")),
        "text-utf-16.txt": "How many potholes?".encode("utf-16"),
        "text-odd.txt": b"\xff\xfeH",
        "calendar.ics": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:How many?\r\n" * 30,
        "pgp.asc": b"-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n",
        "picture.png": b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\0\0\0",
    }
    for name, data in kinds.items():
        yield name.replace(".", "-"), attached(data, name)
    yield "tnef-typed", attached(kinds["tnef.dat"], "winmail.dat", "application/ms-tnef")
    yield "cms-typed", attached(kinds["cms.p7m"], "smime.p7m", "application/pkcs7-mime; smime-type=signed-data")
    yield (
        "pdf-typed",
        attached(b"%PDF-1.4\n" + b"1 0 obj<</Type/Pages/Kids[1 0 R]/Count 1>>endobj " * 20, "a.pdf", "application/pdf"),
    )
    yield (
        "no-name",
        mail(
            "noname",
            mixed("Content-Type: application/x\r\n\r\nabc")[0],
            body=mixed("Content-Type: application/x\r\n\r\nabc")[1],
        ),
    )
    thirty = mixed(*[f"Content-Type: application/x; name=f{n}.txt\r\n\r\n{n}" for n in range(60)])
    yield "sixty", mail("sixty", thirty[0], body=thirty[1])


def _reports() -> Iterator[tuple[str, bytes]]:
    def report(name: str, status: str, original: str = "", kind: str = "delivery-status") -> bytes:
        head, body = mixed(
            "Content-Type: text/plain\r\n\r\nIt could not be delivered.\r\n",
            f"Content-Type: message/{kind}\r\n\r\n{status}\r\n",
            f"Content-Type: text/rfc822-headers\r\n\r\n{original}\r\n",
        )
        head = head.replace("multipart/mixed", f"multipart/report; report-type={kind}")
        return mail(name, "Return-Path: <>", head, From="MAILER-DAEMON@mx.example.org", body=body)

    final = "Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; {}\r\nAction: {}\r\nStatus: {}\r\n"
    yield "failed", report("failed", final.format("gone@example.org", "failed", "5.1.1"))
    yield (
        "many-recipients",
        report("many", "Reporting-MTA: dns; x\r\n\r\n" + (final.format("a@b.example", "failed", "5.0.0") * 60)),
    )
    yield "status-senseless", report("senseless", final.format(";;;", "???", "99.99.99999"))
    yield "status-binary", report("binary", "\x01\x02\x03: \x7f\r\n" * 30)
    yield (
        "two-originals",
        report(
            "two",
            final.format("a@b.example", "failed", "5.1.1"),
            "Message-ID: <a@council.example>\r\nMessage-ID: <b@council.example>",
        ),
    )
    yield (
        "poisoned",
        report(
            "poisoned",
            final.format("a@b.example", "failed", "5.1.1"),
            "Subject: FOI598335296\r\nMessage-ID: <" + "x" * 900 + ">",
        ),
    )
    yield "feedback", report("feedback", "Feedback-Type: abuse\r\nUser-Agent: x", kind="feedback-report")
    yield (
        "disposition",
        report(
            "disposition",
            "Disposition: automatic-action/MDN-sent-automatically; displayed",
            kind="disposition-notification",
        ),
    )
    yield (
        "failed-recipients",
        mail("xfailed", "X-Failed-Recipients: " + ", ".join(f"a{n}@example.org" for n in range(200))),
    )
    yield (
        "words-only",
        mail(
            "wordsonly",
            "Return-Path: <>",
            From="postmaster@example.org",
            Subject="Undeliverable: Undeliverable: x",
            body="550 5.1.1 <a@b> unknown\r\n" * 60,
        ),
    )


def _html() -> Iterator[tuple[str, bytes]]:
    head = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8"
    pages = {
        "deep": "<div>" * 600 + "How many?" + "</div>" * 300,
        "tables": "<table><tr><td>" * 150 + "How many?",
        "wide": "<table><tr>" + "<td>x</td>" * 400 + "</tr></table>",
        "unclosed": "<p <b <i <a href='" * 100 + "How many?",
        "comments": "<!--" * 200 + "How many?",
        "conditional": "<!--[if mso]>hidden<![endif]-->How many?<![if !mso]>shown<![endif]>",
        "cdata": "<![CDATA[" * 60 + "How many?",
        "entities": "&amp;" * 500 + "&#0;&#x1F600;&#xFFFFFFFF;&nosuch;&lt" + "How many?",
        "script": "<script>" + "How many?" * 60 + "</script><style>x{}</style><p>Please send figures.</p>",
        "attributes": "<p " + " ".join(f"a{n}=b" for n in range(400)) + ">How many?",
        "lists": "<ol start=-99999999999><li>How many?" * 60,
        "list-types": "<ol type=i start=4000><li>How many?</ol><ol type=a start=0><li>x</ol>",
        "blockquotes": "<blockquote>" * 120 + "How many?",
        "pre": "<pre>" + "\t" * 300 + "How many?</pre>",
        "hidden": "<p style='display:none'>secret</p><p style='font-size:0'>x</p>How many?",
        "forms": "<form action=x><input value='How many?'><select><option>a</form>",
        "svg": "<svg onload=alert(1)><text>How many?</text><foreignObject><p>x",
        "base": "<base href='//evil.example'><a href='javascript:alert(1)'>How many?</a>",
        "meta": "<meta http-equiv=refresh content='0;url=//evil.example'><meta charset=utf-16>How many?",
        "frameset": "<frameset><frame src=x></frameset><noframes>How many?</noframes>",
        "nul": "<p>How\0 many?</p>\0<\0p>",
        "xml": "<?xml version='1.0' encoding='utf-16'?><html xmlns='x'><p>How many?</p></html>",
        "outlook": "<div style='border:none;border-top:solid'><b>From:</b> x<br><b>Sent:</b> y</div>" * 30
        + "How many?",
        "gmail-quote": "<div class=gmail_quote>" * 60 + "How many?",
        "br": "<br>" * 2000 + "How many?",
    }
    for name, page in pages.items():
        yield name, mail(f"html-{name}", head, body=page)
