"""Any two versions of a plan beside each other: as drawn shelves, and as a list of what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.planogram.diff import PlanDiff, diff, match
from core.planogram.planogram import Planogram, Position
from core.trust.access import Role
from pages.parts import format as fmt
from pages.parts import frame, optimize_shelves, session, tables

if TYPE_CHECKING:
    from core.planogram.product import Catalog
    from core.store.planograms import SavedPlanogram, VersionCard
    from core.workbench import Workbench

KEYS = {"gone": "removed", "new": "added", "moved": "moved", "more": "other facings", "price": "other price"}
"""Frame of a position → what it means; a kind of change has the same frame on both sides."""


def show(wb: Workbench, saved: SavedPlanogram) -> None:
    versions = {v.version: v for v in wb.versions(saved.id)}
    if len(versions) < 2:
        frame.quiet("There is only one version. Save another one to compare it with.")
        return
    numbers = sorted(versions, reverse=True)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        older = st.selectbox("From", numbers, index=1, key=f"from_{saved.id}",
                             format_func=lambda n: name(versions[n]))
        newer = st.selectbox("To", numbers, index=0, key=f"to_{saved.id}",
                             format_func=lambda n: name(versions[n]))
    before, after = wb.open(saved.id, older).plan, wb.open(saved.id, newer).plan
    changes, catalog = diff(before, after), wb.catalog()
    frame.title(f"From version {older} to version {newer}: {changes.summary.lower().rstrip('.')}",
                versions[newer].comment)
    marked = marks(before, after)
    for column, number, plan, side in zip(
        st.columns(2, gap="small"), (older, newer), (before, after), marked, strict=True
    ):
        with column, st.container(border=True, key=f"card_version_{'to' if plan is after else 'from'}"):
            frame.quiet(name(versions[number]))
            st.html(optimize_shelves.drawing(plan, catalog, side, f"Version {number}"))
            _restore(wb, saved, versions[number])
    st.html(legend(set(marked[0].values()) | set(marked[1].values())))
    table = rows(changes, catalog)
    if len(table):
        st.dataframe(table, hide_index=True, width="stretch")
        tables.download(table, "Download the changes", f"{saved.name} version {older} to {newer}")


def name(version: VersionCard) -> str:
    """Such as "Version 5 · implemented · Nov 3 · Ann"."""
    status = "stood earlier" if version.status == "archived" and version.effective_from else version.status
    parts = (f"Version {version.version}", status, fmt.day(version.created_at.date()), version.created_by)
    return " · ".join(p for p in parts if p)


def marks(before: Planogram, after: Planogram) -> tuple[dict[Position, str], dict[Position, str]]:
    """The frame of each position that differs, on both sides."""
    pairs, gone, new = match(before, after)
    left, right = dict.fromkeys(gone, "gone"), dict.fromkeys(new, "new")
    for a, b in pairs:
        kind = _kind(a, b)
        if kind:
            left[a] = right[b] = kind
    return left, right


def _kind(a: Position, b: Position) -> str:
    if (a.row, a.x_in) != (b.row, b.x_in):
        return "moved"
    if (a.facings, a.facings_high, a.facings_deep) != (b.facings, b.facings_high, b.facings_deep):
        return "more"
    return "price" if a.price != b.price else ""


def rows(changes: PlanDiff, catalog: Catalog) -> pd.DataFrame:
    """One line a change: what, product, from, to."""

    def named(product_id: int) -> str:
        product = catalog.get(product_id)
        return product.name if product else f"Product {product_id}"

    def price(value: float | None) -> str:
        return "its own price" if value is None else fmt.price(value)

    listed = [
        *(("Added", named(a.product_id), "", _facings(a.slot, a.facings)) for a in changes.added),
        *(("Removed", named(r.product_id), _facings(r.slot, r.facings), "") for r in changes.removed),
        *(("Moved", named(m.product_id), m.slot_from, m.slot_to) for m in changes.moved),
        *(("Facings", named(r.product_id), _facings(r.slot, r.facings_from), _facings(r.slot, r.facings_to))
          for r in changes.refaced),
        *(("Price", named(r.product_id), f"{r.slot}, {price(r.price_from)}", f"{r.slot}, {price(r.price_to)}")
          for r in changes.repriced),
        *(("Stock", named(r.product_id), _stock(r.slot, r.stock_from), _stock(r.slot, r.stock_to))
          for r in changes.restocked),
        *(("Lock", named(r.product_id), r.slot, "locked" if r.locked else "unlocked")
          for r in changes.relocked),
        *(("Setting", text, "", "") for text in changes.settings),
    ]
    return pd.DataFrame(listed, columns=["What", "Product", "From", "To"])


def _stock(slot: str, figures: tuple[int | None, int | None, int | None]) -> str:
    """Such as "B4, 5 of 8, par level 6"; what is not known is left out."""
    capacity, quantity, par = figures
    held = "" if quantity is None and capacity is None else (
        f"{'?' if quantity is None else quantity} of {'?' if capacity is None else capacity}")
    return ", ".join(p for p in (slot, held, "" if par is None else f"par level {par}") if p)


def _facings(slot: str, facings: int) -> str:
    return slot if facings == 1 else f"{slot}, {facings} facings"


def legend(kinds: set[str]) -> str:
    """What the frames mean, of those that are shown."""
    parts = "".join(
        f'<span class="wb-key wb-{kind}"></span><span>{text}</span>' for kind, text in KEYS.items()
        if kind in kinds
    )
    return f'<div class="wb-legend">{parts}</div>' if parts else ""


def _restore(wb: Workbench, saved: SavedPlanogram, version: VersionCard) -> None:
    if version.version == saved.last_version or Role.named(wb.actor.role) < Role.MANAGER:
        return
    pressed = st.button(
        f"Restore version {version.version}", type="tertiary", icon=":material/history:",
        key=f"restore_{version.version}",
        help="Saves it again as the newest version; nothing is lost.",
    )
    if pressed and (made := frame.attempt(lambda: wb.restore(saved.id, version.version))) is not None:
        session.look_at(saved.id)
        st.toast(f"Version {version.version} is version {made.version} now.", icon=":material/history:")
        st.rerun(scope="app")
