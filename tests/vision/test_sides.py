"""Where a fixture begins and ends in a photo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from ml.vision.sides import sides

PX, START = 20.0, 130.0
WIDTH_IN = 48.0


def plan(count: int = 8) -> Planogram:
    """One shelf, 48 inches wide, with products 1 … ``count`` of four inches each, from the left."""
    fixture = Fixture.shelves(WIDTH_IN, 1)
    places = tuple(Position(product_id=i + 1, row=0, column=4 * i, cells=4, facings=1, x_in=4.0 * i, width_in=4.0)
                   for i in range(count))
    return Planogram(fixture, places)


def photographed(order: list[int]) -> np.ndarray:
    """(n, 4) boxes of packages that stand in ``order``, a product an item, from the left."""
    return np.array([[START + PX * 4 * i, 50.0, PX * 4, 100.0] for i, _ in enumerate(order)])


def test_sides_follow_from_products_at_their_places() -> None:
    """Half the shelf is empty, and still its right side is known."""
    order = list(range(1, 9))
    found = sides(order, photographed(order), plan())
    assert found == pytest.approx((START, START + PX * WIDTH_IN))


def test_two_that_were_swapped_do_not_move_the_sides() -> None:
    """A swap is a departure to tell, not another fixture."""
    order = [1, 7, 3, 4, 5, 6, 2, 8]
    assert sides(order, photographed(order), plan()) == pytest.approx((START, START + PX * WIDTH_IN), abs=PX)


def test_sides_are_not_known_from_too_few_products_or_without_a_plan() -> None:
    """Two products say nothing that could be checked by a third."""
    assert sides([1, 5], photographed([1, 5]), plan()) is None
    order = list(range(1, 9))
    assert sides(order, photographed(order), None) is None


def test_sides_are_not_known_where_nothing_stands_as_planned() -> None:
    """A mirrored row cannot tell them."""
    order = list(range(8, 0, -1))
    assert sides(order, photographed(order), plan()) is None


def test_products_with_other_facings_than_planned_do_not_count() -> None:
    """The middle of two of three facings is not the place's middle."""
    three = plan()
    wide = replace(three, positions=tuple(replace(p, facings=2) for p in three.positions))
    order = list(range(1, 9))
    assert sides(order, photographed(order), wide) is None
