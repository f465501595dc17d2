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
from pipeline.letters.law import exemptions
from pipeline.letters.model import LetterKind
from pipeline.letters.paragraphs import own_file, standard_paragraphs
from pipeline.letters.particulars import AFTERWARDS, KINDS, QUESTIONS
from pipeline.web import letterform
from pipeline.web.context import VIA, case_of, letter_kind, product, viewer
from pipeline.web.downloads import download
from pipeline.web.letterform import FormReader, Mistake, laid_out
from pipeline.web.numbers import typed_number
from pipeline.web.presenting import LETTERS, moment
from pipeline.web.uploads import uploaded
from pipeline.web.words import on_screen, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from werkzeug.wrappers import Response as WerkzeugResponse

    from pipeline.domain.request import Regime
    from pipeline.letters.model import LetterRecord
    from pipeline.letters.paragraphs import StandardParagraph
    from pipeline.stages.casework.looking import Draft
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
    shown = laid_out(draft.record)
    if typed is not None:
        shown = dict(typed.form)
        base = typed.base_version
    else:
        base = draft.version
    return _page(case, draft, shown, base=base, typed_at=typed.at if typed else None)


@pages.post("/requests/<reference>/letters/<kind>")
def keep(reference: str, kind: str) -> WerkzeugResponse:
    """Keep the draft; or only what was typed, for another row or a standard paragraph. Nothing typed is ever lost."""
    case, which = case_of(reference), letter_kind(kind)
    casework, who = product().casework(VIA), viewer()
    draft = casework.draft(reference, which)
    shown = {name: value for name, value in request.form.items() if name not in {"csrf_token", "what", "base_version"}}
    base_version = typed_number(request.form.get("base_version", "")) or 0
    what = request.form.get("what", "keep")
    if what.startswith("paragraph:"):
        shown = _with_paragraph(draft.record, shown, what.removeprefix("paragraph:"))
    # What is too much to be kept while it is typed can still be kept as the draft.
    with suppress(NotAllowedError):
        casework.autosave(reference, which, who.email, {**shown, _KIND: which}, base_version)
    if what.startswith(("paragraph:", "another")):
        return redirect(url_for("draft.edit", reference=reference, kind=kind) + "#" + _anchor(what), code=303)
    reader = FormReader(shown)
    written = _with_files(reader.record(draft.record), request.form.getlist("drop"))
    try:
        given = uploaded(request.files.getlist("files"))
        written = replace(
            written, attachments=(*written.attachments, *(n for n in given if n not in written.attachments))
        )
        if reader.mistakes:
            return _again(case, draft, shown, base_version, reader.mistakes, 400)
        remarks = casework.save_record(reference, written, who.email, given=given, base_version=base_version)
    except ConflictError as error:
        said = (
            f"{error.by or 'Somebody'} kept a newer version at {moment(error.at)}. Yours is below and is not kept yet."
        )
        said += " Look at theirs in another window. If you keep yours now, it takes the place of theirs."
        return _again(case, draft, shown, error.version, [Mistake("base_version", said)], 409)
    except RecordError as error:
        return _again(case, draft, shown, base_version, [Mistake("", on_screen(one)) for one in error.problems], 400)
    except InfogovError as error:
        return _again(case, draft, shown, base_version, [Mistake("", told(error))], 409)
    for remark in remarks:
        flash(on_screen(remark))
    flash("The draft is kept.")
    to = "draft.check" if what == "check" else "draft.edit"
    return redirect(url_for(to, reference=reference, kind=kind), code=303)


@pages.post("/requests/<reference>/letters/<kind>/autosave")
def autosave(reference: str, kind: str) -> Response:
    """Keep what is typed, every few seconds, from the page's script."""
    form = {name: value for name, value in request.form.items() if name not in {"csrf_token", "what", "base_version"}}
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
def check(reference: str, kind: str) -> str:
    """The letter exactly as it would go, what its checks say, and what its files may give away."""
    return _check_page(case_of(reference), letter_kind(kind))


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


def _page(
    case: Case,
    draft: Draft,
    shown: Mapping[str, str],
    *,
    base: int,
    mistakes: Sequence[Mistake] = (),
    typed_at: object = None,
) -> str:
    kind = draft.record.kind
    casework = product().casework(VIA)
    others = casework.others_editing(case.reference, kind, viewer().email) if viewer().may(Capability.WORK) else ()
    return render_template(
        "draft/edit.html",
        case=case,
        draft=draft,
        kind=kind,
        names=LETTERS,
        shown=shown,
        base=base,
        mistakes=mistakes,
        wrong={one.name: one.words for one in mistakes if one.name},
        typed_at=typed_at,
        others=others,
        keys=KINDS[kind].order(draft.record.regime),
        needed=KINDS[kind].needed(draft.record.regime),
        with_questions=kind in QUESTIONS,
        provisions=[one for one in exemptions().provisions if not one.group],
        paragraphs=_paragraphs(draft.record.regime, kind),
        form=letterform,
    )


def _again(
    case: Case, draft: Draft, shown: Mapping[str, str], base: int, mistakes: Sequence[Mistake], status: int
) -> WerkzeugResponse:
    return make_response(_page(case, draft, shown, base=base, mistakes=mistakes), status)


def _with_files(written: LetterRecord, dropped: Sequence[str]) -> LetterRecord:
    return replace(written, attachments=tuple(name for name in written.attachments if name not in dropped))


def _paragraphs(law: Regime, kind: LetterKind) -> tuple[StandardParagraph, ...]:
    return standard_paragraphs(law, kind, own_file(product().settings))


def _with_paragraph(record: LetterRecord, shown: dict[str, str], choice: str) -> dict[str, str]:
    """The form with a standard paragraph put behind what stands in the field it is for; *choice* is "key" or "n:key"."""
    place, _, key = choice.rpartition(":")
    found = next((one for one in _paragraphs(record.regime, record.kind) if one.key == key), None)
    if found is None:
        return shown
    name = f"q{place}-{found.field}" if typed_number(place) else found.field
    return {**shown, name: f"{shown.get(name, '').rstrip()}\n\n{found.text}".strip()}


def _anchor(what: str) -> str:
    place = what.partition(":")[2].partition(":")[0]
    return f"q{place}" if typed_number(place) else "letter"
