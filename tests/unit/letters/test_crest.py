"""The council's crest at the head of the letters that can show one, with words for those who can't see it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import pytest
from PIL import Image

from pipeline.domain.errors import UsageError
from pipeline.letters import posting
from pipeline.letters.authority import AuthorityFacts
from pipeline.letters.html import render_html
from pipeline.letters.pdf import render_pdf
from pipeline.letters.record import load_record
from pipeline.letters.render import build, render_text
from pipeline.letters.word import render_word
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.letters.render import Letter

RECORD = Path(__file__).parents[2] / "letters" / "default-foi.toml"


def picture(form: str) -> bytes:
    """A small picture."""
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "#1d5191").save(made, form)
    return made.getvalue()


def letter(crest: bytes) -> Letter:
    """A letter of a council with this crest."""
    council = AuthorityFacts(name="Example Council", team="Information Governance", crest=crest)
    return build(load_record(RECORD.read_text(encoding="utf-8"), RECORD.name), council, date(2026, 11, 22))


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_the_crest_stands_in_html_pdf_and_word_and_not_in_the_text(form: str) -> None:
    """Each form that can show it does, with words beside it; the plain text is the same with and without."""
    plain, crested = letter(b""), letter(picture(form))
    page = render_html(crested)
    assert f"data:image/{form.lower()};base64," in page
    assert 'alt="Crest of ' in page
    assert "img" not in render_html(plain)
    assert len(render_pdf(crested)) != len(render_pdf(plain))
    assert render_pdf(crested) == render_pdf(crested)
    shapes = docx.Document(io.BytesIO(render_word(crested))).inline_shapes
    assert len(shapes) == 1
    assert render_text(crested) == render_text(replace(plain))


def test_what_is_no_picture_is_named_with_the_remedy(tmp_path: Path) -> None:
    """A missing file and a file of another kind are mistakes of the configuration, said in words."""
    values = {
        "path": tmp_path / "infogov.toml",
        "authority": {"name": "Example Council", "team": "Team", "crest": "crest.png"},
        "mailbox": {},
        "smtp": {"host": "localhost", "from_address": "foi@council.example"},
    }
    with pytest.raises(UsageError, match="crest"):
        posting.authority_facts(Settings.model_validate(values))
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")
    values["authority"]["crest"] = "text.png"
    with pytest.raises(UsageError, match="PNG or JPEG"):
        posting.authority_facts(Settings.model_validate(values))
