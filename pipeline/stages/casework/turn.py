"""One verb of an officer on one case: the transaction, who acts, the case as locked, and the words for what is refused."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain import clock
from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.domain.request import OPEN
from pipeline.domain.roles import Capability
from pipeline.stages.casework.access import acting_officer, visible_case
from pipeline.stages.casework.lookups import words_for
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from pipeline.domain.ports import Clock, Ids
    from pipeline.settings import Settings
    from pipeline.store import Store, Work
    from pipeline.store.case_clocks import CaseClocks
    from pipeline.store.records import Case, OfficerRecord, QuestionRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An officer at a case: everything a verb needs, inside its transaction."""

    work: Work
    case: Case
    who: OfficerRecord
    now: datetime
    via: str

    @property
    def today(self) -> date:
        """The London day."""
        return clock.received_day(self.now)

    def mark(self, kind: str, **data: object) -> Happening:
        """An event of this verb; what is empty in *data* is left out."""
        told = {name: value for name, value in data.items() if value not in ("", None, ())}
        return Happening(kind=kind, at=self.now, actor=self.who.email, via=self.via, data=told)

    def again(self) -> Case:
        """The case as it stands now in this transaction."""
        return self.work.cases.by_ids([self.case.id])[0]

    def need_open(self) -> None:
        """Refuse what is for open requests only."""
        if self.case.workflow not in OPEN:
            state = words_for(self.case.workflow)
            raise NotAllowedError(f"{self.case.reference} is {state}; open it again first")

    def question(self, key: int) -> QuestionRecord:
        """The question with this lasting key. Raises NotFoundError for one that a colleague has removed meanwhile."""
        found = next((one for one in self.case.questions if one.key == key), None)
        if found is None:
            raise NotFoundError(f"{self.case.reference} has no such question any more; look at it again")
        return found


class CaseVerbs:
    """Where an officer's verbs on the facts of a case come from; each is one transaction."""

    def __init__(
        self, store: Store, clock_port: Clock, ids: Ids, settings: Settings, clocks: CaseClocks, *, via: str = "cli"
    ) -> None:
        self._store = store
        self._clock = clock_port
        self._ids = ids
        self._settings = settings
        self._clocks = clocks
        self._via = via

    @contextmanager
    def _turn(self, reference: str, officer: str, capability: Capability = Capability.WORK) -> Iterator[Turn]:
        """The transaction of one verb of *officer* on the case *reference*, locked. Raises NotFoundError, NotAllowedError."""
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer, capability)
            case = visible_case(work, reference, who, lock=capability is not Capability.LOOK)
            yield Turn(work=work, case=case, who=who, now=now, via=self._via)


def need(reason: str, what: str) -> str:
    """The *reason* on one line, refused when there is none: *what* says what needs it."""
    given = " ".join(reason.split())
    if not given:
        raise NotAllowedError(f"{what} needs a reason; say why")
    return given
