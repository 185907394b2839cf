"""Many machines: a layout copied to similar places, or one change made on all of them, and undone."""

from __future__ import annotations

import streamlit as st

from core.trust.access import Role
from pages.parts import empty, frame, life_batch, life_bulk, life_copy, session

COPY, CHANGE = "Copy a layout", "Change a product"


def show() -> None:
    now = session.context()
    if now.planogram_id is None:
        empty.no_sites()
        return
    wb = session.workbench()
    head = st.container()
    view = st.segmented_control("What to do", (COPY, CHANGE), default=COPY, key="many_view",
                                bind="query-params", required=True, label_visibility="collapsed")
    may = Role.named(wb.actor.role) >= Role.MANAGER
    if view == CHANGE:
        life_bulk.show(wb, head, may)
    else:
        life_copy.show(wb, now.planogram_id, head, may)
    life_batch.history(wb, may)


with frame.telling():
    show()
