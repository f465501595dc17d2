"""My work: what waits for the officer who is looking, and for anybody."""

from __future__ import annotations

from flask import Blueprint, render_template

from pipeline.domain.roles import Capability
from pipeline.store.listing_records import QueueFilter
from pipeline.web.context import looking, product, viewer

pages = Blueprint("desk", __name__)

_SHOWN = 20


@pages.get("/")
def my_work() -> str:
    """The numbers of what is due, overdue, to approve, not delivered, to check and nobody's; the officer's own requests below. Three queries."""
    reports = product().reports
    who = looking()
    return render_template(
        "work/my_work.html",
        numbers=reports.work_counts(who),
        mine=reports.queue_page(QueueFilter(owner=who.email), who, size=_SHOWN),
        approves=viewer().may(Capability.APPROVE),
        exceptions=reports.exceptions(who) if viewer().may(Capability.APPROVE) else (),
    )
