"""Keeps a request's acknowledgement from going by itself: in shadow running, for mail taken in it, and for mail read again after a restore."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.domain.acknowledgement import Decision
from pipeline.domain.outbox import OutboxStatus

if TYPE_CHECKING:
    from pipeline.domain.outbox import Frozen

_RECORDED = "infogov ran in the shadow of the old way when this was recorded, so nothing was sent"
_SHADOW_MAIL = (
    "it came while infogov ran in the shadow of the old way, so an officer says whether it is acknowledged now"
)
_READ_AGAIN = "it was read again after the database was restored, so it may have been acknowledged already; look in the sent folder"


def silenced(decision: Decision, quiet: str | None, *, shadow: bool) -> Decision:
    """The decision as it stands where nothing may go by itself: *quiet* is the message's own mark, *shadow* how the service runs now.

    In shadow running nothing is offered to an officer either, for the old way answers; later an officer decides.
    """
    if shadow:
        return Decision(acknowledge=False, kind=None, reasons=(_RECORDED, *decision.reasons))
    if quiet is None:
        return decision
    why = _READ_AGAIN if quiet == "restored" else _SHADOW_MAIL
    return Decision(
        acknowledge=False, kind=None, reasons=(why, *decision.reasons), offered=decision.kind or decision.offered
    )


def as_record(frozen: Frozen, request_id: int) -> Frozen:
    """What would have been sent, kept as a record: cancelled from the first, and in no later letter's way."""
    return replace(frozen, status=OutboxStatus.CANCELLED, once_key=f"shadow:{request_id}")
