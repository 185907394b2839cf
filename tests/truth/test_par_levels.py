"""The trial of par levels itself: what it serves, holds and loses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.supplies import make_supply
from tests.truth.par_levels import FACTORS, Frontier, at_fill, at_stock, averages, k_times_average, replay
from tests.truth.par_worlds import QUARTER, Case, recorded_sales


@pytest.fixture
def case() -> Case:
    """Three products of one place that sell 1, 3 and 5 a day, served weekly."""
    panel = make_supply([[1.0, 3.0, 5.0]], days=QUARTER + 100).panel
    stands = np.ones(panel.units.shape, bool)
    planned = np.zeros(panel.units.shape, bool)
    planned[:, 100 % 7 :: 7] = True
    seven = np.full(3, 7.0)
    return Case("three products", panel, panel.units.astype(np.float64), stands, planned, planned, seven,
                seven[:, None], np.ones(3), np.ones(3), 100)


def test_what_is_wanted_is_served_or_lost(case: Case) -> None:
    """Endless stock serves all, none serves nothing, one unit a week one of each product a week."""
    settings = np.array([0.0, 1.0, 1e6])
    found = replay(case, settings, lambda day: np.repeat(settings[:, None], 3, axis=1), False)
    wanted = case.wanted[:, case.start :].sum()
    assert found.fill[0] == 0.0
    assert found.fill[2] == 1.0
    assert found.lost[0] == wanted
    assert found.lost[1] == pytest.approx(wanted - 3 * 13, abs=3)
    assert found.runs_out[2] == 0


def test_more_stock_serves_more(case: Case) -> None:
    found = k_times_average(case, 28, False)
    assert found.setting.tolist() == FACTORS.tolist()
    assert (np.diff(found.fill) >= -1e-12).all()
    assert (np.diff(found.stock) >= -1e-9).all()


def test_averages_know_nothing_of_the_week_ahead(case: Case) -> None:
    """Whatever comes from the week of that day on changes nothing."""
    before = averages(case, 16, 28)
    units = case.recorded.units.copy()
    units[:, case.start + 14 :] = 99
    after = averages(replace(case, recorded=replace(case.recorded, units=units)), 16, 28)
    assert before.tolist() == after.tolist()


def test_points_between_settings_are_drawn_straight() -> None:
    line = Frontier(np.array([1.0, 2.0]), np.array([0.9, 1.0]), np.array([10.0, 20.0]),
                    np.array([8.0, 0.0]), np.array([4.0, 0.0]))
    assert at_fill(line, 0.95) == pytest.approx((1.5, 15.0))
    assert at_stock(line, 15.0) == pytest.approx((4.0, 2.0))
    assert np.isnan(at_fill(line, 0.5)[1])


def test_recorded_sales_stop_where_the_slot_is_empty() -> None:
    wanted = np.array([[3.0, 3.0, 1.0, 0.0]])
    stands, visits = np.ones((1, 4), bool), np.array([[True, False, False, True]])
    units, empty = recorded_sales(wanted, stands, visits, np.full((1, 4), 4.0))
    assert units.tolist() == [[3, 1, 0, 0]]
    assert empty.tolist() == [[False, True, True, False]]
