"""Par levels: worth their cost at the margin, within bounds, and the same price of money for all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.capabilities.stock import StockPolicy, best_level, cost_curve, needs_of, outcome, stock_for
from core.capabilities.stock_plan import stock_plan
from core.errors import BadInput
from core.forecast.fleet import forecast
from tests.support.supplies import make_needs, make_supply

means = st.lists(st.floats(0.05, 60.0), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(means, st.floats(0.1, 4.0), st.sampled_from([np.inf, 90.0, 21.0]))
def test_no_other_level_costs_less(mean: list[float], margin: float, life: float) -> None:
    """The level that is found is the cheapest of all, spoilage included."""
    needs = make_needs(mean, margin=margin, life=life)
    best = best_level(needs)
    levels = np.arange(1.0, best.max() + 20.0)
    costs = outcome(needs, np.broadcast_to(levels, (len(mean), len(levels)))).cost
    assert outcome(needs, best).cost == pytest.approx(costs.min(axis=1), rel=1e-9)


def test_without_spoilage_it_is_the_newsvendors_quantile() -> None:
    """Money in stock is charged for the cycle's mean, so the ratio counts half of the holding twice."""
    needs = make_needs([12.0], cycles=1, policy=StockPolicy(lead_days=0, holding_per_year=2.0))
    short, hold = float(needs.short_cost[0]), float(needs.long_cost[0])
    ratio = (short - hold / 2) / (short + hold / 2)
    assert best_level(needs)[0] == needs.demand.quantile(ratio)[0, 0]


@settings(max_examples=25, deadline=None)
@given(means)
def test_more_stock_serves_more_and_risks_less(mean: list[float]) -> None:
    found = outcome(make_needs(mean, life=30.0), np.broadcast_to(np.arange(0.0, 40.0), (len(mean), 40)))
    for rises in (found.fill_rate, found.spoiled_units, found.spoil_risk, found.stock_units):
        assert (np.diff(rises, axis=1) >= -1e-9).all()
    for falls in (found.risk, found.lost_units, found.lost_margin):
        assert (np.diff(falls, axis=1) <= 1e-9).all()
    assert (found.fill_rate >= 0).all()
    assert (found.fill_rate <= 1).all()


def test_levels_stay_between_least_and_capacity() -> None:
    assert best_level(make_needs([30.0, 0.01], capacity=8.0)).tolist() == [8.0, 1.0]


def test_the_least_is_kept_beside_slots_that_need_more() -> None:
    """A slot whose best level is its least must not sink below it while others are still searched."""
    assert best_level(make_needs([2.0, 0.25], margin=0.5, life=21.0)).tolist() == [4.0, 1.0]


def test_a_short_life_lowers_the_level() -> None:
    """A slow mover that spoils in ten days is filled less than one that keeps."""
    keeps, spoils = (best_level(make_needs([3.0], life=life))[0] for life in (np.inf, 10.0))
    assert spoils < keeps


def test_goodwill_and_margin_raise_the_level() -> None:
    low, high = (best_level(make_needs([10.0], margin=margin))[0] for margin in (0.05, 3.0))
    assert low < high
    kind = StockPolicy(lead_days=0, goodwill=5.0)
    assert best_level(make_needs([10.0], margin=0.05, policy=kind))[0] > low


def test_lost_units_agree_with_draws() -> None:
    """The expected shortage is what a simulation of the same counts loses."""
    needs = make_needs([6.0], cycles=1)
    found = outcome(needs, np.array([7.0]))
    rng = np.random.default_rng(1)
    drawn = rng.negative_binomial(6.0**2 / 3.0, 6.0 / 9.0, 400_000)
    assert found.lost_units[0] * 7.0 == pytest.approx(np.maximum(drawn - 7, 0).mean(), rel=0.02)
    assert found.risk[0] == pytest.approx((drawn >= 7).mean(), abs=0.003)
    assert found.served[0] == pytest.approx((drawn <= 7).mean(), abs=0.003)


def test_a_budget_is_kept_at_one_price_for_all() -> None:
    """A limited sum goes where a unit of money saves most; a large one changes nothing."""
    needs = replace(make_needs([2.0, 8.0, 20.0]), margin=np.array([0.2, 1.0, 3.0]))
    free = best_level(needs)
    levels, price = stock_for(needs, 0.6 * free.sum())
    assert levels.sum() <= 0.6 * free.sum()
    assert price > 0
    assert levels[0] / free[0] < levels[2] / free[2]
    assert stock_for(needs, free.sum())[0].tolist() == free.tolist()


def test_the_curve_lies_around_the_level_and_in_the_slot() -> None:
    found = cost_curve(make_needs([4.0], capacity=9.0), np.array([5.0]), reach=6)
    assert found.level[0].tolist() == [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9]


@pytest.mark.parametrize("wrong", [
    {"service_days": 0}, {"lead_days": -1}, {"goodwill": -0.1}, {"life_left": 0.0}, {"every": 99},
])
def test_a_policy_that_cannot_be_is_refused(wrong: dict) -> None:
    with pytest.raises(BadInput):
        StockPolicy(**wrong)


def test_a_unit_without_a_known_cost_is_taken_to_cost_half_its_price() -> None:
    """What it ties up counts for something, and its level says what it rests on."""
    supply = make_supply([[1.0, 0.4]])
    told = replace(supply, cost=np.array([1.2, 0.0]))
    coming = forecast(told.panel, 28)
    needs = needs_of(coming, told)
    assert needs.cost.tolist() == [1.2, 1.0]
    assert needs.margin.tolist() == pytest.approx([0.8, 1.0])
    plan = stock_plan(coming, told)
    assert [plan.product(np.array([s])).cost_known for s in (0, 1)] == [True, False]
