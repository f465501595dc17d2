"""What the requester writes after the request, as the case's page leads an officer to it; letters that wait, and letters after the answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from pages import OFFICER, READ_ONLY, waiting_for
from storing import frozen

from pipeline.domain.clock import Event, EventKind
from pipeline.domain.errors import NotAllowedError

if TYPE_CHECKING:
    from pages import Office


def writes(office: Office, reference: str, text: str) -> None:
    """The requester answers our last letter."""
    office.clock.advance(timedelta(days=1))
    office.receive(text, Subject=f"Re: {reference}", Message_ID=f"<{office.clock.now():%d%H%M%S%f}@example.com>")


def test_an_answer_to_our_question_leads_to_the_clock_from_everywhere(office: Office) -> None:
    """Neither the list of new mail nor the page of the first mail has the mark come off before the answer is recorded."""
    reference = waiting_for(office)
    writes(office, reference, "I mean the streets of the old town.")
    visitor = office.visitor()
    case = visitor.get("request.show", reference=reference)
    assert "The requester has written" in case.words
    assert "the answer to our question" in case.words
    assert "Decide what it is" not in case.words
    with office.app.store.read() as work:
        opened = work.cases.by_reference(reference)
    assert opened is not None
    first = visitor.get("newmail.decide", number=opened.message_id)
    assert "Since then the requester has written" in first.words
    assert first.select("input[name=what][checked]") == []
    first.submit("Decide", expect=400)
    record = first.link(f"Record on {reference} what it does").link("Record what mail 2 does to the clock")
    record.submit("Record")
    after = visitor.get("request.show", reference=reference)
    assert "The requester has written" not in after.words
    assert "Waiting for the requester" not in after.words


def test_a_reader_is_told_and_has_nothing_to_press(office: Office) -> None:
    """Somebody who may only look sees that the requester wrote, without a link to record it."""
    reference = waiting_for(office)
    writes(office, reference, "I mean the streets of the old town.")
    page = office.visitor(READ_ONLY).get("request.show", reference=reference)
    assert "The requester has written" in page.words
    assert "Record what mail" not in page.words


def test_a_letter_that_waits_is_stopped_on_the_page_of_its_request(office: Office) -> None:
    """A mistake that is noticed a minute after approval: the request says until when, and has the button."""
    reference = office.receive()
    office.approved(reference)
    page = office.visitor().get("request.show", reference=reference)
    assert "Until then it can be stopped" in page.words
    assert "it waits for approval again" in page.submit("Stop").words
    office.deliver()
    assert [raw for raw in office.transport.sent if b"There were forty" in raw.raw] == []


def test_an_answered_request_leads_to_the_letters_that_come_after(office: Office) -> None:
    """A correction, the acknowledgement of a review and its outcome are one link away once the answer has gone."""
    button, reference = "Write another letter", office.receive()
    office.approved(reference)
    office.deliver()
    page = office.visitor().get("request.show", reference=reference).link(button)
    assert "review" in page.words.lower()
    assert button not in office.visitor(READ_ONLY).get("request.show", reference=reference).words


def test_references_are_found_however_they_are_typed(office: Office) -> None:
    """A number with blanks and small letters, as somebody reads it out, names its request in every form."""
    reference = office.receive()
    other = office.receive("How many bins were emptied?", Subject="FOI: bins", Message_ID="<b@example.com>")
    typed = f" {other[:3].lower()} {other[3:6]} {other[6:9]}-{other[9:]} "
    office.app.casefile("test").merge(reference, typed, OFFICER, reason="the same wish")
    assert office.app.casework("test").draft(typed).record


def test_words_of_an_answered_request_find_it_too(office: Office) -> None:
    """Somebody who looks for a phrase need not know whether that request is open still: the page says where it looked."""
    reference = office.receive()
    office.approved(reference)
    office.deliver()
    visitor = office.visitor()
    page = visitor.get("queue.show", words="potholes")
    assert "No open request holds these words" in page.words
    assert reference in page.words
    assert page.select("select[name=scope] option[selected]")[0].get("value") == "all"
    spaced = visitor.get("queue.show", words=f"{reference[3:6]} {reference[6:9]} {reference[9:]}")
    assert reference in spaced.words
    again = office.receive("How many potholes were reported?", Message_ID="<again@example.com>")
    both = visitor.get("queue.show", words="potholes").link("Look among the answered and closed ones, too")
    assert {reference, again} <= set(both.words.replace(",", " ").split())


def test_a_receipt_is_no_later_than_our_servers_show_and_no_slip_of_the_keyboard(office: Office) -> None:
    """A later day would give us time that the law does not; a day before the Acts is a mistyped year."""
    reference = office.receive()
    office.clock.advance(timedelta(days=3))
    files = office.app.casefile("test")
    for day, words in ((date(2025, 1, 7), "our mail servers had it on"), (date(1926, 1, 6), "look at the year")):
        with pytest.raises(NotAllowedError, match=words):
            files.correct_receipt(reference, day, OFFICER, "a slip")
    files.correct_receipt(reference, date(2025, 1, 2), OFFICER, "it lay with the press office")
    files.correct_receipt(reference, date(2025, 1, 6), OFFICER, "no, it did not")


def test_an_answer_that_never_went_leaves_no_outcome(office: Office) -> None:
    """A request that is none after all, or was merged, counts as nothing disclosed, though its answer was approved."""
    kept = office.receive()
    ends = (
        lambda ref: office.app.casefile("test").not_a_request(ref, OFFICER, "a test of the form"),
        lambda ref: office.app.casefile("test").merge(ref, kept, OFFICER, reason="the same"),
    )
    for number, end in enumerate(ends):
        reference = office.receive("How many bins were emptied?", Message_ID=f"<{number}@x.example>")
        office.approved(reference)
        end(reference)
        with office.app.store.read() as work:
            case = work.cases.by_reference(reference)
        assert case is not None
        assert case.outcome is None


def test_a_review_is_work_with_a_day_of_its_own_until_its_outcome_has_gone(office: Office) -> None:
    """An answered request is on no list of open ones; the review of its answer is, with the day by which it is due, for who may see it."""
    reference = office.receive()
    office.approved(reference)
    office.deliver()
    visitor = office.visitor()
    assert "Internal reviews to decide" not in visitor.get("desk.my_work").words
    asked = Event(kind=EventKind.REVIEW_REQUESTED, on=date(2025, 1, 6))
    office.app.clockwork("test").record(reference, asked, OFFICER)
    page = visitor.get("desk.my_work")
    assert "Internal reviews to decide" in page.words
    assert "3 February 2025" in page.words
    assert "Write the outcome" not in office.visitor(READ_ONLY).get("desk.my_work").words
    form = page.link(f"Write the outcome of {reference}")
    assert "review" in form.words.lower()
    office.clock.advance(timedelta(days=30))
    visitor = office.visitor()
    assert "Overdue" in visitor.get("desk.my_work").words
    with office.app.store.write() as work:
        case = work.cases.by_reference(reference)
        assert case is not None
        outcome = frozen(77, kind="review_outcome", not_before=office.clock.now())
        work.outbox.freeze(case.id, outcome, at=office.clock.now())
    office.deliver()
    assert "Internal reviews to decide" not in visitor.get("desk.my_work").words


def test_what_was_answered_late_can_be_listed(office: Office) -> None:
    """The manager who answers to the Commissioner finds each request that was answered after its day, and no other."""
    in_time = office.receive("How many bins were emptied?", Message_ID="<intime@example.com>")
    office.approved(in_time)
    office.deliver()
    late = office.receive()
    office.clock.advance(timedelta(days=60))
    office.approved(late)
    office.deliver()
    page = office.visitor().get("queue.show", when="late")
    assert late in page.words
    assert "Late" in page.words
    assert in_time not in page.words


def test_a_reply_that_asks_something_can_become_a_request_of_its_own(office: Office) -> None:
    """It stands with the open request, without a letter; the page leads to the decision, and the new request counts from that mail's day."""
    reference = office.receive()
    office.deliver()
    sent = office.transport.sent[0].raw.decode()
    ours = next(line.partition(" ")[2] for line in sent.splitlines() if line.startswith("Message-ID:"))
    office.clock.advance(timedelta(days=1))
    headers = {"Subject": f"Re: {reference}", "Message_ID": "<more@example.com>", "In_Reply_To": ours}
    office.receive("Could you also tell me how much you spent on filling them?", **headers)
    page = office.visitor().get("request.show", reference=reference)
    assert "a question about this request, or a request of its own" in page.words
    decide = page.link("Decide whether mail 2 is a request of its own")
    assert "It is request" in decide.submit("Decide", what="request").words
    with office.app.store.read() as work:
        assert len(list(work.cases.every())) == 2
    assert len(office.transport.sent) == 1
