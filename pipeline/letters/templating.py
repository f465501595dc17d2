"""The one jinja2 environment: sandboxed, strict, fed only by the program's own template files."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline import resources
from pipeline.letters.plain import columns

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WELSH_MONTHS = "Ionawr Chwefror Mawrth Ebrill Mai Mehefin Gorffennaf Awst Medi Hydref Tachwedd Rhagfyr".split()
_TOML_ESCAPES = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\r": "\\r"}


def day(value: date) -> str:
    """Write *value* as "2 May 2024", whatever the machine's locale."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def welsh_day(value: date) -> str:
    """Write *value* as "2 Mai 2024"."""
    return f"{value.day} {_WELSH_MONTHS[value.month - 1]} {value.year}"


def padded_day(value: date) -> str:
    """Write *value* as "02 May 2024", the way the oldest letters are dated."""
    return f"{value.day:02} {_MONTHS[value.month - 1]} {value.year}"


def sentence_start(value: str) -> str:
    """Give *value* with a capital letter in front and the rest as it is."""
    return value[:1].upper() + value[1:]


def toml_text(value: str) -> str:
    """Quote *value* as a TOML basic string that reads back as exactly *value* (TOML 1.0, section String).

    Only lone surrogates, which no UTF-8 file can hold, become U+FFFD.
    """
    quoted = "".join(_toml_character(character) for character in value)
    return f'"""\n{quoted}"""' if "\n" in value else f'"{quoted}"'


def _toml_character(character: str) -> str:
    """One character for a basic string: what an editor could not show or might change is escaped."""
    if character in _TOML_ESCAPES:
        return _TOML_ESCAPES[character]
    if character in "\n ":
        return character
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    if not character.isprintable():
        code = ord(character)
        return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"  # noqa: PLR2004 - the last code of four digits
    return character


def letters_folder() -> Path:
    """Where the letter templates stand."""
    return resources.templates() / "letters"


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """Make the environment, once; a text passed to a template is data and is never compiled."""
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(letters_folder(), encoding="utf-8"),
        undefined=StrictUndefined,
        # Pages are escaped; in plain text and TOML escaping for HTML would change words.
        autoescape=lambda name: name is not None and name.endswith(".html.jinja"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,
    )
    made.filters.update(
        day=day,
        welsh_day=welsh_day,
        padded_day=padded_day,
        sentence_start=sentence_start,
        toml=toml_text,
        columns=columns,
    )
    return made
