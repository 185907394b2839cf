"""Scores of the backtest on cases whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from core.forecast.counts import Counts
from tests.backtest import scores


def test_wape_weighs_errors_by_volume() -> None:
    """An error of 1 on 10 units and none on 90 is 1 %."""
    assert scores.wape(np.array([11.0, 90.0]), np.array([10.0, 90.0])) == pytest.approx(0.01)


def test_wape_of_always_zero_is_one() -> None:
    """Zeros cannot win."""
    assert scores.wape(np.zeros(5), np.arange(1.0, 6.0)) == 1.0


def test_bias_keeps_the_sign() -> None:
    """Forecasting too little is negative."""
    assert scores.bias(np.array([4.0, 5.0]), np.array([5.0, 5.0])) == pytest.approx(-0.1)


def test_mase_of_the_naive_forecast_on_its_own_history_is_one() -> None:
    """The scale is the mean change from one window to the next."""
    history = np.array([[2.0, 4.0, 8.0, 4.0, 2.0]])
    scale = scores.naive_scale(history, 1)
    change = np.abs(np.diff(history[0]))
    assert scale[0] == pytest.approx(change.mean())
    assert scores.mase(history[0, :-1], history[0, 1:], np.repeat(scale, 4)) == pytest.approx(1.0)


def test_naive_scale_skips_what_is_not_known() -> None:
    """A window with a gap says nothing."""
    assert scores.naive_scale(np.array([[1.0, 5.0, np.nan, 9.0, 3.0]]), 1)[0] == pytest.approx(5.0)


def test_naive_scale_counts_every_offset() -> None:
    """Windows of 2 over 5 steps: 3 and 7, 5 and 9."""
    assert scores.naive_scale(np.array([[1.0, 2.0, 3.0, 4.0, 5.0]]), 2)[0] == pytest.approx(4.0)


def test_naive_scale_is_nan_without_two_windows() -> None:
    """Too short a history has no scale."""
    assert np.isnan(scores.naive_scale(np.ones((1, 3)), 2)).all()


def test_naive_scale_is_never_below_one_unit() -> None:
    """A series that never changes would make every error infinite."""
    assert scores.naive_scale(np.ones((1, 9)), 1)[0] == scores.LEAST_SCALE


@pytest.mark.parametrize("nominal", [0.80, 0.95])
def test_right_counts_are_covered_as_often_as_they_say(nominal: float) -> None:
    """Randomized PIT makes small counts exact."""
    rng = np.random.default_rng(5)
    mean = rng.uniform(0.1, 4, 40_000)
    pit = Counts(mean, mean).pit(rng.poisson(mean), rng.uniform(size=len(mean)))
    assert scores.coverage(pit, nominal) == pytest.approx(nominal, abs=0.01)


def test_too_narrow_counts_are_covered_less() -> None:
    """Negative binomial outcomes against Poisson intervals."""
    rng = np.random.default_rng(6)
    mean = np.full(20_000, 8.0)
    count = rng.poisson(rng.gamma(2.0, mean / 2))
    pit = Counts(mean, mean).pit(count, rng.uniform(size=len(mean)))
    assert scores.coverage(pit, 0.80) < 0.6


def test_draws_of_the_right_distribution_are_covered_as_often_as_they_say() -> None:
    """The distribution of past errors, with the outcome one more of them."""
    rng = np.random.default_rng(7)
    values = rng.poisson(3.0, (4_000, 39)).astype(float)
    pit = scores.Draws(values).pit(rng.poisson(3.0, 4_000).astype(float), rng.uniform(size=4_000))
    assert scores.coverage(pit, 0.80) == pytest.approx(0.80, abs=0.02)


def test_pinball_is_least_at_the_true_quantiles() -> None:
    """A proper score: wider and narrower both lose."""
    rng = np.random.default_rng(8)
    mean = np.full(20_000, 20.0)
    count = rng.poisson(mean).astype(float)
    loss = [
        scores.pinball(scores.quantiles(Counts(m * mean, v * m * mean)), count)
        for m, v in ((1.0, 1.0), (1.0, 3.0), (1.2, 1.0), (0.8, 1.0))
    ]
    assert min(loss) == loss[0]


def test_noise_floor_is_what_the_true_mean_scores() -> None:
    """Simulated Poisson totals, forecast by their true median."""
    rng = np.random.default_rng(9)
    mean = rng.uniform(0.5, 30, 40_000)
    count = rng.poisson(mean)
    assert scores.noise_floor(mean) == pytest.approx(scores.wape(Counts(mean, mean).quantile(0.5), count), abs=0.005)


def test_noise_floor_rises_when_people_buy_several() -> None:
    """Variance over mean of 2.5 is more noise than of 1."""
    assert scores.noise_floor(np.full(3, 10.0), 2.5) > 1.3 * scores.noise_floor(np.full(3, 10.0))


def test_r_squared_of_the_mean_is_zero() -> None:
    """No better than knowing the mean."""
    actual = np.array([1.0, 2.0, 6.0])
    assert scores.r_squared(np.full(3, 3.0), actual) == pytest.approx(0.0)
