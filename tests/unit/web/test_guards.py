"""What guards every page: forms of our own only, hosts of our own only, headers that keep a page to itself, plain failures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pages import ADMIN, APPROVER, OFFICER, READ_ONLY, Office

from pipeline.domain.errors import ConfigurationError, UsageError
from pipeline.domain.roles import may
from pipeline.web.navigation import BAR
from pipeline.web.routes import ROUTES
from pipeline.web.serving import WebServer

if TYPE_CHECKING:
    from pathlib import Path

    from crowd import Crowd
    from flask import Flask

# Pages that are there only where an identity provider is configured.
OPTIONAL = frozenset({"single.start", "single.back"})
ROLE_OF = {OFFICER: "officer", APPROVER: "approver", ADMIN: "admin", READ_ONLY: "read_only"}


def endpoints(flask: Flask) -> set[str]:
    """The names of all pages."""
    return {rule.endpoint for rule in flask.url_map.iter_rules()}


def test_every_page_is_in_the_table_and_every_line_is_a_page(office: Office) -> None:
    """No page opens by oversight: the table of routes names each one, and nothing that is not there."""
    assert endpoints(office.flask) == set(ROUTES) - OPTIONAL


def test_paths_are_plain_and_name_nobody(office: Office) -> None:
    """Addresses are in kebab-case; only references, numbers and kinds of letters stand in them as values."""
    for rule in office.flask.url_map.iter_rules():
        fixed = re.sub(r"<[^>]+>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/.-]*", fixed), rule.rule
        assert rule.arguments <= {"reference", "name", "kind", "number", "digest"}, rule.rule


@pytest.mark.parametrize("email", [None, *ROLE_OF])
def test_each_role_opens_what_the_table_says(crowd: Crowd, email: str | None) -> None:
    """For every page and every role: without a session it asks to sign in, without the right it refuses, and never else."""
    office = crowd.office
    visitor = office.visitor(email)
    values = {"reference": "FOI000000015", "name": "app.css", "kind": "response", "number": 1, "digest": "0" * 64}
    for rule in office.flask.url_map.iter_rules():
        wanted = ROUTES[rule.endpoint]
        methods = rule.methods or set()
        for method in sorted({"GET", "POST"} & methods):
            if email is not None and method == "POST" and rule.endpoint == "door.sign_out":
                continue
            path = office.address(rule.endpoint, **{name: values[name] for name in rule.arguments})
            status = visitor.client.open(path, method=method).status_code
            if wanted is None:
                assert status not in {401, 403}, (rule.endpoint, status)
            elif email is None:
                assert status == (302 if method == "GET" else 401), (rule.endpoint, status)
            elif may(ROLE_OF[email], wanted):
                assert status not in {401, 403, 500}, (rule.endpoint, status)
            else:
                assert status == 403, (rule.endpoint, status)


def test_every_change_needs_the_forms_own_token(office: Office) -> None:
    """A form without its token changes nothing, whichever page it is sent to."""
    visitor = office.visitor(ADMIN)
    values = {"reference": "FOI000000015", "name": "app.css", "kind": "response", "number": 1, "digest": "0" * 64}
    sent = 0
    for rule in office.flask.url_map.iter_rules():
        if "POST" in (rule.methods or set()):
            path = office.address(rule.endpoint, **{name: values[name] for name in rule.arguments})
            assert visitor.client.post(path, data={"x": "y"}).status_code == 400, rule.endpoint
            sent += 1
    assert sent > 2


def test_another_site_cannot_send_a_form(office: Office) -> None:
    """A change that the browser says comes from elsewhere is refused before anything looks at it."""
    page = office.visitor().get("door.password")
    token = page.select("input[name=csrf_token]")[0].get("value")
    for site in ("cross-site", "same-site"):
        refused = page.visitor.client.post("/sign-out", data={"csrf_token": token}, headers={"Sec-Fetch-Site": site})
        assert refused.status_code == 403
    assert page.visitor.client.get("/").status_code == 200


def test_another_host_is_not_answered(office: Office) -> None:
    """A name that points here without being ours gets no page (DNS rebinding)."""
    assert office.visitor().client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_headers_keep_a_page_to_itself(office: Office) -> None:
    """Scripts, frames and forms are ours only, nothing is cached, and the failure pages say so as well."""
    visitor = office.visitor()
    for path in ("/", "/nowhere", "/sign-in"):
        headers = visitor.client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert re.search(r"script-src 'self' 'nonce-[0-9a-f]{32}'", policy)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in headers


def test_behind_tls_cookies_and_browser_stay_with_tls(tmp_path: Path) -> None:
    """With a public https address the cookie is bound to this host and to TLS, and the browser is told to stay there."""
    office = Office(tmp_path, '[web]\npublic_url = "https://requests.council.example"\n')
    page = office.visitor(None).get("door.sign_in")
    signed_in = page.visitor.client.post(
        "/sign-in",
        data={"email": OFFICER, "password": "three random words"}
        | {"csrf_token": page.select("input[name=csrf_token]")[0].get("value")},
        base_url="https://requests.council.example",
    )
    office.close()
    cookies = signed_in.headers.getlist("Set-Cookie")
    assert "Strict-Transport-Security" in signed_in.headers
    assert all("Secure" in cookie and "HttpOnly" in cookie for cookie in cookies)


def test_each_answer_has_a_nonce_of_its_own(office: Office) -> None:
    """Two pages never share the word that lets a script run."""
    visitor = office.visitor()
    assert (
        visitor.client.get("/").headers["Content-Security-Policy"]
        != visitor.client.get("/").headers["Content-Security-Policy"]
    )


def test_a_page_that_is_not_there_says_so(office: Office) -> None:
    """An unknown address and an unknown reference give a page in plain words."""
    visitor = office.visitor()
    assert "Page not found" in visitor.open("/nowhere", expect=404).words


def test_a_fault_of_ours_shows_no_traceback(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever breaks inside a page, the officer reads plain words."""

    def broken() -> str:
        raise ZeroDivisionError("requester's words")

    monkeypatch.setitem(office.flask.view_functions, "about.guidance", broken)
    page = office.visitor().open("/help", expect=500)
    assert "Something went wrong" in page.words
    assert "ZeroDivision" not in page.answer.text
    assert "requester's words" not in page.answer.text


def test_pages_are_not_served_to_others_without_tls(tmp_path: Path) -> None:
    """Listening beyond this machine without a proxy that speaks TLS is a mistake in the configuration, named with its remedy."""
    with pytest.raises(ConfigurationError, match="trusted_proxy"):
        Office(tmp_path, '[web]\nhost = "0.0.0.0"\n')
    with pytest.raises(ConfigurationError, match="https://"):
        Office(tmp_path, '[web]\nhost = "0.0.0.0"\ntrusted_proxy = "10.0.0.5"\n')


def test_a_taken_port_is_told_with_its_remedy(office: Office) -> None:
    """When another program listens on the port, the sentence names host, port and key."""
    web = office.app.settings.web.model_copy(update={"port": 0})
    first = WebServer(office.flask, web)
    try:
        with pytest.raises(UsageError, match=r"can't be listened on.*\[web\] host and port"):
            WebServer(office.flask, web.model_copy(update={"port": first.port}))
    finally:
        first.close()


def test_the_bar_leads_to_pages_that_its_visitor_may_open() -> None:
    """No entry of the bar leads to a page that refuses whoever sees it."""
    for label, endpoint, shown_to, families in BAR:
        assert ROUTES[endpoint] == shown_to, label
        assert endpoint.partition(".")[0] in families, label


def test_the_councils_colour_is_the_pages_colour(tmp_path: Path) -> None:
    """The colour of the configuration reaches every page as a style of its own, without a rebuild."""
    office = Office(tmp_path, '[web]\ncolour = "#123abc"\n')
    assert "--govuk-brand-colour:#123abc" in office.visitor(None).client.get("/theme.css").text
    office.close()
