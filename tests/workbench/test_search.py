"""The search of a company: its index is made once, and anew when a product changes."""

from __future__ import annotations

import time

import pytest

from core.workbench import Workbench, products
from tests.support.models import Counting


def test_without_a_model_search_goes_by_words(wb: Workbench) -> None:
    """And says so."""
    product = next(iter(wb.catalog().values()))
    found = wb.search_products(product.name, 3)
    assert (found.mode, found.hits[0].name) == ("text", product.name)


def test_a_changed_product_is_found_by_its_new_name(door: Workbench, model: Counting) -> None:
    """Only its own words are read anew, and the search may wait for them."""
    door.embed_products()
    door.search_products("anything")
    product = next(iter(door.catalog().values()))
    model.asked.clear()
    door.patch_product(product.id, name="Quokka biscuits")
    found = door.search_products("quokka")
    assert (found.mode, found.hits[0].product_id) == ("semantic", product.id)
    assert sum("Quokka biscuits" in text for text in model.asked) == 1
    assert len([t for t in model.asked if t != "quokka"]) == 1
    door.patch_product(product.id, name=product.name)


def test_the_index_is_kept_until_a_product_changes(door: Workbench) -> None:
    """A save of a plan or another search makes no new one."""
    door.embed_products()
    first = door.search_index()
    assert door.search_index() is first
    card = door.planograms()[0]
    saved = door.open(card.id)
    door.save(card.id, saved.version, saved.plan, "the same")
    assert door.search_index() is first
    door.create_product("Wombat tea", "Tea")
    assert door.search_index() is not first


def test_many_new_words_are_read_in_the_background(
    door: Workbench, model: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then words alone answer; nobody waits."""
    monkeypatch.setattr(products, "EMBEDDED_AT_ONCE", 0)
    model.name = "counting 2"
    assert door.search_products("cola").mode == "text"
    until = time.monotonic() + 20
    while door.search_products("cola").mode == "text" and time.monotonic() < until:
        time.sleep(0.05)
    assert door.search_products("cola").mode == "semantic"
