"""For machines: is the process alive, is the service ready, and its figures. Nothing of anybody's mail is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, request

from pipeline.settings_fields import is_loopback
from pipeline.watch import answers
from pipeline.web.context import product

if TYPE_CHECKING:
    from pipeline.watch.answers import Answer

pages = Blueprint("probes", __name__)


@pages.get("/healthz")
def alive() -> Response:
    """The process answers; nothing else is asked."""
    return _given(answers.healthz())


@pages.get("/readyz")
def ready() -> Response:
    """Whether the service does its work; ?of=web asks for the pages alone."""
    return _given(answers.readyz(product(), request.args.get("of", "")))


@pages.get("/metrics")
def metrics() -> Response:
    """Prometheus' text format; told to this machine only, for it says how much work there is."""
    if not is_loopback(request.remote_addr or ""):
        abort(404)
    return _given(answers.metrics(product()))


def _given(answer: Answer) -> Response:
    return Response(answer.body, status=answer.status, content_type=answer.content_type)
