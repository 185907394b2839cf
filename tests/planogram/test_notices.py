"""Each soft rule by a plan that follows it and one that does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.planogram.findings import Rule
from core.planogram.fixture import Fixture
from core.planogram.notices import notices
from core.planogram.planogram import Planogram, RuleSet
from core.planogram.product import Product
from core.planogram.space import new_position
from core.planogram.weight import grams

SHELF = Fixture.shelves(24, 4)


def plan_of(*places, fixture=SHELF, rule_set=RuleSet.STRICT):
    """Planogram and catalog of (product, row, column[, changes])."""
    catalog = {p.id: p for p, *_ in places}
    positions = tuple(
        replace(new_position(p, fixture, row, col), **(more[0] if more else {}))
        for p, row, col, *more in places
    )
    return Planogram(fixture, positions, rule_set), catalog


def told(rule, *places, fixture=SHELF, rule_set=RuleSet.STRICT, **known):
    plan, catalog = plan_of(*places, fixture=fixture, rule_set=rule_set)
    return [n.slot for n in notices(plan, catalog, **known) if n.rule is rule]


def item(id, category="c", **more):
    return Product(id, more.pop("name", f"P{id} {'abcdefgh'[id % 8] * 3}"), category, **more)


def test_tall_packs_belong_on_the_two_bottom_rows():
    """From five inches; an unknown pack height says nothing."""
    tall = item(1, pack_height_in=5.0)
    assert [told(Rule.PACK_HEIGHT, (tall, row, 0)) for row in range(4)] == [["A1"], ["B1"], [], []]
    assert told(Rule.PACK_HEIGHT, (item(1, pack_height_in=4.9), 0, 0)) == []


def test_a_stack_higher_than_the_shelf_is_told():
    """Shelves are 18 inches apart here."""
    assert told(Rule.SHELF_HEIGHT, (item(1, height_in=9.5), 0, 0, {"facings_high": 2})) == ["A1"]
    assert told(Rule.SHELF_HEIGHT, (item(1, height_in=9.0), 0, 0, {"facings_high": 2})) == []


def test_a_category_in_two_blocks_is_told_once():
    """Beside and straight below count as together."""
    together = [(item(1), 0, 0), (item(2), 0, 1), (item(3), 1, 1)]
    assert told(Rule.CATEGORY_TOGETHER, *together) == []
    assert told(Rule.CATEGORY_TOGETHER, *together, (item(4), 3, 3)) == ["D4"]


def test_a_fast_seller_in_a_weak_place_is_told():
    """Only where the worth of the places is known."""
    places = [(item(i, velocity=9.0 if i == 4 else 1.0), 0, i - 1) for i in range(1, 5)]
    places += [(item(5, velocity=1.0), 1, 0)]
    value = np.zeros(16)
    value[:5] = [5, 4, 3, 1, 2]
    assert told(Rule.BEST_PLACES, *places, slot_value=value) == ["A4"]
    assert told(Rule.BEST_PLACES, *places, slot_value=value[::-1]) == []
    assert told(Rule.BEST_PLACES, *places) == []
    slow = dict.fromkeys(range(1, 5), 1.0) | {5: 8.0}
    assert told(Rule.BEST_PLACES, *places, slot_value=value, rates=slow) == ["B1"]


@pytest.mark.parametrize(("row", "column", "slots"), [(0, 1, ["A2"]), (1, 0, ["B1"]), (0, 2, []), (2, 0, [])])
def test_competing_products_stand_two_slots_apart(row, column, slots):
    """Beside and below are one slot apart."""
    assert told(Rule.COMPETING_APART, (item(1), 0, 0), (item(2), row, column), competing=[(1, 2)]) == slots


def test_heavy_stands_below_light():
    """Read from the size texts; straight above only."""
    heavy, light = item(1, size="6 x 330 ml"), item(2, size="40 g")
    assert told(Rule.HEAVY_LOW, (heavy, 0, 0), (light, 2, 0)) == ["A1"]
    assert told(Rule.HEAVY_LOW, (heavy, 3, 0), (light, 2, 0)) == []
    assert told(Rule.HEAVY_LOW, (heavy, 0, 0), (light, 2, 1)) == []


@pytest.mark.parametrize(("size", "weight"), [
    ("330 ml", 330), ("1.5 L", 1500), ("6 x 330 ml", 1980), ("12pk 12 fl oz", 4257.9), ("2,5 kg", 2500),
    ("family", None), ("", None), ("12 ct", None)])
def test_weight_is_read_from_the_size(size, weight):
    """A milliliter weighs a gram."""
    assert grams(size) == (pytest.approx(weight, rel=1e-3) if weight else None)


def test_stock_that_outlives_its_shelf_life_is_told():
    """Ten at half a day each take twenty days."""
    slow = item(1, velocity=0.5, shelf_life_days=19)
    assert told(Rule.SPOILAGE, (slow, 0, 0, {"capacity": 10})) == ["A1"]
    assert told(Rule.SPOILAGE, (slow, 0, 0, {"capacity": 10, "quantity": 9})) == []
    assert told(Rule.SPOILAGE, (slow, 0, 0)) == []


def test_look_alike_neighbors_are_told():
    """Same brand and nearly the same name, side by side."""
    names = ["Zap Cola Zero Cherry", "Zap Cola Zero", "Berry Bar"]
    a, b, c = (item(i, name=n, brand="Zap") for i, n in enumerate(names))
    assert told(Rule.LOOK_ALIKE, (a, 0, 0), (b, 0, 1), (c, 0, 2)) == ["A2"]
    assert told(Rule.LOOK_ALIKE, (a, 0, 0), (c, 0, 1), (b, 0, 2)) == []
    assert told(Rule.LOOK_ALIKE, (a, 0, 0), (b, 0, 2)) == []


def test_empty_slots_are_told_once_a_stretch():
    """With the first of them."""
    machine = Fixture.machine((4, 1))
    assert told(Rule.EMPTY, (item(1), 0, 1), fixture=machine) == ["A1", "A3", "B1"]
    free = Fixture.shelves(20, 1, cell_width_in=0.5)
    assert told(Rule.EMPTY, (item(1, width_in=9.0), 0, 5.0), fixture=free) == ["A29"]


def test_a_par_level_below_the_forecast_is_told():
    """Summed over the places of the product."""
    places = [(item(1), 0, c, {"par_level": 4}) for c in (0, 2)]
    machine = {"fixture": Fixture.machine((4,)), "rule_set": RuleSet.AS_FOUND}
    assert told(Rule.PAR_BELOW_FORECAST, *places, forecast={1: 8.5}, **machine) == ["A1"]
    assert told(Rule.PAR_BELOW_FORECAST, *places, forecast={1: 8.0}, **machine) == []
    assert told(Rule.PAR_BELOW_FORECAST, (item(1), 0, 0), forecast={1: 8.0}) == []


def test_a_repeated_product_is_a_notice_as_found():
    """One for the product, not one a coil."""
    places = [(item(1), 0, c) for c in range(3)]
    assert told(Rule.REPEATED, *places, rule_set=RuleSet.AS_FOUND) == ["A2"]
    assert told(Rule.REPEATED, *places) == []


def test_a_broken_plan_still_gets_its_notices():
    """Unknown products and places that are none are passed over."""
    plan, catalog = plan_of((item(1), 0, 0), (item(2), 0, 1))
    odd = replace(plan.positions[0], row=99), replace(plan.positions[0], x_in=float("nan"), product_id=9)
    free = replace(Fixture.shelves(24, 4, cell_width_in=0.5))
    for fixture in (SHELF, free):
        notices(Planogram(fixture, (*plan.positions, *odd)), catalog, slot_value=np.zeros(fixture.cell_count))
