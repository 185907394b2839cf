"""The fix list of an audit: what to take from where to where, to tick off, to print, to send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.parts import format as fmt
from pages.parts import frame, tables
from pages.parts.audit_photo.payload import NOTHING_SEEN

if TYPE_CHECKING:
    from core.compliance.fixes import Fix
    from core.store.audits import SavedAudit
    from core.store.planograms import SavedPlanogram
    from core.workbench import Workbench

ICONS = {
    "remove": ":material/remove_shopping_cart:", "swap": ":material/swap_horiz:",
    "move": ":material/arrow_forward:", "fill": ":material/inventory_2:", "hold": ":material/front_hand:",
    "ask": ":material/help:",
}  # fmt: skip


def show(wb: Workbench, plan: SavedPlanogram, saved: SavedAudit) -> None:
    found = wb.audit_fixes(saved.id)
    left, right = st.columns((1.0, 1.15), gap="small")
    with left, st.container(border=True, key="card_audit_fixes"):
        _list(wb, found, saved)
    with right, st.container(border=True, key="card_audit_picture"):
        frame.title("On the shelf", "Numbers are those of the findings")
        with frame.telling():
            st.image(wb.annotated(saved.id), width="stretch")


def _list(wb: Workbench, found: tuple[Fix, ...], saved: SavedAudit) -> None:
    if saved.audit.compliance_score is None:
        frame.title("No fix list", NOTHING_SEEN)
        return
    if not found:
        frame.title("Nothing to do", "All that the photo shows stands as planned.")
        return
    sure = [f for f in found if f.do != "ask"]
    ask = len(found) - len(sure)
    frame.title(
        f"{fmt.count(len(sure), 'thing')} to do" + (f", {ask} to look at" if ask else ""),
        "In an order that handles each product once",
    )
    for fix in found:
        numbers = _numbers(fix, saved)
        st.checkbox(
            f"{ICONS[fix.do]} {frame.md(fix.text)}" + (f" :gray[({numbers})]" if numbers else ""),
            key=f"audit_fix_{saved.id}_{fix.number}",
        )
    frame.quiet("Ticks are for this visit; a new photo shows what is done.")
    with st.container(horizontal=True):
        st.download_button(
            "PDF", lambda: wb.audit_pdf(saved.id), f"fix list {saved.card.planogram}.pdf",
            "application/pdf", key="audit_pdf", on_click="ignore", icon=":material/picture_as_pdf:",
        )  # fmt: skip
        table = pd.DataFrame(
            [(f.number, f.text, f.do.value, f.name, f.facings, f.source.words if f.source else "",
              f.target.words if f.target else "") for f in found],
            columns=["Step", "What to do", "Kind", "Product", "Facings", "From", "To"],
        )  # fmt: skip
        tables.download(table, "Download the list", f"fix list of {saved.card.planogram}")


def _numbers(fix: Fix, saved: SavedAudit) -> str:
    """The findings that a fix settles, by their numbers on the photo: "findings 2–7, 9"."""
    order = {v.id: n for n, v in enumerate((*saved.audit.violations, *saved.audit.to_check), 1)}
    numbers = [order[i] for i in fix.violation_ids if i in order]
    return f"finding{'s' if len(numbers) > 1 else ''} {fmt.runs(numbers)}" if numbers else ""
