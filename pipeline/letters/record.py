"""Reads and writes the TOML file an officer fills in for a letter, and says what it still lacks for submission."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from pipeline.domain.errors import RecordError
from pipeline.domain.request import Outcome, Regime
from pipeline.letters.authority import AuthorityOverride, Publication
from pipeline.letters.model import (
    AnsweredQuestion,
    AnswerOutcome,
    DraftFacts,
    LetterKind,
    LetterRecord,
    Provision,
    ProvisionSource,
    Salutation,
)
from pipeline.letters.plain import one_line
from pipeline.letters.templating import environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["DraftFacts", "LetterRecord", "draft_record", "load_record", "outcome", "problems"]

_Choice = TypeVar("_Choice", bound=StrEnum)

_TEMPLATE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/-]{0,63}")
_NOT_IN_A_LINK = re.compile('[^!-~]|[<>"]')
_PARTS = r"((?:\([0-9A-Za-z]{1,4}\)){0,6})"
_PROVISIONS = (
    (ProvisionSource.SECTION, re.compile(rf"(?:s|section)\.? ?([0-9]{{1,2}}A?){_PARTS}")),
    (ProvisionSource.REGULATION, re.compile(rf"reg(?:ulation)?\.? ?([0-9]{{1,2}}){_PARTS}")),
    (ProvisionSource.SCHEDULE, re.compile(rf"sch(?:edule)?\.? ?([0-9] para ?[0-9]{{1,2}}){_PARTS}")),
)
_PLACEHOLDERS = re.compile(
    r"(?i:\[ ?(?:insert|enter|todo|tbc)\b|\[(?:name|date|link|answer)\]|<(?:answer|insert|name|date|link)>)"
    r"|\bTODO\b|\bX{3,}\b",
)
_NOT_SUPPLIED = frozenset(
    {AnswerOutcome.ALREADY_AVAILABLE, AnswerOutcome.WITHHELD, AnswerOutcome.NOT_HELD, AnswerOutcome.NCND},
)
_SAYS_SOMETHING = frozenset(
    {AnswerOutcome.SUPPLIED, AnswerOutcome.ALREADY_AVAILABLE, AnswerOutcome.PART, AnswerOutcome.ADVICE},
)
_GIVES_FREELY = frozenset({AnswerOutcome.SUPPLIED, AnswerOutcome.ADVICE})
_NEEDS_PROVISION = frozenset({AnswerOutcome.WITHHELD, AnswerOutcome.PART, AnswerOutcome.NCND})
_LAW = {
    ProvisionSource.SECTION: Regime.FOI,
    ProvisionSource.REGULATION: Regime.EIR,
    ProvisionSource.SCHEDULE: Regime.SAR,
}


class _Table:
    """One table of the file: hands out checked values and notes each mistake with file, key and remedy."""

    def __init__(self, values: Mapping[str, object], place: str, mistakes: list[str]) -> None:
        self._values = values
        self._place = place
        self._mistakes = mistakes
        self._known: set[str] = set()

    def wrong(self, key: str, text: str) -> None:
        """Note a mistake at *key*."""
        self._mistakes.append(f"{self._place}: {key}: {text}")

    def has(self, key: str) -> bool:
        """Whether the file gives *key* at all."""
        self._known.add(key)
        return key in self._values

    def text(self, key: str, *, needed: bool = False) -> str:
        """Read the text at *key*; "" where it is absent."""
        value = self._values[key] if self.has(key) else ""
        if not isinstance(value, str):
            self.wrong(key, 'this has to be text; put it between quotes, like "…"')
            return ""
        if needed and not value.strip():
            self.wrong(key, f'this is missing; add {key} = "…"')
        return value

    def matching(self, key: str, pattern: re.Pattern[str], remedy: str) -> str:
        """Read the text at *key*, which has to match *pattern*."""
        value = self.text(key, needed=True)
        if value.strip() and not pattern.fullmatch(value):
            self.wrong(key, f"{_shown(value)} cannot stand here; {remedy}")
        return value

    def choice(self, key: str, choices: type[_Choice], default: _Choice | None) -> _Choice | None:
        """Read the one of *choices* that stands at *key*; *default* where it is absent or empty."""
        value = self.text(key)
        if not value:
            return default
        try:
            return choices(value)
        except ValueError:
            self.wrong(key, f"{_shown(value)} is not known; use one of {', '.join(choices)}")
            return default

    def day(self, key: str) -> date | None:
        """Read the date at *key*; None where it is absent."""
        value = self._values[key] if self.has(key) else None
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self.wrong(key, "this has to be a date without quotes and without a time, like 2024-05-02")
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """Read the list of texts at *key*."""
        value = self._values[key] if self.has(key) else []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.wrong(key, 'this has to be a list of texts, like ["…", "…"]')
            return ()
        return tuple(value)

    def link(self, key: str, *, unknown: str = "") -> str:
        """Read the web address at *key*, which may be *unknown* instead."""
        value = self.text(key)
        if value in {"", unknown} or _is_web_address(value):
            return value
        self.wrong(key, f"{_shown(value)} is not a web address; write it in full, from https:// on and without spaces")
        return ""

    def tables(self, key: str) -> Iterator[_Table]:
        """Open each of the tables at *key*, whose keys are checked when the caller is done with it."""
        value = self._values[key] if self.has(key) else []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.wrong(key, f"this has to be a list of tables; begin each with [[{key}]]")
            return
        for number, item in enumerate(value, start=1):
            yield from _checked(_Table(item, f"{self._place}: {key} {number}", self._mistakes))

    def table(self, key: str) -> Iterator[_Table]:
        """Open the table at *key*, if it is there; its keys are checked when the caller is done with it."""
        value = self._values[key] if self.has(key) else {}
        if not isinstance(value, dict):
            self.wrong(key, f"this has to be a table; begin it with [{key}] on a line of its own")
            return
        yield from _checked(_Table(value, f"{self._place}: {key}", self._mistakes))

    def refuse_the_rest(self) -> None:
        """Note every key that nothing asked for."""
        for key in self._values.keys() - self._known:
            near = get_close_matches(key, self._known, n=1)
            self.wrong(
                one_line(key)[:60], f"this key is not known; {f'did you mean {near[0]}?' if near else 'take it out'}"
            )


def _checked(table: _Table) -> Iterator[_Table]:
    yield table
    table.refuse_the_rest()


def load_record(text: str, name: str) -> LetterRecord:
    """Read the letter file *text*; *name* is what its file is called in mistakes.

    Raises RecordError with every mistake at once, each with file, key and remedy (file and line where it is not TOML).
    """
    try:
        values = tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        reason = one_line(str(error))[:200] if isinstance(error, ValueError) else "brackets nested too deep"
        raise RecordError(
            (f"{name}: {reason}; the file is not well-formed there: look for a missing quote or bracket",)
        ) from None
    mistakes: list[str] = []
    table = _Table(values, name, mistakes)
    record = _record(table)
    table.refuse_the_rest()
    if mistakes or record is None:
        raise RecordError(tuple(sorted(mistakes)))
    return record


def _record(table: _Table) -> LetterRecord | None:
    regime = table.choice("regime", Regime, None)
    if regime is None:
        table.wrong("regime", 'the law is missing; add regime = "foi", "eir" or "sar"')
    made = LetterRecord(
        kind=table.choice("kind", LetterKind, LetterKind.RESPONSE) or LetterKind.RESPONSE,
        template=table.matching("template", _TEMPLATE, 'name a folder of templates/letters/response, like "default"')
        if table.has("template")
        else "default",
        reference=table.matching("reference", _REFERENCE, "use letters, digits, / and - only"),
        regime=regime or Regime.FOI,
        topic=table.text("topic"),
        salutation=table.choice("salutation", Salutation, Salutation.GENERIC) or Salutation.GENERIC,
        requester_name=table.text("requester_name"),
        received_on=table.day("received_on"),
        issued_on=table.day("issued_on"),
        authority=next((_override(found) for found in table.table("authority")), AuthorityOverride()),
        questions=tuple(_question(found) for found in table.tables("question")),
    )
    if not made.questions:
        table.wrong("question", "there is no question; add a [[question]] with its text")
    return made


def _override(table: _Table) -> AuthorityOverride:
    def said(key: str) -> str | None:
        return table.text(key) if table.has(key) else None

    return AuthorityOverride(
        name=said("name"),
        team=said("team"),
        address=table.texts("address") if table.has("address") else None,
        website=said("website"),
        email=said("email"),
        phone=said("phone"),
        sign_off=said("sign_off"),
        publications=tuple(
            Publication(title=found.text("title", needed=True), url=found.link("url", unknown="#"))
            for found in table.tables("publications")
        )
        if table.has("publications")
        else None,
    )


def _question(table: _Table) -> AnsweredQuestion:
    provisions = []
    for written in table.texts("provisions"):
        provision = _provision(written)
        if provision is None:
            table.wrong("provisions", f'{_shown(written)} is not understood; write it like "s.40(2)" or "reg 12(5)(e)"')
        else:
            provisions.append(provision)
    return AnsweredQuestion(
        label=table.text("label"),
        text=table.text("text", needed=True),
        outcome=table.choice("outcome", AnswerOutcome, None),
        answer=table.text("answer"),
        provisions=tuple(provisions),
        reason=table.text("reason"),
        public_interest=table.text("public_interest"),
        link=table.link("link"),
        link_intro=table.text("link_intro"),
    )


def _provision(written: str) -> Provision | None:
    for source, pattern in _PROVISIONS:
        if found := pattern.fullmatch(written.strip()):
            return Provision(source=source, number=found[1] + found[2])
    return None


def _is_web_address(value: str) -> bool:
    if len(value) > 2000 or _NOT_IN_A_LINK.search(value):  # noqa: PLR2004 - what browsers take, by long custom
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _shown(value: str) -> str:
    """*value* in quotes, on one line and short enough for a message."""
    line = one_line(value)
    return f'"{line[:60]}…"' if len(line) > 60 else f'"{line}"'  # noqa: PLR2004 - about a line of a terminal


def draft_record(facts: DraftFacts) -> str:
    """Write the file an officer starts from: every key explained, the questions filled in verbatim, the answers empty.

    ``load_record`` gives every text back exactly (a lone surrogate, which no file can hold, as U+FFFD).
    """
    return environment().get_template("draft/record.toml").render(facts=facts).rstrip() + "\n"


def problems(record: LetterRecord) -> tuple[str, ...]:
    """List what has to be done before *record* may be submitted, a sentence each; nothing when it is ready."""
    found = []
    if not record.topic.strip():
        found.append("topic is empty: say in a few words what the request is about.")
    if record.salutation is Salutation.NAMED and not record.requester_name.strip():
        found.append('requester_name is empty: fill it in, or use salutation = "generic".')
    if record.received_on and record.issued_on and record.issued_on < record.received_on:
        found.append("issued_on is before received_on: correct the one that is wrong.")
    found.extend(_left_over("", "topic", record.topic))
    for number, question in enumerate(record.questions, start=1):
        place = f"question {number}" + (f" ({one_line(question.label)})" if question.label != str(number) else "")
        place = place.removesuffix(" ()")
        found.extend(f"{place}: {text}" for text in _question_problems(question, record.regime))
        for key in ("answer", "reason", "public_interest", "link_intro", "link"):
            found.extend(_left_over(f"{place}: ", key, getattr(question, key)))
    return tuple(found)


def _left_over(place: str, key: str, text: str) -> Iterator[str]:
    if placeholder := _PLACEHOLDERS.search(text):
        yield f'{place}{key} still holds the placeholder "{one_line(placeholder[0])}": replace it.'


def _question_problems(question: AnsweredQuestion, regime: Regime) -> Iterator[str]:
    if question.outcome is None:
        yield f"is not answered: choose an outcome ({', '.join(AnswerOutcome)}) and write the answer."
        return
    yield from _answer_problems(question, regime)
    if question.outcome in _NEEDS_PROVISION:
        if not question.provisions:
            yield 'names no provision: add provisions, such as ["s.40(2)"] or ["reg 12(5)(e)"].'
        if not question.reason.strip():
            yield "gives no reason: say in reason why the provision applies."
    elif question.outcome in _GIVES_FREELY and question.provisions:
        yield f"names provisions, but {question.outcome} withholds nothing: empty provisions or choose another outcome."
    for provision in question.provisions:
        if _LAW[provision.source] is not regime:
            cited = f"{provision.source} {provision.number}"
            yield f"{cited} does not belong to the law of this letter ({regime}): correct provisions or regime."


def _answer_problems(question: AnsweredQuestion, regime: Regime) -> Iterator[str]:
    said = bool(question.answer.strip() or question.link)
    if question.outcome in _SAYS_SOMETHING and not said:
        yield "has no answer: write what is supplied or where it is, or give a link."
    if question.link_intro.strip() and not question.link:
        yield "has a link_intro but no link: give the link or empty link_intro."
    if question.outcome is AnswerOutcome.ALREADY_AVAILABLE and regime is Regime.SAR:
        yield "a subject access request is not answered with already_available: use supplied, with a link if you like."
    if question.outcome is AnswerOutcome.NCND and said:
        yield "says more than neither confirming nor denying: empty answer and link, put the grounds in reason."


def outcome(record: LetterRecord) -> Outcome:
    """Derive what the request as a whole ends with from its questions (domain.md 5.3).

    Information already available counts as refused, advice counts neither way, and beside something supplied a
    question about what is not held withholds nothing. Raises RecordError while a question is unanswered.
    """
    found = [question.outcome for question in record.questions]
    if None in found:
        raise RecordError(tuple(text for text in problems(record) if "is not answered" in text))
    decided = {one for one in found if one is not None and one is not AnswerOutcome.ADVICE}
    if decided == {AnswerOutcome.NOT_HELD}:
        return Outcome.NOT_HELD
    if decided == {AnswerOutcome.NCND}:
        return Outcome.NCND
    if decided and decided <= _NOT_SUPPLIED:
        return Outcome.REFUSED
    if decided <= {AnswerOutcome.SUPPLIED, AnswerOutcome.NOT_HELD}:
        return Outcome.GRANTED
    return Outcome.PART_GRANTED
