"""Coming in and going out: sign in, sign out, choose a password."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, session, url_for

from pipeline.domain.errors import NotAllowedError
from pipeline.stages.accounts import RefusedError
from pipeline.web.context import desk, product, viewer
from pipeline.web.forms import PasswordForm, SignInForm
from pipeline.web.kept import kept
from pipeline.web.security import behind_tls, session_cookie

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("door", __name__)


@pages.get("/sign-in")
def sign_in() -> str | Response:
    """Ask who is there."""
    return render_template(
        "door/sign_in.html",
        form=SignInForm(formdata=None),
        kept="",
        typed=[],
        ended=False,
        to=ours(request.args.get("to", "")),
    )


@pages.post("/sign-in")
def sign_in_submit() -> Response:
    """Begin a session, and lead back to where the visitor was."""
    form = SignInForm()
    to, kept_form = ours(form.to.data or ""), form.kept.data or ""
    if not form.validate():
        return _ask_again(form, kept_form, to, 400)
    try:
        token = desk().accounts.sign_in(form.email.data, form.password.data, request.remote_addr or "")
    except RefusedError as error:
        form.form_errors.append(str(error))
        answer = _ask_again(form, kept_form, to, 429 if error.wait_seconds else 403)
        if error.wait_seconds:
            answer.headers["Retry-After"] = str(error.wait_seconds)
        return answer
    return enter(token, to=to, form=kept_form)


def _ask_again(form: SignInForm, kept_form: str, to: str, status: int) -> Response:
    shown = render_template("door/sign_in.html", form=form, kept=kept_form, typed=[], ended=False, to=to)
    return make_response(shown, status)


def enter(token: str, *, to: str, form: str = "") -> Response:
    """Give the browser its session and lead on: to the form it had sent before, or to the page *to*."""
    # A token made for somebody else's visit must not live on in this one.
    session.clear()
    g.pop("csrf_token", None)
    before = kept(form) if form else None
    if before is not None:
        answer = make_response(render_template("door/send_again.html", path=before[0], kept=before[1], why="ended"))
    else:
        answer = make_response(redirect(to or url_for("desk.my_work"), code=303))
    settings = product().settings
    answer.set_cookie(
        session_cookie(settings), token, httponly=True, samesite="Lax", secure=behind_tls(settings), path="/"
    )
    return answer


@pages.post("/sign-out")
def sign_out() -> Response:
    """End this session."""
    settings = product().settings
    desk().accounts.sign_out(request.cookies.get(session_cookie(settings), ""))
    session.clear()
    flash("You have signed out.")
    answer = redirect(url_for("door.sign_in"), code=303)
    answer.delete_cookie(session_cookie(settings), path="/", secure=behind_tls(settings), httponly=True)
    return answer


@pages.post("/sign-out-everywhere")
def sign_out_everywhere() -> Response:
    """End every session of this officer, the one of this browser as well."""
    desk().accounts.sign_out_everywhere(viewer().email)
    session.clear()
    flash("You have signed out everywhere.")
    answer = redirect(url_for("door.sign_in"), code=303)
    answer.delete_cookie(
        session_cookie(product().settings), path="/", secure=behind_tls(product().settings), httponly=True
    )
    return answer


@pages.get("/password")
def password() -> str:
    """Ask for a new password."""
    return render_template("door/password.html", form=PasswordForm())


@pages.post("/password")
def password_submit() -> Response:
    """Keep a new password; every session of the officer ends, this one as well."""
    form = PasswordForm()
    if form.validate() and form.new_password.data != form.again.data:
        form.again.errors = ["The two new passwords are not the same"]
    elif not form.errors:
        try:
            desk().accounts.change_password(viewer().email, form.old_password.data, form.new_password.data)
        except NotAllowedError as error:
            form.form_errors.append(str(error))
        else:
            flash("Your password is changed. Sign in with the new one.")
            return redirect(url_for("door.sign_in"), code=303)
    return make_response(render_template("door/password.html", form=form), 400)


def ours(path: str) -> str:
    """*path* when it is one of this site's own, else nothing: nobody is led elsewhere after signing in."""
    # Browsers, and what writes the Location, drop tabs and line ends, and take a backslash for a slash: "/<tab>/host" is "//host".
    if any(letter <= " " or not letter.isprintable() for letter in path):
        return ""
    plain = path.replace("\\", "/")
    if not plain.startswith("/") or plain.startswith("//"):
        return ""
    parts = urlsplit(plain)
    return "" if parts.scheme or parts.netloc else path
