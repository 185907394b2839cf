"""Zones cover every kind of fixture, and positions spread over them by width."""

from __future__ import annotations

import numpy as np
import pytest

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.site.zones import zones_of


def test_a_machine_has_one_zone_a_slot_in_row_major_order():
    """Rows may differ in length."""
    zones = zones_of(Fixture.machine((2, 3)))
    assert zones.names == ("A1", "A2", "B1", "B2", "B3")
    assert zones.index(1, 0) == 2


def test_a_free_shelf_has_a_zone_every_six_inches():
    """Finer cells are for display."""
    zones = zones_of(Fixture.shelves(24.0, 2, cell_width_in=0.1))
    assert len(zones) == 8


def test_a_wide_position_weighs_its_zones_by_width():
    """9 inches over 6-inch cells: two thirds and one third."""
    fixture = Fixture.shelves(24.0, 1)
    plan = Planogram(fixture, (Position(1, 0, 0, 2, 0.0, 9.0),), RuleSet.AS_FOUND)
    weights = zones_of(fixture).weights(plan)
    assert weights[0, :2] == pytest.approx([2 / 3, 1 / 3])
    assert np.allclose(weights.sum(axis=1), 1.0)


def test_a_zone_that_is_not_there_is_refused():
    """With the place in the error."""
    with pytest.raises(KeyError):
        zones_of(Fixture.machine((2,))).index(5, 0)
