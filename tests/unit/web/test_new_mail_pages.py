"""New mail on the pages: what it looks like and why, what each decision does, mail that could not be read, acknowledgements that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pages import APPROVER, OFFICER, READ_ONLY, Office, waiting_for
from storing import arrival, letter_bytes

from pipeline.domain.unread import MAX_ATTEMPTS
from pipeline.stages import reading_room
from pipeline.stages.newmail import EFFECTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crowd import Crowd

COLLEAGUE = "Dev Amberley <dev.amberley@council.example>"
UNRELATED = {"Subject": "an enquiry", "From_": "Sam Stranger <sam@example.net>"}


def newest(office: Office) -> int:
    """The number of the newest mail that waits to be checked."""
    with office.app.store.read() as work:
        return max(mail.id for mail in work.new_mail.to_check())


def internal(office: Office, text: str = "Is this one yours?", subject: str = "FW: a letter") -> int:
    """A colleague's mail of no case; returns its number."""
    office.receive(
        text, Subject=subject, From=COLLEAGUE, Message_ID=f"<i{office.clock.now():%f}{subject}@council.example>"
    )
    return newest(office)


def suggested(office: Office, reference: str, intent: str) -> int:
    """A stranger's mail that may belong to *reference*, which looks like *intent*."""
    office.receive(
        "I mean the high street.", Message_ID=f"<{intent}@example.net>", Subject="Your question", From=COLLEAGUE
    )
    number = newest(office)
    with office.app.store.write() as work:
        case = work.cases.by_reference(reference)
        assert case is not None
        work.messages.settle(
            number, state="filed", values={"verdict": "other", "intent": intent, "author_email": "sam@example.net"}
        )
        work.messages.link(case.id, number, side="suggested", rung="the topic is the same", at=office.clock.now())
    return number


def clock(office: Office, reference: str) -> str:
    """The state of a request's clock."""
    with office.app.store.read() as work:
        case = work.cases.by_reference(reference)
    assert case is not None
    return case.clock


def test_a_clarification_is_attached_and_recorded_in_one_go(office: Office) -> None:
    """The page says what it would do to the clock; the decision puts the mail with the request and starts the clock again."""
    reference = waiting_for(office)
    number = suggested(office, reference, "clarification")
    page = office.visitor().get("newmail.waiting").link("Your question")
    assert f"For {reference}, from 6 January 2025: the answer is due on" in page.words
    assert page.select("input[name=what][checked]")[0].get("value") == "clarification"
    done = page.submit("Decide")
    assert "What it does to the clock is recorded" in done.words
    assert "Your question" in done.words
    assert clock(office, reference) == "running"
    assert str(number) not in office.visitor().get("newmail.waiting").words.split()


def test_an_effect_that_the_law_does_not_allow_leaves_the_mail_where_it_is(office: Office) -> None:
    """A clarification nobody asked for is refused on the form, and the mail is not half attached."""
    reference = office.receive()
    number = suggested(office, reference, "clarification")
    page = office.visitor().get("newmail.decide", number=number)
    assert "as things stand" in page.words
    refused = page.submit("Decide", reason="words", expect=409)
    assert "There is a problem" in refused.words
    assert "words" in refused.select("#reason")[0].text
    with office.app.store.read() as work:
        mail = work.new_mail.find(number)
    assert mail is not None
    assert mail.linked == ()


def test_a_withdrawal_ends_the_request_in_one_go(office: Office) -> None:
    """The mail stands with the request, which is withdrawn, and what waited to be sent is taken back."""
    reference = office.receive()
    number = suggested(office, reference, "withdrawal")
    done = office.visitor().get("newmail.decide", number=number).submit("Decide")
    assert "Withdrawn" in done.words


def test_a_wish_for_a_review_marks_the_request(office: Office) -> None:
    """The review's own clock begins on the day of the mail, and the answered request is marked for a look."""
    reference = office.receive()
    office.deliver()
    office.approved(reference)
    office.deliver()
    number = suggested(office, reference, "review")
    done = office.visitor().get("newmail.decide", number=number).submit("Decide")
    assert "an internal review was asked for" in done.words
    assert "Sent" in done.words


def test_a_forwarded_request_becomes_one(office: Office) -> None:
    """A colleague's forward proposes its requester; made a request, it has that requester and a date of receipt."""
    text = (
        "Hi, yours?\n\n---------- Forwarded message ---------\nFrom: Ash Grove <ash@example.com>\nDate: Fri, 3 Jan 2025 at 09:00\n"
        "Subject: FOI\nTo: dev.amberley@council.example\n\nUnder the Freedom of Information Act, how many trees were felled in 2024?\n"
    )
    number = internal(office, text)
    page = office.visitor().get("newmail.decide", number=number)
    assert "A colleague forwarded it" in page.words
    refused = page.submit("Decide", what="request", received_on="2025-01-02", expect=409)
    assert "needs its reason" in refused.words
    assert refused.select("#received_on")[0].get("value") == "2025-01-02"
    done = refused.submit("Decide", what="request", reason="it lay on a desk")
    assert "ash@example.com" in done.words


def test_internal_mail_business_as_usual_and_not_for_us(office: Office) -> None:
    """Mail goes to the internal side of a request, or off the list with a reason that is kept; without a reference it is asked for."""
    reference = office.receive()
    number = internal(office)
    page = office.visitor().get("newmail.decide", number=number)
    assert "Give the reference" in page.submit("Decide", what="attach", reference="", expect=409).words
    refused = page.submit("Decide", what="attach", reference=reference, expect=409)
    assert "put it on the internal side." in refused.words
    assert "Mail inside the council" in refused.submit("Decide", what="internal").words
    for what in ("business", "not_ours"):
        number = internal(office, subject=f"about {what}")
        done = office.visitor().get("newmail.decide", number=number).submit("Decide", what=what)
        assert "off the list" in done.words
        again = office.visitor().get("newmail.decide", number=number).submit("Decide", what=what, expect=409)
        assert "off the list already" in again.words


def test_a_marked_request_is_settled_from_its_mail(office: Office) -> None:
    """Of a mail that opened a request only two things are asked: whether it is one, and the mark comes off or the clock stops."""
    for what, said in (("settled", "The mark on"), ("not_a_request", "is not a request; its clock has stopped")):
        reference = office.receive(
            "hello about things",
            Subject="letter",
            From="E. Fallow <e.fallow@example.com>",
            Message_ID=f"<{what}@example.com>",
        )
        with office.app.store.write() as work:
            case = work.cases.by_reference(reference)
            assert case is not None
            assert case.flagged
        page = office.visitor().get("newmail.decide", number=case.message_id)
        assert {one.get("value") for one in page.select("input[name=what]")} == {"settled", "not_a_request"}
        assert said in page.submit("Decide", what=what, reason="we rang them").words


def test_mail_that_could_not_be_read_is_tried_again_or_taken_off(office: Office) -> None:
    """It stands with its reason; tried again it is read, taken off it is kept."""
    with office.app.store.write() as work:
        for uid in (901, 902):
            work.messages.take(
                "infogov", "INBOX", 1, [arrival(uid, internal_date=office.clock.now())], office.clock.now()
            )
        for number in work.messages.next_to_read():
            work.messages.settle(
                number, state="quarantined", values={"verdict": "quarantined", "last_error": "no parts"}
            )
    page = office.visitor().get("newmail.waiting")
    assert "no parts" in page.words
    assert "read again within a minute" in page.submit("Try again").words
    assert "off the list" in office.visitor().get("newmail.waiting").submit("Take off the list").words
    assert "All mail could be read." in office.visitor().get("newmail.waiting").words


@pytest.mark.parametrize("intent", sorted(EFFECTS))
def test_both_pages_offer_the_same_effects(office: Office, intent: str) -> None:
    """What new mail can be decided to do to a request is what its own page offers to record of mail that stands with it."""
    reference = office.receive()
    number = suggested(office, reference, intent)
    assert intent in {
        one.get("value") for one in office.visitor().get("newmail.decide", number=number).select("input[name=what]")
    }
    office.app.new_mail("test").attach(number, reference, OFFICER)
    assert (
        f"Record {'that' if intent == 'withdrawal' else 'what'} mail {number}"
        in office.visitor().open(f"/requests/{reference}").words
    )


def _noting(read: list[bytes], reader: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def noted(raw: bytes) -> Any:
        read.append(raw)
        return reader(raw)

    return noted


def test_a_mail_that_killed_its_reader_is_not_read_by_the_pages(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a mail that took its reader down, or may, the page shows the headers and the way to the bytes; one that was only not understood has its words."""
    raws = {uid: letter_bytes(uid) for uid in (901, 902, 903)}
    with office.app.store.write() as work:
        arrivals = [arrival(uid, raw) for uid, raw in raws.items()]
        work.messages.take("infogov", "INBOX", 1, arrivals, office.clock.now())
        harmless, killer, waits = work.messages.next_to_read()
    for number, times in ((killer, MAX_ATTEMPTS + 1), (harmless, MAX_ATTEMPTS)):
        with office.app.store.write() as work:
            for _ in range(times):
                work.messages.count_attempt([number])
            work.messages.settle(
                number, state="quarantined", values={"verdict": "quarantined", "last_error": "no parts"}
            )
    read: list[bytes] = []
    for name in ("parse", "html_of"):
        monkeypatch.setattr(reading_room, name, _noting(read, getattr(reading_room, name)))
    visitor = office.visitor()
    for number, uid in ((killer, 902), (waits, 903)):
        page = visitor.get("mail.show", number=number)
        assert f"Request {uid}" in page.words
        assert "Only the headers of this mail are shown" in page.words
        assert visitor.client.get(f"/mail/{number}/html").status_code == 200
        assert visitor.client.get(f"/mail/{number}/raw").data == raws[uid]
    assert read == []
    assert "Only the headers" not in visitor.get("mail.show", number=harmless).words
    assert read == [raws[901], raws[901]]


def test_an_acknowledgement_waits_for_an_officers_word(tmp_path: Path) -> None:
    """In release mode nothing goes by itself: the list says why, the button lets it go, and once only."""
    office = Office(tmp_path, '[acknowledgement]\nmode = "release"\n')
    reference = office.receive()
    office.deliver()
    assert office.transport.sent == []
    page = office.visitor().get("newmail.waiting")
    assert reference in page.words
    assert "Acknowledge" not in office.visitor(READ_ONLY).get("newmail.waiting").select("main button")
    done = page.submit("Acknowledge")
    assert "on its way" in done.words
    assert "has its acknowledgement already" in page.submit("Acknowledge", expect=409).words
    office.deliver()
    assert len(office.transport.sent) == 1
    assert office.whole()
    office.close()


def test_lists_go_on_page_by_page(many: Crowd) -> None:
    """Each of the three lists shows fifty, and leads to the rest; nothing stands on two pages, and nothing on none."""
    visitor = many.office.visitor(OFFICER)
    for link, of in (("More new mail", "a[href^='/new-mail/']"), ("More that could not be read", "a[href^='/mail/']")):
        page, seen = visitor.get("newmail.waiting"), []
        while True:
            seen.append([one.get("href") for one in page.select(of)])
            if not [a for a in page.select("a") if a.text_content() == link]:
                break
            page = page.link(link)
        assert page.link("Start of these lists").select(of)[0].get("href") == seen[0][0]
        flat = [one for part in seen for one in part]
        assert len(flat) == len(set(flat)) >= 52, link
        assert all(len(part) <= 51 for part in seen)
    approver = many.office.visitor(APPROVER)
    for link, of, at_least in (
        ("More letters for approval", "main a[href$='/approve/response']", 8 * 52),
        ("More approvals to look at", "main a[href*='/checked/']", 52),
    ):
        page, seen = approver.get("approval.waiting"), []
        while True:
            seen.append([one.get("href") for one in page.select(of)])
            if not [a for a in page.select("a") if a.text_content() == link]:
                break
            page = page.link(link)
        assert page.link("Start of these lists").select(of)[0].get("href") == seen[0][0]
        flat = [one for part in seen for one in part]
        assert len(flat) == len(set(flat)) >= at_least, link
        assert {len(part) for part in seen[:-1]} == {50}
    assert "can't be found again" in approver.open("/for-approval?after=nonsense", expect=400).words
    page = approver.get("desk.my_work")
    assert len(page.select("main a[href*='/checked/']")) == 20
    assert len(page.link("All approvals to look at").select("main a[href*='/checked/']")) == 50
    shown = approver.get("approval.check_exception", reference=many.exception_case, kind="free", number=many.exception)
    assert "Alone, by break-glass" in shown.words
    page = visitor.get("letters.to_send")
    assert len(page.select("#uncertain + p + div tbody tr")) == 20
    page = page.link("All that are in this list: may not have been delivered")
    first = {a.get("href") for a in page.select("tbody th a")}
    second = {a.get("href") for a in page.link("Older letters").select("tbody th a")}
    assert (len(first), len(second), len(first | second)) == (50, 2, 52)
    assert visitor.get("letters.to_send", show="nothing", expect=404)
