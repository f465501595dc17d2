"""Puts an officer's record and a template's wording together into one neutral letter, and lays that out as plain text."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError

from pipeline.domain.citation import LAW_OF, parse_citation
from pipeline.domain.clock_events import last_of_months_beginning
from pipeline.domain.errors import RecordError, UsageError
from pipeline.letters.law import exemptions
from pipeline.letters.model import Reliance, Salutation
from pipeline.letters.plain import clean_text, described, is_table, one_line, paragraphs
from pipeline.letters.templating import environment, letters_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from pipeline.domain.citation import Citation
    from pipeline.domain.request import Regime
    from pipeline.letters.authority import AuthorityFacts, Publication
    from pipeline.letters.model import (
        AnsweredQuestion,
        LetterKind,
        LetterRecord,
        PublicInterest,
        QualifiedPerson,
    )


# What a template may call to put a block into the letter.
_CALLS = ("lines", "date", "greeting", "heading", "paragraph", "ask", "answer", "items", "link", "sign_off")
_NO_SIZES: Mapping[str, int] = MappingProxyType({})


class BlockKind(StrEnum):
    """What a block of a letter is; the renderer decides how it looks."""

    LINES = "lines"
    DATE = "date"
    SALUTATION = "salutation"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    QUESTION = "question"
    ANSWER = "answer"
    LINK = "link"
    LIST = "list"
    TABLE = "table"
    SIGN_OFF = "sign_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    r"""One block: *text* with ``\n`` between its lines; *label* is a question's number or a link's title, "" without one.

    Each line of a list is an item, each line of a table a row with tabs between its cells.
    """

    kind: BlockKind
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter in its final words but in no format yet; *subject* is the subject line of the mail that carries it.

    *language* is a language tag (BCP 47) and *author* the authority's name, for the forms that record them; *crest* its picture,
    for those that can show one.
    """

    kind: LetterKind
    template: str
    reference: str
    regime: Regime
    issued_on: date
    blocks: tuple[Block, ...]
    subject: str = ""
    language: str = "en-GB"
    author: str = ""
    crest: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A provision as the wording names it: "section", "40(2)", "of the … Act 2000", "personal information".

    *wording* is what the law says, *reason* and the rest what the officer wrote of it; *denies* and *unsearched* are
    as in ``domain.provision.Provision``.
    """

    word: str
    number: str
    law: str
    title: str
    wording: str = ""
    denies: bool = False
    unsearched: bool = False
    reason: str = ""
    prejudice: str = ""
    public_interest: PublicInterest | None = None
    qualified_person: QualifiedPerson | None = None


class _Collector:
    """Takes the blocks in the order in which the wording calls for them; every method gives "", as jinja prints what it gets."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []

    def _put(self, kind: BlockKind, text: str, label: str = "") -> str:
        if text:
            self.blocks.append(Block(kind=kind, text=text, label=label))
        return ""

    def lines(self, *lines: str) -> str:
        """Put lines that belong together; empty ones are left out."""
        return self._put(BlockKind.LINES, "\n".join(filter(None, map(one_line, lines))))

    def date(self, text: str) -> str:
        """Put the date of the letter."""
        return self._put(BlockKind.DATE, text)

    def greeting(self, text: str) -> str:
        """Put the salutation."""
        return self._put(BlockKind.SALUTATION, one_line(text))

    def heading(self, *lines: str) -> str:
        """Put the heading; empty lines are left out."""
        return self._put(BlockKind.HEADING, "\n".join(filter(None, map(one_line, lines))))

    def paragraph(self, caller: Callable[[], str]) -> str:
        """Put one paragraph of the template's own wording."""
        return self._put(BlockKind.PARAGRAPH, clean_text(caller()).strip())

    def ask(self, label: str, text: str) -> str:
        """Put a question in the requester's own words."""
        return self._put(BlockKind.QUESTION, clean_text(text).strip(), one_line(label))

    def answer(self, text: str) -> str:
        """Put what an officer wrote, a block for each paragraph and for each table pasted from a spreadsheet."""
        for paragraph in paragraphs(text):
            self._put(BlockKind.TABLE if is_table(paragraph) else BlockKind.ANSWER, paragraph)
        return ""

    def items(self, *texts: str) -> str:
        """Put a list; empty items are left out."""
        return self._put(BlockKind.LIST, "\n".join(filter(None, map(one_line, texts))))

    def link(self, url: str, title: str = "") -> str:
        """Put a web address."""
        return self._put(BlockKind.LINK, one_line(url), one_line(title))

    def sign_off(self, *lines: str) -> str:
        """Put a part of the close."""
        return self._put(BlockKind.SIGN_OFF, "\n".join(filter(None, map(one_line, lines))))


def build(record: LetterRecord, authority: AuthorityFacts, today: date, sizes: Mapping[str, int] = _NO_SIZES) -> Letter:
    """Write *record* in the words of its template, dated *today* unless the record has its own date.

    *sizes* are the bytes of its attachments by name, as far as known. Raises RecordError for a template or provision
    that is not known, UsageError for a template that is faulty.
    """
    folder = _folder(record)
    facts = _facts(folder)
    mistakes: list[str] = []
    for law in sorted(record.laws | {record.regime}):
        if law not in facts["regimes"]:
            has = ", ".join(facts["regimes"])
            mistakes.append(f"template: {record.template} has no words for {law}, only for {has}; choose another")
    issued_on = record.issued_on or today
    context = _context(record, record.authority.over(authority), facts, mistakes)
    if mistakes:
        raise RecordError(tuple(mistakes))
    collector = _Collector()
    context |= {name: getattr(collector, name) for name in _CALLS} | {
        "dated": _dated(facts, issued_on, folder),
        "issued_on": issued_on,
        "attachments": [described(name, sizes.get(name)) for name in record.attachments],
    }
    _fill(f"{folder}/letter.jinja", context)
    letter = Letter(
        kind=record.kind,
        template=record.template,
        reference=record.reference,
        regime=record.regime,
        issued_on=issued_on,
        blocks=tuple(collector.blocks),
        language=facts.get("language", "en-GB"),
        author=one_line(record.authority.over(authority).name),
        crest=authority.crest,
    )
    about = {"letter": letter, "its": record.particulars}
    return replace(letter, subject=one_line(_fill(f"{folder}/subject.txt", about)))


def _context(
    record: LetterRecord, who: AuthorityFacts, facts: Mapping[str, Any], mistakes: list[str]
) -> dict[str, object]:
    """Give the template what the record says; a provision that the letter cannot name is noted in *mistakes*."""

    def cited(written: str) -> Cited | None:
        """Let the template name a provision of its own choice."""
        citation = parse_citation(written)
        return None if citation is None else _cited(Reliance(citation=citation), facts)

    named = record.salutation == Salutation.NAMED and one_line(record.requester_name)
    return {
        "authority": who,
        "publications": [one for one in who.publications if _is_real(one)],
        "reference": record.reference,
        "regime": record.regime,
        "laws": record.laws,
        "topic": one_line(record.topic),
        "salutation": "named" if named else "generic",
        "requester_name": one_line(record.requester_name),
        "received_on": record.received_on,
        "questions": [_question(question, record.law_of(question), facts, mistakes) for question in record.questions],
        "its": record.particulars,
        "gives_personal_data": record.gives_personal_data,
        "provisions": _all_cited(record.particulars.provisions, "the letter", facts, mistakes),
        "cited": cited,
        "last_of_months": last_of_months_beginning,
    }


def unnamed(record: LetterRecord, citation: Citation) -> str:
    """Why the letter of *record* can't name the provision *citation*, in words; "" where it can."""
    if _cited(Reliance(citation=citation), _facts(_folder(record))) is not None:
        return ""
    exact = _paragraphs(citation).removeprefix(": ")
    return f"{citation.short} is not exact enough; name one of {exact}" if exact else f"There is no {citation.short}"


def render_text(letter: Letter) -> str:
    r"""Lay *letter* out as plain text with ``\n`` line ends and none at the end: the legal answer (D5)."""
    own = f"{letter.kind}/{letter.template}/text.jinja"
    return _fill(own if (letters_folder() / own).is_file() else "text.jinja", {"letter": letter})


def _folder(record: LetterRecord) -> str:
    kinds = letters_folder() / record.kind
    known = sorted(found.name for found in kinds.iterdir() if (found / "letter.jinja").is_file())
    if record.template not in known:
        raise RecordError(
            (f'template: "{one_line(record.template)[:60]}" is not known; use one of {", ".join(known)}',)
        )
    return f"{record.kind}/{record.template}"


@cache
def _facts(folder: str) -> Mapping[str, Any]:
    """Read what a template knows of the law, by itself or over what all letters know; it may not change while the program runs."""
    own = tomllib.loads((letters_folder() / folder / "facts.toml").read_text(encoding="utf-8"))
    if "from" in own:
        return own
    return tomllib.loads((letters_folder() / "facts.toml").read_text(encoding="utf-8")) | own


def _dated(facts: Mapping[str, Any], on: date, folder: str) -> Mapping[str, Any]:
    found: list[Mapping[str, Any]] = [entry for entry in facts["from"] if entry["date"] <= on]
    if not found:
        raise UsageError(
            f"templates/letters/{folder}/facts.toml: no [[from]] is old enough for a letter of {on}; add one"
        )
    return max(found, key=lambda entry: entry["date"])


def _question(
    question: AnsweredQuestion, law: Regime, facts: Mapping[str, Any], mistakes: list[str]
) -> dict[str, object]:
    """Give the template what it needs of one question; its provisions become citations in the template's words."""
    cited = _all_cited(question.provisions, f"question {question.label}".rstrip(), facts, mistakes)
    return {
        "label": question.label,
        "text": question.text,
        "outcome": question.outcome,
        "regime": law,
        "answer": question.answer,
        "provisions": cited,
        "unsearched": any(one.unsearched for one in cited),
        "reason": question.reason,
        "public_interest": question.public_interest,
        "link": question.link,
        "link_intro": question.link_intro,
    }


def _all_cited(
    provisions: tuple[Reliance, ...], place: str, facts: Mapping[str, Any], mistakes: list[str]
) -> list[Cited]:
    """Name *provisions*, noting in *mistakes* those that the letter does not know."""
    found = []
    for reliance in provisions:
        one = _cited(reliance, facts)
        if one is None:
            mistakes.append(
                f"{place}: provisions: {reliance.citation.short} is not known to this letter; "
                f"check the number, and name the paragraph where there are several{_paragraphs(reliance.citation)}",
            )
        else:
            found.append(one)
    return found


def _paragraphs(citation: Citation) -> str:
    below = exemptions().below(citation.short, LAW_OF[citation.source])
    return f": {', '.join(one.citation.short for one in below)}" if below else ""


def _cited(reliance: Reliance, facts: Mapping[str, Any]) -> Cited | None:
    """Name a provision in the template's own words where it has any, else in those of config/exemptions.toml."""
    citation = reliance.citation
    source = facts.get(citation.source)
    known = exemptions().find(citation.short, citation.regime)
    if source is None:
        return None
    title = known.heading if known else None
    if "titles" in source:
        title = _title(citation.number, source["titles"])
    if title is None:
        return None
    return Cited(
        word=source["word"],
        number=known.number if known else citation.number,
        law=source["law"],
        title=title,
        wording=known.wording if known else "",
        denies=known is not None and known.denies,
        unsearched=known is not None and known.unsearched,
        reason=reliance.reason,
        prejudice=reliance.prejudice or "",
        public_interest=reliance.public_interest,
        qualified_person=reliance.qualified_person,
    )


def _title(number: str, titles: Mapping[str, str]) -> str | None:
    """Find the longest entry that begins *number*; None where there is no such entry."""
    key = number
    while key not in titles:
        key = key.rpartition("(" if "(" in key else " para")[0].removesuffix(" and ").rstrip()
        if not key:
            return None
    return titles[key]


def _is_real(publication: Publication) -> bool:
    return publication.url.startswith(("https://", "http://"))


def _fill(template: str, context: Mapping[str, object]) -> str:
    try:
        return environment().get_template(template).render(context)
    except TemplateError as error:
        raise UsageError(f"templates/letters/{template}: {one_line(str(error))}; mend the template") from error
