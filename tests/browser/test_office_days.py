"""What else happens in an office, each in a browser: new mail, letters in doubt, clocks, people who come and go, policies of approval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pages import ADMIN, APPROVER, OFFICER
from servers.smtp import Phase

from browser.town import ASKED, SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.chrome import Window
    from browser.town import Town

pytestmark = pytest.mark.browser


def _sent_to(town: Town, address: str, kind: str = "response") -> int:
    """How many letters of a kind the mail server has been offered for this address."""
    with town.app.store.read() as work:
        ids = {row.message_id for row in work.outbox.summaries() if row.kind == kind}
    return sum(
        letter.recipients == (address,) and any(one.encode() in letter.raw for one in ids)
        for letter in town.sink.offered
    )


def _approved_and_lost(town: Town, name: str) -> str:
    """A request of *name* whose answer was handed to the mail server, which said nothing."""
    reference = town.office.receive(ASKED, From=f"{name.title()} Example <{name}@example.com>")
    town.deliver()
    town.approved(reference)
    town.deliver(drop=Phase.DOT)
    return reference


def _row(words: str) -> str:
    """A selector for the table row with these words."""
    return f"main tr:has-text('{words}')"


def test_new_mail_is_made_a_request_or_put_with_one(town: Town, window: Callable[..., Window]) -> None:
    """A mail that was not clear gets a reference; another is put with the request that it belongs to."""
    for subject in ("about the swings", "more about the swings"):
        town.office.receive(
            "Hello, can somebody tell me about the swings in the park", Subject=subject,
            From="Dev Amberley <dev.amberley@council.example>",
        )  # fmt: skip
    kim = window(OFFICER)
    kim.open("newmail.waiting").follow("about the swings")
    kim.page.get_by_label("A request: give it a reference").check()
    kim.put("Whose request it is, if it is not the sender's own (e-mail address)", "ivo@example.com")
    kim.press("Decide")
    assert "It is request" in kim.words
    reference = kim.path.rpartition("/")[2]
    kim.open("newmail.waiting").follow("more about the swings")
    kim.page.get_by_label("Internal mail about a request that we have").check()
    kim.put("Reference of the request that it belongs to", reference)
    kim.press("Decide")
    assert f"The mail stands with {reference} now." in kim.words
    assert "more about the swings" in kim.words


def test_what_could_not_be_read_is_tried_again_or_taken_off(town: Town, window: Callable[..., Window]) -> None:
    """The list of mail that could not be read: one is queued for another try, one is taken off, and neither is lost."""
    kim = window(OFFICER)
    kim.open("newmail.waiting")
    before = kim.page.locator("button:has-text('Take off the list')").count()
    assert before >= 2
    kim.press("Try again")
    assert "It will be read again" in kim.words
    kim.press("Take off the list")
    assert "The mail itself is kept" in kim.words
    assert kim.page.locator("button:has-text('Take off the list')").count() == before - 2
    kim.open("mail.show", number=town.unread)


@pytest.mark.parametrize(("button", "again"), [("It was delivered", 0), ("It was not: send again", 1)])
def test_a_letter_in_doubt_is_decided(button: str, again: int, town: Town, window: Callable[..., Window]) -> None:
    """A letter that may have been delivered waits for an officer, and goes again only if they say that it did not arrive."""
    name = f"doubt{again}"
    reference = _approved_and_lost(town, name)
    assert _sent_to(town, f"{name}@example.com") == 1
    town.deliver()
    assert _sent_to(town, f"{name}@example.com") == 1
    kim = window(OFFICER)
    kim.open("letters.to_send").press(button, within=_row(reference))
    town.deliver()
    town.deliver()
    assert _sent_to(town, f"{name}@example.com") == 1 + again
    kim.open("request.show", reference=reference)
    assert "Answer to the request to" in kim.words
    assert town.app.reading_room("test").case(reference, OFFICER).case.workflow == "sent"


def test_a_letter_that_asks_for_clarity_moves_the_clock(town: Town, window: Callable[..., Window]) -> None:
    """Written by one, approved by another and sent, the question stops the clock; the requester's answer starts it again."""
    reference = town.office.receive(ASKED, From="Una Example <una@example.com>")
    town.deliver()
    kim, ada = window(OFFICER), window(APPROVER)
    kim.open("request.show", reference=reference).follow("Write another letter").follow("Ask the requester to clarify")
    kim.put("What we need to know from the requester", "Which streets do you mean?")
    kim.press("Keep, and see the letter and its checks").press("Put it up for approval")
    ada.open("approval.waiting").go(town_path(ada, reference)).press("Approve")
    assert "Waiting for the requester" not in kim.open("request.clock", reference=reference).words
    town.deliver()
    assert "Waiting for the requester" in kim.open("request.clock", reference=reference).words
    kim.follow("Record something that moves the clock").put("What happened", "The requester has clarified").press(
        "Record"
    )
    assert "Recorded. The answer is due on" in kim.words


def town_path(window: Window, reference: str) -> str:
    """The path of the approval of a request's letter on the page that lists them."""
    found = window.page.locator(f"main a[href*='{reference}/approve']").first.get_attribute("href")
    assert found is not None
    return found


def test_whoever_leaves_hands_over_and_is_out(town: Town, window: Callable[..., Window]) -> None:
    """Disabling an officer with open requests asks who takes them over; their open window is signed out at its next click."""
    town.office.accounts.add(ADMIN, "leaver@council.example", "Lee Leaver", "officer")
    reference = town.office.receive(ASKED, From="Wes Example <wes@example.com>")
    town.casefile.assign(reference, "kim.2@council.example", OFFICER)
    leaver, boss = window("kim.2@council.example"), window(ADMIN)
    leaver.open("desk.my_work")
    boss.open("office.officers").follow("kim.2@council.example").press("Disable")
    assert "There is a problem" in boss.words
    boss.put("Who takes the open requests over", "Kim Officer").press("Disable")
    assert "1 open requests were handed over" in boss.words or "1 open request was handed over" in boss.words
    leaver.open("desk.my_work")
    assert "Sign in" in leaver.words
    assert town.app.reading_room("test").case(reference, OFFICER).case.owner == OFFICER


def test_open_cases_are_taken_over_from_a_file(town: Town, window: Callable[..., Window]) -> None:
    """A trial says what is wrong and changes nothing; another finds all well; without the tick the cases are there."""
    del town
    kim = window(OFFICER)
    head = "own_reference,received_on,text,requester_name\n"

    def send(content: str, *, trial: bool) -> str:
        kim.open("counter.load")
        kim.page.get_by_label("CSV file").set_input_files(
            files=[{"name": "cases.csv", "mimeType": "text/csv", "buffer": (head + content).encode()}]
        )
        kim.page.get_by_label("Only try it: nothing is taken over").set_checked(trial)
        return kim.press("Send the file").words

    assert "Nothing was taken over: 1 thing to mend" in send("OLD/1,soon,How many benches?,Bo\n", trial=True)
    assert "All 1 row can be taken over" in send("OLD/1,2025-01-03,How many benches?,Bo\n", trial=True)
    assert "No request matches" in kim.open("queue.show", words="OLD/1").words
    assert "1 case was taken over" in send("OLD/1,2025-01-03,How many benches?,Bo\n", trial=False)
    kim.page.locator("main td a").first.click()
    assert "OLD/1 before us" in kim.words


def test_a_letter_that_came_back_goes_to_the_corrected_address_once(town: Town, window: Callable[..., Window]) -> None:
    """Asked for by one officer and approved by another on a page of its own, the same letter goes to the new address, once."""
    reference = town.office.receive(ASKED, From="Xia Example <xia@example.com>")
    town.deliver()
    town.approved(reference)
    town.deliver(refuse="550 5.1.1 no such mailbox")
    kim, ada = window(OFFICER), window(APPROVER)
    kim.open("request.show", reference=reference).follow("Send the same letter to a corrected address")
    kim.page.locator('main [name="email"]').fill("xia.new@example.com")
    kim.page.locator('main [name="reason"]').fill("A letter was missing in it")
    kim.press("Put it up for approval")
    assert "waits for another officer to approve the corrected address" in kim.words
    assert "You corrected the address" in kim.open("approval.show", reference=reference, kind="resend").words
    ada.open("approval.show", reference=reference, kind="resend")
    assert "xia.new@example.com" in ada.words
    ada.press("Approve the corrected address")
    town.deliver()
    town.deliver()
    assert (_sent_to(town, "xia.new@example.com"), _sent_to(town, "xia@example.com")) == (1, 0)


def test_a_deputy_approves_for_an_approver_who_is_away(town: Town, window: Callable[..., Window]) -> None:
    """Named by the approver, a deputy approves another's letter; it is listed until the approver has looked at it."""
    reference = town.office.receive(ASKED, From="Yan Example <yan@example.com>")
    town.put_up(reference, by=OFFICER)
    second, deputy = window(SECOND), window("kim.3@council.example")
    today = town.office.clock.now().date().isoformat()
    second.open("office.deputies").put("Deputy", "Kim 3").put("First day", today).put("Last day", today)
    second.press("Name the deputy")
    assert "The deputy is named." in second.words
    deputy.open("approval.show", reference=reference, kind="response").press("Approve")
    assert "Approved. It goes to yan@example.com" in deputy.words
    second.open("approval.waiting")
    with second.page.expect_navigation():
        second.page.locator(f"{_row(reference)} a:has-text('Look at it')").click()
    second.press("I have looked at it")
    assert second.page.locator(_row(reference)).count() == 0


def test_break_glass_is_told_to_every_approver(town: Town, window: Callable[..., Window]) -> None:
    """An officer approves alone and says why; every approver is told, and the letter is listed until one has looked."""
    reference = town.office.receive(ASKED, From="Zoe Example <zoe@example.com>")
    town.put_up(reference, by=OFFICER)
    kim, ada = window(OFFICER), window(APPROVER)
    kim.open("approval.show", reference=reference, kind="response")
    kim.put("Why nobody else can approve it", "Everybody is ill, and it is due today.").press("Approve")
    assert "Approved." in kim.words
    assert "Everybody is ill" in ada.open("approval.waiting").words
    told = set()
    with town.app.store.write() as work:
        while (notice := work.notices.claim(town.office.clock.now())) is not None:
            told.add(notice.recipient)
    assert {APPROVER, SECOND, ADMIN} <= told
