"""The bar of pages at the top: what stands in it for whom, and where the visitor is."""

from __future__ import annotations

from flask import request, url_for

from pipeline.domain.roles import Capability
from pipeline.web.context import visitor

# Label, the page it leads to, what the role must allow, and the families of pages (blueprints) it stands for.
BAR: tuple[tuple[str, str, Capability, frozenset[str]], ...] = (
    ("My work", "desk.my_work", Capability.LOOK, frozenset({"desk"})),
    (
        "Requests",
        "queue.show",
        Capability.LOOK,
        frozenset({"queue", "request", "deeds", "questions", "clock", "draft"}),
    ),
    ("For approval", "approval.waiting", Capability.LOOK, frozenset({"approval"})),
    ("New mail", "newmail.waiting", Capability.LOOK, frozenset({"newmail", "mail"})),
    ("Letters to send", "letters.to_send", Capability.LOOK, frozenset({"letters"})),
    ("Log a request", "counter.log", Capability.WORK, frozenset({"counter"})),
    ("Figures", "figures.show", Capability.LOOK, frozenset({"figures"})),
    ("Deputies", "office.deputies", Capability.LOOK, frozenset({"office"})),
    ("Office", "office.officers", Capability.ADMINISTER, frozenset({"office"})),
)


def navigation() -> list[dict[str, object]]:
    """The bar's entries for whoever is looking, as the service navigation takes them."""
    who = visitor()
    return [
        {"text": label, "href": url_for(endpoint), "active": request.blueprint in families}
        for label, endpoint, wanted, families in BAR
        if who is not None and who.may(wanted)
    ]
