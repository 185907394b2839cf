"""Each hard rule by an example, and what counts as added by an edit."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from core.errors import BadInput, RuleViolation
from core.planogram.findings import Rule
from core.planogram.fixture import Fixture, TemperatureZone
from core.planogram.planogram import Planogram, RuleSet
from core.planogram.product import Product
from core.planogram.rules import added_violations, check, footprint_in, product_cells, violations
from core.planogram.space import new_position

SHELF = Fixture.shelves(48, 3)
FREE = Fixture.shelves(48, 2, cell_width_in=0.1)
MACHINE = Fixture.machine((4, 3))
CATALOG = {
    1: Product(1, "Cola", "drinks", width_in=4.0), 2: Product(2, "Chips", "snacks", width_in=14.0),
    3: Product(3, "Ice", "frozen", temperature=TemperatureZone.FROZEN),
    4: Product(4, "Ghost", "?", width_in=math.nan), 5: Product(5, "Gum", "candy", width_in=1.0),
}


def at(fixture, product_id, row, start, facings=1, **changes):
    return replace(new_position(CATALOG[product_id], fixture, row, start, facings), **changes)


def broken(fixture, *positions, rule_set=RuleSet.STRICT):
    return [v.rule for v in violations(Planogram(fixture, positions, rule_set), CATALOG)]


@pytest.mark.parametrize(("width", "cells"), [
    (0.5, 1), (6, 1), (11.99, 1), (12, 2), (17.99, 2), (18, 3), (30, 5)])
def test_a_retail_product_takes_one_cell_below_twelve_inches_else_floor_of_six(width, cells):
    """The published mapping of width to cells."""
    product = Product(9, "X", "x", width_in=width)
    assert product_cells(product, SHELF) == cells
    assert footprint_in(product, SHELF, 2) == 12.0 * cells


def test_a_machine_takes_one_slot_and_a_free_shelf_the_true_width():
    """Cells of a free shelf are for display and round up."""
    assert product_cells(CATALOG[2], MACHINE) == 1
    assert footprint_in(CATALOG[2], MACHINE, 2) == 2 * MACHINE.cell_width_in
    assert footprint_in(CATALOG[2], FREE, 2) == 28.0
    assert product_cells(CATALOG[1], Fixture.shelves(48, 2, cell_width_in=2.5)) == 2


@pytest.mark.parametrize("width", [0.0, -1.0, math.nan, math.inf])
def test_a_product_without_a_usable_width_has_no_cells(width):
    """Not silently one cell."""
    with pytest.raises(BadInput, match="width"):
        product_cells(Product(9, "X", "x", width_in=width), SHELF)


@pytest.mark.parametrize("fixture", [SHELF, FREE, MACHINE])
def test_side_by_side_keeps_every_rule(fixture):
    """Touching edges do not overlap; the last cell is inside."""
    plan = Planogram(fixture, (at(fixture, 1, 0, 0, 2), at(fixture, 5, 1, 0)))
    assert violations(plan, CATALOG) == ()
    check(plan, CATALOG)


@pytest.mark.parametrize("rule_set", list(RuleSet))
@pytest.mark.parametrize(("rule", "positions"), [
    (Rule.OVERLAP, [at(SHELF, 2, 0, 0), at(SHELF, 1, 0, 1)]),
    (Rule.OUTSIDE, [at(SHELF, 2, 0, 7)]),
    (Rule.OUTSIDE, [at(SHELF, 1, 3, 0)]),
    (Rule.OUTSIDE, [at(SHELF, 1, 0, -1)]),
    (Rule.TEMPERATURE, [at(SHELF, 3, 0, 0)]),
    (Rule.FACINGS, [at(SHELF, 1, 0, 0, facings_high=0)]),
    (Rule.FACINGS, [at(SHELF, 1, 0, 0, facings_deep=1.5)]),
    (Rule.KNOWN_PRODUCT, [replace(at(SHELF, 1, 0, 0), product_id=77)]),
    (Rule.FOOTPRINT, [at(SHELF, 1, 0, 0, cells=2, width_in=12.0)]),
    (Rule.FOOTPRINT, [at(SHELF, 1, 0, 0, x_in=2.0)]),
    (Rule.FOOTPRINT, [at(SHELF, 1, 0, 0, width_in=math.nan)]),
    (Rule.AMOUNT, [at(SHELF, 1, 0, 0, quantity=-1)]),
    (Rule.AMOUNT, [at(SHELF, 1, 0, 0, price=math.nan)]),
    (Rule.PRODUCT_SIZE, [replace(at(SHELF, 1, 0, 0), product_id=4)]),
])
def test_a_rule_is_broken_in_both_rule_sets(rule, positions, rule_set):
    """Geometry, temperature and numbers hold as found too."""
    assert broken(SHELF, *positions, rule_set=rule_set) == [rule]


def test_a_product_stands_once_where_the_rule_set_is_strict():
    """As found a best seller may fill three coils."""
    coils = [at(MACHINE, 1, 0, c) for c in range(3)]
    assert broken(MACHINE, *coils) == [Rule.REPEATED, Rule.REPEATED]
    assert broken(MACHINE, *coils, rule_set=RuleSet.AS_FOUND) == []


@pytest.mark.parametrize("x", [math.nan, math.inf, -math.inf, -0.02, 44.02])
def test_a_free_position_lies_inside_the_shelf(x):
    """Within a hundredth of an inch, and never nowhere."""
    assert Rule.OUTSIDE in broken(FREE, replace(at(FREE, 1, 0, 0.0), x_in=x))
    assert broken(FREE, at(FREE, 1, 0, -0.005)) == []


@pytest.mark.parametrize(("x", "rules"), [
    (4.0, []), (3.995, []), (3.98, [Rule.OVERLAP]), (0.0, [Rule.OVERLAP])])
def test_free_positions_are_judged_in_inches(x, rules):
    """A hundredth of an inch is forgiven."""
    assert broken(FREE, at(FREE, 1, 0, 0.0), at(FREE, 5, 0, x)) == rules


def test_a_wide_position_hides_none_of_what_it_overlaps():
    """A third position is judged against the widest before it, not only against its neighbor."""
    rules = broken(FREE, at(FREE, 2, 0, 0.0), at(FREE, 5, 0, 1.0), at(FREE, 1, 0, 8.0))
    assert rules == [Rule.OVERLAP, Rule.OVERLAP]


def test_a_strict_free_shelf_gives_every_facing_its_width():
    """A plan as found may be squeezed, as measured."""
    squeezed = at(FREE, 1, 0, 0.0, width_in=3.0, cells=30)
    assert broken(FREE, squeezed) == [Rule.FOOTPRINT]
    assert broken(FREE, squeezed, rule_set=RuleSet.AS_FOUND) == []


@pytest.mark.parametrize("fixture", [
    replace(SHELF, row_columns=(9, 9, 9)), replace(SHELF, cell_width_in=5.0)])
def test_a_retail_grid_has_six_inch_cells_over_its_width(fixture):
    """Columns follow from the width."""
    assert broken(fixture) == [Rule.GRID]


def test_rounding_of_the_width_loses_no_column():
    """30 in less a rounding error still has five columns, for the fixture and for its rule."""
    assert broken(Fixture.shelves(29.999999999999993, 1)) == []


def test_check_tells_the_first_violation_and_carries_all():
    """One sentence, one hint, every violation."""
    plan = Planogram(SHELF, (at(SHELF, 3, 0, 0), at(SHELF, 1, 0, 0)))
    with pytest.raises(RuleViolation, match="Ice needs a place that is frozen") as error:
        check(plan, CATALOG)
    assert len(error.value.violations) == 2
    assert error.value.hint


def found(*positions):
    return Planogram(SHELF, positions, RuleSet.AS_FOUND)


def test_what_was_broken_before_does_not_count_as_added():
    """Moving, pricing or removing beside it is free; moving the misfit itself too."""
    overlap, misfit = (at(SHELF, 2, 0, 0), at(SHELF, 1, 0, 1)), at(SHELF, 3, 2, 0)
    before = found(*overlap, misfit)
    for after in (
        found(*overlap, misfit, at(SHELF, 5, 1, 0)), found(*overlap, at(SHELF, 3, 2, 5)),
        found(overlap[0], replace(overlap[1], price=1.0), misfit), found(overlap[0], misfit),
    ):
        assert added_violations(before, after, CATALOG) == ()


def test_what_an_edit_makes_worse_counts_as_added():
    """A second misfit, a new overlap partner, a wider overlap."""
    overlap, misfit = (at(SHELF, 2, 0, 0), at(SHELF, 1, 0, 1)), at(SHELF, 3, 2, 0)
    before = found(*overlap, misfit)
    worse = {
        Rule.TEMPERATURE: found(*overlap, misfit, at(SHELF, 3, 2, 5)),
        Rule.OVERLAP: found(overlap[0], at(SHELF, 1, 0, 0, 2), misfit),
    }
    for rule, after in worse.items():
        assert [v.rule for v in added_violations(before, after, CATALOG)] == [rule]
