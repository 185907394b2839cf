"""One change on many machines: previewed, saved, undone, on the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.workbench import Workbench
from pages.parts import nav
from pages.parts.life_batch import _key
from pages.parts.life_bulk import PRICE, REMOVE
from tests.pages.test_pages import first_line

OpenPage = Callable[..., AppTest]


@pytest.fixture
def page(open_page: OpenPage) -> AppTest:
    app = open_page(nav.MANY)
    app.segmented_control(key="many_view").set_value("Change a product").run()
    assert not app.exception
    return app


def product_of_many(demo: Workbench) -> int:
    """The product that stands in most plans."""
    ids = [i for card in demo.planograms() for i in demo.open(card.id).plan.product_ids]
    return max(sorted(set(ids)), key=ids.count)


def press(app: AppTest, label: str) -> AppTest:
    return next(b for b in app.button if b.label.startswith(label)).click().run()


def test_similar_machines_are_offered_with_what_would_differ(open_page: OpenPage, demo: Workbench) -> None:
    """Before anything is chosen the first line says how many."""
    app = open_page(nav.MANY)
    assert not app.exception
    similar = demo.similar(app.session_state["wb_context"].planogram_id)
    assert f"{len(similar)} plan" in first_line(app)
    assert list(app.dataframe[0].value["Plan"]) == [s.name for s in similar]


def test_a_price_is_previewed_saved_and_undone(page: AppTest, demo: Workbench) -> None:
    """The first line counts places and plans; the versions carry the change as their comment."""
    product = product_of_many(demo)
    page.selectbox(key="many_product").select(product).run()
    page.selectbox(key="many_what").select(PRICE).run()
    page.number_input(key=f"many_price_{product}").set_value(9.15).run()
    changed = [c.id for c in demo.planograms() if demo.open(c.id).plan.of_product(product)]
    assert f"on {len(changed)} plan" in first_line(page)
    before = {i: demo.open(i).plan for i in changed}

    press(page, "Save to")
    assert not page.exception
    for i in changed:
        assert {p.price for p in demo.open(i).plan.of_product(product)} == {9.15}
        assert demo.open(i).comment.endswith("at $9.15")
    assert "no plan changes" in first_line(page)

    press(page, "Undo")
    assert {i: demo.open(i).plan for i in changed} == before
    assert any("as before" in toast.value for toast in page.toast)


def test_someone_who_saved_meanwhile_stops_the_change(page: AppTest, demo: Workbench) -> None:
    """The person is told, and nothing is half done."""
    product = product_of_many(demo)
    page.selectbox(key="many_product").select(product).run()
    page.selectbox(key="many_what").select(REMOVE).run()
    card = next(c for c in demo.planograms() if demo.open(c.id).plan.of_product(product))
    demo.restore(card.id, 1)
    versions = {c.id: c.version for c in demo.planograms()}
    press(page, "Save to")
    assert any("meanwhile" in e.value for e in page.error)
    assert {c.id: c.version for c in demo.planograms()} == versions


def test_an_estimate_belongs_to_the_plans_it_was_asked_for(demo: Workbench) -> None:
    """Another change asks anew."""
    from core.planogram.bulk import Remove, Reprice

    ids = [c.id for c in demo.planograms()]
    product = product_of_many(demo)
    first, second = demo.preview_edit(Remove(product), ids), demo.preview_edit(Reprice(product, 9.0), ids)
    assert _key(first) == _key(demo.preview_edit(Remove(product), ids))
    assert _key(first) != _key(second)
