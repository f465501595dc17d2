"""Gives a request that is read again after a restore the reference its requester was told, where our sent folder shows which that was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.shadow import acknowledged_before, lost_letter_words, taken_words
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.domain.acknowledgement import Decision
    from pipeline.mail.readout import Reading
    from pipeline.store import Work
    from pipeline.store.lost_letters import LostLetter
    from pipeline.store.records import Waiting


@dataclass(frozen=True, slots=True)
class Told:
    """The letters that the requester had before the restore, oldest first; all give one reference."""

    letters: tuple[LostLetter, ...]

    @property
    def reference(self) -> str:
        """The reference that the requester knows."""
        return self.letters[-1].reference

    def instead_of(self, decision: Decision) -> Decision:
        """The decision on the acknowledgement: where it has gone before, it stays at that."""
        first = next((letter for letter in self.letters if letter.automatic), None)
        return decision if first is None else acknowledged_before(first.reference, first.sent_at)


def told(work: Work, waiting: Waiting, reading: Reading) -> Told | None:
    """What the requester was told, by our own sent folder alone; None for mail that is not read again, or of which nothing was found there."""
    answered, requester = reading.message.message_id, reading.requester
    if waiting.quiet != "restored" or not answered or requester is None:
        return None
    letters = work.lost_letters.answering(answered, requester.email)
    return Told(tuple(letters)) if letters else None


def write_down(work: Work, request_id: int, known: Told | None, message_id: int, now: datetime) -> None:
    """Put on the case's trail what its requester had from us, and call an officer where that is more than the acknowledgement."""
    if known is None:
        return
    case = work.cases.by_ids([request_id])[0]
    acknowledged = [letter for letter in known.letters if letter.automatic]
    reasons = [lost_letter_words(letter.sent_at) for letter in known.letters if not letter.automatic]
    back = case.reference == known.reference
    if not back:
        reasons.append(taken_words(known.reference))
    values: dict[str, object] = {}
    if acknowledged:
        values["acknowledged_at"] = acknowledged[0].sent_at
    if reasons:
        values |= {"flagged": True, "flag_reasons": list(dict.fromkeys((*case.flag_reasons, *reasons)))}
    data = {"reference": known.reference, "letters": [letter.message_id for letter in known.letters]}
    kind = "reference_given_back" if back else "reference_not_free"
    work.cases.change(case, Happening(kind=kind, at=now, message_id=message_id, data=data), **values)
