"""Access tokens for Microsoft 365 by the client-credentials grant, and what its refusals mean."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

from pipeline.domain.errors import ConfigurationError, LoginError
from pipeline.mail.remedies import cleaned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

AUTHORITY = "https://login.microsoftonline.com"
SCOPE = "https://outlook.office365.com/.default"  # one scope for IMAP and SMTP
_TIMEOUT_SECONDS = 30
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
    53003: "A Conditional Access policy blocks the app. Exclude it there, or allow this machine's address",
}


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
            except (OSError, ValueError) as error:
                # Its HTTP library's errors are OSErrors; msal raises ValueError for a tenant it cannot find.
                raise LoginError(self._explained(str(error))) from error
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

    def _explained(self, words: str) -> str:
        match = _CODE.search(words)
        told = cleaned(words.partition("Trace ID")[0])
        remedy = _REMEDIES.get(int(match[1])) if match else None
        if remedy is None and ("get_tenant_discovery" in words or "tenant discovery" in words.lower()):
            remedy = _REMEDIES[90002]
        who = f"no access token for app {self._client_id} of tenant {self._tenant}"
        return f"{who}. {remedy}. (Told: {told})" if remedy else f"{who}: {told}"
