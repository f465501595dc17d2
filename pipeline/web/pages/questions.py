"""The questions of a request: their words, order, law and service area; split, merged, added, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for

from pipeline.domain.errors import InfogovError, UsageError
from pipeline.domain.request import Regime
from pipeline.web.context import VIA, case_of, product, viewer
from pipeline.web.numbers import typed_number
from pipeline.web.words import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from pipeline.stages.casework import Casefile

pages = Blueprint("questions", __name__)


@pages.get("/requests/<reference>/questions")
def edit(reference: str) -> str:
    """All questions, each with what can be done to it."""
    return _page(reference, "")


@pages.post("/requests/<reference>/questions")
def change(reference: str) -> Response:
    """Do one thing to one question; the button pressed says which."""
    what, _, key = request.form.get("what", "").partition(":")
    try:
        if what not in _DEEDS:
            raise UsageError("The page did not say what to do; press one of its buttons")
        _DEEDS[what](product().casefile(VIA), reference, typed_number(key) or 0)
    except InfogovError as error:
        return make_response(_page(reference, told(error)), 409)
    flash("The questions are changed.")
    return redirect(url_for("questions.edit", reference=reference), code=303)


def _page(reference: str, said: str) -> str:
    case = case_of(reference)
    typed = {name: value for name, value in request.form.items() if name != "csrf_token"} if said else {}
    return render_template("request/questions.html", case=case, said=said, typed=typed)


def _given(name: str, key: int) -> str:
    return request.form.get(f"{name}-{key}", "").strip()


def _keep(casefile: Casefile, reference: str, key: int) -> None:
    """Keep what was changed of one question: words and number, law, service area; each is a verb of its own."""
    case = case_of(reference)
    before = next((one for one in case.questions if one.key == key), None)
    if before is None:
        raise UsageError("This question is no longer there; look again")
    who, text, label = viewer().email, _given("text", key).replace("\r\n", "\n"), _given("label", key)
    law, area = _given("law", key), _given("area", key)
    done = 0
    if (text, label) != (before.text, before.label):
        casefile.edit_question(reference, key, text, who, label=label, reason=_given("reason", key))
        done += 1
    if law != (before.regime or "") and law in {"", *Regime}:
        casefile.set_question_law(reference, key, Regime(law) if law else None, who, reason=_given("reason", key))
        done += 1
    if area != (before.service_area or ""):
        casefile.set_service_area(reference, key, area, who)
        done += 1
    if not done:
        raise UsageError("Nothing was changed of this question")


def _split(casefile: Casefile, reference: str, key: int) -> None:
    """Cut a question before the words with which its second part begins."""
    case = case_of(reference)
    text = next((one.text for one in case.questions if one.key == key), "")
    begins = _given("begins", key)
    at = text.find(begins) if begins else -1
    if at <= 0:
        raise UsageError("Copy the words with which the second question begins out of the first, exactly")
    casefile.split_question(reference, key, at, viewer().email)


def _move(casefile: Casefile, reference: str, key: int, by: int) -> None:
    case = case_of(reference)
    keys = [one.key for one in case.questions]
    at = keys.index(key) if key in keys else -1
    if not (at >= 0 and 0 <= at + by < len(keys)):
        raise UsageError("It stands at the end already")
    keys[at], keys[at + by] = keys[at + by], keys[at]
    casefile.reorder_questions(reference, keys, viewer().email)


def _add(casefile: Casefile, reference: str, _: int) -> None:
    text, label = request.form.get("new-text", ""), request.form.get("new-label", "")
    casefile.add_question(reference, text, viewer().email, label=label)


def _part(casefile: Casefile, reference: str, _: int) -> None:
    keys = [key for typed in request.form.getlist("part") if (key := typed_number(typed)) is not None]
    parted = casefile.split_request(reference, keys, viewer().email, reason=request.form.get("part-reason", ""))
    flash(f"The questions you chose are request {parted.reference} now.")


_DEEDS: dict[str, Callable[[Casefile, str, int], None]] = {
    "keep": _keep,
    "split": _split,
    "up": lambda casefile, reference, key: _move(casefile, reference, key, -1),
    "down": lambda casefile, reference, key: _move(casefile, reference, key, 1),
    "merge": lambda casefile, reference, key: _ignore(casefile.merge_questions(reference, key, viewer().email)),
    "remove": lambda casefile, reference, key: _ignore(
        casefile.remove_question(reference, key, viewer().email, _given("reason", key))
    ),
    "add": _add,
    "part": _part,
}


def _ignore(_: object) -> None:
    """What the page shows afterwards says it all."""
