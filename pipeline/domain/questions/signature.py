"""The writer's own name under a letter: where it stands, the letter ends, and posts, firms and slogans below it are no part of what is asked."""

from __future__ import annotations

import re

from pipeline.domain.questions.asking import ALSO, is_ask, is_question, is_request, wants

_TITLES = frozenset(
    "mr mrs ms miss mx dr prof professor rev revd sir dame lady lord cllr councillor cyng cynghorydd from mp phd llb ba ma bsc msc".split()
)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_ONLY_WORDS = re.compile(r"[-\u2013\s]{0,4}(?:[^\W\d_]|[\s.,'\u2019()&-]){1,70}$")
_MORE = re.compile(r"\s{0,3}(?:[,|\u2013\u2014(/+-]|\d)")
_NAME_LINE = 70  # characters
_SIGNED_LINE = 120  # characters; a name, and a post or an address behind it
_NAME_WORDS = 5
_FIRST_NAME = 2  # characters
_BELOW = 6  # lines under a bare first name
_ENDS = re.compile(
    r"(?:^|(?<=[.?!,;])\s{0,5})(?:(?:with |many |kind |best |warm )?(?:thanks|thank you|regards|cheers|wishes|best|yours|sincerely)"
    r"(?: (?:in advance|again|and regards|sincerely|faithfully|so much|very much))?)[\s,.!\u2013-]*$",
    re.IGNORECASE,
)
_MARK = re.compile(r"\s*(?:[Qq](?:uestion)?\s?\d{1,3}|\(?\d{1,3}[.):]|\(?[a-z]\))\s*")


class Writer:
    """The person a mail is from, by the name their mail program gives; knows their name when it stands under a letter."""

    def __init__(self, shown: str) -> None:
        last, comma, first = shown[:200].partition(",")
        self.words = _words(f"{first} {last}" if comma else shown[:200])

    def signs(self, line: str) -> bool:
        """Whether *line* holds this person's name and no more: in full, with initials or a short form of the first name."""
        if not self.words or len(line) > _NAME_LINE or not _ONLY_WORDS.match(line):
            return False
        words = _words(line)
        if not words or len(words) > _NAME_WORDS:
            return False
        return sorted(words) == sorted(self.words) or self.by_first_name(words) or self._by_surname(words)

    def by_first_name(self, words: list[str]) -> bool:
        """Whether *words* are only the first name, where there is another."""
        return words == self.words[:1] and len(self.words) > 1 and len(words[0]) >= _FIRST_NAME

    def _by_surname(self, words: list[str]) -> bool:
        several = len(self.words) > 1 and len(words) > 1
        return several and words[-1] == self.words[-1] and words[0][0] == self.words[0][0]

    def begins(self, line: str) -> bool:
        """Whether *line* begins with the full name and goes on with a post, a firm or an address, and asks nothing."""
        if len(self.words) < 2 or len(line) > _SIGNED_LINE or "?" in line:  # noqa: PLR2004 - a first name alone may begin any sentence
            return False
        found = _WORD.findall(line[:_NAME_LINE])[: len(self.words)]
        if [word.casefold() for word in found] != self.words:
            return False
        end = 0
        for word in found:
            end = line.index(word, end) + len(word)
        return _MORE.match(line, end) is not None

    def end_of(self, line: str) -> int:
        """Where the name begins that ends *line*, after a full stop or a word of thanks; the line's length where none does."""
        words = list(_WORD.finditer(line, max(0, len(line) - _NAME_LINE)))
        for count in {len(self.words), 1} if self.words else ():
            tail = words[-count:]
            if len(words) <= count or [word[0].casefold() for word in tail] != self.words[:count]:
                continue
            before = line[: tail[0].start()].rstrip()
            if len(line) - tail[-1].end() <= 1 and (before.endswith((".", "!", "?")) or _ENDS.search(before[-60:])):
                return tail[0].start()
        return len(line)


def _words(text: str) -> list[str]:
    return [word for word in (found.casefold() for found in _WORD.findall(text)) if word not in _TITLES]


NOBODY = Writer("")


def only_signed(lines: list[str], writer: Writer) -> bool:
    """Whether *lines* begin with the writer's name and ask nothing below it."""
    if not writer.words:
        return False
    first = next((here for here, line in enumerate(lines) if line.strip()), len(lines))
    signed = first < len(lines) and _is_name(lines[first].strip(), writer)
    return signed and not any(_asks(line) for line in lines[first + 1 :])


def without_signature(lines: list[str], writer: Writer) -> list[str]:
    """*lines* up to the writer's name, once something was said; a postscript below it that asks for something more is kept."""
    if not writer.words:
        return lines
    said = False
    for here, line in enumerate(lines):
        stripped = line.strip()
        if said and _is_name(stripped, writer) and not _above_all(lines, here) and _may_end(lines, here, writer):
            return _without_name_at_end([*lines[:here], *_further(lines[here + 1 :])], writer)
        said = said or bool(stripped)
    return _without_name_at_end(lines, writer)


def _above_all(lines: list[str], here: int) -> bool:
    """Whether all that is asked stands below line *here*: a name there is a letterhead."""
    return any(_asks(line) for line in lines[here:]) and not any(_asks(line) for line in lines[:here] if line.strip())


def _is_name(stripped: str, writer: Writer) -> bool:
    folded = stripped[:_SIGNED_LINE].casefold()
    # Whichever way a name is written, its first or its last word is there.
    if writer.words[0] not in folded and writer.words[-1] not in folded:
        return False
    return writer.signs(stripped) or writer.begins(stripped)


def _may_end(lines: list[str], here: int, writer: Writer) -> bool:
    """Whether a letter may end on line *here*: a first name alone is also a month or a street."""
    if not writer.by_first_name(_words(lines[here])):
        return True
    below = [line for line in lines[here + 1 : here + 40] if line.strip()]
    return len(below) <= _BELOW and not any(_asks(line) for line in below)


def _asks(line: str) -> bool:
    mark = _MARK.match(line)
    said = line[mark.end() if mark else 0 :].strip()
    return "?" in line or is_ask(said) or wants(said)


def _further(below: list[str]) -> list[str]:
    """The paragraphs under a name that plainly ask for something more; "Do you have a story?" belongs to a newspaper's signature."""
    out: list[str] = []
    paragraph: list[str] = []
    for line in [*below, ""]:
        if line.strip():
            paragraph.append(line)
            continue
        if any(_asks_more(each) for each in paragraph):
            out += ["", *paragraph]
        paragraph = []
    return out


def _asks_more(line: str) -> bool:
    mark = _MARK.match(line)
    said = line[mark.end() if mark else 0 :].strip()
    asks = is_question(said) or is_request(said) or (mark is not None and is_ask(said))
    return asks and (mark is not None or wants(said) or bool(ALSO.match(said)))


def _without_name_at_end(lines: list[str], writer: Writer) -> list[str]:
    """*lines* without a name, and the thanks before it, that end the last of them ("... last year? Many thanks, Jo Field")."""
    last = next((here for here in range(len(lines) - 1, -1, -1) if lines[here].strip()), -1)
    if last < 0:
        return lines
    line = lines[last].rstrip()
    start = writer.end_of(line)
    if start == len(line):
        return lines
    said = line[:start].rstrip()
    thanks = _ENDS.search(said[-60:])
    kept = said[: max(0, len(said) - 60) + thanks.start()] if thanks else said
    without = [*lines[:last], kept.rstrip(" ,;")]
    return without if any(each.strip() for each in without) else lines
