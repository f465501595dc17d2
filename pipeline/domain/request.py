"""The words for a request: its law, its workflow, clock and outcome, its questions; and which step may follow which."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class Regime(StrEnum):
    """The law a request falls under (domain.md 1.4)."""

    FOI = "foi"
    EIR = "eir"
    SAR = "sar"


class Workflow(StrEnum):
    """Where the work on a request stands (architecture section 5)."""

    NEW = "new"
    DRAFTING = "drafting"
    FOR_APPROVAL = "for_approval"
    APPROVED = "approved"
    SENT = "sent"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    NOT_A_REQUEST = "not_a_request"


# Nothing more is to be done on a request there, unless it is opened again.
OVER = frozenset({Workflow.SENT, Workflow.CLOSED, Workflow.WITHDRAWN, Workflow.NOT_A_REQUEST})
# A request that is still to be answered.
OPEN = (Workflow.NEW, Workflow.DRAFTING, Workflow.FOR_APPROVAL, Workflow.APPROVED)


class ClockState(StrEnum):
    """Whether days are being counted; derived from events."""

    RUNNING = "running"
    WAITING = "waiting_for_requester"
    PAUSED = "paused"
    STOPPED = "stopped"


class Outcome(StrEnum):
    """What the requester got; derived from the answers to the questions (domain.md 5.3)."""

    GRANTED = "granted"
    PART_GRANTED = "part_granted"
    REFUSED = "refused"
    NOT_HELD = "not_held"
    NCND = "neither_confirm_nor_deny"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    TRANSFERRED = "transferred"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing asked for, in the requester's own words, never edited; *label* is its number as they wrote it ("1", "a", "" for a lone question).

    *regime* is the law it falls under by itself, where that is another than the case's.
    """

    label: str
    text: str
    regime: Regime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeGuess:
    """Which law a request looks like, and why, as sentences an officer understands."""

    regime: Regime
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCase:
    """As much of an existing request as triage may know: *known_sender* is true when the mail comes from its requester's own address.

    *in_passing*: the mail answers nothing of ours, and only its writer's own words name the case.
    """

    reference: str
    requester_email: str
    workflow: Workflow
    clock: ClockState
    known_sender: bool
    rung: str
    received_on: date | None = None
    in_passing: bool = False
