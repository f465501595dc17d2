"""The questions of a request: their words, order, law and service area; split, merged, added, removed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for

from pipeline.domain.errors import InfogovError, UsageError
from pipeline.domain.request import Regime
from pipeline.web.context import VIA, case_of, product, viewer
from pipeline.web.numbers import typed_number
from pipeline.web.words import told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from werkzeug.wrappers import Response

    from pipeline.stages.casework import Casefile
    from pipeline.store.records import Case, QuestionRecord

pages = Blueprint("questions", __name__)

_KEEP = "keep"
_FIELDS = ("text", "label", "law", "area")


@pages.get("/requests/<reference>/questions")
def edit(reference: str) -> str:
    """All questions, each with what can be done to it."""
    return _page(reference, "")


@pages.post("/requests/<reference>/questions")
def change(reference: str) -> Response:
    """Keep every question that was changed, and do what the button pressed says. What is neither kept nor done is shown again."""
    what, _, number = request.form.get("what", "").partition(":")
    casefile, key = product().casefile(VIA), (typed_number(number) or 0)
    try:
        if what not in _DEEDS and what != _KEEP:
            raise UsageError("The page did not say what to do; press one of its buttons")
        kept = _keep_changes(casefile, reference, but=key if what == "remove" else 0)
        if kept:
            flash(f"What you changed is kept: {', '.join(kept)}.")
        if what == _KEEP:
            _need_something(reference, key, kept)
        else:
            _need_same_questions(reference)
            _DEEDS[what](casefile, reference, key)
    except InfogovError as error:
        return make_response(_page(reference, told(error), _typed(done="")), 409)
    flash("The questions are changed.")
    if unfinished := _typed(done=f"{what}:{key}" if key else what):
        return make_response(_page(reference, "", unfinished))
    return redirect(url_for("questions.edit", reference=reference), code=303)


def _page(reference: str, said: str, typed: Mapping[str, str] | None = None) -> str:
    """The page, with *typed* in place of what stands in those fields."""
    case = case_of(reference)
    shown = dict(typed or {})
    there = {one.key for one in case.questions}
    return render_template(
        "request/questions.html",
        case=case,
        said=said,
        typed=shown,
        was={one.key: " ".join(_digest(value) for value in _stands(one).values()) for one in case.questions},
        order=_order(case),
        gone={name: value for name, value in shown.items() if _key_of(name, "text") not in {0, *there}},
    )


# ---- what was typed --------------------------------------------------------------------------------------------------


def _given(name: str, key: int) -> str:
    return request.form.get(f"{name}-{key}", "").replace("\r\n", "\n").strip()


def _stands(question: QuestionRecord) -> dict[str, str]:
    """What the fields of a question hold as it is kept."""
    return {
        "text": question.text.strip(),
        "label": question.label.strip(),
        "law": question.regime or "",
        "area": question.service_area or "",
    }


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def _changed(key: int) -> dict[str, str]:
    """The fields of a question that hold something else now than when the page was opened; all where the page does not say."""
    was = dict(zip(_FIELDS, request.form.get(f"was-{key}", "").split(), strict=False))
    there = [name for name in _FIELDS if f"{name}-{key}" in request.form]
    return {name: _given(name, key) for name in there if _digest(_given(name, key)) != was.get(name)}


def _typed(done: str) -> dict[str, str]:
    """What was typed and is not kept, by field; *done* is the button whose own fields have served."""
    names = [name for name in request.form if name.rpartition("-")[0] in {"begins", "reason"} and request.form[name]]
    what, _, key = done.partition(":")
    if done:
        served = {f"reason-{one}" for one in _keys_on_the_form() if _changed(one)} | {f"begins-{key}", f"reason-{key}"}
        names = [name for name in names if name not in served]
    else:
        names += [f"{name}-{one}" for one in _keys_on_the_form() for name in _changed(one)]
    names += [] if what == "add" else ["new-text", "new-label"]
    names += [] if what == "part" else ["part-reason"]
    typed = {name: request.form.get(name, "") for name in names}
    parts = [] if what == "part" else request.form.getlist("part")
    typed |= {f"part-{key}": "y" for key in parts}
    return typed if done == "" else {name: value for name, value in typed.items() if value}


def _keys_on_the_form() -> list[int]:
    return [key for name in request.form if (key := _key_of(name, "text"))]


def _key_of(name: str, field: str) -> int:
    what, _, key = name.rpartition("-")
    return (typed_number(key) or 0) if what == field else 0


def _order(case: Case) -> str:
    return " ".join(str(one.key) for one in case.questions)


def _keep_changes(casefile: Casefile, reference: str, *, but: int) -> list[str]:
    """Keep all that was changed of the questions, for all of them are one form; returns what they are called. *but* is one not to keep."""
    case = case_of(reference)
    there = {one.key: one for one in case.questions}
    wanted = {key: found for key in _keys_on_the_form() if key != but and (found := _changed(key))}
    for key, found in wanted.items():
        if key not in there:
            raise UsageError("A question that you changed is no longer there; what you typed for it is shown below")
        _refuse_newer(there[key], found)
    return [
        f"question {_called(there[key])}"
        for key, found in wanted.items()
        if _keep(casefile, reference, there[key], found)
    ]


def _refuse_newer(question: QuestionRecord, changed: Mapping[str, str]) -> None:
    """Raise UsageError where somebody else has put something else into one of the fields that were *changed* here."""
    was = dict(zip(_FIELDS, request.form.get(f"was-{question.key}", "").split(), strict=False))
    stands = _stands(question)
    if any(
        _digest(stands[name]) != was.get(name, _digest(stands[name]))
        for name in changed
        if changed[name] != stands[name]
    ):
        raise UsageError(
            f"Somebody else changed question {_called(question)} meanwhile; it reads “{question.text[:200]}” now. "
            "What you typed is below: if you keep it, it takes the place of theirs"
        )


def _keep(casefile: Casefile, reference: str, before: QuestionRecord, changed: Mapping[str, str]) -> bool:
    """Keep what was changed of one question: words and number, law, service area; each is a verb of its own."""
    who, key, stands = viewer().email, before.key, _stands(before)
    reason, wanted = _given("reason", key), {name: value for name, value in changed.items() if value != stands[name]}
    if "text" in wanted or "label" in wanted:
        text, label = wanted.get("text", before.text), wanted.get("label", before.label)
        casefile.edit_question(reference, key, text, who, label=label, reason=reason)
    if (law := wanted.get("law")) is not None and law in {"", *Regime}:
        casefile.set_question_law(reference, key, Regime(law) if law else None, who, reason=reason)
    if (area := wanted.get("area")) is not None:
        casefile.set_service_area(reference, key, area, who)
    return bool(wanted)


def _called(question: QuestionRecord) -> str:
    return question.label or str(question.position)


def _need_something(reference: str, key: int, kept: list[str]) -> None:
    if key not in {one.key for one in case_of(reference).questions}:
        raise UsageError("This question is no longer there; look again")
    if not kept:
        raise UsageError("Nothing was changed of this question")


def _need_same_questions(reference: str) -> None:
    """Raise UsageError where the page shows other questions than there are: the button would do something else than it says."""
    if request.form.get("order", _order(case_of(reference))) != _order(case_of(reference)):
        raise UsageError(
            "The questions were changed since you opened this page; look at them, and press the button again"
        )


# ---- deeds -----------------------------------------------------------------------------------------------------------


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
    keys = [key for one in request.form.getlist("part") if (key := (typed_number(one) or 0))]
    parted = casefile.split_request(reference, keys, viewer().email, reason=request.form.get("part-reason", ""))
    flash(f"The questions you chose are request {parted.reference} now.")


_DEEDS: dict[str, Callable[[Casefile, str, int], None]] = {
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
