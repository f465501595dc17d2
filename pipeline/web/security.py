"""What guards every request: whose host, whose form, who is signed in, who may; and the headers that keep a page to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request
from flask_wtf.csrf import CSRFProtect

from pipeline.settings_fields import is_loopback
from pipeline.web.context import desk
from pipeline.web.failures import SignedOut, forbidden
from pipeline.web.routes import ROUTES

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as WerkzeugResponse

    from pipeline.settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors {frames}; base-uri 'none'; object-src 'none'"
)


def session_cookie(settings: Settings) -> str:
    """The name of the cookie that holds a session's token; browsers keep a __Host- one to this host and to TLS."""
    return "__Host-infogov" if behind_tls(settings) else "infogov"


def behind_tls(settings: Settings) -> bool:
    """Whether officers reach the pages over TLS."""
    return settings.web.public_url.startswith("https://")


def guard(app: Flask, settings: Settings) -> None:
    """Put all guards before *app*, in an order that matters: the nonce first, for a refused form has a page of its own as well."""
    app.before_request(_nonce)
    app.before_request(lambda: _host(settings))
    app.before_request(_same_site)
    app.before_request(lambda: _who(settings))
    # Flask-WTF hangs its own check behind these, so that somebody whose session ended is asked to sign in, not told of a token.
    CSRFProtect(app)
    app.after_request(lambda response: _headers(response, settings))


def _nonce() -> None:
    g.nonce = desk().app.ids.token()


def _host(settings: Settings) -> None:
    """Answer to our own names only: another one is a page of somebody else's that points here."""
    host = urlsplit(f"//{request.host}").hostname or ""
    ours = {urlsplit(settings.web.public_url).hostname, settings.web.host}
    if not (is_loopback(host) or host in ours):
        abort(
            400, "This address is not one that these pages are served under; see web.public_url in the configuration."
        )


def _same_site() -> None:
    """Refuse a change that another site asks for, where the browser says so; the form's token says it again."""
    if request.method not in SAFE and request.headers.get("Sec-Fetch-Site", "same-origin") not in {
        "same-origin",
        "none",
    }:
        abort(403)


def _who(settings: Settings) -> WerkzeugResponse | None:
    """Find out who is looking, and whether their role opens this page."""
    endpoint = request.endpoint
    if endpoint is None:
        return None
    token = request.cookies.get(session_cookie(settings), "")
    g.viewer = None
    wanted = ROUTES.get(endpoint, False)
    if wanted is False:
        return forbidden("This page is not open to anybody.")
    if token and endpoint not in {"static_file", "favicon", "theme"}:
        g.viewer = desk().accounts.viewer(token)
    if wanted is None:
        return None
    if g.viewer is None:
        raise SignedOut
    if not g.viewer.may(wanted):
        return forbidden("Your role does not open this page. Ask an administrator if it should.")
    if g.viewer.must_change and not endpoint.startswith("door."):
        raise SignedOut(change_password=True)
    return None


def _headers(response: Response, settings: Settings) -> Response:
    """Keep the page to itself (OWASP secure headers): no scripts but ours, no frames but ours, nothing kept in caches."""
    frames = "'self'" if g.get("framed") else "'none'"
    policy = response.headers.get("Content-Security-Policy")
    if policy is None:
        response.headers["Content-Security-Policy"] = _POLICY.format(nonce=g.get("nonce", ""), frames=frames)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    response.headers.setdefault("Cache-Control", "no-store")
    if behind_tls(settings):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
