"""Hears from other processes on the same PostgreSQL that there is work. A hint only: every part of a worker looks by itself, too."""

from __future__ import annotations

import threading
from itertools import chain
from typing import TYPE_CHECKING

from pipeline.domain.errors import InfogovError
from pipeline.journal import log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pipeline.store import Store
    from pipeline.store.wakes import Wake

_PAUSE_SECONDS = 1.0


class Ear(threading.Thread):
    """Calls *nudges* for whom each hint is, until *stop* is set; on SQLite there is nothing to hear."""

    def __init__(
        self, store: Store, stop: threading.Event, nudges: Mapping[Wake, Sequence[Callable[[], None]]]
    ) -> None:
        super().__init__(name="ear", daemon=True)
        self._store = store
        # Not named _stop, which is a thread's own.
        self._ending = stop
        self._nudges = nudges

    def run(self) -> None:
        """Listen until told to end; after a lost connection, again."""
        while not self._ending.is_set():
            try:
                for wake in self._store.listen(self._ending.is_set):
                    # None: it begins to listen, and what was said before that is made up for by a look everywhere.
                    for nudge in chain.from_iterable(self._nudges.values()) if wake is None else self._nudges[wake]:
                        nudge()
            except InfogovError as error:
                log.info("listening_to_database_ended", reason=str(error))
            self._ending.wait(_PAUSE_SECONDS)
