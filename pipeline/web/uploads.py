"""Files an officer sends in with a form: read whole, by name, never written to disk under that name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.datastructures import FileStorage

MOST = 20


def uploaded(files: Iterable[FileStorage] | None) -> dict[str, bytes]:
    """The files of one field, by the last part of their names. Raises UsageError for too many, or two of one name."""
    found: dict[str, bytes] = {}
    for file in files or ():
        name = (file.filename or "").replace("\\", "/").rpartition("/")[2].strip()
        if not name:
            continue
        if name in found:
            raise UsageError(f"Two files are called {name}; give one of them another name")
        found[name] = file.read()
    if len(found) > MOST:
        raise UsageError(f"Send at most {MOST} files with one form")
    return found
