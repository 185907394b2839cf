"""The overall score: bounded, monotone, its weights in the open."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.planogram.product import Product
from core.planogram.scoring import Weights, overall_score, overall_scores, scores_of

PLAIN = Product(1, "Cola", "drinks", price=2.0, cost=1.0, velocity=1.0, shelf_life_days=60,
                seasonality={"summer": 1.0})


def test_half_points_give_half_the_score():
    """One currency unit, one unit a day, an average season and sixty days: fifty."""
    assert overall_score(PLAIN, season="summer") == pytest.approx(50.0)


@pytest.mark.parametrize("better", [
    {"price": 3.0}, {"velocity": 2.0}, {"seasonality": {"summer": 1.5}}, {"shelf_life_days": 90}])
def test_more_of_any_part_scores_higher(better):
    """Each of the four parts counts."""
    assert overall_score(replace(PLAIN, **better), season="summer") > 50.0


def test_only_the_weighted_parts_count():
    """With all weight on velocity a better margin changes nothing."""
    weights = Weights(margin=0, seasonality=0, stability=0)
    assert overall_score(replace(PLAIN, price=9.0), weights) == overall_score(PLAIN, weights)


@pytest.mark.parametrize("wrong", [{"margin": -1}, {"velocity": math.nan}, {"half_margin": 0},
                                   {"margin": 0, "velocity": 0, "seasonality": 0, "stability": 0}])
def test_weights_that_cannot_be_used_are_refused(wrong):
    """Negative, not a number, all zero, or a half point of zero."""
    with pytest.raises(BadInput, match="weights"):
        Weights(**wrong)


@given(st.floats(), st.floats(), st.one_of(st.none(), st.integers(-5, 10**6)), st.floats())
def test_every_product_scores_between_0_and_100(price, velocity, shelf_life, season):
    """Whatever its figures."""
    product = replace(PLAIN, price=price, velocity=velocity, shelf_life_days=shelf_life,
                      seasonality={"winter": season})
    assert 0 <= overall_score(product, season="winter") <= 100


def test_a_catalog_scores_as_its_products_do():
    """Vectorized and one by one agree; a given score comes first."""
    products = [replace(PLAIN, id=i, velocity=float(i)) for i in range(5)]
    assert overall_scores(products).tolist() == pytest.approx([overall_score(p) for p in products])
    assert scores_of({1: replace(PLAIN, overall_score=77.0)}) == {1: 77.0}
    assert overall_scores([]).shape == (0,)
