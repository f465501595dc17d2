"""Makes a clean copy of an attachment, examines it again, and hands it over only when it is clean of what it claims."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.domain.errors import InfogovError, NotAllowedError
from pipeline.letters.release.clean_documents import cleaned_docx
from pipeline.letters.release.clean_pdfs import cleaned_pdf
from pipeline.letters.release.clean_pictures import cleaned_picture
from pipeline.letters.release.clean_sheets import cleaned_csv, cleaned_xlsx
from pipeline.letters.release.examining import examine, printable
from pipeline.letters.release.findings import ReleaseFile, ReleaseReport
from pipeline.letters.release.kinds import Kind, ending, kind_of
from pipeline.letters.release.wording import PERSONAL, WORDS, Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.letters.release.cleaned import Cleaned


class CleanForm(StrEnum):
    """What a clean copy is made as."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"
    DOCX = "docx"
    IMAGE = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanCopy:
    """A clean copy under its new *name*, what the check found *before* and *after*, and in words what the copy leaves out."""

    name: str
    content: bytes
    before: ReleaseReport
    after: ReleaseReport
    what_was_removed: tuple[str, ...]


_UNOPENED = frozenset({Rule.UNREADABLE, Rule.PASSWORD, Rule.NESTED_ARCHIVE})
_REDO = frozenset({Rule.TEXT_UNDER_BOX, Rule.REDACTION_NOT_APPLIED})
_SHEETS = frozenset({Kind.SPREADSHEET, Kind.ODS})
_EVERYTHING = frozenset(Rule) - PERSONAL - {Rule.PARTLY_CHECKED}
_ASKS_FOR: dict[CleanForm, frozenset[Kind]] = {
    CleanForm.CSV: _SHEETS | {Kind.CSV},
    CleanForm.XLSX: _SHEETS,
    CleanForm.PDF: frozenset({Kind.PDF}),
    CleanForm.DOCX: frozenset({Kind.DOCUMENT}),
    CleanForm.IMAGE: frozenset({Kind.IMAGE}),
}
# What a copy in each form promises not to have any more. A Word copy keeps pale words and cropped pictures, a PDF copy keeps its pages.
_CLAIMS: dict[CleanForm, frozenset[Rule]] = {
    CleanForm.CSV: _EVERYTHING,
    CleanForm.XLSX: _EVERYTHING,
    CleanForm.PDF: frozenset(
        {
            Rule.PROPERTIES,
            Rule.ATTACHED_FILES,
            Rule.JAVASCRIPT,
            Rule.COMMENTS,
            Rule.EARLIER_VERSIONS,
            Rule.UNREADABLE,
            Rule.WRONG_TYPE,
        }
    ),
    CleanForm.DOCX: _EVERYTHING - {Rule.INVISIBLE_TEXT, Rule.CROPPED_PICTURE},
    CleanForm.IMAGE: _EVERYTHING,
}
_MAKERS: dict[CleanForm, Callable[[ReleaseFile, Kind], Cleaned]] = {
    CleanForm.CSV: cleaned_csv,
    CleanForm.XLSX: cleaned_xlsx,
    CleanForm.PDF: lambda file, _: cleaned_pdf(file),
    CleanForm.DOCX: lambda file, _: cleaned_docx(file),
    CleanForm.IMAGE: lambda file, _: cleaned_picture(file),
}


def clean_copy(file: ReleaseFile, form: CleanForm, *, own_contacts: frozenset[str] = frozenset()) -> CleanCopy:
    """A copy of *file* in *form* without what the check found; several visible sheets as CSV come in one ZIP, a file for each.

    Personal data stays: what to take out of the words is for an officer. Raises NotAllowedError, which says what to do instead, for a file
    that could not be opened, for words under boxes (only the source can mend those), for a form that does not fit the file, and when the
    copy would not be clean of what its form promises.
    """
    name = printable(file.name)
    before = examine((file,), "", own_contacts=own_contacts)
    _refuse_hopeless(name, form, before)
    kind = kind_of(file.name, file.content)  # it raises nothing that the check above has not met
    if kind not in _ASKS_FOR[form]:
        raise NotAllowedError(f"{name}: a clean copy as {form} can't be made of this kind of file; {_other_way(kind)}.")
    try:
        made = _MAKERS[form](file, kind)
    except InfogovError as error:
        raise NotAllowedError(str(error) if isinstance(error, NotAllowedError) else f"{name}: {error}") from error
    except (
        Exception
    ) as error:  # a damaged file breaks a writer in ways nobody can list; the officer gets a sentence, not a traceback
        raise NotAllowedError(
            f"{name}: no clean copy could be made ({type(error).__name__}); {WORDS[Rule.UNREADABLE].remedy}"
        ) from error
    new_name = f"{_stem(name)}-clean.{made.ending}"
    after = examine((ReleaseFile(name=new_name, content=made.content),), "", own_contacts=own_contacts)
    left = [finding.words for finding in after.findings if finding.rule in _CLAIMS[form]]
    if left:
        raise NotAllowedError(
            f"{name}: the copy would not be clean: {' '.join(left)} Make a new file from the source instead."
        )
    gone = [finding.words for finding in before.findings if finding.rule not in after.rules]
    return CleanCopy(
        name=new_name,
        content=made.content,
        before=before,
        after=after,
        what_was_removed=tuple(dict.fromkeys([*gone, *made.left_out])),
    )


def _refuse_hopeless(name: str, form: CleanForm, before: ReleaseReport) -> None:
    hopeless = _UNOPENED if form in {CleanForm.CSV, CleanForm.XLSX} else _UNOPENED | _REDO
    for finding in before.findings:
        if finding.rule in hopeless and finding.file == name:
            raise NotAllowedError(f"{name}: {finding.words} {finding.remedy}")


def _other_way(kind: Kind) -> str:
    forms = [form.value for form, kinds in _ASKS_FOR.items() if kind in kinds]
    return (
        f"choose {' or '.join(forms)}"
        if forms
        else "save it as docx, xlsx or PDF in the program it was made with, and attach that"
    )


def _stem(name: str) -> str:
    found = ending(name)
    return name[: -len(found) - 1] or "file" if found else name
