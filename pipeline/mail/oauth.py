"""Access tokens for Microsoft 365 by the client-credentials grant, and what its refusals mean."""

from __future__ import annotations

import base64
import json
import re
import threading
from typing import TYPE_CHECKING, Any

from pipeline.domain.errors import ConfigurationError, InfogovError, LoginError
from pipeline.mail.remedies import cleaned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

AUTHORITY = "https://login.microsoftonline.com"
SCOPE = "https://outlook.office365.com/.default"  # one scope for IMAP and SMTP
_TIMEOUT_SECONDS = 30
_JWT_PARTS = 3
_CODE = re.compile(r"AADSTS(\d{4,8})")

# Microsoft Entra's authentication error codes.
_REMEDIES: Mapping[int, str] = {
    7000222: "The client secret has expired. Make a new one in the app registration and put it into client_secret",
    7000215: "The client secret is wrong. Put the secret's value, not its id, into client_secret",
    700016: "There is no app with this client_id in this tenant. Check client_id and tenant",
    90002: "There is no such tenant. Check tenant: it is the directory id, or a domain of the tenant",
    900023: "The tenant is not written as one. Set it to the directory id, or a domain of the tenant",
    700027: "The certificate of the app is not the registered one. Upload it to the app registration again",
    70011: "The scope is not one that the server knows. Leave it at its default",
    65001: "Nobody has consented to the app's permissions. Grant admin consent to IMAP.AccessAsApp and SMTP.SendAsApp",
    7000112: "The app is switched off. An administrator of the tenant must enable it",
    7000229: "The app has no enterprise application in this tenant. Grant admin consent, which makes one",
    7000221: "The app's credential is not valid yet or any more. Check this machine's clock, then the secret's days",
    7000218: "The client secret did not arrive. Put it into client_secret",
    700024: "The time in the request is off. Set this machine's clock by NTP",
    50034: "The directory does not know this account. Check client_id and tenant",
    50020: "The account belongs to another tenant. Check tenant",
    500011: "Exchange Online is not there in this tenant. Check that its users have mailboxes in Microsoft 365",
    50105: "The app is not assigned. Assign it in the enterprise application, or switch assignment off there",
    500014: "Exchange Online's service is disabled in this tenant. An administrator must enable it",
    530035: "Security defaults or a policy block the app. Let an administrator look at the sign-in log",
    53003: "A Conditional Access policy blocks the app. Exclude it there, or allow this machine's address",
}

# What msal says when it can't read a tenant's own description: the tenant is wrong, or the network does not reach the server.
_NO_DISCOVERY = ("get_tenant_discovery", "tenant discovery", "authority configuration", "openid-configuration")
_NOT_FOUND = (
    "There is no such tenant, or its sign-in server can't be reached. Check tenant (the directory id, or a domain of the"
    " tenant), and that this machine may connect to login.microsoftonline.com, port 443"
)


# What msal makes of a 5xx answer (RFC 9110 section 15.6), of the tenant's description or of the token's.
_STATUS = re.compile(r"HTTP Error: (\d{3})")
_AGAIN = "infogov tries again by itself"
_ODD = (
    f"Microsoft's sign-in gives an answer that is none of its own; {_AGAIN}. If it goes on, look for a proxy that stands between this"
    " machine and login.microsoftonline.com, port 443"
)


def granted(token: str) -> frozenset[str] | None:
    """The application permissions in an access token ("IMAP.AccessAsApp"); None for a token that can't be looked into (RFC 7519)."""
    parts = token.split(".")
    if len(parts) != _JWT_PARTS:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    roles = claims.get("roles", []) if isinstance(claims, dict) else None
    return frozenset(map(str, roles)) if isinstance(roles, list) else None


class TokenSource:
    """Gives access tokens to an app of one tenant (RFC 6749 section 4.4); safe to share between threads.

    *acquire* asks for a token and returns the server's answer as msal does, in place of msal (for tests). msal keeps a
    token until shortly before it expires, so that asking once for each connection is cheap. Calling it raises
    LoginError with the remedy, and ConfigurationError where the ``m365`` extra is not installed.
    """

    def __init__(
        self,
        tenant: str,
        client_id: str,
        client_secret: str,
        *,
        scope: str = SCOPE,
        authority: str = AUTHORITY,
        acquire: Callable[[], Mapping[str, Any]] | None = None,
    ) -> None:
        self._tenant = tenant
        self._client_id = client_id
        self._secret = client_secret
        self._scope = scope
        self._authority = authority.rstrip("/")
        self._acquire = acquire
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """Get a token that is good for a new connection now."""
        with self._lock:
            try:
                if self._acquire is None:
                    self._acquire = self._msal()
                answer = self._acquire()
            except InfogovError:
                raise
            except Exception as error:
                # The sign-in's boundary: whatever its library stumbles over, the letter waits and the mailbox is asked again. OSErrors come
                # of HTTP and the network, ValueErrors of a tenant that msal cannot find, and of an answer that is no JSON; it has errors of
                # its own for a 5xx, and an answer that is JSON and no object it trips over anyhow.
                raise LoginError(self._explained(*_said(error))) from error
        token = answer.get("access_token")
        if isinstance(token, str) and token:
            return token
        raise LoginError(self._explained(f"{answer.get('error', '')}: {answer.get('error_description', '')}"))

    def _msal(self) -> Callable[[], Mapping[str, Any]]:
        try:
            import msal  # noqa: PLC0415 - an optional extra, which councils without Microsoft 365 do not install
        except ImportError as error:
            problem = 'auth = "xoauth2" needs the extra m365; install it with: pip install "infogov[m365]"'
            raise ConfigurationError((problem,)) from error
        app = msal.ConfidentialClientApplication(
            self._client_id,
            authority=f"{self._authority}/{self._tenant}",
            client_credential=self._secret,
            timeout=_TIMEOUT_SECONDS,
        )
        return lambda: dict(app.acquire_token_for_client([self._scope]))

    def _explained(self, words: str, remedy: str | None = None) -> str:
        match = _CODE.search(words)
        told = cleaned(words.partition("Trace ID")[0])
        remedy = _REMEDIES.get(int(match[1]), remedy) if match else remedy
        if remedy is None and match is not None:
            remedy = f"What this code means is said at {AUTHORITY}/error?code={match[1]}"
        if remedy is None and any(sign in words.lower() for sign in _NO_DISCOVERY):
            remedy = _NOT_FOUND
        who = f"no access token for app {self._client_id} of tenant {self._tenant}"
        if remedy is None:
            return f"{who}: {told}"
        return f"{who}. {remedy}." + (f" (Told: {told})" if told else "")


def _said(error: Exception) -> tuple[str, str | None]:
    """An error's words, and the remedy where its kind alone tells it."""
    status = _STATUS.search(str(error))
    if status is not None:
        return "", f"Microsoft's sign-in answers {status[1]}; {_AGAIN}"
    if isinstance(error, json.JSONDecodeError):
        # What was there in place of JSON says more than at which character it was none.
        return error.doc, _ODD
    known = isinstance(error, OSError | ValueError)
    return (str(error), None) if known else (f"{type(error).__name__}: {error}", _ODD)
