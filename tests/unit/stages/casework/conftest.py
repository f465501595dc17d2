"""A bureau for each test, whose trail has to be whole when the test is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from files_of_cases import Bureau

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    """Officers around an empty store; whatever they do, ``audit verify`` finds nothing."""
    made = Bureau(tmp_path)
    yield made
    assert made.whole() == []
    made.store.close()
