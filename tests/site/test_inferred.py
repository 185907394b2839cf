"""Stockouts that nobody recorded: found where the rate makes them likely, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.site.estimate import fit_fleet
from core.site.inferred import out_probability
from tests.site.worlds import catalog_of, one_product, tiny_world


def sold(rate: float, series: int, days: int, seed: int = 0, noise: float = 0.1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.poisson(rate * rng.gamma(1 / noise, noise, (series, days))).astype(float)


def no(units: np.ndarray) -> np.ndarray:
    return np.zeros(units.shape, bool)


def test_a_fast_seller_that_stops_for_a_week_was_out():
    """Four a day, then nothing for seven days, then four again."""
    units = sold(4.0, 6, 120)
    units[0, 50:57] = 0
    out = out_probability(units, np.ones(units.shape), no(units))
    assert out[0, 50:57].min() > 0.8
    assert out[1:].mean() < 0.002
    assert out[0, :50].mean() < 0.01


def test_a_slow_seller_may_sell_nothing_for_a_week():
    """One unit in five days: a week without is nothing."""
    units = sold(0.2, 8, 200)
    assert out_probability(units, np.ones(units.shape), no(units)).mean() < 0.005


def test_a_closed_place_is_no_stockout():
    """A school sells nothing of anything for two weeks."""
    units = sold(3.0, 10, 120)
    units[:, 60:74] = 0
    assert out_probability(units, np.ones(units.shape), no(units))[:, 60:74].max() < 0.5


def test_days_on_which_it_did_not_stand_and_recorded_ones_are_left_alone():
    """They count nothing already."""
    units = sold(4.0, 3, 60)
    units[0, 20:30] = 0
    share, recorded = np.ones(units.shape), no(units)
    share[0, 20:25] = 0
    recorded[0, 25:30] = True
    assert out_probability(units, share, recorded)[0, 20:30].max() == 0


def test_places_are_apart():
    """One place is closed, the other not: only there a run says something."""
    units = sold(4.0, 8, 80)
    units[:4, 30:40] = 0
    units[4, 30:40] = 0
    out = out_probability(units, np.ones(units.shape), no(units), np.repeat([7, 9], 4))
    assert out[:4, 30:40].max() < 0.5
    assert out[4, 30:40].min() > 0.8


@pytest.mark.parametrize("shape", [(0, 10), (3, 0), (2, 1)])
def test_nothing_to_learn_from_is_no_error(shape):
    """Empty and shortest inputs."""
    units = np.zeros(shape)
    assert out_probability(units, np.ones(shape), no(units)).shape == shape


def test_the_rate_of_an_unrecorded_outage_is_that_of_the_other_days():
    """A third of the days empty, nobody wrote it down: the fit sees two a day all the same."""
    rng = np.random.default_rng(2)
    units = rng.poisson(2.0, 210)
    units[70:140] = 0
    world = tiny_world(sites=1, days=210)
    history = one_product(units.tolist())
    response = fit_fleet([replace(history, site_id=77), *world.histories], {**world.catalog, **catalog_of(1)}).response(77)
    rate = response.rates(response.layout(history.periods[0].plan)).sum()
    assert units.mean() < 1.5
    assert rate == pytest.approx(2.0, rel=0.15)
