"""Advice of a shelf's depth and shape."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.planogram.findings import Rule
from core.planogram.fixture import Fixture, Shape
from core.planogram.notices import notices
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Product
from core.planogram.standing import standing


def told(fixture: Fixture, position: Position, **size: float) -> list[str]:
    catalog = {1: Product(1, "Crackers", "snacks", **{"height_in": 4.0, **size})}
    found = notices(Planogram(fixture, (position,)), catalog)
    return [f"{n.message} {n.hint}" for n in found if n.rule is Rule.SHELF_DEPTH]


def shelf(shape: Shape, cell_in: float = 6.0) -> Fixture:
    return Fixture.shelves(120.0, 4, 60.0, 16.0, shape=shape, cell_width_in=cell_in)


ONE_CELL = Position(1, 0, 0, 1, 0.0, 6.0)


@pytest.mark.parametrize(
    ("shape", "size", "expected"),
    [
        (Shape.STRAIGHT, {"width_in": 5.0, "depth_in": 15.0}, []),
        (Shape.STRAIGHT, {"width_in": 5.0, "depth_in": 17.0},
         ["Crackers at A1 is 17 in deep, the shelf 16.0 in. Put it on a deeper shelf."]),
        (Shape.CIRCLE, {"width_in": 3.0, "depth_in": 9.0}, []),
        (Shape.CIRCLE, {"width_in": 5.0, "depth_in": 4.0},
         ["Crackers at A1 is 4 in deep, the curve leaves 3.1 in behind a front as wide. Give each facing more "
          "width along the front, or put it on a straight shelf."]),
        (Shape.HALF_CIRCLE, {"width_in": 5.0, "depth_in": 4.0}, []),
    ],
)  # fmt: skip
def test_what_is_deeper_than_its_place_is_told_with_the_room_there_is(shape, size, expected):
    """The depth of the shelf, or what the curve leaves of it."""
    assert told(shelf(shape), ONE_CELL, **size) == expected


@pytest.mark.parametrize(
    ("column", "cells", "facings", "across"),
    [(9, 1, 1, False), (9, 2, 1, True), (9, 2, 2, False), (8, 3, 1, True), (10, 2, 1, False)],
)
def test_a_facing_across_the_corner_is_told(column, cells, facings, across):
    """The corner of this L lies between the tenth and the eleventh cell."""
    position = Position(1, 0, column, cells, column * 6.0, cells * 6.0, facings=facings)
    found = told(shelf(Shape.L), position, width_in=4.0, depth_in=3.0)
    assert [f.endswith("stands across the corner. Move it to one of the two legs.") for f in found] == [True] * across


def test_a_machine_is_not_measured():
    """A coil has no depth to run out of."""
    assert told(Fixture.machine((8,)), Position(1, 0, 0, 1, 0.0, 2.8), width_in=2.0, depth_in=90.0) == []


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(Shape), st.integers(0, 19), st.floats(0.5, 6.0), st.floats(0.5, 15.9)
)
def test_what_is_told_is_what_the_picture_shows_smaller(shape, column, width_in, depth_in):
    """One rule for words and picture: told where the box had to be made smaller, but for hair's breadths."""
    fixture = shelf(shape)
    position = Position(1, 0, column, 1, column * 6.0, 6.0)
    catalog = {1: Product(1, "Crackers", "snacks", width_in=width_in, height_in=4.0, depth_in=depth_in)}
    scale = float(standing(Planogram(fixture, (position,)), catalog).boxes.scale[0])
    found = told(fixture, position, width_in=width_in, depth_in=depth_in)
    assert not (found and scale == 1.0)
    assert found or scale > 0.95
