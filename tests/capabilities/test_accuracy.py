"""Scores of forecasts against what came true, on counts whose distribution is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from core.capabilities.accuracy import (
    by_group,
    calibration,
    counting_error,
    coverage,
    judged,
    pit_histogram,
    score,
)
from core.errors import BadInput


def _counts(n: int = 40_000, mean: float = 6.0, claimed: float | None = None, seed: int = 3):
    """Poisson counts that were forecast with the variance ``claimed`` (the right one by default)."""
    rng = np.random.default_rng(seed)
    expected = rng.gamma(4.0, mean / 4.0, n)
    variance = expected * (1.0 if claimed is None else claimed)
    return judged(expected, variance, rng.poisson(expected), cluster=np.arange(n) % 50, draw=rng.random(n))


def test_right_forecasts_cover_what_they_claim():
    """Every central interval holds its share, and the transform is flat."""
    rows = _counts()
    held, spread = calibration(rows)
    assert np.abs(held - np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])).max() < 0.012
    assert (spread < 0.01).all()
    assert np.abs(pit_histogram(rows.pit) - 0.1).max() < 0.008


def test_intervals_that_are_too_wide_cover_too_much():
    """Four times the variance holds nearly everything in its 80 % interval."""
    assert coverage(_counts(claimed=4.0), 0.8)[0] > 0.95


def test_a_perfect_forecast_of_counts_errs_by_the_counting_noise():
    """The floor is what remains when the mean is known."""
    found = score(_counts())
    assert found is not None
    assert found.wape == pytest.approx(found.floor, rel=0.02)
    assert abs(found.bias) < 0.01


@given(st.floats(0.01, 300.0))
def test_counting_error_is_the_mean_distance_of_a_poisson_count(mean: float):
    """The closed form equals the sum over counts."""
    k = np.arange(0, int(mean + 20 * np.sqrt(mean) + 40))
    assert counting_error(np.array([mean]))[0] == pytest.approx(
        float((np.abs(k - mean) * poisson.pmf(k, mean)).sum()), rel=1e-6
    )


def test_scores_by_hand():
    """Two weeks of two products, reckoned on paper."""
    rows = judged(
        np.array([10.0, 4.0]), np.array([10.0, 4.0]), np.array([8.0, 6.0]),
        naive=np.array([12.0, np.nan]), scale=np.array([2.0, 1.0]), draw=np.array([0.5, 0.5]),
    )
    found = score(rows)
    assert found is not None
    assert found.wape == pytest.approx(4 / 14)
    assert found.bias == pytest.approx(0.0)
    assert found.mase == pytest.approx(4 / 3)
    assert found.naive == pytest.approx(4 / 8)
    assert found.skill == pytest.approx(1 - 2 / 4)


def test_pinball_of_a_sharp_forecast_beats_that_of_a_vague_one():
    """The loss rewards narrow intervals that hold."""
    sharp, vague = score(_counts(4_000)), score(_counts(4_000, claimed=6.0))
    assert sharp is not None
    assert vague is not None
    assert sharp.pinball < 0.95 * vague.pinball


def test_nothing_sold_has_no_scores():
    """A share of nothing is not a number."""
    empty = np.zeros(0)
    assert score(judged(empty, empty, empty)) is None
    assert score(judged(np.ones(3), np.ones(3), np.zeros(3))) is None


def test_groups_are_scored_apart():
    """A group in which nothing sold is left out."""
    rows = judged(np.ones(4), np.ones(4), np.array([2.0, 0.0, 0.0, 0.0]))
    found = by_group(rows, np.array([7, 7, 9, 9]))
    assert list(found) == [7]
    assert found[7].rows == 2


def test_uneven_arrays_are_refused():
    """One value each."""
    with pytest.raises(BadInput):
        judged(np.ones(2), np.ones(2), np.ones(2), scale=np.ones(3))
