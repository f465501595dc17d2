"""What the release check promises as a whole: findings in words, and copies made or refused with a way out."""

from __future__ import annotations

import re

import pytest
from leaking import documents, pdfs, sheets
from leaking.packed import packed

from pipeline.domain.errors import NotAllowedError
from pipeline.letters.release import CleanForm, Level, ReleaseFile, Rule, clean_copy, examine
from pipeline.letters.release.findings import found
from pipeline.letters.release.wording import WORDS

STOPS = {
    *(Rule.UNREADABLE, Rule.PASSWORD, Rule.NESTED_ARCHIVE, Rule.VERY_HIDDEN_SHEET, Rule.HIDDEN_SHEET, Rule.PIVOT_CACHE),
    *(Rule.DATA_MODEL, Rule.TRACKED_CHANGES, Rule.TEXT_UNDER_BOX, Rule.REDACTION_NOT_APPLIED),
}


def test_exactly_these_rules_cannot_be_waved_through() -> None:
    """Every rule has its words, and the stops are the ones that were agreed."""
    assert set(WORDS) == set(Rule)
    assert {rule for rule, text in WORDS.items() if text.level is Level.STOP} == STOPS


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("count", [1, 2])
def test_every_finding_is_a_whole_sentence(rule: Rule, count: int) -> None:
    """One or several, the words are a sentence without a left-over mark of their template."""
    finding = found(rule, "a.pdf", ["page 1"], count)
    for sentence in (finding.words, finding.remedy):
        assert re.fullmatch(r"[A-Z0-9].*\.", sentence)
        assert not re.search(r"[\[\]{}|]", sentence)


def test_the_letter_comes_first_and_the_files_in_their_order() -> None:
    """An officer reads the findings in the order of what will be sent."""
    files = (
        ReleaseFile(name="b.docx", content=documents.tracked()),
        ReleaseFile(name="a.xlsx", content=sheets.leaking(sheets.author)),
    )
    report = examine(files, "Ask m.sample@example.org", own_contacts=frozenset())
    assert [finding.file for finding in report.findings] == ["the letter", "b.docx", "a.xlsx"]


def test_a_name_with_control_marks_is_shown_without_them() -> None:
    """A name can't turn the officer's screen or log around."""
    report = examine((ReleaseFile(name="gpj.\u202exlsx\n.exe", content=b"\0\1"),), "", own_contacts=frozenset())
    assert {finding.file for finding in report.findings} == {"gpj._xlsx_.exe"}


@pytest.mark.parametrize(
    ("name", "content", "form", "words"),
    [
        ("a.xlsx", sheets.saved(sheets.book()), CleanForm.PDF, "choose csv or xlsx"),
        ("a.pdf", pdfs.pdf(pdfs.LINE), CleanForm.XLSX, "choose pdf"),
        ("a.docx", documents.saved(documents.document()), CleanForm.IMAGE, "choose docx"),
        ("a.zip", packed({"a.txt": b"x"}), CleanForm.CSV, "save it as docx, xlsx or PDF"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", CleanForm.CSV, "could not be checked"),
    ],
)
def test_a_form_that_does_not_fit_is_refused_with_the_one_that_does(
    name: str, content: bytes, form: CleanForm, words: str
) -> None:
    """The refusal names the file and what to do instead."""
    with pytest.raises(NotAllowedError, match=words) as refusal:
        clean_copy(ReleaseFile(name=name, content=content), form)
    assert name in str(refusal.value)


def test_personal_data_stays_in_the_copy_and_is_still_reported() -> None:
    """A clean copy takes out what nobody saw, not what an officer has to judge."""

    def change(workbook: object, sheet: object) -> None:
        sheets.hidden_sheet(workbook, sheet)
        sheet["A3"] = "m.sample@example.org"

    copy = clean_copy(ReleaseFile(name="a.xlsx", content=sheets.leaking(change)), CleanForm.XLSX)
    assert copy.before.rules == {Rule.HIDDEN_SHEET, Rule.EMAIL}
    assert copy.after.rules == {Rule.EMAIL}
