"""Label queue: packages that could not be named for sure, one tap each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.errors import NotFound
from core.trust.access import Role
from pages.parts import empty, frame, nav, product_picker, session, tables
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.store.labels import LabelItem
    from core.workbench import Workbench

OPEN, DONE = "To be named", "Named"
OFFERED, SHOWN = 4, 12
PICTURE_PX = 112


def show() -> None:
    wb = session.workbench()
    counts = wb.learning_counts()
    _headline(counts)
    view = st.segmented_control(
        "What to look at",
        (OPEN, DONE),
        default=OPEN,
        key="labels_view",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    if view == DONE:
        _done(wb)
    else:
        _open(wb, counts.get("open", 0))


def _headline(counts: dict[str, int]) -> None:
    waiting, done = counts.get("open", 0), counts.get("labelled", 0)
    if waiting:
        frame.headline(
            f"{fmt.count(waiting, 'package')} to be named",
            f"{done:,} named so far. Every name makes the next audit surer.",
        )
    else:
        frame.headline("No package waits to be named", f"{done:,} named so far." if done else "")


def _open(wb: Workbench, count: int) -> None:
    if not count:
        empty.state(
            "Nothing waits to be named.",
            "What an audit is not sure of comes here, least sure first.",
            "Audit a photo",
            nav.AUDIT,
        )
        return
    items, _ = wb.learning_queue("open", SHOWN)
    may = Role.named(wb.actor.role) >= Role.DRIVER
    columns = st.columns(3, gap="small")
    for number, item in enumerate(items):
        with columns[number % len(columns)], st.container(border=True, key=f"card_label_{item.id}"):
            _item(wb, item, may)
    if count > len(items):
        frame.quiet(f"The {len(items)} least sure of {count:,} are shown; the next ones follow.")


def _item(wb: Workbench, item: LabelItem, may: bool) -> None:
    catalog = wb.catalog()
    likely = [p for c in item.candidates[:OFFERED] if (p := catalog.get(c.product_id)) is not None]
    probability = {c.product_id: c.probability for c in item.candidates}
    with st.container(horizontal=True, gap="small"):
        with st.container(width=PICTURE_PX):
            _picture(wb, item.id)
        with st.container(width="stretch"):
            frame.quiet(f"From {item.planogram}" if item.planogram else "From a photo without a plan")
            if not likely:
                frame.quiet("It is like no picture of a product.")
            for product in likely if may else ():
                st.button(
                    frame.md(product.name),
                    key=f"label_{item.id}_{product.id}",
                    width="stretch",
                    help=f"{fmt.share(probability[product.id])} likely",
                    on_click=_label,
                    args=(wb, item.id, product.id),
                )
            if may:
                _other(wb, item)


def _picture(wb: Workbench, item_id: int) -> None:
    """The package, or a word where somebody took its file away: the others can still be named."""
    try:
        st.image(wb.crop(item_id), width="stretch")
    except NotFound:
        frame.quiet("Its picture is gone.")


def _other(wb: Workbench, item: LabelItem) -> None:
    """Another product, none of the catalog, or not to be told."""
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Not in the catalog",
            key=f"label_none_{item.id}",
            type="tertiary",
            on_click=_label,
            args=(wb, item.id, None),
        )
        st.button("Skip", key=f"label_skip_{item.id}", type="tertiary", on_click=_skip, args=(wb, item.id))
    with st.popover("Another product", width="stretch"):
        catalog = wb.catalog()
        ids = sorted(catalog, key=lambda i: catalog[i].name)
        chosen = product_picker.pick(wb, "Product", ids, catalog, f"label_other_{item.id}")
        st.button(
            "Name it so",
            key=f"label_keep_{item.id}",
            type="primary",
            disabled=chosen is None,
            on_click=_label,
            args=(wb, item.id, chosen),
        )


def _label(wb: Workbench, item_id: int, product_id: int | None) -> None:
    with frame.telling():
        done = wb.label(item_id, product_id)
        st.toast(
            f"Named {done.product}." if done.product else "Kept as not in the catalog.",
            icon=":material/check:",
        )


def _skip(wb: Workbench, item_id: int) -> None:
    with frame.telling():
        wb.skip(item_id)


def _done(wb: Workbench) -> None:
    items, count = wb.learning_queue("labelled", 200)
    if not items:
        frame.quiet("No package has been named by a person yet.")
        return
    table = pd.DataFrame(
        [(i.product or "Not in the catalog", i.source, i.planogram, i.by, i.labelled_at) for i in items],
        columns=["Named", "From", "Planogram", "By", "When"],
    )
    picked = st.dataframe(
        table,
        hide_index=True,
        key="labels_done",
        on_select="rerun",
        selection_mode="single-row",
        column_config={"When": st.column_config.DatetimeColumn(format="MMM D, YYYY, h:mm a")},
    )
    tables.download(table, "Download the names", "named packages")
    rows = picked.selection.rows
    if rows and rows[0] < len(items):
        item = items[rows[0]]
        with st.container(border=True, key="card_label_done", width=420):
            with st.container(width=180):
                _picture(wb, item.id)
            st.button(
                "Take the name back", key=f"label_reopen_{item.id}", on_click=_reopen, args=(wb, item.id)
            )
    elif count > len(items):
        frame.quiet(f"The newest {len(items)} of {count:,} are shown.")


def _reopen(wb: Workbench, item_id: int) -> None:
    with frame.telling():
        wb.reopen(item_id)


with frame.telling():
    show()
