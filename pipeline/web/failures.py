"""Pages for what went wrong: plain words, no traceback, and what was typed is given back."""

from __future__ import annotations

import traceback
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, current_app, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from pipeline.domain.errors import (
    InfogovError,
    NotAllowedError,
    NotFoundError,
    RestrictedError,
    StaleError,
    StoreError,
    UnfitError,
    UsageError,
)
from pipeline.journal import log
from pipeline.web.forms import SignInForm
from pipeline.web.kept import keep, typed
from pipeline.web.words import told

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


_WORDS = {
    400: ("This could not be understood", "Something in the address or the form is not as these pages send it."),
    403: ("You can't do this", "Your role does not open this page. Ask an administrator if it should."),
    404: ("Page not found", "If you typed the address, check it. You may also not be one of those who can open it."),
    405: ("This could not be understood", "This address takes no such form."),
    409: ("This can't be done now", ""),
    413: ("The files are too large", "Send fewer or smaller files with one form."),
    500: (
        "Something went wrong",
        "It is our fault, not yours. Nothing was changed. Try again; if it happens again, tell whoever runs infogov, with the time.",
    ),
}


class SignedOut(Exception):  # noqa: N818 - it is a state of the visitor, not an error
    """Nobody is signed in, or the officer must choose a password first."""

    def __init__(self, *, change_password: bool = False) -> None:
        self.change_password = change_password
        super().__init__()


def handle(app: Flask) -> None:
    """Give *app* a page for every way in which a request can fail."""
    app.register_error_handler(SignedOut, _signed_out)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(RestrictedError, lambda error: page(404, told(error)))
    app.register_error_handler(NotFoundError, lambda error: page(404, told(error)))
    app.register_error_handler(NotAllowedError, lambda error: page(409, told(error)))
    app.register_error_handler(StaleError, lambda error: page(409, told(error)))
    app.register_error_handler(UsageError, lambda error: page(400, told(error)))
    app.register_error_handler(UnfitError, _unfit)
    app.register_error_handler(StoreError, _broken)
    app.register_error_handler(InfogovError, _broken)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def page(status: int, because: str = "", heading: str = "") -> Response:
    """The page for *status*; *because* takes the place of its usual words."""
    title, words = _WORDS.get(status, _WORDS[500 if status >= 500 else 400])  # noqa: PLR2004 - the class of HTTP status codes
    # A form that is too large can't be read, and to try again would fail again.
    given = [] if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else typed(request)
    shown = render_template("failure.html", title=heading or title, words=because or words, typed=given, status=status)
    return make_response(shown, status)


def forbidden(because: str) -> Response:
    """The page for somebody whose role does not allow this."""
    return page(403, because)


def _signed_out(error: SignedOut) -> Response:
    if error.change_password:
        return redirect(url_for("door.password"))
    if request.method == "GET":
        return redirect(url_for("door.sign_in", to=request.full_path.rstrip("?")))
    shown = render_template(
        "door/sign_in.html", form=SignInForm(formdata=None), kept=keep(request), typed=typed(request), ended=True, to=""
    )
    return make_response(shown, 401)


def _stale_form(error: CSRFError) -> Response:
    del error
    shown = render_template("door/send_again.html", kept=typed(request), path=request.path, why="stale")
    return make_response(shown, 400)


def _upwards(path: str) -> str:
    """The nearest page above *path* that can be opened: whoever opens the address of a button is led to the page it stands on."""
    routes = current_app.url_map.bind("")
    while path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0]
        if path and routes.test(path, "GET"):
            return path
    return url_for("desk.my_work")


def _http(error: HTTPException) -> Response:
    if error.code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
        return redirect(_upwards(request.path), code=303)
    if error.response is not None or error.code is None or error.code < 400:  # noqa: PLR2004 - a redirect is not a failure
        return error.get_response()
    custom = error.description if error.code == 400 and type(error).description != error.description else ""  # noqa: PLR2004 - Bad Request
    return page(error.code, custom or "")


def _unfit(error: UnfitError) -> Response:
    # The fault is in what was sent, such as a number beyond any that there is; it is logged all the same, for it came further than it should.
    log.warning("page_given_unfit", endpoint=request.endpoint, places=_places(error))
    return page(400)


def _broken(error: Exception) -> Response:
    # The one boundary of a page. What nobody foresaw is logged by its places in our code: a traceback's own words could
    # hold what a requester wrote.
    log.error("page_failed", endpoint=request.endpoint, kind=type(error).__name__, places=_places(error))
    return page(500)


def _places(error: Exception) -> list[str]:
    """Where in the code *error* came about, the last few calls."""
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)][-6:]
