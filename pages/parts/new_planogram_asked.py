"""What a document left unsure, one place after the other, with the likeliest products to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.capabilities.draft import Band
from pages.parts import format as fmt
from pages.parts import frame, paper_view, product_picker

if TYPE_CHECKING:
    from core.capabilities.draft import Draft
    from core.planogram.product import Catalog
    from core.workbench import Workbench
    from pages.parts.paper_desk import Desk

AT_ONCE = 8
"""Places asked at once; the next ones follow as these are answered."""
EMPTY, OTHER = -1, -2
WORDS = {EMPTY: "Leave empty", OTHER: "Another product"}


def show(wb: Workbench, desk: Desk, drafted: Draft, catalog: Catalog) -> None:
    """The open places, the least known first."""
    left = desk.open(drafted)
    if not left:
        return
    checks = [i for i in left if drafted.found[i].band is Band.CHECK]
    with st.container(border=True, key="card_paper_asked"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            frame.title(f"{fmt.count(len(left), 'place')} to look at",
                        "What is written there, and what it may be.")
            if checks:
                which = f"All {len(checks)} likely ones are" if len(checks) > 1 else "The likely one is"
                if st.button(f"{which} right", icon=":material/done_all:", key="paper_all"):
                    desk.answer({i: drafted.found[i].product_id for i in checks})
                    st.rerun()
        for cell in left[:AT_ONCE]:
            _ask(wb, desk, drafted, catalog, cell)
        if len(left) > AT_ONCE:
            frame.quiet(f"{len(left) - AT_ONCE} more follow.")


def _ask(wb: Workbench, desk: Desk, drafted: Draft, catalog: Catalog, cell: int) -> None:
    found = drafted.found[cell]
    written, choice = st.columns([1, 2.2], gap="small", vertical_alignment="center")
    with written:
        st.html(_written(desk, drafted, cell))
    with choice:
        sure = {c.product_id: c.confidence for c in found.choices}
        names = {c.product_id: c.name for c in found.choices}
        picked = st.pills(
            f"What stands at {cell + 1}", [*names, EMPTY, OTHER], key=f"paper_pick_{desk.key}_{cell}",
            format_func=lambda i: WORDS.get(i) or f"{names[i]} · {fmt.share(sure[i])}",
            label_visibility="collapsed", wrap=True,
        )  # fmt: skip
        if picked == OTHER:
            ids = sorted(catalog, key=lambda i: catalog[i].name)
            picked = product_picker.pick(wb, "Product", ids, catalog, f"paper_other_{desk.key}_{cell}")
    if picked is not None:
        desk.answer({cell: None if picked == EMPTY else picked})
        st.rerun()


def _written(desk: Desk, drafted: Draft, cell: int) -> str:
    """The number, the cut-out of the document, and the letters as they were read."""
    found = drafted.found[cell]
    picture = desk.crop(cell)
    image = f'<img src="{picture}" alt="">' if picture else ""
    read = " · ".join(t for t in (found.cell.slot, found.cell.text, found.cell.upc) if t)
    how = paper_view.band(drafted, desk, cell)
    return (
        f'<div class="wb-asked" data-cell="{cell}" tabindex="0"><b class="wb-is-{how}">{cell + 1}</b>'
        f"<div>{image}<span>{frame.text(read)}</span></div></div>"
    )
