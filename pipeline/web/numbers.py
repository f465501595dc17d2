"""Numbers in addresses and forms, which anybody may have typed: plain digits, and no more of them than a row's number has."""

from __future__ import annotations

import re

from werkzeug.routing import IntegerConverter

# str.isdigit takes what int refuses ("²"), int refuses five thousand digits, and a database nineteen.
_DIGITS = "[0-9]{1,15}"


def typed_number(typed: str) -> int | None:
    """The number that *typed* is; None where it is none that a page of ours gives."""
    return int(typed) if re.fullmatch(_DIGITS, typed) else None


class NumberInPath(IntegerConverter):
    """A number in a page's address; with any other there is no such page."""

    regex = _DIGITS
