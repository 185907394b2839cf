"""The closed form of a move against the same move done by the editor and valued by the response."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.capabilities.moves import moved, moves, sources_of
from core.capabilities.shelf import shelf_of, zone_targets
from core.capabilities.valuation import season_ahead
from core.errors import WorkbenchError
from core.planogram import edit
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.site.site import Site
from tests.support.sites import make_catalog, make_plan, make_product, make_site


def money(plan: Planogram, site: Site) -> float:
    layout = site.response.layout(plan)
    worth = layout.price * season_ahead(site)[layout.category]
    return float((site.response.rates(layout)[0] * worth).sum())


def compare_all(plan: Planogram, site: Site) -> int:
    """Every legal move's gain equals the edited plan's money less the plan's; returns how many."""
    shelf = shelf_of(plan, site)
    targets = zone_targets(plan, site)
    ids = sorted(site.response.index)
    table = moves(shelf, ids, targets, sources_of(shelf, ids))
    before, compared = money(plan, site), 0
    for a, product_id in enumerate(ids):
        i = int(table.source[a])
        source = plan.positions[i] if i >= 0 else None
        for t in range(len(targets)):
            cell = (int(targets.row[t]), int(targets.column[t]))
            try:
                edited = edit.drop(plan, site.catalog, cell, source=source,
                                   product_id=None if source else product_id).plan
            except WorkbenchError:
                assert not table.legal[a, t], (product_id, cell)
                continue
            assert table.legal[a, t], (product_id, cell)
            built = moved(shelf, table, product_id, a, cell[0], t)
            assert built == edited, (product_id, cell)
            worth = money(edited, site) - before
            assert table.gain[a, t] == pytest.approx(worth, abs=1e-9), (product_id, cell)
            compared += 1
    return compared


def rich_site(fixture: Fixture, count: int, seed: int, plan: Planogram | None = None, catalog=None) -> Site:
    rng = np.random.default_rng(seed)
    pairs = {(int(a), int(b)): float(rng.normal(0, 0.5))
             for a, b in rng.integers(1, count + 1, (3 * count, 2)) if a != b}
    cells = len(make_site(fixture, make_catalog(count)).response.zones)
    return make_site(fixture, catalog or make_catalog(count), slot=rng.normal(0, 0.2, cells), affinity=pairs,
                     neighbor=0.4, diversion=0.35, space=0.25, draws=20, reference=plan)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 14), min_size=9, max_size=9))
def test_every_move_in_a_machine_equals_the_edited_plan(seed: int, cells: list[int]) -> None:
    """Repeated products, empty slots and neighbors included."""
    fixture = Fixture.machine((4, 3, 2))
    plan = make_plan(fixture, cells)
    compare_all(plan, rich_site(fixture, 14, seed, plan))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_every_move_on_a_retail_grid_equals_the_edited_plan(seed: int) -> None:
    """Products of one and two cells, several facings, gaps."""
    rng = np.random.default_rng(seed)
    fixture = Fixture.shelves(48, 2)
    catalog = {i: make_product(i, "soda" if i % 2 else "chips", width_in=5.0 if i % 3 else 13.0,
                               velocity=0.5 * i) for i in range(1, 10)}
    plan = Planogram(fixture, (), RuleSet.STRICT)
    for product_id in rng.permutation(np.arange(1, 10))[:6]:
        row, column, n = int(rng.integers(2)), int(rng.integers(8)), int(rng.integers(1, 3))
        try:
            plan = edit.place(plan, catalog, int(product_id), row, column, facings=n)
        except WorkbenchError:
            continue
    compare_all(plan, rich_site(fixture, 9, seed, plan, catalog))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
@example(1)
@example(1131)
def test_every_move_on_a_free_shelf_equals_the_edited_plan(seed: int) -> None:
    """Positions anywhere in inches, none on a cell edge; some overlap their neighbor by the tolerance."""
    rng = np.random.default_rng(seed)
    fixture = Fixture.shelves(30, 2, cell_width_in=0.5)
    catalog = {i: make_product(i, "soda" if i % 2 else "chips", width_in=2.0 + 0.37 * i)
               for i in range(1, 10)}
    plan = Planogram(fixture, (), RuleSet.STRICT)
    for product_id in rng.permutation(np.arange(1, 10))[:6]:
        row, x_in = int(rng.integers(2)), float(rng.uniform(0, 26))
        try:
            plan = edit.place(plan, catalog, int(product_id), row, x_in=x_in)
        except WorkbenchError:
            continue
    compare_all(plan, rich_site(fixture, 9, seed, plan, catalog))


def test_a_locked_position_makes_way_for_nothing() -> None:
    """Neither it moves nor anything else onto it."""
    fixture = Fixture.machine((2,))
    plan = make_plan(fixture, [1, 2])
    locked = plan.with_positions(
        Position(p.product_id, p.row, p.column, 1, p.x_in, p.width_in, locked=p.product_id == 1)
        for p in plan.positions
    )
    site = make_site(fixture)
    shelf = shelf_of(locked, site)
    table = moves(shelf, [1, 2, 3], zone_targets(locked, site), sources_of(shelf, [1, 2, 3]))
    assert table.legal.tolist() == [[True, False], [False, True], [False, True]]
