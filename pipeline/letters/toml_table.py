"""Reads one table of an officer's TOML file: hands out checked values, and notes each mistake with file, key and remedy."""

from __future__ import annotations

import re
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from pipeline.letters.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Choice = TypeVar("_Choice", bound=StrEnum)
_Made = TypeVar("_Made")
_LARGEST = 1e9
_NOT_IN_A_LINK = re.compile('[^!-~]|[<>"]')


class Table:
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
            self.wrong(key, f"{shown(value)} cannot stand here; {remedy}")
        return value

    def choice(self, key: str, choices: type[_Choice], default: _Choice | None) -> _Choice | None:
        """Read the one of *choices* that stands at *key*; *default* where it is absent or empty."""
        value = self.text(key)
        if not value:
            return default
        try:
            return choices(value)
        except ValueError:
            self.wrong(key, f"{shown(value)} is not known; use one of {', '.join(choices)}")
            return default

    def day(self, key: str) -> date | None:
        """Read the date at *key*; None where it is absent."""
        value = self._values[key] if self.has(key) else None
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self.wrong(key, "this has to be a date without quotes and without a time, like 2024-05-02")
        return None

    def number(self, key: str) -> float | None:
        """Read the number above nought at *key*; None where it is absent."""
        value = self._values[key] if self.has(key) else None
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _LARGEST:
            self.wrong(key, "this has to be a number above nought without quotes, like 21.5")
            return None
        return float(value)

    def yes(self, key: str) -> bool:
        """Read the true or false at *key*; false where it is absent."""
        value = self._values[key] if self.has(key) else False
        if not isinstance(value, bool):
            self.wrong(key, "this has to be true or false, without quotes")
            return False
        return value

    def joined(self, key: str) -> str:
        """Read the text at *key*, or the list of texts there as paragraphs."""
        return "\n\n".join(self.texts(key)) if isinstance(self._values.get(key), list) else self.text(key)

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
        self.wrong(key, f"{shown(value)} is not a web address; write it in full, from https:// on and without spaces")
        return ""

    def each(
        self, key: str, read: Callable[[Table], _Made], *, text: Callable[[str], _Made] | None = None
    ) -> tuple[_Made, ...]:
        """Give each table of the list at *key* to *read*; with *text*, entries may be plain texts, which that reads."""
        value = self._values[key] if self.has(key) else []
        kinds = dict if text is None else (dict, str)
        if not isinstance(value, list) or not all(isinstance(item, kinds) for item in value):
            wanted = f"a list of tables; begin each with [[{key}]]" if text is None else 'a list, like ["…", "…"]'
            self.wrong(key, f"this has to be {wanted}")
            return ()
        return tuple(
            text(item) if text is not None and isinstance(item, str) else self._read(item, f"{key} {number}", read)
            for number, item in enumerate(value, start=1)
        )

    def one(self, key: str, read: Callable[[Table], _Made]) -> _Made | None:
        """Give the table at *key* to *read*; None where there is none."""
        if not self.has(key):
            return None
        value = self._values[key]
        if not isinstance(value, dict):
            self.wrong(key, f"this has to be a table; begin it with [{key}] on a line of its own")
            return None
        return self._read(value, key, read)

    def _read(self, values: Mapping[str, object], place: str, read: Callable[[Table], _Made]) -> _Made:
        """Let *read* take from a table inside this one what it knows, and note the keys it did not ask for."""
        table = Table(values, f"{self._place}: {place}", self._mistakes)
        made = read(table)
        table.refuse_the_rest()
        return made

    def refuse_the_rest(self) -> None:
        """Note every key that nothing asked for."""
        for key in self._values.keys() - self._known:
            near = get_close_matches(key, self._known, n=1)
            self.wrong(
                one_line(key)[:60], f"this key is not known; {f'did you mean {near[0]}?' if near else 'take it out'}"
            )


def _is_web_address(value: str) -> bool:
    if len(value) > 2000 or _NOT_IN_A_LINK.search(value):  # noqa: PLR2004 - what browsers take, by long custom
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def shown(value: str) -> str:
    """*value* in quotes, on one line and short enough for a message."""
    line = one_line(value)
    return f'"{line[:60]}…"' if len(line) > 60 else f'"{line}"'  # noqa: PLR2004 - about a line of a terminal
