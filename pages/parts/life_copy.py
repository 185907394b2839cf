"""A layout on similar machines: whom it suits, what would have to differ on each, and saving it there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from pages.parts import format as fmt
from pages.parts import frame, life_batch, life_versions, optimize_shelves, tables

if TYPE_CHECKING:
    from core.planogram.product import Catalog
    from core.store.planograms import SavedPlanogram
    from core.workbench import Workbench
    from core.workbench.many import Proposed, Similar

_KINDS = {
    "left out": "left out", "moved": "at another slot", "fewer facings": "with fewer facings",
    "other price": "at the machine's own price", "kept": "locked there",
}  # fmt: skip
MOST = 60
"""Similar plans that are previewed at once; the most alike come first."""


def show(wb: Workbench, planogram_id: int, head: Any, may: bool) -> None:
    source = wb.open(planogram_id)
    similar = wb.similar(planogram_id)[:MOST]
    if not similar:
        with head:
            rest = "choose another plan in the sidebar"
            frame.headline(f"No other plan has a fixture like {source.name}", rest)
        return
    keep_prices, only_known = _options()
    with st.skeleton(height=320):
        targets = [s.planogram_id for s in similar]
        made = wb.preview_copy(planogram_id, targets, keep_prices=keep_prices, only_known=only_known)
    found = {p.planogram_id: p for p in made}
    chosen = _choose(similar, found)
    with head:
        _headline(source, similar, chosen)
    if not chosen:
        frame.quiet("Choose the machines that are to be like it: tick them in the table.")
        return
    life_batch.actions(wb, chosen, f"Layout of {source.name}", may)
    _differences(chosen)
    _preview(wb.catalog(), chosen)


def _options() -> tuple[bool, bool]:
    with st.container(horizontal=True, gap="medium"):
        keep_prices = st.toggle("Keep the prices of each machine", True, key="many_keep_prices")
        only_known = st.toggle("Only products that stood there before", False, key="many_only_known")
    return keep_prices, only_known


def _choose(similar: Sequence[Similar], found: dict[int, Proposed]) -> list[Proposed]:
    table = pd.DataFrame([
        {
            "Plan": s.name,
            "Place": s.venue_type.capitalize(),
            "Same slots": round(100 * s.likeness),
            "Changes": found[s.planogram_id].places,
            "Left out": _count(found[s.planogram_id], "left out"),
            "Elsewhere": _count(found[s.planogram_id], "moved"),
            "Stays locked": _count(found[s.planogram_id], "kept"),
        }
        for s in similar
    ])
    event = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="multi-row", key="many_targets",
        width="stretch", height=min(38 + 35 * len(table), 320),
        column_config={
            "Same slots": st.column_config.ProgressColumn(format="%d%%", min_value=0, max_value=100),
            "Changes": st.column_config.NumberColumn(help="Positions that would not be as they are now"),
            "Left out": st.column_config.NumberColumn(help="Products that could not stand there"),
            "Elsewhere": st.column_config.NumberColumn(help="Products that would stand at another slot"),
        },
    )
    tables.download(table, "Download the list", "similar_plans")
    rows = [r for r in event.selection.rows if r < len(similar)]
    return [found[similar[r].planogram_id] for r in rows]


def _count(proposed: Proposed, kind: str) -> int:
    return sum(d.kind == kind for d in proposed.differences)


def _headline(source: SavedPlanogram, similar: Sequence[Similar], chosen: Sequence[Proposed]) -> None:
    if not chosen:
        same = sum(s.likeness == 1.0 for s in similar)
        rest = f"{same} of them have exactly its slots" if same else "none of them has exactly its slots"
        frame.headline(f"{fmt.count(len(similar), 'plan')} could take the layout of {source.name}", rest)
        return
    left = sum(_count(p, "left out") for p in chosen)
    changes = sum(p.places for p in chosen)
    without = fmt.count(left, "product finds", "products find")
    rest = f"{without} no place" if left else "every product finds a place"
    frame.headline(
        f"{source.name} on {fmt.count(len(chosen), 'plan')}: {fmt.count(changes, 'change')}", rest
    )


def _differences(chosen: Sequence[Proposed]) -> None:
    told = pd.DataFrame(
        [(p.name, d.kind, d.text) for p in chosen for d in p.differences], columns=["Plan", "What", "Why"]
    )
    with st.container(border=True, key="card_many_differences"):
        if told.empty:
            frame.title("Nothing has to differ", "Every product has its place, facings and price")
            return
        kinds = told["What"].value_counts()
        title = ", ".join(f"{n} {_KINDS[str(kind)]}" for kind, n in kinds.items())
        frame.title(f"What has to differ: {title}", "Each with its reason")
        tables.wrapped(told)
        tables.download(told, "Download what differs", "differences of the copies")


def _preview(catalog: Catalog, chosen: Sequence[Proposed]) -> None:
    names = {p.planogram_id: p for p in chosen}
    picked = st.selectbox("Look at", list(names), format_func=lambda i: names[i].name, key="many_look")
    shown = names.get(picked, chosen[0])
    sides = life_versions.marks(shown.before, shown.after)
    pair = (("Now", shown.before, sides[0]), ("With this layout", shown.after, sides[1]))
    for column, (title, plan, marked) in zip(st.columns(2, gap="small"), pair, strict=True):
        with column, st.container(border=True, key=f"card_many_{'now' if title == 'Now' else 'new'}"):
            frame.quiet(title)
            st.html(optimize_shelves.drawing(plan, catalog, marked, f"{shown.name}: {title}"))
    st.html(life_versions.legend({*sides[0].values(), *sides[1].values()}))
