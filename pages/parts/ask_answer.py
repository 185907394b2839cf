"""An answer on the page: its number or chart, its rows, and where they come from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from core.ask.sentence import shown
from core.ask.wording import measured_in_words
from pages.parts import ask_chart, ask_table, frame
from pages.parts import format as fmt

if TYPE_CHECKING:
    import pandas as pd

    from core.ask.answer import Answer

WORSE_WHEN_MORE = frozenset({"stockouts", "violations", "cost"})
"""Measures of which less is better."""


def show(answer: Answer, key: str) -> None:
    """Numbers as numbers; else the chart beside the rows, on a phone above them."""
    rows = ask_table.table(answer)
    if answer.plan.form == "value" and answer.rows:
        numbers(answer)
    elif answer.chart is not None and (drawn := ask_chart.figure(answer, rows)) is not None:
        _charted(answer, rows, drawn, key)
    elif shows_rows(answer):
        ask_table.show(answer, rows, f"{key}_table")
    sources(answer)


def _charted(answer: Answer, rows: pd.DataFrame, drawn: object, key: str) -> None:
    left, right = (st.container(),) * 2 if frame.is_phone() else st.columns([1.15, 1], gap="medium")
    with left, st.container(border=True, key=f"card_{key}_chart", height="content"):
        frame.title(fmt.capital(about(answer)), ask_chart.note(answer))
        frame.chart(drawn, key=f"{key}_chart")
    if not frame.is_phone():
        with right:
            ask_table.show(answer, rows, f"{key}_table")


def shows_rows(answer: Answer) -> bool:
    """Whether the rows say more than the sentence."""
    lone = len(answer.rows) == 1 and len(answer.measures) <= 1
    return bool(answer.rows) and answer.plan.form != "value" and not lone


def needs_button(answer: Answer) -> bool:
    """Whether the rows are shown behind a button: beneath a chart on a phone, and where they say little."""
    if answer.plan.form == "value" or not answer.rows:
        return False
    return not shows_rows(answer) or (frame.is_phone() and answer.chart is not None)


def folded(answer: Answer, key: str) -> None:
    """The rows behind a button."""
    with st.popover("Rows", type="tertiary", icon=":material/table_rows:", width="content"):
        ask_table.show(answer, ask_table.table(answer), f"{key}_folded")


def numbers(answer: Answer, in_tile: bool = False) -> None:
    """The values of one row, each with its change where it is compared."""
    columns, row = answer.columns, answer.rows[0]
    at = {column.name: i for i, column in enumerate(columns)}
    leading = [i for i, c in enumerate(columns)
               if c.role == "measure" and not c.name.endswith(("_before", "_change", "_change_rate"))]
    before = ask_table.span(answer.sources.before)
    with st.container(horizontal=True, gap="small"):
        for i in leading:
            column = columns[i]
            rate = row[at[f"{column.name}_change_rate"]] if f"{column.name}_change_rate" in at else None
            worse = (rate or 0) < 0 if column.of not in WORSE_WHEN_MORE else (rate or 0) > 0
            unit = column.unit if column.unit not in column.label.split() else ""
            st.metric(
                fmt.capital(column.label),
                f"{shown(row[i], column, answer.currency)} {unit}".strip(),
                None if rate is None else f"{rate:+.1%}",
                delta_description=f"vs {before}" if before else None,
                delta_color="orange" if worse else "blue", border=not in_tile,
                width="stretch" if in_tile else 260,
            )  # fmt: skip


def about(answer: Answer) -> str:
    """What the chart shows: the plan in words, without its period, which stands in the sentence."""
    change = "change of " if ask_chart.by_change(answer) else ""
    by = f" by {answer.plan.by[0].replace('_', ' ')}" if answer.plan.by else ""
    words = answer.words.split(", ")[0]
    return change + (words if " by " in words or not by else measured_in_words(answer.plan) + by)


def sources(answer: Answer) -> None:
    """Tables, rows read, period and age of the data in one quiet line."""
    s = answer.sources
    parts = [f"From {_listed(list(s.tables))}" if s.tables else ""]
    if s.rows_read is not None:
        parts.append(fmt.count(s.rows_read, "row") + " read")
    if s.days is not None and s.days.count:
        parts.append(fmt.days(s.days.first, s.days.last, date(s.today.year, 12, 31)))
    parts.append(f"data to {fmt.day(s.today)}")
    if s.last_import is not None:
        parts.append(f"last import {fmt.ago(s.last_import)}")
    frame.quiet(" · ".join(part for part in parts if part))


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
