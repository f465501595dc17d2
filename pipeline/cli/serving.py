"""Verbs that run the service: worker and pages in one process, or each alone."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from pipeline.cli.opening import opened
from pipeline.cli.output import ConfigOption, say
from pipeline.domain.errors import StoreError
from pipeline.resources import when_called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.bootstrap import App
    from pipeline.web.app import create_app
    from pipeline.web.serving import WebServer
    from pipeline.worker import Worker
else:
    # A worker alone shows no pages, and pages alone do no work: neither loads the other's half.
    create_app = when_called("pipeline.web.app", "create_app")
    WebServer = when_called("pipeline.web.serving", "WebServer")
    Worker = when_called("pipeline.worker", "Worker")

_NOT_NOW = "an operator's command has this database to itself (infogov db ...); start the pages when it has ended"


@contextmanager
def pages_served(app: App, *, demo: bool = False) -> Iterator[WebServer]:
    """Serve the officers' pages over *app* while the block runs. Raises UsageError when the port is taken, StoreError when it may not be now."""
    # Whoever puts another database in this one's place must know that somebody may work in it.
    with app.store.present("pages") as allowed:
        if not allowed:
            raise StoreError(_NOT_NOW)
        server = WebServer(create_app(app, demo=demo), app.settings.web)
        server.start()
        try:
            yield server
        finally:
            server.close()


def serve(config: ConfigOption = None) -> None:
    """Run the service: worker and officers' pages in one process, until SIGTERM or Ctrl-C."""
    with opened(config, logging_level=None) as app, pages_served(app):
        _tell(app)
        status = Worker(app).run()
    raise typer.Exit(status)


def worker(config: ConfigOption = None) -> None:
    """Run the worker alone: read mail, file it, send what is due, until SIGTERM or Ctrl-C."""
    with opened(config, logging_level=None) as app:
        status = Worker(app).run()
    raise typer.Exit(status)


def web(config: ConfigOption = None) -> None:
    """Serve the officers' pages alone, until SIGTERM or Ctrl-C; a worker elsewhere reads and sends."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with opened(config, logging_level=None) as app, pages_served(app):
        _tell(app)
        stop.wait()


def _tell(app: App) -> None:
    settings = app.settings.web
    say(f"The officers' pages: {settings.public_url or f'http://{settings.host}:{settings.port}/'}")
    with app.store.read() as work:
        if not work.officers.all():
            say(
                "Nobody can sign in yet; add the first officer with: infogov officer add EMAIL --name NAME --role admin"
            )


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    for verb in (serve, worker, web):
        app.command()(verb)
