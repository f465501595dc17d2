"""XOAUTH2 against Dovecot, which checks the signature and the dates of real tokens."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from servers.dovecot import ISSUER, OAUTH_KEY

from pipeline.domain.errors import LoginError
from pipeline.mail.oauth import TokenSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.dovecot import Dovecot

    from pipeline.mail.mailbox import ImapMailbox

pytestmark = pytest.mark.dovecot


def token(user: str, *, seconds: int = 300, key: bytes = OAUTH_KEY) -> str:
    """A token for *user*, good for so many *seconds* from now."""
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": "imap", "iat": now - 600, "nbf": now - 600, "exp": now + seconds, "upn": user}
    return jwt.encode({**claims, "sub": user}, key, algorithm="HS256")


@pytest.fixture
def make(
    dovecot_oauth: Dovecot, make_mailbox: Callable[..., ImapMailbox]
) -> Callable[[Callable[[], str]], ImapMailbox]:
    """Make mailboxes that log in with what a function returns."""

    def made(source: Callable[[], str]) -> ImapMailbox:
        app: dict[str, Any] = {"tenant": "northfield.example", "client_id": "app", "client_secret": "x"}
        return make_mailbox(port=dovecot_oauth.port, auth="xoauth2", token=source, password="", **app)

    return made


def test_a_good_token_opens_the_mailbox(make: Callable[..., ImapMailbox], user: str) -> None:
    """A token from TokenSource logs in."""
    mailbox = make(TokenSource("t", "app", "x", acquire=lambda: {"access_token": token(user)}))
    mailbox.connect()
    assert mailbox.select("INBOX").exists == 0


def test_every_connection_asks_for_a_token(make: Callable[..., ImapMailbox], user: str) -> None:
    """A new connection never uses an old connection's token."""
    asked: list[str] = []

    def source() -> str:
        asked.append(token(user))
        return asked[-1]

    mailbox = make(source)
    mailbox.connect()
    mailbox.close()
    mailbox.connect()
    assert len(asked) == 2


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(lambda user: token(user, seconds=-60), id="expired"),
        pytest.param(lambda user: token(user, key=b"another key, also thirty-two long"), id="forged"),
        pytest.param(lambda _user: token("somebody-else@northfield.example"), id="somebody else's"),
        pytest.param(lambda _user: "not a token", id="rubbish"),
    ],
)
def test_a_bad_token_is_a_refused_login(make: Callable[..., ImapMailbox], user: str, bad: Callable[[str], str]) -> None:
    """An expired, forged, foreign or senseless token raises LoginError, which does not show it."""
    mailbox = make(lambda: bad(user))
    with pytest.raises(LoginError, match="refused the token") as caught:
        mailbox.connect()
    assert bad(user)[-20:] not in str(caught.value)


def test_a_refused_secret_is_a_refused_login(make: Callable[..., ImapMailbox]) -> None:
    """When there is no token to be had, the reason given for that is the mailbox's."""
    answer = {
        "error": "invalid_client",
        "error_description": "AADSTS7000222: The provided client secret keys are expired",
    }
    mailbox = make(TokenSource("t", "app", "x", acquire=lambda: answer))
    with pytest.raises(LoginError, match="client secret has expired"):
        mailbox.connect()
