"""The verb ``letter``: every form to a file or a pipe, nothing binary to a terminal, files named with their sizes."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline.cli.letter import LetterFormat, letter
from pipeline.domain.errors import RecordError, UsageError

LETTERS = Path(__file__).parents[2] / "letters"
SAMPLE = LETTERS / "start-for-life.toml"
BEGINNINGS = {
    LetterFormat.TEXT: b"\n\n\n\nInformation Governance Team\n",
    LetterFormat.HTML: b"<!DOCTYPE html>\n",
    LetterFormat.PDF: b"%PDF-1.",
    LetterFormat.DOCX: b"PK\x03\x04",
}


class Terminal(io.TextIOWrapper):
    """A standard output that is or is not a terminal."""

    def __init__(self, *, terminal: bool) -> None:
        self.raw_bytes = io.BytesIO()
        super().__init__(self.raw_bytes, encoding="utf-8")
        self.terminal = terminal

    def isatty(self) -> bool:
        """Whether a person looks at it."""
        return self.terminal


@pytest.fixture(autouse=True)
def _no_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No configuration lies about, so that the letter file speaks for itself."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("INFOGOV_CONFIG", raising=False)


@pytest.mark.parametrize("form", list(LetterFormat))
def test_every_form_goes_to_a_file_and_through_a_pipe_alike(
    form: LetterFormat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes are those of the form, the same wherever they go, and no half-written file is left."""
    out = Terminal(terminal=False)
    monkeypatch.setattr(sys, "stdout", out)
    letter(SAMPLE, form=form)
    letter(SAMPLE, form=form, output=Path("-"))
    letter(SAMPLE, form=form, output=tmp_path / "letter")
    made = (tmp_path / "letter").read_bytes()
    assert made.startswith(BEGINNINGS[form])
    assert out.raw_bytes.getvalue() == made * 2
    assert [path.name for path in tmp_path.iterdir()] == ["letter"]


@pytest.mark.parametrize("form", [LetterFormat.PDF, LetterFormat.DOCX])
def test_nothing_binary_goes_to_a_terminal(form: LetterFormat, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal would be made unusable; the message says where to send it instead."""
    out = Terminal(terminal=True)
    monkeypatch.setattr(sys, "stdout", out)
    with pytest.raises(UsageError, match=f"a {form} is nothing for a terminal; name a file with --output"):
        letter(SAMPLE, form=form)
    assert out.raw_bytes.getvalue() == b""


def test_files_that_go_with_the_letter_are_named_with_format_and_size(tmp_path: Path) -> None:
    """One that lies beside the letter has its size, another only its format, and none is looked for elsewhere."""
    (tmp_path / "lamps.csv").write_bytes(b"x" * 12_300)
    names = '["lamps.csv", "plan.pdf", "../../../../etc/passwd"]'
    text = (LETTERS / "default-foi.toml").read_text(encoding="utf-8")
    file = tmp_path / "letter.toml"
    file.write_text(text.replace("\n[[question]]", f"\nattachments = {names}\n\n[[question]]", 1), encoding="utf-8")
    letter(file, output=tmp_path / "letter.txt")
    shown = (tmp_path / "letter.txt").read_text(encoding="utf-8")
    assert "\n\nWith this letter we are sending you:\n\n- lamps.csv (CSV, 12 kB)\n- plan.pdf (PDF)\n" in shown
    assert "passwd (" not in shown
    letter(file, form=LetterFormat.DOCX, output=tmp_path / "letter.docx")
    with zipfile.ZipFile(tmp_path / "letter.docx") as parts:
        assert b"lamps.csv (CSV, 12 kB)" in parts.read("word/document.xml")


def test_a_faulty_letter_leaves_no_file(tmp_path: Path) -> None:
    """A mistake in the record is found before anything is written, in every form."""
    broken = tmp_path / "broken.toml"
    broken.write_text('kind = "apology"\nreference = "FOI1"\nregime = "foi"\n', encoding="utf-8")
    for form in LetterFormat:
        with pytest.raises(RecordError, match=r"broken\.toml: answer_by: this is missing; add answer_by = 2024-05-02"):
            letter(broken, form=form, output=tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["broken.toml"]
