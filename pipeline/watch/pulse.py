"""The sign of life of one part of the worker, by which the others see that it gets on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pipeline.domain.ports import Clock


class Pulse:
    """Since when a part has got no further; None while it rests. Every step of its work (a ``ports.Progress``) is a sign of life."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.then: Callable[[], None] | None = None
        self.since: datetime | None = None
        self.last = clock.now()

    def start(self, what: str, total: int) -> None:
        """Note a new piece of work."""
        del what, total
        self.since = self.last = self._clock.now()

    def advance(self, count: int = 1) -> None:
        """Note a step, and let the next part have what there is so far."""
        del count
        self.since = self.last = self._clock.now()
        if self.then is not None:
            self.then()
