"""Runs every regular expression on texts of a megabyte that repeat what it repeats: ``python tests/fuzz/pacing.py`` prints a line for each.

The text for a pattern is the one that keeps it busiest when it is short. A pattern that is only ever given the beginning of a text, a line's or a
subject's, is tried at that length (BOUNDED); everything else must get through a megabyte.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from fuzz.patterns import every_pattern

if TYPE_CHECKING:
    from fuzz.patterns import Used

MB = 1_000_000
_SHORT = 1_200
# The most characters that each of these is given, by the code that uses it.
BOUNDED = {
    # intent.SENTENCE_CHARACTERS: rules are held against one sentence at a time
    **{
        f"pipeline.domain.triage.{name}": 1_200
        for name in ("intent:REQUEST", "intent:FOLLOW", "intent:OTHER", "wording", "machine", "rules")
    },
    "pipeline.domain.triage": 100_000,  # intent.TEXT_CHARACTERS
    "pipeline.domain.topic": 1_000,  # topic._LOOK_AT: the beginning of a subject or question
    "pipeline.domain.questions.asking": 1_000,  # asking._LOOK: the head of a sentence
    "pipeline.domain.questions.leads": 1_000,  # leads._LOOK: the end of what stands above a list
    "pipeline.mail.forwards:_FORWARD_SUBJECT": 1_000,  # the beginning of a subject
    "pipeline.letters.release.findings:_FORMS": 1_000,  # our own words for a finding
    "pipeline.stages.checkup": 5_000,  # our own configuration
    "pipeline.web.words": 1_000,  # our own sentences
    "pipeline.web.letterwords": 20_000,  # our own sentences about a letter, with a few words of it
    "pipeline.web.pages.draft": 20_000,  # a letter of ours as HTML, in which an officer's words hold no markup
    "pipeline.letters.release.office_parts": 1_000,  # names of the parts of a document
    "pipeline.letters.release.tables": 1_000,  # headings of at most 60 characters
}


def longest(used: Used) -> int:
    """How many characters *used* is ever given, at most a megabyte."""
    return next((most for where, most in BOUNDED.items() if used.where.startswith(where)), MB)


def paced() -> list[Used]:
    """Every pattern that is run, once for each use and length."""
    once: dict[object, Used] = {}
    for used in every_pattern():
        once.setdefault((used.pattern, used.anchored, longest(used)), used)
    return [*once.values()]


def busiest(used: Used) -> str:
    """What to repeat to keep *used* busiest."""
    timed = []
    for pump in used.pumps():
        text = used.text(pump, _SHORT)
        timed.append((min(_seconds(used, text), _seconds(used, text)), pump))
    return max(timed)[1]


def _seconds(used: Used, text: str | bytes) -> float:
    start = time.process_time()
    used.run(text)
    return time.process_time() - start


def main() -> None:
    """Run all."""
    warnings.simplefilter("ignore")
    for used in paced():
        print(used.where, file=sys.stderr, flush=True)
        start = time.process_time()
        used.run(used.text(busiest(used), longest(used)))
        print(json.dumps({"where": used.where, "seconds": round(time.process_time() - start, 2)}), flush=True)


if __name__ == "__main__":
    main()
