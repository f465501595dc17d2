"""Mails and files that are too large to keep: each is made when it is needed, the same every time."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from fuzz.making_files import document, packed, pdf, png, workbook
from fuzz.making_mail import ASK, attached, mail, mixed

if TYPE_CHECKING:
    from collections.abc import Callable

MB = 1_000_000


def _deep_parts() -> bytes:
    lines = "".join(f"Content-Type: multipart/mixed; boundary=e{n}\r\n\r\n--e{n}\r\n" for n in range(10_000))
    head, _, body = f"{lines}Content-Type: text/plain\r\n\r\n{ASK}".partition("\r\n\r\n")
    return mail("deep", head, body=body)


def _deep_mails() -> bytes:
    return (
        mail("mails", body=b"").rstrip(b"\r\n")
        + b"\r\n"
        + b"Content-Type: message/rfc822\r\n\r\n" * 10_000
        + ASK.encode()
    )


def _parts(number: int) -> bytes:
    head, body = mixed(*["\r\n."] * number)
    return mail("parts", head, body=body)


def _packed_bomb(size: int, name: str = "word/document.xml", start: bytes = b"") -> bytes:
    """A ZIP whose part *name* unpacks to *size* bytes of next to nothing."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open(name, "w", force_zip64=True) as part:
            part.write(start)
            for _ in range(size // MB):
                part.write(b" " * MB)
    return buffer.getvalue()


def _many_names() -> bytes:
    return packed({f"{number}.txt": b"" for number in range(50_000)})


def _overlapping() -> bytes:
    """A ZIP whose directory names one packed part thousands of times."""
    whole = packed({"a.txt": b"a" * 5 * MB})
    start = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    entries = b"".join(whole[start:end].replace(b"a.txt", f"{n:05d}".encode()) for n in range(9_000))
    tail = (
        whole[end : end + 8]
        + (9_000).to_bytes(2, "little") * 2
        + len(entries).to_bytes(4, "little")
        + start.to_bytes(4, "little")
        + b"\0\0"
    )
    return whole[:start] + entries + tail


def _tnef(attributes: int, length: int) -> bytes:
    one = (
        b"\x02\x0f\x80\x06\x00"
        + length.to_bytes(4, "little")
        + b"a" * length
        + (97 * length % 65_536).to_bytes(2, "little")
    )
    return b"\x78\x9f\x3e\x22\x01\x00" + one * attributes


def _rtf_in_tnef() -> bytes:
    """Compressed RTF ([MS-OXRTFCP]) that claims four gigabytes and repeats itself."""
    packed_rtf = b"\xff\xff\xff\xff" * 2 + b"LZFu" + b"\0\0\0\0" + (b"\xff" + b"\0\x0f" * 8) * 60_000
    properties = (
        b"\x01\0\0\0" + b"\x02\x01\x09\x10" + b"\x01\0\0\0" + len(packed_rtf).to_bytes(4, "little") + packed_rtf
    )
    return (
        b"\x78\x9f\x3e\x22\x01\x00\x01\x03\x90\x06\x00" + len(properties).to_bytes(4, "little") + properties + b"\0\0"
    )


def _squeezed_twice(size: int) -> bytes:
    packed_twice = zlib.compress(zlib.compress(b" " * size, 9), 9)
    return pdf(
        "x",
        objects={
            4: b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n" % len(packed_twice)
            + packed_twice
            + b"\nendstream"
        },
    )


def _page_tree(pages: int) -> bytes:
    kids = " ".join("3 0 R" for _ in range(pages))
    return pdf("BT /F1 9 Tf (x) Tj ET", objects={2: f"<</Type/Pages/Kids[{kids}]/Count {pages}>>"})


MAILS: dict[str, Callable[[], bytes]] = {
    "parts 10,000 deep": _deep_parts,
    "mails 10,000 deep": _deep_mails,
    "50,000 parts": lambda: _parts(50_000),
    "header of 1 MB": lambda: mail("h", "X-Long: " + "a" * MB),
    "headers of 1 MB": lambda: mail("hs", *[f"X-{n}: {'a' * 90}" for n in range(10_000)]),
    "100,000 headers": lambda: mail("hhs", *["X: y"] * 100_000),
    "From of 1 MB": lambda: mail("from", From=", ".join(f"p{n}@example.org" for n in range(50_000))),
    "From of 1 MB of brackets": lambda: mail("from2", From="(" * 500_000 + ")" * 500_000 + " <jane@example.org>"),
    "Subject of 1 MB of words": lambda: mail("subject", Subject="=?utf-8?q?a?= " * 70_000),
    "Subject of 1 MB of unclosed words": lambda: mail("subject2", Subject="=?utf-8?q?" * 100_000),
    "References of 1 MB": lambda: mail("refs", "References: " + "<a@b> " * 160_000),
    "References of 1 MB, unclosed": lambda: mail("refs2", "References: " + "<" * MB),
    "Received of 1 MB": lambda: mail(
        "received", "\r\n".join(["Received: from a by b; Tue, 3 Mar 2026 10:00:00 +0000"] * 18_000)
    ),
    "Content-Type of 1 MB": lambda: mail(
        "type", "Content-Type: text/plain; " + "; ".join(f"a{n}=b" for n in range(100_000))
    ),
    "Content-Type of 1 MB of continuations": lambda: mail(
        "type2", "Content-Type: a/b; " + "; ".join(f"name*{n}*=%41" for n in range(70_000))
    ),
    "Authentication-Results of 1 MB": lambda: mail(
        "auth", "Authentication-Results: mx.example; " + "dmarc=fail (" * 80_000
    ),
    "To of 1 MB": lambda: mail("to", To=", ".join(f"p{n}@example.org" for n in range(50_000))),
    "Date of 1 MB": lambda: mail("date", Date="Tue, 3 Mar 2026 " + "(" * MB),
    "Auto-Submitted of 1 MB": lambda: mail("auto", "Auto-Submitted: " + "(" * MB),
    "boundary of 1 MB": lambda: mail("edge", "Content-Type: multipart/mixed; boundary=" + "e" * MB),
    "HTML 200,000 deep": lambda: mail("html", "Content-Type: text/html", body="<div>" * 200_000 + "How many?"),
    "HTML with 100,000 cells": lambda: mail("cells", "Content-Type: text/html", body="<table><tr>" + "<td>x" * 100_000),
    "HTML of attributes": lambda: mail(
        "attributes", "Content-Type: text/html", body="<p " + "a=b " * 250_000 + ">How many?"
    ),
    "HTML of entities": lambda: mail("entities", "Content-Type: text/html", body="&lt;" * 250_000 + "How many?"),
    "HTML of comments": lambda: mail("comments", "Content-Type: text/html", body="<!--" * 250_000 + "How many?"),
    "quoted-printable of 5 MB": lambda: mail(
        "qp", "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable", body="=41" * 1_600_000
    ),
    "base64 text of 5 MB": lambda: mail(
        "b64",
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64",
        body=base64.encodebytes("How many \u00a3? ".encode() * 300_000),
    ),
    "one line of 5 MB": lambda: mail("line", body="a " * 2_500_000),
    "a million empty lines": lambda: mail("lines", body="\r\n" * MB),
    "a file of 20 MB": lambda: attached(bytes(range(256)) * 60_000, "plan.bin"),
    "20 questions on 50,000 lines": lambda: mail(
        "list", body="".join(f"{n}. How many bins are there in ward {n}?\r\n" for n in range(25_000))
    ),
    "quotes 1,000 deep": lambda: mail(
        "quotes", body="".join(f"{'>' * (n % 1000)} How many?\r\n" for n in range(2_000))
    ),
    "ZIP bomb": lambda: attached(_packed_bomb(1000 * MB, "a.txt"), "a.zip", "application/zip"),
    "Word document that unpacks to 1 GB": lambda: attached(_packed_bomb(1000 * MB), "a.docx"),
    "Word document with one endless word": lambda: attached(
        document("<w:p><w:r><w:t>" + "a" * 20 * MB + "</w:t></w:r></w:p>"), "a.docx"
    ),
    "ZIP with 50,000 names": lambda: attached(_many_names(), "a.docx"),
    "ZIP with parts on top of one another": lambda: attached(_overlapping(), "a.docx"),
    "TNEF with 50,000 files": lambda: attached(_tnef(50_000, 5), "winmail.dat", "application/ms-tnef"),
    "TNEF that packs RTF": lambda: attached(_rtf_in_tnef(), "winmail.dat", "application/ms-tnef"),
    "RTF 500,000 deep": lambda: attached(b"{\\rtf1" + b"{" * 500_000 + b"How many?", "a.rtf"),
    "PDF of text that unpacks to 500 MB": lambda: attached(pdf(b"(a) Tj " * (500 * MB // 7), packing=True), "a.pdf"),
    "PDF packed twice": lambda: attached(_squeezed_twice(300 * MB), "a.pdf"),
    "PDF of 300,000 pages": lambda: attached(_page_tree(300_000), "a.pdf"),
    "PDF that draws 300,000 lines": lambda: attached(
        pdf("BT /F1 9 Tf (How many?) Tj ET\n" * 300_000, packing=True), "a.pdf"
    ),
    "ten PDFs that draw": lambda: _ten_pdfs(),  # noqa: PLW0108 - it stands further down
}
MAILS |= {
    f"a megabyte of {pump!r}": lambda pump=pump: mail(
        "pump", body=(pump * (MB // len(pump))).replace("\n", "\r\n") + "\1 How many?"
    )
    for pump in (
        " ",
        "a",
        "1",
        ">",
        "(",
        "<",
        '"',
        "?",
        ".",
        "-",
        "_",
        "a ",
        " \n",
        "1. ",
        "a@",
        "> ",
        "at ",
        "ref ",
        "new ",
        "for the ",
        "=?",
        "wrote: ",
    )
}


def _ten_pdfs() -> bytes:
    drawing = base64.encodebytes(pdf("BT /F1 9 Tf (How many?) Tj ET\n" * 60_000, packing=True)).decode()
    part = f"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{drawing}"
    head, body = mixed("\r\nPlease see attached.\r\n", *[part] * 10)
    return mail("ten", head, body=body)


FILES: dict[str, Callable[[], bytes]] = {
    "ZIP bomb.zip": lambda: _packed_bomb(1000 * MB, "a.txt"),
    "unpacks to 1 GB.docx": lambda: _packed_bomb(1000 * MB),
    "50,000 names.zip": _many_names,
    "one upon another.zip": _overlapping,
    "entities.xlsx": lambda: workbook(
        "",
        extra={
            "docProps/core.xml": "<!DOCTYPE a ["
            + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
            + "]><a>&a9;</a>"
        },
    ),
    "packed twice.pdf": lambda: _squeezed_twice(300 * MB),
    "300,000 pages.pdf": lambda: _page_tree(300_000),
    "unpacks to 500 MB.pdf": lambda: pdf(b"(a) Tj " * (500 * MB // 7), packing=True),
    "2,000 pages of one drawing.pdf": lambda: pdf(
        "BT /F1 9 Tf (How many?) Tj ET\n" * 2_000,
        objects={2: "<</Type/Pages/Kids[" + "3 0 R " * 2_000 + "]/Count 2000>>"},
    ),
    "4 gigapixels.png": lambda: png(65_000, 65_000),
    "100,000 columns.csv": lambda: b"," * 100_000 + b"\n" + b"1," * 100_000,
    "quotes.csv": lambda: b'"' * 999_999,
    "numbers.txt": lambda: b"4000 0000 0000 0002 " * 50_000,
    "words.txt": lambda: b"maureen.sample@example.org SW1A 1AA " * 30_000,
}
