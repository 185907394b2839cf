"""A site put together from its history: what the pages read beside the response."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.planogram.fixture import Fixture
from core.site.build import bare_site, build_site
from core.site.estimate import fit_fleet
from tests.site.worlds import tiny_world


@pytest.fixture(scope="module")
def world():
    return tiny_world(seed=3, sites=2, days=120, periods=2)


@pytest.fixture(scope="module")
def fit(world):
    return fit_fleet(world.histories, world.catalog)


def test_a_site_knows_its_recent_sales(world, fit):
    """Units by day and revenue by slot add up to the last 28 days of the history."""
    history = world.histories[0]
    site = build_site(history, world.catalog, fit)
    recent = history.daily[history.daily["day"] > np.datetime64(site.last_day) - np.timedelta64(28, "D")]
    assert sum(series.sum() for series in site.daily_units.values()) == recent["units"].sum()
    assert sum(site.realized_revenue.values()) * 28 == pytest.approx(recent["revenue"].sum())
    assert site.history_days == 120
    assert site.response.provenance.days == 120


def test_weekly_rows_are_recent_sales_by_the_day(world, fit):
    """A row of a week shows as seven equal days."""
    history = world.histories[0]
    spot, last = history.periods[-1].plan.positions[0], np.datetime64(history.periods[-1].end)
    weekly = history.daily.iloc[:4].assign(
        day=last - 7 * np.arange(4) - 6, product_id=spot.product_id, row=spot.row, column=spot.column, units=14,
        revenue=21.0, days=7, stockout=[True, False, False, False],
    )
    site = build_site(replace(history, daily=weekly), world.catalog, fit)
    assert site.daily_units[spot.product_id].tolist() == [2.0] * 28
    assert site.realized_revenue == {(spot.row, spot.column): pytest.approx(3.0)}
    assert site.stockout_share == {spot.product_id: pytest.approx(1 / 28)}


def test_a_product_counts_the_days_it_stood(world, fit):
    """Two periods of 60 days."""
    site = build_site(world.histories[0], world.catalog, fit)
    first, second = (set(p.plan.product_ids) for p in world.histories[0].periods)
    assert {site.position_days[p] for p in first & second} == {120}
    assert {site.position_days[p] for p in first ^ second} <= {60}


def test_days_out_of_stock_are_a_share_of_the_last_four_weeks(world, fit):
    """A product out on 7 of 28 days."""
    history = world.histories[0]
    product = history.periods[-1].plan.positions[0].product_id
    last = np.datetime64(history.periods[-1].end)
    out = (history.daily["product_id"] == product) & (history.daily["day"] > last - np.timedelta64(28, "D"))
    marked = replace(history, daily=history.daily.assign(stockout=out))
    days = history.daily[out]["day"].nunique()
    assert build_site(marked, world.catalog, fit).stockout_share[product] == pytest.approx(days / 28)


def test_a_site_without_sales_is_answered_for_by_its_group(world, fit):
    """No history, no recent sales, but a response."""
    site = bare_site(9, "New", "office", world.histories[0].fixture, world.catalog, fit)
    assert site.history_days == 0
    assert site.response.provenance.phrase == "from 2 similar machines"


def test_without_a_fit_published_studies_answer(world):
    """The first minute of a workbench."""
    site = build_site(world.histories[0], world.catalog, None)
    assert site.response.provenance.phrase == "from published studies"


def test_a_machine_with_another_fixture_than_fitted_is_a_new_place(world, fit):
    """Its slots are not those that were learned."""
    moved = replace(world.histories[0], fixture=Fixture.machine((6, 6)), periods=())
    assert build_site(moved, world.catalog, fit).response.provenance.days == 0
