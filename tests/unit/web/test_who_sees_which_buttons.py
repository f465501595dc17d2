"""Nobody is shown a button or a link that their role would be refused."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from crowd import Crowd, values_of
from pages import ADMIN, APPROVER, OFFICER, READ_ONLY
from werkzeug.exceptions import MethodNotAllowed, NotFound

from pipeline.domain.roles import may
from pipeline.web.routes import ROUTES

ROLE_OF = {OFFICER: "officer", APPROVER: "approver", ADMIN: "admin", READ_ONLY: "read_only"}
# What anybody may do who is signed in.
OWN = {"door.sign_out", "door.sign_out_everywhere", "door.password_submit"}


@pytest.mark.parametrize("email", list(ROLE_OF))
def test_every_button_and_link_on_a_page_is_for_whoever_sees_it(crowd: Crowd, email: str) -> None:
    """On all pages that a role opens, each form and link leads to a page that exists and that the role may open."""
    visitor, role = crowd.office.visitor(email), ROLE_OF[email]
    routes = crowd.office.flask.url_map.bind("")
    pages = buttons = 0
    for rule in crowd.office.flask.url_map.iter_rules():
        wanted = ROUTES[rule.endpoint]
        if "GET" not in (rule.methods or set()) or wanted is None or not may(role, wanted):
            continue
        path = crowd.office.address(rule.endpoint, **values_of(crowd, rule.endpoint, rule.arguments))
        answer = visitor.client.get(path)
        if answer.mimetype != "text/html" or rule.endpoint in {"mail.html", "draft.preview"}:
            continue
        pages += 1
        for method, address in leads(visitor.open(path).select("a[href], form, [formaction]"), path):
            try:
                endpoint, _ = routes.match(urlsplit(address).path, method)
            except (NotFound, MethodNotAllowed) as error:
                pytest.fail(f"{path} leads to {method} {address}, which is not there: {error}")
            allowed = ROUTES[endpoint]
            assert allowed is None or may(role, allowed), (path, method, address)
            if role == "read_only" and method == "POST":
                assert endpoint in OWN, (path, address)
            buttons += 1
    assert pages > 15
    assert buttons > 100


def leads(elements: list, path: str) -> list[tuple[str, str]]:  # type: ignore[type-arg]
    """(method, address) of everything that can be clicked."""
    found = []
    for one in elements:
        if one.tag == "a":
            found.append(("GET", one.get("href")))
        elif one.tag == "form":
            found.append((one.get("method", "get").upper(), one.get("action") or path))
        else:
            found.append(("POST", one.get("formaction")))
    return [(method, address) for method, address in found if not address.startswith(("#", "mailto:", "https://"))]


def test_a_reader_is_told_no_more_than_looking(crowd: Crowd) -> None:
    """Whoever only reads sees a request with its letters and clock, and no word of what could be done with it."""
    page = crowd.office.visitor(READ_ONLY).get("request.show", reference="FOI000000015")
    for words in ("Take it", "Change or end it", "Keep the note", "Take the mark off", "corrected address"):
        assert words not in page.words
    assert "Download the case" in page.words
