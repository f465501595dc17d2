"""A request that one team only sees: to everybody else its pages, mail and letters are not there, and no list shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from crowd import HIDDEN, TEAM, Crowd
from pages import ADMIN, APPROVER, OFFICER, READ_ONLY

from pipeline.web.routes import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pages import Visitor

UNKNOWN = "SAR999999990"
SECRETS = (HIDDEN, "Secret", "Hidden Person", "hidden@example.com")


def addresses(crowd: Crowd, reference: str, mail: int, letter: int) -> Iterator[tuple[str, str, str]]:
    """(page, method, path) of every page of one request, of a mail and of a letter."""
    for rule in crowd.office.flask.url_map.iter_rules():
        family = rule.endpoint.partition(".")[0]
        if ROUTES[rule.endpoint] is None or not rule.arguments & {"reference", "number"} or family == "office":
            continue
        number = letter if family in {"letters", "approval"} else mail
        values = {"reference": reference, "kind": "response", "number": number, "digest": crowd.digest, "name": "topic"}
        path = crowd.office.address(rule.endpoint, **{name: values[name] for name in rule.arguments})
        for method in sorted({"GET", "POST"} & set(rule.methods or ())):
            yield rule.endpoint, method, path


def token(visitor: Visitor) -> str:
    """The form token of this visitor's session."""
    return str(visitor.get("door.password").select("input[name=csrf_token]")[0].get("value"))


# Forms that are read before anybody looks whose the request is need their fields.
FIELDS = {
    "topic": "x", "what": "keep:0", "email": "new@example.com", "reason": "because", "text": "a note", "delivered": "yes",
    "kind": "fees_paid", "on": "2025-01-06", "seen": "0" * 64,
}  # fmt: skip


@pytest.mark.parametrize("email", [OFFICER, APPROVER])
def test_what_a_team_alone_sees_is_not_there_for_others(crowd: Crowd, email: str) -> None:
    """Every page of a restricted request, of its mail and its letters answers as if there were none, whatever is sent to it."""
    visitor = crowd.office.visitor(email)
    given = {**FIELDS, "csrf_token": token(visitor)}
    seen = 0
    for endpoint, method, path in addresses(crowd, HIDDEN, crowd.hidden_mail, crowd.hidden_letters[0]):
        fields = given | ({"what": "not_ours"} if endpoint.startswith("newmail") else {})
        answer = visitor.client.open(path, method=method, data=fields if method == "POST" else None)
        if answer.status_code == 403:
            continue
        assert answer.status_code == 404, (endpoint, method, answer.status_code, answer.text[-2000:])
        words = answer.text.replace(path, "")
        assert not [secret for secret in (*SECRETS[1:], TEAM) if secret in words], endpoint
        seen += 1
    assert seen > 40


def test_the_words_are_those_of_a_request_that_there_is_not(crowd: Crowd) -> None:
    """A restricted request and one that was never there give the same page, but for the number that was asked for."""
    visitor = crowd.office.visitor(APPROVER)
    pairs = zip(
        addresses(crowd, HIDDEN, crowd.hidden_mail, crowd.hidden_letters[0]),
        addresses(crowd, UNKNOWN, 987_654, 987_655),
        strict=True,
    )
    for (endpoint, method, hidden), (_, _, unknown) in pairs:
        if method == "GET" and ROUTES[endpoint] != "administer":
            there, not_there = visitor.open(hidden, expect=404).words, visitor.open(unknown, expect=404).words
            for one, other in ((HIDDEN, UNKNOWN), (crowd.hidden_mail, 987_654), (crowd.hidden_letters[0], 987_655)):
                there = there.replace(str(one), "N")
                not_there = not_there.replace(str(other), "N")
            assert there == not_there, endpoint


def test_forms_that_name_another_request_do_not_tell_of_it_either(crowd: Crowd) -> None:
    """Linking, merging and attaching to a restricted request is refused in the words for one that there is not."""
    visitor = crowd.office.visitor(OFFICER)
    for deed in ("link", "merge"):
        page = visitor.get("deeds.ask", reference="FOI000000015", name=deed)
        button = page.select("main form button")[-1].text_content().strip()
        refused = page.submit(button, other=HIDDEN, reason="the same matter", expect=409)
        assert f"There is no request {HIDDEN}" in refused.words
    page = visitor.get("newmail.decide", number=crowd.loose)
    refused = page.submit("Decide", what="attach", reference=HIDDEN, expect=409)
    assert f"There is no request {HIDDEN}" in refused.words


@pytest.mark.parametrize("email", [OFFICER, APPROVER, READ_ONLY])
def test_no_list_and_no_file_shows_it_to_others(crowd: Crowd, email: str) -> None:
    """My work, the queue and its file, letters for approval and to send, and new mail leave out what is a team's; a search, too."""
    visitor = crowd.office.visitor(email)
    for path in lists():
        words = visitor.open(path).words
        assert not [secret for secret in SECRETS if secret in words], path


def lists() -> list[str]:
    """Every page and file that shows several requests, letters or mails."""
    groups = ("uncertain", "not-delivered", "waiting", "retrying", "queued", "cancelled", "redirected", "sent")
    return [
        "/", "/requests?scope=all", f"/requests?words={HIDDEN}", "/requests?words=Secret&scope=all", "/requests.csv?scope=all",
        "/for-approval", "/new-mail", "/letters-to-send", *(f"/letters-to-send?show={group}" for group in groups),
    ]  # fmt: skip


def test_the_team_and_administrators_see_it(crowd: Crowd) -> None:
    """An officer of the team, and an administrator, find it in the lists and open its pages, mail and letters."""
    with crowd.app.store.write() as work:
        work.officers.add("tess@council.example", "Tess", "officer", via="test", at=crowd.office.clock.now())
        work.officers.place("tess@council.example", role="officer", team=TEAM)
    for email in ("tess@council.example", ADMIN):
        visitor = crowd.office.visitor(email)
        assert HIDDEN in visitor.open("/requests?scope=all").words
        assert HIDDEN in visitor.open("/letters-to-send").words
        assert "Secret" in visitor.open("/new-mail").words
        visitor.get("request.show", reference=HIDDEN)
        visitor.get("mail.show", number=crowd.hidden_mail)
        visitor.get("mail.show", number=crowd.hidden_maybe)
        visitor.get("letters.show", number=crowd.hidden_letters[0])
