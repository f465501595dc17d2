"""For approval: the letter another officer wrote, to the word; approve it, correct it, return it, stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, EmailField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from pipeline.domain.errors import InfogovError, NotFoundError, StaleError
from pipeline.domain.roles import Capability
from pipeline.letters.model import LetterKind
from pipeline.stages.casework.lookups import RESEND
from pipeline.web.asked import names_of, on_the_form
from pipeline.web.context import VIA, case_of, letter_kind, looking, product, viewer
from pipeline.web.letterform import FormReader
from pipeline.web.numbers import typed_number
from pipeline.web.presenting import LETTERS, LONDON, moment
from pipeline.web.words import told

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from pipeline.stages.casework import Approved
    from pipeline.stages.casework.looking import Draft
    from pipeline.store.records import Case

pages = Blueprint("approval", __name__)


class ApproveForm(FlaskForm):
    """An approval: what was seen, when it goes, and what is accepted and why."""

    seen = HiddenField()
    send_at = DateTimeLocalField("Send it later, at (London time)", [Optional()], format="%Y-%m-%dT%H:%M")
    override_reason = TextAreaField("Why it may go in spite of what the checks found", [Length(max=2000)])
    break_glass_reason = TextAreaField("Why nobody else can approve it", [Length(max=2000)])


class ResendForm(FlaskForm):
    """A corrected address for a letter that went before; *letter* is its number in the outbox."""

    letter = HiddenField()
    email = EmailField(
        "Corrected e-mail address", [InputRequired("Give the address that the letter is to go to"), Length(max=254)]
    )
    reason = TextAreaField(
        "How you know that this is the right address", [InputRequired("Say how you know the address"), Length(max=2000)]
    )
    not_arrived = BooleanField("The mail server took the letter, and it did not reach the requester all the same")


@pages.get("/for-approval")
def waiting() -> str:
    """A page of the letters that wait for approval, and one of the approvals to look at, the request due first in front."""
    reports, who = product().reports, looking()
    return render_template(
        "approval/waiting.html",
        letters=reports.for_approval(who, request.args.get("after") or None),
        exceptions=reports.exceptions(who, request.args.get("look") or None),
        names=LETTERS,
    )


@pages.get("/requests/<reference>/approve/<kind>")
def show(reference: str, kind: str) -> str:
    """One letter as its approver reads it."""
    if kind == RESEND:
        return _resend_page(case_of(reference))
    return _page(case_of(reference), letter_kind(kind), ApproveForm(formdata=None))


@pages.post("/requests/<reference>/approve/<kind>")
def approve(reference: str, kind: str) -> Response:
    """Approve what was seen, and nothing else."""
    case, form = case_of(reference), ApproveForm()
    if not form.validate():
        return make_response(_page(case, letter_kind(kind), form), 400)
    try:
        done = _approve(case, kind, form)
    except InfogovError as error:
        form.form_errors.append(told(error))
        try:
            again = _resend_page(case, form) if kind == RESEND else _page(case, letter_kind(kind), form)
        except NotFoundError as gone:
            # The page was there when it was opened; it is the letter that somebody returned, edited or sent.
            raise StaleError(str(gone)) from error
        return make_response(again, 409)
    flash(f"Approved. It goes to {', '.join(done.recipients)} at {moment(done.not_before)} unless somebody stops it.")
    return redirect(url_for("request.show", reference=reference), code=303)


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
        kind=letter_kind(kind),
        send_at=None if at is None else at.replace(tzinfo=LONDON),
        break_glass_reason=form.break_glass_reason.data or "",
    )


@pages.get("/requests/<reference>/approve/<kind>/correct")
def correct(reference: str, kind: str) -> str:
    """The letter's words, for an approver who corrects a few of them."""
    case = case_of(reference)
    which, draft = _standing(case, letter_kind(kind))
    return _correct_page(case, which, draft, on_the_form(draft))


@pages.post("/requests/<reference>/approve/<kind>/correct")
def correct_submit(reference: str, kind: str) -> Response:
    """Approve with the correction; drafter and approver are both named."""
    case = case_of(reference)
    which, draft = _standing(case, letter_kind(kind))
    casework = product().casework(VIA)
    # Named by the questions' keys: a letter changed since it was opened is refused, and nothing typed lands under another question.
    shown = on_the_form(draft) | {name: value for name, value in request.form.items() if name != "csrf_token"}
    reader = FormReader(shown, names_of(draft))
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
        return make_response(_correct_page(case, which, draft, shown, told(error)), 409)
    flash(f"Approved with your correction. It goes at {moment(done.not_before)} unless somebody stops it.")
    return redirect(url_for("request.show", reference=reference), code=303)


def _correct_page(case: Case, kind: LetterKind, draft: Draft, shown: dict[str, str], said: str = "") -> str:
    asked = zip(names_of(draft), draft.record.questions, strict=True)
    return render_template(
        "approval/correct.html",
        case=case,
        draft=draft,
        kind=kind,
        names=LETTERS,
        numbers={name: one.label or str(n) for n, (name, one) in enumerate(asked, 1)},
        shown=shown,
        said=said,
    )


@pages.get("/requests/<reference>/approve/<kind>/return")
def give_back(reference: str, kind: str) -> str:
    """Ask what has to change."""
    return render_template(
        "approval/return.html", case=case_of(reference), kind=letter_kind(kind), names=LETTERS, said="", reason=""
    )


@pages.post("/requests/<reference>/approve/<kind>/return")
def give_back_submit(reference: str, kind: str) -> Response:
    """Return the letter to its drafter."""
    case, which, reason = case_of(reference), letter_kind(kind), request.form.get("reason", "")
    try:
        product().casework(VIA).give_back(case.reference, viewer().email, reason, kind=which)
    except InfogovError as error:
        said = told(error)
        page = render_template("approval/return.html", case=case, kind=which, names=LETTERS, said=said, reason=reason)
        return make_response(page, 409)
    flash("Returned to its drafter, with your reason.")
    return redirect(url_for("approval.waiting"), code=303)


@pages.post("/requests/<reference>/approve/<kind>/stop")
def stop(reference: str, kind: str) -> Response:
    """Take an approved letter back before it goes; it waits for approval again."""
    which = LetterKind(kind) if kind in set(LetterKind) else None
    product().casework(VIA).stop(reference, viewer().email, request.form.get("reason", ""), kind=which)
    flash("Stopped. The letter has not gone; it waits for approval again.")
    return redirect(url_for("request.show", reference=reference), code=303)


@pages.post("/requests/<reference>/send-now")
def send_now(reference: str) -> Response:
    """Let an approved letter go at once."""
    product().casework(VIA).send_now(reference, viewer().email)
    flash("It goes at the next occasion, within a minute.")
    return redirect(url_for("request.show", reference=reference), code=303)


@pages.get("/requests/<reference>/approve/<kind>/checked/<int:number>")
def check_exception(reference: str, kind: str, number: int) -> str:
    """An approval by a policy as somebody looks at it: who, why, the letter, and what a correction changed."""
    case, casework = case_of(reference), product().casework(VIA)
    found = product().reports.exception(looking(), number)
    if found is None or found.reference != case.reference:
        raise NotFoundError("No such approval waits to be looked at; somebody may have done it meanwhile")
    with product().store.read() as work:
        gone = work.outbox.summaries(letter_id=number)
    which = LetterKind(kind) if kind in set(LetterKind) else None
    return render_template(
        "approval/exception.html",
        case=case,
        one=found,
        kind=kind,
        gone=gone,
        changes=casework.changes_since(case.reference, which) if which else (),
        may_check=viewer().may(Capability.WORK) and casework.may_check(number, viewer().email),
    )


@pages.post("/requests/<reference>/approve/<kind>/checked/<int:number>")
def checked(reference: str, kind: str, number: int) -> Response:
    """Note that an approval by a policy was looked at."""
    del kind
    case = case_of(reference)
    product().casework(VIA).check_exception(number, viewer().email)
    flash(f"Noted: the approval of {case.reference} was looked at.")
    return redirect(url_for("approval.waiting"), code=303)


@pages.get("/requests/<reference>/resend")
def ask_resend(reference: str) -> str:
    """Ask for the corrected address that a letter is to go to."""
    letter = request.args.get("letter", "")
    return _ask_page(case_of(reference), ResendForm(formdata=None, data={"letter": letter}))


@pages.post("/requests/<reference>/resend")
def resend(reference: str) -> Response:
    """Put a letter that did not arrive up to be sent to a corrected address."""
    case, form = case_of(reference), ResendForm()
    if not form.validate():
        return make_response(_ask_page(case, form), 400)
    letter = form.letter.data or ""
    try:
        product().casework(VIA).resend_to(
            case.reference,
            viewer().email,
            form.email.data,
            form.reason.data,
            outbox_id=typed_number(letter),
            not_arrived=bool(form.not_arrived.data),
        )
    except InfogovError as error:
        form.form_errors.append(told(error))
        return make_response(_ask_page(case, form), 409)
    flash("The same letter waits for another officer to approve the corrected address.")
    return redirect(url_for("request.show", reference=case.reference), code=303)


@pages.post("/requests/<reference>/resend/drop")
def drop_resend(reference: str) -> Response:
    """Give up sending a letter to the corrected address."""
    product().casework(VIA).drop_resend(reference, viewer().email, request.form.get("reason", ""))
    flash("It is not sent again.")
    return redirect(url_for("request.show", reference=reference), code=303)


def _page(case: Case, kind: LetterKind, form: ApproveForm) -> str:
    casework = product().casework(VIA)
    kind, draft = _standing(case, kind)
    if draft.letter_id is None or draft.status not in {"for_approval", "approved"}:
        raise NotFoundError("No such letter is waiting for approval now; it may have been returned, or sent")
    own = viewer().email in {*draft.writers, draft.submitted_by}
    form.seen.data = draft.seen_sha256
    return render_template(
        "approval/show.html",
        case=case,
        draft=draft,
        kind=kind,
        why_not=_why_not(own=own),
        names=LETTERS,
        form=form,
        text=casework.preview(case.reference, kind),
        changes=casework.changes_since(case.reference, kind),
        findings=casework.findings(case.reference, kind),
        leaks=casework.release_findings(case.reference, kind),
        settings=product().settings,
    )


def _standing(case: Case, kind: LetterKind) -> tuple[LetterKind, Draft]:
    """The letter that stands in the place of *kind*, and its kind: an answer is filed as one, and may be a refusal all the same."""
    casework = product().casework(VIA)
    draft = casework.draft(case.reference, kind)
    if draft.there in {None, kind}:
        return kind, draft
    return draft.there, casework.draft(case.reference, draft.there)


def _why_not(*, own: bool, did: str = "wrote or put up this letter") -> str:
    """Why the visitor can't approve this letter in the usual way; "" where they can."""
    who, app = viewer(), product()
    if own:
        return f"You {did}, so that another officer has to approve it."
    if who.may(Capability.APPROVE):
        return ""
    today = app.reports.today()
    if any(one.officer == who.email and one.first_day <= today <= one.last_day for one in app.casework(VIA).deputies()):
        return ""
    return "You are not an approver, and stand in for none today, so that another officer has to approve it."


def _ask_page(case: Case, form: ResendForm) -> str:
    with product().store.read() as work:
        rows = work.outbox.summaries(request_id=case.id)
    wanted = form.letter.data or ""
    row = next((one for one in rows if str(one.id) == wanted), None)
    return render_template("approval/resend_ask.html", case=case, form=form, row=row)


def _resend_page(case: Case, form: ApproveForm | None = None) -> str:
    found = product().casework(VIA).resend(case.reference)
    if found is None:
        raise NotFoundError("No letter to a corrected address is waiting for approval")
    form = form or ApproveForm(formdata=None)
    form.seen.data = found.seen_sha256
    why_not = _why_not(own=viewer().email == found.asked_by, did="corrected the address")
    return render_template(
        "approval/resend.html",
        case=case,
        resend=found,
        form=form,
        why_not=why_not,
        break_glass=product().settings.approval.break_glass,
    )
