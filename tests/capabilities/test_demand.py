"""A place's and the fleet's demand: parts that add up, reasons, and honesty about short histories."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.capabilities.backcast import accuracy, backcast
from core.capabilities.demand import Accuracy, Outlook, demand, fleet_demand, require_horizon
from core.capabilities.stock import StockPolicy
from core.errors import BadInput, NotFound
from core.forecast.fleet import choose, forecast
from core.forecast.supply import Supply
from tests.support.supplies import make_supply

UNKNOWN = Accuracy(None, None, None, 0, "not asked")


def look(supply: Supply, days: int = 14) -> Outlook:
    pool = choose(supply.panel, 28)
    return Outlook(supply, forecast(supply.panel, days + 21, pool=pool), days, UNKNOWN)


@pytest.fixture(scope="module")
def outlook() -> Outlook:
    """Two places with four products each, from hardly any to ten a day."""
    return look(make_supply([[0.1, 0.6, 2.0, 10.0], [0.3, 1.0, 4.0, 6.0]]))


def test_parts_add_up(outlook: Outlook) -> None:
    """Products to the place, places to the fleet, factors to the mean, days to the total."""
    places = [demand(outlook, [k]) for k in (1, 2)]
    fleet = fleet_demand(outlook)
    for found in places:
        assert found.units.value == pytest.approx(sum(p.units.value for p in found.products))
        assert found.revenue.value == pytest.approx(sum(p.revenue.value for p in found.products), rel=1e-6)
        for p in found.products:
            assert sum(p.factors.values()) == pytest.approx(p.mean)
            assert p.units.value == pytest.approx(p.mean.sum())
    assert fleet.units.value == pytest.approx(sum(f.units.value for f in places))
    assert fleet.units.value == pytest.approx(sum(p.units.value for p in fleet.places))
    assert fleet.units.value == pytest.approx(sum(p.units.value for p in fleet.products))


def test_intervals_are_in_order_and_hold_the_value(outlook: Outlook) -> None:
    found = demand(outlook, [1])
    for estimate in (found.units, found.revenue, *(p.units for p in found.products)):
        assert estimate.lower <= estimate.value <= estimate.upper
    assert (np.diff(found.daily, axis=0) >= 0).all()
    for p in found.products:
        assert p.quantiles.shape == (7, 14)
        assert (np.diff(p.quantiles, axis=0) >= 0).all()


def test_the_total_is_surer_than_its_products_together(outlook: Outlook) -> None:
    found = demand(outlook, [1])
    together = sum(p.units.upper - p.units.lower for p in found.products)
    assert found.units.upper - found.units.lower < together


def test_what_runs_out_is_told_with_the_money_it_costs(outlook: Outlook) -> None:
    """Ten a day from a slot of six, served once a week."""
    found = demand(outlook, [1])
    fast, slow = found.product(4), found.product(1)
    assert fast is not None
    assert slow is not None
    assert fast.high_risk
    assert fast.stock.stockout_risk > 0.99
    assert fast.stock.lost_margin > 10
    assert not slow.high_risk
    assert slow.stock.stockout_risk < 0.05
    assert next(p.product_id for p in found.high_risk) == 4
    assert any("Product 4" in o.message for o in found.opportunities)


def test_the_curve_says_what_each_change_costs(outlook: Outlook) -> None:
    """The suggested level is its lowest point, and today's saving is read from it."""
    stock = demand(outlook, [2]).product(2).stock  # type: ignore[union-attr]
    costs = {c.level: c.total for c in stock.curve}
    assert costs[stock.suggested_par_level] == pytest.approx(min(costs.values()))
    saved = costs[round(stock.stocked)] - costs[stock.suggested_par_level]
    assert stock.saving == pytest.approx(saved, abs=1e-9)


def test_a_longer_interval_asks_for_more_stock(outlook: Outlook) -> None:
    short, long = (demand(outlook, [1], policy=StockPolicy(every=n)) for n in (2, 10))
    for a, b in zip(short.products, long.products, strict=True):
        assert a.stock.recommended_stock <= b.stock.recommended_stock


def test_short_lives_spoil(outlook: Outlook) -> None:
    """A full slot of a slow mover that keeps for ten days is mostly thrown away."""
    found = demand(look(make_supply([[0.1, 2.0]], shelf_life=10.0, par=12.0)), [1]).product(1)
    assert found is not None
    assert found.stock.spoil_risk > 0.95
    assert found.stock.spoiled_units > 3
    assert found.stock.suggested_par_level <= 2


@pytest.mark.parametrize(("days", "least", "most"), [(1, 0.2, 0.4), (7, 0.4, 0.6), (30, 0.7, 0.9), (90, 0.85, 1.0)])
def test_confidence_grows_with_the_days_of_history(days: int, least: float, most: float) -> None:
    """About 0.3, 0.5, 0.8 and 0.95 at 1, 7, 30 and 90 days; below 30 the answer says what is missing."""
    found = demand(look(make_supply([[1.0, 2.0]], days=days)), [1])
    assert least <= found.confidence <= most
    assert all(least <= p.confidence <= most for p in found.products)
    assert found.degraded == (days < 30) == (found.required_data is not None)


@pytest.mark.parametrize("kind", ["one day", "zeros", "once", "gap"])
def test_odd_histories_have_sensible_answers(kind: str) -> None:
    """No exception, nothing below zero or not a number, and no wonders."""
    supply = make_supply([[1.0, 3.0]], days=1 if kind == "one day" else 100)
    panel = supply.panel
    if kind == "zeros":
        panel = replace(panel, units=np.zeros_like(panel.units))
    if kind == "once":
        units = np.zeros_like(panel.units)
        units[0, 50] = 1
        panel = replace(panel, units=units)
    if kind == "gap":
        exposure = panel.exposure.copy()
        exposure[:, 20:80] = 0
        panel = replace(panel, units=panel.units * exposure, exposure=exposure)
    found = demand(look(replace(supply, panel=panel)), [1])
    figures = np.array([[p.units.value, p.units.upper, p.stock.stockout_risk, p.stock.suggested_par_level]
                        for p in found.products])
    assert np.isfinite(figures).all()
    assert (figures >= 0).all()
    assert found.units.value < 14 * 12
    assert found.units.upper > found.units.lower or kind in ("zeros", "once")


def test_only_products_that_stand_there_are_forecast(outlook: Outlook) -> None:
    gone = outlook.supply.standing.copy()
    gone[0] = False
    part = replace(outlook, supply=replace(outlook.supply, standing=gone))
    assert {p.product_id for p in demand(part, [1]).products} == {2, 3, 4}
    assert [p.product_id for p in demand(part, [1], [3]).products] == [3]
    with pytest.raises(NotFound, match="Product 1"):
        demand(part, [1], [1])


@pytest.mark.parametrize("days", [0, 93])
def test_a_horizon_out_of_bounds_is_refused(days: int) -> None:
    with pytest.raises(BadInput, match=str(days)):
        require_horizon(days)


def test_recent_forecasts_are_judged_by_what_came() -> None:
    """Steady demand is met within chance; too few sales are no ground to judge."""
    supply = make_supply([[3.0, 6.0, 9.0, 5.0]], days=150)
    made = backcast(supply.panel, choose(supply.panel, 7))
    found = accuracy(made, supply.panel, np.ones(4, bool))
    assert found.origins == 2
    assert found.wape is not None
    assert found.wape < 0.15
    assert found.mase is not None
    assert found.mase < 1.0
    assert found.coverage is not None
    assert 0.6 <= found.coverage <= 1.0
    nothing = replace(supply.panel, units=np.zeros_like(supply.panel.units))
    assert accuracy(backcast(nothing, choose(nothing, 7)), nothing, np.ones(4, bool)).wape is None


def test_an_explanation_says_factors_and_origin(outlook: Outlook) -> None:
    told = demand(outlook, [1]).explain()
    assert set(told) >= {"factors", "products", "method", "learned_from"}


def test_a_slot_that_is_too_small_is_told_with_what_room_is_worth() -> None:
    """Ten a day, a slot of twelve that is filled to the brim once a week."""
    found = demand(look(make_supply([[10.0]], capacity=12.0, par=12.0)), [1])
    assert found.products[0].stock.saving == 0
    assert found.opportunities[0].message.startswith("Give Product 1 room for")
    assert found.opportunities[0].worth > 50
