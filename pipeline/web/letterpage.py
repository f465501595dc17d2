"""The page of a letter's form: as it is opened, and again with what was typed, what is wrong with it, and what others kept meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import make_response, render_template, request

from pipeline.domain.errors import RecordError
from pipeline.domain.roles import Capability
from pipeline.letters.law import exemptions
from pipeline.letters.paragraphs import own_file, standard_paragraphs
from pipeline.letters.particulars import KINDS, QUESTIONS
from pipeline.web import letterform
from pipeline.web.asked import gone, marks, names_of, on_the_form, rematched
from pipeline.web.context import VIA, product, viewer
from pipeline.web.letterform import Mistake
from pipeline.web.letterwords import mistake
from pipeline.web.presenting import LETTERS, moment
from pipeline.web.words import on_screen, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from werkzeug.wrappers import Response

    from pipeline.domain.errors import ConflictError
    from pipeline.domain.request import Regime
    from pipeline.letters.model import LetterKind
    from pipeline.letters.paragraphs import StandardParagraph
    from pipeline.stages.casework.looking import Draft
    from pipeline.store.records import Case
    from pipeline.web.asked import Rematched


def page(
    case: Case,
    draft: Draft,
    shown: Mapping[str, str],
    *,
    base: int,
    mistakes: Sequence[Mistake] = (),
    typed_at: object = None,
    beside: Mapping[str, str] | None = None,
) -> str:
    """The page with the fields as *shown*; *base* is the version that was begun with, *beside* what is kept now where that is newer."""
    kind = draft.record.kind
    casework = product().casework(VIA)
    others = casework.others_editing(case.reference, kind, viewer().email) if viewer().may(Capability.WORK) else ()
    return render_template(
        "draft/edit.html",
        case=case,
        draft=draft,
        kind=kind,
        names=LETTERS,
        q_names=names_of(draft),
        shown=dict(shown) | marks(draft),
        gone=gone(shown),
        theirs=beside or {},
        base=base,
        mistakes=mistakes,
        wrong={one.name: one.words for one in mistakes if one.name},
        typed_at=typed_at,
        others=others,
        keys=KINDS[kind].order(draft.record.regime),
        needed=KINDS[kind].needed(draft.record.regime),
        with_questions=kind in QUESTIONS,
        provisions=[one for one in exemptions().provisions if not one.group],
        paragraphs=paragraphs(draft.record.regime, kind),
        form=letterform,
    )


def again(
    case: Case,
    draft: Draft,
    shown: Mapping[str, str],
    base: int,
    mistakes: Sequence[Mistake],
    status: int,
    beside: Mapping[str, str] | None = None,
) -> Response:
    """The page once more with what was typed and what is wrong with it."""
    said = [*mistakes, *files_to_choose()]
    return make_response(page(case, draft, shown, base=base, mistakes=said, beside=beside), status)


def asked_anew(case: Case, draft: Draft, now: Rematched, base: int) -> Response:
    """The form again, for the questions as they are now: whoever typed the answers has to see what they stand under."""
    if not draft.version or draft.version == base:
        return again(case, draft, now.shown, base, now.said, 409)
    newest = product().casework(VIA).versions(case.reference, draft.record.kind)[-1]
    said = [*now.said, _newer(newest.officer, newest.at)]
    return again(case, draft, now.shown, draft.version, said, 409, theirs(draft))


def conflict(case: Case, which: LetterKind, typed: Mapping[str, str], error: ConflictError) -> Response:
    """The form again, with what is kept meanwhile beside what was typed."""
    draft = product().casework(VIA).draft(case.reference, which)
    now = rematched(typed, draft)
    if error.version:
        said = [*now.said, _newer(error.by, error.at)]
        return again(case, draft, now.shown, error.version, said, 409, theirs(draft))
    return again(case, draft, now.shown, draft.version, now.said or [Mistake("", told(error))], 409)


def _newer(by: str | None, at: datetime | None) -> Mistake:
    """That a newer version is kept, by whom and when."""
    who = "You yourself (on another page)" if by == viewer().email else by or "Somebody"
    said = f"{who} kept a newer version at {moment(at)}. What you typed is below and is not kept yet; where the kept version"
    return Mistake(
        "base_version",
        f"{said} differs, it is shown beside. If you keep yours now, it takes the place of that version.",
    )


def theirs(draft: Draft) -> dict[str, str] | None:
    """What is kept, to be read beside what was typed; None where another kind of letter stands there."""
    return on_the_form(draft) if draft.there is draft.record.kind else None


def files_to_choose() -> list[Mistake]:
    """That the files which came with a form that is shown again have to be chosen once more: no browser fills them in."""
    chosen = [name for one in request.files.getlist("files") if (name := one.filename)]
    return [Mistake("files", f"Files have to be chosen anew: {', '.join(chosen)}")] if chosen else []


def refused(error: Exception, draft: Draft) -> list[Mistake]:
    """What an officer is told of a letter that could not be kept, each mistake at its field where it has one."""
    if isinstance(error, RecordError):
        found = [mistake(one, names_of(draft)) for one in error.problems]
        return [Mistake(one.name, on_screen(one.words)) for one in found]
    return [Mistake("", told(error))]


def paragraphs(law: Regime, kind: LetterKind) -> tuple[StandardParagraph, ...]:
    """The standard paragraphs that a letter of this kind may take."""
    return standard_paragraphs(law, kind, own_file(product().settings))
