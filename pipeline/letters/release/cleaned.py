"""What every maker of clean copies hands back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A cleaned file's *content*, the *ending* its name needs, and sentences on what it leaves out beyond the findings."""

    content: bytes
    ending: str
    left_out: tuple[str, ...] = ()
