"""An office for each test of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pages import Office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with four officers and an empty mailbox."""
    made = Office(tmp_path)
    yield made
    made.close()
