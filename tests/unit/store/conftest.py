"""A store on a fresh file, closed when the test is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import storing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store below tmp_path."""
    opened = storing.make_store(tmp_path)
    yield opened
    opened.close()
