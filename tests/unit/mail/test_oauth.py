"""Tokens, and what a refusal of one means."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msal
import pytest

from pipeline.domain.errors import ConfigurationError, LoginError
from pipeline.mail.oauth import AUTHORITY, SCOPE, TokenSource, granted

if TYPE_CHECKING:
    from collections.abc import Mapping


def source(answer: Mapping[str, Any] | Exception) -> TokenSource:
    """A source whose server gives *answer*."""

    def acquire() -> Mapping[str, Any]:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return TokenSource("northfield.example", "app-1", "s3cret", acquire=acquire)


def test_a_token_is_handed_out() -> None:
    """The token in the server's answer is the token."""
    assert source({"access_token": "abc", "expires_in": 3599})() == "abc"


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (7000222, "client secret has expired"),
        (7000215, "the secret's value, not its id"),
        (700016, "no app with this client_id"),
        (90002, "no such tenant"),
        (65001, "Grant admin consent"),
        (50034, "does not know this account"),
        (700024, "clock by NTP"),
        (7000229, "no enterprise application"),
    ],
)
def test_known_refusals_name_their_remedy(code: int, remedy: str) -> None:
    """Microsoft's error codes become advice; the secret is not shown, nor the trace id."""
    description = f"AADSTS{code}: Something about keys for app 'app-1'. Trace ID: 0d4e Correlation ID: 77"
    with pytest.raises(LoginError, match=remedy) as caught:
        source({"error": "invalid_client", "error_description": description})()
    assert f"AADSTS{code}" in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert "0d4e" not in str(caught.value)


def test_unknown_refusals_are_told_as_they_are() -> None:
    """A code not known is passed on, with the app and tenant it concerns."""
    with pytest.raises(LoginError, match=r"app app-1 of tenant northfield\.example: odd: AADSTS1: Hm"):
        source({"error": "odd", "error_description": "AADSTS1: Hm"})()


def test_a_code_without_a_remedy_is_said_where_it_is_explained() -> None:
    """Microsoft's own page tells what the code means; no secret is told."""
    with pytest.raises(LoginError, match=r"https://login\.microsoftonline\.com/error\?code=999999") as caught:
        source({"error": "odd", "error_description": "AADSTS999999: Hm"})()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("answer", [{}, {"access_token": ""}, {"access_token": None}, {"access_token": 7}])
def test_an_answer_without_a_token_is_a_refusal(answer: Mapping[str, Any]) -> None:
    """Nothing that is not a token is ever used as one."""
    with pytest.raises(LoginError, match="no access token"):
        source(answer)()


def test_a_network_that_is_down_is_a_refusal_for_now() -> None:
    """The token server out of reach is an error of the mailbox, not a crash."""
    with pytest.raises(LoginError, match="Connection refused"):
        source(ConnectionRefusedError(111, "Connection refused"))()


def test_a_tenant_that_msal_cannot_find_is_explained() -> None:
    """The library reports an unknown tenant in its own way."""
    error = ValueError("OIDC Discovery failed: invalid_tenant. Unable to get authority configuration: tenant discovery")
    with pytest.raises(LoginError, match="no such tenant"):
        source(error)()


def test_the_library_is_asked_as_microsoft_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    """One app is made for tenant, id and secret, and asked for each token anew: it keeps them itself."""
    made: list[tuple[str, dict[str, Any]]] = []
    asked: list[list[str]] = []

    class App:
        def __init__(self, client_id: str, **options: Any) -> None:
            made.append((client_id, options))

        def acquire_token_for_client(self, scopes: list[str]) -> dict[str, str]:
            asked.append(scopes)
            return {"access_token": f"token {len(asked)}"}

    monkeypatch.setitem(sys.modules, "msal", SimpleNamespace(ConfidentialClientApplication=App))
    tokens = TokenSource("northfield.example", "app-1", "s3cret")
    assert [tokens(), tokens()] == ["token 1", "token 2"]
    ((client_id, options),) = made
    assert client_id == "app-1"
    assert options["authority"] == f"{AUTHORITY}/northfield.example"
    assert options["client_credential"] == "s3cret"
    assert asked == [[SCOPE], [SCOPE]]


def test_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without msal the error says what to install."""
    monkeypatch.setitem(sys.modules, "msal", None)
    with pytest.raises(ConfigurationError, match="m365"):
        TokenSource("t", "app", "x")()


@pytest.mark.parametrize(
    "words",
    [
        "Unable to get authority configuration for https://login.microsoftonline.com/northfield. Authority would typically be in a format of x",
        "OIDC Discovery failed on https://login.microsoftonline.com/x/v2.0/.well-known/openid-configuration. HTTP status: 400",
    ],
)
def test_a_tenant_that_nobody_knows_has_its_remedy(words: str) -> None:
    """What msal says of it is no code, and means the tenant or the network."""
    with pytest.raises(LoginError, match="Check tenant") as caught:
        source(ValueError(words))()
    assert "port 443" in str(caught.value)


@pytest.mark.parametrize(
    ("token", "roles"),
    [
        ("e30.eyJyb2xlcyI6WyJJTUFQLkFjY2Vzc0FzQXBwIl19.x", {"IMAP.AccessAsApp"}),
        ("e30.e30.x", set()),
        ("e30.W10.x", None),
        ("e30.!!!.x", None),
        ("e30.eyJyb2xlcyI6ICJ4In0.x", None),
        ("opaque", None),
    ],
)
def test_a_tokens_permissions_are_read_where_they_can_be(token: str, roles: set[str] | None) -> None:
    """A token is not ours to rely on: anything odd is "not known"."""
    assert granted(token) == roles


class _Answer:
    """An answer of an HTTP server, as msal's transport wants it."""

    def __init__(self, status: int, text: str) -> None:
        self.status_code, self.text, self.headers = status, text, dict[str, str]()

    def raise_for_status(self) -> None:
        """What a requests.Response does."""
        if self.status_code >= 400:
            raise OSError(f"{self.status_code} error")


class _Web:
    """Describes every tenant, and answers who asks for a token as the test wants; *described* is the status of the description."""

    def __init__(self, status: int, text: str, described: int = 200) -> None:
        self.answer, self.described = _Answer(status, text), described

    def get(self, url: str, **_: object) -> _Answer:
        """The tenant's description (OpenID Connect Discovery)."""
        place = url.partition("/v2.0")[0]
        known = {
            "issuer": f"{place}/v2.0",
            "token_endpoint": f"{place}/oauth2/v2.0/token",
            "authorization_endpoint": f"{place}/oauth2/v2.0/authorize",
        }
        return _Answer(self.described, json.dumps(known))

    def post(self, _url: str, **_: object) -> _Answer:
        """A token, or what is there in its place."""
        return self.answer


@pytest.mark.parametrize(
    ("web", "told"),
    [
        (_Web(503, "<html>x</html>"), r"Microsoft's sign-in answers 503; infogov tries again by itself\.$"),
        (_Web(200, "", described=502), r"Microsoft's sign-in answers 502; infogov tries again by itself\.$"),
        (_Web(429, "Too many"), r"none of its own; infogov tries again by itself\..*proxy.*\(Told: Too many\)"),
        (_Web(200, "<p>Sign in to the proxy</p>"), r"none of its own;.*\(Told: <p>Sign in to the proxy</p>\)"),
        (_Web(200, "[]"), r"none of its own;.*proxy"),
        (_Web(200, '"token"'), r"none of its own;.*proxy"),
        (_Web(200, ""), r"none of its own;.*port 443\.$"),
    ],
)
def test_what_is_no_answer_of_microsofts_is_one_sentence(monkeypatch: pytest.MonkeyPatch, web: _Web, told: str) -> None:
    """Whatever stands where a token should be, msal's own errors included, is a refusal for now, with what mends it."""
    real = msal.ConfidentialClientApplication

    def made(client_id: str, **options: Any) -> Any:
        options.pop("timeout")
        return real(client_id, http_client=web, **options)

    monkeypatch.setattr(msal, "ConfidentialClientApplication", made)
    with pytest.raises(LoginError, match=told) as caught:
        TokenSource("11111111-1111-1111-1111-111111111111", "app-1", "s3cret")()
    assert "s3cret" not in str(caught.value)
    assert "Expecting value" not in str(caught.value)
