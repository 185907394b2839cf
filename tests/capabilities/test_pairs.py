"""Scores of all pairs: what they are made of and what they agree with."""

from __future__ import annotations

import numpy as np
import pytest

from core.capabilities.pairs import ILLEGAL_CAP, PARTS, WEIGHTS, own_scores, score_pairs, suggest_positions
from core.capabilities.score import score_placement
from core.errors import BadInput
from core.planogram.fixture import Fixture, TemperatureZone
from tests.support.sites import make_catalog, make_plan, make_product, make_site

FIXTURE = Fixture.machine((4, 4, 4))
GOOD = {"B2": 0.5, "B3": 0.4, "C1": -0.4, "C4": -0.5}


def test_weights_add_up_to_a_hundred() -> None:
    """With money and, for the rules alone, without."""
    for weights in (WEIGHTS, WEIGHTS.without_money()):
        assert sum(getattr(weights, name) for name in PARTS) == pytest.approx(100.0)
    assert WEIGHTS.without_money().money == 0.0


def test_parts_add_up_to_the_score() -> None:
    """For every legal pair."""
    plan = make_plan(FIXTURE, range(1, 12))
    pairs = score_pairs(plan, make_site(FIXTURE, slot=GOOD))
    assert pairs.legal.all()
    np.testing.assert_allclose(pairs.parts.sum(axis=2), pairs.score)
    assert pairs.score.min() >= 0.0
    assert pairs.score.max() <= 100.0


def test_a_placement_scores_as_its_pair() -> None:
    """One code path: the lights while dragging and the answer to the drop agree."""
    plan = make_plan(FIXTURE, range(1, 12))
    site = make_site(FIXTURE, make_catalog(14), slot=GOOD)
    pairs = score_pairs(plan, site)
    for product_id in (1, 5, 13):
        for t in (0, 5, 11):
            one = score_placement(plan, site, product_id, pairs.slots[t])
            a = pairs.row(product_id)
            assert one.placement_score == pytest.approx(pairs.score[a, t])
            assert one.expected_revenue_delta.value == pytest.approx(pairs.daily_gain[a, t])


def test_the_wrong_temperature_is_never_legal_nor_good() -> None:
    """A product that needs cold on an ambient shelf."""
    cold = make_product(13, temperature=TemperatureZone.REFRIGERATED, velocity=9.0)
    catalog = make_catalog(12) | {13: cold}
    pairs = score_pairs(make_plan(FIXTURE, range(1, 12)), make_site(FIXTURE, catalog, slot=GOOD), [13])
    assert not pairs.legal.any()
    assert pairs.score.max() <= ILLEGAL_CAP
    assert np.isnan(pairs.daily_gain).all()


def test_a_fast_seller_is_suggested_the_best_slot() -> None:
    """And gains there what the exact plan says."""
    catalog = make_catalog(12) | {13: make_product(13, velocity=9.0)}
    site = make_site(FIXTURE, catalog, slot=GOOD)
    found = suggest_positions(make_plan(FIXTURE, range(1, 12)), site, 13, k=3)
    assert len(found.optimal_positions) == 3
    assert found.optimal_positions[0].slot in ("B2", "B3")
    gains = [s.daily_gain for s in found.optimal_positions]
    assert gains == sorted(gains, reverse=True)


def test_own_scores_are_those_of_staying() -> None:
    """Every position where it stands, one of a repeated product too."""
    plan = make_plan(FIXTURE, [1, 2, 3, 1, 5, 6])
    site = make_site(FIXTURE, slot=GOOD)
    scores = own_scores(plan, site)
    for i, p in enumerate(plan.positions):
        one = score_placement(plan, site, p.product_id, p.slot, source=p.slot)
        assert scores[i] == pytest.approx(one.placement_score)
        assert one.expected_revenue_delta.value == 0.0


def test_a_product_outside_the_catalog_is_told() -> None:
    """With the rule."""
    with pytest.raises(BadInput, match="not in the catalog"):
        suggest_positions(make_plan(FIXTURE, [1]), make_site(FIXTURE), 999)
