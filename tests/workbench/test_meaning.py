"""What products' names mean: computed once, kept, learned from; and products that came after the fit."""

from __future__ import annotations

from core.workbench import Workbench
from tests.support.models import Counting


def test_only_what_is_new_or_renamed_is_computed(door: Workbench, model: Counting) -> None:
    """Once for all products, then for one."""
    first = door.embed_products()
    assert first is not None
    assert len(model.asked) == len(first.vectors) == len(door.catalog())
    product = next(iter(door.catalog().values()))
    model.asked.clear()
    door.embed_products()
    assert model.asked == []
    door.patch_product(product.id, name="Something else entirely")
    door.embed_products()
    assert [text for text in model.asked if "Something else entirely" in text] == model.asked
    door.patch_product(product.id, name=product.name)


def test_without_a_model_nothing_is_kept(wb: Workbench) -> None:
    """Likeness of letters needs no table."""
    assert wb.embed_products() is None


def test_a_fit_learns_by_the_model_that_is_there(door: Workbench, model: Counting) -> None:
    """And what came after it is placed by its kept vector."""
    assert door.learn(is_demo=True)
    card = door.planograms()[0]
    made = door.create_product("Beacon Cola Cherry 20 oz", "Soft drinks", brand="Beacon", price=2.0, cost=0.9)
    door.embed_products()
    site = door.site(card.id)
    assert made.id in site.response.index
    assert "similar product" in site.response.provenance.phrase_of(made.id)
    score = door.score(card.id, made.id, "A1")
    assert "similar product" in score.learned_from


def test_a_product_made_after_a_site_was_read_can_be_placed(wb: Workbench) -> None:
    """The site in memory is not the last word on the catalog."""
    card = wb.planograms()[0]
    wb.site(card.id)
    made = wb.create_product("Beacon Cola Lime 20 oz", "Soft drinks", brand="Beacon", price=2.0, cost=0.9)
    assert made.id in wb.site(card.id).catalog


def test_a_door_that_opened_before_the_model_came_uses_it(wb: Workbench, model: Counting) -> None:
    """A browser that is there while the workbench starts must not be left without it."""
    assert wb.memory.models.embedder is model
