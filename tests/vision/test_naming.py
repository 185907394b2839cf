"""What a plan makes likelier."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from ml.vision.naming import PLANNED, PLANNED_AT, TOGETHER, beside, odds_at, planned_odds
from ml.vision.resolve import Spot
from ml.vision.variants import CELLS, MATCH_WEIGHT, Evidence
from ml.vision.voting import Hypothesis

PLAN = Planogram(
    Fixture.shelves(48.0, 2),
    tuple(Position(product, row, 24 * column, 24, 24.0 * column, 24.0)
          for product, row, column in ((1, 0, 0), (2, 0, 1), (3, 1, 0))),
)


def test_the_product_of_a_place_is_likelier_there_than_its_neighbors() -> None:
    """Two near twins side by side are told apart by where they stand, if print cannot."""
    odds = planned_odds(PLAN, 2)[0]
    assert odds_at(odds, PLAN, 0, 10.0) == {1: PLANNED_AT, 2: PLANNED, 3: PLANNED}
    assert odds_at(odds, PLAN, 0, 30.0) == {1: PLANNED, 2: PLANNED_AT, 3: PLANNED}


def test_a_place_tells_nothing_where_it_is_not_known() -> None:
    """Nor where the photo has another number of rows."""
    odds = planned_odds(PLAN, 2)[0]
    assert odds_at(odds, PLAN, 0, None) == odds
    assert odds_at(odds, None, 0, 10.0) == odds
    other = planned_odds(PLAN, 3)[0]
    assert odds_at(other, PLAN, 0, 10.0) == other


def test_clear_print_is_never_turned_by_the_place() -> None:
    """A product in no plan that nine in ten of the print tell of stays the likeliest."""
    assert 0.1 * max(odds_at(planned_odds(PLAN, 2)[0], PLAN, 0, 10.0).values()) < 0.9 * 1.0


def spot(left: float, shares: dict[int, float]) -> Spot:
    """A package whose colors tell of views 0, 1, … so."""
    none, nothing = np.zeros(0, np.intp), np.zeros((len(shares), *CELLS), np.intp)
    box = (left, 0.0, 10.0, 20.0)
    places = tuple(Hypothesis(v, np.eye(2, 3), none, none, box) for v in shares)
    match = np.log(list(shares.values())) / MATCH_WEIGHT
    flat = np.zeros(len(shares))
    return Spot(places, Evidence(flat, none, flat, 0, nothing, nothing, match), 1.0)


def test_a_doubtful_package_is_what_its_neighbors_are() -> None:
    """And what stands away from them is not."""
    index = SimpleNamespace(
        views=[SimpleNamespace(product=0), SimpleNamespace(product=1)],
        gallery=SimpleNamespace(products=[SimpleNamespace(product_id=7), SimpleNamespace(product_id=8)]),
    )
    sure, doubtful = {0: 0.98, 1: 0.02}, {0: 0.4, 1: 0.6}
    spots = [spot(0.0, sure), spot(11.0, doubtful), spot(40.0, doubtful)]
    told = beside(cast(Any, index), spots, np.zeros(3, np.intp))
    assert told[1][7] == pytest.approx(1 + (TOGETHER - 1) * 0.98)
    assert 0.4 * told[1][7] > 0.6 * told[1][8]
    assert told[2] == {}
    assert beside(cast(Any, index), spots, np.array([0, 1, 2]))[1] == {}


def test_clear_print_is_never_turned_by_neighbors() -> None:
    """A wrong product between two of another one, at that one's place, stays told from 99 in 100 on."""
    assert 0.01 * TOGETHER**2 * PLANNED_AT / PLANNED < 0.99
