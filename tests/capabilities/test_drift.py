"""Drift is found where it was put, and seldom where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from core.capabilities.drift import discoveries, normal_scores, scan, stability


def _quiet(count: int, weeks: int = 12, memory: float = 0.3, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((count, weeks))
    for week in range(1, weeks):
        noise[:, week] = memory * noise[:, week - 1] + np.sqrt(1 - memory**2) * noise[:, week]
    return 0.7 * noise


def test_quiet_fleets_seldom_raise_an_alarm():
    """Of forty fleets without drift, at most a few tell of any place."""
    alarms = sum(bool(scan(_quiet(60, seed=seed)).found.any()) for seed in range(40))
    assert alarms <= 5


def test_a_single_quiet_stream_seldom_raises_an_alarm():
    """The fleet's own stream is judged by its own spread, which it does not know well."""
    p = np.array([scan(_quiet(1, memory=0.0, seed=seed)).p[0] for seed in range(200)])
    assert (p < 0.05).mean() < 0.11


def test_a_place_that_began_to_sell_more_is_found_with_its_week():
    """Three weeks, four standard errors each."""
    errors = _quiet(60, seed=2)
    errors[17, 9:] += 0.7 * 4.0
    found = scan(errors)
    assert np.flatnonzero(found.found).tolist() == [17]
    assert abs(int(found.first[17]) - 9) <= 1
    assert found.after[17] == 12
    assert found.lean[17] > 1.0


def test_weeks_that_are_not_known_are_left_out():
    """A machine that came later is judged by the weeks it has."""
    errors = _quiet(30)
    errors[3, :6] = np.nan
    errors[3, 8:] -= 3.0
    found = scan(errors)
    assert found.found[3]
    assert found.lean[3] < 0


def test_too_few_weeks_tell_nothing():
    """Five weeks are no history."""
    assert not scan(_quiet(20, weeks=5) + 4.0).found.any()
    assert not scan(np.full((3, 12), np.nan)).found.any()


def test_false_discoveries_are_held_by_the_step_up_rule():
    """Benjamini and Hochberg's own rule: the largest rank that fits takes all before it along."""
    assert discoveries(np.array([0.011, 0.9, 0.02, 0.012]), 0.05).tolist() == [True, False, True, True]
    assert discoveries(np.array([]), 0.05).tolist() == []


def test_stability_is_zero_for_equal_histograms_and_grows():
    """The customary limits are reached by changes that the eye sees."""
    flat = np.full(10, 0.1)
    tilted = np.linspace(0.05, 0.15, 10)
    assert stability(flat, flat) == 0.0
    assert 0.05 < stability(flat, tilted) < 0.25
    assert stability(flat, np.r_[np.full(5, 0.16), np.full(5, 0.04)]) > 0.25


def test_normal_scores_turn_uniform_into_normal():
    """Median to zero, tails bounded."""
    found = normal_scores(np.array([0.0, 0.5, 0.975, 1.0]))
    assert found[1] == pytest.approx(0.0)
    assert found[2] == pytest.approx(1.96, abs=0.01)
    assert np.isfinite(found).all()
