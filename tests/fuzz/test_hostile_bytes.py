"""The corpus of hostile files, the bombs and the regular expressions: nothing raises, nothing hangs, nothing eats memory.

Each runs in a process of its own, which is killed when it takes far too long: that is the only clock here. What each costs is printed by
the programs themselves (``make fuzz`` and ``python tests/fuzz/measuring.py``).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fuzz import making, targets
from fuzz.pacing import paced

HERE = Path(__file__).parent
MB = 2**20
# What reading any mail or file may take besides four times its size: the interpreter's own growth, and the limits on what may be unpacked.
SMALL = 32 * MB
LARGE = 72 * MB
WATCHDOG = 300  # seconds; all of it takes well under a minute on a quiet machine


def said_by(program: str, *arguments: str) -> list[dict[str, Any]]:
    """The lines of JSON that a program of this folder prints; fails with its last words when it is killed."""
    try:
        done = subprocess.run(
            [sys.executable, str(HERE / program), *arguments],
            capture_output=True,
            text=True,
            timeout=WATCHDOG,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        last = (error.stderr or b"").decode("utf-8", "replace").splitlines()[-1:]
        pytest.fail(f"{program} {' '.join(arguments)} did not end; it was at {last}")
    assert done.returncode == 0, (done.returncode, done.stderr[-2000:])
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_corpus_is_what_its_generator_makes() -> None:
    """Every file can be made again to the byte; there are at least 200, and they stay small."""
    made = making.corpus()
    kept = {
        path.relative_to(making.FOLDER).as_posix(): path.read_bytes()
        for path in making.FOLDER.rglob("*")
        if path.is_file()
    }
    assert made == kept
    assert len(made) >= 200
    assert sum(map(len, made.values())) < 3 * MB


@pytest.mark.parametrize("target", targets.TARGETS)
def test_nothing_in_the_corpus_breaks(target: str) -> None:
    """Each file and each find of earlier fuzzing is read without an exception, in bounded memory."""
    lines = said_by("replaying.py", target)
    assert len(lines) > 50
    assert [line for line in lines if line["failed"]] == []
    assert [line for line in lines if line["memory"] > 4 * line["size"] + SMALL] == []


def test_bombs() -> None:
    """What is 10,000 deep, has 50,000 parts or headers of a megabyte, or unpacks to gigabytes, is read within limits and told about."""
    lines = said_by("measuring.py")
    assert len(lines) > 70
    assert [line for line in lines if line["failed"]] == []
    assert [line for line in lines if line["memory"] > 4 * line["size"] + LARGE] == []


def test_every_pattern_gets_through_a_megabyte() -> None:
    """No regular expression takes for ever on a text made to keep it busy: of a megabyte, or as long as its caller ever hands it."""
    lines = said_by("pacing.py")
    assert [line["where"] for line in lines] == [used.where for used in paced()]
    assert len(lines) > 400
