"""Files an officer sends in with a form: read whole, by name, never written to disk under that name, never run and never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.errors import UsageError
from pipeline.letters.release.findings import UncheckedError
from pipeline.letters.release.kinds import Kind, fits, is_text, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.datastructures import FileStorage

MOST = 20
_LONGEST_NAME = 200
# Programs and what starts them (by their first bytes, so that no name hides one): no letter has use for them.
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"L\0\0\0\x01\x14\x02\0")


def uploaded(files: Iterable[FileStorage] | None) -> dict[str, bytes]:
    """The files of one field, by the last part of their names.

    Raises UsageError for too many, for two of one name, for an empty file, for a program, and for one that is not what its
    name says: each is said in words that name the file.
    """
    found: dict[str, bytes] = {}
    for file in files or ():
        name = (file.filename or "").replace("\\", "/").rpartition("/")[2].strip()
        if not name:
            continue
        if len(found) == MOST:
            raise UsageError(f"Send at most {MOST} files with one form; send the others with the next")
        if name in found:
            raise UsageError(f"Two files are called {name}; give one of them another name")
        found[name] = _taken(name, file.read())
    return found


def _taken(name: str, content: bytes) -> bytes:
    if len(name) > _LONGEST_NAME:
        raise UsageError(f"The name {name[:60]}… is too long; give the file a shorter one")
    if not content:
        raise UsageError(f"The file {name} is empty; choose it again")
    if content.startswith(b"#!") or (content.startswith(_PROGRAMS) and not is_text(content)):
        raise UsageError(f"The file {name} is a program, and can't be kept here")
    try:
        kind = kind_of(name, content)
    except UncheckedError as error:
        raise UsageError(f"The file {name} can't be read: {error}. Save it again, or choose another file") from error
    # An ending that is not known, or none, promises nothing that could be untrue.
    if not fits(name, Kind.OTHER) and not fits(name, kind):
        raise UsageError(
            f"The file {name} is not what its name says: it looks like {kind.value} inside. Save it under its true kind"
        )
    return content
