"""Which provisions a letter refuses by, for the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.request import Regime
from pipeline.letters.model import LetterKind

if TYPE_CHECKING:
    from pipeline.letters.model import LetterRecord

_BY_KIND = {
    (LetterKind.COST_REFUSAL, Regime.FOI): "s.12",
    (LetterKind.COST_REFUSAL, Regime.EIR): "reg 12(4)(b)",
    (LetterKind.VEXATIOUS_REFUSAL, Regime.FOI): "s.14",
    (LetterKind.VEXATIOUS_REFUSAL, Regime.EIR): "reg 12(4)(b)",
}


def relied_on(record: LetterRecord) -> tuple[str, ...]:
    """The provisions that *record* relies on, each once, as officers write them ("s.40(2)"); none for a letter that refuses nothing.

    A refusal for cost or vexation is by its own section, whether or not its file names it.
    """
    named = [reliance.citation.short for question in record.questions for reliance in question.provisions]
    if record.kind is not LetterKind.RESPONSE:
        named = [found for found in (_BY_KIND.get((record.kind, record.regime)),) if found]
    return tuple(dict.fromkeys(named))
