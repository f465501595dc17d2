"""Signing in with a council account: away to the identity provider, and back as the officer it vouches for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, current_app, make_response, redirect, render_template, request, session, url_for

from pipeline.domain.errors import NotAllowedError
from pipeline.domain.roles import Role
from pipeline.letters.posting import can_write_to
from pipeline.stages.accounts import Vouched
from pipeline.web.context import desk, product
from pipeline.web.forms import SignInForm
from pipeline.web.identity import Provider, ProviderError, refusal
from pipeline.web.pages.door import enter, ours
from pipeline.web.words import told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from werkzeug.wrappers import Response

    from pipeline.bootstrap import App
    from pipeline.settings import Settings
    from pipeline.settings_oidc import OidcSettings

pages = Blueprint("single", __name__)

_STARTED = "council"  # the key in the browser's own cookie
_AT_ONCE = 3  # sign-ins that one browser may have begun
_LASTING = 15 * 60  # seconds from leaving to coming back
_LONGEST_PATH = 600  # characters
_LONGEST = 300  # characters of a subject; OpenID Connect Core section 2 allows 255 for "sub"
_TENANT = re.compile(r"https?://[^/]+/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/v2\.0/?")


def add_to(flask: Flask, app: App) -> None:
    """Let officers sign in with their council accounts, where an identity provider is configured."""
    if app.settings.oidc.on:
        flask.extensions["infogov-identity"] = Provider(app.settings.oidc, app.clock)
        flask.register_blueprint(pages)


@pages.get("/sign-in/council")
def start() -> Response:
    """Send the visitor to the identity provider; what must come back with them is kept in their own browser."""
    ids, to = product().ids, ours(request.args.get("to", ""))
    # It travels in a cookie, which browsers drop when it is long.
    to = to if len(to) <= _LONGEST_PATH else ""
    state, nonce, verifier = ids.token(), ids.token(), ids.token() + ids.token()
    try:
        address = _provider().address(state=state, nonce=nonce, verifier=verifier, back=_back_address())
    except ProviderError as error:
        return _refused(error, to)
    begun = [one for one in session.get(_STARTED, []) if one[0] != state]
    session[_STARTED] = [*begun[1 - _AT_ONCE :], [state, nonce, verifier, to, int(product().clock.now().timestamp())]]
    return redirect(address, code=303)


@pages.get("/sign-in/council/back")
def back() -> Response:
    """Begin a session for the officer whom the identity provider vouches for."""
    to, settings = "", product().settings.oidc
    try:
        nonce, verifier, to = _begun(request.args.get("state", ""))
        claims = _provider().claims(_code(settings), nonce=nonce, verifier=verifier, back=_back_address())
        token = desk().accounts.sign_in_vouched(person(claims, settings), create=settings.create_officers)
    except (ProviderError, NotAllowedError) as error:
        return _refused(error, to)
    return enter(token, to=to)


def _code(settings: OidcSettings) -> str:
    """The code that the visitor brings along (RFC 6749 section 4.1.2). Raises ProviderError where they bring a refusal."""
    # RFC 9207: an answer says whose it is, where the provider knows how.
    if request.args.get("iss", settings.issuer) != settings.issuer:
        raise ProviderError("This answer came from another identity provider. Try again.")
    code, error = request.args.get("code", ""), request.args.get("error", "")
    if error or not code:
        raise refusal(error, request.args.get("error_description", ""))
    return code


def _provider() -> Provider:
    return cast("Provider", current_app.extensions["infogov-identity"])


def _back_address() -> str:
    """The address that the provider sends visitors back to; it must be registered there letter by letter."""
    settings: Settings = product().settings
    base = settings.web.public_url or request.host_url
    return base.rstrip("/") + url_for("single.back")


def _begun(state: str) -> tuple[str, str, str]:
    """The nonce, verifier and page of the sign-in that this browser began with *state*; it counts once. Raises ProviderError."""
    begun = session.get(_STARTED, [])
    session[_STARTED] = [one for one in begun if one[0] != state]
    now = int(product().clock.now().timestamp())
    for known, nonce, verifier, to, at in begun:
        if known == state and now - at <= _LASTING:
            return nonce, verifier, to
    raise ProviderError(
        "This sign-in was begun in another browser, took too long, or was used already. Nobody was signed in; try again."
    )


def _refused(error: ProviderError | NotAllowedError, to: str) -> Response:
    """The sign-in page with what went wrong on it; a password is as good as before."""
    form = SignInForm(formdata=None)
    form.form_errors = [told(error)]
    shown = render_template("door/sign_in.html", form=form, kept="", typed=[], ended=False, to=to)
    return make_response(shown, 503 if isinstance(error, ProviderError) and error.down else 403)


# ---- who it is -------------------------------------------------------------------------------------------------------


def person(claims: Mapping[str, Any], settings: OidcSettings) -> Vouched:
    """Who the checked *claims* are about. Raises ProviderError where they name nobody for good.

    For Entra ID that is tenant and object id, which stay when names and addresses change; elsewhere issuer and subject.
    """
    entra = _TENANT.fullmatch(settings.issuer.casefold())
    first, second = ("tid", "oid") if entra else ("iss", "sub")
    parts = [claims.get(first), claims.get(second)]
    if entra and str(parts[0]).casefold() != entra[1]:
        raise ProviderError("Your account belongs to another organisation. Use your council account.")
    if not all(isinstance(part, str) and part and part.isprintable() and len(part) <= _LONGEST for part in parts):
        raise ProviderError("The identity provider does not say who you are for good. Ask your IT service.")
    return Vouched(
        subject="|".join(map(str, parts)),
        addresses=_addresses(claims, entra=entra is not None),
        name=" ".join("".join(c if c.isprintable() else " " for c in str(claims.get("name") or "")).split())[:200],
        role=_role(claims.get(settings.roles_claim), settings),
    )


def _addresses(claims: Mapping[str, Any], *, entra: bool) -> tuple[str, ...]:
    """The addresses that may stand for an officer whom we meet for the first time.

    In a tenant of the council's own only its administrators set them. Elsewhere a person may choose what they are
    called, so that only an address counts which the provider says it has verified.
    """
    given = [claims.get("email"), claims.get("preferred_username")] if entra else [claims.get("email")]
    if claims.get("email_verified", entra) is not True:
        given[0] = None
    found = [one.strip().casefold() for one in given if isinstance(one, str)]
    return tuple(dict.fromkeys(one for one in found if can_write_to(one)))


def _role(given: object, settings: OidcSettings) -> Role | None:
    """The role that may do most among those that *given* names; None where it names none of ours."""
    values = (
        {given}
        if isinstance(given, str)
        else {one for one in given if isinstance(one, str)}
        if isinstance(given, list)
        else set()
    )
    meaning = {
        Role.ADMIN: settings.role_admin,
        Role.APPROVER: settings.role_approver,
        Role.OFFICER: settings.role_officer,
        Role.READ_ONLY: settings.role_read_only,
    }
    return next((role for role, value in meaning.items() if value and value in values), None)
