"""Holds what was configured against the sections that exist, value by value, so that one mistake hides no other."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, get_origin

from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError

from pipeline.settings_checks import did_you_mean, in_words
from pipeline.settings_sources import Entry, KeyPath, Layers, variable

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic.fields import FieldInfo

# The environment parts names by two underscores, so that a name may not hold two.
_NAME = re.compile(r"(?!.*__)[a-z0-9_]{1,64}")

Sections = dict[str, type[BaseModel]]


@dataclass(slots=True)
class Draft:
    """The settings on their way: in ``values`` every section with its good values and defaults; ``problems`` tells of the rest.

    *plain* are sections such as [smtp]; *named* those with a table for each name, such as [mailbox.infogov].
    """

    file: Path
    layers: Layers
    plain: Sections
    named: Sections
    values: dict[KeyPath, dict[str, Any]] = field(default_factory=dict)
    given: dict[KeyPath, dict[str, Any]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.problems.extend(self.layers.problems)
        strangers = self._check_tables()
        for entry in self.layers.entries.values():
            if entry.text or entry.path[:1] not in strangers:
                self._check_place(entry)
        for section, model in self._sections():
            self._fill(section, model)

    def blame(self, section: KeyPath, key: str, text: str) -> None:
        """Tell that *key* of *section* has the mistake *text*, naming the place where its value came from."""
        entry = self.layers.entries.get((*section, key))
        where = entry.where if entry else str(self.file)
        self.problems.append(f"{where}: [{'.'.join(section)}] {key} {text.rstrip('.')}.")

    def of(self, section: str) -> dict[str, dict[str, Any]]:
        """The values of each table of a named *section*, by name."""
        return {name: values for (head, *rest), values in self.values.items() if head == section for name in rest}

    def _sections(self) -> list[tuple[KeyPath, type[BaseModel]]]:
        """Every section there is to fill: each plain one, and each named table that some layer mentions."""
        found: list[tuple[KeyPath, type[BaseModel]]] = [((name,), model) for name, model in self.plain.items()]
        for section, model in self.named.items():
            in_file, elsewhere = self._names(section)
            for name in dict.fromkeys([*in_file, *elsewhere]):
                if not _NAME.fullmatch(name):
                    bad = f"[{section}.{name}] has a name that cannot be used"
                    self.problems.append(f"{self.file}: {bad}; take small letters, digits and single underscores.")
                elif name not in in_file and (hint := did_you_mean(name, in_file)):
                    self.problems.append(f"{elsewhere[name]}: there is no [{section}.{name}] in {self.file}{hint}")
                elif name not in in_file and (lacking := self._lacking((section, name), model)):
                    # Left over from one that is gone from the file, or the beginning of one that is to come.
                    remedy = f"remove it, or add {' and '.join(lacking)} to [{section}.{name}] in {self.file}"
                    self.problems.append(f"{elsewhere[name]}: there is no [{section}.{name}]; {remedy}.")
                else:
                    found.append(((section, name), model))
        if not self.problems and not any(path[0] == "mailbox" for path, _ in found):
            remedy = "add a section [mailbox.infogov] with host, user and password"
            self.problems.append(f"{self.file}: there is no mailbox; {remedy}.")
        return found

    def _lacking(self, section: KeyPath, model: type[BaseModel]) -> list[str]:
        """The keys that *section* can't be without and no layer gives."""
        required = [key for key in _keys(model) if model.model_fields[key].is_required()]
        return [key for key in required if (*section, key) not in self.layers.entries]

    def _names(self, section: str) -> tuple[list[str], dict[str, str]]:
        """The names of *section* that the file has, and those found in any layer with the place that told of them."""
        in_file: list[str] = []
        for path in self.layers.tables:
            match path:
                case (head, name) if head == section:
                    in_file.append(name)
        elsewhere: dict[str, str] = {}
        for path, entry in self.layers.entries.items():
            match path:
                case (head, name, _) if head == section:
                    elsewhere[name] = entry.where
        return in_file, elsewhere

    def _check_tables(self) -> set[KeyPath]:
        """Report tables that do not exist, once each; returns the top ones, whose keys need no report of their own."""
        strangers: set[KeyPath] = set()
        known = [*self.plain, *self.named]
        for path in self.layers.tables:
            head, name = ".".join(path[:-1]), path[-1]
            owner = self._model(path[:-1])
            if not head and name not in known:
                strangers.add(path)
                hint = did_you_mean(name, known) or "; remove it."
                self.problems.append(f"{self.file}: [{name}] is not a known section{hint}")
            elif owner and name in owner.model_fields:
                self.problems.append(f"{self.file}: [{head}] {name} is one value, not a table; write {name} = … .")
            elif owner:
                self.problems.append(f"{self.file}: [{head}.{name}] is not a known section; remove it.")
        return strangers

    def _model(self, section: KeyPath) -> type[BaseModel] | None:
        """The model of a whole section's path: ("smtp",) or ("mailbox", "infogov"); None for any other path."""
        match section:
            case (name,):
                return self.plain.get(name)
            case (name, _):
                return self.named.get(name)
            case _:
                return None

    def _check_place(self, entry: Entry) -> None:
        """Report *entry* when no section has such a key."""
        path, where = entry.path, entry.where
        model = self._model(path[:-1])
        if model and path[-1] in _keys(model):
            return
        known = [*self.plain, *self.named]
        if model:
            key = f"[{'.'.join(path[:-1])}] {path[-1]}"
            self.problems.append(f"{where}: {key} is not a known key{self._hint(path, model)}")
        elif path[0] in self.named and self._model(path) is not None:
            section = f"[{path[0]}.infogov]"
            self.problems.append(
                f"{where}: [{path[0]}] needs a name of its own; write {section} and put its keys there."
            )
        elif path in [(name,) for name in self.named]:
            what = (
                "[[" + path[0] + "]] in double brackets is a list"
                if isinstance(entry.value, list)
                else f"{path[0]} is no value"
            )
            self.problems.append(
                f"{where}: {what}; write [{path[0]}.infogov], with a name of its own, and put its keys there."
            )
        elif path[0] in self.plain and self._model(path) is not None:
            self.problems.append(
                f"{where}: {path[0]} is a section, not a value; write [{path[0]}] and put its keys there."
            )
        elif entry.text:
            hint = did_you_mean(path[0], known) if path[0] not in known else ""
            self.problems.append(f"{where}: is not a known setting{hint or '; remove it.'}")
        elif path[:2] not in self.layers.tables:
            home = self._home(path[-1]) or "; remove it."
            self.problems.append(f"{where}: {'.'.join(path)} stands outside every section{home}")

    def _hint(self, path: KeyPath, model: type[BaseModel]) -> str:
        return did_you_mean(path[-1], _keys(model)) or self._home(path[-1]) or "; remove it."

    def _home(self, key: str) -> str:
        homes = [f"[{name}]" for name, model in self.plain.items() if key in _keys(model)]
        homes += [f"[{name}.…]" for name, model in self.named.items() if key in _keys(model)]
        return f"; it belongs under {' or '.join(homes)}." if homes else ""

    def _fill(self, section: KeyPath, model: type[BaseModel]) -> None:
        """Check every value of *section* and put it, or its default, in its place."""
        values = self.values[section] = {"name": section[1]} if section[0] == "mailbox" else {}
        given = self.given[section] = dict(values)
        for key in _keys(model):
            info = model.model_fields[key]
            entry = self.layers.entries.get((*section, key))
            if entry is None:
                if info.is_required():
                    self._miss(section, key)
                else:
                    values[key] = info.get_default(call_default_factory=True)
                continue
            try:
                values[key] = given[key] = _adapter(model, key).validate_python(_raw(entry, info))
            except ValidationError as error:
                secret = info.annotation is SecretStr or not info.repr
                for one in error.errors(include_url=False):
                    self.blame(section, key, in_words(one, info.annotation, secret=secret))

    def _miss(self, section: KeyPath, key: str) -> None:
        if self.layers.readable and (*section, key) not in self.layers.tables:
            place = variable((*section, key))
            self.problems.append(f"{self.file}: [{'.'.join(section)}] {key} is missing; add it there or set {place}.")


def _keys(model: type[BaseModel]) -> list[str]:
    """The keys that may be written: all fields, but a mailbox's name is its table's."""
    return [key for key in model.model_fields if not (key == "name" and "folders" in model.model_fields)]


@cache
def _adapter(model: type[BaseModel], key: str) -> TypeAdapter[Any]:
    info = model.model_fields[key]
    kind: Any = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
    return TypeAdapter(kind)


def _raw(entry: Entry, info: FieldInfo) -> object:
    """The value to check; where mere text stands for a list, it is JSON or parted by commas."""
    if not (entry.text and isinstance(entry.value, str) and get_origin(info.annotation) is tuple):
        return entry.value
    text = entry.value.strip()
    if text.startswith("["):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return [part.strip() for part in text.split(",") if part.strip()]
