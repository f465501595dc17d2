"""What is refused is said in words on the page where it was asked, and what was typed is still in the form."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from pages import ADMIN, APPROVER, OFFICER, PASSWORD, Office

from pipeline.domain.clock import Event, EventKind
from pipeline.domain.errors import UnfitError
from pipeline.stages.reading_room import ReadingRoom
from pipeline.store.events import Happening
from pipeline.web.pages.deeds import DEEDS
from pipeline.web.uploads import MOST

if TYPE_CHECKING:
    from pages import Page

TYPED = "words that took an hour"
# What each deed is refused for, given a request just received: fields, status, and what the page says.
REFUSED: dict[str, tuple[dict[str, str], int, str]] = {
    "assign": ({"to": "nobody@council.example", "reason": TYPED}, 409, "There is no officer nobody@council.example"),
    "hand-back": ({"reason": TYPED}, 409, "Nobody has"),
    "topic": ({"topic": "x" * 301}, 400, "Field cannot be longer than 300"),
    "requester": ({"email": "nonsense", "reason": TYPED}, 409, "an address that mail can be sent to"),
    "receipt": ({"day": "2025-02-01", "reason": TYPED}, 409, ""),
    "law": ({"regime": "foi", "reason": TYPED}, 409, ""),
    "restrict": ({"team": "Nobody's", "reason": TYPED}, 409, "Nobody is in a team"),
    "merge": ({"other": "FOI999999990", "reason": TYPED}, 409, "There is no request FOI999999990"),
    "link": ({"other": "FOI999999990", "reason": TYPED}, 409, "There is no request FOI999999990"),
    "unlink": ({"other": "FOI999999990", "reason": TYPED}, 409, "There is no request FOI999999990"),
    "attach": ({"message": "9999"}, 409, "No message 9999"),
    "already-sent": ({"on": "2024-01-01", "how": "by post", "note": TYPED}, 409, ""),
    "lapse": ({"reason": ""}, 409, ""),
    "not-a-request": ({"reason": ""}, 400, "Give a reason"),
    "close": ({"reason": ""}, 409, "has not been answered"),
    "hold": ({"reason": ""}, 400, "Give a reason"),
}


# What looks like a number and is none of a row: str.isdigit says yes to the first two, a database no to the third.
ODD = ("²", "9" * 5000, "99999999999999999999", "-1", "\u0661")


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_number_is_never_a_fault_of_ours(office: Office, odd: str) -> None:
    """In an address there is no such page; on a form it is said, or taken for none, and what was typed beside it is kept."""
    reference, visitor, typed = office.receive(), office.visitor(), quote(odd)
    for path in (
        "mail",
        "mail/{}/html",
        "new-mail",
        "letters-to-send",
        f"requests/{reference}/approve/response/checked",
    ):
        where = path.format(typed) if "{}" in path else f"{path}/{typed}"
        assert visitor.client.get(f"/{where}").status_code == 404, path
    assert visitor.client.get(f"/requests/{reference}/do/attach?message={typed}").status_code == 200
    assert visitor.client.get(f"/new-mail?mail={typed}").status_code == 200
    for form, button, fields in (
        ("clock/record", None, {"question": odd, "kind": "extended", "on": "2025-01-06"}),
        ("resend", None, {"letter": odd, "email": "new@example.com", "reason": TYPED}),
        ("questions", None, {"what": f"remove:{odd}", "part": odd}),
        ("questions", None, {"what": "part", "part": odd}),
        ("letters/response", "letters/response/autosave", {"base_version": odd, "q1-answer": "typed first"}),
        ("letters/response", None, {"base_version": odd, "q1-answer": TYPED, "what": "keep"}),
    ):
        token = visitor.open(f"/requests/{reference}/{form}").select("input[name=csrf_token]")[0].get("value")
        fields |= {"csrf_token": token}
        assert visitor.client.post(f"/requests/{reference}/{button or form}", data=fields).status_code < 500, fields
    assert TYPED in visitor.get("draft.edit", reference=reference, kind="response").answer.text


def test_what_the_database_cannot_take_is_no_fault_of_ours(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that came as far as the database and fits no column is answered as what it is."""

    def unfit(*_: object) -> None:
        raise UnfitError("a number is too large")

    monkeypatch.setattr(ReadingRoom, "case", unfit)
    assert "could not be understood" in office.visitor().open("/requests/FOI000000015", expect=400).words


def shown(page: Page) -> set[str]:
    """What stands in the fields of a page."""
    fields = [one.get("value") or one.text or "" for one in page.select("main input, main textarea")]
    return {" ".join(one.split()) for one in fields}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_deed_that_is_refused_keeps_what_was_typed(office: Office, name: str) -> None:
    """Each short form of a request comes back with its reason for not being done, and with what was typed."""
    reference = office.receive()
    fields, status, said = REFUSED[name]
    page = office.visitor().get("deeds.ask", reference=reference, name=name)
    button = page.select("main form button")[-1].text_content().strip()
    refused = page.submit(button, expect=status, **fields)
    assert "There is a problem" in refused.words
    assert refused.select("title")[0].text.strip().startswith("Error: ")
    assert said in refused.words
    assert {value for value in fields.values() if value and value not in {"foi", "nobody@council.example"}} <= shown(
        refused
    )
    with office.app.store.read() as work:
        case = work.cases.by_reference(reference)
    assert case is not None
    assert (case.workflow, case.owner, case.team) == ("new", None, None)


def test_every_deed_can_be_done(office: Office) -> None:
    """Each short form does what it says to a request in which it is offered, and leads back to the request."""
    with office.app.store.write() as work:
        work.officers.place(OFFICER, role="officer", team="Housing")
    visitor, other = office.visitor(), office.receive("How many trees?", Message_ID="<trees@example.com>")
    done = set()

    def do(reference: str, name: str, **fields: str) -> Page:
        page = visitor.get("deeds.ask", reference=reference, name=name)
        done.add(name)
        after = page.submit(page.select("main form button")[-1].text_content().strip(), **fields)
        assert "Done: " in after.words, name
        return after

    first = office.receive("How many lamps?", Message_ID="<lamps@example.com>")
    do(first, "assign", to=OFFICER)
    do(first, "hand-back")
    assert "street lamps" in do(first, "topic", topic="street lamps").words
    do(first, "requester", email="jo.new@example.com", reason="she rang")
    do(first, "receipt", day="2025-01-03", reason="it lay in another mailbox")
    do(first, "law", regime="eir", reason="lamps are in the environment")
    do(first, "restrict", team="Housing", reason="one household")
    do(first, "unrestrict", reason="it is not")
    assert "Legal hold" in do(first, "hold", reason="a court").words
    do(first, "lift-hold", reason="it is over")
    assert other in do(first, "link", other=other, reason="the same street").words
    do(first, "unlink", other=other)
    office.receive(
        "Here is the letter.", Subject="letter", From="Dev Amberley <dev@council.example>", Message_ID="<f@example.com>"
    )
    with office.app.store.read() as work:
        [mail] = [one.id for one in work.new_mail.to_check() if one.opened is None]
    assert "letter" in do(first, "attach", message=str(mail), side="internal").words
    do(first, "merge", other=other, reason="one matter, two addresses")
    asked = Event(kind=EventKind.CLARIFICATION_ASKED, on=office.clock.now().date())
    office.app.clockwork("test").record(other, asked, OFFICER)
    do(other, "lapse", reason="they rang that they want nothing")
    do(other, "reopen")
    do(other, "withdraw")
    do(other, "close")
    second = office.receive("How many swans?", Message_ID="<swans@example.com>")
    do(second, "not-a-request", reason="a poem")
    third = office.receive("How many geese?", Message_ID="<geese@example.com>")
    do(third, "already-sent", on="2025-01-06", how="by post", outcome="granted")
    with office.app.store.write() as work:
        case = work.cases.by_reference(third)
        assert case is not None
        work.cases.change(case, Happening(kind="flagged", at=office.clock.now()), flagged=True, flag_reasons=["look"])
    do(third, "unmark", reason="all is well")
    assert done == set(DEEDS)


def test_a_logged_request_that_is_refused_keeps_what_was_typed(office: Office) -> None:
    """The long form for a request that came another way says all that is wrong at once and loses nothing."""
    page = office.visitor().get("counter.log")
    refused = page.submit(
        "Log the request", text=TYPED, received_on="2026-01-01", requester_email="nonsense", expect=409
    )
    assert TYPED in shown(refused)
    assert "2026-01-01" in shown(refused)
    done = refused.submit(
        "Log the request",
        received_on="2025-01-03",
        requester_email="",
        postal_address="1 High Street",
        requester_name="Bo Reed",
    )
    assert "It is request" in done.words
    assert TYPED in done.words


def test_a_file_of_cases_is_tried_first(office: Office) -> None:
    """The import names every bad row with its remedy, takes nothing over in a trial, and then all of it."""
    page = office.visitor().get("counter.load")
    assert "Choose a file" in page.submit("Send the file", expect=400).words
    head = "own_reference,received_on,text,requester_name,requester_email\n"
    bad = (head + "IG/1,not a day,How many?,Jo,jo@example.com\n").encode()
    refused = page.submit("Send the file", file=(io.BytesIO(bad), "cases.csv"), expect=400)
    assert "received_on" in refused.words
    good = (head + "IG/1,2025-01-03,How many?,Jo,jo@example.com\n").encode()
    tried = page.submit("Send the file", file=(io.BytesIO(good), "cases.csv"))
    assert "can be taken over" in tried.words
    assert "There are no open requests" in page.visitor.open("/requests").words
    taken = tried.submit("Send the file", file=(io.BytesIO(good), "cases.csv"), dry_run=[])
    assert "1 case was taken over" in taken.words
    assert "IG/1" in page.visitor.open("/requests").words


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("table.csv", b"", "The file table.csv is empty"),
        ("notes.txt", b"\x7fELF\x02\x01\x01\x00", "is a program"),
        ("letter.pdf", b"PK\x05\x06" + bytes(18), "not what its name says"),
        ("picture.png", b"%PDF-1.7\n", "not what its name says"),
        ("table.xlsx", b"PK\x03\x04broken", "can't be read"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_by_name(
    office: Office, name: str, content: bytes, said: str
) -> None:
    """Empty files, programs and files under another kind's name are refused in words, wherever a file can be sent in."""
    page = office.visitor().get("counter.log")
    refused = page.submit(
        "Log the request", text=TYPED, requester_name="Jo", files=(io.BytesIO(content), name), expect=409
    )
    assert said in refused.words
    assert TYPED in shown(refused)


def test_too_many_files_and_two_of_one_name_are_told(office: Office) -> None:
    """A form takes so many files, each under a name of its own."""
    page = office.visitor().get("counter.log")
    many = [(io.BytesIO(b"a\n"), f"{n}.txt") for n in range(MOST + 1)]
    assert f"at most {MOST} files" in page.submit("Log the request", text="x", files=many, expect=409).words
    twice = [(io.BytesIO(b"a\n"), "a.txt"), (io.BytesIO(b"b\n"), "folder/a.txt")]
    assert "Two files are called a.txt" in page.submit("Log the request", text="x", files=twice, expect=409).words


def test_files_too_large_for_one_form_are_told_as_such(office: Office) -> None:
    """More bytes than the configuration allows give a page that says so, not an error of ours."""
    office.flask.config["MAX_CONTENT_LENGTH"] = 50_000
    page = office.visitor().get("counter.log")
    refused = page.submit("Log the request", text="x", files=(io.BytesIO(b"a" * 60_000), "a.txt"), expect=413)
    assert "The files are too large" in refused.words


def test_questions_that_are_refused_keep_what_was_typed(office: Office) -> None:
    """A split at words that are not there, and an empty new question, come back with everything that was typed."""
    reference = office.receive()
    page = office.visitor().get("questions.edit", reference=reference)
    [key] = [one.get("id").removeprefix("text-") for one in page.select("textarea[id^=text-]")]
    refused = page.submit("Split question 1", expect=409, **{f"begins-{key}": "not there", f"reason-{key}": TYPED})
    assert "Copy the words" in refused.words
    assert {"not there", TYPED} <= shown(refused)
    done = refused.submit("Keep question 1", **{f"area-{key}": "Highways", f"begins-{key}": ""})
    assert "The questions are changed" in done.words
    assert "Highways" in shown(done)
    added = done.submit("Add the question", **{"new-text": "And how many trees?", "new-label": "2"})
    assert "And how many trees?" in shown(added)
    up = added.submit("Move question 2 up")
    assert up.select("textarea[id^=text-]")[0].text.strip() == "And how many trees?"
    parted = up.submit("Make a request of them", part=key, **{"part-reason": "two services"})
    assert "are request" in parted.words


def test_a_letter_put_up_in_spite_of_its_checks_keeps_the_reason(office: Office) -> None:
    """What stops a letter is listed, and what the officer wrote why it should go all the same is still there."""
    reference = office.receive()
    page = office.visitor().get("draft.edit", reference=reference, kind="response")
    page = page.submit("Keep, and see the letter and its checks", **{"q1-answer": "We looked."})
    assert "Stops the letter" in page.words
    refused = page.submit("Put it up for approval", despite=TYPED, expect=409)
    assert "There is a problem" in refused.words
    assert TYPED in shown(refused)


def test_a_reason_for_returning_is_needed_and_kept(office: Office) -> None:
    """A return without a reason is refused on its own form."""
    reference = office.receive()
    office.put_up(reference)
    page = office.visitor(APPROVER).get("approval.give_back", reference=reference, kind="response")
    assert "Say what has to change" in page.submit("Return it", reason=" ", expect=409).words
    office.app.casework("test").give_back(reference, APPROVER, "first")
    late = page.submit("Return it", reason=TYPED, expect=409)
    assert TYPED in shown(late)


def test_a_letter_that_changed_while_it_was_read_is_not_approved(office: Office) -> None:
    """Two at once: the approver who looked before the change is told to look again, and no letter goes."""
    reference = office.receive()
    office.put_up(reference)
    page = office.visitor(APPROVER).get("approval.show", reference=reference, kind="response")
    office.answered(reference, "Another answer.")
    office.app.casework("test").submit(reference, OFFICER)
    refused = page.submit("Approve", expect=409)
    assert "There is a problem" in refused.words
    page = refused.submit("Approve")
    assert "unless somebody stops it" in page.words
    assert "approved, with its letter on the way" in refused.submit("Approve", expect=409).words
    with office.app.store.read() as work:
        case = work.cases.by_reference(reference)
        assert case is not None
        assert len([row for row in work.outbox.summaries(request_id=case.id) if row.kind == "response"]) == 1


def test_officers_that_are_refused_keep_what_was_typed(office: Office) -> None:
    """An address that is none, one that is there, the only administrator, and a leaver with work: each is told on its form."""
    visitor = office.visitor(ADMIN)
    page = visitor.get("office.officers")
    refused = page.submit("Add", email="nonsense", name=TYPED, role="officer", expect=400)
    assert "Write the address like" in refused.words
    assert TYPED in shown(refused)
    assert "is an officer already" in page.submit("Add", email=OFFICER, name="Kim", expect=409).words
    given = page.submit("Add", email="new@council.example", name="New", role="approver", team="Housing")
    assert "Give this to new@council.example" in given.words
    me = visitor.get("office.officer", name=ADMIN)
    assert "only administrator" in me.submit("Change role and team", role="officer", expect=409).words
    reference = office.receive()
    office.app.casefile("test").take(reference, OFFICER)
    kim = visitor.get("office.officer", name=OFFICER)
    assert "say who takes them over" in kim.submit("Disable", expect=409).words
    gone = kim.submit("Disable", heir=APPROVER)
    assert "1 open requests were handed over" in gone.words or "1 open request was handed over" in gone.words
    assert office.visitor(None).get("door.sign_in").submit("Sign in", email=OFFICER, password=PASSWORD, expect=403)
    back = visitor.get("office.officer", name=OFFICER).submit("Let them come back")
    assert "Give this to" in back.words


def test_deputies_that_are_refused_keep_what_was_typed(office: Office) -> None:
    """Days in the wrong order and oneself as deputy are refused on the form."""
    page = office.visitor(APPROVER).get("office.deputies")
    refused = page.submit(
        "Name the deputy",
        officer=OFFICER,
        for_officer=APPROVER,
        first_day="2025-02-02",
        last_day="2025-02-01",
        expect=409,
    )
    assert {"2025-02-02", "2025-02-01"} <= shown(refused)
    assert "Give the last day" in page.submit("Name the deputy", first_day="2025-02-02", expect=400).words


def test_a_button_of_another_time_says_why_not(office: Office) -> None:
    """What has moved on meanwhile, or what another has done, is told on a page of its own with what was typed."""
    reference = office.receive()
    page = office.visitor().get("request.show", reference=reference)
    office.app.casefile("test").assign(reference, APPROVER, APPROVER)
    late = page.submit("Take it", expect=409)
    assert f"{APPROVER} has {reference}" in late.words
    office.clock.advance(timedelta(minutes=1))
    refused = page.submit("Keep the note", text=" ", expect=409)
    assert "infogov" not in refused.words


def test_the_address_of_a_button_leads_to_its_page(office: Office) -> None:
    """Whoever opens what only a button sends, such as by going back, is led to the page on which the button stands."""
    reference = office.receive()
    visitor = office.visitor()
    for path, led in (
        (f"/requests/{reference}/take", f"/requests/{reference}"),
        (f"/requests/{reference}/approve/response/stop", f"/requests/{reference}/approve/response"),
        ("/letters-to-send/5/cancel", "/letters-to-send/5"),
        ("/could-not-be-read/5/dismiss", "/"),
        ("/sign-out", "/"),
    ):
        answer = visitor.client.get(path)
        assert (answer.status_code, answer.headers.get("Location")) == (303, led), path
