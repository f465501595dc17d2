"""What time a server says it is: in an SMTP greeting that names it, or in the Date header of a web server."""

from __future__ import annotations

import http.client
import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from pipeline.mail.connection import tls_context

if TYPE_CHECKING:
    from datetime import datetime

_SECONDS = 10.0
# As Exchange writes it: "... MAIL Service ready at Mon, 2 Mar 2026 10:00:00 +0000".
_DATE = re.compile(r"[A-Z][a-z]{2}, {1,2}\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (?:[+-]\d{4}|GMT|UTC)")


def time_in(greeting: str) -> datetime | None:
    """The instant, in UTC, that a greeting names (RFC 5322 form); None where it names none."""
    found = _DATE.search(greeting[:1000])
    return _read(found[0]) if found else None


def time_of_web(host: str) -> datetime | None:
    """The instant, in UTC and whole seconds, in the Date header of https://*host*/ (RFC 9110 section 6.6.1); None when it can't be had."""
    connection = http.client.HTTPSConnection(host, timeout=_SECONDS, context=tls_context())
    try:
        connection.request("HEAD", "/")
        said = connection.getresponse().getheader("Date", "")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return _read(said)


def _read(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
