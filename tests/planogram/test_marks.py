"""Words along an unrolled front."""

from __future__ import annotations

import pytest

from core.planogram.fixture import Fixture, Shape
from core.planogram.marks import marks


def shelf(shape: Shape) -> Fixture:
    return Fixture.shelves(120.0, 4, 60.0, 16.0, shape=shape)


def test_a_straight_shelf_needs_no_marks():
    """Nothing is said where there is nothing to say."""
    assert marks(shelf(Shape.STRAIGHT)) == ()


@pytest.mark.parametrize("shape", [s for s in Shape if s is not Shape.STRAIGHT])
def test_marks_lie_along_the_front_in_order(shape):
    """From the left end to the right one, each with a word."""
    found = marks(shelf(shape))
    at = [m.along_in for m in found]
    assert at == sorted(at)
    assert min(at) >= 0
    assert max(at) <= 120
    assert all(m.text for m in found)
