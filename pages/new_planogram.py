"""New planogram: place, fixture and season; categories and a first layout are suggested, then edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.parts import format as fmt
from pages.parts import frame, nav, new_planogram_paper, optimize_shelves, session, tables
from pages.parts import new_planogram_chips as chips
from pages.parts import new_planogram_form as form

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from core.planogram.autofill import Autofill
    from core.planogram.product import Catalog
    from core.workbench import Workbench


NEXT = {
    nav.EDITOR: ("Save and edit", ":material/grid_view:"),
    nav.OPTIMIZE: ("Save and optimize", ":material/auto_awesome:"),
}
"""Where a saved layout is worked on."""


SUGGESTED, FROM_PAPER = "Suggested layout", "From a document"


def show() -> None:
    wb = session.workbench()
    head = st.container()
    way = st.segmented_control(
        "Begin with", (SUGGESTED, FROM_PAPER), default=SUGGESTED, key="new_from", bind="query-params",
        required=True, label_visibility="collapsed",
    )  # fmt: skip
    if way == FROM_PAPER:
        new_planogram_paper.show(wb, head)
    else:
        _suggested(wb, head)


def _suggested(wb: Workbench, head: DeltaGenerator) -> None:
    left, right = st.columns([1, 1.9], gap="small")
    with left:
        wish = form.ask(wb)
    with right:
        ids = form.category_ids(wb)
        chosen, found = chips.choose(wb, wish, ids)
        filled = wb.autofill(wish.fixture, category_ids=[ids[name] for name in chosen])
        catalog = wb.catalog()
        _preview(filled, catalog, chosen)
    # On a phone what comes last is what is done last; on a desk it stays in sight.
    with right if frame.is_phone() else left, st.container(border=True, key="card_save"):
        name = st.text_input("Name", form.title(wish), max_chars=120, key=f"new_name_{wish.key}")
        page = _next(ready=bool(name.strip()))
        if page is not None:
            with frame.telling():
                _save(wb, wish, name, filled, chosen, found, page)
    with head:
        _headline(wb, wish, filled, chosen)


def _next(ready: bool) -> str | None:
    """The buttons; the page that the saved layout is to be opened on."""
    pressed = None
    with st.container(horizontal=True, gap="small"):
        for page, (label, icon) in NEXT.items():
            kind = "primary" if page == nav.EDITOR else "secondary"
            if st.button(label, type=kind, icon=icon, disabled=not ready):
                pressed = page
    return pressed


def _headline(wb: Workbench, wish: form.Wish, filled: Autofill, chosen: list[str]) -> None:
    """What the first layout holds, and what it would earn where the place knows this fixture."""
    if not chosen:
        frame.headline("Choose at least one category", "and a first layout is drawn")
        return
    placed = fmt.count(len(filled.plan.product_ids), "product")
    what = f"A first layout with {placed}"
    if wish.like is None:
        of = fmt.count(len(chosen), "category", "categories")
        frame.headline(f"{what} of {of}", "every place filled by score; Optimize looks for the best")
        return
    money = wb.money(wish.like, filled.plan)
    daily, delta = money.daily, money.delta
    earns = fmt.estimate(daily.value, daily.lower, daily.upper, "a day")
    change = fmt.signed_estimate(delta.value, delta.lower, delta.upper)
    better = "; Optimize looks for the best" if delta.value < 0 else ""
    frame.headline(f"{what} would earn {earns}", f"{change} against now{better}")


def _preview(filled: Autofill, catalog: Catalog, chosen: list[str]) -> None:
    with st.container(border=True, key="card_preview"):
        left = len(filled.not_placed)
        told = f"{fmt.count(left, 'product')} found no room" if left else "everything found room"
        frame.title("The first layout", f"Best margin first in each category's share; {told}.")
        plan = filled.plan
        if not plan.positions:
            frame.quiet("None of these products may stand here." if chosen else "Nothing stands on it yet.")
        drawn = dict.fromkeys(plan.positions, "keep")
        st.html(optimize_shelves.drawing(plan, catalog, drawn, "The first layout"))
        if left:
            with st.expander(f"Why {fmt.count(left, 'product is', 'products are')} not placed"):
                table = pd.DataFrame(
                    [(catalog[n.product_id].name, n.reason) for n in filled.not_placed],
                    columns=["Product", "Reason"],
                )
                tables.wrapped(table)
                tables.download(table, "Download the reasons", "not_placed")


def _save(
    wb: Workbench, wish: form.Wish, name: str, filled: Autofill, chosen: list[str], found: object, page: str
) -> None:
    saved = wb.create_planogram(
        name.strip(), filled.plan, season=wish.season, site_id=wish.place.site_id,
        comment=f"First layout of {', '.join(chosen)}" if chosen else "",
    )  # fmt: skip
    chips.remember(wb, wish, found, chosen, saved.id)
    session.look_at(saved.id)
    st.switch_page(page, query_params=session.link_params(saved.id))


with frame.telling():
    show()
