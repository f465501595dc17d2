"""The clock of a case, as the stages need it that change cases: the stage ``clockwork`` is it, and no stage knows another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.domain.clock_events import Event
    from pipeline.domain.clock_questions import Standing
    from pipeline.store.events import Happening
    from pipeline.store.records import Case
    from pipeline.store.store import Work


class CaseClocks(Protocol):
    """What is asked of a case's clock, within the transaction of whoever asks."""

    def put(
        self, work: Work, case: Case, events: Sequence[Event], by: Happening, *, officer: str = "", **values: object
    ) -> Standing:
        """Put *events* on the clock and write what follows. Raises NotAllowedError with the law's reason."""
        ...

    def settle(self, work: Work, case: Case, by: Happening, **values: object) -> Standing:
        """Work the dates of *case* out afresh and write them."""
        ...
