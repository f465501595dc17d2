"""A request's way through the pages, as the officers click it: from the mail to the answer, with every turn it can take on the way."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from pages import ADMIN, APPROVER, OFFICER, Office

from pipeline.domain.errors import TransportError, UncertainError
from pipeline.letters.model import LetterKind

if TYPE_CHECKING:
    from pages import Page

SECOND = "second@council.example"


def answer(office: Office, reference: str, words: str = "There were 1,204.") -> Page:
    """Type an answer into the draft's form, and keep it; the page with the letter and its checks."""
    page = office.visitor().get("draft.edit", reference=reference, kind="response")
    return page.submit("Keep, and see the letter and its checks", **{"q1-outcome": "supplied", "q1-answer": words})


def approve(office: Office, reference: str, kind: str = "response", by: str = APPROVER, **fields: str) -> Page:
    """Approve a letter on its page."""
    return office.visitor(by).get("approval.show", reference=reference, kind=kind).submit("Approve", **fields)


def status(office: Office, reference: str) -> str:
    """The request's status, as stored."""
    with office.app.store.read() as work:
        case = work.cases.by_reference(reference)
    assert case is not None
    return case.workflow


def outbox(office: Office, reference: str, kind: str = "response") -> list[int]:
    """The numbers of a request's letters in the outbox."""
    with office.app.store.read() as work:
        case = work.cases.by_reference(reference)
        assert case is not None
        return [row.id for row in work.outbox.summaries(request_id=case.id) if row.kind == kind]


def test_from_the_mail_to_the_answer(office: Office) -> None:
    """Taken, drafted, checked, put up, returned, written anew, approved, stopped, approved again, sent; and the reply comes back."""
    reference = office.receive()
    office.deliver()
    kim = office.visitor()
    assert reference in kim.open("/requests?owner=-").words
    page = kim.get("request.show", reference=reference).submit("Take it")
    assert f"{reference} is yours now" in page.words
    assert reference in kim.open("/").words
    page = answer(office, reference)
    assert "There were 1,204." in page.words
    page = page.submit("Put it up for approval")
    assert "waits for another officer" in page.words
    ada = office.visitor(APPROVER)
    page = ada.get("approval.waiting").link("Answer to the request").link("Return it to its drafter")
    page = page.submit("Return it", reason="Say of which year.")
    assert "Returned to its drafter" in page.words
    page = kim.get("draft.edit", reference=reference, kind="response")
    assert "Say of which year." in page.words
    answer(office, reference, "There were 1,204 in 2024.").submit("Put it up for approval")
    page = ada.get("approval.show", reference=reference, kind="response")
    assert "What changed since" in page.words
    assert page.select("ins")[-1].text_content().strip().endswith("in 2024.")
    page = page.submit("Approve")
    assert "unless somebody stops it" in page.words
    page = kim.get("letters.to_send").submit("Stop")
    assert "waits for approval again" in page.words
    assert status(office, reference) == "for_approval"
    approve(office, reference)
    office.deliver()
    assert status(office, reference) == "sent"
    sent = office.transport.sent[-1]
    assert b"1,204 in 2024" in sent.raw
    assert len([one for one in office.transport.sent if b"1,204" in one.raw]) == 1
    [message_id] = re.findall(rb"(?mi)^Message-ID:\s*(\S+)", sent.raw)
    office.receive("Thank you very much!", Subject=f"Re: {reference}", In_Reply_To=message_id.decode())
    assert "Re: " + reference in kim.get("request.show", reference=reference).words


def test_the_letter_is_read_in_every_form(office: Office) -> None:
    """What was kept can be read as text, laid out in a frame that can do nothing, as PDF and as a Word file."""
    reference = office.receive()
    visitor = answer(office, reference).visitor
    framed = visitor.get("draft.preview", reference=reference, kind="response")
    assert "There were 1,204." in framed.answer.text
    policy = framed.answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "unsafe" not in policy
    assert "sha256-" in policy
    assert visitor.get("draft.pdf", reference=reference, kind="response").answer.data.startswith(b"%PDF-")
    assert visitor.get("draft.word", reference=reference, kind="response").answer.data.startswith(b"PK")


def test_nothing_typed_is_lost_when_two_write_the_same_letter(office: Office) -> None:
    """Whoever keeps second is told by whom and when the first was kept, finds their own words in the form, and may keep them then."""
    reference = office.receive()
    first, second = (
        office.visitor(who).get("draft.edit", reference=reference, kind="response") for who in (OFFICER, APPROVER)
    )
    first.submit("Keep and go on", **{"q1-outcome": "supplied", "q1-answer": "Kim's words."})
    told = second.submit("Keep and go on", expect=409, **{"q1-outcome": "supplied", "q1-answer": "Ada's words."})
    assert f"{OFFICER} kept a newer version" in told.words
    assert "Ada's words." in told.select("#q1-answer")[0].text
    told.submit("Keep and go on")
    assert (
        "Ada's words."
        in office.visitor().get("draft.edit", reference=reference, kind="response").select("#q1-answer")[0].text
    )


def test_what_is_typed_and_not_kept_is_there_again(office: Office) -> None:
    """The page's script keeps what is typed; it is filled in on the next visit, shown to a colleague as work under way, and can be thrown away."""
    reference = office.receive()
    page = office.visitor().get("draft.edit", reference=reference, kind="response")
    token = page.select("input[name=csrf_token]")[0].get("value")
    path = page.select("form[data-autosave]")[0].get("data-autosave")
    kept = page.visitor.client.post(path, data={"csrf_token": token, "base_version": "0", "q1-answer": "half a sent"})
    assert kept.status_code == 204
    again = page.visitor.get("draft.edit", reference=reference, kind="response")
    assert again.select("#q1-answer")[0].text.strip() == "half a sent"
    assert (
        f"{OFFICER} is working on this letter"
        in office.visitor(APPROVER).get("draft.edit", reference=reference, kind="response").words
    )
    gone = again.submit("Throw away what I typed")
    assert (gone.select("#q1-answer")[0].text or "").strip() == ""


def test_provisions_rows_and_standard_paragraphs_without_a_script(office: Office) -> None:
    """A choice shows its fields, a provision gets a row of its own, a paragraph is put in; each keeps what was typed."""
    reference = office.receive()
    page = office.visitor().get("draft.edit", reference=reference, kind="response")
    page = page.submit("Show what this choice needs (question 1)", **{"q1-outcome": "withheld", "q1-answer": "No."})
    page = page.submit("Add what this provision needs, and a row for another (question 1)", **{"q1-p1-cite": "s.40(2)"})
    assert page.select("#q1-p1-cite")[0].get("value") == "s.40(2)"
    assert page.select("#q1-p2-cite")
    assert page.select("#q1-answer")[0].text.strip() == "No."
    paragraph = next(b for b in page.select("button[name=what]") if b.get("value").startswith("paragraph:1:"))
    page = page.submit(" ".join(paragraph.text_content().split()))
    assert page.select("#q1-p1-cite")[0].get("value") == "s.40(2)"
    wrong = page.submit("Keep and go on", expect=400, **{"q1-p2-cite": "the data act"})
    assert "is not a provision" in wrong.words
    assert wrong.select("#q1-p2-cite")[0].get("value") == "the data act"


def test_an_approvers_correction_names_both(office: Office) -> None:
    """An approver corrects a word, says why, and the letter goes; the correction is listed until the drafter or another has looked."""
    reference = office.receive()
    answer(office, reference, "There were fourty.").submit("Put it up for approval")
    page = office.visitor(APPROVER).get("approval.correct", reference=reference, kind="response")
    refused = page.submit("Approve with this correction", expect=409, **{"q1-answer": "There were forty."})
    assert "Say why it was corrected" in refused.words
    assert refused.select("#q1-answer")[0].text.strip() == "There were forty."
    done = refused.submit("Approve with this correction", reason="spelling")
    assert "Approved with your correction" in done.words
    own = office.visitor(APPROVER).get("approval.waiting").link(f"Look at it ({reference})")
    assert "Somebody else looks at this one" in own.words
    looked = office.visitor().get("approval.waiting").link(f"Look at it ({reference})")
    assert "With a correction of words" in looked.words
    assert "There were forty." in looked.select("ins")[0].text_content()
    assert "Noted" in looked.submit("I have looked at it").words
    assert "to be looked at" not in office.visitor().get("approval.waiting").words


def test_nobody_approves_their_own_letter_but_by_break_glass(office: Office) -> None:
    """The drafter is told why not; alone and with a reason it goes, every approver is told, and it is listed until one has looked."""
    reference = office.receive()
    answer(office, reference).submit("Put it up for approval")
    page = office.visitor().get("approval.show", reference=reference, kind="response")
    assert "another officer has to approve it" in page.words
    refused = page.submit("Approve", expect=409)
    assert "There is a problem" in refused.words
    done = refused.submit("Approve", break_glass_reason="Nobody else is here, and it is due today.")
    assert "unless somebody stops it" in done.words
    looked = office.visitor(APPROVER).open("/").link("Answer to the request")
    assert "Nobody else is here" in looked.words
    looked.submit("I have looked at it")
    assert "break-glass" not in office.visitor(APPROVER).open("/").words


def test_an_officer_who_is_no_approver_is_told_so_and_a_deputy_may(office: Office) -> None:
    """Without the role there is no button; with a deputy's days there is, and the approval is listed for whom they stood in for."""
    office.accounts.add(ADMIN, SECOND, "Sue Second", "officer")
    office.accounts.give_password(SECOND, password="quiet green teapot")
    reference = office.receive()
    answer(office, reference).submit("Put it up for approval")
    page = office.visitor(SECOND).get("approval.show", reference=reference, kind="response")
    assert "You are not an approver" in page.words
    today = office.clock.now().date()
    named = (
        office.visitor(APPROVER)
        .get("office.deputies")
        .submit(
            "Name the deputy",
            officer=SECOND,
            for_officer=APPROVER,
            first_day=today.isoformat(),
            last_day=today.isoformat(),
        )
    )
    assert "The deputy is named" in named.words
    approve(office, reference, by=SECOND)
    assert "As a deputy" in office.visitor(APPROVER).get("approval.waiting").link(f"Look at it ({reference})").words
    assert "time is over" in office.visitor(APPROVER).get("office.deputies").submit("End it now").words


def test_a_letter_that_came_back_goes_to_a_corrected_address(office: Office) -> None:
    """The request says what was not delivered and why; the corrected address needs its reason and another officer, and then the letter goes."""
    reference = office.receive()
    office.deliver()
    answer(office, reference).submit("Put it up for approval")
    approve(office, reference)
    office.deliver(TransportError("550 5.1.1 no such mailbox", permanent=True, code=550))
    page = office.visitor().get("request.show", reference=reference)
    assert "Not delivered" in page.words
    assert "There is no such address there." in page.words
    asked = page.link("Send the same letter to a corrected address")
    refused = asked.submit("Put it up for approval", expect=400, email="jo.bloggs@example.com")
    assert "Say how you know the address" in refused.words
    assert refused.select("#email")[0].get("value") == "jo.bloggs@example.com"
    refused = refused.submit("Put it up for approval", expect=409, email="nonsense", reason="rang them")
    assert "an address that mail can be sent to" in refused.words
    assert "rang them" in refused.select("#reason")[0].text
    refused.submit("Put it up for approval", email="jo.bloggs@example.com")
    assert (
        "another officer has to approve it"
        in office.visitor().get("approval.show", reference=reference, kind="resend").words
    )
    page = office.visitor(APPROVER).get("approval.waiting").link("The same letter to a corrected address")
    assert "jo.bloggs@example.com" in page.words
    page.submit("Approve the corrected address")
    office.deliver()
    assert office.transport.sent[-1].recipients == ("jo.bloggs@example.com",)
    assert status(office, reference) == "sent"


def test_a_letter_that_was_taken_and_did_not_arrive_needs_a_word(office: Office) -> None:
    """Of a letter that the server took, the officer says that it did not arrive; without that it is not sent twice. It can be dropped."""
    reference = office.receive()
    office.deliver()
    answer(office, reference).submit("Put it up for approval")
    approve(office, reference)
    office.deliver()
    [number] = outbox(office, reference)
    page = office.visitor().get("request.show", reference=reference)
    asked = page.link(f"It did not arrive: send letter {number} to a corrected address")
    refused = asked.submit("Put it up for approval", expect=409, email="jo.b@example.com", reason="they rang")
    assert "a letter is sent once" in refused.words
    refused.submit("Put it up for approval", not_arrived="y")
    dropped = (
        office.visitor(APPROVER)
        .get("approval.show", reference=reference, kind="resend")
        .submit("Don't send it", reason="they have it")
    )
    assert "not sent again" in dropped.words


def test_a_letter_that_may_not_have_been_delivered(office: Office) -> None:
    """The page says what each choice does; sent again it goes under the same message number, and delivered it counts as sent."""
    for choice, times in (("It was not: send again", 2), ("It was delivered", 1)):
        reference = office.receive(Message_ID=f"<{times}@example.com>")
        office.deliver()
        answer(office, reference).submit("Put it up for approval")
        approve(office, reference)
        before = len(office.transport.sent)
        office.deliver(UncertainError("lost after DATA"))
        page = office.visitor().get("letters.to_send")
        assert "may have the letter, or may not" in page.words
        assert "gets it twice" in page.words
        page.submit(choice)
        office.clock.advance(timedelta(minutes=1))
        office.deliver()
        assert len(office.transport.sent) - before == times - 1
        assert status(office, reference) == "sent"


def test_letters_that_move_the_clock(office: Office) -> None:
    """A clarification is written in a short form, approved like any letter, and stops the clock once it has gone; the reply starts it again."""
    reference = office.receive()
    office.deliver()
    page = office.visitor().get("draft.choose", reference=reference).link("Ask the requester to clarify")
    page = page.submit("Keep, and see the letter and its checks", needed="Which streets do you mean?")
    page.submit("Put it up for approval")
    approve(office, reference, "clarification")
    office.deliver()
    assert "Waiting for the requester" in office.visitor().get("request.show", reference=reference).words
    page = office.visitor().get("clock.record", reference=reference, kind="clarification_received")
    refused = page.submit("Record", expect=409, on="2026-01-01")
    assert "has not come yet" in refused.words
    assert refused.select("#on")[0].get("value") == "2026-01-01"
    done = refused.submit("Record", on=office.clock.now().date().isoformat())
    assert "The answer is due on" in done.words


def test_a_review_has_a_clock_of_its_own(office: Office) -> None:
    """A review of an answered request is recorded, marks the request, shows when its outcome is due, and the mark comes off with a reason."""
    reference = office.receive()
    office.deliver()
    answer(office, reference).submit("Put it up for approval")
    approve(office, reference)
    office.deliver()
    page = office.visitor().get("clock.record", reference=reference, kind="review_requested").submit("Record")
    assert "Outcome due" in page.words
    page = office.visitor().get("request.show", reference=reference)
    assert "an internal review was asked for" in page.words
    assert status(office, reference) == "sent"
    page = page.link("Take the mark off").submit("Take the mark off", reason="given to the reviewer")
    assert "Marked for a look" not in page.words
    page = office.visitor().get("draft.choose", reference=reference)
    assert "Outcome of the internal review" in page.words


def test_another_answer_in_the_place_of_one(office: Office) -> None:
    """A refusal for cost stands where the answer does: whoever opens the answer is led to it, and its approver sees it as what it is."""
    reference = office.receive()
    page = office.visitor().get("draft.choose", reference=reference).link("Refuse: it would take too long")
    page = page.submit(
        "Keep, and see the letter and its checks",
        hours="40",
        workings="Each file is read: 400 files of 6 minutes.",
        advice="Ask for one year.",
    )
    office.app.casework("test").submit(reference, OFFICER, kind=LetterKind.COST_REFUSAL, despite="as agreed")
    led = office.visitor().client.get(office.address("draft.edit", reference=reference, kind="response"))
    assert led.headers["Location"].endswith("/cost_refusal")
    page = office.visitor(APPROVER).get("approval.waiting").link("Answer to the request")
    assert "Refuse: it would take too long" in page.words
    other = office.visitor().get("draft.choose", reference=reference).link("Answer to the request")
    assert "takes its place" in other.words


def test_files_and_their_clean_copies(office: Office) -> None:
    """A file goes with the letter, what it may give away is said, and it can be taken out again; a program is refused in words."""
    reference = office.receive()
    page = office.visitor().get("draft.edit", reference=reference, kind="response")
    refused = page.submit(
        "Keep and go on",
        expect=409,
        **{"q1-outcome": "supplied", "q1-answer": "See the table.", "files": (io.BytesIO(b"MZ\x90\x00\x03"), "a.csv")},
    )
    assert "The file a.csv is a program" in refused.words
    assert refused.select("#q1-answer")[0].text.strip() == "See the table."
    kept = refused.submit(
        "Keep and go on", files=[(io.BytesIO(b"ward,number\nNorth,4\n"), "wards.csv"), (io.BytesIO(b"a,b\n"), "b.csv")]
    )
    assert "wards.csv" in kept.words
    taken = kept.submit("Keep and go on", drop="b.csv")
    assert "Take b.csv out" not in taken.words
    assert "Take wards.csv out" in taken.words


def test_work_is_handed_over(office: Office) -> None:
    """An officer gives all their open requests to a colleague with a reason; with none there is nothing to press."""
    reference = office.receive()
    kim = office.visitor()
    kim.get("request.show", reference=reference).submit("Take it")
    page = kim.open("/").link("Hand your work over")
    refused = page.submit("Hand them over", expect=400, to=APPROVER)
    assert "Say why" in refused.words
    refused = refused.submit("Hand them over", expect=409, to="", reason="on leave")
    assert refused.select("#reason")[0].text.strip() == "on leave"
    done = refused.submit("Hand them over", to=APPROVER)
    assert f"1 request was handed over to {APPROVER}" in done.words
    assert reference in office.visitor(APPROVER).open("/").words
    assert "no open requests to hand over" in kim.get("desk.hand_over").words
