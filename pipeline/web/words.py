"""Words of the stages for the screen: where a sentence ends with a command for the terminal, the officer is spared it."""

from __future__ import annotations

import re

_COMMAND = re.compile(
    r"(?:[;,:]|\s(?:first|by|with|see))*\s*(?:(?:see|with|decide|look again|begin|try)\s*)*:?\s*infogov [a-z].*$",
    re.DOTALL,
)
_ASIDE = re.compile(r"\s*\(infogov [^)]*\)")
_OPTIONS = (
    ("say with --reason", "say"),
    ("say it with --reason", "say it"),
    ("say with --from", "say"),
    ("a --reason", "a reason"),
    ("--reason", "a reason"),
    ("--override-reason", "a reason for letting it go all the same"),
    ("--despite", "a reason why it should go all the same"),
)


def on_screen(text: str) -> str:
    """*text* of an error without what only a terminal can do, as a sentence."""
    shown = _COMMAND.sub("", _ASIDE.sub("", text)).rstrip(" ;:,")
    for option, words in _OPTIONS:
        shown = shown.replace(option, words)
    shown = shown[:1].upper() + shown[1:]
    return shown if shown.endswith((".", "!", "?")) else shown + "."
