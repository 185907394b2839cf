"""Data: bring sales in, see what is there, take the demo company away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.parts import charts, export, frame, importing, packshots, session, tables
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.store.sales import SalesSummary
    from core.workbench import Workbench

TEMPLATES = {
    "Machines": (
        "template_machines.csv",
        "Machine,Slot,Product,Price,Quantity,Date,Time,Transaction\n"
        "Library north,A1,Alpine Cola Zero 12 oz,2.00,1,2026-03-02,09:14,100482\n"
        "Library north,B4,Harbor Sea salt 1.5 oz,1.75,1,2026-03-02,09:15,100482\n",
    ),
    "Stores": (
        "template_stores.csv",
        "Store,Product,Category,Price,Quantity,Date,Receipt\n"
        "Main Street Market,Fjord Spring water 16.9 oz,Water,1.49,2,2026-03-02,88120\n"
        "Main Street Market,Oatly & Co Brownie,Pastries,2.25,1,2026-03-02,88120\n",
    ),
}


def show() -> None:
    wb = session.workbench()
    summary = wb.sales_summary(by="day")
    _headline(wb, summary)
    left, right = st.columns([1.7, 1], gap="small")
    with left:
        with st.container(border=True, key="card_import"):
            importing.show(wb)
        with st.container(border=True, key="card_plan_import"):
            export.bring_in(wb)
        with st.container(border=True, key="card_packshots"):
            packshots.show(wb)
    with right:
        _coverage(summary)
        _templates()
        _demo(wb)
    _imports(wb)


def _headline(wb: Workbench, summary: SalesSummary) -> None:
    if not summary.rows or summary.first is None or summary.last is None:
        frame.headline("There are no sales yet", "drop a file below: the rest is worked out from it")
        return
    frame.headline(
        f"{fmt.count(summary.rows, 'sale')} of {fmt.count(len(wb.fleet().sites), 'site')}, "
        f"worth {fmt.money(summary.revenue)}",
        fmt.days(summary.first, summary.last),
    )


def _coverage(summary: SalesSummary) -> None:
    daily = pd.DataFrame(summary.items or (), columns=["day", "revenue", "units"])
    if daily.empty:
        return
    days = pd.to_datetime(daily["day"])
    newest = days.max().date()
    missing = (days.max() - days.min()).days + 1 - len(daily)
    with st.container(border=True, key="card_coverage"):
        frame.title(
            f"{fmt.count(len(daily), 'day')} with sales"
            + (f", {fmt.count(missing, 'day')} without" if missing else ", no gap"),
            f"Revenue of all sites; the newest day is {fmt.day(newest)}, {fmt.ago(newest)}",
        )
        full = daily.assign(day=days).set_index("day")["revenue"].asfreq("D")
        figure = charts.trend(full.index, full, "that day", frame.is_dark(), height=170)
        frame.chart(figure, key="coverage")
        tables.download(daily, "Download the days", "sales_by_day")


def _templates() -> None:
    with st.container(border=True, key="card_templates"):
        frame.title("Templates to fill", "Any column names and order will do; these are recognized at once")
        with st.container(horizontal=True):
            for label, (name, text) in TEMPLATES.items():
                st.download_button(
                    label, text.encode("utf-8-sig"), name, "text/csv", key=f"template_{label}",
                    on_click="ignore", icon=":material/download:",
                )  # fmt: skip


def _demo(wb: Workbench) -> None:
    if not wb.fleet().is_demo:
        return
    with st.container(border=True, key="card_demo"):
        frame.title(
            "The demo company is simulated",
            "Its places are marked, and nothing that is estimated for places of your own learns from them.",
        )
        if st.button("Remove demo data", icon=":material/delete:"):
            _confirm_removal(wb)


@st.dialog("Remove the demo data?")
def _confirm_removal(wb: Workbench) -> None:
    st.write("All demo places, planograms and sales go. What you imported yourself stays.")
    with st.container(horizontal=True):
        if st.button("Remove demo data", type="primary", key="remove_demo_now"):
            with frame.telling():
                wb.remove_demo()
                session.look_at(None)
                st.rerun()
        if st.button("Keep it"):
            st.rerun()


def _imports(wb: Workbench) -> None:
    earlier = wb.imports()
    if not earlier:
        return
    with st.container(border=True, key="card_imports"):
        frame.title("Earlier imports", "Sending a file again adds nothing twice")
        rows = pd.DataFrame([
            {
                "File": i.file_name, "When": fmt.ago(i.started_at), "By": i.by, "Rows": i.rows_read,
                "Imported": i.rows_imported, "There already": i.rows_duplicate, "Left out": i.rows_rejected,
                "Period": fmt.days(i.period_from, i.period_to) if i.period_from and i.period_to else "",
                "State": i.status,
            }
            for i in earlier
        ])  # fmt: skip
        counts = ("Rows", "Imported", "There already", "Left out")
        st.dataframe(rows, hide_index=True, column_config={
            name: st.column_config.NumberColumn(format="localized") for name in counts
        })  # fmt: skip
        tables.download(rows, "Download the list", "imports")


show()
