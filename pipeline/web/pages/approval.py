"""For approval: the letter another officer wrote, to the word; approve it, correct it, return it, stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, HiddenField, TextAreaField
from wtforms.validators import Length, Optional

from pipeline.domain.errors import InfogovError, NotFoundError
from pipeline.letters.model import LetterKind
from pipeline.stages.casework.lookups import RESEND
from pipeline.web.context import VIA, looking, product, viewer
from pipeline.web.letterform import FormReader, laid_out
from pipeline.web.pages.draft import KIND_NAMES
from pipeline.web.presenting import LONDON, moment
from pipeline.web.words import told

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from pipeline.stages.casework import Approved
    from pipeline.store.records import Case

pages = Blueprint("approval", __name__)


class ApproveForm(FlaskForm):
    """An approval: what was seen, when it goes, and what is accepted and why."""

    seen = HiddenField()
    send_at = DateTimeLocalField("Send it later, at (London time)", [Optional()], format="%Y-%m-%dT%H:%M")
    override_reason = TextAreaField("Why it may go in spite of what the checks found", [Length(max=2000)])
    break_glass_reason = TextAreaField("Why nobody else can approve it", [Length(max=2000)])


@pages.get("/for-approval")
def waiting() -> str:
    """Every letter that waits for approval, the request due first in front. Two queries."""
    reports = product().reports
    return render_template(
        "approval/waiting.html",
        letters=reports.for_approval(looking()),
        exceptions=reports.exceptions(looking()),
        names=KIND_NAMES,
    )


@pages.get("/requests/<reference>/approve/<kind>")
def show(reference: str, kind: str) -> str:
    """One letter as its approver reads it."""
    if kind == RESEND:
        return _resend_page(_case(reference))
    return _page(_case(reference), _kind(kind), ApproveForm(formdata=None))


@pages.post("/requests/<reference>/approve/<kind>")
def approve(reference: str, kind: str) -> Response:
    """Approve what was seen, and nothing else."""
    case, form = _case(reference), ApproveForm()
    if not form.validate():
        return make_response(_page(case, _kind(kind), form), 400)
    try:
        done = _approve(case, kind, form)
    except InfogovError as error:
        if kind == RESEND:
            raise
        form.form_errors.append(told(error))
        return make_response(_page(case, _kind(kind), form), 409)
    flash(f"Approved. It goes to {', '.join(done.recipients)} at {moment(done.not_before)} unless somebody stops it.")
    return redirect(url_for("request.show", reference=reference) + "#letters", code=303)


def _approve(case: Case, kind: str, form: ApproveForm) -> Approved:
    casework, who = product().casework(VIA), viewer().email
    if kind == RESEND:
        return casework.approve_resend(
            case.reference, who, seen_sha256=form.seen.data, break_glass_reason=form.break_glass_reason.data or ""
        )
    at: datetime | None = form.send_at.data
    return casework.approve(
        case.reference,
        who,
        seen_sha256=form.seen.data,
        override_reason=form.override_reason.data or None,
        kind=_kind(kind),
        send_at=None if at is None else at.replace(tzinfo=LONDON),
        break_glass_reason=form.break_glass_reason.data or "",
    )


@pages.get("/requests/<reference>/approve/<kind>/correct")
def correct(reference: str, kind: str) -> str:
    """The letter's words, for an approver who corrects a few of them."""
    case, which = _case(reference), _kind(kind)
    draft = product().casework(VIA).draft(reference, which)
    return render_template(
        "approval/correct.html",
        case=case,
        draft=draft,
        kind=which,
        names=KIND_NAMES,
        shown=laid_out(draft.record),
        said="",
    )


@pages.post("/requests/<reference>/approve/<kind>/correct")
def correct_submit(reference: str, kind: str) -> Response:
    """Approve with the correction; drafter and approver are both named."""
    case, which = _case(reference), _kind(kind)
    casework = product().casework(VIA)
    draft = casework.draft(reference, which)
    shown = laid_out(draft.record) | {name: value for name, value in request.form.items() if name != "csrf_token"}
    reader = FormReader(shown)
    try:
        done = casework.approve_with_correction(
            case.reference,
            viewer().email,
            reader.record(draft.record),
            request.form.get("reason", ""),
            seen_sha256=request.form.get("seen") or None,
            kind=which,
        )
    except InfogovError as error:
        said = told(error)
        page = render_template(
            "approval/correct.html", case=case, draft=draft, kind=which, names=KIND_NAMES, shown=shown, said=said
        )
        return make_response(page, 409)
    flash(f"Approved with your correction. It goes at {moment(done.not_before)} unless somebody stops it.")
    return redirect(url_for("request.show", reference=reference) + "#letters", code=303)


@pages.get("/requests/<reference>/approve/<kind>/return")
def give_back(reference: str, kind: str) -> str:
    """Ask what has to change."""
    return render_template(
        "approval/return.html", case=_case(reference), kind=_kind(kind), names=KIND_NAMES, said="", reason=""
    )


@pages.post("/requests/<reference>/approve/<kind>/return")
def give_back_submit(reference: str, kind: str) -> Response:
    """Return the letter to its drafter."""
    case, which, reason = _case(reference), _kind(kind), request.form.get("reason", "")
    try:
        product().casework(VIA).give_back(case.reference, viewer().email, reason, kind=which)
    except InfogovError as error:
        said = told(error)
        page = render_template(
            "approval/return.html", case=case, kind=which, names=KIND_NAMES, said=said, reason=reason
        )
        return make_response(page, 409)
    flash("Returned to its drafter, with your reason.")
    return redirect(url_for("approval.waiting"), code=303)


@pages.post("/requests/<reference>/approve/<kind>/stop")
def stop(reference: str, kind: str) -> Response:
    """Take an approved letter back before it goes; it waits for approval again."""
    which = LetterKind(kind) if kind in set(LetterKind) else None
    product().casework(VIA).stop(reference, viewer().email, request.form.get("reason", ""), kind=which)
    flash("Stopped. The letter has not gone; it waits for approval again.")
    return redirect(url_for("request.show", reference=reference) + "#letters", code=303)


@pages.post("/requests/<reference>/send-now")
def send_now(reference: str) -> Response:
    """Let an approved letter go at once."""
    product().casework(VIA).send_now(reference, viewer().email)
    flash("It goes at the next occasion, within a minute.")
    return redirect(url_for("request.show", reference=reference) + "#letters", code=303)


@pages.post("/requests/<reference>/approve/<kind>/checked/<int:number>")
def checked(reference: str, kind: str, number: int) -> Response:
    """Note that an approval by a policy was looked at."""
    del kind
    product().casework(VIA).check_exception(number, viewer().email)
    flash(f"Noted: the approval of {reference} was looked at.")
    return redirect(url_for("approval.waiting"), code=303)


@pages.post("/requests/<reference>/resend")
def resend(reference: str) -> Response:
    """Put a letter that did not arrive up to be sent to a corrected address."""
    product().casework(VIA).resend_to(
        reference,
        viewer().email,
        request.form.get("email", ""),
        request.form.get("reason", ""),
        not_arrived=bool(request.form.get("not_arrived")),
    )
    flash("The same letter waits for another officer to approve the corrected address.")
    return redirect(url_for("approval.show", reference=reference, kind=RESEND), code=303)


@pages.post("/requests/<reference>/resend/drop")
def drop_resend(reference: str) -> Response:
    """Give up sending a letter to the corrected address."""
    product().casework(VIA).drop_resend(reference, viewer().email, request.form.get("reason", ""))
    flash("It is not sent again.")
    return redirect(url_for("request.show", reference=reference), code=303)


def _page(case: Case, kind: LetterKind, form: ApproveForm) -> str:
    casework = product().casework(VIA)
    draft = casework.draft(case.reference, kind)
    if draft.letter_id is None or draft.status not in {"for_approval", "approved"}:
        raise NotFoundError("No such letter is waiting for approval now; it may have been returned, or sent")
    own = viewer().email in {*draft.writers, draft.submitted_by}
    form.seen.data = draft.seen_sha256
    return render_template(
        "approval/show.html",
        case=case,
        draft=draft,
        kind=kind,
        names=KIND_NAMES,
        form=form,
        text=casework.preview(case.reference, kind),
        changes=casework.changes_since(case.reference, kind),
        findings=casework.findings(case.reference, kind),
        leaks=casework.release_findings(case.reference, kind),
        own=own,
        settings=product().settings,
    )


def _resend_page(case: Case) -> str:
    found = product().casework(VIA).resend(case.reference)
    if found is None:
        raise NotFoundError("No letter to a corrected address is waiting for approval")
    form = ApproveForm(formdata=None)
    form.seen.data = found.seen_sha256
    return render_template(
        "approval/resend.html", case=case, resend=found, form=form, own=viewer().email == found.asked_by
    )


def _case(reference: str) -> Case:
    return product().reading_room(VIA).look_up(reference, viewer().email)


def _kind(kind: str) -> LetterKind:
    if kind not in set(LetterKind):
        raise NotFoundError("There is no such letter")
    return LetterKind(kind)
