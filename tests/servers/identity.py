"""A small identity provider that speaks OpenID Connect: it agrees to everybody at once, checks what it is sent, and lies when asked to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import threading
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

TENANT = "6d1f3c52-0f0e-4c5e-9d64-0c6f0a7d9b11"
CLIENT_ID = "infogov-pages"
SECRET = "a/secret+with: signs"


@cache
def key(number: int) -> RSAKey:
    """One of the keys there are in a test run; making one takes a moment."""
    return RSAKey.generate_key(2048, {"kid": f"key-{number}", "use": "sig"}, private=True)


def _part(value: dict[str, Any] | bytes) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(header: dict[str, Any], claims: dict[str, Any], by: RSAKey) -> str:
    """The token, signed as it should be."""
    return jwt.encode(header, claims, by)


def unsigned(header: dict[str, Any], claims: dict[str, Any], by: RSAKey) -> str:
    """The token without a signature, which it says it does without."""
    del by
    return f"{_part(header | {'alg': 'none'})}.{_part(claims)}."


def confused(header: dict[str, Any], claims: dict[str, Any], by: RSAKey) -> str:
    """The token with the provider's public key taken for a shared secret."""
    text = f"{_part(header | {'alg': 'HS256'})}.{_part(claims)}"
    return f"{text}.{_part(hmac.digest(by.as_pem(private=False), text.encode(), 'sha256'))}"


def forged(header: dict[str, Any], claims: dict[str, Any], by: RSAKey) -> str:
    """The token signed by somebody else, who gives their own key along and calls it by the provider's name."""
    del by
    stranger = key(99)
    return jwt.encode(header | {"jwk": stranger.as_dict(private=False)}, claims, stranger)


@dataclass(slots=True)
class _Granted:
    """What one code stands for."""

    nonce: str
    challenge: str
    back: str


@dataclass(slots=True)
class Lies:
    """How the provider misbehaves: *claims* over the true ones (None leaves one out), *token* makes it, errors in place of answers."""

    claims: dict[str, Any] = field(default_factory=dict)
    token: Callable[[dict[str, Any], dict[str, Any], RSAKey], str] = signed
    refuses: tuple[str, str] | None = None
    token_answer: tuple[int, bytes] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    facts_answer: tuple[int, bytes] | None = None


class Identity:
    """Listens on this machine; *now* is its clock, *person* the claims about whoever signs in, *back* the registered redirect URI."""

    def __init__(self, now: Callable[[], datetime], back: str, path: str = f"/{TENANT}/v2.0") -> None:
        self.now = now
        self.back = back
        self.person: dict[str, Any] = {}
        self.lies = Lies()
        self.key = key(1)
        self.keys_read = 0
        self._codes: dict[str, _Granted] = {}
        self._drawn = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.identity = self  # type: ignore[attr-defined]
        self._server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}{path}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def rotate(self) -> None:
        """Sign with another key from now on; the old one is not published any more."""
        self.key = key(2)

    def stop(self) -> None:
        """Be out of reach."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def visit(self, address: str) -> str:
        """Go to *address* as a browser does; returns where it leads back to."""
        parts = urlsplit(address)
        connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        try:
            connection.request("GET", f"{parts.path}?{parts.query}")
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 302, body
            return str(answer.getheader("Location"))
        finally:
            connection.close()

    # ---- its pages: each returns a status, a Location or nothing, and a body -----------------------------------------

    def facts(self) -> dict[str, Any]:
        """What it publishes about itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        } | self.lies.facts

    def keys(self) -> dict[str, Any]:
        """Its public key, beside one of a kind that nobody here knows and one that is not for signatures."""
        self.keys_read += 1
        other = key(3).as_dict(private=False) | {"use": "enc", "kid": "for-encryption"}
        return {"keys": [{"kty": "unheard-of", "kid": "x"}, other, self.key.as_dict(private=False)]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Check what was asked for and lead back with a code, or with a refusal."""
        assert asked["client_id"] == CLIENT_ID
        assert asked["redirect_uri"] == self.back
        assert asked["response_type"] == "code"
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        assert asked["state"]
        assert asked["nonce"]
        if self.lies.refuses is not None:
            error, description = self.lies.refuses
            return (
                f"{self.back}?{urlencode({'error': error, 'error_description': description, 'state': asked['state']})}"
            )
        self._drawn += 1
        code = f"code-{self._drawn}"
        self._codes[code] = _Granted(asked["nonce"], asked["code_challenge"], asked["redirect_uri"])
        return f"{self.back}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Give a token for a code: once, to the client that has the secret, the address and the verifier (RFC 7636 section 4.6)."""
        if (sent.get("client_id"), sent.get("client_secret")) != (CLIENT_ID, SECRET):
            return 401, {
                "error": "invalid_client",
                "error_description": "AADSTS7000215: Invalid client secret provided.",
            }
        granted = self._codes.pop(sent.get("code", ""), None)
        if (
            granted is None
            or sent.get("grant_type") != "authorization_code"
            or sent.get("redirect_uri") != granted.back
        ):
            return 400, {"error": "invalid_grant", "error_description": "The code is not known."}
        if _part(hashlib.sha256(sent.get("code_verifier", "").encode()).digest()) != granted.challenge:
            return 400, {"error": "invalid_grant", "error_description": "The verifier is not right."}
        now = int(self.now().timestamp())
        true = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "nbf": now, "exp": now + 3600, "nonce": granted.nonce}
        claims = {name: value for name, value in (true | self.person | self.lies.claims).items() if value is not None}
        made = self.lies.token({"alg": "RS256", "kid": self.key.kid}, claims, self.key)
        return 200, {"token_type": "Bearer", "expires_in": 3600, "access_token": "opaque", "id_token": made}


class _Handler(BaseHTTPRequestHandler):
    @property
    def identity(self) -> Identity:
        return self.server.identity  # type: ignore[attr-defined,no-any-return]

    def do_GET(self) -> None:
        parts, identity = urlsplit(self.path), self.identity
        match parts.path.rpartition("/")[2]:
            case "openid-configuration" if identity.lies.facts_answer is not None:
                self._answer(*identity.lies.facts_answer)
            case "openid-configuration" | "moved":
                self._answer(200, json.dumps(identity.facts()).encode())
            case "keys":
                self._answer(200, json.dumps(identity.keys()).encode())
            case "authorize":
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self._answer(302, b"", identity.authorize(asked))
            case _:
                self._answer(404, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.identity.lies.token_answer is not None:
            self._answer(*self.identity.lies.token_answer)
            return
        status, answer = self.identity.token({name: values[0] for name, values in parse_qs(body).items()})
        self._answer(status, json.dumps(answer).encode())

    def _answer(self, status: int, body: bytes, location: str = "") -> None:
        self.send_response(status)
        if location or status == 307:
            self.send_header("Location", location or f"{self.identity.issuer}/moved")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name the class gives it
        """Say nothing."""
