"""Charts of the model check: error over time, the calibration curve, the histogram behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from pages.parts.charts import blank, palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from core.forecast.panel import FloatArray

HEIGHT = 280


@dataclass(frozen=True, slots=True)
class Line:
    """One line over the weeks, in percent; ``style``: "main", "reference" or "floor"."""

    name: str
    values: Sequence[float | None]
    style: str


def over_time(
    weeks: Sequence[date], lines: Sequence[Line], axis: str, dark: bool, goal: float | None = None,
    zero: bool = True, phone: bool = False,
) -> go.Figure:
    """Lines over weeks with their names at their ends; ``goal``: what the main line should be at."""
    c = palette(dark)
    figure = blank(dark, HEIGHT)
    looks: dict[str, dict[str, Any]] = {
        "main": {"color": c.accent, "width": 2.6},
        "reference": {"color": c.quiet, "width": 1.6, "dash": "dash"},
        "floor": {"color": c.quiet, "width": 1.2, "dash": "dot"},
        "second": {"color": c.loss, "width": 2.0},
    }
    for line in lines:
        single = len(weeks) == 1 or line.style in ("main", "second")
        figure.add_scatter(
            x=list(weeks), y=list(line.values), mode="lines+markers" if single else "lines", name=line.name,
            line=looks[line.style], marker={"size": 6}, connectgaps=True,
            hovertemplate=f"{line.name} %{{y:.1f}}%<extra></extra>",
        )
    if goal is not None:
        figure.add_hline(y=goal, line={"color": c.quiet, "width": 1, "dash": "dash"})
    for line, place in _ends(lines):
        figure.add_annotation(
            x=weeks[-1], y=place, text=line.name, showarrow=False, xanchor="left", xshift=9,
            font={"size": 11, "color": looks[line.style]["color"]},
        )
    figure.update_yaxes(title_text=axis, ticksuffix="%", rangemode="tozero" if zero else "normal", nticks=6)
    reach = [weeks[0] - timedelta(days=2), weeks[-1] + timedelta(days=2)]
    figure.update_xaxes(
        tickformat="%b %-d", showgrid=False, nticks=3 if phone else 7, hoverformat="week of %b %-d",
        range=reach,
    )
    figure.update_layout(hovermode="x unified", showlegend=False, margin={"r": 104})
    return figure


def calibration(levels: FloatArray, held: FloatArray, error: FloatArray, dark: bool) -> go.Figure:
    """Share of the actuals that intervals held against the share they claim to hold, with two standard
    errors; on the diagonal where the intervals are honest."""
    c = palette(dark)
    x, y, spread = 100 * levels, 100 * held, 200 * np.nan_to_num(error)
    figure = blank(dark, HEIGHT)
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", line={"color": c.quiet, "width": 1.2, "dash": "dash"},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=np.concatenate([x, x[::-1]]), y=np.concatenate([y + spread, (y - spread)[::-1]]).clip(0, 100),
        fill="toself", mode="lines", line={"width": 0}, fillcolor=c.soft, opacity=0.55, hoverinfo="skip",
    )
    figure.add_scatter(
        x=x, y=y, mode="lines+markers", line={"color": c.accent, "width": 2.4}, marker={"size": 6},
        hovertemplate="intervals of %{x:.0f}%<br>held %{y:.1f}%<extra></extra>",
    )
    for text, at, anchor in (("too wide", (24, 78), "left"), ("too narrow", (76, 20), "right")):
        figure.add_annotation(
            x=at[0], y=at[1], text=text, showarrow=False, xanchor=anchor, font={"size": 11, "color": c.quiet}
        )
    marks = [0, 25, 50, 80, 95]
    axis = {"range": [0, 102], "tickvals": marks, "ticktext": [f"{mark}%" for mark in marks]}
    figure.update_xaxes(title_text="the interval claims to hold", **axis)
    figure.update_yaxes(title_text="it held", **axis)
    figure.update_layout(showlegend=False)
    return figure


def histogram(shares: FloatArray, rows: int, dark: bool) -> go.Figure:
    """Where in their forecast distribution the actuals fell, tenth by tenth; flat is honest."""
    c = palette(dark)
    n = len(shares)
    names = [f"{100 * k // n}–{100 * (k + 1) // n}%" for k in range(n)]
    figure = blank(dark, HEIGHT)
    figure.add_bar(
        x=names, y=100 * shares, marker={"color": c.accent, "opacity": 0.85},
        hovertemplate="%{y:.1f}% fell in %{x} of the forecast<extra></extra>",
    )
    band = 200 * np.sqrt((1 / n) * (1 - 1 / n) / max(rows, 1))
    figure.add_hrect(y0=100 / n - band, y1=100 / n + band, fillcolor=c.quiet, opacity=0.18, line_width=0)
    figure.add_hline(y=100 / n, line={"color": c.quiet, "width": 1.2, "dash": "dash"})
    figure.update_yaxes(title_text="share of the actuals", ticksuffix="%", rangemode="tozero", nticks=5)
    figure.update_xaxes(
        title_text="from the lowest tenth of the forecast to the highest", showgrid=False,
        tickvals=[names[0], names[n // 2], names[-1]], ticktext=["lowest", "middle", "highest"],
    )
    figure.update_layout(bargap=0.12, showlegend=False)
    return figure


def _ends(lines: Sequence[Line], apart: float = 0.085) -> list[tuple[Line, float]]:
    """Where to write each line's name so that names do not lie on each other: their last values, pushed
    apart by a share of the range."""
    known = [(line, float(next(v for v in reversed(line.values) if v is not None))) for line in lines
             if any(v is not None for v in line.values)]
    every = [v for line in lines for v in line.values if v is not None]
    step = apart * (max(every, default=1.0) - min(0.0, min(every, default=0.0)) or 1.0)
    placed: list[tuple[Line, float]] = []
    for line, value in sorted(known, key=lambda pair: pair[1]):
        low = placed[-1][1] + step if placed else value
        placed.append((line, max(value, low)))
    return placed
