"""Choosing a product on a page: by name from the list, or by words that no name holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts import frame

if TYPE_CHECKING:
    from core.planogram.product import Product
    from core.workbench import Workbench

SHOWN, LIKELY = 8, 0.25


def pick(
    wb: Workbench, label: str, ids: Sequence[int], catalog: Mapping[int, Product], key: str,
    placeholder: str = "Choose a product, or say what it is",
) -> int | None:
    """One of the products, or None as long as none is chosen. What is typed and is no name of the list is
    searched for by meaning and typing errors; the hits are offered below."""
    chosen = st.selectbox(
        label, ids, index=None, format_func=lambda i: catalog[i].name if i in catalog else str(i), key=key,
        placeholder=placeholder, accept_new_options=True,
    )  # fmt: skip
    if chosen is None or not isinstance(chosen, str):
        return chosen
    allowed = set(ids)
    found = wb.search_products(chosen, 4 * SHOWN).hits
    hits = [h for h in found if h.product_id in allowed and h.score >= LIKELY]
    if not hits:
        frame.quiet(f"No product is like “{chosen}”. Try another word.")
        return None
    names = {h.product_id: h.name for h in hits[:SHOWN]}
    return st.pills(
        f"Like “{chosen}”", list(names), format_func=names.__getitem__, default=hits[0].product_id,
        key=f"{key}_like_{chosen}",
    )  # fmt: skip
