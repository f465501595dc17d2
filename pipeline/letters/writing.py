"""Writes a letter record as the TOML file an officer could have written: ``load_record`` reads exactly the same record back."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.letters.authority import NO_OVERRIDE
from pipeline.letters.model import AnsweredQuestion, LetterKind, LetterRecord, Salutation
from pipeline.letters.particulars import KINDS, QUESTIONS
from pipeline.letters.templating import toml_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.letters.authority import AuthorityOverride
    from pipeline.letters.model import DraftFacts, PublicInterest, QualifiedPerson, Reliance

_ABOVE_ALL = ("template", "reference", "regime", "topic", "salutation", "requester_name", "received_on", "issued_on")


def begun(facts: DraftFacts) -> LetterRecord:
    """The record that a letter is begun with: what is known of the request, and nothing decided yet.

    One of a kind that needs particulars is not complete, and ``load_record`` would say what is missing.
    """
    asked = facts.questions if facts.kind in QUESTIONS else ()
    return LetterRecord(
        kind=facts.kind,
        template=facts.template,
        reference=facts.reference,
        regime=facts.regime,
        topic=facts.topic,
        salutation=Salutation.GENERIC,
        requester_name="" if facts.kind is LetterKind.SERVICE_AREA else facts.requester_name,
        received_on=facts.received_on,
        questions=tuple(AnsweredQuestion(label=one.label, text=one.text, regime=one.regime) for one in asked),
        particulars=replace(facts.known, due_on=facts.due_on) if "due_on" in KINDS[facts.kind].all else facts.known,
    )


def record_text(record: LetterRecord) -> str:
    """The file of *record*; what stands at its default is left out. A lone surrogate, which no file can hold, becomes U+FFFD."""
    lines = [f"kind = {_value(record.kind)}", *_keys(record, _ABOVE_ALL)]
    if record.attachments:
        lines.append(f"attachments = {_value(record.attachments)}")
    known = sorted(KINDS[record.kind].all - {"provisions"})
    lines += _keys(record.particulars, known)
    lines += _override(record.authority)
    for reliance in record.particulars.provisions:
        lines += _reliance(reliance, "provision")
    for question in record.questions:
        lines += ["", "[[question]]", *_keys(question, [f.name for f in fields(question) if f.name != "provisions"])]
        for reliance in question.provisions:
            lines += _reliance(reliance, "question.provision")
    return "\n".join(lines) + "\n"


def _keys(of: object, names: list[str] | tuple[str, ...]) -> Iterator[str]:
    """One line for each of *names* that says something."""
    for name in names:
        value = getattr(of, name)
        if value is not None and value is not False and value not in ("", ()):
            yield f"{name} = {_value(value)}"


def _value(value: object) -> str:
    """One value as TOML writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case StrEnum():
            return toml_text(value.value)
        case str():
            return toml_text(value)
        case date():
            return value.isoformat()
        case tuple():
            return f"[{', '.join(_value(one) for one in value)}]"
        case _:
            return repr(value)


def _override(authority: AuthorityOverride) -> Iterator[str]:
    """What this letter says differently about the authority; an empty text is said, too, for it takes something away."""
    if authority == NO_OVERRIDE:
        return
    yield from ("", "[authority]")
    for field in fields(authority):
        value = getattr(authority, field.name)
        if field.name == "publications" and value is not None:
            tables = (f"{{ title = {_value(one.title)}, url = {_value(one.url)} }}" for one in value)
            yield f"publications = [{', '.join(tables)}]"
        elif value is not None:
            yield f"{field.name} = {_value(value)}"


def _reliance(reliance: Reliance, place: str) -> Iterator[str]:
    yield from ("", f"[[{place}]]", f"cite = {_value(reliance.citation.short)}")
    yield from _keys(reliance, ("reason", "prejudice"))
    if reliance.public_interest is not None:
        yield from (f"[{place}.public_interest]", *_public_interest(reliance.public_interest))
    if reliance.qualified_person is not None:
        yield from (f"[{place}.qualified_person]", *_qualified_person(reliance.qualified_person))


def _public_interest(weighed: PublicInterest) -> Iterator[str]:
    for key, value in (("for", weighed.disclosure), ("against", weighed.withholding)):
        if value:
            yield f"{key} = {_value(value)}"
    yield from _keys(weighed, ("balance", "decided_by", "decided_on"))


def _qualified_person(person: QualifiedPerson) -> Iterator[str]:
    yield from _keys(person, ("role", "opinion", "name", "given_on"))
