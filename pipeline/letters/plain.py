"""Makes any text safe to stand in a letter or on one line: control characters go, everything a person wrote stays."""

from __future__ import annotations

import re

# C0 without tab and line feed, DEL, C1, the two Unicode line separators and lone surrogates: none is visible, and
# each can end a line, a header or an encoder.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Direction controls can make a line read otherwise than it is written; a name or a subject needs none.
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean_text(text: str) -> str:
    r"""Give *text* with ``\n`` line ends, no controls but tabs, U+FFFD for a lone surrogate; idempotent."""
    if _UNSAFE.search(text) is None:
        return text
    return _UNSAFE.sub(lambda found: "\ufffd" if found[0] >= "\ud800" else "", _LINE_ENDS.sub("\n", text))


def one_line(text: str) -> str:
    """Give *text* on one line: as ``clean_text``, runs of white space as one space, direction controls gone; idempotent."""
    return " ".join(_DIRECTION.sub("", clean_text(text)).split())


def paragraphs(text: str) -> tuple[str, ...]:
    """Cut *text* at blank lines, each without white space around it; line ends inside one are kept."""
    found: list[list[str]] = [[]]
    for line in clean_text(text).split("\n"):
        if line.strip():
            found[-1].append(line.rstrip())
        elif found[-1]:
            found.append([])
    return tuple("\n".join(lines).strip() for lines in found if lines)
