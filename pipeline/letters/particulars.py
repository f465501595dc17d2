"""Which keys each kind of letter has in its file, which of them it cannot do without, and what the law refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.domain.exemptions import Standing
from pipeline.domain.request import Regime
from pipeline.letters.law import exemptions
from pipeline.letters.model import LetterKind, Particulars, ReviewDecision

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from pipeline.letters.model import LetterRecord, Reliance
    from pipeline.letters.toml_table import Table

_FOI, _EIR, _SAR = Regime.FOI, Regime.EIR, Regime.SAR
_AMOUNT = re.compile(r"[0-9]{1,6}(?:\.[0-9]{2})?")
_LIMIT = "s.12(1)"

QUESTIONS = frozenset({LetterKind.RESPONSE, LetterKind.CLARIFICATION, LetterKind.SERVICE_AREA})
"""The kinds in which questions of the requester may stand."""

ANSWERS = frozenset({LetterKind.RESPONSE, LetterKind.COST_REFUSAL, LetterKind.VEXATIOUS_REFUSAL, LetterKind.TRANSFER})
"""The kinds that answer a request: sending one ends it."""

AFTERWARDS = frozenset(
    {
        *(LetterKind.REVIEW_ACKNOWLEDGEMENT, LetterKind.REVIEW_OUTCOME, LetterKind.WITHDRAWAL),
        *(LetterKind.CORRECTION, LetterKind.FREE),
    }
)
"""The kinds that may be written when a request is answered, withdrawn or closed."""

_AHEAD = ("reply_by", "decision_by", "answer_by")
_BEHIND = ("earlier_on", "clarified_on", "review_received_on", "withdrawn_on", "corrects")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys of a kind: those it *needs*, those it *may* have, and those it needs under one law only."""

    laws: frozenset[Regime] = frozenset(Regime)
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    by_law: tuple[tuple[Regime, str], ...] = ()
    otherwise: str = ""

    def needed(self, regime: Regime) -> frozenset[str]:
        """What a letter of this kind under *regime* cannot do without."""
        return frozenset({*self.needs, *(key for law, key in self.by_law if law is regime)})

    def order(self, regime: Regime) -> tuple[str, ...]:
        """The keys that go with *regime* in the order in which they are best filled in."""
        lawful = [key for law, key in self.by_law if law is regime]
        foreign = {key for _, key in self.by_law} - set(lawful) - set(self.may)
        return tuple(key for key in dict.fromkeys((*self.needs, *lawful, *self.may)) if key not in foreign)

    @property
    def all(self) -> frozenset[str]:
        """Every key of the kind."""
        return frozenset({*self.needs, *self.may, *(key for _, key in self.by_law)})


_BOTH = frozenset({_FOI, _EIR})
_NO_SAR = "subject access does not know it"
_PUBLIC_INTEREST = ((_EIR, "public_interest"),)
KINDS: dict[LetterKind, Keys] = {
    LetterKind.RESPONSE: Keys(may=("supplementary",)),
    LetterKind.CLARIFICATION: Keys(needs=("needed",), may=("clear_part", "reply_by")),
    LetterKind.FEES_NOTICE: Keys(
        laws=_BOTH, needs=("amount", "breakdown", "how_to_pay"), may=("charges",), otherwise="subject access is free"
    ),
    LetterKind.PUBLIC_INTEREST_EXTENSION: Keys(
        laws=frozenset({_FOI}),
        needs=("provisions", "decision_by"),
        may=("progress", "reason"),
        otherwise='only section 10(3) of the Act has it; use kind = "extension"',
    ),
    LetterKind.EXTENSION: Keys(
        laws=frozenset({_EIR, _SAR}),
        needs=("reason", "answer_by"),
        may=("clarified_on",),
        otherwise='the Act has no extension for hard work; where a qualified exemption is weighed use kind = "public_interest_extension"',
    ),
    LetterKind.COST_REFUSAL: Keys(
        laws=_BOTH,
        needs=("workings", "advice"),
        may=("hours", "confirming"),
        by_law=((_FOI, "hours"), *_PUBLIC_INTEREST),
        otherwise='use kind = "vexatious_refusal", for manifestly unfounded or excessive requests',
    ),
    LetterKind.VEXATIOUS_REFUSAL: Keys(
        needs=("reason",), may=("repeated", "earlier_on", "advice"), by_law=_PUBLIC_INTEREST
    ),
    LetterKind.TRANSFER: Keys(
        laws=_BOTH, needs=("holder", "contact"), may=("search", "transferred"), otherwise=_NO_SAR
    ),
    LetterKind.REVIEW_ACKNOWLEDGEMENT: Keys(
        laws=_BOTH, needs=("review_received_on", "decision_by"), may=("both_laws",), otherwise=_NO_SAR
    ),
    LetterKind.REVIEW_OUTCOME: Keys(
        laws=_BOTH,
        needs=("review_received_on", "decision", "findings", "reviewer"),
        may=("remedy", "apology", "both_laws"),
        otherwise=_NO_SAR,
    ),
    LetterKind.APOLOGY: Keys(needs=("due_on", "answer_by"), may=("reason",)),
    LetterKind.WITHDRAWAL: Keys(needs=("withdrawn_on",), may=("message",)),
    LetterKind.CORRECTION: Keys(needs=("corrects", "correction")),
    LetterKind.SERVICE_AREA: Keys(needs=("service_area", "message", "answer_by"), may=("recipients",)),
    LetterKind.FREE: Keys(needs=("subject", "message"), may=("refuses",)),
}


def read_particulars(
    table: Table, kind: LetterKind, regime: Regime, provisions: Callable[[Table], tuple[Reliance, ...]]
) -> Particulars:
    """Read from *table* what *kind* has beyond what every letter has, noting in it each key that is missing."""
    keys = KINDS[kind]
    needed = keys.needed(regime)
    if regime not in keys.laws:
        table.wrong("kind", f"{kind} does not go with {regime}: {keys.otherwise}")
    values: dict[str, Any] = {}
    for key in sorted(keys.all):
        values[key] = _value(table, key, provisions, needed=key in needed)
    return Particulars(**values)


def _value(table: Table, key: str, provisions: Callable[[Table], tuple[Reliance, ...]], *, needed: bool) -> object:
    """Read one key by what it holds; most hold text."""
    if key not in _READERS:
        return table.text(key, needed=needed)
    read, example = _READERS[key]
    value = provisions(table) if key == "provisions" else read(table, key)
    absent = value in ("", ()) or key == "decision" or not table.has(key)
    if needed and not value and absent and not (key == "provisions" and table.has("provision")):
        table.wrong(key, f"this is missing; add {key} = {example}")
    return value


def _day(table: Table, key: str) -> date | None:
    return table.day(key)


def _amount(table: Table, key: str) -> str:
    value = table.text(key)
    return table.matching(key, _AMOUNT, 'write pounds without a sign, like "45.00"') if value.strip() else ""


_READERS: dict[str, tuple[Callable[[Table, str], object], str]] = {
    **dict.fromkeys((*_AHEAD, *_BEHIND, "due_on"), (_day, "2024-05-02")),
    **dict.fromkeys(
        ("confirming", "repeated", "transferred", "both_laws", "refuses"), (lambda table, key: table.yes(key), "true")
    ),
    "hours": (lambda table, key: table.number(key), "21.5"),
    "amount": (_amount, '"45.00"'),
    **dict.fromkeys(("breakdown", "recipients"), (lambda table, key: table.texts(key), '["…", "…"]')),
    "provisions": (lambda table, key: table.has(key), '["s.43(2)"]'),
    "decision": (lambda table, key: table.choice(key, ReviewDecision, None), '"upheld", "part" or "overturned"'),
    "charges": (lambda table, key: table.link(key), '"https://…"'),
}


def judge(record: LetterRecord, table: Table) -> None:
    """Note in *table* what the law or good sense refuses of *record*, each with its key and remedy."""
    _dates(record, table)
    said = record.particulars
    match record.kind:
        case LetterKind.PUBLIC_INTEREST_EXTENSION:
            _only_qualified(record, table)
        case LetterKind.COST_REFUSAL if record.regime is _FOI:
            limit = exemptions().find(_LIMIT, _FOI)
            hours = limit.limit.hours if limit and limit.limit else 0
            if said.hours is not None and said.hours <= hours:
                table.wrong("hours", f"{said.hours:g} hours are within the limit of {hours}; section 12 needs more")
        case LetterKind.COST_REFUSAL if said.confirming:
            table.wrong("confirming", "only section 12(2) of the Act knows this; take it out")
        case LetterKind.VEXATIOUS_REFUSAL if said.repeated and said.earlier_on is None:
            table.wrong("earlier_on", "this is missing; add the date on which the earlier request was answered")
        case LetterKind.REVIEW_OUTCOME:
            # Under both laws, what is not upheld "in part" may be the part under the Act, which asks for no remedy.
            failed = {ReviewDecision.OVERTURNED, *([ReviewDecision.PART] if record.laws == {_EIR} else [])}
            if _EIR in record.laws and said.decision in failed and not said.remedy.strip():
                table.wrong("remedy", "regulation 11(5) asks what will be done and by when; add it")
        case LetterKind.SERVICE_AREA if record.requester_name.strip():
            table.wrong("requester_name", "a service area is not told who asks; take the name out")
        case _:
            pass


def _only_qualified(record: LetterRecord, table: Table) -> None:
    """More time for the public interest exists for qualified exemptions only (FOIA section 10(3))."""
    named = [(one, exemptions().find(one.citation.short, _FOI)) for one in record.particulars.provisions]
    relied = [known for _, known in named if known is not None]
    for reliance, known in named:
        short = reliance.citation.short
        # A paragraph of section 31(2) only names the purpose, which the exemption beside it needs (section 17(1)(b)).
        purpose_only = known is not None and any(known.names_purpose_of(other) for other in relied)
        if known is not None and known.group:
            below = ", ".join(one.citation.short for one in exemptions().below(short, _FOI))
            table.wrong("provisions", f"{short} is not exact enough (section 17(1)(b)); name one of {below}")
        if known is not None and not known.councils:
            table.wrong("provisions", f"{short} is not available to a council; {known.note or 'use another provision'}")
        if known is not None and known.purpose and not any(other.names_purpose_of(known) for other in relied):
            table.wrong(
                "provisions", f"{short} does not say for which purpose; name s.{known.purpose}(a), say, beside it"
            )
        if known is not None and known.standing is not Standing.QUALIFIED and not purpose_only:
            table.wrong("provisions", f"{short} needs no public interest test; take it out or decide now")
        if not reliance.reason.strip() and not purpose_only:
            table.wrong("provisions", f'{short} has no reason; say why it applies: reason = "…"')


def _dates(record: LetterRecord, table: Table) -> None:
    issued = record.issued_on
    for key in (*_AHEAD, *_BEHIND):
        day: date | None = getattr(record.particulars, key)
        if day is None:
            continue
        if issued is not None and key in _AHEAD and day < issued:
            table.wrong(key, f"{day} is before the date of the letter, {issued}; correct one of them")
        elif issued is not None and key in _BEHIND and day > issued:
            table.wrong(key, f"{day} is after the date of the letter, {issued}; correct one of them")
