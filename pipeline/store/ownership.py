"""Files beside the database, made for their owner's eyes alone; where root works for the service's user, they become that user's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NO_LINKS = getattr(os, "O_NOFOLLOW", 0)


def make(path: Path, *, like: Path) -> int | None:
    """Make *path*, which must not be there, readable by its owner alone; returns its descriptor, None when it is there.

    An administrator who types a command as root must not leave a file that the service can't open: then it gets the owner of *like*.
    Raises OSError.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _NO_LINKS, 0o600)
    except FileExistsError:
        return None
    try:
        if _is_root():
            owner = like.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
