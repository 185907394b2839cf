"""Charts of photo audits: share of shelf, and compliance over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pages.parts.charts import blank, palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

BAR_PX, HEAD_PX, TREND_PX = 34, 70, 260
LONGEST = 28
"""Letters of a name beside a bar."""


def share_bars(
    names: Sequence[str], planned: Sequence[float], seen: Sequence[float], dark: bool
) -> go.Figure:
    """Share of shelf by name (0–1 each): what is seen as a bar, what is planned as a mark on it."""
    c = palette(dark)
    figure = blank(dark, HEAD_PX + BAR_PX * max(len(names), 1))
    short = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names]
    at = list(range(len(names)))
    figure.add_bar(
        x=[100 * v for v in seen], y=at, orientation="h", marker_color=c.accent, name="Seen", width=0.55,
        customdata=list(names), hovertemplate="%{customdata}: %{x:.1f}% seen<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[100 * v for v in planned], y=at, mode="markers", name="Planned", customdata=list(names),
        marker={"symbol": "line-ns", "size": 17, "line": {"width": 3, "color": c.ink}},
        hovertemplate="%{customdata}: %{x:.1f}% planned<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(tickvals=at, ticktext=short, autorange="reversed", showgrid=False)
    figure.update_xaxes(ticksuffix="%", rangemode="tozero")
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})
    return figure


def compliance(
    at: Sequence[datetime], scores: Sequence[float], names: Sequence[str], dark: bool
) -> go.Figure:
    """Compliance (0–1) of audits over time; ``names`` says of what, on hover."""
    c = palette(dark)
    figure = blank(dark, TREND_PX)
    figure.add_scatter(
        x=list(at), y=[100 * v for v in scores], mode="lines+markers", line={"color": c.accent, "width": 2.4},
        marker={"size": 8}, customdata=list(names), hovertemplate="%{customdata}<br>%{y:.0f}%<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(ticksuffix="%", range=[0, 104], title_text="Stands as planned")
    return figure
