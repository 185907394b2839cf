"""An answer on the page: its rows as a table with names and units, and the chart that fits them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core.units import slot_name
from pages.parts import charts, frame, tables
from pages.parts import format as fmt

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from core.ask.answer import Answer
    from core.ask.query import Column

LINES, TICKS = 8, {"money": "$~s", "share": ".0%", "change rate": "+.0%"}
LONG_NAME = 26
PHONE_BARS = 10
_GRAINS = {"month": "%b %Y", "year": "%Y"}
_FREQUENCY = {"week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}


def show(answer: Answer, key: str) -> None:
    """Chart beside table where there is one, with the download and where it comes from."""
    rows = table(answer)
    drawn = figure(answer, rows)
    if drawn is not None:
        left, right = st.columns([1.15, 1], gap="medium")
        with left, st.container(border=True, key=f"card_{key}_chart", height="stretch"):
            frame.title(_capital(_about(answer)), _cut(answer))
            frame.chart(drawn, key=f"{key}_chart")
    else:
        right = st.container()
    if drawn is not None and frame.is_phone():
        folded(answer, key)
    elif len(rows.columns) and not (len(rows) == 1 and answer.plan.form in ("value", "count")):
        with right:
            _table(answer, rows, key)
    sources(answer)


def folded(answer: Answer, key: str) -> None:
    """The rows behind a button: of older answers, and below a chart on a phone."""
    with st.popover("Rows", type="tertiary", icon=":material/table_rows:", width="content"):
        _table(answer, table(answer), key)


def _table(answer: Answer, rows: pd.DataFrame, key: str) -> None:
    columns = zip(rows.columns, _columns(answer), strict=True)
    shown = {name: _writer(answer, column) for name, column in columns}
    height = min(36 * (len(rows) + 1), 400)
    st.dataframe(
        rows.style.format(shown, na_rep=fmt.NOTHING), hide_index=True, height=height,  # type: ignore[arg-type]
        width="stretch" if len(rows.columns) > 2 or answer.chart else 560, key=f"{key}_table",
    )  # fmt: skip
    tables.download(rows, "Download the rows", "answer", key=f"{key}_download")


def table(answer: Answer) -> pd.DataFrame:
    """The rows under names for people: no ids, units in the head, a slot as "A1"."""
    columns = _columns(answer)
    at = {id(column): i for i, column in enumerate(answer.columns)}
    slots = {c.name: i for i, c in enumerate(answer.columns) if c.of == "slot"}
    cells: dict[str, list[Any]] = {}
    for column, head in zip(columns, _heads(columns), strict=True):
        if column.of == "slot" and column.name == "column":
            cells[head] = [slot_name(row[slots["row"]], row[slots["column"]]) for row in answer.rows]
        else:
            cells[head] = [row[at[id(column)]] for row in answer.rows]
    return pd.DataFrame(cells)


def _columns(answer: Answer) -> list[Column]:
    """Those that say something to people: of ids only the names."""
    named = {c.of for c in answer.columns if c.role == "name"}
    return [c for c in answer.columns
            if c.role != "key" or c.of not in named or (c.of == "slot" and c.name == "column")]


def _heads(columns: list[Column]) -> list[str]:
    heads: list[str] = []
    for column in columns:
        label = "slot" if column.of == "slot" and column.role == "key" else column.label
        unit = f" ({column.unit})" if column.unit and column.unit not in label else ""
        head = _capital(f"{label}{unit}")
        heads.append(head if head not in heads else f"{head} ({column.name.replace('_', ' ')})")
    return heads


def _writer(answer: Answer, column: Column) -> Any:
    from core.ask.sentence import shown

    if column.role in ("name", "attribute") or column.of == "slot":
        return str
    if column.of in _GRAINS:
        return lambda day: day.strftime(_GRAINS[column.of])
    return lambda value: fmt.NOTHING if pd.isna(value) else shown(_plain(value), column, answer.currency)


def _plain(value: Any) -> Any:
    """Whole numbers come back from a column with gaps as floats."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def figure(answer: Answer, rows: pd.DataFrame) -> go.Figure | None:
    """A course as lines, a ranking as bars; None where a chart would say nothing more."""
    columns = _columns(answer)
    measured = next((i for i, c in enumerate(columns) if c.role == "measure"), None)
    if answer.chart is None or measured is None:
        return None
    share = next((i for i, c in enumerate(columns) if c.holds == "share" and answer.plan.share), measured)
    change = next((i for i, c in enumerate(columns) if _leads(answer, c)), share)
    if answer.chart == "line":
        return _lines(rows, columns, change, frame.is_dark())
    first = rows.head(PHONE_BARS) if frame.is_phone() else rows
    return _bars(answer, first, columns, change, frame.is_dark())


def _leads(answer: Answer, column: Column) -> bool:
    """The column that a comparison is ranked by."""
    plan = answer.plan
    if plan.compare is None or plan.order is None or plan.order.column not in ("change", "change_rate"):
        return False
    return column.name == f"{plan.measures[0]}_{plan.order.column}"


def _lines(rows: pd.DataFrame, columns: list[Column], value: int, dark: bool) -> go.Figure:
    time = next(i for i, c in enumerate(columns) if c.holds == "date")
    group = next((i for i, c in enumerate(columns) if i != time and c.role != "measure"), None)
    made = charts.blank(dark, 260 if frame.is_phone() else 350)
    color = charts.palette(dark)
    x, y = rows.iloc[:, time], rows.iloc[:, value]
    parts = [("", rows.index)] if group is None else _largest(rows, group, value)
    for k, (name, index) in enumerate(parts):
        ink = color.accent if len(parts) == 1 else charts.value_color(k / max(len(parts) - 1, 1))
        made.add_scatter(
            x=pd.to_datetime(x[index]), y=y[index], name=str(name) or rows.columns[value],
            mode="lines+markers" if len(index) <= 40 else "lines", line={"color": ink, "width": 2.2},
            marker={"size": 5}, hovertemplate=f"%{{x|{_GRAINS.get(columns[time].of, '%b %-d, %Y')}}}<br>"
            f"{frame.text(str(name))} %{{y:{_precise(columns[value])}}}<extra></extra>",
        )  # fmt: skip
    made.update_xaxes(showgrid=False, nticks=4 if frame.is_phone() else 8, tickangle=0)
    made.update_yaxes(title_text=rows.columns[value], tickformat=TICKS.get(str(columns[value].holds), "~s"),
                      rangemode="tozero", nticks=6)
    made.update_layout(showlegend=len(parts) > 1, legend={"orientation": "h", "y": -0.15})
    return made


def _largest(rows: pd.DataFrame, group: int, value: int) -> list[tuple[str, Any]]:
    """The groups with the largest sums, so that lines can be told apart."""
    names = rows.iloc[:, group].fillna("none").astype(str)
    sums = rows.iloc[:, value].groupby(names).sum().sort_values(ascending=False)
    return [(name, rows.index[names == name]) for name in sums.index[:LINES]]


def _bars(answer: Answer, rows: pd.DataFrame, columns: list[Column], value: int, dark: bool) -> go.Figure:
    write, name = _writer(answer, columns[value]), _writer(answer, columns[0])
    color = charts.palette(dark)
    amounts = rows.iloc[:, value]
    labels = [_short(name(v) if not pd.isna(v) else f"No {columns[0].label}") for v in rows.iloc[:, 0]]
    made = charts.blank(dark, 44 + 27 * len(rows))
    made.add_bar(
        x=amounts, y=list(range(len(rows))), orientation="h", text=[write(v) for v in amounts],
        textposition="outside", cliponaxis=False, textfont={"size": 11.5, "color": color.ink},
        marker={"color": [color.loss if v < 0 else color.accent for v in amounts.fillna(0)]},
        hovertext=[frame.text(label) for label in labels],
        hovertemplate="%{hovertext}: %{text}<extra></extra>",
    )  # fmt: skip
    low, high = min(float(amounts.min()), 0.0), max(float(amounts.max()), 0.0)
    reach = (high - low) or 1.0
    made.update_xaxes(showgrid=False, showticklabels=False,
                      range=[low - (0.22 * reach if low else 0), high + 0.22 * reach])
    made.update_yaxes(autorange="reversed", showgrid=False, tickvals=list(range(len(rows))),
                      ticktext=[frame.text(label) for label in labels], ticks="")
    made.update_layout(bargap=0.3)
    return made


def _cut(answer: Answer) -> str:
    """That the first or the last time of a course is there in part, so that nobody takes it for a fall."""
    grain, days = answer.plan.grain, answer.sources.days
    if answer.chart == "bar" and frame.is_phone() and len(answer.rows) > PHONE_BARS:
        return f"The first {PHONE_BARS} of {len(answer.rows)}"
    if answer.chart != "line" or days is None or grain not in _FREQUENCY or not answer.rows:
        return ""
    ends = [pd.Period(day, _FREQUENCY[grain]) for day in (days.first, days.last)]
    cut = [name for name, is_cut in (("first", ends[0].start_time.date() < days.first),
                                     ("last", ends[1].end_time.date() > days.last)) if is_cut]
    return f"The {' and the '.join(cut)} {grain} {'is' if len(cut) == 1 else 'are'} not whole" if cut else ""


def _precise(column: Column) -> str:
    return {"money": "$,.2f", "share": ".1%", "number": ",.1f"}.get(str(column.holds), ",")


def _short(name: str) -> str:
    return name if len(name) <= LONG_NAME else f"{name[: LONG_NAME - 1].rstrip()}…"


def _about(answer: Answer) -> str:
    """The plan in words, without its period, which stands in the sentence."""
    change = "change of " if any(_leads(answer, column) for column in answer.columns) else ""
    return change + answer.words.split(", ")[0]


def sources(answer: Answer) -> None:
    """Tables, rows read, period and age of the data in one quiet line."""
    s = answer.sources
    today = s.today
    parts = [f"From {_listed(list(s.tables))}" if s.tables else ""]
    if s.rows_read is not None:
        parts.append(fmt.count(s.rows_read, "row") + " read")
    if s.days is not None and s.days.count:
        parts.append(fmt.days(s.days.first, s.days.last, date(today.year, 12, 31)))
    parts.append(f"data to {fmt.day(today)}")
    if s.last_import is not None:
        parts.append(f"last import {fmt.ago(s.last_import)}")
    frame.quiet(" · ".join(part for part in parts if part))


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
