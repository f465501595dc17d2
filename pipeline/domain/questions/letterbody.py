"""The body of a letter without its frame: salutation, sign-off and footers cut away, wrapped lines told from broken ones, sentences told apart."""

from __future__ import annotations

import re

from pipeline.domain.questions.asking import is_ask
from pipeline.domain.questions.signature import NOBODY, Writer, only_signed

_SALUTATION = re.compile(
    r"^(?:dear|hi|hiya|hello|hey|good (?:morning|afternoon|day|evening)|morning|afternoon|greetings|"
    r"to whom(?:ever)? (?:it|this) may concern|"
    r"to the (?:foi|freedom of information)|sirs?|madam|fao|f\.a\.o|attn|for the attention of|annwyl|foi (?:team|"
    r"officer)|information governance)\b",
    re.IGNORECASE,
)
_HEADER = re.compile(r"^(?:re|subject|ref|our ref|your ref|date|to|from|sent|cc)\s?:", re.IGNORECASE)
_SHORT_TEXT = 500  # characters
_SIGN_OFF = re.compile(
    r"^(?:yours?(?: (?:faithfully|sincerely|truly|ever|etc|aye))?|(?:with )?(?:kind(?:est)?|warm(?:est)?|best|"
    r"many|very best)?,? ?regards|"
    r"(?:best|all the best|best wishes|with best wishes|kind wishes)|(?:with )?(?:many |kind )?thanks(?: again|"
    r" in advance| and (?:kind |best )?regards| and best wishes|"
    r" for your (?:help|time|assistance))?|thank ?you(?: in advance| very much| in anticipation| again|"
    r" for your (?:help|time|assistance))?|"
    r"cheers|sincerely|respectfully|faithfully|kr|rgds|ta|diolch|cofion(?: gorau)?|yn gywir|yn ddiffuant|"
    r"sent from my \S.{0,30}|get outlook for .{0,20})"
    r"[\s,.!\u2013-]*$",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"^p\.?\s?p?\.?s\.?[\s:,\u2013-]", re.IGNORECASE)
_RULE = re.compile(r"^[-_=*]{20,}$")
_FOOTER = re.compile(
    r"whatdotheyknow|disclaimer|reply address|intended recipient|confidential|in error|registered (?:office|in|"
    r"charity|company)|virus|sent from|view this email",
    re.IGNORECASE,
)
_LEGAL_FOOTER = re.compile(
    r"^(?:this (?:e-?mail|message|communication)\b.{0,80}(?:confidential|intended|privileged|may contain)|"
    r"disclaimer\b|confidentiality notice|"
    r"the (?:information|contents?) (?:contained )?(?:in|of) this (?:e-?mail|message)|registered office\b|"
    r"registered in england|"
    r"please (?:use|quote) this (?:e-?mail|reply) address|sent (?:via|from) my\b|sent from (?:outlook|yahoo|"
    r"mail for)|get outlook for)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\s*(?:[Qq](?:uestion)?\s?\d|\(?\d{1,3}[.):]|[(]?[a-z]\))\s*\S")
_ABBREVIATION = re.compile(
    r"(?:\b(?:i\.?e|e\.?g|etc|vs|approx|incl|inc|excl|no|nos|mr|mrs|ms|dr|prof|st|rd|ave|ltd|co|dept|ref|para|"
    r"art|reg|sec|s|ss|fig|viz|cf|p|pp|est|max|min|avg)"
    r"|\b[A-Za-z])\.$",
    re.IGNORECASE,
)
_END = re.compile(r"(?:(?<=[?!])|(?<=\.)|(?<=[?.!][\"'\u2019\u201d)]))\s+(?=\S)")
_STARTS = re.compile(r"[\"'(\[\u2018\u201c*]?(?:[A-Z\u00a30-9])")
_ASKS_ON = re.compile(
    r"(?:and |also,? |then )?(?:how|what|when|where|who|which|why|do|does|did|is|are|was|were|has|have|can|could|"
    r"will|would|please|i|if)\b",
    re.IGNORECASE,
)
_ASKING_LINE = re.compile(
    r"(?:(?:the )?(?:total )?(?:number|cost|amount|value)s?\b|how (?:many|much|long|often)\b|what\b|which\b|who\b|when (?:does|did|is|was|were|will|do)\b"
    r"|where (?:is|are|do|does)\b|why\b|cop(?:y|ies) of\b|a copy of\b|lists? of\b|details of\b)",
    re.IGNORECASE,
)
_HANGS = re.compile(r"\s(?:to|and|of|the|in|from|for|by|or|an?|at|between|with|than|on|your|our)$", re.IGNORECASE)
_WRAP_AT_MOST = 100  # columns; a text with longer lines was not wrapped by a mail program
_WRAP_AT_LEAST = 58
_SAID = 8  # words; before that nothing can end
_SHORT = 60  # characters; a longer line is a sentence


def body_lines(text: str) -> list[str]:
    """The lines of *text* between salutation and sign-off; footers, rules and headers off. Falls back to every line."""
    lines = [line.rstrip() for line in text.split("\n")]
    whole = _without_footer(lines)
    kept = _without_tail(whole)
    body = _without_head(kept)
    if (second := _in_two_languages(whole)) is not None:
        body = [*body, "", *_without_head(_without_tail(whole[second:]))]
    return body if any(line.strip() for line in body) else kept if any(line.strip() for line in kept) else lines


def only_sign_off(text: str, writer: Writer = NOBODY) -> bool:
    """Whether *text* is nothing but the ends of letters: thanks, regards, the line a telephone adds, the writer's name and post."""
    lines = [line.strip() for line in text[:_SHORT_TEXT].splitlines() if line.strip()]
    if len(text) > _SHORT_TEXT or not lines:
        return False
    said = next((here for here, line in enumerate(lines) if not _SIGN_OFF.match(line)), len(lines))
    return said == len(lines) or only_signed(lines[said:], writer)


def _without_footer(lines: list[str]) -> list[str]:
    """Cut where a signature's rule, a site's footer or a legal notice begins, once something has been said."""
    said = 0
    numbered_after = _numbered_after(lines)
    for here, line in enumerate(lines):
        if said >= _SAID:
            rule = _RULE.match(line.strip()) and any(
                _FOOTER.search(after[:300]) for after in lines[here + 1 : here + 12]
            )
            signature = line.rstrip() == "--" and not numbered_after[here]
            if rule or signature or _LEGAL_FOOTER.match(line.strip()[:200]):
                return lines[:here]
        said += len(line.split())
    return lines


def _without_tail(lines: list[str]) -> list[str]:
    """Cut at the first sign-off that has no list below it; a postscript is kept."""
    said = 0
    numbered_after = _numbered_after(lines)
    for here, line in enumerate(lines):
        stripped = line.strip()
        ends = said >= _SAID and len(stripped) <= _SHORT and _SIGN_OFF.match(stripped)
        if ends and numbered_after[here] < 2:  # noqa: PLR2004 - one numbered line below is an address or a telephone
            script = next((n for n in range(here, len(lines)) if _POSTSCRIPT.match(lines[n].strip())), len(lines))
            return [*lines[:here], "", *lines[script:]]
        said += len(stripped.split())
    return lines


_TWICE = re.compile(
    r"\W{0,3}(?:english (?:version )?(?:below|follows)|annwyl|yn gywir|yn ddiffuant|cofion|gyda diolch|diolch)\b",
    re.IGNORECASE,
)
_LOOK = 60  # characters of a line


def _in_two_languages(lines: list[str]) -> int | None:
    """Where a letter that was closed begins again for its readers in the other language; None for a letter in one.

    Only with Welsh about it: below the end of an English letter "Dear" mostly opens a letter of ours that its writer copied.
    """
    welsh = any(_TWICE.match(line[:_LOOK]) for line in lines)
    closed = False
    for here, line in enumerate(lines) if welsh else ():
        stripped = line.strip()
        if closed and _SALUTATION.match(stripped[:_LOOK]):
            return here
        closed = closed or (0 < len(stripped) <= _SHORT and _SIGN_OFF.match(stripped) is not None)
    return None


def _numbered_after(lines: list[str]) -> list[int]:
    """For each line how many lines below it begin with a number and ask something."""
    out = [0] * len(lines)
    count = 0
    for here in range(len(lines) - 1, -1, -1):
        out[here] = count
        found = _NUMBERED.match(lines[here])
        count += 1 if found and is_ask(lines[here][found.end() - 1 :]) else 0
    return out


def _without_head(lines: list[str]) -> list[str]:
    here = 0
    while here < len(lines):
        stripped = lines[here].strip()
        if not stripped or (_HEADER.match(stripped) and here < 8):  # noqa: PLR2004 - a header block is short
            here += 1
        elif found := _SALUTATION.match(stripped):
            rest = _after_salutation(stripped, found.end())
            if rest is None:
                return lines[here:]
            lines = [*lines[:here], rest, *lines[here + 1 :]]
            if rest:
                return lines[here:]
            here += 1
        else:
            break
    return lines[here:]


def _after_salutation(line: str, end: int) -> str | None:
    """What stands after the salutation on its own line; "" for nothing, None when this is no salutation after all."""
    comma = re.compile(r"[,:;!.\u2013]\s*|\s-\s").search(line, end)
    if comma is None:
        return "" if len(line.split()) <= 12 and not line.endswith("?") else None  # noqa: PLR2004 - a name is short
    if len(line[: comma.start()].split()) > 12:  # noqa: PLR2004 - the same
        return None
    rest = line[comma.end() :].strip()
    return "" if len(rest.split()) <= 4 and not rest.endswith("?") else rest  # noqa: PLR2004 - "Dear Sir, Madam,"


def wrap_width(lines: list[str]) -> int:
    """Where the writer's mail program breaks lines, in columns; 0 for a text that isn't hard-wrapped."""
    longest = max((len(line) for line in lines if "://" not in line), default=0)
    return longest if _WRAP_AT_LEAST <= longest <= _WRAP_AT_MOST else 0


def _asks_anew(before: str, after: str) -> bool:
    """Whether *after* begins another question of a list without marks: both lines begin with asking words, and the first isn't broken off."""
    if before.endswith((",", "-", "/", "&", "(")) or _HANGS.search(before[-12:]):
        return False
    return bool(_ASKING_LINE.match(before) and _ASKING_LINE.match(after))


def is_wrap(previous: str, line: str, width: int) -> bool:
    """Whether *line* goes on with the sentence of *previous*, split by a mail program rather than by the writer."""
    before, after = previous.rstrip(), line.strip()
    first = after.split(maxsplit=1)[0] if after else ""
    if _asks_anew(before, after):
        return False
    if width and len(before) + 1 + len(first) > width:
        return True
    if before.endswith((".", "?", "!", ":", ";")):
        return False
    if after[:1].islower() or _HANGS.search(before[-12:]):
        return True
    return before.endswith((",", "(", "-", "/", "&")) or (
        bool(width) and after[:1].isdigit() and len(before) > width // 3
    )


def sentences(text: str) -> list[str]:
    """The sentences of *text*, words untouched; abbreviations, decimals, times and addresses of pages don't end one."""
    out: list[str] = []
    start = 0
    for hit in _END.finditer(text):
        before = text[max(start, hit.start() - 12) : hit.start()]
        asked = before.rstrip("\"'\u2019\u201d)").endswith("?")
        if before.endswith(".") and _ABBREVIATION.search(before):
            continue
        if _STARTS.match(text, hit.end()) or (asked and _ASKS_ON.match(text, hit.end())):
            out.append(text[start : hit.start()])
            start = hit.end()
    out.append(text[start:])
    return [sentence for sentence in (part.strip() for part in out) if sentence]
