"""What /healthz, /readyz and /metrics answer, as plain values: the worker's own listener and the officers' pages serve the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.errors import InfogovError, StoreError
from pipeline.domain.health import problems
from pipeline.stages.metrics import CONTENT_TYPE, render_metrics

if TYPE_CHECKING:
    from pipeline.bootstrap import App

_JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer: *status* code, *content_type*, *body*."""

    status: int
    content_type: str
    body: bytes


def healthz() -> Answer:
    """The process answers: that is all that a liveness probe should ask, for a restart mends nothing else."""
    return _json(200, {"status": "ok"})


def readyz(app: App, of: str = "") -> Answer:
    """Whether the service does its work: 503 with every grave problem in words, else 200.

    *of* "web" asks only whether the database answers: officers can work while a mailbox is down. No answer names a person.
    """
    try:
        health = app.health.read()
    except InfogovError as error:
        # The remedy alone: the driver's own words name the server and its user to whoever asks.
        remedy = error.remedy if isinstance(error, StoreError) else ""
        words = f"the database can't be asked: {remedy}" if remedy else "the database can't be asked"
        return _json(503, {"status": "unavailable", "problems": [words]})
    found = problems(health, app.health.limits)
    grave = [] if of == "web" else [problem.words for problem in found if problem.grave]
    times = {
        "worker_heartbeat": max((part.at for part in health.parts if part.at), default=None),
        "last_good_poll": {box.name: box.polled_at for box in health.mailboxes},
        "oldest_unsent": health.oldest_unsent,
    }
    return _json(503 if grave else 200, {"status": "unavailable" if grave else "ok", "problems": grave, **times})


def metrics(app: App) -> Answer:
    """The metrics page; 503 and nothing on it while the database can't be asked, which Prometheus shows as the target being down."""
    try:
        page = render_metrics(app.health.read(), app.health.limits)
    except InfogovError:
        return Answer(status=503, content_type=CONTENT_TYPE, body=b"")
    return Answer(status=200, content_type=CONTENT_TYPE, body=page)


def _json(status: int, value: dict[str, object]) -> Answer:
    body = json.dumps(value, default=lambda at: at.isoformat()).encode() + b"\n"
    return Answer(status=status, content_type=_JSON, body=body)
