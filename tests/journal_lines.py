"""What the program says about itself, kept for a test to read."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pipeline.journal import log

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def journal_lines() -> Iterator[list[dict[str, Any]]]:
    """Every event of the block in its order, of any level: its facts, and "event" and "level" beside them."""
    lines: list[dict[str, Any]] = []
    before = log._least, log._keep
    log.set_up("debug", lambda level, event, facts: lines.append({**facts, "event": event, "level": level}))
    try:
        yield lines
    finally:
        log._least, log._keep = before
