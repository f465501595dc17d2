"""Reference numbers such as FOI598335296: made from chance given as an argument, found again however they are typed.

A reference is recognised by its form. The check digit is only a hint, because numbers from before infogov have none.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from stdnum.iso7064 import mod_11_10

from pipeline.domain.errors import UsageError

DIGITS = 9
_PREFIX = re.compile(r"[A-Za-z]{1,8}", re.ASCII)
_WHOLE = re.compile(r"[A-Z]{1,8}([0-9]{9})", re.ASCII)

# What people, mail programs and word processors put between the parts: spaces of every width, soft and zero-width
# characters, hyphens and dashes, slashes, stops. Every gap below is bounded, which keeps the search linear.
_BETWEEN = (
    " \\t\u00a0\u00ad\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff\\-\u2010-\u2015\u2212\ufe63\uff0d/\uff0f.\uff0e"
)
_DIGIT = "[0-9\uff10-\uff19]"
_NINE = rf"{_DIGIT}(?:[{_BETWEEN}]{{0,2}}{_DIGIT}){{8}}"
_AFTER_PREFIX = rf"[{_BETWEEN}\r\n#:_\uff03\uff1a]{{0,3}}"
_STARTS = r"(?<![^\W_])"  # No letter or digit stands before; an underscore may, as in a file name.
_ENDS = r"(?![^\W_])"


def check_prefix(prefix: str) -> str:
    """Give *prefix* in capitals; raises UsageError unless it is one to eight letters A to Z."""
    if _PREFIX.fullmatch(prefix) is None:
        raise UsageError(f'The reference prefix "{prefix[:40]}" cannot be used: it must be 1 to 8 letters A to Z.')
    return prefix.upper()


def make(prefix: str, digits8: str) -> str:
    """Make a reference of *prefix*, eight random decimal digits and their check digit (ISO/IEC 7064 MOD 11,10).

    Raises UsageError for a wrong prefix, ValueError for anything but eight digits.
    """
    if re.fullmatch("[0-9]{8}", digits8) is None:
        raise ValueError("a reference is made from exactly eight decimal digits")
    return f"{check_prefix(prefix)}{digits8}{mod_11_10.calc_check_digit(digits8)}"


def is_valid(reference: str) -> bool:
    """Whether *reference* stands in its stored form, capitals and nine digits, with a right check digit."""
    whole = _WHOLE.fullmatch(reference)
    return whole is not None and bool(mod_11_10.is_valid(whole[1]))


def find(text: str, prefixes: tuple[str, ...]) -> tuple[str, ...]:
    """Find references with one of *prefixes* in *text*, in order and without repeats, in their stored form.

    Takes them spaced, hyphenated, bracketed, in small or full-width letters; never from inside a longer number or
    word. The check digit is not looked at. Time grows with the length of *text* only. Raises UsageError for a
    wrong prefix.
    """
    if not prefixes:
        return ()
    return tuple(dict.fromkeys(as_stored(found[0]) for found in _pattern(prefixes).finditer(text)))


@lru_cache(maxsize=16)
def _pattern(prefixes: tuple[str, ...]) -> re.Pattern[str]:
    # Each letter is spelt out rather than matched without regard to case, which would let in a dotless i or a long s.
    names = sorted({check_prefix(prefix) for prefix in prefixes}, key=lambda name: (-len(name), name))
    either = "|".join("".join(map(_letter, name)) for name in names)
    return re.compile(rf"{_STARTS}(?:{either}){_AFTER_PREFIX}{_NINE}{_ENDS}")


def _letter(capital: str) -> str:
    wide = ord(capital) - ord("A")
    return f"[{capital}{capital.lower()}{chr(0xFF21 + wide)}{chr(0xFF41 + wide)}]"


def as_stored(typed: str) -> str:
    """A reference as somebody typed it in its stored form: letters and digits alone, as capitals of ordinary width."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed) if c.isalnum()).upper()
