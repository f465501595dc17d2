"""Ends what takes too long: one sleeping thread that calls back when time is up, for connections and for the reading of mails."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Timekeeper:
    """Calls back when time is up. Its one thread starts with the first call; a timer for each exchange would start a thread for each."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: dict[object, tuple[float, Callable[[], None]]] = {}
        self._wakes_at = math.inf
        self._thread: threading.Thread | None = None

    def add(self, until: float, then: Callable[[], None]) -> object:
        """Call *then* at *until* (``time.monotonic``), unless what this returns is removed before."""
        key = object()
        with self._changed:
            self._running[key] = until, then
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="timekeeper", daemon=True)
                self._thread.start()
            elif until < self._wakes_at:
                self._changed.notify()
        return key

    def remove(self, key: object) -> None:
        """Forget *key*; nothing to do when its time was up."""
        with self._changed:
            self._running.pop(key, None)

    def _watch(self) -> None:
        while True:
            with self._changed:
                # What was removed meanwhile costs one waking too many, where telling of each would cost one an exchange.
                self._wakes_at = min((until for until, _ in self._running.values()), default=math.inf)
                wait = self._wakes_at - time.monotonic()
                if wait > 0:
                    self._changed.wait(None if math.isinf(wait) else wait)
                now = time.monotonic()
                over = [key for key, (until, _) in self._running.items() if until <= now]
                calls = [self._running.pop(key)[1] for key in over]
            for call in calls:
                call()


TIMEKEEPER = Timekeeper()
