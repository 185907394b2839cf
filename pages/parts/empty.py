"""Empty states: one sentence, one button, a real example."""

from __future__ import annotations

import streamlit as st

from pages.parts import frame, nav


def state(sentence: str, example: str, label: str, page: str) -> None:
    """What is missing, an example of what it will look like, and the one way forward."""
    with st.container(border=True, key="card_empty", width=640):
        frame.title(sentence, example)
        st.page_link(page, label=f"**{label}**", icon=":material/arrow_forward:")


def no_sites() -> None:
    state(
        "There are no sites yet.",
        "Drop in a sales file with a machine, a slot, a product and a time; "
        "the machines and their planograms are made from it.",
        "Import sales",
        nav.DATA,
    )


def no_planogram() -> None:
    state(
        "There is no planogram to look at yet.",
        "A sales file with machine and slot becomes a planogram for each machine.",
        "Import sales",
        nav.DATA,
    )
