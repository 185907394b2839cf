"""The Optimize page on the demo company: it finds, shows, lets choose and saves, and tells what conflicts."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.capabilities.optimize import Lock, Wishes
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram
from pages.parts import nav, optimize_job, optimize_result, optimize_shelves
from tests.support.sites import make_catalog

LONG_S = 60


def found(open_page, planogram_id: int) -> AppTest:
    """The page with its result: the search runs in a thread of its own."""
    app = open_page(nav.OPTIMIZE, planogram=str(planogram_id))
    end = time.monotonic() + LONG_S
    while not app.session_state["optimize_job"].done.is_set():
        assert time.monotonic() < end
        time.sleep(0.2)
    return app.run()


def head(app: AppTest) -> str:
    return next(h.value for h in app.html if '<h1 class="wb-head"' in h.value)


@pytest.fixture
def machine_id(demo) -> int:
    """A planogram that no other test changes."""
    return next(c.id for c in demo.planograms() if c.device_id is not None)


def test_the_first_line_says_what_the_best_layout_brings(open_page, machine_id):
    """With its interval, and the shelves now and then."""
    app = found(open_page, machine_id)
    assert not app.exception
    assert "could bring" in head(app)
    assert "a day" in head(app)
    shelves = [h.value for h in app.html if 'class="wb-boards' in h.value]
    assert len(shelves) == 2
    assert "wb-new" in shelves[1]
    assert any("Proven" in h.value for h in app.html)
    assert any("its best place" in h.value for h in app.html)


def test_what_was_found_is_saved_as_a_version_and_told(open_page, demo):
    """All lines at once; the feedback is kept."""
    card = [c for c in demo.planograms() if c.device_id is not None][-1]
    app = found(open_page, card.id)
    before = demo.open(card.id)
    next(b for b in app.button if b.label.startswith("Save all")).click().run()
    after = demo.open(card.id)
    assert not app.exception
    assert after.version == before.version + 1
    assert after.comment == "Optimized layout"
    assert set(after.plan.positions) != set(before.plan.positions)


def test_someone_who_saved_first_is_not_overwritten(open_page, demo):
    """The page says so and keeps its result."""
    card = [c for c in demo.planograms() if c.device_id is not None][-2]
    app = found(open_page, card.id)
    other = demo.open(card.id)
    demo.save(card.id, other.version, other.plan.with_positions(other.plan.positions[1:]))
    next(b for b in app.button if b.label.startswith("Save all")).click().run()
    assert not app.exception
    assert demo.open(card.id).version == other.version + 1
    assert app.error
    assert "could bring" in head(app)


def test_conflicting_wishes_are_told_one_by_one(open_page, demo, machine_id):
    """What conflicts and what would mend it."""
    app = found(open_page, machine_id)
    ids = demo.open(machine_id).plan.product_ids
    saved = demo.open(machine_id)
    search = optimize_job.Search(saved.id, saved.version, Wishes())
    with pytest.raises(Exception, match="overlap") as conflict:
        demo.optimize(saved.id, Wishes(locks=(Lock("A1", ids[1]), Lock("A1", ids[2]))))
    job = app.session_state["optimize_job"]
    job.result, job.error = None, conflict.value
    app.session_state["optimize_search"] = search
    app.run()
    assert "no layout" in head(app)
    assert any("Take one of the two locks off" in h.value for h in app.html)


def test_the_drawing_names_every_product_as_text(demo, machine_id):
    """Markup in a name stays text."""
    plan, catalog = demo.open(machine_id).plan, demo.catalog()
    drawn = optimize_shelves.drawing(plan, catalog, {}, "<now>")
    assert drawn.count("wb-pack") == len(plan.positions)
    assert "<now>" not in drawn


def test_several_planograms_are_optimized_and_saved_together(open_page, demo):
    """One list with totals; each is saved as a version of its own."""
    app = open_page(nav.OPTIMIZE, which="Several")
    cards = [c for c in demo.planograms() if c.device_id is not None][:2]
    before = {c.id: demo.open(c.id).version for c in cards}
    app.multiselect[0].set_value([c.id for c in cards]).run()
    next(b for b in app.button if b.label.startswith("Find the best")).click().run()
    assert not app.exception
    end = time.monotonic() + LONG_S
    while not app.session_state["optimize_fleet_job"].done.is_set():
        assert time.monotonic() < end
        time.sleep(0.2)
    app.run()
    assert "2 planograms could bring" in head(app)
    next(b for b in app.button if b.label.startswith("Save all 2")).click().run()
    assert not app.exception
    assert {c.id: demo.open(c.id).version - 1 for c in cards} == before


def test_rows_of_a_machine_run_over_its_width():
    """A row of six wide slots is as long as one of eight."""
    plan = Planogram(Fixture.machine((6, 8)))
    drawn = optimize_shelves.drawing(plan, {}, {}, "now")
    assert drawn.count('class="wb-stand" style="width:100.00%"') == 2


def test_an_unknown_cost_is_told_where_margins_are_asked_for(monkeypatch):
    """One product of the plan came without; nobody asked for margins: nothing is told."""
    told: list[str] = []
    monkeypatch.setattr(optimize_result.frame, "fallback", told.append)
    catalog = make_catalog(3)
    catalog = {**catalog, 2: replace(catalog[2], cost=0.0)}
    for margin in (0.0, 1.0):
        found = SimpleNamespace(goals=SimpleNamespace(margin=margin), plan=SimpleNamespace(product_ids=(1, 2)))
        optimize_result._costs(found, catalog)
    assert len(told) == 1
    assert catalog[2].name in told[0]
