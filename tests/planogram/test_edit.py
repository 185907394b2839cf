"""Each edit by an example on a small shelf, a machine and a free shelf."""

from __future__ import annotations

import math
import time

import pytest

from core.errors import BadInput, RuleViolation
from core.planogram import edit
from core.planogram.findings import Rule
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, RuleSet
from core.planogram.product import Product
from core.planogram.space import new_position

CATALOG = {
    1: Product(1, "Cola", "drinks", width_in=4.0), 2: Product(2, "Chips", "snacks", width_in=14.0),
    3: Product(3, "Gum", "candy", width_in=2.0), 4: Product(4, "Bar", "candy", width_in=3.0),
}


def plan_of(fixture, *places, rule_set=RuleSet.STRICT):
    return Planogram(fixture, tuple(new_position(CATALOG[i], fixture, r, s) for i, r, s in places), rule_set)


def slots(plan):
    return {p.product_id: (p.slot, p.facings) for p in plan.positions}


@pytest.fixture
def shelf():
    """Cola at A1, chips over A2 and A3, gum at A5, bar at B1; six columns."""
    return plan_of(Fixture.shelves(36, 2), (1, 0, 0), (2, 0, 1), (3, 0, 4), (4, 1, 0))


@pytest.fixture
def machine():
    """Cola in A1 and A2, gum in B1, as found, with labels."""
    fixture = Fixture.machine((3, 2), labels=(("11", "12", "13"), ("21", "22")))
    return plan_of(fixture, (1, 0, 0), (1, 0, 1), (3, 1, 0), rule_set=RuleSet.AS_FOUND)


@pytest.fixture
def free():
    """Cola at 0–4 in and chips at 10–24 in on a free shelf of 36 in."""
    return plan_of(Fixture.shelves(36, 2, cell_width_in=0.1), (1, 0, 0.0), (2, 0, 10.0))


def test_move_keeps_what_the_position_carries(shelf):
    """Price, stock and facings go along."""
    plan = edit.set_stock(edit.set_price(shelf, "A5", 1.25), "A5", capacity=8, quantity=3)
    moved = edit.find(edit.move(plan, CATALOG, "A5", 1, 4), "B5")
    assert (moved.product_id, moved.price, moved.capacity, moved.quantity) == (3, 1.25, 8, 3)


def test_move_by_inches_on_a_free_shelf(free):
    """To the hundredth; into another position it is refused."""
    assert edit.move(free, CATALOG, "A1", 0, x_in=5.25).positions[0].x_in == 5.25
    with pytest.raises(RuleViolation, match="overlaps"):
        edit.move(free, CATALOG, "A1", 0, x_in=7.0)
    with pytest.raises(BadInput, match="left edge of nan"):
        edit.move(free, CATALOG, "A1", 0, x_in=math.nan)


def test_swap_of_neighbors_of_different_width_keeps_their_outer_edges(shelf):
    """Cola (1 cell) and chips (2 cells) exchange sides."""
    swapped = slots(edit.swap(shelf, CATALOG, "A1", "A2"))
    assert (swapped[2], swapped[1]) == (("A1", 1), ("A3", 1))


def test_swap_settles_into_the_room_the_other_leaves(shelf):
    """Chips need two cells at B1; bar takes their place."""
    swapped = slots(edit.swap(shelf, CATALOG, "A2", "B1"))
    assert (swapped[2], swapped[4]) == (("B1", 1), ("A2", 1))


def test_swap_into_too_little_room_is_refused_with_the_figures(shelf):
    """And the plan stays as it was."""
    crowded = edit.place(shelf, CATALOG | {5: Product(5, "Nuts", "x")}, 5, 1, 1)
    with pytest.raises(RuleViolation, match="Chips needs 2 cells and 1 are free at B1"):
        edit.swap(crowded, CATALOG | {5: Product(5, "Nuts", "x")}, "A2", "B1")


def test_drop_on_an_empty_slot_moves_and_says_so(shelf):
    """As near the pointer as it fits: chips dropped on the last column shift left."""
    dropped = edit.drop(shelf, CATALOG, (1, 5), source="A2")
    assert slots(dropped.plan)[2] == ("B5", 1)
    assert dropped.description == "Moved Chips from A2 to B5."


def test_drop_on_a_product_swaps_from_a_slot_and_replaces_from_the_list(shelf):
    """Both in the drag's own words."""
    assert edit.drop(shelf, CATALOG, (1, 0), source="A1").description == "Swapped Cola (A1) with Bar (B1)."
    replaced = edit.drop(edit.remove(shelf, CATALOG, "A1"), CATALOG, (0, 4), product_id=1)
    assert replaced.description == "Replaced Gum with Cola at A5."
    assert 3 not in slots(replaced.plan)


def test_drop_within_its_own_cells_shifts_a_position(shelf):
    """Chips dragged one cell to the right."""
    assert slots(edit.drop(shelf, CATALOG, (0, 2), source="A2").plan)[2] == ("A3", 1)
    assert edit.drop(shelf, CATALOG, (0, 0), source="A1").description == "Cola stays at A1."


def test_a_product_from_the_list_that_stands_already_is_refused_where_strict(shelf):
    """As found it may stand again, but not on itself."""
    with pytest.raises(RuleViolation, match="second time"):
        edit.drop(shelf, CATALOG, (1, 3), product_id=1)
    assert not edit.legal_targets(shelf, CATALOG, 1).any()
    loose = edit.switch_rule_set(shelf, CATALOG, RuleSet.AS_FOUND).plan
    assert len(edit.drop(loose, CATALOG, (1, 3), product_id=1).plan.of_product(1)) == 2
    with pytest.raises(RuleViolation, match="stands there already"):
        edit.drop(loose, CATALOG, (0, 0), product_id=1)


def test_more_facings_take_room_to_the_right_then_to_the_left(shelf):
    """Gum at A5 grows to A6, then to A4; further there is none."""
    assert slots(edit.set_facings(shelf, CATALOG, "A5", 2))[3] == ("A5", 2)
    assert slots(edit.set_facings(shelf, CATALOG, "A5", 3))[3] == ("A4", 3)
    with pytest.raises(RuleViolation, match="needs 4 cells and 3 are free"):
        edit.set_facings(shelf, CATALOG, "A5", 4)


def test_stock_follows_the_facings(shelf):
    """Capacity in proportion, quantity and par level within it."""
    plan = edit.set_stock(shelf, "A5", capacity=10, quantity=9, par_level=8)
    grown = edit.set_facings(plan, CATALOG, "A5", 2)
    assert edit.find(grown, "A5").capacity == 20
    shrunk = edit.find(edit.set_facings(edit.set_stock(grown, "A5", quantity=18), CATALOG, "A5", 1), "A5")
    assert (shrunk.capacity, shrunk.quantity, shrunk.par_level) == (10, 10, 8)


def test_facings_of_a_free_position_take_inches(free):
    """Three colas are 12 in wide and shift left when chips are in the way, or do not fit."""
    moved = edit.move(free, CATALOG, "A1", 0, x_in=5.0)
    wider = edit.set_facings(moved, CATALOG, moved.positions[0], 2).positions[0]
    assert (wider.x_in, wider.width_in) == (2.0, 8.0)
    with pytest.raises(RuleViolation, match="needs 12 in and 10 are free"):
        edit.set_facings(moved, CATALOG, moved.positions[0], 3)


@pytest.mark.parametrize("change", [
    lambda p: edit.move(p, CATALOG, "A1", 1, 3), lambda p: edit.remove(p, CATALOG, "A1"),
    lambda p: edit.swap(p, CATALOG, "B1", "A1"), lambda p: edit.drop(p, CATALOG, (0, 0), source="A5"),
    lambda p: edit.set_facings(p, CATALOG, "A1", 2), lambda p: edit.copy_row(p, CATALOG, 1, 0),
    lambda p: edit.move_many(p, CATALOG, ["A1", "A5"], 1),
    lambda p: edit.drop(p, CATALOG, (0, 0), product_id=4),
])
def test_a_locked_position_refuses_to_change_place(shelf, change):
    """With the reason, until it is unlocked; its price may change."""
    locked = edit.lock(shelf, "A1")
    with pytest.raises(RuleViolation, match="Cola at A1 is locked") as error:
        change(locked)
    assert error.value.violations[0].rule is Rule.LOCKED
    assert edit.unlock(edit.set_price(locked, "A1", 2.0), "A1").positions[0].price == 2.0


def test_copy_row_repeats_a_row_as_found_and_is_refused_where_strict(machine, shelf):
    """Quantities stay behind; a longer row than the target is refused."""
    stocked = edit.set_stock(machine, "A1", capacity=5, quantity=4)
    copied = edit.copy_row(stocked, CATALOG, 0, 1)
    copy = edit.find(copied, "B1")
    assert (copy.product_id, copy.capacity, copy.quantity) == (1, 5, None)
    assert not copied.of_product(3)
    with pytest.raises(RuleViolation, match="second time"):
        edit.copy_row(shelf, CATALOG, 1, 0)
    long = edit.place(machine, CATALOG, 4, 0, 2)
    with pytest.raises(RuleViolation, match="inside the fixture"):
        edit.copy_row(long, CATALOG, 0, 1)


def test_move_many_keeps_a_group_together(shelf):
    """All or none."""
    moved = slots(edit.move_many(shelf, CATALOG, ["A1", "A2"], rows=1, columns=2))
    assert (moved[1], moved[2]) == (("B3", 1), ("B4", 1))
    with pytest.raises(RuleViolation):
        edit.move_many(shelf, CATALOG, ["A1", "A5"], rows=0, columns=2)


def test_switching_to_strict_shows_what_has_to_change(machine):
    """And happens once that is mended."""
    refused = edit.switch_rule_set(machine, CATALOG, RuleSet.STRICT)
    assert [v.rule for v in refused.to_mend] == [Rule.REPEATED]
    assert refused.plan is machine
    mended = edit.switch_rule_set(edit.remove(machine, CATALOG, "A2"), CATALOG, RuleSet.STRICT)
    assert (mended.plan.rule_set, mended.to_mend) == (RuleSet.STRICT, ())


def test_a_plan_as_found_never_has_to_be_mended_first():
    """Beside an overlap found in the store everything can still be edited."""
    fixture = Fixture.shelves(36, 2)
    plan = plan_of(fixture, (2, 0, 0), (1, 0, 1), (3, 1, 0), rule_set=RuleSet.AS_FOUND)
    plan = edit.move(plan, CATALOG, "B1", 1, 3)
    plan = edit.set_price(plan, plan.positions[1], 2.0)
    plan = edit.place(plan, CATALOG, 4, 0, 4)
    with pytest.raises(RuleViolation):
        edit.place(plan, CATALOG, 4, 0, 1)
    assert len(edit.move(plan, CATALOG, plan.positions[1], 0, 3).positions) == 4


@pytest.mark.parametrize(("change", "words"), [
    (lambda p: edit.find(p, "Z99"), "Slot Z99"), (lambda p: edit.find(p, "A4"), "Nothing stands at A4"),
    (lambda p: edit.find(p, (5, 0)), "no row 5"), (lambda p: edit.place(p, CATALOG, 99, 0, 3), "Product 99"),
    (lambda p: edit.place(p, CATALOG, 3, 0), "No place"),
    (lambda p: edit.place(p, CATALOG, 3, 0, 1.5), "column 1.5"),
    (lambda p: edit.place(p, CATALOG, 3, 0, x_in=6.0), "fixed cells"),
    (lambda p: edit.set_facings(p, CATALOG, "A1", 0), "Facings cannot be 0"),
    (lambda p: edit.set_price(p, "A1", -1), "price of -1"),
    (lambda p: edit.set_price(p, "A1", math.nan), "nan"),
    (lambda p: edit.set_stock(p, "A1", quantity=-2), "Quantity cannot be -2"),
    (lambda p: edit.set_stock(p, "A1", capacity=4, par_level=5), "more than the 4"),
    (lambda p: edit.drop(p, CATALOG, (0, 3)), "Nothing was dragged"),
    (lambda p: edit.legal_targets(p, CATALOG, 99), "Product 99"),
])
def test_bad_input_is_named(shelf, change, words):
    """The value and what would do."""
    with pytest.raises(BadInput, match=words) as error:
        change(shelf)
    assert error.value.hint


def test_a_machine_label_names_a_slot(machine):
    """13 is A3."""
    assert slots(edit.move(machine, CATALOG, "21", 0, 2))[3] == ("A3", 1)
    assert edit.find(machine, "21").product_id == 3


def test_targets_of_400_positions_are_found_within_two_milliseconds():
    """The quickest of many, in processor time, so that a busy machine does not decide."""
    fixture = Fixture.shelves(6 * 41, 10)
    catalog = {i: Product(i, f"P{i}", "c", width_in=4.0) for i in range(400)}
    plan = Planogram(fixture, tuple(new_position(catalog[i], fixture, i // 40, i % 40) for i in range(400)))
    times = []
    for _ in range(15):
        start = time.thread_time()
        legal = edit.legal_targets(plan, catalog, 7, "A8")
        times.append(time.thread_time() - start)
    assert legal.all()
    assert min(times) < 0.002


def test_neighbors_that_overlap_within_the_tolerance_can_be_swapped_replaced_and_widened():
    """The left edge of the second lies within the first; it is still the second's own place."""
    fixture = Fixture.shelves(30, 2, cell_width_in=0.5)
    catalog = {i: Product(i, f"P{i}", "c", width_in=w) for i, w in ((1, 5.0), (2, 6.0), (3, 4.0), (4, 3.0))}
    plan = Planogram(fixture, ())
    for product_id, row, x_in in ((1, 0, 4.0), (2, 0, 8.995), (3, 1, 2.0)):
        plan = edit.place(plan, catalog, product_id, row, x_in=x_in)
    second = plan.of_product(2)[0]
    swapped = edit.swap(plan, catalog, plan.of_product(3)[0], second)
    assert (swapped.of_product(3)[0].row, swapped.of_product(3)[0].x_in) == (0, 9.0)
    replaced = edit.drop(plan, catalog, (0, 20), product_id=4).plan
    assert replaced.of_product(4)[0].x_in == 10.0
    assert edit.set_facings(plan, catalog, second, 2).of_product(2)[0].facings == 2
