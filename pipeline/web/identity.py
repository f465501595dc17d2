"""The council's identity provider: where to send an officer who signs in, and what it says about the one who comes back."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.domain.errors import InfogovError
from pipeline.journal import log
from pipeline.settings_oidc import secure_enough

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.domain.ports import Clock
    from pipeline.settings_oidc import OidcSettings


_SCOPE = "openid profile email"
_TIMEOUT = (5, 10)  # seconds to connect, and to wait for an answer
_LEEWAY = 120  # seconds that two clocks may differ
# A key that the provider takes back is believed no longer than this.
_REMEMBERED = timedelta(hours=1)
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_CODE = re.compile(r"AADSTS(\d{4,8})")
_ASK = "Ask your IT service"

# Microsoft Entra's authentication error codes, and the words of RFC 6749 section 4.1.2.1 and OpenID Connect Core section 3.1.2.6.
_CODES: Mapping[int, str] = {
    50011: f"The identity provider does not know this service's address. {_ASK} to add it as a redirect URI",
    50020: "Your account belongs to another organisation. Use your council account",
    50053: f"Your council account is locked. {_ASK}",
    50057: f"Your council account is disabled. {_ASK}",
    50105: f"Your council account has no role in this service. {_ASK} to give it one",
    53000: f"Your device does not meet the council's rules for signing in. {_ASK}",
    53003: f"A rule of the council's keeps you from signing in here and now. {_ASK}",
    65001: f"Nobody has agreed yet to this service reading who you are. {_ASK} to grant consent",
    65004: "You did not agree to this service reading who you are, so that it can't sign you in",
    90094: f"Nobody has agreed yet to this service reading who you are. {_ASK} to grant consent",
    700016: f"The identity provider does not know this service. {_ASK} to check client_id and issuer",
    7000215: f"The identity provider does not accept this service's secret. {_ASK} to check client_secret",
    7000222: f"This service's secret has expired. {_ASK} to make a new one",
}
_ERRORS: Mapping[str, str] = {
    "access_denied": "The sign-in was cancelled, or your council account may not use this service",
    "consent_required": _CODES[65001],
    "interaction_required": "The identity provider wants to ask you something first. Try again",
    "invalid_client": _CODES[7000215],
    "invalid_grant": "This sign-in took too long, or was used already. Try again",
    "login_required": "You are not signed in to your council account. Try again",
    "server_error": "The identity provider has a fault. Try again later",
    "temporarily_unavailable": "The identity provider is busy. Try again later",
    "unauthorized_client": _CODES[700016],
}


class ProviderError(InfogovError):
    """Signing in with a council account did not work; the text says why in plain words. *down*: the provider can't be reached."""

    def __init__(self, message: str, *, down: bool = False) -> None:
        self.down = down
        super().__init__(message)


def refusal(error: str, description: str) -> ProviderError:
    """The provider's refusal in our words; its own are not shown, for anybody could put them into an address."""
    code = _CODE.search(description)
    number = int(code[1]) if code else 0
    log.warning("identity_provider_refused", error=error if error in _ERRORS else "other", code=number)
    words = _CODES.get(number) or _ERRORS.get(error, f"The identity provider refused. {_ASK}")
    return ProviderError(f"{words} (AADSTS{number})." if number else f"{words}.")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider publishes about itself, when it was read, and its keys for signatures (a joserfc KeySet)."""

    facts: dict[str, Any]
    keys: Any
    at: datetime


class Provider:
    """An OpenID Connect provider, by the code flow with PKCE (RFC 7636); safe to share between threads."""

    def __init__(self, settings: OidcSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._known: _Known | None = None
        self._lock = threading.Lock()

    def address(self, *, state: str, nonce: str, verifier: str, back: str) -> str:
        """Where to send an officer who wants to sign in and come back to the address *back*. Raises ProviderError."""
        facts = self._published().facts
        with self._session(back) as session:
            url, _ = session.create_authorization_url(
                facts["authorization_endpoint"],
                state=state,
                code_verifier=verifier,
                nonce=nonce,
                response_mode="query",
            )
        return str(url)

    def claims(self, code: str, *, nonce: str, verifier: str, back: str) -> dict[str, Any]:
        """What the provider says about the officer who came back with *code*, checked. Raises ProviderError."""
        from authlib.integrations.base_client.errors import OAuthError  # noqa: PLC0415 - an optional extra

        facts = self._published().facts
        methods = facts.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "client_secret_post" if "client_secret_post" in methods else "client_secret_basic"
        try:
            with self._session(back, method) as session:
                answer = session.fetch_token(
                    facts["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=verifier
                )
        except OAuthError as error:
            raise refusal(str(error.error), str(error.description or "")) from error
        except (OSError, ValueError) as error:
            raise _unreachable(error) from error
        token, access = answer.get("id_token"), answer.get("access_token")
        if not isinstance(token, str):
            raise _untrusted("no ID token")
        return self._verified(token, nonce, access if isinstance(access, str) else None)

    # ---- what it publishes ---------------------------------------------------------------------------------------

    def _published(self, *, afresh: bool = False) -> _Known:
        """The provider's own description and its keys, read at most once an hour unless *afresh*."""
        with self._lock:
            known, now = self._known, self._clock.now()
            if known is None or afresh or now - known.at >= _REMEMBERED:
                known = self._known = self._read(now)
            return known

    def _read(self, now: datetime) -> _Known:
        from joserfc.errors import JoseError  # noqa: PLC0415 - an optional extra
        from joserfc.jwk import KeySet  # noqa: PLC0415 - the same

        issuer = self._settings.issuer
        try:
            with self._session() as session:
                facts = _object(session, issuer.rstrip("/") + "/.well-known/openid-configuration")
                # OpenID Connect Discovery 1.0 section 4.3: it must speak for the issuer that was asked.
                if facts.get("issuer") != issuer:
                    raise _untrusted("it publishes another issuer; for Entra ID the issuer has the directory ID in it")
                if not all(isinstance(facts.get(key), str) and secure_enough(facts[key]) for key in _ENDPOINTS):
                    raise _untrusted("it publishes an endpoint without TLS, or not at all")
                listed = _object(session, facts["jwks_uri"]).get("keys")
            # Keys of other kinds sign nothing that is believed here; joserfc refuses RSA keys that are not for RS256 signatures.
            rsa = (
                [key for key in listed if isinstance(key, dict) and key.get("kty") == "RSA"]
                if isinstance(listed, list)
                else []
            )
            return _Known(facts, KeySet.import_key_set({"keys": rsa}), now)
        except JoseError as error:
            raise _untrusted(f"its keys can't be used: {type(error).__name__}") from error
        except (OSError, ValueError) as error:
            raise _unreachable(error) from error

    def _session(self, back: str = "", method: str = "client_secret_basic") -> Any:  # noqa: ANN401 - published without types
        from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415 - an optional extra

        session = OAuth2Session(
            self._settings.client_id,
            self._settings.client_secret.get_secret_value(),
            token_endpoint_auth_method=method,
            scope=_SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
            default_timeout=_TIMEOUT,
        )
        # What is asked of the provider is answered by the provider, and by nobody it points to.
        session.max_redirects = 0
        return session

    # ---- what it says of a person --------------------------------------------------------------------------------

    def _verified(self, token: str, nonce: str, access: str | None) -> dict[str, Any]:
        """The claims of the ID token (OpenID Connect Core section 3.1.3.7), which must be signed with RS256 for us, now, and this sign-in."""
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415 - an optional extra
        from joserfc.errors import JoseError  # noqa: PLC0415 - the same

        ours = self._settings
        try:
            read = self._opened(token)
            claims = CodeIDToken(
                read.claims,
                read.header,
                {"iss": {"value": ours.issuer}, "aud": {"value": ours.client_id}},
                {"nonce": nonce, "client_id": ours.client_id, "access_token": access},
            )
            claims.validate(int(self._clock.now().timestamp()), _LEEWAY)
        except (JoseError, ValueError) as error:
            raise _untrusted(f"{type(error).__name__} {getattr(error, 'claim', '') or ''}".strip()) from error
        return dict(read.claims)

    def _opened(self, token: str) -> Any:  # noqa: ANN401 - a joserfc Token, of an optional extra
        """The token whose signature holds; where it does not, the keys may be new, and are read once more."""
        from joserfc import jwt  # noqa: PLC0415 - an optional extra
        from joserfc.errors import BadSignatureError, InvalidKeyIdError  # noqa: PLC0415 - the same

        def read(keys: Any) -> Any:  # noqa: ANN401 - the same
            """Check the signature with one of *keys*. Raises BadSignatureError, and InvalidKeyIdError where none of them is meant."""
            # A key is found by its id; without one only where there is no choice.
            return jwt.decode(token, lambda given: keys.get_by_kid(given.headers().get("kid")), algorithms=["RS256"])

        try:
            return read(self._published().keys)
        except (BadSignatureError, InvalidKeyIdError):
            return read(self._published(afresh=True).keys)


def _object(session: Any, address: str) -> dict[str, Any]:  # noqa: ANN401 - published without types
    """The JSON object at *address*. Raises OSError and ValueError."""
    answer = session.get(address, withhold_token=True)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - the callers take it like any other broken answer
    return found


def _unreachable(error: Exception) -> ProviderError:
    log.warning("identity_provider_unreachable", kind=type(error).__name__)
    return ProviderError(
        "The council's identity provider can't be reached, or has a fault. Try again later.", down=True
    )


def _untrusted(why: str) -> ProviderError:
    log.warning("identity_provider_untrusted", why=why)
    return ProviderError(
        f"The answer of the council's identity provider can't be trusted, so that nobody was signed in. Try again. {_ASK} if it lasts."
    )
