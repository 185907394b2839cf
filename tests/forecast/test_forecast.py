"""What a forecast says adds up."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.forecast.forecast import FACTORS, Forecast


def made(seed: int, series: int = 6, steps: int = 9) -> Forecast:
    """A forecast of drawn figures: two sites, three products, three factors."""
    rng = np.random.default_rng(seed)
    base = rng.gamma(1.0, 2.0, (series, 1)) * np.ones((1, steps))
    factors = {
        "weekday": rng.uniform(0.5, 1.5, (1, steps)), "holiday": rng.uniform(0.2, 1.2, (series, steps)),
        "price": np.ones((1, 1)),
    }
    mean = base * factors["weekday"] * factors["holiday"]
    return Forecast(
        date(2024, 1, 1), 1, mean, base, factors, np.arange(series) % 2, np.arange(series) % 3,
        rng.uniform(1, 2, series), 0.02, rng.uniform(0, 0.2, series), np.full(series, 0.03), 0.01,
        np.zeros(series, np.int64), ("any",), np.full(series, 90.0), "1",
        product_error=np.full(series, 0.02), fleet_shock=0.005,
    )


@given(st.integers(0, 10_000))
def test_contributions_add_up_to_the_mean(seed: int):
    """Exactly, for every series and step, whatever the factors."""
    f = made(seed)
    parts = f.contributions()
    assert set(parts) == set(FACTORS)
    assert sum(parts.values()) == pytest.approx(f.mean)


@given(st.integers(0, 10_000))
def test_factors_multiply_to_the_mean(seed: int):
    """Base times all factors."""
    f = made(seed)
    assert f.base * np.prod([np.broadcast_to(x, f.mean.shape) for x in f.factors.values()], axis=0) == (
        pytest.approx(f.mean)
    )


def test_a_factor_that_lifts_contributes_more_than_nothing():
    """And one that lowers less."""
    f = made(3)
    parts = f.contributions()
    assert ((parts["weekday"] > 0) == np.broadcast_to(f.factors["weekday"] > 1, f.mean.shape)).all()


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_totals_of_groups_add_up(seed: int):
    """Means of groups are sums of the series' means, and their variances no less than the noise."""
    f = made(seed)
    group = np.random.default_rng(seed).integers(0, 3, len(f.site))
    each, grouped = f.totals(first=2, last=7), f.totals(group, 2, 7)
    for g in range(group.max() + 1):
        assert grouped.mean[g] == pytest.approx(max(each.mean[group == g].sum(), 1e-6))
        assert grouped.variance[g] >= (f.noise[:, None] * f.mean[:, 2:7])[group == g].sum() * (1 - 1e-9)


def test_variance_of_a_total_is_that_of_drawn_shocks():
    """Against a simulation of the same components, within its error."""
    f, rng, draws = made(5), np.random.default_rng(0), 200_000
    series, steps = f.mean.shape

    def shock(variance: float, size: int) -> np.ndarray:
        return np.sqrt(variance) * rng.standard_normal((draws, size))

    total = np.zeros(draws)
    fleet_day = shock(f.fleet_shock, steps)
    site_day = [shock(f.day_shock, steps) for _ in range(2)]
    level = shock(1.0, series) * np.sqrt(f.level_error)
    site, product, fleet = shock(0.03, 2), shock(0.02, 3), shock(0.01, 1)[:, 0]
    for s in range(series):
        kept = level[:, s] + site[:, f.site[s]] + product[:, f.product[s]] + fleet
        for t in range(steps):
            relative = kept + fleet_day[:, t] + site_day[f.site[s]][:, t]
            total += f.mean[s, t] * relative + np.sqrt(f.noise[s] * f.mean[s, t]) * rng.standard_normal(draws)
    assert f.totals(np.zeros(series, np.int64)).variance[0] == pytest.approx(total.var(), rel=0.02)


def test_a_total_of_one_series_and_step_is_its_count():
    """Mean and variance agree with ``counts``."""
    f = made(8)
    each, single = f.counts(), f.totals(first=4, last=5)
    assert single.mean == pytest.approx(each.mean[:, 4])
    assert single.variance == pytest.approx(each.variance[:, 4])


def test_among_leaves_the_others_out():
    """Their groups stay, at next to nothing."""
    f = made(2)
    among = f.site == 1
    totals = f.totals(f.site, among=among)
    assert totals.mean[0] < 1e-5
    assert totals.mean[1] == pytest.approx(f.mean[among].sum())


@given(st.integers(0, 10_000))
def test_quantiles_rise_with_the_level(seed: int):
    """Never crossing."""
    counts = made(seed).counts()
    low, middle, high = (counts.quantile(p) for p in (0.1, 0.5, 0.95))
    assert (low <= middle).all()
    assert (middle <= high).all()
