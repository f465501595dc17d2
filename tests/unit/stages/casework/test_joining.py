"""Merging, splitting and linking cases, and putting a message with one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from files_of_cases import KIM, NOW, QUESTIONS, SAM, day
from storing import FOLDER, MAILBOX, UIDVALIDITY, arrival, letter_bytes

from pipeline.bootstrap import uk_calendar
from pipeline.domain.clock import parse_event
from pipeline.domain.errors import NotAllowedError, NotFoundError, UsageError
from pipeline.domain.request import Question, Regime
from pipeline.letters.record import load_record
from pipeline.mail.council import Council
from pipeline.mail.reading_here import Here
from pipeline.stages.intake import Intake

if TYPE_CHECKING:
    from files_of_cases import Bureau

FIRST, SECOND = "FOI000000015", "FOI000000023"
LATER = (QUESTIONS[0], Question(label="2", text="Which clinics closed?"))


def mailed(bureau: Bureau, number: int, raw: bytes | None = None) -> int:
    """Take a mail in and let intake file it; returns its number."""
    with bureau.store.write() as work:
        work.messages.take(MAILBOX, FOLDER, UIDVALIDITY, [arrival(number, raw, internal_date=NOW)], NOW)
    Intake(
        bureau.store, bureau.clock, bureau.ids, bureau.settings, uk_calendar(), reader=Here(Council.of(bureau.settings))
    ).run()
    return number


def messages(bureau: Bureau, reference: str) -> list[int]:
    """The numbers of a case's messages."""
    case = bureau.case(reference)
    with bureau.store.read() as work:
        return [message.id for message in work.messages.of_case(case.id)]


def test_the_later_request_goes_into_the_earlier(bureau: Bureau) -> None:
    """New questions, messages and notes go along, each question with its own receipt; the merged one is closed and points there."""
    bureau.open(FIRST)
    gone = bureau.open(SECOND, questions=LATER, received_on=day(10), due_on=date(2025, 2, 7))
    mailed(bureau, 1)
    with bureau.store.write() as work:
        work.messages.link(gone.id, 1, side="requester", rung="test", at=NOW)
    bureau.files.note(SECOND, "she rang", KIM)
    bureau.files.merge(SECOND, FIRST, KIM)
    into, closed = bureau.case(FIRST), bureau.case(SECOND)
    assert [(one.key, one.text) for one in into.questions][3:] == [(4, "Which clinics closed?")]
    assert (into.due_on, into.questions[3].due_on) == (date(2025, 2, 3), date(2025, 2, 7))
    assert (closed.workflow, closed.clock, closed.merged_into) == ("closed", "stopped", into.id)
    assert messages(bureau, FIRST) == [1]
    assert [one.text for one in bureau.files.notes(FIRST, SAM)] == ["she rang"]
    with bureau.store.read() as work:
        assert [number for number, _ in work.cases.linked(into.id)] == [SECOND]


def test_mail_about_a_merged_request_finds_the_one_it_went_into(bureau: Bureau) -> None:
    """A reply that quotes the merged number stands with the open case."""
    bureau.open(FIRST)
    bureau.open(SECOND)
    bureau.files.merge(SECOND, FIRST, KIM)
    mailed(bureau, 1, letter_bytes(1, "Is there any news?").replace(b"Request 1", b"Re: FOI000000023"))
    assert messages(bureau, FIRST) == [1]
    assert messages(bureau, SECOND) == []


def test_two_requesters_are_merged_with_a_reason_only(bureau: Bureau) -> None:
    """Another address needs a reason; itself, a closed one, or one of another team is refused."""
    bureau.open(FIRST)
    bureau.open(SECOND, requester_email="max@example.org")
    bureau.open("FOI000000031", team="children")
    for gone, into, words in (
        (SECOND, FIRST, "say why"), (FIRST, FIRST, "another request"), ("FOI000000031", FIRST, "only the team"),
    ):  # fmt: skip
        with pytest.raises(NotAllowedError, match=words):
            bureau.files.merge(gone, into, KIM)
    bureau.files.merge(SECOND, FIRST, KIM, reason="he writes for her")
    with pytest.raises(NotAllowedError, match="only an open request"):
        bureau.files.merge(SECOND, FIRST, KIM)


def test_some_questions_become_a_request_of_their_own(bureau: Bureau) -> None:
    """Same messages, owner, receipt and clock, the law of the questions; nothing is sent, and an officer is told."""
    case = bureau.open(FIRST, owner=KIM)
    mailed(bureau, 1)
    with bureau.store.write() as work:
        work.messages.link(case.id, 1, side="requester", rung="test", at=NOW)
        sent = len(work.outbox.summaries())
    bureau.files.set_question_law(FIRST, 3, Regime.EIR, KIM)
    bureau.files.set_service_area(FIRST, 3, "Parks", KIM)
    bureau.clocks.record(FIRST, parse_event("clarification_asked=2025-01-14"), KIM)
    bureau.draft(case, {QUESTIONS[2].text: "Two limes."})
    done = bureau.files.split_request(FIRST, [3], KIM, reason="trees are another team's")
    made, left = bureau.case(done.reference), bureau.case(FIRST)
    assert done.reference.startswith("EIR")
    assert any("question 3" in one for one in done.remarks)
    assert (made.regime, made.owner, made.received_on, made.clock) == ("eir", KIM, day(6), "waiting_for_requester")
    assert [(one.label, one.regime, one.service_area) for one in made.questions] == [("3", None, "Parks")]
    assert [one.key for one in left.questions] == [1, 2]
    assert (made.acknowledge, made.flagged) == ("officer", True)
    assert messages(bureau, made.reference) == messages(bureau, FIRST) == [1]
    with bureau.store.read() as work:
        assert len(work.outbox.summaries()) == sent
    assert len(load_record(bureau.letter(left).record, "d").questions) == 2
    assert bureau.files.add_question(FIRST, "And why?", KIM).key == 4


def test_a_split_leaves_and_takes_something(bureau: Bureau) -> None:
    """None of the questions, all of them, or one that is not there: refused."""
    bureau.open(FIRST)
    for keys, error in (([], NotAllowedError), ([1, 2, 3], NotAllowedError), ([9], NotFoundError)):
        with pytest.raises(error):
            bureau.files.split_request(FIRST, keys, KIM)


def test_links_are_made_and_taken_back(bureau: Bureau) -> None:
    """A link has its reason and stands on both cases; it is made once, taken back once, and never by somebody who only looks."""
    bureau.open(FIRST)
    bureau.open(SECOND)
    files = bureau.files
    files.link(FIRST, SECOND, KIM, "the same clinic")
    with pytest.raises(NotAllowedError, match="linked already"):
        files.link(SECOND, FIRST, KIM, "again")
    assert bureau.events(SECOND)["linked"].data == {"other": FIRST, "reason": "the same clinic"}
    files.unlink(SECOND, FIRST, KIM)
    with pytest.raises(NotAllowedError, match="not linked"):
        files.unlink(FIRST, SECOND, KIM)
    for other, officer, why in ((FIRST, KIM, "x"), (SECOND, KIM, " "), (SECOND, SAM, "x")):
        with pytest.raises(NotAllowedError):
            files.link(FIRST, other, officer, why)
    files.merge(SECOND, FIRST, KIM)
    with pytest.raises(NotAllowedError, match="stays"):
        files.unlink(FIRST, SECOND, KIM)


def test_a_message_is_put_with_a_case(bureau: Bureau) -> None:
    """On the side the officer says; one that opened a case, or isn't there, is refused."""
    case = bureau.open(FIRST)
    thanks = letter_bytes(1, "Thank you very much for your kind help.").replace(b"Request 1", b"Thank you")
    mailed(bureau, 1, thanks)
    mailed(bureau, 2)
    bureau.files.attach(FIRST, 1, KIM, "internal")
    with bureau.store.read() as work:
        assert [(one.id, one.side) for one in work.messages.of_case(case.id)] == [(1, "internal")]
    assert bureau.events(FIRST)["message_attached"].data == {"side": "internal"}
    with pytest.raises(NotAllowedError, match="belongs to it"):
        bureau.files.attach(FIRST, 2, KIM)
    with pytest.raises(NotFoundError):
        bureau.files.attach(FIRST, 99, KIM)
    with pytest.raises(UsageError):
        bureau.files.attach(FIRST, 1, KIM, "delivery")
    with pytest.raises(NotAllowedError):
        bureau.files.attach(FIRST, 1, SAM)
