"""Audits over time: the trend of a place, and the list to look back into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.parts import audit_charts, audit_take, frame, tables
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.store.audits import AuditCard
    from core.store.planograms import SavedPlanogram
    from core.workbench import Workbench

THIS, STORE, ALL = "This plan", "This store", "All"
SHOWN = 200


def show(wb: Workbench, plan: SavedPlanogram, audit_id: int | None) -> None:
    """``audit_id``: the one that is looked at now."""
    ways = [THIS, *([STORE] if plan.store_id is not None else []), ALL]
    with st.container(border=True, key="card_audit_history"):
        way = st.segmented_control(
            "Of", ways, default=THIS, required=True, key="audit_history_of", label_visibility="collapsed"
        )
        cards, count = wb.audits(
            plan.id if way == THIS else None, store_id=plan.store_id if way == STORE else None, limit=SHOWN
        )
        if not cards:
            frame.quiet(
                "There are no audits yet. The first photo starts the history."
                if way != THIS or not audit_id
                else "There are no audits of this plan yet."
            )
            return
        _trend(cards)
        _list(cards, count, audit_id, is_mixed=way != THIS)


def _trend(cards: list[AuditCard]) -> None:
    scored = [c for c in reversed(cards) if c.score is not None and c.usable]
    if len(scored) < 2:
        frame.quiet("The trend shows from the second audit on.")
        return
    first, last = scored[0], scored[-1]
    change = 100 * ((last.score or 0.0) - (first.score or 0.0))
    same_day = first.at.date() == last.at.date()
    since = f"{first.at:%H:%M}" if same_day else fmt.day(first.at.date())
    frame.title(
        f"{fmt.share(last.score or 0.0)} stands as planned, "
        f"{_change(change)} since {since}",
        f"{fmt.count(len(scored), 'audit')}",
    )
    names = [f"{c.planogram}, {fmt.day(c.at.date())}" for c in scored]
    frame.chart(
        audit_charts.compliance(
            [c.at for c in scored], [c.score or 0.0 for c in scored], names, frame.is_dark()
        ),
        "audit_trend",
    )


def _change(points: float) -> str:
    if abs(points) < 0.5:
        return "the same"
    return f"{'up' if points > 0 else 'down'} {abs(points):.0f} points"


def _picture(card: AuditCard) -> str:
    if not card.usable:
        return "Not usable"
    return "Drawn sample" if card.is_drawn else "Photo"


def _list(cards: list[AuditCard], count: int, audit_id: int | None, *, is_mixed: bool) -> None:
    """``is_mixed``: of several plans."""
    table = pd.DataFrame(
        [(c.at, None if c.score is None else 100 * c.score, c.violations, c.judged, c.facings, c.planogram,
          c.site_name, _picture(c), c.by) for c in cards],
        columns=["When", "As planned", "To mend", "Looked at", "Packages seen", "Planogram", "Place",
                 "Picture", "By"],
    )  # fmt: skip
    shown = [n for n in table.columns if is_mixed or n not in ("Planogram", "Place")]
    picked = st.dataframe(
        table, hide_index=True, column_order=shown, key="audit_list", on_select="rerun",
        selection_mode="single-row",
        column_config={
            "When": st.column_config.DatetimeColumn(format="MMM D, YYYY, h:mm a"),
            "As planned": st.column_config.NumberColumn(format="%.0f%%"),
        },
    )  # fmt: skip
    more = f" The newest {len(cards)} of {count} are shown." if count > len(cards) else ""
    frame.quiet(f"Choose a row to look at that audit.{more}")
    tables.download(table, "Download the audits", "audits")
    rows = picked.selection.rows
    if rows and cards[rows[0]].id != audit_id:
        from pages.parts import session

        card = cards[rows[0]]
        session.look_at(card.planogram_id)
        audit_take.look_at(card.id)
        st.rerun()
