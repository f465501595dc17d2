"""The pages beside the main road: lists and their filters, letters under way, the clock, figures, and the office's own pages."""

from __future__ import annotations

import csv
import email
import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from pages import ADMIN, APPROVER, OFFICER, READ_ONLY, Office

from pipeline.domain.errors import TransportError

if TYPE_CHECKING:
    from crowd import Crowd


def test_the_queue_is_narrowed_searched_and_kept_as_an_address(office: Office) -> None:
    """Words, law, officer and day narrow the list; the file holds what the list shows; a reference opens its request."""
    trees = office.receive(
        "Under the Environmental Information Regulations, how many street trees were felled?",
        Subject="Trees",
        Message_ID="<t@example.com>",
    )
    lamps = office.receive("How many lamps are there?", Message_ID="<l@example.com>")
    visitor = office.visitor()
    page = visitor.open("/requests?words=felled")
    assert trees in page.words
    assert lamps not in page.words
    assert lamps in visitor.open("/requests?law=foi").words
    assert "No request matches." in visitor.open(f"/requests?owner={OFFICER}").words
    [link] = [a.get("href") for a in page.select("a") if "CSV" in a.text_content()]
    rows = list(csv.DictReader(io.StringIO(visitor.client.get(link).get_data(as_text=True).removeprefix("\ufeff"))))
    assert [row["Reference"] for row in rows] == [trees]
    assert visitor.client.get(f"/requests?words={trees}").headers["Location"].endswith(trees)
    assert "There is a problem" in visitor.open("/requests?received_from=nonsense").words
    assert visitor.open("/requests?after=nonsense", expect=400)


def test_the_request_tells_who_did_and_saw_what(office: Office) -> None:
    """Timeline, notes and looks stand on the request, and the whole case is one file."""
    reference = office.receive()
    visitor = office.visitor()
    page = visitor.get("request.show", reference=reference).submit("Keep the note", text="Rang Highways.")
    assert "Only colleagues see it" in page.words
    assert "Rang Highways." in page.words
    assert f"{OFFICER}: the request" in office.visitor(ADMIN).get("request.show", reference=reference).words
    bundle = visitor.get("request.bundle", reference=reference)
    names = zipfile.ZipFile(io.BytesIO(bundle.answer.data)).namelist()
    assert [name for name in names if name.startswith("mail/")] or [name for name in names if "/mail/" in name]


def test_a_request_split_off_stays_in_the_thread_of_its_mail(office: Office) -> None:
    """Its acknowledgement and its answer refer to the mail that asked, which stands on its page as on the first one's."""
    asked = "1. How many potholes were filled in 2024?\n2. How many street trees were felled in 2024?"
    first = office.receive(asked)
    second = office.app.casefile("test").split_request(first, [2], OFFICER).reference
    office.app.mailroom("test").release_acknowledgement(second, OFFICER)
    office.approved(second)
    office.approved(first)
    office.deliver()
    sent = [email.message_from_bytes(letter.raw) for letter in office.transport.sent]
    assert len(sent) == 4
    assert {(one["In-Reply-To"], one["References"]) for one in sent} == {("<mail-0@example.com>",) * 2}
    for reference in (first, second):
        page = office.visitor().get("request.show", reference=reference)
        assert "2. How many street trees were felled" in page.words
        assert "It did not come by mail." not in page.words
    # The first is its team's alone from now on; the mail is read where it may be, and leads nowhere else.
    with office.app.store.write() as work:
        work.officers.place(ADMIN, role="admin", team="Roads")
    office.app.casefile("test").restrict(first, "Roads", ADMIN, "staff")
    page = office.visitor().get("request.show", reference=second).link("The whole mail, with its formatting")
    assert second in page.words
    assert first not in page.words


def test_the_clock_is_told_day_by_day(office: Office) -> None:
    """The page says when the answer is due, from which day is counted, and why each day counts or does not."""
    reference = office.receive()
    page = office.visitor().get("request.clock", reference=reference)
    assert "3 February 2025" in page.words
    assert "Saturday" in page.words
    assert "Record something that moves the clock" in page.words
    assert "Record something" not in office.visitor(READ_ONLY).get("request.clock", reference=reference).words


def test_a_mail_is_shown_first_as_text_then_in_a_frame(office: Office) -> None:
    """The words come first, the formatted version in a sandboxed frame with a policy of its own, the bytes and files for download only."""
    raw = (
        b"From: Jo <jo@example.com>\r\nTo: foi@council.example\r\nSubject: Formatted\r\nMessage-ID: <f@example.com>\r\n"
        b"Date: Mon, 06 Jan 2025 09:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        b"<p>How many <b>benches</b>?</p><script>alert(1)</script>\r\n"
    )
    reference = office.receive_raw(raw)
    page = office.visitor().get("request.show", reference=reference).link("The whole mail, with its formatting")
    [frame] = page.select("iframe")
    assert frame.get("sandbox") == ""
    shown = page.visitor.client.get(frame.get("src"))
    assert "<b>benches</b>" in shown.text
    assert "alert" not in shown.text
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    got = page.visitor.open(page.select("a[href$='/raw']")[0].get("href"))
    assert got.answer.data == raw


def test_letters_that_are_tried_again_or_cancelled(office: Office) -> None:
    """A letter that the server could not take is tried by itself; an officer hurries it, or takes it back to be approved again."""
    reference = office.receive()
    office.deliver()
    office.approved(reference)
    office.deliver(TransportError("451 4.3.0 try again", code=451))
    page = office.visitor().get("letters.to_send")
    assert "The mail server could not take it just then." in page.words
    assert "queued again" in page.submit("Try again").words
    done = office.visitor().get("letters.to_send").submit("Cancel")
    assert "waits for approval again" in done.words
    assert "Cancelled" in office.visitor().get("letters.to_send", show="cancelled").words
    assert reference in office.visitor(APPROVER).get("approval.waiting").words


def test_a_letter_goes_at_once_or_at_its_time(office: Office) -> None:
    """An approved letter can be let go at once; one for a later day says when, and is not hurried past it."""
    reference = office.receive()
    office.deliver()
    office.put_up(reference)
    page = (
        office.visitor(APPROVER)
        .get("approval.show", reference=reference, kind="response")
        .submit("Approve", send_at="2025-01-08T09:30")
    )
    assert "8 January 2025, 9:30am" in page.words
    page = office.visitor().get("approval.show", reference=reference, kind="response")
    refused = page.submit("Send it now", expect=409)
    assert "8 January 2025" in refused.words
    page.submit("Stop it")
    office.app.casework("test").approve(reference, APPROVER)
    page = office.visitor().get("approval.show", reference=reference, kind="response").submit("Send it now")
    assert "within a minute" in page.words


@pytest.mark.parametrize(
    ("endpoint", "says"),
    [
        ("office.audit", "Everything is as it was recorded."),
        ("office.settings", "smtp.host"),
        ("office.condition", "Condition of the service"),
        ("office.officers", OFFICER),
    ],
)
def test_what_the_administrator_looks_at(office: Office, endpoint: str, says: str) -> None:
    """The trail is proved, the settings are shown without their secrets, and the condition of the service is told."""
    page = office.visitor(ADMIN).get(endpoint)
    assert says in page.words
    if endpoint == "office.settings":
        assert "password" in page.words
        assert not [dd for dd in page.select("dd") if dd.text_content().strip() == "x"]


def test_figures_and_their_file(office: Office) -> None:
    """The Code of Practice's table stands first, for the days asked for, and the file holds the same; wrong days are told."""
    office.receive()
    page = office.visitor(READ_ONLY).get("figures.show")
    assert "Code of Practice, part 8" in page.words
    assert page.select("svg")
    text = page.visitor.client.get("/figures.csv").get_data(as_text=True)
    assert text.removeprefix("\ufeff").startswith("Period,")
    assert "is not a day" in page.visitor.open("/figures?from=tomorrow", expect=400).words
    assert "has to end after it begins" in page.visitor.open("/figures?from=2025-01-06&to=2024-01-06", expect=400).words


def test_every_page_says_when_the_mailbox_was_last_read(crowd: Crowd) -> None:
    """Whoever is signed in reads on every page how old what they see may be."""
    visitor = crowd.office.visitor()
    for endpoint in (
        "desk.my_work",
        "queue.show",
        "approval.waiting",
        "newmail.waiting",
        "letters.to_send",
        "figures.show",
        "about.guidance",
    ):
        assert "No mailbox has been read yet" in visitor.get(endpoint).answer.text


def test_an_empty_office_says_so_on_every_list(office: Office) -> None:
    """With nothing to do, each list says so in words."""
    visitor = office.visitor()
    for endpoint, words in (
        ("desk.my_work", "You have no open requests."),
        ("queue.show", "There are no open requests."),
        ("approval.waiting", "Nothing waits for approval."),
        ("newmail.waiting", "There is no new mail to check."),
        ("letters.to_send", "None."),
        ("office.deputies", "Nobody stands in for anybody."),
        ("figures.show", "No request was received in the period."),
    ):
        assert words in visitor.get(endpoint).words, endpoint


def test_pages_that_anybody_may_read(office: Office) -> None:
    """The accessibility statement is there without signing in; help is there for officers."""
    assert "Accessibility" in office.visitor(None).get("about.accessibility").words
    assert office.visitor().get("about.guidance").words
