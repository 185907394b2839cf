"""A site's own total scales its products, as far as that served."""

from __future__ import annotations

import numpy as np
import pytest

from core.forecast.reconcile import FURTHEST, GUESS, best_power, site_ratios

DAYS, WINDOW = 60, 28
SITE = np.array([0, 0, 1, 1])


def ratio_of(sold: np.ndarray, stood: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Ratios after the last day, of days that are all alike."""
    return site_ratios(sold, np.ones((1, DAYS)), stood, SITE, [DAYS], 1)[0](level)


def test_a_site_that_sells_what_is_expected_stays():
    """Sold as much as the levels say: a ratio of 1 for all."""
    sold = np.full((4, DAYS), 5.0)
    assert ratio_of(sold, np.ones_like(sold), np.full(4, 5.0)) == pytest.approx(np.ones(4))


def test_only_the_site_that_sold_less_is_scaled_down():
    """The last four weeks of one site at four fifths draw its products down, and no other's."""
    sold = np.full((4, DAYS), 5.0)
    sold[:2, -WINDOW:] = 4.0
    found = ratio_of(sold, np.ones_like(sold), np.full(4, 5.0))
    assert found[0] == found[1] == pytest.approx(0.8, abs=0.03)
    assert found[2] == found[3] == pytest.approx(1.0)


def test_what_a_product_that_left_sold_counts_for_those_that_stay():
    """A product that left two weeks ago sold in half of the window: the one that stays is scaled up."""
    sold, stood = np.full((4, DAYS), 5.0), np.ones((4, DAYS))
    sold[1, -14:], stood[1, -14:] = 0.0, 0.0
    assert ratio_of(sold, stood, np.full(4, 5.0))[0] == pytest.approx(1.5, abs=0.08)


def test_ratios_have_ends():
    """However little or much was sold, products are scaled by no more than the furthest."""
    sold = np.full((4, DAYS), 100.0)
    sold[2:] = 0.0
    found = ratio_of(sold, np.ones_like(sold), np.full(4, 10.0))
    assert found.tolist() == [FURTHEST, FURTHEST, 1 / FURTHEST, 1 / FURTHEST]


@pytest.mark.parametrize(("truth", "power"), [(1.0, 0.0), (1.5, 1.0)])
def test_the_power_leans_to_what_served_the_origins(truth: float, power: float):
    """Levels that come true as they are, or as the site's total says: half way from the guess to that."""
    level = np.array([2.0, 4.0])
    found = best_power(
        lambda given: float(np.abs(given[0] - truth * level).sum()), [level], [lambda x: np.full(len(x), 1.5)]
    )
    assert found == 0.5 * (power + GUESS)
