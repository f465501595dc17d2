"""Words of the stages for the screen: where a sentence names a command or an option of the terminal, the officer reads the page instead."""

from __future__ import annotations

import re

from pipeline.domain.errors import RestrictedError
from pipeline.web import letterwords

# Commands whose work an officer does on a page, and that page's name; for others there is nothing to say on a screen.
PAGES = {
    "outbox": "Letters to send",
    "newmail": "New mail",
    "quarantine": "New mail",
    "exceptions": "For approval",
    "acknowledgements": "New mail",
    "deputies": "Deputies",
}
_OTHERS = (
    "requests", "show", "draft", "officer", "audit", "clock", "address", "resend", "withdraw", "close", "lapse",
    "doctor", "db", "intake", "alarms", "serve", "worker", "web", "health", "letter", "submit", "approve", "stop",
    "check", "preview", "release", "hold", "poll", "deliver",
)  # fmt: skip
_WORDS = r"(?: (?:[a-z][a-z-]*|[A-Z]{2,}[0-9]*|[0-9]+|--[a-z-]+|\S+@\S+))*"
_ASIDE = re.compile(r"\s*\(infogov [^)]*\)")
_SEE = re.compile(rf"\b([Ss]ee):? infogov ({'|'.join(PAGES)})\b{_WORDS}")
_ON = re.compile(rf"(?: with)?:? infogov ({'|'.join(PAGES)})\b{_WORDS}")
_GONE = re.compile(
    rf"(?:[;,:]|\s(?:first|by|with|see|and then))*\s*(?:(?:see|with|begin|correct it)\s*)*:?\s*infogov (?:{'|'.join(_OTHERS)})\b.*$",
    re.DOTALL,
)
_OPTIONS = (
    (re.compile(r":? --side \S+"), ""),
    (re.compile(r"\ba --reason\b"), "a reason"),
    (re.compile(r" with --[a-z][a-z-]*"), ""),
    (re.compile(r"--override-reason\b"), "a reason for letting it go all the same"),
    (re.compile(r"--despite\b"), "a reason why it should go all the same"),
    (re.compile(r"--reason\b"), "a reason"),
    (re.compile(r"(?<!\S)--([a-z][a-z-]*)"), r"\1"),
)


def on_screen(text: str) -> str:
    """*text* of an error without what only a terminal can do or a draft's file knows, as a sentence."""
    shown = letterwords.plain(_ASIDE.sub("", text))
    shown = shown.replace(", or infogov quarantine", "")
    shown = _SEE.sub(lambda found: f"{found[1]} the page “{PAGES[found[2]]}”", shown)
    shown = _ON.sub(lambda found: f" on the page “{PAGES[found[1]]}”", shown)
    shown = _GONE.sub("", shown).rstrip(" ;:,")
    for option, words in _OPTIONS:
        shown = option.sub(words, shown)
    # An address or a file's name stays as it is written.
    if not set("@.") & set(shown.partition(" ")[0].rstrip(".")):
        shown = shown[:1].upper() + shown[1:]
    return shown if shown.endswith((".", "!", "?")) else shown + "."


def told(error: Exception) -> str:
    """What an officer is told of *error*; of what only another team sees, the same as if it were not there."""
    return on_screen(error.unknown if isinstance(error, RestrictedError) else str(error))
