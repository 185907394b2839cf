"""A shelf as a grid of colored cells: one value a zone, with the product that stands there.

Plain HTML, so that it is crisp, light, readable on a phone (it scrolls sideways) and by screen readers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from core.units import row_letter
from pages.parts.charts import CIVIDIS, ink_on, value_color


@dataclass(frozen=True, slots=True)
class Cell:
    """A zone of the shelf: its value (None: not known), what stands there, what hovering tells."""

    row: int
    column: int
    value: float | None
    name: str = ""
    tip: str = ""


def shelf(
    cells: Sequence[Cell],
    say: Callable[[float], str],
    scale: Sequence[str] = CIVIDIS,
    marked: Mapping[tuple[int, int], str] | None = None,
    limits: tuple[float, float] | None = None,
) -> str:
    """HTML of the shelf, row by row. ``marked`` cells get an outline and a badge (the swaps)."""
    low, high = limits or value_limits(cells)
    rows: dict[int, list[Cell]] = {}
    for cell in sorted(cells, key=lambda c: (c.row, c.column)):
        rows.setdefault(cell.row, []).append(cell)
    widest = max((len(row) for row in rows.values()), default=1)
    small = "wb-small" if widest > 14 else ""
    lines = []
    for number, row in rows.items():
        badges = [(marked or {}).get((c.row, c.column), "") for c in row]
        tiles = "".join(_tile(c, say, scale, low, high, b) for c, b in zip(row, badges, strict=True))
        lines.append(
            f'<div class="wb-row" style="grid-template-columns:1.2rem repeat({len(row)},minmax(0,1fr))">'
            f'<span class="wb-letter">{row_letter(number)}</span>{tiles}</div>'
        )
    floor = 1.2 + widest * (2.1 if small else 4.1)
    body = f'<div class="wb-shelf {small}" style="min-width:{floor:.1f}rem">{"".join(lines)}</div>'
    return f'<div class="wb-scroll">{body}</div>'


def legend(
    low: float, high: float, say: Callable[[float], str], caption: str, scale: Sequence[str] = CIVIDIS
) -> str:
    """The color scale with its numbers."""
    colors = ",".join(scale)
    return (
        f'<div class="wb-legend"><span>{escape(caption)}</span><span class="wb-num">{escape(say(low))}</span>'
        f'<i style="background:linear-gradient(90deg,{colors})"></i>'
        f'<span class="wb-num">{escape(say(high))}</span></div>'
    )


def value_limits(cells: Sequence[Cell]) -> tuple[float, float]:
    """Lowest and highest value, apart even where all are equal."""
    known = [c.value for c in cells if c.value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    return (low, high) if high > low else (low, low + 1.0)


def _tile(
    cell: Cell, say: Callable[[float], str], scale: Sequence[str], low: float, high: float, badge: str
) -> str:
    slot = f"{row_letter(cell.row)}{cell.column + 1}"
    if cell.value is None:
        return f'<div class="wb-cell wb-none" title="{escape(slot)}"><b>{slot}</b></div>'
    color = value_color((cell.value - low) / (high - low), scale)
    mark = f"<em>{escape(badge)}</em>" if badge else ""
    classes = "wb-cell wb-marked" if badge else "wb-cell"
    return (
        f'<div class="{classes}" style="background:{color};color:{ink_on(color)}" title="{escape(cell.tip)}">'
        f'<b>{slot}</b><span class="wb-val">{escape(say(cell.value))}</span>'
        f'<span class="wb-name">{escape(cell.name)}</span>{mark}</div>'
    )
