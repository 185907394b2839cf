"""Charts on one plotly template, light and dark: trend, waterfall, intervals, effects.

Plotly is imported only when a chart is drawn. Colors: one accent, cividis for value, blue–orange for
gain and loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import plotly.graph_objects as go

FONT = "Inter, -apple-system, 'Segoe UI', Roboto, sans-serif"
CIVIDIS = (
    "#00224e",
    "#123570",
    "#3b496c",
    "#575d6d",
    "#707173",
    "#8a8678",
    "#a59c74",
    "#c3b369",
    "#e1cc55",
    "#fee838",
)
BLUE_RED = ("#1f4e9c", "#3f76bd", "#7aa6d6", "#b9d1e8", "#ece9e6", "#f3c9b5", "#e8977a", "#d2604a", "#b32a2e")


HIDDEN_TOOLS = ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d", "pan2d", "zoom2d"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colors of one appearance."""

    ink: str
    quiet: str
    grid: str
    card: str
    accent: str
    soft: str
    gain: str
    loss: str
    line: str
    on_accent: str


LIGHT = Palette(
    ink="#12151d",
    quiet="#5f6777",
    grid="#e9ecf1",
    card="#ffffff",
    accent="#2f52d0",
    soft="#c9d3f4",
    gain="#1f6fc0",
    loss="#c85a0a",
    line="#e3e6ec",
    on_accent="#ffffff",
)
DARK = Palette(
    ink="#e8eaf0",
    quiet="#9aa3b5",
    grid="#262c37",
    card="#191d25",
    accent="#8ea0ff",
    soft="#39447a",
    gain="#6cb2f5",
    loss="#f2984a",
    line="#2a303b",
    on_accent="#11141a",
)


def palette(dark: bool) -> Palette:
    return DARK if dark else LIGHT


def value_color(share: float, scale: Sequence[str] = CIVIDIS) -> str:
    """A color of a sequential scale, ``share`` 0–1, linear between its stops."""
    place = min(max(share, 0.0), 1.0) * (len(scale) - 1)
    low = min(int(place), len(scale) - 2)
    ends = [np.array([int(scale[low + k][i : i + 2], 16) for i in (1, 3, 5)]) for k in (0, 1)]
    mixed = np.round(ends[0] + (ends[1] - ends[0]) * (place - low)).astype(int)
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def ink_on(color: str) -> str:
    """Dark or light text, whichever reads better on a color (WCAG relative luminance)."""
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return "#12151d" if float(linear @ [0.2126, 0.7152, 0.0722]) > 0.2 else "#ffffff"


def trend(
    days: Sequence[Any], values: Sequence[float], unit: str, dark: bool, window: int = 7, height: int = 250
) -> go.Figure:
    """Daily values in soft color and their centered mean over ``window`` days as the line to read."""
    import pandas as pd

    c = palette(dark)
    series = pd.Series(np.asarray(values, float), index=pd.to_datetime(list(days)))
    smooth = series.rolling(window, min_periods=max(1, window // 2), center=True).mean()
    figure = blank(dark, height)
    figure.add_scatter(
        x=series.index,
        y=series,
        mode="lines",
        line={"color": c.soft, "width": 1.2},
        name="a day",
        hovertemplate=f"%{{x|%a, %b %-d}}<br>%{{y:$,.0f}} {unit}<extra></extra>",
    )
    figure.add_scatter(
        x=smooth.index,
        y=smooth,
        mode="lines",
        line={"color": c.accent, "width": 2.4},
        name=f"{window}-day mean",
        hovertemplate=f"{window}-day mean %{{y:$,.0f}}<extra></extra>",
    )
    figure.update_yaxes(tickprefix="$", tickformat="~s", rangemode="tozero", nticks=5)
    long = len(series) > 1 and (series.index[-1] - series.index[0]).days > 330
    figure.update_xaxes(tickformat="%b %Y" if long else "%b %-d", nticks=6 if long else 8, showgrid=False)
    figure.update_layout(hovermode="x unified", showlegend=False)
    return figure


def waterfall(
    labels: Sequence[str], deltas: Sequence[float], total: str, dark: bool, sideways: bool = False,
    phone: bool = False,
) -> go.Figure:
    """Signed contributions, money a day, and what they add up to. ``sideways`` leaves room for names."""
    c = palette(dark)
    texts = [_signed(d) for d in (*deltas, float(np.sum(deltas)))]
    names, values = [*labels, total], [*deltas, 0.0]
    figure = blank(dark, height=64 + 32 * len(names) if sideways else 300)
    figure.add_waterfall(
        x=values if sideways else names,
        y=names if sideways else values,
        orientation="h" if sideways else "v",
        measure=[*["relative"] * len(deltas), "total"],
        text=texts,
        textposition="outside",
        cliponaxis=False,
        textfont={"size": 11, "color": c.ink},
        increasing={"marker": {"color": c.gain}},
        decreasing={"marker": {"color": c.loss}},
        totals={"marker": {"color": c.quiet}},
        connector={"line": {"color": c.line, "width": 1}},
        hovertemplate=("%{y}" if sideways else "%{x}") + "<br>%{text} a day<extra></extra>",
    )
    steps = np.cumsum([0.0, *deltas])
    low, high = float(steps.min()), float(steps.max())
    margin = (high - low or 1.0) * (0.45 if phone else 0.28 if sideways else 0.16)
    money = {
        "tickformat": "$,.2f",
        "nticks": 3 if phone and sideways else 5,
        "tickangle": 0,
        "title_text": "money a day",
        "range": [low - margin, high + margin],
        "zeroline": True,
        "zerolinecolor": c.quiet,
    }
    words = {"showgrid": False, "automargin": True, "tickangle": 0}
    figure.update_xaxes(**(money if sideways else words))
    figure.update_yaxes(**(words | {"autorange": "reversed"} if sideways else money))
    return figure


def intervals(
    names: Sequence[str],
    values: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    axis: str,
    dark: bool,
    texts: Sequence[str] = (),
) -> go.Figure:
    """Dots with whiskers, one a line, zero marked: gain blue, loss orange, open where zero is inside."""
    c = palette(dark)
    v, lo, hi = (np.asarray(a, float) for a in (values, lows, highs))
    sure = (lo > 0) | (hi < 0)
    color = np.where(v >= 0, c.gain, c.loss)
    figure = blank(dark, height=64 + 38 * max(len(names), 2))
    for name, x, a, b, tint, firm in zip(names, v, lo, hi, color, sure, strict=True):
        figure.add_scatter(
            x=[a, b],
            y=[name, name],
            mode="lines",
            line={"color": tint, "width": 5 if firm else 2.5},
            opacity=0.45,
            hoverinfo="skip",
            showlegend=False,
        )
        figure.add_scatter(
            x=[x],
            y=[name],
            mode="markers",
            showlegend=False,
            cliponaxis=False,
            marker={"color": tint if firm else c.card, "size": 11, "line": {"color": tint, "width": 2}},
            hovertemplate=f"%{{y}}<br>%{{x:+.2f}} ({a:+.2f} to {b:+.2f})<extra></extra>",
        )
    figure.add_vline(x=0, line={"color": c.quiet, "width": 1})
    for name, b, text in zip(names, hi, texts, strict=False):
        figure.add_annotation(
            x=b,
            y=name,
            text=text,
            showarrow=False,
            xanchor="left",
            xshift=10,
            font={"size": 11.5, "color": c.ink},
        )
    figure.update_yaxes(autorange="reversed", showgrid=False, automargin=True, ticks="")
    figure.update_xaxes(title_text=axis, zeroline=False, tickformat="$,.2f")
    if texts:
        reach = float(max(hi.max(), 0) - min(lo.min(), 0)) or 1.0
        figure.update_xaxes(range=[min(lo.min(), 0) - 0.05 * reach, max(hi.max(), 0) + 0.3 * reach])
    return figure


def effects(
    labels: Sequence[str],
    mid: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    axis: str,
    dark: bool,
    upright: bool = False,
) -> go.Figure:
    """Effects as bars from zero with their intervals, percent against the average place."""
    c = palette(dark)
    m, lo, hi = (np.asarray(a, float) for a in (mid, low, high))
    bar = {"color": np.where(m >= 0, c.gain, c.loss).tolist(), "opacity": 0.85}
    error = {
        "type": "data",
        "symmetric": False,
        "array": hi - m,
        "arrayminus": m - lo,
        "color": c.quiet,
        "thickness": 1.2,
        "width": 3,
    }
    hover = [
        f"{name}: {a:+.0f}% ({b:+.0f} to {d:+.0f})" for name, a, b, d in zip(labels, m, lo, hi, strict=True)
    ]
    figure = blank(dark, height=230 if upright else 56 + 26 * len(labels))
    if upright:
        figure.add_bar(x=list(labels), y=m, marker=bar, error_y=error, hovertext=hover, hoverinfo="text")
        figure.update_yaxes(title_text=axis, ticksuffix="%", zeroline=True, zerolinecolor=c.quiet)
        figure.update_xaxes(showgrid=False, type="category")
    else:
        figure.add_bar(
            y=list(labels), x=m, orientation="h", marker=bar, error_x=error, hovertext=hover, hoverinfo="text"
        )
        figure.update_xaxes(title_text=axis, ticksuffix="%", zeroline=True, zerolinecolor=c.quiet)
        figure.update_yaxes(autorange="reversed", showgrid=False, type="category")
    figure.update_layout(bargap=0.35)
    return figure


def blank(dark: bool, height: int) -> go.Figure:
    """An empty figure on the house's template."""
    import plotly.graph_objects as go

    c = palette(dark)
    axis = {
        "gridcolor": c.grid,
        "linecolor": c.grid,
        "zeroline": False,
        "automargin": True,
        "tickfont": {"size": 11, "color": c.quiet},
        "title": {"font": {"size": 11, "color": c.quiet}, "standoff": 8},
        "fixedrange": True,
    }
    return go.Figure(
        layout={
            "template": "none",
            "height": height,
            "margin": {"l": 8, "r": 12, "t": 10, "b": 8},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "size": 12, "color": c.ink},
            "xaxis": axis,
            "yaxis": axis,
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": c.quiet, "activecolor": c.ink},
        "hoverlabel": {
                "bgcolor": c.card,
                "bordercolor": c.grid,
                "font": {"family": FONT, "size": 12, "color": c.ink},
            },
        }
    )


def _signed(value: float) -> str:
    return ("+" if value >= 0 else "−") + f"${abs(value):,.2f}"
