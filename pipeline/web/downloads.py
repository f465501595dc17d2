"""Files handed to a browser to be kept, never to be shown: a sender's file is never opened inside these pages."""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import Response

_PLAIN = re.compile(r"[^A-Za-z0-9._ -]+")


def download(content: bytes, name: str, content_type: str = "application/octet-stream") -> Response:
    """*content* as a download called *name* (RFC 6266), in a response that no browser renders."""
    response = Response(content, mimetype=content_type)
    plain = _PLAIN.sub("_", name).strip(" .")[:100] or "file"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name[:150], safe='')}"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
