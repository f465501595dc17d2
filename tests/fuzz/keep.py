"""Keeps what a run of fuzzing has found: ``python tests/fuzz/keep.py FOLDER`` copies the smallest new inputs of each target to tests/fuzz/found."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

FOUND = Path(__file__).parent / "found"
_MOST = 60
_LARGEST = 2_000  # bytes


def keep(work: Path) -> None:
    """Copy from *work*, a folder for each target; what broke a target is kept whatever its size."""
    for folder in sorted(path for path in work.iterdir() if path.is_dir()):
        inputs = sorted(folder.iterdir(), key=lambda path: (path.stat().st_size, path.name))
        broken = [path for path in inputs if path.name.startswith("broken-")]
        small = [path for path in inputs if path not in broken and path.stat().st_size <= _LARGEST]
        # Evenly over the sizes: the smallest alone are all alike.
        step = max(1, len(small) // _MOST)
        (FOUND / folder.name).mkdir(parents=True, exist_ok=True)
        for path in (*broken, *small[::step][:_MOST]):
            shutil.copyfile(path, FOUND / folder.name / hashlib.sha256(path.read_bytes()).hexdigest()[:16])


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
