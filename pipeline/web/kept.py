"""What somebody typed into a form that could not be taken: shown to them, and carried safely through signing in again."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

if TYPE_CHECKING:
    from flask import Request

_LONGEST = 2_000_000  # characters; more than any letter
_HOURS = 24 * 3600
# Never given back: secrets, and what belongs to one page's life only.
_NEVER = frozenset({"csrf_token", "password", "old_password", "new_password", "again", "kept", "to"})
# Sent along by a page for itself: what was seen, which version it began with, what the questions were.
_PAGES_OWN = frozenset({"seen", "base_version", "what", "order", "letter"})
_MARKS = re.compile(r"-asked$|^gone-.*-of$|^was-")

Typed = list[tuple[str, str]]


def typed(request: Request) -> Typed:
    """The (field, text) pairs of the form that was sent, in its order, but for secrets; nothing for a page that was only opened.

    A field that was emptied is among them: sent again without it, what stood there before would come back.
    """
    if request.method == "GET":
        return []
    found = [(name, value) for name, value in request.form.items(multi=True) if name not in _NEVER]
    return found if any(value for _, value in found) else []


def by_hand(fields: Typed) -> Typed:
    """The fields that somebody filled in, without what a page sends along for itself: there is nothing to read or copy in it."""
    return [(name, value) for name, value in fields if name not in _PAGES_OWN and not _MARKS.search(name)]


def keep(request: Request) -> str:
    """The form as a signed text that the sign-in page carries along; empty when there is nothing, or too much."""
    fields = typed(request)
    if not fields or sum(len(value) for _, value in fields) > _LONGEST:
        return ""
    return _signer().dumps(json.dumps({"path": request.path, "fields": fields}))


def kept(text: str) -> tuple[str, Typed] | None:
    """The path and fields that ``keep`` signed; None for anything else."""
    try:
        found = json.loads(_signer().loads(text, max_age=_HOURS))
        return str(found["path"]), [(str(name), str(value)) for name, value in found["fields"]]
    except (BadData, ValueError, KeyError, TypeError):
        return None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="infogov-kept-form")
