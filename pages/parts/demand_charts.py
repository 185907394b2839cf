"""Charts of demand: the fan of a forecast, what it is made of, and the calendar of stockouts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from pages.parts import format as fmt
from pages.parts.charts import blank, palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from core.capabilities.demand import SalesHistory
    from core.forecast.panel import FloatArray

DAY_MS = 86_400_000
LABEL_EDGE, LABEL_LETTER = 0.02, 0.009
"""Shares of the time axis that the name of a holiday takes; what does not fit is told by hovering."""
HISTORY_DAYS, PHONE_DAYS = 56, 28
PARTS = ("base", "weekday", "season", "weather", "event", "holiday", "price")
PART_NAMES = {
    "base": "Usual level", "weekday": "Weekday", "season": "Season", "weather": "Weather", "event": "Event",
    "holiday": "Holiday", "price": "Price",
}  # fmt: skip
_PART_COLORS = {
    False: {
        "base": "#c3cbe0", "weekday": "#2f52d0", "season": "#0f8b8d", "weather": "#d97706",
        "event": "#b0457b", "holiday": "#8b3fa8", "price": "#7a8599",
    },
    True: {
        "base": "#3b455c", "weekday": "#8ea0ff", "season": "#4fc4c4", "weather": "#f0a35e",
        "event": "#ee8ab8", "holiday": "#cf8ae8", "price": "#9aa3b5",
    },
}  # fmt: skip
RISK = {
    False: ("#eef1f5", "#ead86a", "#b9a871", "#7a7872", "#3b496c", "#00224e"),
    True: ("#222833", "#3b496c", "#666a72", "#a59c74", "#dcc850", "#fee838"),
}
"""One scale for shares out of stock and for risks, even in lightness, from the card's own color."""


@dataclass(frozen=True, slots=True)
class Course:
    """Units a day, behind and ahead. ``past`` (T,) sold and ``out`` (T,) share of the day out of stock
    before ``first_day``; ``middle`` (H,) and ``bands`` level → (low, high), each (H,), from it on;
    ``plain`` (H,): the middle without what is supposed."""

    first_day: date
    past: FloatArray
    out: FloatArray
    middle: FloatArray
    bands: Mapping[float, tuple[FloatArray, FloatArray]]
    plain: FloatArray | None = None

    @property
    def past_days(self) -> list[date]:
        return [self.first_day - timedelta(days=k) for k in range(len(self.past), 0, -1)]

    @property
    def days(self) -> list[date]:
        return [self.first_day + timedelta(days=k) for k in range(len(self.middle))]


def recent(values: FloatArray, days: int = HISTORY_DAYS) -> FloatArray:
    """The last ``days`` of a history, or what there is of it."""
    return np.asarray(values, float)[-days:]


def quantiles() -> tuple[float, ...]:
    """The levels of a forecast's quantiles, from low to high."""
    from core.capabilities.demand import QUANTILES  # the engine, only when a forecast is there

    return QUANTILES


def course(
    first_day: date, history: SalesHistory, mean: FloatArray, spread: FloatArray,
    out: FloatArray | None = None,
) -> Course:
    """The course of a forecast; ``spread`` (7, H) by ``quantiles``, the middle one not drawn. ``out`` (T,):
    the share of each day of the history out of stock, where that is not simply yes or no."""
    levels = quantiles()
    bands = {
        round(levels[-1 - k] - levels[k], 3): (spread[k], spread[-1 - k]) for k in range(len(levels) // 2)
    }
    units = np.where(recent(history.stood) > 0, recent(history.units), np.nan)
    hatched = recent(history.stockout if out is None else out)
    return Course(first_day, units, hatched, np.asarray(mean, float), bands)


def fan(
    course: Course, marks: Mapping[date, str], dark: bool, height: int = 300, phone: bool = False
) -> go.Figure:
    """What was sold, solid; what is expected, with its bands; days out of stock hatched, holidays named."""
    c = palette(dark)
    figure = blank(dark, height)
    _hatch(figure, course, dark)
    _bands(figure, course, dark)
    smooth = _week_mean(course.past)
    figure.add_scatter(
        x=course.past_days, y=course.past, mode="lines", line={"color": c.quiet, "width": 1, "shape": "hvh"},
        opacity=0.55, name="Sold", hovertemplate="%{x|%a, %b %-d}<br>%{y:,.0f} sold<extra></extra>",
    )
    figure.add_scatter(
        x=course.past_days, y=smooth, mode="lines", line={"color": c.ink, "width": 2},
        name="7-day mean", hoverinfo="skip",
    )
    figure.add_scatter(
        x=course.days, y=course.middle, mode="lines", line={"color": c.accent, "width": 2.4},
        name="Expected", customdata=_hover(course),
        hovertemplate="%{x|%a, %b %-d}<br>%{y:,.1f} expected<br>%{customdata}<extra></extra>",
    )
    if course.plain is not None:
        figure.add_scatter(
            x=course.days, y=course.plain, mode="lines", name="Without it", hoverinfo="skip",
            line={"color": c.quiet, "width": 1.8, "dash": "dash"},
        )
    top = 1.22 * max(_top(course), 1.0)
    figure.update_yaxes(title_text="units a day", rangemode="tozero", range=[0, top], nticks=5)
    _time_axis(figure, [*course.past_days, *course.days], phone)
    _mark(figure, course, marks, dark, phone)
    figure.update_layout(
        showlegend=True, legend=_legend(c.quiet), bargap=0, barmode="overlay",
        yaxis2={"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True},
    )
    return figure


def breakdown(
    days: Sequence[date], contributions: Mapping[str, FloatArray], dark: bool, height: int = 300,
    phone: bool = False,
) -> go.Figure:
    """Stacked units a day by cause, what takes away below zero; together they are the line."""
    c, colors = palette(dark), _PART_COLORS[dark]
    figure = blank(dark, height)
    total = np.sum(list(contributions.values()), axis=0)
    for name in PARTS:
        units = contributions.get(name)
        if units is None or not shown(units, total, name):
            continue
        figure.add_bar(
            x=list(days), y=units, name=PART_NAMES[name],
            marker={"color": colors[name], "line": {"width": 0}},
            hovertemplate=f"{PART_NAMES[name]} %{{y:{'' if name == 'base' else '+'},.1f}}<extra></extra>",
        )
    figure.add_scatter(
        x=list(days), y=total, mode="lines+markers", name="Expected", line={"color": c.ink, "width": 1.6},
        marker={"size": 4.5, "color": c.ink}, hovertemplate="Expected %{y:,.1f}<extra></extra>",
    )
    figure.update_yaxes(title_text="units a day", zeroline=True, zerolinecolor=c.quiet, nticks=5)
    _time_axis(figure, days, phone)
    figure.update_layout(
        barmode="relative", bargap=0.18, hovermode="x unified", showlegend=True, legend=_legend(c.quiet)
    )
    return figure


def shown(units: FloatArray, total: FloatArray, name: str) -> bool:
    """Whether a cause is large enough on any day to be told: a hundredth of what is expected."""
    return name == "base" or bool(np.abs(units).max(initial=0.0) >= 0.01 * max(total.mean(), 1e-9))


def calendar(
    names: Sequence[str], first_day: date, past: FloatArray, ahead: FloatArray, visits: Sequence[date],
    dark: bool, phone: bool = False,
) -> go.Figure:
    """Products by days: the share of a past day out of stock (P, T), the risk of one to come (P, H)."""
    c = palette(dark)
    share = np.hstack([past, ahead])
    days = [first_day + timedelta(days=k - past.shape[1]) for k in range(share.shape[1])]
    shorter = [_shorten(n, 18 if phone else 30) for n in names]
    figure = blank(dark, height=92 + 19 * len(names))
    rows = list(range(len(names)))
    border = past.shape[1]
    behind, coming = (0, border, "out of stock"), (border, len(days), "risk of being out")
    for first, last, word in (behind, coming):
        text = [
            [f"{name}: {value:.0%} {word}" for value in share[i, first:last]] for i, name in enumerate(names)
        ]
        figure.add_heatmap(
            x=days[first:last], y=rows, z=share[:, first:last], zmin=0, zmax=1,
            xgap=0 if phone else 1, ygap=2,
            colorscale=list(RISK[dark]), showscale=first == 0, text=text,
            hovertemplate="%{x|%a, %b %-d}<br>%{text}<extra></extra>",
            colorbar={
                "orientation": "h", "thickness": 7, "len": 0.4, "x": 0, "xanchor": "left", "y": 1.0,
                "yanchor": "bottom", "tickformat": ".0%", "nticks": 3, "outlinewidth": 0,
                "tickfont": {"size": 10.5, "color": c.quiet}, "ypad": 4, "ticks": "",
            },
        )
    figure.update_yaxes(
        tickvals=rows, ticktext=shorter, autorange="reversed", showgrid=False, automargin=True, ticks="",
        tickfont={"size": 11, "color": c.ink},
    )
    _time_axis(figure, days, phone)
    _now(figure, first_day, dark)
    for visit in visits:
        figure.add_vline(x=_ms(visit) - DAY_MS / 2, line={"color": c.accent, "width": 1, "dash": "dot"})
    return figure


def _bands(figure: go.Figure, course: Course, dark: bool) -> None:
    c = palette(dark)
    base = c.accent.lstrip("#")
    red, green, blue = (int(base[i : i + 2], 16) for i in (0, 2, 4))
    shape = "hvh" if float(np.mean(course.middle)) < 8 else "linear"
    for level, strength in zip(sorted(course.bands, reverse=True), (0.13, 0.20, 0.30), strict=False):
        low, high = course.bands[level]
        figure.add_scatter(
            x=course.days, y=low, mode="lines", line={"width": 0, "shape": shape}, hoverinfo="skip",
            showlegend=False,
        )
        figure.add_scatter(
            x=course.days, y=high, mode="lines", line={"width": 0, "shape": shape}, fill="tonexty",
            fillcolor=f"rgba({red},{green},{blue},{strength})", hoverinfo="skip",
            name=f"{level:.0%} of days" if level == min(course.bands) else f"{level:.0%}",
        )


def _hatch(figure: go.Figure, course: Course, dark: bool) -> None:
    """The share of a day out of stock, hatched from the ground up."""
    if not (course.out > 0.02).any():
        return
    c = palette(dark)
    figure.add_bar(
        x=course.past_days, y=course.out, yaxis="y2", name="Out of stock", width=DAY_MS,
        marker={
            "color": "rgba(0,0,0,0)", "line": {"width": 0},
            "pattern": {"shape": "/", "size": 5, "solidity": 0.22, "fgcolor": c.loss},
        },
        hovertemplate="%{x|%a, %b %-d}<br>out of stock %{y:.0%} of the day<extra></extra>",
    )


def _mark(figure: go.Figure, course: Course, marks: Mapping[date, str], dark: bool, phone: bool) -> None:
    """Where the forecast starts, and the holidays and events, named where there is room."""
    c = palette(dark)
    _now(figure, course.first_day, dark)
    first, last = course.first_day - timedelta(days=len(course.past)), course.days[-1]
    inside = {day: name for day, name in sorted(marks.items()) if first <= day <= last}
    figure.add_scatter(
        x=list(inside), y=[0.955] * len(inside), yaxis="y2", mode="markers", showlegend=False,
        marker={"symbol": "diamond", "size": 7, "color": c.quiet}, text=list(inside.values()),
        hovertemplate="%{x|%a, %b %-d}<br>%{text}<extra></extra>",
    )
    for day in inside:
        figure.add_shape(
            type="line", x0=day, x1=day, y0=0, y1=0.93, yref="y domain",
            line={"color": c.quiet, "width": 1, "dash": "dot"}, opacity=0.5, layer="below",
        )
    for day, line, name, right in _labels(inside, first, last, 2.2 if phone else 1.0):
        figure.add_annotation(
            x=day, y=0.955 - 0.075 * line, yref="y domain", text=name, showarrow=False,
            xanchor="right" if right else "left", xshift=-7 if right else 7,
            font={"size": 10.5, "color": c.quiet}, bgcolor=c.card, borderpad=1,
        )


def _labels(
    marks: Mapping[date, str], first: date, last: date, scale: float
) -> list[tuple[date, int, str, bool]]:
    """(day, line 0 or 1, name, whether it stands left of its day) of the names that fit beside each other."""
    span, found, free = (last - first).days + 1, [], [first, first]
    for day, full in marks.items():
        name = _shorten(full, 18)
        room = timedelta(days=span * scale * (LABEL_EDGE + LABEL_LETTER * len(name)))
        right = last - day < room
        start, end = (day - room, day) if right else (day, day + room)
        line = next((k for k in (0, 1) if start >= free[k]), None)
        if line is not None:
            found.append((day, line, name, right))
            free[line] = end
    return found


def _now(figure: go.Figure, first_day: date, dark: bool) -> None:
    figure.add_vline(x=_ms(first_day) - DAY_MS / 2, line={"color": palette(dark).quiet, "width": 1})


def _ms(day: date) -> float:
    """Midnight of a day as plotly counts: milliseconds, without a time zone."""
    return (datetime.combine(day, time()) - datetime(1970, 1, 1)).total_seconds() * 1000


def _time_axis(figure: go.Figure, days: Sequence[Any], phone: bool) -> None:
    """Weeks where they fit, never a day twice."""
    weeks = max(1, round(len(days) / 7))
    step = max(1, int(np.ceil(weeks / (5 if phone else 11))))
    if len(days) <= 16:
        figure.update_xaxes(dtick=DAY_MS * (1 if len(days) < 9 else 2), tickformat="%a<br>%-d", tickangle=0)
    else:
        monday = days[0] + timedelta(days=-days[0].weekday() % 7)
        figure.update_xaxes(tick0=monday.isoformat(), dtick=DAY_MS * 7 * step, tickformat="%b %-d")
    ends = (_ms(days[0]) - DAY_MS / 2, _ms(days[-1]) + DAY_MS / 2)
    figure.update_xaxes(showgrid=False, range=[datetime.fromtimestamp(end / 1000, UTC) for end in ends])


def _legend(color: str) -> dict[str, Any]:
    return {
        "orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom",
        "font": {"size": 11, "color": color}, "itemclick": False, "itemdoubleclick": False,
        "bgcolor": "rgba(0,0,0,0)", "traceorder": "normal",
    }  # fmt: skip


def _hover(course: Course) -> list[str]:
    """Each day's bands in words."""
    levels = sorted(course.bands)
    return [
        "<br>".join(
            f"{level:.0%}: {course.bands[level][0][k]:,.0f}{fmt.DASH}{course.bands[level][1][k]:,.0f}"
            for level in levels
        )
        for k in range(len(course.middle))
    ]


def _top(course: Course) -> float:
    high = max((float(np.max(high, initial=0.0)) for _, high in course.bands.values()), default=0.0)
    return max(high, float(np.nanmax(course.past, initial=0.0)))


def _week_mean(values: FloatArray) -> FloatArray:
    """The centered seven-day mean of the days that are known, shorter at the ends."""
    if not len(values):
        return values
    known, kernel = np.isfinite(values), np.ones(7)
    days = np.convolve(known, kernel)[3:-3]
    sold = np.convolve(np.where(known, values, 0.0), kernel)[3:-3]
    return np.where(known & (days > 0), sold / np.maximum(days, 1), np.nan)


def _shorten(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
