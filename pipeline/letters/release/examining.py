"""The release check: every file that would leave is opened within limits, and whatever nobody saw is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.letters.release.archives import look_at_archive
from pipeline.letters.release.documents import look_at_docx
from pipeline.letters.release.findings import (
    LETTER,
    Finding,
    Look,
    Notes,
    Passage,
    ReleaseFile,
    ReleaseReport,
    Table,
    UncheckedError,
    found,
)
from pipeline.letters.release.images import look_at_picture
from pipeline.letters.release.kinds import Kind, closed_reason, fits, kind_of
from pipeline.letters.release.mails import look_at_mail
from pipeline.letters.release.ods import look_at_ods
from pipeline.letters.release.opendocument import look_at_odt
from pipeline.letters.release.packages import MAX_FILE, Budget
from pipeline.letters.release.pdfs import look_at_pdf
from pipeline.letters.release.personal import OwnContacts, search
from pipeline.letters.release.plain_texts import look_at_csv, look_at_text
from pipeline.letters.release.spreadsheets import look_at_workbook
from pipeline.letters.release.tables import search_tables
from pipeline.letters.release.wording import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_DEEPEST = 3  # an archive, a document in it, a workbook in that, a picture in that
_MOST_NAME = 200
_LOOKS: dict[Kind, Callable[[ReleaseFile, Budget], Look]] = {
    Kind.SPREADSHEET: look_at_workbook,
    Kind.ODS: look_at_ods,
    Kind.DOCUMENT: look_at_docx,
    Kind.ODT: look_at_odt,
    Kind.PDF: look_at_pdf,
    Kind.IMAGE: lambda file, _: look_at_picture(file),
    Kind.MAIL: look_at_mail,
    Kind.ZIP: look_at_archive,
    Kind.TEXT: lambda file, _: look_at_text(file),
    Kind.CSV: lambda file, _: look_at_csv(file),
}
_NAMES = {
    Kind.SPREADSHEET: "an Excel workbook",
    Kind.ODS: "an OpenDocument spreadsheet",
    Kind.DOCUMENT: "a Word document",
    Kind.ODT: "an OpenDocument text",
    Kind.PDF: "a PDF",
    Kind.IMAGE: "a picture",
    Kind.MAIL: "a mail",
    Kind.ZIP: "a ZIP archive",
    Kind.TEXT: "plain text",
    Kind.CSV: "plain text",
    Kind.OTHER: "none of the kinds the check knows",
}


def examine(attachments: Sequence[ReleaseFile], letter_text: str, *, own_contacts: frozenset[str]) -> ReleaseReport:
    """Everything in a letter and its attachments that an officer should know before it goes. Never raises, whatever the bytes are.

    *own_contacts* are addresses, domains, telephone numbers and postcodes that are no finding: the council's own, and whatever else the
    letter is bound to name (the requester's address, the Information Commissioner's). A file that could not be opened is a stop.
    """
    own = OwnContacts(own_contacts)
    findings = list(_personal(LETTER, _letter(letter_text), own))
    for attachment in attachments:
        name = printable(attachment.name)
        findings += _examine_file(ReleaseFile(name=name, content=attachment.content), own, Budget(), 0)
    return ReleaseReport(findings=tuple(findings))


def printable(name: str) -> str:
    """A file's name fit to be shown: no control or direction marks, at most 200 characters."""
    return "".join(letter if letter.isprintable() else "_" for letter in name)[:_MOST_NAME] or "(no name)"


def _examine_file(file: ReleaseFile, own: OwnContacts, budget: Budget, depth: int) -> tuple[Finding, ...]:
    try:
        return _look(file, own, budget, depth)
    except UncheckedError as error:
        return (found(error.rule, file.name, [error.detail]),)
    except Exception as error:  # noqa: BLE001 - whatever a hostile or broken file does to a parser, the officer is told and the letter waits
        return (found(Rule.UNREADABLE, file.name, [f"the reader gave up ({type(error).__name__})"]),)


def _look(file: ReleaseFile, own: OwnContacts, budget: Budget, depth: int) -> tuple[Finding, ...]:
    if len(file.content) > MAX_FILE:
        raise UncheckedError(Rule.UNREADABLE, f"it is larger than {MAX_FILE // 1_000_000} MB")
    if depth > _DEEPEST:
        raise UncheckedError(Rule.UNREADABLE, "files are nested in files deeper than can be checked")
    kind = kind_of(file.name, file.content)
    reason = closed_reason(file.content)
    if depth and (kind is Kind.ZIP or "archive" in reason):
        raise UncheckedError(Rule.NESTED_ARCHIVE, "an archive within another file")
    if kind is Kind.CLOSED:
        rule = Rule.PASSWORD if "encrypted" in reason else Rule.UNREADABLE
        raise UncheckedError(
            rule, f"it is {reason}" if reason else "it is a presentation or a binary workbook; save it as PDF or xlsx"
        )
    findings: list[Finding] = []
    if not fits(file.name, kind):
        findings.append(found(Rule.WRONG_TYPE, file.name, [f"it really is {_NAMES[kind]}"]))
    if kind is Kind.OTHER:
        return (*findings, found(Rule.UNKNOWN_KIND, file.name))
    look = _LOOKS[kind](file, budget)
    findings += look.findings
    findings += _personal(file.name, look, own)
    for inner in look.inner:
        inside = ReleaseFile(name=printable(inner.name), content=inner.content)
        findings += _examine_file(inside, own, budget, depth + 1)
    return tuple(findings)


def _personal(name: str, look: Look, own: OwnContacts) -> tuple[Finding, ...]:
    notes = Notes(name)
    search(look.passages, own, notes)
    search_tables(look.tables, own, notes)
    return notes.findings()


def _letter(text: str) -> Look:
    lines = text.splitlines()
    passages = tuple(Passage(place=f"line {number}", text=line) for number, line in enumerate(lines, 1) if line.strip())
    rows = [
        [cell.strip() for cell in line.strip("| ").replace("|", "\t").split("\t")]
        for line in lines
        if "\t" in line or "|" in line
    ]
    tables = (Table(place="the letter's table", rows=rows),) if rows else ()
    return Look(passages=passages, tables=tables)
