"""A layout on another machine: as it was where it can be, else with a reason."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from core.planogram import edit
from core.planogram.copying import KINDS, adapt, likeness
from core.planogram.fixture import Fixture, TemperatureZone
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Product
from tests.planogram.strategies import catalogs, empty_plans, keeps_the_rules
from tests.planogram.test_edit_properties import EDITS
from tests.planogram.test_merge import edited

CATALOG = {
    i: Product(i, f"P{i}", "snacks", price=1.5, velocity=float(i),
               temperature=TemperatureZone.FROZEN if i == 9 else None)
    for i in range(1, 10)
}
WIDE = Fixture.machine((4, 4))
SOURCE = Planogram(
    WIDE, tuple(Position(i + 1, i // 4, i % 4, 1, i % 4 * 2.8, 2.8, price=2.0) for i in range(8)),
    RuleSet.AS_FOUND,
)


def empty(*rows: int, **more: object) -> Planogram:
    return Planogram(Fixture.machine(rows, **more), (), RuleSet.AS_FOUND)  # type: ignore[arg-type]


def standing(plan: Planogram) -> dict[str, int]:
    return {p.slot: p.product_id for p in plan.positions}


def kinds(found: object) -> list[str]:
    return [d.kind for d in found.differences]  # type: ignore[attr-defined]


def test_the_same_machine_gets_the_same_layout() -> None:
    """Products, places, facings and prices, and nothing to tell."""
    found = adapt(SOURCE, empty(4, 4), CATALOG)
    assert (found.plan.positions, found.differences, found.placed) == (SOURCE.positions, (), 8)


def test_a_smaller_machine_leaves_out_the_slowest_and_says_so() -> None:
    """A missing column and a missing row; the fast sellers get what is free."""
    found = adapt(SOURCE, empty(4, 2), CATALOG)
    assert standing(found.plan) == {"A1": 1, "A2": 2, "A3": 3, "A4": 4, "B1": 5, "B2": 6}
    assert [(d.kind, d.product_id, d.slot_from) for d in found.differences] == [
        ("left out", 7, "B3"), ("left out", 8, "B4")]
    assert found.differences[0].text == (
        "P7 finds no room: it needs 1 slot, the widest free stretch has 0.")


def test_what_has_no_place_moves_to_the_nearest_room() -> None:
    """With the reason."""
    found = adapt(SOURCE, empty(4, 3, 1), CATALOG)
    assert standing(found.plan)["C1"] == 8
    assert [d.text for d in found.differences] == ["P8 stands at C1 instead of B4: row B has 3 places here."]


def test_another_zone_leaves_out_what_needs_the_first() -> None:
    """And a product that is not sold there, or not known."""
    frozen = Planogram(
        Fixture.machine((3,), TemperatureZone.FROZEN), (Position(9, 0, 0, 1, 0.0, 2.8),), RuleSet.AS_FOUND)
    found = adapt(frozen, empty(3), CATALOG)
    assert kinds(found) == ["left out"]
    assert "needs a place that is frozen, this one is ambient" in found.differences[0].text
    allowed = adapt(SOURCE, empty(4, 4), CATALOG, set(CATALOG) - {3})
    assert [d.text for d in allowed.differences] == ["P3 is not sold there."]
    known = adapt(SOURCE, empty(4, 4), {k: v for k, v in CATALOG.items() if k != 5})
    assert [d.text for d in known.differences] == ["Product 5 is not in the catalog."]


def test_what_is_locked_there_stays_and_pushes_the_rest_aside() -> None:
    """The locked product is told, and the one that wanted its place."""
    there = Position(9, 0, 1, 1, 2.8, 2.8, price=3.0, locked=True)
    target = empty(4, 5).with_positions([there])
    found = adapt(SOURCE, target, CATALOG)
    assert there in found.plan.positions
    assert standing(found.plan)["B5"] == 2
    assert [d.text for d in found.differences] == [
        "P2 stands at B5 instead of A2: P9 is locked there.", "P9 stays at A2, where it is locked."]


def test_a_product_locked_where_the_source_has_it_is_no_difference() -> None:
    """It stands once."""
    target = empty(4, 4).with_positions([replace(SOURCE.positions[0], locked=True)])
    found = adapt(SOURCE, target, CATALOG)
    assert (found.differences, len(found.plan.positions), found.placed) == ((), 8, 8)


def test_prices_of_the_target_stay_unless_the_source_is_to_rule() -> None:
    """A price belongs to its place; so do capacity, and the stock of what stays."""
    here = Position(1, 0, 0, 1, 0.0, 2.8, capacity=9, quantity=4, par_level=6, price=2.5)
    target = empty(4, 4).with_positions([here, replace(here, product_id=9, column=1, x_in=2.8)])
    found = adapt(SOURCE, target, CATALOG)
    assert found.plan.positions[0] == here
    assert found.plan.positions[1].capacity == 9
    assert found.plan.positions[1].quantity is None
    assert [d.text for d in found.differences] == ["P1 keeps its price here, $2.50 instead of $2.00."]
    ruled = adapt(SOURCE, target, CATALOG, keep_prices=False)
    assert (ruled.plan.positions[0].price, ruled.differences) == (2.0, ())


def test_facings_shrink_where_room_is_short() -> None:
    """Rather fewer facings than no place."""
    wide = SOURCE.with_positions(SOURCE.positions[:1])
    wide = edit.set_facings(wide, CATALOG, "A1", 4)
    found = adapt(wide, empty(2), CATALOG)
    assert [p.facings for p in found.plan.positions] == [2]
    assert found.differences[0].text == (
        "P1 has 2 of 4 facings at A1: it needs 4 slots, the widest free stretch has 2.")


def test_under_strict_rules_a_second_place_is_left_out() -> None:
    """A product stands once."""
    twice = empty(2).with_positions([Position(1, 0, c, 1, c * 2.8, 2.8) for c in range(2)])
    found = adapt(twice, replace(empty(2), rule_set=RuleSet.STRICT), CATALOG)
    assert [d.text for d in found.differences] == ["P1 stands at A1 already, and may stand once."]


def test_likeness_tells_how_much_of_two_machines_is_the_same() -> None:
    """All, a part, or nothing for another zone or kind of fixture."""
    assert likeness(SOURCE, empty(4, 4)) == 1.0
    assert likeness(SOURCE, empty(4, 2)) == 0.75
    assert likeness(SOURCE, empty(4, 4, temperature_zone=TemperatureZone.FROZEN)) == 0.0
    assert likeness(SOURCE, Planogram(Fixture.shelves(24, 2), ())) == 0.0


STEPS = st.lists(EDITS, max_size=14)


@settings(max_examples=200, deadline=None)
@given(catalogs(), empty_plans, STEPS, empty_plans, STEPS, st.booleans())
def test_a_copy_to_any_fixture_keeps_the_rules_and_loses_nothing_unsaid(
    catalog, source, steps, target, there, keep_prices
) -> None:
    """Whatever stands here and whatever is locked there; the same input gives the same answer."""
    source, target = edited(source, catalog, steps), edited(target, catalog, there)
    found = adapt(source, target, catalog, keep_prices=keep_prices)
    keeps_the_rules(found.plan, catalog)
    locked = [p for p in target.positions if p.locked]
    assert all(p in found.plan.positions for p in locked)
    assert (found.plan.fixture, found.plan.rule_set) == (target.fixture, target.rule_set)
    left_out = [d for d in found.differences if d.kind == "left out"]
    assert found.placed + len(left_out) == len(source.positions)
    assert {d.kind for d in found.differences} <= set(KINDS)
    assert adapt(source, target, catalog, keep_prices=keep_prices) == found


@settings(max_examples=80, deadline=None)
@given(catalogs(), empty_plans, STEPS)
def test_a_copy_to_an_empty_twin_is_the_same_plan(catalog, source, steps) -> None:
    """Products, places, facings and prices."""
    plan = edited(source, catalog, steps)
    found = adapt(plan, plan.with_positions(()), catalog)
    bare = [replace(p, capacity=None, quantity=None, par_level=None, locked=False) for p in plan.positions]
    assert found.plan == plan.with_positions(bare)
    assert found.differences == ()
