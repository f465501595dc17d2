"""A chart as SVG, drawn by us from numbers only; the table beside it says the same in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH, _HEIGHT, _FOOT, _LEFT = 760, 220, 30, 40
_CLASSES = ("app-chart__met", "app-chart__late", "app-chart__open")


def columns(bars: Sequence[tuple[str, int, int, int]]) -> Markup:
    """Stacked columns of (label, in time, late, open), as an SVG that a screen reader passes over; nothing for no bars."""
    if not bars:
        return Markup("")
    highest = max(sum(numbers) for _, *numbers in bars) or 1
    step = (_WIDTH - _LEFT) / len(bars)
    parts = []
    for at, (label, *numbers) in enumerate(bars):
        left, base = _LEFT + at * step + step * 0.15, float(_HEIGHT - _FOOT)
        for number, style in zip(numbers, _CLASSES, strict=True):
            height = number / highest * (_HEIGHT - _FOOT - 15)
            base -= height
            if number:
                parts.append(
                    f'<rect class="{style}" x="{left:.1f}" y="{base:.1f}" width="{step * 0.7:.1f}" height="{height:.1f}"/>'
                )
        if len(bars) <= 18 or at % 3 == 0:  # noqa: PLR2004 - more labels than these would run into one another
            parts.append(
                f'<text x="{left + step * 0.35:.1f}" y="{_HEIGHT - 10}" text-anchor="middle">{escape(label[2:])}</text>'
            )
    parts.append(f'<text x="0" y="20">{highest}</text><text x="0" y="{_HEIGHT - _FOOT}">0</text>')
    drawn = "".join(str(part) for part in parts)
    return Markup(  # noqa: S704 - numbers, and labels escaped above
        f'<svg class="app-chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-label="Requests received by month: answered in time, answered late, and open. The table below has the numbers.">{drawn}</svg>'
    )
