"""What changed between two plans."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from core.planogram.diff import Moved, Refaced, Repriced, diff
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, RuleSet
from core.planogram.product import Product
from core.planogram.space import new_position
from tests.planogram.strategies import catalogs, empty_plans
from tests.planogram.test_edit_properties import EDITS, run

FIXTURE = Fixture.machine((6, 6))
ITEM = Product(1, "Cola", "drinks")


def machine(*places, **attributes):
    positions = [
        replace(new_position(replace(ITEM, id=i), FIXTURE, row, col), **attributes) for i, row, col in places
    ]
    return Planogram(FIXTURE, tuple(positions), RuleSet.AS_FOUND)


@settings(max_examples=100, deadline=None)
@given(empty_plans, catalogs(), st.lists(EDITS, max_size=10), st.lists(EDITS, max_size=10))
def test_is_empty_exactly_when_both_plans_are_equal(plan, catalog, some, others):
    """Over plans that edits lead to, and both ways round."""
    a, b = [*run(plan, catalog, some)][-1], [*run(plan, catalog, others)][-1]
    assert bool(diff(a, b)) == (a != b)
    there, back = diff(a, b), diff(b, a)
    assert len(there.added) == len(back.removed)
    assert len(there.moved) == len(back.moved)
    assert not diff(a, a)


def test_a_swap_is_two_moves():
    """And its summary says so."""
    change = diff(machine((1, 0, 0), (2, 1, 3)), machine((2, 0, 0), (1, 1, 3)))
    moves = {(m.product_id, m.slot_from, m.slot_to) for m in change.moved}
    assert moves == {(1, "A1", "B4"), (2, "B4", "A1")}
    assert change.summary == "2 moved."


def test_one_of_three_coils_that_moves_is_one_move():
    """Places that stayed are matched first, then the nearest."""
    change = diff(machine((1, 0, 0), (1, 0, 1), (1, 1, 5)), machine((1, 0, 0), (1, 0, 1), (1, 1, 2)))
    assert [(m.slot_from, m.slot_to) for m in change.moved] == [("B6", "B3")]
    assert change.counts["added"] == change.counts["removed"] == 0


def test_additions_and_removals_of_a_repeated_product():
    """The place nearest to an old one is the moved one."""
    change = diff(machine((1, 0, 0)), machine((1, 0, 1), (1, 1, 5)))
    assert change.moved == (Moved(1, "A1", "A2", 0.0, FIXTURE.cell_width_in),)
    assert [a.slot for a in change.added] == ["B6"]
    assert change.summary == "1 added, 1 moved."


def test_facings_prices_and_stock_are_told_apart():
    """Each change is named once, under its own kind."""
    before = machine((1, 0, 0))
    after = machine((1, 0, 0), price=2.5, facings_high=2, par_level=4, locked=True)
    change = diff(before, after)
    assert change.repriced == (Repriced(1, "A1", None, 2.5),)
    assert change.refaced == (Refaced(1, "A1", 1, 1, 1, 2),)
    assert change.restocked[0].stock_to == (None, None, 4)
    assert change.relocked[0].locked
    assert not change.moved


def test_another_rule_set_is_a_change():
    """Though every position is the same."""
    plan = machine((1, 0, 0))
    assert diff(plan, replace(plan, rule_set=RuleSet.STRICT)).settings == ("rule set: as found → strict",)
    assert diff(plan, plan).summary == "No changes."
