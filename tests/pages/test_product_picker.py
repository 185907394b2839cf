"""Choosing a product by words that are no name of the list."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.workbench import Workbench
from pages.parts import start


def _page() -> None:
    import streamlit as st

    from pages.parts import product_picker, session

    wb = session.workbench()
    catalog = wb.catalog()
    st.session_state.picked = product_picker.pick(wb, "Product", sorted(catalog), catalog, "product")


@pytest.fixture
def typed(ready_house: start.House):
    """The page after something was typed."""
    assert ready_house

    def run(words: str) -> AppTest:
        app = AppTest.from_function(_page, default_timeout=60)
        app.session_state["product"] = words
        return app.run()

    return run


def test_a_misspelled_name_offers_what_is_like_it_and_takes_the_likeliest(typed, demo: Workbench) -> None:
    """The others are one click away."""
    product = next(p for p in demo.catalog().values() if len(p.name) > 12)
    app = typed(product.name[:4] + product.name[5:])
    assert not app.exception
    assert app.session_state["picked"] == product.id


def test_words_that_nothing_is_like_choose_nothing(typed) -> None:
    """And say so."""
    app = typed("zzzzqqqq")
    assert not app.exception
    assert app.session_state["picked"] is None
