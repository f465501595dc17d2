"""What a benchmark found: rows of a table, each beside its target, and the same as JSON."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADS = ("what", "size", "measured", "target", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure: *value* in *unit* at *size*; *target* is the most it may be, or with *at_least* the least; None where none is set."""

    name: str
    value: float
    unit: str
    size: str
    target: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as the table shows it."""
        bound = "" if self.target is None else f"{'>=' if self.at_least else '<='} {self.target:g} {self.unit}"
        verdict = {True: "met", False: "MISSED", None: ""}[self.met]
        return self.name, self.size, f"{self.value:,.4g} {self.unit}", bound, verdict


def table(rows: Sequence[Row]) -> str:
    """The rows as columns of plain text."""
    cells = [_HEADS, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEADS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )


def as_json(rows: Sequence[Row], *, quick: bool) -> str:
    """The rows with what they were measured on."""
    machine = {"python": platform.python_version(), "system": platform.platform(), "processor": platform.machine()}
    return json.dumps(
        {"machine": machine, "quick": quick, "rows": [{**asdict(row), "met": row.met} for row in rows]}, indent=2
    )


def middle(values: Sequence[float]) -> float:
    """The median, the upper one of two."""
    return sorted(values)[len(values) // 2]
