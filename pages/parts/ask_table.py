"""The rows of an answer under names for people: no ids, units in the head, money and shares as written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core.units import slot_name
from pages.parts import format as fmt
from pages.parts import tables

if TYPE_CHECKING:
    from core.ask.answer import Answer
    from core.ask.period import Days
    from core.ask.query import Column

GRAINS = {"month": "%b %Y", "year": "%Y"}
MOST_PX = 387
_COMPARED = {"_before": "before", "_change": "change", "_change_rate": "change, %"}


def show(answer: Answer, rows: pd.DataFrame, key: str) -> None:
    """A grid that sorts and scrolls, as high as it has rows."""
    columns = columns_of(answer)
    shown = {name: writer(answer, column) for name, column in zip(rows.columns, columns, strict=True)}
    config = {
        name: st.column_config.Column(
            alignment="right" if c.role == "measure" else "left", help=_help(answer, c)
        )
        for name, c in zip(rows.columns, columns, strict=True)
    }
    wide = len(rows.columns) > 2 or answer.chart is not None
    texts = [name for name, c in zip(rows.columns, columns, strict=True) if c.role in ("name", "attribute")]
    told = rows.assign(**{name: rows[name].fillna(fmt.NOTHING) for name in texts})
    st.dataframe(
        told.style.format(shown, na_rep=fmt.NOTHING), hide_index=True, column_config=config,  # type: ignore[arg-type]
        height=tables.height(len(rows), MOST_PX), width="stretch" if wide else 560, key=key,
    )  # fmt: skip


def table(answer: Answer) -> pd.DataFrame:
    """The rows, a slot as "A1"."""
    columns = columns_of(answer)
    at = {id(column): i for i, column in enumerate(answer.columns)}
    slots = {c.name: i for i, c in enumerate(answer.columns) if c.of == "slot"}
    cells: dict[str, list[Any]] = {}
    for column, head in zip(columns, _heads(answer, columns), strict=True):
        if column.of == "slot" and column.name == "column":
            cells[head] = [slot_name(row[slots["row"]], row[slots["column"]]) for row in answer.rows]
        else:
            cells[head] = [row[at[id(column)]] for row in answer.rows]
    return pd.DataFrame(cells)


def columns_of(answer: Answer) -> list[Column]:
    """Those that say something to people: of ids only the names."""
    named = {c.of for c in answer.columns if c.role == "name"}
    return [c for c in answer.columns
            if c.role != "key" or c.of not in named or (c.of == "slot" and c.name == "column")]


def _heads(answer: Answer, columns: list[Column]) -> list[str]:
    heads: list[str] = []
    for column in columns:
        label = "slot" if column.of == "slot" and column.role == "key" else column.label
        if answer.plan.compare is not None and len(answer.plan.measures) == 1 and column.role == "measure":
            label = next((told for end, told in _COMPARED.items() if column.name.endswith(end)), label)
        says = column.unit in label or label != column.label
        unit = f" ({column.unit})" if column.unit and not says else ""
        head = fmt.capital(f"{label}{unit}")
        heads.append(head if head not in heads else f"{head} ({column.name.replace('_', ' ')})")
    return heads


def _help(answer: Answer, column: Column) -> str | None:
    """The days that a column of a comparison is of."""
    if answer.plan.compare is None or column.role != "measure":
        return None
    return span(answer.sources.before if column.name.endswith("_before") else answer.sources.days) or None


def span(days: Days | None) -> str:
    """ "Oct 1 – Oct 20, 2026"."""
    return "" if days is None or not days.count else fmt.days(days.first, days.last)


def writer(answer: Answer, column: Column) -> Any:
    """How a value of the column is written."""
    from core.ask.measures import Value
    from core.ask.sentence import SYMBOLS, shown

    if column.role in ("name", "attribute") or column.of == "slot":
        return str
    if column.of in GRAINS:
        return lambda day: day.strftime(GRAINS[column.of])
    if column.holds is Value.MONEY and _without_cents(answer, column):
        symbol = SYMBOLS.get(answer.currency, f"{answer.currency} ")
        return lambda value: fmt.NOTHING if pd.isna(value) else _whole(value, symbol)
    return lambda value: fmt.NOTHING if pd.isna(value) else shown(_plain(value), column, answer.currency)


def _without_cents(answer: Answer, column: Column) -> bool:
    """Whether an amount of the column is too large for cents: all of a column are then written without."""
    from core.ask.sentence import CENTS_BELOW

    at = answer.columns.index(column)
    return any(row[at] is not None and abs(row[at]) >= CENTS_BELOW for row in answer.rows)


def _whole(amount: float, symbol: str) -> str:
    return f"{'-' if amount <= -0.5 else ''}{symbol}{abs(amount):,.0f}"


def _plain(value: Any) -> Any:
    """Whole numbers come back from a column with gaps as floats."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
