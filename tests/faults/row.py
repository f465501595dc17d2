"""One line of the table of faults."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A claim about one *fault*, met in each of *cases*.

    *repeated* counts letters that a requester may get twice, and *repeats* says under what name. *tries* counts polls or
    runs after the fault until everything is as it should be; *recovery* says so in words, with who has to act. *health* is
    what the worker's heartbeat, its log or ``infogov doctor`` says meanwhile, or the part of it that tells the fault.
    """

    name: str
    fault: str
    cases: tuple[str, ...] = ("",)
    repeated: int = 0
    repeats: str = ""
    tries: int = 1
    recovery: str = "by itself, next poll"
    health: str
