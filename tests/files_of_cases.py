"""A case with officers around it, for tests of what officers do with the facts of a case."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from corpus_whose_words import settings
from fakes import FixedClock, SequenceIds
from sqlalchemy import update
from storing import make_store, new_case

from pipeline.bootstrap import uk_calendar
from pipeline.domain.request import Question
from pipeline.stages.casework import Casefile, Casework
from pipeline.stages.clockwork import Clockwork
from pipeline.store import schema

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.store.records import Case, EventRecord, LetterRecordRow

NOW = datetime(2025, 1, 15, 12, 0, tzinfo=UTC)
KIM, BO, SAM, REX, ADA = (f"{name}@exampleshire.gov.uk" for name in ("kim", "bo", "sam", "rex", "ada"))
QUESTIONS = (
    Question(label="1", text="How many clinics are there?"),
    Question(label="2", text="What do they cost? And who pays for them?"),
    Question(label="3", text="Which trees were felled beside them?"),
)


class Bureau:
    """A store with officers: Kim works, Bo approves, Sam only looks, Rex is in the team "children", Ada administers."""

    def __init__(self, tmp_path: Path) -> None:
        self.store = make_store(tmp_path)
        self.clock = FixedClock(NOW)
        self.ids = SequenceIds()
        self.settings = settings()
        self.clocks = Clockwork(self.store, self.clock, uk_calendar(), via="web")
        self.files = Casefile(self.store, self.clock, self.ids, self.settings, self.clocks, via="web")
        self.letters = Casework(self.store, self.clock, self.ids, self.settings, uk_calendar(), self.clocks, via="web")
        roles = {KIM: "officer", BO: "approver", SAM: "read_only", REX: "officer", ADA: "admin"}
        with self.store.write() as work:
            for email, role in roles.items():
                work.officers.add(email, email.partition("@")[0].title(), role, via="test", at=NOW)
            rex = update(schema.Officer).where(schema.Officer.email == REX)
            work.cases._connection.execute(rex.values(team="children"))

    def open(self, reference: str = "FOI000000015", **changes: Any) -> Case:
        """A request received on 6 January 2025 with three questions; *changes* as for ``storing.new_case``."""
        with self.store.write() as work:
            return new_case(work, reference, **{"questions": QUESTIONS, **changes})

    def case(self, reference: str) -> Case:
        """A request as it stands."""
        with self.store.read() as work:
            found = work.cases.by_reference(reference)
        assert found is not None
        return found

    def events(self, reference: str) -> dict[str, EventRecord]:
        """What happened to a case, the last of each kind."""
        case = self.case(reference)
        with self.store.read() as work:
            return {event.kind: event for event in work.events.of_case(case.id)}

    def draft(self, case: Case, answers: dict[str, str]) -> None:
        """Keep a draft by Bo in which the questions with these texts have these answers."""
        text = self.letters.draft_text(case.reference)
        for question, answer in answers.items():
            head, asked, rest = text.partition(f'text = "{question}"')
            assert asked
            rest = rest.replace('outcome = ""', 'outcome = "supplied"', 1)
            rest = rest.replace('answer = """\n"""', f'answer = """\n{answer}"""', 1)
            text = head + asked + rest
        self.letters.save_draft(case.reference, text, "draft.toml", BO)

    def letter(self, case: Case) -> LetterRecordRow:
        """The newest letter of a case."""
        with self.store.read() as work:
            return work.letters.of_case(case.id)[-1]

    def whole(self) -> list[str]:
        """What the check of the whole trail finds."""
        return self.store.verify().findings


def day(number: int) -> date:
    """A day of January 2025."""
    return date(2025, 1, number)
