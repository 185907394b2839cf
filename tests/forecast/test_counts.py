"""Distributions of counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.forecast.counts import Counts

means = st.floats(0.01, 2_000)
excess = st.floats(0.0, 3.0)


def reference(mean: float, variance: float):
    """scipy's own distribution of the same moments."""
    if variance - mean <= 1e-6 * mean:
        return stats.poisson(mean)
    size = mean**2 / (variance - mean)
    return stats.nbinom(size, size / (size + mean))


@given(means, excess, st.floats(0.001, 0.999))
def test_quantile_is_the_least_count_that_reaches_the_level(mean: float, extra: float, level: float):
    """As scipy's ppf defines it, for Poisson and negative binomial."""
    variance = mean * (1 + extra)
    counts = Counts(np.array([mean]), np.array([variance]))
    q = counts.quantile(level)
    assert counts.cdf(q)[0] >= level
    assert q[0] == 0 or counts.cdf(q - 1)[0] < level


@given(means, excess, st.integers(0, 3_000))
def test_cdf_agrees_with_scipy(mean: float, extra: float, k: int):
    """Within rounding."""
    variance = mean * (1 + extra)
    expected = reference(mean, variance).cdf(k)
    assert Counts(np.array([mean]), np.array([variance])).cdf(k)[0] == pytest.approx(expected, abs=1e-6)


@given(st.floats(0.05, 60), excess, st.integers(0, 120))
def test_shortage_and_leftover_agree_with_the_sum_over_counts(mean: float, extra: float, stock: int):
    """Both are expectations under the distribution."""
    variance = mean * (1 + extra)
    k = np.arange(3_000)
    p = reference(mean, variance).pmf(k)
    counts = Counts(np.array([mean]), np.array([variance]))
    assert counts.leftover(stock)[0] == pytest.approx(float(p @ np.maximum(stock - k, 0)), rel=1e-5, abs=1e-5)
    assert counts.shortage(stock)[0] == pytest.approx(float(p @ np.maximum(k - stock, 0)), rel=1e-5, abs=1e-4)


def test_pit_of_right_counts_is_uniform():
    """Also for counts that are mostly zero."""
    rng = np.random.default_rng(1)
    mean = np.exp(rng.normal(-1, 1, 20_000))
    size = 2.0
    seen = rng.negative_binomial(size, size / (size + mean))
    pit = Counts(mean, mean + mean**2 / size).pit(seen, rng.random(len(mean)))
    assert stats.kstest(pit, "uniform").pvalue > 0.001


def test_shapes_broadcast():
    """Levels by counts."""
    counts = Counts(np.array([[1.0], [5.0]]), np.array([[1.0], [9.0]]))
    assert counts.quantile(np.array([0.1, 0.5, 0.9])).shape == (2, 3)


def test_counts_with_and_without_excess_side_by_side_answer_as_each_alone() -> None:
    """Poisson and overdispersed counts of one array do not mix up, whatever the shape asked for."""
    mean, variance = np.array([2.0, 2.0, 40.0]), np.array([2.0, 5.0, 40.0])
    asked = np.array([[0.0], [3.0], [45.0]])
    alone = [Counts(mean[[k]], variance[[k]]).cdf(asked[:, 0]) for k in range(3)]
    assert np.allclose(Counts(mean, variance).cdf(asked), np.stack(alone, axis=1), atol=1e-12)
    assert not np.allclose(alone[0], alone[1])
