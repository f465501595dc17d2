"""What people write is shown as they wrote it, wherever it can appear: it runs nowhere, and no spreadsheet takes it for a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from crowd import REFERENCE, Crowd, values_of
from pages import ADMIN, APPROVER, OFFICER, REQUESTER, Office

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = '"><script>alert(1)</script>{{7*7}}'
RAW = ("<script>alert(1)", '"><script')
ESCAPED = "&lt;script&gt;alert(1)"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """An office in which every text that anybody can write holds a script and a template's expression."""
    made = Crowd(tmp_path_factory.mktemp("hostile"), 1, MARK)
    yield made
    made.office.close()


@pytest.mark.parametrize("email", [OFFICER, APPROVER, ADMIN])
def test_no_page_runs_what_people_wrote(hostile: Crowd, email: str) -> None:
    """Subjects, names, files, topics, questions, notes, reasons, own references and teams stand escaped on every page."""
    visitor = hostile.office.visitor(email)
    shown = set()
    for rule in hostile.office.flask.url_map.iter_rules():
        if "GET" not in (rule.methods or set()):
            continue
        path = hostile.office.address(rule.endpoint, **values_of(hostile, rule.endpoint, rule.arguments))
        answer = visitor.client.get(path)
        if answer.mimetype != "text/html":
            continue
        assert answer.status_code in {200, 403}, (path, answer.text[-1500:])
        assert not [raw for raw in RAW if raw in answer.text], rule.endpoint
        if ESCAPED in answer.text:
            assert "{{7*7}}" in answer.text, rule.endpoint
            shown.add(rule.endpoint)
    assert shown >= {
        "request.show", "newmail.waiting", "newmail.decide", "mail.show", "queue.show", "draft.edit", "draft.check", "draft.preview",
        "approval.show", "approval.waiting", "questions.edit", "clock.record", "deeds.ask", "desk.my_work", "approval.check_exception",
    }  # fmt: skip


def test_what_is_typed_into_a_refused_form_is_shown_and_does_not_run(office: Office) -> None:
    """A form that comes back with what was typed has it escaped, in its fields and in the sentence that refuses it."""
    reference, visitor = office.receive(), office.visitor()
    page = visitor.get("deeds.ask", reference=reference, name="link").submit(
        "Link to another request", other=MARK, expect=409
    )
    assert ESCAPED in page.answer.text
    assert not [raw for raw in RAW if raw in page.answer.text]
    page = visitor.get("counter.log").submit(
        "Log the request", text=MARK, requester_email=MARK, requester_name=MARK, expect=409
    )
    assert ESCAPED in page.answer.text
    assert not [raw for raw in RAW if raw in page.answer.text]


def test_a_note_and_a_file_name_are_shown_as_they_are(office: Office) -> None:
    """A note with markup is read as text, and a file called like a script is downloaded under a plain name."""
    reference, visitor = office.receive(), office.visitor()
    visitor.get("request.show", reference=reference).submit("Keep the note", text=MARK)
    page = visitor.get("draft.edit", reference=reference, kind="response")
    kept = page.submit(
        "Keep and go on",
        **{"q1-outcome": "supplied", "q1-answer": MARK, "files": (io.BytesIO(b"a,b\n"), "<script>.csv")},
    )
    assert "&lt;script&gt;.csv" in kept.answer.text
    assert "<script>.csv" not in kept.answer.text
    [link] = [a.get("href") for a in kept.select("a") if "/files/" in a.get("href", "")]
    got = visitor.client.get(link)
    assert got.headers["Content-Disposition"].startswith('attachment; filename="_script_.csv"')
    assert got.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " ="])
def test_no_spreadsheet_takes_a_topic_for_a_formula(office: Office, start: str) -> None:
    """The queue's file, as the page hands it out, holds every text so that a spreadsheet shows it and runs nothing."""
    reference, visitor = office.receive(From=f'"{start.strip()}cmd" <{REQUESTER}>'), office.visitor()
    office.app.casefile("test").set_topic(reference, f"{start}HYPERLINK(1)", OFFICER)
    text = visitor.client.get("/requests.csv").get_data(as_text=True)
    [row] = [row for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))) if row["Reference"] == reference]
    assert not [
        value for value in row.values() if value.strip()[:1] in {"=", "+", "-", "@"} and not value.lstrip("-").isdigit()
    ]
    assert "HYPERLINK(1)" in row["Topic"]


def test_the_reference_is_all_that_an_address_says(hostile: Crowd) -> None:
    """No link and no form's address on a request's page holds what a requester wrote, or who they are."""
    page = hostile.office.visitor(OFFICER).get("request.show", reference=REFERENCE)
    addresses = [one.get("href") or one.get("action") or "" for one in page.select("a, form")]
    assert len(addresses) > 20
    assert not [one for one in addresses if "script" in one or "example.com" in one]
