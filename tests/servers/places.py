"""Where the files of tests lie: in memory where there is room, for every commit and checkpoint waits for a disk."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - whoever uses it makes a folder of its own there
_ROOM = 4 * 2**30  # bytes; a container may have a few megabytes only


@cache
def place() -> Path:
    """The folder to make folders in; its path is short, as a Unix socket's has room for 108 bytes only.

    No test can tell: none cuts the power, and what a power cut would leave is told from the writes that were made.
    """
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
        return _MEMORY
    return Path("/tmp")  # noqa: S108 - the same
