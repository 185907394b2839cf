"""What a plan makes likelier."""

from __future__ import annotations

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from ml.vision.naming import PLANNED, PLANNED_AT, odds_at, planned_odds

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
    """A product in no plan that has a hundred times the odds of the planned one by print stays the likeliest."""
    assert 0.01 * max(odds_at(planned_odds(PLAN, 2)[0], PLAN, 0, 10.0).values()) < 1.0
