"""The web server: waitress, beside the worker in one process or by itself."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import waitress
from waitress import wasyncore

from pipeline.domain.errors import UsageError

if TYPE_CHECKING:
    from flask import Flask

    from pipeline.settings import WebSettings

_THREADS = 8
_BACKLOG = 128
_LAST_SECONDS = 5


class WebServer(threading.Thread):
    """Serves *flask* until ``close``; listening begins with the constructor, so that a taken port is told at once. Raises UsageError."""

    def __init__(self, flask: Flask, settings: WebSettings) -> None:
        super().__init__(name="web", daemon=True)
        proxy = settings.trusted_proxy
        trusted = (
            {"trusted_proxy": proxy, "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto"} if proxy else {}
        )
        listening = _listen(settings)
        self.port: int = listening.getsockname()[1]
        self._server = waitress.create_server(
            flask,
            sockets=[listening],
            threads=_THREADS,
            # No header that names the program, and none believed that the proxy did not set.
            ident=None,
            clear_untrusted_proxy_headers=True,
            max_request_body_size=(settings.max_upload_mb + 1) * 1024 * 1024,
            **trusted,
        )
        self._closing = threading.Event()

    def run(self) -> None:
        """Serve."""
        try:
            self._server.run()
        except OSError:
            # The sockets were closed under the loop's hands, which is how it is told to end.
            if not self._closing.is_set():
                raise

    def close(self) -> None:
        """Stop listening, let requests under way come to their end, and let go of every connection."""
        self._closing.set()
        self._server.task_dispatcher.shutdown()
        self._server.close()
        wasyncore.close_all(self._server._map, ignore_all=True)  # noqa: SLF001 - waitress closes its trigger's pipe nowhere else
        if self.is_alive():
            self.join(_LAST_SECONDS)


def _listen(settings: WebSettings) -> socket.socket:
    """A socket that listens where the settings say. Raises UsageError."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise UsageError(
            f"{settings.host}:{settings.port} can't be listened on ({error.strerror}); another program has it, or this "
            "machine has no such address: see [web] host and port"
        ) from error
