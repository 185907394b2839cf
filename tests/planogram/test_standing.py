"""How facings stand in the room: in true size where there is room, as deep as the place, never into another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.planogram.autofill import autofill
from core.planogram.fixture import Fixture, Shape
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Product
from core.planogram.standing import BOARD_IN, along_in, standing

CAN = Product(1, "Can", "soda", width_in=2.6, height_in=4.8, depth_in=2.6)
CASE = Product(2, "Case", "soda", width_in=11.0, height_in=20.0, depth_in=8.0)
CATALOG = {1: CAN, 2: CASE}


def shelf(shape: Shape = Shape.STRAIGHT) -> Fixture:
    return Fixture.shelves(120.0, 5, 60.0, 16.0, shape=shape)


def plan(*positions: Position, fixture: Fixture | None = None) -> Planogram:
    return Planogram(fixture or shelf(), positions)


def test_each_facing_stands_in_the_middle_of_its_share():
    """Two facings on two cells: their middles are three and nine inches from the left end."""
    found = standing(plan(Position(1, 2, 0, 2, 0.0, 12.0, facings=2)), CATALOG)
    assert found.position.tolist() == [0, 0]
    assert found.row.tolist() == [2, 2]
    assert found.boxes.front[:, 0] == pytest.approx([-57.0, -51.0])
    assert found.boxes.width_in == pytest.approx([2.6, 2.6])
    assert not found.squeezed.any()


@pytest.mark.parametrize(
    ("fields", "deep"),
    [
        ({}, 6),
        ({"capacity": 4}, 4),
        ({"capacity": 5, "facings_high": 2}, 3),
        ({"capacity": 90}, 6),
        ({"facings_deep": 3, "capacity": 90}, 3),
        ({"facings_deep": 40}, 6),
    ],
)
def test_units_stand_as_deep_as_asked_and_as_there_is_room(fields, deep):
    """Six cans of 2.6 in fit behind one another on a shelf 16 in deep."""
    assert standing(plan(Position(1, 0, 0, 1, 0.0, 6.0, **fields)), CATALOG).deep.tolist() == [deep]


def test_what_is_larger_than_its_place_is_drawn_smaller_and_said():
    """A case of 11 in on a six-inch cell, and of 20 in under a shelf of 12 in."""
    found = standing(plan(Position(2, 0, 0, 1, 0.0, 6.0)), CATALOG)
    assert found.squeezed.tolist() == [True]
    assert found.boxes.width_in[0] == pytest.approx(6.0)
    assert found.boxes.depth_in[0] == pytest.approx(8.0 * 6 / 11)
    assert found.height_in[0] == pytest.approx(12.0 - BOARD_IN)


def test_a_tray_of_fewer_slots_has_wider_ones():
    """The slots of every tray share its width, so the last one ends where the tray ends."""
    machine = Fixture.machine((4, 8), pitch_in=3.0)
    wide, usual = Position(1, 0, 3, 1, 9.0, 3.0), Position(1, 1, 7, 1, 21.0, 3.0)
    assert along_in(machine, wide) == pytest.approx((18.0, 24.0))
    assert along_in(machine, usual) == pytest.approx((21.0, 24.0))


def test_a_slot_narrower_than_its_product_is_not_worth_a_word():
    """The pitch of a machine is a share, not a measure."""
    machine = Fixture.machine((8,), height_in=30.0)
    wide = {1: Product(1, "Bag", "chips", width_in=5.0, height_in=7.0, depth_in=2.0)}
    assert not standing(plan(Position(1, 0, 0, 1, 0.0, 2.8), fixture=machine), wide).squeezed.any()


def test_a_product_that_is_gone_and_an_empty_plan_are_drawn_too():
    """A usual size for the one, nothing for the other."""
    assert standing(plan(Position(99, 0, 0, 1, 0.0, 6.0)), CATALOG).boxes.width_in.tolist() == [3.0]
    assert len(standing(plan(), CATALOG).position) == 0


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(Shape),
    st.floats(30.0, 200.0),
    st.lists(st.tuples(st.floats(1.0, 5.9), st.floats(1.0, 9.0), st.floats(1.0, 9.0)), min_size=1, max_size=12),
)
def test_all_facings_of_a_filled_fixture_keep_their_floor_to_themselves(shape, width_in, sizes):
    """Whatever autofill puts on any shape: no point of a box, stack and all, lies in another one."""
    catalog = {
        i: Product(i, f"P{i}", "soda", width_in=w, height_in=h, depth_in=d)
        for i, (w, h, d) in enumerate(sizes, 1)
    }
    filled = autofill(Fixture.shelves(width_in, 2, 40.0, 15.0, shape=shape), list(catalog.values())).plan
    found = standing(filled, catalog)
    boxes, total = found.boxes, found.boxes.depth_in * found.deep
    assert (total <= boxes.room_in + 1e-6).all()
    for k in range(len(total)):
        grid = np.stack(np.meshgrid([-0.499, 0.0, 0.499], [0.001, 0.5, 0.999]), axis=-1).reshape(-1, 2)
        local = grid * [boxes.width_in[k], total[k]]
        sin, cos = np.sin(boxes.heading[k]), np.cos(boxes.heading[k])
        points = boxes.front[k] + np.stack(
            [local[:, 0] * cos - local[:, 1] * sin, -local[:, 0] * sin - local[:, 1] * cos], axis=1
        )
        for other in range(len(total)):
            if other == k or found.row[other] != found.row[k]:
                continue
            away = points - boxes.front[other]
            sin, cos = np.sin(boxes.heading[other]), np.cos(boxes.heading[other])
            across, behind = away @ [cos, -sin], -(away @ [sin, cos])
            half = boxes.width_in[other] / 2
            assert not ((np.abs(across) < half - 1e-6) & (behind > 1e-6) & (behind < total[other] - 1e-6)).any()
