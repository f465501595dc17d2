"""What was typed outlives a lost session, a form that is too old, and a fault of ours."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pages import ADMIN, OFFICER, PASSWORD, Office

if TYPE_CHECKING:
    import pytest
    from pages import Page

LONG = "\n\n".join(f"Paragraph {n}: " + "careful words " * 40 for n in range(400))


def answer_in(page: Page) -> str:
    """The answer that stands in a draft's form."""
    return " ".join((page.select("#q1-answer")[0].text or "").split())


def test_a_long_draft_outlives_its_session(office: Office) -> None:
    """A draft of two hundred pages sent after the session ended is shown, signed in for, sent, and kept as it was typed."""
    reference = office.receive()
    page = office.visitor().get("draft.edit", reference=reference, kind="response")
    office.clock.advance(timedelta(hours=2))
    asked = page.submit("Keep and go on", expect=401, **{"q1-outcome": "supplied", "q1-answer": LONG})
    assert "Your session is over" in asked.words
    assert "Paragraph 399" in asked.words
    again = asked.submit("Sign in", email=OFFICER, password=PASSWORD)
    kept = again.submit("Send")
    assert "The draft is kept" in kept.words
    assert answer_in(kept) == " ".join(LONG.split())


def test_a_field_that_was_emptied_stays_empty(office: Office) -> None:
    """What was taken out before the session ended does not come back with the form."""
    reference = office.receive()
    office.answered(reference, "Words that were wrong.")
    page = office.visitor().get("draft.edit", reference=reference, kind="response")
    office.clock.advance(timedelta(hours=2))
    asked = page.submit("Keep and go on", expect=401, **{"q1-answer": ""})
    kept = asked.submit("Sign in", email=OFFICER, password=PASSWORD).submit("Send")
    assert answer_in(kept) == ""


def test_a_form_of_another_session_is_sent_again(office: Office) -> None:
    """A form opened before somebody signed in anew is refused for its token, shown with what was typed, and can be sent."""
    reference = office.receive()
    page = office.visitor().get("draft.edit", reference=reference, kind="response")
    refused = page.submit(
        "Keep and go on", expect=400, **{"q1-outcome": "supplied", "q1-answer": LONG, "csrf_token": "of another day"}
    )
    assert "Nothing was changed yet" in refused.words
    assert "Paragraph 399" in refused.words
    kept = refused.submit("Send")
    assert answer_in(kept) == " ".join(LONG.split())


def test_another_officer_is_not_given_what_was_typed_elsewhere(office: Office) -> None:
    """What the sign-in page carries along is signed: nobody can make these pages send a form of their own making."""
    page = office.visitor(None).get("door.sign_in")
    made = page.submit("Sign in", email=OFFICER, password=PASSWORD, kept='{"path": "/officers", "fields": []}')
    assert made.path == "/"


def test_a_fault_of_ours_gives_back_what_was_typed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a page breaks while it takes a form, the words that were typed stand on the page that says so."""
    reference = office.receive()
    page = office.visitor().get("request.show", reference=reference)

    def broken(reference: str) -> str:
        raise ZeroDivisionError(reference)

    monkeypatch.setitem(office.flask.view_functions, "request.note", broken)
    failed = page.submit("Keep the note", text="an hour's work", expect=500)
    assert "an hour's work" in failed.words
    assert "Nothing was changed" in failed.words


def test_signing_out_everywhere_ends_every_session(office: Office) -> None:
    """One press ends the officer's sessions in all browsers, and nobody else's."""
    here, there, other = office.visitor(), office.visitor(), office.visitor(ADMIN)
    page = here.get("door.password").submit("Sign out everywhere")
    assert "signed out everywhere" in page.words
    assert there.client.get("/").status_code == 302
    assert other.client.get("/").status_code == 200


def test_nothing_that_was_sent_is_sent_again_by_looking(office: Office) -> None:
    """After every change the browser is led to a page that it may read again: a reload changes nothing."""
    reference = office.receive()
    visitor = office.visitor()
    page = visitor.get("request.show", reference=reference)
    token = page.select("input[name=csrf_token]")[0].get("value")
    form = visitor.get("draft.edit", reference=reference, kind="response")
    asked = form.select("[name=q1-asked]")[0].get("value")
    for path, fields in (
        (f"/requests/{reference}/take", {}),
        (f"/requests/{reference}/note", {"text": "a note"}),
        (f"/requests/{reference}/do/topic", {"topic": "lamps"}),
        (f"/requests/{reference}/letters/response", {"q1-answer": "x", "q1-asked": asked, "base_version": "0"}),
        (
            "/log",
            {
                "text": "How many?",
                "received_on": "2025-01-03",
                "requester_name": "Jo",
                "channel": "post",
                "stage": "new",
                "regime": "",
            },
        ),
    ):
        answer = visitor.client.post(path, data={"csrf_token": token, **fields})
        assert answer.status_code == 303, (path, answer.text[-900:])
        assert visitor.client.get(answer.headers["Location"]).status_code == 200


def test_how_personal_data_is_used_is_written_on_the_page_of_the_answer(office: Office) -> None:
    """An answer to a subject access request has the field that its check asks for, and keeps it; no other answer has it."""
    other = office.receive()
    assert not office.visitor().get("draft.edit", reference=other, kind="response").select("#supplementary")
    reference = office.receive(
        "Please send me all the personal data you hold about me.", Subject="Subject access request"
    )
    page = office.visitor().get("draft.edit", reference=reference, kind="response")
    said = {"q1-outcome": "supplied", "q1-answer": "Attached.", "supplementary": "We collect tax with it."}
    kept = page.submit("Keep and go on", **said)
    assert (kept.select("#supplementary")[0].text or "").strip() == "We collect tax with it."
    assert office.app.casework("test").draft(reference).record.particulars.supplementary == "We collect tax with it."
