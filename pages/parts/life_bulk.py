"""One change for many plans: which product, what becomes of it, and what that does to each plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core.planogram.bulk import Add, BulkEdit, Remove, Replace, Reprice
from pages.parts import format as fmt
from pages.parts import frame, life_batch, product_picker, session, tables

if TYPE_CHECKING:
    from core.planogram.product import Catalog
    from core.store.planograms import PlanogramCard
    from core.workbench import Workbench
    from core.workbench.many import Proposed

PRICE, REPLACE, REMOVE, ADD = "Change its price", "Replace it", "Take it off", "Add it"
EVERYWHERE = "All places"


def show(wb: Workbench, head: Any, may: bool) -> None:
    catalog = wb.catalog()
    if not catalog:
        with head:
            frame.headline("There are no products yet", "Bring sales in on the Data page.")
        return
    cards = _scope(wb.planograms())
    wanted = _wanted(wb, catalog)
    if wanted is None or not cards:
        with head:
            frame.headline("Choose a product and what becomes of it", "every plan is previewed before a save")
        return
    with st.skeleton(height=320):
        found = wb.preview_edit(wanted, [c.id for c in cards])
    title = wb.describe_edit(wanted)
    with head:
        _headline(title, found)
    life_batch.actions(wb, found, title, may)
    _table(found, life_batch.worth(found), title)


def _scope(cards: Sequence[PlanogramCard]) -> list[PlanogramCard]:
    """Plans of the same origin as the one in the sidebar, of a kind of place if one is chosen."""
    here = next((c for c in cards if c.id == session.context().planogram_id), None)
    own = [c for c in cards if c.status != "archived" and (here is None or c.is_demo == here.is_demo)]
    kinds = sorted({c.venue_type for c in own if c.venue_type})
    if len(kinds) < 2:
        return own
    kind = st.pills("Places", [EVERYWHERE, *kinds], default=EVERYWHERE, key="many_kind",
                    format_func=str.capitalize) or EVERYWHERE
    return [c for c in own if kind in (EVERYWHERE, c.venue_type)]


def _wanted(wb: Workbench, catalog: Catalog) -> BulkEdit | None:
    ids = sorted(catalog, key=lambda i: catalog[i].name)
    left, middle, right = st.columns(3, gap="small", vertical_alignment="bottom")
    with left:
        product = product_picker.pick(wb, "Product", ids, catalog, "many_product")
    with middle:
        what = st.selectbox("What becomes of it", (PRICE, REPLACE, REMOVE, ADD), key="many_what")
    if product is None:
        return None
    with right:
        if what == PRICE:
            price = st.number_input("New price", 0.0, 10_000.0, catalog[product].price, 0.05, format="%.2f",
                                    key=f"many_price_{product}")
            return Reprice(product, price)
        if what == REPLACE:
            others = [i for i in ids if i != product]
            other = product_picker.pick(wb, "By", others, catalog, "many_other")
            return None if other is None else Replace(product, other)
        if what == ADD:
            facings = st.number_input("Facings", 1, 20, 1, key="many_facings")
            return Add(product, int(facings))
        return Remove(product)


def _headline(title: str, found: Sequence[Proposed]) -> None:
    changed = [p for p in found if p.changed]
    refused = sum(bool(p.error) for p in found)
    places = sum(p.places for p in changed)
    if not changed:
        refusing = fmt.count(refused, "plan does", "plans do")
        rest = f"{refusing} not allow it" if refused else "nothing is to be done"
        frame.headline(f"{title}: no plan changes", rest)
        return
    rest = f"{refused} more do not allow it" if refused else f"{len(found) - len(changed)} are not concerned"
    frame.headline(
        f"{title}: {fmt.count(places, 'place')} on {fmt.count(len(changed), 'plan')}", rest
    )


def _happens(p: Proposed) -> str:
    """What changes on one plan; of prices the old and the new one."""
    repriced = p.changes.repriced
    if not repriced or sum(p.changes.counts.values()) > len(repriced):
        return p.changes.summary
    pairs = dict.fromkeys((r.price_from, r.price_to) for r in repriced)
    return ", ".join(f"{_price(a)} → {_price(b)}" for a, b in pairs)


def _price(price: float | None) -> str:
    return "its own price" if price is None else fmt.price(price)


def _table(found: Sequence[Proposed], worth: Mapping[int, Any], title: str) -> None:
    concerned = [p for p in found if p.changed or p.error]
    if not concerned:
        return
    rows = []
    for p in sorted(concerned, key=lambda p: (not p.error, -p.places, p.name)):
        gain = worth.get(p.planogram_id)
        rows.append({
            "Plan": p.name,
            "Places": p.places if p.changed else None,
            "What happens": p.error or _happens(p),
            "A day": None if gain is None else fmt.signed_estimate(gain.value, gain.lower, gain.upper),
        })
    table = pd.DataFrame(rows)
    if not worth:
        table = table.drop(columns="A day")
    st.dataframe(table, hide_index=True, width="stretch")
    tables.download(table, "Download this preview", f"preview {title}")
