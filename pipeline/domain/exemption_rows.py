"""Reads the rows of config/exemptions.toml into provisions, and says of every mistake which row and key it is in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipeline.domain.citation import SOURCE_OF, number_key, parse_citation
from pipeline.domain.errors import ConfigurationError
from pipeline.domain.provision import Harm, Limit, Provision, Standing
from pipeline.domain.request import Regime

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from enum import StrEnum

_CHOICES: Mapping[str, type[StrEnum]] = {"regime": Regime, "goes_to": Regime, "standing": Standing, "harm": Harm}
_LAW = frozenset(
    {
        "public_interest",
        "qualified_person",
        "emissions_bar",
        "councils",
        "own_balance",
        "denies",
        "unsearched",
        "absent",
    }
)
_FLAGS = _LAW | {"open", "citable", "estimate", "plain"}
_AMOUNTS = frozenset({"amount", "hourly_rate", "hours"})
_LISTS = frozenset({"also", "parts"})

_PART = _LAW | {"number", "title", "wording", "note", "ncnd", "standing", "harm", "goes_to", "also", "purpose"}
_WHOLE = (_PART - {"also", "purpose"}) | {"regime", "part_wording", "parts", "citable", "open", "plain"}
_LIMIT = {"amount", "hourly_rate", "hours", "estimate", "advice", "fees"}
_LIMIT_ROW = _LIMIT | {"regime", "number", "title", "wording", "note", "public_interest", "denies"}
_NEEDED = ("regime", "number", "title", "standing", "harm", "wording")
_HANDED_DOWN = _LAW - {"denies", "absent"} | {"regime", "standing", "harm", "ncnd", "goes_to", "note"}


def read_rows(data: Mapping[str, Any], source: str) -> tuple[Provision, ...]:
    """Make the provisions of *data*, the parsed file called *source*; coarse numbers ("31", "36(2)") stand last.

    Raises ConfigurationError with every mistake together.
    """
    reader = _Reader(source)
    found = tuple(reader.everything(data))
    reader.check(found)
    if reader.problems:
        raise ConfigurationError(tuple(reader.problems))
    return found


class _Reader:
    """Reads row by row and goes on after a mistake, so that all of them are told together."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._denial: dict[str, str] = {}
        self.problems: list[str] = []

    def everything(self, data: Mapping[str, Any]) -> Iterator[Provision]:
        """Give every provision and limit, then the numbers too coarse to rely on."""
        for key in data.keys() - {"denial", "provision", "limit"}:
            self._wrong(key, "this key is not known; take it out")
        denial = self._row(data.get("denial", {}), "[denial]", set(Harm), ())
        self._denial = {} if denial is None else denial
        coarse: dict[str, Provision] = {}
        exact: set[str] = set()
        for provision in [*self._provisions(data), *self._limits(data)]:
            if provision.group:
                coarse.setdefault(provision.citation.key, provision)
            else:
                exact.add(provision.citation.key)
                yield provision
        yield from (provision for key, provision in coarse.items() if key not in exact)

    def check(self, found: tuple[Provision, ...]) -> None:
        """Note numbers that stand twice, and denials that are not there."""
        exact = [one for one in found if not one.group]
        keys = [one.citation.key for one in exact]
        denials = {one.citation.key for one in exact if one.denies}
        for one in exact:
            if keys.count(one.citation.key) > 1:
                self._wrong(one.citation.short, "number: it stands here twice; take one out")
            if one.ncnd and f"{one.citation.source} {number_key(one.ncnd)}" not in denials:
                self._wrong(one.citation.short, f"ncnd: {one.ncnd} is no part with denies = true; add it")

    def _wrong(self, place: str, text: str) -> None:
        self.problems.append(f"{self._source}: {place}: {text}")

    def _provisions(self, data: Mapping[str, Any]) -> Iterator[Provision]:
        for place, row in self._tables(data.get("provision", []), "provision"):
            values = self._row(row, place, _WHOLE, _NEEDED)
            if values is None:
                continue
            parts = self._parts(values, place)
            whole = self._made(values)
            yield replace(whole, group=(bool(parts) or whole.open) and not values.get("citable", False))
            for part in parts:
                yield part
                yield from _between(whole, part)

    def _parts(self, whole: Mapping[str, Any], place: str) -> list[Provision]:
        made = []
        for where, row in self._tables(whole.get("parts", []), f"{place}: parts"):
            values = self._row(row, where, _PART, ("number",))
            if values is None:
                continue
            title = values.get("title", "")
            handed = {key: value for key, value in whole.items() if key in _HANDED_DOWN}
            pattern = str(whole.get("part_wording") or whole["wording"])
            if values.get("denies"):
                handed["note"] = ""
                worded = self._denial.get(values.get("harm", whole["harm"]), "")
            else:
                worded = pattern.replace("{title}", title) if title else str(whole["wording"])
            part = self._made({"wording": worded, **handed, **values, "title": whole["title"]})
            part = replace(part, title=title, ncnd="" if part.denies else part.ncnd)
            if whole.get("plain"):
                part = replace(part, heading=title, title="")
            made.append(part)
            made += [replace(part, number=part.number + str(more)) for more in values.get("also", [])]
        return made

    def _limits(self, data: Mapping[str, Any]) -> Iterator[Provision]:
        limits = data.get("limit", {})
        if not isinstance(limits, dict):
            self._wrong("limit", "this has to be tables; begin each with [limit.NAME]")
            return
        for name, row in limits.items():
            values = self._row(row, f"[limit.{name}]", _LIMIT_ROW, ("regime", "number", "title", "wording"))
            if values is not None:
                limit = Limit(**{key: value for key, value in values.items() if key in _LIMIT})
                values["standing"] = Standing.QUALIFIED if values.get("public_interest") else Standing.NEITHER
                yield replace(self._made(values), limit=limit, unsearched=True)

    def _made(self, values: Mapping[str, Any]) -> Provision:
        """Make one provision of checked values; a qualified one needs the public interest test unless the row says no."""
        known = {
            key: value
            for key, value in values.items()
            if key in (_LAW | {"open", "wording", "note", "ncnd", "purpose"})
        }
        known |= {key: value for key, value in values.items() if key in _CHOICES}
        qualified = known.get("standing") is Standing.QUALIFIED
        # A part may be absolute within a qualified section, and the other way round: the test follows the standing.
        known["public_interest"] = (
            known.get("public_interest", qualified) and known.get("standing") is not Standing.ABSOLUTE
        )
        return Provision(number=values["number"], heading=values["title"], **known)

    def _tables(self, value: object, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if not isinstance(value, list):
            self._wrong(place, "this has to be a list of tables")
            return
        for index, row in enumerate(value, start=1):
            named = f" ({row['number']})" if isinstance(row, dict) and isinstance(row.get("number"), str) else ""
            yield f"{place} {index}{named}", row

    def _row(
        self, row: object, place: str, known: set[str] | frozenset[str], needed: tuple[str, ...]
    ) -> dict[str, Any] | None:
        """Check the keys and values of one row; None where it cannot be used."""
        if not isinstance(row, dict):
            self._wrong(place, "this has to be a table")
            return None
        before = len(self.problems)
        for key in row.keys() - known:
            self._wrong(f"{place}: {key}", "this key is not known; take it out")
        for key in needed:
            if key not in row:
                self._wrong(f"{place}: {key}", f"this is missing; add {key} = …")
        values = {key: self._value(key, value, f"{place}: {key}") for key, value in row.items() if key in known}
        number, regime = row.get("number"), values.get("regime")
        if isinstance(regime, Regime) and isinstance(number, str) and parse_citation(number, SOURCE_OF[regime]) is None:
            self._wrong(f"{place}: number", f"{number} is not a number of a provision; write it like 31(1)(a)")
        return values if len(self.problems) == before else None

    def _value(self, key: str, value: object, place: str) -> object:
        """Check one value by the type its key asks for; the choices become their enumerations."""
        if key in _CHOICES:
            try:
                return _CHOICES[key](str(value))
            except ValueError:
                self._wrong(place, f"{str(value)[:60]} is not known; use one of {', '.join(_CHOICES[key])}")
                return None
        wanted, remedy = (
            (bool, "true or false") if key in _FLAGS
            else (int, "a whole number") if key in _AMOUNTS
            else (list, "a list") if key in _LISTS
            else (str, "text between quotes")
        )  # fmt: skip
        # True is a number to Python, and not what is meant where a number is asked for.
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            self._wrong(place, f"this has to be {remedy}")
        return value


def _between(whole: Provision, part: Provision) -> Iterator[Provision]:
    """Give the coarse numbers between a section and its paragraph: "36(2)" and "36(2)(b)" for "36(2)(b)(i)"."""
    number = part.number
    while "(" in number:
        number = number.rpartition("(")[0].removesuffix(" and ").rstrip()
        if number_key(number) == number_key(whole.number) or len(number) < len(whole.number):
            return
        yield replace(whole, number=number, ncnd="", group=True)
