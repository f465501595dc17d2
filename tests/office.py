"""A store with its intake and an officer's verbs on new mail, all at one moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from corpus_whose_words import settings
from fakes import FixedClock, SequenceIds
from storing import FOLDER, MAILBOX, UIDVALIDITY, arrival

from pipeline.bootstrap import uk_calendar
from pipeline.mail.council import Council
from pipeline.mail.reading_here import Here
from pipeline.stages.intake import Intake
from pipeline.stages.newmail import NewMail

if TYPE_CHECKING:
    from pipeline.store import Store
    from pipeline.store.records import Case, FiledMail

NOW = datetime(2025, 1, 10, 11, 5, tzinfo=UTC)
ARRIVED = datetime(2025, 1, 10, 11, 0, 10, tzinfo=UTC)
OFFICER = "kim@exampleshire.gov.uk"


class Office:
    """A store, its intake and an officer's verbs, all at one moment."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.settings = settings()
        self.clock = FixedClock(NOW)
        self.ids = SequenceIds()
        self.intake = Intake(
            store, self.clock, self.ids, self.settings, uk_calendar(), reader=Here(Council.of(self.settings))
        )
        self.new_mail = NewMail(store, self.clock, self.ids, self.settings, uk_calendar())
        self._uid = 0
        with store.write() as work:
            work.officers.add(OFFICER, "Kim", "officer", via="test", at=NOW)

    def receive(self, raw: bytes, *, folder: str = FOLDER, mailbox: str = MAILBOX, at: datetime = ARRIVED) -> int:
        """Take *raw* in from *folder* and file it; returns its number."""
        self._uid += 1
        with self.store.write() as work:
            work.messages.take(mailbox, folder, UIDVALIDITY, [arrival(self._uid, raw, internal_date=at)], NOW)
        self.intake.run()
        return self._uid

    def mail(self, number: int) -> FiledMail:
        """A message as filed."""
        with self.store.read() as work:
            found = work.new_mail.find(number)
        assert found is not None
        return found

    def case(self, reference: str) -> Case:
        """A request as it stands."""
        with self.store.read() as work:
            case = work.cases.by_reference(reference)
        assert case is not None
        return case

    def case_of(self, number: int) -> Case | None:
        """The request that a message opened or belongs to."""
        with self.store.read() as work:
            case_id = work.messages.case_of(number)
            return None if case_id is None else work.cases.by_ids([case_id])[0]

    def sides(self, reference: str) -> dict[int, str]:
        """A case's messages and the side each stands on."""
        case = self.case(reference)
        with self.store.read() as work:
            return {message.id: message.side for message in work.messages.of_case(case.id)}

    def events(self, reference: str) -> dict[str, str]:
        """What happened to a case, and who did it."""
        case = self.case(reference)
        with self.store.read() as work:
            return {event.kind: event.actor for event in work.events.of_case(case.id)}

    def opened(self) -> list[str]:
        """The references of all requests."""
        with self.store.read() as work:
            return [case.reference for case in work.cases.every()]

    def letters(self) -> int:
        """How many letters are in the outbox."""
        with self.store.read() as work:
            return len(work.outbox.summaries())
