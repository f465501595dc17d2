"""The ways by which an alarm leaves, none of which needs a watched mailbox: a webhook, a command of the operator's."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from pipeline.domain.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SECONDS = 15.0


class Route(Protocol):
    """A way by which an alarm leaves; *name* says which in a log."""

    name: str

    def ring(self, state: str, subject: str, text: str) -> None:
        """Hand the alarm over; *state* is "alarm" or "over". Raises TransportError, whose words hold no secret."""
        ...


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: an alarm goes where it was told to, and a redirect is a mistake to be told."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Refuse."""


class Webhook:
    """Posts JSON with *text* (which chat services show) and *state*, *subject* to an address; 2xx is a yes."""

    name = "webhook"

    def __init__(self, url: str) -> None:
        self._url = url
        self._host = urlsplit(url).hostname or "the webhook"
        context = ssl.create_default_context()
        handlers = (urllib.request.HTTPSHandler(context=context), _NoRedirect(), urllib.request.ProxyHandler())
        self._opener = urllib.request.build_opener(*handlers)

    def ring(self, state: str, subject: str, text: str) -> None:
        """Post the alarm."""
        body = json.dumps({"text": f"{subject}\n{text}", "state": state, "subject": subject}).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "infogov"}
        # The configuration allows https, and http to this machine itself.
        request = urllib.request.Request(self._url, body, headers)  # noqa: S310 - the scheme is checked with the settings
        try:
            with self._opener.open(request, timeout=_SECONDS):
                pass
        except urllib.error.HTTPError as error:
            error.close()
            raise TransportError(
                f"the alarm's webhook at {self._host} answered {error.code}; check alarms.webhook_url"
            ) from error
        except (OSError, ValueError) as error:
            # What the library says may quote the address, and with it its secret part.
            raise TransportError(
                f"the alarm's webhook at {self._host} can't be reached ({type(error).__name__}); check alarms.webhook_url"
            ) from error


class Command:
    """Runs the operator's program with the alarm's text on its standard input and its state in INFOGOV_ALARM; 0 is a yes."""

    name = "command"

    def __init__(self, words: Sequence[str]) -> None:
        self._words = list(words)

    def ring(self, state: str, subject: str, text: str) -> None:
        """Run the program."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("INFOGOV_", "CREDENTIALS_"))
        }
        environment["INFOGOV_ALARM"] = state
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own words, no shell
                self._words,
                input=f"{subject}\n{text}\n".encode(),
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=2 * _SECONDS,
                check=False,
            )
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise TransportError(
                f"the alarm's command {self._words[0]} did not run ({type(error).__name__}); check alarms.command"
            ) from error
        if done.returncode:
            raise TransportError(f"the alarm's command {self._words[0]} ended with {done.returncode}")
