"""Keeps a request's acknowledgement from going by itself: in shadow running, for mail taken in it, and after a restore."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.domain.acknowledgement import Decision
from pipeline.domain.calendar import long_date
from pipeline.domain.clock import received_day
from pipeline.domain.outbox import OutboxStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pipeline.domain.outbox import Frozen

_RECORDED = "infogov ran in the shadow of the old way when this was recorded, so nothing was sent"
_SHADOW_MAIL = (
    "it came while infogov ran in the shadow of the old way, so an officer says whether it is acknowledged now"
)
_READ_AGAIN = "it was read again after the database was restored, so it may have been acknowledged already; look in the sent folder"
_NAMES_LOST = "its sender may have been told another reference before the database was restored, so an officer looks before this one is told"
NAMES_LOST = "lost"


def silenced(decision: Decision, quiet: str | None, *, shadow: bool) -> Decision:
    """The decision as it stands where nothing may go by itself: *quiet* is the message's mark, or NAMES_LOST; *shadow* how the service runs now.

    In shadow running nothing is offered to an officer either, for the old way answers; later an officer decides.
    """
    if shadow:
        return Decision(acknowledge=False, kind=None, reasons=(_RECORDED, *decision.reasons))
    if quiet is None:
        return decision
    why = {"restored": _READ_AGAIN, NAMES_LOST: _NAMES_LOST}.get(quiet, _SHADOW_MAIL)
    return Decision(
        acknowledge=False, kind=None, reasons=(why, *decision.reasons), offered=decision.kind or decision.offered
    )


def as_record(frozen: Frozen, request_id: int) -> Frozen:
    """What would have been sent, kept as a record: cancelled from the first, and in no later letter's way."""
    return replace(frozen, status=OutboxStatus.CANCELLED, once_key=f"shadow:{request_id}")


def acknowledged_before(reference: str, sent_at: datetime) -> Decision:
    """The decision for a request whose acknowledgement under *reference* lies in the sent folder, though the database has lost it."""
    why = (
        f"it was acknowledged as {reference} on {long_date(received_day(sent_at))}: our letter lies in the sent folder"
    )
    return Decision(acknowledge=False, kind=None, reasons=(why,))


def lost_letter_words(sent_at: datetime) -> str:
    """What an officer is told of a case to which a letter went that the restored database has lost."""
    return (
        f"a letter of ours of {long_date(received_day(sent_at))} lies in the sent folder and was lost when the database was restored;"
        " read it before you write again"
    )


def taken_words(reference: str) -> str:
    """What an officer is told where the reference that a requester was told cannot be given back."""
    return f"its requester was told the reference {reference}, which is another request's here; tell them this one in the next letter"


def lost_reference_words(references: Sequence[str], restored_at: datetime) -> str:
    """Why a mail that names references which no request has is for an officer to look at, after a restore."""
    return (
        f"it names {' and '.join(references[:3])}, which no request here has; the database was restored on"
        f" {long_date(received_day(restored_at))} from a copy made before, so that request may be here under another reference:"
        " look for its sender's other mail"
    )
