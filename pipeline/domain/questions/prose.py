"""Reads the paragraphs of a letter that have no marks: each sentence that asks begins a question; what refines it stays with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.domain.questions.asking import (
    ALSO,
    is_ask,
    is_boilerplate,
    is_follow_up,
    is_preamble,
    is_question,
    is_refinement,
    is_request,
)
from pipeline.domain.questions.leads import is_lead_in
from pipeline.domain.questions.letterbody import sentences

if TYPE_CHECKING:
    from pipeline.domain.questions.blocks import Block

_ITEM = 12  # words of a bare item or an address
_FEW = 2


def _own_ask(part: str) -> bool:
    return not part.rstrip().endswith(":") and is_request(part)


def _belongs(part: str, block: Block) -> bool:
    return is_refinement(part) or is_follow_up(part) or not block.gap or part[:1].islower() or part.startswith("(")


_BREAKS_DOWN = re.compile(
    r"(?:broken|split|divided|separated|by|for|from|per|in|including|and|or|with|between|since|excluding|both|ideally|where|if|e\.?g|i\.?e|"
    r"please|thank|kind|regards|yours)\b",
    re.IGNORECASE,
)


THING = re.compile(
    r"(?:the|a|an|any|all|every|each|your|copies|its)\b(?!.{0,80}\b(?:is|are|was|were|has|have|will|would|should|can|must)\b)",
    re.IGNORECASE,
)


def _bare_item(part: str) -> bool:
    """Whether a line under a lead-in is an item by itself: a short noun phrase in capitals' form without an end ("Current maintenance contractor")."""
    few = 1 < len(part.split()) <= _ITEM
    ends = part[-1:].isalnum() or THING.match(part)
    return few and part[:1].isupper() and bool(ends) and not _BREAKS_DOWN.match(part) and not is_boilerplate(part)


def _places(above: str) -> bool:
    """Whether the words above a paragraph say no sentence but for what something is wanted: an address, a reference, a number."""
    first, *others = above.split()[: _ITEM + 1] or [""]
    if first.endswith(":") or len(others) >= _ITEM or above.endswith((".", "!", "?", ":", ",")):
        return False
    return any(char.isdigit() for char in above)


def _named(part: str) -> bool:
    """Whether every word of a line has a capital, as in the name of a person or a firm ("Oakdale Tenants Association")."""
    return all(word[:1].isupper() for word in part.split()) and not is_ask(part)


class ProseReader:
    """Reads unmarked paragraphs in order and sorts their sentences into *segments*; *live* while the last sentence belonged to one."""

    def __init__(self) -> None:
        self.segments: list[list[str]] = []
        self.live = False
        self._expecting = False
        self._itemised = False  # the last question was a bare item under a lead-in
        self._context: list[str] = []

    def read(self, block: Block) -> None:
        """Sort the sentences of one paragraph; context before a sentence that asks goes with it, courtesy and law talk go nowhere."""
        parts = sentences(block.text)
        above = " ".join(self._context)
        above = f"{above}\n\n" if _places(above) else ""
        self._context, joint = [], "\n\n" if block.gap else "\n"
        listening, self.live, leads = self._expecting, False, False
        for here, part in enumerate(parts):
            if here == len(parts) - 1 and self._leads_on(part):
                self._expecting = True
                return
            bare = (
                here == 0
                and len(parts) == 1
                and listening
                and _bare_item(part)
                and (not block.gap or not self.segments or (self._itemised and not _named(part)))
            )
            if bare or self._starts(part, new_line=here == 0, listening=listening):
                self.segments.append([above + " ".join([*self._context, part])])
                above = ""
                self._itemised = bare
                self._context, joint, self.live = [], " ", True
            elif is_boilerplate(part) or (not self.segments and is_preamble(part)):
                self._context, self.live = [], False
                leads = leads or is_lead_in(part)
            elif not self.segments and is_lead_in(part) and not self._points_back(part):
                leads = True
            elif self.segments and (here or _belongs(part, block)) and (self.live or here == 0):
                self.segments[-1].append(joint + part)
                joint, self.live = " ", True
            else:
                self._context.append(part)
        self._expecting = leads or (listening and bool(parts) and (is_ask(parts[0]) or _bare_item(parts[0])))

    def _leads_on(self, part: str) -> bool:
        """Whether the last sentence of a paragraph leads into what stands below it; "Please confirm." speaks of what stands before it."""
        return is_lead_in(part) and not is_question(part) and not _own_ask(part) and not self._points_back(part)

    def _points_back(self, part: str) -> bool:
        return bool(self._context) and part.endswith(".") and len(part.split()) <= _FEW

    def _starts(self, part: str, *, new_line: bool, listening: bool) -> bool:
        if is_question(part):
            return not (self.segments and is_follow_up(part))
        if is_request(part):
            return new_line or not self.segments or bool(ALSO.match(part))
        return listening and new_line and is_ask(part) and not is_boilerplate(part) and not is_refinement(part)
