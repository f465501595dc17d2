"""The questions of a request, in the requester's own words: numbered ones first, then bullets, then sentences that ask (domain.md 7, O12)."""

from __future__ import annotations

from dataclasses import replace

from pipeline.domain.questions.asking import (
    ALSO,
    is_ask,
    is_boilerplate,
    is_format,
    is_preamble,
    is_question,
    is_request,
    is_statute,
    is_trivial,
    wants,
)
from pipeline.domain.questions.blocks import Block, Item, Listing, blocks, listings
from pipeline.domain.questions.leads import (
    is_column,
    is_earlier,
    is_lead_in,
    is_pointer,
    is_scope,
    names_own,
    refuses_list,
)
from pipeline.domain.questions.letterbody import body_lines, only_sign_off, sentences
from pipeline.domain.questions.listing import Style, split_letters
from pipeline.domain.questions.prose import THING, ProseReader
from pipeline.domain.questions.signature import Writer, without_signature
from pipeline.domain.request import Question

LOOK_AT = 100_000  # characters; what stands beyond is kept, unread, in the last question
MOST = 1_000  # questions; the rest stays in the last one
_HALF = 0.5
_HEADING = 12  # words
_TITLE = 6
_FEW = 2


def questions(text: str, writer: str = "") -> tuple[Question, ...]:
    """The questions in *text*, the part of a mail that its sender wrote (``Message.new_text``), in order.

    *writer* is the name that the sender's mail program gives: where it stands as a line of its own, the letter ends.

    Words are never changed: wrapped lines are joined by a space, the paragraphs of one question by an empty line, its sub-items stand on
    lines of their own. The label is the number as written, without brackets and stops; "" for a bullet or an unnumbered question.
    Empty only when *text* is blank or holds no more than a letter's end ("Thanks", "Sent from my phone", the writer's name). Linear in the length of *text*.
    """
    plain = (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u00a0", " ")
        .replace("\ufeff", "")
        .replace("\u200b", "")
    )
    who = Writer(writer)
    if not plain.strip() or only_sign_off(plain, who):
        return ()
    seen, beyond = _cap(plain)
    lines = without_signature(body_lines(seen), who)
    found = _find(blocks(lines)) or [Question(label="", text=_whole(lines))]
    if len(found) > MOST:
        tail = "\n\n".join(f"{q.label} {q.text}".strip() for q in found[MOST - 1 :])
        found = [*found[: MOST - 1], Question(label=found[MOST - 1].label, text=tail)]
    if beyond.strip():
        last = found[-1]
        found[-1] = Question(label=last.label, text=f"{last.text}\n\n{beyond.strip()}")
    return tuple(found)


def _cap(plain: str) -> tuple[str, str]:
    if len(plain) <= LOOK_AT:
        return plain, ""
    cut = plain.rfind("\n", LOOK_AT // 2, LOOK_AT)
    if cut < 0:
        cut = plain.rfind(" ", LOOK_AT // 2, LOOK_AT)
    cut = LOOK_AT if cut < 0 else cut
    return plain[:cut], plain[cut:]


def _whole(lines: list[str]) -> str:
    return "\n".join(line.strip() for line in lines).strip()


def _find(found: list[Block]) -> list[Question]:
    lists, loose = listings(found)
    asking = [one for one in lists if _asks(one) and not _columns(one, loose)]
    ordered = [one for one in asking if one.style is not Style.BULLET]
    kept = ordered + [one for one in asking if one.style is Style.BULLET and (not ordered or _also(one))]
    if not kept and lists and not _has_ask(loose):
        kept = [one for one in lists if one.style is not Style.BULLET and not is_statute(one.items[0].head.text)]
        kept = [one for one in kept if not all(is_trivial(item.head.text) for item in one.items)]
    if not kept:
        return _unnumbered(found, lists)
    placed = [(item.head.place, question) for one in kept for item, question in _items(one)]
    start = min(place for place, _ in placed)
    placed += [
        (block.place, Question(label="", text=block.text)) for block in loose if block.place > start and _extra(block)
    ]
    listed = [question for _, question in sorted(placed, key=lambda pair: pair[0])]
    return [*_above([block for block in loose if block.place < start]), *listed]


def _above(loose: list[Block]) -> list[Question]:
    """What the paragraphs above a list ask for by themselves; words that only lead into the list, and headings, are no question."""
    bare = [replace(block, text=_without_lead(block.text)) for block in loose]
    if not any(_asks_fully(part) for block in bare for part in sentences(block.text)):
        return []
    reader = ProseReader()
    for block in bare:
        reader.read(block)
    said = ("".join(parts).strip() for parts in reader.segments)
    return [Question(label="", text=text) for text in said if any(_asks_fully(part) for part in sentences(text))]


def _without_lead(text: str) -> str:
    """A paragraph without the open words at its end that lead into what stands below it ("If it has:")."""
    parts = sentences(text)
    leads = (
        bool(parts)
        and not parts[-1].rstrip("\"'\u2019\u201d)*_ ").endswith((".", "?", "!"))
        and not names_own(parts[-1])
    )
    return " ".join(parts[:-1]) if leads else text


def _asks_fully(part: str) -> bool:
    """Whether a sentence above a list asks for more than answers to the list."""
    return (is_question(part) or is_request(part)) and not is_pointer(part) and len(part.split()) > _FEW


def _extra(block: Block) -> bool:
    """Whether a paragraph beside a list asks for something more."""
    if not ALSO.match(block.text) or is_lead_in(block.text):
        return False
    first = sentences(block.text)[0]
    return is_question(first) or is_request(first)


def _columns(one: Listing, loose: list[Block]) -> bool:
    """Whether a bulleted list only names the details wanted of something that was asked for above it."""
    if one.style is not Style.BULLET or not all(is_column(item.head.text) for item in one.items):
        return False
    start = one.items[0].head.place - 1
    return _has_ask([block for block in loose if block.place < start])


def _also(one: Listing) -> bool:
    return one.lead is not None and bool(ALSO.match(one.lead.text)) and is_lead_in(one.lead.text)


def _has_ask(loose: list[Block]) -> bool:
    return any(is_question(part) or is_request(part) for block in loose for part in sentences(block.text))


def _asks(one: Listing) -> bool:  # noqa: PLR0911 - a ladder of rungs, each with its answer
    """Whether the items of a list are questions, told by the words above it and by their own."""
    heads = [item.head.text for item in one.items]
    lead = one.lead.text if one.lead is not None and one.lead.marker is None else ""
    if any(is_statute(text) for text in heads):
        return False
    asked = sum(1 for text in heads if text.rstrip("\"'\u2019\u201d)*_;, ").endswith("?") or "? " in text)
    asks = sum(1 for item in one.items if is_ask(item.head.text) or any(is_request(block.text) for block in item.rest))
    trivial = sum(1 for text in heads if is_trivial(text))
    count = len(heads)
    if lead and refuses_list(lead) and not is_scope(lead):
        full = sum(1 for text in heads if wants(text) and len(text.split()) > _TITLE)
        return max(asked, full) > count * _HALF and not _quoted(lead, heads)
    leads = bool(lead) and (is_lead_in(lead) or is_scope(lead))
    if one.style is Style.BULLET:
        wanted = asked > count * _HALF or (asks >= count * _HALF and (leads or not lead or _heading(lead)))
        return wanted or (leads and trivial < count and count > 1)
    if all(is_boilerplate(text) for text in heads):
        return False
    if count == 1 and one.style is not Style.NUMBER and not asks:
        return False
    if leads and trivial < count:
        return True
    return asks > 0 or (leads and lead.casefold().find("following") >= 0)


def _quoted(lead: str, heads: list[str]) -> bool:
    return heads[0][:1] in "\"'\u2018\u201c" or "asked" in lead or "original" in lead or "previous" in lead


def _heading(lead: str) -> bool:
    return len(lead.split()) <= _HEADING and not lead.rstrip().endswith((".", "?"))


def _items(one: Listing) -> list[tuple[Item, Question]]:
    """The questions of a list: one for each item, or for each sub-item where the item is only a heading."""
    out: list[tuple[Item, Question]] = []
    for item in one.items:
        nested = _promoted(one, item)
        if nested:
            out.extend((sub, _question(sub)) for sub in nested)
        elif len(one.items) == 1 or item.rest or "?" in item.head.text or not _says_nothing(item.head.text):
            out.append((item, _question(item)))
    return out


def _says_nothing(text: str) -> bool:
    """Whether an item is only courtesy or a reminder; "the report, including exempt parts" begins with a thing and is none."""
    return is_boilerplate(text) and (is_format(text) or not THING.match(text))


def _promoted(one: Listing, item: Item) -> list[Item]:
    """The sub-items of an item that only leads into them; none where the item asks by itself."""
    marked = [block for block in item.rest if block.marker is not None]
    if len(marked) < (1 if one.style is Style.CAPITAL else 2) or marked[0].marker is None:
        return []
    style = marked[0].marker.style
    head = item.head.text
    title = len(head.split()) <= _TITLE and not (is_question(head) or is_request(head)) and _heading(head)
    only_leads = is_lead_in(head) or title
    sections = style is Style.DOTTED or (one.style in {Style.CAPITAL, Style.ROMAN} and style is Style.NUMBER)
    alone = len(one.items) == 1 and style is not Style.BULLET and is_lead_in(head)
    if not only_leads or not (sections or alone):
        return []
    out: list[Item] = []
    for block in item.rest:
        if block.marker is not None and block.marker.style is style:
            out.append(Item(head=block))
        elif out:
            out[-1].rest.append(block)
    return out


def _question(item: Item) -> Question:
    parts = [item.head.text]
    for block in item.rest:
        parts += ["\n\n" if block.gap and block.marker is None else "\n", block.raw]
    label = item.head.marker.label if item.head.marker else ""
    text = "".join(parts).strip() or item.head.raw
    emphasised = text.endswith("*") and text.count("*") == 1 and item.head.raw.startswith("*")
    return Question(label=label, text=text.removesuffix("*") if emphasised else text)


def _unnumbered(found: list[Block], lists: list[Listing]) -> list[Question]:
    """Questions of a letter without a list of them: each sentence that asks begins one; what refines it stays with it."""
    listed = {block.place: one for one in lists for item in one.items for block in [item.head, *item.rest]}
    reader = ProseReader()
    for block in found:
        one = listed.get(block.place)
        if one is None:
            reader.read(block)
        elif reader.live and not is_statute(block.text) and not (one.lead and is_earlier(one.lead.text)):
            reader.segments[-1].append("\n" + block.raw)
    segments = ["".join(parts) for parts in reader.segments] or _fallback(
        [block for block in found if not is_statute(block.text)]
    )
    if len(segments) == 1 and not lists and (lettered := _run_on_letters(segments[0])):
        return lettered
    return [Question(label="", text=text.strip()) for text in segments]


def _run_on_letters(text: str) -> list[Question]:
    """The items of "please tell me (a) how many ..., (b) ..." where most of them ask by their wording."""
    _, items = split_letters(text)
    if sum(1 for _, item in items if is_ask(item)) <= len(items) * _HALF:
        return []
    return [Question(label=label, text=item) for label, item in items]


def _each(kept: list[str], asking: list[bool]) -> list[str]:
    """One question for each paragraph or line that names a thing wanted, with what follows it."""
    out: list[str] = []
    for text, asks in zip(kept, asking, strict=True):
        if asks:
            out.append(text)
        elif out and text.strip():
            out[-1] += "\n\n" + text
    return out


def _may_want(text: str) -> bool:
    return wants(text) or len(text.split()) > _TITLE


def _fallback(found: list[Block]) -> list[str]:
    """Where nothing asks by its form: what is neither courtesy nor law talk, as one question; else all of it.

    What is left may be a name or "Plan attached."; where it wants nothing, what was taken for courtesy or law talk stays too.
    """
    for dropped in (lambda part: is_boilerplate(part) or is_preamble(part) or is_lead_in(part), is_boilerplate):
        kept = [" ".join(part for part in sentences(block.raw) if not dropped(part)) for block in found]
        asking = [is_ask(text) for text in kept]
        if sum(asking) > 1:
            return _each(kept, asking)
        if any(asking) or any(_may_want(text) for text in kept):
            return ["\n\n".join(text for text in kept if text.strip())]
    return ["\n\n".join(block.raw for block in found)] if found else []
