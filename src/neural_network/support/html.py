"""Pieces of HTML by which values show themselves in a Jupyter notebook."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import numpy as np

LARGEST_GRID = 12  # rows and columns of an array that is shown in full
WIDTH, HEIGHT = 420, 120  # pixels of a drawing


def html_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; cells that are `Html` stand as they are, others are escaped."""
    lines = [_row("th", header), *(_row("td", row) for row in rows)]
    return f"<table>{''.join(lines)}</table>"


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def _row(tag: str, cells: Sequence[object]) -> str:
    inner = (cell if isinstance(cell, Html) else escape(str(cell)) for cell in cells)
    return "<tr>" + "".join(f'<{tag} style="text-align: left">{cell}</{tag}>' for cell in inner) + "</tr>"


def html_array(values: np.ndarray) -> Html:
    """Return a small array as a grid of numbers, and the range of a large one."""
    if values.ndim != 2 or max(values.shape) > LARGEST_GRID:
        return Html(f"{values.min():.4g} … {values.max():.4g}" if values.size else "empty")
    rows = ("".join(f"<td>{value:.5g}</td>" for value in row) for row in values)
    return Html(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")


def html_curves(curves: Mapping[str, Sequence[float]]) -> str:
    """Return curves of equal length, by name, as a small drawing (SVG); numbers that are not finite are left out."""
    finite = [value for values in curves.values() for value in values if np.isfinite(value)]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    span, colors = (high - low) or 1.0, ("#1f77b4", "#d62728", "#2ca02c", "#9467bd")
    lines = []
    for (name, values), color in zip(curves.items(), colors, strict=False):
        step = WIDTH / max(1, len(values) - 1)
        points = " ".join(
            f"{i * step:.1f},{5 + (high - value) / span * (HEIGHT - 10):.1f}"
            for i, value in enumerate(values)
            if np.isfinite(value)
        )
        drawn = f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.5"/>'
        lines.append(f"<g>{drawn}<title>{escape(name)}</title></g>")
    legend = ", ".join(
        f'<span style="color: {color}">{escape(name)}</span>' for name, color in zip(curves, colors, strict=False)
    )
    svg = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">{"".join(lines)}</svg>'
    return f"<div>{legend}: from {low:.4g} to {high:.4g}<br/>{svg}</div>"
