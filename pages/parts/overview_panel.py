"""The overview of a plan below the editor: words, numbers, the best of its kind, and what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.parts import format as fmt
from pages.parts import frame, tables, told

if TYPE_CHECKING:
    from core.capabilities.overview import Overview
    from core.store.planograms import SavedPlanogram
    from core.workbench import Workbench


def show(wb: Workbench, saved: SavedPlanogram) -> None:
    with st.skeleton(height=280):
        found = wb.overview(saved.id, by_rule=True)
    with st.container(border=True, key="card_overview"):
        frame.title(f"Version {saved.last_version} in short", "From the saved plan and its sales.")
        about = ("overview", saved.id, saved.last_version, found.text)
        told.show(wb, found.text, about, lambda: wb.write_overview(found))
        st.html(f'<div class="wb-sums">{_sums(found)}</div>')
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, key="card_overview_better", height="stretch"):
        _better(found)
    with right, st.container(border=True, key="card_overview_best", height="stretch"):
        _best(found)
    with st.container(border=True, key="card_overview_room"):
        _room(found, saved.name)


def _sums(found: Overview) -> str:
    m = found.metrics
    shelf = ("not known", "no history yet") if m.osa is None else (fmt.percent(100 * m.osa), "of the time")
    amount, _, bounds = fmt.estimate(m.daily_revenue, *m.daily_interval).partition(" ")
    pairs = [
        ("Expected a day", amount, f"{bounds}, {_margin(m.daily_margin)}"),
        (f"By {m.size_word}", fmt.money(m.revenue_per_size), "a day"),
        ("Space in use", fmt.share(m.space_utilization), fmt.count(m.empty_places, "empty place")),
        ("Room as it sells", fmt.share(m.category_balance), "by category"),
        ("On the shelf", *shelf),
        ("Best places", "not known" if m.best_places_used is None else fmt.share(m.best_places_used),
         "hold fast products"),
        ("Days of supply", *(("not known", "no stock is known") if m.days_of_supply is None else
         (f"{m.days_of_supply:.0f}", f"{m.running_short} last under 3 days"))),
        ("Layout score", f"{m.layout_score:.0f}", fmt.count(m.open_issues, "open issue")),
    ]  # fmt: skip
    return "".join(
        f"<div><span>{frame.text(name)}</span><b>{frame.text(value)}</b><small>{frame.text(rest)}</small></div>"
        for name, value, rest in pairs
    )


def _margin(amount: float | None) -> str:
    return "cost not known" if amount is None else f"{fmt.short_money(amount)} margin"


def _better(found: Overview) -> None:
    frame.title("What would make it better", "The surest gain first")
    if not found.improvements:
        frame.quiet("Nothing stands out. Optimize looks for more.")
    for number, step in enumerate(found.improvements, 1):
        worth = ""
        if step.monthly is not None and step.interval is not None:
            gain, bounds = fmt.signed_parts(step.monthly, *step.interval)
            worth = f" <em class='wb-up'>{gain} a month</em> <span>{bounds}</span>"
        st.html(f'<div class="wb-swap"><b>{number}</b><div>{frame.text(step.text)}{worth}</div></div>')


def _best(found: Overview) -> None:
    rank = f"number {found.rank} of {found.among + 1}" if found.rank else f"{found.among} to compare with"
    frame.title("What the best of its kind do", f"By money for their size over 28 days: {rank}")
    if not found.comparison:
        frame.quiet("There are too few plans of this kind with sales to compare with.")
    for pattern in found.comparison:
        st.html(f'<p class="wb-risk">{frame.text(pattern.text)}</p>')


def _room(found: Overview, name: str) -> None:
    frame.title("Room and sales by category", "Index 100: room as it sells; below it, too little room")
    rows = [(f.category, 100 * f.space_share, 100 * f.sales_share, f.index) for f in found.metrics.fair_share]
    table = pd.DataFrame(rows, columns=["Category", "Share of facings", "Share of sales", "Fair-share index"])
    st.dataframe(
        table, hide_index=True, height="content",
        column_config={
            "Share of facings": st.column_config.NumberColumn(format="%.0f%%"),
            "Share of sales": st.column_config.NumberColumn(format="%.0f%%"),
            "Fair-share index": st.column_config.NumberColumn(format="%.0f"),
        },
    )  # fmt: skip
    tables.download(table, "Download the table", f"fair share of {name}", key="download_fair_share")
