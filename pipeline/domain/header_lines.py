"""The lines that mail programs set above an older mail, "From:", "Von:", "De :", told by their words or, in any other language, by their shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# English, Welsh, German, French, Spanish, Italian, Dutch, Polish, Romanian, Portuguese, Swedish, Danish and Norwegian.
FROM = frozenset({"from", "oddi wrth", "von", "de", "da", "van", "od", "de la", "fr\u00e5n", "fra"})
WHEN = frozenset(
    {
        "sent",
        "date",
        "anfonwyd",
        "dyddiad",
        "gesendet",
        "datum",
        "envoy\u00e9",
        "enviado",
        "enviado el",
        "enviada em",
        "fecha",
        "inviato",
    }
    | {"data", "verzonden", "wys\u0142ane", "wys\u0142ano", "trimis", "skickat", "sendt", "dato"}
)
SUBJECT = frozenset(
    {
        "subject",
        "pwnc",
        "testun",
        "betreff",
        "objet",
        "asunto",
        "oggetto",
        "onderwerp",
        "temat",
        "assunto",
        "subiect",
        "\u00e4mne",
        "emne",
    }
)
TO = frozenset({"to", "at", "an", "\u00e0", "para", "a", "aan", "do", "c\u0103tre", "catre", "til", "till"})
COPY = frozenset({"cc", "bcc", "copi", "copi at", "kopie", "kopia", "cci", "dw", "copie"})
_OTHERS = frozenset(
    {
        "importance",
        "priority",
        "sensitivity",
        "attachment",
        "attachments",
        "reply-to",
        "resent-from",
        "atodiadau",
        "pwysigrwydd",
    }
    | {"ateb i", "anlagen", "wichtigkeit", "pi\u00e8ces jointes"}
)
WORDS = "|".join(sorted(map(re.escape, FROM | WHEN | SUBJECT | TO | COPY | _OTHERS), key=len, reverse=True))
# What stands at the end of "On 6 January Jane Doe wrote:", and at its start, in those languages.
WROTE = r"wrote|writes|a \u00e9crit|escribi\u00f3|ha scritto|napisa\u0142(?:\(a\)|a)?|a scris|escreveu"
WROTE_BEFORE = r"ysgrifennodd|ysgrifennwyd gan|schrieb|schreef|skrev"  # the name stands behind it
WROTE_START = r"On|Ar|Le|Am|El|Il|Op|W dniu|\u00cen|Em|Den|Dnia"
FORWARDED = r"fwd?|ymlaen|wg|tr|rv|enc|pd|i|vs|vb|doorst"

_ANY = re.compile(
    r"\s{0,3}[*_]{0,2}(?P<label>[^\W\d_][\w '-]{0,20})[*_]{0,2}\s?:[*_]{0,2}\s{1,5}(?P<value>\S.{0,300})$"
)
_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}\.[\w.-]{2,100}")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_TIME = re.compile(r"\b\d{1,2}[:.]\d{2}\b")
_FORM = re.compile(
    r"(?:e-?mail|mail|(?:\w+ )?name|tel|phone|telephone|mobile|fax|web|website|address|postcode|questions?|request|message|comments?|details|submitted"
    r"|received|reference|ref|our ref|your ref|contact|enquiry|query|notes?|re|ip|status|id)$",
    re.IGNORECASE,
)
_FEWEST, _MOST = 3, 7  # lines


def shaped(lines: Sequence[str], at: int) -> list[tuple[str, str]]:
    """The labels and values of header lines in any language that start on line *at*; none where they have not their shape.

    Three to seven lines with a label each, an address in the first, a year and a time of day in another, and nothing right below. Labels of a
    form or a signature ("E-mail:", "Tel:") are none of a mail program's.
    """
    if "@" not in lines[at]:
        return []
    found: list[tuple[str, str]] = []
    for line in lines[at : at + _MOST + 1]:
        if not line.strip():
            break
        match = _ANY.match(line)
        if match is None or len(found) == _MOST or _FORM.match(match["label"].strip()):
            return []
        found.append((match["label"].strip(), match["value"].strip()))
    if len(found) < _FEWEST or not _EMAIL.search(found[0][1]):
        return []
    return found if any(is_dated(value) for _, value in found[1:]) else []


def is_dated(value: str) -> bool:
    """Whether *value* names a year and a time of day, as the line that says when a mail was sent does in every language."""
    return bool(_YEAR.search(value) and _TIME.search(value))
