"""What a day that ran empty counts for, and what it does for the products beside it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from scipy.stats import poisson

from core.planogram.fixture import Fixture
from core.site.estimate import fit_fleet
from core.site.site import PlanPeriod, SiteHistory
from core.site.stockouts import seen_share
from tests.site.worlds import FIRST_DAY, catalog_of, frame_of, plan_of


def test_a_day_that_began_empty_counts_nothing_and_one_with_much_stock_nearly_all():
    """The two ends."""
    share = seen_share(np.array([0.0, 60.0]), np.array([3.0, 3.0]), 0.0)
    assert share[0] == 0.0
    assert share[1] == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("held", [1, 3, 8])
def test_with_poisson_demand_it_is_the_time_of_the_last_unit(held):
    """n/λ · P(N > n)/P(N ≥ n): the mean arrival time of the n-th, given that it came."""
    rate = 3.0
    expected = held / rate * poisson.sf(held, rate) / poisson.sf(held - 1, rate)
    assert seen_share(np.array([held]), np.array([rate]), 0.0)[0] == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(("held", "noise"), [(2, 0.1), (4, 0.1), (4, 0.4), (7, 0.3)])
def test_sales_and_exposure_agree_however_much_demand_varies(held, noise):
    """Over many days what sold is λ times the exposure that the estimate gives them."""
    rng, rate = np.random.default_rng(held), 4.0
    wanted = rng.poisson(rate * rng.gamma(1 / noise, noise, 200_000))
    sold = np.minimum(wanted, held)
    out = wanted >= held
    exposure = (~out).sum() + seen_share(np.full(out.sum(), held), np.full(out.sum(), rate), noise).sum()
    assert sold.sum() / exposure == pytest.approx(rate, rel=0.02)


def test_a_rivals_stockouts_do_not_pass_for_demand():
    """Half of the days one product is out and the other sells more: its rate is that of the other days."""
    rng, days, catalog = np.random.default_rng(3), 360, catalog_of(8)
    fixture = Fixture.machine((2,))
    plan = plan_of(fixture, [4, 8], catalog)
    out = np.arange(days) % 2 == 0
    lifted = 2.0 ** 0.45
    first = np.where(out, 0, rng.poisson(4.0, days))
    second = rng.poisson(np.where(out, 4.0 * lifted, 4.0))
    day = np.datetime64(FIRST_DAY) + np.arange(days)
    frame = frame_of(
        np.tile(day, 2), np.repeat([4, 8], days), np.zeros(2 * days, int), np.repeat([0, 1], days),
        np.concatenate([first, second]), 2.0, np.concatenate([out, np.zeros(days, bool)]),
    )
    period = PlanPeriod(FIRST_DAY, FIRST_DAY + timedelta(days - 1), plan)
    response = fit_fleet([SiteHistory(1, "One", "office", fixture, (period,), frame)], catalog).response(1)
    rates = response.rates(response.layout(plan))[0]
    assert second.mean() > 4.6
    assert rates == pytest.approx([4.0, 4.0], rel=0.1)
