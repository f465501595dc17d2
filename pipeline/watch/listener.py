"""A small HTTP listener for a worker that runs without the officers' pages: probes and metrics on this machine's own address."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from pipeline.domain.errors import UsageError
from pipeline.watch import answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.bootstrap import App

_SECONDS = 10.0  # for a client that says nothing


class _Server(ThreadingHTTPServer):
    """Answers each client in a thread of its own, which does not keep the process from ending."""

    daemon_threads = True

    def __init__(self, place: tuple[str, int], app: App) -> None:
        super().__init__(place, _Handler)
        self.app = app

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    timeout = _SECONDS
    server: _Server

    def do_GET(self) -> None:
        """Answer one of the three pages."""
        parts = urlsplit(self.path)
        match parts.path:
            case "/healthz":
                answer = answers.healthz()
            case "/readyz":
                answer = answers.readyz(self.server.app, parse_qs(parts.query).get("of", [""])[0])
            case "/metrics":
                answer = answers.metrics(self.server.app)
            case _:
                answer = answers.Answer(status=404, content_type="text/plain", body=b"")
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name for it
        """Say nothing: a probe every few seconds is no news."""


@contextmanager
def answering(app: App) -> Iterator[None]:
    """Listen while the block runs where [worker] health_port asks for it. Raises UsageError when the port is taken."""
    settings = app.settings.worker
    if not settings.health_port:
        yield
        return
    with listening(app, settings.health_host, settings.health_port):
        yield


@contextmanager
def listening(app: App, host: str, port: int) -> Iterator[int]:
    """Answer on *port* of *host* while the block runs; yields the port (0 asks for any free one). Raises UsageError when it is taken."""
    try:
        server = _Server((host, port), app)
    except OSError as error:
        raise UsageError(
            f"worker.health_port {port} can't be listened on: {error.strerror}; choose another, or 0 for none"
        ) from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="health", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(_SECONDS)
