"""Charts of the Models page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.parts.charts import blank, palette, value_color
from pages.parts.model_words import kind

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from core.capabilities.model_use import ModelUse

MOST_KINDS = 5


def cost_by_day(use: ModelUse, day_budget: float, dark: bool, phone: bool = False) -> go.Figure:
    """Dollars a day, stacked by the dearest kinds; the day's budget as a line where it is near."""
    c = palette(dark)
    figure = blank(dark, 280)
    paid = [k for k, found in enumerate(use.kinds) if found.cost_usd > 0]
    groups = [(kind(use.kinds[k].task), use.cost[k]) for k in paid[:MOST_KINDS]]
    if rest := paid[MOST_KINDS:]:
        groups.append(("All others", use.cost[rest].sum(axis=0)))
    for i, (name, dollars) in enumerate(groups):
        figure.add_bar(
            x=list(use.days), y=dollars, name=name,
            marker={"color": value_color(0.15 + 0.8 * i / max(len(groups) - 1, 1)), "line": {"width": 0}},
            hovertemplate=f"{name} $%{{y:.3f}}<extra></extra>",
        )
    if day_budget <= 2.0 * float(use.cost.sum(axis=0).max(initial=0.0)):
        figure.add_hline(
            y=day_budget, line={"color": c.loss, "width": 1.2, "dash": "dash"},
            annotation_text="budget of a day", annotation_font={"size": 11, "color": c.loss},
            annotation_position="top left",
        )
    figure.update_yaxes(tickprefix="$", rangemode="tozero", nticks=5)
    figure.update_xaxes(tickformat="%b %-d", showgrid=False, nticks=4 if phone else 8)
    figure.update_layout(
        barmode="stack", bargap=0.25, hovermode="x unified",
        legend={"orientation": "h", "y": -0.16, "x": 0, "font": {"size": 11, "color": c.quiet}},
    )
    return figure
