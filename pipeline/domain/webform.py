"""A council's web form, sent as mail with labelled lines: who asks, their address, and what they ask (mail.md section 5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LOOK_AT = 200_000  # characters; a longer question keeps its tail all the same
_ADDRESS = re.compile(r"[^\s@<>\"'(),;:\[\]]{1,64}@[A-Za-z0-9.-]{1,253}\.[A-Za-z]{2,24}")
_DECORATION = " \t*_#|>\u00a0"
# Labels that forms put around the three that matter; a line that begins with one of them ends a question.
_OTHER_LABELS = frozenset(
    {
        "address",
        "address line 1",
        "address line 2",
        "case reference",
        "company",
        "contact number",
        "contact telephone number",
        "county",
        "date",
        "date of request",
        "date received",
        "date submitted",
        "daytime telephone",
        "declaration",
        "email",
        "email address",
        "first name",
        "form",
        "form name",
        "form reference",
        "format",
        "full name",
        "how would you like to receive the information",
        "how would you like us to reply",
        "ip address",
        "last name",
        "mobile",
        "mobile number",
        "name",
        "organisation",
        "organisation name",
        "page url",
        "phone",
        "phone number",
        "postal address",
        "postcode",
        "preferred contact method",
        "preferred format",
        "privacy notice",
        "reference",
        "reference number",
        "reply by",
        "submission date",
        "submission id",
        "submitted",
        "submitted on",
        "surname",
        "telephone",
        "telephone number",
        "time",
        "title",
        "town",
        "user agent",
    }
)

_FORM_CHARACTERS = 20_000
_ADDRESS_LINE = re.compile(
    r"\W{0,4}(?:[\w']{1,20} ){0,3}e-?mail(?: address)?\W{1,8}[^\s@<>]{1,64}@[\w.-]{3,253}", re.IGNORECASE
)
_ASK_LINE = re.compile(
    r"\W{0,4}(?:[\w']{1,20} ){0,4}(?:requests?|questions?|message|enquiry|query|details|information|comments?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLabels:
    """The labels of one web form as its mails show them, with or without their colon; "" for one that the form doesn't have."""

    name: str
    email: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFields:
    """What a form's mail holds: *name* and *email* of the requester ("" when absent) and *question* as they typed it."""

    name: str
    email: str
    question: str


def looks_like_form(text: str) -> bool:
    """Whether *text* reads like a form that nobody told us of: a line with somebody's address under its label, and one for what they say."""
    lines = text[:_FORM_CHARACTERS].splitlines()
    return any(map(_ADDRESS_LINE.match, lines)) and any(map(_ASK_LINE.match, lines))


def from_form(text: str, form: FormLabels) -> FormFields | None:
    """The requester and question in *text*, read by *form*; None when no question stands under its label.

    A value stands on its label's line or on the lines below it, up to the next label. Labels match without regard to case, colon and
    bold marks. The question keeps its line breaks and every word. Linear in the length of *text*.
    """
    wanted = {_plain(form.name): "name", _plain(form.email): "email", _plain(form.question): "question"}
    wanted.pop("", None)
    values = _values(text.replace("\r\n", "\n").replace("\r", "\n"), wanted)
    question = values.get("question", "")
    if not question:
        return None
    address = _ADDRESS.search(values.get("email", "")[:2000])
    name = " ".join(values.get("name", "").split())
    return FormFields(name=name, email=address[0] if address else "", question=question)


def _values(text: str, wanted: dict[str, str]) -> dict[str, str]:
    """Each wanted field's first value that isn't blank; what stands beyond the limit goes with the field that is open there."""
    found: dict[str, list[str]] = {}
    field: str | None = None
    for line in text[:_LOOK_AT].split("\n"):
        label, value = _split(line, wanted)
        if label is None:
            if field is not None:
                found[field].append(line.rstrip())
            continue
        name = wanted.get(label)
        if field is not None and name is not None and any(part.strip() for part in found.get(name, ())):
            found[field].append(line.rstrip())
            continue
        field = name
        if field is not None:
            found[field] = [value]
    if field is not None and len(text) > _LOOK_AT:
        found[field][-1] += text[_LOOK_AT:]
    return {name: "\n".join(parts).strip() for name, parts in found.items()}


def _split(line: str, wanted: dict[str, str]) -> tuple[str | None, str]:
    """The label that *line* begins with and what follows it; (None, "") for a line of text."""
    head = line[:300].strip(_DECORATION)
    before, colon, _ = head.partition(":")
    for cut in (before, head.partition("|")[0], head.partition("\t")[0]):
        label = _plain(cut)
        if label in wanted or (colon and label in _OTHER_LABELS):
            rest = line.strip(_DECORATION)[len(cut) :]
            return label, rest.lstrip(_DECORATION + ":").strip()
    for label in wanted:
        if _plain(head) == label:
            return label, ""
        if label.endswith("?") and head.casefold().startswith(label):
            return label, line.strip(_DECORATION)[len(label) :].lstrip(_DECORATION + ":").strip()
    return None, ""


def _plain(label: str) -> str:
    return " ".join(label.casefold().strip(_DECORATION).rstrip(":* \t").split())
