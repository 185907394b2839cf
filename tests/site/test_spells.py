"""Prices and promotions by week."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.site.cells import SiteCells, goods_of, site_cells
from core.site.days import DayFactors
from core.site.site import SiteHistory
from tests.site.worlds import catalog_of, frame_of, one_product

MONDAY = np.datetime64("2025-01-06")
FLAT = DayFactors(np.ones(7))
WEEKDAYS = DayFactors(np.array([1.4, 1.2, 1.0, 1.0, 0.9, 0.8, 0.7]))


def cells_of(history: SiteHistory, factors: DayFactors = FLAT) -> SiteCells:
    goods = goods_of(catalog_of(1))
    return site_cells(history, goods, np.zeros((len(goods), len(goods))), factors)


def weeks_of(units: list[int], price: list[float], **columns: object) -> SiteHistory:
    """One product in weekly rows from a Monday on, the plan stating no price."""
    history = one_product([0] * (7 * len(units)))
    n = len(units)
    frame = frame_of(
        MONDAY + 7 * np.arange(n), np.ones(n, int), np.zeros(n, int), np.zeros(n, int), np.array(units),
        np.array(price),
    ).assign(days=7, **columns)
    stood = history.periods[0]
    start = MONDAY.astype(object)
    plan = stood.plan.with_positions(replace(p, price=None) for p in stood.plan.positions)
    period = replace(stood, start=start, end=start + timedelta(7 * n - 1), plan=plan)
    return replace(history, periods=(period,), daily=frame)


def price_by_week(cells: SiteCells) -> np.ndarray:
    """Price of the one product in each week, carried to the cells."""
    order = np.argsort(cells.time)
    relative = np.zeros(len(cells.unit_product))
    relative[cells.standing.unit] = cells.standing.log_price
    price: np.ndarray = cells.price[0] * np.exp(relative[cells.unit][order])
    return price


def whole_exposure(cells: SiteCells) -> np.ndarray:
    """Days on the shelf, whatever of them was or may have been out of stock."""
    out = cells.stockouts
    return cells.exposure + np.bincount(out.cell, out.share, len(cells.exposure))


def test_a_price_is_what_was_paid_that_week():
    """And carried over a week without a sale."""
    cells = cells_of(weeks_of([5, 4, 0, 9, 3], [2.0, 2.0, 2.0, 1.5, 2.0]))
    assert price_by_week(cells) == pytest.approx([2.0, 2.0, 2.0, 1.5, 2.0])
    assert int(cells.standing.spell.max()) == 2


def test_one_price_all_along_leaves_the_plan_period_whole():
    """Cents of rounding are no change of price."""
    cells = cells_of(weeks_of([5, 4, 6], [2.0, 2.01, 1.99]))
    assert len(cells.standing.product) == len(cells.unit_product) == 1


def test_prices_that_differ_within_every_week_are_no_changes():
    """Card and coin: the mix of a week says nothing about the price."""
    rng = np.random.default_rng(1)
    history = one_product([0] * 140)
    day = np.repeat(np.datetime64(history.periods[0].start) + np.arange(140), 3)
    n = len(day)
    daily = frame_of(
        day, np.ones(n, int), np.zeros(n, int), np.zeros(n, int), np.ones(n, int),
        rng.choice([1.5, 1.65], n),
    )
    assert len(cells_of(replace(history, daily=daily)).unit_product) == 1


def test_a_promotion_begins_a_spell_even_where_nothing_sold():
    """A row may tell of a promotion with 0 units."""
    cells = cells_of(weeks_of([5, 0, 5], [2.0, 2.0, 2.0], promotion=[0, 1, 0], feature=[0.0, 0.5, 0.0]))
    assert cells.standing.promoted.tolist() == [[0, 0], [1, 0.5], [0, 0]]
    assert cells.standing.days.tolist() == [7, 7, 7]


def test_a_week_that_sold_out_is_one_censored_span():
    """Not seven censored days."""
    history = weeks_of([5, 4], [2.0, 2.0])
    sold_out = replace(history, daily=history.daily.assign(stockout=[False, True]))
    cells = cells_of(sold_out)
    assert cells.stockouts.units == pytest.approx([4.0])
    assert cells.stockouts.share == pytest.approx([7.0])
    assert cells.exposure.sum() == pytest.approx(7.0)


def test_weeks_begin_where_the_weekly_rows_do():
    """Rows from Thursday to Wednesday are not torn apart."""
    history = weeks_of([7, 14], [2.0, 1.0])
    late = history.daily.assign(day=history.daily["day"] + np.timedelta64(3, "D"))
    period = history.periods[0]
    moved = replace(period, start=period.start + timedelta(3), end=period.end + timedelta(3))
    cells = cells_of(replace(history, periods=(moved,), daily=late))
    assert sorted(cells.units) == pytest.approx([7.0, 14.0])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=7, max_size=70).map(lambda v: v[: len(v) // 7 * 7]),
    st.sampled_from([1.0, 2.0]), st.booleans(),
)
def test_weekly_rows_are_daily_rows_added_up(units, price, is_split):
    """The same cells, also where a plan changed in the middle of a week, but for where in that week."""
    daily = one_product(units)
    period = replace(daily.periods[0], start=MONDAY.astype(object))
    period = replace(period, end=period.start + timedelta(len(units) - 1))
    frame = daily.daily.assign(day=MONDAY + np.arange(len(units)), revenue=daily.daily["units"] * price)
    periods = (period,)
    if is_split:
        middle = period.start + timedelta(3)
        periods = (replace(period, end=middle), replace(period, start=middle + timedelta(1)))
    by_day = replace(daily, periods=periods, daily=frame)
    week = pd.Series(np.arange(len(units)) // 7)
    summed = frame.groupby(week.to_numpy()).agg({
        "day": "first", "product_id": "first", "row": "first", "column": "first", "units": "sum",
        "revenue": "sum", "stockout": "any",
    }).assign(days=7)
    a, b = cells_of(by_day, WEEKDAYS), cells_of(replace(by_day, daily=summed), WEEKDAYS)
    assert whole_exposure(b) == pytest.approx(whole_exposure(a))
    assert np.bincount(b.time, b.units) == pytest.approx(np.bincount(a.time, a.units))
    assert np.exp(b.standing.log_price) == pytest.approx(np.exp(a.standing.log_price))
