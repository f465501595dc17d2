"""Drafting a letter: an answer to each question, or the few fields of another letter; kept, checked, and put up for approval."""

from __future__ import annotations

import base64
import hashlib
import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for

from pipeline.domain.errors import ConflictError, InfogovError, NotAllowedError, NotFoundError, RecordError
from pipeline.domain.request import OPEN
from pipeline.domain.roles import Capability
from pipeline.letters.model import LetterKind
from pipeline.letters.particulars import AFTERWARDS, KINDS
from pipeline.web.asked import names_of, on_the_form, rematched
from pipeline.web.context import VIA, case_of, letter_kind, product, viewer
from pipeline.web.downloads import download
from pipeline.web.letterform import FormReader
from pipeline.web.letterpage import again, asked_anew, conflict, files_to_choose, page, paragraphs, refused, theirs
from pipeline.web.numbers import typed_number
from pipeline.web.presenting import LETTERS
from pipeline.web.uploads import uploaded
from pipeline.web.words import on_screen, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response as WerkzeugResponse

    from pipeline.letters.model import LetterRecord
    from pipeline.store.records import Case

pages = Blueprint("draft", __name__)

_KIND = "letter-kind"
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_OWN_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


@pages.get("/requests/<reference>/letters")
def choose(reference: str) -> str:
    """Which letter to write, among those that the law of the request knows."""
    case = case_of(reference)
    kinds = [
        kind for kind in LetterKind if case.regime in KINDS[kind].laws and (case.workflow in OPEN or kind in AFTERWARDS)
    ]
    return render_template("draft/choose.html", case=case, kinds=kinds, names=LETTERS)


@pages.get("/requests/<reference>/letters/<kind>")
def edit(reference: str, kind: str) -> str | WerkzeugResponse:
    """The form of a letter, with what was kept, or typed and not kept yet."""
    case, which = case_of(reference), letter_kind(kind)
    casework, who = product().casework(VIA), viewer()
    draft = casework.draft(reference, which)
    typed = casework.autosaved(reference, which, who.email) if who.may(Capability.WORK) else None
    # Answers of several kinds stand in one place; what was typed into the form of another one does not belong into this.
    if typed is not None and typed.form.get(_KIND, which) != which:
        typed = None
    if typed is None and draft.there not in {None, which} and not request.args.get("instead"):
        return redirect(url_for("draft.edit", reference=case.reference, kind=draft.there))
    if typed is None:
        return page(case, draft, on_the_form(draft), base=draft.version)
    now = rematched(typed.form, draft)
    newer = theirs(draft) if typed.base_version != draft.version else None
    return page(case, draft, now.shown, base=typed.base_version, mistakes=now.said, typed_at=typed.at, beside=newer)


@pages.post("/requests/<reference>/letters/<kind>")
def keep(reference: str, kind: str) -> WerkzeugResponse:
    """Keep the draft; or only what was typed, for another row or a standard paragraph. Nothing typed is ever lost."""
    case, which = case_of(reference), letter_kind(kind)
    casework, who = product().casework(VIA), viewer()
    draft = casework.draft(reference, which)
    typed = _typed()
    base_version = typed_number(request.form.get("base_version", "")) or 0
    what = request.form.get("what", "keep")
    if what.startswith("paragraph:"):
        typed = _with_paragraph(draft.record, typed, what.removeprefix("paragraph:"))
    # What is too much to be kept while it is typed can still be kept as the draft.
    with suppress(NotAllowedError):
        casework.autosave(reference, which, who.email, {**typed, _KIND: which}, base_version)
    if what.startswith(("paragraph:", "another")):
        for one in files_to_choose():
            flash(one.words)
        return redirect(url_for("draft.edit", reference=reference, kind=kind) + "#" + _anchor(what), code=303)
    now = rematched(typed, draft)
    if now.said:
        return asked_anew(case, draft, now, base_version)
    reader = FormReader(now.shown, names_of(draft))
    written = _with_files(reader.record(draft.record), request.form.getlist("drop"))
    try:
        given = uploaded(request.files.getlist("files"))
        written = replace(
            written, attachments=(*written.attachments, *(n for n in given if n not in written.attachments))
        )
        if reader.mistakes:
            return again(case, draft, now.shown, base_version, reader.mistakes, 400)
        remarks = casework.save_record(
            reference, written, who.email, given=given, base_version=base_version, asked=draft.asked
        )
    except ConflictError as error:
        return conflict(case, which, typed, error)
    except InfogovError as error:
        return again(
            case, draft, now.shown, base_version, refused(error, draft), 400 if isinstance(error, RecordError) else 409
        )
    for remark in remarks:
        flash(on_screen(remark))
    flash("The draft is kept.")
    to = "draft.check" if what == "check" else "draft.edit"
    return redirect(url_for(to, reference=reference, kind=kind), code=303)


@pages.post("/requests/<reference>/letters/<kind>/autosave")
def autosave(reference: str, kind: str) -> Response:
    """Keep what is typed, every few seconds, from the page's script."""
    form = _typed()
    base_version, which = typed_number(request.form.get("base_version", "")) or 0, letter_kind(kind)
    product().casework(VIA).autosave(reference, which, viewer().email, {**form, _KIND: which}, base_version)
    return Response(status=204)


@pages.post("/requests/<reference>/letters/<kind>/forget")
def forget(reference: str, kind: str) -> WerkzeugResponse:
    """Throw away what was typed and not kept."""
    product().casework(VIA).drop_autosave(reference, letter_kind(kind), viewer().email)
    flash("What you had typed is thrown away; this is the draft as it was kept.")
    return redirect(url_for("draft.edit", reference=reference, kind=kind), code=303)


@pages.get("/requests/<reference>/letters/<kind>/check")
def check(reference: str, kind: str) -> str | WerkzeugResponse:
    """The letter exactly as it would go, what its checks say, and what its files may give away."""
    case, which = case_of(reference), letter_kind(kind)
    try:
        return _check_page(case, which)
    except RecordError as error:
        if not viewer().may(Capability.WORK):
            raise
        # A letter that can't be written, for what a file or an earlier version of this program put into it, is mended in its form.
        draft = product().casework(VIA).draft(reference, which)
        shown = on_the_form(draft)
        reader = FormReader(shown, names_of(draft))
        reader.record(draft.record)
        return again(case, draft, shown, draft.version, reader.mistakes or refused(error, draft), 400)


def _check_page(case: Case, which: LetterKind, said: str = "", despite: str = "") -> str:
    casework, reference = product().casework(VIA), case.reference
    draft = casework.draft(reference, which)
    if draft.letter_id is None:
        raise NotFoundError("This letter has not been kept yet")
    return render_template(
        "draft/check.html",
        case=case,
        draft=draft,
        kind=which,
        names=LETTERS,
        text=casework.preview(reference, which),
        findings=casework.findings(reference, which),
        leaks=casework.release_findings(reference, which),
        said=said,
        despite=despite,
    )


@pages.post("/requests/<reference>/letters/<kind>/submit")
def submit(reference: str, kind: str) -> WerkzeugResponse:
    """Put the letter up for approval; a question to a service area goes at once, since nothing of it leaves the council."""
    case, which, who = case_of(reference), letter_kind(kind), viewer()
    despite = request.form.get("despite", "")
    try:
        if which is LetterKind.SERVICE_AREA:
            product().casework(VIA).send_question(reference, who.email, override_reason=despite)
            flash("The question is on its way to the service area.")
        else:
            product().casework(VIA).submit(reference, who.email, despite=despite, kind=which)
            flash("The letter waits for another officer's approval.")
    except InfogovError as error:
        return make_response(_check_page(case, which, told(error), despite), 409)
    return redirect(url_for("request.show", reference=reference), code=303)


@pages.post("/requests/<reference>/letters/<kind>/clean/<digest>")
def clean(reference: str, kind: str, digest: str) -> WerkzeugResponse:
    """Put a clean copy in a file's place."""
    case, which = case_of(reference), letter_kind(kind)
    casework = product().casework(VIA)
    found = next((one for one in casework.draft(reference, which).files if one.sha256 == digest), None)
    if found is None:
        raise NotFoundError("No such file goes with this letter now")
    try:
        made = casework.clean_copy(reference, which, found.name, officer=viewer().email)
    except InfogovError as error:
        return make_response(_check_page(case, which, told(error)), 409)
    flash(f"{made.name} stands in the place of {found.name}.")
    for one in made.what_was_removed:
        flash(f"Left out: {one}")
    return redirect(url_for("draft.check", reference=reference, kind=kind), code=303)


@pages.get("/requests/<reference>/letters/<kind>/letter.pdf")
def pdf(reference: str, kind: str) -> Response:
    """The letter as a PDF, as it would be today."""
    case_of(reference)
    return download(
        product().casework(VIA).preview_pdf(reference, letter_kind(kind)), f"{reference}.pdf", "application/pdf"
    )


@pages.get("/requests/<reference>/letters/<kind>/letter.html")
def preview(reference: str, kind: str) -> Response:
    """The letter laid out as it would go, for a sandboxed frame of ours: it can run and load nothing, its one style sheet is named."""
    case_of(reference)
    document = product().casework(VIA).preview_html(reference, letter_kind(kind))
    # The page says the same in a weaker way, for those who keep it as a file.
    document = _OWN_POLICY.sub("", document)
    styles = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in _STYLE.findall(document)]
    named = " ".join(f"'sha256-{one}'" for one in styles) or "'none'"
    response = Response(document, mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {named}; img-src data:; sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    )
    g.framed = True
    return response


@pages.get("/requests/<reference>/letters/<kind>/letter.docx")
def word(reference: str, kind: str) -> Response:
    """The letter as a Word file, to work on elsewhere."""
    case_of(reference)
    return download(product().casework(VIA).preview_word(reference, letter_kind(kind)), f"{reference}.docx")


@pages.get("/requests/<reference>/letters/<kind>/files/<digest>")
def file(reference: str, kind: str, digest: str) -> Response:
    """A file that goes with the letter."""
    case_of(reference)
    found = next(
        (f for f in product().casework(VIA).draft(reference, letter_kind(kind)).files if f.sha256 == digest), None
    )
    if found is None:
        raise NotFoundError("No such file goes with this letter now")
    return download(found.content, found.name)


def _typed() -> dict[str, str]:
    """The letter's form as it was sent; the files that are to be taken out one a line."""
    ours = {"csrf_token", "what", "base_version", "drop"}
    typed = {name: value.replace("\r\n", "\n") for name, value in request.form.items() if name not in ours}
    dropped = request.form.getlist("drop")
    return typed | ({"drop": "\n".join(dropped)} if dropped else {})


def _with_files(written: LetterRecord, dropped: Sequence[str]) -> LetterRecord:
    return replace(written, attachments=tuple(name for name in written.attachments if name not in dropped))


def _with_paragraph(record: LetterRecord, shown: dict[str, str], choice: str) -> dict[str, str]:
    """The form with a standard paragraph put behind what stands in the field it is for; *choice* is "key" or "7:key", for question 7."""
    place, _, key = choice.rpartition(":")
    found = next((one for one in paragraphs(record.regime, record.kind) if one.key == key), None)
    if found is None:
        return shown
    name = f"q{place}-{found.field}" if place else found.field
    return {**shown, name: f"{shown.get(name, '').rstrip()}\n\n{found.text}".strip()}


def _anchor(what: str) -> str:
    """Where on the page the button *what* stood: "paragraph:7:key" and "another:7:x" in question 7, those of no question in the letter."""
    place = what.partition(":")[2].rpartition(":")[0]
    return f"q{place}" if place not in {"", "letter"} else "letter"
