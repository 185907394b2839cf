"""Histories become cells without losing a unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.site.cells import goods_of, site_cells
from core.site.days import DayFactors, weekday_factors
from tests.site.worlds import catalog_of, frame_of, one_product, tiny_world

FLAT = DayFactors(np.ones(7))


def cells_of(history, catalog):
    goods = goods_of(catalog)
    return site_cells(history, goods, np.zeros((len(goods), len(goods))), FLAT)


def test_every_sold_unit_is_in_a_cell():
    """Units of the daily rows and of the cells add up to the same."""
    world = tiny_world()
    history = world.histories[0]
    cells = cells_of(history, world.catalog)
    assert cells.units.sum() == history.daily["units"].sum()
    assert cells.unplaced_units == 0


def test_exposure_is_the_days_that_each_product_stood():
    """With flat weekdays and no stockouts exposure counts days, but for a little doubt about long runs of none."""
    world = tiny_world(days=240)
    cells = cells_of(world.histories[0], world.catalog)
    assert cells.exposure.sum() == pytest.approx(240 * 20, rel=2e-3)
    assert cells.exposure.sum() + cells.stockouts.share.sum() == pytest.approx(240 * 20)


def test_a_sale_of_a_product_that_did_not_stand_there_is_counted_as_unplaced():
    """It can teach nothing about a place, and it does not vanish silently."""
    history = one_product([1, 1])
    stray = frame_of(history.daily["day"].to_numpy()[:1], np.array([2]), np.array([0]), np.array([0]), np.array([5]))
    cells = cells_of(replace(history, daily=stray), catalog_of(2))
    assert cells.unplaced_units == 5
    assert cells.units.sum() == 0


def test_sales_without_a_slot_belong_to_all_positions_of_the_product():
    """The positions of a product whose slot is not known are one unit, the others stay apart."""
    world = tiny_world(periods=1)
    history = world.histories[0]
    first, second, third = history.periods[0].plan.positions[:3]
    twice = replace(second, product_id=first.product_id)
    plan = history.periods[0].plan.with_positions((first, twice, third))
    day = np.datetime64(history.periods[0].start)
    daily = frame_of(
        np.array([day, day]), np.array([first.product_id, third.product_id]), np.array([-1, 0]),
        np.array([-1, 2]), np.array([7, 2]),
    )
    changed = replace(history, periods=(replace(history.periods[0], plan=plan),), daily=daily)
    cells = cells_of(changed, world.catalog)
    assert len(cells.unit_product) == 2
    assert cells.standing.unit[0] == cells.standing.unit[1] != cells.standing.unit[2]
    assert cells.units.sum() == 9


def test_a_stockout_day_has_no_certain_exposure():
    """It is left out of the exposure and listed as censored."""
    cells = cells_of(one_product([2, 3, 0], [False, True, True]), catalog_of(1))
    assert cells.exposure.sum() == pytest.approx(1.0)
    assert sorted(cells.stockouts.units) == [0, 3]
    assert cells.units.sum() == 5


def test_weekday_factors_find_a_closed_sunday_and_average_one():
    """Eight weeks of sales on all days but Sunday."""
    history = one_product([0 if (2 + i) % 7 == 6 else 20 for i in range(56)])
    factor = weekday_factors([history])[0]
    assert factor.mean() == pytest.approx(1.0)
    assert factor[6] == factor.min() < 0.5


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=60))
def test_no_history_makes_negative_exposure_or_loses_units(days):
    """Whatever sold and whenever it was out."""
    history = one_product([u for u, _ in days], [o for _, o in days])
    cells = cells_of(history, catalog_of(1))
    assert (cells.exposure >= 0).all()
    assert cells.units.sum() == sum(u for u, _ in days)
    assert cells.exposure.sum() == pytest.approx(sum(not o for _, o in days))
