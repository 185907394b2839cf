"""How many facings a product deserves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.capabilities.facings import suggest_facings
from core.errors import BadInput, NotFound
from core.planogram.fixture import Fixture, TemperatureZone
from tests.support.sites import make_catalog, make_plan, make_site

FIXTURE = Fixture.machine((6, 6))
CATALOG = make_catalog(14)
PLAN = make_plan(FIXTURE, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])


def test_the_curve_rises_and_flattens() -> None:
    """Space elasticity lies between 0 and 1; the suggestion lies in its interval."""
    site = make_site(FIXTURE, CATALOG, space=0.3, reference=PLAN, draws=100)
    found = suggest_facings(PLAN, site, 3)
    money = np.array([c.daily_revenue for c in found.curve])
    assert [c.facings for c in found.curve] == [1, 2, 3, 4, 5, 6]
    assert (np.diff(money) > 0).all()
    assert (np.diff(money, 2) < 0).all()
    assert found.interval[0] <= found.suggested_facings <= found.interval[1]
    assert all(c.lower <= c.daily_revenue <= c.upper for c in found.curve)
    assert found.current_facings == 1


def test_more_elastic_space_deserves_more_facings() -> None:
    """And the last facing taken brings more than its room earns elsewhere."""
    little = suggest_facings(PLAN, make_site(FIXTURE, CATALOG, space=0.01, reference=PLAN, draws=40), 5)
    much = suggest_facings(PLAN, make_site(FIXTURE, CATALOG, space=0.9, reference=PLAN, draws=40), 5)
    assert little.suggested_facings == 1
    assert much.suggested_facings > 2
    money = [c.daily_revenue for c in much.curve]
    best = much.suggested_facings
    assert money[best - 1] - money[best - 2] >= much.room_price


def test_stock_that_would_not_last_asks_for_more() -> None:
    """Whatever the money says."""
    site = make_site(FIXTURE, CATALOG, space=0.01, base={3: np.log(9.0)}, reference=PLAN, draws=40)
    small = PLAN.with_positions(
        replace(p, capacity=10, quantity=5) if p.product_id == 3 else p for p in PLAN.positions)
    found = suggest_facings(small, site, 3)
    assert found.suggested_facings == 3
    assert "run out" in found.reason


def test_a_product_from_the_list_is_judged_at_its_best_place() -> None:
    """It has no facings now."""
    site = make_site(FIXTURE, CATALOG, slot={"A1": 0.6}, reference=PLAN, draws=40)
    found = suggest_facings(PLAN, site, 13)
    assert found.current_facings is None
    assert found.slot == "A1"


def test_what_cannot_stand_is_told() -> None:
    """An unknown product, and one that needs another temperature."""
    cold = {**CATALOG, 13: replace(CATALOG[13], temperature=TemperatureZone.FROZEN)}
    site = make_site(FIXTURE, cold, reference=PLAN, draws=20)
    with pytest.raises(BadInput, match="not in the catalog"):
        suggest_facings(PLAN, site, 99)
    with pytest.raises(NotFound, match="fits nowhere"):
        suggest_facings(PLAN, site, 13)
