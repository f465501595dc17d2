"""The web server: waitress, beside the worker in one process or by itself."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import waitress
from waitress import wasyncore

from pipeline.domain.errors import UsageError

if TYPE_CHECKING:
    from flask import Flask

    from pipeline.settings import WebSettings

_THREADS = 8


class WebServer(threading.Thread):
    """Serves *flask* until ``close``; listening begins with the constructor, so that a taken port is told at once. Raises UsageError."""

    def __init__(self, flask: Flask, settings: WebSettings) -> None:
        super().__init__(name="web", daemon=True)
        proxy = settings.trusted_proxy
        trusted = (
            {"trusted_proxy": proxy, "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto"} if proxy else {}
        )
        try:
            self._server = waitress.create_server(
                flask,
                host=settings.host,
                port=settings.port,
                threads=_THREADS,
                # No header that names the program, and none believed that the proxy did not set.
                ident=None,
                clear_untrusted_proxy_headers=True,
                max_request_body_size=settings.max_upload_mb * 1024 * 1024 + 1024 * 1024,
                **trusted,
            )
        except OSError as error:
            raise UsageError(
                f"{settings.host}:{settings.port} can't be listened on ({error.strerror}); another program has it, or this "
                "machine has no such address: see [web] host and port"
            ) from error
        self.port: int = self._server.effective_port if hasattr(self._server, "effective_port") else settings.port

    def run(self) -> None:
        """Serve."""
        self._server.run()

    def close(self) -> None:
        """Stop listening, and let go of every connection."""
        self._server.close()
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._server._map, ignore_all=True)  # noqa: SLF001 - waitress closes its trigger's pipe nowhere else
