"""Lays a letter out as a tagged PDF: typst refuses to make one that is not PDF/UA-1, reads no file but ours and no network."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.domain.errors import UsageError
from pipeline.letters.font import FAMILY, fonts_folder, showable
from pipeline.letters.outline import outline, title_of
from pipeline.letters.plain import one_line
from pipeline.letters.templating import letters_folder
from pipeline.resources import later

if TYPE_CHECKING:
    import typst

    from pipeline.letters.outline import Piece, Runs
    from pipeline.letters.render import Letter
else:
    typst = later("typst")

_PAGE = "page.typ"


def render_pdf(letter: Letter) -> bytes:
    """Give *letter* as PDF/UA-1 with its font, title, author, date and language: the same bytes for the same letter.

    Its texts reach typst as data and are never read as markup. Raises UsageError where no accessible PDF can be made.
    """
    language, _, region = letter.language.partition("-")
    data = {
        "title": showable(title_of(letter)),
        "author": showable(one_line(letter.author)),
        "date": [letter.issued_on.year, letter.issued_on.month, letter.issued_on.day],
        "language": language,
        "region": region or None,
        "font": FAMILY,
        "reference": showable(one_line(letter.reference)),
        "crest": list(letter.crest),
        "crest_words": f"Crest of {showable(one_line(letter.author))}",
        "pieces": [_piece(piece) for piece in outline(letter)],
    }
    folder = letters_folder()
    try:
        made = typst.compile(
            folder / _PAGE,
            format="pdf",
            root=folder,
            sys_inputs={"data": json.dumps(data)},
            pdf_standards="ua-1",
            font_paths=_fonts(),
        )
    except typst.TypstError as error:
        reason = one_line(str(error))[:300]
        raise UsageError(
            f"{one_line(letter.reference)}: no accessible PDF can be made of this letter: {reason}"
        ) from error
    return bytes(made)


@cache
def _fonts() -> typst.Fonts:
    """Our own font and no other, so that a letter looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts_folder()])


def _piece(piece: Piece) -> dict[str, Any]:
    return {
        "shape": piece.shape,
        "level": piece.level,
        "manner": piece.manner,
        "start": piece.start,
        "runs": _runs(piece.runs),
        "items": [_runs(item) for item in piece.items],
        "rows": [[showable(cell) for cell in row] for row in piece.rows],
    }


def _runs(runs: Runs) -> list[dict[str, Any]]:
    return [{"lines": showable(run.text).replace("\t", " ").split("\n"), "link": run.link} for run in runs]
