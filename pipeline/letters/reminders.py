"""Words the mails to our own people from templates/notices: references and topics, never who asked."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import FileSystemLoader, TemplateError

from pipeline import resources
from pipeline.domain.errors import UsageError
from pipeline.domain.reminding import NoticeKind, in_london
from pipeline.letters.acknowledgement import Written
from pipeline.letters.plain import clean_text, one_line
from pipeline.letters.templating import day, environment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from jinja2 import Environment

    from pipeline.domain.reminding import Line, Lists

_GAPS = re.compile(r"\n{3,}")  # what a list that is not there leaves between its neighbours


def morning(
    lists: Lists,
    today: date,
    mailboxes: Sequence[tuple[str, datetime | None]],
    heads: Any | None,  # noqa: ANN401 - the store's record, which letters can't import
) -> Written:
    """The morning mail, or with ``lists.whole_house`` the summary; *heads* are the ends of the trail's chains."""
    read = [
        (name, None if at is None else f"{in_london(at):%H:%M} on {day(in_london(at).date())}")
        for name, at in mailboxes
    ]
    return _written(NoticeKind.MORNING, lists=lists, today=today, mailboxes=read, heads=heads)


def escalation(lines: Sequence[Line], today: date) -> Written:
    """The warning of what is due today and not approved."""
    return _written(NoticeKind.ESCALATION, lines=lines, today=today)


def flood(flood: Any) -> Written:  # noqa: ANN401 - the store's record, which letters can't import
    """The word about many requests of one sender: how many, the first and the last of them."""
    return _written(NoticeKind.FLOOD, flood=flood)


def _written(kind: NoticeKind, **context: object) -> Written:
    try:
        subject = _environment().get_template(f"{kind}.subject.txt").render(context)
        text = _environment().get_template(f"{kind}.txt").render(context)
    except TemplateError as error:
        raise UsageError(f"templates/notices/{kind}: {one_line(str(error))}; mend the template") from error
    return Written(subject=one_line(subject), text=_GAPS.sub("\n\n", clean_text(text).strip()) + "\n")


@cache
def _environment() -> Environment:
    return environment().overlay(loader=FileSystemLoader(resources.templates() / "notices", encoding="utf-8"))
