"""Tells what the sender wrote in this mail from the history, banners and signatures around it; for reading only, never for the record.

Every rule looks at single lines or a few in a row and at no more than the start of a line, so the work is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.domain.header_lines import FROM, SUBJECT, TO, WHEN, WORDS, WROTE, WROTE_BEFORE, WROTE_START, shaped

_REACH = 500
_ATTRIBUTION_LINES = 4
_HEADER_LINES = 12
_SIGNATURE_LINES = 15
_BANNER_WITHIN = 15
_BANNER_LINES = 6
_DISCLAIMER_LINES = 20
_WDTK_RULE = 67

_QUOTE = re.compile(r"\s{0,3}>")
_WROTE = re.compile(rf"(?:\b(?:{WROTE})|\b(?:{WROTE_BEFORE})\b.{{0,300}})\s?:\s*$", re.IGNORECASE)
_ATTRIBUTION_START = re.compile(rf"\s{{0,3}}(?:{WROTE_START})\b", re.IGNORECASE)
# A mail program gives the time of day or the address; somebody telling what was written to them gives neither.
_BY_PROGRAM = re.compile(r"\d{1,2}[:.]\d{2}\b|[^\s@<>]{1,64}@[^\s@<>]{1,200}")
_DIVIDER = re.compile(
    r"[-_\s]{2,60}\s?(?:original (?:message|appointment)|forwarded message|forwarded by .{0,200}|reply message|neges wreiddiol|"
    r"neges wedi'i hanfon ymlaen)\s?[-_\s]{0,60}$|begin forwarded message:\s*$",
    re.IGNORECASE,
)
_LABEL = re.compile(rf"\s{{0,3}}[*_]{{0,2}}(?P<label>{WORDS})[*_]{{0,2}}\s?:", re.IGNORECASE)
_WHAT = TO | SUBJECT
_RULE = re.compile(r"\s{0,3}([_*=#~-])\1{7,}\s*$")
_DEVICE = re.compile(
    r"\s{0,3}(?:sent from (?:my |yahoo|outlook|mail for|gmail|aol|samsung|proton|the all.new)|sent using |sent via |get outlook for "
    r"|anfonwyd o(?:'m| fy) ).{0,150}$",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"\W{0,5}(?:external|external e-?mail|external sender|allanol|e-?bost allanol)\W{0,5}$", re.IGNORECASE
)
_BANNER = re.compile(
    r"\W{0,5}(?:caution|warning|attention|notice|external|rhybudd|rhybydd)\b.{0,40}?\W"
    r"|\W{0,5}this (?:e-?mail|message) (?:originated|came|was sent|has come|is) from (?:outside|an external)"
    r"|\W{0,5}you don'?t often get e-?mail from ",
    re.IGNORECASE,
)
_BANNER_WORDS = re.compile(
    r"originat|outside|external|sender|click|links?\b|attachments?\b|recogni[sz]e|safe\b|organi[sz]ation|e-?mail\b|learn why|cliciwch",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"intended (?:recipient|solely|only|for the)|received this (?:e-?mail|message|communication) in error|confidentiality notice"
    r"|may (?:contain|be) (?:\w{1,20} )?(?:confidential|privileged|legally)|views expressed|scanned for viruses"
    r"|derbynnydd arfaethedig",
    re.IGNORECASE,
)
_PLATFORM = re.compile(r"whatdotheyknow|alaveteli|message and any reply|replies? .{0,60}publish", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """*new_text* is what the sender wrote now, *quoted* all that was folded away, both in order and LF-ended.

    *forward_block* is true when the text opens with another mail's header block: a forwarded mail, which stays in *new_text*.
    """

    new_text: str
    quoted: str
    forward_block: bool = False


class _Folder:
    """The lines of a text, and for each whether it is folded away."""

    def __init__(self, text: str) -> None:
        self.whole = text.split("\n")
        self.lines = [line[:_REACH] for line in self.whole]
        self.folded = bytearray(len(self.lines))
        self.forward_block = False

    def fold(self, start: int, stop: int) -> None:
        """Fold the lines from *start* up to *stop*, which stays."""
        self.folded[start:stop] = b"\x01" * (min(stop, len(self.lines)) - start)

    def blank(self, at: int) -> bool:
        """Whether nothing stands on the line *at*."""
        return not self.lines[at].strip()

    def banners(self) -> None:
        """Fold the warnings that a council's gateway sets at the top; never a line that goes on to say something else."""
        seen = 0
        at = 0
        while at < len(self.lines) and seen < _BANNER_WITHIN:
            line = self.lines[at]
            seen += bool(line.strip())
            if _TAG.match(line):
                self.fold(at, at + 1)
            elif (
                len(line) < _REACH and _BANNER.match(line) and len(set(map(str.lower, _BANNER_WORDS.findall(line)))) > 1
            ):
                stop = at + 1
                while (
                    stop < min(at + _BANNER_LINES, len(self.lines)) and len(_BANNER_WORDS.findall(self.lines[stop])) > 1
                ):
                    stop += 1
                self.fold(at, stop)
                at = stop - 1
            at += 1

    def devices(self) -> None:
        """Fold the lines that a telephone or web mail adds of itself."""
        for at, line in enumerate(self.lines):
            if _DEVICE.match(line):
                self.fold(at, at + 1)

    def quotes(self) -> None:
        """Fold lines that start with > and the line that says who wrote them; answers between them stay."""
        previous = -1
        for at, line in enumerate(self.lines):
            if not line.strip():
                continue
            if _QUOTE.match(line):
                if previous >= 0 and not self.folded[previous]:
                    start = self._attribution(previous)
                    if start is not None:
                        self.fold(start, previous + 1)
                # Blank lines between two folded ones belong to them.
                joined = previous >= 0 and self.folded[previous]
                self.fold(previous + 1 if joined else at, at + 1)
            previous = at

    def _attribution(self, end: int) -> int | None:
        """Where the attribution that ends on line *end* starts, or None when that line ends none."""
        if not _WROTE.search(self.lines[end]):
            return None
        for start in range(end, max(end - _ATTRIBUTION_LINES, -1), -1):
            if self.folded[start] or self.blank(start):
                break
            if _ATTRIBUTION_START.match(self.lines[start]):
                return start
        return end

    def _open_attribution(self, at: int) -> bool:
        """Whether line *at* starts an attribution written by a mail program, whose history is not marked with >."""
        if not _ATTRIBUTION_START.match(self.lines[at]):
            return False
        for stop in range(at, min(at + _ATTRIBUTION_LINES, len(self.lines))):
            if self.blank(stop):
                return False
            if _WROTE.search(self.lines[stop]):
                return bool(_BY_PROGRAM.search(" ".join(self.lines[at : stop + 1])))
        return False

    def _header_block(self, at: int) -> int:
        """The line after a From/Sent/To/Subject block that starts on line *at*, or *at* when none does."""
        first = _LABEL.match(self.lines[at])
        if first is None or first["label"].lower() not in FROM:
            return at + len(shaped(self.lines, at))
        labels: set[str] = set()
        stop = at
        while stop < min(at + _HEADER_LINES, len(self.lines)) and not self.blank(stop):
            match = _LABEL.match(self.lines[stop])
            if match:
                labels.add(match["label"].lower())
            stop += 1
        return stop if labels & WHEN and labels & _WHAT else at

    def history(self) -> None:
        """Fold from the first unmarked history on to the end; one that opens the text is a forwarded mail and stays."""
        said = False
        at = 0
        while at < len(self.lines):
            if self.folded[at] or self.blank(at):
                at += 1
                continue
            stop = self._header_block(at)
            if stop == at and (_DIVIDER.match(self.lines[at]) or self._open_attribution(at)):
                stop = at + 1
            if stop > at and said:
                self.fold(self._with_rule(at), len(self.lines))
                return
            if stop > at:
                self.forward_block = True
                at = stop
                continue
            said = said or not _RULE.match(self.lines[at])
            at += 1

    def _with_rule(self, at: int) -> int:
        """*at*, or the rule that stands right above it."""
        above = at - 1
        while above >= 0 and self.blank(above):
            above -= 1
        return above if above >= 0 and _RULE.match(self.lines[above]) else at

    def footers(self) -> None:
        """Fold the request platform's footer, legal disclaimers below a rule, and signatures."""
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if not self.folded[at]:
                if line.strip() == "-" * _WDTK_RULE and _PLATFORM.search("\n".join(self.lines[at : at + 40])):
                    self.fold(at, len(self.lines))
                    return
                if _RULE.match(line):
                    at = self._disclaimer(at)
                elif line in {"-- ", "--"}:
                    self._signature(at)
            at += 1

    def _disclaimer(self, at: int) -> int:
        """Fold a disclaimer between the rule on line *at* and the next rule or the end; say where to go on."""
        stop = at + 1
        while stop < min(at + _DISCLAIMER_LINES, len(self.lines)) and not _RULE.match(self.lines[stop]):
            stop += 1
        closed = stop < len(self.lines) and bool(_RULE.match(self.lines[stop]))
        if not _DISCLAIMER.search(" ".join(self.lines[at + 1 : stop])):
            return at
        if not closed:
            while stop < len(self.lines) and not self.folded[stop] and not _RULE.match(self.lines[stop]):
                stop += 1
        self.fold(at, stop + closed)
        return stop

    def _signature(self, at: int) -> None:
        """Fold what follows the signature mark, unless it is long or asks something (RFC 3676 section 4.3)."""
        stop = at + 1
        count = 0
        while stop < len(self.lines) and not self.folded[stop] and count <= _SIGNATURE_LINES:
            count += not self.blank(stop)
            stop += 1
        if count <= _SIGNATURE_LINES and not any("?" in line for line in self.lines[at:stop]):
            self.fold(at, stop)

    def part(self, *, folded: bool) -> str:
        """The lines of one kind; where others were taken from between, one blank line stays."""
        out: list[str] = []
        gap = False
        for line, mark in zip(self.whole, self.folded, strict=True):
            if bool(mark) is not folded:
                gap = True
                continue
            if gap and out and not out[-1].strip() and not line.strip():
                continue
            gap = False
            out.append(line)
        return "\n".join(out).strip("\n")


def fold(text: str) -> Folded:
    """Split *text* (LF line ends) into the sender's new words and the rest; every line that is not blank is in exactly one of the two.

    Folded away: lines quoted with ">" and who wrote them, history that mail programs add below an answer, gateway banners, telephone
    lines, disclaimers below a rule, signatures, WhatDoTheyKnow's footer. Answers between quoted lines stay. Where nothing
    would be left, all of it counts as new.
    """
    folder = _Folder(text)
    folder.banners()
    folder.devices()
    folder.quotes()
    folder.history()
    folder.footers()
    new_text = folder.part(folded=False)
    if not new_text.strip():
        return Folded(new_text=text, quoted="", forward_block=folder.forward_block)
    return Folded(new_text=new_text, quoted=folder.part(folded=True), forward_block=folder.forward_block)
