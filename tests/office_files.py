"""Builds the files that people attach, by hand or with independent libraries, so that the readers are tested on what others write."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from docx import Document
from pypdf import PdfReader, PdfWriter

if TYPE_CHECKING:
    from collections.abc import Sequence


def pdf(*pages: str, fonts: bool = True) -> bytes:
    """A PDF with a page for each text, its lines set in Helvetica; *fonts* False leaves out what text needs, as a scan does."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for number, text in enumerate(pages):
        escaped = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in text.split("\n")]
        drawn = "BT /F1 11 Tf 14 TL 50 780 Td " + " ".join(f"({line}) Tj T*" for line in escaped) + " ET"
        content = zlib.compress(drawn.encode("cp1252") if fonts else b"0 0 200 200 re f")
        resources = "/Resources << /Font << /F1 3 0 R >> >>" if fonts else "/Resources << >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {resources} /Contents {5 + 2 * number} 0 R >>".encode()
        )
        head = f"<< /Length {len(content)} /Filter /FlateDecode >>\nstream\n".encode()
        objects.append(head + content + b"\nendstream")
    return pdf_of(objects)


def pdf_of(objects: Sequence[bytes]) -> bytes:
    """A PDF file of *objects*, numbered from 1, the first of which is its catalogue."""
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def locked_pdf(text: str, *, user: str, owner: str = "owner", algorithm: str = "AES-256") -> bytes:
    """A PDF that opens with the password *user*; an empty one restricts printing only."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(text))))
    writer.encrypt(user, owner, algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx(paragraphs: Sequence[str | tuple[str, str]], table: Sequence[Sequence[str]] = ()) -> bytes:
    """A Word document written by python-docx; a paragraph may name its style."""
    document = Document()
    for paragraph in paragraphs:
        text, style = paragraph if isinstance(paragraph, tuple) else (paragraph, None)
        document.add_paragraph(text, style=style)
    if table:
        grid = document.add_table(rows=len(table), cols=len(table[0]))
        for cells, row in zip(grid.rows, table, strict=True):
            for cell, text in zip(cells.cells, row, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


_ODT = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0">'
    '<office:automatic-styles><text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"'
    ' style:num-suffix="."/></text:list-style></office:automatic-styles><office:body><office:text>{}</office:text></office:body>'
    "</office:document-content>"
)


def odt(body: str, *, locked: bool = False) -> bytes:
    """An OpenDocument text whose office:text holds the XML *body*; list style L1 numbers its items."""
    data = '<manifest:encryption-data manifest:checksum=""/>' if locked else ""
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": _ODT.format(body).encode(),
            "META-INF/manifest.xml": f"<manifest>{data}</manifest>".encode(),
        }
    )


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of *entries*."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def rtf(*paragraphs: str) -> bytes:
    """An RTF document as WordPad writes one: 8-bit characters in hex, others as numbers."""
    lines = []
    for paragraph in paragraphs:
        line = ""
        for char in paragraph:
            if char in "\\{}":
                line += "\\" + char
            elif ord(char) < 128:
                line += char
            elif ord(char) < 256:
                line += f"\\'{ord(char):02x}"
            else:
                line += f"\\u{ord(char)}?"
        lines.append(line + "\\par\r\n")
    head = (
        r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil Calibri;}}{\*\generator Writer;}\viewkind4\uc1\pard\f0\fs22 "
    )
    return (head + "".join(lines) + "}").encode()


# TNEF -----------------------------------------------------------------------------------------------------------------


def _attribute(level: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def mapi_properties(properties: dict[tuple[int, int], bytes]) -> bytes:
    """MAPI properties as TNEF writes them: (id, type) and bytes; those of changing length get their count and filling."""
    out = struct.pack("<I", len(properties))
    for (name, kind), data in properties.items():
        out += struct.pack("<HH", kind, name)
        if name >= 0x8000:
            out += bytes(16) + struct.pack("<II", 0, 0x8580)
        if kind in {0x1E, 0x1F, 0x0D, 0x102}:
            out += struct.pack("<II", 1, len(data)) + data + bytes(-len(data) % 4)
        else:
            out += data
    return out


def tnef(
    body: str = "",
    files: Sequence[tuple[str, bytes]] = (),
    *,
    properties: dict[tuple[int, int], bytes] | None = None,
    embedded: bytes = b"",
) -> bytes:
    """A winmail.dat with *body*, *properties* of the message and *files*; *embedded* is a TNEF message attached to it."""
    out = struct.pack("<IH", 0x223E9F78, 1)
    out += _attribute(1, 0x00069007, struct.pack("<II", 1252, 0))
    if body:
        out += _attribute(1, 0x0002800C, body.encode("cp1252") + b"\0")
    if properties:
        out += _attribute(1, 0x00069003, mapi_properties(properties))
    for name, data in files:
        out += _attribute(2, 0x00069002, bytes(14))
        out += _attribute(2, 0x00018010, name[:8].encode() + b"\0")
        out += _attribute(2, 0x0006800F, data)
        out += _attribute(2, 0x00069005, mapi_properties({(0x3707, 0x1F): (name + "\0").encode("utf-16-le")}))
    if embedded:
        out += _attribute(2, 0x00069002, bytes(14))
        out += _attribute(2, 0x00069005, mapi_properties({(0x3701, 0x0D): bytes(16) + embedded}))
    return out


def compressed_rtf(data: bytes) -> bytes:
    """*data* as compressed RTF made of literals only, which every reader must take."""
    out = b""
    for at in range(0, len(data), 8):
        out += b"\0" + data[at : at + 8]
    return struct.pack("<IIII", len(out) + 12, len(data), 0x75465A4C, 0) + out


# .msg -----------------------------------------------------------------------------------------------------------------

_FREE = 0xFFFFFFFF
_END = 0xFFFFFFFE
_FAT = 0xFFFFFFFD


def _chain(count: int, first: int) -> list[int]:
    return [*range(first + 1, first + count), _END] if count else []


def compound(tree: dict[str, object]) -> bytes:
    """A compound file ([MS-CFB], version 3) of *tree*: bytes are streams, dicts are storages."""
    entries: list[list[object]] = [["Root Entry", 5, _FREE, _FREE, _FREE, b""]]

    def add(children: dict[str, object]) -> int:
        first = last = _FREE
        for name, value in children.items():
            here = len(entries)
            entries.append(
                [
                    name,
                    1 if isinstance(value, dict) else 2,
                    _FREE,
                    _FREE,
                    _FREE,
                    b"" if isinstance(value, dict) else value,
                ]
            )
            if isinstance(value, dict):
                entries[here][4] = add(value)
            if first == _FREE:
                first = here
            else:
                entries[last][3] = here
            last = here
        return first

    entries[0][4] = add(tree)
    mini, big = b"", b""
    minifat: list[int] = []
    fat: list[int] = []
    places: dict[int, int] = {}
    for number, entry in enumerate(entries):
        data = entry[5]
        assert isinstance(data, bytes)
        if 0 < len(data) < 4096:
            places[number] = len(minifat)
            minifat += _chain(-(-len(data) // 64), len(minifat))
            mini += data.ljust(-(-len(data) // 64) * 64, b"\0")
        elif data:
            places[number] = len(fat)
            fat += _chain(-(-len(data) // 512), len(fat))
            big += data.ljust(-(-len(data) // 512) * 512, b"\0")
    return _laid_out(entries, places, mini, minifat, big, fat)


def _laid_out(
    entries: list[list[object]], places: dict[int, int], mini: bytes, minifat: list[int], big: bytes, fat: list[int]
) -> bytes:
    def sectors(data: bytes, fill: bytes) -> tuple[int, bytes]:
        count = -(-len(data) // 512)
        place = len(fat)
        fat.extend(_chain(count, place))
        return place if count else _END, data.ljust(count * 512, fill)

    mini_at, mini_data = sectors(mini, b"\0")
    table_at, table = sectors(struct.pack(f"<{len(minifat)}I", *minifat), b"\xff")
    listing = b""
    for number, (name, kind, left, right, child, data) in enumerate(entries):
        assert isinstance(name, str)
        assert isinstance(data, bytes)
        encoded = name.encode("utf-16-le")
        start, size = (mini_at, len(mini)) if number == 0 else (places.get(number, _END), len(data))
        listing += encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded) + 2, kind, 1, left, right, child)
        listing += bytes(36) + struct.pack("<IQ", start, size)
    listing_at, listing_data = sectors(listing, b"\0")
    count = 1
    while count * 128 < len(fat) + count:
        count += 1
    fat_at = len(fat)
    whole = [*fat, *[_FAT] * count]
    allocation = struct.pack(f"<{len(whole)}I", *whole).ljust(count * 512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIII", 0, count, listing_at, 0, 4096)
    head += struct.pack("<IIII", table_at, len(table) // 512, _END, 0)
    difat = [*range(fat_at, fat_at + count), *[_FREE] * (109 - count)]
    return head + struct.pack("<109I", *difat) + big + mini_data + table + listing_data + allocation


def _texts(texts: dict[int, str]) -> dict[str, object]:
    return {f"__substg1.0_{number:04X}001F": text.encode("utf-16-le") for number, text in texts.items()}


def msg_tree(
    subject: str,
    sender: tuple[str, str],
    body: str,
    files: Sequence[tuple[str, bytes]] = (),
    *,
    inner: dict[str, object] | None = None,
    header: int = 32,
) -> dict[str, object]:
    """The streams and storages of an Outlook message; *inner* is an attached message's, *header* 24 for one of those."""
    submitted = struct.pack("<HHI", 0x40, 0x39, 6) + struct.pack("<Q", 133_856_064_000_000_000)
    tree: dict[str, object] = {"__properties_version1.0": bytes(header) + submitted}
    tree |= _texts({0x0037: subject, 0x0C1A: sender[0], 0x5D01: sender[1], 0x1000: body})
    for number, (name, data) in enumerate(files):
        attachment: dict[str, object] = {"__properties_version1.0": bytes(8), "__substg1.0_37010102": data}
        tree[f"__attach_version1.0_#{number:08X}"] = attachment | _texts({0x3707: name})
    if inner is not None:
        tree[f"__attach_version1.0_#{len(files):08X}"] = {
            "__properties_version1.0": bytes(8),
            "__substg1.0_3701000D": inner,
        }
    return tree


def msg(subject: str, sender: tuple[str, str], body: str, files: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """An Outlook message saved to disk."""
    return compound(msg_tree(subject, sender, body, files))


# S/MIME ---------------------------------------------------------------------------------------------------------------


def der(tag: int, *parts: bytes) -> bytes:
    """One element in DER."""
    content = b"".join(parts)
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    size = (len(content).bit_length() + 7) // 8
    return bytes([tag, 128 + size]) + len(content).to_bytes(size, "big") + content


def ber(tag: int, *parts: bytes) -> bytes:
    """One element whose length only its end tells, as streaming programs write it."""
    return bytes([tag, 0x80]) + b"".join(parts) + b"\0\0"


def _oid(text: str) -> bytes:
    return der(6, bytes.fromhex(text))


def signed(entity: bytes, *, streamed: bool = False) -> bytes:
    """*entity* inside a SignedData without certificates or signatures (RFC 5652 section 5); *streamed* in pieces of unknown length."""
    element = ber if streamed else der
    pieces = [der(4, entity[at : at + 50]) for at in range(0, len(entity), 50)]
    octets = ber(0x24, *pieces) if streamed else der(4, entity)
    inner = element(0x30, _oid("2a864886f70d010701"), element(0xA0, octets))
    data = element(0x30, der(2, b"\1"), der(0x31), inner, der(0x31))
    return element(0x30, _oid("2a864886f70d010702"), element(0xA0, data))


def enveloped() -> bytes:
    """The outer shape of an encrypted S/MIME part."""
    return der(0x30, _oid("2a864886f70d010703"), der(0xA0, der(0x30, der(2, b"\0"), der(0x31), der(4, bytes(300)))))
