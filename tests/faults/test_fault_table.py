"""The table of faults in ARCHITECTURE.md is the one that the tests beside this prove."""

from __future__ import annotations

from faults.fault_table import ROWS, between_markers, markdown
from processes import ROOT


def test_the_page_shows_what_is_proved() -> None:
    """Where they differ, `make faults-table` writes the table anew."""
    assert between_markers(ROOT / "ARCHITECTURE.md") == markdown()


def test_nothing_that_is_repeated_goes_without_its_name() -> None:
    """A row that repeats something says what, and under which name."""
    assert [row.name for row in ROWS.values() if bool(row.repeated) != bool(row.repeats)] == []
