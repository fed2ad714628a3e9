"""Charts as inline SVG: no script, no font, no file from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .metrics import METRICS
from .summary import Figure

WIDTH, LEFT, ROW = 640, 190, 22
_BAR = "#2f5d8a"
_BAD = "#b3362b"


def bars(figures: Sequence[tuple[str, Figure]], label: str) -> str:
    """Horizontal bars of shares, with their 95% intervals as lines."""
    span = WIDTH - LEFT - 60
    rows = []
    for number, (name, figure) in enumerate(figures):
        top, wide = number * ROW + 4, max(0.0, min(1.0, figure.mean)) * span
        low, high = (LEFT + max(0.0, min(1.0, end)) * span for end in (figure.low, figure.high))
        middle = top + ROW / 2 - 3
        rows.append(
            f'<text x="{LEFT - 8}" y="{top + 12}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="{LEFT}" y="{top}" width="{span}" height="{ROW - 6}" fill="#8884"/>'
            f'<rect x="{LEFT}" y="{top}" width="{wide:.1f}" height="{ROW - 6}" '
            f'fill="{_BAD if METRICS[figure.metric].better == "lower" else _BAR}"/>'
            f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{middle:.1f}" y2="{middle:.1f}" '
            'stroke="currentColor" stroke-width="1.5"/>'
            f'<text x="{LEFT + span + 8}" y="{top + 12}">{_share(figure.mean)}</text>'
        )
    return _svg(len(figures) * ROW + 6, label, rows)


def stacked(rows: Sequence[tuple[str, int, int]], label: str) -> str:
    """Cases that pass and fail, by name, each bar as long as its share."""
    span, drawn = WIDTH - LEFT - 60, []
    for number, (name, passed, failed) in enumerate(rows):
        top, whole = number * ROW + 4, max(1, passed + failed)
        wide = span * passed / whole
        drawn.append(
            f'<text x="{LEFT - 8}" y="{top + 12}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="{LEFT}" y="{top}" width="{wide:.1f}" height="{ROW - 6}" fill="{_BAR}"/>'
            f'<rect x="{LEFT + wide:.1f}" y="{top}" width="{span - wide:.1f}" height="{ROW - 6}" fill="{_BAD}"/>'
            f'<text x="{LEFT + span + 8}" y="{top + 12}">{passed}/{passed + failed}</text>'
        )
    return _svg(len(rows) * ROW + 6, label, drawn)


def _share(value: float) -> str:
    """Whole per cent, but where that would make almost all of it all, or almost none none."""
    return f"{value:.1%}" if 0 < value < 0.01 or 0.99 < value < 1 else f"{value:.0%}"


def _svg(height: int, label: str, rows: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img" aria-label="{escape(label)}" '
        f'font-size="12" fill="currentColor">{"".join(rows)}</svg>'
    )
