"""Figures: the Code of Practice's table first, then months, outcomes and service areas, each table with its picture."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request, stream_with_context

from pipeline.domain.errors import UsageError
from pipeline.web.charts import columns
from pipeline.web.context import product

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.domain.figures import PartEight

pages = Blueprint("figures", __name__)


@pages.get("/figures")
def show() -> str:
    """The figures of a period."""
    first, last = _period()
    found = product().reports.figures(first, last)
    return render_template(
        "figures/show.html", figures=found, chart=columns(_bars(found.by_month)), first=first, last=last
    )


@pages.get("/figures.csv")
def as_csv() -> Response:
    """The same as a file."""
    first, last = _period()
    response = Response(stream_with_context(product().reports.figures_csv(first, last)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename=figures-{first}-{last}.csv"
    return response


def _bars(by_month: dict[str, PartEight]) -> Sequence[tuple[str, int, int, int]]:
    """(month, answered in time, answered late, open) of each month."""
    return [(month, part.within + part.extended, part.over, part.not_yet_processed) for month, part in by_month.items()]


def _period() -> tuple[date, date]:
    """The days asked for; the last twelve whole months and this one where none are."""
    today = product().reports.today()
    usual = date(today.year - 1, today.month, 1)
    first, last = _day("from", usual), _day("to", today)
    if last < first or last - first > timedelta(days=3660):
        raise UsageError("The period has to end after it begins, and span ten years at most")
    return first, last


def _day(name: str, usual: date) -> date:
    typed = request.args.get(name, "")
    try:
        return date.fromisoformat(typed) if typed else usual
    except ValueError as error:
        raise UsageError(f"“{typed[:30]}” is not a day; write it like 2025-05-02") from error
