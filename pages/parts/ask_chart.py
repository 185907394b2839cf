"""The chart that fits an answer: a course as lines, a ranking as bars, a comparison as pairs of bars."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from core.ask.dimensions import DIMENSIONS, Scope
from core.ask.sentence import is_whole
from pages.parts import ask_table, charts, frame
from pages.parts import format as fmt

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from core.ask.answer import Answer
    from core.ask.query import Column

MOST_LINES = 6
MOST_BARS, MOST_PAIRS, MOST_ON_PHONE = 12, 8, 8
LONG_NAME, LONG_ON_PHONE = 30, 18
TICKS = {"money": "$~s", "share": ".0%", "change rate": "+.0%"}
HOVERED = {"money": "$,.2f", "share": ".1%", "change rate": "+.1%", "number": ",.1f"}
LINES = (("#2f52d0", "#8ea0ff"), ("#c85a0a", "#f2984a"), ("#0f8a6d", "#4cc9a4"), ("#8b3fae", "#c98be6"),
         ("#8a6d00", "#d9bd3f"), ("#5b6675", "#a9b3c4"))
"""Colors of lines, light and dark, told apart by people who see red and green alike, too."""
UNITS = {"money": "", "share": "share", "change rate": "change"}


def figure(answer: Answer, rows: pd.DataFrame) -> go.Figure | None:
    """None where a chart would say nothing more than the sentence."""
    columns = ask_table.columns_of(answer)
    value = leading(answer, columns)
    if answer.chart is None or value is None or rows.iloc[:, value].isna().all():
        return None
    if answer.chart == "line":
        return _lines(answer, rows, columns, value)
    first = sorted_rows(answer, rows, columns, value).head(most_bars(answer))
    then = _before(columns, value)
    if then is None:
        return _bars(answer, first, columns, value)
    return _pairs(answer, first, columns, value, then)


def most_bars(answer: Answer) -> int:
    if frame.is_phone():
        return MOST_ON_PHONE
    return MOST_PAIRS if answer.plan.compare is not None and not by_change(answer) else MOST_BARS


def leading(answer: Answer, columns: list[Column]) -> int | None:
    """Which column the chart shows: the change or share that is asked for, else the first measure."""
    measures = [i for i, c in enumerate(columns) if c.role == "measure"]
    plan = answer.plan
    wanted = "share" if plan.share else None
    if by_change(answer) and plan.order is not None:
        wanted = plan.order.column
    named = (i for i in measures if wanted and columns[i].name == f"{_base(columns, measures)}_{wanted}")
    return next(named, measures[0] if measures else None)


def by_change(answer: Answer) -> bool:
    """Whether the rows are ranked by how much they changed."""
    order = answer.plan.order
    return answer.plan.compare is not None and order is not None and order.column in ("change", "change_rate")


def sorted_rows(answer: Answer, rows: pd.DataFrame, columns: list[Column], value: int) -> pd.DataFrame:
    """Largest first where the question gives no order of its own; days and shelves keep theirs."""
    natural = columns[0].of in ("weekday", "season", "row") or DIMENSIONS[columns[0].of].scope is Scope.TIME
    if answer.plan.order is not None or natural:
        return rows
    return rows.sort_values(rows.columns[value], ascending=False, kind="stable")


def note(answer: Answer) -> str:
    """What the chart leaves out, so that nobody takes a part for the whole."""
    plan, shown = answer.plan, most_bars(answer)
    if answer.chart == "bar" and len(answer.rows) > shown:
        return f"The first {shown} of {len(answer.rows)}"
    grain = plan.grain
    if answer.chart != "line" or grain is None or not answer.rows:
        return ""
    at = next(i for i, c in enumerate(answer.columns) if c.of == grain)
    first, last = answer.rows[0][at], answer.rows[-1][at]
    cut = [name for name, day in (("first", first), ("last", last))
           if not is_whole(day, grain, answer.sources.days)]
    said = f"The {' and the '.join(cut)} {grain} {'is' if len(cut) == 1 else 'are'} not whole" if cut else ""
    others = [i for i in answer.keys if i != at]
    groups = len({tuple(row[i] for i in others) for row in answer.rows})
    few = f"the {MOST_LINES} largest of {groups}" if groups > MOST_LINES else ""
    text = " · ".join(part for part in (said, few) if part)
    return f"{text[:1].upper()}{text[1:]}"


def _base(columns: list[Column], measures: list[int]) -> str:
    return columns[measures[0]].name if measures else ""


def _before(columns: list[Column], value: int) -> int | None:
    return next((i for i, c in enumerate(columns) if c.name == f"{columns[value].name}_before"), None)


def _lines(answer: Answer, rows: pd.DataFrame, columns: list[Column], value: int) -> go.Figure:
    time = next(i for i, c in enumerate(columns) if c.holds == "date")
    group = next((i for i, c in enumerate(columns) if i != time and c.role != "measure"), None)
    dark, phone = frame.is_dark(), frame.is_phone()
    made = charts.blank(dark, 270 if phone else 380)
    parts = [("", rows.index)] if group is None else _largest(rows, group, value)
    for k, (name, index) in enumerate(parts):
        ink = charts.palette(dark).accent if len(parts) == 1 else LINES[k % len(LINES)][dark]
        _line(made, answer, rows.loc[index].iloc[:, [time, value]], columns[time].of, ink,
              _text(name or str(rows.columns[value])), columns[value])
    made.update_xaxes(showgrid=False, nticks=4 if phone else 8, tickangle=0)
    made.update_yaxes(title_text=None if phone else rows.columns[value], rangemode="tozero", nticks=6,
                      tickformat=TICKS.get(str(columns[value].holds), "~s"))
    made.update_layout(showlegend=len(parts) > 1, hovermode="closest",
                       legend={"orientation": "h", "y": -0.12, "x": 0, "yanchor": "top"})
    return made


def _line(
    made: go.Figure, answer: Answer, part: pd.DataFrame, grain: str, ink: str, name: str, column: Column
) -> None:
    """Steps that are not whole are dotted, with open marks."""
    days = list(part.iloc[:, 0])
    amounts = list(part.iloc[:, 1].astype(float))
    whole = [is_whole(day, grain, answer.sources.days) for day in days]
    marked = len(days) <= 40
    for solid in (True, False):
        steps = [(a, b) for a, b in pairwise(range(len(days))) if (whole[a] and whole[b]) == solid]
        x = [v for a, b in steps for v in (days[a], days[b], None)]
        y = [v for a, b in steps for v in (amounts[a], amounts[b], None)]
        style = {"color": ink, "width": 2.2, "dash": "solid" if solid else "dot"}
        made.add_scatter(x=x, y=y, mode="lines", hoverinfo="skip", name=name, showlegend=solid,
                         legendgroup=name, line=style)
    made.add_scatter(
        x=days, y=amounts, mode="markers", name=name, legendgroup=name, showlegend=False,
        marker={"size": 6 if marked else 0.1, "color": ink,
                "symbol": ["circle" if w else "circle-open" for w in whole]},
        hovertemplate=f"%{{x|{ask_table.GRAINS.get(grain, '%b %-d, %Y')}}}<br>%{{fullData.name}} "
        f"%{{y:{HOVERED.get(str(column.holds), ',')}}}<extra></extra>",
    )  # fmt: skip


def _largest(rows: pd.DataFrame, group: int, value: int) -> list[tuple[str, Any]]:
    """The groups with the largest sums, so that lines can be told apart."""
    names = rows.iloc[:, group].fillna("none").astype(str)
    sums = rows.iloc[:, value].groupby(names).sum().sort_values(ascending=False)
    return [(name, rows.index[names == name]) for name in sums.index[:MOST_LINES]]


def _bars(answer: Answer, rows: pd.DataFrame, columns: list[Column], value: int) -> go.Figure:
    write, color = ask_table.writer(answer, columns[value]), charts.palette(frame.is_dark())
    amounts = rows.iloc[:, value]
    made = _blank_bars(answer, rows, columns, 46 + 27 * len(rows))
    made.add_bar(
        x=amounts, y=list(range(len(rows))), orientation="h", text=[write(v) for v in amounts],
        textposition="outside", cliponaxis=False, textfont={"size": 11.5, "color": color.ink},
        marker={"color": [color.loss if v < 0 else color.accent for v in amounts.fillna(0)]},
        hovertext=_names(answer, rows, columns, 99), hovertemplate="%{hovertext}: %{text}<extra></extra>",
    )  # fmt: skip
    _room(made, amounts, 0.25 if not frame.is_phone() else 0.4)
    return made


def _pairs(answer: Answer, rows: pd.DataFrame, columns: list[Column], value: int, then: int) -> go.Figure:
    """Now and before for each, with the change beside them."""
    write, color = ask_table.writer(answer, columns[value]), charts.palette(frame.is_dark())
    made = _blank_bars(answer, rows, columns, 66 + 39 * len(rows))
    rate = next((i for i, c in enumerate(columns) if c.name == f"{columns[value].name}_change_rate"), None)
    rates = [None] * len(rows) if rate is None else [None if pd.isna(v) else v for v in rows.iloc[:, rate]]
    changes = ["" if v is None else f" ({v:+.1%})" for v in rates]
    names = _names(answer, rows, columns, 99)
    days, before = answer.sources.days, answer.sources.before
    for index, span, ink, more in ((value, days, color.accent, changes),
                                   (then, before, color.soft, [""] * len(rows))):
        made.add_bar(
            x=rows.iloc[:, index], y=list(range(len(rows))), orientation="h", name=ask_table.span(span),
            text=[f"{write(v)}{m}" for v, m in zip(rows.iloc[:, index], more, strict=True)],
            textposition="outside", cliponaxis=False, textfont={"size": 11, "color": color.ink},
            marker={"color": ink}, hovertext=names,
            hovertemplate=f"%{{hovertext}}<br>{ask_table.span(span)}: %{{text}}<extra></extra>",
        )  # fmt: skip
    _room(made, pd.concat([rows.iloc[:, value], rows.iloc[:, then]]), 0.9 if frame.is_phone() else 0.4)
    made.update_layout(barmode="group", bargap=0.28, bargroupgap=0.06, showlegend=True,
                       legend={"orientation": "h", "y": 1.0, "x": 0, "yanchor": "bottom"}, margin={"t": 34})
    return made


def _blank_bars(answer: Answer, rows: pd.DataFrame, columns: list[Column], height: int) -> go.Figure:
    made = charts.blank(frame.is_dark(), height)
    made.update_yaxes(autorange="reversed", showgrid=False, tickvals=list(range(len(rows))), ticks="",
                      ticktext=_names(answer, rows, columns, _longest()))
    made.update_layout(bargap=0.3)
    return made


def _room(made: go.Figure, amounts: pd.Series, share: float) -> None:
    """Room beside the bars for what is written there."""
    low, high = min(float(amounts.min()), 0.0), max(float(amounts.max()), 0.0)
    reach = (high - low) or 1.0
    made.update_xaxes(showgrid=False, showticklabels=False,
                      range=[low - (share * reach if low else 0), high + (share * reach if high else 0)])


def _names(answer: Answer, rows: pd.DataFrame, columns: list[Column], most: int) -> list[str]:
    groups = [(rows.iloc[:, i], ask_table.writer(answer, c), c.label) for i, c in enumerate(columns)
              if c.role in ("key", "name")]
    parts = [[write(v) if not pd.isna(v) else f"no {label}" for v in values]
             for values, write, label in groups]
    told = [", ".join(names) for names in zip(*parts, strict=True)]
    short = [text if len(text) <= most else f"{text[: most - 1].rstrip()}…" for text in told]
    return [_text(fmt.capital(text)) for text in short]


def _text(words: str) -> str:
    """A name in a chart: Plotly reads tags, but shows a quote's entity as it is written."""
    return escape(words, quote=False)


def _longest() -> int:
    return LONG_ON_PHONE if frame.is_phone() else LONG_NAME
