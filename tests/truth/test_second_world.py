"""The second world is what it says: its truth is exact, its sales follow it, its days are nasty."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.truth.naive import History, before_after
from tests.truth.second_world import SecondWorld, simulate_second
from tests.truth.whatifs import twin_swap


@pytest.fixture(scope="module")
def world() -> SecondWorld:
    return simulate_second(17, days=300, machines=10, stores=2)


def test_the_same_seed_gives_the_same_world(world):
    """To the last unit."""
    again = simulate_second(17, days=300, machines=10, stores=2)
    assert all(a.daily.equals(b.daily) for a, b in zip(world.histories, again.histories, strict=True))


def test_what_sells_is_what_the_truth_expects(world):
    """Over all sites and days, but for what stockouts cost and shocks bring."""
    expected = sum(
        world.truth.true_rates(h.site_id, p.plan).sum() * ((p.end - p.start).days + 1)
        for h in world.histories for p in h.periods
    )
    sold = sum(h.daily["units"].sum() for h in world.histories)
    assert 0.85 < sold / expected < 1.15


def test_a_twin_changes_nothing(world):
    """The placebo is exact here too."""
    swaps = [
        (h, plan) for h in world.histories for plan in twin_swap(h.periods[-1].plan, world.truth.twins)
    ]
    assert len(swaps) > 3
    lifts = [world.truth.true_lift(h.site_id, h.periods[-1].plan, plan) for h, plan in swaps]
    assert np.abs(lifts).max() < 1e-9


def test_what_leaves_is_partly_bought_in_other_categories(world):
    """Which the model under test does not know."""
    history = world.histories[0]
    plan = history.periods[-1].plan
    index = world.truth.product_index
    gone = world.truth.category[index[plan.positions[0].product_id]]
    kept = [i for i, p in enumerate(plan.positions) if world.truth.category[index[p.product_id]] != gone]
    before = world.truth.true_rates(history.site_id, plan)[kept].sum()
    after = world.truth.true_rates(history.site_id, plan.with_positions(plan.positions[i] for i in kept)).sum()
    assert after > 1.005 * before


def test_facings_saturate(world):
    """The second adds less than the first, the third less than the second."""
    history = world.histories[0]
    plan = history.periods[-1].plan
    first = plan.positions[0]
    rates = [
        world.truth.true_rates(
            history.site_id, plan.with_positions((replace(first, facings=n), *plan.positions[1:]))
        )[0] for n in (1, 2, 3, 4)
    ]
    steps = np.diff(rates)
    assert (steps >= 0).all()
    assert steps[2] < steps[1] < steps[0] < 0.3 * rates[0]


def test_some_sites_record_no_stockout_and_the_others_not_all(world):
    """The histories that estimation gets are poorer than what happened."""
    told = np.array([h.daily["stockout"].sum() for h in world.histories])
    happened = np.array([h.daily["stockout"].sum() for h in world.recorded])
    assert (told == 0).any()
    assert ((told > 0) & (told < happened)).any()
    assert all(a.daily["units"].sum() == b.daily["units"].sum() for a, b in zip(world.histories, world.recorded, strict=True))


def test_a_trial_without_chance_and_change_shows_nothing():
    """Large counts on equal days: before and after agree."""
    rates, price = np.full(500, 400.0), np.ones(500)
    rng = np.random.default_rng(0)
    assert before_after(rates, rates, (price, price), np.ones(56), rng) == pytest.approx(0.0, abs=0.02)


def test_rates_read_off_the_history_know_the_present_plan(world):
    """A plan against itself is no change; without its best seller it loses about that."""
    history = world.histories[0]
    plan = history.periods[-1].plan
    read = History(world.histories, world.catalog)
    assert read.lift(history.site_id, plan, plan, world.catalog) == pytest.approx(0.0)
    fewer = plan.with_positions(plan.positions[1:])
    assert -0.3 < read.lift(history.site_id, plan, fewer, world.catalog) < 0.0
