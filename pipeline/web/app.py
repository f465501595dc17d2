"""The Flask application: templates, guards, failures and pages, put together in the one order that works."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, g, request, url_for
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from pipeline.resources import templates
from pipeline.stages.accounts import Accounts
from pipeline.web import kept, letterwords, presenting, single
from pipeline.web.context import VIA, Desk, visitor
from pipeline.web.failures import handle
from pipeline.web.navigation import navigation
from pipeline.web.numbers import NumberInPath
from pipeline.web.pages import PAGES
from pipeline.web.security import behind_tls, guard, session_cookie

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.bootstrap import App
    from pipeline.settings import Settings

_A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class _Asset:
    """A committed file as it is served: its bytes, the same zipped, its media type, and a mark of its digest."""

    plain: bytes
    zipped: bytes
    kind: str
    mark: str


def _assets(folder: Path) -> dict[str, _Asset]:
    """The files of *folder*, read once: a hundred and fifty kilobytes."""
    found = {}
    for file in sorted(folder.iterdir()):
        plain = file.read_bytes()
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        found[file.name] = _Asset(plain, gzip.compress(plain, mtime=0), kind, hashlib.sha256(plain).hexdigest()[:12])
    return found


def accounts_of(app: App, via: str = VIA) -> Accounts:
    """The accounts of *app*'s officers, with the limits that its settings give a session."""
    web = app.settings.web
    return Accounts(
        app.store,
        app.clock,
        app.ids,
        idle=timedelta(minutes=web.idle_minutes),
        longest=timedelta(hours=web.session_hours),
        via=via,
        passwords=app.settings.oidc.passwords,
    )


def create_app(app: App, *, demo: bool = False) -> Flask:
    """The officers' pages over *app*; *demo* puts a line on every page saying that nothing here is real."""
    folder = templates() / "web"
    flask = Flask("infogov", static_folder=None, template_folder=str(folder))
    flask.extensions["infogov"] = Desk(app=app, accounts=accounts_of(app))
    _configure(flask, app)
    assets = _assets(folder / "static")
    _templates(flask, app.settings, assets, demo=demo)
    guard(flask, app.settings)
    handle(flask)
    flask.url_map.converters["int"] = NumberInPath
    flask.add_url_rule("/static/<name>", "static_file", lambda name: _static(assets, name))
    # Browsers ask for this of a document that names no icon, such as a letter's preview.
    flask.add_url_rule("/favicon.ico", "favicon", lambda: _static(assets, "favicon.svg"))
    flask.add_url_rule("/theme.css", "theme", lambda: _theme(app.settings))
    for pages in PAGES:
        flask.register_blueprint(pages)
    single.add_to(flask, app)
    return flask


def _configure(flask: Flask, app: App) -> None:
    with app.store.write() as work:
        flask.secret_key = work.sign_ins.signing_key(app.ids.token() + app.ids.token(), app.clock.now())
    flask.config.update(
        # A form's token lives as long as its session: officers leave pages open all day.
        WTF_CSRF_TIME_LIMIT=None,
        # Sec-Fetch-Site and the token guard a form; a proxy's rewriting of the referrer must not break it.
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=app.settings.web.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=20 * 1024 * 1024,
        MAX_FORM_PARTS=5000,
        SESSION_COOKIE_NAME=session_cookie(app.settings) + "-form",
        SESSION_COOKIE_SECURE=behind_tls(app.settings),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TEMPLATES_AUTO_RELOAD=False,
    )


def _templates(flask: Flask, settings: Settings, assets: dict[str, _Asset], *, demo: bool) -> None:
    folder = templates() / "web"
    flask.jinja_env.trim_blocks = True
    flask.jinja_env.lstrip_blocks = True
    flask.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(folder),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    presenting.add_to(flask.jinja_env)
    flask.jinja_env.filters |= {
        "by_hand": kept.by_hand,
        "letter_place": letterwords.place,
        "letter_words": letterwords.plain,
    }

    @flask.context_processor
    def _given() -> dict[str, object]:
        """What every page may use besides its own values."""
        return {
            "asset": lambda name: url_for("static_file", name=name, v=assets[name].mark),
            "authority": settings.authority,
            "colour": settings.web.colour,
            "cspNonce": g.get("nonce", ""),
            "demo": demo,
            "mailbox_read": presenting.mailbox_read,
            "navigation": navigation,
            "password_sign_in": settings.oidc.passwords,
            "scanning": bool(settings.scan.clamd),
            "single_sign_on": lambda: "single" in flask.blueprints,
            "themeColor": settings.web.colour,
            "visitor": visitor(),
        }


def _static(assets: dict[str, _Asset], name: str) -> Response:
    """One of the committed assets; its address carries its digest, so that a browser may keep it for good."""
    if name not in assets:
        abort(404)
    asset = assets[name]
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(asset.zipped if zipped else asset.plain, mimetype=asset.kind)
    response.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
    response.headers["Vary"] = "Accept-Encoding"
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _theme(settings: Settings) -> Response:
    """The council's colour over that of the stylesheet."""
    response = Response(f":root{{--govuk-brand-colour:{settings.web.colour}}}\n", mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
