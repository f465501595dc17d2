"""Lays a letter out as one simple page of accessible HTML: no script, nothing fetched from anywhere, every text escaped."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from jinja2 import TemplateError

from pipeline.domain.errors import UsageError
from pipeline.letters.outline import outline, title_of
from pipeline.letters.plain import one_line
from pipeline.letters.templating import environment

if TYPE_CHECKING:
    from pipeline.letters.render import Letter

_PAGE = "page.html.jinja"


def render_html(letter: Letter) -> str:
    """Give *letter* as an HTML5 document in UTF-8, the same for the same letter. Raises UsageError for a faulty template."""
    try:
        page = (
            environment()
            .get_template(_PAGE)
            .render(
                letter=letter,
                title=title_of(letter),
                pieces=outline(letter),
                crest=base64.b64encode(letter.crest).decode(),
                crest_type="image/png" if letter.crest.startswith(b"\x89PNG") else "image/jpeg",
            )
        )
    except TemplateError as error:
        raise UsageError(f"templates/letters/{_PAGE}: {one_line(str(error))}; mend the template") from error
    return page.strip() + "\n"
